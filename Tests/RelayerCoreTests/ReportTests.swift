import Logging
import RPC
import RelayerCore
import Testing

@Suite("Reports") struct ReportTests {
  private func relayer() throws -> Relayer {
    let configuration = try RelayerConfiguration(toml: ConfigurationTests.chains + ConfigurationTests.path)
    return Relayer(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test("a relayer that has not connected is not healthy") func health() throws {
    let (isHealthy, report) = try relayer().status.health
    #expect(!isHealthy && report["status"] == "unhealthy")
    #expect(report["chains"]?["hub"]?["connected"] == false)
    let directions = report["paths"]?.asArray?.compactMap { $0["direction"]?.asString }
    #expect(directions == ["market->hub", "hub->market"])
  }

  @Test("a path stalls when messages wait without progress, or when it is not read") func stalls() throws {
    let status = try relayer().status
    let start = status.startedAt
    var end = status.ends[0]
    end.lastRound = start + 1_000_000
    #expect(!status.isStalled(end, at: start + 1_000_000))
    end.waiting = 3
    #expect(status.isStalled(end, at: start + 1_000_000))
    end.oldestSentAt = start + 900_000
    #expect(!status.isStalled(end, at: start + 1_000_000))
    end.oldestSentAt = start
    end.lastProgress = start + 900_000
    #expect(!status.isStalled(end, at: start + 1_000_000))
    #expect(status.isStalled(end, at: start + 1_121_000))
    end.waiting = 0
    #expect(status.isStalled(end, at: start + 1_121_000))
  }

  @Test("every line of the metrics is a comment or a sample of a declared family") func metrics() throws {
    let text = try relayer().status.metricsText
    var families: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") { families.insert(line.split(separator: " ")[2]) }
      if line.hasPrefix("#") { continue }
      let name = line.prefix { $0 != "{" && $0 != " " }
      #expect(families.contains(name), "\(line)")
      #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
    }
    #expect(
      text.contains("echochain_relayer_messages_delivered_total{path=\"hub-market\",direction=\"hub->market\"} 0\n"))
    #expect(families.count >= 15)
  }

  @Test("a pass over chains that are not there says which one") func unreachable() async throws {
    let chains = ConfigurationTests.chains.replacing(":9944", with: ":1").replacing(":9945", with: ":1")
    let configuration = try RelayerConfiguration(toml: chains + ConfigurationTests.path)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let error = await #expect(throws: RelayError.self) { try await Relayer.relayOnce(configuration, logger: logger) }
    guard case .unreachable(chain: "hub", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

import Foundation
import Testing

/// `echochain benchmark rpc` with settings so small that the figures mean nothing: what is tested is that it measures.
@Suite("RPC benchmark") struct RpcBenchmarkTests {
  @Test("every method, transport and number of connections has its line, and all that is held is counted", .timeLimit(.minutes(3)))
  func measures() async throws {
    let ended = try await Programs.run([
      "benchmark", "rpc", "--seconds", "0.1", "--connections", "1,4", "--transfers", "24", "--idle", "20", "--subscriptions", "50",
      "--subscribers", "4", "--json",
    ])
    #expect(ended.code == 0, "\(ended.text)")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    let rates = try #require(report["rates"] as? [[String: Any]])
    let lines = rates.map { "\($0["method"] ?? "") \($0["transport"] ?? "") \($0["connections"] ?? "")" }
    let methods = ["state_getStorage", "chain_getHeader", "author_submitExtrinsic"]
    let wanted = methods.flatMap { method in [1, 4].flatMap { ["\(method) http \($0)", "\(method) ws \($0)"] } }
    #expect(lines.sorted() == wanted.sorted())
    for rate in rates {
      #expect(rate["failures"] as? Int == 0 && rate["requestsPerSecond"] as? Double ?? 0 > 0, "\(rate)")
      let (half, most) = (rate["p50Milliseconds"] as? Double ?? 0, rate["p99Milliseconds"] as? Double ?? 0)
      #expect(half > 0 && half <= most, "\(rate)")
      if rate["method"] as? String == methods[2] { #expect(rate["requests"] as? Int == 24) }
    }
    // WebSocket to HTTP for each method and number, and 4 to 1 for each method and transport.
    #expect((report["ratios"] as? [Any])?.count == 6 + 6)
    let idle = try #require(report["idle"] as? [[String: Any]])
    #expect(idle.map { $0["connections"] as? Int } == [20, 20])
    #expect(try ended.value("subscriptions", "subscriptions", as: Int.self) == 50)
    #expect(try ended.value("subscriptions", "blocks", as: Int.self) > 0)
    let first = try ended.value("subscriptions", "firstMilliseconds", as: Double.self)
    #expect(try first > 0 && first <= ended.value("subscriptions", "lastMilliseconds", as: Double.self))
  }

  @Test("people get tables, and only of what they asked for", .timeLimit(.minutes(2))) func tables() async throws {
    let ended = try await Programs.run([
      "benchmark", "rpc", "--seconds", "0.1", "--connections", "2", "--method", "chain_getHeader", "--idle", "0", "--subscriptions", "0",
    ])
    #expect(ended.code == 0, "\(ended.text)")
    #expect(ended.output.contains("chain_getHeader") && ended.output.contains("WebSocket to HTTP"), "\(ended.output)")
    #expect(!ended.output.contains("state_getStorage") && !ended.output.contains("idle"), "\(ended.output)")
  }

  @Test(
    "settings that make no sense are refused",
    arguments: [
      ["--connections", "0"], ["--connections", "1,,2"], ["--transfers", "0"], ["--method", "frobnicate"], ["--seconds", "0"],
      ["--subscribers", "0"],
    ])
  func refuses(arguments: [String]) async throws {
    let ended = try await Programs.run(["benchmark", "rpc"] + arguments)
    #expect(ended.code == 2 && !ended.errors.isEmpty, "\(ended.text)")
  }

  @Test("too few open files are told of before anything starts") func openFiles() async throws {
    let log = try TemporaryFolder.file()
    defer { try? FileManager.default.removeItem(at: log) }
    let program = Programs.folder.appending(path: "echochain").path
    let pid = try Programs.start(["/bin/sh", "-c", "ulimit -n 300 && exec '\(program)' benchmark rpc --idle 500"], log: log)
    #expect(await Programs.ending(of: pid) == 3)
    let text = try String(contentsOf: log, encoding: .utf8)
    #expect(text.contains("open files") && text.contains("ulimit") && text.contains("--idle"), "\(text)")
  }

  @Test func explainsItself() async throws {
    let ended = try await Programs.run(["benchmark", "rpc", "--help"])
    #expect(ended.code == 0 && ended.output.contains("echochain benchmark rpc --seconds"), "\(ended.output)")
  }
}

internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import Keys
internal import Primitives
internal import RelayerCore

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Relays until it is told to stop (Ctrl-C, SIGTERM, SIGHUP).",
    discussion: """
      EXAMPLES
        echochain-relayer run --config relayer.toml
        ECHOCHAIN_KEY_PASSWORD=... echochain-relayer run --config /etc/echochain/relayer.toml
      """)
  @OptionGroup var file: ConfigurationOption

  func run() async throws {
    let configuration = try file.load()
    // Whoever reads the log may go away.
    signal(SIGPIPE, SIG_IGN)
    let relayer = Relayer(configuration, logger: Output.logger(configuration.logLevel))
    do { try await relayer.start() } catch {
      Output.error("\(error)")
      throw Failure.network
    }
    await Signals.wait()
    await relayer.stop()
  }
}

struct Once: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Relays what waits now, there and back, and stops.",
    discussion: """
      EXAMPLES
        echochain-relayer once --config relayer.toml --timeout 30
      """)
  @OptionGroup var file: ConfigurationOption
  @Option(name: .long, help: ArgumentHelp("Give up after this time.", valueName: "seconds"))
  var timeout = 60

  func validate() throws {
    guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout takes 1 to 86400 seconds") }
  }

  func run() async throws {
    let configuration = try file.load()
    do throws(RelayError) {
      let report = try await Relayer.relayOnce(
        configuration, logger: Output.logger(configuration.logLevel), timeout: .seconds(timeout))
      Output.line(
        "delivered \(report.delivered), confirmed \(report.confirmed), timed out \(report.timedOut), "
          + "failed submissions \(report.failures)"
      )
      guard report.isComplete else { throw .unfinished(after: .seconds(timeout)) }
    } catch {
      Output.error("\(error)")
      throw Failure.network
    }
  }
}

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks the configuration, connects to every chain and says what it sees.",
    discussion: """
      EXAMPLES
        echochain-relayer check --config relayer.toml
      """)
  @OptionGroup var file: ConfigurationOption

  func run() async throws {
    let inspection = await Inspection.run(try file.load())
    for chain in inspection.chains {
      let height = chain.height.map { "#\($0)" } ?? "-"
      let balance = chain.balance.map { "balance \($0)" } ?? "balance unknown"
      Output.line(
        "chain  \(chain.name)  \(chain.url)  \(height)  account \(SS58.encode(chain.account))  \(balance)"
          + problem(chain.problem))
    }
    for path in inspection.paths {
      let lane = path.lane.map { "lane \($0)" } ?? "lane -"
      let unsettled = path.unsettled.map { "\($0) unsettled" } ?? "-"
      let client = path.clientHeight.map { "client at #\($0)" } ?? "client -"
      Output.line("path   \(path.from)->\(path.to)  \(lane)  \(unsettled)  \(client)" + problem(path.problem))
    }
    if !inspection.isClean { throw Failure.network }
  }

  private func problem(_ text: String?) -> String { text.map { "  PROBLEM: \($0)" } ?? "" }
}

/// Waits for the signals that ask a program to end.
enum Signals {
  static func wait() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
    let sources: [any DispatchSourceSignal] = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      // Under nohup the end of the terminal is not to be noticed.
      if number == SIGHUP, isIgnored(number) { return nil }
      // The default action would end the process before the source hears of it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
    for await _ in stream { break }
    for source in sources { source.cancel() }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var current = sigaction()
    guard sigaction(number, nil, &current) == 0 else { return false }
    return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

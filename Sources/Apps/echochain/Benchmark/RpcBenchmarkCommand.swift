import ArgumentParser
import Foundation
import Node
import RPC

/// `echochain benchmark rpc`
struct RpcBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpc", abstract: "Measure how a node answers over HTTP and WebSocket, and what connections and subscriptions cost.",
    discussion: """
      Starts a development node of its own on empty disks and asks it over loopback, by turns: reading storage and \
      headers, and submitting transfers that were signed before. Every connection has one request at a time. Then holds \
      connections that idle and subscriptions of new heads, and times how long a block takes to reach all of them. The \
      generator is one thread and shares the processors with the node, so on a small machine the figures are a lower \
      bound; "node µs" is the node's own processor time for a request. Ratios of one run compare, figures of two runs or \
      machines do not. Examples:

        echochain benchmark rpc
        echochain benchmark rpc --seconds 10 --connections 1,64 --method chain_getHeader
        echochain benchmark rpc --idle 0 --subscriptions 0 --json
      """)

  @Option(help: "Seconds to measure for each line.") var seconds = 3.0
  @Option(help: "Connections at a time, with commas between them.", transform: RpcBenchmarkCommand.counts) var connections = [1, 16, 256]
  @Option(
    help: "Measure this method only; may be given more than once: state_getStorage, chain_getHeader, author_submitExtrinsic.")
  var method: [RpcWorkload] = []
  @Option(help: "Transfers to submit for each line.") var transfers = 2000
  @Option(help: "Idle connections to hold; 0 for none.") var idle = 1000
  @Option(help: "Subscriptions of new heads to hold; 0 for none.") var subscriptions = 10_000
  @Option(help: "Connections that share the subscriptions.") var subscribers = 100
  @OptionGroup var print: OutputOptions

  private static let blocks = 5

  static func counts(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let count = Int(part), (1...10_000).contains(count) else { throw ValidationError("'\(part)' is not 1 to 10000 connections") }
      return count
    }
  }

  func validate() throws {
    guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds is not 0.1 to 3600") }
    guard (1...8000).contains(transfers) else { throw ValidationError("--transfers is not 1 to 8000, which a node's pool holds") }
    guard (0...50_000).contains(idle) else { throw ValidationError("--idle is not 0 to 50000") }
    guard (0...1_000_000).contains(subscriptions) else { throw ValidationError("--subscriptions is not 0 to 1000000") }
    guard (1...10_000).contains(subscribers) else { throw ValidationError("--subscribers is not 1 to 10000") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let signals = StopSignals()
    let output = print.output
    let measuring = Task { try await measure(output) }
    let listening = Task { if await signals.wait() != nil { measuring.cancel() } }
    defer { listening.cancel() }
    let report: RpcReport
    do { report = try await measuring.value } catch {
      throw signals.first == nil ? error : Complaint.partial("stopped before all was measured")
    }
    output.json(report.json)
    report.show(output)
    let failures = report.rates.reduce(0) { $0 + $1.tally.failures }
    if failures > 0 {
      let reason = report.rates.compactMap(\.tally.firstFailure).first ?? "no reason given"
      throw Complaint.partial("\(failures) requests were answered with an error, the first: \(reason)")
    }
  }

  private func measure(_ output: Output) async throws -> RpcReport {
    let most = [connections.max() ?? 1, idle, subscriptions == 0 ? 0 : min(subscribers, subscriptions)].max() ?? 1
    try OpenFiles.makeRoom(for: most)
    let methods = method.isEmpty ? RpcWorkload.allCases : RpcWorkload.allCases.filter(method.contains)
    let benchmark = RpcBenchmark(methods: methods, connections: connections, seconds: seconds, transfers: transfers)
    var report = RpcReport()
    report.rates = try await benchmark.run { output.progress($0) }
    if idle > 0 {
      for transport in LoadTransport.allCases {
        output.progress("\(idle) idle connections over \(transport.name)")
        report.idle.append(try await crowd(connections: idle, subscriptions: 1) { try await $0.idle(idle, transport) })
      }
    }
    if subscriptions > 0 {
      output.progress("\(subscriptions) subscriptions")
      let share = (subscriptions + subscribers - 1) / subscribers
      report.subscriptions = try await crowd(connections: subscribers, subscriptions: share) {
        try await $0.subscribe(subscriptions, connections: subscribers, blocks: Self.blocks)
      }
    }
    return report
  }

  /// A measurement on a node that nobody has used.
  private func crowd<R>(connections: Int, subscriptions: Int, _ body: (RpcCrowd) async throws -> R) async throws -> R {
    try Task.checkCancellation()
    let node = try await RpcBenchmarkNode.start(accounts: 0, connections: connections, subscriptions: subscriptions)
    let generator = LoadGenerator(port: node.port)
    let result: Result<R, any Error>
    do { result = .success(try await body(RpcCrowd(node: node, generator: generator))) } catch { result = .failure(error) }
    await generator.shutDown()
    await node.stop()
    return try result.get()
  }
}

/// All that was measured.
struct RpcReport: Sendable {
  var rates: [RpcRate] = []
  var idle: [IdleCost] = []
  var subscriptions: SubscriptionCost?

  /// How two lines of one run compare.
  private struct Ratio {
    var name: String
    var value: Double
  }

  private var ratios: [Ratio] {
    var ratios: [Ratio] = []
    for rate in rates where rate.transport == .ws {
      guard let other = rates.first(where: { $0.transport == .http && $0.method == rate.method && $0.connections == rate.connections }),
        other.tally.perSecond > 0
      else { continue }
      ratios.append(
        Ratio(
          name: "\(rate.method.rawValue), \(rate.connections) at a time: WebSocket to HTTP",
          value: rate.tally.perSecond / other.tally.perSecond))
    }
    for rate in rates {
      guard
        let least = rates.filter({ $0.method == rate.method && $0.transport == rate.transport }).min(by: { $0.connections < $1.connections }
        ),
        least.connections < rate.connections, least.tally.perSecond > 0
      else { continue }
      ratios.append(
        Ratio(
          name: "\(rate.method.rawValue) over \(rate.transport.name): \(rate.connections) at a time to \(least.connections)",
          value: rate.tally.perSecond / least.tally.perSecond))
    }
    return ratios
  }

  var json: JSON {
    [
      "processors": JSON(ProcessInfo.processInfo.activeProcessorCount), "rates": .array(rates.map(\.json)),
      "ratios": .array(ratios.map { ["name": .string($0.name), "ratio": .double($0.value)] }), "idle": .array(idle.map(\.json)),
      "subscriptions": subscriptions?.json ?? .null,
    ]
  }

  func show(_ output: Output) {
    if !rates.isEmpty {
      output.line("  on \(ProcessInfo.processInfo.activeProcessorCount) processors, which the node and the load generator share")
      var table = Table("method", "over", "at a time", "requests/s", "p50 ms", "p99 ms", "node µs", numeric: [2, 3, 4, 5, 6])
      for rate in rates {
        table.rows.append([
          rate.method.rawValue, rate.transport.name, "\(rate.connections)", Figures.count(rate.tally.perSecond),
          Figures.short(rate.tally.milliseconds(within: 0.5)), Figures.short(rate.tally.milliseconds(within: 0.99)),
          Figures.short(rate.nodeMicroseconds),
        ])
      }
      output.table(table)
      output.line()
      var compared = Table("requests/s of one run compared", "×", numeric: [1])
      compared.rows = ratios.map { [$0.name, Figures.short($0.value)] }
      output.table(compared)
      output.line()
    }
    for cost in idle {
      output.line(
        "  \(cost.connections) idle connections over \(cost.transport.name): \(Spoken.bytes(Int(cost.bytes))) of the node's memory each")
    }
    if let cost = subscriptions {
      output.line(
        "  \(cost.subscriptions) subscriptions of new heads on \(cost.connections) connections: "
          + "\(Spoken.bytes(Int(cost.bytes))) of the node's memory each")
      output.line(
        "  a block reaches the first of them after \(Figures.short(cost.first)) ms, the last after \(Figures.short(cost.last)) ms "
          + "(its making included; medians of \(cost.blocks) blocks)")
    }
  }
}

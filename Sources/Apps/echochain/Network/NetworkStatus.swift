import ArgumentParser
import ChainClient
import Foundation
import Node
import RPC

/// `echochain network status`.
struct NetworkStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what runs, how high the chains are, and whether the paths work.",
    discussion: "Ends with 0 when all is well, 4 when nothing runs, 7 when something does not.")

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let output = output.output
    let folder = NetworkFolder(basePath)
    let members = folder.members()
    let running = members.filter(\.process.isAlive)
    guard !running.isEmpty else {
      throw Complaint.network("nothing of the network in \(folder.path) runs; start it with 'echochain network up'")
    }
    guard let file = try? NetworkFile.read(folder: folder.path) else {
      throw Complaint.partial(
        "the network in \(folder.path) is starting, or its start was cut off; 'echochain network down' ends what runs")
    }
    var rows: [StatusRow] = []
    for chain in file.chains { rows.append(await StatusRow(chain, isRunning: running.contains { $0.name == chain.name })) }
    if let relayer = file.relayer {
      rows.append(await StatusRow(relayer, isRunning: running.contains { $0.name == NetworkFolder.relayerName }))
    }
    let paths = await pathRows(file)
    output.json([
      "network": .string(file.network), "members": .array(rows.map(\.json)),
      "paths": .array(paths.map { ["a": .string($0.path.a), "b": .string($0.path.b), "state": .string($0.state)] }),
    ])
    output.table(Table(["member", "para", "process", "state", "height", "endpoint"], rows: rows.map(\.cells)))
    if !paths.isEmpty {
      output.line()
      output.table(Table(["path", "state"], rows: paths.map { ["\($0.path.a)–\($0.path.b)", $0.state] }))
    }
    guard rows.allSatisfy(\.isHealthy), paths.allSatisfy({ $0.state.hasPrefix("open") }) else { throw ExitCode(ExitClass.partial.rawValue) }
  }

  /// The state of each path: both lanes, both light clients, and what waits.
  private func pathRows(_ file: NetworkFile) async -> [(path: NetworkFile.PathEntry, state: String)] {
    var ends: [String: [JSON]] = [:]
    var clients: [String: [JSON]] = [:]
    for chain in file.chains {
      guard let client = try? await ChainClient.connect(chain.rpc, timeout: .seconds(3)) else { continue }
      ends[chain.name] = try? await client.call("echo_lanes").asArray
      clients[chain.name] = try? await client.call("echo_clients").asArray
      await client.close()
    }
    return file.paths.map { path in
      var waiting: UInt64 = 0
      for (here, there) in [(path.a, path.b), (path.b, path.a)] {
        guard let para = file.chains.first(where: { $0.name == there })?.paraId, let lanes = ends[here] else {
          return (path, "\(here) does not answer")
        }
        guard let lane = lanes.first(where: { $0["counterpartyParaId"]?.asUInt64 == UInt64(para) }) else {
          return (path, "no lane on \(here)")
        }
        let status = lane["outbound"]?["status"]?.asString ?? "unknown"
        guard status == "open" else { return (path, "\(status) on \(here)") }
        let client = clients[here]?.first { $0["id"]?.asUInt64 == UInt64(para) }?["status"]?.asString ?? "missing"
        guard client == "active" else { return (path, "light client of \(there) is \(client) on \(here)") }
        waiting += lane["outbound"]?["unsettled"]?.asUInt64 ?? 0
      }
      return (path, waiting == 0 ? "open" : "open, \(waiting) messages under way")
    }
  }
}

/// A line of the status.
private struct StatusRow {
  var name: String
  var paraID: UInt32?
  var pid: Int32
  var isRunning: Bool
  var height: UInt64?
  var isHealthy: Bool
  var endpoint: String

  init(_ chain: NetworkFile.ChainEntry, isRunning: Bool) async {
    (name, paraID, pid, endpoint, self.isRunning) = (chain.name, chain.paraId, chain.pid, chain.rpc, isRunning)
    if isRunning, let client = try? await ChainClient.connect(chain.rpc, timeout: .seconds(3)) {
      height = (try? await client.finalized()).map { UInt64($0.number) }
      await client.close()
    }
    isHealthy = height != nil
  }

  init(_ relayer: NetworkFile.RelayerEntry, isRunning: Bool) async {
    (name, pid, endpoint, self.isRunning) = (NetworkFolder.relayerName, relayer.pid, relayer.metrics, isRunning)
    isHealthy = isRunning ? await HTTPProbe.isHealthy(relayer.metrics + "/healthz") : false
  }

  private var state: String { isHealthy ? "healthy" : isRunning ? "no answer" : "ended" }

  var cells: [String] {
    [name, paraID.map { "\($0)" } ?? "", "\(pid)", state, height.map { "\($0)" } ?? "", endpoint]
  }

  var json: JSON {
    [
      "name": .string(name), "paraId": paraID.map { JSON($0) } ?? .null, "pid": JSON(pid), "state": .string(state),
      "height": height.map { JSON($0) } ?? .null, "endpoint": .string(endpoint),
    ]
  }
}

/// The table of endpoints that `network up` ends with.
struct NetworkReport {
  private let file: NetworkFile

  init(_ file: NetworkFile) { self.file = file }

  func print(_ output: Output, heading: String) {
    var rows = file.chains.map { [$0.name, "\($0.paraId)", "\($0.pid)", $0.rpc] }
    if let relayer = file.relayer { rows.append([NetworkFolder.relayerName, "", "\(relayer.pid)", relayer.metrics + "/metrics"]) }
    output.line("  network \(file.network)  \(heading)")
    output.table(Table(["member", "para", "process", "endpoint"], rows: rows))
    let paths = file.paths.map { "\($0.a)–\($0.b)" }.joined(separator: ", ")
    if !paths.isEmpty { output.line("  paths  \(paths)  open, clients current") }
    output.json([
      "network": .string(file.network),
      "chains": .array(
        file.chains.map { ["name": .string($0.name), "paraId": JSON($0.paraId), "rpc": .string($0.rpc), "pid": JSON($0.pid)] }),
      "relayer": file.relayer.map { ["pid": JSON($0.pid), "metrics": .string($0.metrics)] } ?? .null,
      "paths": .array(file.paths.map { ["a": .string($0.a), "b": .string($0.b)] }),
    ])
  }
}

extension Table {
  fileprivate init(_ headings: [String], rows: [[String]]) {
    self.init()
    self.headings = headings
    self.rows = rows
  }
}

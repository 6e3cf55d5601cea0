import ChainClient
import Foundation
import Hashing
import Keys
import Lanes
import PalletMessages
import PalletSupport
import Primitives

#if canImport(Glibc)
  import Glibc
#endif

/// Linked chains and a relayer, started by `echochain network up`, and torn down with the value.
final class RunningNetwork {
  /// What `network.json` says of the processes.
  struct File: Decodable {
    struct Chain: Decodable {
      var name: String
      var rpc: String
      var pid: Int32
    }
    struct Relayer: Decodable { var pid: Int32 }
    var chains: [Chain]
    /// There is none without paths.
    var relayer: Relayer?

    init(folder: String) throws {
      self = try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: folder + "/network.json")))
    }
  }

  let folder: TemporaryFolder
  private var restarted: [String: Int32] = [:]
  private(set) var pids: [String: Int32] = [:]
  private var commands: [String: [String]] = [:]
  private(set) var endpoints: [String: String] = [:]

  var basePath: String { folder.url.appending(path: "network").path }

  /// Starts built-in chains with the relayer, all on free ports.
  static func up(_ chains: [String] = ["hub", "market"]) async throws -> RunningNetwork {
    let network = try RunningNetwork()
    let topology = try writeTopology(chains, in: network.folder)
    let ended = try await Programs.run(["network", "up", "--detach", "--topology", topology, "--base-path", network.basePath])
    guard ended.code == 0 else { throw HarnessError("network up: \(ended.output)\(ended.errors)") }
    let described = try File(folder: network.basePath)
    for chain in described.chains {
      network.pids[chain.name] = chain.pid
      network.endpoints[chain.name] = chain.rpc
    }
    network.pids["relayer"] = described.relayer?.pid
    for (name, pid) in network.pids { network.commands[name] = try Programs.command(of: pid) }
    return network
  }

  private init() throws { folder = try TemporaryFolder() }

  /// A test that ends early leaves nothing running.
  deinit { for pid in pids.values { _ = Glibc.kill(pid, SIGKILL) } }

  /// Writes a topology of built-in chains, each linked with each, on free ports.
  /// - Returns: The file's path.
  static func writeTopology(_ names: [String], in folder: TemporaryFolder) throws -> String {
    var text = "network = \"echo-dev\"\nsealing = \"instant=1s\"\n"
    for name in names { text += "[[chains]]\nspec = \"\(name)\"\nrpcPort = \(try Programs.freePort())\n" }
    for (index, a) in names.enumerated() {
      for b in names[(index + 1)...] { text += "[[paths]]\na = \"\(a)\"\nb = \"\(b)\"\n" }
    }
    text += "[relayer]\nmetricsPort = \(try Programs.freePort())\n"
    let file = folder.url.appending(path: "topology.toml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  /// A client of a chain.
  func client(_ name: String) async throws -> ChainClient { try await ChainClient.connect(endpoints[name] ?? "") }

  /// Ends a process without warning.
  func kill(_ name: String) async throws {
    guard let pid = pids[name] else { throw HarnessError("no process \(name)") }
    guard Glibc.kill(pid, SIGKILL) == 0 else { throw HarnessError("\(name) was not running") }
    if restarted.removeValue(forKey: name) != nil { _ = await Programs.ending(of: pid) }
    // Gone is when the kernel says so: only then is its database free.
    while !Programs.isGone(pid) { sched_yield() }
    pids[name] = nil
  }

  /// Starts a process again with the arguments that it had.
  func restart(_ name: String) throws {
    guard let command = commands[name] else { throw HarnessError("no process \(name)") }
    let pid = try Programs.start(command, log: folder.url.appending(path: "\(name)-restarted.log"))
    pids[name] = pid
    restarted[name] = pid
  }

  /// Stops everything that this value started.
  func down() async throws {
    for pid in restarted.values { _ = Glibc.kill(pid, SIGTERM) }
    for pid in restarted.values { _ = await Programs.ending(of: pid) }
    restarted = [:]
    let ended = try await Programs.run(["network", "down", "--base-path", basePath])
    guard ended.code == 0 else { throw HarnessError("network down: \(ended.output)\(ended.errors)") }
    pids = [:]
  }

  /// Waits until a condition holds in a chain's finalised state, looking again at every new block.
  static func wait(
    for what: String, on client: ChainClient, within limit: Duration = .seconds(120), until condition: (H256) async throws -> Bool
  ) async throws {
    let deadline = ContinuousClock.now.advanced(by: limit)
    if try await condition(try await client.finalized().hash) { return }
    for try await head in try await client.finalizedHeads() {
      if try await condition(head.hash) { return }
      guard ContinuousClock.now < deadline else { throw HarnessError("not within \(limit): \(what)") }
    }
    throw HarnessError("the chain stopped while waiting: \(what)")
  }

  /// Connects to a node that is starting.
  func clientOfStarting(_ name: String, within limit: Duration = .seconds(60)) async throws -> ChainClient {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while true {
      do { return try await client(name) } catch {
        guard ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}

extension ChainClient {
  /// The sending half of the lane to another chain, at a block.
  func outboundLane(to paraId: UInt32, at hash: H256?) async throws -> OutboundLane? {
    guard let lane = try await lane(to: paraId) else { return nil }
    return try await value(Messages.outboundLanes.key(lane), at: hash, as: OutboundLane.self)
  }

  func inboundLane(from paraId: UInt32, at hash: H256?) async throws -> InboundLane? {
    guard let lane = try await lane(to: paraId) else { return nil }
    return try await value(Messages.inboundLanes.key(lane), at: hash, as: InboundLane.self)
  }

  func lane(to paraId: UInt32) async throws -> H256? { try await value(Messages.laneByPara.key(paraId), at: nil, as: H256.self) }
}

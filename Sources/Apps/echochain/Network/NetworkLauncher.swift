import ChainClient
import EchoRuntime
import Foundation
import Primitives
import RPC

/// Starts a topology: nodes, light clients, lanes and the relayer.
///
/// Whatever was started when something fails is stopped again by ``stop()``.
actor NetworkLauncher {
  nonisolated let topology: Topology
  nonisolated let folder: NetworkFolder
  /// Told of each step for people.
  private let progress: @Sendable (String) -> Void
  private(set) var children: [ChildProcess] = []
  /// Connections by chain name.
  private(set) var clients: [String: ChainClient] = [:]

  init(topology: Topology, folder: NetworkFolder, progress: @escaping @Sendable (String) -> Void) {
    self.topology = topology
    self.folder = folder
    self.progress = progress
  }

  /// Starts everything and waits until all paths work.
  /// - Throws: A ``Complaint``; what runs by then is still to be stopped.
  func start() async throws {
    try refuseWhenRunning()
    try checkPorts()
    try folder.create(chains: topology.chains.map(\.name))
    let programs = try Programs()
    for chain in topology.chains {
      try launch(
        chain.name,
        [
          programs.node, "node", "run", "--dev", "--chain", chain.source, "--base-path", folder.chain(chain.name), "--rpc-host",
          topology.host,
          "--rpc-port", "\(chain.rpcPort)", "--sealing", "\(chain.sealing)",
        ])
    }
    for chain in topology.chains { clients[chain.name] = try await connect(chain) }
    progress("nodes answer")
    let made = try await PathSetup(topology: topology, clients: clients).run()
    progress(made > 0 ? "light clients and lanes created" : "light clients and lanes were there")
    if !topology.paths.isEmpty { try await startRelayer(programs) }
    try await waitForPaths()
    try networkFile.write(folder: folder.path)
  }

  /// What other commands read about the network.
  var networkFile: NetworkFile {
    let chains = topology.chains.map { chain in
      NetworkFile.ChainEntry(
        name: chain.name, paraId: chain.spec.paraId, rpc: url(chain), basePath: folder.chain(chain.name),
        pid: children.first { $0.name == chain.name }?.identity.pid ?? 0)
    }
    let relayer = children.first { $0.name == NetworkFolder.relayerName }.map {
      NetworkFile.RelayerEntry(pid: $0.identity.pid, metrics: relayerURL, config: folder.relayerConfiguration)
    }
    return NetworkFile(
      version: NetworkFile.currentVersion, network: topology.network, chains: chains, relayer: relayer,
      paths: topology.paths.map { NetworkFile.PathEntry(a: $0.a, b: $0.b) })
  }

  /// Ends everything that was started here, and nothing else.
  /// - Parameter lock: The folder's when the caller has it; else it is taken, or after a while done without.
  func stop(holding lock: FolderLock? = nil) async {
    for client in clients.values { await client.close() }
    guard !children.isEmpty else { return }
    var lock = lock
    if lock == nil { lock = try? await folder.lock(patience: .seconds(30)) }
    defer { withExtendedLifetime(lock) {} }
    let members = children.map { NetworkFolder.Member(name: $0.name, process: $0.identity) }
    // One of them may have been started again since.
    let names = Set(children.map(\.name))
    let later = folder.running().filter { names.contains($0.name) && !members.contains($0) }
    await NetworkFolder.stop(members + later)
    for child in children { _ = child.poll() }
    // After 'down' another network may have begun in this folder.
    if folder.running().isEmpty { folder.forget() }
  }

  /// Closes the connections and leaves the processes running.
  func leave() async {
    for client in clients.values { await client.close() }
  }

  // MARK: Checks

  private func refuseWhenRunning() throws(Complaint) {
    let running = folder.running()
    guard running.isEmpty else {
      let list = running.map { "\($0.name) (process \($0.process.pid))" }.joined(separator: ", ")
      throw .configuration(
        "the network in \(folder.path) runs already: \(list); see 'echochain network status', or stop it with 'echochain network down'")
    }
  }

  private func checkPorts() throws(Complaint) {
    var ports = topology.chains.map { ($0.rpcPort, $0.name) }
    if !topology.paths.isEmpty { ports.append((topology.relayerPort, "the relayer's metrics")) }
    for (port, owner) in ports where !Port.isFree(port, host: topology.host) {
      throw .network("port \(port) of \(owner) is in use by another program; stop that, or choose another port in a topology file")
    }
  }

  // MARK: Nodes

  private func url(_ chain: Topology.Chain) -> String { "ws://\(topology.host):\(chain.rpcPort)" }
  private var relayerURL: String { "http://\(topology.host):\(topology.relayerPort)" }

  private func launch(_ name: String, _ arguments: [String]) throws(Complaint) {
    children.append(try ChildProcess(name, arguments: arguments, log: folder.log(name)))
    // Written down at once, so that `down` finds it whatever becomes of this process.
    try folder.keep(children.map { NetworkFolder.Member(name: $0.name, process: $0.identity) })
  }

  /// Complains when a process has ended that should run.
  private func checkChildren() throws(Complaint) {
    for child in children {
      guard let ending = child.poll() else { continue }
      throw .network("\(child.name) \(ending) while the network started; the end of \(child.log):\n\(child.lastLines())")
    }
  }

  private func connect(_ chain: Topology.Chain) async throws -> ChainClient {
    let client = try await Patience.wait(for: "an answer of \(chain.name)") {
      try self.checkChildren()
      return try? await ChainClient.connect(self.url(chain), timeout: .seconds(10))
    }
    guard client.info.name == chain.name, client.info.paraId == chain.spec.paraId else {
      throw Complaint.network("\(url(chain)) answers for \(client.info.name) (\(client.info.paraId)), not for \(chain.name)")
    }
    return client
  }

  // MARK: Relayer

  private func startRelayer(_ programs: Programs) async throws {
    try Files.write(Data(relayerConfiguration.utf8), to: folder.relayerConfiguration)
    try launch(NetworkFolder.relayerName, [try programs.relayer(), "run", "--config", folder.relayerConfiguration])
    _ = try await Patience.wait(for: "an answer of the relayer") { [relayerURL] in
      try self.checkChildren()
      return await HTTPProbe.isHealthy(relayerURL + "/healthz") ? true : nil
    }
    progress("relayer answers")
  }

  private var relayerConfiguration: String {
    var text = """
      # Written by 'echochain network up'.
      development = true
      metrics_host = "\(topology.host)"
      metrics_port = \(topology.relayerPort)

      """
    for chain in topology.chains {
      text += "\n[[chains]]\nname = \"\(chain.name)\"\nurl = \"\(url(chain))\"\nkey = \"\(BuiltInChain.relayerURI)\"\n"
    }
    for path in topology.paths { text += "\n[[paths]]\na = \"\(path.a)\"\nb = \"\(path.b)\"\n" }
    return text
  }

  private func waitForPaths() async throws {
    _ = try await Patience.wait(for: "open paths") {
      try self.checkChildren()
      return try await PathHealth.check(self.topology, clients: self.clients).faults.isEmpty ? true : nil
    }
  }
}

/// Where the programs of this build are.
struct Programs {
  /// This program, which also runs nodes.
  let node: String

  init() throws(Complaint) {
    do { node = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") } catch {
      throw .configuration("this program does not find itself: \(error.localizedDescription)")
    }
  }

  /// The relayer, which is installed beside this program.
  func relayer() throws(Complaint) -> String {
    let path = URL(filePath: node).deletingLastPathComponent().appending(path: "echochain-relayer").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw .configuration("there is no program \(path); build it with 'make build'")
    }
    return path
  }
}

/// One look at an HTTP page.
enum HTTPProbe {
  /// Whether a page answers with status 200 within a second.
  static func isHealthy(_ url: String) async -> Bool {
    guard let response = try? await HTTPClient.get(url, timeout: .seconds(1)) else { return false }
    return response.status == 200
  }
}

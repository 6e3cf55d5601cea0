import ArgumentParser
import BlockExecution
import EchoRuntime
import Foundation
import Keys
import Logging
import Node

/// `echochain node`.
struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Run one full node, or look after its data.",
    subcommands: [NodeRunCommand.self, NodePurgeCommand.self, NodeSpecCommand.self])
}

/// Options that are parsed by hand, since their types belong to other rooms.
enum Parsing {
  static func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
      throw ValidationError("'\(text)' is not a log level: trace, debug, info, notice, warning, error or critical")
    }
    return level
  }

  static func sealing(_ text: String) throws -> Sealing {
    guard let sealing = Sealing(text) else {
      throw ValidationError("'\(text)' is no way of sealing: interval=1s (10 ms at least), instant, instant=1s or manual")
    }
    return sealing
  }

  static func pruning(_ text: String) throws -> StatePruning {
    guard let pruning = StatePruning(text) else {
      throw ValidationError(
        "'\(text)' does not say which states to keep: archive for all, or a number of blocks, \(StatePruning.minimumBlocks) at least")
    }
    return pruning
  }
}

/// `echochain node run`.
struct NodeRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run one full node until Ctrl-C.",
    discussion: """
      A development chain with a block a second, in a folder that goes away with the node:
        echochain node run --dev

      The hub of the default network, kept on disk:
        echochain node run --dev --chain hub --base-path data/hub

      A chain of your own:
        echochain node run --chain chain.toml --base-path data/own --authority-key-file validator.key
      """)

  @Option(help: "Chain spec: a TOML or JSON file, or hub, market, studio or dev.")
  var chain: String?

  @Option(help: "Folder of the database. Only --dev can do without.")
  var basePath: String?

  @OptionGroup var rpc: RPCOptions

  @Option(help: "When blocks are made: interval=1s, instant[=1s] (with a heartbeat; 0s for none) or manual.", transform: Parsing.sealing)
  var sealing = Sealing.interval(milliseconds: 1000)

  @Option(
    help: """
      Old states to keep: archive for all, or those of so many blocks before the best one, 64 at least. \
      Without it, archive on development chains and 4096 on others.
      """, transform: Parsing.pruning)
  var pruning: StatePruning?

  @Flag(help: "Hold the public development keys, and keep data in a temporary folder unless --base-path is given.")
  var dev = false

  @Option(help: "Key file of an authority; may be given more than once. Its password: --password-file, ECHOCHAIN_PASSWORD or a prompt.")
  var authorityKeyFile: [String] = []

  @Option(help: "File that holds the password of the authority keys.")
  var passwordFile: String?

  @Option(help: "trace, debug, info, notice, warning or error.", transform: Parsing.level)
  var logLevel = Logger.Level.info

  func validate() throws {
    guard chain != nil || dev else { throw ValidationError("say which chain with --chain, or give --dev for the development chain") }
  }

  func run() async throws {
    let spec = try ChainSpecFile.load(chain ?? "dev")
    guard basePath != nil || dev else { throw Complaint.usage("say where the database of \(spec.name) goes with --base-path") }
    let keys = try authorityKeys(of: spec)
    let temporary = basePath == nil ? try TemporaryFolder(prefix: "echochain-\(spec.name)") : nil
    defer { temporary?.remove() }
    guard let folder = basePath ?? temporary?.path else { return }
    let log = LineLog.logger("node", level: logLevel)
    var configuration = NodeConfiguration(
      spec: spec, basePath: folder, rpcHost: rpc.rpcHost, rpcPort: rpc.rpcPort, sealing: sealing, authorityKeys: keys, isDevelopment: dev)
    (configuration.rpcLimits, configuration.rpcAccess, configuration.rpcExposure) = (rpc.limits, rpc.access, rpc.rpcMethods)
    if let pruning { configuration.pruning = pruning }
    do { try await runNode(configuration, log: log) } catch { throw Complaint(node: error) }
  }

  private func authorityKeys(of spec: ChainSpec) throws -> [SecretKey] {
    var keys: [SecretKey] = []
    for path in authorityKeyFile {
      let file: KeyFile
      do { file = try KeyFile(text: String(decoding: Files.read(path, limit: KeyFile.textLimit), as: UTF8.self)) } catch let error
        as KeyFileError
      {
        throw Complaint.configuration("\(path): \(error)")
      }
      let password = try Secrets.password(file: passwordFile, prompt: "Password of \(path): ")
      do { keys.append(try file.open(password: password)) } catch { throw Complaint.configuration("\(path): \(error)") }
    }
    let development = Set(DevelopmentKey.allCases.map(\.secretKey.publicKey))
    guard dev || !keys.contains(where: { development.contains($0.publicKey) }) else {
      throw Complaint.configuration("an authority key is a development key, which anyone holds; give --dev to use it all the same")
    }
    guard dev || !keys.isEmpty else {
      throw Complaint.configuration(
        "no authority key is held, so no block of \(spec.name) can be made; give --authority-key-file, or --dev for the development keys")
    }
    return dev ? keys + BuiltInChain.authorityKeys : keys
  }
}

/// `echochain node purge`.
struct NodePurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Delete a node's database.",
    discussion: "Deletes the database and node.json in the folder, nothing else:\n  echochain node purge --base-path data/hub")

  @Option(help: "Folder of the node.")
  var basePath: String

  @Flag(help: "Do not ask.")
  var yes = false

  func run() throws {
    let folder = URL(filePath: basePath, directoryHint: .isDirectory)
    let database = folder.appending(path: "db")
    guard FileManager.default.fileExists(atPath: database.path) else {
      throw Complaint.configuration("there is no node's database in \(basePath)")
    }
    if let node = RunningNode.read(folder: folder) { throw Complaint.configuration("process \(node) runs on \(basePath); stop it first") }
    if !yes {
      guard isatty(STDIN_FILENO) == 1 else { throw Complaint.usage("purge deletes \(database.path); give --yes to mean it") }
      StandardStream.write("Delete \(database.path)? Type yes: ", to: .standardError)
      guard readLine() == "yes" else { throw Complaint.usage("nothing was deleted") }
    }
    do { try FileManager.default.removeItem(at: database) } catch {
      throw Complaint.configuration("\(database.path) cannot be deleted: \(error.localizedDescription)")
    }
    try? FileManager.default.removeItem(at: folder.appending(path: nodeStateFile))
  }
}

/// `echochain node spec`.
struct NodeSpecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Print a chain spec with every key, to start one's own from.",
    discussion: "echochain node spec hub > chain.toml")

  @Argument(help: "hub, market, studio or dev, or a file to check.")
  var chain: String

  @Flag(help: "Print JSON instead of TOML.")
  var json = false

  func run() throws {
    let spec = try ChainSpecFile.load(chain)
    // What only genesis can tell, such as an asset that nothing defines, is wrong here too.
    _ = try SpecAnchor.anchor(of: spec)
    print(json ? try ChainSpecFile.json(spec) : ChainSpecFile.toml(spec), terminator: json ? "\n" : "")
  }
}

/// A folder for data that goes away with the process.
struct TemporaryFolder: Sendable {
  let path: String

  init(prefix: String) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(prefix)-\(UUID().uuidString.prefix(8).lowercased())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

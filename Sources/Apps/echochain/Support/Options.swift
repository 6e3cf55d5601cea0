import ArgumentParser
import ChainClient
import Foundation
import Keys
import Primitives
import RPC

/// Options of every command.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON value instead of lines.")
  var json = false

  var output: Output { Output(json: json) }
}

/// Where a network that runs on this machine is described.
struct NetworkOptions: ParsableArguments {
  @Option(name: .customLong("base-path"), help: "State folder of the network.")
  var basePath = NetworkFile.defaultFolder

  @Option(help: "Seconds to wait for a node's answer.")
  var patience: Double = 10

  func validate() throws {
    guard Spans.seconds.contains(patience) else { throw ValidationError("--patience is not 0.1 to 86400 seconds") }
  }

  func file() throws -> NetworkFile { try NetworkFile.read(folder: basePath) }

  /// The network, with no chain connected yet.
  func unconnected() throws -> LinkedNetwork { LinkedNetwork(try file(), timeout: timeout) }

  /// Connects to every chain of the network.
  func connect() async throws -> LinkedNetwork { try await LinkedNetwork.connect(to: try file(), timeout: timeout) }

  var timeout: Duration { .milliseconds(Int64(patience * 1000)) }
}

/// Lengths of time that options may ask for.
enum Spans {
  /// Seconds; neither infinity nor what is no number lies in it.
  static let seconds = 0.1...86_400
}

/// One chain: by name in the running network, or by address.
struct ChainOptions: ParsableArguments {
  @Option(help: "Chain of the running network, by name or para id.")
  var chain: String?

  @Option(help: "Address of a node, ws://host:port.")
  var url: String?

  @OptionGroup var network: NetworkOptions

  func validate() throws {
    if chain != nil, url != nil { throw ValidationError("--chain and --url exclude each other") }
  }

  /// The address of the node that is meant.
  func endpoint() throws -> String {
    if let url { return url }
    let file = try network.file()
    if let chain { return try file.chain(chain).rpc }
    guard file.chains.count == 1 else {
      throw Complaint.usage("say which chain with --chain: \(file.chains.map(\.name).joined(separator: ", "))")
    }
    return file.chains[0].rpc
  }

  func connect() async throws -> ChainClient { try await ChainClient.connect(try endpoint(), timeout: network.timeout) }
}

/// The user's keys.
struct KeystoreOptions: ParsableArguments {
  @Option(name: .customLong("keystore"), help: "Folder of keys; ~/.echochain/keys unless given.")
  var folder: String?

  @Option(help: "File that holds the password of the key. Else ECHOCHAIN_PASSWORD, else a prompt.")
  var passwordFile: String?

  @Flag(name: .customLong("dev"), help: "Take alice to ferdie and //Alice to //Ferdie as the development keys, on any chain.")
  var isDevelopment = false

  var keystore: Keystore { Keystore(path: folder) }

  /// Whether development names count: by --dev, or because the chain says that it is for development.
  func allowsDevelopment(on client: ChainClient?) async throws -> Bool {
    if isDevelopment { return true }
    guard let client else { return false }
    let type = try await client.call("system_chainType").asString ?? "Live"
    return type == "Development" || type == "Local"
  }

  /// Opens the key that signs.
  func signer(_ name: String, on client: ChainClient?) async throws -> SecretKey {
    if let key = AccountText.developmentKey(name), try keystore.find(name) == nil {
      guard try await allowsDevelopment(on: client) else {
        throw Complaint.usage("'\(name)' names a development key, which anyone holds; give --dev to mean it")
      }
      return key.secretKey
    }
    guard let file = try keystore.find(name) else {
      throw Complaint.configuration("\(keystore.folder.path) has no key '\(name)'; 'echochain key list' shows what it has")
    }
    return try file.open(password: try Secrets.password(file: passwordFile, prompt: "Password of \(name): "))
  }

  /// Reads an account, development names included where they count.
  func account(_ text: String, on client: ChainClient?) async throws -> AccountID {
    if AccountText.developmentKey(text) != nil, try keystore.find(text) == nil {
      return try AccountText.parse(text, development: try await allowsDevelopment(on: client))
    }
    return try AccountText.parse(text, development: isDevelopment, keystore: keystore)
  }
}

/// A length of time such as `30s`, `10m` or `2h`.
struct TimeSpan: ExpressibleByArgument, Hashable, Sendable {
  let milliseconds: UInt64

  init(milliseconds: UInt64) { self.milliseconds = milliseconds }

  init?(argument: String) {
    for (suffix, factor) in [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)] as [(String, UInt64)]
    where argument.hasSuffix(suffix) {
      guard let number = UInt64(argument.dropLast(suffix.count)), number > 0, number < 1_000_000 else { return nil }
      milliseconds = number * factor
      return
    }
    return nil
  }

  var duration: Duration { .milliseconds(Int64(milliseconds)) }

  /// As it is typed: `90s`, `2m`, `1h`.
  var defaultValueDescription: String {
    for (suffix, factor) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, UInt64)] where milliseconds.isMultiple(of: factor) {
      return "\(milliseconds / factor)\(suffix)"
    }
    return "\(milliseconds)ms"
  }
}

import ArgumentParser
import RPC

/// The flags of a node's JSON-RPC, spelled as Substrate nodes spell them.
struct RPCOptions: ParsableArguments {
  @Option(help: "Port of JSON-RPC over HTTP and WebSocket; 0 for any free one.")
  var rpcPort = 9944

  @Option(help: "Address to listen on.")
  var rpcHost = "127.0.0.1"

  @Option(
    help: """
      Methods to serve: safe, unsafe (the operator's too; only on this machine's own address) or auto (unsafe on this \
      machine's own address, else safe).
      """, transform: RPCOptions.exposure)
  var rpcMethods = RPCExposure.safe

  @Option(
    help: """
      Web pages that may call: all, none, or origins with commas between them (https://example.org). Pages from this \
      machine may, unless none is given.
      """, transform: RPCOptions.origins)
  var rpcCors = AccessPolicy.Rule.local

  @Option(
    help: """
      Names under which the node may be called, besides localhost and plain addresses: all, or names with commas between \
      them.
      """, transform: RPCOptions.hosts)
  var rpcAllowedHosts = AccessPolicy.Rule.local

  @Option(help: "Connections at one time.")
  var rpcMaxConnections = RPCLimits().connections

  @Option(help: "Largest request, in megabytes.")
  var rpcMaxRequestSize = RPCLimits().requestBytes >> 20

  @Option(help: "Largest response, in megabytes.")
  var rpcMaxResponseSize = RPCLimits().responseBytes >> 20

  @Option(help: "Subscriptions of one connection.")
  var rpcMaxSubscriptionsPerConnection = RPCLimits().subscriptionsPerConnection

  @Option(help: "Messages that a client may leave unread before it is dropped.")
  var rpcMessageBufferCapacityPerConnection = RPCLimits().pendingMessages

  @Option(help: "Requests in one batch.")
  var rpcMaxBatchRequestLen = RPCLimits().batchLength

  @Flag(help: "Refuse batches.")
  var rpcDisableBatchRequests = false

  /// Largest request or response that may be asked for, in megabytes.
  static let largestMessage = 1024

  func validate() throws {
    guard (0...65_535).contains(rpcPort) else { throw ValidationError("--rpc-port is not 0 to 65535") }
    do { _ = try RPCServerConfiguration(host: rpcHost, exposure: rpcMethods).servesUnsafe() } catch {
      throw ValidationError("--rpc-methods unsafe needs --rpc-host 127.0.0.1: others can reach \(rpcHost); give safe or auto")
    }
    let counts = [
      ("--rpc-max-connections", rpcMaxConnections), ("--rpc-max-subscriptions-per-connection", rpcMaxSubscriptionsPerConnection),
      ("--rpc-message-buffer-capacity-per-connection", rpcMessageBufferCapacityPerConnection),
      ("--rpc-max-batch-request-len", rpcMaxBatchRequestLen),
    ]
    for (flag, count) in counts where !(1...1_000_000).contains(count) { throw ValidationError("\(flag) is not 1 to 1000000") }
    for (flag, size) in [("--rpc-max-request-size", rpcMaxRequestSize), ("--rpc-max-response-size", rpcMaxResponseSize)] {
      guard (1...Self.largestMessage).contains(size) else { throw ValidationError("\(flag) is not 1 to \(Self.largestMessage) megabytes") }
    }
  }

  /// What the server keeps to.
  var limits: RPCLimits {
    var limits = RPCLimits()
    limits.connections = rpcMaxConnections
    limits.requestBytes = rpcMaxRequestSize << 20
    limits.responseBytes = rpcMaxResponseSize << 20
    limits.subscriptionsPerConnection = rpcMaxSubscriptionsPerConnection
    limits.pendingMessages = rpcMessageBufferCapacityPerConnection
    limits.batchLength = rpcDisableBatchRequests ? 0 : rpcMaxBatchRequestLen
    // Room for a few of the largest answers.
    limits.pendingBytes = max(limits.pendingBytes, 4 * limits.responseBytes)
    return limits
  }

  var access: AccessPolicy { AccessPolicy(origins: rpcCors, hosts: rpcAllowedHosts) }

  static func exposure(_ text: String) throws -> RPCExposure {
    guard let exposure = RPCExposure(rawValue: text.lowercased()) else {
      throw ValidationError("'\(text)' is not safe, unsafe or auto")
    }
    return exposure
  }

  static func origins(_ text: String) throws -> AccessPolicy.Rule {
    switch text.lowercased() {
    case "all": return .any
    case "none": return .none
    default:
      let origins = try list(text)
      guard let wrong = origins.first(where: { !$0.contains("://") || $0.hasSuffix("/") }) else { return .listed(origins) }
      throw ValidationError("'\(wrong)' is no origin: write it as https://example.org, without a path")
    }
  }

  static func hosts(_ text: String) throws -> AccessPolicy.Rule {
    guard text.lowercased() != "all" else { return .any }
    let names = try list(text)
    guard let wrong = names.first(where: { $0.contains(":") || $0.contains("/") }) else { return .listed(names) }
    throw ValidationError("'\(wrong)' is no host name: write it as node.example.org, without a port")
  }

  private static func list(_ text: String) throws -> [String] {
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
    guard !items.contains("") else { throw ValidationError("'\(text)' has an empty entry") }
    return items
  }
}

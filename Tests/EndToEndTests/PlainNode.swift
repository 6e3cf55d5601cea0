import RPC

/// A node that answers only what every Substrate node answers, by asking a real one.
struct PlainNode: Sendable {
  private static let methods = [
    "system_chain", "system_chainType", "system_properties", "state_getRuntimeVersion", "state_getMetadata", "state_getStorage",
    "state_getKeysPaged", "chain_getBlockHash", "chain_getFinalizedHead", "chain_getHeader", "chain_getBlock", "system_accountNextIndex",
    "payment_queryInfo", "author_submitExtrinsic",
  ]

  private let server: RPCServer
  private let client: RPCClient

  var url: String { "ws://127.0.0.1:\(server.port)" }

  /// - Parameter hasVersion15: Whether the runtime offers its metadata in version 15; old ones do not.
  static func start(before endpoint: String, hasVersion15: Bool) async throws -> PlainNode {
    let client = try await RPCClient.connect(endpoint)
    var table = RPCMethods()
    for name in methods { table.method(name) { try await forward(name, $0, to: client) } }
    table.method("state_call") { params in
      let name = params.value(0, "name")?.asString ?? ""
      guard hasVersion15 || !name.hasPrefix("Metadata_metadata_at") else { throw RPCError(code: 4003, message: "\(name) is not found") }
      return try await forward("state_call", params, to: client)
    }
    table.subscription(
      "author_submitAndWatchExtrinsic", notification: "author_extrinsicUpdate", unsubscribe: "author_unwatchExtrinsic"
    ) { params in
      do {
        return RPCFeed(
          try await client.subscribe("author_submitAndWatchExtrinsic", list(params), unsubscribe: "author_unwatchExtrinsic"))
      } catch RPCClientError.rpc(let error) { throw error }
    }
    return PlainNode(server: try await RPCServer.start(RPCServerConfiguration(port: 0), methods: table), client: client)
  }

  func stop() async {
    await server.shutdown(grace: .zero)
    await client.close()
  }

  private static func forward(_ name: String, _ params: RPCParams, to client: RPCClient) async throws -> JSON {
    do { return try await client.call(name, list(params)) } catch RPCClientError.rpc(let error) { throw error }
  }

  private static func list(_ params: RPCParams) -> [JSON] { (0..<params.count).map { params.value($0, "") ?? .null } }
}

internal import BlockExecution
internal import Finality
internal import Primitives
internal import RPC
internal import ScaleCodec

/// `chain_*` of Substrate's JSON-RPC (rpc.md §3).
extension NodeService {
  nonisolated func registerChainMethods(_ methods: inout RPCMethods) {
    methods.method("chain_getHeader") { [self] params in
      guard let state = try header(params.optionalHash(0, "hash")) else { return .null }
      return state.json
    }
    methods.method("chain_getBlock") { [self] params in
      guard let header = try header(params.optionalHash(0, "hash")), let body = try chain.body(at: header.number.value) else {
        return .null
      }
      return ["block": ["header": header.json, "extrinsics": .array(body.map { .string(Hex.encode($0)) })], "justifications": .null]
    }
    methods.method("chain_getBlockHash", aliases: ["chain_getHead"]) { [self] params in
      guard let value = params.value(0, "number") else { return .string(chain.best.hash.hex) }
      if let list = value.asArray {
        guard list.count <= 1024 else { throw RPCError.invalidCount(value: list.count, limit: 1024) }
        return .array(try list.map { try blockHash(RPCParams([$0])) })
      }
      return try blockHash(params)
    }
    methods.method("chain_getFinalizedHead", aliases: ["chain_getFinalisedHead"]) { [self] _ in .string(chain.best.hash.hex) }
    let kinds: [(name: String, aliases: [String], notification: String, end: String, endAliases: [String])] = [
      (
        "chain_subscribeNewHeads", ["chain_subscribeNewHead", "subscribe_newHead"], "chain_newHead", "chain_unsubscribeNewHeads",
        ["chain_unsubscribeNewHead", "unsubscribe_newHead"]
      ),
      ("chain_subscribeAllHeads", [], "chain_allHead", "chain_unsubscribeAllHeads", []),
      (
        "chain_subscribeFinalizedHeads", ["chain_subscribeFinalisedHeads"], "chain_finalizedHead", "chain_unsubscribeFinalizedHeads",
        ["chain_unsubscribeFinalisedHeads"]
      ),
    ]
    // Every block comes with its certificate, so the three kinds of heads are the same blocks in the same order.
    let topic = heads()
    for head in kinds {
      methods.subscription(
        head.name, aliases: head.aliases, notification: head.notification, unsubscribe: head.end, unsubscribeAliases: head.endAliases
      ) { _ in RPCFeed(topic) }
    }
  }

  /// The headers of the best block and of every later one.
  private nonisolated func heads() -> RPCTopic {
    let item = { @Sendable (state: StateView) in RPCTopic.Item(order: UInt64(state.number)) { state.header.json } }
    return RPCTopic(current: { [self] in item(chain.best) }) { [self] in blocks.values().map { block in item(block.state) } }
  }

  private nonisolated func header(_ hash: H256?) throws -> Header? {
    guard let hash else { return chain.best.header }
    guard let number = try chain.number(of: hash) else { return nil }
    return try chain.header(at: number)
  }

  private nonisolated func blockHash(_ params: RPCParams) throws -> JSON {
    let number = try params.number(0, "number", as: UInt64.self)
    guard let height = BlockNumber(exactly: number), let hash = try chain.hash(at: height) else { return .null }
    return .string(hash.hex)
  }
}

extension Header {
  /// The header as Substrate's JSON has it: the number as minimal hexadecimal, digest items as SCALE.
  var json: JSON {
    [
      "parentHash": .string(parentHash.hex), "number": .string("0x" + String(number.value, radix: 16)), "stateRoot": .string(stateRoot.hex),
      "extrinsicsRoot": .string(extrinsicsRoot.hex), "digest": ["logs": .array(digest.map { .string(Hex.encode($0.encoded())) })],
    ]
  }
}

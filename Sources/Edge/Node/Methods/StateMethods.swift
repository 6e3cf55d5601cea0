internal import BlockExecution
internal import EchoRuntime
internal import Hashing
internal import PalletSystem
internal import Primitives
internal import RPC
internal import ScaleCodec

/// `state_*` of Substrate's JSON-RPC (rpc.md §3).
extension NodeService {
  /// Most keys in one page or query.
  static let maximumKeys = 1000
  /// Most keys of one read proof or storage subscription.
  static let maximumProofKeys = 4096
  /// Most keys that `state_getKeys` and `state_getPairs` list.
  static let maximumAllKeys = 100_000

  nonisolated func registerStateMethods(_ methods: inout RPCMethods) {
    methods.method("state_getStorage", aliases: ["state_getStorageAt"]) { [self] params in
      let value = try value(of: params.bytes(0, "key"), at: params.optionalHash(1, "at"))
      return value.map { .string(Hex.encode($0)) } ?? .null
    }
    methods.method("state_getStorageHash", aliases: ["state_getStorageHashAt"]) { [self] params in
      let value = try state(at: params.optionalHash(1, "at")).value(for: params.bytes(0, "key"))
      return value.map { .string(Hash.blake2b256($0).hex) } ?? .null
    }
    methods.method("state_getStorageSize", aliases: ["state_getStorageSizeAt"]) { [self] params in
      try storageSize(of: params.bytes(0, "key"), in: state(at: params.optionalHash(1, "at")))
    }
    methods.method("state_queryStorageAt") { [self] params in
      let keys = try params.keys(0, "keys")
      guard keys.count <= Self.maximumKeys else { throw RPCError.invalidCount(value: keys.count, limit: Self.maximumKeys) }
      let state = try state(at: params.optionalHash(1, "at"))
      return [changeSet(state, keys: keys)]
    }
    methods.method("state_getKeysPaged", aliases: ["state_getKeysPagedAt"]) { [self] params in
      let count = try params.number(1, "count", as: UInt32.self)
      guard count <= UInt32(Self.maximumKeys) else { throw RPCError.invalidCount(value: Int(count), limit: Self.maximumKeys) }
      let prefix = try params.optionalBytes(0, "prefix") ?? []
      let keys = try state(at: params.optionalHash(3, "at")).keys(
        prefix: prefix, after: params.optionalBytes(2, "startKey"), limit: Int(count))
      return .array(keys.map { .string(Hex.encode($0)) })
    }
    methods.method("state_getKeys") { [self] params in
      let keys = try allKeys(under: params.optionalBytes(0, "prefix") ?? [], in: state(at: params.optionalHash(1, "at")))
      return .array(keys.map { .hex($0) })
    }
    methods.method("state_getReadProof") { [self] params in
      let keys = try params.keys(0, "keys")
      guard keys.count <= Self.maximumProofKeys else { throw RPCError.invalidCount(value: keys.count, limit: Self.maximumProofKeys) }
      let state = try state(at: params.optionalHash(1, "at"))
      return ["at": .string(state.hash.hex), "proof": .array(state.proof(for: keys.map(\.bytes)).map { .string(Hex.encode($0)) })]
    }
    methods.method("state_getRuntimeVersion", aliases: ["chain_getRuntimeVersion"]) { [self] params in
      try runtimeVersionJSON(runtime(at: params.optionalHash(0, "at")).version)
    }
    methods.method("state_getMetadata") { [self] params in
      try .string(Hex.encode(runtime(at: params.optionalHash(0, "at")).metadata14))
    }
    methods.method("state_call", aliases: ["state_callAt"]) { [self] params in
      let name = try params.string(0, "name")
      if let answer = try runtimeDescription(name, params) { return .string(Hex.encode(answer)) }
      let context = try state(at: params.optionalHash(2, "at")).context()
      guard let answer = try RuntimeInterface.call(name, params.optionalBytes(1, "data") ?? [], in: context) else {
        throw RPCError.runtimeMethodNotFound(name)
      }
      return .string(Hex.encode(answer))
    }
    registerStateHistory(&methods)
    registerStateSubscriptions(&methods)
  }

  private nonisolated func registerStateSubscriptions(_ methods: inout RPCMethods) {
    let watch = StorageWatch(chain: chain, blocks: blocks)
    methods.subscription("state_subscribeStorage", notification: "state_storage", unsubscribe: "state_unsubscribeStorage") { params in
      let keys = try params.keys(0, "keys")
      guard !keys.isEmpty, keys.count <= Self.maximumProofKeys else {
        throw RPCError.invalidCount(value: keys.count, limit: Self.maximumProofKeys)
      }
      return watch.feed(keys)
    }
    // The version changes only with the program, so one message is all there is; the blocks keep it open.
    let version = RPCTopic(current: { [self] in .init(order: 0) { self.runtimeVersionJSON(EchoRuntime.version) } }) { [self] in
      blocks.values(buffering: 1).compactMap { _ -> RPCTopic.Item? in nil }
    }
    methods.subscription(
      "state_subscribeRuntimeVersion", aliases: ["chain_subscribeRuntimeVersion"], notification: "state_runtimeVersion",
      unsubscribe: "state_unsubscribeRuntimeVersion", unsubscribeAliases: ["chain_unsubscribeRuntimeVersion"]
    ) { _ in RPCFeed(version) }
  }

  private nonisolated func changeSet(_ state: StateView, keys: [(text: String, bytes: [UInt8])]) -> JSON {
    let changes = keys.map { key -> JSON in [.string(key.text), state.value(for: key.bytes).map { .string(Hex.encode($0)) } ?? .null] }
    return ["block": .string(state.hash.hex), "changes": .array(changes)]
  }

  nonisolated func runtimeVersionJSON(_ version: RuntimeVersion) -> JSON {
    [
      "specName": .string(version.specName), "implName": .string(version.implName), "authoringVersion": JSON(version.authoringVersion),
      "specVersion": JSON(version.specVersion), "implVersion": JSON(version.implVersion),
      "transactionVersion": JSON(version.transactionVersion),
      "stateVersion": JSON(version.stateVersion),
      "apis": .array(version.apis.map { [.string(Hex.encode($0.first.bytes)), JSON($0.second)] }),
    ]
  }
}

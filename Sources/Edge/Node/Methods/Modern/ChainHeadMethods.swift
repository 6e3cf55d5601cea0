internal import BlockExecution
internal import Finality
internal import Primitives
internal import RPC
internal import ScaleCodec

/// `chainHead_v1`: the head of the chain, followed block by block, and reading the blocks that a follow has pinned.
extension NodeService {
  nonisolated func registerChainHeadMethods(_ methods: inout RPCMethods) {
    let limits = configuration.modernLimits
    methods.subscription(
      "chainHead_v1_follow", notification: "chainHead_v1_followEvent", unsubscribe: "chainHead_v1_unfollow",
      parameter: "followSubscription", unsubscribing: .silently
    ) { [self] params, subscriber in
      let follow = Follow(withRuntime: try params.bool(0, "withRuntime"), limits: limits, pins: pins)
      let follows = subscriber.connection.state { Follows() }
      guard follows.add(follow, as: subscriber.id, limit: limits.follows) else { throw RPCError.tooManyFollows(limit: limits.follows) }
      return RPCFeed(ended: { follows.end(subscriber.id) }) { sink in
        await follow.run { [self] in try await report(to: follow, sink) }
      }
    }
    methods.followMethod("chainHead_v1_header") { params, follow in
      let hash = try params.hash(1, "hash")
      guard let follow else { return RPCAnswer(.null) }
      return RPCAnswer(.hex(try follow.block(hash).header.encoded()))
    }
    methods.followMethod("chainHead_v1_unpin") { params, follow in
      let hashes = try Self.hashes(params)
      try follow?.unpin(hashes)
      return RPCAnswer(.null)
    }
    methods.followMethod("chainHead_v1_continue") { params, follow in
      let operation = try params.string(1, "operationId")
      try follow?.resume(operation)
      return RPCAnswer(.null)
    }
    methods.followMethod("chainHead_v1_stopOperation") { params, follow in
      let operation = try params.string(1, "operationId")
      follow?.stop(operation)
      return RPCAnswer(.null)
    }
    registerChainHeadOperations(&methods)
  }

  private nonisolated func registerChainHeadOperations(_ methods: inout RPCMethods) {
    methods.followMethod("chainHead_v1_body") { [self] params, follow in
      let hash = try params.hash(1, "hash")
      guard let follow else { return .limitReached }
      let block = try follow.block(hash)
      guard let operation = follow.reserve(1) else { return .limitReached }
      return operation.started { [self] operation in
        let body: [[UInt8]]?
        do { body = try chain.body(at: block.number) } catch { return try operation.failed("\(error)") }
        guard let body else { return try operation.done("operationInaccessible") }
        await follow.whenRead()
        try operation.done("operationBodyDone", ["value": .array(body.map { .hex($0) })])
      }
    }
    methods.followMethod("chainHead_v1_call") { [self] params, follow in
      let hash = try params.hash(1, "hash")
      let function = try params.string(2, "function")
      let arguments = try params.bytes(3, "callParameters")
      guard let follow else { return .limitReached }
      let block = try follow.block(hash)
      guard follow.withRuntime else { throw RPCError.followWithoutRuntime }
      guard let operation = follow.reserve(1) else { return .limitReached }
      return operation.started { [self] operation in
        let output: [UInt8]
        do { output = try call(function, arguments, at: block) } catch { return try operation.failed("\(error)") }
        await follow.whenRead()
        try operation.done("operationCallDone", ["output": .hex(output)])
      }
    }
    methods.followMethod("chainHead_v1_storage") { params, follow in
      let hash = try params.hash(1, "hash")
      let queries = try StorageQuery.list(params, 2)
      let childTrie = try params.optionalBytes(3, "childTrie")
      guard let follow else { return .limitReached }
      let block = try follow.block(hash)
      guard let operation = follow.reserve(queries.count) else { return .limitReached }
      return operation.started(["discardedItems": JSON(queries.count - operation.slots)]) { operation in
        try await operation.read(Array(queries.prefix(operation.slots)), childTrie: childTrie, of: block)
      }
    }
  }

  /// The parameter of `chainHead_v1_unpin`: one hash, or a list of them.
  private static func hashes(_ params: RPCParams) throws(RPCError) -> [H256] {
    try params.required(1, "hashOrHashes", expected: "a hash of 32 bytes or an array of them") { value in
      guard let elements = value.asArray else { return value.asHash.map { [$0] } }
      let hashes = elements.compactMap(\.asHash)
      return hashes.count == elements.count ? hashes : nil
    }
  }
}

extension RPCMethods {
  /// Registers a method of which the first parameter names a follow of the same connection: `nil` when that is over, or
  /// never was.
  fileprivate mutating func followMethod(
    _ name: String, _ handler: @escaping @Sendable (RPCParams, Follow?) async throws -> RPCAnswer
  ) {
    connectionMethod(name) { params, connection in
      let id = try params.string(0, "followSubscription")
      return try await handler(params, connection.state { Follows() }[id])
    }
  }
}

extension RPCAnswer {
  /// There is no room for another operation, or no such follow.
  fileprivate static let limitReached = RPCAnswer(["result": "limitReached"])
}

// MARK: - Errors of the group

extension RPCError {
  /// The connection has as many follows as it may. Stop one first.
  static func tooManyFollows(limit: Int) -> RPCError {
    RPCError(code: -32800, message: "Too many chainHead_v1_follow subscriptions", data: .string("at most \(limit) for a connection"))
  }

  /// The follow has not reported this block, or it was unpinned.
  static func blockNotPinned(_ hash: H256?) -> RPCError {
    RPCError(code: -32801, message: "Block is not pinned by the follow", data: hash.map { .hash($0) })
  }

  /// Runtime calls need a follow that was opened with the runtime.
  static let followWithoutRuntime = RPCError(code: -32802, message: "The follow was opened without the runtime")

  /// The operation has not asked to be continued.
  static let notWaiting = RPCError(code: -32803, message: "The operation does not wait for chainHead_v1_continue")

  /// A hash stands twice in a list of blocks to unpin.
  static let duplicateHashes = RPCError(code: -32804, message: "A block hash is given twice")
}

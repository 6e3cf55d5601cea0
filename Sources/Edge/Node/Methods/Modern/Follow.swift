internal import BlockExecution
internal import Primitives
internal import RPC
internal import Synchronization

/// One `chainHead_v1_follow`: its pinned blocks, its operations, and the stream that all their events go to.
///
/// Events leave under one lock, so that their order is one: nothing follows `stop`, and nothing of an operation follows
/// its end.
final class Follow: Sendable {
  private struct Operation {
    /// How much of ``ModernLimits/operations`` it takes.
    let slots: Int
    let resume: AsyncStream<Void>.Continuation
    /// `nil` until the answer that names it is on its way.
    var task: Task<Void, Never>?
    /// It has said that it waits for `chainHead_v1_continue`.
    var isWaiting = false

    func cancel() {
      task?.cancel()
      resume.finish()
    }
  }

  private struct State {
    /// `nil` until the follow has begun.
    var sink: SubscriptionSink?
    var isOver = false
    var operations: [String: Operation] = [:]
    var slots = 0
    var lastOperation: UInt64 = 0
  }

  /// Whether its events tell of the runtime, and runtime calls are allowed.
  let withRuntime: Bool
  let limits: ModernLimits
  private let pins: PinnedBlocks
  private let state = Mutex(State())
  private let (halts, halting) = AsyncStream.makeStream(of: Void.self)

  init(withRuntime: Bool, limits: ModernLimits, pins: PinnedBlocks) {
    self.withRuntime = withRuntime
    self.limits = limits
    self.pins = pins
    pins.open(ObjectIdentifier(self)) { [weak self] in self?.halt() }
  }

  deinit { pins.close(ObjectIdentifier(self)) }

  // MARK: Life

  /// Runs `report` until it returns or the follow is stopped from elsewhere, and says so to the client.
  func run(_ report: @escaping @Sendable () async throws -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await report() }
      group.addTask { [halts] in for await _ in halts {} }
      await group.next()
      group.cancelAll()
    }
    halt()
  }

  /// Sends the first event; others may follow from now on.
  func begin(_ sink: SubscriptionSink, _ event: JSON) throws(SubscriptionClosed) {
    try state.withLock { state throws(SubscriptionClosed) in
      guard !state.isOver else { throw SubscriptionClosed() }
      state.sink = sink
      try sink.send(event)
    }
  }

  /// Sends an event.
  func send(_ event: JSON) throws(SubscriptionClosed) {
    try state.withLock { state throws(SubscriptionClosed) in
      guard !state.isOver, let sink = state.sink else { throw SubscriptionClosed() }
      try sink.send(event)
    }
  }

  /// Tells the client that the follow is over, and lets go of everything.
  func halt() { finish { sink in try? sink.send(["event": "stop"]) } }

  /// Lets go of everything: the client does not want more, or is gone.
  func end() { finish { _ in } }

  private func finish(_ last: (SubscriptionSink) -> Void) {
    let operations = state.withLock { state in
      guard !state.isOver else { return [Operation]() }
      state.isOver = true
      if let sink = state.sink { last(sink) }
      defer { (state.operations, state.slots, state.sink) = ([:], 0, nil) }
      return Array(state.operations.values)
    }
    for operation in operations { operation.cancel() }
    pins.close(ObjectIdentifier(self))
    halting.finish()
  }

  // MARK: Pins

  /// Pins a block; false when the follow must stop, see ``PinnedBlocks/pin(_:for:)``.
  func pin(_ block: StateView) -> Bool { pins.pin(block, for: ObjectIdentifier(self)) }

  /// Whether a block has been pinned for too long.
  var hasExpiredPins: Bool { pins.hasExpired(ObjectIdentifier(self)) }

  /// A pinned block.
  /// - Throws: ``RPCError/blockNotPinned(_:)``
  func block(_ hash: H256) throws(RPCError) -> StateView {
    guard let block = pins.block(hash, of: ObjectIdentifier(self)) else { throw .blockNotPinned(hash) }
    return block
  }

  /// Unpins all of the blocks, or none.
  func unpin(_ hashes: [H256]) throws(RPCError) {
    guard Set(hashes).count == hashes.count else { throw .duplicateHashes }
    guard pins.unpin(hashes, of: ObjectIdentifier(self)) else {
      throw .blockNotPinned(hashes.first { pins.block($0, of: ObjectIdentifier(self)) == nil })
    }
  }

  // MARK: Operations

  /// Makes room for an operation.
  /// - Parameter wanted: Its slots; fewer may be granted, but none only when none is wanted.
  /// - Returns: `nil` when there is no room, or the follow is over.
  func reserve(_ wanted: Int) -> FollowOperation? {
    state.withLock { state in
      let granted = min(wanted, limits.operations - state.slots)
      guard !state.isOver, granted > 0 || wanted == 0 else { return nil }
      state.lastOperation += 1
      let id = String(state.lastOperation)
      let (resumes, resume) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      state.slots += granted
      state.operations[id] = Operation(slots: granted, resume: resume)
      return FollowOperation(follow: self, id: id, slots: granted, resumes: resumes)
    }
  }

  /// Starts the work of a reserved operation, unless it was stopped meanwhile.
  func start(_ operation: FollowOperation, _ work: @escaping @Sendable (FollowOperation) async throws -> Void) {
    state.withLock { state in
      guard state.operations[operation.id] != nil else { return }
      state.operations[operation.id]?.task = Task {
        try? await work(operation)
        self.stop(operation.id)
      }
    }
  }

  /// Sends an event of an operation.
  /// - Parameters:
  ///   - isLast: The operation is over with it.
  ///   - waits: The operation waits for `chainHead_v1_continue` after it.
  func send(
    _ event: JSON, of operation: String, isLast: Bool = false, waits: Bool = false
  ) throws(SubscriptionClosed) {
    try state.withLock { state throws(SubscriptionClosed) in
      guard !state.isOver, let sink = state.sink, state.operations[operation] != nil else { throw SubscriptionClosed() }
      state.operations[operation]?.isWaiting = waits
      if isLast, let ended = state.operations.removeValue(forKey: operation) { state.slots -= ended.slots }
      try sink.send(event)
    }
  }

  /// Waits until the client has read most of what was sent to it.
  func whenRead() async { await state.withLock { $0.sink }?.whenRead() }

  /// Lets an operation go on that waits; an unknown one is ignored.
  /// - Throws: ``RPCError/notWaiting`` when it does not wait.
  func resume(_ operation: String) throws(RPCError) {
    try state.withLock { state throws(RPCError) in
      guard let known = state.operations[operation] else { return }
      guard known.isWaiting else { throw .notWaiting }
      state.operations[operation]?.isWaiting = false
      known.resume.yield()
    }
  }

  /// Ends an operation; an unknown one is ignored.
  func stop(_ operation: String) {
    let stopped = state.withLock { state in
      let stopped = state.operations.removeValue(forKey: operation)
      state.slots -= stopped?.slots ?? 0
      return stopped
    }
    stopped?.cancel()
  }
}

/// The follows of one connection, by the ids of their subscriptions.
final class Follows: RPCConnectionState {
  private struct State {
    var isOpen = true
    var follows: [String: Follow] = [:]
  }
  private let state = Mutex(State())

  /// A follow that is not over.
  subscript(id: String) -> Follow? { state.withLock { $0.follows[id] } }

  /// Adds a follow.
  /// - Returns: False when there are as many as there may be, or the connection is over.
  func add(_ follow: Follow, as id: String, limit: Int) -> Bool {
    state.withLock { state in
      guard state.isOpen, state.follows.count < limit else { return false }
      state.follows[id] = follow
      return true
    }
  }

  /// Ends a follow.
  func end(_ id: String) { state.withLock { $0.follows.removeValue(forKey: id) }?.end() }

  func connectionEnded() {
    let follows = state.withLock { state in
      state.isOpen = false
      defer { state.follows = [:] }
      return Array(state.follows.values)
    }
    for follow in follows { follow.end() }
  }
}

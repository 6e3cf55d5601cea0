internal import BlockExecution
internal import EchoRuntime
internal import Primitives
internal import RPC
internal import Synchronization
internal import TransactionPool

/// `transaction_v1`: keeps a transaction going until it is in a block, or its sender says stop.
extension NodeService {
  nonisolated func registerTransactionMethods(_ methods: inout RPCMethods) {
    let limits = configuration.modernLimits
    let room = Allowance<BroadcastBytes>()
    methods.connectionMethod("transaction_v1_broadcast") { [self] params, connection in
      let bytes = try params.bytes(0, "transaction")
      let broadcasts = connection.state { Broadcasts() }
      guard let share = room.take(bytes.count, limit: limits.broadcastBytes), let id = broadcasts.reserve(limit: limits.broadcasts) else {
        return RPCAnswer(.null)
      }
      let work: @Sendable () async -> Bool = { [self] in
        let isIncluded = await broadcast(bytes)
        withExtendedLifetime(share) {}
        return isIncluded
      }
      return RPCAnswer(.string(id), sent: { broadcasts.start(id, work) }, unsent: { _ = broadcasts.stop(id) })
    }
    methods.connectionMethod("transaction_v1_stop") { params, connection in
      let broadcasts = connection.state { Broadcasts() }
      guard broadcasts.stop(try params.string(0, "operationId")) else {
        throw RPCError.invalidParams("operationId (parameter 0) names no broadcast of this connection")
      }
      return RPCAnswer(.null)
    }
  }

  /// Puts a transaction into the pool, and again whenever it has fallen out, until it is in a block.
  /// - Returns: False when it is invalid, or the node or the task ends.
  private nonisolated func broadcast(_ bytes: [UInt8]) async -> Bool {
    let hash = Extrinsic.hash(of: bytes)
    var blocks = blocks.values(buffering: 1).makeAsyncIterator()
    while !Task.isCancelled {
      if (try? chain.extrinsic(hash)) != nil { return true }
      do throws(SubmissionError) { _ = try await submit(bytes) } catch { guard error.mayPass else { return false } }
      guard await blocks.next() != nil else { return false }
    }
    return false
  }
}

/// Bytes of the transactions that are broadcast.
private enum BroadcastBytes {}

extension NodeService.SubmissionError {
  /// Whether the same bytes may be accepted later, or are in the pool already.
  fileprivate var mayPass: Bool {
    switch self {
    case .undecodable, .stopped, .pool(.stale), .pool(.expired), .pool(.tooLarge): false
    case .invalid(.invalid(.future)), .invalid(.invalid(.exhaustsResources)), .invalid(.unknown): true
    case .invalid(.invalid): false
    case .pool, .unreadable, .busy: true
    }
  }
}

/// The broadcasts of one connection, by the ids of their operations.
final class Broadcasts: RPCConnectionState {
  private struct State {
    var isOpen = true
    var last: UInt64 = 0
    /// Those that count: they go on, or were found invalid.
    var active: [String: Task<Void, Never>?] = [:]
    /// Those that are in a block, the latest last: their clients may still say stop.
    var included: [String] = []
  }
  private let state = Mutex(State())

  /// Included broadcasts that are remembered.
  private static let maximumIncluded = 64

  /// Makes room for a broadcast.
  /// - Returns: Its id; `nil` when there are as many as there may be.
  func reserve(limit: Int) -> String? {
    state.withLock { state in
      guard state.isOpen, state.active.count < limit else { return nil }
      state.last += 1
      let id = String(state.last)
      state.active[id] = .some(nil)
      return id
    }
  }

  /// Starts a reserved broadcast.
  /// - Parameter work: Says whether the transaction got into a block.
  func start(_ id: String, _ work: @escaping @Sendable () async -> Bool) {
    state.withLock { state in
      guard state.active[id] != nil else { return }
      state.active[id] = Task { [weak self] in if await work() { self?.include(id) } }
    }
  }

  private func include(_ id: String) {
    state.withLock { state in
      guard state.active.removeValue(forKey: id) != nil else { return }
      state.included.append(id)
      if state.included.count > Self.maximumIncluded { state.included.removeFirst() }
    }
  }

  /// Ends a broadcast.
  /// - Returns: False when there is none with this id.
  func stop(_ id: String) -> Bool {
    let (task, isKnown) = state.withLock { state -> (Task<Void, Never>?, Bool) in
      if let task = state.active.removeValue(forKey: id) { return (task, true) }
      guard let index = state.included.firstIndex(of: id) else { return (nil, false) }
      state.included.remove(at: index)
      return (nil, true)
    }
    task?.cancel()
    return isKnown
  }

  func connectionEnded() {
    let tasks = state.withLock { state in
      state.isOpen = false
      defer { (state.active, state.included) = ([:], []) }
      return state.active.values.compactMap(\.self)
    }
    for task in tasks { task.cancel() }
  }
}

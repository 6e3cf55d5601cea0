internal import BlockExecution
internal import EchoRuntime
internal import Primitives
internal import RPC
internal import TransactionPool

/// `transactionWatch_v1`: submits a transaction and tells what becomes of it.
///
/// Once submitted it goes its way, whether or not anybody watches. Of the events there is no `bestChainBlockIncluded` of
/// null, since no block is ever taken back.
extension NodeService {
  nonisolated func registerTransactionWatchMethods(_ methods: inout RPCMethods) {
    let limit = configuration.modernLimits.watches
    let unknown = RPCError.invalidParams("subscription (parameter 0) names no watched transaction of this connection")
    methods.subscription(
      "transactionWatch_v1_submitAndWatch", notification: "transactionWatch_v1_watchEvent", unsubscribe: "transactionWatch_v1_unwatch",
      unsubscribing: .orFails(unknown)
    ) { [self] params, subscriber in
      let bytes = try params.bytes(0, "transaction")
      let watched = subscriber.connection.state { Allowance<Watched>() }
      guard let share = watched.take(limit: limit) else {
        return RPCFeed { sink in try sink.send(.ended("dropped", "this connection watches \(limit) transactions already")) }
      }
      let held = HeldShare(share)
      let hash = Extrinsic.hash(of: bytes)
      let start = try await startWatching(bytes, hash)
      return RPCFeed(ended: { held.give() }) { [self] sink in
        switch start {
        case .included(let block, let index): try reportInclusion((block, index), sink)
        case .waiting(let updates): try await report(updates, of: hash, sink)
        case .refused(let error): try sink.send(error.event)
        }
      }
    }
  }

  /// How a watch begins. Nothing of it holds the transaction's bytes.
  private enum WatchStart {
    case included(block: BlockNumber, index: UInt32)
    case waiting(AsyncStream<TransactionUpdate>)
    case refused(SubmissionError)
  }

  private nonisolated func startWatching(_ bytes: [UInt8], _ hash: H256) async throws -> WatchStart {
    while true {
      // Somebody may have submitted the same bytes before.
      if let place = try chain.extrinsic(hash) { return .included(block: place.block, index: place.index) }
      do throws(SubmissionError) { return .waiting(try await submitAndWatch(bytes)) } catch {
        guard case .pool(.alreadyImported) = error else { return .refused(error) }
      }
      if let updates = transactions.watchWaiting(hash) { return .waiting(updates) }
      // It left the pool between the two looks: into a block, or so that it can be submitted again.
      try Task.checkCancellation()
    }
  }

  private nonisolated func report(_ updates: AsyncStream<TransactionUpdate>, of hash: H256, _ sink: SubscriptionSink) async throws {
    // What is in the pool has passed the runtime's check.
    try sink.send(["event": "validated"])
    for await update in updates {
      switch update {
      case .future, .ready, .inBlock: break
      case .finalized:
        guard let place = try chain.extrinsic(hash) else { return try sink.send(.ended("error", "the block is not readable")) }
        return try reportInclusion(place, sink)
      case .usurped: return try sink.send(.ended("invalid", "another transaction of the same account and nonce took its place"))
      case .dropped: return try sink.send(.ended("dropped", "the pool is full, or a smaller nonce did not come in time"))
      case .invalid: return try sink.send(.ended("invalid", "the transaction is no longer valid"))
      }
    }
    try sink.send(.ended("dropped", "the node stops"))
  }

  /// A block is best and final at once.
  private nonisolated func reportInclusion(_ place: (block: BlockNumber, index: UInt32), _ sink: SubscriptionSink) throws {
    guard let hash = try chain.hash(at: place.block) else { return try sink.send(.ended("error", "the block is not readable")) }
    let block: JSON = ["hash": .hash(hash), "index": JSON(place.index)]
    try sink.send(["event": "bestChainBlockIncluded", "block": block])
    try sink.send(["event": "finalized", "block": block])
  }
}

/// Transactions that a connection watches.
private enum Watched {}

extension NodeService.SubmissionError {
  /// The event that ends a watch. A pool that is full may take the transaction later, which is not the runtime's verdict.
  fileprivate var event: JSON {
    switch self {
    case .undecodable(let error): .ended("invalid", "no extrinsic: \(error)")
    case .invalid(let error): .ended("invalid", "\(error)")
    case .pool(let error) where error.isVerdict: .ended("invalid", "\(error)")
    case .pool(let error): .ended("dropped", "\(error)")
    case .busy: .ended("dropped", "too many transactions wait for their signatures to be checked")
    case .stopped: .ended("dropped", "the node stops")
    case .unreadable(let reason): .ended("error", reason)
    }
  }
}

extension PoolError {
  /// Whether it says something of the transaction, and not only of the room that there is.
  fileprivate var isVerdict: Bool {
    switch self {
    case .stale, .expired, .tooLowPriority, .banned, .tooLarge: true
    default: false
    }
  }
}

extension JSON {
  /// The last event of a transaction.
  fileprivate static func ended(_ event: String, _ error: String) -> JSON { ["event": .string(event), "error": .string(error)] }
}

internal import BlockExecution
internal import EchoRuntime
internal import Foundation
internal import PalletSystem
internal import Primitives
internal import Synchronization
internal import TransactionPool

/// The transactions of a running node that wait for a block, and those who watch them (Docs/formats/transaction-pool.md).
///
/// Submitting does not touch the actor that makes blocks. What costs little is checked first, then the signature, by
/// as many callers at a time as there are processors; only the insertion takes a lock, for microseconds.
final class PoolService: Sendable {
  typealias TransactionUpdate = NodeService.TransactionUpdate
  typealias SubmissionError = NodeService.SubmissionError
  private typealias Watcher = AsyncStream<TransactionUpdate>.Continuation

  private struct State: Sendable {
    var pool: TransactionPool
    var watchers: [H256: [UInt64: Watcher]] = [:]
    var nextWatcher: UInt64 = 0
    var isStopped = false
  }

  private let chain: Chain
  private let limits: TransactionPool.Limits
  private let state: Mutex<State>
  private let gate = AdmissionGate(
    width: ProcessInfo.processInfo.activeProcessorCount, limit: PoolService.maximumSubmissions, bytes: PoolService.maximumSubmittedBytes)
  private let start = ContinuousClock.now
  private let wake = Broadcast<Void>()

  /// Submissions whose signatures are checked or wait for it.
  static let maximumSubmissions = 2_048
  /// Bytes of those.
  static let maximumSubmittedBytes = 64 << 20
  /// Updates that a watcher may leave unread; it loses the oldest beyond that, never the last.
  static let maximumUpdates = 16
  /// Transactions that are checked anew after each block.
  static let revalidationsPerBlock = 256

  init(chain: Chain, limits: TransactionPool.Limits = TransactionPool.Limits()) {
    self.chain = chain
    self.limits = limits
    state = Mutex(State(pool: TransactionPool(limits: limits, best: chain.best.number)))
  }

  // MARK: Entering

  /// Checks an extrinsic and lets it wait for a block. See ``NodeService/submit(_:)``.
  func submit(_ bytes: [UInt8]) async throws(SubmissionError) -> H256 {
    let transaction = try await admit(bytes)
    try insert(transaction, watcher: nil)
    return transaction.hash
  }

  /// Checks an extrinsic, lets it wait and reports what becomes of it. See ``NodeService/submitAndWatch(_:)``.
  func submitAndWatch(_ bytes: [UInt8]) async throws(SubmissionError) -> AsyncStream<TransactionUpdate> {
    let transaction = try await admit(bytes)
    let (stream, watcher) = AsyncStream.makeStream(of: TransactionUpdate.self, bufferingPolicy: .bufferingNewest(Self.maximumUpdates))
    do { try insert(transaction, watcher: watcher) } catch {
      watcher.finish()
      throw error
    }
    return stream
  }

  /// Reports what becomes of a transaction that waits here already; `nil` when it does not.
  func watchWaiting(_ hash: H256) -> AsyncStream<TransactionUpdate>? {
    let (stream, watcher) = AsyncStream.makeStream(of: TransactionUpdate.self, bufferingPolicy: .bufferingNewest(Self.maximumUpdates))
    let isWaiting = state.withLock { state in
      guard !state.isStopped, state.pool.contains(hash) else { return false }
      watch(hash, watcher, &state)
      return true
    }
    guard isWaiting else {
      watcher.finish()
      return nil
    }
    return stream
  }

  /// Everything that needs no place in the pool, cheapest first: size, whether it is known, shape, era, nonce, fee, and
  /// the signature last.
  private func admit(_ bytes: [UInt8]) async throws(SubmissionError) -> PoolTransaction {
    let size = bytes.count
    let hash = try known(bytes)
    let extrinsic: Extrinsic
    do { extrinsic = try Extrinsic(decoding: bytes) } catch { throw .undecodable(error) }
    let best = chain.best
    let next = best.number + 1
    let context = best.context()
    Executive.enterNextBlock(number: next, parentHash: best.hash, in: context)
    let validity: ValidTransaction
    let signature: Extrinsic.Signature
    let signing: SigningContext
    do throws(TransactionValidityError) {
      validity = try Executive.validate(extrinsic, length: size, signatureChecked: true, in: context)
      guard let signed = extrinsic.signature else { throw .unknown(.noUnsignedValidator) }
      signature = signed
      signing = try Executive.signingContext(of: signed, number: next, in: context)
    } catch { throw refused(hash, error) }
    try checkPlace(signature, priority: validity.priority, in: best)
    guard await gate.enter(bytes: size) else { throw .busy }
    defer { gate.leave(bytes: size) }
    // The same bytes may have come another way while these waited for their turn.
    try check(hash, size: size)
    guard extrinsic.verifySignature(signing) else { throw refused(hash, .invalid(.badProof)) }
    // The check stood in the block after the best one, so its longevity counts from there.
    let death = validity.longevity == .max ? UInt64.max : UInt64(next).addingSaturating(validity.longevity)
    return PoolTransaction(
      hash: hash, bytes: bytes, sender: signature.signer, nonce: signature.extra.nonce, priority: validity.priority, death: death)
  }

  /// Refuses what is too large to be hashed, banned, or here already.
  /// - Returns: The hash.
  private func known(_ bytes: [UInt8]) throws(SubmissionError) -> H256 {
    guard bytes.count <= limits.transactionSize else {
      throw .pool(.tooLarge(size: bytes.count, limit: limits.transactionSize))
    }
    let hash = Extrinsic.hash(of: bytes)
    try check(hash, size: bytes.count)
    return hash
  }

  private func check(_ hash: H256, size: Int) throws(SubmissionError) {
    let now = now
    try state.withLock { state throws(SubmissionError) in
      guard !state.isStopped else { throw .stopped }
      do throws(PoolError) { try state.pool.check(hash, size: size, now: now) } catch { throw .pool(error) }
    }
  }

  /// Refuses what the pool would refuse for its nonce or priority, before the work on its signature.
  private func checkPlace(_ signature: Extrinsic.Signature, priority: UInt64, in best: StateView) throws(SubmissionError) {
    let account = try nonce(of: signature.signer, in: best)
    try state.withLock { state throws(SubmissionError) in
      do throws(PoolError) {
        try state.pool.check(sender: signature.signer, nonce: signature.extra.nonce, priority: priority, accountNonce: account)
      } catch { throw .pool(error) }
    }
  }

  private func nonce(of account: AccountID, in best: StateView) throws(SubmissionError) -> UInt32 {
    do { return try SystemPallet.nonce(of: account, in: best.context()) } catch { throw .unreadable("\(error)") }
  }

  /// Remembers what is invalid, for a while.
  private func refused(_ hash: H256, _ error: TransactionValidityError) -> SubmissionError {
    if case .invalid = error {
      let now = now
      state.withLock { $0.pool.ban(hash, now: now) }
    }
    return .invalid(error)
  }

  /// Puts a checked transaction into the pool, against the state as it is now.
  private func insert(_ transaction: PoolTransaction, watcher: Watcher?) throws(SubmissionError) {
    let now = now
    let isReady = try state.withLock { state throws(SubmissionError) in
      guard !state.isStopped else { throw .stopped }
      let account = try nonce(of: transaction.sender, in: chain.best)
      let changes: [(hash: H256, status: PoolStatus)]
      do throws(PoolError) { changes = try state.pool.submit(transaction, accountNonce: account, now: now) } catch { throw .pool(error) }
      if let watcher { watch(transaction.hash, watcher, &state) }
      Self.publish(changes, &state)
      return changes.contains { $0.status == .ready }
    }
    if isReady { wake.send(()) }
  }

  /// Milliseconds since the start: a time that never goes back.
  private var now: Milliseconds {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Milliseconds(clamping: seconds) * 1_000 + Milliseconds(clamping: attoseconds / 1_000_000_000_000_000)
  }

  // MARK: Watching

  private func watch(_ hash: H256, _ watcher: Watcher, _ state: inout State) {
    state.nextWatcher += 1
    let id = state.nextWatcher
    state.watchers[hash, default: [:]][id] = watcher
    // In a task: the stream may end while the lock is held.
    watcher.onTermination = { [weak self] _ in Task { self?.unwatch(hash, id) } }
  }

  private func unwatch(_ hash: H256, _ id: UInt64) {
    state.withLock { state in
      state.watchers[hash]?[id] = nil
      if state.watchers[hash]?.isEmpty == true { state.watchers[hash] = nil }
    }
  }

  /// Tells watchers, under the lock, so that updates of two steps never change places.
  private static func publish(_ changes: [(hash: H256, status: PoolStatus)], _ state: inout State) {
    guard !state.watchers.isEmpty else { return }
    for (hash, status) in changes {
      guard let watchers = state.watchers[hash] else { continue }
      let updates = TransactionUpdate.updates(of: status)
      for watcher in watchers.values {
        for update in updates { watcher.yield(update) }
        if status.isEnd { watcher.finish() }
      }
      if status.isEnd { state.watchers[hash] = nil }
    }
  }

  /// Returns when a transaction becomes ready, or at once when the task is cancelled or the node stops.
  func wakes() -> AsyncStream<Void> { wake.values(buffering: 1) }

  /// Ends all streams and refuses what comes later.
  func stop() {
    wake.finish()
    state.withLock { state in
      state.isStopped = true
      for watchers in state.watchers.values { for watcher in watchers.values { watcher.finish() } }
      state.watchers = [:]
    }
  }

  // MARK: Looking

  /// What waits, and what is remembered.
  var statistics: PoolStatistics {
    let checking = gate.count
    return state.withLock { state in
      PoolStatistics(
        transactions: state.pool.count, futures: state.pool.futureCount, bytes: state.pool.byteCount, bans: state.pool.banCount,
        watched: state.watchers.count, checking: checking)
    }
  }

  /// Transactions that wait, ready and future.
  var count: Int { state.withLock { $0.pool.count } }

  /// Whether a transaction could go into the next block.
  var hasReady: Bool { state.withLock { $0.pool.hasReady } }

  /// See ``TransactionPool/ready(limit:bytes:)``.
  func ready(limit: Int, bytes: Int) -> [PoolTransaction] { state.withLock { $0.pool.ready(limit: limit, bytes: bytes) } }

  /// See ``TransactionPool/pending()``.
  func pending() -> [PoolTransaction] { state.withLock { $0.pool.pending() } }

  /// An account's next free nonce, counting what is ready in the pool.
  func nextNonce(of account: AccountID) throws -> UInt32 {
    let nonce = try SystemPallet.nonce(of: account, in: chain.best.context())
    return state.withLock { $0.pool.nextNonce(of: account, accountNonce: nonce) }
  }

  // MARK: Leaving

  /// Takes a kept block into account. The block must be readable by now: watchers look at it at once.
  ///
  /// - Parameters:
  ///   - included: Hashes of its extrinsics.
  ///   - refused: Hashes of transactions that it found invalid.
  func blockImported(_ block: StateView, included: [H256], refused: [H256]) {
    let context = block.context()
    let nonce = { (account: AccountID) -> UInt32 in (try? SystemPallet.nonce(of: account, in: context)) ?? 0 }
    // Reading them takes longest, so it is done before the lock; who came since is looked up under it.
    var nonces: [AccountID: UInt32] = [:]
    for sender in state.withLock({ $0.pool.senders }) { nonces[sender] = nonce(sender) }
    let now = now
    state.withLock { state in
      for hash in refused { Self.publish(state.pool.reject(hash, now: now), &state) }
      let changes = state.pool.blockImported(hash: block.hash, number: block.number, included: Set(included), now: now) { sender in
        nonces[sender] ?? nonce(sender)
      }
      Self.publish(changes, &state)
    }
    revalidate(after: block)
  }

  /// Checks some of the waiting transactions against a new block's state, all but their signatures: a payer may have
  /// spent what the fee needs.
  private func revalidate(after block: StateView) {
    let turn = state.withLock { $0.pool.nextToRevalidate(limit: Self.revalidationsPerBlock) }
    guard !turn.isEmpty else { return }
    let context = block.context()
    Executive.enterNextBlock(number: block.number + 1, parentHash: block.hash, in: context)
    let invalid = turn.filter { transaction in
      guard let extrinsic = try? Extrinsic(decoding: transaction.bytes) else { return true }
      do throws(TransactionValidityError) {
        _ = try Executive.validate(extrinsic, length: transaction.bytes.count, signatureChecked: true, in: context)
        return false
      } catch .invalid { return true } catch { return false }
    }
    remove(invalid.map(\.hash))
  }

  /// Removes transactions as invalid and bans them, whatever they were.
  /// - Returns: Those that were here, in the order given.
  @discardableResult func remove(_ hashes: [H256]) -> [H256] {
    guard !hashes.isEmpty else { return [] }
    let now = now
    return state.withLock { state in
      hashes.filter { hash in
        let changes = state.pool.reject(hash, now: now)
        Self.publish(changes, &state)
        return !changes.isEmpty
      }
    }
  }
}

/// How much a node's pool holds. Each number has a bound (Docs/formats/transaction-pool.md).
package struct PoolStatistics: Hashable, Sendable {
  /// Transactions that wait, ready and future.
  package var transactions: Int
  /// Those that wait for a smaller nonce.
  package var futures: Int
  /// Bytes of all that wait.
  package var bytes: Int
  /// Hashes of invalid transactions that are remembered.
  package var bans: Int
  /// Transactions that somebody watches.
  package var watched: Int
  /// Submissions whose signatures are checked or wait for it.
  package var checking: Int
}

extension PoolStatus {
  /// Whether the transaction is no longer in the pool.
  fileprivate var isEnd: Bool {
    switch self {
    case .future, .ready: false
    case .usurped, .dropped, .invalid, .inBlock: true
    }
  }
}

extension NodeService.TransactionUpdate {
  /// What a watcher hears of a step of the pool.
  fileprivate static func updates(of status: PoolStatus) -> [Self] {
    switch status {
    case .future: [.future]
    case .ready: [.ready]
    case .usurped(let by): [.usurped(by)]
    case .dropped: [.dropped]
    case .invalid: [.invalid]
    // No block is kept without its certificate, so inclusion and finality come together.
    case .inBlock(let block): [.inBlock(block), .finalized(block)]
    }
  }
}

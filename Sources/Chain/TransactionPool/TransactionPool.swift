public import Primitives

/// Transactions that wait for a block: ready ones in an order that blocks can take, future ones by nonce.
///
/// A value without clock or I/O: the caller says what the state's nonces are, when a block came and what time it is.
/// Every queue has a limit; what exceeds it is refused or the lowest priority gives way. Future transactions pay
/// nothing as long as they wait, so they have few places, a lifetime, and give way to every ready one.
///
/// - SeeAlso: Docs/formats/transaction-pool.md.
public struct TransactionPool: Sendable {
  struct Waiting: Sendable {
    var transaction: PoolTransaction
    /// Arrival number: earlier ones go first among equals.
    var arrival: UInt64
    /// The pool's ``TransactionPool/blocks`` when it began to wait for a smaller nonce.
    var since: UInt64
  }

  /// What one sender has waiting. The first `readyCount` nonces from `next` on are there without a gap.
  struct Queue: Sendable {
    /// The sender's next nonce in the best state; no smaller one waits.
    var next: UInt32
    var readyCount: UInt32 = 0
    var waiting: [UInt32: Waiting] = [:]

    var futureCount: Int { waiting.count - Int(readyCount) }

    func isReady(_ nonce: UInt32) -> Bool { nonce &- next < readyCount }
    /// The ready transaction with the largest nonce.
    var lastReady: Waiting? { readyCount == 0 ? nil : waiting[next &+ readyCount &- 1] }
    var futures: [Waiting] { futureCount == 0 ? [] : waiting.values.filter { !isReady($0.transaction.nonce) } }
  }

  public let limits: Limits
  var queues: [AccountID: Queue] = [:]
  var byHash: [H256: (sender: AccountID, nonce: UInt32)] = [:]
  private var arrivals: UInt64 = 0
  /// Blocks that were taken into account.
  var blocks: UInt64 = 0
  /// Height of the last of them.
  var best: BlockNumber
  /// The last arrival that was given out for a new check.
  var lastRevalidated: UInt64 = 0
  /// Bytes of all waiting transactions.
  public internal(set) var byteCount = 0
  /// Transactions that wait for a smaller nonce.
  public internal(set) var futureCount = 0
  /// Bytes of transactions that wait for a smaller nonce.
  public internal(set) var futureBytes = 0
  /// The last ready transaction of each sender.
  var tails = CandidateQueue()
  /// Every future transaction.
  var futures = CandidateQueue()
  private var bans: BanList

  /// An empty pool.
  /// - Parameter best: The chain's height.
  public init(limits: Limits = Limits(), best: BlockNumber = 0) {
    self.limits = limits
    self.best = best
    bans = BanList(limit: limits.bans, time: limits.banTime)
  }

  /// Transactions that wait, ready and future.
  public var count: Int { byHash.count }

  /// Hashes that are remembered as banned, those whose time is over included.
  public var banCount: Int { bans.count }

  /// Everybody who has a transaction waiting, in no order.
  public var senders: [AccountID] { Array(queues.keys) }

  /// Whether a transaction waits here.
  public func contains(_ hash: H256) -> Bool { byHash[hash] != nil }

  // MARK: Entering

  /// What can be said about a transaction before it is read: its size, and whether it is known.
  ///
  /// - Parameters:
  ///   - size: Bytes of its wire form.
  ///   - now: Any time that never goes back.
  /// - Throws: ``PoolError/tooLarge(size:limit:)``, ``PoolError/banned(_:)`` or ``PoolError/alreadyImported(_:)``.
  public func check(_ hash: H256, size: Int, now: Milliseconds) throws(PoolError) {
    guard size <= limits.transactionSize else { throw .tooLarge(size: size, limit: limits.transactionSize) }
    guard !bans.contains(hash, now: now) else { throw .banned(hash) }
    guard byHash[hash] == nil else { throw .alreadyImported(hash) }
  }

  /// What can be said about a transaction before its signature is checked: whether its nonce has a place.
  ///
  /// - Parameter accountNonce: The sender's next nonce in the best state.
  /// - Throws: ``PoolError/stale(nonce:expected:)``, ``PoolError/nonceTooFar(nonce:expected:limit:)`` or
  ///   ``PoolError/tooLowPriority(new:old:)``.
  public func check(sender: AccountID, nonce: UInt32, priority: UInt64, accountNonce: UInt32) throws(PoolError) {
    let queue = queues[sender]
    let expected = max(accountNonce, queue?.next ?? accountNonce)
    guard nonce >= expected else { throw .stale(nonce: nonce, expected: expected) }
    guard nonce - expected <= limits.nonceDistance else {
      throw .nonceTooFar(nonce: nonce, expected: expected, limit: limits.nonceDistance)
    }
    if let old = queue?.waiting[nonce]?.transaction.priority, priority <= old { throw .tooLowPriority(new: priority, old: old) }
  }

  /// Remembers that a transaction is invalid, so that it is refused unread for a while.
  public mutating func ban(_ hash: H256, now: Milliseconds) { bans.insert(hash, now: now) }

  /// Adds a transaction whose signature, era and payment were checked.
  ///
  /// A ready one takes the place of future ones, and of ready ones with a lower priority; a future one only of future
  /// ones with a lower priority.
  ///
  /// - Parameters:
  ///   - accountNonce: The sender's next nonce in the best state, at least that of the last block that the pool was
  ///     told of.
  ///   - now: The time, see ``check(_:size:now:)``.
  /// - Returns: What became of it and of transactions that it displaced or made ready, in order.
  /// - Throws: Why it does not enter; the pool is then as it was.
  /// - Complexity: O(log n) for each transaction that changes.
  public mutating func submit(
    _ transaction: PoolTransaction, accountNonce: UInt32, now: Milliseconds
  ) throws(PoolError) -> [(hash: H256, status: PoolStatus)] {
    try check(transaction.hash, size: transaction.bytes.count, now: now)
    let next = UInt64(best) + 1
    guard transaction.death > next else { throw .expired(death: transaction.death, next: next) }
    try check(sender: transaction.sender, nonce: transaction.nonce, priority: transaction.priority, accountNonce: accountNonce)
    let replaced = queues[transaction.sender]?.waiting[transaction.nonce]?.transaction
    let victims = try victims(of: transaction, replacing: replaced, accountNonce: accountNonce)

    // From here on nothing is refused.
    var changes: [(hash: H256, status: PoolStatus)] = []
    if let replaced {
      byHash[replaced.hash] = nil
      byteCount -= replaced.bytes.count
      if queues[transaction.sender]?.isReady(transaction.nonce) != true { leaveFuture(replaced) }
      changes.append((replaced.hash, .usurped(by: transaction.hash)))
    }
    for victim in victims {
      remove(victim)
      changes.append((victim.hash, .dropped))
    }
    changes += insert(transaction, accountNonce: accountNonce)
    compactCandidates()
    return changes
  }

  private mutating func insert(_ transaction: PoolTransaction, accountNonce: UInt32) -> [(hash: H256, status: PoolStatus)] {
    arrivals += 1
    let sender = transaction.sender
    byHash[transaction.hash] = (sender, transaction.nonce)
    byteCount += transaction.bytes.count
    enterFuture(transaction)
    let item = Waiting(transaction: transaction, arrival: arrivals, since: blocks)
    // In place: a copy of the queue would make a long one quadratic.
    queues[sender, default: Queue(next: accountNonce)].waiting[transaction.nonce] = item
    if queues[sender]?.isReady(transaction.nonce) == true {
      leaveFuture(transaction)
      noteTail(of: sender)
      return [(transaction.hash, .ready)]
    }
    let changes = extendReady(of: sender)
    if !changes.isEmpty { return changes }
    futures.insert(Candidate(item))
    return [(transaction.hash, .future)]
  }

  /// Makes those ready that follow a sender's ready ones without a gap.
  private mutating func extendReady(of sender: AccountID) -> [(hash: H256, status: PoolStatus)] {
    var changes: [(hash: H256, status: PoolStatus)] = []
    while let ready = queues[sender].flatMap({ $0.waiting[$0.next &+ $0.readyCount]?.transaction }) {
      queues[sender]?.readyCount += 1
      leaveFuture(ready)
      changes.append((ready.hash, .ready))
    }
    if !changes.isEmpty { noteTail(of: sender) }
    return changes
  }

  // MARK: Looking

  /// The next transactions for a block: highest priority first, nonces of a sender in order, at most `limit`.
  ///
  /// One that exceeds what is left of `bytes` is passed over together with its sender's later ones.
  /// - Complexity: O(s + k log s) for s senders and k transactions.
  public func ready(limit: Int, bytes: Int) -> [PoolTransaction] {
    var heads = Heap(queues.values.compactMap { $0.waiting[$0.next] }, goesFirst: Self.goesFirst)
    var chosen: [PoolTransaction] = []
    var room = bytes
    while chosen.count < limit, let next = heads.first?.transaction {
      guard next.bytes.count <= room else {
        heads.replaceFirst(with: nil)
        continue
      }
      room -= next.bytes.count
      chosen.append(next)
      heads.replaceFirst(with: queues[next.sender]?.waiting[next.nonce &+ 1])
    }
    return chosen
  }

  /// The first transactions that could go into the next blocks, for `author_pendingExtrinsics`: at most 1,000 of
  /// together 4 MiB, which are 8 MiB of hexadecimal digits.
  public func pending() -> [PoolTransaction] { ready(limit: 1_000, bytes: 4 << 20) }

  /// Whether any transaction could go into the next block.
  public var hasReady: Bool { count > futureCount }

  /// The sender's next free nonce, counting ready transactions.
  /// - Parameter accountNonce: The next nonce in the best state.
  public func nextNonce(of sender: AccountID, accountNonce: UInt32) -> UInt32 {
    guard let queue = queues[sender], queue.readyCount > 0 else { return accountNonce }
    // A block may be there that the pool was not told of yet.
    return max(accountNonce, queue.next &+ queue.readyCount)
  }

  // MARK: Inside

  static func goesFirst(_ a: Waiting, _ b: Waiting) -> Bool {
    a.transaction.priority != b.transaction.priority ? a.transaction.priority > b.transaction.priority : a.arrival < b.arrival
  }

  mutating func enterFuture(_ transaction: PoolTransaction) {
    futureCount += 1
    futureBytes += transaction.bytes.count
  }

  mutating func leaveFuture(_ transaction: PoolTransaction) {
    futureCount -= 1
    futureBytes -= transaction.bytes.count
  }

  /// Tells that a sender's last ready transaction is another one now.
  mutating func noteTail(of sender: AccountID) {
    if let last = queues[sender]?.lastReady { tails.insert(Candidate(last)) }
  }

  mutating func compactCandidates() {
    let queues = queues
    tails.compact(transactions: count) { queues.values.compactMap { $0.lastReady.map { Candidate($0) } } }
    futures.compact(transactions: count) { queues.values.flatMap { $0.futures.map { Candidate($0) } } }
  }

  /// Takes a transaction out. When it is ready, ``settle(_:next:before:)`` must follow, or it was a sender's last ready one
  /// and the one before it stands among ``tails``.
  mutating func remove(_ transaction: PoolTransaction) {
    let sender = transaction.sender
    guard let (next, readyCount) = queues[sender].map({ ($0.next, $0.readyCount) }) else { return }
    byHash[transaction.hash] = nil
    byteCount -= transaction.bytes.count
    queues[sender]?.waiting[transaction.nonce] = nil
    let position = transaction.nonce &- next
    if position >= readyCount {
      leaveFuture(transaction)
    } else {
      // Those behind it wait for its nonce from now on.
      for later in (position..<readyCount).dropFirst() {
        guard let follower = queues[sender]?.waiting[next &+ later]?.transaction else { continue }
        enterFuture(follower)
      }
      queues[sender]?.readyCount = position
    }
    if queues[sender]?.waiting.isEmpty == true { queues[sender] = nil }
  }
}

public import Primitives

/// Transactions that wait for a block: ready ones in an order that blocks can take, future ones by nonce.
///
/// A value without clock or I/O: the caller says what the state's nonces are and when a block came. Every queue has
/// a limit; what exceeds it is refused or the lowest priority gives way. Future transactions pay nothing as long as
/// they wait, so they have few places, a lifetime, and give way to every ready one.
public struct TransactionPool: Sendable {
  /// Bounds on what waits.
  public struct Limits: Sendable {
    public var transactions: Int
    public var bytes: Int
    public var perSender: Int
    public var nonceDistance: UInt32
    public var transactionSize: Int
    /// Most future transactions; they take at most this share of ``bytes`` too.
    public var futures: Int
    public var futureBytes: Int
    public var futuresPerSender: Int
    /// Blocks that a future transaction waits for its smaller nonces.
    public var futureLifetime: UInt64
    /// - Parameters:
    ///   - futures: `nil` for an eighth of `transactions`, at least one.
    ///   - futureBytes: `nil` for an eighth of `bytes`.
    public init(
      transactions: Int = 8_192, bytes: Int = 64 << 20, perSender: Int = 1_024, nonceDistance: UInt32 = 1_024,
      transactionSize: Int = 1 << 20, futures: Int? = nil, futureBytes: Int? = nil, futuresPerSender: Int = 64,
      futureLifetime: UInt64 = 64
    ) {
      self.transactions = transactions
      self.bytes = bytes
      self.perSender = perSender
      self.nonceDistance = nonceDistance
      self.transactionSize = transactionSize
      self.futures = futures ?? max(1, transactions / 8)
      self.futureBytes = futureBytes ?? bytes / 8
      self.futuresPerSender = futuresPerSender
      self.futureLifetime = futureLifetime
    }
  }

  struct Waiting {
    var transaction: PoolTransaction
    /// Arrival number: earlier ones go first among equals.
    var arrival: UInt64
    /// The pool's ``TransactionPool/blocks`` when it began to wait for a smaller nonce.
    var since: UInt64
  }

  /// What one sender has waiting. The first `readyCount` nonces from `next` on are there without a gap.
  struct Queue {
    /// The sender's next nonce in the best state; no smaller one waits.
    var next: UInt32
    var readyCount: UInt32 = 0
    var waiting: [UInt32: Waiting] = [:]

    var futureCount: Int { waiting.count - Int(readyCount) }

    func isReady(_ nonce: UInt32) -> Bool { nonce &- next < readyCount }
    /// The ready transaction with the largest nonce.
    var lastReady: Waiting? { readyCount == 0 ? nil : waiting[next &+ readyCount &- 1] }
    var futures: [Waiting] { waiting.values.filter { !isReady($0.transaction.nonce) } }
  }

  public let limits: Limits
  var queues: [AccountID: Queue] = [:]
  private var byHash: [H256: (sender: AccountID, nonce: UInt32)] = [:]
  private var arrivals: UInt64 = 0
  /// Blocks that were taken into account.
  private var blocks: UInt64 = 0
  /// Bytes of all waiting transactions.
  public private(set) var byteCount = 0
  /// Transactions that wait for a smaller nonce.
  public private(set) var futureCount = 0
  var futureBytes = 0

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Transactions that wait, ready and future.
  public var count: Int { byHash.count }

  /// Whether a transaction waits here.
  public func contains(_ hash: H256) -> Bool { byHash[hash] != nil }

  /// Adds a transaction whose signature, era and payment were checked.
  ///
  /// A ready one takes the place of future ones, and of ready ones with a lower priority; a future one only of future
  /// ones with a lower priority.
  ///
  /// - Parameter accountNonce: The sender's next nonce in the best state, which must be the one of the last block that
  ///   the pool was told of.
  /// - Returns: What became of it and of transactions that it displaced or made ready, in order.
  /// - Throws: Why it does not enter; the pool is then as it was.
  public mutating func submit(_ transaction: PoolTransaction, accountNonce: UInt32) throws(PoolError) -> [(hash: H256, status: PoolStatus)]
  {
    guard transaction.bytes.count <= limits.transactionSize else {
      throw .tooLarge(size: transaction.bytes.count, limit: limits.transactionSize)
    }
    guard byHash[transaction.hash] == nil else { throw .alreadyImported(transaction.hash) }
    let queue = queues[transaction.sender] ?? Queue(next: accountNonce)
    let expected = max(accountNonce, queue.next)
    guard transaction.nonce >= expected else { throw .stale(nonce: transaction.nonce, expected: expected) }
    guard transaction.nonce - expected <= limits.nonceDistance else {
      throw .nonceTooFar(nonce: transaction.nonce, expected: expected, limit: limits.nonceDistance)
    }
    let replaced = queue.waiting[transaction.nonce]
    if let replaced, transaction.priority <= replaced.transaction.priority {
      throw .tooLowPriority(new: transaction.priority, old: replaced.transaction.priority)
    }
    let victims = try victims(of: transaction, replacing: replaced?.transaction, in: queue)

    // From here on nothing is refused.
    var changes: [(hash: H256, status: PoolStatus)] = []
    if let replaced {
      byHash[replaced.transaction.hash] = nil
      byteCount -= replaced.transaction.bytes.count
      if !queue.isReady(transaction.nonce) {
        futureCount -= 1
        futureBytes -= replaced.transaction.bytes.count
      }
      changes.append((replaced.transaction.hash, .usurped(by: transaction.hash)))
    }
    for victim in victims {
      remove(victim)
      changes.append((victim.hash, .dropped))
    }
    return changes + insert(transaction, accountNonce: accountNonce)
  }

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
  public func nextNonce(of sender: AccountID, accountNonce: UInt32) -> UInt32 {
    guard let queue = queues[sender], queue.next == accountNonce else { return accountNonce }
    return accountNonce &+ queue.readyCount
  }

  /// Takes a new best block into account. Transactions that it did not include, and that are still valid, stay.
  ///
  /// - Parameters:
  ///   - included: Hashes of the block's extrinsics.
  ///   - nonce: The next nonce of a sender in the new state.
  /// - Returns: What became of the transactions that left or became ready or future.
  public mutating func blockImported(
    hash: H256, number: BlockNumber, included: Set<H256>, nonce: (AccountID) -> UInt32
  ) -> [(hash: H256, status: PoolStatus)] {
    blocks += 1
    var changes: [(hash: H256, status: PoolStatus)] = []
    for (sender, queue) in queues {
      let next = nonce(sender)
      var hasGone = false
      for item in queue.waiting.values.sorted(by: { $0.transaction.nonce < $1.transaction.nonce }) {
        let transaction = item.transaction
        if included.contains(transaction.hash) {
          changes.append((transaction.hash, .inBlock(hash)))
        } else if transaction.nonce < next || transaction.death <= UInt64(number) + 1 {
          changes.append((transaction.hash, .invalid))
        } else {
          continue
        }
        remove(transaction)
        hasGone = true
      }
      if hasGone || queue.next != next { changes += settle(sender, next: next, before: queue) }
      changes += expireFutures(of: sender)
    }
    return changes
  }

  /// Removes a transaction that a block refused for good.
  /// - Returns: That it is invalid, and that its followers wait for its nonce again; nothing when it is not here.
  public mutating func reject(_ hash: H256) -> [(hash: H256, status: PoolStatus)] {
    guard let place = byHash[hash], let queue = queues[place.sender], let item = queue.waiting[place.nonce] else { return [] }
    remove(item.transaction)
    return [(hash, .invalid)] + settle(place.sender, next: queue.next, before: queue)
  }

  // MARK: Inside

  static func goesFirst(_ a: Waiting, _ b: Waiting) -> Bool {
    a.transaction.priority != b.transaction.priority ? a.transaction.priority > b.transaction.priority : a.arrival < b.arrival
  }

  private mutating func insert(_ transaction: PoolTransaction, accountNonce: UInt32) -> [(hash: H256, status: PoolStatus)] {
    arrivals += 1
    byHash[transaction.hash] = (transaction.sender, transaction.nonce)
    byteCount += transaction.bytes.count
    futureCount += 1
    futureBytes += transaction.bytes.count
    var queue = queues[transaction.sender] ?? Queue(next: accountNonce)
    queue.waiting[transaction.nonce] = Waiting(transaction: transaction, arrival: arrivals, since: blocks)
    var changes: [(hash: H256, status: PoolStatus)] = []
    if queue.isReady(transaction.nonce) {
      leaveFuture(transaction)
      changes = [(transaction.hash, .ready)]
    } else {
      while let ready = queue.waiting[queue.next &+ queue.readyCount]?.transaction {
        queue.readyCount += 1
        leaveFuture(ready)
        changes.append((ready.hash, .ready))
      }
      if changes.isEmpty { changes = [(transaction.hash, .future)] }
    }
    queues[transaction.sender] = queue
    return changes
  }

  private mutating func leaveFuture(_ transaction: PoolTransaction) {
    futureCount -= 1
    futureBytes -= transaction.bytes.count
  }

  /// Takes a transaction out. When it is ready and not its sender's last ready one, ``settle(_:next:before:)`` must follow.
  private mutating func remove(_ transaction: PoolTransaction) {
    let sender = transaction.sender
    guard let (next, readyCount) = queues[sender].map({ ($0.next, $0.readyCount) }) else { return }
    byHash[transaction.hash] = nil
    byteCount -= transaction.bytes.count
    // In place: a copy of the queue for each of a block's transactions would make a long queue quadratic.
    queues[sender]?.waiting[transaction.nonce] = nil
    let position = transaction.nonce &- next
    if position >= readyCount {
      leaveFuture(transaction)
    } else {
      // Those behind it wait for its nonce from now on.
      for later in (position..<readyCount).dropFirst() {
        guard let follower = queues[sender]?.waiting[next &+ later]?.transaction else { continue }
        futureCount += 1
        futureBytes += follower.bytes.count
      }
      queues[sender]?.readyCount = position
    }
    if queues[sender]?.waiting.isEmpty == true { queues[sender] = nil }
  }

  /// Drops what has waited too long for a smaller nonce.
  private mutating func expireFutures(of sender: AccountID) -> [(hash: H256, status: PoolStatus)] {
    guard let queue = queues[sender], queue.futureCount > 0 else { return [] }
    let old = queue.futures.filter { blocks - $0.since >= limits.futureLifetime }
    for item in old { remove(item.transaction) }
    return old.map { ($0.transaction.hash, .dropped) }
  }

  /// Finds out which of a sender's transactions are ready now.
  /// - Parameter before: The queue before transactions were removed.
  /// - Returns: Those that became ready or future, and future ones that exceed their limits now.
  private mutating func settle(_ sender: AccountID, next: UInt32, before: Queue) -> [(hash: H256, status: PoolStatus)] {
    guard var queue = queues[sender] else { return [] }
    var changes: [(hash: H256, status: PoolStatus)] = []
    for item in queue.waiting.values where queue.isReady(item.transaction.nonce) {
      futureCount += 1
      futureBytes += item.transaction.bytes.count
    }
    queue.next = next
    queue.readyCount = 0
    while let item = queue.waiting[next &+ queue.readyCount] {
      queue.readyCount += 1
      leaveFuture(item.transaction)
      if !before.isReady(item.transaction.nonce) { changes.append((item.transaction.hash, .ready)) }
    }
    let futures = queue.futures.sorted { $0.transaction.nonce < $1.transaction.nonce }
    for item in futures where before.isReady(item.transaction.nonce) { queue.waiting[item.transaction.nonce]?.since = blocks }
    queues[sender] = queue
    var kept = futures.count
    for item in futures.reversed() where kept > limits.futuresPerSender || futureCount > limits.futures || futureBytes > limits.futureBytes
    {
      kept -= 1
      remove(item.transaction)
      changes.append((item.transaction.hash, .dropped))
    }
    for item in futures.prefix(kept) where before.isReady(item.transaction.nonce) { changes.append((item.transaction.hash, .future)) }
    return changes
  }
}

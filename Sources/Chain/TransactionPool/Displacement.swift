internal import Primitives

extension TransactionPool {
  /// What must leave so that a transaction fits; nothing leaves yet.
  ///
  /// - Parameters:
  ///   - replaced: The transaction of the same sender and nonce, which leaves anyway.
  ///   - accountNonce: The sender's next nonce, for one that has nothing waiting.
  /// - Throws: ``PoolError/senderLimit(_:)``, ``PoolError/futureFull(limit:)`` or ``PoolError/full(limit:)``.
  mutating func victims(
    of transaction: PoolTransaction, replacing replaced: PoolTransaction?, accountNonce: UInt32
  ) throws(PoolError) -> [PoolTransaction] {
    let sender = transaction.sender
    let (next, readyCount) = queues[sender].map { ($0.next, $0.readyCount) } ?? (accountNonce, 0)
    let position = transaction.nonce &- next
    let isReady = position <= readyCount
    // Nonces from here up to the first gap become or stay ready with a ready newcomer; they are none of its victims.
    var end = isReady ? max(readyCount, position + 1) : readyCount
    if isReady { while queues[sender]?.waiting[next &+ end] != nil { end += 1 } }

    var plan = Displacement(
      pool: self, newcomer: transaction, isReady: isReady, spared: next..<next.addingSaturating(end), replaced: replaced,
      isReplacedFuture: position >= readyCount)
    if !isReady, plan.ownFutures(of: queues[sender]).count >= limits.futuresPerSender { throw .senderLimit(limits.futuresPerSender) }
    if replaced == nil, queues[sender].map({ $0.waiting.count >= limits.perSender }) == true {
      let last = plan.ownFutures(of: queues[sender]).max { $0.nonce < $1.nonce }
      guard isReady, let last else { throw .senderLimit(limits.perSender) }
      plan.take(last, isFuture: true)
    }
    displaceFutures(&plan)
    if plan.isReady { displaceReady(&plan) }
    guard plan.fits else {
      throw plan.hasFuturePlace ? .full(limit: limits.transactions) : .futureFull(limit: limits.futures)
    }
    return plan.victims
  }

  /// Takes future transactions, the worst first: all but the newcomer's own followers for a ready newcomer, for a
  /// future one those with a lower priority.
  private mutating func displaceFutures(_ plan: inout Displacement) {
    var seen: [Candidate] = []
    while !plan.fits, let worst = futures.first, plan.isReady || worst.priority < plan.newcomer.priority {
      futures.removeFirst()
      guard let queue = queues[worst.sender], let transaction = queue.waiting[worst.nonce]?.transaction, transaction.hash == worst.hash,
        !queue.isReady(worst.nonce)
      else { continue }
      seen.append(worst)
      if !plan.spares(transaction) { plan.take(transaction, isFuture: true) }
    }
    for candidate in seen { futures.insert(candidate) }
  }

  /// Takes ready transactions with a lower priority, always the last of their sender: removing any other would strand
  /// its followers. The newcomer's own predecessors stay.
  private mutating func displaceReady(_ plan: inout Displacement) {
    var seen: [Candidate] = []
    while !plan.fits, let worst = tails.first, worst.priority < plan.newcomer.priority {
      tails.removeFirst()
      guard let queue = queues[worst.sender], queue.isReady(worst.nonce), let transaction = queue.waiting[worst.nonce]?.transaction,
        transaction.hash == worst.hash, !plan.hasTaken(worst.hash)
      else { continue }
      // It is the last one when none follows, or the follower leaves by this plan.
      let follower = worst.nonce &+ 1
      if queue.isReady(follower), queue.waiting[follower].map({ !plan.hasTaken($0.transaction.hash) }) == true { continue }
      seen.append(worst)
      guard worst.sender != plan.newcomer.sender else { continue }
      plan.take(transaction, isFuture: false)
      // The last one from then on; passed over when nothing comes of the plan.
      let before = worst.nonce &- 1
      if queue.isReady(before), let item = queue.waiting[before] { tails.insert(Candidate(item)) }
    }
    for candidate in seen { tails.insert(candidate) }
  }
}

/// The room that there is for a transaction, while others give way to it on paper.
private struct Displacement {
  let newcomer: PoolTransaction
  let isReady: Bool
  private let replaced: PoolTransaction?
  /// Nonces of the sender that are or become ready.
  private let spared: Range<UInt32>
  private let limits: TransactionPool.Limits
  private var count: Int
  private var bytes: Int
  private var futureCount: Int
  private var futureBytes: Int
  private(set) var victims: [PoolTransaction] = []
  private var taken: Set<H256> = []

  init(
    pool: borrowing TransactionPool, newcomer: PoolTransaction, isReady: Bool, spared: Range<UInt32>, replaced: PoolTransaction?,
    isReplacedFuture: Bool
  ) {
    self.newcomer = newcomer
    self.isReady = isReady
    self.replaced = replaced
    self.spared = spared
    limits = pool.limits
    count = pool.count + 1
    bytes = pool.byteCount + newcomer.bytes.count
    futureCount = pool.futureCount + (isReady ? 0 : 1)
    futureBytes = pool.futureBytes + (isReady ? 0 : newcomer.bytes.count)
    if let replaced { remove(replaced, isFuture: isReplacedFuture) }
  }

  var hasFuturePlace: Bool { isReady || futureCount <= limits.futures && futureBytes <= limits.futureBytes }
  var fits: Bool { count <= limits.transactions && bytes <= limits.bytes && hasFuturePlace }

  func hasTaken(_ hash: H256) -> Bool { taken.contains(hash) }

  /// Whether a future transaction stays: it becomes ready with the newcomer, leaves anyway, or has given way already.
  func spares(_ transaction: PoolTransaction) -> Bool {
    if transaction.hash == replaced?.hash || taken.contains(transaction.hash) { return true }
    return transaction.sender == newcomer.sender && spared.contains(transaction.nonce)
  }

  /// The sender's future transactions that do not become ready with the newcomer.
  func ownFutures(of queue: TransactionPool.Queue?) -> [PoolTransaction] {
    guard let queue, queue.futureCount > 0 else { return [] }
    return queue.waiting.values.compactMap { item in
      let transaction = item.transaction
      return queue.isReady(transaction.nonce) || spares(transaction) ? nil : transaction
    }
  }

  mutating func take(_ victim: PoolTransaction, isFuture: Bool) {
    victims.append(victim)
    taken.insert(victim.hash)
    remove(victim, isFuture: isFuture)
  }

  private mutating func remove(_ transaction: PoolTransaction, isFuture: Bool) {
    count -= 1
    bytes -= transaction.bytes.count
    guard isFuture else { return }
    futureCount -= 1
    futureBytes -= transaction.bytes.count
  }
}

internal import Primitives

extension TransactionPool {
  /// What must leave so that a transaction fits; changes nothing.
  ///
  /// - Parameters:
  ///   - replaced: The transaction of the same sender and nonce, which leaves anyway.
  ///   - queue: What the sender has waiting.
  /// - Throws: ``PoolError/senderLimit(_:)``, ``PoolError/futureFull(limit:)`` or ``PoolError/full(limit:)``.
  func victims(
    of transaction: PoolTransaction, replacing replaced: PoolTransaction?, in queue: Queue
  ) throws(PoolError) -> [PoolTransaction] {
    let position = transaction.nonce &- queue.next
    let isReady = position <= queue.readyCount
    // Nonces from here up to the first gap become or stay ready with a ready newcomer; they are none of its victims.
    var end = isReady ? max(queue.readyCount, position + 1) : queue.readyCount
    if isReady { while queue.waiting[queue.next &+ end] != nil { end += 1 } }
    let ownFutures = queue.futures.filter { $0.transaction.nonce &- queue.next >= end && $0.transaction.hash != replaced?.hash }

    var plan = Displacement(
      pool: self, newcomer: transaction, isReady: isReady, replaced: replaced, isReplacedFuture: position >= queue.readyCount)
    if !isReady, ownFutures.count >= limits.futuresPerSender { throw .senderLimit(limits.futuresPerSender) }
    if replaced == nil, queue.waiting.count >= limits.perSender {
      guard isReady, let last = ownFutures.max(by: { $0.transaction.nonce < $1.transaction.nonce }) else {
        throw .senderLimit(limits.perSender)
      }
      plan.take(last.transaction, isFuture: true)
    }
    if !plan.fits { displaceFutures(&plan, spared: end) }
    if !plan.fits, isReady { displaceReady(&plan) }
    guard plan.fits else {
      throw plan.hasFuturePlace ? .full(limit: limits.transactions) : .futureFull(limit: limits.futures)
    }
    return plan.victims
  }

  /// Takes future transactions, the worst first: all but the newcomer's own followers for a ready newcomer, for a
  /// future one those with a lower priority.
  private func displaceFutures(_ plan: inout Displacement, spared end: UInt32) {
    let newcomer = plan.newcomer
    let taken = plan.victims.first?.hash
    let futures = queues.values.filter { $0.futureCount > 0 }.flatMap { queue in
      queue.futures.filter { item in
        let transaction = item.transaction
        if transaction.hash == taken || transaction.hash == plan.replaced?.hash { return false }
        if transaction.sender == newcomer.sender, transaction.nonce &- queue.next < end { return false }
        return plan.isReady || transaction.priority < newcomer.priority
      }
    }
    for item in futures.sorted(by: { Self.goesFirst($1, $0) }) {
      if plan.fits { return }
      plan.take(item.transaction, isFuture: true)
    }
  }

  /// Takes ready transactions with a lower priority, always the last of their sender: removing any other would strand
  /// its followers. The newcomer's own predecessors stay.
  private func displaceReady(_ plan: inout Displacement) {
    let tails = queues.compactMap { sender, queue in sender == plan.newcomer.sender ? nil : queue.lastReady }
    var heap = Heap(tails) { Self.goesFirst($1, $0) }
    while !plan.fits, let worst = heap.first?.transaction, worst.priority < plan.newcomer.priority {
      plan.take(worst, isFuture: false)
      let queue = queues[worst.sender]
      heap.replaceFirst(with: queue.flatMap { $0.isReady(worst.nonce &- 1) ? $0.waiting[worst.nonce &- 1] : nil })
    }
  }
}

/// The room that there is for a transaction, while others give way to it on paper.
private struct Displacement {
  let newcomer: PoolTransaction
  let isReady: Bool
  let replaced: PoolTransaction?
  private let limits: TransactionPool.Limits
  private var count: Int
  private var bytes: Int
  private var futureCount: Int
  private var futureBytes: Int
  private(set) var victims: [PoolTransaction] = []

  init(pool: TransactionPool, newcomer: PoolTransaction, isReady: Bool, replaced: PoolTransaction?, isReplacedFuture: Bool) {
    self.newcomer = newcomer
    self.isReady = isReady
    self.replaced = replaced
    limits = pool.limits
    count = pool.count + 1
    bytes = pool.byteCount + newcomer.bytes.count
    futureCount = pool.futureCount + (isReady ? 0 : 1)
    futureBytes = pool.futureBytes + (isReady ? 0 : newcomer.bytes.count)
    if let replaced { remove(replaced, isFuture: isReplacedFuture) }
  }

  var hasFuturePlace: Bool { isReady || futureCount <= limits.futures && futureBytes <= limits.futureBytes }
  var fits: Bool { count <= limits.transactions && bytes <= limits.bytes && hasFuturePlace }

  mutating func take(_ victim: PoolTransaction, isFuture: Bool) {
    victims.append(victim)
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

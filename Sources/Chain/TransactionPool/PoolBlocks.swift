public import Primitives

extension TransactionPool {
  /// Takes a new best block into account. Transactions that it did not include, and that are still valid, stay.
  ///
  /// - Parameters:
  ///   - included: Hashes of the block's extrinsics.
  ///   - now: The time, see ``check(_:size:now:)``.
  ///   - nonce: The next nonce of a sender in the new state.
  /// - Returns: What became of the transactions that left or became ready or future. Those that left as invalid are
  ///   banned.
  /// - Complexity: O(n log n) for n waiting transactions.
  public mutating func blockImported(
    hash: H256, number: BlockNumber, included: Set<H256>, now: Milliseconds, nonce: (AccountID) -> UInt32
  ) -> [(hash: H256, status: PoolStatus)] {
    blocks += 1
    best = number
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
          ban(transaction.hash, now: now)
        } else {
          continue
        }
        remove(transaction)
        hasGone = true
      }
      if hasGone || queue.next != next { changes += settle(sender, next: next, before: queue) }
      changes += expireFutures(of: sender)
    }
    compactCandidates()
    return changes
  }

  /// Removes a transaction that is found invalid, and bans it.
  /// - Returns: That it is invalid, and that its followers wait for its nonce again; nothing when it is not here.
  public mutating func reject(_ hash: H256, now: Milliseconds) -> [(hash: H256, status: PoolStatus)] {
    guard let place = byHash[hash], let queue = queues[place.sender], let item = queue.waiting[place.nonce] else { return [] }
    remove(item.transaction)
    ban(hash, now: now)
    let changes = [(hash: hash, status: PoolStatus.invalid)] + settle(place.sender, next: queue.next, before: queue)
    compactCandidates()
    return changes
  }

  /// The transactions whose turn it is to be checked anew against the best state, at most `limit`: each call goes on
  /// where the last one ended, and after the last arrival comes the first again.
  /// - Complexity: O(n log n) for n waiting transactions.
  public mutating func nextToRevalidate(limit: Int) -> [PoolTransaction] {
    let last = lastRevalidated
    var items: [Waiting] = []
    items.reserveCapacity(count)
    for queue in queues.values { items.append(contentsOf: queue.waiting.values) }
    items.sort { a, b in
      let (isEarlier, isLater) = (a.arrival <= last, b.arrival <= last)
      return isEarlier != isLater ? isLater : a.arrival < b.arrival
    }
    let chosen = items.prefix(limit)
    if let end = chosen.last { lastRevalidated = end.arrival }
    return chosen.map(\.transaction)
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
    for item in queue.waiting.values where queue.isReady(item.transaction.nonce) { enterFuture(item.transaction) }
    queue.next = next
    queue.readyCount = 0
    while let item = queue.waiting[next &+ queue.readyCount] {
      queue.readyCount += 1
      leaveFuture(item.transaction)
      if !before.isReady(item.transaction.nonce) { changes.append((item.transaction.hash, .ready)) }
    }
    let waiting = queue.futures.sorted { $0.transaction.nonce < $1.transaction.nonce }
    for item in waiting where before.isReady(item.transaction.nonce) { queue.waiting[item.transaction.nonce]?.since = blocks }
    queues[sender] = queue
    noteTail(of: sender)
    var kept = waiting.count
    for item in waiting.reversed() where kept > limits.futuresPerSender || futureCount > limits.futures || futureBytes > limits.futureBytes
    {
      kept -= 1
      remove(item.transaction)
      changes.append((item.transaction.hash, .dropped))
    }
    for item in waiting.prefix(kept) where before.isReady(item.transaction.nonce) {
      changes.append((item.transaction.hash, .future))
      futures.insert(Candidate(item))
    }
    return changes
  }
}

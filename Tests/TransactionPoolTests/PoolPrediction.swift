import Primitives
import TransactionPool

extension PoolModel {
  /// What a pool should answer to a submission; nothing changes.
  func prediction(_ new: PoolTransaction) throws(PoolError) -> [(hash: H256, status: PoolStatus)] {
    guard new.bytes.count <= limits.transactionSize else { throw .tooLarge(size: new.bytes.count, limit: limits.transactionSize) }
    guard items[new.hash] == nil else { throw .alreadyImported(new.hash) }
    let next = nonce(new.sender)
    guard new.nonce >= next else { throw .stale(nonce: new.nonce, expected: next) }
    guard new.nonce - next <= limits.nonceDistance else {
      throw .nonceTooFar(nonce: new.nonce, expected: next, limit: limits.nonceDistance)
    }
    let own = queue(new.sender)
    let replaced = own.first { $0.nonce == new.nonce }
    if let replaced, replaced.priority >= new.priority { throw .tooLowPriority(new: new.priority, old: replaced.priority) }

    let before = readyCount(own, from: next)
    let with = (own.filter { $0.nonce != new.nonce } + [new]).sorted { $0.nonce < $1.nonce }
    let after = readyCount(with, from: next)
    let isReady = new.nonce < next + UInt32(after)
    let becomesReady = Set(with.prefix(after).map(\.hash))

    var left = items.values.filter { $0.transaction.hash != replaced?.hash }
    var victims: [H256] = []
    func fits() -> Bool {
      let all = left.map(\.transaction) + [new]
      var futures = left.filter { !$0.isReady }.map(\.transaction)
      if !isReady { futures.append(new) }
      return all.count <= limits.transactions && bytes(all) <= limits.bytes
        && (isReady || futures.count <= limits.futures && bytes(futures) <= limits.futureBytes)
    }
    func take(_ hash: H256) {
      victims.append(hash)
      left.removeAll { $0.transaction.hash == hash }
    }
    let ownFutures = own.filter { items[$0.hash]?.isReady == false && !becomesReady.contains($0.hash) && $0.hash != replaced?.hash }
    if !isReady, ownFutures.count >= limits.futuresPerSender { throw .senderLimit(limits.futuresPerSender) }
    if replaced == nil, own.count >= limits.perSender {
      guard isReady, let last = ownFutures.last else { throw .senderLimit(limits.perSender) }
      take(last.hash)
    }
    for item in worstFirst(left.filter { !$0.isReady }) where !fits() {
      guard isReady || item.transaction.priority < new.priority, !becomesReady.contains(item.transaction.hash) else { continue }
      take(item.transaction.hash)
    }
    while isReady, !fits() {
      let others = Dictionary(grouping: left.filter { $0.isReady && $0.transaction.sender != new.sender }) { $0.transaction.sender }
      let tails = others.values.compactMap { $0.max { $0.transaction.nonce < $1.transaction.nonce } }
      guard let worst = worstFirst(tails).first, worst.transaction.priority < new.priority else { break }
      take(worst.transaction.hash)
    }
    guard fits() else {
      let futures = left.filter { !$0.isReady }.map(\.transaction) + [new]
      let hasPlace = isReady || futures.count <= limits.futures && bytes(futures) <= limits.futureBytes
      throw hasPlace ? .full(limit: limits.transactions) : .futureFull(limit: limits.futures)
    }
    var changes: [(hash: H256, status: PoolStatus)] = []
    if let replaced { changes.append((replaced.hash, .usurped(by: new.hash))) }
    changes += victims.map { ($0, .dropped) }
    if !isReady { return changes + [(new.hash, .future)] }
    if Int(new.nonce - next) < before { return changes + [(new.hash, .ready)] }
    return changes + with[before..<after].map { ($0.hash, .ready) }
  }

  private func bytes(_ transactions: [PoolTransaction]) -> Int { transactions.reduce(0) { $0 + $1.bytes.count } }

  private func worstFirst(_ items: [Item]) -> [Item] {
    items.sorted { a, b in
      a.transaction.priority != b.transaction.priority ? a.transaction.priority < b.transaction.priority : a.arrival > b.arrival
    }
  }
}

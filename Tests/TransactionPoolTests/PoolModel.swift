import Primitives
import Testing
import TransactionPool

func account(_ number: UInt64) -> AccountID { AccountID(words: Words32(number, 0, 0, 0)) }

/// A transaction that differs from every other one with a different `id`.
func transaction(
  _ sender: UInt64, nonce: UInt32, priority: UInt64 = 0, death: UInt64 = .max, size: Int = 10, id: UInt64 = 0
) -> PoolTransaction {
  PoolTransaction(
    hash: H256(words: Words32(sender, UInt64(nonce) << 32 | UInt64(size), priority, id &+ death)),
    bytes: [UInt8](repeating: 0, count: size), sender: account(sender), nonce: nonce, priority: priority, death: death)
}

/// What a pool should hold, kept from what it said, and what it should answer, by rules applied to whole lists.
///
/// The state's nonces are the test's own: `nonces`, changed by ``applyBlock(_:included:)`` only.
struct PoolModel {
  struct Item {
    let transaction: PoolTransaction
    let arrival: UInt64
    /// By the last status.
    var isReady: Bool
    var since: UInt64
  }

  let limits: TransactionPool.Limits
  var nonces: [AccountID: UInt32] = [:]
  var items: [H256: Item] = [:]
  private(set) var accepted = 0
  private(set) var ended = 0
  private(set) var blocks: UInt64 = 0
  private var arrivals: UInt64 = 0
  private var bySender: [AccountID: Set<H256>] = [:]

  init(limits: TransactionPool.Limits) { self.limits = limits }

  func nonce(_ sender: AccountID) -> UInt32 { nonces[sender] ?? 0 }

  func queue(_ sender: AccountID) -> [PoolTransaction] {
    (bySender[sender] ?? []).compactMap { items[$0]?.transaction }.sorted { $0.nonce < $1.nonce }
  }

  /// How many of a sender's transactions follow its nonce without a gap.
  func readyCount(_ queue: [PoolTransaction], from next: UInt32) -> Int {
    var count = 0
    for transaction in queue where transaction.nonce == next + UInt32(count) { count += 1 }
    return count
  }

  // MARK: What the pool said

  mutating func applySubmission(_ transaction: PoolTransaction, _ changes: [(hash: H256, status: PoolStatus)]) {
    #expect(items[transaction.hash] == nil, "it was here")
    accepted += 1
    arrivals += 1
    items[transaction.hash] = Item(transaction: transaction, arrival: arrivals, isReady: false, since: blocks)
    bySender[transaction.sender, default: []].insert(transaction.hash)
    #expect(changes.contains { $0.hash == transaction.hash && ($0.status == .ready || $0.status == .future) })
    apply(changes)
  }

  mutating func applyBlock(_ included: [PoolTransaction], _ changes: [(hash: H256, status: PoolStatus)]) {
    blocks += 1
    let hashes = Set(changes.filter { if case .inBlock = $0.status { true } else { false } }.map(\.hash))
    #expect(hashes == Set(included.map(\.hash)))
    for transaction in included { nonces[transaction.sender] = transaction.nonce + 1 }
    apply(changes)
  }

  mutating func apply(_ changes: [(hash: H256, status: PoolStatus)]) {
    for (hash, status) in changes {
      guard let item = items[hash] else {
        Issue.record("\(status) of one that is not here")
        continue
      }
      switch status {
      case .ready:
        #expect(!item.isReady, "ready twice")
        items[hash]?.isReady = true
      case .future:
        if item.isReady { items[hash]?.since = blocks }
        items[hash]?.isReady = false
      case .usurped, .dropped, .invalid, .inBlock:
        items[hash] = nil
        bySender[item.transaction.sender]?.remove(hash)
        ended += 1
      }
    }
  }

  // MARK: Whether all of it holds

  /// Compares the pool with what it said, and both with the limits.
  func check(_ pool: TransactionPool, _ note: String) {
    let futures = items.values.filter { !$0.isReady }
    #expect(pool.count == items.count && accepted - ended == items.count, "\(note)")
    #expect(pool.byteCount == items.values.reduce(0) { $0 + $1.transaction.bytes.count }, "\(note)")
    #expect(pool.futureCount == futures.count, "\(note)")
    #expect(pool.futureBytes == futures.reduce(0) { $0 + $1.transaction.bytes.count }, "\(note)")
    #expect(pool.count <= limits.transactions && pool.byteCount <= limits.bytes, "\(note)")
    #expect(pool.futureCount <= limits.futures && pool.futureBytes <= limits.futureBytes, "\(note)")
    #expect(pool.banCount <= limits.bans, "\(note)")
    var wrong = 0
    for (sender, hashes) in bySender where !hashes.isEmpty {
      let queue = queue(sender)
      let ready = readyCount(queue, from: nonce(sender))
      for (index, transaction) in queue.enumerated() where items[transaction.hash]?.isReady != (index < ready) { wrong += 1 }
      for transaction in queue where !pool.contains(transaction.hash) { wrong += 1 }
      #expect(queue.count <= limits.perSender && queue.count - ready <= limits.futuresPerSender, "\(note)")
      #expect(pool.nextNonce(of: sender, accountNonce: nonce(sender)) == nonce(sender) + UInt32(ready), "\(note)")
    }
    #expect(wrong == 0, "\(note): transactions whose status is not what their nonces say")
    checkOrder(pool, note)
  }

  /// Every ready transaction is listed, each the best of those that may come next.
  private func checkOrder(_ pool: TransactionPool, _ note: String) {
    let listed = pool.ready(limit: .max, bytes: .max)
    #expect(
      Set(listed.map(\.hash)) == Set(items.values.filter(\.isReady).map(\.transaction.hash))
        && listed.count == pool.count - pool.futureCount)
    var next: [AccountID: UInt32] = [:]
    var last: (sender: AccountID, rank: (UInt64, UInt64))?
    var disorder = 0
    for transaction in listed {
      let sender = transaction.sender
      if transaction.nonce != next[sender] ?? nonce(sender) { disorder += 1 }
      next[sender] = transaction.nonce + 1
      guard let arrival = items[transaction.hash]?.arrival else { continue }
      let rank = (transaction.priority, UInt64.max - arrival)
      // Unless the one before was its own predecessor, this one could have come then, so it is not better.
      if let last, last.sender != sender, rank > last.rank { disorder += 1 }
      last = (sender, rank)
    }
    #expect(disorder == 0, "\(note)")
  }
}

import Primitives
import TestKit
import Testing
import TransactionPool

@Suite("Transaction pool") struct TransactionPoolTests {
  @Test("a transaction with the next nonce is ready, one with a gap waits") func readyAndFuture() throws {
    var pool = TransactionPool()
    #expect(try pool.submit(transaction(1, nonce: 2), accountNonce: 1, now: 0).map(\.status) == [.future])
    #expect(pool.ready(limit: 10, bytes: 1000).isEmpty)
    let first = transaction(1, nonce: 1)
    #expect(
      try pool.submit(first, accountNonce: 1, now: 0).map(\.status) == [.ready, .ready], "the gap closes, so the follower is ready too")
    #expect(pool.ready(limit: 10, bytes: 1000).map(\.nonce) == [1, 2])
    #expect(pool.nextNonce(of: account(1), accountNonce: 1) == 3)
  }

  @Test("higher priority goes first, nonces of one sender stay in order") func order() throws {
    var pool = TransactionPool()
    for item in [transaction(1, nonce: 0, priority: 1), transaction(1, nonce: 1, priority: 9), transaction(2, nonce: 0, priority: 5)] {
      _ = try pool.submit(item, accountNonce: 0, now: 0)
    }
    #expect(pool.ready(limit: 10, bytes: 1000).map(\.priority) == [5, 1, 9])
    #expect(pool.ready(limit: 2, bytes: 1000).map(\.priority) == [5, 1])
    #expect(pool.ready(limit: 10, bytes: 15).map(\.priority) == [5], "the block has room for one")
  }

  @Test("earlier arrivals go first among equals") func arrival() throws {
    var pool = TransactionPool()
    for sender: UInt64 in [3, 1, 2] { _ = try pool.submit(transaction(sender, nonce: 0), accountNonce: 0, now: 0) }
    #expect(pool.ready(limit: 10, bytes: 1000).map(\.sender) == [account(3), account(1), account(2)])
  }

  @Test("a higher priority replaces, an equal one does not") func replacement() throws {
    var pool = TransactionPool()
    let old = transaction(1, nonce: 0, priority: 3)
    _ = try pool.submit(old, accountNonce: 0, now: 0)
    #expect(throws: PoolError.tooLowPriority(new: 3, old: 3)) {
      try pool.submit(transaction(1, nonce: 0, priority: 3, size: 11), accountNonce: 0, now: 0)
    }
    let new = transaction(1, nonce: 0, priority: 4)
    #expect(try pool.submit(new, accountNonce: 0, now: 0).map(\.status) == [.usurped(by: new.hash), .ready])
    #expect(pool.count == 1)
  }

  @Test("each refusal has its error and leaves the pool as it was") func refusals() throws {
    var pool = TransactionPool(limits: .init(transactions: 2, bytes: 100, perSender: 2, nonceDistance: 5, transactionSize: 50))
    let first = transaction(1, nonce: 0, priority: 5)
    _ = try pool.submit(first, accountNonce: 0, now: 0)
    #expect(throws: PoolError.alreadyImported(first.hash)) { try pool.submit(first, accountNonce: 0, now: 0) }
    #expect(throws: PoolError.stale(nonce: 1, expected: 2)) { try pool.submit(transaction(1, nonce: 1), accountNonce: 2, now: 0) }
    #expect(throws: PoolError.nonceTooFar(nonce: 9, expected: 0, limit: 5)) {
      try pool.submit(transaction(1, nonce: 9), accountNonce: 0, now: 0)
    }
    #expect(throws: PoolError.tooLarge(size: 51, limit: 50)) {
      try pool.submit(transaction(1, nonce: 1, size: 51), accountNonce: 0, now: 0)
    }
    _ = try pool.submit(transaction(1, nonce: 1, priority: 5), accountNonce: 0, now: 0)
    #expect(throws: PoolError.senderLimit(2)) { try pool.submit(transaction(1, nonce: 2, priority: 5), accountNonce: 0, now: 0) }
    #expect(throws: PoolError.full(limit: 2)) { try pool.submit(transaction(2, nonce: 0, priority: 5), accountNonce: 0, now: 0) }
    #expect(pool.count == 2 && pool.byteCount == 20)
  }

  @Test("a full pool drops its lowest last transaction for a better one") func eviction() throws {
    var pool = TransactionPool(limits: .init(transactions: 2))
    _ = try pool.submit(transaction(1, nonce: 0, priority: 1), accountNonce: 0, now: 0)
    let last = transaction(1, nonce: 1, priority: 9)
    _ = try pool.submit(last, accountNonce: 0, now: 0)
    // The sender's last transaction goes, never one that others wait for.
    let better = transaction(2, nonce: 0, priority: 10)
    #expect(try pool.submit(better, accountNonce: 0, now: 0).map(\.status) == [.dropped, .ready])
    #expect(!pool.contains(last.hash) && pool.contains(better.hash))
  }

  @Test("a block removes what it included, what is stale and what has died") func imported() throws {
    var pool = TransactionPool()
    let included = transaction(1, nonce: 0)
    let stale = transaction(2, nonce: 0)
    let dying = transaction(3, nonce: 0, death: 6)
    let staying = transaction(4, nonce: 0, death: 7)
    for item in [included, stale, dying, staying] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    let hash = H256(words: Words32(9, 9, 9, 9))
    let changes = pool.blockImported(hash: hash, number: 5, included: [included.hash], now: 0) {
      $0 == account(1) || $0 == account(2) ? 1 : 0
    }
    #expect(
      Dictionary(uniqueKeysWithValues: changes.map { ($0.hash, $0.status) }) == [
        included.hash: .inBlock(hash), stale.hash: .invalid, dying.hash: .invalid,
      ])
    #expect(pool.pending() == [staying])
  }

  @Test("a transaction that a block passed over stays, and so do its followers") func passedOver() throws {
    var pool = TransactionPool()
    let items = (0..<3).map { transaction(1, nonce: $0) }
    for item in items { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    #expect(pool.blockImported(hash: .zero, number: 1, included: [], now: 0) { _ in 0 }.isEmpty)
    #expect(pool.pending() == items)
  }

  @Test("the followers of a refused transaction wait for its nonce again") func rejected() throws {
    var pool = TransactionPool()
    let items = (0..<3).map { transaction(1, nonce: $0) }
    for item in items { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    let changes = pool.reject(items[0].hash, now: 0)
    #expect(changes.map(\.hash) == items.map(\.hash) && changes.map(\.status) == [.invalid, .future, .future])
    #expect(pool.pending().isEmpty && !pool.hasReady && pool.futureCount == 2)
    #expect(pool.reject(items[0].hash, now: 0).isEmpty)
    #expect(throws: PoolError.banned(items[0].hash)) { try pool.submit(items[0], accountNonce: 0, now: 0) }
    let later = pool.limits.banTime
    #expect(try pool.submit(items[0], accountNonce: 0, now: later).map(\.status) == [.ready, .ready, .ready])
  }

  @Test("a nonce that was used elsewhere makes those behind it ready") func advanced() throws {
    var pool = TransactionPool()
    let waiting = transaction(1, nonce: 2)
    _ = try pool.submit(waiting, accountNonce: 0, now: 0)
    let changes = pool.blockImported(hash: .zero, number: 1, included: [], now: 0) { _ in 2 }
    #expect(changes.map(\.status) == [.ready] && pool.pending() == [waiting])
  }

  @Test("what is listed of a full pool has a bound") func pendingLimit() throws {
    var pool = TransactionPool()
    for nonce: UInt32 in 0..<1_020 { _ = try pool.submit(transaction(1, nonce: nonce), accountNonce: 0, now: 0) }
    #expect(pool.pending().count == 1_000)
    #expect(pool.ready(limit: .max, bytes: .max).map(\.nonce) == Array(0..<1_020))
    for nonce: UInt32 in 0..<6 { _ = try pool.submit(transaction(2, nonce: nonce, priority: 1, size: 1 << 20), accountNonce: 0, now: 0) }
    #expect(pool.pending().reduce(0) { $0 + $1.bytes.count } <= 4 << 20)
  }

  @Test("random operations keep counts, order and limits", arguments: 0..<20 as Range<UInt64>) func property(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let limits = TransactionPool.Limits(transactions: 30, bytes: 2_000, perSender: 8, nonceDistance: 10, transactionSize: 200)
    var pool = TransactionPool(limits: limits)
    var nonces = [UInt32](repeating: 0, count: 6)
    for _ in 0..<500 {
      let sender = Int.random(in: 0..<6, using: &random)
      if random.chance(1, in: 10) {
        let block = pool.ready(limit: 5, bytes: 500)
        for item in block { nonces[Int(item.sender.words.w0)] = item.nonce + 1 }
        _ = pool.blockImported(hash: .zero, number: 1, included: Set(block.map(\.hash)), now: 0) { nonces[Int($0.words.w0)] }
      } else {
        let item = transaction(
          UInt64(sender), nonce: nonces[sender] + UInt32.random(in: 0..<12, using: &random),
          priority: UInt64.random(in: 0..<20, using: &random),
          size: Int.random(in: 1..<220, using: &random))
        let before = (pool.count, pool.byteCount, pool.futureCount, pool.pending())
        do { _ = try pool.submit(item, accountNonce: nonces[sender], now: 0) } catch {
          #expect((pool.count, pool.byteCount, pool.futureCount) == (before.0, before.1, before.2), "seed \(seed)")
          #expect(pool.pending() == before.3, "seed \(seed): a refusal changed the pool")
        }
        if random.chance(1, in: 20), let refused = pool.pending().randomElement(using: &random) { _ = pool.reject(refused.hash, now: 0) }
      }
      let ready = pool.pending()
      #expect(pool.count - pool.futureCount == ready.count && pool.futureCount <= limits.futures, "seed \(seed)")
      #expect(pool.count <= limits.transactions && pool.byteCount <= limits.bytes, "seed \(seed)")
      var next: [AccountID: UInt32] = [:]
      for item in ready {
        #expect(item.nonce == next[item.sender] ?? nonces[Int(item.sender.words.w0)], "seed \(seed)")
        next[item.sender] = item.nonce + 1
      }
    }
  }
}

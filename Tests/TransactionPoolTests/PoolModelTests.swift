import Primitives
import TestKit
import Testing
import TransactionPool

@Suite("Pool against a model") struct PoolModelTests {
  @Test("random operations answer as the rules say, and every transaction has one end", arguments: 0..<24 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let limits = TransactionPool.Limits(
      transactions: 24, bytes: 1_800, perSender: 7, nonceDistance: 10, transactionSize: 200, futures: 8, futureBytes: 700,
      futuresPerSender: 4, futureLifetime: 6, bans: 32)
    var pool = TransactionPool(limits: limits)
    var model = PoolModel(limits: limits)
    var height: BlockNumber = 0
    var accepted = 0
    for step in 0..<1_500 {
      let note = "seed \(seed), step \(step)"
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        let block = pool.ready(limit: Int.random(in: 0..<6, using: &random), bytes: 700)
        height += 1
        var nonces = model.nonces
        for item in block { nonces[item.sender] = item.nonce + 1 }
        let changes = pool.blockImported(
          hash: .zero, number: height, included: Set(block.map(\.hash)), now: 0
        ) { nonces[$0] ?? 0 }
        model.applyBlock(block, changes)
      case 1:
        guard let refused = pool.pending().randomElement(using: &random) else { continue }
        model.apply(pool.reject(refused.hash, now: UInt64(step) * limits.banTime))
      default:
        let sender = UInt64.random(in: 0..<7, using: &random)
        let first = model.nonce(account(sender))
        let item = transaction(
          sender, nonce: first + UInt32.random(in: 0..<12, using: &random), priority: UInt64.random(in: 0..<12, using: &random),
          size: Int.random(in: 1..<210, using: &random))
        let expected = Result { () throws(PoolError) in try model.prediction(item).map { Change($0) } }
        var answer: [(hash: H256, status: PoolStatus)] = []
        let actual = Result { () throws(PoolError) in
          answer = try pool.submit(item, accountNonce: first, now: UInt64(step) * limits.banTime)
          return answer.map { Change($0) }
        }
        #expect(actual == expected, "\(note)")
        if case .success = actual {
          accepted += 1
          model.applySubmission(item, answer)
        }
      }
      model.check(pool, note)
    }
    #expect(accepted > 100)
  }

  @Test("each transaction's turn to be checked anew comes, and then comes again") func revalidation() throws {
    var pool = TransactionPool()
    let items = (0..<10).map { transaction($0, nonce: 0) }
    for item in items { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    #expect(pool.nextToRevalidate(limit: 4) == Array(items[0..<4]))
    #expect(pool.nextToRevalidate(limit: 4) == Array(items[4..<8]))
    _ = pool.reject(items[1].hash, now: 0)
    #expect(pool.nextToRevalidate(limit: 4) == [items[8], items[9], items[0], items[2]])
    #expect(pool.nextToRevalidate(limit: 100).count == 9)
    #expect(TransactionPool().count == 0)
  }

  @Test("a block that the pool was not told of yet makes no nonce twice") func ahead() throws {
    var pool = TransactionPool()
    for nonce: UInt32 in 0..<5 { _ = try pool.submit(transaction(1, nonce: nonce), accountNonce: 0, now: 0) }
    // The state has gone on by two; the pool knows more.
    #expect(pool.nextNonce(of: account(1), accountNonce: 2) == 5)
    #expect(throws: PoolError.stale(nonce: 1, expected: 2)) { try pool.submit(transaction(1, nonce: 1, id: 9), accountNonce: 2, now: 0) }
    #expect(try pool.submit(transaction(1, nonce: 5), accountNonce: 2, now: 0).map(\.status) == [.ready])
    let changes = pool.blockImported(
      hash: .zero, number: 1, included: [transaction(1, nonce: 0).hash, transaction(1, nonce: 1).hash], now: 0
    ) { _ in 2 }
    #expect(changes.map(\.status) == [.inBlock(.zero), .inBlock(.zero)])
    #expect(pool.nextNonce(of: account(1), accountNonce: 2) == 6 && pool.futureCount == 0)
  }

  @Test("what dies before the next block is refused") func expired() throws {
    var pool = TransactionPool(best: 9)
    #expect(throws: PoolError.expired(death: 10, next: 10)) {
      try pool.submit(transaction(1, nonce: 0, death: 10), accountNonce: 0, now: 0)
    }
    #expect(try pool.submit(transaction(1, nonce: 0, death: 11), accountNonce: 0, now: 0).map(\.status) == [.ready])
    #expect(pool.blockImported(hash: .zero, number: 10, included: [], now: 0) { _ in 0 }.map(\.status) == [.invalid])
  }
}

/// A change that can be compared.
private struct Change: Hashable {
  let hash: H256
  let status: PoolStatus
  init(_ change: (hash: H256, status: PoolStatus)) { (hash, status) = change }
}

@Suite("Bans") struct BanTests {
  @Test("an invalid transaction is refused unread for the ban's time, to the millisecond") func time() throws {
    var pool = TransactionPool(limits: .init(banTime: 1_000))
    let hash = transaction(1, nonce: 0).hash
    pool.ban(hash, now: 50)
    for now in [50, 51, 1_049] as [Milliseconds] {
      #expect(throws: PoolError.banned(hash)) { try pool.check(hash, size: 10, now: now) }
      #expect(throws: PoolError.banned(hash)) { try pool.submit(transaction(1, nonce: 0), accountNonce: 0, now: now) }
    }
    // Banning again does not make it longer.
    pool.ban(hash, now: 900)
    #expect(throws: Never.self) { try pool.check(hash, size: 10, now: 1_050) }
    pool.ban(hash, now: 1_050)
    #expect(throws: PoolError.banned(hash)) { try pool.check(hash, size: 10, now: 2_049) }
    #expect(throws: Never.self) { try pool.check(hash, size: 10, now: 2_050) }
    #expect(TransactionPool.Limits().banTime == 30 * 60 * 1_000)
  }

  @Test("as many hashes are remembered as the limit says, the latest") func bounded() {
    var pool = TransactionPool(limits: .init(bans: 100))
    for nonce: UInt32 in 0..<100_000 { pool.ban(transaction(1, nonce: nonce).hash, now: 0) }
    #expect(pool.banCount == 100)
    for nonce: UInt32 in 99_900..<100_000 {
      #expect(throws: PoolError.self) { try pool.check(transaction(1, nonce: nonce).hash, size: 10, now: 1) }
    }
    #expect(throws: Never.self) { try pool.check(transaction(1, nonce: 99_899).hash, size: 10, now: 1) }
    var none = TransactionPool(limits: .init(bans: 0))
    none.ban(.zero, now: 0)
    #expect(none.banCount == 0)
  }

  @Test("what is found invalid is banned; what was dropped, replaced or included is not") func reasons() throws {
    var pool = TransactionPool(limits: .init(transactions: 4))
    let (rejected, dead, stale) = (transaction(1, nonce: 0), transaction(2, nonce: 0, death: 6), transaction(3, nonce: 0))
    for item in [rejected, dead, stale] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    _ = pool.reject(rejected.hash, now: 0)
    _ = pool.blockImported(hash: .zero, number: 5, included: [], now: 0) { $0 == account(3) ? 1 : 0 }
    for item in [rejected, dead, stale] { #expect(throws: PoolError.banned(item.hash)) { try pool.check(item.hash, size: 10, now: 1) } }
    let (replaced, included, dropped) = (transaction(4, nonce: 0), transaction(5, nonce: 0), transaction(6, nonce: 4))
    for item in [replaced, included, dropped] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    for item in [transaction(4, nonce: 0, priority: 1), transaction(7, nonce: 0), transaction(8, nonce: 0)] {
      _ = try pool.submit(item, accountNonce: 0, now: 0)
    }
    _ = pool.blockImported(hash: .zero, number: 6, included: [included.hash], now: 0) { $0 == account(5) ? 1 : 0 }
    for item in [replaced, included, dropped] { #expect(throws: Never.self) { try pool.check(item.hash, size: 10, now: 1) } }
  }
}

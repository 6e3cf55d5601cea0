import Primitives
import TestKit
import Testing
import TransactionPool

@Suite("Future transactions") struct FutureTests {
  @Test("they have an eighth of the places, and a higher priority takes one") func places() throws {
    var pool = TransactionPool(limits: .init(transactions: 16))
    let (first, second) = (transaction(1, nonce: 5, priority: 3), transaction(2, nonce: 5, priority: 4))
    for item in [first, second] { #expect(try pool.submit(item, accountNonce: 0, now: 0).map(\.status) == [.future]) }
    #expect(throws: PoolError.futureFull(limit: 2)) { try pool.submit(transaction(3, nonce: 5, priority: 3), accountNonce: 0, now: 0) }
    #expect(pool.contains(first.hash) && pool.contains(second.hash))
    let changes = try pool.submit(transaction(3, nonce: 5, priority: 5), accountNonce: 0, now: 0)
    #expect(changes.map(\.status) == [.dropped, .future] && changes[0].hash == first.hash)
    #expect(pool.futureCount == 2)
  }

  @Test("they have an eighth of the bytes") func bytes() throws {
    var pool = TransactionPool(limits: .init(bytes: 800))
    _ = try pool.submit(transaction(1, nonce: 1, size: 60), accountNonce: 0, now: 0)
    #expect(throws: PoolError.futureFull(limit: 1_024)) { try pool.submit(transaction(2, nonce: 1, size: 60), accountNonce: 0, now: 0) }
    _ = try pool.submit(transaction(2, nonce: 0, size: 700), accountNonce: 0, now: 0)
    #expect(pool.count == 2)
  }

  @Test("a sender has few of them, and the missing nonce still comes in") func perSender() throws {
    var pool = TransactionPool()
    for nonce: UInt32 in 1...64 { _ = try pool.submit(transaction(1, nonce: nonce), accountNonce: 0, now: 0) }
    #expect(throws: PoolError.senderLimit(64)) { try pool.submit(transaction(1, nonce: 65), accountNonce: 0, now: 0) }
    #expect(try pool.submit(transaction(1, nonce: 64, priority: 1), accountNonce: 0, now: 0).last?.status == .future, "a replacement")
    #expect(try pool.submit(transaction(1, nonce: 0), accountNonce: 0, now: 0).count == 65)
    #expect(pool.futureCount == 0 && pool.nextNonce(of: account(1), accountNonce: 0) == 65)
  }

  @Test("a ready one takes the place of a future one, whatever their priorities") func displaced() throws {
    var pool = TransactionPool(limits: .init(transactions: 3, futures: 2))
    let (low, high) = (transaction(1, nonce: 3, priority: 50), transaction(2, nonce: 3, priority: 60))
    let ready = transaction(3, nonce: 0, priority: 5)
    for item in [low, high, ready] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    let changes = try pool.submit(transaction(4, nonce: 0), accountNonce: 0, now: 0)
    #expect(changes.map(\.hash) == [low.hash, transaction(4, nonce: 0).hash])
    #expect(throws: PoolError.full(limit: 3)) { try pool.submit(transaction(5, nonce: 1, priority: 60), accountNonce: 0, now: 0) }
    _ = try pool.submit(transaction(6, nonce: 0), accountNonce: 0, now: 0)
    #expect(pool.futureCount == 0 && pool.contains(ready.hash))
  }

  @Test("when not enough gives way, nothing does") func allOrNothing() throws {
    var pool = TransactionPool(limits: .init(transactions: 10, bytes: 100, futureBytes: 40))
    let future = transaction(1, nonce: 1, size: 30)
    let (weak, strong) = (transaction(2, nonce: 0, priority: 1, size: 20), transaction(3, nonce: 0, priority: 9, size: 50))
    for item in [future, weak, strong] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    #expect(throws: PoolError.full(limit: 10)) { try pool.submit(transaction(4, nonce: 0, priority: 5, size: 60), accountNonce: 0, now: 0) }
    #expect(pool.count == 3 && pool.byteCount == 100 && pool.futureCount == 1)
    #expect(
      try pool.submit(transaction(4, nonce: 0, priority: 5, size: 50), accountNonce: 0, now: 0).map(\.status) == [
        .dropped, .dropped, .ready,
      ])
  }

  @Test("a newcomer does not push out what it makes ready") func ownFollowers() throws {
    var pool = TransactionPool(limits: .init(transactions: 2, futures: 1))
    let follower = transaction(1, nonce: 1)
    _ = try pool.submit(follower, accountNonce: 0, now: 0)
    _ = try pool.submit(transaction(2, nonce: 0, priority: 1), accountNonce: 0, now: 0)
    let changes = try pool.submit(transaction(1, nonce: 0, priority: 2), accountNonce: 0, now: 0)
    #expect(changes.map(\.status) == [.dropped, .ready, .ready] && pool.contains(follower.hash))
  }

  @Test("they are dropped when their nonces do not come in time") func lifetime() throws {
    var pool = TransactionPool(limits: .init(futureLifetime: 3))
    let (old, ready) = (transaction(1, nonce: 1), transaction(2, nonce: 0))
    for item in [old, ready] { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    var number: BlockNumber = 1_000_000
    func block() -> [PoolStatus] {
      number += 1
      return pool.blockImported(hash: .zero, number: number, included: [], now: 0) { _ in 0 }.map(\.status)
    }
    #expect(block().isEmpty)
    let young = transaction(3, nonce: 1)
    _ = try pool.submit(young, accountNonce: 0, now: 0)
    #expect(block().isEmpty)
    #expect(block() == [.dropped] && !pool.contains(old.hash) && pool.contains(young.hash))
    #expect(block() == [.dropped] && pool.pending() == [ready] && pool.futureCount == 0)
  }

  @Test("followers of a refused transaction keep to the limits of future ones") func demoted() throws {
    var pool = TransactionPool(limits: .init(futuresPerSender: 2))
    let items = (0..<6).map { transaction(1, nonce: $0) }
    for item in items { _ = try pool.submit(item, accountNonce: 0, now: 0) }
    #expect(pool.reject(items[1].hash, now: 0).map(\.status) == [.invalid, .dropped, .dropped, .future, .future])
    #expect(pool.pending() == [items[0]] && pool.futureCount == 2 && pool.contains(items[3].hash))
  }

  @Test("the largest nonce has no follower") func wrapping() throws {
    var pool = TransactionPool()
    let last = transaction(1, nonce: .max)
    #expect(try pool.submit(last, accountNonce: .max, now: 0).map(\.status) == [.ready])
    #expect(pool.ready(limit: 5, bytes: 100) == [last])
  }
}

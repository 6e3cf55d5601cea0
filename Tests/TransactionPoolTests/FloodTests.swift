import Primitives
import TestKit
import Testing
import TransactionPool

/// Ways to overrun a pool with transactions whose signatures are good.
private enum Flood: String, CaseIterable, CustomTestStringConvertible {
  case manySenders, oneSender, farNonces, gaps, duplicates, replacements, risingTips, largeOnes, mixed
  var testDescription: String { rawValue }

  func make(_ index: UInt64, _ random: inout SeededRandom) -> PoolTransaction {
    let any = UInt64.random(in: 0..<2_000, using: &random)
    return switch self {
    case .manySenders: transaction(index, nonce: 0, id: index)
    case .oneSender: transaction(1, nonce: UInt32(index), id: index)
    case .farNonces: transaction(any, nonce: 1_025 + UInt32(index), id: index)
    case .gaps: transaction(index % 30_000, nonce: 1 + UInt32(any % 1_000), id: index)
    case .duplicates: transaction(any % 20, nonce: 0)
    case .replacements: transaction(any, nonce: 0, priority: index / 1_000, id: index)
    case .risingTips: transaction(index, nonce: 0, priority: index, id: index)
    case .largeOnes:
      transaction(index, nonce: UInt32(any % 2), priority: any, size: 1 + Int(any) * 8, id: index)
    case .mixed:
      Flood.allCases[Int(index % UInt64(Flood.allCases.count - 1))].make(index, &random)
    }
  }
}

@Suite("Floods") struct FloodTests {
  @Test("100,000 of a kind keep to every limit, and each that entered has exactly one end", arguments: Flood.allCases)
  private func flood(_ kind: Flood) {
    var random = SeededRandom(seed: 42)
    let limits = TransactionPool.Limits(bytes: 16 << 20)
    var pool = TransactionPool(limits: limits)
    var model = PoolModel(limits: limits)
    var refusals = 0
    for index in 0..<100_000 as Range<UInt64> {
      let item = kind.make(index, &random)
      do {
        let changes = try pool.submit(item, accountNonce: model.nonce(item.sender), now: index)
        model.applySubmission(item, changes)
      } catch { refusals += 1 }
      if index % 20_000 == 19_999 { model.check(pool, "\(kind) \(index)") }
    }
    #expect(model.accepted + refusals == 100_000)
    drain(&pool, &model, "\(kind)")
    #expect(pool.count == 0 && pool.byteCount == 0 && model.items.isEmpty && model.accepted == model.ended, "\(kind)")
  }

  /// Makes blocks until nothing waits: what is ready is included, what misses a nonce is dropped in time.
  private func drain(_ pool: inout TransactionPool, _ model: inout PoolModel, _ note: String) {
    for height in 1...2 * BlockNumber(model.limits.futureLifetime) where pool.count > 0 {
      let block = pool.ready(limit: 3_000, bytes: .max)
      var nonces = model.nonces
      for item in block { nonces[item.sender] = item.nonce + 1 }
      let changes = pool.blockImported(hash: .zero, number: height, included: Set(block.map(\.hash)), now: 0) { nonces[$0] ?? 0 }
      model.applyBlock(block, changes)
      if height % 16 == 1 { model.check(pool, "\(note), block \(height)") }
    }
  }

  @Test("a full pool of equals lets nobody in but who pays more, and keeps its order") func fullOfEquals() throws {
    var pool = TransactionPool(limits: .init(transactions: 1_000))
    for sender: UInt64 in 0..<1_000 { _ = try pool.submit(transaction(sender, nonce: 0, priority: 5), accountNonce: 0, now: 0) }
    for sender: UInt64 in 1_000..<100_000 {
      #expect(throws: PoolError.full(limit: 1_000)) {
        try pool.submit(transaction(sender, nonce: 0, priority: sender % 6), accountNonce: 0, now: 0)
      }
    }
    let changes = try pool.submit(transaction(100_000, nonce: 0, priority: 6), accountNonce: 0, now: 0)
    #expect(changes.map(\.hash) == [transaction(999, nonce: 0, priority: 5).hash, transaction(100_000, nonce: 0, priority: 6).hash])
    #expect(pool.ready(limit: 2, bytes: .max).map(\.sender) == [account(100_000), account(0)])
  }
}

import Foundation
import PalletRoyalty
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing
import XCM

/// The laws of product design 2.2, R1 to R8, over many random operations: those about one operation after each, those
/// about all rows after every twentieth and at the end.
///
/// `ECHOCHAIN_ROYALTY_SEED` chooses the seeds, `fresh` draws new ones; each failure prints the seed that replays it.
@Suite("Royalty laws") struct InvariantTests {
  private static let runs = 25
  private static let operations = 4_000
  private static let interval = 20
  private static let first: UInt64 = {
    switch ProcessInfo.processInfo.environment["ECHOCHAIN_ROYALTY_SEED"] {
    case "fresh": UInt64.random(in: 0...(.max / 2))
    case .some(let text): UInt64(text) ?? 20_261
    case nil: 20_261
    }
  }()

  @Test("R1 to R8 hold over 4,000 random operations", arguments: (0..<UInt64(runs)).map { first &+ $0 })
  func laws(seed: UInt64) throws {
    var model = RoyaltyModel(seed: seed)
    for step in 0..<Self.operations {
      let operation = model.operate()
      let isWhole = step % Self.interval == 0 || step == Self.operations - 1
      if let broken = try model.brokenStep() ?? (isWhole ? model.brokenLaw() : nil) {
        Issue.record("seed \(seed), step \(step): \(broken) after \(operation)")
        return
      }
    }
    #expect(model.accepted > Self.operations / 10, "seed \(seed): only \(model.accepted) operations were accepted")
  }

  @Test("whatever the order of claims, everybody ends with the same", arguments: (0..<UInt64(20)).map { first &+ $0 })
  func order(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let units = (0..<5).map { _ in UInt32.random(in: 1...199_999, using: &random) }
    var members: [(Royalty.Party, UInt32)] = []
    for (place, share) in units.enumerated() { members.append((account(UInt8(place + 1)), share)) }
    members.append((account(6), Royalty.units - units.reduce(0, +)))
    let sales = (0..<40).map { _ in Balance.random(in: 1...1_000_000_000_000, using: &random) }
    /// Pays all sales, and claims in between as a shuffle decides.
    func outcome(_ order: inout SeededRandom) throws -> [Balance] {
      let chain = TestRoyalties()
      let work = chain.work(1, royalty: 1, members: members)
      let split = try chain.row(work).ownSplit
      for sale in sales {
        #expect(chain.run(.pay(work: work, asset: here, amount: sale, reference: .zero), .test(9)) == nil)
        for member in (1...6).shuffled(using: &order).prefix(Int.random(in: 0...6, using: &order)) {
          _ = chain.run(.claim(split: split, asset: here), .test(UInt8(member)))
        }
      }
      for member in (1...6).shuffled(using: &order) { _ = chain.run(.claim(split: split, asset: here), .test(UInt8(member))) }
      return try (1...6).map { try Royalty.ledger.get(Pair(split, account(UInt8($0))), here, in: chain.context)?.claimed ?? 0 }
    }
    let expected = try outcome(&random)
    for _ in 0..<3 { #expect(try outcome(&random) == expected, "seed \(seed)") }
  }
}

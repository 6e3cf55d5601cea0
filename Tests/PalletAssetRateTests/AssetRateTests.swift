import PalletAssetRate
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing
import XCM

private enum Config: AssetRate.Config { static let palletIndex: UInt8 = 14 }
private typealias Pallet = AssetRate.Pallet<Config>

private let gold = Location(parents: 0, .palletInstance(12), .generalIndex(Compact(7)))
private let silver = Location.sibling(2000)
private func rate(_ inner: UInt128) -> FixedU128 { FixedU128(inner: inner) }
private let half = rate(500_000_000_000_000_000)

@Suite("Asset rates") struct AssetRateTests {
  private let context = ExecutionContext.onEmptyState()

  private func run(_ call: AssetRate.Call, _ origin: Origin = .root) -> DispatchError? {
    attempt(call, of: Pallet.self, origin: origin, in: context)
  }

  @Test("a rate is created, updated and removed, and each is told") func life() throws {
    #expect(run(.create(assetKind: gold, rate: .one)) == nil)
    #expect(run(.update(assetKind: gold, rate: half)) == nil)
    #expect(try Pallet.rate(of: gold, in: context) == half)
    #expect(run(.remove(assetKind: gold)) == nil)
    #expect(!AssetRate.conversionRateToNative.exists(gold, in: context))
    #expect(
      context.events(of: Pallet.self) == [
        .assetRateCreated(assetKind: gold, rate: .one),
        .assetRateUpdated(assetKind: gold, old: .one, new: half), .assetRateRemoved(assetKind: gold),
      ])
  }

  @Test(
    "a refused call leaves no trace",
    arguments: [
      (AssetRate.Call.create(assetKind: gold, rate: half), .alreadyExists),
      (.create(assetKind: silver, rate: rate(0)), .zeroRate),
      (.update(assetKind: silver, rate: half), .unknownAssetKind),
      (.update(assetKind: gold, rate: rate(0)), .zeroRate),
      (.remove(assetKind: silver), .unknownAssetKind),
    ] as [(AssetRate.Call, AssetRate.Failure)])
  func refusals(call: AssetRate.Call, expected: AssetRate.Failure) {
    #expect(run(.create(assetKind: gold, rate: .one)) == nil)
    let before = context.trace
    #expect(run(call) == Pallet.failure(expected))
    #expect(context.trace == before)
  }

  @Test("only root sets rates", arguments: [Origin.test(1), .none, .xcm(location: [])]) func origins(origin: Origin) {
    for call: AssetRate.Call in [
      .create(assetKind: gold, rate: .one), .update(assetKind: gold, rate: .one), .remove(assetKind: gold),
    ] {
      #expect(run(call, origin) == .badOrigin)
    }
    #expect(context.trace == .empty)
  }

  @Test(
    "amounts are converted and rounded to the side that is asked for",
    arguments: [
      // amount, rate, native down, native up, asset down, asset up
      (3, 500_000_000_000_000_000, 1, 2, 6, 6),
      (1, 3_000_000_000_000_000_000, 3, 3, 0, 1),
      (7, 3_000_000_000_000_000_000, 21, 21, 2, 3),
      (0, 1, 0, 0, 0, 0),
      (1, 1, 0, 1, 1_000_000_000_000_000_000, 1_000_000_000_000_000_000),
    ] as [(Balance, UInt128, Balance, Balance, Balance, Balance)])
  func conversion(
    amount: Balance, inner: UInt128, nativeDown: Balance, nativeUp: Balance, assetDown: Balance, assetUp: Balance
  ) throws {
    #expect(run(.create(assetKind: gold, rate: rate(inner))) == nil)
    #expect(try Pallet.native(for: amount, of: gold, rounding: .down, in: context) == nativeDown)
    #expect(try Pallet.native(for: amount, of: gold, rounding: .up, in: context) == nativeUp)
    #expect(try Pallet.amount(for: amount, of: gold, rounding: .down, in: context) == assetDown)
    #expect(try Pallet.amount(for: amount, of: gold, rounding: .up, in: context) == assetUp)
  }

  @Test("a conversion there and back never gains", arguments: 0..<16 as Range<UInt64>) func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for step in 0..<100 {
      AssetRate.conversionRateToNative.set(gold, to: rate(UInt128(random.next() >> 4) + 1), in: context)
      let amount = Balance(random.next())
      let native = try Pallet.native(for: amount, of: gold, rounding: .down, in: context)
      #expect(
        try Pallet.amount(for: native, of: gold, rounding: .down, in: context) <= amount, "seed \(seed) step \(step)")
      let price = try Pallet.amount(for: amount, of: gold, rounding: .up, in: context)
      #expect(
        try Pallet.native(for: price, of: gold, rounding: .up, in: context) >= amount, "seed \(seed) step \(step)")
    }
  }

  @Test("a conversion that does not fit and one without a rate are refused") func limits() {
    #expect(run(.create(assetKind: gold, rate: rate(.max))) == nil)
    #expect(run(.create(assetKind: silver, rate: rate(1))) == nil)
    #expect(throws: Pallet.failure(.overflow)) {
      try Pallet.native(for: .max, of: gold, rounding: .down, in: context)
    }
    #expect(throws: Pallet.failure(.overflow)) {
      try Pallet.amount(for: .max, of: silver, rounding: .up, in: context)
    }
    #expect(throws: Pallet.failure(.unknownAssetKind)) {
      try Pallet.native(for: 1, of: .here, rounding: .up, in: context)
    }
  }

  @Test("genesis writes rates and refuses a second one for the same asset") func genesis() throws {
    try Pallet.buildGenesis(rates: [(gold, half)], in: context)
    #expect(try Pallet.rate(of: gold, in: context) == half)
    #expect(throws: Pallet.failure(.alreadyExists)) { try Pallet.buildGenesis(rates: [(gold, half)], in: context) }
  }
}

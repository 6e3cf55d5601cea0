import EchoRuntime
import Foundation
import Keys
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

/// Random purchases, deliveries, settlements, payouts and transfers against a scheduler that wishes everybody ill.
///
/// `ECHOCHAIN_TRADE_SEED` chooses the seeds, `fresh` draws new ones; each failure prints the seed that replays it.
@Suite("Trade under a hostile scheduler") struct TradeModelTests {
  private static let runs = 12
  private static let steps = 200
  private static let first: UInt64 = {
    switch ProcessInfo.processInfo.environment["ECHOCHAIN_TRADE_SEED"] {
    case "fresh": UInt64.random(in: 0...(.max / 2))
    case .some(let text): UInt64(text) ?? 20_262
    case nil: 20_262
    }
  }()

  @Test(
    "nothing is lost, nothing is doubled, every purchase ends in one way", .timeLimit(.minutes(5)),
    arguments: (0..<UInt64(runs)).map { first &+ $0 })
  func laws(seed: UInt64) throws {
    let model = try TradeModel(seed: seed)
    for step in 0..<Self.steps {
      var what = ""
      do {
        what = try model.step()
        try model.check()
      } catch {
        Issue.record("seed \(seed), step \(step): \(error) after \(what)")
        return
      }
    }
    do {
      try model.settleEverything()
      try model.check()
      let endings = try model.endings()
      #expect(endings["open"] == nil, "seed \(seed): \(endings)")
      for chain in [model.hub, model.market] {
        #expect(try XcmPallet.refunds.rows(in: chain.context(), limit: 1).isEmpty, "seed \(seed): a message without an end")
      }
      try model.endOrders()
      try model.check()
      for money in Money.allCases {
        let held = try Marketplace.held.get(money.name(on: 2000), in: model.market.context())
        #expect(held?.escrow ?? 0 == 0, "seed \(seed): an order without an end")
      }
      // Whatever anybody ever proved does nothing any more.
      let before = try Money.allCases.map { try wealth($0, model.fair) }
      try model.replayEverything()
      try model.check()
      #expect(try Money.allCases.map { try wealth($0, model.fair) } == before, "seed \(seed): a replay did something")
      #expect(model.counts.accepted > Self.steps / 3, "seed \(seed): \(model.counts)")
    } catch { Issue.record("seed \(seed), at the end: \(error)") }
  }

  /// What the people whom nobody charges for relaying have, one after the other.
  private func wealth(_ money: Money, _ fair: TradeFair) throws -> [Balance] {
    try [Person(.bob, 1000), Person(.charlie, 1000), Person(.eve, 1000), Person(.ferdie, 1000), Person(.bob, 2000), Person(.charlie, 2000)]
      .map { try fair.purse($0, money) } + [try fair.marketPot(money), try fair.royaltyPot(money)]
  }

  @Test("the scheduler reaches every ending", .timeLimit(.minutes(5))) func coverage() throws {
    var endings: [String: Int] = [:]
    for seed in 0..<3 as Range<UInt64> {
      let model = try TradeModel(seed: seed)
      for _ in 0..<Self.steps { _ = try model.step() }
      try model.settleEverything()
      try model.check()
      endings.merge(try model.endings()) { $0 + $1 }
    }
    for name in ["placed", "failed", "returned", "payouts paid"] { #expect(endings[name, default: 0] > 0, "\(name): \(endings)") }
  }
}

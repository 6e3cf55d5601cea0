import EchoRuntime
import Keys
import Lanes
import PalletAssets
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let buyer = TradeFair.remoteBuyer
private let seller = TradeFair.localSeller
private let writer = Person(.eve, 1000)

@Suite("Trade with strangers") struct TradeAttackTests {
  /// A message of a stranger's under somebody else's id, which ends as the stranger likes: at any instruction, or well.
  private func forgery(of topic: H256, to para: UInt32, failsAt index: Int?) -> RuntimeCall {
    let fees = XCM.Assets(Asset(.here, amount: unit))
    // Three instructions come before the program: the fees, their payment, and the origin that is left behind.
    let program = index.map { [Instruction](repeating: .clearError, count: $0 - 3) + [.trap(Compact(1))] } ?? []
    return execute([
      .setFeesMode(jitWithdraw: true), .withdrawAsset(fees),
      .initiateTransfer(
        destination: .sibling(para), remoteFees: .reserveDeposit(.definite(fees)), preserveOrigin: false, assets: BoundedVector(),
        remoteXcm: Xcm(program)),
      .setTopic(topic),
    ])
  }

  private func latest(_ fair: TradeFair, from source: TestChain, to target: TestChain) throws -> UInt64 {
    guard let range = try fair.network.pending(source, to: target) else { throw TestChain.TestFailure("nothing is on its way") }
    return range.upperBound
  }

  @Test("a payout does not end by somebody else's message of the same id", .timeLimit(.minutes(2)), arguments: [nil, 6, 8] as [Int?])
  func forgedPayout(failsAt index: Int?) throws {
    let fair = try TradeFair()
    let work = try fair.register(by: seller, members: [(writer, 1_000_000)])
    let id = RoyaltyPallet.workID(owner: work.owner, meta: work.meta)
    try fair.market.run(.royalty(.pay(work: id, asset: .here, amount: 10 * unit, reference: .zero)))
    try fair.wait(0)
    let payout = try fair.sendPayout([(writer, work.ownSplit)], to: 1000)
    let topic = try #require(try Royalty.inFlight.get(payout, in: fair.market.context())).message
    let real = try latest(fair, from: fair.market, to: fair.hub)
    try fair.market.run(forgery(of: topic, to: 1000, failsAt: index), by: .bob)
    let forged = try latest(fair, from: fair.market, to: fair.hub)
    #expect(forged == real + 1)
    try fair.network.deliver(from: fair.market, to: fair.hub, range: forged...forged)
    try fair.network.confirm([forged], from: fair.market, at: fair.hub)
    #expect(try fair.market.failures().isEmpty)
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context())?.state == .sent)
    try fair.audit()
    // It ends as its own message does.
    try fair.wait(3_700_000)
    try fair.network.timeout(real, from: fair.market, at: fair.hub)
    #expect(try fair.due(writer, work.ownSplit) == 10 * unit)
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context()) == nil)
    try fair.audit()
  }

  @Test("nor does a purchase", .timeLimit(.minutes(2)), arguments: [nil, 4, 13] as [Int?]) func forgedPurchase(failsAt index: Int?) throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit), by: buyer)
    let topic = try #require(try Marketplace.remote.get(order, in: fair.hub.context())).message
    let real = try latest(fair, from: fair.hub, to: fair.market)
    try fair.hub.run(forgery(of: topic, to: 2000, failsAt: index), by: .charlie)
    let forged = try latest(fair, from: fair.hub, to: fair.market)
    try fair.network.deliver(from: fair.hub, to: fair.market, range: forged...forged)
    try fair.network.confirm([forged], from: fair.hub, at: fair.market)
    #expect(try fair.hub.failures().isEmpty)
    #expect(try fair.status(order, of: buyer) == .sent)
    try fair.network.deliver(from: fair.hub, to: fair.market, range: real...real)
    try fair.network.confirm([real], from: fair.hub, at: fair.market)
    #expect(try fair.status(order, of: buyer) == .placed)
    try fair.audit()
  }

  @Test("what strangers give a payout's account does not end it before the rest is back", .timeLimit(.minutes(2))) func donation() throws {
    let fair = try TradeFair()
    let singer = Person(.ferdie, 1000)
    // A share that is too little for an account stops the batch.
    let work = try fair.register(by: seller, members: [(singer, 500), (writer, 999_500)])
    let id = RoyaltyPallet.workID(owner: work.owner, meta: work.meta)
    let name = Money.hub.name(on: 2000)
    try fair.market.run(.royalty(.pay(work: id, asset: name, amount: 10 * unit, reference: .zero)))
    try fair.wait(0)
    let payout = try fair.sendPayout([(singer, work.ownSplit), (writer, work.ownSplit)], to: 1000, .hub)
    let nonce = try latest(fair, from: fair.market, to: fair.hub)
    try fair.network.deliver(from: fair.market, to: fair.hub)
    try fair.network.confirm([nonce], from: fair.market, at: fair.hub)
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context())?.state == .failed(paid: 0))
    let gift: Balance = 5_000_000
    let account = MultiAddress.id(RoyaltyPallet.payoutAccount(payout))
    try fair.market.run(.foreignAssets(.transfer(id: name, target: account, amount: Compact(gift))), by: .bob)
    try fair.market.seal([(.bob, .royalty(.returnPayout(payout: payout)))])
    #expect(try fair.due(singer, work.ownSplit, .hub) + fair.due(writer, work.ownSplit, .hub) == gift, "a gift to the two")
    #expect(Royalty.inFlight.exists(payout, in: fair.market.context()))
    try fair.audit()
    try fair.network.settle()
    try fair.market.run(.royalty(.returnPayout(payout: payout)), by: .dave)
    let due = try fair.due(singer, work.ownSplit, .hub) + fair.due(writer, work.ownSplit, .hub)
    #expect(due <= 10 * unit && due > 10 * unit - unit / 5)
    #expect(!Royalty.inFlight.exists(payout, in: fair.market.context()))
    try fair.audit()
  }

  @Test("nobody acts for a party that somebody else is", .timeLimit(.minutes(2))) func impersonation() throws {
    let fair = try TradeFair()
    let remote = TradeFair.remoteSeller
    let listing = try fair.list(fair.terms(4 * unit), by: remote)
    let order = try fair.buy(listing, by: buyer, atMost: 4 * unit)
    #expect(try fair.state(order) == .funded)
    let pot = try fair.marketPot(.market)
    let refused = DeliveryOutcome.failed(at: 6, .expectationFalse)
    // The buyer delivers, the seller delists by the same key on another chain, and takes the bond.
    for call in [
      Marketplace.Call.deliver(order: order, box: []), .delist(listing: listing), .takeBond(listing: listing, amount: unit),
      .update(listing: listing, changes: Marketplace.ListingChanges(price: 1_000_000, quantity: nil, meta: nil, isPaused: nil)),
    ] {
      try fair.sendAct(call, by: buyer)
      #expect(try fair.network.settle()[2000]?.failures == [refused], "\(call)")
      try fair.market.seal([(remote.key, .marketplace(call))])
      #expect(try fair.market.failures() == [.module(ModuleError(pallet: 41, error: Marketplace.Failure.notParty.rawValue))], "\(call)")
    }
    try fair.act(.deliver(order: order, box: []), by: remote)
    #expect(try fair.state(order) == .delivered)
    try fair.sendAct(.confirm(order: order), by: remote)
    #expect(try fair.network.settle()[2000]?.failures == [refused])
    try fair.market.seal([(buyer.key, .marketplace(.confirm(order: order)))])
    #expect(try !fair.market.failures().isEmpty)
    #expect(try fair.state(order) == .delivered && fair.marketPot(.market) == pot)
    try fair.act(.confirm(order: order), by: buyer)
    #expect(try fair.state(order) == .released)
    try fair.audit()
  }

  @Test("an order of a local account cannot be taken from afar, nor one of another buyer", .timeLimit(.minutes(2))) func takenID() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit), by: buyer)
    let stranger = Person(.charlie, 1000)
    try fair.endow(stranger, 10 * unit)
    // The stranger cancels, and orders, under the buyer's id before its message arrives.
    for call in [
      Marketplace.Call.remoteCancel(listing: listing, nonce: 0),
      .remoteBuy(
        order: order, listing: listing, quantity: 1, maxPrice: 4 * unit, buyerKey: .zero, nonce: 0, validUntil: 1_000),
    ] {
      let fees = Asset(.here, amount: unit)
      let program: Xcm = [
        .withdrawAsset(Assets(fees)), .payFees(asset: fees),
        .transact(
          originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: RuntimeCall.marketplace(call).encoded())),
        .refundSurplus, .depositAsset(assets: everything, beneficiary: stranger.location),
      ]
      try fair.hub.run(send(program, to: 2000), by: stranger.key)
      let nonce = try latest(fair, from: fair.hub, to: fair.market)
      try fair.network.deliver(from: fair.hub, to: fair.market, range: nonce...nonce)
      #expect(try fair.market.failures().isEmpty && fair.state(order) == nil)
    }
    try fair.network.settle()
    #expect(try fair.state(order) == .funded)
    #expect(try fair.status(order, of: buyer) == .placed)
    try fair.audit()
  }
}

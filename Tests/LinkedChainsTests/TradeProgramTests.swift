import EchoRuntime
import Keys
import Lanes
import PalletAssetRate
import PalletAssets
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletSudo
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let credits = TestChain.credits
private let buyer = TradeFair.remoteBuyer
private let seller = TradeFair.localSeller

/// A purchase's program, stopped at each of its instructions that can fail.
///
/// It loads the fees (0), pays them (1), loads the price (2), takes on the buyer (3), says what becomes of what is left (4
/// to 6), puts the price into the buyer's account (7), orders (8, 9), and clears up (10 to 13).
@Suite("A purchase's program, instruction by instruction") struct TradeProgramTests {
  /// Moves units of the hub's account at the market away, so that vouchers for them are not honoured.
  private func withEmptyReserve(_ kept: Balance, at fair: TradeFair, _ body: () throws -> Void) throws {
    let sovereign = try #require(EchoRuntime.account(of: .sibling(1000)))
    let moved = try fair.market.escrow(for: 1000) - kept
    let alice = DevelopmentKey.alice.account
    try fair.market.sudo(.balances(.forceTransfer(source: .id(sovereign), dest: .id(alice), value: Compact(moved))))
    try body()
    try fair.market.run(.balances(.transferKeepAlive(dest: .id(sovereign), value: Compact(moved))))
    try fair.audit()
  }

  @Test("0 and 2: what the market does not have it does not take in", .timeLimit(.minutes(2)), arguments: [0, 2])
  func loading(index: Int) throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let (purse, there) = (try fair.purse(buyer, .market), try fair.purseThere(buyer, .market))
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit), by: buyer)
    // With index 2 the fees come in first, and are undone.
    try withEmptyReserve(index == 0 ? unit / 4 : unit, at: fair) {
      let revenue = try fair.revenue(.market, on: 2000)
      let events = try fair.network.settle()
      #expect(events[2000]?.failures.count == 1)
      guard case .rejected? = events[2000]?.failures.first else {
        Issue.record("\(events[2000]?.failures ?? [])")
        return
      }
      #expect(try fair.revenue(.market, on: 2000) == revenue, "execution was not paid either")
    }
    #expect(try fair.status(order, of: buyer) == .returned)
    #expect(try fair.state(order) == nil)
    #expect(try fair.purse(buyer, .market) == purse && fair.purseThere(buyer, .market) == there)
  }

  @Test("1: fees that do not pay for execution any more come home with the price", .timeLimit(.minutes(2))) func fees() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * credits, .credits), by: seller)
    let purse = try fair.purse(buyer, .credits)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * credits, .credits), by: buyer)
    let name = Money.credits.name(on: 2000)
    let rate = try #require(try AssetRate.conversionRateToNative.get(name, in: fair.market.context()))
    try fair.market.sudo(.assetRate(.update(assetKind: name, rate: FixedU128(inner: 1))))
    let events = try fair.network.settle()
    #expect(events[2000]?.failures == [.rejected(.tooExpensive)])
    #expect(try fair.status(order, of: buyer) == .returned)
    #expect(try fair.purse(buyer, .credits) == purse)
    try fair.market.sudo(.assetRate(.update(assetKind: name, rate: rate)))
    try fair.audit()
  }

  @Test("7: a price that the buyer's account cannot hold comes home", .timeLimit(.minutes(2))) func belowMinimum() throws {
    let fair = try TradeFair(minimumVoucher: unit)
    // The pool that changes what programs pay relayers with takes small amounts once it has a large one.
    let pool = MultiAddress.id(EchoRuntime.exchangePool)
    try fair.market.run(.foreignAssets(.transfer(id: Money.hub.name(on: 2000), target: pool, amount: Compact(2 * unit))), by: .bob)
    let listing = try fair.list(fair.terms(unit / 2, .hub, bond: unit), by: seller)
    let (purse, pot) = (try fair.purse(buyer, .hub), try fair.marketPot(.hub))
    let order = try fair.buy(listing, by: buyer, atMost: unit / 2, .hub)
    // So does the error handler, which finds no price in the account, and at last the appendix.
    #expect(try fair.status(order, of: buyer) == .failed(index: 2, error: XcmError.failedToTransactAsset.encoded()[0]))
    #expect(try fair.state(order) == nil)
    #expect(try fair.marketPot(.hub) == pot)
    let trapped = try fair.market.trapped(Money.hub.name(on: 2000))
    #expect(trapped > 0, "what is left of the fees is too little as well, and waits for the buyer")
    let lost = try purse - fair.purse(buyer, .hub) - trapped
    #expect(lost < unit / 10, "the price is home")
    #expect(try XcmPallet.assetTraps.rows(in: fair.market.context(), limit: 2).map(\.value.claimer) == [buyer.location])
    try fair.audit()
  }

  @Test("13: an order stands whatever becomes of what is left of its fees", .timeLimit(.minutes(2))) func behindTheOrder() throws {
    let fair = try TradeFair(minimumVoucher: unit)
    let listing = try fair.list(fair.terms(4 * unit, .hub), by: seller)
    let pot = try fair.marketPot(.hub)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit, .hub), by: buyer)
    let events = try fair.network.settle()
    #expect(events[2000]?.failures == [.failed(at: 13, .failedToTransactAsset)])
    #expect(try fair.status(order, of: buyer) == .placed)
    #expect(try fair.state(order) == .funded)
    #expect(try fair.marketPot(.hub) == pot + 4 * unit)
    #expect(try fair.market.trapped(Money.hub.name(on: 2000)) > 0)
    #expect(try fair.purseThere(buyer, .hub) == 0)
    try fair.fulfil(order, seller: seller, buyer: buyer)
    #expect(try fair.state(order) == .released)
    try fair.audit()
  }

  @Test("while the way home is closed the price waits for its buyer, who claims it", .timeLimit(.minutes(2))) func noWayHome() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let lane = TestNetwork.lane(fair.hub, fair.market)
    let (purse, pot) = (try fair.purse(buyer, .market), try fair.marketPot(.market))
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit - 1), by: buyer)
    try fair.market.sudo(.messages(.drainLane(lane: lane)))
    let events = try fair.network.settle()
    // The receipt tells the last failure: of the appendix, whose first instruction could not send.
    #expect(events[2000]?.failures == [.failed(at: 0, .transport)])
    #expect(try fair.state(order) == nil && fair.marketPot(.market) == pot)
    #expect(try fair.status(order, of: buyer) == .failed(index: 0, error: XcmError.transport.encoded()[0]))
    let trap = try #require(try XcmPallet.assetTraps.rows(in: fair.market.context(), limit: 2).first?.value)
    #expect(trap.claimer == buyer.location)
    let kept = try trap.assets.latest().amount(of: .here)
    #expect(kept > 4 * unit)
    try fair.audit()
    // Nobody else can claim it; the buyer's program does, and takes it home.
    let claim: [Instruction] = [
      .claimAsset(assets: try trap.assets.latest(), ticket: .here), .depositAsset(assets: everything, beneficiary: buyer.location),
    ]
    try fair.hub.run(claiming(claim), by: .charlie)
    #expect(try fair.network.settle()[2000]?.failures.isEmpty == false)
    #expect(try fair.market.trapped(.here) >= kept)
    let there = try fair.purseThere(buyer, .market)
    try fair.hub.run(claiming(claim), by: buyer.key)
    #expect(try fair.network.settle()[2000]?.failures == [])
    #expect(try fair.purseThere(buyer, .market) - there > kept - unit / 10)
    #expect(try purse - fair.purse(buyer, .market) == 4 * unit - 1 + Money.market.fees)
    try fair.audit()
  }

  /// A claim that pays with units of the hub.
  private func claiming(_ claim: [Instruction]) -> RuntimeCall {
    let fees = XCM.Assets(Asset(.here, amount: unit))
    return initiate(to: 2000, fees: .reserveDeposit(.definite(fees)), withdrawing: fees, claim)
  }

  @Test("a price that expires on its way home is the buyer's at the market", .timeLimit(.minutes(2))) func expiredWayHome() throws {
    let fair = try TradeFair()
    let (hub, market) = (fair.hub, fair.market)
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * unit - 1), by: buyer)
    let nonce = try #require(try fair.network.pending(hub, to: market)?.upperBound)
    try fair.network.deliver(from: hub, to: market)
    try fair.network.confirm([nonce], from: hub, at: market)
    #expect(try fair.status(order, of: buyer) == .failed(index: 9, error: XcmError.expectationFalse.encoded()[0]))
    let home = try #require(try fair.network.pending(market, to: hub)?.upperBound)
    let (purse, there) = (try fair.purse(buyer, .market), try fair.purseThere(buyer, .market))
    try fair.audit()
    try fair.wait(3_700_000)
    try fair.network.timeout(home, from: market, at: hub)
    #expect(try market.failures().isEmpty)
    let fees = try market.events().reduce(Balance(0)) { sum, event in
      if case .messages(.feeReturned(_, _, _, let amount)) = event { sum + amount } else { sum }
    }
    #expect(try fair.purseThere(buyer, .market) - there == 4 * unit - 1 + fees, "whole, and what no relayer earned")
    try fair.network.deliver(from: market, to: hub, range: home...home)
    #expect(try !hub.failures().isEmpty, "and not at home too")
    #expect(try fair.purse(buyer, .market) == purse)
    #expect(try fair.status(order, of: buyer) == .failed(index: 9, error: XcmError.expectationFalse.encoded()[0]))
    try fair.audit()
    // It buys there.
    try market.run(.marketplace(.update(listing: listing, changes: changes(price: 3 * unit))), by: seller.key)
    let second = try fair.buy(listing, by: buyer, atMost: 3 * unit)
    #expect(try fair.status(second, of: buyer) == .placed)
    try fair.audit()
  }

  private func changes(price: Balance) -> Marketplace.ListingChanges {
    Marketplace.ListingChanges(price: price, quantity: nil, meta: nil, isPaused: nil)
  }

  @Test("a call from afar that fails leaves its deposit in the caller's account", .timeLimit(.minutes(2))) func failedAct() throws {
    let fair = try TradeFair()
    let remote = TradeFair.remoteSeller
    let (purse, there) = (try fair.purse(remote, .market), try fair.purseThere(remote, .market))
    let revenue = try fair.revenue(.market, on: 2000)
    try fair.sendAct(.delist(listing: 99), by: remote, deposit: 3 * unit)
    let events = try fair.network.settle()
    #expect(events[2000]?.failures == [.failed(at: 8, .expectationFalse)])
    let gain = try fair.purseThere(remote, .market) - there
    let cost = try fair.revenue(.market, on: 2000) - revenue
    #expect(try purse - fair.purse(remote, .market) == 3 * unit + Money.market.fees)
    #expect(gain + cost == 3 * unit + Money.market.fees && gain > 3 * unit)
    try fair.audit()
  }

  @Test("calls that are nobody's to make from afar do not leave", .timeLimit(.minutes(2))) func notRemotable() throws {
    let fair = try TradeFair()
    for call: Marketplace.Call in [
      .buy(listing: 0, quantity: 1, maxPrice: unit, buyerKey: .zero), .settle(order: .zero),
      .bid(listing: 0, amount: unit, buyerKey: .zero), .setParameters(parameters: TradeFair.parameters), .joinPanel,
    ] {
      #expect(throws: TestChain.TestFailure.self) { try fair.sendAct(call, by: buyer) }
    }
    #expect(try fair.network.pending(fair.hub, to: fair.market) == nil)
    try fair.audit()
  }
}

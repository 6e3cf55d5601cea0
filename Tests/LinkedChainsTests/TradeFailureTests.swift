import EchoRuntime
import Keys
import Lanes
import PalletAssetRate
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let buyer = TradeFair.remoteBuyer
private let seller = TradeFair.localSeller

/// What keeps a purchase that is on its way from being placed.
enum Mishap: String, CaseIterable, CustomTestStringConvertible {
  case priceMoved, delisted, soldOut, paused, otherAsset, validityPassed, bondTooSmall, noKey, cancelled, unknown
  var testDescription: String { rawValue }
}

/// Who has how much of an asset.
private struct Position: Equatable {
  var buyer: Balance
  var marketPot: Balance
  var royaltyPot: Balance
  var seller: Balance
  /// What programs have paid for execution and deliveries.
  var costs: Balance

  init(_ fair: TradeFair, _ money: Money) throws {
    let name = money.name(on: 2000)
    buyer = try fair.purse(TradeFair.remoteBuyer, money) + fair.purseThere(TradeFair.remoteBuyer, money) + fair.market.trapped(name)
    (marketPot, royaltyPot) = (try fair.marketPot(money), try fair.royaltyPot(money))
    seller = try fair.purse(TradeFair.localSeller, money)
    costs =
      try fair.revenue(money, on: 1000) + fair.revenue(money, on: 2000)
      + fair.deliveries(for: TradeFair.remoteBuyer.location, money, on: 2000)
  }

  /// Whether nothing but the buyer's money paid for the way, and that to the last unit.
  func isUndone(since before: Position) -> Bool {
    marketPot == before.marketPot && royaltyPot == before.royaltyPot && seller == before.seller
      && before.buyer - buyer == costs - before.costs
  }
}

@Suite("Purchases that fail") struct TradeFailureTests {
  private let refused = Marketplace.RemoteStatus.failed(index: 9, error: XcmError.expectationFalse.encoded()[0])

  private func failure(_ failure: Marketplace.Failure) -> [DispatchError] {
    [.module(ModuleError(pallet: 41, error: failure.rawValue))]
  }

  /// Does to a listing what keeps its order from being placed.
  private func prepare(_ mishap: Mishap, _ listing: UInt64, at fair: TradeFair) throws {
    func change(price: Balance? = nil, quantity: UInt32? = nil, isPaused: Bool? = nil) throws {
      let changes = Marketplace.ListingChanges(price: price, quantity: quantity, meta: nil, isPaused: isPaused)
      try fair.act(.update(listing: listing, changes: changes), by: seller)
    }
    switch mishap {
    case .priceMoved: try change(price: 4 * unit + 1)
    case .delisted: try fair.act(.delist(listing: listing), by: seller)
    case .soldOut:
      try change(quantity: 1)
      _ = try fair.buy(listing, by: TradeFair.localBuyer, atMost: 4 * unit)
    case .paused: try change(isPaused: true)
    case .validityPassed: try fair.pass(11)
    case .bondTooSmall: try fair.act(.takeBond(listing: listing, amount: 2 * unit - 4 * unit / 10 + 1), by: seller)
    case .otherAsset, .noKey, .cancelled, .unknown: break
    }
  }

  @Test(
    "an order that cannot be placed leaves the buyer everything but what the way cost", .timeLimit(.minutes(2)),
    arguments: Mishap.allCases)
  func mishap(_ mishap: Mishap) throws {
    let fair = try TradeFair()
    let money: Money = mishap == .otherAsset ? .hub : .market
    let listing = try fair.list(fair.terms(4 * unit, keyed: mishap == .noKey), by: seller)
    let target = mishap == .unknown ? listing + 1 : listing
    let start = try Position(fair, money)
    let order = try fair.sendPurchase(
      fair.order(target, by: buyer, atMost: 4 * unit, money, validFor: mishap == .validityPassed ? 10 : 1_000), by: buyer)
    #expect(try start.buyer - Position(fair, money).buyer == 4 * unit + money.fees, "it is on its way")
    try fair.audit()
    try prepare(mishap, listing, at: fair)
    let before = try Position(fair, money)
    if mishap == .cancelled {
      // The cancellation is younger and comes first.
      try fair.sendAct(.remoteCancel(listing: listing, nonce: 0), by: buyer)
      try fair.network.deliver(from: fair.hub, to: fair.market, range: try latest(fair)...latest(fair))
      #expect(try fair.state(order) == .cancelled)
    }
    try fair.network.settle()
    #expect(try fair.status(order, of: buyer) == refused)
    #expect(try fair.state(order) == (mishap == .cancelled ? .cancelled : nil))
    let after = try Position(fair, money)
    #expect(
      after.marketPot == before.marketPot && after.royaltyPot == before.royaltyPot && after.seller == before.seller, "nobody else gained")
    #expect(start.buyer - after.buyer == after.costs - start.costs, "not a unit is lost")
    #expect(start.buyer - after.buyer < unit / 10, "the price came home")
    #expect(try fair.purseThere(buyer, money) < unit, "and did not stay at the market")
    try fair.audit()
  }

  private func latest(_ fair: TradeFair) throws -> UInt64 {
    guard let range = try fair.network.pending(fair.hub, to: fair.market) else { throw TestChain.TestFailure("nothing is on its way") }
    return range.upperBound
  }

  @Test("every asset finds its way home", .timeLimit(.minutes(2)), arguments: Money.allCases) func wayHome(_ money: Money) throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * money.unit, money), by: seller)
    let before = try Position(fair, money)
    let order = try fair.buy(listing, by: buyer, atMost: 4 * money.unit - 1, money)
    #expect(try fair.status(order, of: buyer) == refused)
    let after = try Position(fair, money)
    #expect(after.isUndone(since: before))
    #expect(before.buyer - after.buyer < money.unit / 10)
    try fair.audit()
  }

  // MARK: On the way

  @Test("what expires in flight is given back, and can never be placed", .timeLimit(.minutes(2)), arguments: Money.allCases)
  func expiry(_ money: Money) throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * money.unit, money), by: seller)
    let before = try Position(fair, money)
    let order = try fair.sendPurchase(fair.order(listing, by: buyer, atMost: 4 * money.unit, money, timeout: 5_000), by: buyer)
    let nonce = try latest(fair)
    try fair.network.timeout(nonce, from: fair.hub, at: fair.market)
    #expect(try !fair.hub.failures().isEmpty, "it could still be placed")
    #expect(try fair.status(order, of: buyer) == .sent)
    try fair.wait(60_000)
    try fair.network.deliver(from: fair.hub, to: fair.market, range: nonce...nonce)
    #expect(try !fair.market.failures().isEmpty, "too late")
    #expect(try fair.state(order) == nil)
    try fair.audit()
    try fair.network.timeout(nonce, from: fair.hub, at: fair.market)
    #expect(try fair.hub.failures().isEmpty)
    #expect(try fair.status(order, of: buyer) == .returned)
    #expect(try fair.hub.balance(of: money.name(on: 1000), buyer.account) > 0)
    try fair.audit()
    // Neither the refund nor the delivery happens again.
    try fair.network.timeout(nonce, from: fair.hub, at: fair.market)
    #expect(try !fair.hub.failures().isEmpty)
    try fair.network.deliver(from: fair.hub, to: fair.market, range: nonce...nonce)
    #expect(try !fair.market.failures().isEmpty)
    #expect(try fair.state(order) == nil)
    let after = try Position(fair, money)
    #expect(after.marketPot == before.marketPot && after.seller == before.seller)
    if money != .hub { #expect(after.buyer == before.buyer, "whole") }
    try fair.audit()
  }

  @Test("an order is placed once, however often it is delivered or copied", .timeLimit(.minutes(2))) func duplicates() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let purchase = fair.order(listing, by: buyer, atMost: 4 * unit)
    let order = try fair.sendPurchase(purchase, by: buyer)
    let nonce = try latest(fair)
    try fair.network.deliver(from: fair.hub, to: fair.market)
    #expect(try fair.state(order) == .funded)
    let pot = try fair.marketPot(.market)
    try fair.hub.seal()
    try fair.network.deliver(from: fair.hub, to: fair.market, range: nonce...nonce)
    #expect(try !fair.market.failures().isEmpty)
    // The buyer's own program with the same order: the account there has money, the id is taken.
    try fair.endow(buyer, 10 * unit)
    try fair.hub.run(send(copy(of: purchase, order, nonce: 0, key: .zero), to: 2000), by: buyer.key)
    let events = try fair.network.settle()
    #expect(events[2000]?.failures == [.failed(at: 4, .expectationFalse)])
    #expect(try fair.marketPot(.market) == pot)
    #expect(try Marketplace.listings.get(listing, in: fair.market.context())?.openOrders == 1)
    #expect(try fair.status(order, of: buyer) == .placed)
    try fair.audit()
  }

  /// A program that orders from the buyer's account at the market.
  private func copy(of purchase: Marketplace.RemotePurchase, _ order: H256, nonce: UInt64, key: FixedBytes<33>) -> Xcm {
    let call = RuntimeCall.marketplace(
      .remoteBuy(
        order: order, listing: purchase.listing, quantity: purchase.quantity, maxPrice: purchase.maxPrice, buyerKey: key, nonce: nonce,
        validUntil: purchase.validUntil))
    let fees = Asset(.here, amount: unit)
    return [
      .withdrawAsset(Assets(fees)), .payFees(asset: fees),
      .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded())), .expectTransactStatus(.success),
      .refundSurplus, .depositAsset(assets: everything, beneficiary: buyer.location),
    ]
  }

  @Test("a key that is no point is refused at home, and at the market whoever sends it", .timeLimit(.minutes(2))) func offCurve() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit, keyed: true), by: seller)
    let bad = try #require(FixedBytes<33>([2] + [UInt8](repeating: 0xff, count: 32)))
    let purchase = fair.order(listing, by: buyer, atMost: 4 * unit, key: bad)
    let before = try Position(fair, .market)
    try fair.hub.seal([(buyer.key, .marketplace(.purchase(market: .sibling(2000), purchase: purchase)))])
    #expect(try fair.hub.failures() == failure(.badKey))
    #expect(try Position(fair, .market) == before)
    try fair.endow(buyer, 10 * unit)
    let order = MarketplacePallet.orderID(chain: 2000, listing: listing, buyer: buyer.location, nonce: 0)
    try fair.hub.run(send(copy(of: purchase, order, nonce: 0, key: bad), to: 2000), by: buyer.key)
    let events = try fair.network.settle()
    // The origin's descent counts in front of the program.
    #expect(events[2000]?.failures == [.failed(at: 4, .expectationFalse)])
    #expect(try fair.state(order) == nil)
    #expect(try fair.marketPot(.market) == before.marketPot)
    try fair.audit()
  }

  // MARK: Not sent at all

  @Test("what cannot be sent moves nothing", .timeLimit(.minutes(2))) func refusedAtHome() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let before = try Position(fair, .market)
    let good = fair.order(listing, by: buyer, atMost: 4 * unit)
    func refused(to market: Location = .sibling(2000), _ change: (inout Marketplace.RemotePurchase) -> Void) throws {
      var purchase = good
      change(&purchase)
      try fair.hub.seal([(buyer.key, .marketplace(.purchase(market: market, purchase: purchase)))])
      #expect(try fair.hub.failures().count == 1, "\(purchase)")
      #expect(try Position(fair, .market) == before)
    }
    try refused { $0.fees = unit / 100 }
    try refused { $0.fees = 0 }
    try refused { $0.maxPrice = 1_000 * unit }
    try refused { $0.maxPrice = 0 }
    try refused { $0.maxPrice = .max }
    try refused { $0.quantity = 0 }
    try refused { $0.timeout = 0 }
    try refused { $0.timeout = Marketplace.maximumPurchaseTimeout + 1 }
    try refused { $0.asset = .sibling(2001) }
    try refused(to: .sibling(3000)) { _ in }
    try refused(to: .here) { _ in }
    #expect(try fair.network.pending(fair.hub, to: fair.market) == nil)
    #expect(try Marketplace.remote.rows(in: fair.hub.context(), limit: 1).isEmpty)
    // A refused purchase takes no number.
    let order = try fair.sendPurchase(good, by: buyer)
    #expect(order == MarketplacePallet.orderID(chain: 2000, listing: listing, buyer: buyer.location, nonce: 0))
    try fair.audit()
  }

  @Test("no purchase leaves over a paused lane; one on its way waits, and comes home when it is too late", .timeLimit(.minutes(2)))
  func pausedLane() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let lane = TestNetwork.lane(fair.hub, fair.market)
    let before = try Position(fair, .market)
    try fair.hub.sudo(.messages(.pauseLane(lane: lane)))
    let purchase = fair.order(listing, by: buyer, atMost: 4 * unit, timeout: 30_000)
    try fair.hub.seal([(buyer.key, .marketplace(.purchase(market: .sibling(2000), purchase: purchase)))])
    #expect(try fair.hub.failures() == [failedLocally(at: 3, .transport)])
    #expect(try Position(fair, .market) == before)
    try fair.hub.sudo(.messages(.resumeLane(lane: lane)))
    let order = try fair.sendPurchase(purchase, by: buyer)
    try fair.market.sudo(.messages(.pauseLane(lane: lane)))
    let nonce = try latest(fair)
    try fair.network.deliver(from: fair.hub, to: fair.market)
    #expect(try !fair.market.failures().isEmpty && fair.state(order) == nil)
    try fair.wait(60_000)
    try fair.market.sudo(.messages(.resumeLane(lane: lane)))
    try fair.network.timeout(nonce, from: fair.hub, at: fair.market)
    #expect(try fair.status(order, of: buyer) == .returned)
    #expect(try Position(fair, .market) == before, "whole")
    try fair.network.deliver(from: fair.hub, to: fair.market, range: nonce...nonce)
    #expect(try !fair.market.failures().isEmpty && fair.state(order) == nil)
    try fair.audit()
  }

  @Test("a market whose programs are suspended turns the purchase away whole", .timeLimit(.minutes(2))) func suspended() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let before = try Position(fair, .market)
    try fair.market.sudo(.xcmPallet(.forceSuspension(suspended: true)))
    let order = try fair.buy(listing, by: buyer, atMost: 4 * unit)
    #expect(try fair.status(order, of: buyer) == .returned)
    #expect(try Position(fair, .market) == before)
    try fair.market.sudo(.xcmPallet(.forceSuspension(suspended: false)))
    #expect(try fair.status(fair.buy(listing, by: buyer, atMost: 4 * unit), of: buyer) == .placed)
    try fair.audit()
  }
}

import EchoRuntime
import Keys
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit

/// Where the two parties of a sale live, and what is paid with.
struct Sale: CustomTestStringConvertible, Sendable {
  var isBuyerRemote: Bool
  var isSellerRemote: Bool
  var money: Money
  var testDescription: String { "buyer \(isBuyerRemote ? "remote" : "local"), seller \(isSellerRemote ? "remote" : "local"), \(money)" }

  /// Whoever lives at the studio cannot be paid in assets that it reaches over the hub only.
  static let all: [Sale] = Money.allCases.flatMap { money in
    [false, true].flatMap { buyer in
      (money == .market ? [false, true] : [false]).map { Sale(isBuyerRemote: buyer, isSellerRemote: $0, money: money) }
    }
  }
}

@Suite("Trade between chains") struct TradeTests {
  private let engineer = Person(.dave, 2000)
  private let writer = Person(.eve, 1000)
  private let singer = Person(.ferdie, 2001)

  @Test("everybody gets exactly their part of a sale", .timeLimit(.minutes(2)), arguments: Sale.all) func sale(_ sale: Sale) throws {
    let fair = try TradeFair()
    let (money, price) = (sale.money, 40 * sale.money.unit)
    let buyer = sale.isBuyerRemote ? TradeFair.remoteBuyer : TradeFair.localBuyer
    let seller = sale.isSellerRemote ? TradeFair.remoteSeller : TradeFair.localSeller
    let work = try fair.register(by: seller, members: [(engineer, 700_000), (writer, 300_000)])
    let listing = try fair.list(fair.terms(price, money, work: work), by: seller)

    // The buyer pays what the program carries, the market holds the price.
    let (purse, pot, revenue) = (try fair.purse(buyer, money), try fair.marketPot(money), try fair.revenue(money, on: 2000))
    let order = try fair.buy(listing, by: buyer, atMost: price, money)
    #expect(try fair.state(order) == .funded)
    #expect(try fair.marketPot(money) - pot == price)
    if sale.isBuyerRemote {
      #expect(try fair.status(order, of: buyer) == .placed)
      #expect(try purse - fair.purse(buyer, money) == price + money.fees)
      let (left, execution) = (try fair.purseThere(buyer, money), try fair.revenue(money, on: 2000) - revenue)
      #expect(left + execution == money.fees && left > 0 && execution > 0, "what is left of the fees is the buyer's")
    } else {
      #expect(try purse - fair.purse(buyer, money) == price)
    }
    try fair.audit()

    // Released: 1 % to the market, 30 % to the work, the rest to the seller.
    try fair.act(.deliver(order: order, box: []), by: seller)
    #expect(try fair.state(order) == .delivered)
    let (income, royalties, before) = (
      try fair.purse(seller, money), try fair.royaltyPot(money), try fair.revenue(money, on: 2000)
    )
    try fair.act(.confirm(order: order), by: buyer)
    #expect(try fair.state(order) == .released)
    #expect(try fair.marketPot(money) == pot)
    #expect(try fair.revenue(money, on: 2000) - before >= price / 100)
    let share = price * 69 / 100
    if sale.isSellerRemote {
      #expect(try fair.due(seller, fair.soleSplit(seller), money) == share)
      #expect(try fair.royaltyPot(money) - royalties == share + price * 30 / 100)
    } else {
      #expect(try fair.purse(seller, money) - income == share)
      #expect(try fair.royaltyPot(money) - royalties == price * 30 / 100)
    }
    #expect(try fair.due(engineer, work.ownSplit, money) == price * 21 / 100)
    #expect(try fair.due(writer, work.ownSplit, money) == price * 9 / 100)
    try fair.audit()

    // Paid at home.
    let own = try fair.purse(engineer, money)
    try fair.market.run(.royalty(.claim(split: work.ownSplit, asset: money.name(on: 2000))), by: engineer.key)
    #expect(try fair.purse(engineer, money) - own == price * 21 / 100)
    try pay([(writer, work.ownSplit)], to: 1000, money, at: fair)
    if sale.isSellerRemote { try pay([(seller, fair.soleSplit(seller))], to: 2001, money, at: fair) }
    #expect(try fair.royaltyPot(money) == royalties)
    #expect(try fair.marketPot(money) == pot)
    try fair.audit()
  }

  /// Pays people on one chain and checks that what was due to them is theirs, but for the execution of which each bears a
  /// part.
  private func pay(_ claims: [(Person, UInt64)], to para: UInt32, _ money: Money, at fair: TradeFair) throws {
    // The largest is paid last and gets what is left.
    let items = try claims.map { (claim: $0, due: try fair.due($0.0, $0.1, money)) }.sorted { $0.due < $1.due }
    let total = items.reduce(0) { $0 + $1.due }
    let execution = try fair.execution(items.map { ($0.claim.0, $0.due) }, to: para, money)
    let (pot, revenue) = (try fair.royaltyPot(money), try fair.revenue(money, on: para))
    let people = Array(Set(claims.map(\.0)))
    let purses = try people.map { try fair.purse($0, money) }
    let payout = try fair.sendPayout(claims, to: para, money)
    #expect(try fair.royaltyPot(money) == pot - total, "it is in flight")
    try fair.audit()
    let events = try fair.network.settle()
    #expect(events[2000]?.contains(.royalty(.remoteSettled(payout: payout))) == true)
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context()) == nil)
    let gains = try zip(people, purses).map { try fair.purse($0, money) - $1 }
    let income = try fair.revenue(money, on: para) - revenue
    #expect(gains.reduce(0, +) + income == total, "not a unit is lost")
    for (person, gain) in zip(people, gains) where person != items.last?.claim.0 {
      let part = items.filter { $0.claim.0 == person }.reduce(0) { $0 + $1.due - (execution * $1.due + total - 1) / total }
      #expect(gain == part, "each bears its part of the fee, rounded up")
    }
    for claim in claims { #expect(try fair.due(claim.0, claim.1, money) == 0) }
    try fair.audit()
  }

  @Test("buyer, seller and beneficiaries all live elsewhere", .timeLimit(.minutes(2))) func everybodyRemote() throws {
    let fair = try TradeFair()
    let (buyer, seller, price) = (TradeFair.remoteBuyer, TradeFair.remoteSeller, 40 * unit)
    let second = Person(.alice, 1000)
    let members: [(Person, UInt32)] = [
      (seller, 400_000), (writer, 250_000), (second, 200_001), (singer, 149_999),
    ]
    let work = try fair.register(by: seller, members: members)
    let listing = try fair.list(fair.terms(price, work: work, bond: 4 * unit), by: seller)
    let order = try fair.buy(listing, by: buyer, atMost: price)
    #expect(try fair.status(order, of: buyer) == .placed)
    try fair.fulfil(order, seller: seller, buyer: buyer)
    #expect(try fair.state(order) == .released)
    let royalty = price * 30 / 100
    for (member, units) in members {
      #expect(try fair.due(member, work.ownSplit) == royalty / 1_000_000 * Balance(units), "\(member)")
    }
    // Two chains, one message for each, however many are paid.
    let pot = try fair.royaltyPot(.market)
    try pay([(writer, work.ownSplit), (second, work.ownSplit)], to: 1000, .market, at: fair)
    try pay([(seller, fair.soleSplit(seller)), (seller, work.ownSplit), (singer, work.ownSplit)], to: 2001, .market, at: fair)
    #expect(try pot - fair.royaltyPot(.market) == price * 99 / 100, "the market kept its rate and nothing else stayed")
    #expect(try fair.market.balance(of: .here, EchoRuntime.royaltyPot) == EchoRuntime.existentialDeposit)
  }

  @Test("a remix sold to a local buyer pays the work that it derives from, on another chain", .timeLimit(.minutes(2)))
  func derivedWork() throws {
    let fair = try TradeFair()
    let (seller, price) = (TradeFair.localSeller, 20 * unit)
    let parent = try fair.register(by: seller, members: [(writer, 1_000_000)])
    let id = RoyaltyPallet.workID(owner: parent.owner, meta: parent.meta)
    let remix = try fair.register(
      by: seller, members: [(engineer, 1_000_000)], royalty: 200_000,
      parents: [Royalty.ParentLink(work: id, licence: nil, share: 100_000)])
    let listing = try fair.list(fair.terms(price, work: remix), by: seller)
    let order = try fair.buy(listing, by: TradeFair.localBuyer, atMost: price)
    try fair.fulfil(order, seller: seller, buyer: TradeFair.localBuyer)
    for call in [
      Royalty.Call.pullEdge(from: remix.saleSplit, to: parent.saleSplit, asset: .here),
      .pullEdge(from: remix.saleSplit, to: remix.ownSplit, asset: .here),
    ] { try fair.market.run(.royalty(call), by: .dave) }
    // A third of what the sale brings, rounded up to a millionth, goes to the parent.
    let share = price * 30 / 100 / 1_000_000
    #expect(try fair.due(writer, parent.ownSplit) == share * 333_334)
    #expect(try fair.due(engineer, remix.ownSplit) == share * 666_666)
    try pay([(writer, parent.ownSplit)], to: 1000, .market, at: fair)
  }

  @Test("what is left of the price stays with the buyer, and pays for the next purchase", .timeLimit(.minutes(2)))
  func change() throws {
    let fair = try TradeFair()
    let (buyer, seller) = (TradeFair.remoteBuyer, TradeFair.localSeller)
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let revenue = try fair.revenue(.market, on: 2000)
    let order = try fair.buy(listing, by: buyer, atMost: 10 * unit)
    #expect(try fair.status(order, of: buyer) == .placed)
    #expect(try Marketplace.orders.get(order, in: fair.market.context())?.price == 4 * unit)
    let change = try fair.purseThere(buyer, .market)
    #expect(try change + fair.revenue(.market, on: 2000) - revenue == 6 * unit + Money.market.fees)
    // Two of them cost more than this program brings; the account has the rest.
    let next = fair.order(listing, by: buyer, atMost: 8 * unit, quantity: 2)
    let second = try fair.sendPurchase(next, by: buyer)
    try fair.network.settle()
    #expect(try fair.state(second) == .funded)
    try fair.audit()
  }

  @Test("what would be left of the price and cannot stay does not keep the order from being placed", .timeLimit(.minutes(2)))
  func dust() throws {
    let fair = try TradeFair()
    let (buyer, seller) = (TradeFair.remoteBuyer, TradeFair.localSeller)
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let (purse, pot, revenue) = (try fair.purse(buyer, .market), try fair.marketPot(.market), try fair.revenue(.market, on: 2000))
    let order = try fair.buy(listing, by: buyer, atMost: 4 * unit + 1_000)
    #expect(try fair.status(order, of: buyer) == .placed)
    #expect(try Marketplace.orders.get(order, in: fair.market.context())?.price == 4 * unit)
    let (spent, there) = (try purse - fair.purse(buyer, .market), try fair.purseThere(buyer, .market))
    let waiting = try Marketplace.refundable.get(buyer.accountThere, .here, in: fair.market.context())
    #expect(try waiting == 1_000 && fair.marketPot(.market) - pot == 4 * unit + 1_000)
    #expect(try spent == 4 * unit + 1_000 + there + fair.revenue(.market, on: 2000) - revenue)
    try fair.audit()
    // The account lives by what is left of the fees, and can take it.
    try fair.act(.withdraw(asset: .here), by: buyer)
    #expect(try Marketplace.refundable.get(buyer.accountThere, .here, in: fair.market.context()) == nil)
    #expect(try fair.marketPot(.market) - pot == 4 * unit)
    try fair.audit()
  }

  @Test("the same purchase twice is two orders under two ids, computed alike on both chains", .timeLimit(.minutes(2)))
  func identities() throws {
    let fair = try TradeFair()
    let (buyer, seller) = (TradeFair.remoteBuyer, TradeFair.localSeller)
    let listing = try fair.list(fair.terms(4 * unit), by: seller)
    let purchase = fair.order(listing, by: buyer, atMost: 4 * unit)
    let orders = try (0..<2).map { _ in try fair.sendPurchase(purchase, by: buyer) }
    for (nonce, order) in orders.enumerated() {
      #expect(order == MarketplacePallet.orderID(chain: 2000, listing: listing, buyer: buyer.location, nonce: UInt64(nonce)))
    }
    try fair.network.settle()
    for order in orders { #expect(try fair.state(order) == .funded) }
    #expect(try Marketplace.listings.get(listing, in: fair.market.context())?.terms.quantity == 3)
    // Its row at home can be forgotten once it has ended.
    try fair.hub.run(.marketplace(.forgetPurchase(order: orders[0])), by: buyer.key)
    #expect(try fair.status(orders[0], of: buyer) == nil)
    try fair.audit()
  }

  @Test("an asset that has no direct way to the market buys nothing, and pays nobody where it has none", .timeLimit(.minutes(2)))
  func noRoute() throws {
    let fair = try TradeFair()
    let listing = try fair.list(fair.terms(4 * unit, .hub), by: TradeFair.localSeller)
    // The hub's asset at the studio belongs on the hub.
    let purchase = fair.order(listing, by: TradeFair.remoteSeller, atMost: 4 * unit, .hub)
    try fair.studio.seal([(.charlie, .marketplace(.purchase(market: .sibling(2000), purchase: purchase)))])
    let refusal = DispatchError.module(ModuleError(pallet: 33, error: XcmPallet.Failure.invalidAssetUnsupportedReserve.rawValue))
    #expect(try fair.studio.failures() == [refusal])
    // A beneficiary at the studio keeps what is due until it names a place that the asset reaches.
    let work = try fair.register(by: TradeFair.localSeller, members: [(singer, 1_000_000)])
    try fair.market.run(
      .royalty(
        .pay(
          work: RoyaltyPallet.workID(owner: work.owner, meta: work.meta), asset: Money.hub.name(on: 2000), amount: 5 * unit,
          reference: .zero)))
    try fair.market.seal([(.dave, fair.payout([(singer, work.ownSplit)], to: 2001, .hub))])
    #expect(try fair.market.failures() == [refusal])
    #expect(try fair.due(singer, work.ownSplit, .hub) == 5 * unit)
    try fair.audit()
  }
}

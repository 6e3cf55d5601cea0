import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Auctions and offers") struct AuctionTests {
  private let chain = TestMarkets()
  private let english = goods(sale: .english(reserve: price, duration: 20), quantity: 1, bond: 5_000_000)

  // MARK: Dutch

  @Test("a falling price is on the straight line or less than one unit above it") func dutch() throws {
    let (start, floor) = (Balance(20_000_003), Balance(10_000_000))
    let number = try chain.list(goods(sale: .dutch(start: start, floor: floor, duration: 30), quantity: 40, bond: 80_000_000))
    for passed in Balance(0)...40 {
      let now = try TestMarket.price(of: number, in: chain.context)
      let fallen = (start - floor) * min(passed, 30) / 30
      #expect(now == (passed >= 30 ? floor : start - fallen))
      if passed % 10 == 3 {
        let call = Marketplace.Call.buy(listing: number, quantity: 2, maxPrice: 2 * now - 1, buyerKey: noKey)
        #expect(chain.run(call, .test(2)) == failure(.priceMoved))
        #expect(try chain.order(chain.buy(number, quantity: 2)).price == 2 * now)
      }
      try chain.pass(1)
    }
  }

  // MARK: English

  private func bid(_ amount: Balance, by bidder: UInt8, _ listing: UInt64 = 0) -> DispatchError? {
    chain.run(.bid(listing: listing, amount: amount, buyerKey: noKey), .test(bidder))
  }
  private func auction(_ listing: UInt64 = 0) throws -> Marketplace.Auction {
    try #require(try Marketplace.auctions.get(listing, in: chain.context))
  }

  @Test("each bid exceeds the last by the increment, and who is outbid has the money back") func outbid() throws {
    try chain.list(english)
    let before = try [2, 3].map { try chain.balance($0) }
    #expect(bid(price - 1, by: 2) == failure(.bidTooLow))
    #expect(bid(price, by: 2) == nil)
    #expect(try chain.held().bids == price && chain.balance(2) == before[0] - price)
    #expect(bid(10_199_999, by: 3) == failure(.bidTooLow))
    #expect(bid(10_200_000, by: 3) == nil)
    #expect(try chain.balance(2) == before[0] && chain.balance(3) == before[1] - 10_200_000)
    #expect(try chain.held().bids == 10_200_000)
    #expect(
      Array(chain.events.suffix(2)) == [
        .outbid(listing: 0, bidder: .test(2), amount: price),
        .bidPlaced(listing: 0, bidder: .test(3), amount: 10_200_000, endsAt: 21),
      ])
    // Raising one's own bid takes the difference only.
    #expect(bid(11_000_000, by: 3) == nil)
    #expect(try chain.balance(3) == before[1] - 11_000_000)
  }

  @Test("a bid near the end puts it off, three times and no more") func snipe() throws {
    try chain.list(english)
    var amount = price
    for (step, end) in [BlockNumber(26), 31, 36, 36].enumerated() {
      let now = try chain.now
      try chain.pass(try auction().endsAt - now - (step == 0 ? 4 : 0))
      #expect(bid(amount, by: UInt8(2 + step % 2)) == nil)
      #expect(try auction().endsAt == end)
      amount += amount / 10
    }
    #expect(try auction().extensions == 3)
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(bid(.max / 2, by: 4) == failure(.tooLate))
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == nil)
  }

  @Test("a bid with more time left than the window puts nothing off") func early() throws {
    try chain.list(english)
    try chain.pass(15)
    #expect(bid(price, by: 2) == nil)
    #expect(try auction().endsAt == 21 && auction().extensions == 0)
  }

  @Test("an auction that is over becomes an order of the highest bidder, and the listing ends with it") func close() throws {
    let before = try chain.balance(1)
    try chain.list(english)
    #expect(bid(20_000_000, by: 3) == nil)
    try chain.pass(21)
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == nil)
    let id = orderID(0, 0, buyer: account(3))
    let order = try chain.order(id)
    #expect(order.price == 20_000_000 && order.buyer == account(3) && order.fee == 200_000 && order.bond == 2_000_000)
    #expect(try chain.held().bids == 0 && chain.held().escrow == 20_000_000)
    #expect(!Marketplace.auctions.exists(0, in: chain.context))
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == failure(.notForSale))
    #expect(chain.run(.deliver(order: id, box: [])) == nil)
    #expect(chain.run(.confirm(order: id), .test(3)) == nil)
    #expect(!Marketplace.listings.exists(0, in: chain.context))
    #expect(try chain.balance(1) == before + 19_800_000)
    #expect(try chain.held().isEmpty)
  }

  @Test("an auction without a bid ends its listing") func noBid() throws {
    let before = try chain.balance(1)
    try chain.list(english)
    try chain.pass(20)
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == nil)
    #expect(Array(chain.events.suffix(2)) == [.auctionFailed(listing: 0), .delisted(listing: 0)])
    #expect(try chain.balance(1) == before && chain.held().isEmpty)
  }

  @Test("an auction whose order cannot be placed any more gives the bid back and ends") func unplaceable() throws {
    let work = chain.work(1, stack: 100_000)
    let before = try [1, 3].map { try chain.balance($0) }
    try chain.list(goods(work: work, sale: .english(reserve: price, duration: 20), quantity: 1))
    #expect(bid(price, by: 3) == nil)
    chain.work(1, stack: 999_000)
    try chain.pass(21)
    #expect(chain.run(.closeAuction(listing: 0), .test(9)) == nil)
    #expect(chain.events.contains(.auctionFailed(listing: 0)))
    #expect(try [1, 3].map { try chain.balance($0) } == before)
    #expect(try chain.held().isEmpty && Marketplace.buyerNonce.get(.test(3), in: chain.context) == 0)
    #expect(!Marketplace.listings.exists(0, in: chain.context))
  }

  @Test("while an auction runs, its listing cannot change or lose its bond") func frozen() throws {
    try chain.list(english)
    #expect(bid(price, by: 3) == nil)
    for call: Marketplace.Call in [
      .update(listing: 0, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: true)), .delist(listing: 0),
      .takeBond(listing: 0, amount: 5_000_000),
    ] {
      #expect(chain.run(call) == failure(.frozen))
    }
    #expect(chain.run(.addBond(listing: 0, amount: 1)) == nil)
  }

  @Test("a bid that the seller's bond would not cover is refused") func uncovered() throws {
    try chain.list(english)
    #expect(bid(50_000_010, by: 2) == failure(.bondTooSmall))
    #expect(bid(50_000_000, by: 2) == nil)
  }

  @Test("who is outbid and cannot be paid finds the money waiting") func outbidWaits() throws {
    try chain.list(english)
    TestBook.balances.set(here, TestBook.blocked, to: TestMarkets.wealth, in: chain.context)
    #expect(chain.run(.bid(listing: 0, amount: price, buyerKey: noKey), .signed(TestBook.blocked)) == nil)
    #expect(bid(2 * price, by: 2) == nil)
    #expect(try chain.waiting(TestBook.blocked) == price)
    #expect(try chain.held().bids == 2 * price && chain.held().refundable == price)
  }

  // MARK: Offers

  private func offer(_ amount: Balance, by buyer: UInt8 = 2, quantity: UInt32 = 1, until: BlockNumber = 10) -> DispatchError? {
    chain.run(.makeOffer(listing: 0, quantity: quantity, price: amount, expires: until, buyerKey: noKey), .test(buyer))
  }

  @Test("an accepted offer is an order at its own price") func accept() throws {
    try chain.list(goods())
    let before = try chain.balance(2)
    #expect(offer(15_000_000, quantity: 2) == nil)
    #expect(try chain.balance(2) == before - 15_000_000 && chain.held().bids == 15_000_000)
    #expect(try Marketplace.offerCount.get(0, in: chain.context) == 1)
    #expect(chain.events.last == .offerMade(offer: 0, listing: 0, buyer: .test(2), price: 15_000_000))
    #expect(chain.run(.acceptOffer(offer: 0)) == nil)
    let order = try chain.order(orderID(0, 0))
    #expect(order.price == 15_000_000 && order.quantity == 2 && order.buyer == account(2))
    #expect(try chain.held().bids == 0 && chain.held().escrow == 15_000_000)
    #expect(try !Marketplace.offers.exists(0, in: chain.context) && Marketplace.offerCount.get(0, in: chain.context) == 0)
    #expect(try chain.listing(0).terms.quantity == 3)
  }

  @Test("an offer is taken back by its buyer or rejected by the seller, by anybody once it has expired or its listing is gone")
  func withdraw() throws {
    try chain.list(goods())
    let before = try chain.balance(2)
    for _ in 0..<3 { #expect(offer(price) == nil) }
    #expect(offer(price, until: 1_002) == failure(.windowOutOfRange))
    #expect(chain.run(.withdrawOffer(offer: 0), .test(3)) == failure(.notParty))
    #expect(chain.run(.withdrawOffer(offer: 0), .test(2)) == nil)
    try chain.pass(9)
    #expect(chain.run(.acceptOffer(offer: 1)) == failure(.tooLate))
    #expect(chain.run(.withdrawOffer(offer: 1), .test(3)) == nil)
    #expect(chain.events.last == .offerWithdrawn(offer: 1))
    #expect(offer(price, until: 1_010) == nil)
    #expect(offer(price, until: 100) == nil)
    #expect(chain.run(.withdrawOffer(offer: 4), .test(1)) == nil)
    #expect(chain.run(.delist(listing: 0)) == nil)
    for number in UInt64(2)...3 { #expect(chain.run(.withdrawOffer(offer: number), .test(3)) == nil) }
    #expect(try chain.balance(2) == before && chain.held().isEmpty)
    #expect(chain.run(.withdrawOffer(offer: 3), .test(2)) == failure(.unknownOffer))
  }

  @Test("sixty-four offers wait on a listing, and no more") func limit() throws {
    try chain.list(goods())
    for _ in 0..<64 { #expect(offer(1_000_000) == nil) }
    let before = chain.context.trace
    #expect(offer(1_000_000) == failure(.tooMuch))
    #expect(chain.context.trace == before)
    #expect(chain.run(.withdrawOffer(offer: 5), .test(2)) == nil)
    #expect(offer(1_000_000) == nil)
  }

  @Test("only the seller takes an offer, and not for what is sold out, paused or not covered") func refused() throws {
    try chain.list(goods(quantity: 2, bond: 1_500_000))
    #expect(offer(price, quantity: 2, until: 100) == nil)
    #expect(chain.run(.acceptOffer(offer: 0), .test(3)) == failure(.notParty))
    #expect(chain.run(.update(listing: 0, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: true))) == nil)
    #expect(chain.run(.acceptOffer(offer: 0)) == failure(.notForSale))
    #expect(chain.run(.update(listing: 0, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: false))) == nil)
    let sold = try chain.buy(0)
    #expect(chain.run(.acceptOffer(offer: 0)) == failure(.quantityUnavailable))
    #expect(chain.run(.update(listing: 0, changes: .init(price: nil, quantity: 2, meta: nil, isPaused: nil))) == nil)
    #expect(chain.run(.acceptOffer(offer: 0)) == failure(.bondTooSmall))
    #expect(chain.run(.deliver(order: sold, box: [])) == nil)
    #expect(chain.run(.confirm(order: sold), .test(2)) == nil)
    #expect(chain.run(.acceptOffer(offer: 0)) == nil)
  }
}

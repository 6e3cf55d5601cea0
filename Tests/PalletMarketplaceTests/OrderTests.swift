import Files
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Orders") struct OrderTests {
  private let chain = TestMarkets()

  @Test("an order holds its price in escrow and a copy of everything that it was made with") func buy() throws {
    let work = chain.work(1, stack: 150_000)
    let number = try chain.list(goods(work: work))
    let before = try chain.balance(2)
    let id = try chain.buy(number, quantity: 3)
    #expect(try chain.balance(2) == before - 3 * price)
    #expect(try chain.held().escrow == 3 * price)
    let order = try chain.order(id)
    #expect(order.buyer == account(2) && order.seller == account(1) && order.listing == number && order.quantity == 3)
    #expect(order.price == 30_000_000 && order.fee == 300_000 && order.royalty == 4_500_000 && order.bond == 3_000_000)
    #expect(order.state == .funded && order.deadline == 21 && order.orderedAt == 1 && order.work == work && !order.isReviewed)
    let row = try chain.listing(number)
    #expect(row.terms.quantity == 2 && row.openOrders == 1 && row.bondInUse == 3_000_000)
    for party in [UInt8(1), 2] { #expect(Marketplace.byParty.exists(.test(party), id, in: chain.context)) }
    #expect(chain.events.last == .ordered(order: id, listing: number, buyer: account(2), price: 30_000_000))
    #expect(chain.run(.buy(listing: number, quantity: 3, maxPrice: .max, buyerKey: noKey), .test(2)) == failure(.quantityUnavailable))
  }

  @Test("a confirmed delivery releases the money: seller, royalty and fee sum to the price") func confirm() throws {
    let work = chain.work(1, stack: 333_333)
    let id = try chain.delivered(goods(work: work, sale: .fixed(price: 1_000_001)))
    let (seller, treasury) = (try chain.balance(1), try chain.treasury)
    #expect(try chain.order(id).deadline == 31)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    // Fee and royalty are rounded down, and the seller has the rest.
    #expect(chain.events.last == .released(order: id, seller: 656_668, royalty: 333_333, fee: 10_000))
    #expect(try chain.balance(1) == seller + 656_668)
    #expect(try chain.treasury == treasury + 10_000)
    #expect(try chain.credited(work) == 333_333)
    #expect(try chain.held().escrow == 0)
    #expect(try chain.order(id).state == .released)
    let row = try chain.listing(0)
    #expect(row.openOrders == 0 && row.bondInUse == 0 && row.terms.bond == 5_000_000)
    #expect(try chain.rating(0).settled == 1)
  }

  @Test("anybody releases a delivery that nobody complained of in time") func settleDelivered() throws {
    let id = try chain.delivered()
    try chain.pass(30)
    #expect(chain.run(.settle(order: id), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.confirm(order: id), .test(2)) == failure(.tooLate))
    let cranker = try chain.balance(9)
    #expect(chain.run(.settle(order: id), .test(9)) == nil)
    #expect(try chain.order(id).state == .released)
    // Nobody has failed, so nobody pays for it.
    #expect(try chain.balance(9) == cranker)
  }

  @Test("a seller who settles an order that he let expire gets nothing for it") func ownExpiry() throws {
    let number = try chain.list(goods())
    let (buyer, seller) = (try chain.balance(2), try chain.balance(1))
    let id = try chain.buy(number)
    try chain.pass(21)
    #expect(chain.run(.settle(order: id), .test(1)) == nil)
    #expect(try chain.balance(2) == buyer + 1_000_000)
    #expect(try chain.balance(1) == seller)
  }

  @Test("what is not delivered in time is refunded with the seller's bond, and a tenth of that goes to whoever says so")
  func settleFunded() throws {
    let number = try chain.list(goods())
    let (buyer, cranker) = (try chain.balance(2), try chain.balance(9))
    let id = try chain.buy(number)
    try chain.pass(20)
    #expect(chain.run(.settle(order: id), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.deliver(order: id, box: [])) == failure(.tooLate))
    #expect(chain.run(.settle(order: id), .test(9)) == nil)
    #expect(try chain.order(id).state == .refunded)
    #expect(try chain.balance(2) == buyer + 900_000)
    #expect(try chain.balance(9) == cranker + 100_000)
    #expect(chain.events.contains(.refunded(order: id, reason: .notDelivered)))
    let row = try chain.listing(number)
    #expect(row.terms.bond == 4_000_000 && row.bondInUse == 0 && row.openOrders == 0)
    #expect(try chain.held().bonds == 4_000_000)
    #expect(try chain.rating(number).refunded == 1)
  }

  @Test("whoever is no party or comes in the wrong state is sent away") func parties() throws {
    let id = try chain.buy(chain.list(goods()))
    #expect(chain.run(.confirm(order: id), .test(2)) == failure(.wrongState))
    #expect(chain.run(.deliver(order: id, box: []), .test(2)) == failure(.notParty))
    #expect(chain.run(.deliver(order: id, box: [1])) == failure(.badBox))
    #expect(chain.run(.deliver(order: id, box: [])) == nil)
    #expect(chain.run(.deliver(order: id, box: [])) == failure(.wrongState))
    #expect(chain.run(.confirm(order: id)) == failure(.notParty))
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(chain.run(.confirm(order: id), .test(2)) == failure(.wrongState))
    #expect(chain.run(.settle(order: id), .test(2)) == failure(.wrongState))
  }

  @Test("a price that has risen is not paid, nor one unit more than the buyer accepts") func maximum() throws {
    let number = try chain.list(goods())
    func buy(_ most: Balance) -> Marketplace.Call { .buy(listing: number, quantity: 2, maxPrice: most, buyerKey: noKey) }
    #expect(chain.run(buy(2 * price - 1), .test(2)) == failure(.priceMoved))
    #expect(chain.run(buy(2 * price), .test(2)) == nil)
    #expect(chain.run(.update(listing: number, changes: .init(price: price + 1, quantity: nil, meta: nil, isPaused: nil))) == nil)
    #expect(chain.run(buy(2 * price), .test(2)) == failure(.priceMoved))
  }

  @Test("an edit of the listing, of rates or of the work reaches no order that stands") func frozen() throws {
    let work = chain.work(1, stack: 100_000)
    let number = try chain.list(goods(work: work))
    let id = try chain.buy(number)
    let before = try chain.order(id)
    #expect(chain.run(.update(listing: number, changes: .init(price: 99_000_000, quantity: 9, meta: nil, isPaused: true))) == nil)
    chain.work(1, stack: 900_000)
    #expect(try chain.order(id) == before)
    #expect(chain.run(.deliver(order: id, box: [])) == nil)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(chain.events.last == .released(order: id, seller: 8_900_000, royalty: 1_000_000, fee: 100_000))
  }

  @Test("an order in another asset is paid and released in it") func asset() throws {
    let id = try chain.delivered(goods(asset: gold))
    let before = try chain.balance(1, gold)
    #expect(try chain.held(gold).escrow == price && chain.held().isEmpty)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(try chain.balance(1, gold) == before + 9_900_000)
  }

  // MARK: Money that cannot be paid out

  @Test("what an account cannot take waits for it, and holds up no order") func refundable() throws {
    TestBook.balances.set(here, TestBook.blocked, to: TestMarkets.wealth, in: chain.context)
    let number = try chain.list(goods(), by: .signed(TestBook.blocked))
    let id = try chain.buy(number)
    #expect(chain.run(.deliver(order: id, box: []), .signed(TestBook.blocked)) == nil)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(try chain.order(id).state == .released)
    #expect(try chain.waiting(TestBook.blocked) == 9_900_000 && chain.held().refundable == 9_900_000)
    #expect(chain.events.contains(.refundWaits(account: TestBook.blocked, asset: here, amount: 9_900_000)))
    #expect(chain.run(.withdraw(asset: here), .signed(TestBook.blocked)) == .token(.belowMinimum))
    TestBook.isOpen.set(true, in: chain.context)
    let before = try chain.balance(TestBook.blocked)
    #expect(chain.run(.withdraw(asset: here), .signed(TestBook.blocked)) == nil)
    #expect(try chain.balance(TestBook.blocked) == before + 9_900_000)
    #expect(chain.events.last == .withdrawn(account: TestBook.blocked, asset: here, amount: 9_900_000))
    #expect(try chain.held().refundable == 0)
    #expect(chain.run(.withdraw(asset: here), .signed(TestBook.blocked)) == failure(.nothingToWithdraw))
  }

  @Test("a fee below the treasury's minimum waits for the next") func dust() throws {
    var parameters = TestConfig.parameters
    parameters.feeRate = 5
    #expect(chain.run(.setParameters(parameters: parameters), .root) == nil)
    TestBook.balances.remove(here, TestConfig.treasury, in: chain.context)
    let id = try chain.delivered(goods(sale: .fixed(price: 1_000_000)))
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(try chain.waiting(TestConfig.treasury) == 5)
    // What waits comes with the next payment, and two that were too little alone are enough together.
    let next = try chain.buy(0)
    #expect(chain.run(.deliver(order: next, box: [])) == nil)
    #expect(chain.run(.confirm(order: next), .test(2)) == nil)
    #expect(try chain.waiting(TestConfig.treasury) == 0 && chain.treasury == 10 && chain.held().refundable == 0)
    #expect(chain.events.contains(.withdrawn(account: TestConfig.treasury, asset: here, amount: 5)))
  }

  @Test("a royalty that the work's split cannot take goes to the work's owner") func full() throws {
    let work = chain.work(1, stack: 100_000)
    let id = try chain.delivered(goods(work: work))
    TestRoyaltyBook.isFull.set(true, in: chain.context)
    let before = try chain.balance(1)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(try chain.order(id).state == .released)
    #expect(try chain.balance(1) == before + 9_900_000)
    #expect(try chain.credited(work) == 0 && chain.held().escrow == 0)
  }

  @Test("money that no payout takes goes to the account here of whoever lives elsewhere") func noPayout() throws {
    let number = try chain.list(goods(), by: fromAfar)
    let id = try chain.buy(number)
    #expect(chain.run(.deliver(order: id, box: []), fromAfar) == nil)
    TestRoyaltyBook.isFull.set(true, in: chain.context)
    let before = try chain.balance(TestMarkets.derived)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    #expect(try chain.owed(afar) == 0)
    #expect(try chain.balance(TestMarkets.derived) == before + 9_900_000)
  }

  // MARK: Ends

  @Test("an ended order stays for the review window and is then removed by anybody") func prune() throws {
    let file = TestFile.honest.listing()
    let id = try chain.buy(chain.list(file), key: TestKeys.buyerKey)
    #expect(chain.run(.prune(order: id), .test(9)) == failure(.wrongState))
    #expect(chain.run(.deliver(order: id, box: TestKeys.box.bytes)) == nil)
    #expect(chain.run(.confirm(order: id), .test(2)) == nil)
    try chain.pass(50)
    #expect(chain.run(.prune(order: id), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.prune(order: id), .test(9)) == nil)
    #expect(!Marketplace.orders.exists(id, in: chain.context) && !Marketplace.keyBoxes.exists(id, in: chain.context))
    for party in [UInt8(1), 2] { #expect(!Marketplace.byParty.exists(.test(party), id, in: chain.context)) }
    #expect(chain.events.last == .pruned(order: id))
    #expect(chain.run(.prune(order: id), .test(9)) == failure(.unknownOrder))
    // Its number is never given again.
    #expect(try chain.buy(0, key: TestKeys.buyerKey) != id)
  }
}

import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Subscriptions") struct SubscriptionTests {
  private let chain = TestMarkets()
  private let rate: Balance = 100_000

  /// A listing at ``rate`` for each block, to which account 2 subscribes for twenty.
  private func subscribe(work: H256? = nil, prepay: Balance = 2_000_000) throws {
    try chain.list(goods(.subscription, work: work, sale: .fixed(price: rate), bond: 0))
    #expect(chain.run(.subscribe(listing: 0, prepay: prepay), .test(2)) == nil)
  }
  private func row() throws -> Marketplace.Subscription? { try Marketplace.subscriptions.get(0, .test(2), in: chain.context) }
  private func hasAccess(_ account: UInt8 = 2) throws -> Bool { try TestMarket.hasAccess(.test(account), to: 0, in: chain.context) }

  @Test("prepaid money buys access block by block, and none after it") func access() throws {
    let before = try chain.balance(2)
    try subscribe()
    #expect(try chain.balance(2) == before - 2_000_000 && chain.held().prepaid == 2_000_000)
    #expect(chain.events.last == .subscribed(listing: 0, account: .test(2), prepaid: 2_000_000))
    #expect(try !hasAccess(3))
    for _ in 0...20 {
      #expect(try hasAccess())
      try chain.pass(1)
    }
    #expect(try !hasAccess())
    // Nothing moves until somebody settles; then all of it is the seller's.
    #expect(try chain.held().prepaid == 2_000_000)
    #expect(chain.run(.settleSubscription(listing: 0, account: .test(2)), .test(9)) == nil)
    #expect(chain.events.last == .unsubscribed(listing: 0, account: .test(2), returned: 0))
    #expect(try row() == nil && chain.held().isEmpty)
  }

  @Test("what was used is divided like a price, and the meter starts anew") func settle() throws {
    let work = chain.work(1, stack: 100_000)
    try subscribe(work: work)
    let (seller, treasury) = (try chain.balance(1), try chain.treasury)
    // Small parts are not settled one by one: fee and royalty would be rounded away.
    let settle = Marketplace.Call.settleSubscription(listing: 0, account: .test(2))
    try chain.pass(9)
    #expect(chain.run(settle, .test(9)) == failure(.tooEarly))
    try chain.pass(3)
    #expect(chain.run(settle, .test(9)) == nil)
    #expect(chain.events.last == .subscriptionSettled(listing: 0, account: .test(2), amount: 1_200_000))
    #expect(try chain.balance(1) == seller + 1_068_000 && chain.treasury == treasury + 12_000 && chain.credited(work) == 120_000)
    #expect(try row()?.prepaid == 800_000 && row()?.lastSettled == 13)
    #expect(chain.run(settle, .test(9)) == failure(.tooEarly))
    // What is left is settled however little it is.
    try chain.pass(8)
    #expect(chain.run(settle, .test(9)) == nil)
    #expect(try row() == nil && chain.held().isEmpty)
  }

  @Test("more money settles what was used and adds to the rest") func topUp() throws {
    try subscribe()
    try chain.pass(5)
    #expect(chain.run(.topUp(listing: 0, amount: 1_000_000), .test(2)) == nil)
    #expect(chain.events.last == .subscribed(listing: 0, account: .test(2), prepaid: 2_500_000))
    #expect(try row()?.prepaid == 2_500_000 && chain.held().prepaid == 2_500_000)
    // One that has run out lives again, and the time without access is not charged.
    try chain.pass(100)
    #expect(try !hasAccess())
    #expect(chain.run(.topUp(listing: 0, amount: 300_000), .test(2)) == nil)
    #expect(try hasAccess() && row()?.prepaid == 300_000)
  }

  @Test("whoever leaves has back what is unspent, to the unit") func unsubscribe() throws {
    let before = try chain.balance(2)
    try subscribe()
    try chain.pass(3)
    #expect(chain.run(.unsubscribe(listing: 0), .test(2)) == nil)
    #expect(chain.events.last == .unsubscribed(listing: 0, account: .test(2), returned: 1_700_000))
    #expect(try chain.balance(2) == before - 300_000 && chain.held().isEmpty && row() == nil)
    #expect(chain.run(.unsubscribe(listing: 0), .test(2)) == failure(.subscription))
    #expect(chain.run(.subscribe(listing: 0, prepay: 1_000_000), .test(2)) == nil)
  }

  @Test("what is left that pays no whole block is used by the next") func rest() throws {
    try subscribe(prepay: 1_050_000)
    try chain.pass(10)
    #expect(try hasAccess())
    #expect(chain.run(.settleSubscription(listing: 0, account: .test(2)), .test(9)) == nil)
    #expect(try row()?.prepaid == 50_000)
    try chain.pass(1)
    #expect(try !hasAccess())
    #expect(chain.run(.settleSubscription(listing: 0, account: .test(2)), .test(9)) == nil)
    #expect(try row() == nil)
  }

  @Test("a new price, a pause and the end of the listing leave standing subscriptions as they are") func listing() throws {
    try subscribe()
    #expect(chain.run(.update(listing: 0, changes: .init(price: 1, quantity: nil, meta: nil, isPaused: true))) == nil)
    #expect(chain.run(.subscribe(listing: 0, prepay: 1_000_000), .test(3)) == failure(.notForSale))
    #expect(chain.run(.delist(listing: 0)) == nil)
    try chain.pass(5)
    #expect(try hasAccess())
    let seller = try chain.balance(1)
    #expect(chain.run(.unsubscribe(listing: 0), .test(2)) == nil)
    #expect(try chain.balance(1) == seller + 495_000)
  }

  @Test("a subscription is bought by subscribing, once, with enough, and nothing else is") func refused() throws {
    try subscribe()
    try chain.list(goods())
    let key = noKey
    let refusals: [(Marketplace.Call, Marketplace.Failure)] = [
      (.subscribe(listing: 0, prepay: 2_000_000), .subscription), (.subscribe(listing: 1, prepay: 2_000_000), .notForSale),
      (.buy(listing: 0, quantity: 1, maxPrice: .max, buyerKey: key), .notForSale),
      (.makeOffer(listing: 0, quantity: 1, price: price, expires: 9, buyerKey: key), .notForSale),
      (.topUp(listing: 1, amount: 1), .subscription), (.topUp(listing: 0, amount: 0), .belowMinimumPrice),
      (.settleSubscription(listing: 1, account: .test(2)), .subscription),
    ]
    for (call, expected) in refusals { #expect(chain.run(call, .test(2)) == failure(expected)) }
    #expect(chain.run(.subscribe(listing: 0, prepay: 999_999), .test(3)) == failure(.belowMinimumPrice))
    #expect(chain.run(.update(listing: 0, changes: .init(price: 3_000_000, quantity: nil, meta: nil, isPaused: nil))) == nil)
    #expect(chain.run(.subscribe(listing: 0, prepay: 2_999_999), .test(3)) == failure(.belowMinimumPrice))
  }
}

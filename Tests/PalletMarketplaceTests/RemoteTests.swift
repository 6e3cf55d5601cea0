import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Purchases between chains") struct RemoteTests {
  private let chain = TestMarkets()

  // MARK: At the market

  private func buy(
    _ nonce: UInt64, listing: UInt64 = 0, order: H256? = nil, maxPrice: Balance = price, until: BlockNumber = 10
  ) -> Marketplace.Call {
    .remoteBuy(
      order: order ?? orderID(listing, nonce, buyer: afar), listing: listing, quantity: 1, maxPrice: maxPrice, buyerKey: noKey,
      nonce: nonce, validUntil: until)
  }

  @Test("a program buys for whoever it speaks for, from the account here, and refunds go home") func remoteBuy() throws {
    let number = try chain.list(goods())
    let before = try chain.balance(TestMarkets.derived)
    #expect(chain.run(buy(5), fromAfar) == nil)
    let id = orderID(number, 5, buyer: afar)
    #expect(try chain.order(id).buyer == afar)
    #expect(try chain.balance(TestMarkets.derived) == before - price)
    #expect(Marketplace.byParty.exists(TestMarkets.derived, id, in: chain.context))
    #expect(chain.run(buy(5), fromAfar) == failure(.duplicateOrder))
    // Ids need not be consecutive.
    #expect(chain.run(buy(2), fromAfar) == nil)
    try chain.pass(21)
    #expect(chain.run(.settle(order: id), .test(9)) == nil)
    #expect(try chain.owed(afar) == price + 900_000)
    #expect(try chain.balance(TestMarkets.derived) == before - 2 * price)
  }

  @Test("a purchase that is late, dear, or under an id that is not its own is refused") func refused() throws {
    try chain.list(goods())
    #expect(chain.run(buy(0, maxPrice: price - 1), fromAfar) == failure(.priceMoved))
    #expect(chain.run(buy(0, order: orderID(0, 1, buyer: afar)), fromAfar) == failure(.badPurchase))
    #expect(chain.run(buy(0, order: orderID(0, 0, buyer: account(2))), fromAfar) == failure(.badPurchase))
    #expect(chain.run(buy(0), .test(2)) == .badOrigin)
    #expect(chain.run(buy(0, order: orderID(0, 0, buyer: .parent)), .xcm(location: Location.parent.encoded())) == failure(.notParty))
    #expect(chain.run(buy(0), .xcm(location: [9])) == .badOrigin)
    // An account of this chain cannot take an id before its next order has it.
    let local = Origin.xcm(location: account(2).encoded())
    #expect(chain.run(buy(0, order: orderID(0, 0)), local) == .badOrigin)
    #expect(chain.run(.remoteCancel(listing: 0, nonce: 0), local) == .badOrigin)
    try chain.pass(10)
    #expect(chain.run(buy(0), fromAfar) == failure(.tooLate))
    #expect(chain.run(buy(0, until: 11), fromAfar) == nil)
  }

  @Test("what would be too little to stay in the account of a buyer elsewhere waits with the market") func dust() throws {
    try chain.list(goods())
    TestBook.balances.set(here, TestMarkets.derived, to: price + 5, in: chain.context)
    #expect(chain.run(buy(0), fromAfar) == nil)
    #expect(try chain.balance(TestMarkets.derived) == 0 && chain.waiting(TestMarkets.derived) == 5)
    #expect(try chain.held().escrow == price && chain.held().refundable == 5)
    #expect(chain.run(.withdraw(asset: here), fromAfar) == .token(.belowMinimum))
    TestBook.balances.set(here, TestMarkets.derived, to: price + 10, in: chain.context)
    #expect(chain.run(.withdraw(asset: here), fromAfar) == nil)
    #expect(try chain.balance(TestMarkets.derived) == price + 15 && chain.held().refundable == 0)
    // Enough to stay stays.
    #expect(chain.run(buy(1), fromAfar) == nil)
    #expect(try chain.balance(TestMarkets.derived) == 15)
  }

  @Test("a cancelled id is worth nothing, and one that has arrived cannot be cancelled") func remoteCancel() throws {
    try chain.list(goods())
    #expect(chain.run(.remoteCancel(listing: 0, nonce: 0), fromAfar) == nil)
    let id = orderID(0, 0, buyer: afar)
    #expect(chain.events.last == .remoteCancelled(order: id))
    #expect(try chain.order(id).state == .cancelled && chain.order(id).price == 0 && chain.held().escrow == 0)
    #expect(chain.run(buy(0), fromAfar) == failure(.duplicateOrder))
    #expect(chain.run(.remoteCancel(listing: 0, nonce: 0), fromAfar) == failure(.duplicateOrder))
    #expect(chain.run(.settle(order: id), .test(9)) == failure(.wrongState))
    #expect(chain.run(.review(order: id, stars: 1, text: []), fromAfar) == failure(.badReview))
    #expect(chain.run(.remoteCancel(listing: 9, nonce: 0), fromAfar) == failure(.notForSale))
    #expect(chain.run(.remoteCancel(listing: 0, nonce: 1), .test(2)) == .badOrigin)
    #expect(chain.run(buy(1), fromAfar) == nil)
    #expect(chain.run(.remoteCancel(listing: 0, nonce: 1), fromAfar) == failure(.duplicateOrder))
    // The row outlives the longest message.
    try chain.pass(50)
    #expect(chain.run(.prune(order: id), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.prune(order: id), .test(9)) == nil)
    #expect(!Marketplace.byParty.exists(TestMarkets.derived, id, in: chain.context))
  }

  @Test("a buyer on another chain does all that one here does") func remoteBuyer() throws {
    try chain.list(goods(.licence, licence: terms()))
    #expect(chain.run(buy(0), fromAfar) == nil)
    let id = orderID(0, 0, buyer: afar)
    #expect(chain.run(.deliver(order: id, box: [])) == nil)
    #expect(chain.run(.confirm(order: id), .test(2)) == failure(.notParty))
    #expect(chain.run(.confirm(order: id), fromAfar) == nil)
    #expect(chain.run(.review(order: id, stars: 5, text: []), fromAfar) == nil)
    #expect(try Marketplace.licences.get(0, in: chain.context)?.holder == afar)
  }

  // MARK: At the buyer's chain

  private func order(
    asset: Location = here, maxPrice: Balance = 2_000_000, timeout: UInt64 = 60_000, key: FixedBytes<33> = noKey, quantity: UInt32 = 1
  ) -> Marketplace.RemotePurchase {
    Marketplace.RemotePurchase(
      listing: 4, quantity: quantity, asset: asset, maxPrice: maxPrice, fees: 1_000, buyerKey: key, validUntil: 100, timeout: timeout)
  }
  private func id(_ nonce: UInt64) -> H256 {
    TestMarket.orderID(chain: TestRemote.chainID, listing: 4, buyer: TestRemote.location(of: .test(2)), nonce: nonce)
  }

  @Test("a purchase leaves with its money and under the id that the market will give it") func purchase() throws {
    let before = try chain.balance(2)
    for nonce in UInt64(0)...1 {
      #expect(chain.run(.purchase(market: market, purchase: order()), .test(2)) == nil)
      let message = TestRemote.message(nonce + 1)
      #expect(chain.events.last == .remoteOrdered(order: id(nonce), market: market, message: message))
      #expect(try TestRemote.orders.get(message, in: chain.context) == id(nonce))
      let row = try #require(try Marketplace.remote.get(id(nonce), in: chain.context))
      #expect(row.buyer == .test(2) && row.market == market && row.purchase == order() && row.message == message && row.status == .sent)
    }
    #expect(try chain.balance(2) == before - 2 * 2_001_000)
  }

  @Test(
    "a purchase ends by the lane's receipt, once",
    arguments: [
      (Marketplace.PurchaseEnding.executed, Marketplace.RemoteStatus.placed),
      (.failed(index: 4, error: 24), .failed(index: 4, error: 24)), (.returned, .returned),
    ])
  func endings(ending: Marketplace.PurchaseEnding, status: Marketplace.RemoteStatus) throws {
    #expect(chain.run(.purchase(market: market, purchase: order()), .test(2)) == nil)
    let message = TestRemote.message(1)
    #expect(chain.run(.forgetPurchase(order: id(0)), .test(2)) == failure(.wrongState))
    // Anybody could send a message under the same id.
    TestMarket.purchaseEnded(message: message, by: .test(3), ending, in: chain.context)
    #expect(try Marketplace.remote.get(id(0), in: chain.context)?.status == .sent)
    TestMarket.purchaseEnded(message: message, by: .test(2), ending, in: chain.context)
    #expect(try Marketplace.remote.get(id(0), in: chain.context)?.status == status)
    let event: Marketplace.Event =
      switch ending {
      case .executed: .remotePlaced(order: id(0))
      case .failed(let index, let error): .remoteFailed(order: id(0), index: index, error: error)
      case .returned: .remoteReturned(order: id(0))
      }
    #expect(chain.events.last == event)
    let before = chain.context.trace
    for other in [Marketplace.PurchaseEnding.executed, .returned] {
      TestMarket.purchaseEnded(message: message, by: .test(2), other, in: chain.context)
      TestMarket.purchaseEnded(message: .zero, by: .test(2), other, in: chain.context)
    }
    #expect(chain.context.trace == before)
    #expect(chain.run(.forgetPurchase(order: id(0)), .test(3)) == failure(.notParty))
    #expect(chain.run(.forgetPurchase(order: id(0)), .test(2)) == nil)
    #expect(!Marketplace.remote.exists(id(0), in: chain.context))
    #expect(chain.run(.forgetPurchase(order: id(0)), .test(2)) == failure(.unknownOrder))
    // The next purchase has an id of its own.
    #expect(chain.run(.purchase(market: market, purchase: order()), .test(2)) == nil)
    #expect(Marketplace.remote.exists(id(1), in: chain.context))
  }

  @Test("a purchase that cannot travel is refused before it costs anything") func badPurchases() {
    let week = Marketplace.maximumPurchaseTimeout
    let bad: [(Location, Marketplace.RemotePurchase, Marketplace.Failure)] = [
      (.here, order(), .badPurchase), (afar, order(), .badPurchase), (market, order(maxPrice: 0), .badPurchase),
      (market, order(quantity: 0), .badPurchase), (market, order(timeout: 0), .badPurchase),
      (market, order(timeout: week + 1), .badPurchase), (market, order(key: TestKeys.offCurve), .badKey),
    ]
    for (market, purchase, expected) in bad {
      let before = chain.context.trace
      #expect(chain.run(.purchase(market: market, purchase: purchase), .test(2)) == failure(expected))
      #expect(chain.context.trace == before)
    }
    let before = chain.context.trace
    #expect(chain.run(.purchase(market: market, purchase: order(maxPrice: .max / 2)), .test(2)) == .token(.fundsUnavailable))
    #expect(chain.context.trace == before)
    #expect(chain.run(.purchase(market: market, purchase: order(timeout: week, key: TestKeys.buyerKey)), .test(2)) == nil)
  }

  // MARK: Acts from afar

  private func act(_ call: Marketplace.Call, timeout: UInt64 = 1, at place: Location = market) -> Marketplace.Call {
    .actRemotely(
      market: place, act: Marketplace.RemoteAct(asset: here, deposit: 500, fees: 100, timeout: timeout), call: call)
  }

  @Test("calls that a party makes travel; what is signed at the market does not") func remotable() throws {
    let (id, key) = (H256.zero, noKey)
    let travel: [Marketplace.Call] = [
      .list(listing: goods()), .update(listing: 0, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: nil)),
      .delist(listing: 0), .acceptOffer(offer: 0), .deliver(order: id, box: []), .confirm(order: id),
      .complain(order: id, proof: .notRetrievable(index: 0)), .answerChallenge(order: id, block: [], path: []),
      .openPanel(order: id, evidence: []), .review(order: id, stars: 1, text: []), .reply(order: id, text: []),
      .transferLicence(licence: 0, to: afar), .addBond(listing: 0, amount: 1), .takeBond(listing: 0, amount: 1),
      .remoteCancel(listing: 0, nonce: 0), .withdrawOffer(offer: 0), .withdraw(asset: here),
    ]
    let stay: [Marketplace.Call] = [
      .cancelAll, .buy(listing: 0, quantity: 1, maxPrice: 1, buyerKey: key), .bid(listing: 0, amount: 1, buyerKey: key),
      .closeAuction(listing: 0), .makeOffer(listing: 0, quantity: 1, price: 1, expires: 1, buyerKey: key),
      .subscribe(listing: 0, prepay: 1), .topUp(listing: 0, amount: 1), .unsubscribe(listing: 0),
      .settleSubscription(listing: 0, account: .zero), .voteCommit(order: id, commitment: id),
      .voteReveal(order: id, buyerShare: 0, salt: id), .settle(order: id), .joinPanel, .leavePanel,
      .acceptAsset(asset: here), .setParameters(parameters: TestConfig.parameters), .prune(order: id),
      .purchase(market: market, purchase: order()), act(.cancelAll), .forgetPurchase(order: id),
      .remoteBuy(order: id, listing: 0, quantity: 1, maxPrice: 1, buyerKey: key, nonce: 0, validUntil: 1),
    ]
    for (number, call) in travel.enumerated() {
      let before = try chain.balance(2)
      #expect(chain.run(act(call), .test(2)) == nil, "\(call)")
      let message = TestRemote.message(UInt64(number) + 1)
      #expect(try TestRemote.acts.get(message, in: chain.context) == call)
      #expect(chain.events.last == .actSent(market: market, message: message))
      #expect(try chain.balance(2) == before - 600)
    }
    for call in stay {
      let before = chain.context.trace
      #expect(chain.run(act(call), .test(2)) == failure(.notRemotable), "\(call)")
      #expect(chain.context.trace == before)
    }
    for call in [act(.delist(listing: 0), timeout: 0), act(.delist(listing: 0), at: .here), act(.delist(listing: 0), at: afar)] {
      #expect(chain.run(call, .test(2)) == failure(.badPurchase))
    }
  }
}

import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Listings") struct ListingTests {
  private let chain = TestMarkets()

  @Test("a listing takes deposit and bond, and can be found by seller, category and tag") func list() throws {
    let listing = goods()
    let before = try chain.balance(1)
    let number = try chain.list(listing)
    let deposit = TestConfig.listingDeposit + TestConfig.depositPerByte * Balance(listing.encodedSize)
    #expect(try chain.balance(1) == before - deposit - listing.bond)
    #expect(try TestCurrency.held(.test(1), 0, in: chain.context) == deposit)
    #expect(try chain.held().bonds == listing.bond)
    let row = try chain.listing(number)
    #expect(row.terms == listing && row.seller == account(1) && row.status == .active && row.deposit == deposit && row.listedAt == 1)
    #expect(try found(number, listing) == [true, true, true, true])
    #expect(try Marketplace.listingCount.get(.test(1), in: chain.context) == 1)
    #expect(chain.events == [.listed(listing: number, seller: account(1))])
  }

  /// Whether the listing stands under its seller, its category, and each tag.
  private func found(_ number: UInt64, _ listing: Marketplace.NewListing, by seller: AccountID = .test(1)) throws -> [Bool] {
    let context = chain.context
    return [
      Marketplace.bySeller.exists(seller, number, in: context), Marketplace.byCategory.exists(listing.category, number, in: context),
    ] + listing.tags.items.map { Marketplace.byTag.exists($0, number, in: context) }
  }

  @Test("delisting returns deposit and bond to the unit and removes what the listing was found by") func delist() throws {
    let before = try chain.balance(1)
    let listing = goods()
    let first = try chain.list(listing)
    let second = try chain.list(listing)
    #expect(chain.run(.delist(listing: first)) == nil)
    #expect(try found(first, listing) == [false, false, false, false])
    #expect(try found(second, listing) == [true, true, true, true])
    #expect(chain.run(.delist(listing: second)) == nil)
    #expect(try chain.balance(1) == before)
    #expect(try chain.held().isEmpty)
    #expect(try TestCurrency.held(.test(1), 0, in: chain.context) == 0)
    #expect(try Marketplace.listingCount.get(.test(1), in: chain.context) == 0)
    #expect(try chain.list(listing) == 2)
  }

  @Test("a listing with open orders ends with the last of them") func ending() throws {
    let before = try chain.balance(1)
    let number = try chain.list(goods())
    let orders = [try chain.buy(number), try chain.buy(number)]
    #expect(chain.run(.delist(listing: number)) == nil)
    #expect(try chain.listing(number).status == .ending)
    #expect(chain.run(.buy(listing: number, quantity: 1, maxPrice: .max, buyerKey: noKey), .test(2)) == failure(.notForSale))
    for order in orders {
      #expect(Marketplace.listings.exists(number, in: chain.context))
      #expect(chain.run(.deliver(order: order, box: [])) == nil)
      #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    }
    #expect(!Marketplace.listings.exists(number, in: chain.context))
    #expect(
      Array(chain.events.suffix(2)) == [
        .released(order: orders[1], seller: 9_900_000, royalty: 0, fee: 100_000), .delisted(listing: number),
      ])
    #expect(try chain.balance(1) == before + 2 * 9_900_000)
    #expect(try chain.held().isEmpty)
  }

  @Test("an update changes what new orders get") func update() throws {
    let number = try chain.list(goods())
    let meta = BoundedVector<UInt8, 128>(Array("shorter".utf8))
    #expect(
      chain.run(.update(listing: number, changes: .init(price: 20_000_000, quantity: 2, meta: meta, isPaused: true))) == nil)
    let row = try chain.listing(number)
    #expect(row.terms.sale == .fixed(price: 20_000_000) && row.terms.quantity == 2 && row.terms.meta == meta && row.status == .paused)
    #expect(chain.run(.buy(listing: number, quantity: 1, maxPrice: .max, buyerKey: noKey), .test(2)) == failure(.notForSale))
    #expect(chain.run(.update(listing: number, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: false))) == nil)
    #expect(try chain.order(chain.buy(number)).price == 20_000_000)
  }

  @Test("a bond covers so many open orders, and no more") func bond() throws {
    let number = try chain.list(goods(quantity: 10, bond: 2_000_000))
    let first = try chain.buy(number)
    try chain.buy(number)
    let third = Marketplace.Call.buy(listing: number, quantity: 1, maxPrice: .max, buyerKey: noKey)
    #expect(chain.run(third, .test(2)) == failure(.bondTooSmall))
    #expect(chain.run(.takeBond(listing: number, amount: 1)) == failure(.bondTooSmall))
    #expect(chain.run(.addBond(listing: number, amount: 1_500_000)) == nil)
    #expect(try chain.held().bonds == 3_500_000)
    #expect(chain.run(third, .test(2)) == nil)
    #expect(chain.run(.takeBond(listing: number, amount: 500_001)) == failure(.bondTooSmall))
    let before = try chain.balance(1)
    #expect(chain.run(.takeBond(listing: number, amount: 500_000)) == nil)
    #expect(try chain.balance(1) == before + 500_000)
    #expect(chain.events.last == .bondChanged(listing: number, bond: 3_000_000))
    // An order that ends well frees its part.
    #expect(chain.run(.deliver(order: first, box: [])) == nil)
    #expect(chain.run(.confirm(order: first), .test(2)) == nil)
    let row = try chain.listing(number)
    #expect(row.terms.bond == 3_000_000 && row.bondInUse == 2_000_000 && row.openOrders == 2)
    #expect(chain.run(.takeBond(listing: number, amount: 1_000_000)) == nil)
  }

  @Test("somebody on another chain lists with an account here, and is paid where it lives") func remoteSeller() throws {
    let before = try chain.balance(TestMarkets.derived)
    let number = try chain.list(goods(), by: fromAfar)
    #expect(try chain.listing(number).seller == afar)
    #expect(Marketplace.bySeller.exists(TestMarkets.derived, number, in: chain.context))
    let order = try chain.buy(number)
    #expect(chain.run(.deliver(order: order, box: []), fromAfar) == nil)
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    #expect(try chain.owed(afar) == 9_900_000)
    #expect(chain.run(.delist(listing: number), fromAfar) == nil)
    // The deposit was held on the account here; the bond goes home like any other money of its.
    #expect(try chain.owed(afar) == 14_900_000)
    #expect(try chain.balance(TestMarkets.derived) == before - 5_000_000)
    #expect(try chain.held().isEmpty)
  }

  @Test("an account is the same party however it comes") func local() throws {
    let number = try chain.list(goods(), by: .xcm(location: account(1).encoded()))
    #expect(try chain.listing(number).seller == account(1))
    #expect(chain.run(.delist(listing: number)) == nil)
  }

  // MARK: Signed listings

  /// A listing that a development key has signed; the account of the key is rich.
  private func signed(
    _ key: DevelopmentKey = .alice, by signer: DevelopmentKey? = nil, epoch: UInt64 = 0, salt: UInt64 = 0, until: BlockNumber = 10,
    genesis: H256 = TestConfig.genesis
  ) -> Marketplace.Call {
    let seller = key.secretKey.publicKey.accountID
    TestBook.balances.set(here, seller, to: TestMarkets.wealth, in: chain.context)
    let payload = Marketplace.SignedListing(seller: seller, listing: goods(), epoch: epoch, salt: salt, validUntil: until)
    let secret = (signer ?? key).secretKey
    return .listSigned(payload: payload, signature: secret.sign(message: Marketplace.signedBytes(payload, genesis: genesis)))
  }

  @Test("anybody puts up a listing that its seller signed, once; the seller pays") func listSigned() throws {
    let seller = DevelopmentKey.alice.secretKey.publicKey.accountID
    let call = signed()
    let before = try chain.balance(3)
    #expect(chain.run(call, .test(3)) == nil)
    let row = try chain.listing(0)
    #expect(row.seller == .account(seller))
    #expect(try found(0, row.terms, by: seller).allSatisfy { $0 })
    #expect(try chain.balance(3) == before)
    #expect(try chain.balance(seller) == TestMarkets.wealth - row.deposit - row.terms.bond)
    #expect(chain.run(call, .test(3)) == failure(.badSignature))
    #expect(chain.run(signed(salt: 1), .test(3)) == nil)
  }

  @Test("a used signature is forgotten once it is void, and stays void") func forgotten() throws {
    let seller = DevelopmentKey.alice.secretKey.publicKey.accountID
    let call = signed()
    #expect(chain.run(call, .test(3)) == nil)
    let hash = try #require(try Marketplace.usedSignatures.rows(seller, in: chain.context, limit: 2).first).key
    #expect(chain.run(.forgetSignature(seller: seller, hash: hash), .test(9)) == failure(.tooEarly))
    #expect(chain.run(.forgetSignature(seller: seller, hash: .zero), .test(9)) == failure(.badSignature))
    try chain.pass(10)
    #expect(chain.run(.forgetSignature(seller: seller, hash: hash), .test(9)) == nil)
    #expect(!Marketplace.usedSignatures.exists(seller, hash, in: chain.context))
    #expect(chain.run(call, .test(3)) == failure(.badSignature))
  }

  @Test("a signature of somebody else, for another chain, or that is too old is worth nothing") func badSignatures() throws {
    try chain.pass(10)
    let calls = [signed(by: .bob, until: 20), signed(epoch: 1, until: 20), signed(until: 10), signed(until: 20, genesis: .zero)]
    for call in calls {
      let before = chain.context.trace
      #expect(chain.run(call, .test(3)) == failure(.badSignature))
      #expect(chain.context.trace == before)
    }
    #expect(chain.run(signed(until: 11), .test(3)) == nil)
  }

  @Test("cancelling all makes what was signed before worthless, and nothing that stands") func cancelAll() throws {
    let seller = DevelopmentKey.alice.secretKey.publicKey.accountID
    let call = signed(salt: 1)
    #expect(chain.run(signed(), .test(3)) == nil)
    #expect(chain.run(.cancelAll, .signed(seller)) == nil)
    #expect(chain.events.last == .signedCancelled(account: seller, epoch: 1))
    #expect(chain.run(call, .test(3)) == failure(.badSignature))
    #expect(try chain.listing(0).status == .active)
    #expect(chain.run(signed(epoch: 1, salt: 1), .test(3)) == nil)
  }

  // MARK: Assets

  @Test("an asset is accepted once somebody gives both pots their minimum") func accept() throws {
    let asset = Location.sibling(3_000)
    TestBook.balances.set(asset, .test(3), to: 1_000, in: chain.context)
    #expect(chain.run(.list(listing: goods(asset: asset, bond: 0))) == failure(.assetNotAccepted))
    #expect(chain.run(.acceptAsset(asset: asset), .test(3)) == nil)
    #expect(chain.events.last == .assetAccepted(asset: asset))
    #expect(try chain.balance(TestConfig.pot, asset) == TestBook.minimum)
    #expect(try chain.balance(TestRoyaltyBook.pot, asset) == TestBook.minimum)
    #expect(try chain.balance(3, asset) == 1_000 - 2 * TestBook.minimum)
    #expect(try Marketplace.accepted.get(asset, in: chain.context) == TestBook.minimum)
    #expect(chain.run(.list(listing: goods(asset: asset, bond: 0))) == nil)
  }

  @Test("a work is made ready for its sales when it is listed, or is not listed") func reserve() throws {
    let work = chain.work(1, stack: 100_000)
    try chain.list(goods(work: work, asset: gold))
    #expect([here, gold].map { TestRoyaltyBook.reserved.exists(work, $0, in: chain.context) } == [false, true])
    TestRoyaltyBook.isFull.set(true, in: chain.context)
    let before = chain.context.trace
    #expect(chain.run(.list(listing: goods(work: work))) == .other)
    #expect(chain.context.trace == before)
  }

  @Test("an asset that royalties accept costs one minimum, and one that they do not cannot be listed in") func royalties() throws {
    let asset = Location.sibling(3_000)
    TestBook.balances.set(asset, .test(3), to: 1_000, in: chain.context)
    TestRoyaltyBook.accepted.set(asset, to: true, in: chain.context)
    #expect(chain.run(.acceptAsset(asset: asset), .test(3)) == nil)
    #expect(try chain.balance(3, asset) == 990)
    TestRoyaltyBook.accepted.set(asset, to: false, in: chain.context)
    #expect(chain.run(.list(listing: goods(asset: asset, bond: 0))) == failure(.assetNotAccepted))
  }

  // MARK: Parameters

  @Test("root changes rates and periods, for new orders only") func parameters() throws {
    let number = try chain.list(goods())
    let old = try chain.buy(number)
    var parameters = TestConfig.parameters
    parameters.feeRate = 25_000
    parameters.sellerBondRate = 200_000
    #expect(chain.run(.setParameters(parameters: parameters), .root) == nil)
    #expect(chain.events.last == .parametersSet)
    let new = try chain.buy(number)
    #expect(try chain.order(old).fee == 100_000 && chain.order(old).bond == 1_000_000)
    #expect(try chain.order(new).fee == 250_000 && chain.order(new).bond == 2_000_000)
  }

  @Test("the standard parameters are sound, and so are a test's") func sound() {
    #expect(Marketplace.Parameters.standard.isSound && TestConfig.parameters.isSound)
  }
}

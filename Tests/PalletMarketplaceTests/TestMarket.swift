import Files
import Hashing
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

enum TestConfig: Marketplace.Config {
  typealias Book = TestBook
  typealias Clock = TestClock
  typealias Currency = TestCurrency
  typealias Royalties = TestRoyaltyBook
  typealias Remote = TestRemote
  static let palletIndex: UInt8 = 41
  static let pot = AccountID.test(101)
  static let treasury = AccountID.test(102)
  static let parameters = Marketplace.Parameters(
    feeRate: 10_000, sellerBondRate: 100_000, complaintBondRate: 50_000, crankRate: 100_000, minimumDeliverIn: 5, maximumDeliverIn: 1_000,
    minimumComplainIn: 5, maximumComplainIn: 1_000, bidIncrement: 20_000, snipeWindow: 5, snipeExtension: 5, maximumExtensions: 3,
    challengePeriod: 10, jurors: 3, jurorStake: 1_000_000, commitPeriod: 10, revealPeriod: 10, reviewWindow: 50)
  static let listingDeposit: Balance = 1_000
  static let depositPerByte: Balance = 10
  static let chain: UInt32 = 1_000

  static func localAccount(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1, case .accountId32(_, let id)? = location.interior.first else { return nil }
    return id
  }
  /// Accounts of sibling chains have one here, and nothing else has.
  static func account(of location: Location) -> AccountID? {
    if let local = localAccount(of: location) { return local }
    guard location.parents == 1, location.interior.count == 2 else { return nil }
    return AccountID(words: Hash.blake2b256(Array("test".utf8) + location.encoded()).words)
  }
  static func chainID(in context: ExecutionContext) throws(DispatchError) -> UInt32 { chain }
  static let genesis = H256(words: Words32(7, 0, 0, 7))
  static func genesisHash(in context: ExecutionContext) throws(DispatchError) -> H256 { genesis }
  /// Known for twenty blocks.
  static func randomness(for subject: [UInt8], at height: BlockNumber, in context: ExecutionContext) throws(DispatchError) -> H256? {
    let now = try TestClock.height.get(in: context)
    return height < now && now - height <= 20 ? lot(subject, height) : nil
  }
  static func lot(_ subject: [UInt8], _ height: BlockNumber) -> H256 { Hash.blake2b256(subject + height.encoded()) }
}

typealias TestMarket = Marketplace.Pallet<TestConfig>

let here = Location.here
let gold = Location.sibling(1)
/// Account 2 of chain 2001, and how its programs come.
let afar = Location(parents: 1, .para(2001), .account(.test(2)))
let fromAfar = Origin.xcm(location: afar.encoded())
let market = Location.sibling(77)
/// A key of nobody's, for what has none.
let noKey = FixedBytes<33>.zero

func account(_ byte: UInt8) -> Location { .account(.test(byte)) }

/// The id of an order that `buyer` places in listing `listing` as the `nonce`-th of all of its orders.
func orderID(_ listing: UInt64, _ nonce: UInt64, buyer: Location = account(2)) -> H256 {
  TestMarket.orderID(chain: TestConfig.chain, listing: listing, buyer: buyer, nonce: nonce)
}

/// Ten million, of which the market's part is 100,000, the bond for an order 1,000,000 and that of a complaint 500,000.
let price: Balance = 10_000_000

/// Something to list; a service with a bond for five orders unless said otherwise.
func goods(
  _ kind: Marketplace.ListingKind = .service, work: H256? = nil, sale: Marketplace.Sale = .fixed(price: price), asset: Location = here,
  quantity: UInt32 = 5, manifest: Marketplace.ManifestRef? = nil, keyCommit: H256 = .zero, licence: Marketplace.LicenceTerms? = nil,
  deliverIn: BlockNumber = 20, complainIn: BlockNumber = 30, bond: Balance = 5_000_000, category: UInt16 = 7,
  tags: [String] = ["music", "jazz"], meta: String = "a description"
) -> Marketplace.NewListing {
  let tags = tags.map { Marketplace.Tag(Array($0.utf8)) ?? Marketplace.Tag() }
  return Marketplace.NewListing(
    kind: kind, work: work, sale: sale, asset: asset, quantity: quantity, manifest: manifest, keyCommit: keyCommit, licence: licence,
    windows: Marketplace.Windows(deliverIn: deliverIn, complainIn: complainIn), bond: bond, category: category,
    tags: BoundedVector(tags) ?? BoundedVector(), meta: BoundedVector(Array(meta.utf8)) ?? BoundedVector())
}

/// Terms of a licence for ever, for derived works, three seats each.
func terms(
  uses: UInt8 = 0b0100, seats: UInt32 = 3, term: BlockNumber = 0, isTransferable: Bool = true, derivativeShare: UInt32 = 100_000
) -> Marketplace.LicenceTerms {
  Marketplace.LicenceTerms(
    uses: uses, seats: seats, territory: 0, term: term, isTransferable: isTransferable, derivativeShare: derivativeShare,
    isAbsolute: false, text: .zero)
}

/// A chain with the marketplace, rich accounts 1 to 15, and account 2 of chain 2001 with a rich account here.
struct TestMarkets {
  let context = ExecutionContext.onEmptyState()

  static let wealth: Balance = 1_000_000_000_000_000
  static let derived = TestConfig.account(of: afar) ?? .zero

  init() {
    for asset in [here, gold] {
      for account in (UInt8(1)...15).map({ AccountID.test($0) }) + [Self.derived] {
        TestBook.balances.set(asset, account, to: Self.wealth, in: context)
      }
      for pot in [TestConfig.pot, TestConfig.treasury, TestRoyaltyBook.pot] {
        TestBook.balances.set(asset, pot, to: TestBook.minimum, in: context)
      }
      TestRoyaltyBook.accepted.set(asset, to: true, in: context)
    }
    TestMarket.buildGenesis(native: here, base: TestBook.minimum, parameters: nil, in: context)
    Marketplace.accepted.set(gold, to: TestBook.minimum, in: context)
  }

  func run(_ call: Marketplace.Call, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestMarket.self, origin: origin, in: context)
  }

  func pass(_ blocks: BlockNumber) throws { TestClock.height.set(try now + blocks, in: context) }
  var now: BlockNumber { get throws { try TestClock.height.get(in: context) } }

  // MARK: Making

  /// Registers a work of account `owner`.
  @discardableResult func work(_ tag: UInt64, stack: UInt32, owner: UInt8 = 1) -> H256 {
    let id = H256(words: Words32(tag, 0, 0, 5))
    TestRoyaltyBook.owners.set(id, to: .test(owner), in: context)
    TestRoyaltyBook.stacks.set(id, to: stack, in: context)
    return id
  }

  /// Lists as account 1.
  /// - Returns: The listing's number.
  @discardableResult func list(_ listing: Marketplace.NewListing, by origin: Origin = .test(1)) throws -> UInt64 {
    let number = try Marketplace.nextListing.get(in: context)
    if let error = run(.list(listing: listing), origin) { throw error }
    return number
  }

  /// Buys as account 2.
  @discardableResult func buy(
    _ listing: UInt64, by buyer: UInt8 = 2, quantity: UInt32 = 1, key: FixedBytes<33> = noKey
  ) throws -> H256 {
    let nonce = try Marketplace.buyerNonce.get(.test(buyer), in: context)
    let call = Marketplace.Call.buy(listing: listing, quantity: quantity, maxPrice: .max, buyerKey: key)
    if let error = run(call, .test(buyer)) { throw error }
    return orderID(listing, nonce, buyer: account(buyer))
  }

  /// Lists, buys as account 2, and delivers.
  func delivered(_ listing: Marketplace.NewListing = goods(), box: [UInt8] = [], key: FixedBytes<33> = noKey) throws -> H256 {
    let order = try buy(list(listing), key: key)
    if let error = run(.deliver(order: order, box: box)) { throw error }
    return order
  }

  /// The same with a file, whose buyer is Bob's key.
  func delivered(_ file: TestFile, box: [UInt8] = TestKeys.box.bytes) throws -> H256 {
    try delivered(file.listing(), box: box, key: TestKeys.buyerKey)
  }

  // MARK: Reading

  func balance(_ who: UInt8, _ asset: Location = here) throws -> Balance { try balance(.test(who), asset) }
  func balance(_ who: AccountID, _ asset: Location = here) throws -> Balance {
    try TestBook.balance(of: asset, who: who, in: context)
  }
  var treasury: Balance { get throws { try balance(TestConfig.treasury) } }
  func waiting(_ who: AccountID, _ asset: Location = here) throws -> Balance {
    try Marketplace.refundable.get(who, asset, in: context) ?? 0
  }
  func credited(_ work: H256, _ asset: Location = here) throws -> Balance {
    try TestRoyaltyBook.credited.get(work, asset, in: context) ?? 0
  }
  func owed(_ party: Location, _ asset: Location = here) throws -> Balance {
    try TestRoyaltyBook.owed.get(party, asset, in: context) ?? 0
  }
  func held(_ asset: Location = here) throws -> Marketplace.Held { try Marketplace.held.get(asset, in: context) ?? Marketplace.Held() }
  func order(_ id: H256) throws -> Marketplace.Order {
    guard let order = try Marketplace.orders.get(id, in: context) else { throw DispatchError.other }
    return order
  }
  func listing(_ number: UInt64) throws -> Marketplace.Listing {
    guard let listing = try Marketplace.listings.get(number, in: context) else { throw DispatchError.other }
    return listing
  }
  func rating(_ listing: UInt64) throws -> Marketplace.Rating {
    try Marketplace.ratings.get(listing, in: context) ?? Marketplace.Rating()
  }
  /// The market's events so far.
  var events: [Marketplace.Event] { context.events(of: TestMarket.self) }
}

func failure(_ failure: Marketplace.Failure) -> DispatchError { TestMarket.failure(failure) }

extension Marketplace.Held {
  /// Whether nothing is held.
  var isEmpty: Bool { self == Marketplace.Held() }
}

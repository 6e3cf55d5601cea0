internal import Files
internal import Hashing
internal import Keys
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// What is for sale, on which terms, and where it can be found.

extension Marketplace.Pallet {
  // MARK: Listing

  static func list(listing: Marketplace.NewListing, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    try add(listing, seller: party(origin), in: context)
  }

  /// A listing that its seller has signed, put up by anybody: the seller pays deposit and bond all the same.
  static func listSigned(
    payload: Marketplace.SignedListing, signature: MultiSignature, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    _ = try origin.signer()
    let genesis = try C.genesisHash(in: context)
    let message = Marketplace.signedBytes(payload, genesis: genesis)
    let hash = Hash.blake2b256(message)
    guard signature.verify(message: message, account: payload.seller) else { throw failure(.badSignature) }
    guard try payload.epoch == Marketplace.cancelEpoch.get(payload.seller, in: context),
      try C.Clock.blockNumber(in: context) <= payload.validUntil,
      !Marketplace.usedSignatures.exists(payload.seller, hash, in: context)
    else { throw failure(.badSignature) }
    try add(payload.listing, seller: .account(payload.seller), in: context)
    Marketplace.usedSignatures.set(payload.seller, hash, to: payload.validUntil, in: context)
  }

  static func forgetSignature(seller: AccountID, hash: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    _ = try origin.signer()
    guard let until = try Marketplace.usedSignatures.get(seller, hash, in: context) else { throw failure(.badSignature) }
    guard try C.Clock.blockNumber(in: context) > until else { throw failure(.tooEarly) }
    Marketplace.usedSignatures.remove(seller, hash, in: context)
  }

  static func cancelAll(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    let epoch = try Marketplace.cancelEpoch.get(account, in: context) &+ 1
    Marketplace.cancelEpoch.set(account, to: epoch, in: context)
    deposit(.signedCancelled(account: account, epoch: epoch), in: context)
  }

  private static func add(_ terms: Marketplace.NewListing, seller: Location, in context: ExecutionContext) throws(DispatchError) {
    try check(terms, seller: seller, in: context)
    let account = try account(of: seller)
    let count = try Marketplace.listingCount.get(account, in: context)
    guard count < Marketplace.maximumListings else { throw failure(.tooMuch) }
    let size = Balance(terms.encodedSize)
    let price = try checked { () throws(ArithmeticError) in
      try C.listingDeposit.adding(try C.depositPerByte.multiplied(by: size))
    }
    try C.Currency.hold(price, of: account, reason: listingHold, in: context)
    try take(terms.bond, of: terms.asset, from: account, for: \.bonds, in: context)
    if let work = terms.work { try C.Royalties.reserve(terms.asset, for: work, in: context) }
    let number = try Marketplace.nextListing.get(in: context)
    let now = try C.Clock.blockNumber(in: context)
    Marketplace.nextListing.set(number &+ 1, in: context)
    let row = Marketplace.Listing(
      seller: seller, terms: terms, status: .active, openOrders: 0, bondInUse: 0, deposit: price, listedAt: now)
    Marketplace.listings.set(number, to: row, in: context)
    Marketplace.listingCount.set(account, to: count + 1, in: context)
    index(number, row, account, isListed: true, in: context)
    if case .english(let reserve, let duration) = terms.sale {
      let auction = Marketplace.Auction(
        reserve: reserve, high: 0, highBidder: nil, buyerKey: .zero, endsAt: now.addingSaturating(duration), extensions: 0)
      Marketplace.auctions.set(number, to: auction, in: context)
    }
    deposit(.listed(listing: number, seller: seller), in: context)
  }

  /// Keeps the ways by which a listing is found.
  private static func index(
    _ number: UInt64, _ row: Marketplace.Listing, _ account: AccountID, isListed: Bool, in context: ExecutionContext
  ) {
    if isListed {
      Marketplace.bySeller.set(account, number, to: true, in: context)
      Marketplace.byCategory.set(row.terms.category, number, to: true, in: context)
      for tag in row.terms.tags.items { Marketplace.byTag.set(tag, number, to: true, in: context) }
    } else {
      Marketplace.bySeller.remove(account, number, in: context)
      Marketplace.byCategory.remove(row.terms.category, number, in: context)
      for tag in row.terms.tags.items { Marketplace.byTag.remove(tag, number, in: context) }
    }
  }

  /// Everything that is checked before a listing costs anything.
  private static func check(
    _ terms: Marketplace.NewListing, seller: Location, in context: ExecutionContext
  ) throws(DispatchError) {
    let parameters = try parameters(in: context)
    guard Marketplace.accepted.exists(terms.asset, in: context), try C.Royalties.accepts(terms.asset, in: context) else {
      throw failure(.assetNotAccepted)
    }
    let (deliver, complain) = (terms.windows.deliverIn, terms.windows.complainIn)
    guard (parameters.minimumDeliverIn...max(parameters.minimumDeliverIn, parameters.maximumDeliverIn)).contains(deliver),
      (parameters.minimumComplainIn...max(parameters.minimumComplainIn, parameters.maximumComplainIn)).contains(complain)
    else { throw failure(.windowOutOfRange) }
    guard terms.quantity > 0 else { throw failure(.quantityUnavailable) }
    let minimum = Marketplace.minimumPrice
    switch terms.sale {
    case .fixed(let price):
      // A subscription's price is of one block: what counts is what is prepaid.
      guard price >= (terms.kind == .subscription ? 1 : minimum) else { throw failure(.belowMinimumPrice) }
    case .english(let reserve, let duration):
      guard reserve >= minimum else { throw failure(.belowMinimumPrice) }
      guard duration > 0, duration <= parameters.maximumDeliverIn else { throw failure(.windowOutOfRange) }
      guard terms.quantity == 1, terms.kind != .subscription else { throw failure(.badListing) }
    case .dutch(let start, let floor, let duration):
      guard floor >= minimum else { throw failure(.belowMinimumPrice) }
      guard duration > 0, duration <= parameters.maximumDeliverIn else { throw failure(.windowOutOfRange) }
      guard start >= floor, terms.kind != .subscription else { throw failure(.badListing) }
    }
    guard (terms.manifest == nil) == (terms.keyCommit == .zero) else { throw failure(.badListing) }
    switch terms.kind {
    case .file: guard terms.manifest != nil else { throw failure(.badListing) }
    case .licence: guard terms.licence != nil else { throw failure(.badListing) }
    case .service, .compute, .subscription: break
    }
    if let manifest = terms.manifest {
      // No encrypted file has another size: a complaint could not be judged.
      guard SegmentCipher.plainSize(cipherSize: manifest.cipherSize) == manifest.plainSize else { throw failure(.badListing) }
    }
    if let licence = terms.licence {
      guard licence.seats > 0, licence.uses > 0, licence.uses < 16, licence.derivativeShare <= 250_000 else { throw failure(.badListing) }
    }
    if let work = terms.work {
      guard try C.Royalties.owner(of: work, in: context) == account(of: seller) else { throw failure(.notParty) }
      guard try C.Royalties.stack(of: work, in: context).addingSaturating(parameters.feeRate) <= 1_000_000 else {
        throw failure(.royaltyStackTooHigh)
      }
    }
  }

  // MARK: Changing

  /// The listing, if `origin` may change it.
  private static func own(_ number: UInt64, _ origin: Origin, in context: ExecutionContext) throws(DispatchError) -> Marketplace.Listing {
    let caller = try party(origin)
    guard let row = try Marketplace.listings.get(number, in: context) else { throw failure(.notForSale) }
    guard row.seller == caller else { throw failure(.notParty) }
    return row
  }

  static func update(
    listing number: UInt64, changes: Marketplace.ListingChanges, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    var row = try own(number, origin, in: context)
    guard row.status != .ending else { throw failure(.notForSale) }
    guard !Marketplace.auctions.exists(number, in: context) else { throw failure(.frozen) }
    if let price = changes.price {
      guard case .fixed = row.terms.sale else { throw failure(.badListing) }
      guard price >= (row.terms.kind == .subscription ? 1 : Marketplace.minimumPrice) else { throw failure(.belowMinimumPrice) }
      row.terms.sale = .fixed(price: price)
    }
    if let quantity = changes.quantity { row.terms.quantity = quantity }
    if let meta = changes.meta {
      // The deposit was measured with the description that there was: a longer one is a new listing.
      guard meta.items.count <= row.terms.meta.items.count else { throw failure(.tooMuch) }
      row.terms.meta = meta
    }
    if let isPaused = changes.isPaused { row.status = isPaused ? .paused : .active }
    Marketplace.listings.set(number, to: row, in: context)
    deposit(.updated(listing: number), in: context)
  }

  static func delist(listing number: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var row = try own(number, origin, in: context)
    guard !Marketplace.auctions.exists(number, in: context) else { throw failure(.frozen) }
    guard row.openOrders == 0 else {
      row.status = .ending
      Marketplace.listings.set(number, to: row, in: context)
      deposit(.updated(listing: number), in: context)
      return
    }
    try close(number, row, in: context)
  }

  /// Ends a listing without open orders: bond and deposit go back.
  static func close(_ number: UInt64, _ row: Marketplace.Listing, in context: ExecutionContext) throws(DispatchError) {
    let account = try account(of: row.seller)
    try C.Currency.release(row.deposit, of: account, reason: listingHold, in: context)
    try pay(
      row.terms.bond, of: row.terms.asset, to: row.seller, from: \.bonds, reference: Marketplace.reference(listing: number), in: context)
    Marketplace.listings.remove(number, in: context)
    Marketplace.auctions.remove(number, in: context)
    index(number, row, account, isListed: false, in: context)
    let count = try Marketplace.listingCount.get(account, in: context).subtractingSaturating(1)
    if count == 0 {
      Marketplace.listingCount.remove(account, in: context)
    } else {
      Marketplace.listingCount.set(account, to: count, in: context)
    }
    deposit(.delisted(listing: number), in: context)
  }

  static func addBond(listing number: UInt64, amount: Balance, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var row = try own(number, origin, in: context)
    guard amount > 0 else { throw failure(.bondTooSmall) }
    try take(amount, of: row.terms.asset, from: account(of: row.seller), for: \.bonds, in: context)
    row.terms.bond = try sum(row.terms.bond, amount)
    Marketplace.listings.set(number, to: row, in: context)
    deposit(.bondChanged(listing: number, bond: row.terms.bond), in: context)
  }

  static func takeBond(listing number: UInt64, amount: Balance, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var row = try own(number, origin, in: context)
    // Whoever bids counts on the bond that was there.
    guard !Marketplace.auctions.exists(number, in: context) else { throw failure(.frozen) }
    guard amount > 0, row.terms.bond.subtractingSaturating(row.bondInUse) >= amount else { throw failure(.bondTooSmall) }
    row.terms.bond -= amount
    try pay(
      amount, of: row.terms.asset, to: row.seller, from: \.bonds, reference: Marketplace.reference(listing: number), in: context)
    Marketplace.listings.set(number, to: row, in: context)
    deposit(.bondChanged(listing: number, bond: row.terms.bond), in: context)
  }

  // MARK: Prices

  /// The listing, if it takes orders.
  static func forSale(_ number: UInt64, in context: ExecutionContext) throws(DispatchError) -> Marketplace.Listing {
    guard let row = try Marketplace.listings.get(number, in: context), row.status == .active else { throw failure(.notForSale) }
    return row
  }

  /// The price of one unit now.
  /// - Throws: ``Marketplace/Failure/notForSale``, also for an English auction, which has none.
  public static func price(of listing: UInt64, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try price(of: forSale(listing, in: context), in: context)
  }

  static func price(of row: Marketplace.Listing, in context: ExecutionContext) throws(DispatchError) -> Balance {
    switch row.terms.sale {
    case .fixed(let price): return price
    case .english: throw failure(.notForSale)
    case .dutch(let start, let floor, let duration):
      let passed = try C.Clock.blockNumber(in: context).subtractingSaturating(row.listedAt)
      guard passed < duration else { return floor }
      // Rounded down, so the price never falls below the straight line by more than one unit and never under the floor.
      let fallen = try checked { () throws(ArithmeticError) in
        try (start - floor).scaled(by: Balance(passed), over: Balance(duration))
      }
      return start - fallen
    }
  }
}

extension Marketplace {
  /// What a seller signs: SCALE of "echo/listing/v1", the hash of the market's first block, and the listing.
  public static func signedBytes(_ payload: SignedListing, genesis: H256) -> [UInt8] {
    "echo/listing/v1".encoded() + genesis.encoded() + payload.encoded()
  }

  /// What statements call money of a listing: its bond, or what was used of a subscription.
  static func reference(listing: UInt64) -> H256 { Hash.blake2b256("echo/listing/v1".encoded() + listing.encoded()) }
}

internal import Hashing
internal import Keys
internal import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

// From a listing to an order, and from an order to its end. Terminal states move money exactly once.

extension Marketplace.Pallet {
  /// The id of an order: the same bytes on every chain.
  ///
  /// blake2_256("echo/order/v1" ‖ market's chain number (u32) ‖ listing (u64) ‖ SCALE(buyer's location) ‖ nonce (u64)).
  public static func orderID(chain: UInt32, listing: UInt64, buyer: Location, nonce: UInt64) -> H256 {
    Hash.blake2b256(Array("echo/order/v1".utf8) + chain.encoded() + listing.encoded() + buyer.encoded() + nonce.encoded())
  }

  static func order(_ id: H256, in context: ExecutionContext) throws(DispatchError) -> Marketplace.Order {
    guard let order = try Marketplace.orders.get(id, in: context) else { throw failure(.unknownOrder) }
    return order
  }

  // MARK: Placing

  static func buy(
    listing: UInt64, quantity: UInt32, maxPrice: Balance, buyerKey: FixedBytes<33>, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let account = try origin.signer()
    let row = try forSale(listing, in: context)
    if case .english = row.terms.sale { throw failure(.notForSale) }
    guard row.terms.kind != .subscription else { throw failure(.notForSale) }
    let price = try total(quantity, at: self.price(of: row, in: context), maxPrice)
    let id = try nextOrderID(listing, account, in: context)
    try placeOrder(
      id: id, listing: listing, quantity: quantity, price: price, buyer: .account(account), payer: account, buyerKey: buyerKey,
      in: context)
  }

  /// What a quantity costs now.
  /// - Throws: ``Marketplace/Failure/priceMoved`` above what the buyer accepts.
  static func total(_ quantity: UInt32, at price: Balance, _ most: Balance) throws(DispatchError) -> Balance {
    guard quantity > 0 else { throw failure(.quantityUnavailable) }
    let total = try checked { () throws(ArithmeticError) in try price.multiplied(by: Balance(quantity)) }
    guard total <= most else { throw failure(.priceMoved) }
    return total
  }

  /// Takes the next id of an account's orders here.
  static func nextOrderID(_ listing: UInt64, _ account: AccountID, in context: ExecutionContext) throws(DispatchError) -> H256 {
    let nonce = try Marketplace.buyerNonce.get(account, in: context)
    Marketplace.buyerNonce.set(account, to: nonce &+ 1, in: context)
    return orderID(chain: try C.chainID(in: context), listing: listing, buyer: .account(account), nonce: nonce)
  }

  /// Where the money of a new order comes from.
  enum Funds {
    /// The payer's account.
    case account
    /// The account of a payer elsewhere, which has no other use for what would be too little to stay.
    case remoteAccount
    /// A bid or an offer, which the pot holds already.
    case bids
  }

  /// Makes an order of a listing's units and takes the price into escrow.
  ///
  /// The order gets a copy of everything, and its fee and royalty are fixed: nothing that changes later reaches it.
  static func placeOrder(
    id: H256, listing number: UInt64, quantity: UInt32, price: Balance, buyer: Location, payer: AccountID,
    buyerKey: FixedBytes<33>, funds: Funds = .account, in context: ExecutionContext
  ) throws(DispatchError) {
    guard !Marketplace.orders.exists(id, in: context) else { throw failure(.duplicateOrder) }
    guard var listing = try Marketplace.listings.get(number, in: context) else { throw failure(.notForSale) }
    let terms = listing.terms
    guard quantity > 0, quantity <= terms.quantity else { throw failure(.quantityUnavailable) }
    guard listing.openOrders < Marketplace.maximumOpenOrders else { throw failure(.tooMuch) }
    if terms.keyCommit != .zero {
      do throws(KeyError) { _ = try PublicKey(compressed: buyerKey.bytes) } catch { throw failure(.badKey) }
    }
    let parameters = try parameters(in: context)
    let fee = try part(parameters.feeRate, of: price)
    let royalty = try terms.work.map { work throws(DispatchError) in try part(C.Royalties.stack(of: work, in: context), of: price) } ?? 0
    guard try sum(fee, royalty) <= price else { throw failure(.royaltyStackTooHigh) }
    let bond = try max(1, part(parameters.sellerBondRate, of: price))
    let needed = try sum(listing.bondInUse, bond)
    guard needed <= terms.bond else { throw failure(.bondTooSmall) }
    switch funds {
    case .account: try take(price, of: terms.asset, from: payer, for: \.escrow, in: context)
    case .remoteAccount: try takeWithDust(price, of: terms.asset, from: payer, for: \.escrow, in: context)
    case .bids: try move(price, of: terms.asset, from: \.bids, to: \.escrow, in: context)
    }
    listing.bondInUse = needed
    listing.openOrders += 1
    listing.terms.quantity -= quantity
    Marketplace.listings.set(number, to: listing, in: context)
    let now = try C.Clock.blockNumber(in: context)
    let order = Marketplace.Order(
      listing: number, seller: listing.seller, buyer: buyer, buyerKey: buyerKey, kind: terms.kind, work: terms.work,
      quantity: quantity, price: price, asset: terms.asset, fee: fee, royalty: royalty, bond: bond, manifest: terms.manifest,
      keyCommit: terms.keyCommit, licence: terms.licence, windows: terms.windows, state: .funded,
      deadline: now.addingSaturating(terms.windows.deliverIn), orderedAt: now, isReviewed: false, challenges: 0)
    Marketplace.orders.set(id, to: order, in: context)
    for party in [buyer, listing.seller] { Marketplace.byParty.set(try account(of: party), id, to: true, in: context) }
    deposit(.ordered(order: id, listing: number, buyer: buyer, price: price), in: context)
  }

  // MARK: Endings

  /// Releases an order: royalty to the work's split, fee to the treasury, the rest to the seller; a licence to the buyer.
  static func release(_ id: H256, _ order: Marketplace.Order, in context: ExecutionContext) throws(DispatchError) {
    var order = order
    try credit(id, order, price: order.price, fee: order.fee, royalty: order.royalty, in: context)
    try issueLicence(id, order, in: context)
    order.state = .released
    try end(id, order, bond: order.bond, in: context)
    try rate(order.listing, in: context) { $0.settled = $0.settled.addingSaturating(1) }
  }

  /// Divides a part of escrow between royalty, fee and seller, by subtraction only.
  private static func credit(
    _ id: H256, _ order: Marketplace.Order, price: Balance, fee: Balance, royalty: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    let seller = try difference(try difference(price, fee), royalty)
    try creditRoyalty(order.work, order.asset, royalty, from: \.escrow, reference: id, in: context)
    try give(fee, of: order.asset, to: C.treasury, from: \.escrow, in: context)
    try pay(seller, of: order.asset, to: order.seller, from: \.escrow, reference: id, in: context)
    deposit(.released(order: id, seller: seller, royalty: royalty, fee: fee), in: context)
  }

  /// Credits a work's split out of the pot; what the split cannot take, the work's owner gets.
  static func creditRoyalty(
    _ work: H256?, _ asset: Location, _ amount: Balance, from purpose: Purpose, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    guard let work, amount > 0 else { return }
    do throws(DispatchError) {
      try context.transactional { () throws(DispatchError) in
        try spend(amount, of: asset, from: purpose, in: context)
        try C.Royalties.credit(work: work, asset: asset, amount: amount, from: C.pot, reference: reference, in: context)
      }
    } catch {
      guard error != .corruption else { throw error }
      // Its listing has reserved a place for the asset. Should the split refuse all the same, that must not hold up an order.
      try give(amount, of: asset, to: C.Royalties.owner(of: work, in: context), from: purpose, in: context)
    }
  }

  /// Gives the buyer everything back, with the seller's bond shared out.
  /// - Parameter crank: Who ended an order that its seller let expire, and gets a part of the bond for it.
  static func refund(
    _ id: H256, _ order: Marketplace.Order, reason: Marketplace.RefundReason, crank: AccountID?, in context: ExecutionContext
  ) throws(DispatchError) {
    var order = order
    try pay(order.price, of: order.asset, to: order.buyer, from: \.escrow, reference: id, in: context)
    var rest = order.bond
    switch reason {
    case .notDelivered:
      // Not the seller, who would save a part of the bond that way.
      if let crank, try crank != account(of: order.seller) {
        let tip = try part(try parameters(in: context).crankRate, of: order.bond)
        try give(tip, of: order.asset, to: crank, from: \.bonds, in: context)
        rest -= tip
      }
      try pay(rest, of: order.asset, to: order.buyer, from: \.bonds, reference: id, in: context)
    case .wrongKey, .wrongContent, .notRetrievable:
      let half = order.bond / 2
      try pay(order.bond - half, of: order.asset, to: order.buyer, from: \.bonds, reference: id, in: context)
      try give(half, of: order.asset, to: C.treasury, from: \.bonds, in: context)
    }
    order.state = .refunded
    deposit(.refunded(order: id, reason: reason), in: context)
    try end(id, order, bond: 0, in: context)
    try rate(order.listing, in: context) { $0.refunded = $0.refunded.addingSaturating(1) }
  }

  /// Divides an order as a panel judged: the buyer's part, and the rest as if that had been the price.
  /// - Parameter bond: What is left of the seller's bond for it.
  static func judge(
    _ id: H256, _ order: Marketplace.Order, buyerShare: UInt32, bond: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    var order = order
    let back = try part(buyerShare, of: order.price)
    let rest = try difference(order.price, back)
    let fee = try checked { () throws(ArithmeticError) in try order.fee.scaled(by: rest, over: order.price) }
    let royalty = try checked { () throws(ArithmeticError) in try order.royalty.scaled(by: rest, over: order.price) }
    try pay(back, of: order.asset, to: order.buyer, from: \.escrow, reference: id, in: context)
    try credit(id, order, price: rest, fee: fee, royalty: royalty, in: context)
    // Whoever got most of the money back has not bought it.
    if buyerShare <= 500_000 { try issueLicence(id, order, in: context) }
    order.state = .split(buyerShare: buyerShare)
    deposit(.judged(order: id, buyerShare: buyerShare), in: context)
    try end(id, order, bond: bond, in: context)
    try rate(order.listing, in: context) {
      if buyerShare == 1_000_000 { $0.refunded = $0.refunded.addingSaturating(1) } else { $0.settled = $0.settled.addingSaturating(1) }
    }
  }

  /// Writes an ended order and frees what it needed of its listing.
  /// - Parameter bond: The part of the seller's bond that stays with the listing.
  private static func end(
    _ id: H256, _ order: Marketplace.Order, bond: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    var order = order
    order.deadline = try deadline(try parameters(in: context).reviewWindow, in: context)
    Marketplace.orders.set(id, to: order, in: context)
    guard var listing = try Marketplace.listings.get(order.listing, in: context) else { throw .corruption }
    listing.openOrders = listing.openOrders.subtractingSaturating(1)
    listing.bondInUse = try difference(listing.bondInUse, order.bond)
    listing.terms.bond = try difference(listing.terms.bond, order.bond - bond)
    Marketplace.listings.set(order.listing, to: listing, in: context)
    if listing.status == .ending, listing.openOrders == 0 { try close(order.listing, listing, in: context) }
  }

  /// Counts what became of a listing's orders.
  static func rate(
    _ listing: UInt64, in context: ExecutionContext, _ body: (inout Marketplace.Rating) -> Void
  ) throws(DispatchError) {
    var rating = try Marketplace.ratings.get(listing, in: context) ?? Marketplace.Rating()
    body(&rating)
    Marketplace.ratings.set(listing, to: rating, in: context)
  }

  /// Removes an ended order.
  static func prune(order id: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    _ = try origin.signer()
    let order = try order(id, in: context)
    switch order.state {
    case .released, .refunded, .split, .cancelled: break
    case .funded, .delivered, .challenged, .judging: throw failure(.wrongState)
    }
    guard try C.Clock.blockNumber(in: context) > order.deadline else { throw failure(.tooEarly) }
    Marketplace.orders.remove(id, in: context)
    Marketplace.keyBoxes.remove(id, in: context)
    for party in [order.buyer, order.seller] {
      if let account = C.account(of: party) { Marketplace.byParty.remove(account, id, in: context) }
    }
    deposit(.pruned(order: id), in: context)
  }

  // MARK: Deadlines

  /// Ends whatever has passed its deadline.
  static func settle(order id: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let crank = try origin.signer()
    let order = try order(id, in: context)
    let now = try C.Clock.blockNumber(in: context)
    switch order.state {
    case .released, .refunded, .split, .cancelled: throw failure(.wrongState)
    case .funded, .delivered, .challenged: guard now > order.deadline else { throw failure(.tooEarly) }
    case .judging: break
    }
    switch order.state {
    case .funded: try refund(id, order, reason: .notDelivered, crank: crank, in: context)
    case .delivered: try release(id, order, in: context)
    case .challenged(_, let bond, _): try settleChallenge(id, order, bond: bond, in: context)
    case .judging: try settlePanel(id, order, in: context)
    case .released, .refunded, .split, .cancelled: throw failure(.wrongState)
    }
  }
}

internal import Keys
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// English auctions, and offers. What they hold is held as bids until it becomes escrow or goes back.

extension Marketplace.Pallet {
  static func bid(
    listing number: UInt64, amount: Balance, buyerKey: FixedBytes<33>, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let bidder = try origin.signer()
    let row = try forSale(number, in: context)
    guard var auction = try Marketplace.auctions.get(number, in: context) else { throw failure(.notForSale) }
    let now = try C.Clock.blockNumber(in: context)
    guard now <= auction.endsAt else { throw failure(.tooLate) }
    try check(buyerKey, for: row)
    let parameters = try parameters(in: context)
    let least = auction.highBidder == nil ? auction.reserve : try sum(auction.high, max(1, part(parameters.bidIncrement, of: auction.high)))
    guard amount >= least else { throw failure(.bidTooLow) }
    // The order must be coverable when the auction ends: what is free of the bond is kept by refusing other orders of it.
    guard try max(1, part(parameters.sellerBondRate, of: amount)) <= row.terms.bond.subtractingSaturating(row.bondInUse) else {
      throw failure(.bondTooSmall)
    }
    try take(amount, of: row.terms.asset, from: bidder, for: \.bids, in: context)
    if let last = auction.highBidder {
      try give(auction.high, of: row.terms.asset, to: last, from: \.bids, in: context)
      deposit(.outbid(listing: number, bidder: last, amount: auction.high), in: context)
    }
    auction.high = amount
    auction.highBidder = bidder
    auction.buyerKey = buyerKey
    if auction.endsAt - now < parameters.snipeWindow, auction.extensions < parameters.maximumExtensions {
      auction.endsAt = auction.endsAt.addingSaturating(parameters.snipeExtension)
      auction.extensions += 1
    }
    Marketplace.auctions.set(number, to: auction, in: context)
    deposit(.bidPlaced(listing: number, bidder: bidder, amount: amount, endsAt: auction.endsAt), in: context)
  }

  static func check(_ key: FixedBytes<33>, for row: Marketplace.Listing) throws(DispatchError) {
    guard row.terms.keyCommit != .zero else { return }
    do throws(KeyError) { _ = try PublicKey(compressed: key.bytes) } catch { throw failure(.badKey) }
  }

  /// Ends an auction: an order for the highest bidder; without a bid the listing ends.
  ///
  /// An order that cannot be placed any more, for the seller's bond or the royalty has changed, gives the bid back.
  static func closeAuction(listing number: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    _ = try origin.signer()
    guard var row = try Marketplace.listings.get(number, in: context), let auction = try Marketplace.auctions.get(number, in: context)
    else { throw failure(.notForSale) }
    guard try C.Clock.blockNumber(in: context) > auction.endsAt else { throw failure(.tooEarly) }
    Marketplace.auctions.remove(number, in: context)
    row.status = .ending
    Marketplace.listings.set(number, to: row, in: context)
    guard let bidder = auction.highBidder else {
      deposit(.auctionFailed(listing: number), in: context)
      try close(number, row, in: context)
      return
    }
    do throws(DispatchError) {
      try context.transactional { () throws(DispatchError) in
        let id = try nextOrderID(number, bidder, in: context)
        try placeOrder(
          id: id, listing: number, quantity: 1, price: auction.high, buyer: .account(bidder), payer: bidder,
          buyerKey: auction.buyerKey, funds: .bids, in: context)
      }
    } catch {
      guard error != .corruption else { throw error }
      try give(auction.high, of: row.terms.asset, to: bidder, from: \.bids, in: context)
      deposit(.auctionFailed(listing: number), in: context)
      if row.openOrders == 0 { try close(number, row, in: context) }
    }
  }

  // MARK: Offers

  static func makeOffer(
    listing number: UInt64, quantity: UInt32, price: Balance, expires: BlockNumber, buyerKey: FixedBytes<33>, origin: Origin,
    in context: ExecutionContext
  ) throws(DispatchError) {
    let buyer = try origin.signer()
    let row = try forSale(number, in: context)
    guard !Marketplace.auctions.exists(number, in: context), row.terms.kind != .subscription else { throw failure(.notForSale) }
    guard quantity > 0, quantity <= row.terms.quantity else { throw failure(.quantityUnavailable) }
    guard price >= Marketplace.minimumPrice else { throw failure(.belowMinimumPrice) }
    let now = try C.Clock.blockNumber(in: context)
    guard expires > now else { throw failure(.tooLate) }
    guard try expires - now <= parameters(in: context).maximumDeliverIn else { throw failure(.windowOutOfRange) }
    try check(buyerKey, for: row)
    let count = try Marketplace.offerCount.get(number, in: context)
    guard count < Marketplace.maximumOffers else { throw failure(.tooMuch) }
    try take(price, of: row.terms.asset, from: buyer, for: \.bids, in: context)
    let id = try Marketplace.nextOffer.get(in: context)
    Marketplace.nextOffer.set(id &+ 1, in: context)
    let offer = Marketplace.Offer(
      listing: number, buyer: buyer, buyerKey: buyerKey, quantity: quantity, price: price, asset: row.terms.asset, expires: expires)
    Marketplace.offers.set(id, to: offer, in: context)
    Marketplace.offerCount.set(number, to: count + 1, in: context)
    deposit(.offerMade(offer: id, listing: number, buyer: buyer, price: price), in: context)
  }

  static func acceptOffer(offer id: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let caller = try party(origin)
    guard let offer = try Marketplace.offers.get(id, in: context) else { throw failure(.unknownOffer) }
    let row = try forSale(offer.listing, in: context)
    guard row.seller == caller else { throw failure(.notParty) }
    guard try C.Clock.blockNumber(in: context) < offer.expires else { throw failure(.tooLate) }
    try remove(id, offer, in: context)
    try placeOrder(
      id: nextOrderID(offer.listing, offer.buyer, in: context), listing: offer.listing, quantity: offer.quantity, price: offer.price,
      buyer: .account(offer.buyer), payer: offer.buyer, buyerKey: offer.buyerKey, funds: .bids, in: context)
  }

  static func withdrawOffer(offer id: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let caller = try party(origin)
    guard let offer = try Marketplace.offers.get(id, in: context) else { throw failure(.unknownOffer) }
    let listing = try Marketplace.listings.get(offer.listing, in: context)
    let isOver = try C.Clock.blockNumber(in: context) >= offer.expires || listing == nil
    guard caller == .account(offer.buyer) || caller == listing?.seller || isOver else { throw failure(.notParty) }
    try remove(id, offer, in: context)
    try give(offer.price, of: offer.asset, to: offer.buyer, from: \.bids, in: context)
    deposit(.offerWithdrawn(offer: id), in: context)
  }

  private static func remove(_ id: UInt64, _ offer: Marketplace.Offer, in context: ExecutionContext) throws(DispatchError) {
    Marketplace.offers.remove(id, in: context)
    let left = try Marketplace.offerCount.get(offer.listing, in: context).subtractingSaturating(1)
    if left == 0 {
      Marketplace.offerCount.remove(offer.listing, in: context)
    } else {
      Marketplace.offerCount.set(offer.listing, to: left, in: context)
    }
  }
}

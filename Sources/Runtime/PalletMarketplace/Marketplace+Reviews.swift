internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Reviews come from orders that were settled, once each.

extension Marketplace.Pallet {
  static func review(order id: H256, stars: UInt8, text: [UInt8], origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var order = try order(id, in: context)
    guard try party(origin) == order.buyer else { throw failure(.notParty) }
    switch order.state {
    case .released, .split: break
    default: throw failure(.badReview)
    }
    guard (1...5).contains(stars), !order.isReviewed else { throw failure(.badReview) }
    guard let text = BoundedVector<UInt8, 128>(text) else { throw failure(.tooMuch) }
    guard try C.Clock.blockNumber(in: context) <= order.deadline else { throw failure(.tooLate) }
    order.isReviewed = true
    Marketplace.orders.set(id, to: order, in: context)
    let review = Marketplace.Review(stars: stars, text: text, at: try C.Clock.blockNumber(in: context), reply: nil)
    Marketplace.reviews.set(order.listing, id, to: review, in: context)
    try rate(order.listing, in: context) { $0.count(stars) }
    deposit(.reviewed(listing: order.listing, order: id, stars: stars), in: context)
  }

  static func reply(order id: H256, text: [UInt8], origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let order = try order(id, in: context)
    guard try party(origin) == order.seller else { throw failure(.notParty) }
    guard let text = BoundedVector<UInt8, 128>(text) else { throw failure(.tooMuch) }
    guard var review = try Marketplace.reviews.get(order.listing, id, in: context), review.reply == nil else { throw failure(.badReview) }
    review.reply = text
    Marketplace.reviews.set(order.listing, id, to: review, in: context)
    deposit(.replied(order: id), in: context)
  }
}

extension Marketplace.Rating {
  /// Counts a review.
  fileprivate mutating func count(_ stars: UInt8) {
    switch stars {
    case 1: one = one.addingSaturating(1)
    case 2: two = two.addingSaturating(1)
    case 3: three = three.addingSaturating(1)
    case 4: four = four.addingSaturating(1)
    default: five = five.addingSaturating(1)
    }
  }
}

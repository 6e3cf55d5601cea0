public import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Licences: issued when an order is released, machine-readable, handed on when their terms say so.

extension Marketplace.Pallet {
  /// Issues what an order's terms promise, to its buyer.
  static func issueLicence(_ id: H256, _ order: Marketplace.Order, in context: ExecutionContext) throws(DispatchError) {
    guard let terms = order.licence else { return }
    let number = try Marketplace.nextLicence.get(in: context)
    let now = try C.Clock.blockNumber(in: context)
    let seats = try checked { () throws(ArithmeticError) in
      UInt32(clamping: try UInt128(terms.seats).multiplied(by: UInt128(order.quantity)))
    }
    let licence = Marketplace.Licence(
      listing: order.listing, order: id, work: order.work, holder: order.buyer, terms: terms, seats: seats,
      expires: terms.term == 0 ? 0 : now.addingSaturating(terms.term))
    Marketplace.nextLicence.set(number &+ 1, in: context)
    Marketplace.licences.set(number, to: licence, in: context)
    deposit(.licenceIssued(licence: number, listing: order.listing, holder: order.buyer), in: context)
  }

  static func transferLicence(
    licence number: UInt64, to target: Location, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let caller = try party(origin)
    guard var licence = try Marketplace.licences.get(number, in: context) else { throw failure(.licence) }
    guard licence.holder == caller else { throw failure(.notParty) }
    guard licence.terms.isTransferable, try isValid(licence, in: context), C.account(of: target) != nil else { throw failure(.licence) }
    licence.holder = C.localAccount(of: target).map { Location.account($0) } ?? target
    Marketplace.licences.set(number, to: licence, in: context)
    deposit(.licenceTransferred(licence: number, to: licence.holder), in: context)
  }

  /// Whether a licence has not expired.
  public static func isValid(_ licence: Marketplace.Licence, in context: ExecutionContext) throws(DispatchError) -> Bool {
    guard licence.expires > 0 else { return true }
    return try C.Clock.blockNumber(in: context) < licence.expires
  }
}

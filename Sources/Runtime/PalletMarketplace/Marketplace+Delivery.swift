internal import Files
internal import Hashing
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// What the seller hands over, and what the buyer says to it.

extension Marketplace.Pallet {
  static func deliver(order id: H256, box: [UInt8], origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var order = try order(id, in: context)
    guard try party(origin) == order.seller else { throw failure(.notParty) }
    guard order.state == .funded else { throw failure(.wrongState) }
    guard try C.Clock.blockNumber(in: context) <= order.deadline else { throw failure(.tooLate) }
    if order.keyCommit == .zero {
      guard box.isEmpty else { throw failure(.badBox) }
    } else {
      do throws(KeyBoxError) { _ = try KeyBox(box) } catch { throw failure(.badBox) }
      guard let stored = BoundedVector<UInt8, 128>(box) else { throw failure(.badBox) }
      Marketplace.keyBoxes.set(id, to: stored, in: context)
    }
    order.state = .delivered
    order.deadline = try deadline(order.windows.complainIn, in: context)
    Marketplace.orders.set(id, to: order, in: context)
    deposit(.delivered(order: id, boxHash: Hash.blake2b256(box)), in: context)
  }

  static func confirm(order id: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let order = try delivered(id, to: origin, in: context)
    try release(id, order, in: context)
  }

  /// A delivered order whose buyer calls in time.
  static func delivered(_ id: H256, to origin: Origin, in context: ExecutionContext) throws(DispatchError) -> Marketplace.Order {
    let order = try order(id, in: context)
    guard try party(origin) == order.buyer else { throw failure(.notParty) }
    guard order.state == .delivered else { throw failure(.wrongState) }
    guard try C.Clock.blockNumber(in: context) <= order.deadline else { throw failure(.tooLate) }
    return order
  }
}

internal import Files
internal import Keys
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Complaints that the chain decides by itself: product design 2.1, C2 to C4.

extension Marketplace.Pallet {
  static func complain(order id: H256, proof: Marketplace.Complaint, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let order = try delivered(id, to: origin, in: context)
    let bond = try max(1, part(try parameters(in: context).complaintBondRate, of: order.price))
    let buyer = try account(of: order.buyer)
    switch proof {
    case .wrongKey(let shared):
      let key = try deliveredKey(id, order, shared, in: context)
      try decide(id, order, isUpheld: key?.commitment != order.keyCommit, .wrongKey, .wrongKey, bond: bond, buyer, in: context)
    case .wrongContent(let shared, let index, let block, let path, let plainLeaf, let plainPath):
      guard let manifest = order.manifest else { throw failure(.badProof) }
      // Only with the committed key does a block say anything about the seller.
      guard let key = try deliveredKey(id, order, shared, in: context), key.commitment == order.keyCommit else { throw failure(.badProof) }
      let isUpheld = try differs(manifest, key, index, block, path, plainLeaf, plainPath)
      try decide(id, order, isUpheld: isUpheld, .wrongContent, .wrongContent, bond: bond, buyer, in: context)
    case .notRetrievable(let index):
      try challenge(id, order, index, bond: bond, buyer, in: context)
    }
  }

  /// The key that the delivered box opens to; `nil` when it does not open for the point that both sides share.
  /// - Throws: ``Marketplace/Failure/badProof`` when the point is not that point.
  private static func deliveredKey(
    _ id: H256, _ order: Marketplace.Order, _ shared: Marketplace.SharedPoint, in context: ExecutionContext
  ) throws(DispatchError) -> ContentKey? {
    guard order.keyCommit != .zero, let bytes = try Marketplace.keyBoxes.get(id, in: context)?.items else { throw failure(.badProof) }
    let box: KeyBox
    do throws(KeyBoxError) { box = try KeyBox(bytes) } catch { throw failure(.badProof) }
    let proof = SharedPointProof(sharedPoint: shared.point.bytes, challenge: shared.challenge, response: shared.response)
    guard proof.verify(buyer: order.buyerKey.bytes, ephemeral: box.ephemeral.compressed) else { throw failure(.badProof) }
    do throws(KeyBoxError) { return try box.open(sharedPoint: shared.point.bytes) } catch { return nil }
  }

  /// Whether a block of the encrypted file is not what the plain file has at its place.
  private static func differs(
    _ manifest: Marketplace.ManifestRef, _ key: ContentKey, _ index: UInt64, _ block: [UInt8], _ path: [H256], _ plainLeaf: H256,
    _ plainPath: [H256]
  ) throws(DispatchError) -> Bool {
    let count = SegmentCipher.blockCount(size: manifest.cipherSize)
    let plainCount = SegmentCipher.plainBlockCount(plainSize: manifest.plainSize)
    guard let place = SegmentCipher.BlockPlace(index: index, cipherSize: manifest.cipherSize), place.length == block.count,
      place.plainLength > 0,
      AuditTree.verify(leaf: AuditTree.leaf(block), index: index, count: count, path: path, root: manifest.auditRoot),
      AuditTree.verify(leaf: plainLeaf, index: index, count: plainCount, path: plainPath, root: manifest.plainRoot)
    else { throw failure(.badProof) }
    do throws(SegmentCipherError) {
      let plain = try SegmentCipher.decryptBlock(block, at: index, cipherSize: manifest.cipherSize, key: key, salt: manifest.salt)
      return AuditTree.leaf(plain) != plainLeaf
    } catch { throw failure(.badProof) }
  }

  /// Ends a complaint that is decided at once. One that is not upheld costs its bond, and the window goes on.
  private static func decide(
    _ id: H256, _ order: Marketplace.Order, isUpheld: Bool, _ kind: Marketplace.ComplaintKind, _ reason: Marketplace.RefundReason,
    bond: Balance, _ buyer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try rate(order.listing, in: context) { $0.complaints = $0.complaints.addingSaturating(1) }
    deposit(.complained(order: id, kind: kind, isUpheld: isUpheld), in: context)
    guard !isUpheld else {
      try refund(id, order, reason: reason, crank: nil, in: context)
      return
    }
    try take(bond, of: order.asset, from: buyer, for: \.bonds, in: context)
    try forfeit(bond, id, order, in: context)
  }

  /// Half of a lost complaint's bond to the treasury, the rest to the seller.
  static func forfeit(_ bond: Balance, _ id: H256, _ order: Marketplace.Order, in context: ExecutionContext) throws(DispatchError) {
    let half = bond / 2
    try give(half, of: order.asset, to: C.treasury, from: \.bonds, in: context)
    try pay(bond - half, of: order.asset, to: order.seller, from: \.bonds, reference: id, in: context)
  }

  // MARK: Not retrievable

  private static func challenge(
    _ id: H256, _ order: Marketplace.Order, _ index: UInt64, bond: Balance, _ buyer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard let manifest = order.manifest, index < SegmentCipher.blockCount(size: manifest.cipherSize) else { throw failure(.badProof) }
    guard order.challenges < Marketplace.maximumChallenges else { throw failure(.tooMuch) }
    var order = order
    try take(bond, of: order.asset, from: buyer, for: \.bonds, in: context)
    let now = try C.Clock.blockNumber(in: context)
    order.state = .challenged(block: index, bond: bond, remaining: order.deadline.subtractingSaturating(now))
    order.challenges += 1
    order.deadline = try deadline(try parameters(in: context).challengePeriod, in: context)
    Marketplace.orders.set(id, to: order, in: context)
    try rate(order.listing, in: context) { $0.complaints = $0.complaints.addingSaturating(1) }
    deposit(.challenged(order: id, block: index, deadline: order.deadline), in: context)
  }

  /// Shows the block: the complaint has failed, and the buyer has what was left of the window to complain.
  static func answerChallenge(
    order id: H256, block: [UInt8], path: [H256], origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    _ = try party(origin)
    var order = try order(id, in: context)
    guard case .challenged(let index, let bond, let remaining) = order.state, let manifest = order.manifest else {
      throw failure(.wrongState)
    }
    guard try C.Clock.blockNumber(in: context) <= order.deadline else { throw failure(.tooLate) }
    let count = SegmentCipher.blockCount(size: manifest.cipherSize)
    guard let place = SegmentCipher.BlockPlace(index: index, cipherSize: manifest.cipherSize), place.length == block.count,
      AuditTree.verify(leaf: AuditTree.leaf(block), index: index, count: count, path: path, root: manifest.auditRoot)
    else { throw failure(.badProof) }
    try forfeit(bond, id, order, in: context)
    order.state = .delivered
    order.deadline = try deadline(max(1, remaining), in: context)
    Marketplace.orders.set(id, to: order, in: context)
    deposit(.challengeAnswered(order: id), in: context)
    deposit(.complained(order: id, kind: .notRetrievable, isUpheld: false), in: context)
  }

  /// Ends a challenge that nobody answered.
  static func settleChallenge(_ id: H256, _ order: Marketplace.Order, bond: Balance, in context: ExecutionContext) throws(DispatchError) {
    try pay(bond, of: order.asset, to: order.buyer, from: \.bonds, reference: id, in: context)
    deposit(.complained(order: id, kind: .notRetrievable, isUpheld: true), in: context)
    try refund(id, order, reason: .notRetrievable, crank: nil, in: context)
  }
}

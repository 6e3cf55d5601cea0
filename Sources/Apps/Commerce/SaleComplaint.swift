public import Files
public import Keys
public import PalletMarketplace
public import Primitives
internal import ScaleCodec

/// Complaints that a chain decides by itself, made by the buyer and checked as the chain will check them.
public enum SaleComplaint {
  /// The point that box and buyer's key share, with its proof.
  public static func sharedPoint(of box: KeyBox, with secret: SecretKey) -> Marketplace.SharedPoint? {
    let proof = SharedPointProof.make(for: box, with: secret)
    return FixedBytes<33>(proof.sharedPoint).map {
      Marketplace.SharedPoint(point: $0, challenge: proof.challenge, response: proof.response)
    }
  }

  /// Opens a box as the buyer.
  /// - Returns: The key, when the box opens to the key that the order commits to; else the complaint of a wrong key
  ///   (C2).
  public static func open(_ box: KeyBox, with secret: SecretKey, commitment: H256) -> (key: ContentKey?, complaint: Marketplace.Complaint?)
  {
    if let key = try? box.open(with: secret), key.commitment == commitment { return (key, nil) }
    return (nil, sharedPoint(of: box, with: secret).map { .wrongKey(shared: $0) })
  }

  /// The complaint that a block of the encrypted file holds something else than was promised (C3).
  /// - Parameters:
  ///   - index: Of the block.
  ///   - block: Its bytes, as they came.
  ///   - auditLeaves: Of the whole encrypted file.
  ///   - plainLeaves: Of the whole plain file that was promised.
  /// - Returns: `nil` when there is no such block or leaf.
  public static func wrongContent(
    index: UInt64, block: [UInt8], auditLeaves: [H256], plainLeaves: [H256], shared: Marketplace.SharedPoint
  ) -> Marketplace.Complaint? {
    guard let place = Int(exactly: index), let audit = AuditTree(leaves: auditLeaves), let plain = AuditTree(leaves: plainLeaves),
      let path = audit.path(to: place), let leaf = plain.leaf(at: place), let plainPath = plain.path(to: place)
    else { return nil }
    return .wrongContent(shared: shared, index: index, block: block, path: path, plainLeaf: leaf, plainPath: plainPath)
  }

  /// Whether the chain will uphold a complaint of an order; one that it will not costs the buyer half a bond.
  ///
  /// A complaint that a block is not retrievable is decided by whoever shows it, or not: it is never upheld at once.
  public static func isUpheld(_ complaint: Marketplace.Complaint, order: Marketplace.Order, box bytes: [UInt8]) -> Bool {
    isUpheld(complaint, file: order.manifest, commitment: order.keyCommit, buyer: order.buyerKey.bytes, box: bytes)
  }

  /// The same for what the order says of file and key.
  /// - Parameter buyer: The buyer's public key, compressed.
  public static func isUpheld(
    _ complaint: Marketplace.Complaint, file: Marketplace.ManifestRef?, commitment: H256, buyer: [UInt8], box bytes: [UInt8]
  ) -> Bool {
    guard let box = try? KeyBox(bytes) else { return false }
    switch complaint {
    case .notRetrievable: return false
    case .wrongKey(let shared):
      guard holds(shared, buyer, box) else { return false }
      return opened(box, shared)?.commitment != commitment
    case .wrongContent(let shared, let index, let block, let path, let leaf, let plainPath):
      guard holds(shared, buyer, box), let key = opened(box, shared), key.commitment == commitment, let file,
        let place = SegmentCipher.BlockPlace(index: index, cipherSize: file.cipherSize),
        place.plainLength > 0,
        AuditTree.verify(
          leaf: AuditTree.leaf(block), index: index, count: file.auditLeafCount, path: path, root: file.auditRoot),
        AuditTree.verify(leaf: leaf, index: index, count: file.plainLeafCount, path: plainPath, root: file.plainRoot),
        let plain = try? SegmentCipher.decryptBlock(block, at: index, cipherSize: file.cipherSize, key: key, salt: file.salt)
      else { return false }
      return AuditTree.leaf(plain) != leaf
    }
  }

  private static func holds(_ shared: Marketplace.SharedPoint, _ buyer: [UInt8], _ box: KeyBox) -> Bool {
    SharedPointProof(sharedPoint: shared.point.bytes, challenge: shared.challenge, response: shared.response)
      .verify(buyer: buyer, ephemeral: box.ephemeral.compressed)
  }

  private static func opened(_ box: KeyBox, _ shared: Marketplace.SharedPoint) -> ContentKey? {
    try? box.open(sharedPoint: shared.point.bytes)
  }
}

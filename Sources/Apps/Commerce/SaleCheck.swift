public import Files
public import PalletMarketplace
public import Primitives
internal import ScaleCodec

/// What a buyer finds in a file that came for an order.
public enum SaleFinding: Hashable, Sendable {
  /// Every block is what the listing promised, and was written out.
  case sound
  /// These are not the bytes that the seller committed to: the source is broken or lies. `block` is the first that
  /// differs, where the source's leaves tell. Another source may serve the right ones; if none does, complain C4.
  case notCommitted(block: UInt64?)
  /// The seller committed to these bytes, and with the delivered key this block holds something else than the plain
  /// file that was promised: complain C3.
  case wrongContent(block: UInt64)
  /// A segment does not open and the source has no leaves of the plain file, so nothing can be shown to the chain; a
  /// panel can judge.
  case unproven(segment: UInt64)
}

/// Checks a file against what its order says, block by block, and decrypts it.
public struct SaleCheck: Sendable {
  public let reference: Marketplace.ManifestRef
  public let key: ContentKey
  /// Of the source, when they belong to the order's roots.
  public let auditLeaves: [H256]?
  public let plainLeaves: [H256]?

  /// - Parameters:
  ///   - auditLeaves: The source's `audit.leaves`; kept only if they have the order's root.
  ///   - plainLeaves: The source's `plain.leaves`, likewise.
  public init(reference: Marketplace.ManifestRef, key: ContentKey, auditLeaves: [UInt8]?, plainLeaves: [UInt8]?) {
    self.reference = reference
    self.key = key
    self.auditLeaves = auditLeaves.flatMap {
      SaleBundle.leaves($0, count: reference.auditLeafCount, root: reference.auditRoot)
    }
    self.plainLeaves = plainLeaves.flatMap {
      SaleBundle.leaves($0, count: reference.plainLeafCount, root: reference.plainRoot)
    }
  }

  /// Reads the encrypted file twice: for its own root first, then to decrypt it.
  ///
  /// What `write` got is the plain file only if the finding is ``SaleFinding/sound``.
  /// - Parameters:
  ///   - read: The bytes of the encrypted file from an offset, as many as were asked for; it has as many as the order
  ///     says.
  ///   - write: Takes the plain file in order.
  /// - Throws: What the closures throw, or `SegmentCipherError` for an order whose sizes are impossible.
  public func run(read: (_ offset: UInt64, _ count: Int) throws -> [UInt8], write: ([UInt8]) throws -> Void) throws -> SaleFinding {
    guard SegmentCipher.plainSize(cipherSize: reference.cipherSize) == reference.plainSize else {
      throw SegmentCipherError.size(reference.cipherSize)
    }
    let leaves = try Self.leaves(of: reference, read: read)
    guard AuditTree(leaves: leaves)?.root == reference.auditRoot else {
      let differing = auditLeaves.flatMap { committed in
        zip(committed, leaves).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      }
      return .notCommitted(block: differing.map { UInt64($0) })
    }
    return try plainLeaves.map { try byBlock($0, read, write) } ?? bySegment(read, write)
  }

  /// The leaves of an encrypted file as it is, whatever the order says they should be.
  /// - Throws: What `read` throws, or `SegmentCipherError` when it returns too little.
  public static func leaves(
    of reference: Marketplace.ManifestRef, read: (_ offset: UInt64, _ count: Int) throws -> [UInt8]
  ) throws -> [H256] {
    var leaves: [H256] = []
    try Self.eachSegment(of: reference, read) { _, sealed in
      var start = 0
      repeat {
        let end = min(sealed.count, start + AuditTree.blockLength)
        leaves.append(AuditTree.leaf(Array(sealed[start..<end])))
        start = end
      } while start < sealed.count
      return true
    }
    return leaves
  }

  /// With the leaves of the plain file every block is judged as the chain would.
  private func byBlock(
    _ leaves: [H256], _ read: (UInt64, Int) throws -> [UInt8], _ write: ([UInt8]) throws -> Void
  ) throws -> SaleFinding {
    var finding = SaleFinding.sound
    try Self.eachSegment(of: reference, read) { segment, sealed in
      var plain: [UInt8] = []
      var index = segment * SegmentCipher.blocksPerSegment
      var start = 0
      while start < sealed.count {
        let end = min(sealed.count, start + AuditTree.blockLength)
        guard let place = SegmentCipher.BlockPlace(index: index, cipherSize: reference.cipherSize) else { break }
        if place.plainLength > 0 {
          let part = try SegmentCipher.decryptBlock(
            Array(sealed[start..<end]), at: index, cipherSize: reference.cipherSize, key: key, salt: reference.salt)
          guard index < UInt64(leaves.count), AuditTree.leaf(part) == leaves[Int(index)] else {
            finding = .wrongContent(block: index)
            return false
          }
          plain += part
        }
        index += 1
        start = end
      }
      try write(plain)
      return true
    }
    return finding
  }

  /// Without them the tags of the cipher and the roots of the whole tell right from wrong, and not where.
  private func bySegment(_ read: (UInt64, Int) throws -> [UInt8], _ write: ([UInt8]) throws -> Void) throws -> SaleFinding {
    var opener = SegmentOpener(key: key, salt: reference.salt)
    var plain: [UInt8] = []
    do {
      try Self.eachSegment(of: reference, read) { _, sealed in
        try opener.update(sealed) { plain += $0 }
        if !plain.isEmpty { try write(plain) }
        plain.removeAll(keepingCapacity: true)
        return true
      }
      let file = try opener.finish { plain += $0 }
      try write(plain)
      return file.plainRoot == reference.plainRoot ? .sound : .unproven(segment: 0)
    } catch SegmentCipherError.segmentDoesNotOpen(let index) {
      return .unproven(segment: index)
    }
  }

  /// Reads the encrypted file segment by segment while `body` says so.
  static func eachSegment(
    of reference: Marketplace.ManifestRef, _ read: (UInt64, Int) throws -> [UInt8],
    _ body: (_ segment: UInt64, _ sealed: [UInt8]) throws -> Bool
  ) throws {
    var offset: UInt64 = 0
    var segment: UInt64 = 0
    while offset < reference.cipherSize {
      let count = Int(min(UInt64(SegmentCipher.cipherSegment), reference.cipherSize - offset))
      let sealed = try read(offset, count)
      guard sealed.count == count else { throw SegmentCipherError.size(offset + UInt64(sealed.count)) }
      guard try body(segment, sealed) else { return }
      offset += UInt64(count)
      segment += 1
    }
  }
}

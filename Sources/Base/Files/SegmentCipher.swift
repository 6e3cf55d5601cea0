internal import CSodium
internal import Keys
internal import Primitives
public import ScaleCodec

/// The cipher of sold files, XC20P-seg: XChaCha20-Poly1305 over segments (STREAM construction).
///
/// The plaintext is cut into segments of 262,128 bytes. Each is encrypted under the nonce
/// `salt (16) ‖ index (u32, little-endian) ‖ 1 for the last segment, else 0 ‖ 000000` and followed by its tag of 16
/// bytes, so a full segment fills one block of IPFS. A file without bytes has one empty segment. What is cut off, put
/// in another order or taken from another file does not open.
///
/// A segment is a ChaCha20 stream under a key that all segments share, so one block of 4,096 bytes can be decrypted
/// alone: ``decryptBlock(_:at:cipherSize:key:salt:)`` is how a chain looks at the content that a buyer complains of.
/// That skips the tag, so the block must have been shown to be the seller's by its path to the audit root.
/// - SeeAlso: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
///   Misuse-Resistance" (STREAM); draft-irtf-cfrg-xchacha.
public enum SegmentCipher {
  /// Bytes of plaintext in a full segment.
  public static let plainSegment = 262_128
  /// Bytes of tag behind each segment.
  public static let tagLength = 16
  /// Bytes of a full segment with its tag.
  public static let cipherSegment = plainSegment + tagLength
  /// Blocks of a full segment.
  public static let blocksPerSegment = UInt64(cipherSegment / AuditTree.blockLength)
  /// The largest plaintext: as many segments as the nonce can number.
  public static let maximumPlainSize = UInt64(plainSegment) << 32

  /// Segments of a plaintext.
  /// - Returns: `nil` above ``maximumPlainSize``.
  public static func segments(plainSize: UInt64) -> UInt64? {
    guard plainSize <= maximumPlainSize else { return nil }
    return max(1, (plainSize + UInt64(plainSegment) - 1) / UInt64(plainSegment))
  }

  /// Bytes of the encrypted file.
  /// - Returns: `nil` above ``maximumPlainSize``.
  public static func cipherSize(plainSize: UInt64) -> UInt64? {
    segments(plainSize: plainSize).map { plainSize + $0 * UInt64(tagLength) }
  }

  /// Bytes of the plaintext.
  /// - Returns: `nil` when no encrypted file has this size.
  public static func plainSize(cipherSize: UInt64) -> UInt64? {
    let full = cipherSize / UInt64(cipherSegment)
    let rest = cipherSize % UInt64(cipherSegment)
    // Only a file without bytes has a segment without bytes.
    guard rest == 0 ? full > 0 : rest > UInt64(tagLength) || (full == 0 && rest == UInt64(tagLength)) else { return nil }
    let segments = full + (rest == 0 ? 0 : 1)
    let plain = cipherSize - segments * UInt64(tagLength)
    return plain <= maximumPlainSize ? plain : nil
  }

  /// Leaves of the audit tree of a file of this size, at least 1.
  public static func blockCount(size: UInt64) -> UInt64 {
    max(1, size / UInt64(AuditTree.blockLength) + (size % UInt64(AuditTree.blockLength) == 0 ? 0 : 1))
  }

  /// Leaves of the tree over the plaintext, whose blocks start anew in each segment; at least 1.
  ///
  /// Every full segment has 64, the last of 4,080 bytes, so the block of plaintext that lies in block i of the
  /// encrypted file is leaf i. (A file's last block may hold nothing but a tag, and then there is no such leaf.)
  public static func plainBlockCount(plainSize: UInt64) -> UInt64 {
    let full = plainSize / UInt64(plainSegment)
    let rest = plainSize % UInt64(plainSegment)
    let (blocks, overflow) = full.multipliedReportingOverflow(by: blocksPerSegment)
    if overflow { return .max }
    return rest == 0 && full > 0 ? blocks : blocks + blockCount(size: rest)
  }

  /// Where a block of 4,096 bytes of the encrypted file lies, and what it holds.
  public struct BlockPlace: Hashable, Sendable {
    /// Of the block, from 0.
    public let index: UInt64
    /// The segment that the block lies in.
    public let segment: UInt32
    /// Of the block in its segment, 0...63.
    public let blockInSegment: Int
    /// Bytes of the block: 4,096, fewer in the last.
    public let length: Int
    /// Bytes of plaintext in it, at its start: `min(4096, plaintext left in the segment)`. The rest is tag.
    public let plainLength: Int
    /// Whether the segment is the file's last.
    public let isInLastSegment: Bool

    /// Finds the block.
    /// - Parameters:
    ///   - index: Of the block, from 0.
    ///   - cipherSize: Bytes of the encrypted file.
    /// - Returns: `nil` when no encrypted file has this size or the file has no such block.
    public init?(index: UInt64, cipherSize: UInt64) {
      guard SegmentCipher.plainSize(cipherSize: cipherSize) != nil,
        index < SegmentCipher.blockCount(size: cipherSize),
        let segment = UInt32(exactly: index / SegmentCipher.blocksPerSegment)
      else { return nil }
      let start = UInt64(segment) * UInt64(SegmentCipher.cipherSegment)
      let sealed = Int(min(cipherSize - start, UInt64(SegmentCipher.cipherSegment)))
      let block = Int(index % SegmentCipher.blocksPerSegment)
      let offset = block * AuditTree.blockLength
      self.index = index
      self.segment = segment
      self.blockInSegment = block
      self.length = min(AuditTree.blockLength, sealed - offset)
      self.plainLength = max(0, min(AuditTree.blockLength, sealed - SegmentCipher.tagLength - offset))
      self.isInLastSegment = cipherSize - start <= UInt64(SegmentCipher.cipherSegment)
    }
  }

  /// Decrypts one block of an encrypted file without its segment.
  ///
  /// - Parameters:
  ///   - block: All bytes of the block, shown to be the file's by its path to the audit root: no tag is checked here.
  ///   - index: Of the block in the file, from 0.
  ///   - cipherSize: Bytes of the encrypted file.
  /// - Returns: The plaintext in it, ``BlockPlace/plainLength`` bytes; none when the block holds a tag only.
  /// - Throws: ``SegmentCipherError/noSuchBlock(index:)`` or ``SegmentCipherError/blockLength(count:expected:)``.
  public static func decryptBlock(
    _ block: [UInt8], at index: UInt64, cipherSize: UInt64, key: ContentKey, salt: FixedBytes<16>
  ) throws(SegmentCipherError) -> [UInt8] {
    guard let place = BlockPlace(index: index, cipherSize: cipherSize) else { throw .noSuchBlock(index: index) }
    guard block.count == place.length else { throw .blockLength(count: block.count, expected: place.length) }
    guard place.plainLength > 0 else { return [] }
    let nonce = self.nonce(salt: salt, segment: place.segment, isLast: place.isInLastSegment)
    // XChaCha20 draws a key from the first 16 bytes of the nonce, and counts ChaCha20 blocks of 64 bytes from 1:
    // block 0 makes the key of the tag.
    var subkey = [UInt8](repeating: 0, count: 32)
    defer { subkey.wipe() }
    let shortNonce = [0, 0, 0, 0] + nonce[16...]
    let counter = UInt32(1 + place.blockInSegment * AuditTree.blockLength / 64)
    var plain = [UInt8](repeating: 0, count: place.plainLength)
    precondition(isReady, "files: libsodium cannot be initialised")
    let hashed = key.withPointer { key in
      crypto_core_hchacha20(&subkey, nonce, key, nil)
    }
    let done = crypto_stream_chacha20_ietf_xor_ic(&plain, block, UInt64(plain.count), shortNonce, counter, subkey)
    precondition(hashed == 0 && done == 0, "files: libsodium cannot compute ChaCha20")
    return plain
  }

  /// Encrypts one segment.
  static func seal(_ plain: [UInt8], key: ContentKey, salt: FixedBytes<16>, segment: UInt32, isLast: Bool) -> [UInt8] {
    precondition(isReady, "files: libsodium cannot be initialised")
    let nonce = self.nonce(salt: salt, segment: segment, isLast: isLast)
    var sealed = [UInt8](repeating: 0, count: plain.count + tagLength)
    var count: UInt64 = 0
    let status = key.withPointer { key in
      crypto_aead_xchacha20poly1305_ietf_encrypt(
        &sealed, &count, plain, UInt64(plain.count), nil, 0, nil, nonce,
        key)
    }
    precondition(status == 0 && count == sealed.count, "files: libsodium cannot compute XChaCha20-Poly1305")
    return sealed
  }

  /// Decrypts one segment.
  /// - Returns: `nil` when the tag is not that of these bytes at this place.
  static func open(_ sealed: [UInt8], key: ContentKey, salt: FixedBytes<16>, segment: UInt32, isLast: Bool) -> [UInt8]? {
    precondition(isReady, "files: libsodium cannot be initialised")
    guard sealed.count >= tagLength else { return nil }
    let nonce = self.nonce(salt: salt, segment: segment, isLast: isLast)
    var plain = [UInt8](repeating: 0, count: sealed.count - tagLength)
    var count: UInt64 = 0
    let status = key.withPointer { key in
      crypto_aead_xchacha20poly1305_ietf_decrypt(
        &plain, &count, nil, sealed, UInt64(sealed.count), nil, 0, nonce,
        key)
    }
    return status == 0 ? plain : nil
  }

  private static func nonce(salt: FixedBytes<16>, segment: UInt32, isLast: Bool) -> [UInt8] {
    salt.bytes + (0..<4).map { UInt8(truncatingIfNeeded: segment >> (8 * $0)) } + [isLast ? 1 : 0, 0, 0, 0]
  }

  /// libsodium chooses the implementation that fits the processor when it is initialised; without, it stays slow.
  private static let isReady = sodium_init() >= 0
}

/// Why an encrypted file, or a block of one, is refused.
public enum SegmentCipherError: Error, Equatable, Sendable {
  /// The tag of this segment, counted from 0, is not that of its bytes at this place: another key or salt, changed
  /// bytes, another order, or the file is cut.
  case segmentDoesNotOpen(index: UInt64)
  /// No encrypted file has this many bytes: it is cut.
  case size(UInt64)
  /// The nonce has no number for more segments.
  case tooLarge
  /// The file has no block of this index, or no encrypted file has the size that was stated.
  case noSuchBlock(index: UInt64)
  /// The block has another length than the file has at this place.
  case blockLength(count: Int, expected: Int)
}

extension SegmentCipherError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .segmentDoesNotOpen(let index): "cipher: segment \(index) does not open: wrong key, or the file was changed"
    case .size(let size): "cipher: no encrypted file has \(size) bytes; it is cut"
    case .tooLarge: "cipher: more than \(SegmentCipher.maximumPlainSize) bytes"
    case .noSuchBlock(let index): "cipher: the file has no block \(index)"
    case .blockLength(let count, let expected): "cipher: the block has \(count) bytes, not \(expected)"
    }
  }
}

public import Primitives
public import ScaleCodec

/// What a manifest says of an encrypted file, computed while its bytes pass by.
public struct SegmentedFile: Hashable, Sendable {
  /// Of the encrypted file.
  public let cid: CID
  /// Bytes of the encrypted file.
  public let cipherSize: UInt64
  /// Bytes of the plaintext.
  public let plainSize: UInt64
  /// Root of the tree over blocks of 4,096 bytes of the encrypted file.
  public let auditRoot: H256
  /// Root of the tree over blocks of 4,096 bytes of the plaintext, which start anew in each segment.
  public let plainRoot: H256
  /// Leaves of both trees; empty unless they were asked for.
  public let auditLeaves: [H256]
  public let plainLeaves: [H256]
}

/// Encrypts a file while it passes by.
///
/// Keeps one segment, and the leaves of both trees when they are asked for (64 bytes for each 4 KiB of the file).
public struct SegmentSealer: Sendable {
  private let key: ContentKey
  private let salt: FixedBytes<16>
  private var segment: [UInt8] = []
  private var index: UInt64 = 0
  private var ledger: SegmentLedger

  /// - Parameters:
  ///   - key: For this file only.
  ///   - salt: 16 bytes from a secure random source, for this file only.
  ///   - keepsLeaves: Whether the result holds the leaves, from which paths are made.
  public init(key: ContentKey, salt: FixedBytes<16>, keepsLeaves: Bool = false) {
    self.key = key
    self.salt = salt
    self.ledger = SegmentLedger(keepsLeaves: keepsLeaves)
  }

  /// Takes the next bytes of the plaintext.
  /// - Parameter emit: Gets the encrypted file in order, one segment of 262,144 bytes at a time.
  /// - Throws: ``SegmentCipherError/tooLarge``
  public mutating func update(_ plain: [UInt8], emit: ([UInt8]) -> Void) throws(SegmentCipherError) {
    var start = 0
    while start < plain.count {
      // A full segment waits for the next byte: it may be the last.
      if segment.count == SegmentCipher.plainSegment { try seal(isLast: false, emit) }
      let end = min(plain.count, start + SegmentCipher.plainSegment - segment.count)
      segment += plain[start..<end]
      start = end
    }
  }

  /// Ends the file. Nothing may follow.
  /// - Parameter emit: Gets the last segment.
  /// - Throws: ``SegmentCipherError/tooLarge``
  public mutating func finish(emit: ([UInt8]) -> Void) throws(SegmentCipherError) -> SegmentedFile {
    try seal(isLast: true, emit)
    return ledger.finish()
  }

  private mutating func seal(isLast: Bool, _ emit: ([UInt8]) -> Void) throws(SegmentCipherError) {
    guard let number = UInt32(exactly: index) else { throw .tooLarge }
    let sealed = SegmentCipher.seal(segment, key: key, salt: salt, segment: number, isLast: isLast)
    ledger.append(plain: segment, sealed: sealed)
    segment.removeAll(keepingCapacity: true)
    index += 1
    emit(sealed)
  }
}

/// Decrypts a file while it passes by.
///
/// What ``update(_:emit:)`` hands out is authentic as far as it goes, but the file is whole only when
/// ``finish(emit:)`` has returned: an encrypted file that was cut at a segment's end shows it there.
public struct SegmentOpener: Sendable {
  private let key: ContentKey
  private let salt: FixedBytes<16>
  private var segment: [UInt8] = []
  private var index: UInt64 = 0
  private var ledger: SegmentLedger

  /// - Parameter keepsLeaves: Whether the result holds the leaves, from which a complaint is made.
  public init(key: ContentKey, salt: FixedBytes<16>, keepsLeaves: Bool = false) {
    self.key = key
    self.salt = salt
    self.ledger = SegmentLedger(keepsLeaves: keepsLeaves)
  }

  /// Takes the next bytes of the encrypted file.
  /// - Parameter emit: Gets the plaintext in order, one segment at a time.
  /// - Throws: ``SegmentCipherError/segmentDoesNotOpen(index:)`` or ``SegmentCipherError/tooLarge``. Take no more bytes then.
  public mutating func update(_ cipher: [UInt8], emit: ([UInt8]) -> Void) throws(SegmentCipherError) {
    var start = 0
    while start < cipher.count {
      if segment.count == SegmentCipher.cipherSegment { try open(isLast: false, emit) }
      let end = min(cipher.count, start + SegmentCipher.cipherSegment - segment.count)
      segment += cipher[start..<end]
      start = end
    }
  }

  /// Ends the file. Nothing may follow.
  /// - Parameter emit: Gets the last segment.
  /// - Returns: What the file is: compare it with the manifest (``Manifest/describes(_:)``), which says whether this is
  ///   the plaintext that was offered.
  /// - Throws: ``SegmentCipherError/segmentDoesNotOpen(index:)``, ``SegmentCipherError/size(_:)`` or
  ///   ``SegmentCipherError/tooLarge``.
  public mutating func finish(emit: ([UInt8]) -> Void) throws(SegmentCipherError) -> SegmentedFile {
    let size = ledger.cipherSize + UInt64(segment.count)
    guard SegmentCipher.plainSize(cipherSize: size) != nil else { throw .size(size) }
    try open(isLast: true, emit)
    return ledger.finish()
  }

  private mutating func open(isLast: Bool, _ emit: ([UInt8]) -> Void) throws(SegmentCipherError) {
    guard let number = UInt32(exactly: index) else { throw .tooLarge }
    guard let plain = SegmentCipher.open(segment, key: key, salt: salt, segment: number, isLast: isLast) else {
      throw .segmentDoesNotOpen(index: index)
    }
    ledger.append(plain: plain, sealed: segment)
    segment.removeAll(keepingCapacity: true)
    index += 1
    emit(plain)
  }
}

/// Sizes, content id and trees of an encrypted file.
private struct SegmentLedger: Sendable {
  private let keepsLeaves: Bool
  private var content = FileCIDBuilder()
  private var audit = AuditTree.Builder()
  private var plain = AuditTree.Builder()
  private var auditLeaves: [H256] = []
  private var plainLeaves: [H256] = []
  private(set) var cipherSize: UInt64 = 0
  private var plainSize: UInt64 = 0

  init(keepsLeaves: Bool) { self.keepsLeaves = keepsLeaves }

  mutating func append(plain bytes: [UInt8], sealed: [UInt8]) {
    content.update(sealed)
    cipherSize += UInt64(sealed.count)
    plainSize += UInt64(bytes.count)
    Self.eachLeaf(of: sealed) { leaf in
      audit.append(leaf)
      if keepsLeaves { auditLeaves.append(leaf) }
    }
    Self.eachLeaf(of: bytes) { leaf in
      plain.append(leaf)
      if keepsLeaves { plainLeaves.append(leaf) }
    }
  }

  mutating func finish() -> SegmentedFile {
    let node = content.finish()
    return SegmentedFile(
      cid: node.cid, cipherSize: cipherSize, plainSize: plainSize, auditRoot: audit.root ?? .zero,
      plainRoot: plain.root ?? .zero, auditLeaves: auditLeaves, plainLeaves: plainLeaves)
  }

  /// Leaves of a segment; one, of an empty block, when it has no bytes.
  private static func eachLeaf(of bytes: [UInt8], _ body: (H256) -> Void) {
    let span = bytes.span.bytes
    var start = 0
    repeat {
      let end = min(span.byteCount, start + AuditTree.blockLength)
      body(AuditTree.leaf(span.extracting(start..<end)))
      start = end
    } while start < span.byteCount
  }
}

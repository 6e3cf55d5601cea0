/// A value of exactly 32 bytes, kept as four machine words so that copying and comparing it touches no heap.
///
/// The words hold the bytes in memory order, so loading and storing are plain copies. Conforming types differ
/// only in meaning: a hash is not an account.
public protocol FixedBytes32: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The 32 bytes in memory order, eight to a word.
  var words: Words32 { get set }
  /// Wraps the given words.
  init(words: Words32)
}

/// Four words of eight bytes each, in memory order.
@frozen public struct Words32: Hashable, Sendable {
  public var w0: UInt64
  public var w1: UInt64
  public var w2: UInt64
  public var w3: UInt64

  @inlinable public init(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
    self.w0 = w0
    self.w1 = w1
    self.w2 = w2
    self.w3 = w3
  }

  /// Compares as unsigned bytes from the first to the last, the order of keys in every sorted store.
  @inlinable public static func precedes(_ a: Words32, _ b: Words32) -> Bool {
    if a.w0 != b.w0 { return a.w0.bigEndian < b.w0.bigEndian }
    if a.w1 != b.w1 { return a.w1.bigEndian < b.w1.bigEndian }
    if a.w2 != b.w2 { return a.w2.bigEndian < b.w2.bigEndian }
    return a.w3.bigEndian < b.w3.bigEndian
  }
}

extension FixedBytes32 {
  /// Thirty-two zero bytes.
  @inlinable public static var zero: Self { Self(words: Words32(0, 0, 0, 0)) }

  /// Copies 32 bytes out of a span.
  /// - Returns: `nil` unless the span holds exactly 32 bytes.
  @inlinable public init?(_ bytes: borrowing RawSpan) {
    guard bytes.byteCount == 32 else { return nil }
    self.init(
      words: Words32(
        bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: 24, as: UInt64.self)))
  }

  /// Copies 32 bytes out of an array.
  /// - Returns: `nil` unless the array holds exactly 32 bytes.
  @inlinable public init?(_ bytes: [UInt8]) { self.init(bytes.span.bytes) }

  /// Parses 64 hexadecimal digits, with or without a leading `0x`.
  public init?(hex: String) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes)
  }

  /// The value as an array of 32 bytes. Allocates; hot paths use ``withBytes(_:)``.
  @inlinable public var bytes: [UInt8] {
    withBytes { span in
      [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        span.withUnsafeBytes { buffer.baseAddress!.update(from: $0.baseAddress!.assumingMemoryBound(to: UInt8.self), count: 32) }
        count = 32
      }
    }
  }

  /// Lends the 32 bytes without copying them.
  @inlinable public func withBytes<R, E: Error>(_ body: (borrowing RawSpan) throws(E) -> R) throws(E) -> R {
    var copy = words
    // The words lie in memory in byte order, so their storage is the value.
    let result: Result<R, E> = withUnsafeBytes(of: &copy) { raw in
      do throws(E) { return .success(try body(raw.bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  @inlinable public static func < (a: Self, b: Self) -> Bool { Words32.precedes(a.words, b.words) }

  /// Lower-case hexadecimal with a leading `0x`.
  public var hex: String { Hex.encode(bytes) }

  public var description: String { hex }
}

/// A 32-byte hash, also used for roots and identifiers that are hashes.
@frozen public struct H256: FixedBytes32 {
  public var words: Words32
  @inlinable public init(words: Words32) { self.words = words }
}

/// A 32-byte account identifier: blake2b-256 of a compressed secp256k1 key, an ed25519 or sr25519 key, or a
/// derived (sovereign) account.
@frozen public struct AccountID: FixedBytes32 {
  public var words: Words32
  @inlinable public init(words: Words32) { self.words = words }
}

public import Primitives

/// A cursor over borrowed bytes that decodes SCALE strictly.
///
/// Nothing that it reads is trusted: every read checks what is left, every length is compared with the bytes that
/// could hold it before anything is allocated, and nesting is bounded. A failed read throws with the offset.
@frozen public struct ScaleReader: ~Escapable {
  /// Limits that no input can push past.
  @frozen public struct Limits: Sendable {
    /// How deep enums, structs and collections may nest.
    public var depth: Int
    /// How many items one collection may hold.
    public var items: Int
    @inlinable public init(depth: Int = 64, items: Int = 1 << 24) {
      self.depth = depth
      self.items = items
    }
    /// The limits used unless a caller asks for tighter ones.
    @inlinable public static var standard: Limits { Limits() }
  }

  @usableFromInline let bytes: RawSpan
  /// Bytes consumed so far.
  public private(set) var offset: Int
  @usableFromInline var depth: Int
  /// The limits in force.
  public let limits: Limits

  /// Starts at the first byte.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, limits: Limits = .standard) {
    self.bytes = bytes
    self.offset = 0
    self.depth = 0
    self.limits = limits
  }

  /// Bytes not yet consumed.
  public var remaining: Int { bytes.byteCount - offset }

  @usableFromInline @inline(__always)
  mutating func take(_ count: Int) throws(ScaleError) -> Int {
    guard count <= bytes.byteCount &- offset else {
      throw .truncated(needed: count, available: bytes.byteCount - offset, offset: offset)
    }
    let start = offset
    offset &+= count
    return start
  }

  /// Reads one byte.
  public mutating func readByte() throws(ScaleError) -> UInt8 {
    let start = try take(1)
    return bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self)
  }

  /// Looks at the next byte without consuming it; `nil` at the end.
  public func peekByte() -> UInt8? {
    offset < bytes.byteCount ? bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) : nil
  }

  /// Reads a fixed-width little-endian integer.
  public mutating func readInteger<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type = T.self) throws(ScaleError) -> T {
    let start = try take(MemoryLayout<T>.size)
    return T(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: T.self))
  }

  /// Reads 32 bytes as a hash or account.
  public mutating func readFixed32<T: FixedBytes32>(_: T.Type = T.self) throws(ScaleError) -> T {
    let start = try take(32)
    return T(
      words: Words32(
        bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 8, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 16, as: UInt64.self),
        bytes.unsafeLoadUnaligned(fromByteOffset: start &+ 24, as: UInt64.self)))
  }

  /// Copies `count` bytes.
  public mutating func readBytes(count: Int) throws(ScaleError) -> [UInt8] {
    guard count >= 0 else { throw .lengthOverLimit(length: count, limit: remaining, offset: offset) }
    let start = try take(count)
    let part = bytes.extracting(start..<start &+ count)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      part.withUnsafeBytes { source in
        if let from = source.baseAddress, let to = buffer.baseAddress {
          UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: count)
        }
      }
      filled = count
    }
  }

  /// Reads a compact length and that many bytes.
  public mutating func readByteVector(limit: Int = .max) throws(ScaleError) -> [UInt8] {
    let at = offset
    let count = try readLength()
    guard count <= limit else { throw .lengthOverLimit(length: count, limit: limit, offset: at) }
    return try readBytes(count: count)
  }

  /// Consumes `count` bytes unread.
  public mutating func skip(_ count: Int) throws(ScaleError) {
    guard count >= 0 else { throw .lengthOverLimit(length: count, limit: remaining, offset: offset) }
    _ = try take(count)
  }

  /// The bytes from `start` up to the cursor, for values that keep their own encoding.
  public func consumedBytes(from start: Int) -> [UInt8] {
    bytes.extracting(start..<offset).withUnsafeBytes { Array($0) }
  }

  /// Reads a compact integer of at most 128 bits.
  ///
  /// Only the shortest form is accepted, as parity-scale-codec does.
  public mutating func readCompact() throws(ScaleError) -> UInt128 {
    let at = offset
    let first = try readByte()
    switch first & 3 {
    case 0: return UInt128(first >> 2)
    case 1:
      let value = (UInt32(try readByte()) << 8 | UInt32(first)) >> 2
      guard value > 0x3f else { throw .nonCanonicalCompact(offset: at) }
      return UInt128(value)
    case 2:
      let start = try take(3)
      var raw = UInt32(first)
      for index in 0..<3 { raw |= UInt32(bytes.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)) << UInt32(8 * (index + 1)) }
      let value = raw >> 2
      guard value > 0x3fff else { throw .nonCanonicalCompact(offset: at) }
      return UInt128(value)
    default:
      let count = Int(first >> 2) + 4
      guard count <= 16 else { throw .compactOverflow(offset: at) }
      let start = try take(count)
      var value: UInt128 = 0
      for index in 0..<count { value |= UInt128(bytes.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)) << UInt128(8 * index) }
      // The top byte must be used, and four-byte forms start where the two-bit mode 2 ends.
      guard bytes.unsafeLoad(fromByteOffset: start + count - 1, as: UInt8.self) != 0, value > 0x3fff_ffff else {
        throw .nonCanonicalCompact(offset: at)
      }
      return value
    }
  }

  /// Reads a compact integer that must fit `T`.
  public mutating func readCompact<T: FixedWidthInteger & UnsignedInteger>(as _: T.Type) throws(ScaleError) -> T {
    let at = offset
    guard let value = T(exactly: try readCompact()) else { throw .compactOverflow(offset: at) }
    return value
  }

  /// Reads a collection's length and refuses one that the remaining bytes cannot hold.
  ///
  /// Every item takes at least one byte, so a length above the bytes that are left is a lie.
  public mutating func readLength() throws(ScaleError) -> Int {
    let at = offset
    let length = try readCompact(as: UInt32.self)
    let limit = min(limits.items, remaining)
    guard length <= limit else { throw .lengthOverLimit(length: Int(length), limit: limit, offset: at) }
    return Int(length)
  }

  /// Enters a nested value; pair with ``leave()``.
  public mutating func enter() throws(ScaleError) {
    guard depth < limits.depth else { throw .nestedTooDeep(limit: limits.depth, offset: offset) }
    depth &+= 1
  }

  /// Leaves a nested value.
  public mutating func leave() { depth &-= 1 }

  /// Ends decoding; refuses bytes that nothing consumed.
  public func finish() throws(ScaleError) {
    guard remaining == 0 else { throw .trailingBytes(count: remaining) }
  }
}

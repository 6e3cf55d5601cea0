public import Primitives

/// Writes SCALE into memory whose exact size is known beforehand.
///
/// Writing cannot fail: ``ScaleEncodable/encodedSize`` says how many bytes come. A type whose size and encoding
/// disagree is a programming error and stops the process.
@frozen public struct ScaleWriter: ~Copyable {
  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline let capacity: Int
  /// Bytes written so far.
  public var offset: Int

  @inlinable init(base: UnsafeMutableRawPointer, capacity: Int) {
    self.base = base
    self.capacity = capacity
    self.offset = 0
  }

  @inlinable @inline(__always)
  mutating func advance(_ count: Int) -> UnsafeMutableRawPointer {
    precondition(count <= capacity &- offset, "scale: a value wrote more than its encodedSize")
    let position = base + offset
    offset &+= count
    return position
  }

  /// Writes one byte.
  @inlinable public mutating func writeByte(_ byte: UInt8) { advance(1).storeBytes(of: byte, as: UInt8.self) }

  /// Writes a fixed-width little-endian integer.
  @inlinable public mutating func writeInteger<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    advance(MemoryLayout<T>.size).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Writes 32 bytes.
  @inlinable public mutating func writeFixed32(_ value: some FixedBytes32) {
    advance(32).storeBytes(of: value.words, as: Words32.self)
  }

  /// Writes bytes as they are, without a length.
  @inlinable public mutating func writeBytes(_ bytes: [UInt8]) {
    let target = advance(bytes.count)
    bytes.withUnsafeBytes { if let source = $0.baseAddress { target.copyMemory(from: source, byteCount: $0.count) } }
  }

  /// Writes a compact integer in its shortest form.
  @inlinable public mutating func writeCompact(_ value: UInt128) {
    if value <= 0x3f {
      writeByte(UInt8(value) << 2)
    } else if value <= 0x3fff {
      writeInteger(UInt16(value) << 2 | 1)
    } else if value <= 0x3fff_ffff {
      writeInteger(UInt32(value) << 2 | 2)
    } else {
      let count = (128 - value.leadingZeroBitCount + 7) / 8
      writeByte(UInt8(count - 4) << 2 | 3)
      for index in 0..<count { writeByte(UInt8(truncatingIfNeeded: value >> UInt128(8 * index))) }
    }
  }

  /// Writes a compact length and the bytes.
  @inlinable public mutating func writeByteVector(_ bytes: [UInt8]) {
    writeCompact(UInt128(bytes.count))
    writeBytes(bytes)
  }

  /// How many bytes ``writeCompact(_:)`` takes for `value`.
  @inlinable public static func compactSize(_ value: UInt128) -> Int {
    if value <= 0x3f { return 1 }
    if value <= 0x3fff { return 2 }
    if value <= 0x3fff_ffff { return 4 }
    return 1 + (128 - value.leadingZeroBitCount + 7) / 8
  }

  /// Fills a new array of exactly `count` bytes.
  @inlinable public static func fill(_ count: Int, _ body: (inout ScaleWriter) -> Void) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard count > 0, let base = buffer.baseAddress else { return }
      var writer = ScaleWriter(base: UnsafeMutableRawPointer(base), capacity: count)
      body(&writer)
      precondition(writer.offset == count, "scale: a value wrote less than its encodedSize")
      filled = count
    }
  }
}

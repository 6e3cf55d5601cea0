public import Primitives

extension FixedWidthInteger where Self: BitwiseCopyable {
  @inlinable public var encodedSize: Int { MemoryLayout<Self>.size }
  @inlinable public func encode(into writer: inout ScaleWriter) { writer.writeInteger(self) }
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) { self = try reader.readInteger() }
}

extension UInt8: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.u8)) }
}
extension UInt16: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.u16)) }
}
extension UInt32: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.u32)) }
}
extension UInt64: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.u64)) }
}
extension UInt128: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.u128)) }
}
extension Int8: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.i8)) }
}
extension Int16: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.i16)) }
}
extension Int32: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.i32)) }
}
extension Int64: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.i64)) }
}
extension Int128: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.i128)) }
}

extension Bool: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.bool)) }
  @inlinable public var encodedSize: Int { 1 }
  @inlinable public func encode(into writer: inout ScaleWriter) { writer.writeByte(self ? 1 : 0) }
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: self = false
    case 1: self = true
    case let byte: throw .invalidBool(byte: byte, offset: at)
    }
  }
}

extension H256: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    TypeShape(path: ["primitive_types", "H256"], .composite([.init(name: nil, type: TypeReference(Bytes32.self), typeName: "[u8; 32]")]))
  }
}
extension AccountID: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["sp_core", "crypto", "AccountId32"], .composite([.init(name: nil, type: TypeReference(Bytes32.self), typeName: "[u8; 32]")]))
  }
}
extension FixedBytes32 {
  @inlinable public var encodedSize: Int { 32 }
  @inlinable public func encode(into writer: inout ScaleWriter) { writer.writeFixed32(self) }
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) { self = try reader.readFixed32() }
}

/// Names the shape `[u8; 32]`; never instantiated.
public enum Bytes32: ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.array(length: 32, TypeReference(UInt8.self))) }
}

extension String: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.primitive(.str)) }
  public var encodedSize: Int {
    let count = utf8.count
    return ScaleWriter.compactSize(UInt128(count)) + count
  }
  public func encode(into writer: inout ScaleWriter) { writer.writeByteVector(Array(utf8)) }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    guard let text = String(validating: try reader.readByteVector(), as: UTF8.self) else { throw .invalidUTF8(offset: at) }
    self = text
  }
}

extension Optional: ScaleEncodable where Wrapped: ScaleEncodable {
  @inlinable public var encodedSize: Int { map { 1 + $0.encodedSize } ?? 1 }
  @inlinable public func encode(into writer: inout ScaleWriter) {
    switch self {
    case .none: writer.writeByte(0)
    case .some(let value):
      writer.writeByte(1)
      value.encode(into: &writer)
    }
  }
}
extension Optional: ScaleDecodable where Wrapped: ScaleDecodable {
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: self = .none
    case 1:
      try reader.enter()
      self = .some(try Wrapped(from: &reader))
      reader.leave()
    case let byte: throw .invalidOption(byte: byte, offset: at)
    }
  }
}
extension Optional: ScaleTyped where Wrapped: ScaleTyped {
  public static var typeShape: TypeShape {
    let wrapped = TypeReference(Wrapped.self)
    return TypeShape(
      path: ["Option"], parameters: [.init(name: "T", type: wrapped)],
      .variant([
        .init(name: "None", index: 0),
        .init(name: "Some", index: 1, fields: [.init(name: nil, type: wrapped, typeName: "T")]),
      ]))
  }
}

extension Array: ScaleEncodable where Element: ScaleEncodable {
  @inlinable public var encodedSize: Int {
    var size = ScaleWriter.compactSize(UInt128(count))
    if Element.self == UInt8.self { return size + count }
    for element in self { size += element.encodedSize }
    return size
  }
  @inlinable public func encode(into writer: inout ScaleWriter) {
    if Element.self == UInt8.self {
      writer.writeByteVector(unsafeBitCast(self, to: [UInt8].self))
      return
    }
    writer.writeCompact(UInt128(count))
    for element in self { element.encode(into: &writer) }
  }
}
extension Array: ScaleDecodable where Element: ScaleDecodable {
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    if Element.self == UInt8.self {
      self = unsafeBitCast(try reader.readByteVector(), to: [Element].self)
      return
    }
    let count = try reader.readLength()
    try reader.enter()
    self = []
    // The claimed length is bounded by bytes, not by memory: large items are reserved as they arrive.
    reserveCapacity(Swift.min(count, 1024))
    for _ in 0..<count { append(try Element(from: &reader)) }
    reader.leave()
  }
}
extension Array: ScaleTyped where Element: ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.sequence(TypeReference(Element.self))) }
}

/// An unsigned integer in SCALE's compact form.
@frozen public struct Compact<Value: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
  public var value: Value
  @inlinable public init(_ value: Value) { self.value = value }
}
extension Compact: ScaleEncodable {
  @inlinable public var encodedSize: Int { ScaleWriter.compactSize(UInt128(value)) }
  @inlinable public func encode(into writer: inout ScaleWriter) { writer.writeCompact(UInt128(value)) }
}
extension Compact: ScaleDecodable {
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    value = try reader.readCompact(as: Value.self)
  }
}
extension Compact: ScaleTyped where Value: ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.compact(TypeReference(Value.self))) }
}
extension Compact: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Value.IntegerLiteralType) { self.init(Value(integerLiteral: value)) }
}

/// `N` bytes without a length, for fields such as public keys and signatures.
@frozen public struct FixedBytes<let count: Int>: Sendable, Hashable, CustomStringConvertible {
  /// Exactly `count` bytes.
  public let bytes: [UInt8]

  /// Takes the bytes.
  /// - Returns: `nil` unless there are exactly `count`.
  @inlinable public init?(_ bytes: [UInt8]) {
    guard bytes.count == count else { return nil }
    self.bytes = bytes
  }

  /// `count` zero bytes.
  public static var zero: Self { Self(trusted: [UInt8](repeating: 0, count: count)) }

  @usableFromInline init(trusted: [UInt8]) { bytes = trusted }

  public var description: String { Hex.encode(bytes) }
}
extension FixedBytes: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.array(length: UInt32(count), TypeReference(UInt8.self))) }
  @inlinable public var encodedSize: Int { count }
  @inlinable public func encode(into writer: inout ScaleWriter) { writer.writeBytes(bytes) }
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    self.init(trusted: try reader.readBytes(count: count))
  }
}

/// The empty value `()`.
@frozen public struct Unit: Hashable, Sendable {
  @inlinable public init() {}
}
extension Unit: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.tuple([])) }
  @inlinable public var encodedSize: Int { 0 }
  @inlinable public func encode(into writer: inout ScaleWriter) {}
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {}
}

/// A pair, encoded as its two parts in order.
@frozen public struct Pair<First, Second> {
  public var first: First
  public var second: Second
  @inlinable public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }
}
extension Pair: Sendable where First: Sendable, Second: Sendable {}
extension Pair: Equatable where First: Equatable, Second: Equatable {}
extension Pair: Hashable where First: Hashable, Second: Hashable {}
extension Pair: ScaleEncodable where First: ScaleEncodable, Second: ScaleEncodable {
  @inlinable public var encodedSize: Int { first.encodedSize + second.encodedSize }
  @inlinable public func encode(into writer: inout ScaleWriter) {
    first.encode(into: &writer)
    second.encode(into: &writer)
  }
}
extension Pair: ScaleDecodable where First: ScaleDecodable, Second: ScaleDecodable {
  @inlinable public init(from reader: inout ScaleReader) throws(ScaleError) {
    first = try First(from: &reader)
    second = try Second(from: &reader)
  }
}
extension Pair: ScaleTyped where First: ScaleTyped, Second: ScaleTyped {
  public static var typeShape: TypeShape { TypeShape(.tuple([TypeReference(First.self), TypeReference(Second.self)])) }
}

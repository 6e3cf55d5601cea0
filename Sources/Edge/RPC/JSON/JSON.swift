public import Primitives

/// A JSON value (RFC 8259).
///
/// Whole numbers stay whole: `integer` holds everything that fits 64 signed bits, `unsigned` only the values above
/// that, so two equal numbers always compare equal. Values are made by literals, by the initialisers below or by
/// ``init(parsing:limits:)``.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A whole number from -2^63 to 2^63 - 1.
  case integer(Int64)
  /// A whole number above `Int64.max`. Build it with ``init(_:)-(FixedWidthInteger)``, which picks the right case.
  case unsigned(UInt64)
  /// A number with a fraction or an exponent, or a whole number outside 64 bits. Not finite is written as `null`.
  case double(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

// MARK: - Making values

extension JSON {
  /// A whole number; one that fits neither 64 signed nor 64 unsigned bits becomes its decimal text.
  public init(_ value: some FixedWidthInteger) {
    if let small = Int64(exactly: value) {
      self = .integer(small)
    } else if let large = UInt64(exactly: value) {
      self = .unsigned(large)
    } else {
      self = .string(String(value))
    }
  }

  /// A string, for texts that are no literal.
  public init(_ value: String) { self = .string(value) }

  /// `true` or `false`.
  public init(_ value: Bool) { self = .bool(value) }

  /// Bytes as `0x` and lower-case digits.
  public static func hex(_ bytes: [UInt8]) -> JSON { .string(Hex.encode(bytes)) }

  /// A hash as `0x` and 64 lower-case digits.
  public static func hash(_ value: H256) -> JSON { .string(Hex.encode(value.bytes)) }

  /// A number in the form of Substrate's headers: `0x` and the fewest lower-case digits, `0x0` for zero.
  public static func hexNumber(_ value: some UnsignedInteger) -> JSON { .string("0x" + String(value, radix: 16)) }

  /// A number as decimal text, for amounts that clients cannot hold in a double.
  public static func decimal(_ value: some BinaryInteger) -> JSON { .string(String(value)) }
}

// Not by `nil`: where a `JSON?` is meant, the compiler would silently take it for `null`.
extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A number with a fraction.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }

  /// An object; of two equal keys the later one counts.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { _, later in later })
  }
}

// MARK: - Reading values

extension JSON {
  /// The member of an object, `nil` when this is no object or has no such key.
  public subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The element of an array, `nil` when this is no array or the index lies outside it.
  public subscript(index: Int) -> JSON? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  /// True for `null`, false for every other value.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// `nil` for every other kind of value.
  public var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// `nil` for every other kind of value.
  public var asString: String? { if case .string(let value) = self { value } else { nil } }

  /// `nil` for every other kind of value.
  public var asArray: [JSON]? { if case .array(let value) = self { value } else { nil } }

  /// `nil` for every other kind of value.
  public var asObject: [String: JSON]? { if case .object(let value) = self { value } else { nil } }

  /// A whole number that fits 64 signed bits.
  public var asInt64: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// A whole number from 0 to 2^64 - 1.
  public var asUInt64: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    default: nil
    }
  }

  /// Any number, rounded to a double.
  public var asDouble: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// A whole number, given as a number, as decimal text or as `0x` text of at most 128 bits.
  public var asUInt128: UInt128? {
    switch self {
    case .integer(let value): UInt128(exactly: value)
    case .unsigned(let value): UInt128(value)
    case .string(let text): text.hasPrefix("0x") ? UInt128(text.dropFirst(2), radix: 16) : UInt128(text)
    default: nil
    }
  }

  /// The bytes that a text of hexadecimal digits stands for, with or without `0x`.
  public var asBytes: [UInt8]? { asString.flatMap { Hex.decode($0) } }

  /// The hash that a text of 64 hexadecimal digits stands for, with or without `0x`.
  public var asHash: H256? { asBytes.flatMap { H256($0) } }
}

extension JSON: CustomStringConvertible {
  /// The text of ``encoded()``.
  public var description: String { String(decoding: encoded(), as: UTF8.self) }
}

/// Why bytes are not the SCALE encoding of the type that was asked for.
///
/// Offsets count bytes from the start of the decoded span.
public enum ScaleError: Error, Equatable, Sendable {
  /// The span ends before the value does.
  case truncated(needed: Int, available: Int, offset: Int)
  /// A compact integer is not in its shortest form.
  case nonCanonicalCompact(offset: Int)
  /// A compact integer does not fit the type that was asked for.
  case compactOverflow(offset: Int)
  /// A `bool` is neither 0 nor 1.
  case invalidBool(byte: UInt8, offset: Int)
  /// An `Option` tag is neither 0 nor 1.
  case invalidOption(byte: UInt8, offset: Int)
  /// An enum has no variant with this index.
  case unknownVariant(type: StaticString, index: UInt8, offset: Int)
  /// A collection claims more items than bytes are left, or more than the type allows.
  case lengthOverLimit(length: Int, limit: Int, offset: Int)
  /// Values are nested deeper than the reader allows.
  case nestedTooDeep(limit: Int, offset: Int)
  /// A string is not UTF-8.
  case invalidUTF8(offset: Int)
  /// The bytes decode, but the value breaks a rule of its type.
  case invalidValue(type: StaticString, reason: StaticString, offset: Int)
  /// Bytes are left after the value.
  case trailingBytes(count: Int)

  public static func == (a: ScaleError, b: ScaleError) -> Bool { a.description == b.description }
}

extension ScaleError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let needed, let available, let offset):
      "scale: need \(needed) bytes at offset \(offset), \(available) left"
    case .nonCanonicalCompact(let offset):
      "scale: compact integer at offset \(offset) is not in its shortest form"
    case .compactOverflow(let offset): "scale: compact integer at offset \(offset) does not fit its type"
    case .invalidBool(let byte, let offset): "scale: bool at offset \(offset) is \(byte), neither 0 nor 1"
    case .invalidOption(let byte, let offset): "scale: option tag at offset \(offset) is \(byte), neither 0 nor 1"
    case .unknownVariant(let type, let index, let offset):
      "scale: \(type) at offset \(offset) has no variant \(index)"
    case .lengthOverLimit(let length, let limit, let offset):
      "scale: collection at offset \(offset) claims \(length) items, at most \(limit) possible"
    case .nestedTooDeep(let limit, let offset): "scale: nested deeper than \(limit) at offset \(offset)"
    case .invalidUTF8(let offset): "scale: string at offset \(offset) is not UTF-8"
    case .invalidValue(let type, let reason, let offset): "scale: \(type) at offset \(offset): \(reason)"
    case .trailingBytes(let count): "scale: \(count) bytes left after the value"
    }
  }
}

public import ScaleCodec

/// A value whose type is known only from metadata.
///
/// Decoding always gives the first form of each kind; encoding also takes the looser ones that
/// ``TypeRegistry/encode(_:as:accounts:limits:path:)`` lists.
public enum DynamicValue: Hashable, Sendable {
  case bool(Bool)
  /// Whole numbers up to 128 bits, compact ones as well.
  case unsigned(UInt128)
  case signed(Int128)
  /// Decimal digits of a number that needs more than 128 bits, with `-` when it is negative.
  case wide(String)
  /// Text, and a `char` as text of one scalar.
  case string(String)
  /// Sequences and arrays of `u8`.
  case bytes([UInt8])
  case bits([Bool])
  /// Sequences and arrays of anything else, and tuples.
  case sequence([DynamicValue])
  case composite([Field])
  case variant(String, [Field])

  /// A part of a composite or of a variant; without a name its place counts.
  public struct Field: Hashable, Sendable {
    public var name: String?
    public var value: DynamicValue
    public init(_ name: String?, _ value: DynamicValue) {
      self.name = name
      self.value = value
    }
  }

  /// Bounds on what one value may be made of.
  public struct Limits: Sendable {
    /// How deep types may nest, wrappers counted.
    public var depth: Int
    /// How many parts a value may have in all; bytes and texts are one each.
    public var nodes: Int
    public init(depth: Int = 128, nodes: Int = 1 << 20) {
      self.depth = depth
      self.nodes = nodes
    }
    public static var standard: Limits { Limits() }
  }
}

extension DynamicValue {
  /// A field of a composite or of a variant by its name.
  public subscript(name: String) -> DynamicValue? {
    switch self {
    case .composite(let fields), .variant(_, let fields): fields.first { $0.name == name }?.value
    default: nil
    }
  }

  /// What the composites and variants of one unnamed field around a value hold.
  public var unwrapped: DynamicValue {
    var value = self
    while case .composite(let fields) = value, fields.count == 1, let only = fields.first, only.name == nil { value = only.value }
    return value
  }
}

/// Why a value is not of its type, and where.
public struct DynamicError: Error, Equatable, Sendable {
  /// Fields and positions from the outermost value, such as `call.dest.Id`.
  public var path: String
  /// The type there, as ``TypeRegistry/name(_:)`` spells it.
  public var type: String
  public var reason: Reason

  public enum Reason: Equatable, Sendable {
    /// The bytes are not of the type.
    case malformed(ScaleError)
    /// The registry lacks the type.
    case unknownType(TypeID)
    /// The enum has no variant with this number.
    case unknownVariant(UInt8)
    /// The type nests deeper than the limit, or contains itself.
    case tooDeep(limit: Int)
    /// The value has more parts than the limit.
    case tooManyParts(limit: Int)
    /// The type is one that no value can have, such as a compact text.
    case impossible
    /// The value is of another kind than the type; the sentence says what was expected.
    case mismatch(String)
  }

  init(_ reason: Reason, type: String, path: String = "") {
    self.path = path
    self.type = type
    self.reason = reason
  }

  /// The same error, seen from the value that holds the part.
  func inside(_ part: String) -> DynamicError {
    var error = self
    // Names come from strangers: neither one long name nor many may grow into a message of megabytes.
    if part.isEmpty || path.utf8.count > 4096 { return error }
    let part = part.prefix(256)
    error.path = path.isEmpty || path.hasPrefix("[") ? part + path : "\(part).\(path)"
    return error
  }
}

extension DynamicError: CustomStringConvertible {
  public var description: String { "\(path.isEmpty ? "the value" : path) (\(type)) \(sentence)" }

  private var sentence: String {
    switch reason {
    case .malformed(let error): "does not decode: \(error)"
    case .unknownType(let id): "has type \(id), which the registry does not hold"
    case .unknownVariant(let index): "has no variant \(index)"
    case .tooDeep(let limit): "nests deeper than \(limit)"
    case .tooManyParts(let limit): "has more than \(limit) parts"
    case .impossible: "is of a type that no value can have"
    case .mismatch(let sentence): sentence
    }
  }
}

public import Primitives

/// The parameters of one call, by position or by name; what is absent or `null` counts as not given.
///
/// Each accessor takes the position and the name of a parameter and throws ``RPCError/invalidParams(_:)`` (-32602)
/// that names it.
public struct RPCParams: Hashable, Sendable {
  private enum Form: Hashable, Sendable {
    case positional([JSON])
    case named([String: JSON])
  }
  private let form: Form

  /// Parameters by position.
  public init(_ values: [JSON] = []) { form = .positional(values) }

  /// - Parameter json: The `params` member: absent, null, an array or an object.
  /// - Throws: ``RPCError/invalidRequest(_:)`` for anything else.
  public init(json: JSON?) throws(RPCError) {
    switch json {
    case nil, .null?: form = .positional([])
    case .array(let values)?: form = .positional(values)
    case .object(let members)?: form = .named(members)
    default: throw .invalidRequest("params is neither an array nor an object")
    }
  }

  /// How many parameters were sent.
  public var count: Int {
    switch form {
    case .positional(let values): values.count
    case .named(let members): members.count
    }
  }

  /// A parameter as it came; `nil` when absent or null.
  public func value(_ index: Int, _ name: String) -> JSON? {
    let found: JSON?
    switch form {
    case .positional(let values): found = values.indices.contains(index) ? values[index] : nil
    case .named(let members): found = members[name]
    }
    return found.flatMap { $0.isNull ? nil : $0 }
  }

  /// Reads an optional parameter.
  /// - Parameter expected: What the parameter should be, for the error: "a hash".
  public func optional<T>(
    _ index: Int, _ name: String, expected: String, _ read: (JSON) -> T?
  ) throws(RPCError) -> T? {
    guard let value = value(index, name) else { return nil }
    guard let result = read(value) else {
      throw .invalidParams("\(name) (parameter \(index)) is not \(expected)")
    }
    return result
  }

  /// Reads a parameter that must be given.
  public func required<T>(
    _ index: Int, _ name: String, expected: String, _ read: (JSON) -> T?
  ) throws(RPCError) -> T {
    guard let result = try optional(index, name, expected: expected, read) else {
      throw .invalidParams("\(name) (parameter \(index)) is missing, expected \(expected)")
    }
    return result
  }

  /// Refuses parameters beyond the first `limit`.
  public func atMost(_ limit: Int) throws(RPCError) {
    guard count <= limit else { throw .invalidParams("\(count) parameters, at most \(limit) are expected") }
  }
}

extension RPCParams {
  /// Any value but null.
  public func json(_ index: Int, _ name: String) throws(RPCError) -> JSON {
    try required(index, name, expected: "given") { $0 }
  }

  /// A string.
  public func string(_ index: Int, _ name: String) throws(RPCError) -> String {
    try required(index, name, expected: "a string", \.asString)
  }

  /// A string, if given.
  public func optionalString(_ index: Int, _ name: String) throws(RPCError) -> String? {
    try optional(index, name, expected: "a string", \.asString)
  }

  /// `true` or `false`.
  public func bool(_ index: Int, _ name: String) throws(RPCError) -> Bool {
    try required(index, name, expected: "true or false", \.asBool)
  }

  /// `true` or `false`, if given.
  public func optionalBool(_ index: Int, _ name: String) throws(RPCError) -> Bool? {
    try optional(index, name, expected: "true or false", \.asBool)
  }

  /// Bytes as hexadecimal text of any case, with or without `0x`.
  public func bytes(_ index: Int, _ name: String) throws(RPCError) -> [UInt8] {
    try required(index, name, expected: "hexadecimal bytes", \.asBytes)
  }

  /// Bytes as hexadecimal text, if given.
  public func optionalBytes(_ index: Int, _ name: String) throws(RPCError) -> [UInt8]? {
    try optional(index, name, expected: "hexadecimal bytes", \.asBytes)
  }

  /// 32 bytes as hexadecimal text.
  public func hash(_ index: Int, _ name: String) throws(RPCError) -> H256 {
    try required(index, name, expected: "a hash of 32 bytes", \.asHash)
  }

  /// The usual "at": a block hash, or nothing for the best block.
  public func optionalHash(_ index: Int, _ name: String) throws(RPCError) -> H256? {
    try optional(index, name, expected: "a hash of 32 bytes", \.asHash)
  }

  /// A whole number within the bounds of `T`, as a number, as `0x` text or as decimal text.
  public func number<T: FixedWidthInteger & Sendable>(
    _ index: Int, _ name: String, as type: T.Type = T.self
  ) throws(RPCError) -> T {
    try required(index, name, expected: "a number from \(T.min) to \(T.max)", Self.whole)
  }

  /// A whole number within the bounds of `T`, if given.
  public func optionalNumber<T: FixedWidthInteger & Sendable>(
    _ index: Int, _ name: String, as type: T.Type = T.self
  ) throws(RPCError) -> T? {
    try optional(index, name, expected: "a number from \(T.min) to \(T.max)", Self.whole)
  }

  /// An array.
  public func array(_ index: Int, _ name: String) throws(RPCError) -> [JSON] {
    try required(index, name, expected: "an array", \.asArray)
  }

  /// An array, if given.
  public func optionalArray(_ index: Int, _ name: String) throws(RPCError) -> [JSON]? {
    try optional(index, name, expected: "an array", \.asArray)
  }

  /// A list of byte strings, with the text each was given as, for answers that repeat the client's spelling.
  public func keys(_ index: Int, _ name: String) throws(RPCError) -> [(text: String, bytes: [UInt8])] {
    try required(index, name, expected: "an array of hexadecimal bytes") { value in
      guard let elements = value.asArray else { return nil }
      var keys: [(text: String, bytes: [UInt8])] = []
      for element in elements {
        guard let text = element.asString, let bytes = Hex.decode(text) else { return nil }
        keys.append((text, bytes))
      }
      return keys
    }
  }

  /// Digits, decimal or behind `0x`; no sign.
  private static func whole<T: FixedWidthInteger & Sendable>(_ text: String) -> T? {
    let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = isHex ? text.dropFirst(2) : text[...]
    guard digits.utf8.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) ?? false else { return nil }
    return T(digits, radix: isHex ? 16 : 10)
  }

  private static func whole<T: FixedWidthInteger & Sendable>(_ value: JSON) -> T? {
    switch value {
    case .integer(let number): T(exactly: number)
    case .unsigned(let number): T(exactly: number)
    case .string(let text): whole(text)
    default: nil
    }
  }
}

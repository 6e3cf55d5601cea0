/// Bounds on JSON text from outside.
public struct JSONLimits: Hashable, Sendable {
  /// Arrays and objects inside each other.
  public var depth: Int
  /// Length of the text, in bytes.
  public var bytes: Int
  /// Values in the whole document, so that a small text cannot ask for a large tree.
  public var values: Int

  /// Bounds that fit every answer of a node.
  public init(depth: Int = 64, bytes: Int = 64 << 20, values: Int = 1_000_000) {
    self.depth = depth
    self.bytes = bytes
    self.values = values
  }
}

/// Why a text is no JSON value. Offsets count bytes from the start of the text.
public enum JSONError: Error, Hashable, Sendable {
  /// The text ends inside a value.
  case truncated
  /// A byte that the grammar does not allow here.
  case unexpected(byte: UInt8, offset: Int)
  /// Bytes after the value.
  case trailing(offset: Int)
  /// A string that is not UTF-8, holds a raw control character or half of a surrogate pair.
  case invalidText(offset: Int)
  /// A number too large for a double, or written with more than 1,100 characters.
  case numberOutOfRange(offset: Int)
  /// An object names a key twice.
  case duplicateKey(offset: Int)
  case tooDeep(limit: Int)
  case tooLarge(bytes: Int, limit: Int)
  case tooManyValues(limit: Int)
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated: "json: text ends inside a value"
    case .unexpected(let byte, let offset): "json: unexpected byte 0x\(String(byte, radix: 16)) at offset \(offset)"
    case .trailing(let offset): "json: bytes after the value at offset \(offset)"
    case .invalidText(let offset): "json: invalid text at offset \(offset)"
    case .numberOutOfRange(let offset): "json: number out of range at offset \(offset)"
    case .duplicateKey(let offset): "json: key given twice at offset \(offset)"
    case .tooDeep(let limit): "json: nested deeper than \(limit)"
    case .tooLarge(let bytes, let limit): "json: \(bytes) bytes, at most \(limit) are allowed"
    case .tooManyValues(let limit): "json: more than \(limit) values"
    }
  }
}

extension JSON {
  /// Reads exactly one value; white space may stand around it.
  ///
  /// Strict: no comments, no trailing commas, no leading zeros, no duplicate keys, UTF-8 only.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var parser = JSONParser(bytes, limits: limits)
    self = try parser.document()
  }

  /// Reads exactly one value from text.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

/// A recursive-descent reader over one text; its recursion is bounded by ``JSONLimits/depth``.
struct JSONParser {
  private let bytes: [UInt8]
  private let limits: JSONLimits
  private var index = 0
  private var values = 0

  init(_ bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSON {
    guard bytes.count <= limits.bytes else { throw .tooLarge(bytes: bytes.count, limit: limits.bytes) }
    skipSpace()
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw .trailing(offset: index) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    values += 1
    guard values <= limits.values else { throw .tooManyValues(limit: limits.values) }
    switch try peek() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    case let other: throw .unexpected(byte: other, offset: index)
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
    index += 1
    skipSpace()
    var elements: [JSON] = []
    if try peek() == UInt8(ascii: "]") {
      index += 1
      return .array(elements)
    }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if try separator(orEnd: UInt8(ascii: "]")) { return .array(elements) }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
    index += 1
    skipSpace()
    var members: [String: JSON] = [:]
    // A request has four; reserving for objects inside it would let a small text ask for a large tree.
    if depth == 1 { members.reserveCapacity(4) }
    if try peek() == UInt8(ascii: "}") {
      index += 1
      return .object(members)
    }
    while true {
      let start = index
      try expect(UInt8(ascii: "\""))
      index = start
      let key = try string()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      let member = try value(depth: depth)
      guard members.updateValue(member, forKey: key) == nil else { throw .duplicateKey(offset: start) }
      skipSpace()
      if try separator(orEnd: UInt8(ascii: "}")) { return .object(members) }
    }
  }

  /// Consumes a comma and the space after it (false) or the closing bracket (true).
  private mutating func separator(orEnd end: UInt8) throws(JSONError) -> Bool {
    let byte = try peek()
    guard byte == end || byte == UInt8(ascii: ",") else { throw .unexpected(byte: byte, offset: index) }
    index += 1
    if byte == end { return true }
    skipSpace()
    return false
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for position in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[position]) }
    return value
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    let found = try peek()
    guard found == byte else { throw .unexpected(byte: found, offset: index) }
    index += 1
  }

  private func peek() throws(JSONError) -> UInt8 {
    guard index < bytes.count else { throw .truncated }
    return bytes[index]
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      default: return
      }
    }
  }
}

// MARK: - Numbers

extension JSONParser {
  /// Bytes of a number: more than any double needs to be written out.
  private static let longestNumber = 1100

  private mutating func number() throws(JSONError) -> JSON {
    let start = index
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let digits = index
    try skipDigits()
    // A leading zero stands alone.
    if bytes[digits] == 0x30, index > digits + 1 { throw .unexpected(byte: bytes[digits + 1], offset: digits + 1) }
    var isWhole = true
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      isWhole = false
      index += 1
      try skipDigits()
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      try skipDigits()
    }
    guard index - start <= Self.longestNumber else { throw .numberOutOfRange(offset: start) }
    if isWhole, let whole = whole(bytes[digits..<index], isNegative: isNegative) { return whole }
    guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)), value.isFinite else {
      throw .numberOutOfRange(offset: start)
    }
    return .double(value)
  }

  /// The value of plain digits; `nil` when it needs more than 64 bits.
  private func whole(_ digits: ArraySlice<UInt8>, isNegative: Bool) -> JSON? {
    var magnitude: UInt64 = 0
    for digit in digits {
      let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt64(digit &- 0x30))
      if overflow || carry { return nil }
      magnitude = sum
    }
    if !isNegative { return JSON(magnitude) }
    if magnitude == Int64.min.magnitude { return .integer(.min) }
    return Int64(exactly: magnitude).map { .integer(-$0) }
  }

  private mutating func skipDigits() throws(JSONError) {
    let first = try peek()
    guard (0x30...0x39).contains(first) else { throw .unexpected(byte: first, offset: index) }
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
  }
}

// MARK: - Text

extension JSONParser {
  /// Reads a string whose opening quote is at `index`.
  private mutating func string() throws(JSONError) -> String {
    let start = index
    index += 1
    let plainEnd = endOfPlainRun()
    if plainEnd < bytes.count, bytes[plainEnd] == UInt8(ascii: "\"") {
      // Nearly every string has no escape: its bytes are the text.
      let text = String(validating: bytes[index..<plainEnd], as: UTF8.self)
      index = plainEnd + 1
      guard let text else { throw .invalidText(offset: start) }
      return text
    }
    var text: [UInt8] = []
    while true {
      let end = endOfPlainRun()
      text.append(contentsOf: bytes[index..<end])
      index = end
      switch try peek() {
      case UInt8(ascii: "\""):
        index += 1
        guard let text = String(validating: text, as: UTF8.self) else { throw .invalidText(offset: start) }
        return text
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: throw .invalidText(offset: index)  // a raw control character
      }
    }
  }

  /// The index of the next quote, backslash or control character, or the end of the text.
  private func endOfPlainRun() -> Int {
    var end = index
    while end < bytes.count {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      end += 1
    }
    return end
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    let start = index
    index += 1
    let kind = try peek()
    index += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      var scalar = UInt32(unit)
      if UTF16.isLeadSurrogate(unit) {
        try expect(UInt8(ascii: "\\"))
        try expect(UInt8(ascii: "u"))
        let trail = try codeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw .invalidText(offset: start) }
        scalar = 0x1_0000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(trail) - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(scalar) else { throw .invalidText(offset: start) }
      text.append(contentsOf: String(scalar).utf8)
    default: throw .invalidText(offset: start)
    }
  }

  private mutating func codeUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let byte = try peek()
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: throw .invalidText(offset: index)
      }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}

/// A JSON value whose numbers keep their text, so that no digit and no sign is lost on the way to a check.
indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

/// Why text is not JSON.
struct JSONFault: Error, CustomStringConvertible {
  /// Bytes from the start of the text.
  var offset: Int
  var description: String { "not JSON at byte \(offset)" }
}

extension JSON {
  /// Parses UTF-8 text by RFC 8259: one value, nothing behind it, at most 128 levels, no name twice in an object.
  static func parse(_ text: [UInt8]) throws(JSONFault) -> JSON {
    var parser = JSONParser(text: text)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.place == text.count else { throw parser.fault }
    return value
  }
}

private struct JSONParser {
  let text: [UInt8]
  var place = 0

  static let maximumDepth = 128

  init(text: [UInt8]) { self.text = text }

  var fault: JSONFault { JSONFault(offset: place) }
  var next: UInt8? { place < text.count ? text[place] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
  }

  mutating func take(_ byte: UInt8) throws(JSONFault) {
    guard next == byte else { throw fault }
    place += 1
  }

  mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFault) -> JSON {
    for byte in word.description.utf8 { try take(byte) }
    return value
  }

  mutating func value(depth: Int) throws(JSONFault) -> JSON {
    guard depth < Self.maximumDepth else { throw fault }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSON {
    place += 1
    var members: [String: JSON] = [:]
    skipSpace()
    if next == UInt8(ascii: "}") {
      place += 1
      return .object(members)
    }
    while true {
      skipSpace()
      let name = try string()
      skipSpace()
      try take(UInt8(ascii: ":"))
      guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else { throw fault }
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      place += 1
    }
    try take(UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONFault) -> JSON {
    place += 1
    var items: [JSON] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      place += 1
      return .array(items)
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      place += 1
    }
    try take(UInt8(ascii: "]"))
    return .array(items)
  }

  private mutating func digits() throws(JSONFault) {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    guard place > start else { throw fault }
  }

  private mutating func number() throws(JSONFault) -> String {
    let start = place
    if next == UInt8(ascii: "-") { place += 1 }
    if next == UInt8(ascii: "0") { place += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      place += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
      try digits()
    }
    return String(decoding: text[start..<place], as: UTF8.self)
  }

  private mutating func string() throws(JSONFault) -> String {
    try take(UInt8(ascii: "\""))
    var bytes: [UInt8] = []
    let start = place
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
    bytes += text[start..<place]
    while next != UInt8(ascii: "\"") {
      guard let byte = next, byte >= 0x20 else { throw fault }
      place += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &bytes) } else { bytes.append(byte) }
    }
    place += 1
    guard let string = String(validating: bytes, as: UTF8.self) else { throw fault }
    return string
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONFault) {
    guard let byte = next else { throw fault }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): bytes += Array(String(try scalar()).utf8)
    default: throw fault
    }
  }

  private mutating func scalar() throws(JSONFault) -> Unicode.Scalar {
    var code = try unit()
    if (0xd800..<0xdc00).contains(code) {
      try take(UInt8(ascii: "\\"))
      try take(UInt8(ascii: "u"))
      let low = try unit()
      guard (0xdc00..<0xe000).contains(low) else { throw fault }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault }
    return scalar
  }

  private mutating func unit() throws(JSONFault) -> UInt32 {
    guard place + 4 <= text.count,
      let code = UInt32(String(decoding: text[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw fault }
    place += 4
    return code
  }
}

extension JSON {
  /// The shortest text of this value, in UTF-8; object keys stand in ascending order, so equal values give equal text.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

/// Appends JSON text to a byte array.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends text that is JSON already.
  mutating func write(raw text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: write(raw: "null")
    case .bool(let value): write(raw: value ? "true" : "false")
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .unsigned(let value): bytes.append(contentsOf: String(value).utf8)
    case .double(let value):
      if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { write(raw: "null") }
    case .string(let text): write(text)
    case .array(let elements): write(elements)
    case .object(let members): write(members)
    }
  }

  private mutating func write(_ elements: [JSON]) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for element in elements {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      write(element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ members: [String: JSON]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      write(key)
      bytes.append(UInt8(ascii: ":"))
      write(member)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends a quoted string.
  mutating func write(_ text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { units in
      var start = 0
      for (position, unit) in units.enumerated() where Self.needsEscape(unit) {
        bytes.append(contentsOf: units[start..<position])
        escape(unit)
        start = position + 1
      }
      bytes.append(contentsOf: units[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  @inline(__always) private static func needsEscape(_ unit: UInt8) -> Bool {
    unit < 0x20 || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "\\")
  }

  private mutating func escape(_ unit: UInt8) {
    switch unit {
    case UInt8(ascii: "\""): write(raw: "\\\"")
    case UInt8(ascii: "\\"): write(raw: "\\\\")
    case 0x0a: write(raw: "\\n")
    case 0x0d: write(raw: "\\r")
    case 0x09: write(raw: "\\t")
    default:
      write(raw: unit < 0x10 ? "\\u000" : "\\u001")
      bytes.append(contentsOf: String(unit & 0xf, radix: 16).utf8)
    }
  }
}

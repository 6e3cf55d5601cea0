internal import Primitives
internal import ScaleCodec

extension DynamicType {
  /// Decodes one value and nothing behind it.
  func decode(_ bytes: [UInt8]) throws(ScaleError) -> JSON {
    var reader = ScaleReader(bytes.span.bytes)
    let value = try decode(&reader)
    try reader.finish()
    return value
  }

  private func decode(_ reader: inout ScaleReader) throws(ScaleError) -> JSON {
    switch self {
    case .integer(let name): return .number(try Self.integer(name, &reader))
    case .compact(let name): return .number(try Self.compact(name, &reader))
    case .wideCompact: return .number(try WideCompact(from: &reader).decimal)
    case .bool: return .bool(try Bool(from: &reader))
    case .optionBool:
      let at = reader.offset
      switch try reader.readByte() {
      case 0: return .null
      case 1: return .bool(true)
      case 2: return .bool(false)
      case let byte: throw .unknownVariant(type: "OptionBool", index: byte, offset: at)
      }
    case .string: return .string(try String(from: &reader))
    case .bytes: return .string(Hex.encode(try [UInt8](from: &reader)))
    case .char:
      let at = reader.offset
      guard let scalar = Unicode.Scalar(try UInt32(from: &reader)) else {
        throw .invalidValue(type: "char", reason: "not a Unicode scalar", offset: at)
      }
      return .string(String(scalar))
    case .float32: return .number("\(Float(bitPattern: try UInt32(from: &reader)))")
    case .float64: return .number("\(Double(bitPattern: try UInt64(from: &reader)))")
    case .tuple(let types):
      var items: [JSON] = []
      for type in types { items.append(try type.decode(&reader)) }
      return types.isEmpty ? .null : .array(items)
    case .array(let type, let count): return .array(try Self.items(type, count, &reader))
    case .vector(.integer("u8")):
      return .array(try [UInt8](from: &reader).map { .number("\($0)") })
    case .vector(let type): return .array(try Self.items(type, try Self.length(type, &reader), &reader))
    case .option(let type):
      let at = reader.offset
      switch try reader.readByte() {
      case 0: return .null
      case 1: return try type.decode(&reader)
      case let byte: throw .invalidOption(byte: byte, offset: at)
      }
    case .result(let ok, let error):
      let at = reader.offset
      switch try reader.readByte() {
      case 0: return .object(["Ok": try ok.decode(&reader)])
      case 1: return .object(["Err": try error.decode(&reader)])
      case let byte: throw .unknownVariant(type: "Result", index: byte, offset: at)
      }
    }
  }

  /// Units take no bytes: their number is bounded by the reader's limit alone.
  private static func length(_ type: DynamicType, _ reader: inout ScaleReader) throws(ScaleError) -> Int {
    guard type == .tuple([]) else { return try reader.readLength() }
    let at = reader.offset
    let count = try reader.readCompact(as: UInt32.self)
    guard count <= 65_536 else { throw .lengthOverLimit(length: Int(count), limit: 65_536, offset: at) }
    return Int(count)
  }

  private static func items(_ type: DynamicType, _ count: Int, _ reader: inout ScaleReader) throws(ScaleError) -> [JSON] {
    try reader.enter()
    var items: [JSON] = []
    for _ in 0..<count { items.append(try type.decode(&reader)) }
    reader.leave()
    return items
  }

  private static func integer(_ name: String, _ reader: inout ScaleReader) throws(ScaleError) -> String {
    switch name {
    case "u8": "\(try UInt8(from: &reader))"
    case "u16": "\(try UInt16(from: &reader))"
    case "u32": "\(try UInt32(from: &reader))"
    case "u64": "\(try UInt64(from: &reader))"
    case "u128": "\(try UInt128(from: &reader))"
    case "i8": "\(try Int8(from: &reader))"
    case "i16": "\(try Int16(from: &reader))"
    case "i32": "\(try Int32(from: &reader))"
    case "i64": "\(try Int64(from: &reader))"
    default: "\(try Int128(from: &reader))"
    }
  }

  private static func compact(_ name: String, _ reader: inout ScaleReader) throws(ScaleError) -> String {
    switch name {
    case "u8": "\(try Compact<UInt8>(from: &reader).value)"
    case "u16": "\(try Compact<UInt16>(from: &reader).value)"
    case "u32": "\(try Compact<UInt32>(from: &reader).value)"
    case "u64": "\(try Compact<UInt64>(from: &reader).value)"
    default: "\(try Compact<UInt128>(from: &reader).value)"
    }
  }
}

extension DynamicType {
  /// Encodes a value as vectors write it.
  func encode(_ value: JSON) throws(Mismatch) -> [UInt8] {
    switch self {
    case .integer(let name): return try Self.encode(integer: name, value)
    case .compact(let name): return try Self.encode(compact: name, value)
    case .wideCompact:
      guard case .string(let text) = value, let number = WideCompact(decimal: text) else {
        throw Mismatch("not a number")
      }
      return number.encoded()
    case .bool: return try value.flag().encoded()
    case .optionBool: return value == .null ? [0] : [try value.flag() ? 1 : 2]
    case .string: return try value.text().encoded()
    case .bytes: return try Self.byteText(value).encoded()
    case .char:
      let scalars = Array(try value.text().unicodeScalars)
      guard scalars.count == 1 else { throw Mismatch("not one character") }
      return scalars[0].value.encoded()
    case .float32: return try Float(value.double()).bitPattern.encoded()
    case .float64: return try value.double().bitPattern.encoded()
    case .tuple(let types):
      let items = types.isEmpty ? [] : try value.items()
      guard items.count == types.count else { throw Mismatch("a tuple of another size") }
      var bytes: [UInt8] = []
      for (type, item) in zip(types, items) { bytes += try type.encode(item) }
      return bytes
    case .array(let type, _): return try Self.encode(items: type, value)
    case .vector(let type):
      let count = Compact(UInt32(truncatingIfNeeded: try value.items().count)).encoded()
      return count + (try Self.encode(items: type, value))
    case .option(let type): return value == .null ? [0] : [1] + (try type.encode(value))
    case .result(let ok, let error):
      if let value = value.members["Ok"] { return [0] + (try ok.encode(value)) }
      if let value = value.members["Err"] { return [1] + (try error.encode(value)) }
      throw Mismatch("neither Ok nor Err")
    }
  }

  /// `Bytes` are hexadecimal, or text that stands for itself.
  private static func byteText(_ value: JSON) throws(Mismatch) -> [UInt8] {
    let text = try value.text()
    return text.hasPrefix("0x") ? try value.bytes() : Array(text.utf8)
  }

  private static func encode(items type: DynamicType, _ value: JSON) throws(Mismatch) -> [UInt8] {
    var bytes: [UInt8] = []
    for item in try value.items() { bytes += try type.encode(item) }
    return bytes
  }

  private static func encode(integer name: String, _ value: JSON) throws(Mismatch) -> [UInt8] {
    switch name {
    case "u8": try value.integer(as: UInt8.self).encoded()
    case "u16": try value.integer(as: UInt16.self).encoded()
    case "u32": try value.integer(as: UInt32.self).encoded()
    case "u64": try value.integer(as: UInt64.self).encoded()
    case "u128": try value.integer(as: UInt128.self).encoded()
    case "i8": try value.integer(as: Int8.self).encoded()
    case "i16": try value.integer(as: Int16.self).encoded()
    case "i32": try value.integer(as: Int32.self).encoded()
    case "i64": try value.integer(as: Int64.self).encoded()
    default: try value.integer(as: Int128.self).encoded()
    }
  }

  private static func encode(compact name: String, _ value: JSON) throws(Mismatch) -> [UInt8] {
    switch name {
    case "u8": try Compact(value.integer(as: UInt8.self)).encoded()
    case "u16": try Compact(value.integer(as: UInt16.self)).encoded()
    case "u32": try Compact(value.integer(as: UInt32.self)).encoded()
    case "u64": try Compact(value.integer(as: UInt64.self)).encoded()
    default: try Compact(value.integer(as: UInt128.self)).encoded()
    }
  }
}

extension JSON {
  fileprivate func double() throws(Mismatch) -> Double {
    switch self {
    case .number(let text), .string(let text):
      if let number = Double(text) { return number }
    default: break
    }
    throw Mismatch("not a number")
  }

  /// Whether two values say the same: numbers may be written as text, floats by any of their spellings, bytes as text.
  func matches(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)), (.number(let a), .string(let b)), (.string(let a), .number(let b)):
      if a == b { return true }
      guard a.contains(where: { ".eEn".contains($0) }) || b.contains(where: { ".eE".contains($0) }) else {
        return false
      }
      guard let a = Double(a), let b = Double(b) else { return false }
      return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
    case (.string(let a), .string(let b)): return a == b || (a.hasPrefix("0x") && Hex.decode(a) == Array(b.utf8))
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.matches($1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count && a.allSatisfy { name, value in b[name].map { value.matches($0) } ?? false }
    default: return self == other
    }
  }
}

/// A compact integer of up to 536 bits, the largest that the encoding can say.
private struct WideCompact {
  /// Without leading zeros, lowest byte first.
  private var bytes: [UInt8]

  init?(decimal: String) {
    bytes = []
    guard !decimal.isEmpty else { return nil }
    for character in decimal.utf8 {
      guard (0x30...0x39).contains(character) else { return nil }
      var carry = UInt16(character - 0x30)
      for index in bytes.indices {
        carry += UInt16(bytes[index]) * 10
        bytes[index] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
      if carry > 0 { bytes.append(UInt8(truncatingIfNeeded: carry)) }
      guard bytes.count <= 67 else { return nil }
    }
  }

  init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    guard let first = reader.peekByte(), first & 3 == 3, first >> 2 > 12 else {
      var value = try reader.readCompact()
      bytes = []
      while value > 0 {
        bytes.append(UInt8(truncatingIfNeeded: value))
        value >>= 8
      }
      return
    }
    bytes = Array(try reader.readBytes(count: Int(first >> 2) + 5).dropFirst())
    guard bytes.last != 0 else { throw .nonCanonicalCompact(offset: at) }
  }

  func encoded() -> [UInt8] {
    guard bytes.count > 16 else {
      return Compact(bytes.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }).encoded()
    }
    return [UInt8(bytes.count - 4) << 2 | 3] + bytes
  }

  var decimal: String {
    var digits: [UInt8] = []
    var rest = bytes
    repeat {
      var remainder: UInt16 = 0
      for index in rest.indices.reversed() {
        remainder = remainder << 8 | UInt16(rest[index])
        rest[index] = UInt8(remainder / 10)
        remainder %= 10
      }
      digits.append(0x30 + UInt8(remainder))
      while rest.last == 0 { rest.removeLast() }
    } while !rest.isEmpty
    return String(decoding: digits.reversed(), as: UTF8.self)
  }
}

internal import Primitives
public import ScaleCodec

/// Turns SCALE bytes into JSON by the description of their type, and back.
///
/// The JSON form is the one that Substrate tools show: structs are objects with snake_case names, enums without
/// fields are their name, enums with fields an object with the name as its only member, byte sequences hexadecimal
/// text, integers of more than 53 bits decimal text, `Option` null or the value.
public enum ScaleJSON {
  /// How deep values may nest.
  public static let maximumDepth = 64

  /// Decodes one value and leaves the cursor behind it.
  /// - Throws: ``ScaleError`` when the bytes are not of that type.
  public static func decode(_ type: TypeReference, from reader: inout ScaleReader) throws(ScaleError) -> JSON {
    let shape = type.shape
    try reader.enter()
    let value = try decode(shape, from: &reader)
    reader.leave()
    return value
  }

  /// Decodes a whole array; bytes left over are an error.
  public static func decode<T: ScaleTyped>(_ type: T.Type, bytes: [UInt8]) throws(ScaleError) -> JSON {
    var reader = ScaleReader(bytes.span.bytes)
    let value = try decode(TypeReference(type), from: &reader)
    try reader.finish()
    return value
  }

  private static func decode(_ shape: TypeShape, from reader: inout ScaleReader) throws(ScaleError) -> JSON {
    if shape.path == ["sp_runtime", "generic", "era", "Era"] { return try decodeEra(&reader) }
    switch shape.definition {
    case .composite(let fields): return try decode(fields, from: &reader)
    case .variant(let variants):
      let at = reader.offset
      let index = try reader.readByte()
      guard let variant = variants.first(where: { $0.index == index }) else {
        throw .unknownVariant(type: "enum", index: index, offset: at)
      }
      if shape.path == ["Option"] { return index == 0 ? .null : try decode(variant.fields[0].type, from: &reader) }
      guard !variant.fields.isEmpty else { return .string(variant.name) }
      return .object([variant.name: try decode(variant.fields, from: &reader)])
    case .sequence(let element):
      if isByte(element) { return .string(Hex.encode(try reader.readByteVector())) }
      let count = try reader.readLength()
      var items: [JSON] = []
      for _ in 0..<count { items.append(try decode(element, from: &reader)) }
      return .array(items)
    case .array(let length, let element):
      if isByte(element) { return .string(Hex.encode(try reader.readBytes(count: Int(length)))) }
      var items: [JSON] = []
      for _ in 0..<length { items.append(try decode(element, from: &reader)) }
      return .array(items)
    case .tuple(let members):
      var items: [JSON] = []
      for member in members { items.append(try decode(member, from: &reader)) }
      return .array(items)
    case .compact: return number(try reader.readCompact())
    case .primitive(let primitive): return try decode(primitive, from: &reader)
    }
  }

  private static func decode(_ fields: [TypeShape.Field], from reader: inout ScaleReader) throws(ScaleError) -> JSON {
    if fields.count == 1, fields[0].name == nil { return try decode(fields[0].type, from: &reader) }
    guard fields.contains(where: { $0.name != nil }) else {
      var items: [JSON] = []
      for field in fields { items.append(try decode(field.type, from: &reader)) }
      return .array(items)
    }
    var members: [String: JSON] = [:]
    for (index, field) in fields.enumerated() { members[field.name ?? "\(index)"] = try decode(field.type, from: &reader) }
    return .object(members)
  }

  private static func decode(_ primitive: TypeShape.Primitive, from reader: inout ScaleReader) throws(ScaleError) -> JSON {
    switch primitive {
    case .bool: .bool(try Bool(from: &reader))
    case .str: .string(try String(from: &reader))
    case .u8: JSON(try reader.readInteger(UInt8.self))
    case .u16: JSON(try reader.readInteger(UInt16.self))
    case .u32, .char: JSON(try reader.readInteger(UInt32.self))
    case .u64: number(UInt128(try reader.readInteger(UInt64.self)))
    case .u128: number(try reader.readInteger(UInt128.self))
    case .i8: JSON(try reader.readInteger(Int8.self))
    case .i16: JSON(try reader.readInteger(Int16.self))
    case .i32: JSON(try reader.readInteger(Int32.self))
    case .i64: .string("\(try reader.readInteger(Int64.self))")
    case .i128: .string("\(try reader.readInteger(Int128.self))")
    case .u256, .i256: .string(Hex.encode(try reader.readBytes(count: 32)))
    }
  }

  private static func decodeEra(_ reader: inout ScaleReader) throws(ScaleError) -> JSON {
    let first = try reader.readByte()
    return first == 0 ? "Immortal" : .string(Hex.encode([first, try reader.readByte()]))
  }

  static func isByte(_ type: TypeReference) -> Bool { type == TypeReference(UInt8.self) }

  /// Whole numbers that every JSON reader holds exactly stay numbers; larger ones become decimal text.
  private static func number(_ value: UInt128) -> JSON { value < 1 << 53 ? JSON(UInt64(value)) : .string("\(value)") }
}

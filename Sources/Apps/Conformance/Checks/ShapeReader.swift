internal import Primitives
internal import ScaleCodec

/// Reads bytes by a type's description alone, as a wallet reads them by metadata.
enum ShapeReader {
  /// Decodes one value and nothing behind it.
  static func read(_ bytes: [UInt8], as type: TypeReference) throws(ScaleError) -> JSON {
    var reader = ScaleReader(bytes.span.bytes)
    let value = try read(&reader, type)
    try reader.finish()
    return value
  }

  private static func read(_ reader: inout ScaleReader, _ type: TypeReference) throws(ScaleError) -> JSON {
    try reader.enter()
    let shape = type.shape
    let value: JSON
    switch shape.definition {
    case .composite(let fields): value = try read(&reader, fields: fields)
    case .variant(let variants):
      let at = reader.offset
      let index = try reader.readByte()
      guard let variant = variants.first(where: { $0.index == index }) else {
        throw .unknownVariant(type: "TypeShape", index: index, offset: at)
      }
      if shape.path == ["Option"] {
        value = variant.fields.isEmpty ? .null : try read(&reader, fields: variant.fields)
      } else {
        value =
          variant.fields.isEmpty
          ? .string(variant.name) : .object([variant.name: try read(&reader, fields: variant.fields)])
      }
    case .sequence(let item): value = try items(&reader, item, count: try reader.readLength())
    case .array(let length, let item): value = try items(&reader, item, count: Int(length))
    case .tuple(let types):
      var items: [JSON] = []
      for type in types { items.append(try read(&reader, type)) }
      value = .array(items)
    case .primitive(let primitive): value = try read(&reader, primitive)
    case .compact(let inner): value = integer("\(try reader.readCompact())", inner.shape.definition)
    }
    reader.leave()
    return value
  }

  /// Named fields make an object, one unnamed field stands for the whole, several make an array.
  private static func read(_ reader: inout ScaleReader, fields: [TypeShape.Field]) throws(ScaleError) -> JSON {
    if fields.count == 1, fields[0].name == nil { return try read(&reader, fields[0].type) }
    var members: [String: JSON] = [:]
    var items: [JSON] = []
    for field in fields {
      let value = try read(&reader, field.type)
      if let name = field.name { members[name] = value } else { items.append(value) }
    }
    return items.isEmpty ? .object(members) : .array(items)
  }

  /// Compact integers of 64 bits and more are text, as plain ones are: JSON numbers do not hold them exactly.
  private static func integer(_ digits: String, _ type: TypeShape.Definition) -> JSON {
    switch type {
    case .primitive(.u64), .primitive(.u128): .string(digits)
    default: .number(digits)
    }
  }

  /// Bytes are text; other items make an array.
  private static func items(_ reader: inout ScaleReader, _ type: TypeReference, count: Int) throws(ScaleError) -> JSON {
    if case .primitive(.u8) = type.shape.definition { return .string(Hex.encode(try reader.readBytes(count: count))) }
    var items: [JSON] = []
    for _ in 0..<count { items.append(try read(&reader, type)) }
    return .array(items)
  }

  private static func read(_ reader: inout ScaleReader, _ primitive: TypeShape.Primitive) throws(ScaleError) -> JSON {
    switch primitive {
    case .bool: .bool(try Bool(from: &reader))
    case .str: .string(try String(from: &reader))
    case .u8: .number("\(try UInt8(from: &reader))")
    case .u16: .number("\(try UInt16(from: &reader))")
    case .u32, .char: .number("\(try UInt32(from: &reader))")
    case .u64: .string("\(try UInt64(from: &reader))")
    case .u128: .string("\(try UInt128(from: &reader))")
    case .i8: .number("\(try Int8(from: &reader))")
    case .i16: .number("\(try Int16(from: &reader))")
    case .i32: .number("\(try Int32(from: &reader))")
    case .i64: .string("\(try Int64(from: &reader))")
    case .i128: .string("\(try Int128(from: &reader))")
    case .u256, .i256: .string(Hex.encode(try reader.readBytes(count: 32)))
    }
  }
}

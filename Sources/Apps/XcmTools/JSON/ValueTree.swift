internal import ScaleCodec

/// A decoded value with the names that its type gives to its parts.
///
/// A composite with one unnamed field is that field, under the outer type's name; `Option` is ``Content/none`` or the
/// value.
struct ValueTree {
  /// What the bytes hold.
  enum Content {
    /// A number, and whether its type has more than 32 bits.
    case number(UInt128, isWide: Bool)
    case bool(Bool)
    /// Byte arrays and byte vectors.
    case bytes([UInt8])
    /// An absent option.
    case none
    /// Vectors, arrays and tuples.
    case list([ValueTree])
    /// Named fields, in the order of their declaration.
    case record([Member])
    /// A variant with its fields, which all have a name or none.
    case variant(String, [Member])
  }

  /// A field.
  struct Member {
    var name: String?
    var value: ValueTree
  }

  /// The last part of the type's path, such as `AssetId`; empty for built-in types.
  var type: String
  /// Where the value stands in the bytes.
  var range: Range<Int>
  var content: Content

  /// The member of a record with this name.
  subscript(name: String) -> ValueTree? {
    guard case .record(let members) = content else { return nil }
    return members.first { $0.name == name }?.value
  }
}

/// Decodes bytes by the description of their type.
///
/// It knows shapes and no rules: whoever asks has decoded the bytes with the strict types before, or wants to know
/// where that went wrong.
struct TreeReader {
  private var shapes: [TypeReference: TypeShape] = [:]
  private var path = ValuePath()
  /// Kept only by a reader that looks for a place.
  private(set) var marks: PathMarks?
  /// Reading stops behind this offset.
  private let end: Int

  /// Reads everything.
  init() { end = .max }

  /// Looks for the place of an offset.
  private init(lookingFor offset: Int) {
    marks = PathMarks()
    end = offset
  }

  /// Decodes a whole array.
  static func tree(_ type: TypeReference, of bytes: [UInt8]) throws(ScaleError) -> ValueTree {
    var tree = TreeReader()
    var reader = ScaleReader(bytes.span.bytes)
    let value = try tree.read(type, from: &reader)
    try reader.finish()
    return value
  }

  /// Where in a value of the type an offset lies.
  /// - Returns: A path such as `V5[2].DepositAsset.beneficiary`; empty for the value as a whole.
  static func place(of offset: Int, in bytes: [UInt8], as type: TypeReference) -> String {
    var tree = TreeReader(lookingFor: offset)
    var reader = ScaleReader(bytes.span.bytes)
    _ = try? tree.read(type, from: &reader)
    return tree.marks?.path(at: offset) ?? ""
  }

  private mutating func shape(of type: TypeReference) -> TypeShape {
    if let known = shapes[type] { return known }
    let shape = type.shape
    shapes[type] = shape
    return shape
  }

  private mutating func read(_ type: TypeReference, from reader: inout ScaleReader) throws(ScaleError) -> ValueTree {
    let start = reader.offset
    marks?.note(start, path)
    guard start <= end else { throw .truncated(needed: 0, available: 0, offset: start) }
    try reader.enter()
    let shape = shape(of: type)
    if shape.path == ["Option"], case .variant(let variants) = shape.definition, let some = variants.last?.fields.first {
      let isSome = try reader.readByte() != 0
      let value =
        isSome ? try read(some.type, from: &reader) : ValueTree(type: "", range: start..<reader.offset, content: .none)
      reader.leave()
      return value
    }
    let content = try content(shape, from: &reader)
    reader.leave()
    return ValueTree(type: shape.path.last ?? "", range: start..<reader.offset, content: content)
  }

  private mutating func content(_ shape: TypeShape, from reader: inout ScaleReader) throws(ScaleError)
    -> ValueTree.Content
  {
    switch shape.definition {
    case .composite(let fields):
      if fields.count == 1, fields[0].name == nil { return try read(fields[0].type, from: &reader).content }
      return .record(try members(fields, from: &reader))
    case .variant(let variants):
      let at = reader.offset
      let index = try reader.readByte()
      guard let variant = variants.first(where: { $0.index == index }) else {
        throw .unknownVariant(type: "enum", index: index, offset: at)
      }
      path.enter(variant.name)
      let members = try members(variant.fields, from: &reader)
      path.leave()
      return .variant(variant.name, members)
    case .sequence(let element):
      if element == TypeReference(UInt8.self) { return .bytes(try reader.readByteVector()) }
      return .list(try items(element, count: try reader.readLength(), from: &reader))
    case .array(let length, let element):
      if element == TypeReference(UInt8.self) { return .bytes(try reader.readBytes(count: Int(length))) }
      return .list(try items(element, count: Int(length), from: &reader))
    case .tuple(let types):
      var items: [ValueTree] = []
      for (index, type) in types.enumerated() { items.append(try item(type, index, from: &reader)) }
      return .list(items)
    case .compact(let inner):
      return .number(try reader.readCompact(), isWide: self.shape(of: inner).isWide)
    case .primitive(let primitive): return try self.primitive(primitive, from: &reader)
    }
  }

  private mutating func items(_ type: TypeReference, count: Int, from reader: inout ScaleReader) throws(ScaleError)
    -> [ValueTree]
  {
    var items: [ValueTree] = []
    for index in 0..<count { items.append(try item(type, index, from: &reader)) }
    return items
  }

  private mutating func item(_ type: TypeReference, _ index: Int, from reader: inout ScaleReader) throws(ScaleError)
    -> ValueTree
  {
    path.enter(index)
    let item = try read(type, from: &reader)
    path.leave()
    return item
  }

  private mutating func members(_ fields: [TypeShape.Field], from reader: inout ScaleReader) throws(ScaleError)
    -> [ValueTree.Member]
  {
    var members: [ValueTree.Member] = []
    for (index, field) in fields.enumerated() {
      let isNested = field.name != nil || fields.count > 1
      if isNested { path.enter(field.name, or: index) }
      members.append(ValueTree.Member(name: field.name, value: try read(field.type, from: &reader)))
      if isNested { path.leave() }
    }
    return members
  }

  private func primitive(_ primitive: TypeShape.Primitive, from reader: inout ScaleReader) throws(ScaleError)
    -> ValueTree.Content
  {
    switch primitive {
    case .bool: .bool(try Bool(from: &reader))
    case .u8: .number(UInt128(try reader.readInteger(UInt8.self)), isWide: false)
    case .u16: .number(UInt128(try reader.readInteger(UInt16.self)), isWide: false)
    case .u32: .number(UInt128(try reader.readInteger(UInt32.self)), isWide: false)
    case .u64: .number(UInt128(try reader.readInteger(UInt64.self)), isWide: true)
    case .u128: .number(try reader.readInteger(UInt128.self), isWide: true)
    default: throw .invalidValue(type: "value", reason: "a primitive that XCM does not have", offset: reader.offset)
    }
  }
}

extension TypeShape {
  /// Whether this is an integer of more than 32 bits.
  var isWide: Bool {
    switch definition {
    case .primitive(.u64), .primitive(.u128): true
    default: false
    }
  }
}

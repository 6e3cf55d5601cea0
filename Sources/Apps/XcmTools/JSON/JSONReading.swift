internal import Primitives
internal import RPC
internal import ScaleCodec

/// Encodes JSON by the description of a type, strictly.
struct JSONReading {
  /// Whether `X1` of a path of junctions holds its junction bare.
  private let hasBareX1: Bool
  private(set) var bytes: [UInt8] = []
  /// Kept only when asked for.
  private(set) var marks: PathMarks?
  private var path = ValuePath()
  private var shapes: [TypeReference: TypeShape] = [:]

  /// - Parameter isMarking: Whether to note where the parts of the document begin.
  init(hasBareX1: Bool, isMarking: Bool = false) {
    self.hasBareX1 = hasBareX1
    marks = isMarking ? PathMarks() : nil
  }

  private func fault(_ reason: String) -> XcmTextError { XcmTextError(place: path.text, reason: reason) }

  /// Appends the encoding of a value.
  mutating func read(_ json: JSON, _ type: TypeReference) throws(XcmTextError) {
    marks?.note(bytes.count, path)
    let shape = shapes[type] ?? type.shape
    shapes[type] = shape
    switch shape.definition {
    case .composite(let fields): try read(json, fields, of: nil)
    case .variant(let variants):
      if shape.path == ["Option"], let some = variants.last?.fields.first {
        bytes.append(json.isNull ? 0 : 1)
        if !json.isNull { try read(json, some.type) }
      } else {
        try read(json, shape, variants)
      }
    case .sequence(let element):
      if element == TypeReference(UInt8.self) {
        bytes += try hex(json, count: nil).encoded()
      } else {
        let items = try list(json, count: nil)
        bytes += Compact(UInt32(clamping: items.count)).encoded()
        for (index, item) in items.enumerated() { try read(item, element, at: index) }
      }
    case .array(let length, let element):
      if element == TypeReference(UInt8.self) {
        bytes += try hex(json, count: Int(length))
      } else {
        let items = try list(json, count: Int(length))
        for (index, item) in items.enumerated() { try read(item, element, at: index) }
      }
    case .tuple(let types):
      let items = try list(json, count: types.count)
      for (index, item) in items.enumerated() { try read(item, types[index], at: index) }
    case .compact(let inner): bytes += Compact(try number(json, inner.shape)).encoded()
    case .primitive(.bool):
      guard let flag = json.asBool else { throw fault("\(Self.what(json)) where true or false belongs") }
      bytes += flag.encoded()
    case .primitive:
      let value = try number(json, shape)
      bytes += value.encoded().prefix(shape.byteCount)
    }
  }

  private mutating func read(_ json: JSON, _ type: TypeReference, at index: Int) throws(XcmTextError) {
    path.enter(index)
    try read(json, type)
    path.leave()
  }

  // MARK: Fields and variants

  /// - Parameter variant: Whose fields they are; `nil` for those of a composite.
  private mutating func read(_ json: JSON, _ fields: [TypeShape.Field], of variant: String?) throws(XcmTextError) {
    guard fields.first?.name != nil else {
      if fields.count == 1 { return try read(json, fields[0].type) }
      let items = try list(json, count: fields.count)
      for (index, item) in items.enumerated() { try read(item, fields[index].type, at: index) }
      return
    }
    let names = fields.compactMap(\.name)
    guard let members = json.asObject else {
      throw fault("\(Self.what(json)) where an object with \(names.joined(separator: ", ")) belongs")
    }
    if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
      throw fault("there is no field '\(unknown)' here; the fields are \(names.joined(separator: ", "))")
    }
    for field in fields {
      let name = field.name ?? ""
      guard let member = members[name] else {
        throw fault("the field '\(name)' is missing; the fields are \(names.joined(separator: ", "))")
      }
      path.enter(name)
      try read(member, field.type)
      path.leave()
    }
  }

  private mutating func read(_ json: JSON, _ shape: TypeShape, _ variants: [TypeShape.Variant]) throws(XcmTextError) {
    let name: String
    let payload: JSON?
    switch json {
    case .string(let text): (name, payload) = (text, nil)
    case .object(let members):
      guard members.count == 1, let member = members.first else {
        throw fault("an object of \(members.count) members where one variant belongs")
      }
      (name, payload) = (member.key, member.value)
    default: throw fault("\(Self.what(json)) where \(Self.names(variants)) belongs")
    }
    guard let variant = variants.first(where: { $0.name == name }) else {
      throw fault("there is no '\(name)' here; it may be \(Self.names(variants))")
    }
    bytes.append(variant.index)
    guard let first = variant.fields.first else {
      guard payload == nil else { throw fault("\(name) has no fields: it is written \"\(name)\"") }
      return
    }
    guard let payload else { throw fault("\(name) has fields: it is written {\"\(name)\": …}") }
    path.enter(name)
    if hasBareX1, name == "X1", shape.path.last == "Junctions",
      case .array(_, let junction) = first.type.shape.definition
    {
      try read(payload, junction)
    } else {
      try read(payload, variant.fields, of: name)
    }
    path.leave()
  }

  /// The names of variants, not all when there are many.
  private static func names(_ variants: [TypeShape.Variant]) -> String {
    let isLong = variants.count > 12
    let shown = variants.prefix(isLong ? 3 : 12).map(\.name).joined(separator: ", ")
    return isLong ? "one of \(variants.count) names such as \(shown)" : "one of \(shown)"
  }

  // MARK: Simple values

  private func list(_ json: JSON, count: Int?) throws(XcmTextError) -> [JSON] {
    guard let items = json.asArray else {
      throw fault("\(Self.what(json)) where a list\(count.map { " of \($0)" } ?? "") belongs")
    }
    if let count, items.count != count { throw fault("a list of \(items.count) where a list of \(count) belongs") }
    return items
  }

  private func hex(_ json: JSON, count: Int?) throws(XcmTextError) -> [UInt8] {
    let wanted =
      count.map { "\($0) bytes as 0x and \(2 * $0) hexadecimal digits" } ?? "bytes as 0x and hexadecimal digits"
    guard case .string(let text) = json else { throw fault("\(Self.what(json)) where \(wanted) belong") }
    guard text.hasPrefix("0x"), let bytes = Hex.decode(text) else { throw fault("text that is not \(wanted)") }
    if let count, bytes.count != count { throw fault("\(bytes.count) bytes where \(count) belong") }
    return bytes
  }

  /// A number in the one form that its type has.
  private func number(_ json: JSON, _ shape: TypeShape) throws(XcmTextError) -> UInt128 {
    let limit = shape.byteCount >= 16 ? UInt128.max : (UInt128(1) << UInt128(8 * shape.byteCount)) - 1
    if shape.isWide {
      guard case .string(let text) = json else {
        throw fault("\(Self.what(json)) where a number of \(8 * shape.byteCount) bits as decimal text belongs")
      }
      guard let value = UInt128(text), "\(value)" == text else {
        throw fault("text that is not a number from 0 to \(limit) in decimal digits")
      }
      guard value <= limit else { throw fault("\(value) is above \(limit)") }
      return value
    }
    guard let value = json.asUInt64 else {
      throw fault("\(Self.what(json)) where a whole number from 0 to \(limit) belongs")
    }
    guard UInt128(value) <= limit else { throw fault("\(value) is above \(limit)") }
    return UInt128(value)
  }

  private static func what(_ json: JSON) -> String {
    switch json {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer, .unsigned, .double: "a number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension TypeShape {
  /// Bytes of an unsigned integer; 16 for every other type.
  fileprivate var byteCount: Int {
    switch definition {
    case .primitive(.u8): 1
    case .primitive(.u16): 2
    case .primitive(.u32): 4
    case .primitive(.u64): 8
    default: 16
    }
  }
}

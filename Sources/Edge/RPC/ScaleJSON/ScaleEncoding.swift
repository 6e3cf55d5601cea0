internal import Primitives
public import ScaleCodec

/// Why a JSON value does not fit a type; names the place.
public struct ScaleJSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Members and positions from the outermost value, such as `dest.Id`.
  public var path: String
  public var reason: String

  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

extension ScaleJSON {
  /// Reads text that stands for 32 bytes in a form that a caller knows, such as an SS58 address.
  public typealias AccountReader = @Sendable (String) -> [UInt8]?

  /// Encodes a JSON value as a type. The inverse of ``decode(_:bytes:)``; accounts may also be given as addresses.
  /// - Throws: ``ScaleJSONError`` that names the member that does not fit.
  public static func encode<T: ScaleTyped>(_ value: JSON, as type: T.Type, account: @escaping AccountReader = { _ in nil })
    throws(ScaleJSONError) -> [UInt8]
  {
    var bytes: [UInt8] = []
    try JSONEncoding(account: account).encode(value, TypeReference(type).shape, path: "", depth: 0, into: &bytes)
    return bytes
  }
}

private struct JSONEncoding {
  let account: ScaleJSON.AccountReader

  func encode(_ value: JSON, _ shape: TypeShape, path: String, depth: Int, into bytes: inout [UInt8]) throws(ScaleJSONError) {
    guard depth <= ScaleJSON.maximumDepth else { throw ScaleJSONError(path: path, reason: "nested too deep") }
    switch shape.definition {
    case .composite(let fields):
      if shape.path.last == "AccountId32", let text = value.asString, let raw = account(text) {
        bytes += raw
      } else {
        try encode(value, fields, path: path, depth: depth, into: &bytes)
      }
    case .variant(let variants): try encode(value, shape, variants, path: path, depth: depth, into: &bytes)
    case .sequence(let element):
      if ScaleJSON.isByte(element), let text = value.asString {
        guard let raw = Hex.decode(text) else { throw ScaleJSONError(path: path, reason: "is not hexadecimal bytes") }
        bytes += raw.encoded()
      } else {
        guard let items = value.asArray else { throw ScaleJSONError(path: path, reason: "is not a list") }
        bytes += Compact(UInt32(items.count)).encoded()
        for (index, item) in items.enumerated() {
          try encode(item, element.shape, path: "\(path)[\(index)]", depth: depth + 1, into: &bytes)
        }
      }
    case .array(let length, let element):
      if ScaleJSON.isByte(element), let text = value.asString {
        guard let raw = Hex.decode(text), raw.count == Int(length) else {
          throw ScaleJSONError(path: path, reason: "is not \(length) bytes in hexadecimal")
        }
        bytes += raw
      } else {
        try encode(value, Array(repeating: element, count: Int(length)), path: path, depth: depth, into: &bytes)
      }
    case .tuple(let members): try encode(value, members, path: path, depth: depth, into: &bytes)
    case .compact: bytes += Compact(try number(value, path: path, as: UInt128.self)).encoded()
    case .primitive(let primitive): try encode(value, primitive, path: path, into: &bytes)
    }
  }

  private func encode(_ value: JSON, _ members: [TypeReference], path: String, depth: Int, into bytes: inout [UInt8]) throws(ScaleJSONError)
  {
    guard let items = value.asArray, items.count == members.count else {
      throw ScaleJSONError(path: path, reason: "is not a list of \(members.count)")
    }
    for (index, item) in items.enumerated() {
      try encode(item, members[index].shape, path: "\(path)[\(index)]", depth: depth + 1, into: &bytes)
    }
  }

  private func encode(_ value: JSON, _ fields: [TypeShape.Field], path: String, depth: Int, into bytes: inout [UInt8])
    throws(ScaleJSONError)
  {
    if fields.count == 1, fields[0].name == nil {
      try encode(value, fields[0].type.shape, path: path, depth: depth + 1, into: &bytes)
      return
    }
    guard fields.contains(where: { $0.name != nil }) else {
      try encode(value, fields.map(\.type), path: path, depth: depth, into: &bytes)
      return
    }
    guard let members = value.asObject else { throw ScaleJSONError(path: path, reason: "is not an object with \(names(fields))") }
    if let unknown = members.keys.sorted().first(where: { name in !fields.contains { $0.name == name } }) {
      throw ScaleJSONError(path: path, reason: "has no member \(unknown); it has \(names(fields))")
    }
    for field in fields {
      let name = field.name ?? ""
      let inner = path.isEmpty ? name : "\(path).\(name)"
      let absent: JSON? = field.type.shape.path == ["Option"] ? .some(.null) : .none
      guard let member = members[name] ?? absent else { throw ScaleJSONError(path: inner, reason: "is missing") }
      try encode(member, field.type.shape, path: inner, depth: depth + 1, into: &bytes)
    }
  }

  private func names(_ fields: [TypeShape.Field]) -> String { fields.compactMap(\.name).joined(separator: ", ") }

  private func encode(
    _ value: JSON, _ shape: TypeShape, _ variants: [TypeShape.Variant], path: String, depth: Int, into bytes: inout [UInt8]
  ) throws(ScaleJSONError) {
    if shape.path == ["Option"], variants.count == 2 {
      bytes.append(value.isNull ? 0 : 1)
      if !value.isNull { try encode(value, variants[1].fields[0].type.shape, path: path, depth: depth + 1, into: &bytes) }
      return
    }
    if shape.path.last == "MultiAddress", let text = value.asString, let raw = account(text) {
      bytes += [0] + raw
      return
    }
    let name: String
    let content: JSON
    if let text = value.asString {
      name = text
      content = .object([:])
    } else if let members = value.asObject, members.count == 1, let member = members.first {
      name = member.key
      content = member.value
    } else {
      throw ScaleJSONError(path: path, reason: "is neither a name nor an object with one member")
    }
    guard let variant = variants.first(where: { $0.name.lowercased() == name.lowercased().replacing("_", with: "") || $0.name == name })
    else {
      throw ScaleJSONError(path: path, reason: "has no variant \(name); it has \(variants.map(\.name).joined(separator: ", "))")
    }
    bytes.append(variant.index)
    if !variant.fields.isEmpty {
      try encode(content, variant.fields, path: path.isEmpty ? variant.name : "\(path).\(variant.name)", depth: depth + 1, into: &bytes)
    }
  }

  private func encode(_ value: JSON, _ primitive: TypeShape.Primitive, path: String, into bytes: inout [UInt8]) throws(ScaleJSONError) {
    switch primitive {
    case .bool:
      guard let flag = value.asBool else { throw ScaleJSONError(path: path, reason: "is neither true nor false") }
      bytes += flag.encoded()
    case .str:
      guard let text = value.asString else { throw ScaleJSONError(path: path, reason: "is not text") }
      bytes += text.encoded()
    case .u8: bytes += try number(value, path: path, as: UInt8.self).encoded()
    case .u16: bytes += try number(value, path: path, as: UInt16.self).encoded()
    case .u32, .char: bytes += try number(value, path: path, as: UInt32.self).encoded()
    case .u64: bytes += try number(value, path: path, as: UInt64.self).encoded()
    case .u128: bytes += try number(value, path: path, as: UInt128.self).encoded()
    case .i8: bytes += try number(value, path: path, as: Int8.self).encoded()
    case .i16: bytes += try number(value, path: path, as: Int16.self).encoded()
    case .i32: bytes += try number(value, path: path, as: Int32.self).encoded()
    case .i64: bytes += try number(value, path: path, as: Int64.self).encoded()
    case .i128: bytes += try number(value, path: path, as: Int128.self).encoded()
    case .u256, .i256:
      guard let raw = value.asBytes, raw.count == 32 else { throw ScaleJSONError(path: path, reason: "is not 32 bytes in hexadecimal") }
      bytes += raw
    }
  }

  /// Numbers come as JSON numbers or as decimal text, with `_` allowed between digits.
  private func number<T: FixedWidthInteger & Sendable>(_ value: JSON, path: String, as _: T.Type) throws(ScaleJSONError) -> T {
    let found: T? =
      switch value {
      case .integer(let number): T(exactly: number)
      case .unsigned(let number): T(exactly: number)
      case .string(let text): T(text.replacing("_", with: ""))
      default: nil
      }
    guard let found else { throw ScaleJSONError(path: path, reason: "is not a whole number from \(T.min) to \(T.max)") }
    return found
  }
}

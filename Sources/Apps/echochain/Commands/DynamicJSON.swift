import Keys
import Metadata
import Primitives
import RPC

/// Values by metadata in the JSON form that ``ScaleJSON`` has for values by Swift types.
enum DynamicJSON {
  /// What a person wrote, before it is known what type it is of.
  /// - Throws: A ``Complaint`` of usage for a number that is not whole or too large for a JSON number.
  static func value(_ json: JSON) throws(Complaint) -> DynamicValue {
    switch json {
    case .null: return .variant("None", [])
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return number < 0 ? .signed(Int128(number)) : .unsigned(UInt128(number))
    case .unsigned(let number): return .unsigned(UInt128(number))
    case .double(let number): throw .usage("\(number) is no whole number of 64 bits; write larger ones as text")
    case .string(let text): return .string(text)
    case .array(let items):
      var values: [DynamicValue] = []
      for item in items { values.append(try value(item)) }
      return .sequence(values)
    case .object(let members):
      var fields: [DynamicValue.Field] = []
      for (name, member) in members.sorted(by: { $0.key < $1.key }) { fields.append(.init(name, try value(member))) }
      return .composite(fields)
    }
  }

  /// Text that is JSON, or else stands for itself.
  static func value(loose text: String) throws(Complaint) -> DynamicValue {
    guard let json = try? JSON(parsing: text) else { return .string(text) }
    // Digits that need more than a JSON number are text.
    if case .double = json { return .string(text) }
    return try value(json)
  }

  static func value(parsing text: String, option: String) throws(Complaint) -> DynamicValue {
    let json: JSON
    do { json = try JSON(parsing: text) } catch { throw .usage("\(option) is no JSON: \(error)") }
    return try value(json)
  }
}

/// Shows values by metadata: accounts as addresses of the chain, bytes as hexadecimal text, large numbers as decimal text.
struct DynamicPresenter {
  var registry: TypeRegistry
  var ss58Prefix: UInt16

  /// - Parameter type: The type that the value was decoded as.
  func json(_ value: DynamicValue, _ type: TypeID) -> JSON {
    let shape = registry[type]
    switch value {
    case .bool(let flag): return .bool(flag)
    case .unsigned(let number): return number < 1 << 53 ? JSON(UInt64(number)) : .string("\(number)")
    case .signed(let number): return number.magnitude < 1 << 53 ? JSON(Int64(number)) : .string("\(number)")
    case .wide(let text), .string(let text): return .string(text)
    case .bytes(let bytes): return .hex(bytes)
    case .bits(let bits): return .string("0b" + bits.map { $0 ? "1" : "0" }.joined())
    case .sequence(let items):
      switch shape?.definition {
      case .sequence(let element)?, .array(_, let element)?: return .array(items.map { json($0, element) })
      case .tuple(let members)?: return .array(zip(items, members).map { json($0, $1) })
      default: return .array([])
      }
    case .composite(let fields):
      if shape?.path.last == "AccountId32", case .bytes(let bytes) = value.unwrapped, let account = AccountID(bytes) {
        return .string(SS58.encode(account, prefix: ss58Prefix))
      }
      guard case .composite(let types)? = shape?.definition else { return .null }
      return json(fields, types)
    case .variant(let name, let fields):
      guard case .variant(let variants)? = shape?.definition, let variant = variants.first(where: { $0.name == name }) else { return .null }
      if shape?.path == ["Option"] { return fields.isEmpty ? .null : json(fields, variant.fields) }
      return fields.isEmpty ? .string(name) : .object([name: json(fields, variant.fields)])
    }
  }

  private func json(_ fields: [DynamicValue.Field], _ types: [PortableType.Field]) -> JSON {
    let parts = zip(fields, types).map { field, type in (name: field.name, json: json(field.value, type.type)) }
    if parts.count == 1, parts[0].name == nil { return parts[0].json }
    guard parts.contains(where: { $0.name != nil }) else { return .array(parts.map(\.json)) }
    var members: [String: JSON] = [:]
    for (place, part) in parts.enumerated() { members[part.name ?? "\(place)"] = part.json }
    return .object(members)
  }
}

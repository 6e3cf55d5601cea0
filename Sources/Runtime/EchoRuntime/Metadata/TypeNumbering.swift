internal import Metadata
internal import ScaleCodec

/// Numbers types as they are met, so that a type's number is its place in the list.
///
/// A type with a path is one type however often it is referred to, and may refer to itself. Types without one (vectors,
/// arrays, tuples, compact and primitive ones) are the same type when they say the same.
struct TypeNumbering {
  private(set) var types: [PortableType] = []
  private var named: [TypeReference: TypeID] = [:]
  private var unnamed: [PortableType: TypeID] = [:]

  /// The number of a Swift type.
  mutating func id<T: ScaleTyped>(_ type: T.Type) -> TypeID { id(TypeReference(type)) }

  /// The number of a type, taken now if it has none.
  mutating func id(_ reference: TypeReference) -> TypeID {
    if let id = named[reference] { return id }
    let shape = reference.shape
    guard !shape.path.isEmpty else {
      let type = portable(shape)
      let id = unnamed[type] ?? append(type)
      unnamed[type] = id
      named[reference] = id
      return id
    }
    // The number is known before the parts are looked at: they may refer back to it.
    let id = append(PortableType(.tuple([])))
    named[reference] = id
    types[Int(id)] = portable(shape)
    return id
  }

  private mutating func append(_ type: PortableType) -> TypeID {
    types.append(type)
    return TypeID(types.count - 1)
  }

  private mutating func portable(_ shape: TypeShape) -> PortableType {
    let role = Role(shape.path)
    var parameters: [PortableType.Parameter] = []
    for parameter in shape.parameters {
      var type: TypeID?
      if let reference = parameter.type { type = id(reference) }
      parameters.append(PortableType.Parameter(name: parameter.name, type: type))
    }
    return PortableType(path: shape.path, parameters: parameters, definition(shape.definition, role))
  }

  private mutating func definition(_ definition: TypeShape.Definition, _ role: Role) -> PortableType.Definition {
    switch definition {
    case .composite(let fields): return .composite(portable(fields))
    case .variant(let variants):
      return .variant(
        variants.map { variant in
          PortableType.Variant(
            name: role == .call ? snakeCase(variant.name) : variant.name, fields: portable(variant.fields), index: variant.index,
            docs: role == .plain ? [] : variant.docs)
        })
    case .sequence(let element): return .sequence(id(element))
    case .array(let length, let element): return .array(length: length, id(element))
    case .tuple(let parts): return .tuple(parts.map { id($0) })
    case .primitive(let primitive): return .primitive(primitive)
    case .compact(let inner): return .compact(id(inner))
    }
  }

  private mutating func portable(_ fields: [TypeShape.Field]) -> [PortableType.Field] {
    fields.map { PortableType.Field(name: $0.name, type: id($0.type), typeName: RustSpelling.of($0.typeName)) }
  }

  /// What a type is to its pallet. Calls are named as functions are; and only calls, events and errors carry
  /// documentation, as in Substrate's own metadata: clients show nothing else, and slow ones read it for seconds.
  private enum Role {
    case call, eventOrError, plain

    init(_ path: [String]) {
      switch path.suffix(2) {
      case ["pallet", "Call"]: self = .call
      case ["pallet", "Event"], ["pallet", "Error"]: self = .eventOrError
      default: self = .plain
      }
    }
  }

  /// `TransferKeepAlive` as `transfer_keep_alive`.
  private func snakeCase(_ name: String) -> String {
    var result = ""
    for letter in name {
      if letter.isUppercase, !result.isEmpty { result.append("_") }
      result.append(contentsOf: letter.lowercased())
    }
    return result
  }
}

/// The names of types as clients know them, for display: `[UInt8]` is `Vec<u8>` there.
enum RustSpelling {
  private static let names = [
    "UInt8": "u8", "UInt16": "u16", "UInt32": "u32", "UInt64": "u64", "UInt128": "u128", "Int8": "i8", "Int16": "i16", "Int32": "i32",
    "Int64": "i64", "Int128": "i128", "Bool": "bool", "Unit": "()", "AccountID": "AccountId", "AssetID": "AssetId",
    "RecoverableSignature": "[u8; 65]", "EthereumAddress": "H160", "Milliseconds": "Moment",
  ]

  /// The spelling of a Swift type as a source file has it.
  static func of(_ text: String) -> String {
    let name = text.filter { $0 != " " && $0 != "\n" }
    if name.hasSuffix("?") { return "Option<\(of(String(name.dropLast())))>" }
    if name.hasPrefix("["), name.hasSuffix("]"), !name.contains(";") { return "Vec<\(of(String(name.dropFirst().dropLast())))>" }
    guard let open = name.firstIndex(of: "<"), name.hasSuffix(">") else { return plain(name) }
    let outer = plain(String(name[..<open]))
    let arguments = split(name[name.index(after: open)...].dropLast()).map(of)
    switch outer {
    case "FixedBytes": return "[u8; \(arguments.joined())]"
    case "Pair": return "(\(arguments.joined(separator: ", ")))"
    case "Optional": return "Option<\(arguments.joined())>"
    case "ScaleResult": return "Result<\(arguments.joined(separator: ", "))>"
    default: return "\(outer)<\(arguments.joined(separator: ", "))>"
    }
  }

  /// A name without the module or type that it stands in.
  private static func plain(_ name: String) -> String {
    let last = String(name.split(separator: ".").last ?? "")
    return names[last] ?? last
  }

  /// Generic arguments, at the commas that are not inside one of them.
  private static func split(_ text: Substring) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    for letter in text {
      switch letter {
      case "<", "[", "(": depth += 1
      case ">", "]", ")": depth -= 1
      default: break
      }
      if letter == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(letter) }
    }
    return parts
  }
}

internal import ScaleCodec

/// `scale`: values of built-in types, and bytes that are no value.
enum ScaleChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      guard json.has("type", "scale") else { return false }
      guard let type = DynamicType(try json.text(of: "type")) else { return false }
      let bytes = try json.bytes(of: "scale")
      guard let value = json.members["value"] else {
        try refused(type, bytes)
        return true
      }
      let found = try attempt { try type.decode(bytes) }
      try require(found.matches(value), "decodes to \(found), not \(value)")
      try expect("encoding", try type.encode(value), bytes)
      return true
    }
  }

  private static func refused(_ type: DynamicType, _ bytes: [UInt8]) throws(Mismatch) {
    guard let value = try? type.decode(bytes) else { return }
    throw Mismatch("decodes to \(value), and must not")
  }
}

/// A type by its name as vectors write it, for example `Vec<(Compact<u32>,bool)>`. Leaves are the codec's own types.
indirect enum DynamicType: Equatable {
  case integer(String)
  case compact(String)
  case wideCompact
  case bool
  case optionBool
  case string
  case bytes
  case char
  case float32
  case float64
  case tuple([DynamicType])
  case array(DynamicType, Int)
  case vector(DynamicType)
  case option(DynamicType)
  case result(DynamicType, DynamicType)

  /// - Returns: `nil` for a name that is not known.
  init?(_ name: String) { self.init(name[...], depth: 0) }

  private init?(_ name: Substring, depth: Int) {
    let name = name.filter { $0 != " " }[...]
    guard depth < 16 else { return nil }
    func type(_ part: Substring) -> DynamicType? { DynamicType(part, depth: depth + 1) }
    switch name {
    case "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128": self = .integer(String(name))
    case "Balance": self = .integer("u128")
    case "bool": self = .bool
    case "OptionBool": self = .optionBool
    case "str", "String", "Text", "&str": self = .string
    case "Bytes": self = .bytes
    case "char": self = .char
    case "f32": self = .float32
    case "f64": self = .float64
    case "()": self = .tuple([])
    default:
      if let inner = Self.arguments(of: "Compact", name), inner.count == 1 {
        switch inner[0] {
        case "u8", "u16", "u32", "u64", "u128": self = .compact(String(inner[0]))
        case "Balance": self = .compact("u128")
        case "BigUInt", "BigUint", "U256", "u256": self = .wideCompact
        default: return nil
        }
      } else if let inner = Self.arguments(of: "Vec", name), inner.count == 1, let item = type(inner[0]) {
        self = .vector(item)
      } else if let inner = Self.arguments(of: "Option", name), inner.count == 1, let item = type(inner[0]) {
        self = .option(item)
      } else if let inner = Self.arguments(of: "Box", name), inner.count == 1, let item = type(inner[0]) {
        self = item
      } else if let inner = Self.arguments(of: "Result", name), inner.count == 2, let ok = type(inner[0]),
        let error = type(inner[1])
      {
        self = .result(ok, error)
      } else if name.first == "(", name.last == ")" {
        let parts = Self.split(name.dropFirst().dropLast()).map(type)
        let types = parts.compactMap(\.self)
        guard types.count == parts.count else { return nil }
        self = .tuple(types)
      } else if name.first == "[", name.last == "]", let semicolon = name.lastIndex(of: ";"),
        let count = Int(name[name.index(after: semicolon)...].dropLast()), (0...65_536).contains(count),
        let item = type(name[name.index(after: name.startIndex)..<semicolon])
      {
        self = .array(item, count)
      } else {
        return nil
      }
    }
  }

  private static func arguments(of generic: String, _ name: Substring) -> [Substring]? {
    guard name.hasPrefix(generic + "<"), name.last == ">" else { return nil }
    return split(name.dropFirst(generic.count + 1).dropLast())
  }

  /// Splits at the commas that stand in no bracket.
  private static func split(_ list: Substring) -> [Substring] {
    var parts: [Substring] = []
    var start = list.startIndex
    var depth = 0
    for index in list.indices {
      switch list[index] {
      case "<", "(", "[": depth += 1
      case ">", ")", "]": depth -= 1
      case "," where depth == 0:
        parts.append(list[start..<index])
        start = list.index(after: index)
      default: continue
      }
    }
    return parts + [list[start...]]
  }
}

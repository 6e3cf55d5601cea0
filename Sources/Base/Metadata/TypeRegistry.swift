internal import ScaleCodec

/// The types of a runtime, by number: what values are decoded and encoded by.
public struct TypeRegistry: Sendable {
  public let types: [PortableType]

  public init(_ types: [PortableType]) { self.types = types }

  /// The type with this number; `nil` when the registry has none.
  public subscript(id: TypeID) -> PortableType? { Int(id) < types.count ? types[Int(id)] : nil }

  /// Whether the type is `u8`, so that a list of it is bytes.
  public func isByte(_ id: TypeID) -> Bool { self[id]?.definition == .primitive(.u8) }

  /// The first type with this path, `::` between its parts.
  public func type(atPath path: String) -> TypeID? {
    let parts = path.split(separator: ":").map(String.init)
    return types.firstIndex { $0.path == parts }.map { TypeID($0) }
  }

  /// Whether a value of the type takes no bytes at all.
  ///
  /// Types that refer to themselves and types of more than a thousand parts are taken to take some.
  public func isZeroSized(_ id: TypeID) -> Bool {
    var budget = 1000
    return isZeroSized(id, depth: 0, budget: &budget)
  }

  private func isZeroSized(_ id: TypeID, depth: Int, budget: inout Int) -> Bool {
    budget -= 1
    guard budget > 0, depth < 32, let type = self[id] else { return false }
    let parts: [TypeID]
    switch type.definition {
    case .composite(let fields): parts = fields.map(\.type)
    case .tuple(let members): parts = members
    case .array(let length, let element): parts = length == 0 ? [] : [element]
    case .compact(let inner): parts = [inner]
    case .variant, .sequence, .primitive, .bitSequence: return false
    }
    for part in parts where !isZeroSized(part, depth: depth + 1, budget: &budget) { return false }
    return true
  }
}

// MARK: Names

extension TypeRegistry {
  /// The type as people write it, such as `Vec<(AccountId32, Compact<u128>)>`; `?` where it is deeper than five types or longer than
  /// two hundred parts.
  public func name(_ id: TypeID) -> String {
    var budget = 200
    return name(id, depth: 0, budget: &budget)
  }

  private func name(_ id: TypeID, depth: Int, budget: inout Int) -> String {
    budget -= 1
    guard budget > 0, depth < 6, let type = self[id] else { return "?" }
    if let own = type.path.last.map({ String($0.prefix(128)) }) {
      var arguments: [String] = []
      // Only containers of the standard library are told apart by what they hold.
      if type.path.count == 1 || own.contains("Bounded") {
        for parameter in type.parameters {
          if let argument = parameter.type { arguments.append(name(argument, depth: depth + 1, budget: &budget)) }
        }
      }
      return arguments.isEmpty ? own : "\(own)<\(arguments.joined(separator: ", "))>"
    }
    switch type.definition {
    case .composite(let fields): return "{\(names(fields.map(\.type), depth: depth, budget: &budget))}"
    case .variant: return "enum"
    case .sequence(let element): return "Vec<\(name(element, depth: depth + 1, budget: &budget))>"
    case .array(let length, let element): return "[\(name(element, depth: depth + 1, budget: &budget)); \(length)]"
    case .tuple(let members): return "(\(names(members, depth: depth, budget: &budget)))"
    case .primitive(let primitive): return "\(primitive)"
    case .compact(let inner): return "Compact<\(name(inner, depth: depth + 1, budget: &budget))>"
    case .bitSequence: return "BitVec"
    }
  }

  private func names(_ ids: [TypeID], depth: Int, budget: inout Int) -> String {
    var list: [String] = []
    for id in ids {
      guard budget > 0 else { return list.joined(separator: ", ") + ", …" }
      list.append(name(id, depth: depth + 1, budget: &budget))
    }
    return list.joined(separator: ", ")
  }
}

/// Names as people type them: `transfer_keep_alive`, `transferKeepAlive` and `TransferKeepAlive` are one.
enum LooseName {
  static func plain(_ name: String) -> String { name.filter { $0 != "_" }.lowercased() }

  /// The thing of exactly this name; else the only one that is spelled otherwise.
  static func find<C: Collection>(_ name: String, in things: C, by key: (C.Element) -> String?) -> C.Element? {
    if let exact = things.first(where: { key($0) == name }) { return exact }
    let wanted = plain(name)
    let near = things.filter { key($0).map(plain) == wanted }
    return near.count == 1 ? near.first : nil
  }

  /// A list for an error message: the first two dozen names.
  static func list(_ names: [String]) -> String {
    names.count > 24 ? names.prefix(24).joined(separator: ", ") + " and \(names.count - 24) more" : names.joined(separator: ", ")
  }
}

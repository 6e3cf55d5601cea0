internal import Primitives
internal import ScaleCodec

extension TypeRegistry {
  /// Reads text that stands for an account's bytes, such as an SS58 address; `nil` for other text.
  public typealias AccountReader = (String) -> [UInt8]?

  /// Encodes a value as a type.
  ///
  /// Besides what decoding gives, it takes the forms that people write:
  /// - numbers as decimal text, with `_` between digits; bytes as hexadecimal text or as a list of numbers;
  /// - variants as their name, or as a composite with the name as its only member; `Option` as the value itself;
  /// - names spelled `likeThis` or `LikeThis` for `like_this`; composites of one unnamed field as what they hold;
  /// - the fields of a composite in any order by name, or as a list in theirs; optional ones may be left out;
  /// - accounts, and addresses that have a variant `Id`, as text that `accounts` reads.
  /// - Throws: ``DynamicError`` that names the place, for anything else: nothing is cut, rounded or filled in.
  public func encode(
    _ value: DynamicValue, as type: TypeID, accounts: AccountReader = { _ in nil }, limits: DynamicValue.Limits = .standard,
    path: String = ""
  ) throws(DynamicError) -> [UInt8] {
    try withoutActuallyEscaping(accounts) { accounts throws(DynamicError) in
      var encoder = DynamicEncoder(registry: self, limits: limits, accounts: accounts)
      do throws(DynamicError) { try encoder.encode(value, type, depth: 0) } catch { throw error.inside(path) }
      return encoder.output
    }
  }

  /// Encodes the fields of a variant, such as a call's arguments.
  /// - Parameter value: A composite by names, or a sequence in order.
  func encode(
    _ value: DynamicValue, fields: [PortableType.Field], of type: TypeID, accounts: AccountReader, path: String
  ) throws(DynamicError) -> [UInt8] {
    try withoutActuallyEscaping(accounts) { accounts throws(DynamicError) in
      var encoder = DynamicEncoder(registry: self, limits: .standard, accounts: accounts)
      do throws(DynamicError) { try encoder.encode(value, fields, of: type, depth: 0) } catch { throw error.inside(path) }
      return encoder.output
    }
  }
}

private struct DynamicEncoder {
  let registry: TypeRegistry
  let limits: DynamicValue.Limits
  let accounts: TypeRegistry.AccountReader
  var output: [UInt8] = []
  var nodes = 0

  init(registry: TypeRegistry, limits: DynamicValue.Limits, accounts: @escaping TypeRegistry.AccountReader) {
    self.registry = registry
    self.limits = limits
    self.accounts = accounts
  }

  mutating func encode(_ value: DynamicValue, _ id: TypeID, depth: Int) throws(DynamicError) {
    guard let type = registry[id] else { throw failure(.unknownType(id), id) }
    guard depth < limits.depth else { throw failure(.tooDeep(limit: limits.depth), id) }
    guard nodes < limits.nodes else { throw failure(.tooManyParts(limit: limits.nodes), id) }
    nodes += 1
    switch type.definition {
    case .composite(let fields):
      if case .string(let text) = value, let account = account(text, type) {
        output += account
      } else {
        try encode(value, fields, of: id, depth: depth)
      }
    case .variant(let variants): try encode(value, variants, type, id, depth: depth)
    case .sequence(let element):
      if registry.isByte(element), let bytes = try bytes(value, id) {
        appendLength(bytes.count)
        output += bytes
      } else {
        guard case .sequence(let items) = value else { throw mismatch("is not a list", id) }
        appendLength(items.count)
        for (place, item) in items.enumerated() { try encode(item, element, at: "[\(place)]", depth: depth) }
      }
    case .array(let length, let element):
      if registry.isByte(element), let bytes = try bytes(value, id) {
        guard bytes.count == Int(length) else { throw mismatch("has \(bytes.count) bytes, not \(length)", id) }
        output += bytes
      } else {
        guard case .sequence(let items) = value, items.count == Int(length) else { throw mismatch("is not a list of \(length)", id) }
        for (place, item) in items.enumerated() { try encode(item, element, at: "[\(place)]", depth: depth) }
      }
    case .tuple(let members): try encode(value, members.map { .init(name: nil, type: $0, typeName: nil) }, of: id, depth: depth)
    case .primitive(let primitive): try encode(value, primitive, id)
    case .compact(let inner):
      guard let bits = registry.compactWidth(inner) else { throw failure(.impossible, id) }
      guard bits > 0 else {
        switch value {
        case .sequence([]), .composite([]): return
        default: throw mismatch("is not empty", id)
        }
      }
      let number: UInt128 = try number(value, id, bits: bits)
      output += Compact(number).encoded()
    case .bitSequence(let store, let order):
      guard let form = registry.bitForm(store: store, order: order) else { throw failure(.impossible, id) }
      output += form.encode(try bits(value, id))
    }
  }

  private mutating func encode(_ value: DynamicValue, _ id: TypeID, at part: String, depth: Int) throws(DynamicError) {
    do throws(DynamicError) { try encode(value, id, depth: depth + 1) } catch { throw error.inside(part) }
  }

  // MARK: Composites

  mutating func encode(_ value: DynamicValue, _ fields: [PortableType.Field], of id: TypeID, depth: Int) throws(DynamicError) {
    if fields.isEmpty {
      switch value {
      case .composite([]), .sequence([]), .variant("None", []): return
      default: throw mismatch("has no fields, but a value is given", id)
      }
    }
    if fields.count == 1, fields[0].name == nil {
      // A wrapper is as good as what it holds, a list of one included where the inner type is no list.
      if case .composite(let given) = value, given.count == 1, given[0].name == nil {
        return try encode(given[0].value, fields[0].type, depth: depth + 1)
      }
      return try encode(value, fields[0].type, depth: depth + 1)
    }
    switch value {
    case .composite(let given) where given.contains(where: { $0.name != nil }) || given.isEmpty:
      try encode(named: given, fields, of: id, depth: depth)
    case .composite(let given): try encode(inOrder: given.map(\.value), fields, of: id, depth: depth)
    case .sequence(let given): try encode(inOrder: given, fields, of: id, depth: depth)
    default: throw mismatch("is not \(wanted(fields))", id)
    }
  }

  private mutating func encode(inOrder values: [DynamicValue], _ fields: [PortableType.Field], of id: TypeID, depth: Int)
    throws(DynamicError)
  {
    guard values.count == fields.count else { throw mismatch("has \(values.count) parts; it takes \(wanted(fields))", id) }
    for (place, field) in fields.enumerated() { try encode(values[place], field.type, at: field.name ?? "[\(place)]", depth: depth) }
  }

  private mutating func encode(named given: [DynamicValue.Field], _ fields: [PortableType.Field], of id: TypeID, depth: Int)
    throws(DynamicError)
  {
    var chosen = [DynamicValue?](repeating: nil, count: fields.count)
    for member in given {
      guard let name = member.name, let place = LooseName.find(name, in: fields.indices, by: { fields[$0].name }) else {
        throw mismatch("has no member \(member.name ?? "without a name"); it takes \(wanted(fields))", id)
      }
      guard chosen[place] == nil else { throw mismatch("has the member \(name) twice", id) }
      chosen[place] = member.value
    }
    for (place, field) in fields.enumerated() {
      let name = field.name ?? "[\(place)]"
      let absent: DynamicValue? = registry[field.type]?.path == ["Option"] ? .variant("None", []) : nil
      guard let value = chosen[place] ?? absent else {
        throw DynamicError(.mismatch("is missing"), type: registry.name(field.type), path: name)
      }
      try encode(value, field.type, at: name, depth: depth)
    }
  }

  private func wanted(_ fields: [PortableType.Field]) -> String {
    let names = fields.compactMap(\.name)
    return names.count == fields.count ? LooseName.list(names) : "a list of \(fields.count)"
  }

  // MARK: Variants

  private mutating func encode(
    _ value: DynamicValue, _ variants: [PortableType.Variant], _ type: PortableType, _ id: TypeID, depth: Int
  ) throws(DynamicError) {
    if case .string(let text) = value, let inner = variants.first(where: { $0.name == "Id" }), let account = account(text, type) {
      output.append(inner.index)
      output += account
      return
    }
    if type.path == ["Option"], let some = variants.first(where: { $0.name == "Some" }), let only = some.fields.first,
      !isOption(value, holding: only.type)
    {
      output.append(some.index)
      return try encode(value, only.type, depth: depth + 1)
    }
    let name: String
    let content: DynamicValue
    switch value {
    case .variant(let given, let fields): (name, content) = (given, .composite(fields))
    case .string(let text): (name, content) = (text, .composite([]))
    case .composite(let given) where given.count == 1 && given[0].name != nil: (name, content) = (given[0].name ?? "", given[0].value)
    default: throw mismatch("is neither a variant's name nor an object with one as its only member", id)
    }
    guard let variant = LooseName.find(name, in: variants, by: \.name) else {
      throw mismatch("has no variant \(name); it has \(LooseName.list(variants.map(\.name)))", id)
    }
    output.append(variant.index)
    do throws(DynamicError) { try encode(content, variant.fields, of: id, depth: depth) } catch { throw error.inside(variant.name) }
  }

  /// Whether the value speaks of the `Option` itself and not of what it holds.
  private func isOption(_ value: DynamicValue, holding inner: TypeID) -> Bool {
    var names: [String] = []
    if case .variant(let variants)? = registry[inner]?.definition { names = variants.map(\.name) }
    switch value {
    case .variant(let name, _): return ["None", "Some"].contains(name) && !names.contains(name)
    // A text is what it says when texts are held: "None" is a word, null is nothing.
    case .string(let name):
      return registry[inner]?.definition != .primitive(.str) && ["None", "Some"].contains(name) && !names.contains(name)
    case .composite(let fields): return fields.count == 1 && fields[0].name == "Some" && !names.contains("Some")
    default: return false
    }
  }

  /// The account that text stands for, where the type is one of accounts.
  private func account(_ text: String, _ type: PortableType) -> [UInt8]? {
    guard let name = type.path.last, ["AccountId32", "AccountId20", "MultiAddress"].contains(name), let bytes = accounts(text),
      bytes.count == (name == "AccountId20" ? 20 : 32)
    else { return nil }
    return bytes
  }

  // MARK: Simple values

  private mutating func encode(_ value: DynamicValue, _ primitive: TypeShape.Primitive, _ id: TypeID) throws(DynamicError) {
    switch primitive {
    case .bool:
      guard case .bool(let flag) = value else { throw mismatch("is neither true nor false", id) }
      output.append(flag ? 1 : 0)
    case .char:
      guard case .string(let text) = value, text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
        throw mismatch("is not text of one character", id)
      }
      output += scalar.value.encoded()
    case .str:
      guard case .string(let text) = value else { throw mismatch("is not text", id) }
      output += text.encoded()
    case .u8: output += (try number(value, id) as UInt8).encoded()
    case .u16: output += (try number(value, id) as UInt16).encoded()
    case .u32: output += (try number(value, id) as UInt32).encoded()
    case .u64: output += (try number(value, id) as UInt64).encoded()
    case .u128: output += (try number(value, id) as UInt128).encoded()
    case .i8: output += (try number(value, id) as Int8).encoded()
    case .i16: output += (try number(value, id) as Int16).encoded()
    case .i32: output += (try number(value, id) as Int32).encoded()
    case .i64: output += (try number(value, id) as Int64).encoded()
    case .i128: output += (try number(value, id) as Int128).encoded()
    case .u256, .i256:
      guard let digits = digits(value), let wide = WideInteger(decimal: digits, signed: primitive == .i256) else {
        throw mismatch("is not a whole number of 256 bits", id)
      }
      output += wide.littleEndian
    }
  }

  private func number<T: FixedWidthInteger>(_ value: DynamicValue, _ id: TypeID, bits: Int = T.bitWidth) throws(DynamicError) -> T {
    guard let digits = digits(value), let number = T(digits), bits == T.bitWidth || number >> T(bits) == 0 else {
      let highest = bits == T.bitWidth ? T.max : (T(1) << T(bits)) - 1
      throw mismatch("is not a whole number from \(T.min) to \(highest)", id)
    }
    return number
  }

  /// The number's decimal digits, however it is given; `nil` for what is no number.
  private func digits(_ value: DynamicValue) -> String? {
    switch value {
    case .unsigned(let number): return "\(number)"
    case .signed(let number): return "\(number)"
    case .wide(let text), .string(let text):
      // Int parsing would take a plus sign; a lone or leading underscore is a slip.
      guard let first = text.first, first.isASCII, first.isNumber || first == "-", text.last != "_" else { return nil }
      return text.filter { $0 != "_" }
    default: return nil
    }
  }

  /// Bytes, however they are given; `nil` for a list, whose elements are encoded one by one.
  private func bytes(_ value: DynamicValue, _ id: TypeID) throws(DynamicError) -> [UInt8]? {
    switch value {
    case .bytes(let bytes): return bytes
    case .string(let text):
      guard let bytes = Hex.decode(text) else { throw mismatch("is not bytes in hexadecimal, such as 0x1234", id) }
      return bytes
    case .sequence: return nil
    default: throw mismatch("is not bytes in hexadecimal, such as 0x1234", id)
    }
  }

  private func bits(_ value: DynamicValue, _ id: TypeID) throws(DynamicError) -> [Bool] {
    switch value {
    case .bits(let bits): return bits
    case .string(let text) where text.hasPrefix("0b") && text.utf8.dropFirst(2).allSatisfy({ $0 == 0x30 || $0 == 0x31 }):
      return text.utf8.dropFirst(2).map { $0 == 0x31 }
    default: throw mismatch("is not bits, such as 0b0110", id)
    }
  }

  private mutating func appendLength(_ count: Int) { output += Compact(UInt32(clamping: count)).encoded() }

  private func mismatch(_ sentence: String, _ id: TypeID) -> DynamicError { failure(.mismatch(sentence), id) }

  private func failure(_ reason: DynamicError.Reason, _ id: TypeID) -> DynamicError { DynamicError(reason, type: registry.name(id)) }
}

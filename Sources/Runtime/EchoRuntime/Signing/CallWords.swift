internal import Hashing
internal import Keys
internal import Metadata
internal import Primitives
internal import ScaleCodec

/// A call in words, as Ethereum wallets show it before they sign: printable ASCII only, of bounded length.
///
/// The words are part of consensus: a signature over other words is refused. Docs/formats/signatures.md has the rules.
struct CallWords {
  /// Most bytes of words for one argument; more are cut off and the argument's hash stands for the rest.
  static let argumentLimit = 512
  /// Bytes of data up to which all of them are shown.
  static let dataLimit = 64
  /// Elements of a list that are shown.
  static let elementLimit = 16

  /// How deep values may lie in one another: more than a call that decodes has.
  static let depthLimit = 512

  /// `Balances.transfer_keep_alive`
  let name: String
  /// `dest: 5C7C…` and so on, one for each argument.
  let arguments: [String]

  /// Puts an encoded call into words.
  /// - Throws: ``ScaleError`` when the bytes are not a call of this runtime.
  init(_ call: [UInt8], chain: ChainNames) throws(ScaleError) {
    guard let type = EchoRuntime.metadata.outerEnums?.call else { throw CallWords.unreadable("there is no type of calls", at: 0) }
    var writer = ValueWriter(types: EchoRuntime.metadata.types, call: type, chain: chain)
    var reader = ScaleReader(call.span.bytes)
    let opened = try writer.open(&reader)
    var arguments: [String] = []
    for (index, field) in opened.fields.enumerated() {
      let start = reader.offset
      try writer.write(field.type, &reader, depth: 0, isNative: opened.isNative)
      let encoding = reader.consumedBytes(from: start)
      arguments.append("\(field.name ?? "\(index)"): \(writer.take(encoding))")
    }
    try reader.finish()
    name = opened.name
    self.arguments = arguments
  }

  static func unreadable(_ reason: StaticString, at offset: Int) -> ScaleError {
    .invalidValue(type: "RuntimeCall", reason: reason, offset: offset)
  }
}

/// Writes values of metadata types, reading them on the way.
private struct ValueWriter {
  let types: [PortableType]
  let call: TypeID
  let chain: ChainNames
  private var text = ""
  /// While above zero, values are read and not written.
  private var hidden = 0
  /// Whether what is written now would not be shown: then words are not even made.
  private var isFull: Bool { hidden > 0 || text.utf8.count > CallWords.argumentLimit }

  init(types: [PortableType], call: TypeID, chain: ChainNames) {
    self.types = types
    self.call = call
    self.chain = chain
  }

  /// The words since the last time, cut to the limit.
  mutating func take(_ encoding: [UInt8]) -> String {
    defer { text = "" }
    guard text.utf8.count > CallWords.argumentLimit else { return text }
    return "\(text.prefix(CallWords.argumentLimit))... \(summary(encoding))"
  }

  // MARK: Calls

  /// Reads which call it is.
  mutating func open(_ reader: inout ScaleReader) throws(ScaleError) -> (name: String, fields: [PortableType.Field], isNative: Bool) {
    let pallet = try variant(of: call, &reader)
    guard pallet.fields.count == 1 else { throw CallWords.unreadable("the pallet has no calls", at: reader.offset) }
    let inner = try variant(of: pallet.fields[0].type, &reader)
    return ("\(pallet.name).\(inner.name)", inner.fields, pallet.name == "Balances")
  }

  private func variant(of id: TypeID, _ reader: inout ScaleReader) throws(ScaleError) -> PortableType.Variant {
    let at = reader.offset
    let index = try reader.readByte()
    guard case .variant(let variants) = try type(id, at: at).definition, let found = variants.first(where: { $0.index == index }) else {
      throw .unknownVariant(type: "RuntimeCall", index: index, offset: at)
    }
    return found
  }

  // MARK: Values

  /// Reads and writes one value.
  /// - Parameter isNative: Whether a 128-bit number here is an amount of the native token.
  mutating func write(_ id: TypeID, _ reader: inout ScaleReader, depth: Int, isNative: Bool) throws(ScaleError) {
    guard depth < CallWords.depthLimit else { throw CallWords.unreadable("values lie too deep in one another", at: reader.offset) }
    let type = try type(id, at: reader.offset)
    if id == call { return try writeCall(&reader, depth: depth + 1) }
    if try writeKnown(type.path, &reader) { return }
    switch type.definition {
    case .composite(let fields): try write(fields, &reader, depth: depth + 1, isNative: isNative)
    case .variant(let variants): try write(variants, type.path, &reader, depth: depth + 1, isNative: isNative)
    case .sequence(let element): try writeList(element, count: try reader.readLength(), isData: true, &reader, depth: depth + 1)
    case .array(let length, let element): try writeList(element, count: Int(length), isData: false, &reader, depth: depth + 1)
    case .tuple(let parts):
      put("(")
      for (index, part) in parts.enumerated() {
        if index > 0 { put(", ") }
        try write(part, &reader, depth: depth + 1, isNative: false)
      }
      put(")")
    case .primitive(let primitive): try write(primitive, &reader, isNative: isNative)
    case .compact(let inner):
      if case .tuple(let parts) = try self.type(inner, at: reader.offset).definition, parts.isEmpty { return put("()") }
      let number = try reader.readCompact()
      if !isFull { put(isNative && isAmount(inner) ? chain.amount(number) : "\(number)") }
    case .bitSequence: throw CallWords.unreadable("it holds a bit sequence", at: reader.offset)
    }
  }

  private mutating func writeCall(_ reader: inout ScaleReader, depth: Int) throws(ScaleError) {
    // A hash in the place of a call would be signed unseen.
    guard !isFull else { throw CallWords.unreadable("a call inside does not fit the words", at: reader.offset) }
    let opened = try open(&reader)
    put("\(opened.name)(")
    try writeNamed(opened.fields, &reader, depth: depth, isNative: opened.isNative)
    put(")")
    guard !isFull else { throw CallWords.unreadable("a call inside does not fit the words", at: reader.offset) }
  }

  /// Accounts and addresses stand as people know them.
  private mutating func writeKnown(_ path: [String], _ reader: inout ScaleReader) throws(ScaleError) -> Bool {
    switch path.last {
    case "AccountId32":
      let account = try AccountID(from: &reader)
      if !isFull { put(SS58.encode(account, prefix: SystemConfig.ss58Prefix)) }
    case "H160":
      let address = try EthereumAddress(from: &reader)
      if !isFull { put(address.checksummed) }
    default: return false
    }
    return true
  }

  private mutating func write(_ fields: [PortableType.Field], _ reader: inout ScaleReader, depth: Int, isNative: Bool) throws(ScaleError) {
    if fields.count == 1, fields[0].name == nil { return try write(fields[0].type, &reader, depth: depth, isNative: isNative) }
    let isNamed = fields.contains { $0.name != nil }
    put(isNamed ? "{" : "(")
    try writeNamed(fields, &reader, depth: depth, isNative: false)
    put(isNamed ? "}" : ")")
  }

  private mutating func writeNamed(_ fields: [PortableType.Field], _ reader: inout ScaleReader, depth: Int, isNative: Bool)
    throws(ScaleError)
  {
    for (index, field) in fields.enumerated() {
      if index > 0 { put(", ") }
      if let name = field.name { put("\(name): ") }
      try write(field.type, &reader, depth: depth, isNative: isNative)
    }
  }

  private mutating func write(
    _ variants: [PortableType.Variant], _ path: [String], _ reader: inout ScaleReader, depth: Int, isNative: Bool
  ) throws(ScaleError) {
    let at = reader.offset
    let index = try reader.readByte()
    guard let variant = variants.first(where: { $0.index == index }) else {
      throw .unknownVariant(type: "RuntimeCall", index: index, offset: at)
    }
    let isOption = path == ["Option"]
    if isOption, variant.fields.isEmpty { return put("none") }
    if isOption || path.last == "MultiAddress" && variant.name == "Id" {
      return try write(variant.fields, &reader, depth: depth, isNative: isNative)
    }
    put(variant.name)
    guard !variant.fields.isEmpty else { return }
    let isNamed = variant.fields.contains { $0.name != nil }
    put(isNamed ? "{" : "(")
    try writeNamed(variant.fields, &reader, depth: depth, isNative: false)
    put(isNamed ? "}" : ")")
  }

  /// - Parameter isData: Whether bytes may be text.
  private mutating func writeList(_ element: TypeID, count: Int, isData: Bool, _ reader: inout ScaleReader, depth: Int) throws(ScaleError) {
    if case .primitive(.u8) = try type(element, at: reader.offset).definition {
      let bytes = try reader.readBytes(count: count)
      if !isFull { put(data(bytes, isText: isData)) }
      return
    }
    put("[")
    for index in 0..<count {
      // What is not shown is read all the same: more may follow.
      if index == CallWords.elementLimit { hidden += 1 }
      if index > 0 { put(", ") }
      try write(element, &reader, depth: depth, isNative: false)
    }
    if count > CallWords.elementLimit { hidden -= 1 }
    put(count > CallWords.elementLimit ? ", ... \(count) in all]" : "]")
  }

  private mutating func write(_ primitive: TypeShape.Primitive, _ reader: inout ScaleReader, isNative: Bool) throws(ScaleError) {
    switch primitive {
    case .bool:
      let at = reader.offset
      switch try reader.readByte() {
      case 0: put("false")
      case 1: put("true")
      default: throw CallWords.unreadable("a truth value is neither 0 nor 1", at: at)
      }
    case .char:
      let scalar = try reader.readInteger(UInt32.self)
      put("U+\(String(scalar, radix: 16, uppercase: true))")
    case .str:
      let bytes = try reader.readByteVector()
      if !isFull { put(data(bytes, isText: true, isString: true)) }
    case .u8: try writeInteger(UInt8.self, &reader)
    case .u16: try writeInteger(UInt16.self, &reader)
    case .u32: try writeInteger(UInt32.self, &reader)
    case .u64: try writeInteger(UInt64.self, &reader)
    case .u128:
      let number = try reader.readInteger(UInt128.self)
      if !isFull { put(isNative ? chain.amount(number) : "\(number)") }
    case .i8: try writeInteger(Int8.self, &reader)
    case .i16: try writeInteger(Int16.self, &reader)
    case .i32: try writeInteger(Int32.self, &reader)
    case .i64: try writeInteger(Int64.self, &reader)
    case .i128: try writeInteger(Int128.self, &reader)
    case .u256, .i256:
      let bytes = try reader.readBytes(count: 32)
      put(Hex.encode(bytes))
    }
  }

  private mutating func writeInteger<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, _ reader: inout ScaleReader) throws(ScaleError) {
    let number = try reader.readInteger(T.self)
    if !isFull { put("\(number)") }
  }

  // MARK: Parts

  private func type(_ id: TypeID, at offset: Int) throws(ScaleError) -> PortableType {
    guard let place = Int(exactly: id), types.indices.contains(place) else { throw CallWords.unreadable("a type is unknown", at: offset) }
    return types[place]
  }

  private func isAmount(_ id: TypeID) -> Bool {
    guard let place = Int(exactly: id), types.indices.contains(place), case .primitive(.u128) = types[place].definition else {
      return false
    }
    return true
  }

  private func data(_ bytes: [UInt8], isText: Bool, isString: Bool = false) -> String {
    guard bytes.count <= CallWords.dataLimit else { return summary(bytes) }
    if isString || isText && !bytes.isEmpty && bytes.allSatisfy(PlainText.isPlain) { return PlainText.quoted(bytes) }
    return Hex.encode(bytes)
  }

  private func summary(_ bytes: [UInt8]) -> String { "(\(bytes.count) bytes, blake2b-256 \(Hash.blake2b256(bytes)))" }

  /// Adds words as long as there is room; one addition may go over the limit, which ``take(_:)`` then sees.
  private mutating func put(_ words: String) {
    if !isFull { text += words }
  }
}

/// Text of which a wallet shows every character as it is.
enum PlainText {
  /// Printable ASCII.
  static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) }

  /// Bytes between quotation marks: `"` and `\` behind a backslash, what is not printable ASCII as `\x` and two digits.
  static func quoted(_ bytes: [UInt8]) -> String { "\"\(escaped(bytes))\"" }

  /// The same without quotation marks.
  static func escaped(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\\(Character(UnicodeScalar(byte)))"
      case _ where isPlain(byte): text.append(Character(UnicodeScalar(byte)))
      default: text += "\\x\(Hex.encode([byte], prefix: false))"
      }
    }
    return text
  }
}

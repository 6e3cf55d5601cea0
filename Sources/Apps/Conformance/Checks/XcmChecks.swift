internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

/// `xcm`: versioned programs, locations, assets and call arguments.
///
/// Bytes are decoded with the strict types, encoded again, and read a second time by the types' own descriptions, whose
/// names must give the vector's decoded form. Values with a version are also converted to the latest version and back.
enum XcmChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    if case .array(let examples)? = file.json["examples"] {
      for (number, example) in examples.enumerated() {
        guard let name = try? example.text(of: "type"), let type = types[name] else {
          tally.skip()
          continue
        }
        tally.check(file.id(example, number)) {
          try type.check(try example.bytes(of: "hex"), shows: example.members["value"] ?? .null, exactly: true)
        }
      }
    }
    file.each(&tally) { json in
      if json.has("call_scale", "args") { return try checkCall(json) }
      guard json.has("scale") else { return false }
      let bytes = try json.bytes(of: "scale")
      guard let message = json.members["message"] else {
        try require((try? VersionedXcm(decoding: bytes)) == nil, "decodes, and must not")
        return true
      }
      try program.check(bytes, shows: message)
      try checkNames(json, message)
      if let index = json["instruction_index"] {
        // Version, a count of one, and the instruction.
        try require(bytes.count > 2, "no instruction")
        try expect("instruction", bytes[2], try index.integer("instruction_index"))
      }
      return true
    }
  }

  /// The names that a case gives to its message.
  private static func checkNames(_ json: JSON, _ message: JSON) throws(Mismatch) {
    guard let version = json["version"] else { return }
    let name = try version.text("version")
    guard let instructions = message[name] else { throw Mismatch("the message is not of version \(name)") }
    guard let instruction = json["instruction"] else { return }
    let first = try instructions.items("message").first
    let found = if case .string(let name)? = first { name } else { first?.members.keys.first }
    try require(found == (try instruction.text("instruction")), "the instruction is \(found ?? "none")")
  }

  private static let program = CheckedType(versioned: VersionedXcm.self)
  private static let location = CheckedType(versioned: VersionedLocation.self)
  private static let assets = CheckedType(versioned: VersionedAssets.self)
  private static let asset = CheckedType(versioned: VersionedAsset.self)

  private static let types: [String: CheckedType] = [
    "VersionedXcm": program, "VersionedXcm<()>": program,
    "VersionedLocation": location, "VersionedMultiLocation": location,
    "VersionedAssets": assets, "VersionedMultiAssets": assets,
    "VersionedAsset": asset, "VersionedMultiAsset": asset,
    "VersionedAssetId": CheckedType(versioned: VersionedAssetID.self),
    "VersionedResponse": CheckedType(versioned: VersionedResponse.self),
    "WeightLimit": CheckedType(WeightLimit.self), "Weight": CheckedType(Weight.self),
    "u8": CheckedType(UInt8.self), "u32": CheckedType(UInt32.self), "u64": CheckedType(UInt64.self),
    "u128": CheckedType(UInt128.self), "bool": CheckedType(Bool.self),
  ]

  /// A call: two bytes that name it, and its arguments. Arguments of version 2 and of types that this release does not
  /// have make it unknown.
  private static func checkCall(_ json: JSON) throws(Mismatch) -> Bool {
    let bytes = try json.bytes(of: "call_scale")
    var expected: [UInt8] = [try json.integer(of: "pallet_index"), try json.integer(of: "call_index")]
    var isKnown = true
    for argument in try json.items(of: "args") {
      let encoded = try argument.bytes(of: "scale")
      expected += encoded
      var name = try argument.text(of: "type").filter { $0 != " " }
      if name.hasPrefix("Box<"), name.hasSuffix(">") { name = String(name.dropFirst(4).dropLast()) }
      let value = argument.members["value"] ?? .null
      if let type = types[name], !(name.hasPrefix("Versioned") && value.has("V2")) {
        try type.check(encoded, shows: value)
      } else {
        isKnown = false
      }
    }
    try expect("call", expected, bytes)
    return isKnown
  }
}

/// A type that bytes can be checked against.
struct CheckedType: Sendable {
  private let roundTrip: @Sendable ([UInt8]) throws -> [UInt8]
  private let upAndDown: @Sendable ([UInt8]) throws -> [UInt8]
  private let shape: TypeReference

  init<T: ScaleCodable>(_ type: T.Type) {
    roundTrip = { try T(decoding: $0).encoded() }
    upAndDown = { $0 }
    shape = TypeReference(type)
  }

  /// A type whose values convert into the latest version and back.
  init<T: VersionedXcmValue>(versioned type: T.Type) {
    roundTrip = { try T(decoding: $0).encoded() }
    upAndDown = {
      let value = try T(decoding: $0)
      return try value.into(version: XcmVersion.latest).into(version: value.version).encoded()
    }
    shape = TypeReference(type)
  }

  /// Requires the bytes to be a value that the description shows as `value`, and that survives a conversion.
  ///
  /// Clients write amounts of zero, which no chain takes: such a value must be refused, and is described all the same.
  /// - Parameter exactly: Whether `value` keeps the rules that `json_rules` states; other recorded forms vary.
  func check(_ bytes: [UInt8], shows value: JSON, exactly: Bool = false) throws(Mismatch) {
    if value.hasZeroAmount {
      try require((try? roundTrip(bytes)) == nil, "an amount of zero is accepted")
    } else {
      try expect("encoding", try attempt { try roundTrip(bytes) }, bytes)
      do { try expect("the value after conversion up and down", try upAndDown(bytes), bytes) } catch {
        guard let reason = error as? XcmConversionError else { throw error as? Mismatch ?? Mismatch("\(error)") }
        try require(value.isWithoutLatest(reason), "\(reason), and nothing in the value is the cause")
      }
    }
    let shown = try attempt { try ShapeReader.read(bytes, as: shape) }
    if exactly { try require(shown.withBareJunctions == value, "decodes to \(shown.withBareJunctions), not \(value)") }
    try require(shown.showsSame(as: value), "decodes to \(shown), not \(value)")
  }
}

extension JSON {
  /// Whether a fungible amount of zero stands in it.
  fileprivate var hasZeroAmount: Bool {
    switch self {
    case .array(let items): items.contains(where: \.hasZeroAmount)
    case .object(let members):
      [.number("0"), .string("0")].contains(members["Fungible"]) || members.values.contains(where: \.hasZeroAmount)
    default: false
    }
  }

  /// Whether the value holds what a conversion says it cannot express.
  fileprivate func isWithoutLatest(_ reason: XcmConversionError) -> Bool {
    switch reason {
    case .abstractAsset: mentions("Abstract")
    case .unknownNetwork: mentions("Wococo")
    case .unknownVersion, .instruction, .error: false
    }
  }

  /// Whether a variant of this name stands in it.
  private func mentions(_ name: String) -> Bool {
    switch self {
    case .string(let text): text == name
    case .array(let items): items.contains { $0.mentions(name) }
    case .object(let members): members[name] != nil || members.values.contains { $0.mentions(name) }
    default: false
    }
  }

  /// A form of version 3 as that version's types describe it: its `X1` holds a junction, not an array of one.
  fileprivate var withBareJunctions: JSON {
    guard case .object(let members) = self, let value = members["V3"] else { return self }
    return .object(["V3": value.bareJunctions])
  }

  private var bareJunctions: JSON {
    switch self {
    case .array(let items): .array(items.map(\.bareJunctions))
    case .object(let members):
      .object(
        Dictionary(
          uniqueKeysWithValues: members.map { name, value in
            if name == "X1", case .array(let items) = value, items.count == 1 { return (name, items[0].bareJunctions) }
            return (name, value.bareJunctions)
          }))
    default: self
    }
  }

  /// Whether two decoded forms are of one value.
  ///
  /// Numbers may be text; `None`, null and an old `Any` network are one; `{"Some": x}` is `x`; an array of one item is
  /// that item, for version 3 writes `X1` so.
  fileprivate func showsSame(as other: JSON) -> Bool {
    let (a, b) = (plain, other.plain)
    switch (a, b) {
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.showsSame(as: $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count && a.allSatisfy { name, value in b[name].map { value.showsSame(as: $0) } ?? false }
    case (.number(let a), .string(let b)), (.string(let a), .number(let b)): return a == b
    default: return a == b
    }
  }

  private var plain: JSON {
    switch self {
    case .string("None"): .null
    case .array(let items) where items.count == 1: items[0].plain
    case .object(let members) where members.count == 1:
      if let some = members["Some"] { some.plain } else { self }
    default: self
    }
  }
}

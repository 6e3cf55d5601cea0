import Metadata
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Values by metadata") struct DynamicValueTests {
  /// A type, a value of it and its encoding, computed by hand from the SCALE specification.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var types: [PortableType.Definition]
    var value: DynamicValue
    var hex: String
  }

  static let cases: [Case] = [
    .init(testDescription: "bool", types: [.primitive(.bool)], value: .bool(true), hex: "01"),
    .init(testDescription: "char", types: [.primitive(.char)], value: .string("é"), hex: "e9000000"),
    .init(testDescription: "str", types: [.primitive(.str)], value: .string("hello"), hex: "1468656c6c6f"),
    .init(testDescription: "u16", types: [.primitive(.u16)], value: .unsigned(0x1234), hex: "3412"),
    .init(testDescription: "u128", types: [.primitive(.u128)], value: .unsigned(.max), hex: String(repeating: "f", count: 32)),
    .init(testDescription: "small u256", types: [.primitive(.u256)], value: .unsigned(1), hex: "01" + String(repeating: "0", count: 62)),
    .init(
      testDescription: "2^255", types: [.primitive(.u256)],
      value: .wide("57896044618658097711785492504343953926634992332820282019728792003956564819968"),
      hex: String(repeating: "0", count: 62) + "80"),
    .init(
      testDescription: "-2^255", types: [.primitive(.i256)],
      value: .wide("-57896044618658097711785492504343953926634992332820282019728792003956564819968"),
      hex: String(repeating: "0", count: 62) + "80"),
    .init(testDescription: "i256 -1", types: [.primitive(.i256)], value: .signed(-1), hex: String(repeating: "f", count: 64)),
    .init(testDescription: "i8", types: [.primitive(.i8)], value: .signed(-128), hex: "80"),
    .init(testDescription: "i128", types: [.primitive(.i128)], value: .signed(-2), hex: "fe" + String(repeating: "f", count: 30)),
    .init(testDescription: "compact", types: [.compact(1), .primitive(.u32)], value: .unsigned(1000), hex: "a10f"),
    .init(
      testDescription: "compact of a wrapper", types: [.compact(1), .composite([Types.field(nil, 2)]), .primitive(.u64)],
      value: .unsigned(64), hex: "0101"),
    .init(testDescription: "compact of nothing", types: [.compact(1), .tuple([])], value: .sequence([]), hex: ""),
    .init(testDescription: "bytes", types: [.sequence(1), .primitive(.u8)], value: .bytes([1, 2]), hex: "080102"),
    .init(testDescription: "byte array", types: [.array(length: 3, 1), .primitive(.u8)], value: .bytes([1, 2, 3]), hex: "010203"),
    .init(
      testDescription: "sequence", types: [.sequence(1), .primitive(.u16)], value: .sequence([.unsigned(1), .unsigned(2)]),
      hex: "0801000200"),
    .init(
      testDescription: "array", types: [.array(length: 2, 1), .primitive(.bool)], value: .sequence([.bool(true), .bool(false)]), hex: "0100"
    ),
    .init(
      testDescription: "tuple", types: [.tuple([1, 2]), .primitive(.u8), .primitive(.bool)], value: .sequence([.unsigned(7), .bool(true)]),
      hex: "0701"),
    .init(
      testDescription: "composite", types: [.composite([Types.field("a", 1), Types.field("b", 1)]), .primitive(.u8)],
      value: .composite([.init("a", .unsigned(1)), .init("b", .unsigned(2))]), hex: "0102"),
    .init(
      testDescription: "variant",
      types: [
        .variant([.init(name: "Off", fields: [], index: 0), .init(name: "On", fields: [Types.field("at", 1)], index: 9)]), .primitive(.u8),
      ],
      value: .variant("On", [.init("at", .unsigned(5))]), hex: "0905"),
    .init(
      testDescription: "zero-sized elements", types: [.sequence(1), .tuple([])], value: .sequence([.sequence([]), .sequence([])]), hex: "08"
    ),
  ]

  @Test("decoding and encoding", arguments: cases) func roundTrip(_ item: Case) throws {
    let registry = Types.list(item.types)
    let bytes = Fixture.hex(item.hex)
    #expect(try registry.decode(bytes, as: 0) == item.value)
    #expect(try registry.encode(item.value, as: 0) == bytes)
    #expect(throws: DynamicError.self, "a byte too many") { try registry.decode(bytes + [0], as: 0) }
    if !bytes.isEmpty { #expect(throws: DynamicError.self, "a byte too few") { try registry.decode(Array(bytes.dropLast()), as: 0) } }
  }

  @Test("bit sequences", arguments: [("Lsb0", 8, "140b"), ("Msb0", 8, "14d0"), ("Lsb0", 16, "140b00"), ("Msb0", 16, "1400d0")])
  func bits(order: String, width: Int, hex: String) throws {
    let registry = TypeRegistry([
      PortableType(.bitSequence(store: 1, order: 2)), PortableType(.primitive(width == 8 ? .u8 : .u16)),
      PortableType(path: ["bitvec", "order", order], .composite([])),
    ])
    let value = DynamicValue.bits([true, true, false, true, false])
    #expect(try registry.encode(value, as: 0) == Fixture.hex(hex))
    #expect(try registry.decode(Fixture.hex(hex), as: 0) == value)
    #expect(try registry.encode(.string("0b11010"), as: 0) == Fixture.hex(hex))
    let dirty = [UInt8(0x14)] + [UInt8](repeating: 0xff, count: width / 8)
    #expect(throws: DynamicError.self) { try registry.decode(dirty, as: 0) }
  }

  @Test(
    "a type that holds itself ends at the depth",
    arguments: [PortableType.Definition.composite([Types.field(nil, 0)]), .tuple([0]), .array(length: 1, 0), .compact(0)])
  func cycle(_ definition: PortableType.Definition) {
    let registry = Types.list([definition])
    #expect(throws: DynamicError.self) { try registry.decode([1, 2, 3], as: 0) }
    #expect(throws: DynamicError.self) { try registry.encode(.unsigned(1), as: 0) }
    #expect(!registry.isZeroSized(0))
    #expect(registry.name(0).count < 1000)
  }

  @Test("a type of two of itself's children ends at the number of parts") func explosion() {
    var types = (0..<60).map { PortableType.Definition.tuple([TypeID($0 + 1), TypeID($0 + 1)]) }
    types.append(.tuple([]))
    let registry = Types.list(types)
    #expect(throws: DynamicError.self) { try registry.decode([], as: 0, limits: .init(depth: 100, nodes: 10_000)) }
    #expect(!registry.isZeroSized(0))
    #expect(registry.name(0).count < 2000)
  }

  @Test("lists that claim more than there is", arguments: ["feffffff", "03ffffffff"]) func claims(hex: String) {
    for element in [PortableType.Definition.tuple([]), .primitive(.u8), .primitive(.u64)] {
      #expect(throws: DynamicError.self) { try Types.list([.sequence(1), element]).decode(Fixture.hex(hex), as: 0) }
    }
    let array = Types.list([.array(length: .max, 1), .tuple([])])
    #expect(throws: DynamicError.self) { try array.decode([], as: 0) }
  }

  @Test("an error names the place and the type") func errorPath() throws {
    let metadata = Runtimes.polkadot14
    let arguments = DynamicValue.composite([
      .init("dest", .composite([.init("Id", .string("0x1234"))])), .init("value", .unsigned(1)),
    ])
    let error = #expect(throws: RuntimeLookupError.self) { try metadata.encodeCall("Balances", "transfer", arguments: arguments) }
    guard case .value(let inner)? = error else { Issue.record("\(String(describing: error))"); return }
    #expect(inner.path == "call.dest.Id")
    #expect(inner.type == "[u8; 32]")
    #expect("\(inner)" == "call.dest.Id ([u8; 32]) has 2 bytes, not 32")
  }

  @Test("mutated values of a real runtime never crash, and what decodes encodes back", arguments: 0..<400 as Range<UInt64>)
  func mutation(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let registry = Runtimes.polkadot14.registry
    let type = TypeID(Int.random(in: 0..<registry.types.count, using: &random))
    let bytes = random.bytes(Int.random(in: 0...200, using: &random))
    var reader = ScaleReader(bytes.span.bytes)
    guard let value = try? registry.decode(type, from: &reader, limits: .init(depth: 40, nodes: 5000)) else { return }
    #expect(try registry.encode(value, as: type) == Array(bytes.prefix(reader.offset)))
  }
}

@Suite("Values as people write them") struct LooseValueTests {
  private let registry = Runtimes.polkadot14.registry

  private func type(_ path: String) throws -> TypeID { try #require(registry.type(atPath: path)) }

  @Test("accounts and addresses as text") func accounts() throws {
    let account = [UInt8](repeating: 7, count: 32)
    let reader: TypeRegistry.AccountReader = { $0 == "alice" ? account : nil }
    let address = try type("sp_runtime::multiaddress::MultiAddress")
    let id = try type("sp_core::crypto::AccountId32")
    #expect(try registry.encode(.string("alice"), as: address, accounts: reader) == [0] + account)
    #expect(try registry.encode(.composite([.init("Id", .string("alice"))]), as: address, accounts: reader) == [0] + account)
    #expect(try registry.encode(.string("alice"), as: id, accounts: reader) == account)
    #expect(try registry.encode(.string(Hex.encode(account)), as: id, accounts: reader) == account)
    #expect(throws: DynamicError.self) { try registry.encode(.string("bob"), as: id, accounts: reader) }
  }

  @Test("options are null, the value, or spelled out") func options() throws {
    let registry = TypeRegistry([
      PortableType(
        path: ["Option"],
        .variant([
          .init(name: "None", fields: [], index: 0), .init(name: "Some", fields: [Types.field(nil, 1)], index: 1),
        ])), PortableType(.primitive(.u8)),
    ])
    let forms: [(DynamicValue, [UInt8])] = [
      (.variant("None", []), [0]), (.string("None"), [0]), (.unsigned(5), [1, 5]), (.variant("Some", [.init(nil, .unsigned(5))]), [1, 5]),
      (.composite([.init("Some", .unsigned(5))]), [1, 5]),
    ]
    for (value, bytes) in forms { #expect(try registry.encode(value, as: 0) == bytes) }
  }

  @Test("numbers", arguments: [("1_000", 1000), ("0", 0), ("65535", 65535)]) func numbers(text: String, value: UInt128) throws {
    let registry = Types.list([.primitive(.u16)])
    #expect(try registry.encode(.string(text), as: 0) == registry.encode(.unsigned(value), as: 0))
  }

  @Test("what is no number", arguments: ["", "-1", "+1", "65536", "1.5", "0x10", "_1", "1_", " 1", "١"]) func noNumbers(text: String) {
    #expect(throws: DynamicError.self) { try Types.list([.primitive(.u16)]).encode(.string(text), as: 0) }
    #expect(throws: DynamicError.self) { try Types.list([.compact(1), .primitive(.u16)]).encode(.string(text), as: 0) }
  }

  @Test("fields by name in any order and spelling, none twice, none unknown") func fields() throws {
    let registry = Types.list([.composite([Types.field("ref_time", 1), Types.field("proof_size", 1)]), .primitive(.u8)])
    let good: [DynamicValue] = [
      .composite([.init("proof_size", .unsigned(2)), .init("ref_time", .unsigned(1))]),
      .composite([.init("refTime", .unsigned(1)), .init("proofSize", .unsigned(2))]), .sequence([.unsigned(1), .unsigned(2)]),
    ]
    for value in good { #expect(try registry.encode(value, as: 0) == [1, 2]) }
    let bad: [DynamicValue] = [
      .composite([.init("ref_time", .unsigned(1))]), .composite([.init("ref_time", .unsigned(1)), .init("refTime", .unsigned(1))]),
      .composite([.init("ref_time", .unsigned(1)), .init("proof_size", .unsigned(1)), .init("more", .unsigned(1))]),
      .sequence([.unsigned(1)]),
      .unsigned(1), .string("x"),
    ]
    for value in bad { #expect(throws: DynamicError.self) { try registry.encode(value, as: 0) } }
  }

  @Test(
    "type names",
    arguments: [
      ("sp_core::crypto::AccountId32", "AccountId32"), ("sp_runtime::multiaddress::MultiAddress", "MultiAddress"),
    ]) func names(path: String, name: String) throws
  { #expect(registry.name(try type(path)) == name) }

  @Test("names of built-in types") func builtInNames() {
    let registry = Types.list([.sequence(1), .tuple([2, 3]), .primitive(.u32), .compact(4), .primitive(.u128)])
    #expect(registry.name(0) == "Vec<(u32, Compact<u128>)>")
  }
}

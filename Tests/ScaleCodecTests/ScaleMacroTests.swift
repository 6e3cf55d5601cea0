import Primitives
import ScaleCodec
import TestKit
import Testing

/// Moves units.
@ScaleCodable(path: "pallet_test::Transfer")
struct Transfer: Equatable, Sendable {
  /// Who pays.
  var sourceAccount: AccountID
  var amount: Compact<Balance>
  let memo: String?
  var route: Route
  var isFinal: Bool { memo == nil }

  static func random(_ random: inout SeededRandom) -> Transfer {
    Transfer(
      sourceAccount: AccountID(random.bytes(32)) ?? .zero,
      amount: Compact(Balance(random.next()) << Balance.random(in: 0...64, using: &random)),
      memo: random.chance(1, in: 2) ? nil : Hex.encode(random.bytes(Int.random(in: 0...9, using: &random))),
      route: Route.random(&random))
  }
}

@ScaleCodable(path: "pallet_test::pallet::Route")
enum Route: Equatable, Sendable {
  /// Stays here.
  @ScaleIndex(0)
  case local
  @ScaleIndex(7)
  case bridged(laneNumber: UInt32, [UInt8])
  @ScaleIndex(255)
  case hops([Route])

  static func random(_ random: inout SeededRandom) -> Route {
    switch UInt8.random(in: 0...2, using: &random) {
    case 0: .local
    case 1: .bridged(laneNumber: UInt32(truncatingIfNeeded: random.next()), random.bytes(3))
    default: .hops([.local, .bridged(laneNumber: 1, [])])
    }
  }
}

@ScaleCodable indirect enum Expression: Equatable, Sendable {
  @ScaleIndex(0)
  case flag(Bool)
  @ScaleIndex(1)
  case not(Expression)
  @ScaleIndex(2)
  case all([Expression])
}

@ScaleCodable
struct Tagged<Value: ScaleEncodable & ScaleDecodable & ScaleTyped & Equatable & Sendable>: Equatable, Sendable {
  var tag: UInt8
  var value: Value
}

@ScaleCodable struct Nothing: Equatable, Sendable {}

@Suite("@ScaleCodable") struct ScaleMacroTests {
  @Test("a struct is its fields in order") func structBytes() throws {
    let transfer = Transfer(sourceAccount: .zero, amount: 64, memo: "ab", route: .bridged(laneNumber: 1, [9]))
    let expected = [UInt8](repeating: 0, count: 32) + [0x01, 0x01, 1, 8, 0x61, 0x62, 7, 1, 0, 0, 0, 4, 9]
    #expect(transfer.encoded() == expected)
    #expect(transfer.encodedSize == expected.count)
    #expect(try Transfer(decoding: expected) == transfer)
  }

  @Test("an enum is its written index and its values") func enumBytes() throws {
    #expect(Route.local.encoded() == [0])
    #expect(Route.hops([.local, .local]).encoded() == [255, 8, 0, 0])
    #expect(try Route(decoding: [255, 4, 7, 2, 0, 0, 0, 0]) == .hops([.bridged(laneNumber: 2, [])]))
  }

  @Test("an index that no case has is refused where it stands", arguments: [1, 6, 8, 254] as [UInt8])
  func unknownIndex(index: UInt8) {
    #expect(throws: ScaleError.unknownVariant(type: "Route", index: index, offset: 0)) { try Route(decoding: [index]) }
    #expect(throws: ScaleError.unknownVariant(type: "Route", index: index, offset: 3)) {
      try Route(decoding: [255, 8, 0, index])
    }
  }

  @Test("random values come back", arguments: 0..<64 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let value = Transfer.random(&random)
    #expect(try Transfer(decoding: value.encoded()) == value, "seed \(seed)")
    let tagged = Tagged(tag: 3, value: [value, value])
    #expect(try Tagged<[Transfer]>(decoding: tagged.encoded()) == tagged, "seed \(seed)")
  }

  @Test("generic, empty and recursive types") func otherTypes() throws {
    #expect(Nothing().encoded().isEmpty)
    #expect(try Nothing(decoding: []) == Nothing())
    let tree = Expression.all([.flag(true), .not(.all([])), .not(.not(.flag(false)))])
    #expect(tree.encoded() == [2, 12, 0, 1, 1, 2, 0, 1, 1, 0, 0])
    #expect(try Expression(decoding: tree.encoded()) == tree)
  }

  @Test("breadth does not count as depth") func breadth() throws {
    let wide = Expression.all([Expression](repeating: .not(.flag(true)), count: 1000))
    #expect(try Expression(decoding: wide.encoded(), limits: .init(depth: 4)) == wide)
    #expect(throws: ScaleError.nestedTooDeep(limit: 3, offset: 4)) {
      try Expression(decoding: wide.encoded(), limits: .init(depth: 3))
    }
  }

  @Test("structs are described as metadata wants them") func structShape() throws {
    let shape = Transfer.typeShape
    #expect(shape.path == ["pallet_test", "Transfer"] && shape.docs == ["Moves units."])
    guard case .composite(let fields) = shape.definition else {
      Issue.record("a struct is no composite")
      return
    }
    #expect(fields.map(\.name) == ["source_account", "amount", "memo", "route"])
    #expect(fields.map(\.typeName) == ["AccountID", "Compact<Balance>", "String?", "Route"])
    #expect(fields[0].docs == ["Who pays."])
    #expect(fields[3].type == TypeReference(Route.self))
    #expect(fields[2].type.shape.path == ["Option"])
    #expect(Tagged<UInt8>.typeShape.parameters.map(\.name) == ["Value"])
    #expect(Nothing.typeShape.path == ["Nothing"])
  }

  @Test("enums are described as metadata wants them") func enumShape() throws {
    guard case .variant(let variants) = Route.typeShape.definition else {
      Issue.record("an enum is no variant")
      return
    }
    #expect(Route.typeShape.path == ["pallet_test", "pallet", "Route"])
    #expect(variants.map(\.name) == ["Local", "Bridged", "Hops"] && variants.map(\.index) == [0, 7, 255])
    #expect(variants[0].docs == ["Stays here."])
    #expect(variants[1].fields.map(\.name) == ["lane_number", nil])
    guard case .sequence(let element) = variants[2].fields[0].type.shape.definition else {
      Issue.record("a list is no sequence")
      return
    }
    #expect(element == TypeReference(Route.self))
  }
}

/// Says one size and writes another.
struct Liar: ScaleEncodable {
  let encodedSize: Int
  func encode(into writer: inout ScaleWriter) { writer.writeInteger(UInt32(7)) }
}

@Suite("ScaleWriter") struct ScaleWriterTests {
  @Test("a type whose size and bytes disagree stops the process") func mismatch() async {
    #expect(Liar(encodedSize: 4).encoded() == [7, 0, 0, 0])
    await #expect(processExitsWith: .failure) { _ = Liar(encodedSize: 3).encoded() }
    await #expect(processExitsWith: .failure) { _ = Liar(encodedSize: 5).encoded() }
  }

  @Test("sizes of compact integers change where the modes do") func compactSizes() {
    let edges: [(UInt128, Int)] = [
      (0, 1), (63, 1), (64, 2), (16383, 2), (16384, 4), (1 << 30 - 1, 4), (1 << 30, 5), (1 << 32 - 1, 5), (1 << 32, 6),
      (.max, 17),
    ]
    for (value, size) in edges { #expect(ScaleWriter.compactSize(value) == size, "\(value)") }
  }

  @Test("arrays of bytes and of other items write the same way") func arrays() {
    #expect([UInt8]([1, 2]).encoded() == [8, 1, 2] && [Int8]([1, -2]).encoded() == [8, 1, 0xfe])
    #expect([UInt8]().encoded() == [0] && [H256]().encoded() == [0])
    #expect([true, false].encodedSize == 3 && ["a", ""].encodedSize == 4)
  }
}

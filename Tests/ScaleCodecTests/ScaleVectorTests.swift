import Primitives
import ScaleCodec
import TestKit
import Testing

/// A value of any JSON shape, as the rows of `values.json` hold it.
enum JSONValue: Decodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case text(String)
  case number(Double)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  var list: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }

  /// Small integers are numbers in the set, large ones decimal text.
  func integer<T: FixedWidthInteger>(_: T.Type = T.self) -> T? {
    switch self {
    case .number(let value): T(exactly: value)
    case .text(let digits): T(digits)
    default: nil
    }
  }
}

@ScaleCodable enum OutcomeU8Bool: Equatable, Sendable {
  @ScaleIndex(0)
  case success(UInt8)
  @ScaleIndex(1)
  case failure(Bool)

  init?(_ value: JSONValue) {
    guard case .object(let members) = value else { return nil }
    if let number: UInt8 = members["Ok"]?.integer() {
      self = .success(number)
    } else if let flag = members["Err"]?.bool {
      self = .failure(flag)
    } else {
      return nil
    }
  }
}

struct ScaleCase: Decodable, Sendable, CustomTestStringConvertible {
  let type: String
  let value: JSONValue?
  let scale: HexBytes
  let why: String?
  var testDescription: String { "\(type) \(Hex.encode(Array(scale.bytes.prefix(12)))) \(why ?? "")" }

  /// Both directions of one type; `false` for a type that no room uses.
  func check() throws -> Bool {
    let value = value ?? .null
    switch type {
    case "Compact<u8>": try agree(value.integer().map { Compact<UInt8>($0) })
    case "Compact<u32>": try agree(value.integer().map { Compact<UInt32>($0) })
    case "Compact<u64>": try agree(value.integer().map { Compact<UInt64>($0) })
    case "Compact<u128>", "Compact<Balance>": try agree(value.integer().map { Compact<UInt128>($0) })
    case "u16": try agree(value.integer(UInt16.self))
    case "u32": try agree(value.integer(UInt32.self))
    case "u128": try agree(value.integer(UInt128.self))
    case "i8": try agree(value.integer(Int8.self))
    case "i64": try agree(value.integer(Int64.self))
    case "bool": try agree(value.bool)
    case "str", "Bytes": try agree(value.text)
    case "Vec<u8>": try agree(value.list?.compactMap { $0.integer(UInt8.self) })
    case "Vec<u16>": try agree(value.list?.compactMap { $0.integer(UInt16.self) })
    case "Vec<i16>": try agree(value.list?.compactMap { $0.integer(Int16.self) })
    case "Option<u32>": try agree(Optional<UInt32?>.some(value.integer()))
    case "Result<u8,bool>": try agree(OutcomeU8Bool(value))
    case "(Compact<u32>,bool)":
      let parts = value.list ?? []
      let first: UInt32? = parts.first?.integer()
      let second = parts.last?.bool
      try agree(first.flatMap { first in second.map { Pair(Compact<UInt32>(first), $0) } })
    default: return false
    }
    return true
  }

  /// Without a value the bytes must be refused.
  private func agree<T: Equatable & ScaleEncodable & ScaleDecodable>(_ value: T?) throws {
    guard why == nil else {
      #expect(throws: ScaleError.self, "\(testDescription)") { try T(decoding: scale.bytes) }
      return
    }
    let value = try #require(value)
    #expect(value.encoded() == scale.bytes)
    #expect(value.encodedSize == scale.bytes.count)
    #expect(try T(decoding: scale.bytes) == value)
  }
}

struct ScaleCases: Decodable, Sendable { let cases: [ScaleCase] }

@Suite("SCALE vectors") struct ScaleVectorTests {
  static let values: ScaleCases = Fixture.json("scale/values.json")
  static let invalid: ScaleCases = Fixture.json("scale/invalid.json")

  @Test("values in both directions", arguments: values.cases)
  func value(_ vector: ScaleCase) throws {
    guard try !vector.check() else { return }
    // Types that no room has: integers above 128 bits are refused, and so is a list of empty values, whose length
    // no byte backs.
    switch vector.type {
    case "Compact<BigUInt>":
      #expect(throws: ScaleError.compactOverflow(offset: 0)) { try Compact<UInt128>(decoding: vector.scale.bytes) }
    case "Vec<()>":
      #expect([Unit](repeating: Unit(), count: 5).encoded() == vector.scale.bytes)
      #expect(throws: ScaleError.lengthOverLimit(length: 5, limit: 0, offset: 0)) {
        try [Unit](decoding: vector.scale.bytes)
      }
    default: #expect(["Vec<OptionBool>", "f64"].contains(vector.type))
    }
  }

  @Test("invalid bytes are refused", arguments: invalid.cases)
  func refuses(_ vector: ScaleCase) throws {
    #expect(vector.why != nil)
    #expect(try vector.check(), "no check for \(vector.type)")
  }
}

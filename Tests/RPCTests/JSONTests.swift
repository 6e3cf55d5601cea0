import RPC
import TestKit
import Testing

@Suite("JSON") struct JSONTests {
  static let values: [(text: String, value: JSON)] = [
    ("null", .null), ("true", true), ("false", false), ("0", 0), ("-1", -1), ("42", 42),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
    ("0.5", 0.5), ("1e+20", 1e20), (#""""#, ""), (#""é€😀""#, "é€😀"), (#""\"\\\n\r\t\u0001\u001f""#, "\"\\\n\r\t\u{1}\u{1f}"),
    ("[]", []), ("[1,[2],{}]", [1, [2], [:]]), (#"{"a":1,"b":[null]}"#, ["a": 1, "b": [.null]]),
  ]

  @Test("values and their texts", arguments: values) func roundTrips(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
    #expect(value.description == text)
  }

  static let spellings: [(text: String, value: JSON)] = [
    (" \t\r\n[ 1 , 2 ] ", [1, 2]), (#""\u00e9\ud83d\ude00\/\b\f""#, "é😀/\u{8}\u{c}"), ("1.5E-1", 0.15),
    ("-0", 0), ("18446744073709551616", 18446744073709551616.0), (#"{ "k" : { } }"#, ["k": [:]]),
  ]

  @Test("other spellings", arguments: spellings) func reads(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
  }

  @Test(
    "refused",
    arguments: [
      "", " ", "nul", "tru", "truefalse", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{}x", #"{"a"}"#, #"{"a":}"#,
      #"{"a":1,}"#, "{a:1}", "{1:1}", "'a'", #"""#, #""a"#, "\"a\nb\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\udc00""#,
      #""\ud800\u0041""#, "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "1e999", "// c\n1", "1,2",
      #"{"a":1,"a":2}"#, "\u{feff}1",
    ]) func refuses(text: String)
  {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  @Test("bytes that are no UTF-8 are refused")
  func refusesBrokenUTF8() {
    #expect(throws: JSONError.invalidText(offset: 0)) { try JSON(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.invalidText(offset: 1)) { try JSON(parsing: [0x5b, 0x22, 0xc0, 0xaf, 0x22, 0x5d]) }
  }

  @Test("limits hold exactly") func limits() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSON(parsing: nested(64)) }
    #expect(throws: JSONError.tooDeep(limit: 64)) { try JSON(parsing: nested(65)) }
    #expect(throws: JSONError.tooDeep(limit: 64)) { try JSON(parsing: String(repeating: #"{"a":"#, count: 100_000)) }
    #expect(throws: JSONError.tooManyValues(limit: 3)) { try JSON(parsing: "[1,2,3]", limits: JSONLimits(values: 3)) }
    #expect(throws: JSONError.tooLarge(bytes: 5, limit: 4)) { try JSON(parsing: "12345", limits: JSONLimits(bytes: 4)) }
  }

  @Test("object keys are written in order") func ordersKeys() {
    let keys = (0..<50).map { "k\($0)" }
    let text = JSON.object(Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) })).description
    #expect(text == "{" + keys.sorted().map { "\"\($0)\":1" }.joined(separator: ",") + "}")
  }

  @Test("accessors give nil for other kinds") func accessors() {
    let value: JSON = ["n": 7, "s": "0x2A", "a": [1], "big": .unsigned(.max)]
    #expect(value["n"]?.asUInt64 == 7 && value["n"]?.asString == nil && value["x"] == nil)
    #expect(value["s"]?.asBytes == [42] && value["s"]?.asUInt128 == 42 && value["s"]?.asInt64 == nil)
    #expect(value["a"]?[0] == 1 && value["a"]?[1] == nil && value["a"]?[-1] == nil && value[0] == nil)
    #expect(value["big"]?.asInt64 == nil && value["big"]?.asUInt64 == .max && JSON(-1).asUInt64 == nil)
    #expect(JSON.hexNumber(UInt32(0)) == "0x0" && JSON.hexNumber(UInt32(42)) == "0x2a")
    #expect(JSON(UInt128.max) == "340282366920938463463374607431768211455")
  }

  @Test("random bytes never trap", arguments: 0..<8 as Range<UInt64>) func survivesNoise(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let alphabet = Array(#"{}[]",:\u0123456789abcdeftrnl-+.E "#.utf8)
    for _ in 0..<4000 {
      var bytes = random.bytes(Int.random(in: 0...40, using: &random))
      if random.chance(3, in: 4) { bytes = bytes.map { alphabet[Int($0) % alphabet.count] } }
      guard let value = try? JSON(parsing: bytes) else { continue }
      #expect((try? JSON(parsing: value.encoded())) == value, "seed \(seed), bytes \(bytes)")
    }
  }

  @Test("damaged documents never trap, whole ones come back", arguments: 0..<4 as Range<UInt64>)
  func survivesDamage(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let value = Self.randomValue(&random, depth: 4)
      var bytes = value.encoded()
      #expect(try JSON(parsing: bytes) == value, "seed \(seed)")
      for _ in 0..<10 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        _ = try? JSON(parsing: bytes)
      }
    }
  }

  static func randomValue(_ random: inout SeededRandom, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(random.chance(1, in: 2))
    case 2: return JSON(Int64.random(in: .min ... .max, using: &random))
    case 3: return JSON(UInt64.random(in: 0 ... .max, using: &random))
    case 4: return .double(Double(Int.random(in: -999...999, using: &random)) + 0.5)
    case 5: return .string(String(decoding: random.bytes(Int.random(in: 0...12, using: &random)), as: UTF8.self))
    case 6: return .array((0..<3).map { _ in randomValue(&random, depth: depth - 1) })
    default: return .object(["a": randomValue(&random, depth: depth - 1), "ü\n": randomValue(&random, depth: depth - 1)])
    }
  }
}

@Suite("Parameters") struct ParameterTests {
  @Test("typed accessors read what clients send") func reads() throws {
    let params = RPCParams(["0xAB", 7, "0x2a", .null, ["0x01", "02"], true])
    #expect(try params.bytes(0, "data") == [0xab])
    #expect(try params.number(1, "count", as: UInt32.self) == 7)
    #expect(try params.number(2, "block", as: UInt32.self) == 42)
    #expect(try params.optionalHash(3, "at") == nil && params.optionalHash(9, "at") == nil)
    #expect(try params.keys(4, "keys").map(\.text) == ["0x01", "02"])
    #expect(try params.bool(5, "flag"))
    let named = try RPCParams(json: ["count": 3])
    #expect(try named.number(1, "count", as: UInt8.self) == 3)
  }

  @Test(
    "a wrong parameter is named",
    arguments: [
      ([] as [JSON], "count (parameter 1) is missing"), (["0x", .null], "count (parameter 1) is missing"),
      (["0x", "seven"], "count (parameter 1) is not a number from 0 to 255"),
      (["0x", 256], "is not a number"), (["0x", -1], "is not a number"), (["0x", 1.5], "is not a number"),
    ]) func names(values: [JSON], text: String)
  {
    let error = #expect(throws: RPCError.self) { try RPCParams(values).number(1, "count", as: UInt8.self) }
    #expect(error?.code == -32602)
    #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
  }

  @Test("more parameters than expected are refused") func surplus() {
    #expect(throws: RPCError.self) { try RPCParams([1, 2]).atMost(1) }
    #expect(throws: RPCError.self) { try RPCParams(json: "text") }
  }
}

import Primitives
import TestKit
import Testing

@Suite("Fixed 32 bytes") struct FixedBytesTests {
  @Test("bytes, words and text are one value", arguments: 0..<32 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bytes = random.bytes(32)
    let hash = try #require(H256(bytes))
    #expect(hash.bytes == bytes, "seed \(seed)")
    #expect(H256(bytes.span.bytes) == hash, "seed \(seed)")
    #expect(H256(hex: hash.hex) == hash, "seed \(seed)")
    #expect(H256(hex: hash.hex.dropFirst(2).uppercased()) == hash, "seed \(seed)")
    #expect(hash.withBytes { $0.withUnsafeBytes { Array($0) } } == bytes, "seed \(seed)")
    #expect(AccountID(words: hash.words).bytes == bytes, "seed \(seed)")
  }

  @Test("order is that of unsigned bytes from the first", arguments: 0..<64 as Range<UInt64>)
  func order(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bytes = random.bytes(32)
    var other = bytes
    let place = Int.random(in: 0..<32, using: &random)
    other[place] = UInt8.random(in: 0...255, using: &random)
    if place < 31 { other[31] = UInt8.random(in: 0...255, using: &random) }
    let (a, b) = (try #require(H256(bytes)), try #require(H256(other)))
    #expect((a < b) == bytes.lexicographicallyPrecedes(other), "seed \(seed)")
    #expect((b < a) == other.lexicographicallyPrecedes(bytes), "seed \(seed)")
    #expect((a == b) == (bytes == other), "seed \(seed)")
  }

  @Test("other lengths and texts are refused") func refuses() {
    for count in [0, 31, 33] { #expect(H256([UInt8](repeating: 0, count: count)) == nil) }
    #expect(H256(hex: "0x") == nil)
    #expect(H256(hex: String(repeating: "0", count: 63)) == nil)
    #expect(H256(hex: String(repeating: "g", count: 64)) == nil)
    #expect(H256.zero.hex == "0x" + String(repeating: "0", count: 64))
  }

  @Test("an error thrown while bytes are lent comes out again") func lending() {
    #expect(throws: ArithmeticError.overflow) {
      try H256.zero.withBytes { (_: borrowing RawSpan) throws(ArithmeticError) in throw .overflow }
    }
  }
}

@Suite("Hexadecimal") struct HexTests {
  @Test("round trip", arguments: 0..<32 as Range<UInt64>)
  func roundTrips(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = random.bytes(Int(seed))
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    #expect(Hex.decode(Hex.encode(bytes, prefix: false)) == bytes)
    #expect(Hex.encode(bytes.span.bytes) == Hex.encode(bytes))
  }

  @Test("known texts") func texts() {
    #expect(Hex.encode([0x00, 0x9a, 0xff]) == "0x009aff")
    #expect(Hex.encode([]) == "0x" && Hex.encode([], prefix: false).isEmpty)
    #expect(Hex.decode("0xAbCd") == [0xab, 0xcd])
    #expect(Hex.decode("") == [] && Hex.decode("0x") == [])
  }

  @Test(
    "anything else is refused", arguments: ["0", "0x0", "0xg0", "0X00", "00 ", " 00", "0x0x00", "٠٠", "-1"])
  func refuses(text: String) { #expect(Hex.decode(text) == nil) }
}

@Suite("Checked arithmetic") struct ArithmeticTests {
  @Test("the edges throw, and saturate where asked") func edges() throws {
    let most = Balance.max
    #expect(throws: ArithmeticError.overflow) { try most.adding(1) }
    #expect(throws: ArithmeticError.underflow) { try Balance(0).subtracting(1) }
    #expect(throws: ArithmeticError.overflow) { try most.multiplied(by: 2) }
    #expect(try most.adding(0) == most && most.subtracting(most) == 0 && most.multiplied(by: 1) == most)
    #expect(most.addingSaturating(1) == most && most.multipliedSaturating(by: 2) == most)
    #expect(Balance(3).subtractingSaturating(4) == 0 && Balance(4).subtractingSaturating(3) == 1)
    #expect(Balance(3).addingSaturating(4) == 7 && Balance(3).multipliedSaturating(by: 4) == 12)
  }

  @Test("scaling keeps the middle product and rounds down") func scaling() throws {
    #expect(try Balance.max.scaled(by: 3, over: 4) == Balance.max / 4 * 3 + 2)
    #expect(try Balance(7).scaled(by: 1, over: 2) == 3)
    #expect(try Balance.max.scaled(by: .max, over: .max) == .max)
    #expect(throws: ArithmeticError.overflow) { try Balance.max.scaled(by: 2, over: 1) }
    #expect(throws: ArithmeticError.overflow) { try Balance.max.scaled(by: .max, over: .max - 1) }
    #expect(throws: ArithmeticError.divisionByZero) { try Balance(1).scaled(by: 1, over: 0) }
  }

  @Test("scaling agrees with wider arithmetic", arguments: 0..<64 as Range<UInt64>)
  func scalingAgrees(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let (value, numerator) = (random.next(), random.next())
    let denominator = random.next() >> UInt64.random(in: 0..<64, using: &random)
    let exact = denominator == 0 ? nil : UInt128(value) * UInt128(numerator) / UInt128(denominator)
    let expected = exact.flatMap { UInt64(exactly: $0) }
    #expect((try? value.scaled(by: numerator, over: denominator)) == expected, "seed \(seed)")
  }

  @Test("errors say what happened", arguments: [ArithmeticError.underflow, .overflow, .divisionByZero])
  func descriptions(error: ArithmeticError) { #expect(error.description.hasPrefix("arithmetic: ")) }
}

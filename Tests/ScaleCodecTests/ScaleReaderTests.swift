import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Compact integers") struct CompactTests {
  @Test("every edge takes its shortest form and comes back", arguments: 0...128)
  func edges(bits: Int) throws {
    let power = bits == 128 ? UInt128.max : UInt128(1) << UInt128(bits)
    for value in [power &- 1, power, power.addingSaturating(1)] {
      let bytes = Compact(value).encoded()
      #expect(bytes.count == ScaleWriter.compactSize(value))
      #expect(try Compact<UInt128>(decoding: bytes) == Compact(value))
      if let small = UInt64(exactly: value) {
        #expect(try Compact<UInt64>(decoding: bytes) == Compact(small))
      } else {
        #expect(throws: ScaleError.compactOverflow(offset: 0)) { try Compact<UInt64>(decoding: bytes) }
      }
    }
  }

  @Test("what decodes encodes to the same bytes: one and two bytes, all of them") func exhaustive() {
    var accepted = 0
    for word in 0...UInt32(UInt16.max) {
      let bytes = [UInt8(word & 0xff), UInt8(word >> 8)]
      for candidate in [bytes, [bytes[0]]] {
        guard let value = try? Compact<UInt128>(decoding: candidate) else { continue }
        accepted += 1
        #expect(value.encoded() == candidate)
      }
    }
    // Mode 0: 64 bytes, seen once for each of the 256 second bytes; mode 1: all but the 64 short values.
    #expect(accepted == 64 * 256 + (1 << 14) - 64)
  }
}

@Suite("ScaleReader against hostile bytes") struct HostileBytesTests {
  /// Decodes, and when that works encodes again: a strict decoder accepts one encoding of each value.
  static func probe<T: ScaleEncodable & ScaleDecodable>(_: T.Type, _ bytes: [UInt8], seed: UInt64) {
    guard let value = try? T(decoding: bytes) else { return }
    #expect(value.encoded() == bytes, "\(T.self), seed \(seed)")
  }

  @Test("random bytes never stop the process and decode canonically", arguments: 0..<400 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bytes = random.bytes(Int.random(in: 0...96, using: &random))
    // Small leading bytes make lengths and tags that lead deeper than random ones would.
    for index in bytes.indices where random.chance(2, in: 3) { bytes[index] &= 0x0f }
    Self.probe(UInt8.self, bytes, seed: seed)
    Self.probe(Int128.self, bytes, seed: seed)
    Self.probe(Bool.self, bytes, seed: seed)
    Self.probe(String.self, bytes, seed: seed)
    Self.probe(H256.self, bytes, seed: seed)
    Self.probe(Compact<UInt32>.self, bytes, seed: seed)
    Self.probe([UInt8].self, bytes, seed: seed)
    Self.probe([[UInt16]].self, bytes, seed: seed)
    Self.probe([[[Compact<UInt128>?]]].self, bytes, seed: seed)
    Self.probe([Pair<Bool?, String>].self, bytes, seed: seed)
    Self.probe(FixedBytes<33>.self, bytes, seed: seed)
    Self.probe(Expression.self, bytes, seed: seed)
    Self.probe([Transfer].self, bytes, seed: seed)
  }

  @Test("a prefix of a value is truncated, one byte more is trailing", arguments: 0..<64 as Range<UInt64>)
  func cuts(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let value = [Transfer.random(&random), Transfer.random(&random)]
    let bytes = value.encoded()
    #expect(bytes.count == value.encodedSize, "seed \(seed)")
    for count in 0..<bytes.count {
      #expect(throws: ScaleError.self, "seed \(seed), \(count) bytes") {
        try [Transfer](decoding: Array(bytes[..<count]))
      }
    }
    #expect(throws: ScaleError.trailingBytes(count: 1), "seed \(seed)") { try [Transfer](decoding: bytes + [0]) }
  }

  @Test("a changed byte is refused or decodes to a value of its own", arguments: 0..<128 as Range<UInt64>)
  func flips(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var bytes = Transfer.random(&random).encoded()
    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    Self.probe(Transfer.self, bytes, seed: seed)
  }

  static let bombs: [[UInt8]] = [
    [0xfe, 0xff, 0xff, 0xff], [0x02, 0, 0, 0x04], [0x03, 0xff, 0xff, 0xff, 0xff], [0x03, 0, 0, 0, 0x40],
  ]

  @Test("a length that no bytes back allocates nothing", arguments: bombs)
  func lengthBombs(bomb: [UInt8]) {
    let padded = bomb + [UInt8](repeating: 0, count: 64)
    for bytes in [bomb, padded] {
      #expect(throws: ScaleError.self) { try [UInt8](decoding: bytes) }
      #expect(throws: ScaleError.self) { try [UInt64](decoding: bytes) }
      #expect(throws: ScaleError.self) { try [[H256]](decoding: [4] + bytes) }
      #expect(throws: ScaleError.self) { try String(decoding: bytes) }
      #expect(throws: ScaleError.self) { try [Unit](decoding: bytes) }
    }
  }

  @Test("a length above what is left names both numbers") func lengthError() {
    #expect(throws: ScaleError.lengthOverLimit(length: 63, limit: 2, offset: 0)) {
      try [UInt8](decoding: [0xfc, 1, 2])
    }
    #expect(throws: ScaleError.lengthOverLimit(length: 63, limit: 2, offset: 1)) {
      try [[UInt8]](decoding: [4, 0xfc, 1, 2])
    }
    // Nine bytes back nine items of one byte, but not nine of two.
    let bytes = [9 << 2] + [UInt8](repeating: 0, count: 9)
    #expect(throws: ScaleError.truncated(needed: 2, available: 1, offset: 9)) { try [UInt16](decoding: bytes) }
  }

  @Test("limits on items and depth are the caller's") func limits() throws {
    let bytes = [UInt8](repeating: 7, count: 10).encoded()
    let tight = ScaleReader.Limits(depth: 2, items: 9)
    #expect(throws: ScaleError.lengthOverLimit(length: 10, limit: 9, offset: 0)) {
      try [UInt8](decoding: bytes, limits: tight)
    }
    #expect(try [[Bool?]](decoding: [4, 4, 0], limits: tight) == [[nil]])
    #expect(throws: ScaleError.nestedTooDeep(limit: 2, offset: 3)) {
      try [[Bool?]](decoding: [4, 4, 1, 1], limits: tight)
    }
  }

  @Test("nesting ends at the limit, not at the end of the stack", arguments: [63, 64, 65, 100_000])
  func depth(levels: Int) throws {
    // `not` of `not` of ... `flag`: one level each.
    let bytes = [UInt8](repeating: 1, count: levels - 1) + [0, 1]
    if levels <= 64 {
      #expect(try Expression(decoding: bytes).encoded() == bytes)
    } else {
      #expect(throws: ScaleError.nestedTooDeep(limit: 64, offset: 64)) { try Expression(decoding: bytes) }
    }
  }
}

@Suite("ScaleReader") struct ScaleReaderTests {
  @Test("the cursor moves by what was read") func cursor() throws {
    let bytes: [UInt8] = [1, 2, 0, 0xa8, 9, 9]
    var reader = ScaleReader(bytes.span.bytes)
    #expect(reader.peekByte() == 1)
    #expect(try reader.readByte() == 1)
    #expect(try reader.readInteger(UInt16.self) == 2)
    #expect(try reader.readCompact() == 42)
    #expect(reader.offset == 4 && reader.remaining == 2)
    #expect(reader.consumedBytes(from: 1) == [2, 0, 0xa8])
    try reader.skip(2)
    #expect(reader.peekByte() == nil)
    try reader.finish()
  }

  @Test("reads past the end throw and leave the cursor") func ends() {
    let bytes: [UInt8] = [1, 2, 3]
    func failure(_ body: (inout ScaleReader) throws(ScaleError) -> Void) -> ScaleError? {
      var reader = ScaleReader(bytes.span.bytes)
      do throws(ScaleError) { try body(&reader) } catch {
        #expect(reader.offset == 0)
        return error
      }
      return nil
    }
    let short = ScaleError.truncated(needed: 4, available: 3, offset: 0)
    #expect(failure { (reader) throws(ScaleError) in _ = try reader.readInteger(UInt32.self) } == short)
    #expect(failure { (reader) throws(ScaleError) in _ = try reader.readBytes(count: 4) } == short)
    #expect(failure { (reader) throws(ScaleError) in try reader.skip(4) } == short)
    #expect(failure { (reader) throws(ScaleError) in try reader.skip(-1) } != nil)
    #expect(failure { (reader) throws(ScaleError) in _ = try reader.readBytes(count: -1) } != nil)
    #expect(failure { (reader) throws(ScaleError) in _ = try reader.readBytes(count: .max) } != nil)
    #expect(failure { (reader) throws(ScaleError) in _ = try reader.readFixed32(H256.self) } != nil)
  }

  @Test("a byte vector keeps to the caller's limit") func byteVectorLimit() throws {
    let bytes: [UInt8] = [12, 1, 2, 3]
    var reader = ScaleReader(bytes.span.bytes)
    #expect(try reader.readByteVector(limit: 3) == [1, 2, 3])
    var tight = ScaleReader(bytes.span.bytes)
    do {
      _ = try tight.readByteVector(limit: 2)
      Issue.record("three bytes pass a limit of two")
    } catch { #expect(error == .lengthOverLimit(length: 3, limit: 2, offset: 0)) }
  }

  @Test("every error describes itself with its room and numbers") func descriptions() {
    let errors: [ScaleError] = [
      .truncated(needed: 4, available: 3, offset: 9), .nonCanonicalCompact(offset: 9), .compactOverflow(offset: 9),
      .invalidBool(byte: 2, offset: 9), .invalidOption(byte: 2, offset: 9),
      .unknownVariant(type: "T", index: 7, offset: 9), .lengthOverLimit(length: 3, limit: 2, offset: 9),
      .nestedTooDeep(limit: 64, offset: 9), .invalidUTF8(offset: 9),
      .invalidValue(type: "T", reason: "why", offset: 9), .trailingBytes(count: 9),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(errors.allSatisfy { $0.description.hasPrefix("scale: ") && $0.description.contains("9") })
  }
}

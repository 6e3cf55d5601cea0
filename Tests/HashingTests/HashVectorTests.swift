import Hashing
import Primitives
import TestKit
import Testing

struct Cases<Case: Decodable & Sendable>: Decodable, Sendable { let cases: [Case] }

struct Blake2Case: Decodable, Sendable, CustomTestStringConvertible {
  let input: HexBytes
  let key: HexBytes
  let hash: HexBytes
  var testDescription: String { "\(input.bytes.count) bytes" }
}

struct KeccakCase: Decodable, Sendable, CustomTestStringConvertible {
  let input: HexBytes
  let hash: HexBytes
  var testDescription: String { "\(input.bytes.count) bytes" }
}

struct XXHashCase: Decodable, Sendable, CustomTestStringConvertible {
  let input: HexBytes
  let seed: UInt64
  let xxh64LeBytes: HexBytes
  var testDescription: String { "\(input.bytes.count) bytes, seed \(seed)" }
  enum CodingKeys: String, CodingKey {
    case input, seed
    case xxh64LeBytes = "xxh64_le_bytes"
  }
}

struct TwoxCase: Decodable, Sendable, CustomTestStringConvertible {
  let utf8: String
  let twox64: HexBytes
  let twox128: HexBytes
  let twox256: HexBytes
  var testDescription: String { utf8 }
  enum CodingKeys: String, CodingKey {
    case utf8
    case twox64 = "twox_64"
    case twox128 = "twox_128"
    case twox256 = "twox_256"
  }
}

@Suite("Hash vectors") struct HashVectorTests {
  static let blake2: Cases<Blake2Case> = Fixture.json("hash-blake2b-kat/blake2b.json")
  static let keccak: Cases<KeccakCase> = Fixture.json("hash-keccak-kat/keccak256.json")
  static let xxHash: Cases<XXHashCase> = Fixture.json("hash-xxh64/xxh64.json")
  static let names: Cases<TwoxCase> = Fixture.json("hash-xxh64/twox_names.json")

  // The keyed answers of the set have no use here: this room has no keyed hash.
  @Test("blake2b-512", arguments: blake2.cases.filter { $0.key.bytes.isEmpty })
  func blake2b512(_ vector: Blake2Case) {
    #expect(Hash.blake2b512(vector.input.bytes) == vector.hash.bytes)
  }

  @Test("keccak-256", arguments: keccak.cases)
  func keccak256(_ vector: KeccakCase) {
    #expect(Hash.keccak256(vector.input.bytes).bytes == vector.hash.bytes)
  }

  @Test("xxHash64 inside twox", arguments: xxHash.cases)
  func xxHash64(_ vector: XXHashCase) throws {
    try #require(vector.seed < 4)
    let start = Int(vector.seed) * 8
    #expect(Array(Hash.twox256(vector.input.bytes)[start..<start + 8]) == vector.xxh64LeBytes.bytes)
  }

  @Test("twox of storage names", arguments: names.cases)
  func twox(_ vector: TwoxCase) {
    let bytes = Array(vector.utf8.utf8)
    #expect(Hash.twox64(bytes) == vector.twox64.bytes)
    #expect(Hash.twox128(bytes) == vector.twox128.bytes)
    #expect(Hash.twox256(bytes) == vector.twox256.bytes)
  }

  // FIPS 180-4 examples (NIST CSRC) and the empty message.
  @Test(
    "sha-256",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func sha256(text: String, digits: String) {
    #expect(Hash.sha256(Array(text.utf8)) == H256(hex: digits))
  }

  // The length is a parameter of BLAKE2b: none of these begins like the 64-byte hash.
  @Test("blake2b-128 and blake2b-256")
  func shortBlake2b() {
    #expect(Hash.blake2b256([]) == H256(hex: "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"))
    let input = [UInt8](0..<8)
    #expect(Hash.blake2b128(input) == Fixture.hex("d0e90592ae6dd7652b279a63d7277c8a"))
    #expect(
      Hash.blake2b256(input) == H256(hex: "77065d25b622a8251094d869edf6b4e9ba0708a8db1f239cb68e4eeb45851621"))
    #expect(
      Hash.blake2b256(Array("echochain".utf8))
        == H256(hex: "29e3455ce887b0769456112e669601e7996372493883a635a0624089c8f6a2ed"))
    #expect(Hash.blake2b(input.span.bytes, length: 64) == Hash.blake2b512(input))
  }

  @Test("twox of eight bytes, as clients compute map keys") func twoxOfBytes() {
    let input = [UInt8](0..<8)
    #expect(Hash.twox64(input) == Fixture.hex("8d1bb81436174a88"))
    #expect(Hash.twox128(input) == Fixture.hex("8d1bb81436174a88234efe54737c2b9d"))
    #expect(
      Hash.twox256(input) == Fixture.hex("8d1bb81436174a88234efe54737c2b9dc085ca2354b2be24852fa71ffadf29ea"))
  }
}

@Suite("Hashing spans") struct HashSpanTests {
  @Test("a span in the middle of memory hashes like a copy of it", arguments: 0..<64 as Range<UInt64>)
  func slices(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = random.bytes(600)
    let start = Int.random(in: 0..<300, using: &random)
    let end = Int.random(in: start...600, using: &random)
    let part = bytes.span.bytes.extracting(start..<end)
    let copy = Array(bytes[start..<end])
    #expect(Hash.keccak256(part) == Hash.keccak256(copy), "seed \(seed)")
    #expect(Hash.blake2b256(part) == Hash.blake2b256(copy), "seed \(seed)")
    #expect(Hash.sha256(part) == Hash.sha256(copy), "seed \(seed)")
    #expect(Hash.twox256(part) == Hash.twox256(copy), "seed \(seed)")
  }

  @Test("keccak-256 absorbs every length around its rate differently") func keccakLengths() {
    let hashes = (0...410).map { Hash.keccak256([UInt8](repeating: 0, count: $0)) }
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("an output length that blake2b does not have stops the process") func blake2bLength() async {
    await #expect(processExitsWith: .failure) { _ = Hash.blake2b([UInt8]().span.bytes, length: 65) }
  }
}

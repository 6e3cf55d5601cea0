import Keys
import Primitives
import TestKit
import Testing

struct AddressCase: Decodable, Sendable, CustomTestStringConvertible {
  let address: String
  let publicKey: HexBytes?
  let ss58Format: UInt16?
  let valid: Bool
  let why: String?
  var testDescription: String { address }
  enum CodingKeys: String, CodingKey {
    case address, valid, why
    case publicKey = "public_key"
    case ss58Format = "ss58_format"
  }
}

@Suite("SS58") struct SS58Tests {
  static let vectors: Cases<AddressCase> = Fixture.json("ss58/addresses.json")

  @Test("recorded addresses", arguments: vectors.cases)
  func addresses(_ vector: AddressCase) throws {
    guard vector.valid, let payload = vector.publicKey?.bytes, let prefix = vector.ss58Format else {
      #expect(throws: SS58Error.self) { try SS58.decode(vector.address) }
      return
    }
    let decoded = try SS58.decode(vector.address)
    #expect(decoded.prefix == prefix && decoded.bytes == payload)
    if let account = AccountID(payload) {
      #expect(SS58.encode(account, prefix: prefix) == vector.address)
    } else {
      #expect(SS58.encode(try PublicKey(compressed: payload), prefix: prefix) == vector.address)
    }
  }

  @Test(
    "every prefix round-trips", arguments: [0, 1, 42, 63, 64, 65, 127, 128, 255, 256, 1284, 14269, 16383] as [UInt16])
  func prefixes(prefix: UInt16) throws {
    let account = DevelopmentKey.alice.secretKey.publicKey.accountID
    let text = SS58.encode(account, prefix: prefix)
    let decoded = try SS58.decode(text)
    #expect(decoded.prefix == prefix && decoded.bytes == account.bytes)
    #expect(try AccountID(ss58: text, prefix: prefix) == account)
    #expect(throws: SS58Error.wrongPrefix(prefix, expected: 2)) { try AccountID(ss58: text, prefix: 2) }
  }

  @Test("each error has its case") func errors() throws {
    let alice = DevelopmentKey.alice.secretKey.publicKey
    #expect(throws: SS58Error.notBase58) { try SS58.decode("0OIl") }
    #expect(throws: SS58Error.notBase58) { try SS58.decode("5é") }
    #expect(throws: SS58Error.notBase58) { try SS58.decode(String(repeating: "2", count: 65)) }
    #expect(throws: SS58Error.notBase58) { try SS58.decode(String(repeating: "2", count: 1_000_000)) }
    #expect(throws: SS58Error.length(count: 0)) { try SS58.decode("") }
    #expect(throws: SS58Error.length(count: 40)) { try SS58.decode(String(repeating: "1", count: 40)) }
    #expect(throws: SS58Error.checksum) { try SS58.decode(String(repeating: "1", count: 35)) }
    #expect(throws: SS58Error.notAnAccount) { try AccountID(ss58: SS58.encode(alice)) }
    // Prefix 42 in two bytes, and a first byte from 128 on: refused before the checksum is looked at.
    let body = [UInt8](repeating: 1, count: 34)
    #expect(throws: SS58Error.malformedPrefix) {
      try SS58.decode(Base58.encode([42 >> 2 | 0x40, (42 & 3) << 6] + body))
    }
    #expect(throws: SS58Error.malformedPrefix) { try SS58.decode(Base58.encode([128, 0] + body)) }
  }

  @Test("one wrong character is noticed") func typos() throws {
    let text = Array(SS58.encode(DevelopmentKey.bob.secretKey.publicKey.accountID))
    for index in text.indices {
      var wrong = text
      wrong[index] = wrong[index] == "7" ? "8" : "7"
      #expect(throws: SS58Error.self, "character \(index)") { try SS58.decode(String(wrong)) }
    }
  }

  @Test("base58 keeps leading zeros", arguments: 0..<64 as Range<UInt64>)
  func base58(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let zeros = [UInt8](repeating: 0, count: Int.random(in: 0...4, using: &random))
    let bytes = zeros + random.bytes(Int.random(in: 0...40, using: &random))
    #expect(Base58.decode(Base58.encode(bytes)) == bytes, "seed \(seed)")
  }

  // Examples of draft-msporny-base58.
  @Test(
    "base58 known answers",
    arguments: [
      ("Hello World!", "2NEpo7TZRRrLZSi2U"),
      ("The quick brown fox jumps over the lazy dog.", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"),
    ])
  func base58Answers(text: String, encoded: String) {
    #expect(Base58.encode(Array(text.utf8)) == encoded)
    #expect(Base58.decode(encoded) == Array(text.utf8))
  }
}

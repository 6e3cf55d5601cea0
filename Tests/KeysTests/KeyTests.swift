import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

struct KeyCase: Decodable, Sendable {
  let mnemonic: String?
  let secret: HexBytes
  let publicCompressed: HexBytes
  let accountIdBlake2: HexBytes
  let ss5842: String?
  let ethAddress: HexBytes
  enum CodingKeys: String, CodingKey {
    case mnemonic, secret
    case publicCompressed = "public_compressed"
    case accountIdBlake2 = "account_id_blake2"
    case ss5842 = "ss58_42"
    case ethAddress = "eth_address"
  }
}

@Suite("Keys") struct KeyTests {
  static let vectors: Cases<KeyCase> = Fixture.json("secp256k1/keys.json")

  @Test("secret, public key, account and Ethereum address", arguments: vectors.cases)
  func derives(_ vector: KeyCase) throws {
    let secret = try SecretKey(bytes: vector.secret.bytes)
    let key = secret.publicKey
    #expect(secret.bytes == vector.secret.bytes)
    #expect(key.compressed == vector.publicCompressed.bytes)
    #expect(key.accountID.bytes == vector.accountIdBlake2.bytes)
    #expect(key.ethereumAddress.bytes == vector.ethAddress.bytes)
    if let address = vector.ss5842 { #expect(SS58.encode(key.accountID) == address) }
    if let phrase = vector.mnemonic { #expect(try SecretKey(suri: phrase).bytes == vector.secret.bytes) }
  }

  @Test("both forms of a public key are one key", arguments: DevelopmentKey.allCases)
  func forms(_ development: DevelopmentKey) throws {
    let key = development.secretKey.publicKey
    #expect(try PublicKey(compressed: key.compressed) == key)
    #expect(try PublicKey(uncompressed: key.uncompressed) == key)
    #expect(try PublicKey(decoding: key.encoded()) == key)
    #expect(key.encoded() == key.compressed)
    let address = key.ethereumAddress
    #expect(Array(Hash.keccak256(Array(key.uncompressed.dropFirst())).bytes.suffix(20)) == address.bytes)
    #expect(try EthereumAddress(decoding: address.encoded()) == address)
    #expect(EthereumAddress(hex: address.hex) == address)
    #expect(EthereumAddress(hex: address.checksummed) == address)
  }

  @Test("secret keys outside 1..<n are refused") func refusesSecrets() {
    let order = Fixture.hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
    #expect(throws: KeyError.secretKeyOutOfRange) { try SecretKey(bytes: order) }
    #expect(throws: KeyError.secretKeyOutOfRange) { try SecretKey(bytes: [UInt8](repeating: 0, count: 32)) }
    #expect(throws: KeyError.secretKeyLength(count: 31)) { try SecretKey(bytes: [UInt8](repeating: 1, count: 31)) }
    #expect(throws: KeyError.secretKeyLength(count: 0)) { try SecretKey(bytes: []) }
  }

  @Test("public keys off the curve or in another form are refused") func refusesPublicKeys() {
    let key = DevelopmentKey.alice.secretKey.publicKey
    let offCurve = [2] + [UInt8](repeating: 0, count: 31) + [5]  // x = 5 has no y
    #expect(throws: KeyError.publicKeyNotOnCurve) { try PublicKey(compressed: offCurve) }
    #expect(throws: KeyError.publicKeyNotOnCurve) { try PublicKey(compressed: [4] + key.compressed.dropFirst()) }
    #expect(throws: KeyError.publicKeyLength(count: 65, expected: 33)) { try PublicKey(compressed: key.uncompressed) }
    #expect(throws: KeyError.publicKeyLength(count: 33, expected: 65)) { try PublicKey(uncompressed: key.compressed) }
    // The hybrid forms 6 and 7 are no standard.
    for tag in [UInt8(6), 7] {
      #expect(throws: KeyError.publicKeyNotOnCurve) {
        try PublicKey(uncompressed: [tag] + key.uncompressed.dropFirst())
      }
    }
    #expect(
      throws: ScaleError.invalidValue(type: "PublicKey", reason: "not a compressed point of secp256k1", offset: 0)
    ) { try PublicKey(decoding: offCurve) }
    #expect(throws: ScaleError.truncated(needed: 33, available: 32, offset: 0)) {
      try PublicKey(decoding: Array(key.compressed.dropLast()))
    }
  }

  @Test("a secret key shows itself nowhere") func hidesSecrets() throws {
    let key = DevelopmentKey.alice.secretKey
    var dumped = ""
    dump(key, to: &dumped)
    let digits = Hex.encode(key.bytes, prefix: false)
    for text in ["\(key)", String(reflecting: key), dumped] {
      #expect(text.contains("hidden") && !text.contains(digits) && !text.contains("203"))  // 203 is its first byte
    }
    let mnemonic = try Mnemonic(phrase: SecretURI.developmentPhrase)
    #expect("\(mnemonic)" == "Mnemonic(hidden)" && Mirror(reflecting: mnemonic).children.isEmpty)
  }

  // Examples of EIP-55.
  @Test(
    "Ethereum checksum case",
    arguments: [
      "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77",
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ])
  func eip55(text: String) throws {
    #expect(try #require(EthereumAddress(hex: text)).checksummed == text)
  }

  @Test("Ethereum addresses have 20 bytes") func addressLength() {
    #expect(EthereumAddress([UInt8](repeating: 0, count: 19)) == nil)
    #expect(EthereumAddress(hex: "0x00zz") == nil)
  }
}

@Suite("Shared points") struct SharedPointTests {
  @Test("both sides find the same point", arguments: [UInt64(1), 2, 3]) func agree(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (a, b) = (try SecretKey(bytes: random.bytes(32)), try SecretKey(bytes: random.bytes(32)))
    #expect(a.sharedPoint(with: b.publicKey) == b.sharedPoint(with: a.publicKey), "seed \(seed)")
    let scalar = try #require(H256(a.bytes).flatMap { Scalar($0) })
    #expect(b.publicKey.multiplied(by: scalar) == a.sharedPoint(with: b.publicKey), "seed \(seed)")
  }

  @Test("one times a point is the point, and a point less itself is none") func neutral() throws {
    let one = try SecretKey(bytes: [UInt8](repeating: 0, count: 31) + [1])
    let two = try SecretKey(bytes: [UInt8](repeating: 0, count: 31) + [2])
    let point = two.publicKey
    #expect(one.sharedPoint(with: point) == point)
    #expect(point.subtracting(one.publicKey) == one.publicKey)
    #expect(point.subtracting(point) == nil)
    let scalar = try #require(H256(two.bytes).flatMap { Scalar($0) })
    #expect(PublicKey.generator(times: scalar) == point)
  }

  @Test("answers of a proof are sums modulo the order, and never zero") func responses() throws {
    let one = try SecretKey(bytes: [UInt8](repeating: 0, count: 31) + [1])
    let last = try SecretKey(bytes: Fixture.hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"))
    let unit = try #require(H256(one.bytes).flatMap { Scalar($0) })
    #expect(one.response(to: unit, nonce: one)?.value.bytes == [UInt8](repeating: 0, count: 31) + [2])
    #expect(last.response(to: unit, nonce: last)?.value.bytes.last == 0x3f)
    #expect(last.response(to: unit, nonce: one) == nil)
  }

  @Test("nonces differ by key, message and domain, and repeat otherwise") func nonces() throws {
    let (a, b) = (try SecretKey(bytes: [UInt8](repeating: 1, count: 32)), try SecretKey(bytes: [UInt8](repeating: 2, count: 32)))
    let (first, second) = (Hash.sha256([1]), Hash.sha256([2]))
    let (this, other) = (FixedDomain("this"), FixedDomain("other"))
    let all = [
      a.nonce(for: first, domain: this), b.nonce(for: first, domain: this), a.nonce(for: second, domain: this),
      a.nonce(for: first, domain: other),
    ]
    #expect(Set(all.map(\.bytes)).count == 4)
    #expect(a.nonce(for: first, domain: this).bytes == all[0].bytes)
  }
}

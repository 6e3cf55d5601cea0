import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

struct WycheproofCase: Decodable, Sendable, CustomTestStringConvertible {
  let tcId: Int
  let comment: String
  let publicUncompressed: HexBytes
  let prehash: HexBytes
  let sigDer: HexBytes
  let result: String
  var testDescription: String { "\(tcId) \(comment)" }

  /// Keys of the sets are valid, so a key that does not parse is a failure of ours.
  func verifies(_ highS: PublicKey.HighS) throws -> Bool {
    let key = try PublicKey(uncompressed: publicUncompressed.bytes)
    return key.verify(der: sigDer.bytes, prehash: try #require(H256(prehash.bytes)), highS: highS)
  }
  enum CodingKeys: String, CodingKey {
    case tcId, comment, prehash, result
    case publicUncompressed = "public_uncompressed"
    case sigDer = "sig_der"
  }
}

struct RecoverableCase: Decodable, Sendable, CustomTestStringConvertible {
  let prehash: HexBytes
  let signatureRsv: HexBytes
  let publicCompressed: HexBytes
  let ethAddress: HexBytes
  let lowS: Bool
  let note: String
  var testDescription: String { note }
  enum CodingKeys: String, CodingKey {
    case prehash, note
    case signatureRsv = "signature_rsv"
    case publicCompressed = "public_compressed"
    case ethAddress = "eth_address"
    case lowS = "low_s"
  }
}

struct Cases<Case: Decodable & Sendable>: Decodable, Sendable { let cases: [Case] }

@Suite("ECDSA verification") struct VerificationTests {
  static let strict: Cases<WycheproofCase> = Fixture.json("secp256k1/wycheproof_sha256_bitcoin_lowS.json")
  static let plain: Cases<WycheproofCase> = Fixture.json("secp256k1/wycheproof_sha3_256.json")

  @Test("Wycheproof, strict DER and low s") func strictVectors() throws {
    #expect(Self.strict.cases.count == 309)
    for vector in Self.strict.cases {
      #expect(try vector.verifies(.refused) == (vector.result == "valid"), "\(vector.testDescription)")
    }
  }

  @Test("Wycheproof, any s") func plainVectors() throws {
    #expect(Self.plain.cases.count == 106)
    for vector in Self.plain.cases {
      #expect(try vector.verifies(.accepted) == (vector.result == "valid"), "\(vector.testDescription)")
    }
  }

  @Test("damaged DER never verifies and never stops the process", arguments: 0..<64 as Range<UInt64>)
  func hostileDER(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let key = DevelopmentKey.alice.secretKey.publicKey
    let length = Int.random(in: 0...80, using: &random)
    #expect(!key.verify(der: random.bytes(length), prehash: .zero, highS: .accepted), "seed \(seed)")
  }
}

@Suite("Recoverable signatures") struct RecoverableSignatureTests {
  static let vectors: Cases<RecoverableCase> = Fixture.json("secp256k1/recoverable_signatures.json")

  @Test("recover the signer, and refuse a high s where the rules do", arguments: vectors.cases)
  func recovers(_ vector: RecoverableCase) throws {
    let prehash = try #require(H256(vector.prehash.bytes))
    let signature = try #require(RecoverableSignature(vector.signatureRsv.bytes))
    let key = try PublicKey(compressed: vector.publicCompressed.bytes)
    let expected = vector.lowS ? key : nil
    #expect(signature.isLowS == vector.lowS)
    #expect(signature.recover(prehash: prehash) == expected)
    #expect(signature.recoverAddress(prehash: prehash)?.bytes == expected.map { _ in vector.ethAddress.bytes })
    #expect(signature.recover(prehash: prehash, rules: .extrinsic) == expected)
    #expect(key.ethereumAddress.bytes == vector.ethAddress.bytes)
    #expect(key.verify(signature, prehash: prehash) == vector.lowS)
  }

  @Test("v: which values each rule accepts", arguments: 0...255 as ClosedRange<UInt8>)
  func recoveryIDs(v: UInt8) throws {
    let prehash = Hash.blake2b256(Array("echochain".utf8))
    let key = DevelopmentKey.alice.secretKey
    let signed = key.sign(prehash: prehash).bytes
    try #require(signed[64] == 0)
    let signature = try #require(RecoverableSignature(signed.dropLast() + [v]))
    #expect((signature.recover(prehash: prehash) == key.publicKey) == (v == 0))
    #expect((signature.recover(prehash: prehash, rules: .extrinsic) == key.publicKey) == (v == 0 || v == 27))
    #expect((signature.recover(prehash: prehash, rules: .precompile) == key.publicKey) == (v == 27))
    if v > 1 { #expect(signature.recover(prehash: prehash) == nil) }
    if v > 3, !(27...30).contains(v) { #expect(signature.recover(prehash: prehash, rules: .extrinsic) == nil) }
  }

  @Test("the high twin of a signature recovers only as on Ethereum") func highTwin() throws {
    let vector = try #require(Self.vectors.cases.first { !$0.lowS })
    let prehash = try #require(H256(vector.prehash.bytes))
    let v = try #require(vector.signatureRsv.bytes.last)
    let signature = try #require(RecoverableSignature(vector.signatureRsv.bytes.dropLast() + [v + 27]))
    #expect(signature.recoverAddress(prehash: prehash, rules: .precompile)?.bytes == vector.ethAddress.bytes)
    let word = [UInt8](repeating: 0, count: 31) + [v + 27]
    let input = vector.prehash.bytes + word + vector.signatureRsv.bytes.dropLast()
    #expect(EthereumAddress.precompileRecover(input: input)?.bytes == vector.ethAddress.bytes)
    #expect(EthereumAddress.precompileRecover(input: input + [1, 2, 3])?.bytes == vector.ethAddress.bytes)
    var highBit = input
    highBit[32] = 1
    #expect(EthereumAddress.precompileRecover(input: highBit) == nil)
    #expect(EthereumAddress.precompileRecover(input: []) == nil)
  }

  @Test(
    "r and s outside 1..<n recover nothing",
    arguments: [[UInt8](repeating: 0, count: 64), [UInt8](repeating: 255, count: 64)])
  func outOfRange(numbers: [UInt8]) throws {
    for v in [UInt8(0), 1, 27] {
      let signature = try #require(RecoverableSignature(numbers + [v]))
      for rules in [RecoverableSignature.Rules.strict, .extrinsic, .precompile] {
        #expect(signature.recover(prehash: .zero, rules: rules) == nil)
      }
      #expect(!DevelopmentKey.bob.secretKey.publicKey.verify(signature, prehash: .zero))
    }
  }

  @Test("sign, recover and verify agree for random keys", arguments: 0..<32 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let key = try SecretKey(bytes: random.bytes(32))
    let prehash = try #require(H256(random.bytes(32)))
    let signature = key.sign(prehash: prehash)
    #expect(signature == key.sign(prehash: prehash), "seed \(seed)")
    #expect(signature.isLowS, "seed \(seed)")
    #expect(signature.recover(prehash: prehash) == key.publicKey, "seed \(seed)")
    #expect(key.publicKey.verify(signature, prehash: prehash), "seed \(seed)")
    var damaged = signature.bytes
    damaged[Int.random(in: 0..<64, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    let other = try #require(RecoverableSignature(damaged))
    #expect(other.recover(prehash: prehash) != key.publicKey, "seed \(seed)")
    #expect(!key.publicKey.verify(other, prehash: prehash), "seed \(seed)")
  }

  @Test("only 65 bytes are a signature") func lengths() {
    for count in [0, 64, 66] { #expect(RecoverableSignature([UInt8](repeating: 1, count: count)) == nil) }
  }

  @Test("the shared context serves many tasks at once") func concurrency() async {
    let expected = DevelopmentKey.eve.secretKey.publicKey
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<200 {
        group.addTask {
          let prehash = Hash.sha256([UInt8(truncatingIfNeeded: index)])
          return DevelopmentKey.eve.secretKey.sign(prehash: prehash).recover(prehash: prehash) == expected
        }
      }
      for await agrees in group { #expect(agrees) }
    }
  }
}

@Suite("MultiSignature") struct MultiSignatureTests {
  // RFC 8032 section 7.1, tests 1 to 3.
  static let rfc8032: [(key: String, message: String, signature: String)] = [
    (
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      """
      e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24\
      655141438e7a100b
      """
    ),
    (
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      """
      92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee\
      b00d291612bb0c00
      """
    ),
    (
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      """
      6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d\
      c027beceea1ec40a
      """
    ),
  ]

  @Test("ed25519 by RFC 8032", arguments: rfc8032)
  func ed25519(key: String, message: String, signature: String) throws {
    let account = try #require(AccountID(hex: key))
    var bytes = Fixture.hex(signature)
    #expect(
      MultiSignature.ed25519(try #require(FixedBytes(bytes))).verify(message: Fixture.hex(message), account: account))
    #expect(!MultiSignature.ed25519(try #require(FixedBytes(bytes))).verify(message: [1], account: account))
    bytes[63] |= 0x20  // s is no longer below the group order
    #expect(
      !MultiSignature.ed25519(try #require(FixedBytes(bytes))).verify(message: Fixture.hex(message), account: account))
    #expect(
      !MultiSignature.sr25519(try #require(FixedBytes(bytes))).verify(message: Fixture.hex(message), account: account))
  }

  @Test("ecdsa binds message and account") func ecdsa() {
    let message = Array("echochain".utf8)
    let signature = DevelopmentKey.alice.secretKey.sign(message: message)
    let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
    #expect(signature.verify(message: message, account: alice))
    #expect(!signature.verify(message: message + [0], account: alice))
    #expect(!signature.verify(message: message, account: DevelopmentKey.bob.secretKey.publicKey.accountID))
  }

  @Test("wire form is tag and bytes") func encoding() throws {
    let signature = DevelopmentKey.alice.secretKey.sign(message: [])
    let bytes = signature.encoded()
    #expect(bytes.count == 66 && bytes[0] == 2)
    #expect(try MultiSignature(decoding: bytes) == signature)
    let sr25519 = MultiSignature.sr25519(.zero)
    #expect(sr25519.encoded().count == 65 && sr25519.encoded()[0] == 1)
    let wallet = try #require(RecoverableSignature(Array(bytes.dropFirst())))
    #expect(MultiSignature.eth(wallet).encoded() == [3] + wallet.bytes)
    #expect(MultiSignature.ethTypedData(wallet).encoded() == [4] + wallet.bytes)
    #expect(throws: ScaleError.unknownVariant(type: "MultiSignature", index: 5, offset: 0)) {
      try MultiSignature(decoding: [5] + [UInt8](repeating: 0, count: 64))
    }
  }
}

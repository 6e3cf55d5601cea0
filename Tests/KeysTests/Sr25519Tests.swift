import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

/// What the schnorrkel bindings of PyPI made and judged (fixtures/keys/SOURCE.md).
struct SchnorrkelVectors: Decodable, Sendable {
  struct Account: Decodable, Sendable {
    let suri: String
    let sr25519: HexBytes
    let ed25519: HexBytes
    let ethereum: String
  }
  struct Derived: Decodable, Sendable {
    let suri: String
    let sr25519: HexBytes
  }
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let signer: String?
    let `public`: HexBytes
    let message: HexBytes
    let signature: HexBytes
    let valid: Bool
    let note: String
    var testDescription: String { note }
  }
  let accounts: [Account]
  let derived: [Derived]
  let signatures: [Case]
  static let all: SchnorrkelVectors = Fixture.json("keys/sr25519.json")
}

@Suite("sr25519") struct Sr25519Tests {
  static let valid = SchnorrkelVectors.all.signatures.filter(\.valid)
  static let invalid = SchnorrkelVectors.all.signatures.filter { !$0.valid }

  private func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) throws -> Bool {
    MultiSignature.sr25519(try #require(FixedBytes(signature))).verify(message: message, account: try #require(AccountID(key)))
  }

  @Test("signatures of another implementation verify", arguments: valid)
  func accepts(_ vector: SchnorrkelVectors.Case) throws {
    #expect(try verifies(vector.signature.bytes, vector.message.bytes, vector.public.bytes))
  }

  @Test("wrong signatures do not verify", arguments: invalid)
  func refuses(_ vector: SchnorrkelVectors.Case) throws {
    #expect(try !verifies(vector.signature.bytes, vector.message.bytes, vector.public.bytes))
  }

  @Test("the set holds both kinds") func counts() {
    #expect(Self.valid.count == 12)
    #expect(Self.invalid.count == 14)
  }

  @Test("no signature survives the change of any bit", arguments: 0..<512) func bits(index: Int) throws {
    let vector = try #require(Self.valid.first { $0.message.bytes.count == 32 })
    var bytes = vector.signature.bytes
    bytes[index / 8] ^= 1 << UInt8(index % 8)
    #expect(try !verifies(bytes, vector.message.bytes, vector.public.bytes))
  }

  @Test("no key but the signer's verifies", arguments: 0..<256) func keyBits(index: Int) throws {
    let vector = try #require(Self.valid.first { $0.message.bytes.count == 32 })
    var key = vector.public.bytes
    key[index / 8] ^= 1 << UInt8(index % 8)
    #expect(try !verifies(vector.signature.bytes, vector.message.bytes, key))
  }

  /// RFC 9496 section A.3: encodings that no element has.
  static let noElements = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000", "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20", "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
  ]

  @Test("bytes that are no element are no key and no commitment", arguments: noElements) func elements(_ text: String) throws {
    let vector = try #require(Self.valid.first)
    #expect(try !verifies(vector.signature.bytes, vector.message.bytes, Fixture.hex(text)))
    #expect(try !verifies(Fixture.hex(text) + vector.signature.bytes[32...], vector.message.bytes, vector.public.bytes))
  }

  @Test("random bytes never verify and never stop the process", arguments: 0..<64 as Range<UInt64>) func hostile(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let message = random.bytes(Int.random(in: 0..<200, using: &random))
    #expect(try !verifies(random.bytes(64), message, random.bytes(32)), "seed \(seed)")
  }

  @Test("development keys are those of other implementations", arguments: zip(SchnorrkelVectors.all.accounts, DevelopmentKey.allCases))
  func accounts(_ vector: SchnorrkelVectors.Account, key: DevelopmentKey) throws {
    #expect(vector.suri == key.uri)
    #expect(key.accountKey(.sr25519).accountID.bytes == vector.sr25519.bytes)
    #expect(key.accountKey(.ed25519).accountID.bytes == vector.ed25519.bytes)
    #expect(key.accountKey(.ecdsa).accountID == key.secretKey.publicKey.accountID)
    let address = try #require(EthereumAddress(hex: vector.ethereum))
    #expect(address.checksummed == vector.ethereum)
    #expect(key.accountKey(.ethereum).accountID == address.accountID)
    #expect(try SecretURI(vector.suri).accountKey(.sr25519).accountID.bytes == vector.sr25519.bytes)
  }

  @Test("development accounts have the addresses that clients know", arguments: ClientVectors.all.sr25519DevAccounts.indices)
  func addresses(index: Int) {
    let vector = ClientVectors.all.sr25519DevAccounts[index]
    let account = DevelopmentKey.allCases[index].accountKey(.sr25519).accountID
    #expect(account.bytes == vector.public.bytes)
    #expect(SS58.encode(account) == vector.ss5842)
  }

  @Test("hard and soft junctions derive as elsewhere", arguments: SchnorrkelVectors.all.derived)
  func derives(_ vector: SchnorrkelVectors.Derived) throws {
    #expect(try SecretURI(vector.suri).accountKey(.sr25519).accountID.bytes == vector.sr25519.bytes)
  }

  @Test("derived keys sign, each time the same, and only their own message", arguments: ["//Alice", "//Alice/soft", "/x//y", "///pw"])
  func signs(uri: String) throws {
    let key = try SecretURI(uri).accountKey(.sr25519)
    for count in [0, 1, 165, 166, 167, 1000] {
      let message = [UInt8](repeating: 7, count: count)
      let signature = key.sign(message)
      #expect(signature == key.sign(message))
      #expect(signature.verify(message: message, account: key.accountID))
      #expect(!signature.verify(message: message + [0], account: key.accountID))
    }
    #expect(key.sign([1]).encoded().prefix(33) != key.sign([2]).encoded().prefix(33), "nonces differ by message")
  }

  @Test("a secret shows itself nowhere") func hides() {
    let key = DevelopmentKey.alice.accountKey(.sr25519)
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped] { #expect(text.contains("hidden") && !text.contains("storage")) }
  }

  @Test("seeds have 32 bytes", arguments: [0, 31, 33, 64]) func seeds(count: Int) {
    let seed = [UInt8](repeating: 1, count: count)
    #expect(throws: KeyError.secretKeyLength(count: count)) { try Sr25519SecretKey(seed: seed) }
    #expect(throws: KeyError.secretKeyLength(count: count)) { try Ed25519SecretKey(seed: seed) }
  }
}

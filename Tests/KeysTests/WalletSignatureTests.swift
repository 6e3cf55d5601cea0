import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

struct WalletVectors: Decodable, Sendable {
  struct Ed25519: Decodable, Sendable, CustomTestStringConvertible {
    let signer: String
    let message: HexBytes
    let signature: HexBytes
    var testDescription: String { signer }
  }
  struct Personal: Decodable, Sendable, CustomTestStringConvertible {
    let address: String
    let message: HexBytes
    let hash: HexBytes
    let signature: HexBytes
    var testDescription: String { "\(message.bytes.count) bytes" }
  }
  let ed25519: [Ed25519]
  let personal: [Personal]
  static let all: WalletVectors = Fixture.json("keys/wallet-signatures.json")
}

@Suite("Signatures of wallets") struct WalletSignatureTests {
  /// The order of secp256k1 less a number: turns a low `s` into its high twin.
  private func negated(_ s: ArraySlice<UInt8>) -> [UInt8] {
    let order = Fixture.hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
    var (difference, borrow) = ([UInt8](repeating: 0, count: 32), 0)
    for (index, pair) in zip(order, s).enumerated().reversed() {
      let digit = Int(pair.0) - Int(pair.1) - borrow
      difference[index] = UInt8(truncatingIfNeeded: digit)
      borrow = digit < 0 ? 1 : 0
    }
    return difference
  }

  @Test("ed25519 both ways", arguments: WalletVectors.all.ed25519) func ed25519(_ vector: WalletVectors.Ed25519) throws {
    let key = try SecretURI(vector.signer).accountKey(.ed25519)
    let signature = MultiSignature.ed25519(try #require(FixedBytes(vector.signature.bytes)))
    #expect(key.sign(vector.message.bytes) == signature)
    #expect(signature.verify(message: vector.message.bytes, account: key.accountID))
    #expect(!signature.verify(message: vector.message.bytes + [0], account: key.accountID))
  }

  @Test("personal_sign of another implementation", arguments: WalletVectors.all.personal)
  func personal(_ vector: WalletVectors.Personal) throws {
    let account = try #require(EthereumAddress(hex: vector.address)).accountID
    let bytes = vector.signature.bytes
    func verifies(_ bytes: [UInt8], _ message: [UInt8], _ account: AccountID) throws -> Bool {
      MultiSignature.eth(try #require(RecoverableSignature(bytes))).verify(message: message, account: account)
    }
    #expect(EthereumMessage.personalHash(vector.message.bytes).bytes == vector.hash.bytes)
    #expect(try verifies(bytes, vector.message.bytes, account))
    #expect(try verifies(bytes.dropLast() + [bytes[64] - 27], vector.message.bytes, account), "v may be 0 or 1")
    for v in [UInt8(2), 3, 26, 29, 30, 255] { #expect(try !verifies(bytes.dropLast() + [v], vector.message.bytes, account)) }
    #expect(try !verifies(bytes, vector.message.bytes + [0], account))
    #expect(try !verifies(bytes, vector.message.bytes, DevelopmentKey.ferdie.accountKey(.ethereum).accountID))
    let ecdsa = MultiSignature.ecdsa(try #require(RecoverableSignature(bytes)))
    #expect(!ecdsa.verify(message: vector.message.bytes, account: account), "no scheme stands for another")
    let high = bytes[..<32] + negated(bytes[32..<64]) + [55 - bytes[64]]
    #expect(try !verifies(Array(high), vector.message.bytes, account), "a high s")
  }

  @Test("an Ethereum key signs what wallets sign", arguments: WalletVectors.all.personal.indices) func signs(index: Int) throws {
    let vector = WalletVectors.all.personal[index]
    let key = DevelopmentKey.allCases[index % 3].accountKey(.ethereum)
    guard case .eth(let signature) = key.sign(vector.message.bytes) else {
      Issue.record("another kind of signature")
      return
    }
    // Both are deterministic by RFC 6979, so they agree but for the offset of v.
    #expect(signature.bytes.dropLast() == vector.signature.bytes.dropLast())
    #expect(signature.bytes[64] + 27 == vector.signature.bytes[64])
  }

  @Test("typed data verifies in its own form only") func typedData() throws {
    let key = DevelopmentKey.alice.secretKey
    let account = key.publicKey.ethereumAddress.accountID
    let bytes = EthereumMessage.typedData(domain: Hash.sha256([1]), data: Hash.sha256([2]))
    #expect(bytes.count == 66)
    func verifies(_ message: [UInt8]) -> Bool {
      MultiSignature.ethTypedData(key.sign(prehash: Hash.keccak256(message))).verify(message: message, account: account)
    }
    #expect(verifies(bytes))
    for other in [[], Array(bytes.dropLast()), bytes + [0], [0x19, 0x45] + bytes[2...], [0x18, 0x01] + bytes[2...]] {
      #expect(!verifies(other))
    }
  }

  @Test("an account holds its Ethereum address") func mapping() throws {
    let address = try #require(EthereumAddress(hex: "f24ff3a9cf04c71dbc94d0b566f7a27b94566cac"))
    #expect(address.accountID.hex == "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566caceeeeeeeeeeeeeeeeeeeeeeee")
    #expect(EthereumAddress(account: address.accountID) == address)
    #expect(EthereumAddress(account: DevelopmentKey.alice.secretKey.publicKey.accountID) == nil)
  }

  @Test(
    "Ethereum keys derive along paths only",
    arguments: [
      ("//Alice", KeyError.hardJunction(position: 1)), ("/m/44'//60'", .hardJunction(position: 3)),
      ("/44'/60'", .derivationPath(position: 0)),
      ("/m/x", .derivationPath(position: 1)), ("0x" + String(repeating: "01", count: 32) + "/m/1", .pathWithKey),
    ])
  func paths(uri: String, error: KeyError) {
    #expect(throws: error) { try SecretURI(uri).accountKey(.ethereum) }
  }

  @Test("a path in a URI is the wallet's path, and none is the first account") func defaultPath() throws {
    let first = try SecretURI(SecretURI.developmentPhrase).accountKey(.ethereum)
    #expect(first.accountID == DevelopmentKey.alice.accountKey(.ethereum).accountID)
    #expect(
      try SecretURI("/m/44'/60'/0'/0/1").accountKey(.ethereum).accountID == DevelopmentKey.bob.accountKey(.ethereum).accountID)
    let raw = "0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133"
    #expect(try SecretURI(raw).accountKey(.ethereum).accountID == first.accountID)
  }

  @Test("only sr25519 has soft junctions", arguments: [SignatureScheme.ed25519, .ecdsa]) func soft(scheme: SignatureScheme) {
    #expect(throws: KeyError.softJunction(position: 2)) { try SecretURI("//Alice/soft").accountKey(scheme) }
  }

  @Test("each kind verifies as itself and binds message and account", arguments: SignatureScheme.allCases)
  func schemes(scheme: SignatureScheme) throws {
    let key = DevelopmentKey.charlie.accountKey(scheme)
    let message = Array("echochain".utf8)
    let signature = key.sign(message)
    #expect(key.scheme == scheme && signature.scheme == scheme)
    #expect(try MultiSignature(decoding: signature.encoded()) == signature)
    #expect(signature.verify(message: message, account: key.accountID))
    #expect(!signature.verify(message: message + [0], account: key.accountID))
    for other in SignatureScheme.allCases where other != scheme {
      #expect(!signature.verify(message: message, account: DevelopmentKey.charlie.accountKey(other).accountID))
    }
    let bytes = signature.encoded()
    for count in 0..<bytes.count { #expect(throws: ScaleError.self) { try MultiSignature(decoding: Array(bytes[..<count])) } }
    #expect(throws: ScaleError.trailingBytes(count: 1)) { try MultiSignature(decoding: bytes + [0]) }
    // Another tag on the same bytes is another claim, and a false one.
    for tag in UInt8(0)...4 where tag != bytes[0] {
      guard let other = try? MultiSignature(decoding: [tag] + bytes.dropFirst()) else { continue }
      #expect(!other.verify(message: message, account: key.accountID))
    }
  }
}

import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

/// Keys and signatures as real Substrate clients make them.
struct ClientVectors: Decodable, Sendable {
  struct Account: Decodable, Sendable {
    let suri: String
    let secret: HexBytes
    let `public`: HexBytes
    let accountId: HexBytes
    let ss5842: String
    let message: HexBytes
    let messageHashBlake2256: HexBytes
    let signature: HexBytes
    enum CodingKeys: String, CodingKey {
      case suri, secret, `public`, message, signature
      case accountId = "account_id"
      case ss5842 = "ss58_42"
      case messageHashBlake2256 = "message_hash_blake2_256"
    }
  }
  struct Extrinsic: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let call: HexBytes
    let extra: HexBytes
    let additionalSigned: HexBytes
    let signedMessage: HexBytes
    let hashThatEcdsaSigns: HexBytes
    let signature: HexBytes
    let extrinsic: HexBytes
    let extrinsicHash: HexBytes
    var testDescription: String { name }
    enum CodingKeys: String, CodingKey {
      case name, call, extra, signature, extrinsic
      case additionalSigned = "additional_signed"
      case signedMessage = "signed_message"
      case hashThatEcdsaSigns = "hash_that_ecdsa_signs"
      case extrinsicHash = "extrinsic_hash"
    }
  }
  struct Junction: Decodable, Sendable {
    let junction: String
    let chainCode: HexBytes
    enum CodingKeys: String, CodingKey {
      case junction
      case chainCode = "chain_code"
    }
  }
  struct Schnorrkel: Decodable, Sendable {
    let `public`: HexBytes
    let ss5842: String
    enum CodingKeys: String, CodingKey {
      case `public`
      case ss5842 = "ss58_42"
    }
  }
  let ecdsaDevAccounts: [Account]
  let extrinsics: [Extrinsic]
  let junctions: [Junction]
  let sr25519DevAccounts: [Schnorrkel]
  static let all: ClientVectors = Fixture.json("clients/keys-and-extrinsics.json")
  enum CodingKeys: String, CodingKey {
    case extrinsics, junctions
    case ecdsaDevAccounts = "ecdsa_dev_accounts"
    case sr25519DevAccounts = "sr25519_dev_accounts"
  }
}

struct DerivationCase: Decodable, Sendable {
  let phrase: String
  let path: String
  let secret: HexBytes
  let publicCompressed: HexBytes
  let accountId: HexBytes
  let ss5842: String
  let beefyEthAddress: HexBytes
  enum CodingKeys: String, CodingKey {
    case phrase, path, secret
    case publicCompressed = "public_compressed"
    case accountId = "account_id"
    case ss5842 = "ss58_42"
    case beefyEthAddress = "beefy_eth_address"
  }
}

@Suite("Client vectors") struct ClientVectorTests {
  static let derivations: Cases<DerivationCase> = Fixture.json("secp256k1/substrate_hdkd.json")

  @Test(
    "development accounts and their signatures",
    arguments: zip(ClientVectors.all.ecdsaDevAccounts, DevelopmentKey.allCases))
  func accounts(_ vector: ClientVectors.Account, development: DevelopmentKey) throws {
    let key = try SecretKey(suri: vector.suri)
    #expect(key.bytes == vector.secret.bytes)
    #expect(development.uri == vector.suri && development.secretKey.bytes == vector.secret.bytes)
    #expect(key.publicKey.compressed == vector.public.bytes)
    let account = key.publicKey.accountID
    #expect(account.bytes == vector.accountId.bytes)
    #expect(SS58.encode(account) == vector.ss5842)
    #expect(try AccountID(ss58: vector.ss5842, prefix: 42) == account)
    #expect(vector.message.bytes == Array("echochain".utf8))
    let prehash = Hash.blake2b256(vector.message.bytes)
    #expect(prehash.bytes == vector.messageHashBlake2256.bytes)
    #expect(key.sign(prehash: prehash).bytes == vector.signature.bytes)
    #expect(key.sign(message: vector.message.bytes).verify(message: vector.message.bytes, account: account))
  }

  @Test("whole extrinsics of //Alice", arguments: ClientVectors.all.extrinsics)
  func extrinsics(_ vector: ClientVectors.Extrinsic) throws {
    let payload = vector.call.bytes + vector.extra.bytes + vector.additionalSigned.bytes
    let message = payload.count > 256 ? Hash.blake2b256(payload).bytes : payload
    #expect(message == vector.signedMessage.bytes)
    #expect(Hash.blake2b256(message).bytes == vector.hashThatEcdsaSigns.bytes)
    let key = DevelopmentKey.alice.secretKey
    let signature = key.sign(message: message)
    #expect(signature.encoded() == [2] + vector.signature.bytes)
    #expect(signature.verify(message: message, account: key.publicKey.accountID))
    let inner =
      [0x84, 0x00] + key.publicKey.accountID.bytes + signature.encoded() + vector.extra.bytes + vector.call.bytes
    #expect(inner.encoded() == vector.extrinsic.bytes)
    #expect(Hash.blake2b256(vector.extrinsic.bytes).bytes == vector.extrinsicHash.bytes)
  }

  @Test("hard derivation", arguments: derivations.cases)
  func derives(_ vector: DerivationCase) throws {
    let key = try SecretKey(suri: vector.phrase + vector.path)
    #expect(key.bytes == vector.secret.bytes)
    #expect(key.publicKey.compressed == vector.publicCompressed.bytes)
    #expect(key.publicKey.accountID.bytes == vector.accountId.bytes)
    #expect(SS58.encode(key.publicKey.accountID) == vector.ss5842)
    #expect(key.publicKey.ethereumAddress.bytes == vector.beefyEthAddress.bytes)
  }

  @Test("chain codes of junctions", arguments: ClientVectors.all.junctions)
  func chainCodes(_ vector: ClientVectors.Junction) throws {
    // The chain code shows in the child: blake2b-256(SCALE("Secp256k1HDKD") | secret | chain code).
    let root = try SecretKey(suri: SecretURI.developmentPhrase)
    let child = Hash.blake2b256("Secp256k1HDKD".encoded() + root.bytes + vector.chainCode.bytes)
    #expect(try root.derivedHard(vector.junction).bytes == child.bytes)
  }

  @Test("SS58 of sr25519 accounts", arguments: ClientVectors.all.sr25519DevAccounts)
  func schnorrkel(_ vector: ClientVectors.Schnorrkel) throws {
    #expect(SS58.encode(try #require(AccountID(vector.public.bytes))) == vector.ss5842)
  }

  @Test("the Ethereum account that a stock Python client makes of the development phrase") func ethereumPath() throws {
    let seed = try Mnemonic(phrase: SecretURI.developmentPhrase).seed()
    let key = try ExtendedSecretKey(seed: seed).derived(path: ExtendedSecretKey.ethereumPath).secretKey
    #expect(key.publicKey.ethereumAddress.hex == "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac")
  }
}

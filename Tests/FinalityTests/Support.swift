import Finality
import Hashing
import Keys
import MerkleMountainRange
import Primitives
import ScaleCodec
import TestKit

/// A hash written as hexadecimal text.
struct HashText: Decodable, Sendable {
  let hash: H256
  init(from decoder: any Decoder) throws {
    let bytes = try HexBytes(from: decoder).bytes
    guard let hash = H256(bytes) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not 32 bytes"))
    }
    self.hash = hash
  }
}

/// A 256-bit number in hexadecimal without its leading zeros.
struct WordText: Decodable, Sendable {
  let word: H256
  init(from decoder: any Decoder) throws {
    let bytes = try HexBytes(from: decoder).bytes
    guard let word = H256([UInt8](repeating: 0, count: max(0, 32 - bytes.count)) + bytes) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "over 256 bits"))
    }
    self.word = word
  }
}

/// The secret keys 1, 2, 3, ... that `echo-layouts.json` signs with.
func secretKey(_ number: UInt8) throws -> SecretKey {
  try SecretKey(bytes: [UInt8](repeating: 0, count: 31) + [number])
}

/// The set of the first `count` keys.
func validatorSet(_ count: UInt8, id: UInt64 = 0) throws -> ValidatorSet {
  ValidatorSet(id: id, validators: try (1...count).map { try secretKey($0).publicKey })
}

/// `echo-layouts.json`, its certificate part
struct EchoLayouts: Decodable, Sendable {
  struct Items: Decodable, Sendable {
    var bh: HashText
    var ch: HashText
    var mh: HashText
    var ts: HexBytes
  }
  struct CommitmentCase: Decodable, Sendable {
    var items: Items
    var block: UInt32
    var setID: UInt64
    var encoded: HexBytes
    var digest: HashText
    enum CodingKeys: String, CodingKey { case items, block, setID = "set_id", encoded, digest }
  }
  struct SignedCase: Decodable, Sendable {
    var signers: [Int]
    var bitfield: HexBytes
    var encoded: HexBytes
    var prefix: HexBytes
    enum CodingKeys: String, CodingKey { case signers, bitfield, encoded, prefix = "versioned_prefix" }
  }
  struct Validator: Decodable, Sendable {
    var pub: HexBytes
    var eth: HexBytes
  }
  var validators: [Validator]
  var setRoot4: HashText
  var firstLeaf: HexBytes
  var commitment: CommitmentCase
  var signed4: SignedCase
  var signed8: SignedCase
  enum CodingKeys: String, CodingKey {
    case validators
    case setRoot4 = "set_root_4"
    case firstLeaf = "mmr_leaf_1"
    case commitment
    case signed4 = "signed_commitment_4"
    case signed8 = "signed_commitment_8"
  }
  static let all: EchoLayouts = Fixture.json("echo-layouts.json")
}

/// The commitment of `echo-layouts.json`.
func layoutCommitment() throws -> Commitment {
  let vector = EchoLayouts.all.commitment
  return Commitment(
    headerHash: vector.items.bh.hash, genesisHash: vector.items.ch.hash, mmrRoot: vector.items.mh.hash,
    timestamp: try UInt64(decoding: vector.items.ts.bytes), blockNumber: vector.block, validatorSetID: vector.setID)
}

/// A validator's proof in the `beefy` vectors.
struct ValidatorProofText: Decodable, Sendable {
  var v: UInt8
  var r: HexBytes
  var s: HexBytes
  var index: UInt32
  var account: HexBytes
  var proof: [HashText]

  /// As this room has it, with `v` 0 or 1.
  func sampled() throws -> SampledSignature {
    guard let signature = RecoverableSignature(r.bytes + s.bytes + [v &- 27]),
      let account = EthereumAddress(account.bytes)
    else { throw KeyError.malformedSeed }
    return SampledSignature(signature: signature, index: index, account: account, siblings: proof.map(\.hash))
  }
}

/// `beefy/mainnet_submit_final.json`
struct MainnetVectors: Decodable, Sendable {
  struct SigningSet: Decodable, Sendable {
    var id: UInt64
    var len: UInt32
    var root: HashText
    enum CodingKeys: String, CodingKey { case id, len, root = "keyset_root" }
    var summary: ValidatorSetSummary { ValidatorSetSummary(id: id, length: len, root: root.hash) }
  }
  struct Case: Decodable, Sendable {
    var name: String
    var bitfield: [WordText]
    var validatorProofs: [ValidatorProofText]
    var leafProof: [HashText]
    var leafProofOrder: UInt64
    var commitmentScale: HexBytes
    var commitmentHash: HashText
    var mmrRoot: HashText
    var leafScale: HexBytes
    var leafHash: HashText
    var signingSet: SigningSet
    enum CodingKeys: String, CodingKey {
      case name, bitfield, validatorProofs, leafProof, leafProofOrder
      case commitmentScale = "commitment_scale"
      case commitmentHash = "commitment_hash"
      case mmrRoot = "mmr_root"
      case leafScale = "leaf_scale"
      case leafHash = "leaf_hash"
      case signingSet = "signing_set"
    }
    func sample() throws -> SampledProof {
      SampledProof(
        commitment: try BeefyCommitment(decoding: commitmentScale.bytes),
        claimed: ClaimedSigners(words: bitfield.map(\.word)),
        signatures: try validatorProofs.map { try $0.sampled() }, leaf: leafScale.bytes,
        leafProof: LinearProof(items: leafProof.map(\.hash), order: leafProofOrder))
    }
  }
  var cases: [Case]
  static let all: MainnetVectors = Fixture.json("beefy/mainnet_submit_final.json")
}

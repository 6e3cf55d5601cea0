import Finality
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

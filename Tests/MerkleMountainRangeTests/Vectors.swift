import MerkleMountainRange
import Primitives
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

/// `mmr/substrate_pallet_proofs.json`
struct PalletVectors: Decodable, Sendable {
  struct Preimage: Decodable, Sendable {
    var part1: HexBytes
    var part2: HexBytes
  }
  struct Sizes: Decodable, Sendable {
    var leaves: [UInt64]
    var mmrSize: [UInt64]
    enum CodingKeys: String, CodingKey { case leaves, mmrSize = "mmr_size" }
  }
  struct Case: Decodable, Sendable {
    var indices: [UInt64]
    var count: UInt64
    var items: [HashText]
    var leafHashes: [HashText]
    var root: HashText
    enum CodingKeys: String, CodingKey {
      case indices = "leaf_indices"
      case count = "leaf_count"
      case items
      case leafHashes = "leaf_hashes"
      case root
    }
    var proof: LeafProof {
      LeafProof(leafIndices: indices, leafCount: count, items: items.map(\.hash))
    }
  }
  var leafHashes: [HashText]
  var preimages: [Preimage]
  var peaks: [HashText]
  var peakPositions: [UInt64]
  var root: HashText
  var sizes: Sizes
  var cases: [Case]
  enum CodingKeys: String, CodingKey {
    case leafHashes = "leaf_hashes"
    case preimages = "leaf_preimages"
    case peaks = "peaks_at_7"
    case peakPositions = "node_positions_at_7"
    case root = "root_at_7"
    case sizes, cases
  }
  static let all: PalletVectors = Fixture.json("mmr/substrate_pallet_proofs.json")
}

/// `mmr/simplified_15.json` and `mmr/prefix_roots_15.json`
struct LinearVectors: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    var index: UInt64
    var items: [HashText]
    var order: UInt64
    enum CodingKeys: String, CodingKey { case index = "leaf_index", items, order }
    var proof: LinearProof { LinearProof(items: items.map(\.hash), order: order) }
  }
  var leaves: [HashText]
  var root: HashText
  var cases: [Case]
  static let all: LinearVectors = Fixture.json("mmr/simplified_15.json")
}

struct PrefixRoots: Decodable, Sendable {
  struct Root: Decodable, Sendable {
    var count: Int
    var root: HashText
    enum CodingKeys: String, CodingKey { case count = "leaf_count", root }
  }
  var leaves: [HashText]
  var roots: [Root]
  static let all: PrefixRoots = Fixture.json("mmr/prefix_roots_15.json")
}

/// The mountain range part of `echo-layouts.json`
struct EchoLayouts: Decodable, Sendable {
  struct Proof: Decodable, Sendable {
    var leaf: UInt64
    var count: UInt64
    var items: [HashText]
    var linear: [HashText]
    var order: UInt64
  }
  struct Validator: Decodable, Sendable { var eth: HexBytes }
  var validators: [Validator]
  var setRoot4: HashText
  var setRoot7: HashText
  var setProof: [HashText]
  var firstLeaf: HexBytes
  var roots: [HashText]
  var proofs: [Proof]
  enum CodingKeys: String, CodingKey {
    case validators
    case setRoot4 = "set_root_4"
    case setRoot7 = "set_root_7"
    case setProof = "set_root_7_proof_6"
    case firstLeaf = "mmr_leaf_1"
    case roots = "mmr_roots_1_17"
    case proofs = "mmr_proofs"
  }
  static let all: EchoLayouts = Fixture.json("echo-layouts.json")
}

/// Distinct hashes for trees whose contents do not matter.
func sampleLeaves(_ count: Int, seed: UInt64 = 7) -> [H256] {
  var random = SeededRandom(seed: seed)
  return (0..<count).map { _ in
    H256(words: Words32(random.next(), random.next(), random.next(), random.next()))
  }
}

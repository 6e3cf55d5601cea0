import Hashing
import MerkleMountainRange
import Primitives
import TestKit
import Testing

/// A validator's path, from `beefy/*.json`
struct ValidatorPaths: Decodable, Sendable {
  struct Case: Decodable, Sendable {
    var index: UInt64
    var account: HexBytes
    var proof: [HashText]
  }
  var root: HashText
  var width: UInt64
  var cases: [Case]
  enum CodingKeys: String, CodingKey { case root = "keyset_root", width = "set_size", cases }
}

@Suite("Keccak tree") struct KeccakTreeTests {
  @Test("validator set roots of echo-layouts")
  func setRoots() {
    let vectors = EchoLayouts.all
    let leaves = vectors.validators.map { Hash.keccak256($0.eth.bytes) }
    #expect(KeccakTree.root(Array(leaves[..<4])) == vectors.setRoot4.hash)
    #expect(KeccakTree.root(Array(leaves[..<7])) == vectors.setRoot7.hash)
    let siblings = vectors.setProof.map(\.hash)
    #expect(KeccakTree.proof(Array(leaves[..<7]), index: 6) == siblings)
    #expect(
      KeccakTree.verify(leaf: leaves[6], index: 6, width: 7, siblings: siblings, root: vectors.setRoot7.hash) == .valid)
  }

  @Test("paths of 37 validators of 600 in Snowbridge's Fiat-Shamir test")
  func snowbridgePaths() {
    let vectors: ValidatorPaths = Fixture.json("beefy/fiat_shamir_validator_proofs.json")
    for vector in vectors.cases {
      let verdict = KeccakTree.verify(
        leaf: Hash.keccak256(vector.account.bytes), index: UInt32(vector.index), width: UInt32(vectors.width),
        siblings: vector.proof.map(\.hash), root: vectors.root.hash)
      #expect(verdict == .valid, "validator \(vector.index)")
    }
  }

  @Test("no leaves and one leaf")
  func small() {
    #expect(KeccakTree.root([]) == .zero)
    let leaf = sampleLeaves(1)[0]
    #expect(KeccakTree.root([leaf]) == leaf)
    #expect(KeccakTree.verify(leaf: leaf, index: 0, width: 1, siblings: [], root: leaf) == .valid)
    #expect(KeccakTree.proof([leaf], index: 1) == nil)
  }

  @Test("every leaf of every width up to 40 has a proof that fits its place only")
  func everyPlace() throws {
    for width in 1...40 {
      let leaves = sampleLeaves(width, seed: UInt64(width))
      let root = KeccakTree.root(leaves)
      for index in leaves.indices {
        let siblings = try #require(KeccakTree.proof(leaves, index: index))
        for place in leaves.indices {
          let verdict = KeccakTree.verify(
            leaf: leaves[index], index: UInt32(place), width: UInt32(width), siblings: siblings, root: root)
          #expect((verdict == .valid) == (place == index), "leaf \(index) read at \(place) of \(width)")
        }
      }
    }
  }

  @Test("a short proof of a promoted leaf at an aliasing index is refused")
  func aliasing() {
    let leaves = sampleLeaves(5)
    let siblings = KeccakTree.proof(leaves, index: 4) ?? []
    let root = KeccakTree.root(leaves)
    #expect(siblings.count == 1)
    #expect(
      KeccakTree.verify(leaf: leaves[4], index: 1, width: 5, siblings: siblings, root: root)
        == .refused(.wrongItemCount(expected: 3, actual: 1)))
    #expect(KeccakTree.verify(leaf: leaves[4], index: 1, width: 2, siblings: siblings, root: root) == .valid)
    #expect(
      KeccakTree.verify(leaf: leaves[4], index: 5, width: 5, siblings: siblings, root: root)
        == .refused(.indexOutOfRange(index: 5, count: 5)))
    #expect(
      KeccakTree.verify(leaf: leaves[4], index: 4, width: 5, siblings: siblings + [.zero], root: root)
        == .refused(.wrongItemCount(expected: 1, actual: 2)))
    #expect(KeccakTree.verify(leaf: leaves[3], index: 4, width: 5, siblings: siblings, root: root).refusal != nil)
    #expect(
      KeccakTree.verify(leaf: leaves[0], index: 0, width: 0, siblings: [], root: root)
        == .refused(.indexOutOfRange(index: 0, count: 0)))
  }
}

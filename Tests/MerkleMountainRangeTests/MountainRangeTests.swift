import Hashing
import MerkleMountainRange
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Mountain ranges") struct MountainRangeTests {
  @Test("node counts are pallet-mmr's", arguments: PalletVectors.all.sizes.leaves.indices)
  func nodeCounts(_ place: Int) {
    let sizes = PalletVectors.all.sizes
    #expect(MountainShape.nodeCount(leafCount: sizes.leaves[place]) == sizes.mmrSize[place])
  }

  @Test("leaves of the pallet's tests are hashed as Compact tuples")
  func leafHashes() {
    for (preimage, expected) in zip(PalletVectors.all.preimages, PalletVectors.all.leafHashes) {
      let parts = [Hash.keccak256(preimage.part1.bytes), Hash.keccak256(preimage.part2.bytes)]
      #expect(Hash.keccak256([1] + parts[0].bytes + [1] + parts[1].bytes) == expected.hash)
    }
  }

  @Test("peaks and root over the pallet's seven leaves")
  func palletRoot() throws {
    let vectors = PalletVectors.all
    let range = MountainRange(leaves: vectors.leafHashes.map(\.hash))
    #expect(try range.peaks() == vectors.peaks.map(\.hash))
    #expect(MountainShape.mountains(leafCount: 7).map(\.peak) == vectors.peakPositions)
    #expect(try range.root() == vectors.root.hash)
  }

  @Test(
    "single, batch and historical proofs of the pallet are reproduced and verify",
    arguments: PalletVectors.all.cases.indices)
  func palletProofs(_ place: Int) throws {
    let vector = PalletVectors.all.cases[place]
    let range = MountainRange(leaves: PalletVectors.all.leafHashes.map(\.hash))
    #expect(try range.proof(of: vector.indices, leafCount: vector.count) == vector.proof)
    #expect(try range.root(leafCount: vector.count) == vector.root.hash)
    #expect(vector.proof.verify(leaves: vector.leafHashes.map(\.hash), root: vector.root.hash) == .valid)
    #expect(try LeafProof(decoding: vector.proof.encoded()) == vector.proof)
  }

  @Test("root after each of 15 leaves, accumulator and full range alike")
  func prefixRoots() throws {
    let vectors = PrefixRoots.all
    let range = MountainRange(leaves: vectors.leaves.map(\.hash))
    var accumulator = MountainAccumulator()
    for (leaf, expected) in zip(vectors.leaves, vectors.roots) {
      accumulator.append(leaf.hash)
      #expect(accumulator.root == expected.root.hash)
      #expect(try range.root(leafCount: UInt64(expected.count)) == expected.root.hash)
    }
  }

  @Test("linear proofs of Snowbridge", arguments: LinearVectors.all.cases.indices)
  func linearProofs(_ place: Int) throws {
    let vectors = LinearVectors.all
    let vector = vectors.cases[place]
    let leaf = vectors.leaves[Int(vector.index)].hash
    let range = MountainRange(leaves: vectors.leaves.map(\.hash))
    #expect(try range.proof(of: [vector.index]).linear == vector.proof)
    #expect(vector.proof.verify(leaf: leaf, root: vectors.root.hash) == .valid)
    #expect(vector.proof.verify(leaf: leaf, index: vector.index, leafCount: 15, root: vectors.root.hash) == .valid)
  }

  @Test("Echochain's own layout: known leaves, roots and linear forms")
  func echoLayouts() throws {
    let vectors = EchoLayouts.all
    let first = Hash.keccak256(vectors.firstLeaf.bytes)
    #expect(first == vectors.roots[0].hash)
    for vector in vectors.proofs {
      let proof = LeafProof(leafIndices: [vector.leaf], leafCount: vector.count, items: vector.items.map(\.hash))
      #expect(proof.linear == LinearProof(items: vector.linear.map(\.hash), order: vector.order))
      if vector.leaf == 0 {
        let root = vectors.roots[Int(vector.count) - 1].hash
        #expect(proof.verify(leaves: [first], root: root) == .valid)
        #expect(proof.linear?.verify(leaf: first, index: 0, leafCount: vector.count, root: root) == .valid)
      }
    }
    // Root of 17 leaves: the last leaf alone on the right is hashed first.
    let alone = vectors.proofs[6].items[4].hash
    #expect(vectors.proofs[8].linear.map(\.hash) == [vectors.roots[15].hash])
    #expect(KeccakTree.parent(alone, vectors.roots[15].hash) == vectors.roots[16].hash)
  }

  @Test("appended nodes come in position order and are those of the full range")
  func appendedNodes() throws {
    let leaves = sampleLeaves(100)
    let range = MountainRange(leaves: leaves)
    var accumulator = MountainAccumulator()
    var nodes: [H256] = []
    for leaf in leaves {
      for node in accumulator.append(leaf) {
        #expect(node.position == UInt64(nodes.count))
        nodes.append(node.hash)
      }
      #expect(UInt64(nodes.count) == accumulator.nodeCount)
    }
    #expect(nodes == range.nodes)
    #expect(try range.accumulator() == accumulator)
    #expect(try MountainAccumulator(decoding: accumulator.encoded()) == accumulator)
  }

  @Test("any leaves at any size: proofs verify, one change refuses them", arguments: 0..<40 as Range<UInt64>)
  func randomProofs(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let leaves = sampleLeaves(Int.random(in: 1...150, using: &random), seed: seed)
    let range = MountainRange(leaves: leaves)
    for _ in 0..<20 {
      let size = UInt64.random(in: 1...UInt64(leaves.count), using: &random)
      let chosen = (0..<size).filter { _ in random.chance(1, in: 8) }
      let indices = chosen.isEmpty ? [UInt64.random(in: 0..<size, using: &random)] : chosen
      let root = try #require(try range.root(leafCount: size))
      let proof = try range.proof(of: indices, leafCount: size)
      let proved = indices.map { leaves[Int($0)] }
      #expect(proof.verify(leaves: proved, root: root) == .valid, "seed \(seed)")
      if let linear = proof.linear {
        #expect(
          linear.verify(leaf: proved[0], index: indices[0], leafCount: size, root: root) == .valid, "seed \(seed)")
      }
      let broken = mutated(proof, &random)
      #expect(broken.verify(leaves: proved, root: root) != .valid, "seed \(seed): \(proof) became \(broken)")
    }
  }

  private func mutated(_ proof: LeafProof, _ random: inout SeededRandom) -> LeafProof {
    var proof = proof
    switch Int.random(in: 0..<5, using: &random) {
    case 0: proof.items.append(.zero)
    case 1 where !proof.items.isEmpty: proof.items.removeLast()
    case 2 where !proof.items.isEmpty:
      let place = Int.random(in: proof.items.indices, using: &random)
      proof.items[place].words.w0 ^= 1 << UInt64.random(in: 0..<64, using: &random)
    case 3: proof.leafIndices.append(proof.leafCount)
    default: proof.leafIndices.append(proof.leafIndices[proof.leafIndices.count - 1])
    }
    return proof
  }
}

@Suite("Refused mountain range proofs") struct MountainRefusalTests {
  let leaves = sampleLeaves(11)
  var range: MountainRange<[H256]> { MountainRange(leaves: leaves) }

  private func verdict(indices: [UInt64], count: UInt64 = 11, leaves given: [H256]? = nil, items: [H256] = []) throws
    -> MerkleRefusal?
  {
    let root = try #require(try range.root())
    let proof = LeafProof(leafIndices: indices, leafCount: count, items: items)
    return proof.verify(leaves: given ?? indices.map { $0 < 11 ? leaves[Int($0)] : .zero }, root: root).refusal
  }

  @Test("no leaf") func empty() throws { #expect(try verdict(indices: []) == .noLeaves) }

  @Test("an index outside the range, as in the Hyperbridge forgery of 2026")
  func outOfRange() throws { #expect(try verdict(indices: [11]) == .indexOutOfRange(index: 11, count: 11)) }

  @Test("an empty range") func noRange() throws {
    #expect(try verdict(indices: [0], count: 0) == .indexOutOfRange(index: 0, count: 0))
  }

  @Test("unsorted and repeated indices", arguments: [[3, 2], [2, 2]] as [[UInt64]])
  func unsorted(_ indices: [UInt64]) throws { #expect(try verdict(indices: indices) == .indicesNotAscending(at: 1)) }

  @Test("more leaves than indices, so that one would go unchecked")
  func unboundLeaf() throws {
    #expect(
      try verdict(indices: [2], leaves: [leaves[2], leaves[3]]) == .leavesNotMatchingIndices(leaves: 2, indices: 1))
  }

  @Test("a leaf count that positions cannot be computed for")
  func hugeCount() throws { #expect(try verdict(indices: [0], count: .max) == .leafCountOverLimit(count: .max)) }

  @Test("too many leaves")
  func tooMany() throws {
    let limit = LeafProof.maximumLeaves
    #expect(
      try verdict(indices: (0...UInt64(limit)).map { $0 }, count: 10_000)
        == .tooManyLeaves(count: limit + 1, limit: limit))
  }

  @Test("right peaks that were not bagged")
  func unbagged() throws {
    let good = try range.proof(of: [0])
    let items = Array(good.items.dropLast()) + (try range.peaks().dropFirst())
    #expect(try verdict(indices: [0], items: items) == .wrongItemCount(expected: 4, actual: 5))
  }

  @Test("a proof read for another size of the range")
  func otherSize() throws {
    var proof = try range.proof(of: [10])
    proof.leafCount = 13
    let root = try #require(try range.root())
    #expect(proof.verify(leaves: [leaves[10]], root: root) != .valid)
  }

  @Test("linear: bits beyond the items, bits of another place, surplus items")
  func linear() throws {
    let root = try #require(try range.root())
    let good = try #require(try range.proof(of: [5]).linear)
    var padded = good
    padded.order |= 1 << 40
    #expect(padded.verify(leaf: leaves[5], root: root) == .refused(.wrongOrder(order: padded.order)))
    #expect(
      good.verify(leaf: leaves[5], index: 6, leafCount: 11, root: root) == .refused(.wrongOrder(order: good.order)))
    #expect(
      good.verify(leaf: leaves[5], index: 10, leafCount: 11, root: root)
        == .refused(.wrongItemCount(expected: 2, actual: 4)))
    var long = good
    long.items += [H256](repeating: .zero, count: 65)
    #expect(
      long.verify(leaf: leaves[5], root: root) == .refused(.wrongItemCount(expected: 64, actual: long.items.count)))
    #expect(try range.proof(of: [1, 2]).linear == nil)
  }

  @Test("making proofs reports what is missing")
  func makingErrors() throws {
    #expect(throws: MountainError.leafCountOutOfRange(requested: 12, available: 11)) { try range.root(leafCount: 12) }
    #expect(throws: MountainError.unprovable(.indexOutOfRange(index: 4, count: 4))) {
      try range.proof(of: [4], leafCount: 4)
    }
    let holes = try MountainRange(nodes: Array(range.nodes.prefix(5)), leafCount: 11)
    #expect(throws: MountainError.missingNode(position: 14)) { try holes.root() }
    #expect(throws: MountainError.wrongPeakCount(expected: 3, actual: 1)) {
      try MountainAccumulator(leafCount: 7, peaks: [.zero])
    }
    #expect(try MountainRange().root() == nil)
  }

  @Test("descriptions name room, fact and numbers")
  func descriptions() {
    #expect(
      MerkleRefusal.indexOutOfRange(index: 7, count: 7).description == "merkle: leaf index 7 in a tree of 7 leaves")
    #expect(MountainError.missingNode(position: 9).description == "mmr: node 9 is missing")
  }
}

import Hashing
import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing

/// A node that a root commits to, and why it is none.
struct HostileNode: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let layout: TrieLayout
  let fault: NodeFault

  init(_ name: String, _ bytes: [UInt8], _ fault: NodeFault, layout: TrieLayout = .v1) {
    self.name = name
    self.bytes = bytes
    self.fault = fault
    self.layout = layout
  }

  var testDescription: String { name }

  static let all: [HostileNode] = [
    HostileNode("nothing", [], .encoding(.truncated(needed: 1, available: 0, offset: 0))),
    HostileNode("empty node with more bytes", [0, 0], .emptyNode),
    HostileNode("escape", [0x01, 0x40, 0x00], .unknownKind(byte: 0x01)),
    HostileNode("reserved kind", [0x0f, 0x00], .unknownKind(byte: 0x0f)),
    HostileNode("count without end", [0x7f], .encoding(.truncated(needed: 1, available: 0, offset: 1))),
    HostileNode(
      "count over the limit", [0x7f] + [UInt8](repeating: 255, count: 257), .partialKeyTooLong(maximum: 65_535)),
    HostileNode("partial key cut off", [0x44, 0x12], .encoding(.truncated(needed: 2, available: 1, offset: 1))),
    HostileNode("padding", [0x41, 0x12, 0x04, 0x00], .paddingNotZero),
    HostileNode("branch without children", [0x80, 0x00, 0x00], .noChildren),
    HostileNode(
      "value longer than the node", [0x40, 0x08, 0x00], .encoding(.lengthOverLimit(length: 2, limit: 1, offset: 1))),
    HostileNode("length in a longer form", [0x40, 0x01, 0x00], .encoding(.nonCanonicalCompact(offset: 1))),
    HostileNode(
      "length of 2^30", [0x40, 0x03, 0x00, 0x00, 0x00, 0x40],
      .encoding(.lengthOverLimit(length: 1 << 30, limit: 0, offset: 1))),
    HostileNode("hash of the value cut off", [0x20, 0x01], .encoding(.truncated(needed: 32, available: 1, offset: 1))),
    HostileNode("bytes after a leaf", [0x40, 0x04, 0x09, 0x09], .encoding(.trailingBytes(count: 1))),
    HostileNode("child of no bytes", [0x80, 0x01, 0x00, 0x00], .childLength(0)),
    HostileNode("child of 33 bytes", [0x80, 0x01, 0x00, 0x84] + [UInt8](repeating: 0, count: 33), .childLength(33)),
    HostileNode(
      "child cut off", [0x80, 0x01, 0x00, 0x80, 0x00], .encoding(.lengthOverLimit(length: 32, limit: 1, offset: 3))),
    HostileNode("hashed value in v0", [0x20] + [UInt8](repeating: 1, count: 32), .hashedValueInV0, layout: .v0),
  ]
}

@Suite("Hostile proofs") struct HostileNodeTests {
  @Test("a bad node that the root commits to is an error", arguments: HostileNode.all)
  func malformed(_ node: HostileNode) {
    let root = Hash.blake2b256(node.bytes)
    #expect(throws: TrieProofError.malformedNode(index: 0, node.fault)) {
      try StorageProof(nodes: [node.bytes]).answers(root: root, keys: [[]], layout: node.layout)
    }
    #expect(throws: TrieProofError.malformedNode(index: 0, node.fault)) {
      try StorageProof(nodes: [node.bytes]).keys(root: root, prefix: [], limit: 1, layout: node.layout)
    }
  }

  @Test("a bad node inside of another is an error")
  func malformedInline() {
    let node: [UInt8] = [0x80, 0x01, 0x00, 0x08, 0x40, 0x04]
    #expect(throws: TrieProofError.self) {
      try StorageProof(nodes: [node]).answers(root: Hash.blake2b256(node), keys: [[0x00]])
    }
  }

  @Test("a value at half a byte is an error when keys are listed")
  func oddDepth() {
    let node: [UInt8] = [0x41, 0x02, 0x04, 0x09]
    #expect(throws: TrieProofError.malformedNode(index: 0, .valueAtOddDepth)) {
      try StorageProof(nodes: [node]).keys(root: Hash.blake2b256(node), prefix: [], limit: 1)
    }
  }

  @Test("a path far deeper than any key ends with an error, not with the stack")
  func deepPath() throws {
    // Each node is a branch whose only child is the node before it.
    var nodes: [[UInt8]] = [[0x40, 0x04, 0x01]]
    for _ in 0..<20_000 {
      let child = nodes[nodes.count - 1]
      let reference = child.count < 32 ? child : Hash.blake2b256(child).bytes
      nodes.append([0x80, 0x01, 0x00, UInt8(reference.count << 2)] + reference)
    }
    let root = Hash.blake2b256(nodes[nodes.count - 1])
    let proof = StorageProof(nodes: nodes)
    #expect(throws: TrieProofError.self) { try proof.keys(root: root, prefix: [], limit: 1) }
    #expect(throws: TrieProofError.self) { try CompactProof(proof, root: root) }
    let key = [UInt8](repeating: 0, count: StateTrie.maximumKeyBytes)
    let answers = try proof.answers(root: root, keys: [key], strict: false)
    #expect(answers == [.absent])
    let compact = CompactProof(nodes: (0..<20_000).map { _ in [0x80, 0x01, 0x00, 0x00] } + [[0x40, 0x04, 0x01]])
    #expect(throws: TrieProofError.self) { try compact.expanded() }
  }

  @Test("a proof that unfolds without end stops at the limit")
  func unfolding() throws {
    // Sixteen children each, all the same node, eight levels deep: 2^32 keys from nine nodes.
    var nodes: [[UInt8]] = [[0x40, 0x80] + [UInt8](repeating: 1, count: 32)]
    for _ in 0..<8 {
      let hash = Hash.blake2b256(nodes[nodes.count - 1]).bytes
      nodes.append([0x80, 0xff, 0xff] + (0..<16).flatMap { _ in [0x80] + hash })
    }
    let root = Hash.blake2b256(nodes[nodes.count - 1])
    let keys = try StorageProof(nodes: nodes).keys(root: root, prefix: [], limit: 100)
    #expect(keys.keys.count == 100 && keys.end == .limit)
    #expect(throws: TrieProofError.self) { try CompactProof(StorageProof(nodes: nodes), root: root) }
  }

  @Test("random and damaged bytes are refused or answered, never more", arguments: 0..<40 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let sample = ProofCase(seed: seed, rows: 30)
    for _ in 0..<300 {
      var nodes = sample.proof.nodes
      let victim = Int.random(in: 0..<nodes.count, using: &random)
      if random.chance(1, in: 3) { nodes[victim] = random.bytes(Int.random(in: 0...60, using: &random)) }
      for _ in 0..<Int.random(in: 0...3, using: &random) where !nodes[victim].isEmpty {
        let at = nodes[victim].indices.randomElement(using: &random) ?? 0
        nodes[victim][at] = UInt8.random(in: 0...255, using: &random)
      }
      if random.chance(1, in: 4) { nodes[victim] = Array(nodes[victim].prefix(Int.random(in: 0...80, using: &random))) }
      // The damaged node is made the root, so that its bytes are really read.
      let root = Hash.blake2b256(nodes[victim])
      let proof = StorageProof(nodes: nodes)
      _ = try? proof.answers(root: root, keys: sample.keys, strict: random.chance(1, in: 2))
      _ = try? proof.keys(root: root, prefix: [], limit: 50)
      if let compact = try? CompactProof(proof, root: root) {
        #expect((try? compact.expanded())?.root == root, "seed \(seed)")
      }
      _ = try? CompactProof(nodes: nodes).expanded()
      _ = try? StorageProof(scale: random.bytes(20))
    }
  }
}

import Hashing
import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing

struct CompactVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let stateRoot: HexBytes
  let compactNodes: [HexBytes]
  let fullNodes: [HexBytes]

  struct File: Decodable { let cases: [CompactVector] }
  static let all = readVectors("compact-proof/compact.json", as: File.self).cases

  var testDescription: String { name }
}

struct StateSyncVector: Decodable, Sendable {
  struct Sample: Decodable, Sendable {
    let key: HexBytes
    let valueLen: Int
    let valueBlake2256: HexBytes
  }
  let entries: Int
  let root: HexBytes
  let samples: [Sample]
}

@Suite("Compact proofs") struct CompactProofTests {
  @Test("expanding and compacting", arguments: CompactVector.all)
  func vectors(_ vector: CompactVector) throws {
    let root = try #require(H256(vector.stateRoot.bytes))
    let compact = CompactProof(nodes: vector.compactNodes.map(\.bytes))
    let (found, proof) = try compact.expanded()
    #expect(found == root)
    #expect(Set(proof.nodes) == Set(vector.fullNodes.map(\.bytes)))
    #expect(Set(proof.nodes).count == proof.nodes.count)
    let full = StorageProof(nodes: vector.fullNodes.map(\.bytes))
    #expect(try CompactProof(full, root: root) == compact)
  }

  @Test("a recorded state sync answer")
  func stateSync() throws {
    let facts = readVectors("compact-proof/asset_hub_state_sync.json", as: StateSyncVector.self)
    let bytes = Fixture.bytes("compact-proof/asset_hub_state_sync.scale")
    let compact = try CompactProof(decoding: bytes)
    #expect(compact.nodes.count == facts.entries)
    let (root, proof) = try compact.expanded()
    #expect(root.bytes == facts.root.bytes)
    let answers = try proof.answers(root: root, keys: facts.samples.map(\.key.bytes), strict: false)
    for (answer, sample) in zip(answers, facts.samples) {
      guard case .value(let value) = answer else {
        Issue.record("no value for \(Hex.encode(sample.key.bytes))")
        continue
      }
      #expect(value.count == sample.valueLen)
      #expect(Hash.blake2b256(value).bytes == sample.valueBlake2256.bytes)
    }
  }

  @Test("a compacted proof expands to the same answers", arguments: 0..<40 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    let sample = ProofCase(seed: seed)
    let compact = try CompactProof(sample.proof, root: sample.trie.root())
    let (root, proof) = try compact.expanded()
    #expect(root == sample.trie.root(), "seed \(seed)")
    #expect(try sample.answers(proof, strict: true) == sample.truth, "seed \(seed)")
    #expect(compact.encoded().count <= sample.proof.encoded().count + sample.proof.nodes.count, "seed \(seed)")
  }

  @Test("no changed byte keeps the root", arguments: 0..<6 as Range<UInt64>)
  func flippedBytes(seed: UInt64) throws {
    let sample = ProofCase(seed: seed, rows: 30, questions: 3)
    let compact = try CompactProof(sample.proof, root: sample.trie.root())
    for node in compact.nodes.indices {
      for byte in compact.nodes[node].indices {
        var changed = compact
        changed.nodes[node][byte] ^= 1 << UInt8(byte % 8)
        #expect((try? changed.expanded())?.root != sample.trie.root(), "seed \(seed), node \(node), byte \(byte)")
      }
    }
  }

  @Test("missing, surplus and malformed items")
  func refusals() throws {
    let trie = StateTrie(entries: [(key: [1], value: [UInt8](repeating: 1, count: 40)), (key: [2], value: [2])])
    let compact = try CompactProof(StorageProof(nodes: trie.proof(for: [[1]])), root: trie.root())
    let count = compact.nodes.count
    #expect(throws: TrieProofError.compactEnded(index: count - 1)) {
      try CompactProof(nodes: Array(compact.nodes.dropLast())).expanded()
    }
    #expect(throws: TrieProofError.compactSurplus(index: count)) {
      try CompactProof(nodes: compact.nodes + [[0x40, 0x00]]).expanded()
    }
    #expect(throws: TrieProofError.compactEnded(index: 0)) { try CompactProof(nodes: []).expanded() }
    #expect(throws: TrieProofError.malformedNode(index: 0, .escapeWithoutValue)) {
      try CompactProof(nodes: [[0x01, 0x40, 0x04, 0x07], [1]]).expanded()
    }
    #expect(throws: TrieProofError.rootMissing) { try CompactProof(StorageProof(nodes: [[1]]), root: .zero) }
    #expect(try CompactProof(nodes: [[0]]).expanded().root == StateTrie.emptyRoot)
    #expect(try CompactProof(StorageProof(nodes: [[0]]), root: StateTrie.emptyRoot).nodes == [[0]])
  }
}

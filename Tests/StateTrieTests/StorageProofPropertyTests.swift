import Hashing
import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing

/// A random trie, keys to ask for, and their true answers.
struct ProofCase {
  let trie: StateTrie
  let keys: [[UInt8]]
  let layout: TrieLayout
  let proof: StorageProof

  init(seed: UInt64, rows: Int = 120, questions: Int = 6) {
    var random = SeededRandom(seed: seed)
    layout = seed.isMultiple(of: 2) ? .v1 : .v0
    var model = TrieModel()
    model.apply(model.randomChanges(rows, &random))
    model.apply(
      (0..<rows).map { _ in (key: random.bytes(8), value: random.bytes(Int.random(in: 0...80, using: &random))) })
    trie = StateTrie(layout: layout, entries: model.sorted)
    let present = model.sorted.map(\.key)
    keys = (0..<questions).map { _ in
      random.chance(1, in: 2) ? present.randomElement(using: &random) ?? [] : model.randomKey(&random)
    }
    proof = StorageProof(nodes: trie.proof(for: keys))
  }

  var truth: [ProofAnswer] { keys.map { key in trie.value(for: key).map { .value($0) } ?? .absent } }

  func answers(_ proof: StorageProof, strict: Bool) throws(TrieProofError) -> [ProofAnswer] {
    try proof.answers(root: trie.root(), keys: keys, layout: layout, strict: strict)
  }
}

@Suite("Storage proofs") struct StorageProofPropertyTests {
  @Test("a proof gives the true answers and holds nothing else", arguments: 0..<60 as Range<UInt64>)
  func verifies(seed: UInt64) throws {
    let sample = ProofCase(seed: seed)
    #expect(try sample.answers(sample.proof, strict: true) == sample.truth, "seed \(seed)")
    var random = SeededRandom(seed: seed)
    let shuffled = StorageProof(nodes: sample.proof.nodes.shuffled(using: &random))
    #expect(try sample.answers(shuffled, strict: true) == sample.truth, "seed \(seed)")
    #expect(try StorageProof(scale: sample.proof.encoded()) == sample.proof)
  }

  @Test("no changed byte leads to a wrong answer", arguments: 0..<12 as Range<UInt64>)
  func flippedBytes(seed: UInt64) {
    let sample = ProofCase(seed: seed, rows: 40, questions: 3)
    let truth = sample.truth
    var random = SeededRandom(seed: seed)
    for node in sample.proof.nodes.indices {
      for byte in sample.proof.nodes[node].indices {
        var changed = sample.proof
        changed.nodes[node][byte] ^= UInt8.random(in: 1...255, using: &random)
        guard let answers = try? sample.answers(changed, strict: false) else { continue }
        let isHonest = zip(answers, truth).allSatisfy { $0 == $1 || $0 == .incomplete }
        #expect(isHonest, "seed \(seed), node \(node), byte \(byte)")
        #expect(answers.contains(.incomplete), "seed \(seed), node \(node), byte \(byte)")
        #expect((try? sample.answers(changed, strict: true)) == nil, "seed \(seed), node \(node), byte \(byte)")
      }
    }
  }

  @Test("without a node some answer is incomplete and none is wrong", arguments: 0..<30 as Range<UInt64>)
  func droppedNodes(seed: UInt64) throws {
    let sample = ProofCase(seed: seed)
    for node in sample.proof.nodes.indices {
      var fewer = sample.proof
      fewer.nodes.remove(at: node)
      let answers = try sample.answers(fewer, strict: false)
      #expect(answers.contains(.incomplete), "seed \(seed), node \(node)")
      #expect(zip(answers, sample.truth).allSatisfy { $0 == $1 || $0 == .incomplete }, "seed \(seed), node \(node)")
    }
  }

  @Test("strict verification refuses surplus and doubled nodes", arguments: 0..<20 as Range<UInt64>)
  func surplus(seed: UInt64) throws {
    let sample = ProofCase(seed: seed)
    var random = SeededRandom(seed: seed)
    for extra in [[], [0], [1, 2, 3], random.bytes(40)] as [[UInt8]] where !sample.proof.nodes.contains(extra) {
      let at = Int.random(in: 0...sample.proof.nodes.count, using: &random)
      var more = sample.proof
      more.nodes.insert(extra, at: at)
      #expect(throws: TrieProofError.surplusNode(index: at)) { try sample.answers(more, strict: true) }
      #expect(try sample.answers(more, strict: false) == sample.truth, "seed \(seed)")
    }
    var doubled = sample.proof
    doubled.nodes.append(sample.proof.nodes[0])
    #expect(throws: TrieProofError.duplicateNode(index: doubled.nodes.count - 1)) {
      try sample.answers(doubled, strict: true)
    }
    #expect(try sample.answers(doubled, strict: false) == sample.truth, "seed \(seed)")
  }

  @Test("another root makes every answer incomplete")
  func wrongRoot() throws {
    let sample = ProofCase(seed: 3)
    let answers = try sample.proof.answers(root: .zero, keys: sample.keys, strict: false)
    #expect(answers.allSatisfy { $0 == .incomplete })
  }

  @Test("the empty trie proves that keys are absent")
  func emptyTrie() throws {
    let proof = StorageProof(nodes: StateTrie().proof(for: [[1], []]))
    #expect(proof.nodes == [[0]])
    #expect(try proof.answers(root: StateTrie.emptyRoot, keys: [[1], []]) == [.absent, .absent])
    #expect(try StorageProof(nodes: []).answers(root: StateTrie.emptyRoot, keys: [[1]]) == [.incomplete])
    #expect(try proof.keys(root: StateTrie.emptyRoot, prefix: [], limit: 5) == ProvenKeys(keys: [], end: .complete))
  }

  @Test("a value stored beside its node may look like a node")
  func valueThatLooksLikeANode() throws {
    let inner = StateTrie(layout: .v0, entries: [(key: [9], value: [UInt8](repeating: 1, count: 40))])
    let value = inner.proof(for: [[9]])[0]
    let trie = StateTrie(layout: .v1, entries: [(key: [5], value: value), (key: [6], value: [0])])
    let proof = StorageProof(nodes: trie.proof(for: [[5]]))
    #expect(try proof.answers(root: trie.root(), keys: [[5]]) == [.value(value)])
  }

  @Test("shared subtrees stand in a proof once")
  func sharedSubtrees() throws {
    let value = [UInt8](repeating: 3, count: 90)
    let rows = [0x00, 0x01, 0x10, 0x11].map { (key: [$0 as UInt8], value: value) }
    for layout in [TrieLayout.v0, .v1] {
      let trie = StateTrie(layout: layout, entries: rows)
      let proof = StorageProof(nodes: trie.proof(for: rows.map(\.key)))
      #expect(Set(proof.nodes).count == proof.nodes.count)
      let answers = try proof.answers(root: trie.root(), keys: rows.map(\.key), layout: layout)
      #expect(answers.allSatisfy { $0 == .value(value) })
    }
  }

  @Test("keys under a prefix are listed without a gap", arguments: 0..<30 as Range<UInt64>)
  func provenKeys(seed: UInt64) throws {
    let sample = ProofCase(seed: seed)
    let root = sample.trie.root()
    var random = SeededRandom(seed: seed)
    let prefix = Array((sample.keys.randomElement(using: &random) ?? []).prefix(Int(seed % 4)))
    let proof = StorageProof(nodes: sample.trie.proof(ofKeysUnder: prefix))
    let all = sample.trie.keys(prefix: prefix)
    #expect(
      try proof.keys(root: root, prefix: prefix, limit: .max, layout: sample.layout, strict: true)
        == ProvenKeys(keys: all, end: .complete), "seed \(seed)")
    let after = sample.keys[0]
    let page = try proof.keys(root: root, prefix: prefix, after: after, limit: 3, layout: sample.layout)
    #expect(page.keys == sample.trie.keys(prefix: prefix, after: after, limit: 3), "seed \(seed)")
    for node in proof.nodes.indices {
      var fewer = proof
      fewer.nodes.remove(at: node)
      let part = try fewer.keys(root: root, prefix: prefix, limit: .max, layout: sample.layout)
      #expect(part.end == .incomplete && all.starts(with: part.keys), "seed \(seed), node \(node)")
    }
  }

  @Test("limits on what is looked at")
  func limits() throws {
    let proof = StorageProof(nodes: [[1], [2, 3]])
    let few = StorageProof.Limits(nodes: 1, bytes: 100)
    let small = StorageProof.Limits(nodes: 10, bytes: 2)
    #expect(throws: TrieProofError.encoding(.lengthOverLimit(length: 2, limit: 1, offset: 0))) {
      try StorageProof(scale: proof.encoded(), limits: few)
    }
    #expect(throws: TrieProofError.tooManyNodes(count: 2, maximum: 1)) {
      try proof.answers(root: .zero, keys: [], limits: few)
    }
    #expect(throws: TrieProofError.tooManyBytes(count: 3, maximum: 2)) {
      try proof.answers(root: .zero, keys: [], limits: small)
    }
    let long = [UInt8](repeating: 0, count: StateTrie.maximumKeyBytes + 1)
    #expect(throws: TrieProofError.keyTooLong(bytes: long.count, maximum: StateTrie.maximumKeyBytes)) {
      try proof.answers(root: .zero, keys: [long], strict: false)
    }
    #expect(StateTrie(entries: [(key: [1], value: [1])]).value(for: long) == nil)
  }
}

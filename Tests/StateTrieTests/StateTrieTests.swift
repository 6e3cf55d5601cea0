import Primitives
import StateTrie
import TestKit
import Testing

/// A map that a trie is compared with.
struct TrieModel {
  var rows: [[UInt8]: [UInt8]] = [:]

  var sorted: [(key: [UInt8], value: [UInt8])] {
    rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (key: $0.key, value: $0.value) }
  }

  mutating func apply(_ changes: [StateTrie.Change]) {
    for change in changes { rows[change.key] = change.value }
  }

  /// A key that is short enough to collide, to be a prefix of others, or to be there already.
  func randomKey(_ random: inout SeededRandom) -> [UInt8] {
    if random.chance(1, in: 3), let key = sorted.randomElement(using: &random)?.key {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return Array(key.dropLast())
      case 1: return key + random.bytes(1)
      default: return key
      }
    }
    let alphabet: [UInt8] = [0x00, 0x01, 0x10, 0x11, 0x1f, 0xf0]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
  }

  func randomChanges(_ count: Int, _ random: inout SeededRandom) -> [StateTrie.Change] {
    (0..<count).map { _ in
      let lengths = [0, 1, 31, 32, 33, 34, 70]
      let value = random.chance(2, in: 5) ? nil : random.bytes(lengths.randomElement(using: &random) ?? 0)
      return (key: randomKey(&random), value: value)
    }
  }
}

@Suite("State trie") struct StateTrieTests {
  @Test("random batches agree with a map built from scratch", arguments: 0..<40 as Range<UInt64>)
  func batches(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let layout: TrieLayout = seed.isMultiple(of: 2) ? .v0 : .v1
    var trie = StateTrie(layout: layout)
    var model = TrieModel()
    for step in 0..<40 {
      let changes = model.randomChanges(Int.random(in: 1...30, using: &random), &random)
      trie.apply(changes: changes)
      model.apply(changes)
      #expect(trie.root() == StateTrie(layout: layout, entries: model.sorted).root(), "seed \(seed), step \(step)")
      #expect(trie.entries().map(\.key) == model.sorted.map(\.key), "seed \(seed), step \(step)")
      #expect(trie.entries().map(\.value) == model.sorted.map(\.value), "seed \(seed), step \(step)")
    }
  }

  @Test("snapshots stay as they were", arguments: 100..<110 as Range<UInt64>)
  func snapshots(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var trie = StateTrie()
    var model = TrieModel()
    var kept: [(trie: StateTrie, root: H256, model: TrieModel)] = []
    for _ in 0..<30 {
      kept.append((trie, trie.root(), model))
      let changes = model.randomChanges(20, &random)
      trie.apply(changes: changes)
      model.apply(changes)
    }
    for (index, old) in kept.enumerated() {
      #expect(old.trie.root() == old.root, "seed \(seed), snapshot \(index)")
      #expect(old.trie.entries().map(\.value) == old.model.sorted.map(\.value), "seed \(seed), snapshot \(index)")
      #expect(StateTrie(entries: old.trie.entries()).root() == old.root, "seed \(seed), snapshot \(index)")
    }
  }

  @Test("a large batch on many threads gives the root of small ones", arguments: [1, 2] as [UInt64])
  func parallel(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let prefix = random.bytes(32)
    let rows = (0..<6000).map { _ in (key: prefix + random.bytes(16), value: random.bytes(40)) }
    let large = StateTrie(entries: rows)
    var small = StateTrie()
    for start in stride(from: 0, to: rows.count, by: 500) {
      small.apply(changes: rows[start..<start + 500].map { (key: $0.key, value: $0.value) })
    }
    #expect(large.root() == small.root(), "seed \(seed)")
    var emptied = large
    emptied.apply(changes: rows.dropFirst().map { (key: $0.key, value: nil) })
    #expect(emptied.root() == StateTrie(entries: rows.prefix(1)).root(), "seed \(seed)")
  }

  @Test("listing keys by prefix, from a key and in pages", arguments: 200..<220 as Range<UInt64>)
  func listing(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var model = TrieModel()
    model.apply(model.randomChanges(20, &random))
    model.apply(model.randomChanges(200, &random))
    let trie = StateTrie(entries: model.sorted)
    for _ in 0..<100 {
      let prefix = Array(model.randomKey(&random).prefix(2))
      let after = random.chance(1, in: 4) ? nil : model.randomKey(&random)
      let limit = Int.random(in: 0...20, using: &random)
      let expected = model.sorted.map(\.key).filter { key in
        key.starts(with: prefix) && after.map { $0.lexicographicallyPrecedes(key) } ?? true
      }
      #expect(trie.keys(prefix: prefix, after: after, limit: limit) == Array(expected.prefix(limit)), "seed \(seed)")
      #expect(trie.nextKey(after: after ?? [], prefix: prefix) == expected.first { !$0.isEmpty }, "seed \(seed)")
    }
  }

  @Test("the last of several changes to one key counts, whatever their order")
  func lastChangeCounts() {
    var trie = StateTrie()
    trie.apply(changes: [([2], [1]), ([1], [9]), ([2], nil), ([1], [3])])
    #expect(trie.entries().map(\.key) == [[1]])
    #expect(trie.value(for: [1]) == [3])
  }

  @Test("changes without effect keep the root, removing everything gives the empty root")
  func noEffect() {
    var random = SeededRandom(seed: 5)
    var trie = StateTrie(entries: (0..<100).map { _ in (key: random.bytes(4), value: random.bytes(40)) })
    let root = trie.root()
    trie.apply(changes: trie.entries().map { (key: $0.key, value: $0.value) })
    trie.apply(changes: trie.keys().map { (key: $0 + [0], value: nil) })
    #expect(trie.root() == root)
    trie.apply(changes: trie.keys().map { (key: $0, value: nil) })
    #expect(trie.isEmpty)
    #expect(trie.root() == StateTrie.emptyRoot)
    #expect(trie.keys().isEmpty)
    #expect(trie.value(for: []) == nil)
  }

  @Test("a value keeps the layout in which it was written until it is written again")
  func mixedLayouts() throws {
    let long = [UInt8](repeating: 7, count: 50)
    let rows = [(key: [UInt8]([1]), value: long), (key: [2], value: long), (key: [3], value: long)]
    var trie = StateTrie(layout: .v0, entries: rows)
    let oldRoot = trie.root()
    trie.layout = .v1
    #expect(trie.root() == oldRoot)
    trie.insert(long, for: [2])
    #expect(trie.root() != oldRoot)
    #expect(trie.root() != StateTrie(layout: .v1, entries: rows).root())
    let proof = StorageProof(nodes: trie.proof(for: [[1], [2]]))
    let answers = try proof.answers(root: trie.root(), keys: [[1], [2]], layout: .v1)
    #expect(answers == [.value(long), .value(long)])
    trie.apply(changes: rows.map { (key: $0.key, value: $0.value) })
    #expect(trie.root() == StateTrie(layout: .v1, entries: rows).root())
  }
}

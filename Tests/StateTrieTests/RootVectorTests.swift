import Hashing
import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing

struct RootVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let entries: [[HexBytes]]
  let rootV0: HexBytes
  let rootV1: HexBytes

  struct File: Decodable { let cases: [RootVector] }
  static let all = readVectors("trie-own/roots.json", as: File.self).cases

  var testDescription: String { name }
  var rows: [(key: [UInt8], value: [UInt8])] { entries.map { (key: $0[0].bytes, value: $0[1].bytes) } }
  func root(_ layout: TrieLayout) -> [UInt8] { layout == .v0 ? rootV0.bytes : rootV1.bytes }
}

struct OrderedVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let values: [HexBytes]
  let rootV0: HexBytes
  let rootV1: HexBytes

  struct File: Decodable { let cases: [OrderedVector] }
  static let all = readVectors("trie-own/ordered.json", as: File.self).cases

  var testDescription: String { name }
}

struct GenesisState: Decodable, Sendable {
  let stateVersion: UInt8
  let stateRoot: HexBytes
  let genesisHeader: HexBytes
  let genesisHash: HexBytes
  let rootIfBuiltWithOtherStateVersion: HexBytes?

  static func rows(_ chain: String) throws -> [(key: [UInt8], value: [UInt8])] {
    let bytes = Fixture.bytes("genesis-state/\(chain).scale")
    var reader = ScaleReader(bytes.span.bytes)
    var rows: [(key: [UInt8], value: [UInt8])] = []
    for _ in 0..<(try reader.readLength()) {
      rows.append((key: try reader.readByteVector(), value: try reader.readByteVector()))
    }
    try reader.finish()
    return rows
  }
}

struct WestendBlock: Decodable, Sendable {
  struct Header: Decodable, Sendable { let extrinsicsRoot: HexBytes }
  let number: Int
  let header: Header
  let extrinsics: [HexBytes]
  struct File: Decodable { let cases: [WestendBlock] }
}

@Suite("Trie roots") struct RootVectorTests {
  @Test("a batch, single insertions and any order give the same root", arguments: RootVector.all)
  func roots(_ vector: RootVector) {
    for layout in [TrieLayout.v0, .v1] {
      #expect(StateTrie(layout: layout, entries: vector.rows).root().bytes == vector.root(layout))
      var random = SeededRandom(seed: 7)
      var trie = StateTrie(layout: layout)
      for row in vector.rows.shuffled(using: &random) { trie.insert(row.value, for: row.key) }
      #expect(trie.root().bytes == vector.root(layout))
      #expect(vector.rows.allSatisfy { trie.value(for: $0.key) == $0.value })
    }
  }

  @Test("removing other keys again leads back to the root", arguments: RootVector.all)
  func removals(_ vector: RootVector) {
    var random = SeededRandom(seed: 11)
    var trie = StateTrie(layout: .v1, entries: vector.rows)
    let present = Set(vector.rows.map(\.key))
    let others = (0..<50).map { _ in random.bytes(Int.random(in: 0...4, using: &random)) }
      .filter { !present.contains($0) }
    trie.apply(changes: others.map { (key: $0, value: [1, 2, 3]) })
    for key in others.shuffled(using: &random) { trie.remove(key) }
    #expect(trie.root().bytes == vector.rootV1.bytes)
  }

  @Test("ordered tries", arguments: OrderedVector.all)
  func ordered(_ vector: OrderedVector) {
    #expect(orderedTrieRoot(vector.values.map(\.bytes), layout: .v0).bytes == vector.rootV0.bytes)
    #expect(orderedTrieRoot(vector.values.map(\.bytes), layout: .v1).bytes == vector.rootV1.bytes)
  }

  @Test("genesis states of public chains", arguments: ["westend", "kusama", "coretime-polkadot"])
  func genesis(chain: String) throws {
    let facts = readVectors("genesis-state/\(chain).json", as: GenesisState.self)
    let layout = try #require(TrieLayout(rawValue: facts.stateVersion))
    let rows = try GenesisState.rows(chain)
    let trie = StateTrie(layout: layout, entries: rows)
    #expect(trie.root().bytes == facts.stateRoot.bytes)
    // The header holds parent (32 bytes), number (1 byte for 0) and then the state root.
    #expect(Array(facts.genesisHeader.bytes[33..<65]) == trie.root().bytes)
    #expect(Hash.blake2b256(facts.genesisHeader.bytes).bytes == facts.genesisHash.bytes)
    #expect(trie.keys() == rows.map(\.key))
    if let other = facts.rootIfBuiltWithOtherStateVersion {
      #expect(StateTrie(layout: layout == .v0 ? .v1 : .v0, entries: rows).root().bytes == other.bytes)
    }
  }

  @Test("extrinsics roots of Westend blocks")
  func extrinsicsRoots() {
    let blocks = readVectors("blocks/westend_blocks.json", as: WestendBlock.File.self).cases
    #expect(blocks.count == 169)
    for block in blocks {
      let root = orderedTrieRoot(block.extrinsics.map(\.bytes), layout: .v0)
      #expect(root.bytes == block.header.extrinsicsRoot.bytes, "block \(block.number)")
    }
  }
}

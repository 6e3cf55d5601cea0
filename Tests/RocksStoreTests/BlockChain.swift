import Hashing
import KeyValueStore
import Primitives
import RocksStore
import StateTrie
import TestKit

/// A block whose every byte follows from a seed, its number and its predecessors.
struct TestBlock {
  var number: UInt32
  var body: [UInt8]
  var justification: [UInt8]
  /// New values in key order, one for each key; `nil` removes the row.
  var changes: [(key: [UInt8], value: [UInt8]?)]

  init(number: UInt32, seed: UInt64) {
    var random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9e37_79b9)
    self.number = number
    let length = Int.random(in: TestBlock.isLarge(number) ? 1_000_000...4_000_000 : 0...3000, using: &random)
    let pattern = random.bytes(997)
    var body: [UInt8] = []
    while body.count < length { body += pattern }
    self.body = Array(body.prefix(length))
    justification = random.bytes(Int.random(in: 100...500, using: &random))
    var changes: [[UInt8]: [UInt8]?] = [:]
    for _ in 0..<Int.random(in: 1...60, using: &random) {
      let key = Hash.twox128(random.bytes(1)) + random.bytes(1).map { $0 & 3 }
      changes[key] = .some(random.chance(1, in: 4) ? nil : random.bytes(Int.random(in: 0...80, using: &random)))
    }
    self.changes = changes.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
  }

  /// Says whether the body takes many writes to reach the log, so that a kill can cut it in two.
  static func isLarge(_ number: UInt32) -> Bool { number.isMultiple(of: 6) }

  /// Number, parent's hash, state root and hash of the body.
  func header(parent: H256, stateRoot: H256) -> [UInt8] {
    BlockChain.key(number) + parent.bytes + stateRoot.bytes + Hash.blake2b256(body).bytes
  }
}

/// A chain of test blocks on disk: what the crash test's child writes and its parent checks.
struct BlockChain {
  static let headers = Column("headers")
  static let bodies = Column("bodies")
  static let justifications = Column("justifications")
  static let state = Column("state")
  static let reverts = Column("reverts")
  static let bestKey = bytes("best")

  let store: RocksStore
  private let seed: UInt64
  private(set) var best: UInt32
  private var bestHash: H256
  /// The state as the trie hashes it; nothing of it is on disk.
  private var trie: StateTrie

  /// Opens the chain and rebuilds the trie from the flat state.
  init(path: String, seed: UInt64) throws {
    let columns = [
      ColumnSettings(BlockChain.headers), ColumnSettings(BlockChain.bodies, access: .range, isCompressed: true),
      ColumnSettings(BlockChain.justifications, access: .range), ColumnSettings(BlockChain.state),
      ColumnSettings(BlockChain.reverts, access: .range, isCompressed: true),
    ]
    // Small buffers, so that flushes, new logs and compactions happen between the kills.
    let settings = RocksSettings(
      formatVersion: 1, cacheBytes: 4 << 20, writeBufferBytes: 256 << 10, totalWriteBufferBytes: 1 << 20,
      totalLogBytes: 2 << 20)
    store = try RocksStore(path: path, columns: columns, settings: settings)
    self.seed = seed
    let stored = try store.get(BlockChain.bestKey, in: RocksStore.metaColumn)
    best = stored.map { BlockChain.number($0) } ?? 0
    bestHash = stored.flatMap { H256(Array($0[4...])) } ?? .zero
    let rows = try BlockChain.rows(of: BlockChain.state, in: store)
    trie = StateTrie(layout: .v1, entries: rows.map { (key: $0.key, value: $0.value) })
  }

  /// Builds the next block and commits it in one synced batch.
  /// - Parameter announce: Called with the block's number when it is built and only the commit is left.
  /// - Returns: Its number.
  mutating func commitNext(announce: (UInt32) -> Void) throws -> UInt32 {
    let block = TestBlock(number: best + 1, seed: seed)
    trie.apply(changes: block.changes.map { (key: $0.key, value: $0.value) })
    let header = block.header(parent: bestHash, stateRoot: trie.root())
    let key = BlockChain.key(block.number)
    var batch = WriteBatch()
    batch.put(key, header, in: BlockChain.headers)
    batch.put(key, block.body, in: BlockChain.bodies)
    batch.put(key, block.justification, in: BlockChain.justifications)
    var revert: [UInt8] = []
    for change in block.changes {
      let old = try store.get(change.key, in: BlockChain.state)
      revert += BlockChain.field(change.key) + (old.map { [1] + BlockChain.field($0) } ?? [0])
      if let value = change.value {
        batch.put(change.key, value, in: BlockChain.state)
      } else {
        batch.delete(change.key, in: BlockChain.state)
      }
    }
    batch.put(key, revert, in: BlockChain.reverts)
    bestHash = Hash.blake2b256(header)
    batch.put(BlockChain.bestKey, key + bestHash.bytes, in: RocksStore.metaColumn)
    announce(block.number)
    try store.commit(batch, sync: true)
    best = block.number
    return best
  }

  /// The root of the state that is on disk.
  func stateRoot() -> H256 { trie.root() }

  /// All rows of a column, read page by page.
  static func rows(of column: Column, in store: RocksStore) throws(StoreError) -> [Entry] {
    var rows: [Entry] = []
    var start = Scan.Start.edge
    while true {
      let page = try store.entries(in: column, Scan(from: start, limit: 100))
      rows += page
      guard page.count == 100, let last = page.last else { return rows }
      start = .after(last.key)
    }
  }

  /// Rows as they were before a block, by its reverse diff.
  static func reverting(_ diff: [UInt8], in state: [[UInt8]: [UInt8]]) throws -> [[UInt8]: [UInt8]] {
    var state = state
    var rest = diff[...]
    while !rest.isEmpty {
      let key = takeField(&rest)
      state[key] = rest.removeFirst() == 1 ? takeField(&rest) : nil
    }
    return state
  }

  /// Block numbers as keys: big-endian, so that they are in order.
  static func key(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

  static func number(_ key: [UInt8]) -> UInt32 { key.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

  private static func field(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }

  private static func takeField(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
    let count = Int(bytes.removeFirst())
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}

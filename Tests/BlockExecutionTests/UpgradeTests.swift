import BlockExecution
import EchoRuntime
import KeyValueStore
import PalletSystem
import Primitives
import TestKit
import Testing

/// A store that fails at one commit and at all after it, as if the process had died there.
private final class DyingStore: KeyValueStore {
  let inner: MemoryStore
  private let left: Counter

  /// Counts down under the one thread that makes blocks.
  private final class Counter: @unchecked Sendable {
    var value: Int
    init(_ value: Int) { self.value = value }
  }

  init(_ inner: MemoryStore, commits: Int) {
    self.inner = inner
    left = Counter(commits)
  }

  var columns: [Column] { inner.columns }
  func get(_ key: [UInt8], in column: Column) throws(StoreError) -> [UInt8]? { try inner.get(key, in: column) }
  func entries(in column: Column, _ scan: Scan) throws(StoreError) -> [Entry] { try inner.entries(in: column, scan) }
  func commit(_ batch: WriteBatch, sync: Bool) throws(StoreError) {
    guard left.value > 0 else { throw .inputOutput(reason: "dead") }
    left.value -= 1
    try inner.commit(batch, sync: sync)
  }
  func close() throws(StoreError) {}
}

/// A copy of a database as versions before the history left it.
private func before(_ store: any KeyValueStore) throws -> MemoryStore {
  let old = MemoryStore(columns: ChainColumn.all)
  let newer = [ChainColumn.history, ChainColumn.born, ChainColumn.span, ChainColumn.runtime]
  for column in ChainColumn.all where !newer.contains(column) {
    var scan = Scan(limit: 1000)
    while true {
      let page = try store.entries(in: column, scan)
      var batch = WriteBatch()
      for entry in page where entry.key != Array("history".utf8) {
        batch.put(entry.key, entry.value, in: column)
        if column == ChainColumn.diff { batch.put(entry.key, [0], in: ChainColumn.reverse) }
      }
      try old.commit(batch, sync: false)
      guard let last = page.last, page.count == scan.limit else { break }
      scan.start = .after(last.key)
    }
  }
  return old
}

private func contents(_ store: any KeyValueStore) throws -> [Column: [Entry]] {
  var contents: [Column: [Entry]] = [:]
  for column in ChainColumn.all {
    var scan = Scan(limit: Scan.maximumLimit)
    while true {
      let page = try store.entries(in: column, scan)
      contents[column, default: []] += page
      guard let last = page.last, page.count == scan.limit else { break }
      scan.start = .after(last.key)
    }
  }
  return contents
}

@Suite("Databases of older versions") struct UpgradeTests {
  @Test("the history is made from the diffs, equal to one that was kept all along, however often that is cut short") func upgrade() throws {
    var random = SeededRandom(seed: 6)
    var growing = try GrowingChain()
    growing.recorded = [0, 1, 50, 100, 2599]
    try growing.growAtRandom(blocks: 100, &random)
    for _ in 0..<2500 { try growing.grow() }
    let expected = try contents(growing.store)
    let old = try before(growing.store)
    #expect(try rows(old, ChainColumn.reverse).count == 2600)
    // Each opening gets one commit further.
    var openings = 0
    while (try? Chain(store: DyingStore(old, commits: 1), spec: GrowingChain.spec)) == nil {
      openings += 1
      try #require(openings < 20)
    }
    #expect(openings >= 2, "the upgrade takes more than one batch")
    var steps: [OpeningStep] = []
    let chain = try Chain(store: old, spec: GrowingChain.spec) { steps.append($0) }
    #expect(try contents(old) == expected)
    #expect(!steps.contains { if case .indexingHistory = $0 { true } else { false } }, "it is made once")
    for number in [0, 1, 50, 100, 2599] {
      let state = try #require(try chain.state(at: BlockNumber(number)))
      for (key, value) in growing.states[number] { #expect(state.value(for: key) == value) }
    }
  }

  @Test("a history of a later version is refused") func later() throws {
    var growing = try GrowingChain()
    try growing.grow()
    var batch = WriteBatch()
    batch.put(Array("history".utf8), [2], in: ChainColumn.meta)
    try growing.store.commit(batch, sync: true)
    #expect(throws: ChainError.unknownHistory(version: 2)) { try growing.reopen() }
    batch.put(Array("history".utf8), [1, 2], in: ChainColumn.meta)
    try growing.store.commit(batch, sync: true)
    #expect(throws: ChainError.damaged(row: "meta history")) { try growing.reopen() }
  }

  @Test("a block that could not be written leaves all states as they were") func death() throws {
    let store = MemoryStore(columns: ChainColumn.all)
    var random = SeededRandom(seed: 8)
    // Genesis and the runtime's record take a commit each.
    var growing = try GrowingChain(store: DyingStore(store, commits: 202), pruning: .blocks(64))
    try growing.growAtRandom(blocks: 200, &random)
    #expect(throws: ChainError.store(.inputOutput(reason: "dead"))) { try growing.grow([GrowingChain.prefix: [7]]) }
    let again = try Chain(store: store, spec: GrowingChain.spec, pruning: .blocks(64))
    for chain in [growing.chain, again] {
      #expect(chain.best.number == 200 && chain.oldestState == 136)
      for number in [136, 137, 180, 200] {
        let state = try #require(try chain.state(at: BlockNumber(number)))
        #expect(state.keys(prefix: [], after: nil, limit: .max).count == growing.states[number].count)
        for (key, value) in growing.states[number] { #expect(state.value(for: key) == value) }
      }
    }
  }
}

@Suite("Runtimes of old blocks") struct RuntimeRecordTests {
  private func runtime(_ spec: UInt32) -> RuntimeRecord {
    var version = EchoRuntime.version
    version.specVersion = spec
    return RuntimeRecord(version: version, metadata14: [14, UInt8(spec)], metadata15: [15, UInt8(spec)])
  }

  private func grow(_ chain: Chain, _ count: Int) throws {
    for _ in 0..<count {
      try chain.commit(
        chain.propose(extrinsics: [], timestamp: chain.bestTimestamp + 1, preRuntime: [], signaturesChecked: []), justification: [1])
    }
  }

  @Test("each block is read by the runtime that makes the next one, over changes of the program") func changes() throws {
    let store = MemoryStore(columns: ChainColumn.all)
    func open(_ spec: UInt32) throws -> Chain {
      try Chain(store: store, spec: GrowingChain.spec, pruning: .blocks(64), runtime: runtime(spec))
    }
    var chain = try open(2)
    #expect(try chain.runtime(at: 0) == runtime(2))
    try grow(chain, 10)
    chain = try open(2)
    try grow(chain, 10)
    // Two programs that make no block leave nothing behind.
    _ = try open(5)
    _ = try open(6)
    chain = try open(3)
    #expect(try chain.runtime(at: 19) == runtime(2))
    #expect(try chain.runtime(at: 20) == runtime(3), "the next block is made by the new one")
    try grow(chain, 200)
    chain = try open(4)
    try grow(chain, 1)
    for (block, spec) in [(0, 2), (1, 2), (19, 2), (20, 3), (21, 3), (219, 3), (220, 4), (221, 4), (1000, 4)] as [(BlockNumber, UInt32)] {
      #expect(try chain.runtime(at: block) == runtime(spec), "block \(block)")
    }
    #expect(try chain.state(at: 20) == nil, "its state is pruned, its runtime known")
    #expect(try rows(store, ChainColumn.runtime).map { $0.key[3] } == [0, 21, 221])
  }

  @Test("a change of the metadata alone counts, and a damaged record is refused") func metadata() throws {
    let store = MemoryStore(columns: ChainColumn.all)
    var first = runtime(2)
    try grow(Chain(store: store, spec: GrowingChain.spec, pruning: .archive, runtime: first), 3)
    first.metadata15 = [9]
    let chain = try Chain(store: store, spec: GrowingChain.spec, pruning: .archive, runtime: first)
    #expect(try chain.runtime(at: 3).metadata15 == [9] && chain.runtime(at: 2).metadata15 == [15, 2])
    var batch = WriteBatch()
    batch.put([0, 0, 0, 4], [1], in: ChainColumn.runtime)
    try store.commit(batch, sync: true)
    #expect(throws: ChainError.damaged(row: "runtime 4")) {
      try Chain(store: store, spec: GrowingChain.spec, pruning: .archive, runtime: first)
    }
  }
}

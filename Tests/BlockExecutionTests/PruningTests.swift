import BlockExecution
import Finality
import KeyValueStore
import PalletSupport
import PalletSystem
import Primitives
import StateTrie
import TestKit
import Testing

/// Compares a state with what it was when its block was made.
private func expectWhole(_ growing: GrowingChain, _ number: BlockNumber, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let state = try #require(try growing.chain.state(at: number), "block \(number)", sourceLocation: sourceLocation)
  let expected = growing.states[Int(number)]
  let keys = state.keys(prefix: [], after: nil, limit: .max)
  #expect(keys == expected.keys.sorted { $0.lexicographicallyPrecedes($1) }, "block \(number)", sourceLocation: sourceLocation)
  for key in keys { #expect(state.value(for: key) == expected[key], "block \(number)", sourceLocation: sourceLocation) }
  let answers = try StorageProof(nodes: state.proof(for: GrowingChain.keys)).answers(
    root: state.header.stateRoot, keys: GrowingChain.keys)
  #expect(answers == GrowingChain.keys.map { expected[$0].map { .value($0) } ?? .absent }, sourceLocation: sourceLocation)
  #expect(state.failure == nil, sourceLocation: sourceLocation)
}

@Suite("Pruning") struct PruningTests {
  @Test(
    "text says how many states to keep",
    arguments: [
      ("archive", StatePruning.archive), ("64", .blocks(64)), ("4096", .blocks(4096)), ("4294967295", .blocks(.max)), ("63", nil),
      ("0", nil),
      ("", nil), ("-1", nil), ("Archive", nil), ("4294967296", nil), ("64 ", nil),
    ] as [(String, StatePruning?)])
  func parsing(text: String, expected: StatePruning?) {
    #expect(StatePruning(text) == expected)
    if let expected { #expect(expected.description == text) }
  }

  @Test(
    "the state that many blocks back is whole and the one before it gone, before and after opening again",
    arguments: [64, 100] as [BlockNumber])
  func boundary(kept: BlockNumber) throws {
    var random = SeededRandom(seed: UInt64(kept))
    var growing = try GrowingChain(pruning: .blocks(kept))
    for _ in 0..<6 {
      try growing.growAtRandom(blocks: 50, &random)
      for opened in 0..<2 {
        if opened == 1 { try growing.reopen(.blocks(kept)) }
        let best = growing.chain.best.number
        let oldest = best.subtractingSaturating(kept)
        #expect(growing.chain.oldestState == oldest)
        for number in [oldest, oldest + 1, best - 30, best - 1, best] { try expectWhole(growing, number) }
        guard oldest > 0 else { continue }
        #expect(try growing.chain.state(at: oldest - 1) == nil)
        let hash = try #require(try growing.chain.hash(at: oldest - 1))
        #expect(try growing.chain.state(of: hash) == nil)
        #expect(try growing.chain.number(of: hash) == oldest - 1, "the block stays known")
        #expect(try growing.chain.body(at: 1) != nil && growing.chain.justification(at: 1) == [1])
      }
    }
  }

  @Test("what is gone takes no room, and events stay") func room() throws {
    var random = SeededRandom(seed: 1)
    var growing = try GrowingChain(pruning: .blocks(64))
    growing.recorded = Set((0..<8).map { $0 * 100 + 72 })
    var events: [[UInt8]?] = []
    var counts: [Int] = []
    for round in 0..<8 {
      for _ in 0..<100 {
        try growing.growAtRandom(blocks: 1, &random)
        events.append(growing.chain.best.value(for: System.eventsKey))
      }
      let oldest = growing.chain.best.number.subtractingSaturating(128)
      for row in try rows(growing.store, ChainColumn.span) {
        #expect(row.value[4...].reduce(0) { $0 << 8 | BlockNumber($1) } > oldest, "it covers no state that is kept")
      }
      guard round > 0 else { continue }
      // A row for each key of the state, and one for each write since; and the events of all blocks.
      let keys = growing.states[Int(oldest)].count
      let writes = try (oldest + 1...growing.chain.best.number).reduce(0) { $0 + (try growing.chain.changedKeys(by: $1)?.count ?? 40) }
      counts.append(try rows(growing.store, ChainColumn.history).count)
      #expect(counts[counts.count - 1] <= keys + writes + Int(oldest))
    }
    for (index, expected) in events.enumerated() { #expect(try growing.chain.events(at: BlockNumber(index + 1)) == expected) }
    #expect(try growing.chain.events(at: 801) == nil && growing.chain.events(at: 0) == nil)
  }

  @Test("an archive that begins to prune does so bit by bit, and what is gone stays gone") func changing() throws {
    var random = SeededRandom(seed: 2)
    var growing = try GrowingChain()
    try growing.growAtRandom(blocks: 300, &random)
    try expectWhole(growing, 1)
    try growing.reopen(.blocks(64))
    #expect(growing.chain.oldestState == 236)
    #expect(try growing.chain.state(at: 235) == nil)
    try expectWhole(growing, 236)
    // Nothing was removed yet, so nothing is lost.
    try growing.reopen()
    try expectWhole(growing, 0)
    try growing.reopen(.blocks(64))
    try growing.growAtRandom(blocks: 10, &random)
    try growing.reopen()
    let oldest = growing.chain.oldestState
    #expect(oldest == 80, "ten blocks remove eight states each")
    #expect(try growing.chain.state(at: oldest - 1) == nil)
    for number in [oldest, oldest + 1, 200, 310] { try expectWhole(growing, number) }
    try growing.growAtRandom(blocks: 100, &random)
    #expect(growing.chain.oldestState == oldest, "an archive removes nothing")
    for number in [oldest, 310, 311, 409] { try expectWhole(growing, number) }
    // A longer time than before keeps what there is.
    try growing.reopen(.blocks(1000))
    #expect(growing.chain.oldestState == oldest)
    try growing.reopen(.blocks(100))
    try growing.growAtRandom(blocks: 60, &random)
    for number in [growing.chain.oldestState, 400, 469] { try expectWhole(growing, number) }
  }
}

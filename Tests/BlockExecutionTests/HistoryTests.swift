import BlockExecution
import EchoRuntime
import Finality
import KeyValueStore
import PalletSystem
import Primitives
import StateTrie
import TestKit
import Testing

@Suite("Old states") struct HistoryTests {
  @Test("every key of every old block is what it was, one by one and in pages, and provable", arguments: 0..<3 as Range<UInt64>)
  func everything(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var growing = try GrowingChain()
    try growing.growAtRandom(blocks: 260, &random)
    try growing.reopen()
    let chain = growing.chain
    for number in 0...260 {
      let expected = growing.states[number]
      let state = try #require(try chain.state(at: BlockNumber(number)))
      #expect(state.number == BlockNumber(number))
      for key in Set(expected.keys).union(GrowingChain.keys) {
        #expect(state.value(for: key) == expected[key], "seed \(seed), block \(number), key \(Hex.encode(key))")
      }
      let all = expected.keys.sorted { $0.lexicographicallyPrecedes($1) }
      #expect(state.keys(prefix: [], after: nil, limit: .max) == all, "seed \(seed), block \(number)")
      let own = all.filter { $0.starts(with: GrowingChain.prefix) }
      for size in [1, 3, 50] {
        var found: [[UInt8]] = []
        var last: [UInt8]?
        while true {
          let page = state.keys(prefix: GrowingChain.prefix, after: last, limit: size)
          found += page
          last = page.last
          if page.count < size { break }
        }
        #expect(found == own, "seed \(seed), block \(number), pages of \(size)")
      }
      #expect(state.failure == nil)
    }
    // Not in order, so that tries are made from later and from earlier ones.
    for number in (0...260).shuffled(using: &random).prefix(60) {
      let state = try #require(try chain.state(at: BlockNumber(number)))
      let answers = try StorageProof(nodes: state.proof(for: GrowingChain.keys)).answers(
        root: state.header.stateRoot, keys: GrowingChain.keys)
      #expect(
        answers == GrowingChain.keys.map { growing.states[number][$0].map { .value($0) } ?? .absent }, "seed \(seed), block \(number)")
    }
  }

  @Test("a state much older than any trie is made from all its keys, also those that are gone since") func farBack() throws {
    var random = SeededRandom(seed: 9)
    var growing = try GrowingChain()
    growing.recorded = [5, 0, 39, 200, 2500]
    try growing.growAtRandom(blocks: 40, &random)
    // Hashes of blocks come and go in between: 2,400 of them are in the state.
    for _ in 0..<2600 { try growing.grow() }
    try growing.reopen()
    for number in [5, 0, 39, 200, 2500] {
      let state = try #require(try growing.chain.state(at: BlockNumber(number)))
      #expect(state.keys(prefix: [], after: nil, limit: .max).count == growing.states[number].count)
      let keys = growing.states[number].keys.sorted { $0.lexicographicallyPrecedes($1) }
      let answers = try StorageProof(nodes: state.proof(for: keys)).answers(root: state.header.stateRoot, keys: keys)
      #expect(answers == keys.map { growing.states[number][$0].map { .value($0) } ?? .absent })
    }
  }

  @Test("long keys that no state can have are absent") func longKeys() throws {
    var growing = try GrowingChain()
    try growing.grow()
    try growing.reopen()
    let state = try #require(try growing.chain.state(at: 0))
    for count in [1024, 1025, 65_535, 65_536, 100_000] {
      #expect(state.value(for: [UInt8](repeating: 1, count: count)) == nil)
      #expect(state.keys(prefix: [UInt8](repeating: 1, count: count), after: nil, limit: 10).isEmpty)
    }
    #expect(state.failure == nil)
  }

  @Test("a damaged row is noted by the state and around the reader, and never taken for an absent key") func damaged() throws {
    var growing = try GrowingChain()
    try growing.grow([GrowingChain.prefix: [1]])
    for _ in 0..<3 { try growing.grow() }
    var batch = WriteBatch()
    for row in try rows(growing.store, ChainColumn.history) { batch.put(row.key, [], in: ChainColumn.history) }
    for row in try rows(growing.store, ChainColumn.born) { batch.put(row.key, [1], in: ChainColumn.born) }
    try growing.store.commit(batch, sync: true)
    try growing.reopen()
    let failures = ReadFailures()
    try ReadFailures.$current.withValue(failures) {
      let state = try #require(try growing.chain.state(at: 1))
      #expect(state.value(for: GrowingChain.prefix) == nil)
      guard case .damaged? = state.failure else {
        Issue.record("\(String(describing: state.failure))")
        return
      }
      let other = try #require(try growing.chain.state(at: 1))
      #expect(other.keys(prefix: [], after: nil, limit: 1).isEmpty && other.failure != nil)
      let third = try #require(try growing.chain.state(at: 1))
      #expect(third.proof(for: [GrowingChain.prefix]).isEmpty && third.failure != nil)
    }
    #expect(failures.first != nil)
  }

  @Test("readers at once, while the chain grows and prunes, get what they asked for or are told") func together() async throws {
    var random = SeededRandom(seed: 4)
    var growing = try GrowingChain(pruning: .blocks(64))
    try growing.growAtRandom(blocks: 200, &random)
    let (chain, states) = (growing.chain, growing.states)
    let told = try await withThrowingTaskGroup(of: Int.self) { group in
      for reader in 0..<4 as Range<BlockNumber> {
        group.addTask {
          var told = 0
          for step in 0..<60 as Range<BlockNumber> {
            let number = 136 + (reader * 17 + step) % 60
            guard let state = try chain.state(at: number) else {
              #expect(chain.oldestState > number)
              told += 1
              continue
            }
            let keys = state.keys(prefix: GrowingChain.prefix, after: nil, limit: 1000)
            let values = keys.map { state.value(for: $0) }
            if let failure = state.failure {
              #expect(failure == .stateDiscarded(block: number))
              told += 1
              continue
            }
            let expected = states[Int(number)].filter { $0.key.starts(with: GrowingChain.prefix) }
            #expect(keys == expected.keys.sorted { $0.lexicographicallyPrecedes($1) })
            #expect(values == keys.map { expected[$0] })
          }
          return told
        }
      }
      try growing.growAtRandom(blocks: 400, &random)
      return try await group.reduce(0, +)
    }
    #expect(told <= 240)
    #expect(try chain.state(at: 199) == nil)
  }
}

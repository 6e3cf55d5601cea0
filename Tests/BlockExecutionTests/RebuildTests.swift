import BlockExecution
import EchoRuntime
import KeyValueStore
import Keys
import PalletSystem
import Primitives
import Testing

private func emptyChain(blocks: BlockNumber) throws -> Chain {
  let alice = DevelopmentKey.alice.secretKey.publicKey
  let spec = ChainSpec(
    name: "test", network: "test", paraId: 7, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
    sessionLength: 1000, genesisTime: 0, authorities: [Hex.encode(alice.compressed)], sudo: alice.accountID.hex, balances: [],
    assets: [], links: [])
  let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec)
  for _ in 0..<blocks {
    try chain.commit(
      chain.propose(extrinsics: [], timestamp: chain.bestTimestamp + 1000, preRuntime: [], signaturesChecked: []), justification: [])
  }
  return chain
}

@Suite("Rebuilding states") struct RebuildTests {
  @Test("a state too far back counts as discarded, and its block stays known") func discarded() throws {
    // The recent states are those of the last blocks; the oldest of them is where rebuilding starts.
    let chain = try emptyChain(blocks: Chain.oldestRebuild + BlockNumber(Chain.recentStates) + 1)
    let oldest = chain.best.number - Chain.oldestRebuild - BlockNumber(Chain.recentStates) + 1
    #expect(try chain.state(at: oldest)?.number == oldest)
    #expect(try chain.state(at: oldest - 1) == nil)
    let hash = try #require(try chain.hash(at: oldest - 1))
    #expect(try chain.state(of: hash) == nil)
    #expect(try chain.number(of: hash) == oldest - 1)
    let first = try #require(try chain.hash(at: 1))
    #expect(try chain.state(of: first) == nil)
    #expect(try chain.written(System.eventsKey, in: first)?.isEmpty == false)
    #expect(try chain.written(System.eventsKey, in: .zero) == nil)
    #expect(try chain.written([1, 2, 3], in: first) == nil)
  }

  @Test("readers at once, near and far, each get the state they asked for") func together() async throws {
    let chain = try emptyChain(blocks: 200)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for reader in 0..<8 as Range<BlockNumber> {
        group.addTask {
          for step in 0..<10 as Range<BlockNumber> {
            let number = (reader * 37 + step * 53) % 200
            let state = try #require(try chain.state(at: number))
            #expect(try state.number == number && state.hash == chain.hash(at: number))
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

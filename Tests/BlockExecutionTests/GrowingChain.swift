import BlockExecution
import EchoRuntime
import KeyValueStore
import Keys
import PalletSudo
import PalletSystem
import Primitives
import ScaleCodec
import TestKit

/// A chain whose blocks write keys of the test's choice, with a copy of every state that it went through.
struct GrowingChain {
  static let alice = DevelopmentKey.alice.secretKey

  static let spec = ChainSpec(
    name: "test", network: "test", paraId: 7, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
    sessionLength: 25, genesisTime: 0, authorities: [Hex.encode(alice.publicKey.compressed)], sudo: alice.publicKey.accountID.hex,
    balances: [.init(account: alice.publicKey.accountID.hex, amount: "1000000000000000000")], assets: [], links: [])

  let store: any KeyValueStore
  private(set) var chain: Chain
  private var nonce: UInt32 = 0
  /// What the chain's own trie held after each block.
  private(set) var states = RecordedStates()
  /// Blocks after which it is written down; `nil` for all.
  var recorded: Set<BlockNumber>?

  init(store: any KeyValueStore = MemoryStore(columns: ChainColumn.all), pruning: StatePruning = .archive) throws {
    self.store = store
    chain = try Chain(store: store, spec: Self.spec, pruning: pruning)
    record()
  }

  /// Opens the chain again: then only the best state is in memory.
  mutating func reopen(_ pruning: StatePruning = .archive) throws {
    chain = try Chain(store: store, spec: Self.spec, pruning: pruning)
  }

  private mutating func record() {
    let best = chain.best
    guard recorded?.contains(best.number) != false else { return }
    states.all[Int(best.number)] = Dictionary(
      uniqueKeysWithValues: best.keys(prefix: [], after: nil, limit: .max).map { ($0, best.value(for: $0) ?? [0xde, 0xad]) })
  }

  /// Makes a block that sets keys, or removes them where the value is `nil`.
  mutating func grow(_ changes: [[UInt8]: [UInt8]?] = [:]) throws {
    let sets = changes.compactMap { key, value in value.map { Pair(key, $0) } }
    let kills = changes.compactMap { key, value in value == nil ? key : nil }
    var calls: [RuntimeCall] = []
    if !sets.isEmpty { calls.append(.sudo(.sudo(call: .system(.setStorage(items: sets))))) }
    if !kills.isEmpty { calls.append(.sudo(.sudo(call: .system(.killStorage(keys: kills))))) }
    let version = EchoRuntime.version
    let context = SigningContext(
      specVersion: version.specVersion, transactionVersion: version.transactionVersion, genesisHash: chain.genesisHash,
      birthHash: chain.genesisHash)
    var extrinsics: [[UInt8]] = []
    for call in calls {
      extrinsics.append(
        Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce), context: context, key: Self.alice).encoded())
      nonce += 1
    }
    let block = try chain.propose(extrinsics: extrinsics, timestamp: chain.bestTimestamp + 1000, preRuntime: [], signaturesChecked: [])
    guard block.body.count == extrinsics.count + 1 else { throw GrowingError.refused("\(block.refused)") }
    try chain.commit(block, justification: [1])
    record()
  }

  /// Makes blocks with random changes of few keys: some are prefixes of others, some look like rows of the database.
  mutating func growAtRandom(blocks: Int, _ random: inout SeededRandom) throws {
    for _ in 0..<blocks {
      var changes: [[UInt8]: [UInt8]?] = [:]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let key = Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)]
        let value = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        changes[key] = .some(Int.random(in: 0..<3, using: &random) == 0 ? nil : value)
      }
      try grow(changes)
    }
  }

  /// The prefix of the test's own keys.
  static let prefix = Array("zz".utf8)
  static let keys: [[UInt8]] =
    [prefix] + (0..<8).map { prefix + [$0] } + (0..<8).map { prefix + [0, 0xff, 0xff, 0xff, $0] }
    + (0..<8).map { prefix + [1, 0, 0, 0, 0, $0] } + (0..<8).map { prefix + [0xff] + [UInt8](repeating: 0xff, count: $0) }
}

/// States by height; an empty one, which no chain ever has, where none was written down.
struct RecordedStates: Sendable {
  var all: [Int: [[UInt8]: [UInt8]]] = [:]
  subscript(_ number: Int) -> [[UInt8]: [UInt8]] { all[number] ?? [:] }
}

enum GrowingError: Error { case refused(String) }

/// Rows of a column.
func rows(_ store: any KeyValueStore, _ column: Column) throws -> [Entry] {
  try store.entries(in: column, Scan(limit: Scan.maximumLimit))
}

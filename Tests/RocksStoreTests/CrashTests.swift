import Glibc
import Hashing
import KeyValueStore
import Primitives
import RocksStore
import StateTrie
import TestKit
import Testing

/// Kills a process that commits blocks, again and again, and checks what is on disk.
@Suite("Crashes") struct CrashTests {
  /// Rounds over databases of their own; every one of them is killed several times.
  static let databases = 5, killsEach = 8

  @Test("no acknowledged block is lost", arguments: 0..<databases as Range<Int>)
  func survivesKills(database: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("crash test \(database): seed \(seed)")
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: seed)
    var acknowledged: UInt32 = 0
    for kill in 0..<CrashTests.killsEach {
      let comment: Comment = "seed \(seed), database \(database), kill \(kill)"
      let said = try runAndKill(folder.database, seed: seed, random: &random)
      if let said { #expect(said > acknowledged, comment) }
      acknowledged = max(acknowledged, said ?? 0)
      let chain = try BlockChain(path: folder.database, seed: seed)
      // One block can be on disk whose acknowledgement was not said in time.
      #expect(chain.best == acknowledged || chain.best == acknowledged + 1, comment)
      try check(chain, seed: seed, comment)
      acknowledged = chain.best
      try chain.store.close()
    }
  }

  /// Lets a child write and kills it at a random moment of a random block.
  /// - Returns: The number of the last acknowledged block; `nil` when it came to none.
  private func runAndKill(_ path: String, seed: UInt64, random: inout SeededRandom) throws -> UInt32? {
    let child = try ChildProcess(.writer, path: path, seed: seed)
    try #require(child.nextLine() == "start")
    var last: UInt32?
    // The pauses wait for nothing: they move the kill to any point of what the child does meanwhile.
    if random.chance(1, in: 6) {
      usleep(UInt32.random(in: 0...40_000, using: &random))  // while it opens or recovers
    } else {
      let countsLarge = random.chance(1, in: 2)
      var toBegin = Int.random(in: 1...(countsLarge ? 2 : 12), using: &random)
      while let saying = Saying(try #require(child.nextLine())) {
        if case .block(let number) = saying { last = number }
        guard case .begin(let number) = saying else { continue }
        if !countsLarge || TestBlock.isLarge(number) { toBegin -= 1 }
        if toBegin == 0 { break }
      }
      usleep(UInt32.random(in: 0...(countsLarge ? 6000 : 3000), using: &random))
    }
    child.kill()
    while let line = child.nextLine() {
      if case .block(let number) = Saying(line) { last = number }
    }
    return last
  }

  /// What a writer says.
  private enum Saying {
    case begin(UInt32), block(UInt32)

    init?(_ line: String) {
      let words = line.split(separator: " ")
      guard words.count == 2, let number = UInt32(words[1]) else { return nil }
      switch words[0] {
      case "begin": self = .begin(number)
      case "block": self = .block(number)
      default: return nil
      }
    }
  }

  /// Compares every row with what the seed says, and every root that can be rebuilt with its header.
  private func check(_ chain: BlockChain, seed: UInt64, _ comment: Comment) throws {
    let store = chain.store
    var model: [[UInt8]: [UInt8]] = [:]
    var parent = H256.zero
    var roots: [H256] = []
    let headers = try BlockChain.rows(of: BlockChain.headers, in: store)
    try #require(headers.map(\.key) == (0..<chain.best).map { BlockChain.key($0 + 1) }, comment)
    for (index, row) in headers.enumerated() {
      let block = TestBlock(number: UInt32(index) + 1, seed: seed)
      for change in block.changes { model[change.key] = change.value }
      roots.append(try #require(H256(Array(row.value[36..<68]))))
      #expect(row.value == block.header(parent: parent, stateRoot: roots[index]), comment)
      #expect(try store.get(row.key, in: BlockChain.bodies) == block.body, comment)
      #expect(try store.get(row.key, in: BlockChain.justifications) == block.justification, comment)
      parent = Hash.blake2b256(row.value)
    }
    for column in [BlockChain.bodies, BlockChain.justifications, BlockChain.reverts] {
      let newest = try store.entries(in: column, Scan(direction: .descending, limit: 1)).first
      #expect(newest?.key == headers.last?.key, comment)
    }
    let best = try store.get(BlockChain.bestKey, in: RocksStore.metaColumn)
    #expect(best == (chain.best == 0 ? nil : BlockChain.key(chain.best) + parent.bytes), comment)
    let flat = try BlockChain.rows(of: BlockChain.state, in: store)
    var state = Dictionary(uniqueKeysWithValues: flat.map { ($0.key, $0.value) })
    #expect(state == model, comment)
    // Backwards through the reverse diffs, the roots are those of the earlier headers.
    for index in headers.indices.reversed().prefix(5) {
      #expect(root(of: state) == roots[index], comment)
      let diff = try #require(try store.get(headers[index].key, in: BlockChain.reverts), comment)
      state = try BlockChain.reverting(diff, in: state)
    }
  }

  private func root(of state: [[UInt8]: [UInt8]]) -> H256 {
    StateTrie(layout: .v1, entries: state.map { (key: $0.key, value: $0.value) }).root()
  }
}

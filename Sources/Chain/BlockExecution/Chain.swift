public import EchoRuntime
public import Finality
internal import Hashing
public import KeyValueStore
public import MerkleMountainRange
internal import PalletBeefy
internal import PalletSupport
internal import PalletSystem
public import Primitives
internal import ScaleCodec
internal import StateTrie
internal import Synchronization

/// One chain: its blocks, its state and its Merkle mountain range, kept in a store.
///
/// A block is acknowledged when ``commit(_:justification:)`` returns: header, body, certificate, state, diffs and MMR
/// nodes are one synced batch. Reading is safe from any thread; blocks are made by one caller at a time.
///
/// The trie lives in memory as a path-copying structure, so the states of the latest blocks stay readable and
/// provable at once. Older ones are read from disk (``StateHistory``), as far back as ``pruning`` says. On start the
/// trie is rebuilt from the flat state and its root compared with the best header.
public final class Chain: Sendable {
  /// Latest states kept ready in memory.
  public static let recentStates = 64
  /// Candidates that may be found not to fit before a block is closed.
  public static let maximumSkipped = 64

  struct Tip: Sendable {
    /// States of the latest blocks, oldest first; never empty.
    var recent: [StateView]
    var timestamp: Milliseconds
    var mmr: MountainAccumulator
  }

  public let spec: ChainSpec
  public let genesisHash: H256
  /// How many old states are kept.
  public let pruning: StatePruning
  let rows: ChainRows
  let tip: Mutex<Tip>
  let past: PastStates
  private let runtimes: RuntimeRecords

  // MARK: Opening

  /// Opens a chain, making the genesis block in an empty store.
  ///
  /// - Parameters:
  ///   - pruning: How many old states to keep. A longer time than before does not bring back what is gone.
  ///   - progress: Called now and then while much is read or written.
  /// - Throws: ``ChainError/wrongGenesis(stored:expected:)`` when the store holds another chain;
  ///   ``ChainError/stateRootMismatch(block:computed:expected:)`` when the state on disk is not what the best header names.
  public convenience init(
    store: any KeyValueStore, spec: ChainSpec, pruning: StatePruning = .archive, progress: (OpeningStep) -> Void = { _ in }
  ) throws(ChainError) {
    try self.init(store: store, spec: spec, pruning: pruning, runtime: .current, progress: progress)
  }

  /// Opens a chain as a program with another runtime would.
  package init(
    store: any KeyValueStore, spec: ChainSpec, pruning: StatePruning, runtime: RuntimeRecord, progress: (OpeningStep) -> Void = { _ in }
  ) throws(ChainError) {
    self.spec = spec
    self.pruning = pruning
    rows = ChainRows(store: store)
    let genesis = try Chain.genesis(of: spec)
    genesisHash = genesis.hash
    let opened: Tip
    if let stored = try rows.get(Chain.genesisKey, ChainColumn.meta) {
      guard let storedHash = H256(stored) else { throw .damaged(row: "meta genesis") }
      guard storedHash == genesis.hash else { throw .wrongGenesis(stored: storedHash, expected: genesis.hash) }
      opened = try Chain.recover(rows, progress: progress)
    } else {
      try Chain.writeGenesis(genesis, rows)
      opened = Tip(recent: [genesis], timestamp: spec.genesisTime, mmr: MountainAccumulator())
    }
    let best = opened.recent[opened.recent.count - 1].number
    try HistoryUpgrade(rows: rows, genesis: genesis, best: best).run(progress)
    past = PastStates(history: StateHistory(rows: rows), oldest: try rows.height(inMeta: Chain.oldestRow) ?? 0)
    runtimes = try RuntimeRecords(rows: rows, runtime: runtime, best: best)
    tip = Mutex(opened)
  }

  static let bestKey = Array("best".utf8)
  static let genesisKey = Array("genesis".utf8)
  /// The row of `meta` that tells the first block whose state is on disk; 0 when it is missing.
  static let oldestRow = "oldest"

  /// The genesis state and block of a spec.
  public static func genesis(of spec: ChainSpec) throws(ChainError) -> StateView {
    let context = ExecutionContext(EmptyState())
    do { try EchoRuntime.buildGenesis(spec, in: context) } catch { throw .spec("\(error)") }
    var trie = StateTrie(layout: .v1)
    trie.apply(changes: context.changes())
    let header = Header(
      parentHash: .zero, number: 0, stateRoot: trie.root(), extrinsicsRoot: orderedTrieRoot([], layout: .v1), digest: [])
    return StateView(header: header, hash: header.hash, trie: trie)
  }

  private static func writeGenesis(_ genesis: StateView, _ rows: ChainRows) throws(ChainError) {
    var batch = WriteBatch()
    for key in genesis.keys(prefix: [], after: nil, limit: .max) {
      if let value = genesis.value(for: key) { batch.put(key, value, in: ChainColumn.state) }
    }
    batch.put(ChainRows.key(BlockNumber(0)), genesis.header.encoded(), in: ChainColumn.header)
    batch.put(genesis.hash.bytes, ChainRows.key(BlockNumber(0)), in: ChainColumn.number)
    batch.put(ChainRows.key(BlockNumber(0)), [[UInt8]]().encoded(), in: ChainColumn.body)
    batch.put(genesisKey, genesis.hash.bytes, in: ChainColumn.meta)
    batch.put(bestKey, ChainRows.key(BlockNumber(0)), in: ChainColumn.meta)
    try HistoryUpgrade.add(genesis, to: &batch)
    batch.put(HistoryUpgrade.key, [HistoryUpgrade.version], in: ChainColumn.meta)
    try rows.commit(batch)
  }

  private static func recover(_ rows: ChainRows, progress: (OpeningStep) -> Void) throws(ChainError) -> Tip {
    guard let number = try rows.height(inMeta: "best") else { throw .damaged(row: "meta best") }
    guard let header = try rows.header(number) else { throw .damaged(row: "header \(number)") }
    var trie = StateTrie(layout: .v1)
    var scan = Scan(limit: 16_384)
    var count = 0
    while true {
      let page = try rows.entries(ChainColumn.state, scan)
      trie.apply(changes: page.map { ($0.key, $0.value) })
      count += page.count
      progress(.readingState(entries: count))
      guard let last = page.last, page.count == scan.limit else { break }
      scan.start = .after(last.key)
    }
    let root = trie.root()
    guard root == header.stateRoot else { throw .stateRootMismatch(block: number, computed: root, expected: header.stateRoot) }
    let view = StateView(header: header, hash: header.hash, trie: trie)
    let context = view.context()
    let timestamp: Milliseconds
    let mmr: MountainAccumulator
    do {
      timestamp = try EchoRuntime.timestamp(in: context)
      mmr = try Beefy.mountainRange.get(in: context)
    } catch { throw .hookFailed("\(error)") }
    return Tip(recent: [view], timestamp: timestamp, mmr: mmr)
  }

  // MARK: Reading

  /// The state of the best block; also the finalised one, since no block is kept without its certificate.
  public var best: StateView { tip.withLock { $0.recent[$0.recent.count - 1] } }

  /// The best block's time in milliseconds.
  public var bestTimestamp: Milliseconds { tip.withLock { $0.timestamp } }

  /// The hash of a block by height.
  public func hash(at number: BlockNumber) throws(ChainError) -> H256? { try header(at: number)?.hash }

  /// The height of a block by hash.
  public func number(of hash: H256) throws(ChainError) -> BlockNumber? { try rows.number(of: hash) }

  /// The header of a block by height.
  public func header(at number: BlockNumber) throws(ChainError) -> Header? { try rows.header(number) }

  /// The extrinsics of a block by height, with their length prefixes.
  public func body(at number: BlockNumber) throws(ChainError) -> [[UInt8]]? { try rows.body(number) }

  /// The finality proof of a block by height; `nil` for genesis.
  public func justification(at number: BlockNumber) throws(ChainError) -> [UInt8]? {
    try rows.get(ChainRows.key(number), ChainColumn.justification)
  }

  /// Where an extrinsic stands, by the hash of its bytes.
  public func extrinsic(_ hash: H256) throws(ChainError) -> (block: BlockNumber, index: UInt32)? { try rows.extrinsic(hash) }

  /// The first block of a validator set's session.
  public func firstBlock(ofSet id: UInt64) throws(ChainError) -> BlockNumber? {
    guard let bytes = try rows.get(ChainRows.key(id), ChainColumn.session) else { return nil }
    guard bytes.count == 4 else { throw .damaged(row: "session \(id)") }
    return ChainRows.height(bytes)
  }

  /// The oldest block whose state is readable.
  public var oldestState: BlockNumber { max(past.oldest.load(ordering: .acquiring), pruning.oldest(best: best.number)) }

  /// The state after the block at a height.
  ///
  /// - Returns: `nil` when there is no such block, or its state is no longer kept (``oldestState``).
  /// - Complexity: O(1) and one read from disk for states that are not in memory.
  public func state(at number: BlockNumber) throws(ChainError) -> StateView? {
    let recent = tip.withLock { $0.recent }
    guard let oldest = recent.first, let newest = recent.last, number <= newest.number else { return nil }
    if number >= oldest.number { return recent[Int(number - oldest.number)] }
    guard number >= oldestState, let header = try rows.header(number) else { return nil }
    return StateView(hash: header.hash, past: PastState(header: header, states: past, anchor: oldest))
  }

  /// The state after the block with this hash.
  public func state(of hash: H256) throws(ChainError) -> StateView? {
    let recent = tip.withLock { tip in tip.recent.last { $0.hash == hash } }
    if let recent { return recent }
    guard let number = try rows.number(of: hash) else { return nil }
    return try state(at: number)
  }

  /// The runtime to whose rules the state after a block belongs: the one that makes the block after it.
  ///
  /// That is what Substrate reports, where the state of a block holds the code that executes the next one; so clients
  /// that read a block by its parent's metadata read it by the right one. It stays known when states are pruned.
  public func runtime(at number: BlockNumber) throws(ChainError) -> RuntimeRecord {
    try runtimes.runtime(making: number.addingSaturating(1))
  }

  /// The events of a block by height, as they stand in its state. They are kept when states are pruned.
  ///
  /// - Returns: `nil` when there is no such block, or it has no events.
  public func events(at number: BlockNumber) throws(ChainError) -> [UInt8]? {
    guard number <= best.number else { return nil }
    return try past.history.value(of: System.eventsKey, at: number)
  }

  /// The MMR leaves of blocks and a proof of them against the root in the commitment of block `leafCount`.
  ///
  /// - Returns: `nil` when an index is not below `leafCount`, or there is no such block.
  public func mmrProof(leafIndices: [UInt64], leafCount: UInt64) throws(ChainError) -> (leaves: [MmrLeaf], proof: LeafProof, root: H256)? {
    guard leafCount <= UInt64(best.number) else { return nil }
    do {
      let range = try MountainRange(nodes: StoredNodes(rows: rows), leafCount: leafCount)
      let proof = try range.proof(of: leafIndices)
      var leaves: [MmrLeaf] = []
      for index in leafIndices {
        // The leaf of block n has index n - 1 and stands in that block's state.
        guard let bytes = try rows.get(ChainRows.key(index), ChainColumn.leaf) else { throw ChainError.damaged(row: "leaf \(index)") }
        leaves.append(try rows.decode(bytes, "leaf \(index)", as: MmrLeaf.self))
      }
      guard let root = try range.root() else { return nil }
      return (leaves, proof, root)
    } catch let error as ChainError {
      throw error
    } catch MountainError.unprovable {
      return nil
    } catch {
      throw .damaged(row: "\(error)")
    }
  }

  // MARK: Closing

  /// Makes everything durable and gives up the store.
  public func close() throws(ChainError) {
    do { try rows.store.close() } catch { throw .store(error) }
  }
}

/// How far the opening of a chain has come.
public enum OpeningStep: Equatable, Sendable {
  /// Rows of the state that are read back so far.
  case readingState(entries: Int)
  /// The last block whose writes are in the history of states, which an older version did not keep.
  case indexingHistory(block: BlockNumber, of: BlockNumber)
}

/// MMR nodes as they stand in the database.
private struct StoredNodes: MountainNodes {
  let rows: ChainRows

  func node(at position: UInt64) throws(MountainError) -> H256? {
    do {
      guard let bytes = try rows.get(ChainRows.key(position), ChainColumn.mmr) else { return nil }
      return H256(bytes)
    } catch { throw .unreadableNode(position: position) }
  }
}

/// The state before genesis.
private struct EmptyState: StateBackend {
  func value(for key: [UInt8]) -> [UInt8]? { nil }
  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] { [] }
}

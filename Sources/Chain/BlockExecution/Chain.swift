public import EchoRuntime
public import Finality
internal import Hashing
public import KeyValueStore
public import MerkleMountainRange
internal import PalletBeefy
internal import PalletSupport
public import Primitives
internal import ScaleCodec
internal import StateTrie
internal import Synchronization

/// A block after execution and before it is kept.
public struct ExecutedBlock: Sendable {
  public var header: Header
  public var hash: H256
  /// Extrinsics with their length prefixes, the timestamp first.
  public var body: [[UInt8]]
  /// The block's time in milliseconds.
  public var timestamp: Milliseconds
  /// Root of the MMR with this block's leaf.
  public var mmrRoot: H256
  /// The validator set that signs this block.
  public var validatorSetId: UInt64
  /// Pool transactions that the block refused, with the reason.
  public var refused: [(hash: H256, reason: TransactionValidityError)]
  var changes: [StateChange]
  var trie: StateTrie
  var mmrLeaf: MmrLeaf
}

/// One chain: its blocks, its state and its Merkle mountain range, kept in a store.
///
/// A block is acknowledged when ``commit(_:justification:)`` returns: header, body, certificate, state, diffs and MMR
/// nodes are one synced batch. Reading is safe from any thread; blocks are made by one caller at a time.
///
/// The trie lives in memory as a path-copying structure, so the states of the latest blocks stay readable and
/// provable at once; older ones come back through reverse diffs. On start the trie is rebuilt from the flat state and
/// its root compared with the best header.
public final class Chain: Sendable {
  /// Latest states kept ready in memory.
  public static let recentStates = 64
  /// Candidates that may be found not to fit before a block is closed.
  public static let maximumSkipped = 64
  /// How many blocks before the recent ones a state is rebuilt from reverse diffs; older states count as discarded.
  public static let oldestRebuild: BlockNumber = 4_096

  private struct Tip: Sendable {
    /// States of the latest blocks, oldest first; never empty.
    var recent: [StateView]
    var timestamp: Milliseconds
    var mmr: MountainAccumulator
  }

  public let spec: ChainSpec
  public let genesisHash: H256
  private let rows: ChainRows
  private let tip: Mutex<Tip>
  /// The state that was rebuilt last. Its lock is held while one is rebuilt: one at a time, whoever asks.
  private let rebuilt = Mutex<StateView?>(nil)

  // MARK: Opening

  /// Opens a chain, making the genesis block in an empty store.
  ///
  /// - Parameter progress: Called while state is read back, with the number of entries so far.
  /// - Throws: ``ChainError/wrongGenesis(stored:expected:)`` when the store holds another chain;
  ///   ``ChainError/stateRootMismatch(block:computed:expected:)`` when the state on disk is not what the best header names.
  public init(store: any KeyValueStore, spec: ChainSpec, progress: (Int) -> Void = { _ in }) throws(ChainError) {
    self.spec = spec
    rows = ChainRows(store: store)
    let genesis = try Chain.genesis(of: spec)
    genesisHash = genesis.hash
    if let stored = try rows.get(Chain.genesisKey, ChainColumn.meta) {
      guard let storedHash = H256(stored) else { throw .damaged(row: "meta genesis") }
      guard storedHash == genesis.hash else { throw .wrongGenesis(stored: storedHash, expected: genesis.hash) }
      tip = Mutex(try Chain.recover(rows, progress: progress))
    } else {
      try Chain.writeGenesis(genesis, rows)
      tip = Mutex(Tip(recent: [genesis], timestamp: spec.genesisTime, mmr: MountainAccumulator()))
    }
  }

  private static let bestKey = Array("best".utf8)
  private static let genesisKey = Array("genesis".utf8)

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
    do { try rows.store.commit(batch, sync: true) } catch { throw .store(error) }
  }

  private static func recover(_ rows: ChainRows, progress: (Int) -> Void) throws(ChainError) -> Tip {
    guard let best = try rows.get(bestKey, ChainColumn.meta), best.count == 4 else { throw .damaged(row: "meta best") }
    let number = best.reduce(0) { $0 << 8 | BlockNumber($1) }
    guard let header = try rows.header(number) else { throw .damaged(row: "header \(number)") }
    var trie = StateTrie(layout: .v1)
    var scan = Scan(limit: 16_384)
    var count = 0
    while true {
      let page: [Entry]
      do { page = try rows.store.entries(in: ChainColumn.state, scan) } catch { throw .store(error) }
      trie.apply(changes: page.map { ($0.key, $0.value) })
      count += page.count
      progress(count)
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
    return bytes.reduce(0) { $0 << 8 | BlockNumber($1) }
  }

  /// The state after the block at a height.
  ///
  /// - Returns: `nil` when there is no such block, or its state counts as discarded: it lies more than
  ///   ``oldestRebuild`` blocks before the latest ``recentStates``.
  /// - Complexity: O(1) for the latest ``recentStates`` blocks and the state rebuilt last, else one reverse diff for
  ///   each block in between; callers that need a rebuild wait for each other.
  public func state(at number: BlockNumber) throws(ChainError) -> StateView? {
    let recent = tip.withLock { $0.recent }
    guard let oldest = recent.first, let newest = recent.last, number <= newest.number else { return nil }
    if number >= oldest.number { return recent[Int(number - oldest.number)] }
    guard oldest.number - number <= Chain.oldestRebuild, let header = try rows.header(number) else { return nil }
    return try rebuilt.withLock { last throws(ChainError) in
      if let last, last.number == number { return last }
      // The last one is nearer than the recent ones when it lies in between.
      let start = last.flatMap { $0.number > number && $0.number < oldest.number ? $0 : nil } ?? oldest
      let view = try rebuild(header, from: start)
      if let view { last = view }
      return view
    }
  }

  /// Goes back from a state to an earlier one; `nil` when a reverse diff is missing.
  private func rebuild(_ header: Header, from start: StateView) throws(ChainError) -> StateView? {
    let number = header.number.value
    var trie = start.trie
    var cursor = start.number
    while cursor > number {
      guard let changes = try rows.changes(cursor, ChainColumn.reverse) else { return nil }
      trie.apply(changes: changes.map { ($0.key, $0.value) })
      cursor -= 1
    }
    guard trie.root() == header.stateRoot else {
      throw .stateRootMismatch(block: number, computed: trie.root(), expected: header.stateRoot)
    }
    return StateView(header: header, hash: header.hash, trie: trie)
  }

  /// The state after the block with this hash.
  public func state(of hash: H256) throws(ChainError) -> StateView? {
    let recent = tip.withLock { tip in tip.recent.last { $0.hash == hash } }
    if let recent { return recent }
    guard let number = try rows.number(of: hash) else { return nil }
    return try state(at: number)
  }

  /// What a block wrote to a key of the state, however long ago: what blocks change is kept when their states count as
  /// discarded.
  ///
  /// - Returns: `nil` when there is no such block, or it did not change the key, or removed it.
  public func written(_ key: [UInt8], in hash: H256) throws(ChainError) -> [UInt8]? {
    guard let number = try rows.number(of: hash) else { return nil }
    return try rows.changes(number, ChainColumn.diff)?.last { $0.key == key }?.value
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

  // MARK: Making blocks

  /// Executes a new block on top of the best one without keeping it.
  ///
  /// - Parameters:
  ///   - extrinsics: Candidates in order, each with its length prefix. One that can never be valid is left out and
  ///     reported; one that does not fit this block, or follows such a one, is left out silently.
  ///   - timestamp: The block's time; raised to one millisecond after the parent's when it is not later.
  ///   - preRuntime: The author's digest item.
  ///   - signaturesChecked: Hashes of candidates whose signatures were checked when the pool took them.
  public func propose(
    extrinsics: [[UInt8]], timestamp: Milliseconds, preRuntime: [DigestItem], signaturesChecked: Set<H256>
  ) throws(ChainError) -> ExecutedBlock {
    let parent = best
    let time = max(timestamp, bestTimestamp.addingSaturating(1))
    let context = parent.context()
    var body: [[UInt8]] = []
    var refused: [(hash: H256, reason: TransactionValidityError)] = []
    do throws(DispatchError) {
      try Executive.initialize(number: parent.number + 1, parentHash: parent.hash, digest: preRuntime, in: context)
      let inherent = Executive.timestampInherent(time)
      do { try Executive.apply(inherent, signatureChecked: false, in: context) } catch { throw .corruption }
      body.append(inherent)
    } catch { throw .hookFailed("\(error)") }
    var skipped = 0
    for bytes in extrinsics {
      let hash = Extrinsic.hash(of: bytes)
      do {
        try Executive.apply(bytes, signatureChecked: signaturesChecked.contains(hash), in: context)
        body.append(bytes)
      } catch .invalid(.exhaustsResources) {
        // Smaller ones behind it may still fit; a full block would only look at all of them in vain.
        skipped += 1
        if skipped >= Chain.maximumSkipped { break }
      } catch .invalid(.future) {
        // Its sender's transaction before it was skipped or refused: it waits on.
      } catch {
        refused.append((hash, error))
      }
    }
    return try finish(context, parent: parent, body: body, refused: refused)
  }

  /// Executes a block that somebody else made and compares everything that its header claims.
  ///
  /// - Throws: ``ChainError/notNext(number:best:)``, ``ChainError/invalidExtrinsic(index:reason:)`` or
  ///   ``ChainError/headerMismatch(field:)``; the chain stays as it was.
  public func verify(header: Header, body: [[UInt8]]) throws(ChainError) -> ExecutedBlock {
    let parent = best
    guard header.number.value == parent.number &+ 1 else { throw .notNext(number: header.number.value, best: parent.number) }
    guard header.parentHash == parent.hash else { throw .headerMismatch(field: "parent hash") }
    let context = parent.context()
    let preRuntime = header.digest.filter { if case .preRuntime = $0 { true } else { false } }
    do { try Executive.initialize(number: header.number.value, parentHash: parent.hash, digest: preRuntime, in: context) } catch {
      throw .hookFailed("\(error)")
    }
    for (index, bytes) in body.enumerated() {
      do { try Executive.apply(bytes, signatureChecked: false, in: context) } catch {
        throw .invalidExtrinsic(index: index, reason: "\(error)")
      }
    }
    let block = try finish(context, parent: parent, body: body, refused: [])
    guard block.header.extrinsicsRoot == header.extrinsicsRoot else { throw .headerMismatch(field: "extrinsics root") }
    guard block.header.stateRoot == header.stateRoot else { throw .headerMismatch(field: "state root") }
    guard block.hash == header.hash else { throw .headerMismatch(field: "digest") }
    return block
  }

  private func finish(
    _ context: ExecutionContext, parent: StateView, body: [[UInt8]], refused: [(hash: H256, reason: TransactionValidityError)]
  ) throws(ChainError) -> ExecutedBlock {
    let digest: [DigestItem]
    let leaf: MmrLeaf
    let mmrRoot: H256
    let time: Milliseconds
    let set: UInt64
    do throws(DispatchError) {
      digest = try Executive.finalize(in: context)
      guard let latest = try Beefy.latestLeaf.get(in: context) else { throw .corruption }
      leaf = latest
      mmrRoot = try Beefy.rootHash.get(in: context)
      time = try EchoRuntime.timestamp(in: context)
      set = try Beefy.validatorSetId.get(in: context)
    } catch { throw .hookFailed("\(error)") }
    let changes = context.changes().filter { $0.value != parent.value(for: $0.key) }
    var trie = parent.trie
    trie.apply(changes: changes)
    let header = Header(
      parentHash: parent.hash, number: Compact(parent.number + 1), stateRoot: trie.root(),
      extrinsicsRoot: orderedTrieRoot(body, layout: .v1),
      digest: digest)
    return ExecutedBlock(
      header: header, hash: header.hash, body: body, timestamp: time, mmrRoot: mmrRoot, validatorSetId: set, refused: refused,
      changes: changes.map { StateChange(key: $0.key, value: $0.value) }, trie: trie, mmrLeaf: leaf)
  }

  /// Keeps an executed block with its finality proof: one synced batch, after which the block survives anything.
  ///
  /// - Precondition: `justification` was verified, or made, by the caller.
  /// - Throws: ``ChainError/notNext(number:best:)`` when another block was kept since; ``ChainError/store(_:)``.
  public func commit(_ block: ExecutedBlock, justification: [UInt8]) throws(ChainError) {
    let (parent, accumulator) = tip.withLock { ($0.recent[$0.recent.count - 1], $0.mmr) }
    let number = block.header.number.value
    guard block.header.parentHash == parent.hash else { throw .notNext(number: number, best: parent.number) }
    var mmr = accumulator
    var batch = WriteBatch()
    let key = ChainRows.key(number)
    for node in mmr.append(block.mmrLeaf.hash) { batch.put(ChainRows.key(node.position), node.hash.bytes, in: ChainColumn.mmr) }
    guard mmr.root == block.mmrRoot else { throw .headerMismatch(field: "MMR root") }
    batch.put(ChainRows.key(UInt64(number) - 1), block.mmrLeaf.encoded(), in: ChainColumn.leaf)
    for change in block.changes {
      if let value = change.value {
        batch.put(change.key, value, in: ChainColumn.state)
      } else {
        batch.delete(change.key, in: ChainColumn.state)
      }
    }
    batch.put(key, block.header.encoded(), in: ChainColumn.header)
    batch.put(block.hash.bytes, key, in: ChainColumn.number)
    batch.put(key, block.body.encoded(), in: ChainColumn.body)
    batch.put(key, justification, in: ChainColumn.justification)
    batch.put(key, ChainRows.encode(block.changes), in: ChainColumn.diff)
    let reverse = block.changes.map { StateChange(key: $0.key, value: parent.value(for: $0.key)) }
    batch.put(key, ChainRows.encode(reverse), in: ChainColumn.reverse)
    for (index, bytes) in block.body.enumerated() {
      batch.put(
        Extrinsic.hash(of: bytes).bytes, key + withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) }, in: ChainColumn.extrinsic)
    }
    if try rows.get(ChainRows.key(block.validatorSetId), ChainColumn.session) == nil {
      batch.put(ChainRows.key(block.validatorSetId), key, in: ChainColumn.session)
    }
    batch.put(Chain.bestKey, key, in: ChainColumn.meta)
    do { try rows.store.commit(batch, sync: true) } catch { throw .store(error) }
    let view = StateView(header: block.header, hash: block.hash, trie: block.trie)
    tip.withLock { tip in
      tip.recent.append(view)
      if tip.recent.count > Chain.recentStates { tip.recent.removeFirst(tip.recent.count - Chain.recentStates) }
      tip.timestamp = block.timestamp
      tip.mmr = mmr
    }
  }

  /// Makes everything durable and gives up the store.
  public func close() throws(ChainError) {
    do { try rows.store.close() } catch { throw .store(error) }
  }
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

public import EchoRuntime
public import Finality
internal import KeyValueStore
internal import MerkleMountainRange
internal import PalletBeefy
internal import PalletSupport
internal import PalletSystem
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

/// Making blocks.
extension Chain {
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
    var trie = try parent.trie()
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
    try addHistory(of: block, parent: parent, to: &batch)
    for (index, bytes) in block.body.enumerated() {
      batch.put(
        Extrinsic.hash(of: bytes).bytes, key + withUnsafeBytes(of: UInt32(index).bigEndian) { Array($0) }, in: ChainColumn.extrinsic)
    }
    if try rows.get(ChainRows.key(block.validatorSetId), ChainColumn.session) == nil {
      batch.put(ChainRows.key(block.validatorSetId), key, in: ChainColumn.session)
    }
    batch.put(Chain.bestKey, key, in: ChainColumn.meta)
    let kept = past.oldest.load(ordering: .acquiring)
    let oldest = try forgetStates(before: pruning.oldest(best: number), in: &batch)
    // Readers learn of it before the rows go away, so that none takes a missing row for an absent key.
    past.oldest.store(oldest, ordering: .releasing)
    do throws(ChainError) { try rows.commit(batch) } catch {
      past.oldest.store(kept, ordering: .releasing)
      throw error
    }
    let view = StateView(header: block.header, hash: block.hash, trie: block.trie)
    tip.withLock { tip in
      tip.recent.append(view)
      if tip.recent.count > Chain.recentStates { tip.recent.removeFirst(tip.recent.count - Chain.recentStates) }
      tip.timestamp = block.timestamp
      tip.mmr = mmr
    }
  }
  /// Adds what a block wrote to the history of states.
  private func addHistory(of block: ExecutedBlock, parent: StateView, to batch: inout WriteBatch) throws(ChainError) {
    for change in block.changes {
      let existed = parent.value(for: change.key) != nil
      var born: BlockNumber? = existed ? 0 : nil
      if existed, change.value == nil {
        born = try past.history.birth(of: change.key)
        guard born != nil else { throw .damaged(row: "born \(Hex.encode(change.key))") }
      }
      StateHistory.add(change, born: born, at: block.header.number.value, to: &batch)
    }
  }

  /// States that are removed with one block at most, when a chain keeps fewer than it did.
  private static let maximumForgotten: BlockNumber = 8
  /// Blocks for which states stay on disk that are no longer readable, for the sake of who is reading them.
  private static let graceBlocks: BlockNumber = 64

  /// Removes some states before a block.
  /// - Returns: The first block whose state is then on disk.
  private func forgetStates(before target: BlockNumber, in batch: inout WriteBatch) throws(ChainError) -> BlockNumber {
    let kept = past.oldest.load(ordering: .acquiring)
    let target = target.subtractingSaturating(Self.graceBlocks)
    guard kept < target else { return kept }
    let oldest = min(target, kept + Self.maximumForgotten)
    for number in kept + 1...oldest { try past.history.forget(before: number, keeping: System.eventsKey, in: &batch) }
    batch.put(Array(Chain.oldestRow.utf8), ChainRows.key(oldest), in: ChainColumn.meta)
    return oldest
  }
}

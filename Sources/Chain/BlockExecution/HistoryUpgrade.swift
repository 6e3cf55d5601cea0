internal import KeyValueStore
internal import Primitives
internal import StateTrie

/// Makes the history of states in a database that an older version wrote, from the genesis state and the diffs.
///
/// It goes block by block in batches, and a run that was cut short is taken up where it ended. Rows of reverse diffs,
/// which the history replaces, go away on the way.
struct HistoryUpgrade {
  /// The row of `meta` that tells how far it has come: its version; and while it is being made, the last block in it.
  static let key = Array("history".utf8)
  static let version: UInt8 = 1
  /// Most rows in one batch, checked after each block.
  static let batchRows = 16_384

  let rows: ChainRows
  let genesis: StateView
  let best: BlockNumber

  /// Brings the history to the best block when it is not there.
  func run(_ progress: (OpeningStep) -> Void) throws(ChainError) {
    var last: BlockNumber?
    if let row = try rows.get(Self.key, ChainColumn.meta) {
      guard let version = row.first else { throw .damaged(row: "meta history") }
      guard version == Self.version else { throw .unknownHistory(version: version) }
      if row.count == 1 { return }
      guard row.count == 5 else { throw .damaged(row: "meta history") }
      last = ChainRows.height(row[1...])
    }
    let history = StateHistory(rows: rows)
    var batch = WriteBatch()
    if last == nil { try Self.add(genesis, to: &batch) }
    var block = last ?? 0
    // What the batch says of births, since the database does not know it yet.
    var births: [[UInt8]: BlockNumber?] = [:]
    if last == nil { for change in batch.changes(in: ChainColumn.born) { births[change.key] = .some(0) } }
    while block < best {
      block += 1
      guard let changes = try rows.changes(block, ChainColumn.diff) else { throw .damaged(row: "diff \(block)") }
      for change in changes {
        let born: BlockNumber?
        if let known = births[change.key] { born = known } else { born = try history.birth(of: change.key) }
        StateHistory.add(change, born: born, at: block, to: &batch)
        births[change.key] = .some(change.value == nil ? nil : born ?? block)
      }
      batch.delete(ChainRows.key(block), in: ChainColumn.reverse)
      guard batch.count >= Self.batchRows else { continue }
      batch.put(Self.key, [Self.version] + ChainRows.key(block), in: ChainColumn.meta)
      try rows.commit(batch, sync: false)
      batch = WriteBatch()
      births = [:]
      progress(.indexingHistory(block: block, of: best))
    }
    batch.put(Self.key, [Self.version], in: ChainColumn.meta)
    try rows.commit(batch)
  }

  /// Adds the genesis state to the history.
  static func add(_ genesis: StateView, to batch: inout WriteBatch) throws(ChainError) {
    for (key, value) in try genesis.trie().entries() {
      StateHistory.add(StateChange(key: key, value: value), born: nil, at: 0, to: &batch)
    }
  }
}

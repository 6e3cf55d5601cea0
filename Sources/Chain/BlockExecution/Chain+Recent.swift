public import Primitives
internal import Synchronization

extension Chain {
  /// The states that are in memory, oldest first: one to ``recentStates`` of them, the best block's at the end.
  ///
  /// Who holds one can read it for good, whatever is pruned meanwhile.
  public var recentViews: [StateView] { tip.withLock { $0.recent } }

  /// The keys that a block wrote or removed, in byte order; `nil` when there is no such block or its state is not kept.
  public func changedKeys(by number: BlockNumber) throws(ChainError) -> [[UInt8]]? {
    guard number > oldestState, let changes = try rows.changes(number, ChainColumn.diff) else { return nil }
    return changes.map(\.key).sorted { $0.lexicographicallyPrecedes($1) }
  }
}

internal import Synchronization

/// A store that lives in memory and is gone when the process ends: for tests and for chains that need no disk.
///
/// It keeps every promise of ``KeyValueStore`` except durability; `sync` changes nothing. One lock guards all columns.
public final class MemoryStore: KeyValueStore {
  private struct State {
    var rows: [Column: SortedRows]
    var isClosed = false

    func rows(in column: Column) throws(StoreError) -> SortedRows {
      guard !isClosed else { throw .closed }
      guard let found = rows[column] else { throw .unknownColumn(column) }
      return found
    }
  }

  public let columns: [Column]
  private let state: Mutex<State>

  /// Makes an empty store of the given columns; naming one twice is fine.
  public init(columns: [Column]) {
    let distinct = Set(columns)
    self.columns = Array(distinct)
    self.state = Mutex(State(rows: Dictionary(uniqueKeysWithValues: distinct.map { ($0, SortedRows()) })))
  }

  public func get(_ key: [UInt8], in column: Column) throws(StoreError) -> [UInt8]? {
    try state.withLock { state throws(StoreError) in try state.rows(in: column).value(of: key) }
  }

  public func entries(in column: Column, _ scan: Scan) throws(StoreError) -> [Entry] {
    // The rows share their storage with the store, so the page is cut after the lock is free.
    let rows = try state.withLock { state throws(StoreError) in try state.rows(in: column) }
    return rows.page(scan)
  }

  public func commit(_ batch: WriteBatch, sync: Bool) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      // All checks come first: a batch that is refused leaves no trace.
      for column in batch.columns { _ = try state.rows(in: column) }
      guard !state.isClosed else { throw .closed }
      try batch.checkLimits()
      for column in batch.columns {
        for change in batch.changes(in: column) { state.rows[column]?.set(change.key, to: change.value) }
      }
    }
  }

  public func close() throws(StoreError) {
    state.withLock { state in
      state.isClosed = true
      state.rows = [:]
    }
  }
}

internal import CRocksDB
internal import Glibc
internal import KeyValueStore

/// An open RocksDB database with its columns. Closed when destroyed.
final class Database {
  private let raw: OpaquePointer
  private let folder: DatabaseFolder
  /// Handles by the name that RocksDB gives back for each, never by position.
  private(set) var columns: [String: OpaquePointer]
  private let reads = ReadOptions()
  private let syncedWrites = WriteOptions(sync: true)
  private let plainWrites = WriteOptions(sync: false)

  /// The column that RocksDB insists on. It stays empty.
  static let defaultColumn = "default"

  /// Opens a database with exactly the columns that it has.
  /// - Parameters:
  ///   - names: All columns in it, in any order.
  ///   - hints: Settings of the columns that the program knows; the others get RocksDB's defaults.
  init(
    folder: consuming DatabaseFolder, names: [String], create: Bool, settings: RocksSettings,
    cache: borrowing CacheHandle, hints: [String: ColumnSettings]
  ) throws(RocksOpenError) {
    let path = folder.path
    let options = OptionsHandle(database: settings, create: create)
    let texts = names.map { strdup($0) }
    defer { texts.forEach { free($0) } }
    let columnOptions: [OpaquePointer?] = names.map { name in
      (hints[name].map { OptionsHandle(column: $0, settings: settings, cache: cache) } ?? OptionsHandle()).release()
    }
    defer { columnOptions.forEach { rocksdb_options_destroy($0) } }
    var handles = [OpaquePointer?](repeating: nil, count: names.count)
    let opened: OpaquePointer?
    do throws(StoreError) {
      opened = try checked {
        rocksdb_open_column_families(
          options.raw, path, Int32(names.count), texts.map { UnsafePointer($0) }, columnOptions, &handles, $0)
      }
    } catch {
      // Another process may have been quicker since the folder was reserved.
      try folder.checkUnlocked()
      throw RocksOpenError(error, path: path)
    }
    guard let opened else { throw .inputOutput(path: path, reason: "no reason given") }
    raw = opened
    self.folder = folder
    columns = [:]
    for handle in handles.compactMap(\.self) { columns[Database.name(of: handle)] = handle }
  }

  /// Destroys the columns' handles, then closes; anything still in memory is in the write-ahead log.
  deinit {
    rocksdb_cancel_all_background_work(raw, 1)
    for handle in columns.values { rocksdb_column_family_handle_destroy(handle) }
    rocksdb_close(raw)
  }

  /// Adds a column that the database does not have yet.
  func createColumn(
    _ column: ColumnSettings, settings: RocksSettings, cache: borrowing CacheHandle
  ) throws(StoreError) {
    let options = OptionsHandle(column: column, settings: settings, cache: cache)
    let handle: OpaquePointer? = try checked {
      rocksdb_create_column_family(raw, options.raw, column.column.name, $0)
    }
    guard let handle else { throw .inputOutput(reason: "column \(column.column) was not created and no reason given") }
    columns[Database.name(of: handle)] = handle
  }

  /// Hands what the operating system may still hold of the write-ahead log to the disk.
  func syncLog() throws(StoreError) { try checked { rocksdb_flush_wal(raw, 1, $0) } }

  /// Reads one value, copied once.
  func get(_ key: [UInt8], in column: Column) throws(StoreError) -> [UInt8]? {
    let column = try handle(of: column)
    let pinned: OpaquePointer? = try checked { message in
      lend(key) { rocksdb_get_pinned_cf(raw, reads.raw, column, $0, $1, message) }
    }
    guard let pinned else { return nil }
    defer { rocksdb_pinnableslice_destroy(pinned) }
    var count = 0
    let start = rocksdb_pinnableslice_value(pinned, &count)
    return copy(start, count: count)
  }

  private func handle(of column: Column) throws(StoreError) -> OpaquePointer {
    guard column.name != Database.defaultColumn, let handle = columns[column.name] else { throw .unknownColumn(column) }
    return handle
  }

  /// Reads one page of rows. The iterator lives in this call only.
  func entries(in column: Column, _ scan: Scan) throws(StoreError) -> [Entry] {
    let column = try handle(of: column)
    // The bounds are lent to the options, so they outlive the iterator.
    return try withBounds(of: scan.prefix) { (options: borrowing ReadOptions) throws(StoreError) in
      let iterator = IteratorHandle(database: raw, column: column, options: options)
      iterator.seek(scan)
      var entries: [Entry] = []
      while entries.count < scan.limit, iterator.isValid {
        entries.append(Entry(key: iterator.key, value: iterator.value))
        // Behind the last row there may be thousands of removed ones to pass over.
        if entries.count < scan.limit { iterator.move(scan.direction) }
      }
      try iterator.checkEnd()
      return entries
    }
  }

  /// Says whether any column, also one of another program, has a row.
  func hasRows() throws(StoreError) -> Bool {
    let options = ReadOptions()
    for column in columns.values {
      let iterator = IteratorHandle(database: raw, column: column, options: options)
      rocksdb_iter_seek_to_first(iterator.raw)
      if iterator.isValid { return true }
      try iterator.checkEnd()
    }
    return false
  }

  /// Makes read options that see only keys with a prefix.
  private func withBounds<R>(
    of prefix: [UInt8], _ body: (borrowing ReadOptions) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    let options = ReadOptions()
    guard !prefix.isEmpty else { return try body(options) }
    let upper = successor(of: prefix)
    let result: Result<R, StoreError> = lend(prefix) { lowerStart, lowerCount in
      rocksdb_readoptions_set_iterate_lower_bound(options.raw, lowerStart, lowerCount)
      return lend(upper ?? []) { upperStart, upperCount in
        if upper != nil { rocksdb_readoptions_set_iterate_upper_bound(options.raw, upperStart, upperCount) }
        return Result { () throws(StoreError) in try body(options) }
      }
    }
    return try result.get()
  }

  /// Writes a batch, columns by name and rows by key: RocksDB inserts neighbours faster.
  func write(_ batch: WriteBatch, sync: Bool) throws(StoreError) {
    let handle = BatchHandle()
    for column in batch.columns {
      let raw = try self.handle(of: column)
      for change in batch.changes(in: column) {
        if let value = change.value {
          handle.put(change.key, value, column: raw)
        } else {
          handle.delete(change.key, column: raw)
        }
      }
    }
    let options = sync ? syncedWrites.raw : plainWrites.raw
    try checked { rocksdb_write(raw, options, handle.raw, $0) }
  }

  /// The names of the columns in a closed database.
  static func columnNames(path: String) throws(StoreError) -> [String] {
    let options = OptionsHandle()
    var count = 0
    let list = try checked { rocksdb_list_column_families(options.raw, path, &count, $0) }
    guard let list else { return [] }
    defer { rocksdb_list_column_families_destroy(list, count) }
    return (0..<count).compactMap { list[$0].map { String(cString: $0) } }
  }

  /// The first key behind all keys with a prefix.
  /// - Returns: `nil` when the prefix is all `0xff` and nothing stands behind it.
  private func successor(of prefix: [UInt8]) -> [UInt8]? {
    guard let last = prefix.lastIndex(where: { $0 != 0xff }) else { return nil }
    var successor = Array(prefix[...last])
    successor[last] += 1
    return successor
  }

  private static func name(of handle: OpaquePointer) -> String {
    var count = 0
    let text = rocksdb_column_family_handle_get_name(handle, &count)
    defer { rocksdb_free(text) }
    return String(decoding: copy(text, count: count), as: UTF8.self)
  }
}

public import KeyValueStore

/// A key-value store on disk: RocksDB with one column family for each column.
///
/// One process at a time has a database open. Reads may run side by side from any thread, also beside a commit.
public final class RocksStore: KeyValueStore, @unchecked Sendable {
  // unchecked: RocksDB locks reads and writes itself (its wiki, "Basic Operations: Concurrency"), and `database`
  // changes only under the writing side of `lock`.

  /// The column that every database has, with the format version in it.
  public static let metaColumn = Column("meta")
  /// Key of the format version in ``metaColumn``. Its value is a `u32`, little-endian.
  public static let formatVersionKey = Array("format_version".utf8)

  /// The folder of the database.
  public let path: String
  public let columns: [Column]

  private let lock = ReadWriteLock()
  private var database: Database?

  /// Opens a database, and creates the folder, the database and its columns where they are missing.
  ///
  /// A database of another format version or with unknown columns is left as it is.
  /// - Parameters:
  ///   - path: The folder, which belongs to the database alone.
  ///   - columns: All columns that the program uses; ``metaColumn`` is added when it is not among them.
  ///   - settings: The expected format version, and sizes.
  /// - Precondition: No column is named `default`, which RocksDB keeps for itself.
  public init(path: String, columns: [ColumnSettings], settings: RocksSettings) throws(RocksOpenError) {
    var hints = [RocksStore.metaColumn.name: ColumnSettings(RocksStore.metaColumn)]
    for column in columns { hints[column.column.name] = column }
    precondition(hints[Database.defaultColumn] == nil, "store: no column can be named default")
    self.path = path
    self.columns = hints.values.map(\.column).sorted { $0.name < $1.name }
    self.database = try RocksStore.open(path: path, hints: hints, settings: settings)
  }

  deinit { try? close() }

  public func get(_ key: [UInt8], in column: Column) throws(StoreError) -> [UInt8]? {
    try reading { database throws(StoreError) in try database.get(key, in: column) }
  }

  public func entries(in column: Column, _ scan: Scan) throws(StoreError) -> [Entry] {
    try reading { database throws(StoreError) in try database.entries(in: column, scan) }
  }

  public func commit(_ batch: WriteBatch, sync: Bool) throws(StoreError) {
    try batch.checkLimits()
    try reading { database throws(StoreError) in
      if !batch.isEmpty { try database.write(batch, sync: sync) } else if sync { try database.syncLog() }
    }
  }

  public func close() throws(StoreError) {
    try lock.writing { () throws(StoreError) in
      guard let open = database else { return }
      // Closed even when the log cannot be synced: the caller learns that, and the folder is free again.
      database = nil
      try open.syncLog()
    }
  }

  /// Runs calls into RocksDB while the database cannot be closed.
  private func reading<R>(_ body: (Database) throws(StoreError) -> R) throws(StoreError) -> R {
    try lock.reading { () throws(StoreError) in
      guard let database else { throw .closed }
      return try body(database)
    }
  }
}

extension RocksStore {
  /// Opens what is there, checks that it is ours, and only then adds what is missing.
  private static func open(
    path: String, hints: [String: ColumnSettings], settings: RocksSettings
  ) throws(RocksOpenError) -> Database {
    let folder = try DatabaseFolder.reserve(path)
    let exists = folder.hasDatabase
    guard exists || !folder.hasTables else {
      throw .corrupt(path: path, reason: "table files without the file CURRENT")
    }
    let cache = CacheHandle(bytes: settings.cacheBytes)
    let names = try at(path) { () throws(StoreError) in
      exists ? try Database.columnNames(path: path) : [Database.defaultColumn]
    }
    let unknown = names.filter { $0 != Database.defaultColumn && hints[$0] == nil }.sorted()
    // Without our meta column it is not our database at all, so it is not even opened.
    guard unknown.isEmpty || names.contains(metaColumn.name) else {
      throw .unknownColumns(path: path, names: unknown)
    }
    let database = try Database(
      folder: folder, names: names, create: !exists, settings: settings, cache: cache, hints: hints)
    let isNew = try checkFormat(of: database, path: path, supported: settings.formatVersion)
    guard unknown.isEmpty else { throw .unknownColumns(path: path, names: unknown) }
    try at(path) { () throws(StoreError) in
      for hint in hints.values.sorted(by: { $0.column.name < $1.column.name }) where !names.contains(hint.column.name) {
        try database.createColumn(hint, settings: settings, cache: cache)
      }
      if isNew { try writeFormat(settings.formatVersion, to: database) }
    }
    return database
  }

  /// Compares the format version in the database with ours.
  /// - Returns: True when there are no rows at all: a new database, or one whose creation was cut short.
  private static func checkFormat(
    of database: Database, path: String, supported: UInt32
  ) throws(RocksOpenError) -> Bool {
    let stored = try at(path) { () throws(StoreError) in
      database.columns[metaColumn.name] == nil ? nil : try database.get(formatVersionKey, in: metaColumn)
    }
    guard let stored else {
      guard try at(path, { () throws(StoreError) in try database.hasRows() }) else { return true }
      throw .formatVersion(path: path, found: nil, supported: supported)
    }
    guard stored.count == 4 else { throw .corrupt(path: path, reason: "the format version has \(stored.count) bytes") }
    let found = stored.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    guard found == supported else { throw .formatVersion(path: path, found: found, supported: supported) }
    return false
  }

  private static func writeFormat(_ version: UInt32, to database: Database) throws(StoreError) {
    var batch = WriteBatch()
    batch.put(formatVersionKey, withUnsafeBytes(of: version.littleEndian) { Array($0) }, in: metaColumn)
    try database.write(batch, sync: true)
  }

  /// Says where a failure of an opening database happened.
  private static func at<R>(_ path: String, _ body: () throws(StoreError) -> R) throws(RocksOpenError) -> R {
    do throws(StoreError) { return try body() } catch { throw RocksOpenError(error, path: path) }
  }
}

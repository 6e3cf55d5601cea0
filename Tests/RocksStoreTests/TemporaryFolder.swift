import Foundation
import KeyValueStore
import RocksStore

/// A folder that exists as long as the test that made it.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appending(path: "rocks-store-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The database folder inside; nothing makes it but the store.
  var database: String { path + "/database" }

  /// Files of the database whose names end in a certain way.
  func files(_ suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: database).filter { $0.hasSuffix(suffix) }.sorted()
      .map { database + "/" + $0 }
  }

  /// Replaces the bytes of a file.
  func rewrite(_ file: String, _ change: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(filePath: file))
    change(&data)
    try data.write(to: URL(filePath: file))
  }
}

extension Column {
  static let rows = Column("rows")
  static let texts = Column("texts")
}

/// Opens a store with the columns `rows` and `texts` (and `meta`, which comes by itself).
func openStore(
  _ path: String,
  columns: [ColumnSettings] = [ColumnSettings(.rows), ColumnSettings(.texts, access: .range, isCompressed: true)],
  version: UInt32 = 1, recovery: RocksSettings.Recovery = .strict
) throws(RocksOpenError) -> RocksStore {
  try RocksStore(path: path, columns: columns, settings: RocksSettings(formatVersion: version, recovery: recovery))
}

extension KeyValueStore {
  /// Commits one row.
  func put(_ key: [UInt8], _ value: [UInt8], in column: Column = .rows, sync: Bool = false) throws(StoreError) {
    var batch = WriteBatch()
    batch.put(key, value, in: column)
    try commit(batch, sync: sync)
  }
}

/// UTF-8 bytes, for keys that read well.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

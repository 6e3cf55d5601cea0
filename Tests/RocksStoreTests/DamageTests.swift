import Foundation
import KeyValueStore
import RocksStore
import TestKit
import Testing

@Suite("Damaged files") struct DamageTests {
  let folder: TemporaryFolder
  var path: String { folder.database }

  init() throws { folder = try TemporaryFolder() }

  /// Fills a database and brings its rows into table files.
  private func fill(seed: UInt64, rows: Int) throws -> [Entry] {
    var random = SeededRandom(seed: seed)
    let entries = (0..<rows as Range<Int>).map { Entry(key: bytes("row \(100_000 + $0)"), value: random.bytes(200)) }
    var batch = WriteBatch()
    for entry in entries { batch.put(entry.key, entry.value, in: .rows) }
    let store = try openStore(path)
    try store.commit(batch, sync: true)
    try store.close()
    // The next open replays the log and writes table files.
    try openStore(path).close()
    return entries
  }

  @Test("a flipped bit in a table file", arguments: 0..<12 as Range<UInt64>)
  func detectsFlippedBit(seed: UInt64) throws {
    let entries = try fill(seed: seed, rows: 500)
    var random = SeededRandom(seed: seed)
    let tables = try folder.files(".sst")
    let largest = try #require(tables.max { size($0) < size($1) })
    // The first half of the file is rows; behind them stand filter, index and properties.
    let offset = Int.random(in: 0..<size(largest) / 2, using: &random)
    try folder.rewrite(largest) { $0[$0.startIndex + offset] ^= 1 << UInt8.random(in: 0...7, using: &random) }
    let store = try openStore(path)
    let error = try #require(throws: StoreError.self, "seed \(seed), byte \(offset)") {
      try store.entries(in: .rows, Scan(limit: 1000))
    }
    guard case .corrupt(let reason) = error else { throw error }
    #expect(reason.contains("checksum"), "seed \(seed), byte \(offset)")
    // Reads of single rows give the right value or the error, never another value.
    var refused = 0
    for entry in entries {
      let value = Result { () throws(StoreError) in try store.get(entry.key, in: .rows) }
      switch value {
      case .success(let value): #expect(value == entry.value, "seed \(seed)")
      case .failure(.corrupt): refused += 1
      case .failure(let error): throw error
      }
    }
    #expect(refused > 0, "seed \(seed)")
  }

  @Test("a damaged pointer to the manifest", arguments: ["", "garbage", "garbage\n"])
  func refusesDamagedCurrent(text: String) throws {
    _ = try fill(seed: 1, rows: 10)
    try folder.rewrite(path + "/CURRENT") { $0 = Data(text.utf8) }
    let error = try #require(throws: RocksOpenError.self) { try openStore(path) }
    guard case .corrupt(let reported, let reason) = error else { throw error }
    #expect(reported == path && reason.contains("CURRENT"))
  }

  @Test func missingCurrentIsNoNewDatabase() throws {
    _ = try fill(seed: 1, rows: 10)
    try FileManager.default.removeItem(atPath: path + "/CURRENT")
    let expected = RocksOpenError.corrupt(path: path, reason: "table files without the file CURRENT")
    #expect(throws: expected) { try openStore(path) }
    #expect(try folder.files("CURRENT").isEmpty)
  }

  @Test func missingTableIsRefused() throws {
    _ = try fill(seed: 1, rows: 10)
    for table in try folder.files(".sst") { try FileManager.default.removeItem(atPath: table) }
    #expect(throws: RocksOpenError.self) { try openStore(path) }
  }

  /// Commits fifty synced rows that stay in the write-ahead log.
  private func fillLog() throws -> String {
    let store = try openStore(path)
    for key in 0..<50 as Range<UInt8> { try store.put([key], [UInt8](repeating: key, count: 2000), sync: true) }
    try store.close()
    return try #require(try folder.files(".log").max { size($0) < size($1) })
  }

  @Test func damagedLogIsNotSilentlyCut() throws {
    let log = try fillLog()
    try folder.rewrite(log) { $0[$0.startIndex + $0.count / 2] ^= 1 }
    let error = try #require(throws: RocksOpenError.self) { try openStore(path) }
    guard case .corrupt(let reported, _) = error else { throw error }
    #expect(reported == path)
    let store = try openStore(path, recovery: .keepPrefix)
    let keys = try store.entries(in: .rows, Scan(limit: 100)).map(\.key)
    #expect(keys == (0..<UInt8(keys.count)).map { [$0] } && (10..<40).contains(keys.count))
  }

  @Test func halfWrittenLastRecordIsDropped() throws {
    let log = try fillLog()
    try folder.rewrite(log) { $0.removeLast(1000) }
    let store = try openStore(path)
    #expect(try store.entries(in: .rows, Scan(limit: 100)).map(\.key) == (0..<49 as Range<UInt8>).map { [$0] })
  }

  private func size(_ file: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int).flatMap(\.self) ?? 0
  }
}

internal import EchoRuntime
internal import KeyValueStore
public import PalletSystem
internal import Primitives
public import ScaleCodec

/// A runtime as its clients see it: its version and its descriptions of itself.
@ScaleCodable
public struct RuntimeRecord: Hashable, Sendable {
  public var version: RuntimeVersion
  /// Metadata of version 14, SCALE, with its leading magic bytes.
  public var metadata14: [UInt8]
  /// Metadata of version 15, SCALE, with its leading magic bytes.
  public var metadata15: [UInt8]

  public init(version: RuntimeVersion, metadata14: [UInt8], metadata15: [UInt8]) {
    self.version = version
    self.metadata14 = metadata14
    self.metadata15 = metadata15
  }

  /// The runtime of this program.
  public static let current = RuntimeRecord(
    version: EchoRuntime.version, metadata14: EchoRuntime.encodedMetadata(version: 14) ?? [],
    metadata15: EchoRuntime.encodedMetadata(version: 15) ?? [])
}

/// Which runtime has made which blocks.
struct RuntimeRecords: Sendable {
  private let rows: ChainRows
  /// The runtime of this program and the first block that it makes.
  let current: RuntimeRecord
  let first: BlockNumber

  /// Compares this program's runtime with the last one on record, and records it when it is another.
  ///
  /// It makes the blocks after `best`, so it is recorded there; a runtime that was recorded there and made none is
  /// forgotten. In a database without any record, all blocks count as this program's.
  init(rows: ChainRows, runtime: RuntimeRecord, best: BlockNumber) throws(ChainError) {
    self.rows = rows
    current = runtime
    if let last = try rows.entries(ChainColumn.runtime, Scan(direction: .descending, limit: 1)).first {
      let record = try Self.decode(last, rows)
      guard record.record != runtime else {
        first = record.first
        return
      }
      first = best.addingSaturating(1)
    } else {
      first = 0
    }
    var batch = WriteBatch()
    batch.put(ChainRows.key(first), runtime.encoded(), in: ChainColumn.runtime)
    try rows.commit(batch)
  }

  /// The runtime that made a block, or makes it.
  func runtime(making number: BlockNumber) throws(ChainError) -> RuntimeRecord {
    guard number < first else { return current }
    let scan = Scan(from: .at(ChainRows.key(number)), direction: .descending, limit: 1)
    guard let entry = try rows.entries(ChainColumn.runtime, scan).first else { throw .damaged(row: "runtime \(number)") }
    return try Self.decode(entry, rows).record
  }

  private static func decode(_ entry: Entry, _ rows: ChainRows) throws(ChainError) -> (first: BlockNumber, record: RuntimeRecord) {
    guard entry.key.count == 4 else { throw .damaged(row: "runtime \(Hex.encode(entry.key))") }
    let first = ChainRows.height(entry.key)
    return (first, try rows.decode(entry.value, "runtime \(first)", as: RuntimeRecord.self))
  }
}

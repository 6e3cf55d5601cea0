/// A named group of rows with an order of its own.
///
/// The name is what stands on disk, so it never changes once a release has written it (Docs/formats/database.md).
public struct Column: Hashable, Sendable, CustomStringConvertible {
  /// 1...64 characters out of `a-z`, `0-9`, `-` and `_`.
  public let name: String

  /// Names a column.
  /// - Precondition: The name is valid (``isValid(_:)``); names are constants of the program.
  public init(_ name: String) {
    precondition(Column.isValid(name), "store: column names have 1...64 characters out of a-z, 0-9, - and _")
    self.name = name
  }

  /// Says whether text can name a column.
  public static func isValid(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f }
  }

  public var description: String { name }
}

/// One row of a column.
public struct Entry: Hashable, Sendable {
  public var key: [UInt8]
  public var value: [UInt8]

  public init(key: [UInt8], value: [UInt8]) {
    self.key = key
    self.value = value
  }
}

/// The part of a column that one page of an iteration reads.
///
/// Keys are ordered as unsigned bytes from the first to the last; a key stands before its own extensions.
public struct Scan: Hashable, Sendable {
  /// The way in which keys are visited.
  public enum Direction: Hashable, Sendable { case ascending, descending }

  /// Where an iteration starts, seen in its direction.
  public enum Start: Hashable, Sendable {
    /// At the first key of the prefix (ascending) or at its last one (descending).
    case edge
    /// At this key or, when it is absent, at the next one in the direction.
    case at([UInt8])
    /// Behind this key: how the next page is asked for.
    case after([UInt8])
  }

  /// Only keys that begin with these bytes; empty for the whole column.
  public var prefix: [UInt8]
  public var start: Start
  public var direction: Direction
  /// Rows at most, 0...``maximumLimit``; larger values are cut down.
  public var limit: Int

  /// Largest number of rows in one page.
  public static let maximumLimit = 65_536

  public init(prefix: [UInt8] = [], from start: Start = .edge, direction: Direction = .ascending, limit: Int) {
    self.prefix = prefix
    self.start = start
    self.direction = direction
    self.limit = min(max(limit, 0), Scan.maximumLimit)
  }
}

/// A sorted map from byte keys to byte values, divided into columns and changed by atomic batches.
///
/// All calls are safe from any thread. Every read sees whole batches only.
public protocol KeyValueStore: Sendable {
  /// The columns that exist, in no particular order.
  var columns: [Column] { get }

  /// Reads one value.
  /// - Returns: `nil` when the key is absent; an empty array when an empty value is stored.
  /// - Throws: ``StoreError/closed``, ``StoreError/unknownColumn(_:)``, ``StoreError/corrupt(reason:)``,
  ///   ``StoreError/inputOutput(reason:)``
  func get(_ key: [UInt8], in column: Column) throws(StoreError) -> [UInt8]?

  /// Reads one page of rows in key order. Nothing stays open between pages, so a page sees commits made since the last.
  /// - Returns: Up to `scan.limit` rows; fewer only when there are no more.
  /// - Throws: As ``get(_:in:)``.
  func entries(in column: Column, _ scan: Scan) throws(StoreError) -> [Entry]

  /// Writes all changes of a batch or none.
  /// - Parameter sync: True to return only once the batch survives a power cut; false leaves that to a later synced
  ///   commit or ``close()``, and a crash of the machine may lose the batch (whole, together with those after it).
  /// - Throws: ``StoreError/closed``, ``StoreError/unknownColumn(_:)``, ``StoreError/tooLarge(bytes:maximum:)``,
  ///   ``StoreError/corrupt(reason:)``, ``StoreError/inputOutput(reason:)``
  func commit(_ batch: WriteBatch, sync: Bool) throws(StoreError)

  /// Makes everything durable and gives up the store. Later calls throw ``StoreError/closed``; closing twice is fine.
  func close() throws(StoreError)
}

/// What a store can fail with once it is open.
public enum StoreError: Error, Equatable, Sendable {
  /// The store has been closed.
  case closed
  /// The store was opened without this column.
  case unknownColumn(Column)
  /// A key, value or batch is over its limit.
  case tooLarge(bytes: Int, maximum: Int)
  /// Stored bytes do not match their checksum or do not parse.
  case corrupt(reason: String)
  /// The disk or the system refused.
  case inputOutput(reason: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .closed: "store: closed"
    case .unknownColumn(let column): "store: no column named \(column)"
    case .tooLarge(let bytes, let maximum): "store: \(bytes) bytes, at most \(maximum) fit"
    case .corrupt(let reason): "store: damaged data: \(reason)"
    case .inputOutput(let reason): "store: input/output failed: \(reason)"
    }
  }
}

/// Changes to any number of columns that are written together or not at all.
///
/// Of several changes to one key, the last one counts.
public struct WriteBatch: Sendable {
  /// One change of one row.
  public struct Change: Hashable, Sendable {
    public var key: [UInt8]
    /// The new value, or `nil` to remove the row. Removing an absent row is no error.
    public var value: [UInt8]?
  }

  /// Longest key, in bytes.
  public static let maximumKeyBytes = 65_536
  /// Longest value, in bytes: 256 MiB.
  public static let maximumValueBytes = 1 << 28
  /// Most bytes of keys and values in one batch: 1 GiB.
  public static let maximumBytes = 1 << 30

  private var pending: [Column: [Change]] = [:]
  /// Number of changes, counting every change to one key.
  public private(set) var count = 0
  /// Bytes of all keys and values.
  public private(set) var byteCount = 0
  /// Longest key and value so far, in bytes.
  public private(set) var longestKey = 0, longestValue = 0

  public init() {}

  public var isEmpty: Bool { count == 0 }

  /// Sets a row, whether it exists or not.
  public mutating func put(_ key: [UInt8], _ value: [UInt8], in column: Column) { add(key, value, column) }

  /// Removes a row; an absent one is no error.
  public mutating func delete(_ key: [UInt8], in column: Column) { add(key, nil, column) }

  private mutating func add(_ key: [UInt8], _ value: [UInt8]?, _ column: Column) {
    pending[column, default: []].append(Change(key: key, value: value))
    let length = value?.count ?? 0
    count += 1
    byteCount += key.count + length
    longestKey = max(longestKey, key.count)
    longestValue = max(longestValue, length)
  }

  /// The columns that the batch touches, by name.
  public var columns: [Column] { pending.keys.sorted { $0.name < $1.name } }

  /// The changes of one column in key order, one for each key.
  /// - Complexity: O(n log n), or O(n) when they were added in order.
  public func changes(in column: Column) -> [Change] {
    guard let changes = pending[column] else { return [] }
    if zip(changes, changes.dropFirst()).allSatisfy({ precedes($0.key, $1.key) }) { return changes }
    // The standard sort is stable, so the last of equal keys is the newest.
    let sorted = changes.sorted { precedes($0.key, $1.key) }
    return sorted.indices.filter { $0 == sorted.count - 1 || sorted[$0].key != sorted[$0 + 1].key }.map { sorted[$0] }
  }

  /// Checks the limits that every store keeps.
  /// - Throws: ``StoreError/tooLarge(bytes:maximum:)``
  public func checkLimits() throws(StoreError) {
    guard longestKey <= WriteBatch.maximumKeyBytes else {
      throw .tooLarge(bytes: longestKey, maximum: WriteBatch.maximumKeyBytes)
    }
    guard longestValue <= WriteBatch.maximumValueBytes else {
      throw .tooLarge(bytes: longestValue, maximum: WriteBatch.maximumValueBytes)
    }
    guard byteCount <= WriteBatch.maximumBytes else {
      throw .tooLarge(bytes: byteCount, maximum: WriteBatch.maximumBytes)
    }
  }
}

/// Says whether `a` stands before `b` in the order of unsigned bytes.
@inlinable public func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }

import PalletSupport
import ScaleCodec

/// Rows of one map that a model knows of, in the order in which it met them, decoded again only when their bytes change.
struct Rows<Key: Hashable, Row: ScaleDecodable> {
  /// A row that was made, changed or removed.
  struct Change {
    var key: Key
    var before: Row?
    var after: Row?
  }

  // Side by side, for most rows are only compared with what their bytes were.
  private var keys: [Key] = []
  private var storageKeys: [[UInt8]] = []
  private var bytes: [[UInt8]?] = []
  private var rows: [Row?] = []
  private var places: [Key: Int] = [:]

  subscript(key: Key) -> Row? { places[key].flatMap { rows[$0] } }

  /// Begins to look at a row, which may be absent, by its storage key.
  mutating func watch(_ key: Key, at storageKey: [UInt8]) {
    guard places[key] == nil else { return }
    places[key] = keys.count
    keys.append(key)
    storageKeys.append(storageKey)
    bytes.append(nil)
    rows.append(nil)
  }

  /// Looks at a row no more.
  mutating func forget(_ key: Key) {
    guard let place = places.removeValue(forKey: key) else { return }
    // The last takes its place.
    if place < keys.count - 1 { places[keys[keys.count - 1]] = place }
    keys.swapAt(place, keys.count - 1)
    storageKeys.swapAt(place, storageKeys.count - 1)
    bytes.swapAt(place, bytes.count - 1)
    rows.swapAt(place, rows.count - 1)
    keys.removeLast()
    storageKeys.removeLast()
    bytes.removeLast()
    rows.removeLast()
  }

  /// Reads every row again.
  mutating func refresh(in context: ExecutionContext) throws -> [Change] {
    var changes: [Change] = []
    for place in storageKeys.indices {
      let found = context.get(storageKeys[place])
      guard found != bytes[place] else { continue }
      let row = try found.map { bytes in try Row(decoding: bytes) }
      changes.append(Change(key: keys[place], before: rows[place], after: row))
      bytes[place] = found
      rows[place] = row
    }
    return changes
  }

  /// Does something with every row that there is.
  func each(_ body: (Key, Row) -> Void) {
    for place in rows.indices { if let row = rows[place] { body(keys[place], row) } }
  }

  /// One of the rows that there are, such as a condition holds for; looks from a random place on.
  func pick(using random: inout some RandomNumberGenerator, _ condition: (Row) -> Bool = { _ in true }) -> (key: Key, row: Row)? {
    guard !rows.isEmpty else { return nil }
    let start = Int.random(in: 0..<rows.count, using: &random)
    for step in rows.indices {
      let place = (start + step) % rows.count
      if let row = rows[place], condition(row) { return (keys[place], row) }
    }
    return nil
  }

  /// How many rows there are.
  var count: Int { rows.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }
}

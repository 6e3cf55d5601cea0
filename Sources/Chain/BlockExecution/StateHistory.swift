internal import KeyValueStore
internal import Primitives
internal import StateTrie

/// The state of every kept block, as it lies in the columns `history`, `born` and `span` (Docs/formats/database.md).
///
/// `history` has a row for each write of a key, newest first, so a value at any block is one seek. `born` and `span`
/// say in which blocks a key was present: `born` for the keys of the best state, `span` for keys that were removed. A
/// span lies under the one number in it that most powers of two divide, as in an interval tree; so at most 33 ranges
/// hold all spans that can cover a given block, and each range is no longer than the state once was.
struct StateHistory: Sendable {
  let rows: ChainRows

  /// Rows in a page of a listing, at least and at most.
  static let pageRows = 32...4096

  // MARK: Rows

  /// What all rows of a key in `history` begin with: the key behind its length, so that no key's rows lie among those
  /// of another.
  static func prefix(of key: [UInt8]) -> [UInt8] { [UInt8((key.count >> 8) & 0xff), UInt8(key.count & 0xff)] + key }

  /// A key's row for a write in block `number`; later blocks stand first.
  static func rowKey(_ key: [UInt8], _ number: BlockNumber) -> [UInt8] { prefix(of: key) + ChainRows.key(~number) }

  /// A row of a written value.
  static func present(_ value: [UInt8]) -> [UInt8] { value + [1] }

  /// A row of a removal, with the block in which the key had appeared.
  static func removed(born: BlockNumber) -> [UInt8] { ChainRows.key(born) + [0] }

  /// What a row of `history` says.
  enum Version {
    case present([UInt8])
    case removed(born: BlockNumber)

    init?(_ row: [UInt8]) {
      var row = row
      switch row.popLast() {
      case 1: self = .present(row)
      case 0 where row.count == 4: self = .removed(born: ChainRows.height(row))
      default: return nil
      }
    }
  }

  /// The row of `span` for a key that was present from block `born` to the one before `died`.
  static func spanKey(_ key: [UInt8], born: BlockNumber, died: BlockNumber) -> [UInt8] {
    ChainRows.key(center(born, died &- 1)) + key
  }

  /// The number of a range that most powers of two divide; 0 counts as divided by all.
  static func center(_ first: BlockNumber, _ last: BlockNumber) -> BlockNumber {
    guard first > 0, first <= last else { return first }
    let shift = BlockNumber(BlockNumber.bitWidth - 1 - ((first - 1) ^ last).leadingZeroBitCount)
    return (last >> shift) << shift
  }

  /// The centers of all ranges that can cover a number.
  static func centers(around number: BlockNumber) -> [BlockNumber] {
    var centers: [BlockNumber] = [0]
    for shift in 0..<BlockNumber(BlockNumber.bitWidth) {
      let floor = number >> shift
      if floor & 1 == 1 {
        centers.append(floor << shift)
      } else if floor << shift != number {
        centers.append((floor + 1) << shift)
      }
    }
    return centers
  }

  // MARK: Reading

  /// The value of a key after a block; `nil` when it was absent.
  /// - Complexity: One seek, however old the block is.
  func value(of key: [UInt8], at number: BlockNumber) throws(ChainError) -> [UInt8]? {
    guard case .present(let value)? = try version(of: key, at: number)?.version else { return nil }
    return value
  }

  /// The last write of a key up to a block, and its row.
  func version(of key: [UInt8], at number: BlockNumber) throws(ChainError) -> (row: [UInt8], version: Version)? {
    // No state has longer keys, and their length would not fit its two bytes.
    guard key.count <= StateTrie.maximumKeyBytes else { return nil }
    let scan = Scan(prefix: Self.prefix(of: key), from: .at(Self.rowKey(key, number)), limit: 1)
    guard let entry = try rows.entries(ChainColumn.history, scan).first else { return nil }
    guard let version = Version(entry.value) else { throw .damaged(row: "history \(Hex.encode(entry.key))") }
    return (entry.key, version)
  }

  /// The block in which a key of the best state appeared.
  func birth(of key: [UInt8]) throws(ChainError) -> BlockNumber? {
    guard let row = try rows.get(key, ChainColumn.born) else { return nil }
    guard row.count == 4 else { throw .damaged(row: "born \(Hex.encode(key))") }
    return ChainRows.height(row)
  }

  /// Keys under a prefix after a block, in byte order, strictly behind `after`, at most `limit`.
  ///
  /// Commits may happen meanwhile: they do not change the answer.
  /// - Complexity: In the worst case 33 times the largest state between genesis and now; as a rule a small multiple of
  ///   the keys returned.
  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int, at number: BlockNumber) throws(ChainError) -> [[UInt8]] {
    let centers = Self.centers(around: number).map { ChainRows.key($0) }
    var found: [[UInt8]] = []
    var cursor = after
    var pageRows = min(max(Self.pageRows.lowerBound, limit), Self.pageRows.upperBound)
    while found.count < limit {
      // `born` is read before `span`: a key that a commit removes in between then shows up there.
      let living = try page(ChainColumn.born, [], prefix, cursor, pageRows)
      var end = living.count == pageRows ? living.last?.key : nil
      var keys: [[UInt8]] = []
      for entry in living {
        guard entry.value.count == 4 else { throw .damaged(row: "born \(Hex.encode(entry.key))") }
        if ChainRows.height(entry.value) <= number { keys.append(entry.key) }
      }
      for center in centers {
        let ended = try page(ChainColumn.span, center, prefix, cursor, pageRows)
        if ended.count == pageRows, let last = ended.last {
          let key = Array(last.key.dropFirst(4))
          end = end.map { precedes(key, $0) ? key : $0 } ?? key
        }
        for entry in ended {
          guard entry.value.count == 8 else { throw .damaged(row: "span \(Hex.encode(entry.key))") }
          let (born, died) = (ChainRows.height(entry.value[..<4]), ChainRows.height(entry.value[4...]))
          if born <= number, number < died { keys.append(Array(entry.key.dropFirst(4))) }
        }
      }
      // Behind the end of the shortest page there may be keys that were not read.
      if let end { keys.removeAll { precedes(end, $0) } }
      keys.sort { precedes($0, $1) }
      for key in keys where found.count < limit && key != found.last { found.append(key) }
      guard let end else { break }
      cursor = end
      pageRows = min(pageRows * 2, Self.pageRows.upperBound)
    }
    return found
  }

  /// A page of a column's rows whose keys, behind `base`, begin with `prefix` and stand behind `after`.
  private func page(
    _ column: Column, _ base: [UInt8], _ prefix: [UInt8], _ after: [UInt8]?, _ limit: Int
  ) throws(ChainError) -> [Entry] {
    try rows.entries(column, Scan(prefix: base + prefix, from: after.map { .after(base + $0) } ?? .edge, limit: limit))
  }

  // MARK: Writing

  /// Adds what one write of a block leaves behind.
  ///
  /// - Parameters:
  ///   - born: The block in which the key appeared; `nil` when it was absent before. A write over an older value only
  ///     asks whether it is `nil`.
  static func add(_ change: StateChange, born: BlockNumber?, at number: BlockNumber, to batch: inout WriteBatch) {
    let row = rowKey(change.key, number)
    if let value = change.value {
      batch.put(row, present(value), in: ChainColumn.history)
      if born == nil { batch.put(change.key, ChainRows.key(number), in: ChainColumn.born) }
    } else if let born {
      batch.put(row, removed(born: born), in: ChainColumn.history)
      batch.put(
        spanKey(change.key, born: born, died: number), ChainRows.key(born) + ChainRows.key(number), in: ChainColumn.span)
      batch.delete(change.key, in: ChainColumn.born)
    }
  }

  /// Removes what only the state before block `number` needs, so that the block's own is the oldest one.
  ///
  /// All that was ever written to the key `kept` stays.
  /// - Precondition: The state of block `number` − 1 is the oldest one, and all before it are removed.
  /// - Complexity: One seek for each key that the block changed.
  func forget(before number: BlockNumber, keeping kept: [UInt8], in batch: inout WriteBatch) throws(ChainError) {
    guard let changes = try rows.changes(number, ChainColumn.diff) else { throw .damaged(row: "diff \(number)") }
    for change in changes where change.key != kept {
      if let older = try version(of: change.key, at: number - 1) { batch.delete(older.row, in: ChainColumn.history) }
      guard change.value == nil else { continue }
      guard case (let row, .removed(let born))? = try version(of: change.key, at: number) else {
        throw .damaged(row: "history \(Hex.encode(Self.rowKey(change.key, number)))")
      }
      batch.delete(row, in: ChainColumn.history)
      batch.delete(Self.spanKey(change.key, born: born, died: number), in: ChainColumn.span)
    }
    batch.delete(ChainRows.key(number), in: ChainColumn.diff)
  }
}

/// Rows in key order, cut into pieces so that a change moves few of them.
///
/// Every piece holds 1...``pieceLimit`` rows, and all keys of a piece stand before those of the next one.
struct SortedRows: Sendable {
  /// Most rows in one piece; a fuller one is cut in two.
  static let pieceLimit = 256

  private var pieces: [[Entry]] = []

  /// A row's place: its piece and its index there.
  private struct Position {
    var piece: Int
    var row: Int
  }

  /// The value of a key, or `nil`.
  /// - Complexity: O(log n).
  func value(of key: [UInt8]) -> [UInt8]? {
    let position = firstPosition(notBefore: key)
    guard let row = row(at: position), row.key == key else { return nil }
    return row.value
  }

  /// Sets a row, or removes it when `value` is `nil`.
  /// - Complexity: O(log n + piece limit + pieces).
  mutating func set(_ key: [UInt8], to value: [UInt8]?) {
    let position = firstPosition(notBefore: key)
    let isPresent = row(at: position)?.key == key
    guard let value else {
      if isPresent { remove(at: position) }
      return
    }
    if isPresent {
      pieces[position.piece][position.row].value = value
    } else {
      insert(Entry(key: key, value: value), before: position)
    }
  }

  /// One page of an iteration; `scan.limit` is cut down to 0...``Scan/maximumLimit``.
  func page(_ scan: Scan) -> [Entry] {
    let limit = min(max(scan.limit, 0), Scan.maximumLimit)
    var page: [Entry] = []
    var position = start(of: scan)
    while page.count < limit, let row = row(at: position), row.key.starts(with: scan.prefix) {
      page.append(row)
      position = scan.direction == .ascending ? after(position) : before(position)
    }
    return page
  }

  /// The first row of a page, already inside the prefix if any row is.
  private func start(of scan: Scan) -> Position {
    switch scan.direction {
    case .ascending:
      let edge = firstPosition(notBefore: scan.prefix)
      switch scan.start {
      case .edge: return edge
      case .at(let key): return precedes(key, scan.prefix) ? edge : firstPosition(notBefore: key)
      case .after(let key): return precedes(key, scan.prefix) ? edge : firstPosition(behind: key)
      }
    case .descending:
      let edge = before(firstPosition(behindPrefix: scan.prefix))
      let wanted: Position
      switch scan.start {
      case .edge: return edge
      case .at(let key): wanted = before(firstPosition(behind: key))
      case .after(let key): wanted = before(firstPosition(notBefore: key))
      }
      return (wanted.piece, wanted.row) < (edge.piece, edge.row) ? wanted : edge
    }
  }

  private func row(at position: Position) -> Entry? {
    guard pieces.indices.contains(position.piece) else { return nil }
    let piece = pieces[position.piece]
    return piece.indices.contains(position.row) ? piece[position.row] : nil
  }

  private func after(_ position: Position) -> Position {
    position.row + 1 < pieces[position.piece].count
      ? Position(piece: position.piece, row: position.row + 1) : Position(piece: position.piece + 1, row: 0)
  }

  /// The place before, or one that holds no row when there is none.
  private func before(_ position: Position) -> Position {
    if position.row > 0 { return Position(piece: position.piece, row: position.row - 1) }
    guard position.piece > 0 else { return Position(piece: -1, row: 0) }
    return Position(piece: position.piece - 1, row: pieces[position.piece - 1].count - 1)
  }

  private func firstPosition(notBefore key: [UInt8]) -> Position { firstPosition { !precedes($0, key) } }

  private func firstPosition(behind key: [UInt8]) -> Position { firstPosition { precedes(key, $0) } }

  private func firstPosition(behindPrefix prefix: [UInt8]) -> Position {
    firstPosition { precedes(prefix, $0) && !$0.starts(with: prefix) }
  }

  /// The first row whose key meets a condition that all later keys meet too; behind the last piece when none does.
  private func firstPosition(where condition: ([UInt8]) -> Bool) -> Position {
    let piece = partitionPoint(pieces.count) { condition(pieces[$0][pieces[$0].count - 1].key) }
    guard piece < pieces.count else { return Position(piece: piece, row: 0) }
    return Position(piece: piece, row: partitionPoint(pieces[piece].count) { condition(pieces[piece][$0].key) })
  }

  private func partitionPoint(_ count: Int, _ condition: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private mutating func insert(_ row: Entry, before position: Position) {
    guard position.piece < pieces.count else {
      if pieces.isEmpty { pieces.append([row]) } else { append(row) }
      return
    }
    pieces[position.piece].insert(row, at: position.row)
    cut(position.piece)
  }

  private mutating func append(_ row: Entry) {
    pieces[pieces.count - 1].append(row)
    cut(pieces.count - 1)
  }

  private mutating func cut(_ piece: Int) {
    guard pieces[piece].count > SortedRows.pieceLimit else { return }
    let half = SortedRows.pieceLimit / 2
    let tail = Array(pieces[piece][half...])
    pieces[piece].removeSubrange(half...)
    pieces.insert(tail, at: piece + 1)
  }

  private mutating func remove(at position: Position) {
    pieces[position.piece].remove(at: position.row)
    if pieces[position.piece].isEmpty { pieces.remove(at: position.piece) }
  }
}

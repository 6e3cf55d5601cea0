internal import Finality
internal import KeyValueStore
internal import Primitives
internal import ScaleCodec
internal import StateTrie
internal import Synchronization

/// What goes wrong while states are read.
///
/// Runtime code reads states without errors in mind, so a read that fails gives nothing and is noted here: whoever
/// answers a question sets ``current`` around the work and looks at ``first`` before the answer goes out.
public final class ReadFailures: Sendable {
  /// The notes of the task that reads.
  @TaskLocal public static var current: ReadFailures?

  private let noted = Mutex<ChainError?>(nil)

  public init() {}

  /// The first failure.
  public var first: ChainError? { noted.withLock { $0 } }

  func note(_ error: ChainError) { noted.withLock { $0 = $0 ?? error } }
}

/// The state of a block that is no longer in memory.
final class PastState: Sendable {
  let header: Header
  let failures = ReadFailures()
  private let states: PastStates
  /// A state in memory from which a trie can be made.
  private let anchor: StateView

  init(header: Header, states: PastStates, anchor: StateView) {
    self.header = header
    self.states = states
    self.anchor = anchor
  }

  private var number: BlockNumber { header.number.value }

  func value(for key: [UInt8]) -> [UInt8]? {
    reading { () throws(ChainError) in try states.history.value(of: key, at: number) } ?? nil
  }

  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] {
    reading { () throws(ChainError) in try states.history.keys(prefix: prefix, after: after, limit: limit, at: number) } ?? []
  }

  func proof(for keys: [[UInt8]]) -> [[UInt8]] {
    reading { () throws(ChainError) in try trie() }?.proof(for: keys) ?? []
  }

  func trie() throws(ChainError) -> StateTrie { try states.trie(of: header, anchor: anchor) }

  /// Notes what a read throws, and that the state was removed while it was read.
  private func reading<R>(_ read: () throws(ChainError) -> R) -> R? {
    do throws(ChainError) {
      let result = try read()
      try states.check(number)
      return result
    } catch {
      failures.note(error)
      ReadFailures.current?.note(error)
      return nil
    }
  }
}

/// Reads states that are no longer in memory, and keeps the tries that proofs of them needed.
final class PastStates: Sendable {
  /// Most blocks between two states for which the difference is taken from their diffs instead of from all keys.
  static let maximumDiffs: BlockNumber = 1024
  /// Most tries that are kept, and most keys in which all of them together differ from those they were made of.
  static let maximumTries = 16
  static let maximumChanges = 262_144

  private struct Made: Sendable {
    var number: BlockNumber
    var trie: StateTrie
    var changes: Int
  }

  let history: StateHistory
  /// The first block whose state is on disk. Raised before rows go away.
  let oldest: Atomic<BlockNumber>
  /// Tries that were made, the one used last at the end. The lock is held while one is made: one at a time.
  private let made = Mutex<[Made]>([])

  init(history: StateHistory, oldest: BlockNumber) {
    self.history = history
    self.oldest = Atomic(oldest)
  }

  /// Throws when a block's state is not on disk, or only in part.
  func check(_ number: BlockNumber) throws(ChainError) {
    guard number >= oldest.load(ordering: .acquiring) else { throw .stateDiscarded(block: number) }
  }

  /// The trie of an old state.
  ///
  /// - Parameter anchor: A state whose trie is at hand.
  /// - Complexity: O(1) when it was made lately. Else linear in the diffs between the nearest trie and this one, of at
  ///   most ``maximumDiffs`` blocks, or linear in both states.
  func trie(of header: Header, anchor: StateView) throws(ChainError) -> StateTrie {
    let number = header.number.value
    return try made.withLock { made throws(ChainError) in
      if let index = made.firstIndex(where: { $0.number == number }) {
        let found = made.remove(at: index)
        made.append(found)
        return found.trie
      }
      var start = Made(number: anchor.number, trie: try anchor.trie(), changes: 0)
      for other in made where Self.distance(other.number, number) < Self.distance(start.number, number) { start = other }
      var trie = start.trie
      let changes =
        Self.distance(start.number, number) <= Self.maximumDiffs
        ? try applyDiffs(to: &trie, from: start.number, to: number) : try applyAll(to: &trie, of: number)
      try check(number)
      guard trie.root() == header.stateRoot else {
        throw .stateRootMismatch(block: number, computed: trie.root(), expected: header.stateRoot)
      }
      made.append(Made(number: number, trie: trie, changes: changes))
      var total = made.reduce(0) { $0 + $1.changes }
      while made.count > 1, made.count > Self.maximumTries || total > Self.maximumChanges { total -= made.removeFirst().changes }
      return trie
    }
  }

  private static func distance(_ a: BlockNumber, _ b: BlockNumber) -> BlockNumber { a > b ? a - b : b - a }

  /// Goes from one state to another along the keys that the blocks between them changed.
  /// - Returns: How many keys that were.
  private func applyDiffs(to trie: inout StateTrie, from: BlockNumber, to number: BlockNumber) throws(ChainError) -> Int {
    var keys: Set<[UInt8]> = []
    var block = min(from, number)
    while block < max(from, number) {
      block += 1
      guard let changes = try history.rows.changes(block, ChainColumn.diff) else { throw .damaged(row: "diff \(block)") }
      for change in changes { keys.insert(change.key) }
    }
    var changes: [StateTrie.Change] = []
    for key in keys { changes.append((key: key, value: try history.value(of: key, at: number))) }
    trie.apply(changes: changes)
    return changes.count
  }

  /// Goes from any state to another by comparing all keys.
  /// - Returns: In how many keys they differ.
  private func applyAll(to trie: inout StateTrie, of number: BlockNumber) throws(ChainError) -> Int {
    let start = trie
    var count = 0
    var cursor: [UInt8]?
    repeat {
      let page = try history.keys(prefix: [], after: cursor, limit: StateHistory.pageRows.upperBound, at: number)
      let end = page.count == StateHistory.pageRows.upperBound ? page.last : nil
      var changes: [StateTrie.Change] = []
      for key in page {
        let value = try history.value(of: key, at: number)
        if value != start.value(for: key) { changes.append((key: key, value: value)) }
      }
      let present = Set(page)
      for key in start.keys(after: cursor, upTo: end) where !present.contains(key) { changes.append((key: key, value: nil)) }
      trie.apply(changes: changes)
      count += changes.count
      cursor = end
    } while cursor != nil
    return count
  }
}

extension StateTrie {
  /// All keys behind `after` up to and with `end`; without an end, all.
  fileprivate func keys(after: [UInt8]?, upTo end: [UInt8]?) -> [[UInt8]] {
    guard let end else { return keys(after: after) }
    var found: [[UInt8]] = []
    var cursor = after
    while true {
      let page = keys(after: cursor, limit: StateHistory.pageRows.upperBound)
      for key in page {
        if precedes(end, key) { return found }
        found.append(key)
      }
      guard page.count == StateHistory.pageRows.upperBound else { return found }
      cursor = page.last
    }
  }
}

/// Where a block's execution reads the state that it starts from.
///
/// Implementations answer for one fixed state; they never see the writes of the block.
public protocol StateBackend {
  /// The value at a key, or `nil`.
  func value(for key: [UInt8]) -> [UInt8]?
  /// Keys under a prefix in byte order, strictly after `after`, at most `limit`.
  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]]
}

/// The state of a block while it is executed: what its parent left, overlaid with its own writes.
///
/// Writes can be undone to any earlier mark, so that a refused call leaves no trace. Events belong to the same undo.
/// A context serves one block on one thread; it is a class because pallets call one another with it.
public final class ExecutionContext {
  private struct Entry {
    var value: [UInt8]?
    var isDirty: Bool
  }
  private struct Undo {
    var key: [UInt8]
    var previous: Entry?
  }

  private let backend: any StateBackend
  private var entries: [[UInt8]: Entry] = [:]
  private var undoLog: [Undo] = []
  private var depth = 0

  /// Nested transactions allowed, as in Substrate (`TRANSACTIONAL_LIMIT`).
  public static let maximumDepth = 255

  /// Events of this block so far.
  public private(set) var events: [EventRecord] = []
  /// The step of the block that deposits events now.
  public var phase: Phase = .initialization
  /// Weight that the block has used so far.
  public var blockWeight: Weight = .zero

  /// Starts on a state.
  public init(_ backend: any StateBackend) { self.backend = backend }

  // MARK: Raw state

  /// The value at a storage key.
  public func get(_ key: [UInt8]) -> [UInt8]? {
    if let entry = entries[key] { return entry.value }
    let value = backend.value(for: key)
    entries[key] = Entry(value: value, isDirty: false)
    return value
  }

  /// What the parent's state has at a storage key, whatever this block wrote there.
  public func original(_ key: [UInt8]) -> [UInt8]? { backend.value(for: key) }

  /// Writes a value, or removes it with `nil`.
  public func put(_ key: [UInt8], _ value: [UInt8]?) {
    let previous = entries.updateValue(Entry(value: value, isDirty: true), forKey: key)
    if depth > 0 { undoLog.append(Undo(key: key, previous: previous)) }
  }

  /// Keys under a prefix in byte order, this block's writes included.
  ///
  /// - Parameter limit: Most keys to return. The walk over the parent's state is paged, so a large prefix costs only
  ///   what is asked for.
  public func keys(prefix: [UInt8], after: [UInt8]? = nil, limit: Int) -> [[UInt8]] {
    let overlay = entries.compactMap { key, entry -> ([UInt8], Bool)? in
      guard entry.isDirty, key.starts(with: prefix), after.map({ $0.lexicographicallyPrecedes(key) }) ?? true else { return nil }
      return (key, entry.value != nil)
    }
    let removed = Set(overlay.filter { !$0.1 }.map(\.0))
    var found = Set(overlay.filter(\.1).map(\.0))
    var cursor = after
    while true {
      let page = backend.keys(prefix: prefix, after: cursor, limit: 256)
      for key in page where !removed.contains(key) { found.insert(key) }
      // Stop once the page reached past the answer: keys found so far in order are final up to the page's end.
      guard let last = page.last, page.count == 256 else { break }
      if found.lazy.filter({ !last.lexicographicallyPrecedes($0) }).count >= limit { break }
      cursor = last
    }
    return Array(found.sorted { $0.lexicographicallyPrecedes($1) }.prefix(limit))
  }

  /// Every key that this block wrote with its new value, in byte order.
  public func changes() -> [(key: [UInt8], value: [UInt8]?)] {
    entries.compactMap { key, entry in entry.isDirty ? (key, entry.value) : nil }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  // MARK: Transactions

  /// Runs `body` so that all its writes and events stay, or none when it throws.
  /// - Throws: What `body` throws, or ``TransactionalError/limitReached`` 255 levels down.
  public func transactional<R>(_ body: () throws(DispatchError) -> R) throws(DispatchError) -> R {
    guard depth < Self.maximumDepth else { throw .transactional(.limitReached) }
    let mark = begin()
    do {
      let result = try body()
      commit()
      return result
    } catch {
      rollback(to: mark)
      throw error
    }
  }

  /// Where a transaction started.
  public struct Mark: Sendable {
    fileprivate let undo: Int
    fileprivate let events: Int
  }

  /// Opens a transaction by hand, for callers whose errors are of another type. Pair with ``commit()`` or ``rollback(to:)``.
  public func begin() -> Mark {
    depth += 1
    return Mark(undo: undoLog.count, events: events.count)
  }

  /// Keeps the writes of the innermost transaction.
  public func commit() {
    depth -= 1
    if depth == 0 { undoLog.removeAll(keepingCapacity: true) }
  }

  /// Undoes every write and event since `mark` and closes the innermost transaction.
  public func rollback(to mark: Mark) {
    while undoLog.count > mark.undo {
      let undo = undoLog.removeLast()
      entries[undo.key] = undo.previous
    }
    events.removeLast(events.count - mark.events)
    depth -= 1
  }

  // MARK: Nesting

  /// Message programs that are running inside one another, through calls of theirs.
  private var runningPrograms = 0

  /// Notes that a message program begins.
  /// - Returns: Whether it may: `limit` programs are not yet inside one another.
  public func enterProgram(limit: Int) -> Bool {
    guard runningPrograms < limit else { return false }
    runningPrograms += 1
    return true
  }

  /// Notes that the innermost program has ended.
  public func leaveProgram() { runningPrograms -= 1 }

  // MARK: Inspection

  /// Watches a trial execution; `nil` where blocks are executed.
  public var inspector: (any ExecutionInspector)?

  // MARK: Events

  /// Appends an event of the pallet at `pallet`.
  public func deposit(_ event: EventRecord) { events.append(event) }

  /// Removes the events after they were written to state.
  public func clearEvents() { events.removeAll() }
}

/// Watches an execution without a part in it: what it is told must leave state and events as they are.
///
/// Rooms above say with protocols of their own what they have to tell.
public protocol ExecutionInspector: AnyObject {}

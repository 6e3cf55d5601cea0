internal import BlockExecution
internal import Hashing
internal import Primitives
internal import RPC

/// One item of `archive_v1_storageDiff`.
struct StorageDiffQuery: Hashable, Sendable {
  enum Form: String, Sendable {
    case value, hash
  }

  var prefix: [UInt8] = []
  var form = Form.hash
  var childTrie: [UInt8]?

  /// Most items of one request: each walks the changed keys once.
  private static let maximumItems = 256

  /// Reads the `items` of a request; without any, all keys by their hashes.
  /// - Throws: -32602 naming the item that is wrong.
  static func list(_ params: RPCParams, _ index: Int) throws(RPCError) -> [StorageDiffQuery] {
    guard let items = try params.optionalArray(index, "items") else { return [StorageDiffQuery()] }
    guard items.count <= maximumItems else { throw .invalidParams("items has \(items.count) elements, at most \(maximumItems) are read") }
    var queries: [StorageDiffQuery] = []
    for (position, item) in items.enumerated() {
      guard let form = item["returnType"]?.asString.flatMap({ Form(rawValue: $0) }) else {
        throw .invalidParams("items[\(position)].returnType is neither value nor hash")
      }
      var query = StorageDiffQuery(form: form)
      if let bytes = try bytes(item, "key", position) { query.prefix = bytes }
      query.childTrie = try bytes(item, "childTrieKey", position)
      queries.append(query)
    }
    return queries
  }

  private static func bytes(_ item: JSON, _ name: String, _ position: Int) throws(RPCError) -> [UInt8]? {
    guard let value = item[name], !value.isNull else { return nil }
    guard let bytes = value.asBytes else { throw .invalidParams("items[\(position)].\(name) is not hexadecimal bytes") }
    return bytes
  }
}

/// A key whose value differs between two states.
struct StorageDifference: Hashable, Sendable {
  let key: [UInt8]
  /// `nil` when the key was, or is, absent; never both.
  let old: [UInt8]?
  let new: [UInt8]?
  let form: StorageDiffQuery.Form

  /// The event; a deleted key shows what was deleted.
  var json: JSON {
    let type = old == nil ? "added" : new == nil ? "deleted" : "modified"
    let value = new ?? old ?? []
    let shown: JSON = form == .value ? .hex(value) : .hash(Hash.blake2b256(value))
    return ["event": "storageDiff", "key": .hex(key), "type": .string(type), "\(form)": shown]
  }
}

/// Finds the keys under a prefix in which two states differ, a page at a time and in byte order.
///
/// States that lie near each other are compared in the keys that the blocks between them wrote, others in all keys.
struct StorageDiffReader {
  private enum Candidates {
    /// Keys that may differ, ascending, and how many of them are done.
    case written([[UInt8]], done: Int)
    /// All keys, listed on both sides behind one.
    case all(after: [UInt8]?)
    case none
  }

  private let old: StateView
  private let new: StateView
  private let query: StorageDiffQuery
  private var candidates: Candidates

  /// Keys that are compared at a time.
  private static let chunk = 256

  init(_ chain: Chain, from old: StateView, to new: StateView, _ query: StorageDiffQuery, limits: ModernLimits) throws {
    self.old = old
    self.new = new
    self.query = query
    // The runtime makes no child tries, so they never differ.
    guard query.childTrie == nil else {
      candidates = .none
      return
    }
    guard new.number.subtractingSaturating(old.number) <= limits.differenceBlocks else {
      candidates = .all(after: nil)
      return
    }
    var keys: Set<[UInt8]> = []
    for number in old.number..<new.number {
      try Task.checkCancellation()
      guard let changed = try chain.changedKeys(by: number + 1) else { throw ChainError.stateDiscarded(block: number) }
      for key in changed where key.starts(with: query.prefix) { keys.insert(key) }
      guard keys.count <= limits.differenceKeys else {
        candidates = .all(after: nil)
        return
      }
    }
    candidates = .written(keys.sorted { $0.lexicographicallyPrecedes($1) }, done: 0)
  }

  /// The differences among the next keys, which may be none; `nil` at the end.
  mutating func page() throws(ChainError) -> [StorageDifference]? {
    guard let keys = nextKeys() else { return nil }
    let page = keys.compactMap { key in
      let (before, after) = (old.value(for: key), new.value(for: key))
      return before == after ? nil : StorageDifference(key: key, old: before, new: after, form: query.form)
    }
    if let failure = old.failure ?? new.failure { throw failure }
    return page
  }

  private mutating func nextKeys() -> [[UInt8]]? {
    switch candidates {
    case .none: return nil
    case .written(let keys, let done):
      guard done < keys.count else { return nil }
      let end = min(keys.count, done + Self.chunk)
      candidates = .written(keys, done: end)
      return Array(keys[done..<end])
    case .all(let cursor):
      let before = old.keys(prefix: query.prefix, after: cursor, limit: Self.chunk)
      let after = new.keys(prefix: query.prefix, after: cursor, limit: Self.chunk)
      // What lies behind the end of a full page is not known yet.
      let ends = [before, after].compactMap { $0.count == Self.chunk ? $0.last : nil }
      let end = ends.min { $0.lexicographicallyPrecedes($1) }
      candidates = end == nil ? .none : .all(after: end)
      let keys = Set(before).union(after).filter { key in end.map { !$0.lexicographicallyPrecedes(key) } ?? true }
      return keys.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }
}

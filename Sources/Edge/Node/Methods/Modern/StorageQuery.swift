internal import BlockExecution
internal import Hashing
internal import Primitives
internal import RPC

/// One item of a storage request of `chainHead_v1` or `archive_v1`.
struct StorageQuery: Hashable, Sendable {
  /// What is asked of a key.
  enum Kind: String, Sendable {
    case value, hash, closestDescendantMerkleValue
    /// All keys that begin with the key, itself included.
    case descendantsValues, descendantsHashes

    var isDescendants: Bool { self == .descendantsValues || self == .descendantsHashes }
  }

  var key: [UInt8]
  var type: Kind
  /// The last key of an earlier answer: the listing goes on behind it.
  var start: [UInt8]?

  /// Reads the `items` of a request of `archive_v1`, which lives as long as its client reads: it is kept small.
  static func archiveList(_ params: RPCParams, _ index: Int, limits: ModernLimits) throws(RPCError) -> [StorageQuery] {
    let queries = try list(params, index, isArchive: true)
    let bytes = queries.reduce(0) { $0 + $1.key.count + ($1.start?.count ?? 0) }
    guard queries.count <= limits.archiveItems, bytes <= limits.archiveItemBytes else {
      throw .invalidParams("items are more than \(limits.archiveItems), or their keys more than \(limits.archiveItemBytes) bytes")
    }
    return queries
  }

  /// Reads the `items` of a request.
  /// - Parameter isArchive: `paginationStartKey` is allowed.
  /// - Throws: -32602 naming the item that is wrong.
  static func list(_ params: RPCParams, _ index: Int, isArchive: Bool = false) throws(RPCError) -> [StorageQuery] {
    var queries: [StorageQuery] = []
    for (position, item) in try params.array(index, "items").enumerated() {
      guard let key = item["key"]?.asBytes else { throw .invalidParams("items[\(position)].key is not hexadecimal bytes") }
      guard let type = item["type"]?.asString.flatMap({ Kind(rawValue: $0) }) else {
        throw .invalidParams("items[\(position)].type is none of the five kinds of storage query")
      }
      var query = StorageQuery(key: key, type: type)
      if isArchive, let start = item["paginationStartKey"], !start.isNull {
        guard type.isDescendants else { throw .invalidParams("items[\(position)].paginationStartKey is for descendants only") }
        guard let bytes = start.asBytes else { throw .invalidParams("items[\(position)].paginationStartKey is not hexadecimal bytes") }
        query.start = bytes
      }
      queries.append(query)
    }
    return queries
  }
}

/// One row of an answer.
struct StorageItem: Hashable, Sendable {
  enum Found: Hashable, Sendable {
    case value([UInt8])
    case hash(H256)
    case merkleValue([UInt8])
  }

  let key: [UInt8]
  let found: Found

  /// The members that say so in JSON.
  var members: [String: JSON] {
    switch found {
    case .value(let value): ["key": .hex(key), "value": .hex(value)]
    case .hash(let hash): ["key": .hex(key), "hash": .hash(hash)]
    case .merkleValue(let value): ["key": .hex(key), "closestDescendantMerkleValue": .hex(value)]
    }
  }
}

/// Why storage could not be read, beside what is wrong with the database.
enum StorageReadError: Error, CustomStringConvertible {
  /// The key of a child trie holds something, but this chain's runtime keeps no child tries.
  case childTrie

  var description: String { "storage: this chain keeps no child tries" }
}

/// Answers storage queries one after another, a page at a time, so that no answer grows with the state.
struct StorageReader {
  private let state: StateView
  private let queries: [StorageQuery]
  private var index = 0
  /// Where the listing of the current query stands.
  private var cursor: [UInt8]?

  /// Keys that are listed at a time.
  private static let chunk = 64
  private static let childTriePrefix = Array(":child_storage:default:".utf8)

  /// - Parameter childTrie: The key of a child trie. The runtime makes none, so nothing is found there.
  init(_ state: StateView, _ queries: [StorageQuery], childTrie: [UInt8]?) throws {
    self.state = state
    if let childTrie {
      guard state.value(for: Self.childTriePrefix + childTrie) == nil else { throw StorageReadError.childTrie }
      self.queries = []
    } else {
      self.queries = queries
    }
    cursor = self.queries.first?.start
  }

  /// True when every query is answered.
  var isDone: Bool { index >= queries.count }

  /// The next rows: as many as fit both bounds, but one at least, unless nothing is found.
  mutating func page(rows: Int, bytes: Int) throws(ChainError) -> [StorageItem] {
    var items: [StorageItem] = []
    var size = 0
    while !isDone, items.count < rows, size < bytes {
      let query = queries[index]
      if query.type.isDescendants {
        list(query, rows: rows, bytes: bytes, &items, &size)
      } else {
        if let found = try answer(query.type, query.key) { add(query.key, found, &items, &size) }
        advance()
      }
      if let failure = state.failure { throw failure }
    }
    return items
  }

  /// Lists a chunk of a query, and advances when it was the last.
  private mutating func list(_ query: StorageQuery, rows: Int, bytes: Int, _ items: inout [StorageItem], _ size: inout Int) {
    let keys = state.keys(prefix: query.key, after: cursor, limit: Self.chunk)
    for (position, key) in keys.enumerated() {
      cursor = key
      guard let value = state.value(for: key) else { continue }
      add(key, query.type == .descendantsValues ? .value(value) : .hash(Hash.blake2b256(value)), &items, &size)
      guard items.count < rows, size < bytes else {
        // Ask once more whether anything is left, so that the last page says that it is the last.
        let isLast = position == keys.count - 1 && (keys.count < Self.chunk || state.keys(prefix: query.key, after: key, limit: 1).isEmpty)
        if isLast { advance() }
        return
      }
    }
    if keys.count < Self.chunk { advance() }
  }

  private func answer(_ type: StorageQuery.Kind, _ key: [UInt8]) throws(ChainError) -> StorageItem.Found? {
    if type == .closestDescendantMerkleValue {
      guard let value = try state.merkleValue(closestTo: key) else { return nil }
      return .merkleValue(value)
    }
    guard let value = state.value(for: key) else { return nil }
    return type == .hash ? .hash(Hash.blake2b256(value)) : .value(value)
  }

  private func add(_ key: [UInt8], _ found: StorageItem.Found, _ items: inout [StorageItem], _ size: inout Int) {
    items.append(StorageItem(key: key, found: found))
    if case .value(let value) = found { size += value.count }
    size += key.count
  }

  private mutating func advance() {
    index += 1
    cursor = isDone ? nil : queries[index].start
  }
}

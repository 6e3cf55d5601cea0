import Hashing
public import Primitives

/// A Substrate state trie in memory: a map from byte keys to byte values whose root hash commits to all of them.
///
/// Nodes are never changed once made. A change makes new nodes along the paths that it touches and shares the rest, so
/// a copy of a `StateTrie` is a snapshot that costs one reference, stays as it is whatever happens to the other copy,
/// and can be read from other threads meanwhile. Hashes are computed while changes are applied; asking for the root is
/// free.
/// - SeeAlso: Polkadot specification, "State trie"; Docs/ARCHITECTURE.md.
public struct StateTrie: Sendable {
  /// How values written from now on are stored; those that are there keep their form until they are written again.
  public var layout: TrieLayout
  var top: Node?
  var topHash: H256

  /// A trie without keys.
  public init(layout: TrieLayout = .v1) {
    self.layout = layout
    self.top = nil
    self.topHash = StateTrie.emptyRoot
  }

  /// A trie of the given rows, in any order; of several values for one key the last one counts.
  /// - Complexity: O(n) when the rows are in key order, else O(n log n).
  public init(layout: TrieLayout = .v1, entries: some Sequence<(key: [UInt8], value: [UInt8])>) {
    self.init(layout: layout)
    apply(changes: entries.map { (key: $0.key, value: $0.value) })
  }

  /// The root hash: what a block header commits to.
  /// - Complexity: O(1).
  public func root() -> H256 { topHash }

  /// True when there are no keys.
  public var isEmpty: Bool { top == nil }

  /// The value of a key, or `nil` when it is absent.
  /// - Complexity: O(length of the key).
  public func value(for key: [UInt8]) -> [UInt8]? {
    var node = top
    while let current = node {
      let end = Int(current.to)
      guard key.count * 2 >= end, current.matches(key) else { return nil }
      if key.count * 2 == end { return current.payload.value }
      node = current.child(at: Nibbles.at(key, end))?.node
    }
    return nil
  }

  /// Sets one value. Many changes cost far less in one ``apply(changes:)``.
  public mutating func insert(_ value: [UInt8], for key: [UInt8]) { apply(changes: [(key: key, value: value)]) }

  /// Removes one key; an absent one changes nothing.
  public mutating func remove(_ key: [UInt8]) { apply(changes: [(key: key, value: nil)]) }
}

extension StateTrie {
  /// One change: the new value of a key, or `nil` to remove it.
  public typealias Change = (key: [UInt8], value: [UInt8]?)

  /// Applies many changes in one walk and hashes every node that they touch once.
  ///
  /// Large batches use all cores. Writing the value that a key has already, and removing an absent key, keep the root.
  /// - Parameter changes: In key order with every key once, which is how batches come; otherwise they are sorted first
  ///   and the last of several changes to one key counts.
  /// - Precondition: No key is longer than ``maximumKeyBytes``, and no value reaches 4 GiB.
  public mutating func apply(changes: [Change]) {
    guard !changes.isEmpty else { return }
    let update = TrieUpdate(changes: StateTrie.ordered(changes), layout: layout)
    let updated = update.apply(to: top)
    guard updated !== top else { return }
    top = updated
    topHash = updated?.hash() ?? StateTrie.emptyRoot
  }

  private static func ordered(_ changes: [Change]) -> [Change] {
    var isOrdered = true
    for index in changes.indices {
      precondition(changes[index].key.count <= maximumKeyBytes, "trie: keys have at most 1024 bytes")
      if index > 0, !changes[index - 1].key.lexicographicallyPrecedes(changes[index].key) { isOrdered = false }
    }
    if isOrdered { return changes }
    // The standard sort is stable: the last of equal keys is the newest.
    let sorted = changes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    return sorted.indices.filter { $0 + 1 == sorted.count || sorted[$0].key != sorted[$0 + 1].key }.map { sorted[$0] }
  }
}

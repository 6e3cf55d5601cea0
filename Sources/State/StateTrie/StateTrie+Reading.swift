extension StateTrie {
  /// Keys that begin with `prefix`, in the order of unsigned bytes.
  /// - Parameters:
  ///   - prefix: Empty for all keys.
  ///   - after: Only keys behind this one, which need not exist: the last key of the page before.
  ///   - limit: Keys at most; zero or less gives none.
  /// - Complexity: O(keys returned + length of the prefix).
  public func keys(prefix: [UInt8] = [], after: [UInt8]? = nil, limit: Int = .max) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    visit(prefix: prefix, after: after, limit: limit) { key, _ in keys.append(key) }
    return keys
  }

  /// Rows whose keys begin with `prefix`, in key order; parameters as in ``keys(prefix:after:limit:)``.
  ///
  /// Keys and values share their storage with the trie.
  public func entries(
    prefix: [UInt8] = [], after: [UInt8]? = nil, limit: Int = .max
  ) -> [(key: [UInt8], value: [UInt8])] {
    var rows: [(key: [UInt8], value: [UInt8])] = []
    visit(prefix: prefix, after: after, limit: limit) { key, value in rows.append((key: key, value: value)) }
    return rows
  }

  /// The first key behind `key` that begins with `prefix`, or `nil`.
  public func nextKey(after key: [UInt8], prefix: [UInt8] = []) -> [UInt8]? {
    keys(prefix: prefix, after: key, limit: 1).first
  }

  private func visit(prefix: [UInt8], after: [UInt8]?, limit: Int, _ body: ([UInt8], [UInt8]) -> Void) {
    guard limit > 0, let start = subtree(of: prefix) else { return }
    var left = limit
    visit(start, after: after, left: &left, body)
  }

  /// The topmost node whose keys all begin with `prefix`.
  func subtree(of prefix: [UInt8]) -> Node? {
    let wanted = prefix.count * 2
    var node = top
    while let current = node {
      let end = Int(current.to)
      guard end < wanted else {
        return Nibbles.common(current.key, prefix, from: Int(current.from), limit: wanted) == wanted ? current : nil
      }
      guard current.matches(prefix) else { return nil }
      node = current.child(at: Nibbles.at(prefix, end))?.node
    }
    return nil
  }

  /// Hands out the rows of a subtree behind `after` until `left` is used up.
  private func visit(_ node: Node, after: [UInt8]?, left: inout Int, _ body: ([UInt8], [UInt8]) -> Void) {
    let end = Int(node.to)
    var bound = after
    var firstNibble = 0
    if let after {
      let common = Nibbles.common(node.key, after, from: 0, limit: end)
      if common == end {
        // This node's own key is not behind the bound; of its children the bound skips some and enters one.
        if after.count * 2 > end { firstNibble = Nibbles.at(after, end) } else { bound = nil }
      } else if common < after.count * 2, Nibbles.at(node.key, common) < Nibbles.at(after, common) {
        return
      } else {
        bound = nil
      }
      if common < end, let value = node.payload.value {
        body(node.key, value)
        left -= 1
      }
    } else if let value = node.payload.value {
      body(node.key, value)
      left -= 1
    }
    for nibble in firstNibble..<16 where left > 0 {
      guard let child = node.child(at: nibble) else { continue }
      visit(child.node, after: nibble == firstNibble ? bound : nil, left: &left, body)
    }
  }
}

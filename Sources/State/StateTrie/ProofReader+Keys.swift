extension ProofReader {
  /// Lists keys without their values.
  ///
  /// Nodes that cannot lead into the range are not asked for, so a proof of one page is enough for that page.
  /// - Parameters:
  ///   - prefix: Only keys that begin with these bytes.
  ///   - after: Only keys behind this one.
  ///   - limit: Keys at most; work and memory are bounded by it, whatever the proof holds.
  /// - Throws: ``TrieProofError/keyTooLong(bytes:maximum:)``, ``TrieProofError/malformedNode(index:_:)``
  public mutating func keys(
    prefix: [UInt8], after: [UInt8]? = nil, limit: Int
  ) throws(TrieProofError) -> ProvenKeys {
    for key in [prefix, after ?? []] where key.count > StateTrie.maximumKeyBytes {
      throw .keyTooLong(bytes: key.count, maximum: StateTrie.maximumKeyBytes)
    }
    var listing = KeyListing(prefix: prefix, after: after)
    guard let top = take(root) else { return listing.result(.incomplete) }
    if isEmptyTrie(top) { return listing.result(.complete) }
    guard limit > 0 else { return listing.result(.limit) }
    try enter(top, &listing)
    if listing.keys.count >= limit { return listing.result(.limit) }
    while let last = listing.stack.indices.last {
      guard let nibble = listing.nextChild(at: last) else {
        listing.leave()
        continue
      }
      guard let child = child(nibble, of: listing.stack[last].view, at: listing.stack[last].place) else {
        return listing.result(.incomplete)
      }
      try enter(child, &listing)
      if listing.keys.count >= limit { return listing.result(.limit) }
    }
    return listing.result(.complete)
  }

  /// The first key behind `key` that begins with `prefix`: no key and ``ProvenKeys/End/complete`` when there is none.
  /// - Throws: As ``keys(prefix:after:limit:)``.
  public mutating func nextKey(after key: [UInt8], prefix: [UInt8] = []) throws(TrieProofError) -> ProvenKeys {
    try keys(prefix: prefix, after: key, limit: 1)
  }

  /// Puts a node on the path and lists its own key.
  private func enter(_ place: Place, _ listing: inout KeyListing) throws(TrieProofError) {
    let view = try view(of: place)
    let start = listing.path.count
    let maximum = StateTrie.maximumKeyBytes * 2
    guard start + view.nibbleCount <= maximum else {
      throw .malformedNode(index: place.blob, .pathTooLong(maximum: maximum))
    }
    for index in 0..<view.nibbleCount {
      listing.path.append(UInt8(truncatingIfNeeded: view.nibble(index, in: place.bytes)))
    }
    listing.stack.append(KeyListing.Frame(place: place, view: view, start: start, nextNibble: 0))
    if case .none = view.value { return }
    guard listing.path.count & 1 == 0 else { throw .malformedNode(index: place.blob, .valueAtOddDepth) }
    listing.addOwnKey()
  }
}

/// A walk over nodes in key order with a stack of its own, so that no proof can exhaust the thread's.
private struct KeyListing {
  struct Frame {
    var place: ProofReader.Place
    var view: NodeView
    /// Nibbles on the path before this node's partial key.
    var start: Int
    var nextNibble: Int
  }

  let prefix: [UInt8]
  let after: [UInt8]?
  var keys: [[UInt8]] = []
  var stack: [Frame] = []
  /// One nibble in each byte.
  var path: [UInt8] = []

  init(prefix: [UInt8], after: [UInt8]?) {
    self.prefix = prefix
    self.after = after
  }

  func result(_ end: ProvenKeys.End) -> ProvenKeys { ProvenKeys(keys: keys, end: end) }

  mutating func addOwnKey() {
    let key = stride(from: 0, to: path.count, by: 2).map { path[$0] << 4 | path[$0 + 1] }
    guard key.starts(with: prefix) else { return }
    if let after, !after.lexicographicallyPrecedes(key) { return }
    keys.append(key)
  }

  /// The next child of a node that may lead to keys in the range; its nibble is put on the path.
  mutating func nextChild(at index: Int) -> Int? {
    while stack[index].nextNibble < 16 {
      let nibble = stack[index].nextNibble
      stack[index].nextNibble += 1
      guard stack[index].view.hasChild(nibble) else { continue }
      path.append(UInt8(truncatingIfNeeded: nibble))
      if mayHoldKeys() { return nibble }
      path.removeLast()
    }
    return nil
  }

  /// Takes the last node off the path, and the nibble that led to it.
  mutating func leave() {
    guard let frame = stack.popLast() else { return }
    path.removeLast(path.count - frame.start)
    if !stack.isEmpty { path.removeLast() }
  }

  /// Says whether keys that begin with the path can be in the range.
  private func mayHoldKeys() -> Bool {
    for index in 0..<min(path.count, prefix.count * 2) where Int(path[index]) != Nibbles.at(prefix, index) {
      return false
    }
    guard let after else { return true }
    for index in 0..<min(path.count, after.count * 2) {
      let bound = Nibbles.at(after, index)
      if Int(path[index]) != bound { return Int(path[index]) > bound }
    }
    // The path leads to the bound, which has keys behind it, or continues the bound.
    return true
  }
}

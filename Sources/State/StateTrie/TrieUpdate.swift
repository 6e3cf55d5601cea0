import Dispatch

/// One batch of changes on its way down the trie.
///
/// Every call works on changes `low..<high`, whose keys all lead to the place it stands at, and gives back the node
/// that belongs there: the same object when nothing changed. The partial key of that node may start elsewhere; whoever
/// puts it into a branch moves it.
struct TrieUpdate: Sendable {
  /// In key order, every key once.
  let changes: [StateTrie.Change]
  let layout: TrieLayout

  /// Fewest changes below one branch that are worth waking other threads for.
  static let parallelThreshold = 2048

  func apply(to top: Node?) -> Node? {
    update(top, 0, changes.count, depth: 0, mayFork: changes.count >= TrieUpdate.parallelThreshold)?.rebased(from: 0)
  }

  private func update(_ node: Node?, _ low: Int, _ high: Int, depth: Int, mayFork: Bool) -> Node? {
    guard let node else { return build(low, high, depth: depth, mayFork: mayFork) }
    let end = Int(node.to)
    // Keys are sorted, so what the first and the last share with the node, all between them share.
    var common = Nibbles.common(changes[low].key, node.key, from: depth, limit: end)
    if high - low > 1 { common = Nibbles.common(changes[high - 1].key, node.key, from: depth, limit: common) }
    if common == end {
      return merge(Frame(node: node, isSplit: false, key: node.key, depth: depth, common: common), low, high, mayFork)
    }
    // The changes leave the path inside the node's partial key: it splits, unless all that leave are removals.
    if let rest = remaining(low, high, at: common, on: node) {
      return rest.isEmpty ? node : update(node, rest.lowerBound, rest.upperBound, depth: depth, mayFork: mayFork)
    }
    return merge(Frame(node: node, isSplit: true, key: node.key, depth: depth, common: common), low, high, mayFork)
  }

  /// A subtree of insertions only; removals among the changes name absent keys and fall away.
  private func build(_ low: Int, _ high: Int, depth: Int, mayFork: Bool) -> Node? {
    var low = low
    var high = high
    while low < high, changes[low].value == nil { low += 1 }
    while low < high, changes[high - 1].value == nil { high -= 1 }
    guard low < high else { return nil }
    let first = changes[low].key
    if high - low == 1 {
      return Node(key: first, from: depth, to: first.count * 2, payload: Payload(changes[low].value, layout))
    }
    let common = Nibbles.common(first, changes[high - 1].key, from: depth, limit: .max)
    return merge(Frame(node: nil, isSplit: true, key: first, depth: depth, common: common), low, high, mayFork)
  }

  /// Where two or more paths part.
  private struct Frame: Sendable {
    /// What stands here now: the branch itself, or with ``isSplit`` a node below it; `nil` for nothing.
    let node: Node?
    let isSplit: Bool
    /// A key that leads here.
    let key: [UInt8]
    /// First nibble of this node's partial key.
    let depth: Int
    /// Nibble behind it.
    let common: Int

    /// The nibble behind which a split pushes ``node``.
    var pushedNibble: Int? { isSplit ? node.map { Nibbles.at($0.key, common) } : nil }
  }

  private func merge(_ frame: Frame, _ low: Int, _ high: Int, _ mayFork: Bool) -> Node? {
    var low = low
    var key = frame.key
    var payload = frame.isSplit ? Payload.none : frame.node?.payload ?? .none
    var isChanged = frame.isSplit
    if changes[low].key.count * 2 == frame.common {
      let new = Payload(changes[low].value, layout)
      if new != payload {
        if new != .none { key = changes[low].key }
        payload = new
        isChanged = true
      }
      low += 1
    }
    var children = frame.isSplit ? Children() : Children(of: frame.node)
    let forked = mayFork && high - low >= TrieUpdate.parallelThreshold ? fork(frame, low, high) : nil
    for change in forked ?? [] where children.set(change.nibble, to: change.child) { isChanged = true }
    var start = forked == nil ? low : high
    while start < high {
      let nibble = Nibbles.at(changes[start].key, frame.common)
      let end = end(ofGroup: nibble, from: start, high, at: frame.common)
      if let child = branch(frame, nibble, start, end, mayFork), children.set(nibble, to: child) { isChanged = true }
      start = end
    }
    guard isChanged else { return frame.node }
    if let nibble = frame.pushedNibble, let node = frame.node, !hasGroup(nibble, low, high, at: frame.common) {
      _ = children.set(nibble, to: Node.Child(node.rebased(from: frame.common + 1)))
    }
    if payload == .none, children.list.count < 2 { return children.list.first?.node }
    return Node(
      key: key, from: frame.depth, to: frame.common, payload: payload, bitmap: children.bitmap, children: children.list)
  }

  /// The children of a branch while they change.
  private struct Children {
    var list: ContiguousArray<Node.Child> = []
    var bitmap: UInt16 = 0

    init() {}

    init(of node: Node?) {
      guard let node else { return }
      list = node.children
      bitmap = node.bitmap
    }

    /// Puts, replaces or removes a child; says whether that made a difference.
    mutating func set(_ nibble: Int, to child: Node.Child?) -> Bool {
      let bit = UInt16(1) &<< UInt16(truncatingIfNeeded: nibble)
      let index = (bitmap & (bit &- 1)).nonzeroBitCount
      if let child {
        if bitmap & bit != 0 {
          list[index] = child
        } else {
          // Storage that is shared with the old node is copied once, with room for one more.
          list.reserveCapacity(list.count + 1)
          list.insert(child, at: index)
          bitmap |= bit
        }
      } else {
        guard bitmap & bit != 0 else { return false }
        list.remove(at: index)
        bitmap &= ~bit
      }
      return true
    }
  }

  /// What the changes `low..<high` leave behind one nibble: `.none` when nothing changes, a `nil` child for nothing.
  private func branch(_ frame: Frame, _ nibble: Int, _ low: Int, _ high: Int, _ mayFork: Bool) -> Node.Child?? {
    let old = frame.isSplit ? nil : frame.node?.child(at: nibble)?.node
    let pushed = frame.pushedNibble == nibble ? frame.node : nil
    let updated = update(old ?? pushed, low, high, depth: frame.common + 1, mayFork: mayFork)
    guard let updated else { return .some(nil) }
    if updated === old { return .none }
    return .some(Node.Child(updated.rebased(from: frame.common + 1)))
  }

  /// The children of one branch that change, worked on at the same time; `nil` when the work would not spread.
  @inline(never)
  private func fork(_ frame: Frame, _ low: Int, _ high: Int) -> [(nibble: Int, child: Node.Child?)]? {
    let bounds = groups(low, high, at: frame.common)
    guard isWorthForking(bounds) else { return nil }
    let results = [Node.Child??](unsafeUninitializedCapacity: 16) { buffer, filled in
      // Each iteration fills a slot of its own.
      nonisolated(unsafe) let slots = UnsafeMutableBufferPointer(rebasing: buffer[..<16])
      DispatchQueue.concurrentPerform(iterations: 16) { nibble in
        let isTouched = bounds[nibble] < bounds[nibble + 1]
        let child = isTouched ? branch(frame, nibble, bounds[nibble], bounds[nibble + 1], false) : .none
        slots.initializeElement(at: nibble, to: child)
      }
      filled = 16
    }
    return results.enumerated().compactMap { nibble, child in child.map { (nibble: nibble, child: $0) } }
  }

  /// True when no child has more than three quarters of a large batch: below it the work would not spread.
  @inline(never)
  private func isWorthForking(_ bounds: InlineArray<17, Int>) -> Bool {
    let total = bounds[16] - bounds[0]
    guard total >= TrieUpdate.parallelThreshold else { return false }
    for nibble in 0..<16 where (bounds[nibble + 1] - bounds[nibble]) * 4 > total * 3 { return false }
    return true
  }

  /// The changes divided by their nibble at `depth`: nibble n has `result[n]..<result[n + 1]`.
  ///
  /// A change whose key ends at `depth` stands before all of them and belongs to none.
  private func groups(_ low: Int, _ high: Int, at depth: Int) -> InlineArray<17, Int> {
    var bounds = InlineArray<17, Int>(repeating: high)
    var index = low
    if index < high, changes[index].key.count * 2 == depth { index += 1 }
    var nibble = 0
    while index < high {
      let next = Nibbles.at(changes[index].key, depth)
      while nibble <= next {
        bounds[nibble] = index
        nibble += 1
      }
      index = end(ofGroup: next, from: index, high, at: depth)
    }
    return bounds
  }

  /// The first change from `start` whose nibble at `depth` is larger.
  private func end(ofGroup nibble: Int, from start: Int, _ high: Int, at depth: Int) -> Int {
    var low = start + 1
    var step = 1
    // Doubling steps find the end of a short group at once and that of a long one in logarithmic time.
    while low + step < high, Nibbles.at(changes[low + step].key, depth) == nibble {
      low += step
      step *= 2
    }
    var high = min(high, low + step)
    while low < high {
      let middle = (low + high) / 2
      if Nibbles.at(changes[middle].key, depth) == nibble { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The changes that follow a node's path beyond `common`, when all others are removals; `nil` when it must split.
  @inline(never)
  private func remaining(_ low: Int, _ high: Int, at common: Int, on node: Node) -> Range<Int>? {
    let bounds = groups(low, high, at: common)
    let own = Nibbles.at(node.key, common)
    if hasInsertion(low, bounds[own]) || hasInsertion(bounds[own + 1], high) { return nil }
    return bounds[own]..<bounds[own + 1]
  }

  /// Says whether changes stand behind a nibble.
  @inline(never)
  private func hasGroup(_ nibble: Int, _ low: Int, _ high: Int, at depth: Int) -> Bool {
    let bounds = groups(low, high, at: depth)
    return bounds[nibble] < bounds[nibble + 1]
  }

  private func hasInsertion(_ low: Int, _ high: Int) -> Bool {
    var index = low
    while index < high {
      if changes[index].value != nil { return true }
      index += 1
    }
    return false
  }
}

import Hashing
import Primitives

extension StateTrie {
  /// Proves the values of keys, or their absence, against ``root()``.
  ///
  /// Holds exactly the nodes that the walks to all keys pass, and the values that layout v1 stores beside them, each
  /// once, in the order of the first walk that needs them. Strict verification accepts it.
  /// - Complexity: O(nodes of all paths); a value that stands beside its node is hashed.
  public func proof(for keys: [[UInt8]]) -> [[UInt8]] {
    var recorder = ProofRecorder(top: top, topHash: topHash)
    for key in keys { recorder.record(key) }
    return recorder.blobs
  }

  /// Proves which keys begin with `prefix`, without their values.
  ///
  /// Verified by ``StorageProof/keys(root:prefix:after:limit:layout:)``. Holds every node below the prefix.
  public func proof(ofKeysUnder prefix: [UInt8]) -> [[UInt8]] {
    var recorder = ProofRecorder(top: top, topHash: topHash)
    recorder.recordPath(to: prefix)
    return recorder.blobs
  }
}

/// Collects nodes and values, each once.
private struct ProofRecorder {
  let top: Node?
  let topHash: H256
  private(set) var blobs: [[UInt8]] = []
  private var seen: Set<H256> = []

  init(top: Node?, topHash: H256) {
    self.top = top
    self.topHash = topHash
  }

  /// Records the way to a key, and its value.
  mutating func record(_ key: [UInt8]) {
    guard var node = recordTop() else { return }
    while key.count * 2 >= Int(node.to), node.matches(key) {
      if key.count * 2 == Int(node.to) {
        if case .hashed(let value) = node.payload { add(value, hash: Hash.blake2b256(value)) }
        return
      }
      guard let child = node.child(at: Nibbles.at(key, Int(node.to))) else { return }
      record(child)
      node = child.node
    }
  }

  /// Records the way to a prefix and every node below it.
  mutating func recordPath(to prefix: [UInt8]) {
    guard var node = recordTop() else { return }
    while Int(node.to) < prefix.count * 2 {
      guard node.matches(prefix), let child = node.child(at: Nibbles.at(prefix, Int(node.to))) else { return }
      record(child)
      node = child.node
    }
    guard Nibbles.common(node.key, prefix, from: 0, limit: prefix.count * 2) == prefix.count * 2 else { return }
    recordAll(below: node)
  }

  private mutating func recordAll(below node: Node) {
    for child in node.children {
      record(child)
      recordAll(below: child.node)
    }
  }

  private mutating func recordTop() -> Node? {
    if seen.insert(topHash).inserted { blobs.append(top?.encoded() ?? [NodeHeader.empty]) }
    return top
  }

  private mutating func record(_ child: Node.Child) {
    // A shorter reference is the node itself and stands in its parent.
    guard child.reference.isHash else { return }
    if seen.insert(H256(words: child.reference.words)).inserted { blobs.append(child.node.encoded()) }
  }

  private mutating func add(_ value: [UInt8], hash: H256) {
    if seen.insert(hash).inserted { blobs.append(value) }
  }
}

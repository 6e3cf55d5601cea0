internal import Hashing
public import Primitives

/// The balanced binary tree of keccak-256 hashes that commits to validator sets and to a block's messages.
///
/// Leaves are given as hashes. Neighbours are hashed left first; a last node without a neighbour moves up unchanged.
/// - SeeAlso: Docs/formats/mmr.md, section 4; Substrate's `binary-merkle-tree`.
public enum KeccakTree {
  /// keccak-256 of two hashes, 64 bytes.
  @inline(__always) public static func parent(_ left: H256, _ right: H256) -> H256 {
    var pair = (left.words, right.words)
    return withUnsafeBytes(of: &pair) { Hash.keccak256($0.bytes) }
  }

  /// The root over leaf hashes.
  /// - Returns: The zero hash for no leaves; one leaf is its own root.
  /// - Complexity: O(n) hashes.
  public static func root(_ leaves: [H256]) -> H256 {
    guard !leaves.isEmpty else { return .zero }
    var level = leaves
    while level.count > 1 { level = above(level) }
    return level[0]
  }

  /// The siblings that lead from a leaf to the root, bottom up.
  /// - Returns: `nil` when there is no leaf of that index.
  /// - Complexity: O(n) hashes.
  public static func proof(_ leaves: [H256], index: Int) -> [H256]? {
    guard leaves.indices.contains(index) else { return nil }
    var siblings: [H256] = []
    var level = leaves
    var place = index
    while level.count > 1 {
      let neighbour = place ^ 1
      if neighbour < level.count { siblings.append(level[neighbour]) }
      level = above(level)
      place /= 2
    }
    return siblings
  }

  /// Number of siblings in the proof of a leaf: the levels on which its path has a neighbour.
  /// - Precondition: `index` is below `width`.
  public static func proofLength(index: UInt32, width: UInt32) -> Int {
    var place = index
    var last = width - 1
    var length = 0
    while last > 0 {
      if place ^ 1 <= last { length += 1 }
      place /= 2
      last /= 2
    }
    return length
  }

  /// Checks that `leaf` is leaf number `index` of the tree of `width` leaves under `root`.
  ///
  /// Walks by position and width, so that one proof fits one position only, and requires exactly the siblings that
  /// the position needs: a fold that stops when the siblings run out accepts a promoted node at another index.
  /// - Parameters:
  ///   - index: Place of the leaf, from 0.
  ///   - width: Number of leaves.
  public static func verify(leaf: H256, index: UInt32, width: UInt32, siblings: [H256], root: H256) -> MerkleVerdict {
    guard index < width else { return .refused(.indexOutOfRange(index: UInt64(index), count: UInt64(width))) }
    let expected = proofLength(index: index, width: width)
    guard siblings.count == expected else {
      return .refused(.wrongItemCount(expected: expected, actual: siblings.count))
    }
    var node = leaf
    var place = index
    var last = width - 1
    var remaining = siblings[...]
    while last > 0 {
      if place ^ 1 <= last, let sibling = remaining.popFirst() {
        node = place & 1 == 1 ? parent(sibling, node) : parent(node, sibling)
      }
      place /= 2
      last /= 2
    }
    return node == root ? .valid : .refused(.rootMismatch(computed: node, expected: root))
  }

  private static func above(_ level: [H256]) -> [H256] {
    var next: [H256] = []
    next.reserveCapacity((level.count + 1) / 2)
    var index = 0
    while index + 1 < level.count {
      next.append(parent(level[index], level[index + 1]))
      index += 2
    }
    if index < level.count { next.append(level[index]) }
    return next
  }
}

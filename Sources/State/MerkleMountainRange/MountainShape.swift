public import Primitives

/// A node with its place in the append-only node array.
public struct MountainNode: Hashable, Sendable {
  /// Index in the order in which nodes come into being: leaves and inner nodes share one numbering.
  public var position: UInt64
  /// keccak-256 of a leaf, or of the two children.
  public var hash: H256

  public init(position: UInt64, hash: H256) {
    self.position = position
    self.hash = hash
  }
}

/// One perfect tree of a mountain range.
public struct Mountain: Hashable, Sendable {
  /// Index of its first leaf.
  public var firstLeaf: UInt64
  /// Levels above the leaves; it holds `1 << height` leaves.
  public var height: UInt64
  /// Position of its root.
  public var peak: UInt64

  /// Position of the node with the given number, counted from the left, on a level; level 0 holds the leaves.
  ///
  /// A subtree fills consecutive positions, its root last: the node follows the last leaf below it after exactly
  /// one step for each level.
  func position(level: UInt64, number: UInt64) -> UInt64 {
    MountainShape.position(ofLeaf: firstLeaf + ((number + 1) << level) - 1) + level
  }
}

/// The arithmetic of a Merkle mountain range: where nodes lie, given only numbers.
///
/// ```
/// height 2         6                 leaves 0...4 lie at positions 0 1 3 4 7
///              /       \             peaks of 5 leaves: 6 and 7
/// height 1    2         5
///           /   \     /   \
/// height 0 0     1   3     4     7
/// ```
/// - SeeAlso: Docs/formats/mmr.md, section 1.
public enum MountainShape {
  /// The most leaves positions are computed for. Far above any chain, low enough that nothing overflows.
  public static let maximumLeafCount: UInt64 = 1 << 60

  /// Number of nodes over `leafCount` leaves: `2n - popcount(n)`.
  /// - Precondition: `leafCount` is at most ``maximumLeafCount``.
  public static func nodeCount(leafCount: UInt64) -> UInt64 { 2 * leafCount - UInt64(leafCount.nonzeroBitCount) }

  /// Position of a leaf: `2i - popcount(i)`, the number of nodes that came before it.
  /// - Precondition: `index` is below ``maximumLeafCount``.
  public static func position(ofLeaf index: UInt64) -> UInt64 { nodeCount(leafCount: index) }

  /// Number of peaks over `leafCount` leaves.
  public static func peakCount(leafCount: UInt64) -> Int { leafCount.nonzeroBitCount }

  /// The mountains over `leafCount` leaves, from the left, which is from the highest.
  /// - Precondition: `leafCount` is at most ``maximumLeafCount``.
  public static func mountains(leafCount: UInt64) -> [Mountain] {
    var mountains: [Mountain] = []
    mountains.reserveCapacity(peakCount(leafCount: leafCount))
    var first: UInt64 = 0
    var rest = leafCount
    while rest > 0 {
      let height = UInt64(63 - rest.leadingZeroBitCount)
      var mountain = Mountain(firstLeaf: first, height: height, peak: 0)
      mountain.peak = mountain.position(level: height, number: 0)
      mountains.append(mountain)
      first += 1 << height
      rest -= 1 << height
    }
    return mountains
  }
}

extension MountainShape {
  /// Folds peaks, given from the left, into the root.
  ///
  /// Takes the two rightmost, hashes **the right one first**, and puts the result back until one is left.
  /// - Returns: `nil` without peaks: an empty range has no root.
  /// - SeeAlso: Docs/formats/mmr.md, section 2; pallet-mmr bags in this order.
  public static func bag(_ peaks: some BidirectionalCollection<H256>) -> H256? {
    guard var folded = peaks.last else { return nil }
    for peak in peaks.dropLast().reversed() { folded = KeccakTree.parent(folded, peak) }
    return folded
  }
}

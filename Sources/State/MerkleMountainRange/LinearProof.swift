public import Primitives
public import ScaleCodec

/// The proof of one leaf as a plain fold, the form that contracts verify cheaply.
///
/// Items are the siblings bottom up, then the bagged mountains on the right if there are any, then the peaks on the
/// left from right to left. Bit `i` of `order` is 1 when item `i` is hashed first.
/// - SeeAlso: Docs/formats/mmr.md, section 3; Snowbridge's `MMRProof`.
@ScaleCodable(path: "echo_mmr::LinearProof")
public struct LinearProof: Hashable, Sendable {
  /// Hashes in the order of the fold; at most ``maximumItems``.
  public var items: [H256]
  /// Bit `i`, least significant first, is 1 when item `i` comes before the hash so far.
  public var order: UInt64

  public init(items: [H256], order: UInt64) {
    self.items = items
    self.order = order
  }

  /// The most items: one for each bit of ``order``.
  public static let maximumItems = 64

  /// Checks that folding the items over `leaf` leads to `root`.
  ///
  /// Binds the leaf to the root, not to an index: the caller must know the leaf's place from its contents. Use
  /// ``verify(leaf:index:leafCount:root:)`` wherever the size of the range is known.
  public func verify(leaf: H256, root: H256) -> MerkleVerdict {
    guard items.count <= LinearProof.maximumItems else {
      return .refused(.wrongItemCount(expected: LinearProof.maximumItems, actual: items.count))
    }
    guard items.count == LinearProof.maximumItems || order >> UInt64(items.count) == 0 else {
      return .refused(.wrongOrder(order: order))
    }
    var node = leaf
    for (place, item) in items.enumerated() {
      node = order >> UInt64(place) & 1 == 1 ? KeccakTree.parent(item, node) : KeccakTree.parent(node, item)
    }
    return node == root ? .valid : .refused(.rootMismatch(computed: node, expected: root))
  }

  /// Checks that `leaf` is leaf number `index` of `leafCount` under `root`.
  public func verify(leaf: H256, index: UInt64, leafCount: UInt64, root: H256) -> MerkleVerdict {
    if let reason = LeafProof.refusal(indices: [index], leafCount: leafCount) { return .refused(reason) }
    let shape = LinearShape(index: index, leafCount: leafCount)
    guard items.count == shape.itemCount else {
      return .refused(.wrongItemCount(expected: shape.itemCount, actual: items.count))
    }
    guard order == shape.order else { return .refused(.wrongOrder(order: order)) }
    return verify(leaf: leaf, root: root)
  }
}

/// How a linear proof of one position looks.
private struct LinearShape {
  /// Peaks left of the leaf's mountain.
  var leftPeaks: Int
  /// Levels of the leaf's mountain.
  var siblings: Int
  /// True when there are mountains on the right.
  var hasRight: Bool
  /// The order bits.
  var order: UInt64

  var itemCount: Int { siblings + (hasRight ? 1 : 0) + leftPeaks }

  init(index: UInt64, leafCount: UInt64) {
    let mountains = MountainShape.mountains(leafCount: leafCount)
    leftPeaks = mountains.count { $0.firstLeaf + (1 << $0.height) <= index }
    let mountain = mountains[leftPeaks]
    siblings = Int(mountain.height)
    hasRight = leftPeaks + 1 < mountains.count
    // A sibling stands on the left exactly where the leaf's number has a one bit; left peaks are hashed second.
    order = (index - mountain.firstLeaf) | (hasRight ? 1 << mountain.height : 0)
  }
}

extension LeafProof {
  /// The same proof in linear form.
  /// - Returns: `nil` unless the proof shows exactly one leaf and has exactly the items of its position.
  public var linear: LinearProof? {
    guard leafIndices.count == 1, LeafProof.refusal(indices: leafIndices, leafCount: leafCount) == nil else {
      return nil
    }
    let shape = LinearShape(index: leafIndices[0], leafCount: leafCount)
    guard items.count == shape.itemCount else { return nil }
    // Here the left peaks come first, from the left; there they come last, from the right.
    return LinearProof(
      items: Array(items[shape.leftPeaks...] + items[..<shape.leftPeaks].reversed()), order: shape.order)
  }
}

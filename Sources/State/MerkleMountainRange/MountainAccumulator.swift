public import Primitives
public import ScaleCodec

/// All that a chain must remember to go on appending: the peaks and the number of leaves.
///
/// State grows with the logarithm of the leaf count; every other node can live outside of state, for proofs are made
/// off chain.
@ScaleCodable(path: "echo_mmr::MountainAccumulator")
public struct MountainAccumulator: Hashable, Sendable {
  /// Leaves appended so far.
  public private(set) var leafCount: UInt64
  /// Roots of the mountains from the left; as many as `leafCount` has one bits.
  public private(set) var peaks: [H256]

  /// An empty range.
  public init() {
    leafCount = 0
    peaks = []
  }

  /// Takes up a range where it was left.
  /// - Parameter peaks: Roots of the mountains from the left.
  /// - Throws: ``MountainError/wrongPeakCount(expected:actual:)`` or
  ///   ``MountainError/leafCountOutOfRange(requested:available:)``.
  public init(leafCount: UInt64, peaks: [H256]) throws(MountainError) {
    guard leafCount <= MountainShape.maximumLeafCount else {
      throw .leafCountOutOfRange(requested: leafCount, available: MountainShape.maximumLeafCount)
    }
    let expected = MountainShape.peakCount(leafCount: leafCount)
    guard peaks.count == expected else { throw .wrongPeakCount(expected: expected, actual: peaks.count) }
    self.leafCount = leafCount
    self.peaks = peaks
  }

  /// Nodes in the range, which is also the position of the next one.
  public var nodeCount: UInt64 { MountainShape.nodeCount(leafCount: leafCount) }

  /// The bagged root; `nil` while the range is empty.
  public var root: H256? { MountainShape.bag(peaks) }

  /// Appends a leaf and joins the mountains that have become equally high.
  /// - Parameter leaf: keccak-256 of the leaf.
  /// - Returns: The new nodes in ascending position without gaps, the leaf first.
  /// - Complexity: Amortised O(1) hashes, at most one for each peak.
  @discardableResult
  public mutating func append(_ leaf: H256) -> [MountainNode] {
    var nodes = [MountainNode(position: nodeCount, hash: leaf)]
    var hash = leaf
    for _ in 0..<(~leafCount).trailingZeroBitCount {
      guard let left = peaks.popLast() else { break }
      hash = KeccakTree.parent(left, hash)
      nodes.append(MountainNode(position: nodes[0].position + UInt64(nodes.count), hash: hash))
    }
    peaks.append(hash)
    leafCount += 1
    return nodes
  }
}

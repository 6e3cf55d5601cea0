public import Primitives
public import ScaleCodec

/// Shows that leaves lie under the root of a mountain range.
///
/// Items are, for each mountain from the left: the siblings, bottom up and from the left, where it holds a proved
/// leaf; else its peak. The mountains to the right of the last proved leaf come bagged into one item.
/// - SeeAlso: Docs/formats/mmr.md, section 3; `sp_mmr_primitives::LeafProof`.
@ScaleCodable(path: "sp_mmr_primitives::LeafProof")
public struct LeafProof: Hashable, Sendable {
  /// Indices of the proved leaves, strictly ascending.
  public var leafIndices: [UInt64]
  /// Leaves in the range at the root that the proof leads to.
  public var leafCount: UInt64
  /// Hashes in the order in which verification takes them.
  public var items: [H256]

  public init(leafIndices: [UInt64], leafCount: UInt64, items: [H256]) {
    self.leafIndices = leafIndices
    self.leafCount = leafCount
    self.items = items
  }

  /// The most leaves that one proof may show.
  public static let maximumLeaves = 4096
}

extension LeafProof {
  /// Checks that the leaves lie under `root` at the proof's indices.
  ///
  /// Every item and every leaf must be used. A leaf's hash says nothing about its length: callers hash the leaf
  /// themselves and never take 64 bytes for one, for those could be an inner node.
  /// - Parameter leaves: keccak-256 of each leaf, in the order of ``leafIndices``.
  /// - Complexity: O(leaves · log leafCount) hashes; nothing is hashed before the shape is checked.
  public func verify(leaves: [H256], root: H256) -> MerkleVerdict {
    switch computedRoot(leaves: leaves) {
    case .success(root): .valid
    case .success(let computed): .refused(.rootMismatch(computed: computed, expected: root))
    case .failure(let reason): .refused(reason)
    }
  }

  /// The root that the proof leads to.
  /// - Parameter leaves: keccak-256 of each leaf, in the order of ``leafIndices``.
  public func computedRoot(leaves: [H256]) -> Result<H256, MerkleRefusal> {
    if let reason = LeafProof.refusal(indices: leafIndices, leafCount: leafCount) { return .failure(reason) }
    guard leaves.count == leafIndices.count else {
      return .failure(.leavesNotMatchingIndices(leaves: leaves.count, indices: leafIndices.count))
    }
    let plan = MountainPlan(leafIndices: leafIndices, leafCount: leafCount)
    let expected = plan.steps.count(where: { $0.takesItem })
    guard items.count == expected else { return .failure(.wrongItemCount(expected: expected, actual: items.count)) }
    return .success(plan.fold(leaves: leaves, items: items))
  }

  /// Why these leaves cannot be proved in a range of `leafCount` leaves; `nil` when they can.
  static func refusal(indices: [UInt64], leafCount: UInt64) -> MerkleRefusal? {
    guard leafCount <= MountainShape.maximumLeafCount else { return .leafCountOverLimit(count: leafCount) }
    guard let last = indices.last else { return .noLeaves }
    guard indices.count <= maximumLeaves else { return .tooManyLeaves(count: indices.count, limit: maximumLeaves) }
    for place in indices.indices.dropFirst() where indices[place] <= indices[place - 1] {
      return .indicesNotAscending(at: place)
    }
    return last < leafCount ? nil : .indexOutOfRange(index: last, count: leafCount)
  }
}

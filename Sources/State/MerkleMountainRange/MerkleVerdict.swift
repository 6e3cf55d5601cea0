public import Primitives

/// What became of a Merkle proof. A refused proof is data: whoever sent it gets the reason back.
public enum MerkleVerdict: Equatable, Sendable {
  /// The leaves lie under the root, and nothing in the proof was left over.
  case valid
  /// The proof does not show what it claims.
  case refused(MerkleRefusal)

  /// The reason of a refusal, `nil` for a valid proof.
  public var refusal: MerkleRefusal? {
    guard case .refused(let reason) = self else { return nil }
    return reason
  }
}

/// Why a Merkle proof was refused.
///
/// A proof must be exactly what its position needs: a verifier that ignores what is left over can be led to a
/// leaf that is not there (Docs/formats/mmr.md, section 5).
public enum MerkleRefusal: Error, Equatable, Sendable {
  /// The proof names no leaf.
  case noLeaves
  /// The proof names more leaves than ``LeafProof/maximumLeaves``.
  case tooManyLeaves(count: Int, limit: Int)
  /// Leaves and leaf indices differ in number.
  case leavesNotMatchingIndices(leaves: Int, indices: Int)
  /// Leaf indices are not strictly ascending.
  case indicesNotAscending(at: Int)
  /// A leaf index is not below the number of leaves.
  case indexOutOfRange(index: UInt64, count: UInt64)
  /// The tree claims more leaves than positions can be computed for.
  case leafCountOverLimit(count: UInt64)
  /// The proof has fewer or more items than its position needs.
  case wrongItemCount(expected: Int, actual: Int)
  /// A linear proof's order has bits set that belong to no item, or not the bits of its position.
  case wrongOrder(order: UInt64)
  /// The proof leads to another root.
  case rootMismatch(computed: H256, expected: H256)
}

extension MerkleRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noLeaves: "merkle: proof names no leaf"
    case .tooManyLeaves(let count, let limit): "merkle: proof names \(count) leaves, at most \(limit) allowed"
    case .leavesNotMatchingIndices(let leaves, let indices): "merkle: \(leaves) leaves given for \(indices) indices"
    case .indicesNotAscending(let at): "merkle: leaf index number \(at) is not above the one before it"
    case .indexOutOfRange(let index, let count): "merkle: leaf index \(index) in a tree of \(count) leaves"
    case .leafCountOverLimit(let count): "merkle: \(count) leaves are more than positions can be computed for"
    case .wrongItemCount(let expected, let actual): "merkle: proof has \(actual) items, its position needs \(expected)"
    case .wrongOrder(let order): "merkle: order 0x\(String(order, radix: 16)) does not fit the items"
    case .rootMismatch(let computed, let expected): "merkle: proof leads to root \(computed), not \(expected)"
    }
  }
}

/// Why a proof or root could not be made. The caller's nodes or arguments are at fault, not a peer.
public enum MountainError: Error, Equatable, Sendable {
  /// The tree holds fewer leaves than were asked about.
  case leafCountOutOfRange(requested: UInt64, available: UInt64)
  /// The indices cannot be proved.
  case unprovable(MerkleRefusal)
  /// A node that must exist is not in the store.
  case missingNode(position: UInt64)
  /// The store could not read a node.
  case unreadableNode(position: UInt64)
  /// The given peaks are not as many as the leaf count has.
  case wrongPeakCount(expected: Int, actual: Int)
}

extension MountainError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .leafCountOutOfRange(let requested, let available):
      "mmr: \(requested) leaves asked for, \(available) available"
    case .unprovable(let reason): "mmr: cannot make the proof: \(reason)"
    case .missingNode(let position): "mmr: node \(position) is missing"
    case .unreadableNode(let position): "mmr: node \(position) cannot be read"
    case .wrongPeakCount(let expected, let actual): "mmr: \(actual) peaks given, the leaf count has \(expected)"
    }
  }
}

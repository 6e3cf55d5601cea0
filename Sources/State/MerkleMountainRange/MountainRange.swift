public import Primitives

/// Where a mountain range's nodes can be read, by position: an array, or a column of a database.
public protocol MountainNodes {
  /// The node at a position.
  /// - Returns: `nil` when there is none.
  /// - Throws: ``MountainError/unreadableNode(position:)`` when the store fails.
  func node(at position: UInt64) throws(MountainError) -> H256?
}

extension [H256]: MountainNodes {
  /// The element at the position, `nil` behind the end.
  public func node(at position: UInt64) -> H256? {
    position < UInt64(count) ? self[Int(position)] : nil
  }
}

/// A full node's view of a mountain range: every node by position, so that any leaf can be proved at any size.
///
/// Nodes never change and never move, so a proof at an earlier size needs no snapshot.
public struct MountainRange<Nodes: MountainNodes> {
  /// All nodes by position.
  public private(set) var nodes: Nodes
  /// Leaves in the range.
  public private(set) var leafCount: UInt64

  /// Looks at a range that is stored elsewhere.
  /// - Parameter leafCount: Leaves whose nodes are all in `nodes`.
  /// - Throws: ``MountainError/leafCountOutOfRange(requested:available:)``
  public init(nodes: Nodes, leafCount: UInt64) throws(MountainError) {
    guard leafCount <= MountainShape.maximumLeafCount else {
      throw .leafCountOutOfRange(requested: leafCount, available: MountainShape.maximumLeafCount)
    }
    self.nodes = nodes
    self.leafCount = leafCount
  }

  /// The peaks from the left.
  /// - Parameter count: The size to look at; all leaves by default.
  public func peaks(leafCount count: UInt64? = nil) throws(MountainError) -> [H256] {
    let size = try checked(count)
    var peaks: [H256] = []
    for mountain in MountainShape.mountains(leafCount: size) { peaks.append(try node(mountain.peak)) }
    return peaks
  }

  /// The bagged root.
  /// - Parameter count: The size to look at; all leaves by default.
  /// - Returns: `nil` for no leaves.
  public func root(leafCount count: UInt64? = nil) throws(MountainError) -> H256? {
    MountainShape.bag(try peaks(leafCount: count))
  }

  /// What the runtime would hold at this size.
  public func accumulator(leafCount count: UInt64? = nil) throws(MountainError) -> MountainAccumulator {
    try MountainAccumulator(leafCount: try checked(count), peaks: try peaks(leafCount: count))
  }

  /// Proves leaves under the root of this or an earlier size.
  /// - Parameters:
  ///   - indices: Strictly ascending, at least one, at most ``LeafProof/maximumLeaves``.
  ///   - count: The size whose root the proof leads to; all leaves by default.
  /// - Throws: ``MountainError/unprovable(_:)`` for indices that no proof can have, or when nodes are missing.
  /// - Complexity: O(leaves · log leafCount) node reads.
  public func proof(of indices: [UInt64], leafCount count: UInt64? = nil) throws(MountainError) -> LeafProof {
    let size = try checked(count)
    if let reason = LeafProof.refusal(indices: indices, leafCount: size) { throw .unprovable(reason) }
    var items: [H256] = []
    for step in MountainPlan(leafIndices: indices, leafCount: size).steps {
      switch step {
      case .leaf, .joinPair, .peak: continue
      case .joinLeftItem(let position), .joinRightItem(let position), .peakItem(let position):
        items.append(try node(position))
      case .baggedItem(let positions):
        var peaks: [H256] = []
        for position in positions { peaks.append(try node(position)) }
        if let bagged = MountainShape.bag(peaks) { items.append(bagged) }
      }
    }
    return LeafProof(leafIndices: indices, leafCount: size, items: items)
  }

  private func checked(_ count: UInt64?) throws(MountainError) -> UInt64 {
    let size = count ?? leafCount
    guard size <= leafCount else { throw .leafCountOutOfRange(requested: size, available: leafCount) }
    return size
  }

  private func node(_ position: UInt64) throws(MountainError) -> H256 {
    guard let hash = try nodes.node(at: position) else { throw .missingNode(position: position) }
    return hash
  }
}

extension MountainRange: Sendable where Nodes: Sendable {}

extension MountainRange where Nodes == [H256] {
  /// An empty range in memory.
  public init() {
    nodes = []
    leafCount = 0
  }

  /// A range in memory over leaf hashes.
  public init(leaves: some Sequence<H256>) {
    self.init()
    for leaf in leaves { append(leaf) }
  }

  /// Appends a leaf hash.
  public mutating func append(_ leaf: H256) {
    nodes.append(leaf)
    var hash = leaf
    for height in 0..<UInt64((~leafCount).trailingZeroBitCount) {
      // The left neighbour's subtree fills the 2^(height+1) - 1 positions before the one that has just been filled.
      let left = nodes[nodes.count - (1 << Int(height + 1))]
      hash = KeccakTree.parent(left, hash)
      nodes.append(hash)
    }
    leafCount += 1
  }
}

internal import Hashing
public import Primitives

/// A binary SHA-256 tree over blocks, whose root lets anyone show one block without the others.
///
/// Leaves are `sha256(00 ‖ block)`, nodes `sha256(01 ‖ left ‖ right)`; the last node of a level with an odd number of
/// them rises unchanged. The shape depends on the number of leaves only, so ``verify(leaf:index:count:path:root:)``
/// takes exactly one path for an index and a count.
public struct AuditTree: Sendable {
  /// Bytes of a block; a file's last may have fewer.
  public static let blockLength = 4096

  /// From the leaves to the root, which is alone in its level.
  private let levels: [[H256]]

  /// Builds the tree in memory: 64 bytes for each leaf.
  /// - Returns: `nil` when there is no leaf. A file without bytes has one leaf, that of an empty block.
  public init?(leaves: [H256]) {
    guard !leaves.isEmpty else { return nil }
    var levels = [leaves]
    var level = leaves
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { left in
        left + 1 < level.count ? Self.node(level[left], level[left + 1]) : level[left]
      }
      levels.append(level)
    }
    self.levels = levels
  }

  /// Leaves.
  public var count: Int { levels[0].count }

  /// The hash that stands for all blocks and their order. Says nothing of their number, which is stated beside it.
  public var root: H256 { levels[levels.count - 1][0] }

  /// A leaf.
  /// - Returns: `nil` when there is none at this place.
  public func leaf(at index: Int) -> H256? { levels[0].indices.contains(index) ? levels[0][index] : nil }

  /// What ``verify(leaf:index:count:path:root:)`` needs besides the leaf: neighbours from the leaf upwards.
  /// - Returns: `nil` when there is no leaf at this place.
  public func path(to index: Int) -> [H256]? {
    guard levels[0].indices.contains(index) else { return nil }
    var place = index
    var path: [H256] = []
    for level in levels.dropLast() {
      let neighbour = place ^ 1
      if neighbour < level.count { path.append(level[neighbour]) }
      place >>= 1
    }
    return path
  }

  /// The leaf of a block.
  public static func leaf(_ block: [UInt8]) -> H256 { leaf(block.span.bytes) }

  /// The leaf of a block.
  public static func leaf(_ block: borrowing RawSpan) -> H256 {
    let count = block.byteCount
    return block.withUnsafeBytes { block in
      withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { buffer in
        buffer[0] = 0
        UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: block)
        return Hash.sha256(UnsafeRawBufferPointer(buffer).bytes)
      }
    }
  }

  /// The node over two others.
  public static func node(_ left: H256, _ right: H256) -> H256 {
    withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
      buffer[0] = 1
      buffer.storeBytes(of: left.words, toByteOffset: 1, as: Words32.self)
      buffer.storeBytes(of: right.words, toByteOffset: 33, as: Words32.self)
      return Hash.sha256(UnsafeRawBufferPointer(buffer).bytes)
    }
  }

  /// Whether a leaf stands at an index of a tree.
  ///
  /// Strict: the index lies below the count, and the path has exactly the neighbours that a tree of this many leaves
  /// has on the way, no more and no fewer. Any input is safe to ask about.
  /// - Parameters:
  ///   - leaf: ``leaf(_:)-([UInt8])`` of the block.
  ///   - index: Of the leaf, from 0.
  ///   - count: Leaves of the tree, from a source that the verifier trusts: usually from a file's size.
  ///   - path: Neighbours from the leaf upwards; a level where the node rises unchanged has none.
  ///   - root: Of the tree, trusted.
  public static func verify(leaf: H256, index: UInt64, count: UInt64, path: [H256], root: H256) -> Bool {
    guard index < count else { return false }
    var node = leaf
    var (place, width) = (index, count)
    var rest = path[...]
    while width > 1 {
      if place & 1 == 1 {
        guard let neighbour = rest.popFirst() else { return false }
        node = Self.node(neighbour, node)
      } else if place + 1 < width {
        guard let neighbour = rest.popFirst() else { return false }
        node = Self.node(node, neighbour)
      }
      place >>= 1
      width = width >> 1 + width & 1
    }
    return rest.isEmpty && node == root
  }

  /// The most neighbours that a path in a tree of this many leaves has: what a decoder may bound a list by.
  public static func maximumPath(count: UInt64) -> Int { count < 2 ? 0 : 64 - (count - 1).leadingZeroBitCount }
}

extension AuditTree {
  /// Computes a root leaf by leaf, keeping no more than one hash for each level.
  public struct Builder: Sendable {
    /// Complete subtrees, largest first; sizes are the bits of ``count``.
    private var peaks: [H256] = []
    /// Leaves so far.
    public private(set) var count: UInt64 = 0

    public init() {}

    /// Adds the next leaf.
    public mutating func append(_ leaf: H256) {
      var node = leaf
      var bits = count
      while bits & 1 == 1, let left = peaks.popLast() {
        node = AuditTree.node(left, node)
        bits >>= 1
      }
      peaks.append(node)
      count += 1
    }

    /// The root over all leaves so far; `nil` when there are none.
    public var root: H256? {
      guard var node = peaks.last else { return nil }
      for peak in peaks.dropLast().reversed() { node = AuditTree.node(peak, node) }
      return node
    }
  }
}

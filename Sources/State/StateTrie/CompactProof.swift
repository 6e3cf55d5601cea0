import Hashing
public import Primitives
public import ScaleCodec

/// A storage proof without the hashes that its own nodes give: the form of state sync and of parachain blocks.
///
/// Blobs stand in the order of a walk from the root, children by their nibbles. A child of length 0 follows later. A
/// node whose hashed value is included is written behind a byte 1 with an empty value, and the value is the next blob.
/// - SeeAlso: paritytech/trie, `trie_codec`.
@ScaleCodable(path: "sp_trie::storage_proof::CompactProof")
public struct CompactProof: Hashable, Sendable {
  public var nodes: [[UInt8]]

  public init(nodes: [[UInt8]]) { self.nodes = nodes }
}

extension CompactProof {
  /// Restores the nodes and computes the root that they belong to.
  ///
  /// The root proves nothing until it is compared with a trusted one.
  /// - Returns: The root, and a proof in which every blob stands once.
  /// - Throws: ``TrieProofError`` when a blob is malformed, missing or left over, or a limit is passed.
  public func expanded(
    limits: StorageProof.Limits = .standard
  ) throws(TrieProofError) -> (root: H256, proof: StorageProof) {
    try limits.check(nodes)
    if nodes == [[NodeHeader.empty]] { return (StateTrie.emptyRoot, StorageProof(nodes: nodes)) }
    var expansion = Expansion(blobs: nodes)
    let root = try expansion.run()
    return (root, StorageProof(nodes: expansion.nodes))
  }
}

/// A walk over a compact proof with a stack of its own.
private struct Expansion {
  private struct Frame {
    var blob: Int
    var view: NodeView
    /// The hash of the value that follows an escaped node.
    var value: H256?
    /// Nibbles on the path up to and including this node's partial key.
    var depth: Int
    /// Hashes of the children that followed, by nibble.
    var children = InlineArray<16, H256>(repeating: .zero)
    var nextNibble = 0

    func isOmitted(_ nibble: Int) -> Bool { view.hasChild(nibble) && view.child(nibble).isEmpty }
  }

  private let blobs: [[UInt8]]
  private var next = 0
  private var stack: [Frame] = []
  private var seen: Set<H256> = []
  private(set) var nodes: [[UInt8]] = []

  init(blobs: [[UInt8]]) { self.blobs = blobs }

  mutating func run() throws(TrieProofError) -> H256 {
    try enter(depth: 0)
    while true {
      let last = stack.count - 1
      while stack[last].nextNibble < 16, !stack[last].isOmitted(stack[last].nextNibble) { stack[last].nextNibble += 1 }
      if stack[last].nextNibble < 16 {
        try enter(depth: stack[last].depth + 1)
        continue
      }
      let node = restored(stack[last])
      let hash = add(node)
      stack.removeLast()
      guard !stack.isEmpty else {
        guard next == blobs.count else { throw .compactSurplus(index: next) }
        return hash
      }
      let nibble = stack[last - 1].nextNibble
      stack[last - 1].children[nibble] = hash
      stack[last - 1].nextNibble += 1
    }
  }

  /// Takes the next node, and its value when that follows.
  private mutating func enter(depth: Int) throws(TrieProofError) {
    let blob = next
    let bytes = try takeBlob()
    let isEscaped = bytes.first == NodeHeader.escape
    let view: NodeView
    do throws(NodeFault) {
      view = try NodeView(bytes, from: isEscaped ? 1 : 0, form: .compact)
      if isEscaped {
        guard case .inline(let range) = view.value, range.isEmpty else { throw .escapeWithoutValue }
      }
      let maximum = StateTrie.maximumKeyBytes * 2
      guard depth + view.nibbleCount <= maximum else { throw .pathTooLong(maximum: maximum) }
    } catch {
      throw .malformedNode(index: blob, error)
    }
    var frame = Frame(blob: blob, view: view, value: nil, depth: depth + view.nibbleCount)
    if isEscaped { frame.value = add(try takeBlob()) }
    stack.append(frame)
  }

  private mutating func takeBlob() throws(TrieProofError) -> [UInt8] {
    guard next < blobs.count else { throw .compactEnded(index: next) }
    next += 1
    return blobs[next - 1]
  }

  private mutating func add(_ blob: [UInt8]) -> H256 {
    let hash = Hash.blake2b256(blob)
    if seen.insert(hash).inserted { nodes.append(blob) }
    return hash
  }

  private func restored(_ frame: Frame) -> [UInt8] {
    frame.view.rewritten(blobs[frame.blob], value: frame.value.map { .hash($0) } ?? .same) { nibble in
      frame.isOmitted(nibble) ? .hash(frame.children[nibble]) : .same
    }
  }
}

extension NodeView {
  /// What takes the place of a node's value or of a child's reference.
  enum Replacement {
    case same
    /// Nothing: a value of no bytes, a child that follows.
    case omitted
    case hash(H256)
  }

  /// Writes the node again with parts replaced.
  func rewritten(_ bytes: [UInt8], value replacement: Replacement, child: (Int) -> Replacement) -> [UInt8] {
    let newKind: NodeHeader.Kind =
      switch replacement {
      case .same: kind
      case .omitted: kind.isLeaf ? .leaf : .branchWithValue
      case .hash: kind.isLeaf ? .hashedLeaf : .hashedBranch
      }
    var output = NodeHeader.bytes(newKind, nibbles: nibbleCount)
    output += bytes[partialStart..<partialStart + (nibbleCount + 1) / 2]
    if !kind.isLeaf { output += [UInt8(truncatingIfNeeded: bitmap), UInt8(truncatingIfNeeded: bitmap >> 8)] }
    switch (replacement, value) {
    case (.omitted, _): output.append(0)
    case (.hash(let hash), _): output += hash.bytes
    case (.same, .none): break
    case (.same, .inline(let range)):
      output += Compact(UInt32(truncatingIfNeeded: range.count)).encoded()
      output += bytes[range]
    case (.same, .hashed(let offset)): output += bytes[offset..<offset + 32]
    }
    for nibble in 0..<16 where hasChild(nibble) {
      switch child(nibble) {
      case .same:
        let range = self.child(nibble)
        output.append(UInt8(truncatingIfNeeded: range.count << 2))
        output += bytes[range]
      case .omitted: output.append(0)
      case .hash(let hash):
        output.append(32 << 2)
        output += hash.bytes
      }
    }
    return output
  }
}

public import Primitives

extension CompactProof {
  /// Compacts the part of a storage proof that hangs together from a root.
  ///
  /// A node that several parents share is written for each of them, as Substrate does.
  /// - Parameters:
  ///   - root: The root that the proof is for.
  ///   - limits: Largest compact proof to make; also stops proofs that were made to grow without end.
  /// - Throws: ``TrieProofError/rootMissing``, ``TrieProofError/malformedNode(index:_:)``,
  ///   ``TrieProofError/tooManyNodes(count:maximum:)``, ``TrieProofError/tooManyBytes(count:maximum:)``
  public init(
    _ proof: StorageProof, root: H256, layout: TrieLayout = .v1, limits: StorageProof.Limits = .standard
  ) throws(TrieProofError) {
    var compaction = Compaction(
      reader: try ProofReader(proof, root: root, layout: layout, strict: false, limits: limits), limits: limits)
    try compaction.run(root)
    self.init(nodes: compaction.nodes)
  }
}

/// A walk over the nodes of a proof with a stack of its own.
private struct Compaction {
  private struct Frame {
    /// Nibbles on the path up to and including this node's partial key.
    var depth: Int
    /// The children still to be written, the last one first.
    var children: [ProofReader.Place]
  }

  private var reader: ProofReader
  private let limits: StorageProof.Limits
  private var stack: [Frame] = []
  private var byteCount = 0
  private(set) var nodes: [[UInt8]] = []

  init(reader: ProofReader, limits: StorageProof.Limits) {
    self.reader = reader
    self.limits = limits
  }

  mutating func run(_ root: H256) throws(TrieProofError) {
    guard let top = reader.take(root) else { throw .rootMissing }
    if reader.isEmptyTrie(top) { return try add(top.bytes) }
    try enter(top, depth: 0)
    while let last = stack.indices.last {
      if let child = stack[last].children.popLast() {
        try enter(child, depth: stack[last].depth + 1)
      } else {
        stack.removeLast()
      }
    }
  }

  /// Writes a node and puts its children that are in the proof on the stack.
  private mutating func enter(_ place: ProofReader.Place, depth: Int) throws(TrieProofError) {
    let view = try reader.view(of: place)
    let maximum = StateTrie.maximumKeyBytes * 2
    guard depth + view.nibbleCount <= maximum else {
      throw .malformedNode(index: place.blob, .pathTooLong(maximum: maximum))
    }
    var value: [UInt8]?
    if case .hashed(let offset) = view.value { value = reader.take(H256(in: place.bytes, at: offset))?.bytes }
    var children: [ProofReader.Place] = []
    var omitted: UInt16 = 0
    for nibble in (0..<16).reversed() where view.hasChild(nibble) && view.child(nibble).count == 32 {
      guard let child = reader.child(nibble, of: view, at: place) else { continue }
      children.append(child)
      omitted |= 1 << UInt16(nibble)
    }
    let node = view.rewritten(place.bytes, value: value == nil ? .same : .omitted) { nibble in
      omitted >> UInt16(nibble) & 1 == 1 ? .omitted : .same
    }
    try add(value == nil ? node : [NodeHeader.escape] + node)
    if let value { try add(value) }
    stack.append(Frame(depth: depth + view.nibbleCount, children: children))
  }

  private mutating func add(_ blob: [UInt8]) throws(TrieProofError) {
    nodes.append(blob)
    byteCount += blob.count
    guard nodes.count <= limits.nodes else { throw .tooManyNodes(count: nodes.count, maximum: limits.nodes) }
    guard byteCount <= limits.bytes else { throw .tooManyBytes(count: byteCount, maximum: limits.bytes) }
  }
}

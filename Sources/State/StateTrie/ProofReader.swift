import Hashing
public import Primitives

/// Answers questions from one proof, whose nodes it hashes once, and keeps account of what was needed.
public struct ProofReader: Sendable {
  let blobs: [[UInt8]]
  let root: H256
  let layout: TrieLayout
  let isStrict: Bool
  private let indices: [H256: Int]
  private var isUsed: [Bool]

  /// Hashes the blobs of a proof.
  /// - Parameters:
  ///   - root: The state root that is trusted.
  ///   - layout: v0 refuses hashed values; v1 accepts both kinds of node.
  ///   - strict: True refuses doubled blobs here and surplus blobs in ``finish()``.
  /// - Throws: ``TrieProofError/tooManyNodes(count:maximum:)``, ``TrieProofError/tooManyBytes(count:maximum:)``,
  ///   ``TrieProofError/duplicateNode(index:)``
  /// - Complexity: O(bytes of the proof).
  public init(
    _ proof: StorageProof, root: H256, layout: TrieLayout = .v1, strict: Bool = true,
    limits: StorageProof.Limits = .standard
  ) throws(TrieProofError) {
    try limits.check(proof.nodes)
    var indices: [H256: Int] = [:]
    indices.reserveCapacity(proof.nodes.count)
    for (index, blob) in proof.nodes.enumerated() {
      if indices.updateValue(index, forKey: Hash.blake2b256(blob)) != nil, strict { throw .duplicateNode(index: index) }
    }
    self.blobs = proof.nodes
    self.root = root
    self.layout = layout
    self.isStrict = strict
    self.indices = indices
    self.isUsed = Array(repeating: false, count: proof.nodes.count)
  }

  /// Ends the questions; a strict reader refuses blobs that no answer needed.
  /// - Throws: ``TrieProofError/surplusNode(index:)``
  public func finish() throws(TrieProofError) {
    guard isStrict, let index = isUsed.firstIndex(of: false) else { return }
    throw .surplusNode(index: index)
  }

  /// Answers what the state holds at a key.
  ///
  /// A bad node on the way is an error, for the trusted root commits to it; a missing one makes the answer
  /// ``ProofAnswer/incomplete``.
  /// - Throws: ``TrieProofError/keyTooLong(bytes:maximum:)``, ``TrieProofError/malformedNode(index:_:)``
  public mutating func answer(for key: [UInt8]) throws(TrieProofError) -> ProofAnswer {
    guard key.count <= StateTrie.maximumKeyBytes else {
      throw .keyTooLong(bytes: key.count, maximum: StateTrie.maximumKeyBytes)
    }
    var depth = 0
    guard var place = take(root) else { return .incomplete }
    if isEmptyTrie(place) { return .absent }
    // Every step consumes at least one nibble of the key.
    while true {
      let view = try view(of: place)
      guard key.count * 2 - depth >= view.nibbleCount else { return .absent }
      for index in 0..<view.nibbleCount where view.nibble(index, in: place.bytes) != Nibbles.at(key, depth + index) {
        return .absent
      }
      depth += view.nibbleCount
      guard depth < key.count * 2 else { return answer(at: view, of: place) }
      let nibble = Nibbles.at(key, depth)
      guard view.hasChild(nibble) else { return .absent }
      guard let next = child(nibble, of: view, at: place) else { return .incomplete }
      place = next
      depth += 1
    }
  }

  private mutating func answer(at view: NodeView, of place: Place) -> ProofAnswer {
    switch view.value {
    case .none: return .absent
    case .inline(let range): return .value(Array(place.bytes[range]))
    case .hashed(let offset):
      guard let value = take(H256(in: place.bytes, at: offset)) else { return .incomplete }
      return .value(value.bytes)
    }
  }
}

extension ProofReader {
  /// A node: its bytes, and the blob that they stand in.
  struct Place {
    var bytes: [UInt8]
    var blob: Int
  }

  /// The blob with this hash, which is needed from now on.
  mutating func take(_ hash: H256) -> Place? {
    guard let index = indices[hash] else { return nil }
    isUsed[index] = true
    return Place(bytes: blobs[index], blob: index)
  }

  /// Only a root may be the node of an empty trie.
  func isEmptyTrie(_ top: Place) -> Bool { top.bytes == [NodeHeader.empty] }

  /// Reads the node at a place.
  func view(of place: Place) throws(TrieProofError) -> NodeView {
    do throws(NodeFault) {
      let view = try NodeView(place.bytes)
      if layout == .v0, case .hashed = view.value { throw .hashedValueInV0 }
      return view
    } catch {
      throw .malformedNode(index: place.blob, error)
    }
  }

  /// The child behind a nibble that exists; `nil` when its blob is missing.
  mutating func child(_ nibble: Int, of view: NodeView, at place: Place) -> Place? {
    let range = view.child(nibble)
    if range.count == Int(NodeReference.hashLength) { return take(H256(in: place.bytes, at: range.lowerBound)) }
    return Place(bytes: Array(place.bytes[range]), blob: place.blob)
  }
}

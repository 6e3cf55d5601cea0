public import ScaleCodec

/// Why a proof is refused as a whole, whatever it was asked.
///
/// A proof that is merely not enough is no error: see ``ProofAnswer/incomplete``.
public enum TrieProofError: Error, Equatable, Sendable {
  /// The proof is not the SCALE encoding of a list of byte strings.
  case encoding(ScaleError)
  /// More blobs than the limit.
  case tooManyNodes(count: Int, maximum: Int)
  /// More bytes in all blobs together than the limit.
  case tooManyBytes(count: Int, maximum: Int)
  /// A key is longer than any key of a trie.
  case keyTooLong(bytes: Int, maximum: Int)
  /// Strict: the blob at this index stands in the proof already.
  case duplicateNode(index: Int)
  /// Strict: no answer needed the blob at this index.
  case surplusNode(index: Int)
  /// The blob at this index is where a node belongs, and is none.
  case malformedNode(index: Int, NodeFault)
  /// The proof lacks the root's node, so there is nothing to compact.
  case rootMissing
  /// A compact proof ends where a node or a value is still due.
  case compactEnded(index: Int)
  /// A compact proof goes on after its last node.
  case compactSurplus(index: Int)
}

/// What is wrong with the bytes of a node.
public enum NodeFault: Error, Equatable, Sendable {
  /// The bytes end early, have a bad length, or go on after the node.
  case encoding(ScaleError)
  /// The first byte names no kind of node.
  case unknownKind(byte: UInt8)
  /// A node of an empty trie inside of a trie.
  case emptyNode
  /// The partial key has more nibbles than the limit.
  case partialKeyTooLong(maximum: Int)
  /// The unused half of the first byte of an odd partial key is not 0.
  case paddingNotZero
  /// A branch has no children.
  case noChildren
  /// A child's reference is neither a hash nor a node of 1...31 bytes.
  case childLength(Int)
  /// Layout v0 has no hashed values.
  case hashedValueInV0
  /// A value stands at half a byte.
  case valueAtOddDepth
  /// The path to a node is longer than any key.
  case pathTooLong(maximum: Int)
  /// A compact node announces a value of its own, but has a place for none.
  case escapeWithoutValue
}

extension TrieProofError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .encoding(let error): "proof: \(error)"
    case .tooManyNodes(let count, let maximum): "proof: \(count) nodes, at most \(maximum) allowed"
    case .tooManyBytes(let count, let maximum): "proof: \(count) bytes, at most \(maximum) allowed"
    case .keyTooLong(let bytes, let maximum): "proof: a key of \(bytes) bytes, at most \(maximum) possible"
    case .duplicateNode(let index): "proof: node \(index) is there twice"
    case .surplusNode(let index): "proof: node \(index) is not needed"
    case .malformedNode(let index, let fault): "proof: node \(index): \(fault)"
    case .rootMissing: "proof: the root's node is missing"
    case .compactEnded(let index): "proof: compact proof ends before item \(index), which is needed"
    case .compactSurplus(let index): "proof: compact proof goes on at item \(index), after its last node"
    }
  }
}

extension NodeFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .encoding(let error): "\(error)"
    case .unknownKind(let byte): "first byte \(byte) names no kind of node"
    case .emptyNode: "the empty node stands inside a trie"
    case .partialKeyTooLong(let maximum): "partial key of more than \(maximum) nibbles"
    case .paddingNotZero: "padding of an odd partial key is not 0"
    case .noChildren: "branch without children"
    case .childLength(let length): "child reference of \(length) bytes"
    case .hashedValueInV0: "hashed value in layout v0"
    case .valueAtOddDepth: "value at an odd number of nibbles"
    case .pathTooLong(let maximum): "path of more than \(maximum) nibbles"
    case .escapeWithoutValue: "escaped compact node without an empty value"
    }
  }
}

public import Primitives
public import ScaleCodec

/// A set of trie nodes, and of values that stand beside them, that proves what a state holds and what it does not.
///
/// This is what `state_getReadProof` returns. The order has no meaning: nodes are found by their hashes.
@ScaleCodable(path: "sp_trie::storage_proof::StorageProof")
public struct StorageProof: Hashable, Sendable {
  /// Encoded nodes and raw values; a blob may be a value that does not decode as a node, or one that does.
  public var nodes: [[UInt8]]

  public init(nodes: [[UInt8]]) { self.nodes = nodes }
}

extension StorageProof {
  /// How much a proof may hold.
  public struct Limits: Sendable, Hashable {
    /// Blobs.
    public var nodes: Int
    /// Bytes in all blobs together.
    public var bytes: Int

    public init(nodes: Int = 65_536, bytes: Int = 16 << 20) {
      self.nodes = nodes
      self.bytes = bytes
    }

    /// 65,536 blobs and 16 MiB.
    public static let standard = Limits()

    func check(_ blobs: [[UInt8]]) throws(TrieProofError) {
      guard blobs.count <= nodes else { throw .tooManyNodes(count: blobs.count, maximum: nodes) }
      let total = blobs.reduce(0) { $0 + $1.count }
      guard total <= bytes else { throw .tooManyBytes(count: total, maximum: bytes) }
    }
  }

  /// Decodes a SCALE list of byte strings; a list over the limit is refused before its items are read.
  /// - Throws: ``TrieProofError/encoding(_:)``, ``TrieProofError/tooManyBytes(count:maximum:)``
  public init(scale bytes: [UInt8], limits: Limits = .standard) throws(TrieProofError) {
    do throws(ScaleError) {
      var reader = ScaleReader(bytes.span.bytes, limits: ScaleReader.Limits(items: max(limits.nodes, limits.bytes)))
      self.init(nodes: try StorageProof.readNodes(&reader, atMost: limits.nodes))
    } catch {
      throw .encoding(error)
    }
    try limits.check(nodes)
  }

  private static func readNodes(_ reader: inout ScaleReader, atMost limit: Int) throws(ScaleError) -> [[UInt8]] {
    let count = try reader.readLength()
    guard count <= limit else { throw .lengthOverLimit(length: count, limit: limit, offset: 0) }
    var nodes: [[UInt8]] = []
    for _ in 0..<count { nodes.append(try reader.readByteVector()) }
    try reader.finish()
    return nodes
  }

  /// Answers what a state holds at keys.
  /// - Parameters:
  ///   - root: The state root that is trusted.
  ///   - keys: Up to ``StateTrie/maximumKeyBytes`` each.
  ///   - layout: v0 refuses hashed values; v1 accepts both kinds of node.
  ///   - strict: True refuses a proof with a blob that stands there twice or that no answer needs.
  ///   - limits: Largest proof to look at.
  /// - Returns: One answer for each key, in the order of `keys`.
  /// - Throws: ``TrieProofError``
  public func answers(
    root: H256, keys: [[UInt8]], layout: TrieLayout = .v1, strict: Bool = true, limits: Limits = .standard
  ) throws(TrieProofError) -> [ProofAnswer] {
    var reader = try ProofReader(self, root: root, layout: layout, strict: strict, limits: limits)
    var answers: [ProofAnswer] = []
    answers.reserveCapacity(keys.count)
    for key in keys { answers.append(try reader.answer(for: key)) }
    try reader.finish()
    return answers
  }

  /// Reads the keys that begin with `prefix`; see ``ProofReader/keys(prefix:after:limit:)``.
  /// - Throws: ``TrieProofError``
  public func keys(
    root: H256, prefix: [UInt8], after: [UInt8]? = nil, limit: Int, layout: TrieLayout = .v1, strict: Bool = false,
    limits: Limits = .standard
  ) throws(TrieProofError) -> ProvenKeys {
    var reader = try ProofReader(self, root: root, layout: layout, strict: strict, limits: limits)
    let keys = try reader.keys(prefix: prefix, after: after, limit: limit)
    try reader.finish()
    return keys
  }
}

/// What a proof says about one key.
public enum ProofAnswer: Hashable, Sendable {
  /// The state holds this value.
  case value([UInt8])
  /// The state does not have the key.
  case absent
  /// The proof lacks a node or the value: it says nothing about the key.
  case incomplete
}

/// What a proof says about the keys in a range.
public struct ProvenKeys: Hashable, Sendable {
  /// Why a listing stops.
  public enum End: Hashable, Sendable {
    /// There are no more keys in the range.
    case complete
    /// The caller's limit is reached.
    case limit
    /// The proof lacks the node that comes next.
    case incomplete
  }

  /// Keys without a gap from the start of the range, in order.
  public var keys: [[UInt8]]
  public var end: End

  public init(keys: [[UInt8]], end: End) {
    self.keys = keys
    self.end = end
  }
}

import Hashing
import Primitives

/// What a parent holds of a child: the child's encoding when that is shorter than 32 bytes, else its hash.
struct NodeReference: Sendable, Equatable {
  /// Length of a hash; a shorter reference is the node itself.
  static let hashLength: UInt8 = 32

  /// The encoding followed by zeros, or the hash.
  var words: Words32
  /// Bytes in use, 1...32.
  var length: UInt8

  var isHash: Bool { length == NodeReference.hashLength }
}

/// The value at a node.
enum Payload: Sendable, Equatable {
  case none
  /// Stands in the encoded node.
  case inline([UInt8])
  /// The encoded node holds its hash.
  case hashed([UInt8])

  init(_ value: [UInt8]?, _ layout: TrieLayout) {
    guard let value else {
      self = .none
      return
    }
    self = layout.hashesValue(ofLength: value.count) ? .hashed(value) : .inline(value)
  }

  /// The value itself, whichever way the node stores it.
  var value: [UInt8]? {
    switch self {
    case .none: nil
    case .inline(let value), .hashed(let value): value
    }
  }
}

/// One node of a trie, never changed after it is made, so that any number of tries can share it.
///
/// Its place is given by a key below it instead of a list of nibbles: the node stands behind the first ``to`` nibbles
/// of ``key``, and its partial key is the part `from..<to`. Splitting and merging nodes only moves these two numbers.
final class Node: Sendable {
  /// A key whose first ``to`` nibbles lead to this node; with a value here, exactly the value's key.
  let key: [UInt8]
  /// First nibble of the partial key.
  let from: UInt32
  /// Nibble behind the partial key.
  let to: UInt32
  /// Which children exist: bit n for nibble n.
  let bitmap: UInt16
  let payload: Payload
  /// The children in the order of their nibbles; empty for a leaf.
  let children: ContiguousArray<Child>

  /// A child with the reference that the encoding holds, so that hashing a node touches no node below it.
  struct Child: Sendable {
    let node: Node
    let reference: NodeReference

    init(_ node: Node) {
      self.node = node
      self.reference = node.reference()
    }
  }

  init(key: [UInt8], from: Int, to: Int, payload: Payload, bitmap: UInt16 = 0, children: ContiguousArray<Child> = []) {
    self.key = key
    self.from = UInt32(truncatingIfNeeded: from)
    self.to = UInt32(truncatingIfNeeded: to)
    self.payload = payload
    self.bitmap = bitmap
    self.children = children
  }

  /// This node with a partial key that starts at `from`; itself when it does already.
  func rebased(from start: Int) -> Node {
    if start == Int(from) { return self }
    return Node(key: key, from: start, to: Int(to), payload: payload, bitmap: bitmap, children: children)
  }

  /// The child behind a nibble, or `nil`.
  @inline(__always) func child(at nibble: Int) -> Child? {
    let bit = UInt16(1) &<< UInt16(truncatingIfNeeded: nibble)
    guard bitmap & bit != 0 else { return nil }
    return children[(bitmap & (bit &- 1)).nonzeroBitCount]
  }

  /// Says whether the partial key continues `other` at this node's place.
  @inline(__always) func matches(_ other: [UInt8]) -> Bool {
    from == to || Nibbles.common(key, other, from: Int(from), limit: Int(to)) == Int(to)
  }
}

// MARK: - Encoding

extension Node {
  var kind: NodeHeader.Kind {
    switch (children.isEmpty, payload) {
    case (true, .hashed): .hashedLeaf
    case (true, _): .leaf
    case (false, .none): .branch
    case (false, .inline): .branchWithValue
    case (false, .hashed): .hashedBranch
    }
  }

  /// Bytes of ``encoded()``.
  var encodedSize: Int {
    let nibbles = Int(to &- from)
    var size = NodeHeader.size(kind, nibbles: nibbles) + (nibbles + 1) / 2
    switch payload {
    case .none: break
    case .inline(let value): size += ByteSink.compactSize(value.count) + value.count
    case .hashed: size += 32
    }
    if !children.isEmpty { size += 2 }
    for child in children { size += 1 + Int(child.reference.length) }
    return size
  }

  /// The node as Substrate encodes it.
  func encoded() -> [UInt8] {
    let size = encodedSize
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      encode(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size]))
      filled = size
    }
  }

  /// The reference that a parent holds.
  @inline(never)
  func reference() -> NodeReference {
    withEncoding { bytes in
      guard bytes.count < 32 else { return NodeReference(words: Hash.blake2b256(bytes.bytes).words, length: 32) }
      var words = Words32(0, 0, 0, 0)
      withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
      return NodeReference(words: words, length: UInt8(truncatingIfNeeded: bytes.count))
    }
  }

  /// The hash of the node; a root is always referred to by its hash, however short it is.
  func hash() -> H256 { withEncoding { Hash.blake2b256($0.bytes) } }

  private func withEncoding<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    // Lives on the stack unless a long value stands in the node.
    withUnsafeTemporaryAllocation(byteCount: encodedSize, alignment: 8) { buffer in
      encode(into: buffer)
      return body(UnsafeRawBufferPointer(buffer))
    }
  }

  private func encode(into buffer: UnsafeMutableRawBufferPointer) {
    var sink = ByteSink(buffer)
    NodeHeader.write(kind, nibbles: Int(to &- from), into: &sink)
    writePartial(into: &sink)
    if !children.isEmpty { sink.put(bitmap) }
    switch payload {
    case .none: break
    case .inline(let value):
      sink.putCompact(value.count)
      sink.put(value)
    case .hashed(let value): sink.put(Hash.blake2b256(value).words, count: 32)
    }
    for child in children {
      sink.put(child.reference.length &<< 2)
      sink.put(child.reference.words, count: Int(child.reference.length))
    }
    sink.finish()
  }

  /// Writes the partial key two nibbles to a byte; an odd first nibble stands alone in the low half of its byte.
  private func writePartial(into sink: inout ByteSink) {
    var index = Int(from)
    let end = Int(to)
    if (end - index) & 1 == 1 {
      sink.put(UInt8(truncatingIfNeeded: Nibbles.at(key, index)))
      index += 1
    }
    if index & 1 == 0 {
      sink.put(key, from: index / 2, to: end / 2)
    } else {
      while index < end {
        sink.put(key[index / 2] &<< 4 | key[index / 2 + 1] &>> 4)
        index += 2
      }
    }
  }
}

import Primitives
import ScaleCodec

/// Where the parts of an encoded node stand in its bytes. Nothing is copied, nothing is trusted.
struct NodeView {
  /// The value's place.
  enum Value {
    case none
    /// The value's bytes.
    case inline(Range<Int>)
    /// Offset of the value's 32-byte hash.
    case hashed(Int)
  }

  /// Which references a child may have.
  enum Form {
    /// As nodes are hashed: 1...32 bytes.
    case full
    /// As in compact proofs: 0 bytes stand for a child that follows.
    case compact
  }

  private(set) var kind = NodeHeader.Kind.leaf
  /// Nibbles of the partial key.
  private(set) var nibbleCount = 0
  /// Offset of the partial key.
  private(set) var partialStart = 0
  /// Which children there are; 0 for a leaf.
  private(set) var bitmap: UInt16 = 0
  private(set) var value = Value.none
  /// First byte and length of each child's reference, by nibble; meaningful where ``bitmap`` has its bit.
  private var childOffset = InlineArray<16, UInt32>(repeating: 0)
  private var childLength = InlineArray<16, UInt8>(repeating: 0)

  /// Reads a node strictly: nothing may be missing, superfluous or written in a second way.
  /// - Parameter start: Offset of the header; the node takes all bytes from there.
  init(_ bytes: [UInt8], from start: Int = 0, form: Form = .full) throws(NodeFault) {
    let fault: NodeFault?
    do throws(ScaleError) {
      var reader = ScaleReader(bytes.span.bytes)
      try reader.skip(start)
      fault = try read(&reader, form)
    } catch {
      throw .encoding(error)
    }
    if let fault { throw fault }
  }

  /// Reads all parts; gives back the rule that they break, if any.
  private mutating func read(_ reader: inout ScaleReader, _ form: Form) throws(ScaleError) -> NodeFault? {
    let first = try reader.readByte()
    guard let kind = NodeHeader.Kind(firstByte: first) else {
      return first == NodeHeader.empty ? .emptyNode : .unknownKind(byte: first)
    }
    self.kind = kind
    guard let count = try NodeView.readNibbleCount(first, kind, &reader) else {
      return .partialKeyTooLong(maximum: NodeHeader.maximumNibbles)
    }
    nibbleCount = count
    partialStart = reader.offset
    if count & 1 == 1, let padded = reader.peekByte(), padded > 0xf { return .paddingNotZero }
    try reader.skip((count + 1) / 2)
    if !kind.isLeaf {
      bitmap = try reader.readInteger()
      if bitmap == 0 { return .noChildren }
    }
    try readValue(&reader)
    if let fault = try readChildren(&reader, form) { return fault }
    try reader.finish()
    return nil
  }

  /// The rest of a header; `nil` when the count is over its limit.
  private static func readNibbleCount(
    _ first: UInt8, _ kind: NodeHeader.Kind, _ reader: inout ScaleReader
  ) throws(ScaleError) -> Int? {
    var count = Int(first & kind.countMask)
    guard count == Int(kind.countMask) else { return count }
    while true {
      let more = try reader.readByte()
      count += Int(more)
      guard count <= NodeHeader.maximumNibbles else { return nil }
      if more < 255 { return count }
    }
  }

  private mutating func readValue(_ reader: inout ScaleReader) throws(ScaleError) {
    switch kind {
    case .branch: break
    case .leaf, .branchWithValue:
      let length = try reader.readLength()
      value = .inline(reader.offset..<reader.offset + length)
      try reader.skip(length)
    case .hashedLeaf, .hashedBranch:
      value = .hashed(reader.offset)
      try reader.skip(32)
    }
  }

  private mutating func readChildren(_ reader: inout ScaleReader, _ form: Form) throws(ScaleError) -> NodeFault? {
    for nibble in 0..<16 where hasChild(nibble) {
      let length = try reader.readLength()
      guard length <= 32, length > 0 || form == .compact else { return .childLength(length) }
      childOffset[nibble] = UInt32(truncatingIfNeeded: reader.offset)
      childLength[nibble] = UInt8(truncatingIfNeeded: length)
      try reader.skip(length)
    }
    return nil
  }

  func hasChild(_ nibble: Int) -> Bool { bitmap >> UInt16(truncatingIfNeeded: nibble) & 1 == 1 }

  /// The place of a child's reference.
  func child(_ nibble: Int) -> Range<Int> {
    let start = Int(childOffset[nibble])
    return start..<start + Int(childLength[nibble])
  }

  /// A nibble of the partial key.
  func nibble(_ index: Int, in bytes: [UInt8]) -> Int {
    // An odd partial key starts in the low half of its first byte.
    Nibbles.at(bytes, partialStart * 2 + (nibbleCount & 1) + index)
  }
}

extension H256 {
  /// The 32 bytes that start at `offset`.
  /// - Precondition: There are that many.
  init(in bytes: [UInt8], at offset: Int) {
    var words = Words32(0, 0, 0, 0)
    bytes[offset..<offset + 32].withUnsafeBytes { source in
      withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: source) }
    }
    self.init(words: words)
  }
}

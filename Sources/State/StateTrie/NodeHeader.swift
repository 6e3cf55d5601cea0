import Primitives

/// The first bytes of an encoded node: what it is and how many nibbles its partial key has.
///
/// The kind takes the high bits. The count takes the rest; when it does not fit, those bits are all ones and more
/// bytes follow, each added to the count, up to and including the first one that is not 255.
/// - SeeAlso: Polkadot specification, "Node header" of the state trie.
enum NodeHeader {
  /// What a node holds, by the bits that say so.
  enum Kind: UInt8, Sendable {
    case leaf = 0x40
    case branch = 0x80
    case branchWithValue = 0xc0
    /// A leaf that holds its value's hash (layout v1).
    case hashedLeaf = 0x20
    /// A branch that holds its value's hash (layout v1).
    case hashedBranch = 0x10

    /// The bits of the first byte that count nibbles.
    var countMask: UInt8 {
      switch self {
      case .leaf, .branch, .branchWithValue: 0x3f
      case .hashedLeaf: 0x1f
      case .hashedBranch: 0x0f
      }
    }

    var isLeaf: Bool { self == .leaf || self == .hashedLeaf }

    /// The kind that a first byte names; `nil` for the empty node, for escapes and for bytes that name none.
    init?(firstByte byte: UInt8) {
      switch byte {
      case 0xc0...: self = .branchWithValue
      case 0x80...: self = .branch
      case 0x40...: self = .leaf
      case 0x20...: self = .hashedLeaf
      case 0x10...: self = .hashedBranch
      default: return nil
      }
    }
  }

  /// The whole encoding of a trie without keys.
  static let empty: UInt8 = 0
  /// First byte of a compact node whose value follows as a blob of its own.
  static let escape: UInt8 = 1
  /// Most nibbles in one partial key.
  static let maximumNibbles = 65_535

  static func size(_ kind: Kind, nibbles: Int) -> Int {
    let most = Int(kind.countMask)
    return nibbles < most ? 1 : 2 + (nibbles - most) / 255
  }

  /// A header by itself.
  static func bytes(_ kind: Kind, nibbles: Int) -> [UInt8] {
    let size = size(kind, nibbles: nibbles)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      var sink = ByteSink(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size]))
      write(kind, nibbles: nibbles, into: &sink)
      filled = size
    }
  }

  static func write(_ kind: Kind, nibbles: Int, into sink: inout ByteSink) {
    let most = Int(kind.countMask)
    guard nibbles >= most else { return sink.put(kind.rawValue | UInt8(truncatingIfNeeded: nibbles)) }
    sink.put(kind.rawValue | kind.countMask)
    var rest = nibbles - most
    while rest >= 255 {
      sink.put(UInt8.max)
      rest -= 255
    }
    sink.put(UInt8(truncatingIfNeeded: rest))
  }
}

/// Writes into memory of exactly the size that was computed beforehand.
struct ByteSink {
  private let buffer: UnsafeMutableRawBufferPointer
  private var offset = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  @inline(__always) private mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    precondition(count <= buffer.count &- offset, "trie: a node wrote more than its encodedSize")
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<offset &+ count])
    offset &+= count
    return part
  }

  @inline(__always) mutating func put(_ byte: UInt8) { take(1)[0] = byte }

  /// Little-endian.
  mutating func put(_ word: UInt16) { take(2).storeBytes(of: word.littleEndian, as: UInt16.self) }

  /// The first `count` of 32 bytes.
  @inline(__always) mutating func put(_ words: Words32, count: Int) {
    let target = take(count)
    withUnsafeBytes(of: words) { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }

  mutating func put(_ bytes: [UInt8]) {
    let target = take(bytes.count)
    bytes.withUnsafeBytes { target.copyMemory(from: $0) }
  }

  /// Bytes `start..<end` of an array.
  mutating func put(_ bytes: [UInt8], from start: Int, to end: Int) {
    let target = take(end - start)
    bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
  }

  /// A SCALE compact integer below 2^32.
  mutating func putCompact(_ value: Int) {
    switch ByteSink.compactSize(value) {
    case 1: put(UInt8(truncatingIfNeeded: value) &<< 2)
    case 2: put(UInt16(truncatingIfNeeded: value) &<< 2 | 1)
    case 4: take(4).storeBytes(of: (UInt32(truncatingIfNeeded: value) &<< 2 | 2).littleEndian, as: UInt32.self)
    default:
      put(UInt8(3))
      take(4).storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, as: UInt32.self)
    }
  }

  /// Bytes of a SCALE compact integer below 2^32.
  static func compactSize(_ value: Int) -> Int {
    if value <= 0x3f { return 1 }
    if value <= 0x3fff { return 2 }
    return value <= 0x3fff_ffff ? 4 : 5
  }

  /// Checks that every byte has been written.
  func finish() { precondition(offset == buffer.count, "trie: a node wrote less than its encodedSize") }
}

internal import Primitives

/// Files and directories as IPFS stores them, byte for byte what
/// `ipfs add --cid-version=1 --raw-leaves --chunker=size-262144 --max-file-links=174` makes.
///
/// A file is cut into chunks of 262,144 bytes, each a raw block. While there is more than one node, consecutive ones
/// are grouped by 174 under parents in dag-pb. A file of one chunk is that chunk.
/// - SeeAlso: The UnixFS and dag-pb specifications; Docs/formats/files.md.
public enum UnixFS {
  /// Bytes of a chunk; the last has fewer.
  public static let chunkLength = 262_144
  /// Children of a parent; the last has fewer.
  public static let maximumLinks = 174
  /// The largest block of a directory. kubo shards larger ones, which this room does not write.
  public static let maximumDirectory = 262_144
  /// The longest name in a directory, in bytes of UTF-8.
  public static let maximumName = 255

  /// A file, a directory, or a part of a file.
  public struct Node: Hashable, Sendable {
    public let cid: CID
    /// Bytes of the file that the node stands for; 0 for a directory.
    public let payload: UInt64
    /// Bytes of the node's block and of all blocks below it, counted as often as they are linked.
    public let total: UInt64
    /// Whether the node is a directory.
    public let isDirectory: Bool

    init(cid: CID, payload: UInt64, total: UInt64, isDirectory: Bool = false) {
      self.cid = cid
      self.payload = payload
      self.total = total
      self.isDirectory = isDirectory
    }

    /// The node of one block of a file's bytes.
    /// - Parameter chunk: At most ``UnixFS/chunkLength`` bytes; a file of more has a ``FileCIDBuilder``.
    public init(chunk: [UInt8]) {
      let count = UInt64(chunk.count)
      self.init(cid: .raw(of: chunk), payload: count, total: count)
    }
  }

  /// Puts consecutive parts of a file under a parent.
  package static func parent(of children: [Node]) -> (block: [UInt8], node: Node) {
    var data = DagPB()
    let payload = children.reduce(0) { $0 + $1.payload }
    data.number(1, 2)  // type: file
    data.number(3, payload)
    for child in children { data.number(4, child.payload) }
    return seal(children.map { ("", $0) }, data: data, payload: payload, isDirectory: false)
  }

  /// Makes a directory.
  ///
  /// Links stand in the order of their names' bytes. A directory within kubo's limit for plain ones is refused only
  /// when its block is over 256 KiB, so what is written here is what kubo writes.
  /// - Throws: ``UnixFSError``
  public static func directory(_ entries: [(name: String, node: Node)]) throws(UnixFSError) -> (block: [UInt8], node: Node) {
    let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (index, entry) in sorted.enumerated() {
      let name = entry.name
      guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= maximumName,
        !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "/"))
      else { throw .name(name) }
      // Compared as bytes: two names that Unicode holds equal are two names.
      guard index == 0 || !sorted[index - 1].name.utf8.elementsEqual(name.utf8) else { throw .nameTwice(name) }
    }
    let (_, isTooLarge) = sorted.reduce((sum: UInt64(maximumDirectory), isTooLarge: false)) { result, entry in
      let (sum, overflow) = result.sum.addingReportingOverflow(entry.node.total)
      return (sum, result.isTooLarge || overflow)
    }
    guard !isTooLarge else { throw .totalTooLarge }
    var data = DagPB()
    data.number(1, 1)  // type: directory
    let result = seal(sorted.map { ($0.name, $0.node) }, data: data, payload: 0, isDirectory: true)
    guard result.block.count <= maximumDirectory else { throw .directoryTooLarge(count: result.block.count) }
    return result
  }

  private static func seal(
    _ links: [(name: String, node: Node)], data: DagPB, payload: UInt64, isDirectory: Bool
  ) -> (block: [UInt8], node: Node) {
    var block = DagPB()
    for link in links {
      var part = DagPB()
      part.bytes(1, link.node.cid.bytes)
      // kubo writes the name of a file's parts, too, which is empty.
      part.bytes(2, Array(link.name.utf8))
      part.number(3, link.node.total)
      block.bytes(2, part.output)
    }
    block.bytes(1, data.output)
    let total = links.reduce(UInt64(block.output.count)) { $0 + $1.node.total }
    let cid = CID(codec: .dagPB, block: block.output)
    return (block.output, Node(cid: cid, payload: payload, total: total, isDirectory: isDirectory))
  }

  /// Writes the few forms of Protocol Buffers that dag-pb needs.
  private struct DagPB {
    private(set) var output: [UInt8] = []

    mutating func number(_ field: UInt8, _ value: UInt64) {
      output.append(field << 3)
      varint(value)
    }

    mutating func bytes(_ field: UInt8, _ value: [UInt8]) {
      output.append(field << 3 | 2)
      varint(UInt64(value.count))
      output += value
    }

    private mutating func varint(_ value: UInt64) {
      var rest = value
      while rest > 0x7f {
        output.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
      }
      output.append(UInt8(rest))
    }
  }
}

/// Why a directory cannot be made.
public enum UnixFSError: Error, Equatable, Sendable {
  /// A name is empty, `.` or `..`, has a slash or a zero byte, or is over ``UnixFS/maximumName`` bytes.
  case name(String)
  /// Two entries have one name.
  case nameTwice(String)
  /// The block is over ``UnixFS/maximumDirectory`` bytes. Nest directories.
  case directoryTooLarge(count: Int)
  /// All that the directory holds, counted as often as it is linked, is over 2^64 bytes.
  case totalTooLarge
}

extension UnixFSError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .name(let name): "directory: the name '\(name.prefix(80))' is not allowed"
    case .nameTwice(let name): "directory: the name '\(name)' is there twice"
    case .totalTooLarge: "directory: holds more than 2^64 bytes"
    case .directoryTooLarge(let count): "directory: its block has \(count) bytes, over \(UnixFS.maximumDirectory)"
    }
  }
}

/// Computes the content id of a file while its bytes pass by.
///
/// Keeps one chunk and, for each level of the tree, fewer than 174 nodes.
public struct FileCIDBuilder: Sendable {
  /// Takes a block of the file: what a store keeps to serve the file.
  public typealias BlockSink = (_ cid: CID, _ block: [UInt8]) -> Void

  private var chunk: [UInt8] = []
  /// Nodes that wait for their parent, from the chunks upwards.
  private var levels: [[UnixFS.Node]] = []
  private let maximumLinks: Int
  private let chunkLength: Int

  public init() { self.init(chunkLength: UnixFS.chunkLength, maximumLinks: UnixFS.maximumLinks) }

  /// A builder with other parameters, for comparison with values that were published for them.
  /// - Precondition: `chunkLength` is positive and `maximumLinks` over 1.
  package init(chunkLength: Int, maximumLinks: Int) {
    precondition(chunkLength > 0 && maximumLinks > 1, "files: a chunk has bytes, and a parent two children")
    self.chunkLength = chunkLength
    self.maximumLinks = maximumLinks
  }

  /// Takes the next bytes of the file.
  /// - Parameter onBlock: Gets every block that these bytes complete.
  public mutating func update(_ bytes: [UInt8], onBlock: BlockSink? = nil) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + chunkLength - chunk.count)
      chunk += bytes[start..<end]
      start = end
      if chunk.count == chunkLength { endChunk(onBlock) }
    }
  }

  /// Ends the file and starts with an empty one again.
  /// - Parameter onBlock: Gets the blocks that are left; the root's comes last.
  public mutating func finish(onBlock: BlockSink? = nil) -> UnixFS.Node {
    if !chunk.isEmpty || levels.isEmpty { endChunk(onBlock) }
    defer { levels = [] }
    var level = 0
    while level < levels.count - 1 || levels[level].count > 1 {
      let rest = levels[level]
      levels[level] = []
      if !rest.isEmpty { link(rest, above: level, onBlock) }
      level += 1
    }
    return levels[level][0]
  }

  private mutating func endChunk(_ onBlock: BlockSink?) {
    let node = UnixFS.Node(chunk: chunk)
    onBlock?(node.cid, chunk)
    chunk.removeAll(keepingCapacity: true)
    add(node, at: 0, onBlock)
  }

  private mutating func add(_ node: UnixFS.Node, at level: Int, _ onBlock: BlockSink?) {
    if level == levels.count { levels.append([]) }
    levels[level].append(node)
    guard levels[level].count == maximumLinks else { return }
    let group = levels[level]
    levels[level] = []
    link(group, above: level, onBlock)
  }

  private mutating func link(_ group: [UnixFS.Node], above level: Int, _ onBlock: BlockSink?) {
    let parent = UnixFS.parent(of: group)
    onBlock?(parent.node.cid, parent.block)
    add(parent.node, at: level + 1, onBlock)
  }
}

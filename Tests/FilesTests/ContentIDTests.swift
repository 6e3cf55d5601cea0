import Files
import Hashing
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Content ids") struct ContentIDTests {
  static let text = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

  @Test("text, bytes and SCALE in both directions") func forms() throws {
    let id = CID.raw(of: [])
    #expect(id.description == Self.text)
    #expect(try CID(text: Self.text) == id)
    #expect(id.bytes.count == CID.length)
    #expect(try CID(bytes: id.bytes) == id)
    #expect(id.encoded() == id.bytes)
    #expect(try CID(decoding: id.bytes) == id)
    #expect(id.names([]) && !id.names([0]))
  }

  @Test("random ids keep their text", arguments: [UInt64(1), 2, 3]) func randomForms(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let digest = try #require(H256(random.bytes(32)))
      let id = CID(codec: random.chance(1, in: 2) ? .raw : .dagPB, digest: digest)
      #expect(id.description.utf8.count == CID.textLength, "seed \(seed)")
      #expect(try CID(text: id.description) == id, "seed \(seed)")
      var changed = Array(id.description)
      let place = Int.random(in: 0..<changed.count, using: &random)
      let digit = Character(UnicodeScalar(UInt8.random(in: 33...126, using: &random)))
      guard changed[place] != digit else { continue }
      changed[place] = digit
      // Another text is refused or names another block: no id has two texts.
      if let other = try? CID(text: String(changed)) { #expect(other != id, "seed \(seed)") }
    }
  }

  @Test(
    "malformed text is refused",
    arguments: [
      ("", CIDError.length(count: 0, expected: 59)), (String(text.dropLast()), .length(count: 58, expected: 59)),
      (text + "a", .length(count: 60, expected: 59)), (text.uppercased(), .notBase32),
      ("B" + text.dropFirst(), .notBase32), ("z" + text.dropFirst(), .notBase32), (text.dropLast() + "=", .notBase32),
      (text.dropLast() + "1", .notBase32), (text.dropLast(2) + "é", .notBase32),
      // The last digit carries two bits that belong to no byte.
      (text.dropLast() + "v", .notBase32),
      ("bb" + text.dropFirst(2), .unknownVersion(9)), ("bahkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", .unknownCodec(0xd5)),
    ] as [(any StringProtocol & Sendable, CIDError)])
  func malformedText(text: any StringProtocol & Sendable, error: CIDError) {
    #expect(throws: error) { try CID(text: String(text)) }
  }

  @Test("malformed bytes are refused") func malformedBytes() {
    let bytes = CID.raw(of: []).bytes
    func changed(_ place: Int, _ byte: UInt8) -> [UInt8] {
      var copy = bytes
      copy[place] = byte
      return copy
    }
    #expect(throws: CIDError.length(count: 0, expected: 36)) { try CID(bytes: []) }
    #expect(throws: CIDError.length(count: 35, expected: 36)) { try CID(bytes: bytes.dropLast()) }
    #expect(throws: CIDError.length(count: 37, expected: 36)) { try CID(bytes: bytes + [0]) }
    #expect(throws: CIDError.unknownVersion(2)) { try CID(bytes: changed(0, 2)) }
    #expect(throws: CIDError.unknownCodec(0x71)) { try CID(bytes: changed(1, 0x71)) }
    #expect(throws: CIDError.unknownHash) { try CID(bytes: changed(2, 0x13)) }
    #expect(throws: CIDError.unknownHash) { try CID(bytes: changed(3, 0x1f)) }
    #expect(throws: ScaleError.self) { try CID(decoding: changed(1, 0x71)) }
    #expect(throws: ScaleError.self) { try CID(decoding: bytes + [0]) }
    for error in [CIDError.notBase32, .unknownHash, .unknownVersion(2), .unknownCodec(1), .length(count: 1, expected: 2)] {
      #expect(error.description.hasPrefix("content id: "))
    }
  }
}

@Suite("UnixFS") struct UnixFSTests {
  @Test("files of zeros, streamed", arguments: FileVectors.all.zeros.sorted { $0.key < $1.key })
  func zeros(size: String, id: String) throws {
    let size = try #require(Int(size))
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    var builder = FileCIDBuilder()
    var left = size
    while left > 0 {
      builder.update(left >= zeros.count ? zeros : Array(zeros[..<left]))
      left -= min(left, zeros.count)
    }
    let node = builder.finish()
    #expect(node.cid.description == id)
    #expect(node.payload == UInt64(size) && !node.isDirectory)
  }

  @Test("files of counted hashes", arguments: FileVectors.all.counted.sorted { $0.key < $1.key })
  func counted(size: String, id: String) throws {
    #expect(Content.node(Content.counted(try #require(Int(size)))).cid.description == id)
  }

  @Test(
    "files of kubo's test stream",
    arguments: [
      (1024, "bafkreigwjqozlejajf24uwt37dsujwjjgze5kfx6ekf6tqduy52r3ouxay"),
      (262_145, "bafybeiagvbt6armm6scpjtounqinknmzegh2ke45ujvgn35frgbhze5m5a"),
      (45_613_056, "bafybeidajp2ewrtxcagm2u3qstbk2kw5srzbu7g7oraqepajpgumviz3z4"),
      (45_875_200, "bafybeidtq4lyvr2ockeogk6vp77d4wz56welunq3g6xrd3f73njndy2dlq"),
    ])
  func stream(size: Int, id: String) {
    #expect(Content.node(Content.stream(seed: "v0-seed", size)).cid.description == id)
  }

  // kubo's own tests publish these, for chunks of 1 MiB under up to 174 links: the same code with another chunk length.
  @Test(
    "files of kubo's test stream in large chunks",
    arguments: [
      (174, "bafybeigwduxcf2aawppv3isnfeshnimkyplvw3hthxjhr2bdeje4tdaicu"),
      (175, "bafybeidhd7lo2n2v7lta5yamob3xwhbxcczmmtmhquwhjesi35jntf7mpu"),
    ])
  func largeChunks(chunks: Int, id: String) {
    var builder = FileCIDBuilder(chunkLength: 1 << 20, maximumLinks: 174)
    builder.update(Content.stream(seed: "v1-seed", chunks << 20))
    #expect(builder.finish().cid.description == id)
  }

  @Test(
    "short texts",
    arguments: [
      ("", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
      ("hello world", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
      ("hello world\n", "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"),
    ])
  func texts(text: String, id: String) { #expect(Content.node(Array(text.utf8)).cid.description == id) }

  @Test("the root block of two chunks, byte for byte") func rootBlock() throws {
    var builder = FileCIDBuilder()
    var blocks: [(CID, [UInt8])] = []
    builder.update([UInt8](repeating: 0, count: 262_145)) { blocks.append(($0, $1)) }
    let node = builder.finish { blocks.append(($0, $1)) }
    let expected = Fixture.hex(
      "122c0a24015512208a39d2abd3999ab73c34db2476849cddf303ce389b35826850f9a700589b4a90120018808010122a0a240155"
        + "12206e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d120018010a0c080218818010208080102001")
    #expect(blocks.map(\.1.count) == [262_144, 1, expected.count])
    #expect(blocks.last?.1 == expected && blocks.last?.0 == node.cid)
    #expect(blocks.allSatisfy { $0.0.names($0.1) })
    #expect(node.total == 262_145 + UInt64(expected.count))
  }

  @Test("a builder can be used again") func again() {
    var builder = FileCIDBuilder()
    let empty = builder.finish()
    builder.update([UInt8](repeating: 7, count: 600_000))
    let first = builder.finish()
    builder.update([UInt8](repeating: 7, count: 600_000))
    #expect(builder.finish() == first && first != empty)
    #expect(builder.finish() == empty)
  }

  @Test("pieces of any length give the same id and blocks", arguments: [UInt64(11), 12, 13, 14])
  func pieces(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = random.bytes(Int.random(in: 0...900_000, using: &random))
    var builder = FileCIDBuilder()
    var served: UInt64 = 0
    for piece in Content.pieces(of: bytes, maximum: 200_000, using: &random) {
      builder.update(piece) { id, block in
        served += UInt64(block.count)
        #expect(id.names(block), "seed \(seed)")
      }
    }
    let node = builder.finish { _, block in served += UInt64(block.count) }
    #expect(node == Content.node(bytes), "seed \(seed)")
    #expect(node.total == served && node.payload == UInt64(bytes.count), "seed \(seed)")
  }

  @Test("a tree of small chunks is grouped level by level", arguments: 1...40) func grouping(chunks: Int) {
    // The same tree, built from all nodes at once.
    var nodes = (0..<chunks).map { UnixFS.Node(chunk: [UInt8($0)]) }
    var builder = FileCIDBuilder(chunkLength: 1, maximumLinks: 3)
    builder.update((0..<chunks).map { UInt8($0) })
    while nodes.count > 1 {
      nodes = stride(from: 0, to: nodes.count, by: 3).map { start in
        UnixFS.parent(of: Array(nodes[start..<min(nodes.count, start + 3)])).node
      }
    }
    #expect(builder.finish() == nodes[0])
  }

  @Test("directories, as kubo writes them") func directories() throws {
    let files = [("hello.txt", Content.node(Array("hello world\n".utf8))), ("empty.bin", Content.node([]))]
    let directory = try UnixFS.directory(files)
    #expect(directory.node.cid.description == "bafybeiaqor6qv3jiice6z3leg62bebqpm3udogkif2pupnrq6nwui46klq")
    #expect(directory.node.cid.names(directory.block) && directory.node.isDirectory)
    #expect(directory.node.total == 12 + UInt64(directory.block.count))
    #expect(try UnixFS.directory(files.reversed()).block == directory.block)
    #expect(try UnixFS.directory([]).node.cid.description == "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354")
    let nested = try UnixFS.directory([("inner", directory.node)])
    #expect(nested.node.total == directory.node.total + UInt64(nested.block.count))
  }

  @Test("names that are refused", arguments: ["", ".", "..", "a/b", "/", "a\0b", String(repeating: "n", count: 256)])
  func names(name: String) {
    #expect(throws: UnixFSError.name(name)) { try UnixFS.directory([(name, Content.node([]))]) }
  }

  @Test("a name stands once, and Unicode's equals are two names") func nameTwice() throws {
    let node = Content.node([])
    #expect(throws: UnixFSError.nameTwice("a")) { try UnixFS.directory([("a", node), ("b", node), ("a", node)]) }
    _ = try UnixFS.directory([("\u{e9}", node), ("e\u{301}", node), (String(repeating: "n", count: 255), node)])
  }

  @Test("a directory over 256 KiB is refused, one below is not") func tooLarge() throws {
    let node = Content.node([])
    // A link of a name of 8 bytes has 52 bytes; the data has 4.
    let entries = (0..<5042).map { (String($0 + 10_000_000), node) }
    let limit = (262_144 - 4) / 52
    #expect(try UnixFS.directory(Array(entries[..<limit])).block.count == limit * 52 + 4)
    #expect(throws: UnixFSError.directoryTooLarge(count: (limit + 1) * 52 + 4)) {
      try UnixFS.directory(Array(entries[...limit]))
    }
  }

  @Test("directories of directories cannot outgrow the size") func totals() throws {
    var node = Content.node([0])
    #expect(throws: UnixFSError.totalTooLarge) {
      for _ in 0..<10 { node = try UnixFS.directory((0..<1000).map { ("d\($0)", node) }).node }
    }
    for error in [UnixFSError.name("x"), .nameTwice("x"), .directoryTooLarge(count: 1), .totalTooLarge] {
      #expect(error.description.hasPrefix("directory: "))
    }
  }
}

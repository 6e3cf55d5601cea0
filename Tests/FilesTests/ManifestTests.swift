import Files
import Hashing
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Manifest") struct ManifestTests {
  static func sealed(_ size: Int = 11, mime: String = "text/csv", name: String? = "prices.csv") throws -> Manifest {
    try Manifest(of: Content.sealed(Content.counted(size)).file, key: Content.key, salt: Content.salt, mime: mime, name: name)
  }

  static func plain(_ bytes: [UInt8] = [1, 2, 3]) throws -> Manifest {
    try Manifest(plain: Content.node(bytes), auditRoot: AuditTree.leaf(bytes), mime: "application/octet-stream")
  }

  @Test("layout of version 1") func layout() throws {
    let manifest = try Self.sealed()
    let bytes = manifest.bytes
    #expect(Array(bytes[..<9]) == [1, 0, 0, 4, 0, 174, 0, 0x55, 0x12])
    #expect(Array(bytes[9..<45]) == manifest.cid.bytes)
    #expect(Array(bytes[45..<54]) == [27, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(Array(bytes[54..<70]) == Content.salt.bytes)
    #expect(Array(bytes[70..<102]) == Content.key.commitment.bytes)
    #expect(Array(bytes[102..<134]) == manifest.auditRoot.bytes)
    #expect(Array(bytes[134..<166]) == manifest.plainRoot.bytes)
    #expect(Array(bytes[166...]) == [8 << 2] + Array("text/csv".utf8) + [1, 10 << 2] + Array("prices.csv".utf8))
    #expect(manifest.hash == Hash.sha256(bytes) && manifest.manifestCID == .raw(of: bytes))
    #expect(manifest.plainSize == 11 && manifest.size == 27)
  }

  // Computed outside this project from the layout in Docs/formats/files.md.
  @Test("the hash of version 1 stays") func pinned() throws {
    #expect(try Self.sealed().manifestCID.description == "bafkreico5ont33xw544r6cmwldvmbc7polxokfdnii23lksaiklx4v242u")
    #expect(try Self.plain().manifestCID.description == "bafkreieufppc7kpvcsfgz6sxukn6wcdidg3hhzh3dfqqzkjrgaypt4avm4")
  }

  @Test("what is written is read", arguments: [0, 11, 262_128, 262_129]) func roundTrip(size: Int) throws {
    for manifest in [try Self.sealed(size), try Self.sealed(size, name: nil), try Self.plain(Content.counted(size))] {
      #expect(try Manifest(bytes: manifest.bytes) == manifest)
      #expect(manifest.plainSize == UInt64(size))
    }
  }

  @Test("a manifest describes its file and no other") func describes() throws {
    let manifest = try Self.sealed(5000)
    let file = try Content.sealed(Content.counted(5000)).file
    let cipher = try Content.sealed(Content.counted(5000)).segments.flatMap { $0 }
    #expect(manifest.describes(try Content.sealed(Content.counted(5000)).file))
    #expect(try manifest.describes(Content.opened(cipher).file) && file.auditLeaves.count == 2)
    #expect(!manifest.describes(try Content.sealed(Content.counted(5001)).file))
    #expect(!manifest.describes(try Content.sealed([1] + Content.counted(4999)).file))
    #expect(!manifest.describes(try Content.sealed(Content.counted(5000), salt: .zero).file))
    #expect(!(try Self.plain()).describes(file))
  }

  @Test("bytes that are no manifest") func malformed() throws {
    let bytes = try Self.sealed().bytes
    #expect(throws: ManifestError.unknownVersion(nil)) { try Manifest(bytes: []) }
    #expect(throws: ManifestError.unknownVersion(2)) { try Manifest(bytes: [2] + bytes.dropFirst()) }
    #expect(throws: ManifestError.tooLong(count: 1025)) { try Manifest(bytes: [UInt8](repeating: 1, count: 1025)) }
    #expect(throws: ManifestError.malformed(.trailingBytes(count: 1))) { try Manifest(bytes: bytes + [0]) }
    for length in 1..<bytes.count {
      #expect(throws: ManifestError.self, "\(length) bytes") { try Manifest(bytes: Array(bytes[..<length])) }
    }
    func changed(_ place: Int, _ byte: UInt8) -> [UInt8] {
      var copy = bytes
      copy[place] = byte
      return copy
    }
    for place in 1..<9 { #expect(throws: ManifestError.unknownProfile) { try Manifest(bytes: changed(place, 9)) } }
    #expect(throws: ManifestError.size(15)) { try Manifest(bytes: changed(45, 15)) }
    #expect(throws: ManifestError.codec) { try Manifest(bytes: changed(10, 0x70)) }
    #expect(throws: ManifestError.codec) { try Manifest(bytes: changed(48, 1)) }
    #expect(throws: ManifestError.fieldsOfNoCipher) { try Manifest(bytes: changed(53, 0)) }
    #expect(throws: ManifestError.mime) { try Manifest(bytes: changed(167, 0x20)) }
    #expect(throws: ManifestError.name) { try Manifest(bytes: changed(177, UInt8(ascii: "/"))) }
    #expect(throws: ManifestError.self) { try Manifest(bytes: changed(53, 2)) }
    #expect(throws: ManifestError.self) { try Manifest(bytes: changed(175, 2)) }
  }

  @Test("salt, commitment and plain root of a file that is not encrypted are zero", arguments: [54, 69, 70, 101, 134, 165])
  func plainFields(place: Int) throws {
    var bytes = try Self.plain().bytes
    bytes[place] = 1
    #expect(throws: ManifestError.fieldsOfNoCipher) { try Manifest(bytes: bytes) }
  }

  @Test(
    "names that are refused",
    arguments: [
      "", ".", "..", "../x", "a/b", "a\\b", "a\0", "a\nb", "\u{1b}[2J", "x\u{7f}", "x\u{85}", "gpj\u{202e}.exe",
      String(repeating: "n", count: 256),
    ])
  func names(name: String) { #expect(throws: ManifestError.name) { try Self.sealed(name: name) } }

  @Test("names that are accepted", arguments: ["a", "...", "Preise 2026.csv", "数据.bin", String(repeating: "n", count: 255)])
  func goodNames(name: String) throws { #expect(try Manifest(bytes: Self.sealed(name: name).bytes).name == name) }

  @Test("media types that are refused", arguments: ["", "text csv", "text/\u{e9}", "a\n", String(repeating: "m", count: 128)])
  func types(mime: String) { #expect(throws: ManifestError.mime) { try Self.sealed(mime: mime) } }

  @Test("a directory has none") func directory() throws {
    let node = try UnixFS.directory([]).node
    #expect(throws: ManifestError.directory) { try Manifest(plain: node, auditRoot: .zero, mime: "a/b") }
  }

  @Test("no random change stops the reader or has two encodings", arguments: [UInt64(1), 2, 3]) func fuzz(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for bytes in [try Self.sealed().bytes, try Self.plain().bytes] {
      for _ in 0..<500 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        if let manifest = try? Manifest(bytes: changed) { #expect(manifest.bytes == changed, "seed \(seed)") }
      }
    }
  }

  @Test("errors say what is wrong") func descriptions() {
    let errors: [ManifestError] = [
      .tooLong(count: 1), .unknownVersion(2), .unknownVersion(nil), .malformed(.trailingBytes(count: 1)), .unknownProfile,
      .size(1), .codec, .directory, .fieldsOfNoCipher, .mime, .name,
    ]
    for error in errors { #expect(error.description.hasPrefix("manifest: ")) }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}

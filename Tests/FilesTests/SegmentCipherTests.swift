import Files
import Hashing
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Segment cipher") struct SegmentCipherTests {
  @Test("published files", arguments: FileVectors.all.cipher.indices) func published(number: Int) throws {
    let vector = FileVectors.all.cipher[number]
    let plain = Content.counted(vector.plainLen)
    let (segments, file) = try Content.sealed(plain)
    #expect(file.cipherSize == vector.cipherLen && file.plainSize == UInt64(vector.plainLen))
    #expect(file.cid.description == vector.cid)
    #expect(file.auditRoot.bytes == vector.auditRoot.bytes && file.plainRoot.bytes == vector.plainRoot.bytes)
    #expect(AuditTree(leaves: file.auditLeaves)?.root == file.auditRoot)
    #expect(AuditTree(leaves: file.plainLeaves)?.root == file.plainRoot)
    #expect(segments.dropLast().allSatisfy { $0.count == SegmentCipher.cipherSegment })
    let opened = try Content.opened(segments.flatMap { $0 })
    #expect(opened.plain == plain && opened.file == file)
  }

  @Test("pieces of any length give the same file", arguments: [UInt64(1), 2, 3, 4]) func pieces(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let plain = random.bytes(Int.random(in: 0...700_000, using: &random))
    let (segments, file) = try Content.sealed(plain)
    var sealer = SegmentSealer(key: Content.key, salt: Content.salt)
    var cipher: [UInt8] = []
    for piece in Content.pieces(of: plain, maximum: 300_000, using: &random) { try sealer.update(piece) { cipher += $0 } }
    let streamed = try sealer.finish { cipher += $0 }
    #expect(cipher == segments.flatMap { $0 }, "seed \(seed)")
    #expect(streamed.cid == file.cid && streamed.plainRoot == file.plainRoot, "seed \(seed)")
    #expect(streamed.auditLeaves.isEmpty && streamed.plainLeaves.isEmpty, "seed \(seed)")
    var opener = SegmentOpener(key: Content.key, salt: Content.salt)
    var opened: [UInt8] = []
    for piece in Content.pieces(of: cipher, maximum: 300_000, using: &random) { try opener.update(piece) { opened += $0 } }
    #expect(try opener.finish { opened += $0 } == streamed, "seed \(seed)")
    #expect(opened == plain, "seed \(seed)")
  }

  @Test("sizes, both ways") func sizes() {
    let full = UInt64(SegmentCipher.plainSegment)
    let sizes: [UInt64] = [0, 1, 4080, 4096, full - 1, full, full + 1, 524_255, 524_256, 524_257, 26_212_800]
    for plain in sizes + [SegmentCipher.maximumPlainSize] {
      let cipher = SegmentCipher.cipherSize(plainSize: plain)
      #expect(cipher.flatMap { SegmentCipher.plainSize(cipherSize: $0) } == plain)
    }
    #expect(SegmentCipher.cipherSize(plainSize: SegmentCipher.maximumPlainSize + 1) == nil)
    #expect(SegmentCipher.cipherSize(plainSize: .max) == nil)
    // Too short for a tag, or a last segment without bytes behind others.
    let impossible: [UInt64] = [0, 1, 15, 262_145, 262_159, 262_160, 524_304, .max, .max - 262_143]
    for cipher in impossible {
      #expect(SegmentCipher.plainSize(cipherSize: cipher) == nil, "\(cipher)")
    }
    #expect(SegmentCipher.plainSize(cipherSize: 16) == 0)
    #expect(SegmentCipher.plainSize(cipherSize: 262_144 + 17) == full + 1)
    #expect(SegmentCipher.segments(plainSize: 0) == 1 && SegmentCipher.segments(plainSize: full + 1) == 2)
  }

  @Test("blocks of a file, and what they hold") func places() throws {
    func place(_ index: UInt64, _ size: UInt64) -> SegmentCipher.BlockPlace? { .init(index: index, cipherSize: size) }
    let first = try #require(place(0, 262_144))
    #expect(first.length == 4096 && first.plainLength == 4096 && first.segment == 0 && first.isInLastSegment)
    let last = try #require(place(63, 262_144))
    #expect(last.length == 4096 && last.plainLength == 4080 && last.blockInSegment == 63)
    #expect(place(64, 262_144) == nil)
    // 4,096 bytes of plaintext: the tag has a block of its own.
    let tag = try #require(place(1, 4112))
    #expect(tag.length == 16 && tag.plainLength == 0)
    // 4,090 bytes of plaintext: the tag lies across two blocks.
    #expect(place(0, 4106)?.plainLength == 4090 && place(1, 4106)?.plainLength == 0 && place(1, 4106)?.length == 10)
    let second = try #require(place(64, 262_144 + 17))
    #expect(second.segment == 1 && second.blockInSegment == 0 && second.length == 17 && second.plainLength == 1)
    #expect(place(0, 262_144 + 17)?.isInLastSegment == false && second.isInLastSegment)
    #expect(place(0, 16)?.plainLength == 0 && place(0, 15) == nil && place(0, 262_160) == nil)
    #expect(place(.max, 262_144) == nil && place(0, .max) == nil && place(.max, .max) == nil)
  }

  @Test("block counts") func counts() {
    #expect(SegmentCipher.blockCount(size: 0) == 1 && SegmentCipher.blockCount(size: 4096) == 1)
    #expect(SegmentCipher.blockCount(size: 4097) == 2 && SegmentCipher.blockCount(size: .max) == 1 << 52)
    #expect(SegmentCipher.plainBlockCount(plainSize: 0) == 1 && SegmentCipher.plainBlockCount(plainSize: 262_128) == 64)
    #expect(SegmentCipher.plainBlockCount(plainSize: 262_129) == 65)
    // Blocks start anew in each segment: two segments have 128 blocks, though 127.99 would hold their bytes.
    #expect(SegmentCipher.plainBlockCount(plainSize: 524_256) == 128)
    #expect(SegmentCipher.plainBlockCount(plainSize: .max) >= 1 << 52)
  }

  @Test(
    "each block decrypts alone to its leaf",
    arguments: [0, 1, 4079, 4080, 4081, 4090, 4096, 4097, 262_128, 262_129, 262_128 + 4096, 300_000])
  func blocks(size: Int) throws {
    let plain = Content.counted(size)
    let (segments, file) = try Content.sealed(plain)
    let cipher = segments.flatMap { $0 }
    let count = SegmentCipher.blockCount(size: file.cipherSize)
    #expect(file.auditLeaves.count == Int(count))
    #expect(file.plainLeaves.count == Int(SegmentCipher.plainBlockCount(plainSize: file.plainSize)))
    var joined: [UInt8] = []
    for index in 0..<count {
      let start = Int(index) * AuditTree.blockLength
      let block = Array(cipher[start..<min(start + AuditTree.blockLength, cipher.count)])
      let place = try #require(SegmentCipher.BlockPlace(index: index, cipherSize: file.cipherSize))
      let part = try SegmentCipher.decryptBlock(
        block, at: index, cipherSize: file.cipherSize, key: Content.key, salt: Content.salt)
      #expect(part.count == place.plainLength && block.count == place.length)
      #expect(AuditTree.leaf(block) == file.auditLeaves[Int(index)])
      if place.plainLength > 0 { #expect(AuditTree.leaf(part) == file.plainLeaves[Int(index)]) }
      joined += part
    }
    #expect(joined == plain)
  }

  @Test("a block of another length or place is refused, and nothing traps") func blockErrors() throws {
    func decrypt(_ count: Int, _ index: UInt64, _ size: UInt64) throws(SegmentCipherError) -> [UInt8] {
      try SegmentCipher.decryptBlock(
        [UInt8](repeating: 0, count: count), at: index, cipherSize: size, key: Content.key, salt: Content.salt)
    }
    #expect(throws: SegmentCipherError.noSuchBlock(index: 64)) { try decrypt(4096, 64, 262_144) }
    #expect(throws: SegmentCipherError.noSuchBlock(index: 0)) { try decrypt(4096, 0, 262_160) }
    #expect(throws: SegmentCipherError.noSuchBlock(index: .max)) { try decrypt(4096, .max, .max) }
    #expect(throws: SegmentCipherError.blockLength(count: 4095, expected: 4096)) { try decrypt(4095, 0, 262_144) }
    #expect(throws: SegmentCipherError.blockLength(count: 0, expected: 4096)) { try decrypt(0, 3, 262_144) }
    #expect(throws: SegmentCipherError.blockLength(count: 17, expected: 16)) { try decrypt(17, 1, 4112) }
    #expect(try decrypt(16, 1, 4112).isEmpty)
  }

  @Test("other keys, salts and places make other blocks") func blockKeys() throws {
    let plain = Content.counted(300_000)
    let (segments, file) = try Content.sealed(plain)
    let block = Array(segments[0][..<4096])
    let other = try #require(ContentKey([UInt8](repeating: 7, count: 32)))
    func leaf(_ index: UInt64, key: ContentKey = Content.key, salt: FixedBytes<16> = Content.salt) throws -> H256 {
      AuditTree.leaf(try SegmentCipher.decryptBlock(block, at: index, cipherSize: file.cipherSize, key: key, salt: salt))
    }
    #expect(try leaf(0) == file.plainLeaves[0])
    #expect(try leaf(1) != file.plainLeaves[1] && leaf(64) != file.plainLeaves[64])
    #expect(try leaf(0, key: other) != file.plainLeaves[0] && leaf(0, salt: .zero) != file.plainLeaves[0])
  }
}

@Suite("Changed encrypted files") struct ChangedFileTests {
  @Test("a change of any byte is noticed", arguments: [0, 11, 100]) func everyByte(size: Int) throws {
    let cipher = try Content.sealed(Content.counted(size)).segments.flatMap { $0 }
    for place in cipher.indices {
      var changed = cipher
      changed[place] ^= 1
      #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: 0), "byte \(place)") { try Content.opened(changed) }
    }
  }

  @Test("a change of random bytes is noticed in its segment", arguments: [UInt64(1), 2, 3]) func someBytes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let cipher = try Content.sealed(Content.counted(700_000)).segments.flatMap { $0 }
    for _ in 0..<20 {
      var changed = cipher
      let place = Int.random(in: 0..<cipher.count, using: &random)
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      let segment = UInt64(place / SegmentCipher.cipherSegment)
      #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: segment), "seed \(seed), byte \(place)") {
        try Content.opened(changed)
      }
    }
  }

  @Test("a file that was cut anywhere is refused", arguments: [UInt64(4), 5]) func truncated(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let segments = try Content.sealed(Content.counted(700_000)).segments
    let cipher = segments.flatMap { $0 }
    var lengths = (0..<30).map { _ in Int.random(in: 0..<cipher.count, using: &random) }
    for border in [0, 262_144, 524_288] { lengths += [border, border + 1, border + 15, border + 16, border + 17] }
    for length in lengths {
      #expect(throws: SegmentCipherError.self, "seed \(seed), \(length) bytes") { try Content.opened(Array(cipher[..<length])) }
    }
    #expect(throws: SegmentCipherError.size(0)) { try Content.opened([]) }
    #expect(throws: SegmentCipherError.size(15)) { try Content.opened(Array(cipher[..<15])) }
    // Cut where a segment ends: every tag is right, but the last one is not marked as the last.
    #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: 1)) { try Content.opened(segments[0] + segments[1]) }
  }

  @Test("bytes behind the end are refused") func extended() throws {
    for size in [0, 100, 262_128, 300_000] {
      let cipher = try Content.sealed(Content.counted(size)).segments.flatMap { $0 }
      for more in [1, 16, 17, 5000] {
        #expect(throws: SegmentCipherError.self) { try Content.opened(cipher + [UInt8](repeating: 0, count: more)) }
      }
    }
  }

  @Test("segments in another order, left out, twice or from another file are refused") func reordered() throws {
    let plain = Content.counted(4 * SegmentCipher.plainSegment)
    let (segments, _) = try Content.sealed(plain)
    let salt = try #require(FixedBytes<16>([UInt8](repeating: 3, count: 16)))
    let (strange, _) = try Content.sealed(plain, salt: salt)
    #expect(segments.count == 4)
    for order in [[1, 0, 2, 3], [0, 2, 1, 3], [3, 1, 2, 0], [0, 1, 3], [1, 2, 3], [0, 0, 1, 2, 3], [0, 1, 2, 3, 3], [3]] {
      #expect(throws: SegmentCipherError.self, "\(order)") { try Content.opened(order.flatMap { segments[$0] }) }
    }
    for place in 0..<4 {
      var spliced = segments
      spliced[place] = strange[place]
      #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: UInt64(place))) {
        try Content.opened(spliced.flatMap { $0 })
      }
    }
  }

  @Test("another key or salt opens nothing") func otherKey() throws {
    let cipher = try Content.sealed(Content.counted(5000)).segments.flatMap { $0 }
    let key = try #require(ContentKey([UInt8](repeating: 0, count: 32)))
    #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: 0)) { try Content.opened(cipher, key: key) }
    #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: 0)) { try Content.opened(cipher, salt: .zero) }
  }

  @Test("what came before a changed segment was handed out, and the error names the segment") func partial() throws {
    var segments = try Content.sealed(Content.counted(700_000)).segments
    segments[1][0] ^= 1
    var opener = SegmentOpener(key: Content.key, salt: Content.salt)
    var plain: [UInt8] = []
    #expect(throws: SegmentCipherError.segmentDoesNotOpen(index: 1)) {
      for segment in segments { try opener.update(segment) { plain += $0 } }
      _ = try opener.finish { plain += $0 }
    }
    #expect(plain == Content.counted(SegmentCipher.plainSegment))
  }

  @Test("errors say what is wrong") func descriptions() {
    let errors: [SegmentCipherError] = [
      .segmentDoesNotOpen(index: 1), .size(3), .tooLarge, .noSuchBlock(index: 4), .blockLength(count: 1, expected: 2),
    ]
    for error in errors { #expect(error.description.hasPrefix("cipher: ")) }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}

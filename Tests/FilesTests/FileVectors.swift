import CSodium
import Files
import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit

/// `fixtures/files-and-keys.json`.
struct FileVectors: Decodable, Sendable {
  static let all: FileVectors = Fixture.json("files-and-keys.json")

  struct Cipher: Decodable, Sendable {
    let plainLen: Int
    let cipherLen: UInt64
    let cid: String
    let auditRoot: HexBytes
    let plainRoot: HexBytes
  }
  struct Box: Decodable, Sendable {
    let d: HexBytes
    let e: HexBytes
    let nonce: HexBytes
    let buyerPub: HexBytes
    let hkdf: HexBytes
    let box: HexBytes
  }
  struct Proof: Decodable, Sendable {
    let k: HexBytes
    let sharedPoint: HexBytes
    let c: HexBytes
    let s: HexBytes

    enum CodingKeys: String, CodingKey {
      case k, c, s
      case sharedPoint = "S"
    }
  }
  let zeros: [String: String]
  let counted: [String: String]
  let cipher: [Cipher]
  let key: HexBytes
  let salt: HexBytes
  let keyCommit: HexBytes
  let ecies: Box
  let dleq: Proof

  enum CodingKeys: String, CodingKey {
    case zeros, cipher, key, salt, keyCommit, ecies, dleq
    case counted = "sha256ctr(\"echochain\")"
  }
}

/// Made-up files.
enum Content {
  /// sha256("echochain" ‖ u64, big-endian), counted from 0, one behind the other.
  static func counted(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 32)
    var input = Array("echochain".utf8) + [UInt8](repeating: 0, count: 8)
    for number in 0..<UInt64((count + 31) / 32) {
      for place in 0..<8 { input[9 + place] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(place))) }
      bytes.append(contentsOf: Hash.sha256(input).bytes)
    }
    return Array(bytes.prefix(count))
  }

  /// The first bytes of a ChaCha20 stream: the input of kubo's own tests.
  static func stream(seed: String, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let status = crypto_stream_chacha20_ietf(
      &bytes, UInt64(count), [UInt8](repeating: 0, count: 12), Hash.sha256(Array(seed.utf8)).bytes)
    precondition(status == 0)
    return bytes
  }

  /// Pieces of random lengths, so that borders of pieces and of chunks never agree.
  static func pieces(of bytes: [UInt8], maximum: Int, using random: inout SeededRandom) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 0...maximum, using: &random))
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    return pieces
  }

  static func node(_ bytes: [UInt8]) -> UnixFS.Node {
    var builder = FileCIDBuilder()
    builder.update(bytes)
    return builder.finish()
  }

  static let key = ContentKey(FileVectors.all.key.bytes) ?? ContentKey([UInt8](repeating: 0, count: 32))!
  static let salt = FixedBytes<16>(FileVectors.all.salt.bytes) ?? .zero

  /// A file encrypted segment by segment.
  static func sealed(
    _ plain: [UInt8], key: ContentKey = key, salt: FixedBytes<16> = salt
  ) throws -> (segments: [[UInt8]], file: SegmentedFile) {
    var sealer = SegmentSealer(key: key, salt: salt, keepsLeaves: true)
    var segments: [[UInt8]] = []
    try sealer.update(plain) { segments.append($0) }
    let file = try sealer.finish { segments.append($0) }
    return (segments, file)
  }

  static func opened(
    _ cipher: [UInt8], key: ContentKey = key, salt: FixedBytes<16> = salt
  ) throws -> (plain: [UInt8], file: SegmentedFile) {
    var opener = SegmentOpener(key: key, salt: salt, keepsLeaves: true)
    var plain: [UInt8] = []
    try opener.update(cipher) { plain += $0 }
    let file = try opener.finish { plain += $0 }
    return (plain, file)
  }
}

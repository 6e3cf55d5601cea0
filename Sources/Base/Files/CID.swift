internal import Hashing
public import Primitives
public import ScaleCodec

/// The name of a block by its content: version 1 with SHA-256, codec raw or dag-pb, the only forms that files of this
/// chain use.
///
/// 36 bytes: `01` | codec | `12 20` | sha256 of the block. As text: `b` and the bytes in base32 of lower case without
/// padding, 59 characters.
/// - SeeAlso: The CID and multihash specifications of multiformats.
public struct CID: Hashable, Sendable {
  /// What the block's bytes mean.
  public enum Codec: UInt8, Sendable, CaseIterable {
    /// Bytes of a file.
    case raw = 0x55
    /// A node of UnixFS.
    case dagPB = 0x70
  }

  public let codec: Codec
  /// SHA-256 of the block.
  public let digest: H256

  /// Bytes of a content id.
  public static let length = 36
  /// Characters of its text.
  public static let textLength = 59

  public init(codec: Codec, digest: H256) {
    self.codec = codec
    self.digest = digest
  }

  /// The name of a block.
  public init(codec: Codec, block: [UInt8]) { self.init(codec: codec, digest: Hash.sha256(block)) }

  /// The name of a block of a file.
  public static func raw(of block: [UInt8]) -> CID { CID(codec: .raw, block: block) }

  /// Reads the 36 bytes.
  /// - Throws: ``CIDError``, each case but ``CIDError/notBase32``.
  public init(bytes: [UInt8]) throws(CIDError) {
    guard bytes.count == Self.length else { throw .length(count: bytes.count, expected: Self.length) }
    guard bytes[0] == 1 else { throw .unknownVersion(bytes[0]) }
    guard let codec = Codec(rawValue: bytes[1]) else { throw .unknownCodec(bytes[1]) }
    guard bytes[2] == 0x12, bytes[3] == 0x20, let digest = H256(Array(bytes[4...])) else { throw .unknownHash }
    self.init(codec: codec, digest: digest)
  }

  /// The 36 bytes.
  public var bytes: [UInt8] { [1, codec.rawValue, 0x12, 0x20] + digest.bytes }

  /// Reads the text. Only the form that ``description`` writes is accepted: a content id has one text.
  /// - Throws: ``CIDError``
  public init(text: String) throws(CIDError) {
    let digits = Array(text.utf8.prefix(Self.textLength + 1))
    guard digits.count == Self.textLength else { throw .length(count: text.utf8.count, expected: Self.textLength) }
    guard digits[0] == UInt8(ascii: "b"), let bytes = Base32.decode(digits[1...]) else { throw .notBase32 }
    try self.init(bytes: bytes)
  }

  /// Whether a block is the one that this names.
  public func names(_ block: [UInt8]) -> Bool { Hash.sha256(block) == digest }
}

extension CID: CustomStringConvertible {
  /// The text form, such as `bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku`.
  public var description: String { "b" + Base32.encode(bytes) }
}

extension CID: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { FixedBytes<36>.typeShape }
  public var encodedSize: Int { Self.length }
  public func encode(into writer: inout ScaleWriter) { writer.writeBytes(bytes) }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let bytes = try reader.readBytes(count: Self.length)
    do { try self.init(bytes: bytes) } catch {
      throw ScaleError.invalidValue(type: "CID", reason: "not version 1, raw or dag-pb, SHA-256", offset: at)
    }
  }
}

/// Why bytes or text are no content id of this chain.
public enum CIDError: Error, Equatable, Sendable {
  /// 36 bytes, or 59 characters.
  case length(count: Int, expected: Int)
  /// The text does not begin with `b`, has another character than a...z and 2...7, or sets bits beyond the last byte.
  case notBase32
  /// Version 1 is the only one.
  case unknownVersion(UInt8)
  /// Neither raw (0x55) nor dag-pb (0x70).
  case unknownCodec(UInt8)
  /// Another hash than SHA-256 with 32 bytes.
  case unknownHash
}

extension CIDError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .length(let count, let expected): "content id: length \(count), not \(expected)"
    case .notBase32: "content id: not 'b' and base32 of lower case without padding"
    case .unknownVersion(let version): "content id: version \(version), not 1"
    case .unknownCodec(let codec): "content id: codec \(codec) is neither raw nor dag-pb"
    case .unknownHash: "content id: its hash is not SHA-256 of 32 bytes"
    }
  }
}

/// Base32 of RFC 4648 in lower case and without padding.
enum Base32 {
  private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var (held, bits) = (UInt32(0), 0)
    for byte in bytes {
      held = held << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(digits[Int(held >> bits & 31)])
      }
      held &= (1 << bits) - 1
    }
    if bits > 0 { text.append(digits[Int(held << (5 - bits) & 31)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: `nil` for another character, a length that no bytes have, or bits beyond the last byte.
  static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (held, bits) = (UInt32(0), 0)
    for character in text {
      let digit: UInt8
      switch character {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - UInt8(ascii: "a")
      case UInt8(ascii: "2")...UInt8(ascii: "7"): digit = character - UInt8(ascii: "2") + 26
      default: return nil
      }
      held = held << 5 | UInt32(digit)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(held >> bits & 255))
      }
      held &= (1 << bits) - 1
    }
    return bits < 5 && held == 0 ? bytes : nil
  }
}

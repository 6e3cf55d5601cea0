internal import Hashing
public import Primitives

/// Why text is not an SS58 address.
public enum SS58Error: Error, Equatable, Sendable {
  /// The text is not base58, or longer than any address.
  case notBase58
  /// The bytes are not prefix (1 or 2), payload (32 or 33) and checksum (2).
  case length(count: Int)
  /// The first byte belongs to no prefix form, or a prefix below 64 is written in two bytes.
  case malformedPrefix
  /// The last two bytes are not the checksum of the others.
  case checksum
  /// The address belongs to another network.
  case wrongPrefix(UInt16, expected: UInt16)
  /// The payload is a 33-byte key where an account is wanted.
  case notAnAccount
}

extension SS58Error: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notBase58: "ss58: address is not base58 of at most \(SS58.textLimit) characters"
    case .length(let count): "ss58: address has \(count) bytes, not 35 to 37"
    case .malformedPrefix: "ss58: network prefix is malformed"
    case .checksum: "ss58: checksum does not match"
    case .wrongPrefix(let prefix, let expected): "ss58: address has network prefix \(prefix), not \(expected)"
    case .notAnAccount: "ss58: address holds a 33-byte key, not an account"
    }
  }
}

/// Substrate's address text: base58 of network prefix, payload and checksum.
///
/// A prefix below 64 is one byte, up to 16383 two. The checksum is the first two bytes of
/// blake2b-512("SS58PRE" | prefix | payload).
public enum SS58 {
  /// The prefixes that the format can express.
  public static let prefixes: ClosedRange<UInt16> = 0...16383
  /// The prefix of chains that registered none.
  public static let genericPrefix: UInt16 = 42
  static let textLimit = 64

  /// Writes an account.
  /// - Precondition: `prefix` is in ``prefixes``.
  public static func encode(_ account: AccountID, prefix: UInt16 = genericPrefix) -> String {
    encode(payload: account.bytes, prefix: prefix)
  }

  /// Writes a compressed ECDSA key itself, as `subkey` does for "public key (SS58)".
  /// - Precondition: `prefix` is in ``prefixes``.
  public static func encode(_ key: PublicKey, prefix: UInt16 = genericPrefix) -> String {
    encode(payload: key.compressed, prefix: prefix)
  }

  private static func encode(payload: [UInt8], prefix: UInt16) -> String {
    precondition(prefixes.contains(prefix), "ss58: prefix \(prefix) is above 16383")
    var bytes: [UInt8]
    if prefix < 64 {
      bytes = [UInt8(prefix)]
    } else {
      bytes = [UInt8((prefix & 0xfc) >> 2 | 0x40), UInt8(prefix >> 8 | (prefix & 3) << 6)]
    }
    bytes += payload
    return Base58.encode(bytes + checksum(bytes))
  }

  /// Reads an address with a payload of 32 or 33 bytes. Every address has exactly one accepted text.
  public static func decode(_ text: some StringProtocol) throws(SS58Error) -> (prefix: UInt16, bytes: [UInt8]) {
    guard let bytes = Base58.decode(text, limit: textLimit) else { throw .notBase58 }
    guard (35...37).contains(bytes.count) else { throw .length(count: bytes.count) }
    let prefix: UInt16
    let prefixLength: Int
    if bytes[0] < 64 {
      (prefix, prefixLength) = (UInt16(bytes[0]), 1)
    } else {
      let (first, second) = (UInt16(bytes[0]), UInt16(bytes[1]))
      (prefix, prefixLength) = ((first & 0x3f) << 2 | second >> 6 | (second & 0x3f) << 8, 2)
      guard first < 128, prefix >= 64 else { throw .malformedPrefix }
    }
    let payload = Array(bytes[prefixLength..<bytes.count - 2])
    guard payload.count == 32 || payload.count == 33 else { throw .length(count: bytes.count) }
    guard checksum(Array(bytes.dropLast(2))) == bytes.suffix(2) else { throw .checksum }
    return (prefix, payload)
  }

  private static func checksum(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    Hash.blake2b512(Array("SS58PRE".utf8) + bytes)[..<2]
  }
}

extension AccountID {
  /// Reads the SS58 address of an account.
  /// - Parameters:
  ///   - text: The address.
  ///   - prefix: The only network prefix accepted; `nil` accepts all.
  public init(ss58 text: some StringProtocol, prefix: UInt16? = nil) throws(SS58Error) {
    let (found, bytes) = try SS58.decode(text)
    if let prefix, prefix != found { throw .wrongPrefix(found, expected: prefix) }
    guard let account = AccountID(bytes) else { throw .notAnAccount }
    self = account
  }
}

internal import Hashing
internal import Primitives
internal import ScaleCodec

/// A parsed secret URI: where a key starts and how it derives from there.
///
/// `[phrase or 0x seed][//junction]...[///password]`, for example `//Alice` or `word word ... word//polkadot//0`.
/// Without a phrase the public development phrase is meant.
/// - SeeAlso: sp-core `crypto::SecretUri`.
public struct SecretURI: Sendable, Hidden {
  /// The longest URI, in bytes of UTF-8.
  public static let limit = 4096
  /// The phrase that every Substrate development key derives from. Public: never guards anything of worth.
  public static let developmentPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"

  /// Whether the key derives from ``developmentPhrase``, so that anyone can compute it.
  public let isDevelopment: Bool
  private let root: SecretKey
  private let junctions: [String]

  /// Parses a URI.
  /// - Throws: A ``KeyError`` for whatever is wrong with the phrase, seed, junctions or password; soft junctions
  ///   (`/name`) are refused.
  public init(_ text: some StringProtocol) throws(KeyError) {
    guard text.utf8.count <= Self.limit else { throw .textTooLong(limit: Self.limit) }
    // Split as bytes: a slash is one even when a combining mark follows it.
    let bytes = Array(text.utf8)
    let head = bytes.prefix { $0 != Self.slash }
    let start = String(decoding: head, as: UTF8.self)
    let (path, password) = Self.splitPassword(bytes[head.endIndex...])
    junctions = try Self.hardJunctions(path)
    let phrase = start.isEmpty ? Self.developmentPhrase : start
    isDevelopment = phrase.split(whereSeparator: \.isWhitespace).joined(separator: " ") == Self.developmentPhrase
    if start.hasPrefix("0x") {
      guard password == nil else { throw .passwordWithSeed }
      guard var seed = Hex.decode(start), seed.count == 32 else { throw .malformedSeed }
      defer { seed.wipe() }
      root = try SecretKey(bytes: seed)
    } else {
      root = try SecretKey(Mnemonic(phrase: phrase), password: password ?? "")
    }
  }

  /// Derives the key.
  /// - Throws: ``KeyError/secretKeyOutOfRange`` with a chance of 2^-127 for each junction.
  public func secretKey() throws(KeyError) -> SecretKey {
    var key = root
    for junction in junctions { key = try key.derivedHard(junction) }
    return key
  }

  private static let slash = UInt8(ascii: "/")

  /// The first `///` starts the password: no junction can hold a slash.
  private static func splitPassword(_ bytes: ArraySlice<UInt8>) -> (path: ArraySlice<UInt8>, password: String?) {
    for index in bytes.indices.dropLast(2) where bytes[index...index + 2].allSatisfy({ $0 == slash }) {
      return (bytes[..<index], String(decoding: bytes[(index + 3)...], as: UTF8.self))
    }
    return (bytes, nil)
  }

  private static func hardJunctions(_ path: ArraySlice<UInt8>) throws(KeyError) -> [String] {
    var junctions: [String] = []
    var rest = path
    while !rest.isEmpty {
      let slashes = rest.prefix { $0 == slash }.count
      let name = rest.dropFirst(slashes).prefix { $0 != slash }
      let position = junctions.count + 1
      guard !name.isEmpty else { throw .emptyJunction(position: position) }
      guard slashes == 2 else { throw .softJunction(position: position) }
      junctions.append(String(decoding: name, as: UTF8.self))
      rest = rest[name.endIndex...]
    }
    return junctions
  }
}

extension SecretKey {
  /// Derives the key of a secret URI such as `//Alice`.
  /// - Throws: As ``SecretURI/init(_:)``.
  public init(suri: some StringProtocol) throws(KeyError) { self = try SecretURI(suri).secretKey() }

  /// The key that Substrate makes of a phrase, without derivation.
  /// - Throws: ``KeyError/textTooLong(limit:)``, and ``KeyError/secretKeyOutOfRange`` with a chance of 2^-127.
  public init(_ mnemonic: Mnemonic, password: String = "") throws(KeyError) {
    var seed = try mnemonic.miniSecret(password: password)
    defer { seed.wipe() }
    try self.init(bytes: seed)
  }

  /// Derives the hard child `//junction`.
  ///
  /// blake2b-256 of SCALE("Secp256k1HDKD") | secret | chain code.
  /// - Throws: ``KeyError/secretKeyOutOfRange`` with a chance of 2^-127.
  /// - SeeAlso: sp-core `ecdsa::derive_hard_junction`.
  public func derivedHard(_ junction: String) throws(KeyError) -> SecretKey {
    var input = "Secp256k1HDKD".encoded() + bytes + Self.chainCode(junction)
    defer { input.wipe() }
    return try SecretKey(bytes: Hash.blake2b256(input).bytes)
  }

  /// The 32 bytes that stand for a junction: a u64 or a string in SCALE, filled with zeros, hashed when longer.
  static func chainCode(_ junction: String) -> [UInt8] {
    // Rust's number parser takes a plus sign and no minus; so must this.
    let number = junction.utf8.first == UInt8(ascii: "-") ? nil : UInt64(junction)
    let encoded = number?.encoded() ?? junction.encoded()
    guard encoded.count <= 32 else { return Hash.blake2b256(encoded).bytes }
    return encoded + [UInt8](repeating: 0, count: 32 - encoded.count)
  }
}

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
  private let root: Root
  private let junctions: [Junction]

  /// Where derivation starts.
  private enum Root {
    case seed(SecretBytes)
    case phrase(Mnemonic, password: String)
  }

  /// A step of derivation.
  private struct Junction {
    var name: String
    var isHard: Bool
  }

  /// Parses a URI.
  /// - Throws: A ``KeyError`` for whatever is wrong with the phrase, seed, junctions or password. Whether the junctions suit
  ///   a kind of key shows when the key is asked for.
  public init(_ text: some StringProtocol) throws(KeyError) {
    guard text.utf8.count <= Self.limit else { throw .textTooLong(limit: Self.limit) }
    // Split as bytes: a slash is one even when a combining mark follows it.
    let bytes = Array(text.utf8)
    let head = bytes.prefix { $0 != Self.slash }
    let start = String(decoding: head, as: UTF8.self)
    let (path, password) = Self.splitPassword(bytes[head.endIndex...])
    junctions = try Self.junctions(path)
    let phrase = start.isEmpty ? Self.developmentPhrase : start
    isDevelopment = phrase.split(whereSeparator: \.isWhitespace).joined(separator: " ") == Self.developmentPhrase
    if start.hasPrefix("0x") {
      guard password == nil else { throw .passwordWithSeed }
      guard var seed = Hex.decode(start), seed.count == 32 else { throw .malformedSeed }
      defer { seed.wipe() }
      root = .seed(SecretBytes(copying: seed))
    } else {
      let password = password ?? ""
      guard password.utf8.count <= Mnemonic.passwordLimit else { throw .textTooLong(limit: Mnemonic.passwordLimit) }
      root = .phrase(try Mnemonic(phrase: phrase), password: password)
    }
  }

  /// Derives the secp256k1 key.
  /// - Throws: ``KeyError/softJunction(position:)``; ``KeyError/secretKeyOutOfRange`` for a seed that is no key, and with a
  ///   chance of 2^-127 for each junction.
  public func secretKey() throws(KeyError) -> SecretKey {
    var seed = try seed()
    defer { seed.wipe() }
    var key = try SecretKey(bytes: seed)
    for junction in try hardJunctions() { key = try key.derivedHard(junction) }
    return key
  }

  /// Derives a key of any kind.
  ///
  /// An Ethereum key is the seed itself, or derives from a phrase as wallets do: by BIP-39 and BIP-32 along the path that the
  /// junctions spell (`/m/44'/60'/0'/0/1`), ``ExtendedSecretKey/ethereumPath`` without.
  /// - Throws: A ``KeyError`` for junctions that this kind of key does not have, and as ``secretKey()``.
  public func accountKey(_ scheme: SignatureScheme) throws(KeyError) -> AccountKey {
    switch scheme {
    case .ecdsa: return .ecdsa(try secretKey())
    case .ethereum: return .ethereum(try ethereumKey())
    case .ed25519:
      var seed = try seed()
      defer { seed.wipe() }
      var key = try Ed25519SecretKey(seed: seed)
      for junction in try hardJunctions() { key = try key.derivedHard(junction) }
      return .ed25519(key)
    case .sr25519:
      var seed = try seed()
      defer { seed.wipe() }
      var key = try Sr25519SecretKey(seed: seed)
      for junction in junctions {
        key = junction.isHard ? try key.derivedHard(junction.name) : try key.derivedSoft(junction.name)
      }
      return .sr25519(key)
    }
  }

  private func ethereumKey() throws(KeyError) -> SecretKey {
    if let hard = junctions.firstIndex(where: \.isHard) { throw .hardJunction(position: hard + 1) }
    switch root {
    case .seed(let bytes):
      guard junctions.isEmpty else { throw .pathWithKey }
      var seed = bytes.withBytes { Array($0) }
      defer { seed.wipe() }
      return try SecretKey(bytes: seed)
    case .phrase(let mnemonic, let password):
      var seed = try mnemonic.seed(passphrase: password)
      defer { seed.wipe() }
      let path = junctions.isEmpty ? ExtendedSecretKey.ethereumPath : junctions.map(\.name).joined(separator: "/")
      return try ExtendedSecretKey(seed: seed).derived(path: path).secretKey
    }
  }

  /// The 32 bytes that Substrate's keys start from. The copy is the caller's to wipe.
  private func seed() throws(KeyError) -> [UInt8] {
    switch root {
    case .seed(let bytes): bytes.withBytes { Array($0) }
    case .phrase(let mnemonic, let password): try mnemonic.miniSecret(password: password)
    }
  }

  private func hardJunctions() throws(KeyError) -> [String] {
    if let soft = junctions.firstIndex(where: { !$0.isHard }) { throw .softJunction(position: soft + 1) }
    return junctions.map(\.name)
  }

  private static let slash = UInt8(ascii: "/")

  /// The first `///` starts the password: no junction can hold a slash.
  private static func splitPassword(_ bytes: ArraySlice<UInt8>) -> (path: ArraySlice<UInt8>, password: String?) {
    for index in bytes.indices.dropLast(2) where bytes[index...index + 2].allSatisfy({ $0 == slash }) {
      return (bytes[..<index], String(decoding: bytes[(index + 3)...], as: UTF8.self))
    }
    return (bytes, nil)
  }

  private static func junctions(_ path: ArraySlice<UInt8>) throws(KeyError) -> [Junction] {
    var junctions: [Junction] = []
    var rest = path
    while !rest.isEmpty {
      let slashes = rest.prefix { $0 == slash }.count
      let name = rest.dropFirst(slashes).prefix { $0 != slash }
      let position = junctions.count + 1
      guard !name.isEmpty else { throw .emptyJunction(position: position) }
      junctions.append(Junction(name: String(decoding: name, as: UTF8.self), isHard: slashes == 2))
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
    var input = "Secp256k1HDKD".encoded() + bytes + SecretURI.chainCode(junction)
    defer { input.wipe() }
    return try SecretKey(bytes: Hash.blake2b256(input).bytes)
  }
}

extension SecretURI {
  /// The 32 bytes that stand for a junction: a u64 or a string in SCALE, filled with zeros, hashed when longer.
  static func chainCode(_ junction: String) -> [UInt8] {
    // Rust's number parser takes a plus sign and no minus; so must this.
    let number = junction.utf8.first == UInt8(ascii: "-") ? nil : UInt64(junction)
    let encoded = number?.encoded() ?? junction.encoded()
    guard encoded.count <= 32 else { return Hash.blake2b256(encoded).bytes }
    return encoded + [UInt8](repeating: 0, count: 32 - encoded.count)
  }
}

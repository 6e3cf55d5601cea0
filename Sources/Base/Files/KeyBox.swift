internal import Hashing
public import Keys
public import ScaleCodec

/// A content key, encrypted so that one buyer opens it (ECIES).
///
/// 93 bytes: `R` (33, an ephemeral point) | nonce (12) | tag (16) | ciphertext (32), under AES-256-GCM with
/// HKDF-SHA-256 of `R` and the point `S` that `R` shares with the buyer's key. Whoever knows `S` opens the box, so
/// a buyer can show a box to a judge without giving his key away: see ``SharedPointProof``.
///
/// The layout is that of `eciesjs` and `eciespy` with compressed keys and 12-byte nonces.
public struct KeyBox: Hashable, Sendable {
  /// Bytes of a box.
  public static let length = 93

  /// The ephemeral point `R`. Always on the curve.
  public let ephemeral: PublicKey
  /// Nonce of AES-256-GCM.
  public let nonce: FixedBytes<12>
  private let tag: FixedBytes<16>
  private let ciphertext: FixedBytes<32>

  /// Takes 93 bytes whose first 33 are a compressed point. Whether the box holds a key shows when it is opened.
  /// - Throws: ``KeyBoxError/length(count:)`` or ``KeyBoxError/ephemeralNotOnCurve``.
  public init(_ bytes: [UInt8]) throws(KeyBoxError) {
    guard bytes.count == Self.length, let nonce = FixedBytes<12>(Array(bytes[33..<45])),
      let tag = FixedBytes<16>(Array(bytes[45..<61])), let ciphertext = FixedBytes<32>(Array(bytes[61...]))
    else { throw .length(count: bytes.count) }
    guard let ephemeral = try? PublicKey(compressed: Array(bytes[..<33])) else { throw .ephemeralNotOnCurve }
    self.ephemeral = ephemeral
    self.nonce = nonce
    self.tag = tag
    self.ciphertext = ciphertext
  }

  /// The 93 bytes.
  public var bytes: [UInt8] { ephemeral.compressed + nonce.bytes + tag.bytes + ciphertext.bytes }

  /// Encrypts a content key for a buyer.
  /// - Parameters:
  ///   - buyer: The key that the order names.
  ///   - ephemeral: From a secure random source, for this box only.
  ///   - nonce: From a secure random source.
  /// - Throws: ``KeyBoxError/outOfMemory``.
  public static func seal(
    _ key: ContentKey, for buyer: PublicKey, ephemeral: SecretKey, nonce: FixedBytes<12>
  ) throws(KeyBoxError) -> KeyBox {
    let point = ephemeral.publicKey
    var aesKey = encryptionKey(ephemeral: point, shared: ephemeral.sharedPoint(with: buyer))
    var secret = key.bytes
    defer {
      aesKey.wipe()
      secret.wipe()
    }
    guard let sealed = CryptoLibrary.sealGCM(key: aesKey, nonce: nonce.bytes, plaintext: secret, associated: []) else {
      throw .outOfMemory
    }
    return try KeyBox(point.compressed + nonce.bytes + sealed.tag + sealed.ciphertext)
  }

  /// Encrypts a content key for a buyer with an ephemeral key and a nonce from `random`, which must be secure.
  /// - Throws: ``KeyBoxError/outOfMemory``.
  public static func seal(
    _ key: ContentKey, for buyer: PublicKey, using random: inout some RandomNumberGenerator
  ) throws(KeyBoxError) -> KeyBox {
    var nonce: [UInt8] = []
    for _ in 0..<12 { nonce.append(UInt8.random(in: 0...255, using: &random)) }
    while true {
      var secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
      defer { secret.wipe() }
      // Out of range once in 2^128.
      guard let ephemeral = try? SecretKey(bytes: secret) else { continue }
      return try seal(key, for: buyer, ephemeral: ephemeral, nonce: FixedBytes(nonce) ?? .zero)
    }
  }

  /// Opens the box with the buyer's secret key.
  /// - Throws: ``KeyBoxError/doesNotOpen``: the box is for another key, or someone changed it.
  public func open(with secret: SecretKey) throws(KeyBoxError) -> ContentKey {
    try open(sharedPoint: secret.sharedPoint(with: ephemeral))
  }

  /// Opens the box with the point that ``ephemeral`` shares with the buyer's key, which is what a chain does that a
  /// buyer has shown the point and a ``SharedPointProof`` for it.
  /// - Throws: ``KeyBoxError/doesNotOpen``: this is not the point with which the box was made, or someone changed it.
  public func open(sharedPoint: PublicKey) throws(KeyBoxError) -> ContentKey {
    var aesKey = Self.encryptionKey(ephemeral: ephemeral, shared: sharedPoint)
    defer { aesKey.wipe() }
    guard
      var secret = CryptoLibrary.openGCM(
        key: aesKey, nonce: nonce.bytes, ciphertext: ciphertext.bytes, tag: tag.bytes, associated: [])
    else { throw .doesNotOpen }
    defer { secret.wipe() }
    guard let key = ContentKey(secret) else { throw .doesNotOpen }
    return key
  }

  /// HKDF-SHA-256 with no salt and no info over `R ‖ S`, both compressed: one block of 32 bytes.
  /// - SeeAlso: RFC 5869.
  package static func encryptionKey(ephemeral: PublicKey, shared: PublicKey) -> [UInt8] {
    var material = ephemeral.compressed + shared.compressed
    var extracted = CryptoLibrary.hmacSHA256(key: [UInt8](repeating: 0, count: 32), material)
    defer {
      material.wipe()
      extracted.wipe()
    }
    return CryptoLibrary.hmacSHA256(key: extracted, [1])
  }
}

/// Why bytes are no key box, or why a box does not open.
public enum KeyBoxError: Error, Equatable, Sendable {
  /// A box has 93 bytes.
  case length(count: Int)
  /// The first 33 bytes are not a compressed point of secp256k1.
  case ephemeralNotOnCurve
  /// The tag is not that of this key: the box is for someone else, or it was changed.
  case doesNotOpen
  /// OpenSSL has no memory.
  case outOfMemory
}

extension KeyBoxError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .length(let count): "key box: \(count) bytes, not \(KeyBox.length)"
    case .ephemeralNotOnCurve: "key box: its first 33 bytes are no point of secp256k1"
    case .doesNotOpen: "key box: does not open with this key"
    case .outOfMemory: "key box: no memory for OpenSSL"
    }
  }
}

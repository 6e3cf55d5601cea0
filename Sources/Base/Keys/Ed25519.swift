internal import CSodium
internal import Hashing
public import Primitives
public import ScaleCodec

/// A secret key of ed25519: a seed of 32 bytes.
///
/// Copies share one piece of memory, which is overwritten when the last copy goes.
/// - SeeAlso: RFC 8032 section 5.1.
public struct Ed25519SecretKey: Sendable, Hidden {
  /// The seed (32) and the public key (32), as libsodium wants them.
  private let storage: SecretBytes
  /// The public key, which is the account id.
  public let publicKey: AccountID

  /// Takes a seed.
  /// - Throws: ``KeyError/secretKeyLength(count:)``.
  public init(seed: [UInt8]) throws(KeyError) {
    guard seed.count == 32 else { throw .secretKeyLength(count: seed.count) }
    var key = [UInt8](repeating: 0, count: 32)
    var pair = [UInt8](repeating: 0, count: 64)
    defer { pair.wipe() }
    guard crypto_sign_seed_keypair(&key, &pair, seed) == 0, let account = AccountID(key) else {
      preconditionFailure("keys: libsodium makes no ed25519 key of a seed")
    }
    storage = SecretBytes(copying: pair)
    publicKey = account
  }

  /// Signs a message. Deterministic.
  /// - Returns: R (32) | s (32).
  public func sign(_ message: [UInt8]) -> FixedBytes<64> {
    var signature = [UInt8](repeating: 0, count: 64)
    var pair = storage.withBytes { Array($0) }
    defer { pair.wipe() }
    guard crypto_sign_detached(&signature, nil, message, UInt64(message.count), pair) == 0, let bytes = FixedBytes<64>(signature)
    else { preconditionFailure("keys: a checked ed25519 key does not sign") }
    return bytes
  }

  /// Derives the hard child `//junction`: blake2b-256 of SCALE("Ed25519HDKD") | seed | chain code.
  /// - SeeAlso: sp-core `ed25519::derive_hard_junction`.
  public func derivedHard(_ junction: String) throws(KeyError) -> Ed25519SecretKey {
    var seed = storage.withBytes { Array($0[..<32]) }
    var input = "Ed25519HDKD".encoded() + seed + SecretURI.chainCode(junction)
    var child = Hash.blake2b256(input).bytes
    defer {
      seed.wipe()
      input.wipe()
      child.wipe()
    }
    return try Ed25519SecretKey(seed: child)
  }
}

internal import CSecp256k1
internal import Hashing
public import Primitives

/// A secp256k1 secret key.
///
/// Copies share one piece of memory, which is overwritten when the last copy goes. The key shows itself in no
/// description and no reflection.
public struct SecretKey: Sendable, Hidden {
  private let storage: SecretBytes

  /// Takes a key of 32 big-endian bytes.
  /// - Throws: ``KeyError/secretKeyLength(count:)`` or ``KeyError/secretKeyOutOfRange``.
  public init(bytes: [UInt8]) throws(KeyError) {
    guard bytes.count == 32 else { throw .secretKeyLength(count: bytes.count) }
    guard secp256k1_ec_seckey_verify(Secp256k1.context, bytes) == 1 else { throw .secretKeyOutOfRange }
    storage = SecretBytes(copying: bytes)
  }

  /// The key as 32 big-endian bytes. The copy is the caller's to wipe.
  public var bytes: [UInt8] { storage.withBytes { Array($0) } }

  /// The point that belongs to the key. Computed anew each time, in about 30 microseconds.
  public var publicKey: PublicKey {
    var key = secp256k1_pubkey()
    let created = storage.withBytes { bytes in
      guard let start = bytes.bytePointer else { return Int32(0) }
      return secp256k1_ec_pubkey_create(Secp256k1.context, &key, start)
    }
    precondition(created == 1, "keys: a checked secret key has no public key")
    return PublicKey(key)
  }

  /// Signs a 32-byte hash.
  ///
  /// Deterministic: the nonce is that of RFC 6979 with SHA-256, and `s` is the lower of its two values.
  /// - Returns: `r`, `s` and the recovery id, 0 or 1 but for a chance of 2^-127.
  public func sign(prehash: H256) -> RecoverableSignature {
    var signature = secp256k1_ecdsa_recoverable_signature()
    var words = prehash.words
    let signed = withUnsafeBytes(of: &words) { hash in
      storage.withBytes { secret in
        guard let hash = hash.bytePointer, let secret = secret.bytePointer else { return Int32(0) }
        return secp256k1_ecdsa_sign_recoverable(Secp256k1.context, &signature, hash, secret, nil, nil)
      }
    }
    precondition(signed == 1, "keys: a checked secret key does not sign")
    return RecoverableSignature(signature)
  }

  /// Signs a message the way Substrate's ECDSA accounts do: over its blake2b-256 hash.
  public func sign(message: [UInt8]) -> MultiSignature { .ecdsa(sign(prehash: Hash.blake2b256(message))) }

  /// Lends the 32 bytes without copying them.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { storage.withBytes(body) }
}

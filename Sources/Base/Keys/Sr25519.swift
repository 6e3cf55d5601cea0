internal import CSodium
internal import Hashing
public import Primitives
public import ScaleCodec

/// Schnorr signatures over ristretto255 with Merlin transcripts, as Substrate's sr25519 accounts make them.
/// - SeeAlso: w3f/schnorrkel; RFC 9496 for the group.
enum Sr25519 {
  /// What Substrate signs everything under.
  private static let context = "substrate"

  /// What a signature over a message commits to, up to and with the key.
  static func transcript(of message: [UInt8], key: AccountID) -> MerlinTranscript {
    var transcript = MerlinTranscript("SigningContext")
    transcript.append("", Array(context.utf8))
    transcript.append("sign-bytes", message)
    transcript.append("proto-name", Array("Schnorr-sig".utf8))
    transcript.append("sign:pk", key.bytes)
    return transcript
  }

  /// The number that a commitment is answered with.
  static func challenge(_ transcript: inout MerlinTranscript, commitment: [UInt8]) -> [UInt8] {
    transcript.append("sign:R", commitment)
    return Ristretto.reduce(transcript.challenge("sign:c", count: 64))
  }

  /// Whether a signature, R (32) | s (32), is a key's over a message.
  ///
  /// The top bit of `s` marks the scheme and must be set; without it, `s` must be below the group order and not zero.
  /// Neither R nor the key may be the identity. Signatures of before the mark existed are refused.
  static func verify(_ signature: FixedBytes<64>, message: [UInt8], key: AccountID) -> Bool {
    var bytes = signature.bytes
    guard bytes.count == 64, bytes[63] & 0x80 != 0 else { return false }
    bytes[63] &= 0x7f
    let (commitment, answer) = (Array(bytes[..<32]), Array(bytes[32...]))
    guard Ristretto.isCanonicalScalar(answer), Ristretto.isElement(commitment) else { return false }
    var transcript = transcript(of: message, key: key)
    let challenge = challenge(&transcript, commitment: commitment)
    guard let left = Ristretto.generator(times: answer), let right = Ristretto.multiply(key.bytes, by: challenge) else { return false }
    return Ristretto.subtract(left, right) == commitment
  }
}

/// A secret key of sr25519: a number modulo the group order, and a seed for nonces.
///
/// Copies share one piece of memory, which is overwritten when the last copy goes.
public struct Sr25519SecretKey: Sendable, Hidden {
  /// The number (32) and the nonce seed (32).
  private let storage: SecretBytes
  /// The public key, which is the account id: the encoding of the generator times the number.
  public let publicKey: AccountID

  /// Expands a seed of 32 bytes, as Substrate does: SHA-512, clamped as for ed25519, divided by the cofactor.
  /// - Throws: ``KeyError/secretKeyLength(count:)``.
  /// - SeeAlso: schnorrkel `MiniSecretKey::expand_ed25519`.
  public init(seed: [UInt8]) throws(KeyError) {
    guard seed.count == 32 else { throw .secretKeyLength(count: seed.count) }
    var hash = [UInt8](repeating: 0, count: 64)
    defer { hash.wipe() }
    crypto_hash_sha512(&hash, seed, UInt64(seed.count))
    var scalar = Array(hash[..<32])
    defer { scalar.wipe() }
    scalar[0] &= 0xf8
    scalar[31] = scalar[31] & 0x3f | 0x40
    var carry: UInt8 = 0
    for index in scalar.indices.reversed() {
      let byte = scalar[index]
      scalar[index] = byte >> 3 | carry << 5
      carry = byte & 7
    }
    var nonceSeed = Array(hash[32...])
    defer { nonceSeed.wipe() }
    try self.init(scalar: scalar, nonceSeed: nonceSeed)
  }

  /// - Throws: ``KeyError/secretKeyOutOfRange`` for zero.
  private init(scalar: [UInt8], nonceSeed: [UInt8]) throws(KeyError) {
    guard let element = Ristretto.generator(times: scalar), let key = AccountID(element) else { throw .secretKeyOutOfRange }
    var secret = scalar + nonceSeed
    defer { secret.wipe() }
    storage = SecretBytes(copying: secret)
    publicKey = key
  }

  /// Signs a message. Deterministic: the nonce is drawn from the nonce seed, the key and the message.
  /// - Returns: R (32) | s (32), marked.
  public func sign(_ message: [UInt8]) -> FixedBytes<64> {
    var (scalar, nonceSeed) = halves
    defer {
      scalar.wipe()
      nonceSeed.wipe()
    }
    var transcript = Sr25519.transcript(of: message, key: publicKey)
    var witness = transcript
    witness.append("echochain:nonce-seed", nonceSeed)
    var wide = witness.challenge("echochain:nonce", count: 64)
    var nonce = Ristretto.reduce(wide)
    defer {
      witness.wipe()
      wide.wipe()
      nonce.wipe()
    }
    guard let commitment = Ristretto.generator(times: nonce) else { preconditionFailure("keys: the hash of a nonce seed is zero") }
    let challenge = Sr25519.challenge(&transcript, commitment: commitment)
    var answer = Ristretto.multiplyAdd(challenge, scalar, nonce)
    answer[31] |= 0x80
    guard let signature = FixedBytes<64>(commitment + answer) else { preconditionFailure("keys: 32 and 32 bytes are not 64") }
    return signature
  }

  /// Derives the hard child `//junction`.
  /// - Throws: ``KeyError/secretKeyOutOfRange`` with a chance of 2^-250.
  /// - SeeAlso: schnorrkel `hard_derive_mini_secret_key`.
  public func derivedHard(_ junction: String) throws(KeyError) -> Sr25519SecretKey {
    var (scalar, nonceSeed) = halves
    defer {
      scalar.wipe()
      nonceSeed.wipe()
    }
    var transcript = Self.derivation(junction)
    transcript.append("secret-key", scalar)
    var seed = transcript.challenge("HDKD-hard", count: 32)
    defer {
      transcript.wipe()
      seed.wipe()
    }
    return try Sr25519SecretKey(seed: seed)
  }

  /// Derives the soft child `/junction`, whose public key follows from this one's alone.
  /// - Throws: ``KeyError/secretKeyOutOfRange`` with a chance of 2^-250.
  /// - SeeAlso: schnorrkel `derived_key_simple`.
  public func derivedSoft(_ junction: String) throws(KeyError) -> Sr25519SecretKey {
    var (scalar, nonceSeed) = halves
    defer {
      scalar.wipe()
      nonceSeed.wipe()
    }
    var transcript = Self.derivation(junction)
    transcript.append("public-key", publicKey.bytes)
    let tweak = Ristretto.reduce(transcript.challenge("HDKD-scalar", count: 64))
    var parent = scalar + nonceSeed
    transcript.append("echochain:parent", parent)
    parent.wipe()
    var childSeed = transcript.challenge("echochain:nonce-seed", count: 32)
    var child = Ristretto.add(scalar, tweak)
    defer {
      transcript.wipe()
      childSeed.wipe()
      child.wipe()
    }
    return try Sr25519SecretKey(scalar: child, nonceSeed: childSeed)
  }

  private static func derivation(_ junction: String) -> MerlinTranscript {
    var transcript = MerlinTranscript("SchnorrRistrettoHDKD")
    transcript.append("sign-bytes", [])
    transcript.append("chain-code", SecretURI.chainCode(junction))
    return transcript
  }

  /// Copies that are the caller's to wipe.
  private var halves: (scalar: [UInt8], nonceSeed: [UInt8]) {
    storage.withBytes { (Array($0[..<32]), Array($0[32...])) }
  }
}

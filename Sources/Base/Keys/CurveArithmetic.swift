internal import CSecp256k1
package import Primitives

// Sums and products on the curve, for proofs about keys. Signatures go through `SecretKey` and `PublicKey`.

extension SecretKey {
  /// The point that this key and another party's public key share (Diffie and Hellman): `point` times the secret.
  ///
  /// Takes the same time for every secret. The shared point itself is a secret wherever a key is drawn from it.
  public func sharedPoint(with point: PublicKey) -> PublicKey {
    var key = point.point
    var shared = [UInt8](repeating: 0, count: 33)
    let status = withBytes { secret in
      guard let secret = secret.bytePointer else { return Int32(0) }
      // The library hashes the point unless it gets a function that writes it down: here in compressed form.
      return secp256k1_ecdh(
        Secp256k1.context, &shared, &key, secret,
        { output, x, y, _ in
          guard let output, let x, let y else { return 0 }
          output[0] = 2 | (y[31] & 1)
          (output + 1).update(from: x, count: 32)
          return 1
        }, nil)
    }
    guard status == 1, let parsed = shared.withUnsafeBytes({ Secp256k1.parse($0) }) else {
      // A checked secret is neither zero nor the order of the group, so the product is a point.
      preconditionFailure("keys: a checked secret key has no shared point")
    }
    shared.wipe()
    return PublicKey(parsed)
  }

  /// `nonce + challenge * secret`, modulo the order of the curve: the answer of a Schnorr proof.
  /// - Returns: `nil` when `challenge` is zero or out of range, or when the sum is zero.
  package func response(to challenge: Scalar, nonce: SecretKey) -> Scalar? {
    var sum = bytes
    defer { sum.wipe() }
    let multiplied = challenge.value.withBytes { challenge in
      challenge.withUnsafeBytes { bytes in
        guard let start = bytes.bytePointer else { return Int32(0) }
        return secp256k1_ec_seckey_tweak_mul(Secp256k1.context, &sum, start)
      }
    }
    guard multiplied == 1 else { return nil }
    let added = nonce.withBytes { nonce in
      guard let start = nonce.bytePointer else { return Int32(0) }
      return secp256k1_ec_seckey_tweak_add(Secp256k1.context, &sum, start)
    }
    guard added == 1, let value = H256(sum) else { return nil }
    return Scalar(value)
  }

  /// A secret nonce for a proof over `message`: the same each time, and of no use for another message.
  ///
  /// - Parameters:
  ///   - message: Everything that the proof is about, hashed.
  ///   - domain: 16 bytes that keep nonces of different protocols apart.
  /// - SeeAlso: RFC 6979 section 3.2, with `domain` as additional data.
  package func nonce(for message: H256, domain: FixedDomain) -> SecretKey {
    for attempt in UInt32(0)... {
      var output = [UInt8](repeating: 0, count: 32)
      defer { output.wipe() }
      let made = message.withBytes { message in
        message.withUnsafeBytes { message in
          withBytes { secret in
            domain.bytes.withUnsafeBufferPointer { domain in
              guard let message = message.bytePointer, let secret = secret.bytePointer else { return Int32(0) }
              return secp256k1_nonce_function_rfc6979(&output, message, secret, domain.baseAddress, nil, attempt)
            }
          }
        }
      }
      precondition(made == 1, "keys: libsecp256k1 makes no nonce")
      // Out of range once in 2^128; the next attempt is as good.
      if let nonce = try? SecretKey(bytes: output) { return nonce }
    }
    preconditionFailure("keys: no nonce in 2^32 attempts")
  }
}

/// Sixteen bytes that name a protocol.
package struct FixedDomain: Sendable {
  let bytes: [UInt8]

  /// - Precondition: At most 16 bytes of text; shorter ones are filled with zeros.
  package init(_ text: StaticString) {
    let text = Array(text.description.utf8)
    precondition(text.count <= 16, "keys: a domain has at most 16 bytes")
    bytes = text + [UInt8](repeating: 0, count: 16 - text.count)
  }
}

/// A number from 1 up to the order of the curve, big-endian.
package struct Scalar: Hashable, Sendable {
  package let value: H256

  /// The order of the group of secp256k1.
  private static let order = H256(
    words: Words32(
      UInt64(bigEndian: 0xffff_ffff_ffff_ffff), UInt64(bigEndian: 0xffff_ffff_ffff_fffe),
      UInt64(bigEndian: 0xbaae_dce6_af48_a03b), UInt64(bigEndian: 0xbfd2_5e8c_d036_4141)))

  /// Takes a number in range.
  /// - Returns: `nil` for zero and for what is not below the order of the curve.
  package init?(_ value: H256) {
    guard value != .zero, value < Self.order else { return nil }
    self.value = value
  }

  /// Takes a hash modulo the order of the curve.
  /// - Returns: `nil` when the result is zero.
  package init?(reducing hash: H256) {
    guard hash >= Self.order else {
      self.init(hash)
      return
    }
    // The order has its top bit set, so one subtraction is enough.
    var difference = [UInt8](repeating: 0, count: 32)
    let (a, b) = (hash.bytes, Self.order.bytes)
    var borrow = 0
    for index in (0..<32).reversed() {
      let digit = Int(a[index]) - Int(b[index]) - borrow
      difference[index] = UInt8(truncatingIfNeeded: digit)
      borrow = digit < 0 ? 1 : 0
    }
    guard let value = H256(difference) else { return nil }
    self.init(value)
  }
}

extension PublicKey {
  /// The generator times a number. For public numbers only.
  package static func generator(times scalar: Scalar) -> PublicKey? {
    (try? SecretKey(bytes: scalar.value.bytes))?.publicKey
  }

  /// This point times a number. Takes a time that depends on the number: for public numbers only.
  package func multiplied(by scalar: Scalar) -> PublicKey? {
    var key = point
    let status = scalar.value.withBytes { scalar in
      scalar.withUnsafeBytes { bytes in
        guard let start = bytes.bytePointer else { return Int32(0) }
        return secp256k1_ec_pubkey_tweak_mul(Secp256k1.context, &key, start)
      }
    }
    return status == 1 ? PublicKey(key) : nil
  }

  /// This point minus another.
  /// - Returns: `nil` when both are the same, for the point at infinity is no key.
  package func subtracting(_ other: PublicKey) -> PublicKey? {
    var first = point
    var second = other.point
    guard secp256k1_ec_pubkey_negate(Secp256k1.context, &second) == 1 else { return nil }
    var sum = secp256k1_pubkey()
    let status = withUnsafePointer(to: &first) { first in
      withUnsafePointer(to: &second) { second in
        let terms: [UnsafePointer<secp256k1_pubkey>?] = [first, second]
        return terms.withUnsafeBufferPointer { terms in
          guard let start = terms.baseAddress else { return Int32(0) }
          return secp256k1_ec_pubkey_combine(Secp256k1.context, &sum, start, terms.count)
        }
      }
    }
    return status == 1 ? PublicKey(sum) : nil
  }
}

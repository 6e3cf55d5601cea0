internal import CSecp256k1
public import Primitives
public import ScaleCodec

/// An ECDSA signature from which the signer's key can be computed: r (32) | s (32) | v (1), numbers big-endian.
///
/// Any 65 bytes are a value; whether they are a signature shows in ``recover(prehash:rules:)``.
public struct RecoverableSignature: Hashable, Sendable {
  private let r: H256
  private let s: H256
  private let v: UInt8

  /// Which of the forms that ECDSA leaves open are accepted.
  public enum Rules: Sendable {
    /// `v` is 0 or 1 and `s` is low. Finality votes and everything that this chain defines.
    case strict
    /// `v` is 0...3 or 27...30 and `s` is low. Extrinsics, whose wallets write either.
    case extrinsic
    /// `v` is 0, 1, 27 or 28 and `s` is low. Messages that Ethereum wallets sign.
    case wallet
    /// `v` is 27 or 28 and `s` is any. Ethereum's `ecrecover` precompile.
    case precompile
  }

  /// Takes the bytes.
  /// - Returns: `nil` unless there are exactly 65.
  public init?(_ bytes: [UInt8]) {
    let span = bytes.span.bytes
    guard bytes.count == 65, let r = H256(span.extracting(0..<32)), let s = H256(span.extracting(32..<64)) else {
      return nil
    }
    self.r = r
    self.s = s
    self.v = bytes[64]
  }

  init(_ signature: secp256k1_ecdsa_recoverable_signature) {
    var signature = signature
    var identifier: Int32 = 0
    (r, s) = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("keys: no stack memory for a signature") }
      secp256k1_ecdsa_recoverable_signature_serialize_compact(Secp256k1.context, start, &identifier, &signature)
      let raw = UnsafeRawBufferPointer(buffer)
      return (
        H256(words: raw.loadUnaligned(fromByteOffset: 0, as: Words32.self)),
        H256(words: raw.loadUnaligned(fromByteOffset: 32, as: Words32.self))
      )
    }
    v = UInt8(truncatingIfNeeded: identifier)
  }

  /// The 65 bytes r | s | v.
  public var bytes: [UInt8] { encoded() }

  /// Whether `s` is at most half the order of the curve.
  public var isLowS: Bool { !Words32.precedes(Secp256k1.halfOrder, s.words) }

  /// Computes the key that signed a hash.
  /// - Returns: `nil` when the bytes are no signature or break the rules.
  public func recover(prehash: H256, rules: Rules = .strict) -> PublicKey? {
    recoverPoint(prehash: prehash, rules: rules).map { PublicKey($0) }
  }

  /// Computes the address of the key that signed a hash, sparing the compressed form between the two.
  /// - Returns: `nil` when the bytes are no signature or break the rules.
  public func recoverAddress(prehash: H256, rules: Rules = .strict) -> EthereumAddress? {
    recoverPoint(prehash: prehash, rules: rules).map { EthereumAddress($0) }
  }

  private func recoverPoint(prehash: H256, rules: Rules) -> secp256k1_pubkey? {
    guard let identifier = recoveryID(rules), rules == .precompile || isLowS, var parsed = parsed(identifier) else {
      return nil
    }
    var key = secp256k1_pubkey()
    var words = prehash.words
    let recovered = withUnsafeBytes(of: &words) { hash in
      guard let hash = hash.bytePointer else { return Int32(0) }
      return secp256k1_ecdsa_recover(Secp256k1.context, &key, &parsed, hash)
    }
    return recovered == 1 ? key : nil
  }

  /// The recovery id 0...3, or `nil` when `v` breaks the rules.
  private func recoveryID(_ rules: Rules) -> Int32? {
    switch (rules, v) {
    case (.strict, 0...1), (.wallet, 0...1), (.extrinsic, 0...3): Int32(v)
    case (.extrinsic, 27...30), (.wallet, 27...28), (.precompile, 27...28): Int32(v) - 27
    default: nil
    }
  }

  /// Fails when `r` or `s` is not below the order of the curve.
  private func parsed(_ identifier: Int32) -> secp256k1_ecdsa_recoverable_signature? {
    var pair = (r.words, s.words)
    var signature = secp256k1_ecdsa_recoverable_signature()
    let status = withUnsafeBytes(of: &pair) { bytes in
      guard let start = bytes.bytePointer else { return Int32(0) }
      return secp256k1_ecdsa_recoverable_signature_parse_compact(Secp256k1.context, &signature, start, identifier)
    }
    return status == 1 ? signature : nil
  }

  /// The signature without its recovery id.
  var plain: secp256k1_ecdsa_signature? {
    guard var parsed = parsed(0) else { return nil }
    var signature = secp256k1_ecdsa_signature()
    secp256k1_ecdsa_recoverable_signature_convert(Secp256k1.context, &signature, &parsed)
    return signature
  }
}

extension RecoverableSignature: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { FixedBytes<65>.typeShape }
  public var encodedSize: Int { 65 }
  public func encode(into writer: inout ScaleWriter) {
    writer.writeFixed32(r)
    writer.writeFixed32(s)
    writer.writeByte(v)
  }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    r = try reader.readFixed32()
    s = try reader.readFixed32()
    v = try reader.readByte()
  }
}

extension RecoverableSignature: CustomStringConvertible {
  /// The 65 bytes in hexadecimal with a leading `0x`.
  public var description: String { Hex.encode(bytes) }
}

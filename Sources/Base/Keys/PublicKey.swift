internal import CSecp256k1
internal import Hashing
public import Primitives
public import ScaleCodec

/// A point of secp256k1 in compressed form. Every value is on the curve: bytes are checked where they come in.
public struct PublicKey: Hashable, Sendable {
  /// 2 when the y coordinate is even, 3 when it is odd.
  private let tag: UInt8
  /// The x coordinate, big-endian.
  private let x: Words32

  /// Takes 33 bytes: the tag 2 or 3 and the x coordinate, big-endian.
  /// - Throws: ``KeyError/publicKeyLength(count:expected:)`` or ``KeyError/publicKeyNotOnCurve``.
  public init(compressed: [UInt8]) throws(KeyError) { try self.init(compressed, count: 33) }

  /// Takes 65 bytes: 4 and both coordinates, big-endian.
  /// - Throws: ``KeyError/publicKeyLength(count:expected:)`` or ``KeyError/publicKeyNotOnCurve``.
  public init(uncompressed: [UInt8]) throws(KeyError) {
    guard uncompressed.first == 4 || uncompressed.count != 65 else { throw .publicKeyNotOnCurve }
    try self.init(uncompressed, count: 65)
  }

  private init(_ bytes: [UInt8], count: Int) throws(KeyError) {
    guard bytes.count == count else { throw .publicKeyLength(count: bytes.count, expected: count) }
    guard let key = bytes.withUnsafeBytes({ Secp256k1.parse($0) }) else { throw .publicKeyNotOnCurve }
    self.init(key)
  }

  init(_ key: secp256k1_pubkey) {
    (tag, x) = Secp256k1.serialize(key, compressed: true) { bytes in
      (bytes[0], bytes.loadUnaligned(fromByteOffset: 1, as: Words32.self))
    }
  }

  /// The 33 bytes of the compressed form.
  public var compressed: [UInt8] { [tag] + H256(words: x).bytes }

  /// The 65 bytes of the uncompressed form. Finds y again, in about 5 microseconds.
  public var uncompressed: [UInt8] { Secp256k1.serialize(point, compressed: false) { Array($0) } }

  /// The last 20 bytes of keccak-256 over both coordinates. Finds y again, in about 5 microseconds.
  public var ethereumAddress: EthereumAddress { EthereumAddress(point) }

  /// blake2b-256 of the compressed form: the account that Substrate's `IdentifyAccount` gives an ECDSA key.
  public var accountID: AccountID { AccountID(words: Hash.blake2b256(compressed).words) }

  /// The point in the form that libsecp256k1 computes with.
  var point: secp256k1_pubkey {
    let key = withUnsafeTemporaryAllocation(byteCount: 33, alignment: 1) { buffer in
      buffer.storeBytes(of: tag, as: UInt8.self)
      buffer.storeBytes(of: x, toByteOffset: 1, as: Words32.self)
      return Secp256k1.parse(UnsafeRawBufferPointer(buffer))
    }
    guard let key else { preconditionFailure("keys: a checked public key does not parse") }
    return key
  }
}

extension PublicKey {
  /// What becomes of a signature whose `s` is above half the order of the curve.
  public enum HighS: Sendable {
    /// It does not verify: every signature has exactly one form. Bitcoin and this chain.
    case refused
    /// It verifies like its lower twin, as plain ECDSA has it.
    case accepted
  }

  /// Whether a signature in DER is this key's over a hash.
  ///
  /// The encoding must be strict DER: shortest lengths, no padding, no bytes behind it.
  public func verify(der signature: [UInt8], prehash: H256, highS: HighS = .refused) -> Bool {
    var parsed = secp256k1_ecdsa_signature()
    // An empty array lends no address.
    guard !signature.isEmpty,
      secp256k1_ecdsa_signature_parse_der(Secp256k1.context, &parsed, signature, signature.count) == 1
    else { return false }
    if highS == .accepted {
      var lower = secp256k1_ecdsa_signature()
      secp256k1_ecdsa_signature_normalize(Secp256k1.context, &lower, &parsed)
      parsed = lower
    }
    return verify(parsed, prehash: prehash)
  }

  /// Whether a signature is this key's over a hash. The recovery id is not looked at; a high `s` is refused.
  public func verify(_ signature: RecoverableSignature, prehash: H256) -> Bool {
    guard let parsed = signature.plain else { return false }
    return verify(parsed, prehash: prehash)
  }

  /// libsecp256k1 itself refuses a high `s` here.
  private func verify(_ signature: secp256k1_ecdsa_signature, prehash: H256) -> Bool {
    var signature = signature
    var key = point
    var words = prehash.words
    return withUnsafeBytes(of: &words) { hash in
      guard let hash = hash.bytePointer else { return false }
      return secp256k1_ecdsa_verify(Secp256k1.context, &signature, hash, &key) == 1
    }
  }
}

extension PublicKey: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape { FixedBytes<33>.typeShape }
  public var encodedSize: Int { 33 }
  public func encode(into writer: inout ScaleWriter) {
    writer.writeByte(tag)
    writer.writeFixed32(H256(words: x))
  }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let bytes = try reader.readBytes(count: 33)
    guard let key = bytes.withUnsafeBytes({ Secp256k1.parse($0) }) else {
      throw .invalidValue(type: "PublicKey", reason: "not a compressed point of secp256k1", offset: at)
    }
    self.init(key)
  }
}

extension PublicKey: CustomStringConvertible {
  /// The compressed form in hexadecimal with a leading `0x`.
  public var description: String { Hex.encode(compressed) }
}

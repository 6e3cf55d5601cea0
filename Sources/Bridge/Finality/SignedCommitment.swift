public import Keys
public import ScaleCodec

/// The signatures of a set's validators in voting order, `nil` where one is missing.
///
/// ```
/// bits: bytes   validator i is bit 7 - i mod 8 of byte i / 8; N / 8 + 1 bytes, so a whole zero byte more when 8 | N
/// N: u32        size of the set
/// sigs: Vec<[65]>   r ‖ s ‖ v, one for each bit that is set, in order
/// ```
/// Decoding refuses every other form of the same list: another length, a padding bit that is set, more or fewer
/// signatures than bits.
/// - SeeAlso: Docs/formats/finality.md, section 3.
public struct SignatureList: Hashable, Sendable {
  /// One place for each validator; at most ``ValidatorSet/maximumCount``.
  public private(set) var signatures: [RecoverableSignature?]

  /// Takes the signatures of a set.
  /// - Returns: `nil` for more places than ``ValidatorSet/maximumCount``.
  public init?(_ signatures: [RecoverableSignature?]) {
    guard signatures.count <= ValidatorSet.maximumCount else { return nil }
    self.signatures = signatures
  }

  /// Size of the set that the list was made for.
  public var validatorCount: Int { signatures.count }

  /// Number of signatures.
  public var count: Int { signatures.count { $0 != nil } }

  /// Places of the signatures, ascending.
  public var signers: [Int] { signatures.indices.filter { signatures[$0] != nil } }

  /// The bit field's bytes.
  public var bits: [UInt8] {
    var bits = [UInt8](repeating: 0, count: signatures.count / 8 + 1)
    for index in signers { bits[index / 8] |= 0x80 >> UInt8(index % 8) }
    return bits
  }
}

extension SignatureList: ScaleCodable {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["echo_finality", "SignatureList"],
      .composite([
        .init(name: "signatures_from", type: TypeReference([UInt8].self), typeName: "Vec<u8>"),
        .init(name: "validator_set_len", type: TypeReference(UInt32.self), typeName: "u32"),
        .init(name: "signatures_compact", type: TypeReference([RecoverableSignature].self), typeName: "Vec<Signature>"),
      ]))
  }

  public var encodedSize: Int { bits.encodedSize + 4 + signatures.compactMap(\.self).encodedSize }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeByteVector(bits)
    writer.writeInteger(UInt32(truncatingIfNeeded: signatures.count))
    signatures.compactMap(\.self).encode(into: &writer)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    func invalid(_ reason: StaticString) -> ScaleError {
      .invalidValue(type: "SignatureList", reason: reason, offset: at)
    }
    let bits = try reader.readByteVector(limit: ValidatorSet.maximumCount / 8 + 1)
    let validators = Int(try reader.readInteger(UInt32.self))
    guard validators <= ValidatorSet.maximumCount else { throw invalid("set is too large") }
    guard bits.count == validators / 8 + 1 else { throw invalid("bit field has the wrong length for its set") }
    var rest = try [RecoverableSignature](from: &reader)[...]
    signatures = []
    signatures.reserveCapacity(validators)
    for index in 0..<8 * bits.count where index < validators || bits[index / 8] & 0x80 >> UInt8(index % 8) != 0 {
      guard index < validators else { throw invalid("padding bits are set") }
      guard bits[index / 8] & 0x80 >> UInt8(index % 8) != 0 else {
        signatures.append(nil)
        continue
      }
      guard let signature = rest.popFirst() else { throw invalid("fewer signatures than bits") }
      signatures.append(signature)
    }
    guard rest.isEmpty else { throw invalid("more signatures than bits") }
  }
}

/// A commitment with the signatures of its set.
/// - SeeAlso: `sp_consensus_beefy::SignedCommitment`.
@ScaleCodable(path: "sp_consensus_beefy::commitment::SignedCommitment")
public struct SignedCommitment: Hashable, Sendable {
  public var commitment: Commitment
  public var signatures: SignatureList

  public init(commitment: Commitment, signatures: SignatureList) {
    self.commitment = commitment
    self.signatures = signatures
  }
}

/// A proof that a block of Echochain is final: `01` and a signed commitment. Stored as a block's `BEEF` justification.
/// - SeeAlso: `sp_consensus_beefy::VersionedFinalityProof`; Docs/formats/finality.md, section 3.
public struct FinalityProof: Hashable, Sendable {
  public var signed: SignedCommitment

  public init(_ signed: SignedCommitment) { self.signed = signed }

  /// What was signed.
  public var commitment: Commitment { signed.commitment }
}

extension FinalityProof: ScaleCodable {
  public static var typeShape: TypeShape {
    let field = TypeShape.Field(
      name: nil, type: TypeReference(SignedCommitment.self), typeName: "SignedCommitment<N, S>")
    return TypeShape(
      path: ["sp_consensus_beefy", "commitment", "VersionedFinalityProof"],
      .variant([.init(name: "V1", index: 1, fields: [field])]))
  }

  public var encodedSize: Int { 1 + signed.encodedSize }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeByte(1)
    signed.encode(into: &writer)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let version = try reader.readByte()
    guard version == 1 else { throw .unknownVariant(type: "FinalityProof", index: version, offset: at) }
    signed = try SignedCommitment(from: &reader)
  }
}

internal import Hashing
public import Primitives
internal import ScaleCodec

/// What a signature binds an extrinsic to besides its call.
public struct SigningFacts: Hashable, Sendable {
  /// The encoded era: `00`, or two bytes.
  public var era: [UInt8]
  /// The block that a mortal era begins at; genesis for an immortal one.
  public var eraHash: H256
  public var genesisHash: H256
  public var specVersion: UInt32
  public var transactionVersion: UInt32
  public var nonce: UInt64
  /// In the native token's smallest unit.
  public var tip: UInt128

  public init(
    era: [UInt8] = [0], eraHash: H256, genesisHash: H256, specVersion: UInt32, transactionVersion: UInt32, nonce: UInt64, tip: UInt128 = 0
  ) {
    self.era = era
    self.eraHash = eraHash
    self.genesisHash = genesisHash
    self.specVersion = specVersion
    self.transactionVersion = transactionVersion
    self.nonce = nonce
    self.tip = tip
  }
}

/// What the extensions of a runtime make of ``SigningFacts``.
public struct SignedExtensionData: Hashable, Sendable {
  /// Travels in the extrinsic.
  public var extra: [UInt8]
  /// Is signed and does not travel.
  public var additional: [UInt8]

  public init(extra: [UInt8], additional: [UInt8]) {
    self.extra = extra
    self.additional = additional
  }

  /// The bytes that are signed: call, extra and additional, or their blake2b-256 above 256 bytes.
  public func payload(call: [UInt8]) -> [UInt8] {
    let bytes = call + extra + additional
    return bytes.count > 256 ? Hash.blake2b256(bytes).bytes : bytes
  }
}

extension RuntimeMetadata {
  /// Encodes the extensions of an extrinsic, in the metadata's order.
  ///
  /// Extensions of no size need no knowledge. `CheckMetadataHash` is left off and assets pay no fees.
  /// - Throws: ``RuntimeLookupError/unknownExtension(_:)`` for one that carries data and is not known.
  public func extensionData(_ facts: SigningFacts) throws(RuntimeLookupError) -> SignedExtensionData {
    var data = SignedExtensionData(extra: [], additional: [])
    for part in extrinsic.extensions {
      if let value = Self.extra(part.identifier, facts) {
        data.extra += try encode(fitting(value, part.type), as: part.type, part.identifier)
      } else if part.identifier == "CheckMortality" || part.identifier == "CheckEra" {
        do throws(DynamicError) { _ = try registry.decode(facts.era, as: part.type, path: part.identifier) } catch { throw .value(error) }
        data.extra += facts.era
      } else if !registry.isZeroSized(part.type) {
        throw .unknownExtension(part.identifier)
      }
      if let value = Self.additional(part.identifier, facts) {
        data.additional += try encode(value, as: part.additional, part.identifier)
      } else if !registry.isZeroSized(part.additional) {
        throw .unknownExtension(part.identifier)
      }
    }
    return data
  }

  private static func extra(_ identifier: String, _ facts: SigningFacts) -> DynamicValue? {
    switch identifier {
    case "CheckNonce": .unsigned(UInt128(facts.nonce))
    case "ChargeTransactionPayment": .unsigned(facts.tip)
    case "ChargeAssetTxPayment": .composite([.init("tip", .unsigned(facts.tip)), .init("asset_id", .variant("None", []))])
    case "CheckMetadataHash": .variant("Disabled", [])
    default: nil
    }
  }

  private static func additional(_ identifier: String, _ facts: SigningFacts) -> DynamicValue? {
    switch identifier {
    case "CheckSpecVersion": .unsigned(UInt128(facts.specVersion))
    case "CheckTxVersion": .unsigned(UInt128(facts.transactionVersion))
    case "CheckGenesis": .bytes(facts.genesisHash.bytes)
    case "CheckMortality", "CheckEra": .bytes(facts.eraHash.bytes)
    case "CheckMetadataHash": .variant("None", [])
    default: nil
    }
  }

  /// The value as the only field of its extension, where that field has a name.
  private func fitting(_ value: DynamicValue, _ type: TypeID) -> DynamicValue {
    guard case .composite(let fields)? = registry[type]?.definition, fields.count == 1, let name = fields[0].name else { return value }
    return .composite([.init(name, value)])
  }

  private func encode(_ value: DynamicValue, as type: TypeID, _ path: String) throws(RuntimeLookupError) -> [UInt8] {
    do throws(DynamicError) { return try registry.encode(value, as: type, path: path) } catch { throw .value(error) }
  }

  /// Puts a signed extrinsic of format version 4 together, compact length included.
  /// - Parameters:
  ///   - call: As ``encodeCall(_:_:arguments:accounts:)`` gives it.
  ///   - signer: The account, 32 bytes; it becomes the address `Id` where addresses have several forms.
  ///   - scheme: The variant of the signature type: `Ed25519`, `Sr25519` or `Ecdsa`.
  public func signedExtrinsic(call: [UInt8], data: SignedExtensionData, signer: AccountID, scheme: String, signature: [UInt8])
    throws(RuntimeLookupError) -> [UInt8]
  {
    guard extrinsic.versions.contains(4) else {
      throw .unsupportedExtrinsic(reason: "it takes versions \(extrinsic.versions), not 4")
    }
    guard let addressType, let signatureType else {
      throw .unsupportedExtrinsic(reason: "the metadata names no types of addresses and signatures")
    }
    let account = DynamicValue.bytes(signer.bytes)
    var isEnum = false
    if case .variant? = registry[addressType]?.definition { isEnum = true }
    let address = isEnum ? DynamicValue.variant("Id", [.init(nil, account)]) : account
    let body =
      [0x84] + (try encode(address, as: addressType, "address"))
      + (try encode(.variant(scheme, [.init(nil, .bytes(signature))]), as: signatureType, "signature")) + data.extra + call
    return Compact(UInt32(clamping: body.count)).encoded() + body
  }
}

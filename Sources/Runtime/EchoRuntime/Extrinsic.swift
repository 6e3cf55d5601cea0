internal import Hashing
public import Keys
internal import PalletSupport
public import Primitives
public import ScaleCodec

/// What the signer commits to besides the call; the wire form of the signed extensions.
///
/// Order and widths are the ones that Substrate clients hard-code: era, compact nonce, compact tip, metadata-hash mode.
public struct SignedExtra: Hashable, Sendable {
  public var era: Era
  public var nonce: UInt32
  /// Paid on top of the fee, in the smallest native unit.
  public var tip: Balance

  public init(era: Era, nonce: UInt32, tip: Balance = 0) {
    self.era = era
    self.nonce = nonce
    self.tip = tip
  }
}

extension SignedExtra: ScaleEncodable, ScaleDecodable {
  public var encodedSize: Int { era.encodedSize + Compact(nonce).encodedSize + Compact(tip).encodedSize + 1 }

  public func encode(into writer: inout ScaleWriter) {
    era.encode(into: &writer)
    Compact(nonce).encode(into: &writer)
    Compact(tip).encode(into: &writer)
    writer.writeByte(0)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    era = try Era(from: &reader)
    nonce = try reader.readCompact(as: UInt32.self)
    tip = try reader.readCompact()
    let at = reader.offset
    // CheckMetadataHash: only mode Disabled exists here, since no metadata hash is published.
    guard try reader.readByte() == 0 else {
      throw .invalidValue(type: "CheckMetadataHash", reason: "the mode is not Disabled", offset: at)
    }
  }
}

/// What a signature covers besides what travels: it binds an extrinsic to one chain, runtime and era.
public struct SigningContext: Hashable, Sendable {
  public var specVersion: UInt32
  public var transactionVersion: UInt32
  public var genesisHash: H256
  /// Hash of the era's birth block; the genesis hash for an immortal extrinsic.
  public var birthHash: H256
  /// What the chain calls itself, for signatures over words. The payload does not hold it: the genesis hash binds the chain.
  public var chain: ChainNames

  public init(specVersion: UInt32, transactionVersion: UInt32, genesisHash: H256, birthHash: H256, chain: ChainNames = ChainNames()) {
    self.chain = chain
    self.specVersion = specVersion
    self.transactionVersion = transactionVersion
    self.genesisHash = genesisHash
    self.birthHash = birthHash
  }

  /// The bytes that are signed: call, extra and additional data, hashed when longer than 256 bytes.
  /// - SeeAlso: `sp_runtime::generic::SignedPayload`.
  public func payload(call: [UInt8], extra: SignedExtra) -> [UInt8] {
    let payload = unhashedPayload(call: call, extra: extra)
    return payload.count > 256 ? Hash.blake2b256(payload).bytes : payload
  }

  /// Call, extra and additional data, however long.
  func unhashedPayload(call: [UInt8], extra: SignedExtra) -> [UInt8] {
    let additional = specVersion.encoded() + transactionVersion.encoded() + genesisHash.bytes + birthHash.bytes + [0]
    return call + extra.encoded() + additional
  }
}

/// An extrinsic of format version 4: a call with or without a signature.
///
/// The wire form is a compact length, `84` with address, signature and extra or `04` without, and the call.
public struct Extrinsic: Hashable, Sendable {
  /// Who signed, the signature and what else was signed.
  public struct Signature: Hashable, Sendable {
    public var signer: AccountID
    public var signature: MultiSignature
    public var extra: SignedExtra

    public init(signer: AccountID, signature: MultiSignature, extra: SignedExtra) {
      self.signer = signer
      self.signature = signature
      self.extra = extra
    }
  }

  public var signature: Signature?
  public var call: RuntimeCall

  /// An extrinsic as it is.
  public init(call: RuntimeCall, signature: Signature?) {
    self.call = call
    self.signature = signature
  }

  /// Signs a call with a secp256k1 key.
  public init(call: RuntimeCall, extra: SignedExtra, context: SigningContext, key: SecretKey) {
    let payload = context.payload(call: call.encoded(), extra: extra)
    let signature = key.sign(prehash: Hash.blake2b256(payload))
    self.init(call: call, signature: Signature(signer: key.publicKey.accountID, signature: .ecdsa(signature), extra: extra))
  }

  /// Signs a call with a key of any kind. An Ethereum key signs the words (`personal_sign`), for which the context must know
  /// the chain's names.
  public init(call: RuntimeCall, extra: SignedExtra, context: SigningContext, key: AccountKey) throws(ScaleError) {
    let bytes = call.encoded()
    let message: [UInt8]
    switch key.scheme {
    case .ethereum: message = Array(try TransactionWords(call: bytes, extra: extra, context: context).text.utf8)
    case .ed25519, .sr25519, .ecdsa: message = context.payload(call: bytes, extra: extra)
    }
    self.init(call: call, signature: Signature(signer: key.accountID, signature: key.sign(message), extra: extra))
  }

  /// Largest encoded extrinsic that is looked at, in bytes.
  public static let maximumSize = 4 * 1024 * 1024

  /// The wire form, with its compact length.
  public func encoded() -> [UInt8] {
    var body: [UInt8]
    if let signature {
      body = [0x84] + MultiAddress.id(signature.signer).encoded() + signature.signature.encoded() + signature.extra.encoded()
    } else {
      body = [0x04]
    }
    body += call.encoded()
    return Compact(UInt32(body.count)).encoded() + body
  }

  /// Decodes the wire form strictly: the length must be exact and nothing may follow.
  public init(decoding bytes: [UInt8]) throws(ScaleError) {
    guard bytes.count <= Self.maximumSize else {
      throw .lengthOverLimit(length: bytes.count, limit: Self.maximumSize, offset: 0)
    }
    var reader = ScaleReader(bytes.span.bytes)
    let length = try reader.readLength()
    guard length == reader.remaining else {
      throw .invalidValue(type: "Extrinsic", reason: "the length prefix is not the length of what follows", offset: 0)
    }
    let at = reader.offset
    switch try reader.readByte() {
    case 0x84:
      guard case .id(let signer) = try MultiAddress(from: &reader) else {
        throw .invalidValue(type: "Extrinsic", reason: "the signer is not an AccountId32", offset: at)
      }
      let signed = try MultiSignature(from: &reader)
      signature = Signature(signer: signer, signature: signed, extra: try SignedExtra(from: &reader))
    case 0x04: signature = nil
    case let version: throw .unknownVariant(type: "Extrinsic", index: version, offset: at)
    }
    call = try RuntimeCall(from: &reader)
    try reader.finish()
  }

  /// The hash by which clients know an extrinsic: of the full bytes with their length.
  public static func hash(of bytes: [UInt8]) -> H256 { Hash.blake2b256(bytes) }

  /// Whether the signature is the signer's over this call in this context. `false` without a signature.
  public func verifySignature(_ context: SigningContext) -> Bool {
    guard let signature else { return false }
    let bytes = call.encoded()
    let message: [UInt8]
    switch signature.signature {
    case .ed25519, .sr25519, .ecdsa: message = context.payload(call: bytes, extra: signature.extra)
    case .eth, .ethTypedData:
      // Words cost more than a payload; they are not made for accounts that no Ethereum key has.
      guard EthereumAddress(account: signature.signer) != nil,
        let words = try? TransactionWords(call: bytes, extra: signature.extra, context: context)
      else { return false }
      if case .eth = signature.signature { message = Array(words.text.utf8) } else { message = words.typedData }
    }
    return signature.signature.verify(message: message, account: signature.signer)
  }
}

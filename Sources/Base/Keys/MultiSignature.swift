internal import CSodium
internal import Hashing
public import Primitives
public import ScaleCodec

/// A signature of one of the kinds that accounts use. Clients depend on the order of the first three.
/// - SeeAlso: `sp_runtime::MultiSignature`; Docs/formats/signatures.md.
@ScaleCodable(path: "sp_runtime::MultiSignature")
public enum MultiSignature: Hashable, Sendable {
  @ScaleIndex(0)
  case ed25519(FixedBytes<64>)
  @ScaleIndex(1)
  case sr25519(FixedBytes<64>)
  @ScaleIndex(2)
  case ecdsa(RecoverableSignature)
  /// An Ethereum wallet's `personal_sign`.
  @ScaleIndex(3)
  case eth(RecoverableSignature)
  /// An Ethereum wallet's `eth_signTypedData_v4`.
  @ScaleIndex(4)
  case ethTypedData(RecoverableSignature)
}

extension MultiSignature {
  /// Whether the signature is the account's over a message.
  ///
  /// - ed25519: the account id is the key. Points of small order and an `s` not below the group order are refused,
  ///   as libsodium does.
  /// - sr25519: the account id is the key; context `substrate`. An unmarked signature, an `s` not below the group order and
  ///   the identity are refused.
  /// - ecdsa: over blake2b-256 of the message, by ``RecoverableSignature/Rules/extrinsic``; the account id is
  ///   blake2b-256 of the recovered key.
  /// - eth: over the message as `personal_sign` hashes it, by ``RecoverableSignature/Rules/wallet``; the account id is that
  ///   of the recovered address.
  /// - ethTypedData: likewise, over the keccak-256 of a message that has the form of typed data
  ///   (``EthereumMessage/typedData(domain:data:)``); no other message verifies.
  public func verify(message: [UInt8], account: AccountID) -> Bool {
    switch self {
    case .ed25519(let signature):
      return crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), account.bytes) == 0
    case .sr25519(let signature): return Sr25519.verify(signature, message: message, key: account)
    case .ecdsa(let signature):
      return signature.recover(prehash: Hash.blake2b256(message), rules: .extrinsic)?.accountID == account
    case .eth(let signature):
      return signature.recoverAddress(prehash: EthereumMessage.personalHash(message), rules: .wallet)?.accountID == account
    case .ethTypedData(let signature):
      guard let hash = EthereumMessage.typedDataHash(message) else { return false }
      return signature.recoverAddress(prehash: hash, rules: .wallet)?.accountID == account
    }
  }

  /// The kind of key that makes such signatures.
  public var scheme: SignatureScheme {
    switch self {
    case .ed25519: .ed25519
    case .sr25519: .sr25519
    case .ecdsa: .ecdsa
    case .eth, .ethTypedData: .ethereum
    }
  }
}

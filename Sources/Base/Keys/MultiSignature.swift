internal import CSodium
internal import Hashing
public import Primitives
public import ScaleCodec

/// A signature of one of the kinds that Substrate's accounts use.
/// - SeeAlso: `sp_runtime::MultiSignature`.
@ScaleCodable(path: "sp_runtime::MultiSignature")
public enum MultiSignature: Hashable, Sendable {
  @ScaleIndex(0)
  case ed25519(FixedBytes<64>)
  @ScaleIndex(1)
  case sr25519(FixedBytes<64>)
  @ScaleIndex(2)
  case ecdsa(RecoverableSignature)
}

extension MultiSignature {
  /// Whether the signature is the account's over a message.
  ///
  /// - ed25519: the account id is the key. Points of small order and an `s` not below the group order are refused,
  ///   as libsodium does.
  /// - sr25519: always `false`; this build cannot check Schnorrkel signatures, and an unchecked one authorises
  ///   nothing.
  /// - ecdsa: over blake2b-256 of the message, by ``RecoverableSignature/Rules/extrinsic``; the account id is
  ///   blake2b-256 of the recovered key.
  public func verify(message: [UInt8], account: AccountID) -> Bool {
    switch self {
    case .ed25519(let signature):
      return crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), account.bytes) == 0
    case .sr25519: return false
    case .ecdsa(let signature):
      return signature.recover(prehash: Hash.blake2b256(message), rules: .extrinsic)?.accountID == account
    }
  }
}

public import Primitives

/// The kinds of key that accounts have.
public enum SignatureScheme: String, CaseIterable, Sendable {
  case ed25519
  case sr25519
  /// secp256k1 over blake2b-256; the account is a hash of the key.
  case ecdsa
  /// secp256k1 as Ethereum wallets use it; the account holds the address.
  case ethereum
}

/// A secret key of any kind, which signs for an account.
public enum AccountKey: Sendable, Hidden {
  case ed25519(Ed25519SecretKey)
  case sr25519(Sr25519SecretKey)
  case ecdsa(SecretKey)
  case ethereum(SecretKey)

  public var scheme: SignatureScheme {
    switch self {
    case .ed25519: .ed25519
    case .sr25519: .sr25519
    case .ecdsa: .ecdsa
    case .ethereum: .ethereum
    }
  }

  /// The account that the key signs for.
  public var accountID: AccountID {
    switch self {
    case .ed25519(let key): key.publicKey
    case .sr25519(let key): key.publicKey
    case .ecdsa(let key): key.publicKey.accountID
    case .ethereum(let key): key.publicKey.ethereumAddress.accountID
    }
  }

  /// The public key: 32 bytes, or 33 in the compressed form of secp256k1.
  public var publicKey: [UInt8] {
    switch self {
    case .ed25519(let key): key.publicKey.bytes
    case .sr25519(let key): key.publicKey.bytes
    case .ecdsa(let key), .ethereum(let key): key.publicKey.compressed
    }
  }

  /// Signs a message as ``MultiSignature/verify(message:account:)`` checks it; an Ethereum key signs as `personal_sign`.
  public func sign(_ message: [UInt8]) -> MultiSignature {
    switch self {
    case .ed25519(let key): .ed25519(key.sign(message))
    case .sr25519(let key): .sr25519(key.sign(message))
    case .ecdsa(let key): key.sign(message: message)
    case .ethereum(let key): .eth(key.sign(prehash: EthereumMessage.personalHash(message)))
    }
  }
}

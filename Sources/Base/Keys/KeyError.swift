/// Why a key, a phrase or a derivation is refused. No case carries a byte or a word of a secret.
public enum KeyError: Error, Equatable, Sendable {
  /// A secret key does not have 32 bytes.
  case secretKeyLength(count: Int)
  /// A secret key is zero or not below the order of the curve.
  case secretKeyOutOfRange
  /// A public key has neither 33 bytes (compressed) nor 65 (uncompressed), whichever was asked for.
  case publicKeyLength(count: Int, expected: Int)
  /// The bytes of a public key name no point of secp256k1.
  case publicKeyNotOnCurve
  /// BIP-39 knows 16, 20, 24, 28 and 32 bytes of entropy.
  case entropyLength(count: Int)
  /// BIP-39 knows phrases of 12, 15, 18, 21 and 24 words.
  case wordCount(Int)
  /// The word at this position, counted from 1, is not in the English list.
  case unknownWord(position: Int)
  /// Every word is known, but they do not belong together: one is wrong or out of place.
  case mnemonicChecksum
  /// BIP-39 normalises passphrases to NFKD; only ASCII ones, which need none, are accepted.
  case passphraseNotASCII
  /// A phrase, password or secret URI is longer than any real one.
  case textTooLong(limit: Int)
  /// The hexadecimal seed of a secret URI is not 64 digits after `0x`.
  case malformedSeed
  /// A secret URI gives a password to a raw seed, which has no use for one.
  case passwordWithSeed
  /// The junction at this position, counted from 1, is empty.
  case emptyJunction(position: Int)
  /// The junction at this position, counted from 1, is soft; only sr25519 keys derive by soft junctions.
  case softJunction(position: Int)
  /// The junction at this position, counted from 1, is hard; Ethereum keys derive along a path such as `/m/44'/60'/0'/0/0`.
  case hardJunction(position: Int)
  /// A secret URI gives a derivation path to an Ethereum key, which has no children.
  case pathWithKey
  /// BIP-32 seeds have 16 to 64 bytes.
  case seedLength(count: Int)
  /// The part at this position of a BIP-32 path, `m` being 0, is not a number below 2^31.
  case derivationPath(position: Int)
  /// A BIP-32 key is already 255 levels deep.
  case derivationTooDeep
}

extension KeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .secretKeyLength(let count): "keys: secret key has \(count) bytes, not 32"
    case .secretKeyOutOfRange: "keys: secret key is zero or not below the curve order"
    case .publicKeyLength(let count, let expected): "keys: public key has \(count) bytes, not \(expected)"
    case .publicKeyNotOnCurve: "keys: public key is not a point of secp256k1"
    case .entropyLength(let count): "keys: entropy has \(count) bytes, not 16, 20, 24, 28 or 32"
    case .wordCount(let count): "keys: phrase has \(count) words, not 12, 15, 18, 21 or 24"
    case .unknownWord(let position): "keys: word \(position) of the phrase is not in the English list"
    case .mnemonicChecksum: "keys: checksum of the phrase does not match"
    case .passphraseNotASCII: "keys: passphrase holds characters outside ASCII"
    case .textTooLong(let limit): "keys: text is longer than \(limit) bytes"
    case .malformedSeed: "keys: seed is not 64 hexadecimal digits after 0x"
    case .passwordWithSeed: "keys: password given with a raw seed"
    case .emptyJunction(let position): "keys: junction \(position) is empty"
    case .softJunction(let position): "keys: junction \(position) is soft, which only sr25519 keys derive by"
    case .hardJunction(let position): "keys: junction \(position) is hard, Ethereum keys derive along a path such as /m/44'/60'/0'/0/0"
    case .pathWithKey: "keys: derivation path given with an Ethereum key, which has no children"
    case .seedLength(let count): "keys: BIP-32 seed has \(count) bytes, not 16 to 64"
    case .derivationPath(let position): "keys: part \(position) of the derivation path is not a number below 2^31"
    case .derivationTooDeep: "keys: derivation is deeper than 255 levels"
    }
  }
}

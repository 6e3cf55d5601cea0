internal import CSecp256k1
internal import Hashing
internal import Primitives

/// A secret key with the chain code that lets it derive children: BIP-32 over secp256k1.
///
/// Ethereum wallets derive their keys this way; Substrate accounts do not (``SecretURI``).
public struct ExtendedSecretKey: Sendable, Hidden {
  /// The key itself.
  public let secretKey: SecretKey
  /// Levels below the master key.
  public let depth: UInt8
  /// The number of this child: 0..<2^31 normal, from 2^31 hardened.
  public let childNumber: UInt32
  /// First four bytes of hash160 of the parent's public key; zeros for the master key.
  public let parentFingerprint: [UInt8]
  private let chainCode: SecretBytes

  /// The first hardened child number.
  public static let hardened: UInt32 = 1 << 31
  /// Where Ethereum wallets keep their first account.
  public static let ethereumPath = "m/44'/60'/0'/0/0"

  /// Makes the master key of a seed.
  /// - Parameter seed: 16 to 64 bytes, usually ``Mnemonic/seed(passphrase:)``.
  /// - Throws: ``KeyError/seedLength(count:)``, and ``KeyError/secretKeyOutOfRange`` with a chance of 2^-127.
  public init(seed: [UInt8]) throws(KeyError) {
    guard (16...64).contains(seed.count) else { throw .seedLength(count: seed.count) }
    var output = CryptoLibrary.hmacSHA512(key: Array("Bitcoin seed".utf8), seed)
    defer { output.wipe() }
    secretKey = try SecretKey(bytes: Array(output[..<32]))
    chainCode = SecretBytes(copying: Array(output[32...]))
    depth = 0
    childNumber = 0
    parentFingerprint = [0, 0, 0, 0]
  }

  private init(secretKey: SecretKey, chainCode: SecretBytes, childNumber: UInt32, of parent: ExtendedSecretKey) {
    self.secretKey = secretKey
    self.chainCode = chainCode
    self.depth = parent.depth + 1
    self.childNumber = childNumber
    self.parentFingerprint = Array(RIPEMD160.hash(Hash.sha256(parent.secretKey.publicKey.compressed).bytes).prefix(4))
  }

  /// Derives one child.
  /// - Parameter number: From ``hardened`` on, the child cannot be linked to this key's public half.
  /// - Throws: ``KeyError/derivationTooDeep``, and ``KeyError/secretKeyOutOfRange`` with a chance of 2^-127.
  public func child(_ number: UInt32) throws(KeyError) -> ExtendedSecretKey {
    guard depth < .max else { throw .derivationTooDeep }
    var data = number >= Self.hardened ? [0] + secretKey.bytes : secretKey.publicKey.compressed
    defer { data.wipe() }
    data += withUnsafeBytes(of: number.bigEndian) { Array($0) }
    var code = chainCode.withBytes { Array($0) }
    defer { code.wipe() }
    var output = CryptoLibrary.hmacSHA512(key: code, data)
    defer { output.wipe() }
    var secret = secretKey.bytes
    defer { secret.wipe() }
    guard secp256k1_ec_seckey_tweak_add(Secp256k1.context, &secret, output) == 1 else { throw .secretKeyOutOfRange }
    return ExtendedSecretKey(
      secretKey: try SecretKey(bytes: secret), chainCode: SecretBytes(copying: Array(output[32...])),
      childNumber: number, of: self)
  }

  /// Derives along a path such as `m/44'/60'/0'/0/0`; `'`, `h` and `H` mark hardened numbers.
  /// - Throws: ``KeyError/derivationPath(position:)``, and what ``child(_:)`` throws.
  public func derived(path: String) throws(KeyError) -> ExtendedSecretKey {
    let parts = path.split(separator: "/", maxSplits: 256, omittingEmptySubsequences: false)
    guard parts.first == "m" else { throw .derivationPath(position: 0) }
    var key = self
    for (index, part) in parts.enumerated().dropFirst() {
      let isHardened = part.last.map { "'hH".contains($0) } ?? false
      let digits = isHardened ? part.dropLast() : part
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(digits), number < Self.hardened
      else { throw .derivationPath(position: index) }
      key = try key.child(isHardened ? number + Self.hardened : number)
    }
    return key
  }

  /// The public half in base58 (`xpub`...): whoever reads it sees all normal children's public keys.
  public var publicText: String { text(version: [0x04, 0x88, 0xb2, 0x1e], key: secretKey.publicKey.compressed) }

  /// The key in base58 (`xprv`...). Whoever reads it owns the key and its children.
  public var secretText: String { text(version: [0x04, 0x88, 0xad, 0xe4], key: [0] + secretKey.bytes) }

  private func text(version: [UInt8], key: [UInt8]) -> String {
    var bytes = version + [depth] + parentFingerprint
    defer { bytes.wipe() }
    bytes += withUnsafeBytes(of: childNumber.bigEndian) { Array($0) }
    bytes += chainCode.withBytes { Array($0) }
    bytes += key
    bytes += Hash.sha256(Hash.sha256(bytes).bytes).bytes.prefix(4)
    return Base58.encode(bytes)
  }
}

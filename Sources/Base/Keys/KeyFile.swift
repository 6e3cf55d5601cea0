internal import Hashing
internal import Primitives
internal import ScaleCodec

/// A secret key encrypted under a password, as it lies on disk.
///
/// The text is a header line and a SCALE blob in hexadecimal (Docs/formats/keystore.md). Everything but the secret
/// is readable without the password, and everything is authenticated. This type reads and writes no files and
/// draws no randomness.
public struct KeyFile: Equatable, Sendable {
  /// The first line of every key file of this version.
  public static let header = "echochain key file 1"
  /// The longest text that is looked at, in bytes.
  public static let textLimit = 4096
  /// Bytes of salt that ``seal(_:password:salt:nonce:cost:)`` wants.
  public static let saltLength = 32
  /// Bytes of nonce that ``seal(_:password:salt:nonce:cost:)`` wants.
  public static let nonceLength = 12
  /// The longest password, in bytes.
  public static let passwordLimit = 1024

  private let body: Body

  /// The public half of the key, readable without the password. It is authenticated when the file is opened.
  public var publicKey: PublicKey { body.publicKey }
  /// The work that opening takes.
  public var cost: Cost { body.cost }

  /// Encrypts a key.
  /// - Parameters:
  ///   - password: 1 to 1024 bytes, UTF-8 by convention.
  ///   - salt: 32 bytes from a secure random source, new for each file.
  ///   - nonce: 12 bytes from a secure random source, new for each file.
  ///   - cost: What a guess shall cost; the standard takes 128 MiB and part of a second.
  /// - Throws: ``KeyFileError/passwordLength(count:)`` or ``KeyFileError/outOfMemory``.
  /// - Precondition: `salt` and `nonce` have their lengths.
  public static func seal(
    _ key: SecretKey, password: [UInt8], salt: [UInt8], nonce: [UInt8], cost: Cost = .standard
  ) throws(KeyFileError) -> KeyFile {
    guard let salt = FixedBytes<32>(salt), let nonce = FixedBytes<12>(nonce) else {
      preconditionFailure("key file: salt needs 32 bytes and nonce 12")
    }
    var stretched = try stretch(password, salt: salt, cost: cost)
    defer { stretched.wipe() }
    var aesKey = Array(stretched[..<32])
    defer { aesKey.wipe() }
    let check = FixedBytes<32>(Array(stretched[32...]))
    var body = Body(cost: cost, salt: salt, check: check, nonce: nonce, key: key.publicKey)
    var secret = key.bytes
    defer { secret.wipe() }
    guard
      let sealed = CryptoLibrary.sealGCM(
        key: aesKey, nonce: nonce.bytes, plaintext: secret, associated: body.authenticated)
    else { throw .outOfMemory }
    body.ciphertext = FixedBytes(sealed.ciphertext) ?? .zero
    body.tag = FixedBytes(sealed.tag) ?? .zero
    return KeyFile(body: body)
  }

  /// Decrypts the key.
  /// - Throws: ``KeyFileError/wrongPassword``, ``KeyFileError/tampered``, ``KeyFileError/passwordLength(count:)`` or
  ///   ``KeyFileError/outOfMemory``.
  public func open(password: [UInt8]) throws(KeyFileError) -> SecretKey {
    var stretched = try Self.stretch(password, salt: body.salt, cost: body.cost)
    defer { stretched.wipe() }
    guard CryptoLibrary.equal(Array(stretched[32...]), body.check.bytes) else { throw .wrongPassword }
    var aesKey = Array(stretched[..<32])
    defer { aesKey.wipe() }
    guard
      var secret = CryptoLibrary.openGCM(
        key: aesKey, nonce: body.nonce.bytes, ciphertext: body.ciphertext.bytes, tag: body.tag.bytes,
        associated: body.authenticated)
    else { throw .tampered }
    defer { secret.wipe() }
    guard let key = try? SecretKey(bytes: secret), key.publicKey == body.publicKey else { throw .tampered }
    return key
  }

  /// 64 bytes: the AES key, and a check that tells a wrong password from a changed file.
  private static func stretch(
    _ password: [UInt8], salt: FixedBytes<32>, cost: Cost
  ) throws(KeyFileError) -> [UInt8] {
    guard (1...passwordLimit).contains(password.count) else { throw .passwordLength(count: password.count) }
    guard let output = CryptoLibrary.scrypt(password: password, salt: salt.bytes, cost: cost, count: 64) else {
      throw .outOfMemory
    }
    return output
  }

  private init(body: Body) { self.body = body }
}

extension KeyFile {
  /// Reads the text of a key file without opening it.
  /// - Throws: ``KeyFileError/notAKeyFile``, ``KeyFileError/unknownVersion``, ``KeyFileError/damaged`` or
  ///   ``KeyFileError/costOutOfBounds(log2N:r:p:)``.
  public init(text: String) throws(KeyFileError) {
    guard text.utf8.count <= Self.textLimit else { throw .notAKeyFile }
    let lines = text.split(whereSeparator: \.isNewline)
    guard let first = lines.first, first.hasPrefix("echochain key file ") else { throw .notAKeyFile }
    guard first == Self.header else { throw .unknownVersion }
    guard let bytes = Hex.decode(lines.dropFirst().joined()), bytes.count > 4 else { throw .damaged }
    let blob = Array(bytes.dropLast(4))
    guard bytes.suffix(4) == Self.checksum(blob) else { throw .damaged }
    do { body = try Body(decoding: blob) } catch { throw .damaged }
    guard body.cost.isBounded else {
      throw .costOutOfBounds(log2N: body.cost.log2N, r: body.cost.r, p: body.cost.p)
    }
  }

  /// The text to write to disk; ends with a line feed.
  public var text: String {
    let blob = body.encoded()
    let digits = Array(Hex.encode(blob + Self.checksum(blob), prefix: false))
    let lines = stride(from: 0, to: digits.count, by: 64).map { String(digits[$0..<min($0 + 64, digits.count)]) }
    return ([Self.header] + lines).joined(separator: "\n") + "\n"
  }

  /// Finds damage before the password is asked for; it protects against accidents, not against people.
  private static func checksum(_ blob: [UInt8]) -> ArraySlice<UInt8> { Hash.blake2b256(blob).bytes[..<4] }
}

extension KeyFile {
  /// The blob. Its layout is Docs/formats/keystore.md.
  @ScaleCodable
  struct Body: Equatable, Sendable {
    var log2N: UInt8
    var r: UInt8
    var p: UInt8
    var salt: FixedBytes<32>
    var check: FixedBytes<32>
    var nonce: FixedBytes<12>
    var publicKey: PublicKey
    var ciphertext: FixedBytes<32>
    var tag: FixedBytes<16>

    init(cost: Cost, salt: FixedBytes<32>, check: FixedBytes<32>?, nonce: FixedBytes<12>, key: PublicKey) {
      self.log2N = cost.log2N
      self.r = cost.r
      self.p = cost.p
      self.salt = salt
      self.check = check ?? .zero
      self.nonce = nonce
      self.publicKey = key
      self.ciphertext = .zero
      self.tag = .zero
    }

    var cost: Cost { Cost(unchecked: log2N, r: r, p: p) }

    /// All that the tag covers beside the secret: header and every field in front of the ciphertext.
    var authenticated: [UInt8] { Array(KeyFile.header.utf8) + encoded().dropLast(32 + 16) }
  }
}

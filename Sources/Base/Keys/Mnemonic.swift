internal import Hashing
internal import Primitives

/// A BIP-39 phrase in English: 128 to 256 bits of entropy as 12 to 24 words, the last of which holds a checksum.
public struct Mnemonic: Sendable, Hidden {
  /// The lengths of entropy that BIP-39 knows, in bytes.
  public static let entropyLengths = [16, 20, 24, 28, 32]
  /// The longest password or passphrase, in bytes of UTF-8.
  public static let passwordLimit = 1024
  static let phraseLimit = 1024

  private let storage: SecretBytes

  /// Makes the phrase of the given entropy, which the caller draws from a secure source.
  /// - Throws: ``KeyError/entropyLength(count:)``.
  public init(entropy: [UInt8]) throws(KeyError) {
    guard Self.entropyLengths.contains(entropy.count) else { throw .entropyLength(count: entropy.count) }
    storage = SecretBytes(copying: entropy)
  }

  /// Reads a phrase of lower-case words with white space between them, and checks its checksum.
  /// - Throws: ``KeyError/wordCount(_:)``, ``KeyError/unknownWord(position:)``, ``KeyError/mnemonicChecksum`` or
  ///   ``KeyError/textTooLong(limit:)``.
  public init(phrase: some StringProtocol) throws(KeyError) {
    guard phrase.utf8.count <= Self.phraseLimit else { throw .textTooLong(limit: Self.phraseLimit) }
    let words = phrase.split(whereSeparator: \.isWhitespace)
    guard words.count.isMultiple(of: 3), (12...24).contains(words.count) else { throw .wordCount(words.count) }
    // 33 bits of every three words: 32 of entropy, one of checksum.
    var bits = [UInt8](repeating: 0, count: (words.count * 11 + 7) / 8)
    defer { bits.wipe() }
    for (position, word) in words.enumerated() {
      guard let index = MnemonicWords.index(of: word) else { throw .unknownWord(position: position + 1) }
      for bit in 0..<11 where index >> (10 - bit) & 1 == 1 {
        let place = position * 11 + bit
        bits[place / 8] |= 0x80 >> UInt8(place % 8)
      }
    }
    var entropy = Array(bits.prefix(words.count / 3 * 4))
    defer { entropy.wipe() }
    let mask = ~(UInt8.max >> UInt8(words.count / 3))
    guard let last = bits.last, last & mask == Hash.sha256(entropy).bytes[0] & mask else { throw .mnemonicChecksum }
    storage = SecretBytes(copying: entropy)
  }

  /// The entropy, 16 to 32 bytes. The copy is the caller's to wipe.
  public var entropy: [UInt8] { storage.withBytes { Array($0) } }

  /// The words. Whoever reads them owns the key.
  public var words: [String] {
    var bits = entropy
    defer { bits.wipe() }
    let count = bits.count * 3 / 4
    bits.append(Hash.sha256(bits).bytes[0])
    return (0..<count).map { position in
      let index = (0..<11).reduce(0) { index, bit in
        let place = position * 11 + bit
        return index << 1 | Int(bits[place / 8] >> UInt8(7 - place % 8) & 1)
      }
      return MnemonicWords.all[index]
    }
  }

  /// The words with one space between them. Whoever reads them owns the key.
  public var phrase: String { words.joined(separator: " ") }

  /// The 64-byte seed of BIP-39: from the words, for BIP-32 wallets such as Ethereum's.
  /// - Parameter passphrase: ASCII; "" when there is none.
  /// - Throws: ``KeyError/passphraseNotASCII`` or ``KeyError/textTooLong(limit:)``.
  public func seed(passphrase: String = "") throws(KeyError) -> [UInt8] {
    guard passphrase.utf8.allSatisfy({ $0 < 0x80 }) else { throw .passphraseNotASCII }
    var text = Array(phrase.utf8)
    defer { text.wipe() }
    return try Self.stretch(text, password: passphrase)
  }

  /// The 32-byte seed of Substrate accounts: from the entropy, not from the words.
  /// - Parameter password: Any text, not normalised; "" when there is none.
  /// - Throws: ``KeyError/textTooLong(limit:)``.
  /// - SeeAlso: substrate-bip39 `mini_secret_from_entropy`.
  public func miniSecret(password: String = "") throws(KeyError) -> [UInt8] {
    var entropy = entropy
    defer { entropy.wipe() }
    var seed = try Self.stretch(entropy, password: password)
    defer { seed.wipe() }
    return Array(seed.prefix(32))
  }

  private static func stretch(_ secret: [UInt8], password: String) throws(KeyError) -> [UInt8] {
    guard password.utf8.count <= passwordLimit else { throw .textTooLong(limit: passwordLimit) }
    var salt = Array("mnemonic".utf8) + Array(password.utf8)
    defer { salt.wipe() }
    return CryptoLibrary.pbkdf2SHA512(password: secret, salt: salt)
  }
}

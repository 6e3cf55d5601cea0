import Keys
import Primitives
import TestKit
import Testing

struct PhraseCase: Decodable, Sendable, CustomTestStringConvertible {
  let entropy: HexBytes
  let mnemonic: String
  let passphrase: String
  let seed: HexBytes
  let bip32Xprv: String
  var testDescription: String { Hex.encode(entropy.bytes) }
  enum CodingKeys: String, CodingKey {
    case entropy, mnemonic, passphrase, seed
    case bip32Xprv = "bip32_xprv"
  }
}

struct SubstratePhraseCase: Decodable, Sendable, CustomTestStringConvertible {
  let mnemonic: String
  let entropy: HexBytes
  let password: String
  let miniSecret: HexBytes
  var testDescription: String { Hex.encode(entropy.bytes) }
  enum CodingKeys: String, CodingKey {
    case mnemonic, entropy, password
    case miniSecret = "mini_secret"
  }
}

struct ExtendedKeyCase: Decodable, Sendable, CustomTestStringConvertible {
  let seed: HexBytes
  let path: String
  let xpub: String
  let xprv: String
  var testDescription: String { "\(path) of \(Hex.encode(Array(seed.bytes.prefix(4))))" }
}

@Suite("Mnemonics") struct MnemonicTests {
  static let bip39: Cases<PhraseCase> = Fixture.json("keys/bip39_english.json")
  static let substrate: Cases<SubstratePhraseCase> = Fixture.json("keys/substrate_bip39.json")

  @Test("BIP-39 phrases, seeds and BIP-32 master keys", arguments: bip39.cases)
  func phrases(_ vector: PhraseCase) throws {
    let mnemonic = try Mnemonic(entropy: vector.entropy.bytes)
    #expect(mnemonic.phrase == vector.mnemonic)
    #expect(try Mnemonic(phrase: vector.mnemonic).entropy == vector.entropy.bytes)
    let seed = try mnemonic.seed(passphrase: vector.passphrase)
    #expect(seed == vector.seed.bytes)
    #expect(try ExtendedSecretKey(seed: seed).secretText == vector.bip32Xprv)
  }

  @Test("Substrate seeds come from the entropy", arguments: substrate.cases)
  func miniSecrets(_ vector: SubstratePhraseCase) throws {
    let mnemonic = try Mnemonic(phrase: vector.mnemonic)
    #expect(mnemonic.entropy == vector.entropy.bytes)
    #expect(try mnemonic.miniSecret(password: vector.password) == vector.miniSecret.bytes)
  }

  @Test("the development seed") func developmentSeed() throws {
    let seed = try Mnemonic(phrase: SecretURI.developmentPhrase).miniSecret()
    #expect(Hex.encode(seed) == "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e")
  }

  @Test("entropy of other lengths is refused", arguments: [0, 12, 15, 17, 31, 33, 64])
  func entropyLengths(count: Int) {
    #expect(throws: KeyError.entropyLength(count: count)) { try Mnemonic(entropy: [UInt8](repeating: 0, count: count)) }
  }

  @Test("phrases of other lengths are refused", arguments: [0, 1, 3, 9, 11, 13, 23, 25, 27])
  func wordCounts(count: Int) {
    let phrase = Array(repeating: "abandon", count: count).joined(separator: " ")
    #expect(throws: KeyError.wordCount(count)) { try Mnemonic(phrase: phrase) }
  }

  @Test("a wrong word is named by its place, never by its letters") func wrongWords() {
    var words = SecretURI.developmentPhrase.split(separator: " ").map(String.init)
    words[3] = "smok"
    #expect(throws: KeyError.unknownWord(position: 4)) { try Mnemonic(phrase: words.joined(separator: " ")) }
    words[3] = "smoke"
    #expect(throws: KeyError.mnemonicChecksum) { try Mnemonic(phrase: words.joined(separator: " ")) }
    #expect(throws: KeyError.unknownWord(position: 1)) {
      try Mnemonic(phrase: SecretURI.developmentPhrase.uppercased())
    }
    #expect(!KeyError.unknownWord(position: 4).description.contains("smok"))
  }

  @Test("white space between words is free") func whiteSpace() throws {
    let phrase = "\n" + SecretURI.developmentPhrase.split(separator: " ").joined(separator: " \t ") + "\n"
    #expect(try Mnemonic(phrase: phrase).phrase == SecretURI.developmentPhrase)
  }

  @Test("passphrases: ASCII for BIP-39, bounded for both") func passphrases() throws {
    let mnemonic = try Mnemonic(phrase: SecretURI.developmentPhrase)
    let long = String(repeating: "x", count: 1025)
    #expect(throws: KeyError.passphraseNotASCII) { try mnemonic.seed(passphrase: "pässword") }
    #expect(throws: KeyError.textTooLong(limit: 1024)) { try mnemonic.seed(passphrase: long) }
    #expect(throws: KeyError.textTooLong(limit: 1024)) { try mnemonic.miniSecret(password: long) }
    #expect(throws: KeyError.textTooLong(limit: 1024)) { try Mnemonic(phrase: long) }
    #expect(try mnemonic.miniSecret(password: "pässword") != mnemonic.miniSecret(password: "password"))
  }

  @Test("entropy, words, entropy", arguments: 0..<32 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = try #require(Mnemonic.entropyLengths.randomElement(using: &random))
    let entropy = random.bytes(count)
    #expect(try Mnemonic(phrase: Mnemonic(entropy: entropy).phrase).entropy == entropy, "seed \(seed)")
  }
}

@Suite("BIP-32") struct ExtendedSecretKeyTests {
  static let vectors: Cases<ExtendedKeyCase> = Fixture.json("keys/bip32.json")

  @Test("official vectors", arguments: vectors.cases)
  func derives(_ vector: ExtendedKeyCase) throws {
    let key = try ExtendedSecretKey(seed: vector.seed.bytes).derived(path: vector.path)
    #expect(key.publicText == vector.xpub)
    #expect(key.secretText == vector.xprv)
  }

  @Test(
    "malformed paths",
    arguments: [
      ("", 0), ("0/1", 0), ("M/0", 0), ("m/", 1), ("m/0//1", 2), ("m/2147483648", 1), ("m/-1", 1), ("m/+1", 1),
      ("m/1''", 1),
      ("m/0/x", 2), ("m/'", 1), ("m/99999999999999999999", 1), ("m/١", 1),
    ])
  func refuses(path: String, position: Int) throws {
    let master = try ExtendedSecretKey(seed: [UInt8](repeating: 7, count: 16))
    #expect(throws: KeyError.derivationPath(position: position)) { try master.derived(path: path) }
  }

  @Test("seeds of other lengths and too deep paths are refused") func limits() throws {
    for count in [0, 15, 65] {
      #expect(throws: KeyError.seedLength(count: count)) {
        try ExtendedSecretKey(seed: [UInt8](repeating: 7, count: count))
      }
    }
    let master = try ExtendedSecretKey(seed: [UInt8](repeating: 7, count: 64))
    let deep = try master.derived(path: "m" + String(repeating: "/0", count: 255))
    #expect(deep.depth == 255)
    #expect(throws: KeyError.derivationTooDeep) { try deep.child(0) }
    #expect(throws: (any Error).self) { try master.derived(path: "m" + String(repeating: "/0", count: 10_000)) }
  }

  @Test("h, H and ' all harden") func hardened() throws {
    let master = try ExtendedSecretKey(seed: [UInt8](repeating: 7, count: 64))
    let texts = try ["m/1'", "m/1h", "m/1H"].map { try master.derived(path: $0).secretText }
    #expect(Set(texts).count == 1)
    #expect(try master.child(ExtendedSecretKey.hardened + 1).secretText == texts[0])
    #expect(try master.derived(path: "m/1").secretText != texts[0])
  }
}

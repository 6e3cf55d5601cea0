import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Secret URIs") struct SecretURITests {
  @Test(
    "malformed URIs",
    arguments: [
      ("/Alice", KeyError.softJunction(position: 1)), ("//Alice/soft", .softJunction(position: 2)),
      ("//", .emptyJunction(position: 1)), ("//Alice//", .emptyJunction(position: 2)),
      ("//Alice/", .emptyJunction(position: 2)), ("//Al/\u{301}", .softJunction(position: 2)),
      ("/", .emptyJunction(position: 1)),
      ("0x00", .malformedSeed), ("0xzz", .malformedSeed), ("0x" + String(repeating: "00", count: 33), .malformedSeed),
      ("0x" + String(repeating: "00", count: 32), .secretKeyOutOfRange),
      ("0x" + String(repeating: "01", count: 32) + "///pw", .passwordWithSeed),
      ("Alice", .wordCount(1)), ("bottom drive obey", .wordCount(3)),
      (String(repeating: "a", count: 5000), .textTooLong(limit: 4096)),
    ])
  func refuses(text: String, error: KeyError) {
    #expect(throws: error) { try SecretKey(suri: text) }
  }

  @Test("a raw seed is the key, and derives") func seeds() throws {
    let seed = [UInt8](repeating: 1, count: 32)
    #expect(try SecretKey(suri: Hex.encode(seed)).bytes == seed)
    #expect(try SecretKey(suri: Hex.encode(seed) + "//a").bytes == SecretKey(bytes: seed).derivedHard("a").bytes)
  }

  @Test("the password comes behind three slashes and changes the root") func passwords() throws {
    let root = try SecretKey(Mnemonic(phrase: SecretURI.developmentPhrase), password: "a/b///c")
    #expect(try SecretKey(suri: "//x///a/b///c").bytes == root.derivedHard("x").bytes)
    #expect(try SecretKey(suri: "///").bytes == SecretKey(suri: SecretURI.developmentPhrase).bytes)
    #expect(try SecretKey(suri: "//x///y").bytes != SecretKey(suri: "//x").bytes)
  }

  @Test("numbers are numbers only where Rust reads a u64") func numericJunctions() throws {
    let root = DevelopmentKey.alice.secretKey
    func child(_ code: [UInt8]) -> [UInt8] {
      let padded = code + [UInt8](repeating: 0, count: 32 - code.count)
      return Hash.blake2b256("Secp256k1HDKD".encoded() + root.bytes + padded).bytes
    }
    #expect(try root.derivedHard("007").bytes == child(UInt64(7).encoded()))
    #expect(try root.derivedHard("+7").bytes == child(UInt64(7).encoded()))
    #expect(try root.derivedHard("-0").bytes == child("-0".encoded()))
    #expect(try root.derivedHard("18446744073709551615").bytes == child(UInt64.max.encoded()))
    #expect(try root.derivedHard("18446744073709551616").bytes == child("18446744073709551616".encoded()))
  }

  @Test("the development phrase is recognised") func development() throws {
    #expect(try SecretURI("//Alice").isDevelopment)
    #expect(try SecretURI(SecretURI.developmentPhrase + "//stash").isDevelopment)
    #expect(try !SecretURI("0x" + String(repeating: "01", count: 32)).isDevelopment)
  }

  @Test("random text throws and nothing else", arguments: 0..<200 as Range<UInt64>)
  func hostile(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces = [
      "/", "/\u{301}", "//", "///", "Alice", "0x", "bottom", " ", "é", "\u{0}", "99999999999999999999", "👩‍👩‍👧",
    ]
    let text = (0..<8).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
    do { _ = try SecretKey(suri: text) } catch { #expect(!error.description.isEmpty, "seed \(seed)") }
  }
}

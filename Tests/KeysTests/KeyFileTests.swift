import Hashing
import Keys
import Primitives
import TestKit
import Testing

struct KeyFileCase: Decodable, Sendable, CustomTestStringConvertible {
  let secret: HexBytes
  let `public`: HexBytes
  let password: String
  let salt: HexBytes
  let nonce: HexBytes
  let log2N: UInt8
  let r: UInt8
  let p: UInt8
  let text: String
  var testDescription: String { "N = 2^\(log2N), r = \(r), p = \(p)" }
}

@Suite("Key files") struct KeyFileTests {
  static let vectors: Cases<KeyFileCase> = Fixture.json("keys/key-file.json")
  static let password = Array("correct horse".utf8)

  /// The cheapest cost allowed, so that the tests stay quick.
  func sealed() throws -> KeyFile {
    try KeyFile.seal(
      DevelopmentKey.alice.secretKey, password: Self.password, salt: [UInt8](repeating: 3, count: 32),
      nonce: [UInt8](repeating: 4, count: 12), cost: #require(KeyFile.Cost(log2N: 10, r: 1, p: 1)))
  }

  /// The text again with one byte of the blob changed and the checksum repaired, as an attacker would.
  func changed(_ file: KeyFile, at index: Int, to value: UInt8? = nil) throws -> String {
    var blob = try #require(Hex.decode(file.text.split(separator: "\n").dropFirst().joined()))
    blob.removeLast(4)
    blob[index] = value ?? (blob[index] ^ 1)
    return text(of: blob)
  }

  func text(of blob: [UInt8]) -> String {
    KeyFile.header + "\n" + Hex.encode(blob + Array(Hash.blake2b256(blob).bytes.prefix(4)), prefix: false)
  }

  @Test("agree with an independent implementation", arguments: vectors.cases)
  func golden(_ vector: KeyFileCase) throws {
    let cost = try #require(KeyFile.Cost(log2N: vector.log2N, r: vector.r, p: vector.p))
    let key = try SecretKey(bytes: vector.secret.bytes)
    let password = Array(vector.password.utf8)
    let file = try KeyFile.seal(key, password: password, salt: vector.salt.bytes, nonce: vector.nonce.bytes, cost: cost)
    #expect(file.text == vector.text)
    let read = try KeyFile(text: vector.text)
    #expect(read == file && read.cost == cost)
    #expect(read.publicKey.compressed == vector.public.bytes)
    #expect(try read.open(password: password).bytes == vector.secret.bytes)
  }

  @Test("a wrong password is called that") func wrongPassword() throws {
    let file = try sealed()
    #expect(throws: KeyFileError.wrongPassword) { try file.open(password: Self.password + [33]) }
    #expect(throws: KeyFileError.passwordLength(count: 0)) { try file.open(password: []) }
    #expect(throws: KeyFileError.passwordLength(count: 1025)) {
      try file.open(password: [UInt8](repeating: 1, count: 1025))
    }
  }

  @Test("every changed byte is noticed, even with a repaired checksum", arguments: 3..<160)
  func tampering(index: Int) throws {
    let text = try changed(sealed(), at: index)
    // Salt and check cannot be told from a wrong password; the public key may stop being a point.
    let expected: [KeyFileError] = index < 67 ? [.wrongPassword] : [.tampered, .damaged]
    let error = #expect(throws: KeyFileError.self, "byte \(index)") {
      try KeyFile(text: text).open(password: Self.password)
    }
    #expect(error.map { expected.contains($0) } == true, "byte \(index)")
  }

  @Test("accidents are noticed without a password") func damage() throws {
    let text = try sealed().text
    let characters = Array(text)
    for index in stride(from: KeyFile.header.count + 1, to: characters.count - 1, by: 17)
    where characters[index] != "\n" {
      var wrong = characters
      wrong[index] = wrong[index] == "0" ? "1" : "0"
      #expect(throws: KeyFileError.damaged) { try KeyFile(text: String(wrong)) }
    }
    #expect(throws: KeyFileError.damaged) { try KeyFile(text: String(characters.dropLast(3))) }
    #expect(throws: KeyFileError.damaged) { try KeyFile(text: text + "00") }
    #expect(throws: KeyFileError.damaged) { try KeyFile(text: KeyFile.header) }
    #expect(throws: KeyFileError.damaged) { try KeyFile(text: KeyFile.header + "\nnot hexadecimal") }
    #expect(throws: KeyFileError.damaged) { try KeyFile(text: self.text(of: [UInt8](repeating: 0, count: 20))) }
  }

  @Test("other texts are refused") func otherTexts() throws {
    #expect(throws: KeyFileError.notAKeyFile) { try KeyFile(text: "") }
    #expect(throws: KeyFileError.notAKeyFile) { try KeyFile(text: "{\"crypto\":{}}") }
    #expect(throws: KeyFileError.unknownVersion) { try KeyFile(text: "echochain key file 2\n00") }
    #expect(throws: KeyFileError.notAKeyFile) {
      try KeyFile(text: KeyFile.header + "\n" + String(repeating: "0", count: 5000))
    }
    let dos = try sealed().text.split(separator: "\n").joined(separator: "\r\n")
    #expect(try KeyFile(text: dos) == sealed())
  }

  @Test(
    "a hostile cost is refused before any work is done",
    arguments: [(0, 9), (0, 19), (0, 63), (0, 255), (1, 0), (1, 17), (1, 255), (2, 0), (2, 5), (2, 255)]
      as [(Int, UInt8)])
  func hostileCost(index: Int, value: UInt8) throws {
    let text = try changed(sealed(), at: index, to: value)
    let (log2N, r, p) = (index == 0 ? value : 10, index == 1 ? value : 1, index == 2 ? value : 1)
    #expect(throws: KeyFileError.costOutOfBounds(log2N: log2N, r: r, p: p)) { try KeyFile(text: text) }
    #expect(KeyFile.Cost(log2N: log2N, r: r, p: p) == nil)
  }

  @Test("N and r together stay within the memory limit") func memoryLimit() {
    #expect(KeyFile.Cost(log2N: 18, r: 8, p: 4) != nil)
    #expect(KeyFile.Cost(log2N: 18, r: 9, p: 1) == nil)
    #expect(KeyFile.Cost(log2N: 17, r: 16, p: 1) != nil)
  }
}

import Files
import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Content key and key box") struct KeyBoxTests {
  static let vector = FileVectors.all.ecies

  static func box() throws -> KeyBox { try KeyBox(vector.box.bytes) }
  static func buyer() throws -> SecretKey { try SecretKey(bytes: vector.d.bytes) }

  @Test("commitment") func commitment() {
    #expect(Content.key.commitment.bytes == FileVectors.all.keyCommit.bytes)
    #expect(Content.key.commitment == Hash.sha256(Array("echo/key/v1".utf8) + FileVectors.all.key.bytes))
  }

  @Test("a key has 32 bytes and shows none of them") func hidden() throws {
    #expect(ContentKey([]) == nil && ContentKey([UInt8](repeating: 1, count: 31)) == nil)
    #expect(ContentKey([UInt8](repeating: 1, count: 33)) == nil)
    #expect("\(Content.key)" == "ContentKey(hidden)" && String(reflecting: Content.key) == "ContentKey(hidden)")
    var text = ""
    dump(Content.key, to: &text)
    #expect(!text.contains("15") && Mirror(reflecting: Content.key).children.isEmpty)
    #expect(Content.key.bytes == FileVectors.all.key.bytes)
  }

  @Test("the published box") func published() throws {
    let ephemeral = try SecretKey(bytes: Self.vector.e.bytes)
    let nonce = try #require(FixedBytes<12>(Self.vector.nonce.bytes))
    let buyer = try Self.buyer()
    #expect(buyer.publicKey.compressed == Self.vector.buyerPub.bytes)
    let box = try KeyBox.seal(Content.key, for: buyer.publicKey, ephemeral: ephemeral, nonce: nonce)
    #expect(box.bytes == Self.vector.box.bytes && box.bytes.count == KeyBox.length)
    let shared = buyer.sharedPoint(with: box.ephemeral)
    #expect(shared == ephemeral.sharedPoint(with: buyer.publicKey))
    #expect(KeyBox.encryptionKey(ephemeral: box.ephemeral, shared: shared) == Self.vector.hkdf.bytes)
    #expect(try box.open(with: buyer).bytes == Content.key.bytes)
    #expect(try box.open(sharedPoint: shared).bytes == Content.key.bytes)
    #expect(try box.open(sharedPoint: shared.compressed).bytes == Content.key.bytes)
  }

  @Test("random boxes open for their buyer only", arguments: [UInt64(1), 2, 3, 4, 5]) func randomBoxes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let key = ContentKey(using: &random)
    let buyer = try SecretKey(bytes: random.bytes(32))
    let other = try SecretKey(bytes: random.bytes(32))
    let box = try KeyBox.seal(key, for: buyer.publicKey, using: &random)
    #expect(try KeyBox(box.bytes) == box, "seed \(seed)")
    #expect(try box.open(with: buyer).bytes == key.bytes, "seed \(seed)")
    #expect(throws: KeyBoxError.doesNotOpen, "seed \(seed)") { try box.open(with: other) }
    #expect(try KeyBox.seal(key, for: buyer.publicKey, using: &random) != box, "seed \(seed)")
  }

  @Test("a change of any byte is noticed", arguments: 0..<93) func tampered(place: Int) throws {
    let buyer = try Self.buyer()
    for mask in [UInt8(1), 0x80, 0xff] {
      var bytes = Self.vector.box.bytes
      bytes[place] ^= mask
      // A changed R is off the curve or another point.
      guard let box = try? KeyBox(bytes) else {
        #expect(place < 33)
        continue
      }
      #expect(throws: KeyBoxError.doesNotOpen) { try box.open(with: buyer) }
    }
  }

  @Test("bytes that are no box") func malformed() throws {
    let bytes = Self.vector.box.bytes
    #expect(throws: KeyBoxError.length(count: 0)) { try KeyBox([]) }
    #expect(throws: KeyBoxError.length(count: 92)) { try KeyBox(bytes.dropLast()) }
    #expect(throws: KeyBoxError.length(count: 94)) { try KeyBox(bytes + [0]) }
    for point in [
      [UInt8](repeating: 0, count: 33), [2] + [UInt8](repeating: 0xff, count: 32), [4] + bytes[1..<33],
      [0] + bytes[1..<33], [2] + [UInt8](repeating: 0, count: 31) + [5],
    ] {
      #expect(throws: KeyBoxError.ephemeralNotOnCurve) { try KeyBox(point + bytes[33...]) }
    }
  }

  @Test("a point of any bytes does not open") func points() throws {
    let box = try Self.box()
    for point in [[], [2], [UInt8](repeating: 0, count: 33), [UInt8](repeating: 0xff, count: 65), box.ephemeral.compressed] {
      #expect(throws: KeyBoxError.doesNotOpen) { try box.open(sharedPoint: point) }
    }
    #expect(throws: KeyBoxError.doesNotOpen) { try box.open(sharedPoint: box.ephemeral.uncompressed) }
    for error in [KeyBoxError.doesNotOpen, .length(count: 1), .ephemeralNotOnCurve, .outOfMemory] {
      #expect(error.description.hasPrefix("key box: "))
    }
  }
}

@Suite("Proof of a shared point") struct SharedPointProofTests {
  static func published() throws -> SharedPointProof {
    let vector = FileVectors.all.dleq
    return SharedPointProof(
      sharedPoint: vector.sharedPoint.bytes, challenge: try #require(H256(vector.c.bytes)), response: try #require(H256(vector.s.bytes)))
  }

  @Test("the published proof") func vector() throws {
    let (box, buyer) = (try KeyBoxTests.box(), try KeyBoxTests.buyer())
    let nonce = try SecretKey(bytes: FileVectors.all.dleq.k.bytes)
    #expect(SharedPointProof.make(for: box, with: buyer, nonce: nonce) == (try Self.published()))
    #expect(try Self.published().verify(buyer: buyer.publicKey, box: box))
    #expect(try box.open(sharedPoint: Self.published().sharedPoint).commitment == Content.key.commitment)
  }

  @Test("proofs verify for their box and buyer only", arguments: [UInt64(21), 22, 23, 24]) func randomProofs(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let buyer = try SecretKey(bytes: random.bytes(32))
    let other = try SecretKey(bytes: random.bytes(32))
    let box = try KeyBox.seal(ContentKey(using: &random), for: buyer.publicKey, using: &random)
    let second = try KeyBox.seal(ContentKey(using: &random), for: buyer.publicKey, using: &random)
    let proof = SharedPointProof.make(for: box, with: buyer)
    #expect(proof == SharedPointProof.make(for: box, with: buyer), "seed \(seed)")
    #expect(proof != SharedPointProof.make(for: second, with: buyer), "seed \(seed)")
    #expect(proof.verify(buyer: buyer.publicKey, box: box), "seed \(seed)")
    #expect(!proof.verify(buyer: other.publicKey, box: box), "seed \(seed)")
    #expect(!proof.verify(buyer: buyer.publicKey, box: second), "seed \(seed)")
    // What another key shares with the box is no more than that key's.
    let false1 = SharedPointProof.make(for: box, with: other)
    #expect(!false1.verify(buyer: buyer.publicKey, box: box), "seed \(seed)")
    let false2 = SharedPointProof(sharedPoint: false1.sharedPoint, challenge: proof.challenge, response: proof.response)
    #expect(!false2.verify(buyer: buyer.publicKey, box: box), "seed \(seed)")
    // The negated point has the same x.
    let negated = [proof.sharedPoint[0] ^ 1] + proof.sharedPoint[1...]
    let false3 = SharedPointProof(sharedPoint: negated, challenge: proof.challenge, response: proof.response)
    #expect(!false3.verify(buyer: buyer.publicKey, box: box), "seed \(seed)")
  }

  @Test("a change of any byte is noticed") func tampered() throws {
    let proof = try Self.published()
    let buyer = try KeyBoxTests.buyer().publicKey
    let box = try KeyBoxTests.box()
    for place in 0..<97 {
      var bytes = proof.sharedPoint + proof.challenge.bytes + proof.response.bytes
      bytes[place] ^= 1
      let changed = SharedPointProof(
        sharedPoint: Array(bytes[..<33]), challenge: try #require(H256(Array(bytes[33..<65]))),
        response: try #require(H256(Array(bytes[65...]))))
      #expect(!changed.verify(buyer: buyer, box: box), "byte \(place)")
    }
  }

  @Test("numbers out of range and bytes that are no points are no proof") func outOfRange() throws {
    let proof = try Self.published()
    let (buyer, box) = (try KeyBoxTests.buyer().publicKey, try KeyBoxTests.box())
    let order = try #require(H256(hex: "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
    let largest = try #require(H256([UInt8](repeating: 0xff, count: 32)))
    for number in [H256.zero, order, largest] {
      for changed in [
        SharedPointProof(sharedPoint: proof.sharedPoint, challenge: number, response: proof.response),
        SharedPointProof(sharedPoint: proof.sharedPoint, challenge: proof.challenge, response: number),
      ] { #expect(!changed.verify(buyer: buyer, box: box)) }
    }
    let ephemeral = box.ephemeral.compressed
    for point in [[], [2], [UInt8](repeating: 0, count: 33), [UInt8](repeating: 0xff, count: 33), buyer.uncompressed] {
      let changed = SharedPointProof(sharedPoint: point, challenge: proof.challenge, response: proof.response)
      #expect(!changed.verify(buyer: buyer, box: box))
      #expect(!proof.verify(buyer: point, ephemeral: ephemeral))
      #expect(!proof.verify(buyer: buyer.compressed, ephemeral: point))
    }
  }

  @Test("no random bytes stop or pass the check", arguments: [UInt64(31), 32]) func fuzz(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      func point() -> [UInt8] { [UInt8.random(in: 1...4, using: &random)] + random.bytes(Int.random(in: 30...34, using: &random)) }
      let proof = SharedPointProof(
        sharedPoint: point(), challenge: try #require(H256(random.bytes(32))), response: try #require(H256(random.bytes(32))))
      #expect(!proof.verify(buyer: point(), ephemeral: point()), "seed \(seed)")
    }
  }

  @Test("hashes are reduced by the order of the curve") func reduction() throws {
    let order = try #require(H256(hex: "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
    let largest = try #require(H256([UInt8](repeating: 0xff, count: 32)))
    let rest = try #require(H256(hex: "0x000000000000000000000000000000014551231950b75fc4402da1732fc9bebe"))
    #expect(Scalar(reducing: order) == nil && Scalar(reducing: .zero) == nil)
    #expect(Scalar(reducing: largest)?.value == rest)
    #expect(Scalar(reducing: rest)?.value == rest)
    #expect(Scalar(order) == nil && Scalar(.zero) == nil && Scalar(largest) == nil)
  }
}

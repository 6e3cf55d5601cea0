import Finality
import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

/// `beefy/signed_commitment_scale.json`
struct SignedCommitmentVectors: Decodable, Sendable {
  struct Scale: Decodable, Sendable {
    var scale: HexBytes
    var bitfield: HexBytes
  }
  struct Signature: Decodable, Sendable {
    var message: HexBytes
    var signature: HexBytes
    var key: HexBytes
    enum CodingKeys: String, CodingKey { case message, signature = "signature_rsv", key = "public_compressed" }
  }
  var commitment: HexBytes
  var signed: Scale
  var signatures: [Signature]
  enum CodingKeys: String, CodingKey { case commitment = "commitment_scale", signed = "signed_commitment", signatures }
  static let all: SignedCommitmentVectors = Fixture.json("beefy/signed_commitment_scale.json")
}

@Suite("Certificate layouts") struct LayoutTests {
  @Test("commitment: 129 bytes and digest of echo-layouts")
  func commitment() throws {
    let vector = EchoLayouts.all.commitment
    let commitment = try layoutCommitment()
    #expect(commitment.encoded() == vector.encoded.bytes)
    #expect(commitment.encodedSize == Commitment.standardSize)
    #expect(commitment.digest == vector.digest.hash)
    #expect(try Commitment(decoding: vector.encoded.bytes) == commitment)
    #expect(commitment.general.encoded() == vector.encoded.bytes)
  }

  @Test("signed commitments of 4 and 8 validators, signed anew", arguments: [4, 8] as [UInt8])
  func signedCommitment(_ count: UInt8) throws {
    let vector = count == 4 ? EchoLayouts.all.signed4 : EchoLayouts.all.signed8
    let set = try validatorSet(count)
    var tally = try #require(VoteTally(commitment: try layoutCommitment(), set: set))
    for signer in vector.signers.reversed() {
      let vote = FinalityVote(signing: tally.commitment, with: try secretKey(UInt8(signer + 1)))
      #expect(tally.add(vote) == .counted)
    }
    let proof = try #require(tally.proof)
    #expect(proof.encoded() == vector.prefix.bytes + vector.encoded.bytes)
    #expect(proof.signed.signatures.bits == vector.bitfield.bytes)
    #expect(proof.signed.signatures.signers == vector.signers)
    #expect(try FinalityProof(decoding: proof.encoded()) == proof)
    #expect(proof.verify(set: set, genesisHash: tally.commitment.genesisHash).isValid)
  }

  @Test("keys, addresses and set root of echo-layouts")
  func validators() throws {
    let vectors = EchoLayouts.all
    let set = try validatorSet(8)
    #expect(set.validators.map(\.compressed) == vectors.validators.map(\.pub.bytes))
    #expect(set.addresses.map(\.bytes) == vectors.validators.map(\.eth.bytes))
    let four = try validatorSet(4, id: 1)
    #expect(four.summary == ValidatorSetSummary(id: 1, length: 4, root: vectors.setRoot4.hash))
    let leaf = try MmrLeaf(decoding: vectors.firstLeaf.bytes)
    #expect(leaf.nextSet == four.summary && leaf.parentNumber == 0 && leaf.version == 0 && leaf.leafExtra == .zero)
    #expect(leaf.encoded() == vectors.firstLeaf.bytes && leaf.hash == Hash.keccak256(vectors.firstLeaf.bytes))
  }

  @Test("polkadot-sdk's literal encodings; its test has a 128-bit block number")
  func upstream() throws {
    let vectors = SignedCommitmentVectors.all
    var reader = ScaleReader(vectors.signed.scale.bytes.span.bytes)
    let payload = try BeefyPayload(from: &reader)
    #expect(payload.entries == [PayloadEntry(id: .mmrRoot, data: "Hello World!".encoded())])
    #expect(try UInt128(from: &reader) == 5)
    #expect(try UInt64(from: &reader) == 0)
    #expect(payload.encoded() + UInt128(5).encoded() + UInt64(0).encoded() == vectors.commitment.bytes)
    let list = try SignatureList(from: &reader)
    #expect(reader.remaining == 0)
    #expect(list.signers == [2, 3] && list.validatorCount == 4 && list.bits == vectors.signed.bitfield.bytes)
    #expect(list.signatures.compactMap { $0?.bytes } == vectors.signatures.map(\.signature.bytes))
    for vector in vectors.signatures {
      let signature = try #require(RecoverableSignature(vector.signature.bytes))
      #expect(signature.recover(prehash: Hash.keccak256(vector.message.bytes))?.compressed == vector.key.bytes)
    }
  }

  @Test(
    "quorums",
    arguments: [
      (0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (7, 5), (10, 7), (100, 67), (297, 199), (600, 401), (1000, 667),
    ])
  func quorums(_ validators: Int, _ needed: Int) { #expect(Quorum.threshold(validators) == needed) }

  @Test("the bit field is one byte longer when eight divides the set", arguments: 0...40)
  func bitField(_ validators: Int) throws {
    let signature = try #require(RecoverableSignature([UInt8](repeating: 1, count: 65)))
    let list = try #require(SignatureList((0..<validators).map { $0 % 3 == 0 ? signature : nil }))
    #expect(list.bits.count == validators / 8 + 1)
    #expect(list.encodedSize == list.encoded().count)
    #expect(try SignatureList(decoding: list.encoded()) == list)
    let claimed = ClaimedSigners(list)
    #expect(claimed.count == list.count && claimed.fits(validators))
    #expect((0..<validators).filter { claimed.contains($0) } == list.signers)
  }

  @Test("an entry of a later version is signed along and kept")
  func extensions() throws {
    let known = try layoutCommitment()
    let extra = PayloadEntry(id: PayloadID(0x7a, 0x7a), data: [1, 2, 3])
    let payload = try #require(BeefyPayload([extra] + known.general.payload.entries))
    let general = BeefyCommitment(payload: payload, blockNumber: 7, validatorSetID: 0)
    let commitment = try Commitment(decoding: general.encoded())
    #expect(commitment.extensions == [extra] && commitment.headerHash == known.headerHash)
    #expect(commitment.encoded() == general.encoded() && commitment.digest == general.digest)
    #expect(commitment.digest != known.digest)
  }

  @Test("leaf extra joins both roots, empty ones too")
  func leafExtra() {
    let out = Hash.keccak256([1])
    let receipts = Hash.keccak256([2])
    #expect(MmrLeaf.extra(outboundRoot: out, receiptRoot: receipts) == Hash.keccak256(out.bytes + receipts.bytes))
    #expect(
      MmrLeaf.extra(outboundRoot: .zero, receiptRoot: .zero).hex
        == "0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5")
  }
}

@Suite("Refused bytes") struct RefusedBytesTests {
  private func reason(_ bytes: [UInt8]) -> String {
    do throws(ScaleError) {
      _ = try FinalityProof(decoding: bytes)
      return "accepted"
    } catch { return error.description }
  }

  private var good: [UInt8] { [1] + EchoLayouts.all.signed4.encoded.bytes }
  /// Where the bit field's length stands.
  private let bitsAt = 1 + 129

  @Test("every cut and every added byte")
  func cut() {
    #expect(reason(good) == "accepted")
    for count in 0..<good.count { #expect(reason(Array(good[..<count])) != "accepted", "\(count) bytes") }
    #expect(reason(good + [0]) == "scale: 1 bytes left after the value")
  }

  @Test("another version")
  func version() { #expect(reason([2] + good.dropFirst()).contains("no variant 2")) }

  @Test("padding bits, short and long bit fields, wrong counts")
  func bitField() {
    var bytes = good
    bytes[bitsAt + 1] |= 1
    #expect(reason(bytes).contains("padding bits are set"))
    bytes = good
    bytes[bitsAt + 1] = 0xf0
    #expect(reason(bytes).contains("fewer signatures than bits"))
    bytes = good
    bytes[bitsAt + 1] = 0xa0
    #expect(reason(bytes).contains("more signatures than bits"))
    bytes = good
    bytes[bitsAt + 2] = 8
    #expect(reason(bytes).contains("wrong length for its set"))
    bytes = good
    bytes[bitsAt + 5] = 1
    #expect(reason(bytes).contains("set is too large"))
    bytes = good
    bytes.replaceSubrange(bitsAt...bitsAt + 1, with: [8, 0xb0, 0])
    #expect(reason(bytes).contains("wrong length for its set"))
  }

  @Test("payload ids unsorted, repeated, missing, of wrong length, too many")
  func payload() throws {
    let entries = try layoutCommitment().general.payload.entries
    func commitment(_ entries: [PayloadEntry]) -> String {
      let bytes = entries.encoded() + UInt32(7).encoded() + UInt64(0).encoded()
      do throws(ScaleError) {
        _ = try Commitment(decoding: bytes)
        return "accepted"
      } catch { return error.description }
    }
    #expect(commitment(entries) == "accepted")
    #expect(commitment(entries.reversed()).contains("not strictly ascending"))
    #expect(commitment([entries[0]] + entries).contains("not strictly ascending"))
    for (missing, name) in ["bh", "ch", "mh", "ts"].enumerated() {
      var rest = entries
      rest.remove(at: missing)
      #expect(commitment(rest).contains("payload has no \(name)"))
      var short = entries
      short[missing].data.removeLast()
      #expect(commitment(short).contains("wrong length"))
    }
    let many = (0..<17).map { PayloadEntry(id: PayloadID(1, UInt8($0)), data: []) }
    #expect(commitment(many).contains("too many entries"))
    let long = PayloadEntry(id: PayloadID(1, 1), data: [UInt8](repeating: 0, count: 1025))
    #expect(commitment([long] + entries).contains("too long"))
    #expect(BeefyPayload(many) == nil)
  }

  @Test("a leaf of an unknown major version, of 112 or 114 bytes")
  func leaf() {
    let good = EchoLayouts.all.firstLeaf.bytes
    #expect(throws: ScaleError.self) { try MmrLeaf(decoding: [0x20] + good.dropFirst()) }
    #expect(throws: ScaleError.self) { try MmrLeaf(decoding: good + [0]) }
    #expect(throws: ScaleError.self) { try MmrLeaf(decoding: Array(good.dropLast())) }
  }
}

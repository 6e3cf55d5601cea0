import EchoRuntime
import Hashing
import Keys
import PalletSystem
import Primitives
import ScaleCodec
import TestKit
import Testing

private struct ClientVectors: Decodable {
  var eras: [EraVector]
  var extrinsics: [ExtrinsicVector]
  static let all: ClientVectors = Fixture.json("clients/keys-and-extrinsics.json")
}

struct EraVector: Decodable, Sendable, CustomTestStringConvertible {
  var period: UInt64
  var current: UInt64
  var phase: UInt64
  var birth: UInt64
  var bytes: HexBytes
  var testDescription: String { "period \(period) at \(current)" }
}

struct ExtrinsicVector: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var specVersion: UInt32
  var transactionVersion: UInt32
  var genesisHash: HexBytes
  var eraBlockHash: HexBytes
  var call: HexBytes
  var extra: HexBytes
  var hash: HexBytes
  var signature: HexBytes
  var extrinsic: HexBytes
  var extrinsicHash: HexBytes
  var extensions: String
  var testDescription: String { name }

  enum CodingKeys: String, CodingKey {
    case name, call, extra, signature, extrinsic, extensions
    case specVersion = "spec_version"
    case transactionVersion = "transaction_version"
    case genesisHash = "genesis_hash"
    case eraBlockHash = "era_block_hash"
    case hash = "hash_that_ecdsa_signs"
    case extrinsicHash = "extrinsic_hash"
  }

  /// Vectors with this chain's signed extensions and a call that this runtime has.
  static let ours = ClientVectors.all.extrinsics.filter { $0.extensions.contains("MetadataHash") }
}

@Suite("Extrinsics of real clients") struct ExtrinsicVectorTests {
  @Test("eras", arguments: ClientVectors.all.eras) func era(_ vector: EraVector) throws {
    let era = Era(period: vector.period, current: vector.current)
    #expect(era.encoded() == vector.bytes.bytes)
    #expect(try Era(decoding: vector.bytes.bytes) == .mortal(period: vector.period, phase: vector.phase))
    #expect(era.birth(current: vector.current) == vector.birth)
    #expect(era.death(current: vector.current) == vector.birth + vector.period)
  }

  @Test("there are vectors with this chain's extensions") func present() { #expect(!ExtrinsicVector.ours.isEmpty) }

  @Test("decoding, signing and hashing", arguments: ExtrinsicVector.ours) func extrinsic(_ vector: ExtrinsicVector) throws {
    let extrinsic = try Extrinsic(decoding: vector.extrinsic.bytes)
    #expect(extrinsic.encoded() == vector.extrinsic.bytes)
    #expect(extrinsic.call.encoded() == vector.call.bytes)
    #expect(extrinsic.signature?.extra.encoded() == vector.extra.bytes)
    #expect(Extrinsic.hash(of: vector.extrinsic.bytes).bytes == vector.extrinsicHash.bytes)
    let context = SigningContext(
      specVersion: vector.specVersion, transactionVersion: vector.transactionVersion,
      genesisHash: try #require(H256(vector.genesisHash.bytes)),
      birthHash: try #require(H256(vector.eraBlockHash.bytes)))
    let extra = try #require(extrinsic.signature?.extra)
    #expect(Hash.blake2b256(context.payload(call: vector.call.bytes, extra: extra)).bytes == vector.hash.bytes)
    let signed = Extrinsic(call: extrinsic.call, extra: extra, context: context, key: DevelopmentKey.alice.secretKey)
    #expect(signed.encoded() == vector.extrinsic.bytes, "RFC 6979 gives the client's own signature")
    #expect(extrinsic.verifySignature(context))
    var other = context
    other.genesisHash = .zero
    #expect(!extrinsic.verifySignature(other), "a signature binds one chain")
  }

  @Test("each broken byte string has its error") func refusals() throws {
    let good = try #require(ExtrinsicVector.ours.first).extrinsic.bytes
    for count in 0..<good.count {
      #expect(throws: ScaleError.self, "\(count) bytes") { try Extrinsic(decoding: Array(good.prefix(count))) }
    }
    #expect(throws: ScaleError.self) { try Extrinsic(decoding: good + [0]) }
    var version = good
    version[2] = 0x85
    #expect(throws: ScaleError.self) { try Extrinsic(decoding: version) }
    var random = SeededRandom(seed: 7)
    for round in 0..<2000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let decoded = try? Extrinsic(decoding: bytes) { #expect(decoded.encoded() == bytes, "seed 7, round \(round)") }
    }
  }
}

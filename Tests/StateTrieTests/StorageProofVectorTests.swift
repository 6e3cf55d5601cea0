import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing

struct ProofVector: Decodable, Sendable, CustomTestStringConvertible {
  struct Query: Decodable, Sendable {
    let key: HexBytes
    let result: String
    var answer: ProofAnswer {
      switch result {
      case "absent": .absent
      case "incomplete": .incomplete
      default: .value(Fixture.hex(result))
      }
    }
  }
  struct NextKey: Decodable, Sendable {
    let after: HexBytes
    let prefix: HexBytes?
    let expected: HexBytes?
  }
  let name: String
  let stateRoot: HexBytes
  let proofScale: HexBytes
  let proofNodes: Int
  let queries: [Query]
  let nextKey: [NextKey]?

  struct File: Decodable { let cases: [ProofVector] }
  static let all = readVectors("storage-proofs/proofs.json", as: File.self).cases

  var testDescription: String { name }
}

struct NodeListVector: Decodable, Sendable {
  let stateRoot: HexBytes
  let key: HexBytes
  let value: HexBytes
  let proofNodes: [HexBytes]
  struct File: Decodable { let cases: [NodeListVector] }
}

struct PrefixProofVector: Decodable, Sendable {
  let prefix: HexBytes
  let stateRoot: HexBytes
  let proofsScale: [HexBytes]
  let expectedKeys: [HexBytes]
}

struct NegativeProofVector: Decodable, Sendable {
  let name: String
  let proofScale: HexBytes
  let stateRoot: HexBytes
  let key: HexBytes
  struct File: Decodable { let cases: [NegativeProofVector] }
}

func h256(_ bytes: HexBytes) throws -> H256 { try #require(H256(bytes.bytes)) }

@Suite("Storage proofs of public chains") struct StorageProofVectorTests {
  @Test("answers", arguments: ProofVector.all)
  func answers(_ vector: ProofVector) throws {
    let proof = try StorageProof(scale: vector.proofScale.bytes)
    #expect(proof.nodes.count == vector.proofNodes)
    #expect(proof.encoded() == vector.proofScale.bytes)
    let keys = vector.queries.map(\.key.bytes)
    let answers = try proof.answers(root: h256(vector.stateRoot), keys: keys, strict: false)
    #expect(answers == vector.queries.map(\.answer))
  }

  @Test("next keys", arguments: ProofVector.all.filter { $0.nextKey != nil })
  func nextKeys(_ vector: ProofVector) throws {
    let proof = try StorageProof(scale: vector.proofScale.bytes)
    for query in vector.nextKey ?? [] {
      var reader = try ProofReader(proof, root: h256(vector.stateRoot), strict: false)
      let next = try reader.nextKey(after: query.after.bytes, prefix: query.prefix?.bytes ?? [])
      #expect(next.keys == (query.expected.map { [$0.bytes] } ?? []))
    }
  }

  @Test("a list of nodes")
  func nodeList() throws {
    for vector in readVectors("storage-proofs/node_list.json", as: NodeListVector.File.self).cases {
      let proof = StorageProof(nodes: vector.proofNodes.map(\.bytes))
      let answers = try proof.answers(root: h256(vector.stateRoot), keys: [vector.key.bytes], layout: .v0)
      #expect(answers == [.value(vector.value.bytes)])
    }
  }

  @Test("all keys under a prefix")
  func prefixProof() throws {
    let vector = readVectors("storage-proofs/prefix-proof.json", as: PrefixProofVector.self)
    let root = try h256(vector.stateRoot)
    var nodes: [[UInt8]] = []
    for part in vector.proofsScale { nodes += try StorageProof(scale: part.bytes).nodes }
    let all = try StorageProof(nodes: nodes).keys(root: root, prefix: vector.prefix.bytes, limit: 10_000)
    let expected = vector.expectedKeys.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }
    let agrees = all == ProvenKeys(keys: expected, end: .complete)
    #expect(agrees)
    let part = try StorageProof(scale: vector.proofsScale[0].bytes)
    #expect(try part.keys(root: root, prefix: vector.prefix.bytes, limit: 10_000).end == .incomplete)
  }

  @Test("what must not verify")
  func negative() throws {
    let cases = readVectors("storage-proofs/negative.json", as: NegativeProofVector.File.self).cases
    let flipped = try #require(cases.first { $0.name == "bitflip-in-node" })
    let proof = try StorageProof(scale: flipped.proofScale.bytes)
    let answers = try proof.answers(root: h256(flipped.stateRoot), keys: [flipped.key.bytes], strict: false)
    #expect(answers == [.incomplete])
    let truncated = try #require(cases.first { $0.name == "truncated" })
    #expect(throws: TrieProofError.self) { try StorageProof(scale: truncated.proofScale.bytes) }
  }
}

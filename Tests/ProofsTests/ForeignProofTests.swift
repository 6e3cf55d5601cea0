import Finality
import Keys
import LightClient
import MerkleMountainRange
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import TestKit
import Testing

/// `storage-proofs/node_list.json`: proofs of real chains
private struct NodeLists: Decodable {
  struct Case: Decodable {
    var name: String
    var stateRoot: HexBytes
    var key: HexBytes
    var value: HexBytes
    var proofNodes: [HexBytes]
    enum CodingKeys: String, CodingKey {
      case name
      case stateRoot = "state_root"
      case key
      case value
      case proofNodes = "proof_nodes"
    }
  }
  var cases: [Case]
  static let all: NodeLists = Fixture.json("storage-proofs/node_list.json")
}

@Suite("Proofs of foreign chains") struct ForeignProofTests {
  @Test("a storage proof of a real chain, and what must not pass") func storage() throws {
    for vector in NodeLists.all.cases {
      var proof = SubstrateStorageProof(
        root: try present(H256(vector.stateRoot.bytes)), proof: StorageProof(nodes: vector.proofNodes.map(\.bytes)),
        claims: [StorageClaim(key: vector.key.bytes, value: .equals(vector.value.bytes))])
      #expect(proof.verify().isValid, "\(vector.name): \(String(describing: proof.verify().failure))")
      proof.claims[0].value = .absent
      #expect(proof.verify().failure?.step == .storageProof)
      proof.claims[0].value = .equals([])
      #expect(proof.verify().failure?.step == .storageProof)
      proof.claims[0].value = .present
      proof.proof.nodes.append([0])
      #expect(!proof.verify().isValid && proof.verify(strict: false).isValid)
      proof.proof.nodes = Array(proof.proof.nodes.dropFirst().dropLast())
      #expect(!proof.verify(strict: false).isValid)
      proof.root = .zero
      #expect(!proof.verify().isValid)
      proof.claims = []
      #expect(!proof.verify().isValid)
    }
  }

  @Test("commitments of Polkadot", arguments: 0..<4) func beefy(index: Int) throws {
    let vector = try present(MainnetVectors.all.cases.count > index ? MainnetVectors.all.cases[index] : nil)
    var proof = BeefyMainnetProof(sample: try vector.sample(), set: vector.signingSet.summary)
    #expect(proof.verify().isValid, "\(String(describing: proof.verify().failure))")
    #expect(proof.verify(known: proof.set).entries.map(\.step).contains(.mmrLeaf))
    var other = proof.set
    other.root = .zero
    #expect(proof.verify(known: other).failure?.step == .trustAnchor)
    other.id += 1
    #expect(proof.verify(known: other).failure?.step == .trustAnchor)
    #expect(proof.verify(required: 29).failure?.step == .signatures)
    var tampered = proof
    tampered.parent = .init(header: [1], storage: StorageProof(nodes: []), claims: [])
    #expect(tampered.verify().failure?.step == .header)
    tampered = proof
    tampered.sample.leaf[40] ^= 1
    #expect(tampered.verify().failure?.step == .mmrLeaf)
    proof.sample.signatures[3] = proof.sample.signatures[2]
    #expect(proof.verify().failure?.step == .validatorSet)
  }

  @Test(
    "how large a sample must be",
    arguments: [
      (1, 1), (2, 1), (4, 2), (16, 6), (32, 11), (100, 25), (150, 26), (297, 27), (600, 28), (1000, 28),
    ] as [(UInt32, Int)])
  func sampleSize(set: UInt32, required: Int) {
    #expect(BeefyMainnetProof.requiredSignatures(setSize: set) == required)
  }

  @Test("a header under a leaf, and a row of its state") func parent() throws {
    let chain = try FakeChain()
    let claim = StorageClaim(key: FakeChain.balanceKey, value: .equals([1, 2, 3]))
    let state = BeefyMainnetProof.ParentState(
      header: chain.headers[11].encoded(), storage: StorageProof(nodes: chain.trie.proof(for: [claim.key])),
      claims: [claim])
    let certificate = chain.certified(12)
    let set = FakeChain.set(2)
    let signatures = try certificate.proof.signed.signatures.signers.map { index in
      SampledSignature(
        signature: try present(certificate.proof.signed.signatures.signatures[index]), index: UInt32(index),
        account: set.addresses[index],
        siblings: try present(KeccakTree.proof(set.addresses.map(ValidatorSetSummary.leaf), index: index)))
    }
    let leaf = try chain.handover(leaf: 12, under: 12)
    let sample = SampledProof(
      commitment: certificate.commitment.general, claimed: ClaimedSigners(certificate.proof.signed.signatures),
      signatures: signatures, leaf: leaf.leaf.encoded(), leafProof: try present(leaf.proof.linear))
    var proof = BeefyMainnetProof(sample: sample, set: set.summary, parent: state)
    #expect(proof.verify().isValid, "\(String(describing: proof.verify().failure))")
    #expect(proof.verify().entries.last?.step == .storageProof)
    proof.parent?.claims[0].value = .absent
    #expect(proof.verify().failure?.step == .storageProof)
  }
}

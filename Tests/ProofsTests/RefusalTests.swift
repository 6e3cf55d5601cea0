import Finality
import Keys
import Lanes
import LightClient
import MerkleMountainRange
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import TestKit
import Testing

/// A change that no verifier may accept, with the step that must find it.
struct Forgery: Sendable, CustomTestStringConvertible {
  var name: String
  var step: VerificationStep
  var change: @Sendable (inout ProofBundle, FakeChain) throws -> Void
  var testDescription: String { name }

  init(
    _ name: String, _ step: VerificationStep,
    _ change: @escaping @Sendable (inout ProofBundle, FakeChain) throws -> Void
  ) {
    self.name = name
    self.step = step
    self.change = change
  }

  static func signatures(_ bundle: inout ProofBundle, _ change: (inout [RecoverableSignature?]) throws -> Void) throws {
    var list = bundle.certificate.proof.signed.signatures.signatures
    try change(&list)
    bundle.certificate.proof.signed.signatures = try present(SignatureList(list))
  }

  static let all: [Forgery] = [
    Forgery("another chain", .trustAnchor) { bundle, _ in bundle.claim.genesisHash = .zero },
    Forgery("anchor of another set", .trustAnchor) { bundle, _ in bundle.anchor.id = 2 },
    Forgery("anchor with another root", .trustAnchor) { bundle, _ in bundle.anchor.root = FakeChain.lane },
    Forgery("anchor of no validators", .trustAnchor) { bundle, _ in bundle.anchor.length = 0 },
    Forgery("anchor of another size", .validatorSet) { bundle, _ in bundle.anchor.length = 5 },
    Forgery("handover missing", .trustAnchor) { bundle, _ in bundle.handovers.removeFirst() },
    Forgery("handover twice", .validatorSet) { bundle, _ in bundle.handovers.insert(bundle.handovers[0], at: 0) },
    Forgery("handovers swapped", .trustAnchor) { bundle, _ in bundle.handovers.swapAt(0, 1) },
    Forgery("surplus handover", .trustAnchor) { bundle, chain in
      bundle.handovers.append(
        SetHandover(certificate: chain.certified(9), handover: try chain.handover(leaf: 9, under: 9)))
      bundle.certificate = chain.certified(12)
    },
    Forgery("handover shows the set itself", .validatorSet) { bundle, chain in
      bundle.handovers[1] = SetHandover(
        certificate: chain.certified(5), handover: try chain.handover(leaf: 4, under: 5))
    },
    Forgery("handover with a changed leaf", .mmrLeaf) { bundle, _ in
      bundle.handovers[0].handover.leaf.nextSet.root = FakeChain.lane
    },
    Forgery("handover under another count", .mmrLeaf) { bundle, _ in bundle.handovers[1].handover.proof.leafCount += 1
    },
    Forgery("certificate before the handover", .validatorSet) { bundle, chain in
      var commitment = try chain.commitment(12)
      commitment.blockNumber = 3
      let set = FakeChain.set(2)
      bundle.certificate.proof = try present(FinalityProof.make(commitment, set: set, keys: FakeChain.keys(2)))
    },
    Forgery("certificate of an earlier time", .validatorSet) { bundle, chain in
      var commitment = try chain.commitment(12)
      commitment.timestamp = 7
      bundle.certificate.proof = try present(
        FinalityProof.make(commitment, set: FakeChain.set(2), keys: FakeChain.keys(2)))
    },
    Forgery("certificate of another chain", .trustAnchor) { bundle, chain in
      var commitment = try chain.commitment(12)
      commitment.genesisHash = FakeChain.lane
      bundle.certificate.proof = try present(
        FinalityProof.make(commitment, set: FakeChain.set(2), keys: FakeChain.keys(2)))
    },
    Forgery("signed by strangers", .validatorSet) { bundle, chain in
      let keys = FakeChain.keys(4)
      let set = ValidatorSet(id: 2, validators: keys.map(\.publicKey))
      bundle.certificate = Certificate(
        proof: try present(FinalityProof.make(try chain.commitment(12), set: set, keys: keys)), addresses: set.addresses
      )
    },
    Forgery("addresses in another order", .validatorSet) { bundle, _ in bundle.certificate.addresses.swapAt(0, 1) },
    Forgery("an address too few", .validatorSet) { bundle, _ in bundle.certificate.addresses.removeLast() },
    Forgery("too few signatures", .signatures) { bundle, _ in try signatures(&bundle) { $0[0] = nil } },
    Forgery("one signer twice", .signatures) { bundle, _ in try signatures(&bundle) { $0[1] = $0[0] } },
    Forgery("two signatures swapped", .signatures) { bundle, _ in try signatures(&bundle) { $0.swapAt(0, 1) } },
    Forgery("high s", .signatures) { bundle, _ in try signatures(&bundle) { $0[0] = try mirrored(try present($0[0])) }
    },
    Forgery("signature on another commitment", .signatures) { bundle, _ in
      try signatures(&bundle) { $0[0] = FakeChain.keys(2)[0].sign(prehash: .zero) }
    },
    Forgery("no leaf for an older header", .header) { bundle, _ in bundle.ancestor = nil },
    Forgery("leaf of another block", .header) { bundle, chain in
      bundle.ancestor = try chain.handover(leaf: 5, under: 12)
    },
    Forgery("leaf at another index", .mmrLeaf) { bundle, _ in bundle.ancestor?.proof.leafIndices = [8] },
    Forgery("leaf among another count", .mmrLeaf) { bundle, _ in bundle.ancestor?.proof.leafCount = 13 },
    Forgery("two leaf indices", .mmrLeaf) { bundle, _ in bundle.ancestor?.proof.leafIndices.append(11) },
    Forgery("surplus leaf item", .mmrLeaf) { bundle, _ in bundle.ancestor?.proof.items.append(.zero) },
    Forgery("missing leaf item", .mmrLeaf) { bundle, _ in bundle.ancestor?.proof.items.removeLast() },
    Forgery("leaf with another parent", .mmrLeaf) { bundle, _ in bundle.ancestor?.leaf.parentHash = FakeChain.lane },
    Forgery("another header", .header) { bundle, chain in bundle.header = chain.headers[9].encoded() },
    Forgery("header with a byte too many", .header) { bundle, _ in bundle.header.append(0) },
    Forgery("surplus node", .storageProof) { bundle, _ in bundle.storage.nodes.append([0]) },
    Forgery("node twice", .storageProof) { bundle, _ in bundle.storage.nodes.append(bundle.storage.nodes[0]) },
    Forgery("missing node", .storageProof) { bundle, _ in bundle.storage.nodes.removeLast() },
    Forgery("no nodes", .storageProof) { bundle, _ in bundle.storage.nodes = [] },
    Forgery("proof of another state", .storageProof) { bundle, _ in
      let other = StateTrie(entries: [(FakeChain.balanceKey, [1, 2, 3])])
      bundle.storage.nodes = other.proof(for: [FakeChain.balanceKey])
    },
    Forgery("another value", .storageProof) { bundle, _ in bundle.claims[0].value = .equals([1, 2, 4]) },
    Forgery("absence of a present key", .storageProof) { bundle, _ in bundle.claims[0].value = .absent },
    Forgery("presence of an absent key", .storageProof) { bundle, chain in
      bundle.claims = [StorageClaim(key: [0x26, 1], value: .present)]
      bundle.storage.nodes = chain.trie.proof(for: [[0x26, 1]] + (bundle.messages?.keys ?? []))
    },
    Forgery("a claim twice", .storageProof) { bundle, _ in bundle.claims.append(bundle.claims[0]) },
    Forgery("another lane", .message) { bundle, chain in
      bundle.messages?.lane = .zero
      bundle.storage.nodes = chain.trie.proof(for: bundle.claims.map(\.key) + (bundle.messages?.keys ?? []))
    },
    Forgery("another lane under the same nodes", .storageProof) { bundle, _ in bundle.messages?.lane = .zero },
    Forgery("a nonce that was not sent", .message) { bundle, chain in
      bundle.messages?.nonces = NonceRange(100, 101)
      bundle.storage.nodes = chain.trie.proof(for: bundle.claims.map(\.key) + (bundle.messages?.keys ?? []))
    },
    Forgery("a nonce more", .storageProof) { bundle, _ in bundle.messages?.nonces.end += 2 },
    Forgery("a nonce less", .storageProof) { bundle, _ in bundle.messages?.nonces.end -= 1 },
    Forgery("nonce 0", .message) { bundle, _ in bundle.messages?.nonces.begin = 0 },
    Forgery("an empty range", .message) { bundle, _ in bundle.messages?.nonces.end = 0 },
    Forgery("a range over the limit", .message) { bundle, _ in bundle.messages?.nonces.end = 300 },
    Forgery("receipts for messages", .storageProof) { bundle, _ in bundle.messages?.rows = .receipts },
    Forgery("no receipt where there is one", .message) { bundle, chain in
      bundle.messages?.rows = .noReceipts
      bundle.storage.nodes = chain.trie.proof(for: bundle.claims.map(\.key) + (bundle.messages?.keys ?? []))
    },
    Forgery("nodes without claims", .storageProof) { bundle, _ in
      bundle.claims = []
      bundle.messages = nil
    },
  ]
}

/// The other form of a signature: `n - s`, and the other recovery bit.
private func mirrored(_ signature: RecoverableSignature) throws -> RecoverableSignature {
  let order = Fixture.hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
  var bytes = signature.bytes
  var borrow = 0
  for index in (0..<32).reversed() {
    let difference = Int(order[index]) - Int(bytes[32 + index]) - borrow
    bytes[32 + index] = UInt8(truncatingIfNeeded: difference)
    borrow = difference < 0 ? 1 : 0
  }
  bytes[64] ^= 1
  return try present(RecoverableSignature(bytes))
}

@Suite("Forged bundles") struct RefusalTests {
  @Test("a forgery fails at its step", arguments: Forgery.all) func refuses(forgery: Forgery) throws {
    let chain = try FakeChain()
    let claim = StorageClaim(key: FakeChain.balanceKey, value: .equals([1, 2, 3]))
    var bundle = try chain.bundle(
      block: 10, certificate: 12, anchor: 0, claims: [claim], messages: FakeChain.claim(.outbound, 2, 3))
    try #require(verify(bundle, anchor: chain.anchor(0)).isValid)
    try forgery.change(&bundle, chain)
    let findings = bundle.examine(anchor: chain.anchor(0))
    #expect(findings.report.failure?.step == forgery.step, "\(String(describing: findings.report.failure))")
    #expect(findings.header == nil && findings.answers.isEmpty && findings.messages.isEmpty)
  }

  @Test("an anchor that the caller does not hold") func otherAnchor() throws {
    let chain = try FakeChain()
    let bundle = try chain.bundle(block: 12, certificate: 12, anchor: 2)
    var other = chain.anchor(2)
    other.genesisHash = .zero
    #expect(verify(bundle, anchor: other).failure?.step == .trustAnchor)
    #expect(verify(bundle, anchor: chain.anchor(1)).failure?.step == .trustAnchor)
    other = chain.anchor(2)
    other.setRoot = .zero
    #expect(verify(bundle, anchor: other).failure?.step == .trustAnchor)
  }

  @Test("more nodes than a proof may have are refused while they are counted, not once they are kept") func tooManyNodes() throws {
    let chain = try FakeChain()
    var bundle = try chain.bundle(block: 12, certificate: 12, anchor: 2)
    let limit = StorageProof.Limits.standard.nodes
    bundle.storage = StorageProof(nodes: Array(repeating: [], count: limit + 1))
    let bytes = bundle.encoded()
    let error = #expect(throws: ScaleError.self) { try ProofBundle(decoding: bytes) }
    guard case .lengthOverLimit(let length, let bound, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(length == limit + 1 && bound == limit)
  }

  @Test("no flipped bit goes through", arguments: 0..<8) func flips(bit: Int) throws {
    let chain = try FakeChain(blocks: 6, messages: 2, receipts: 1)
    let bundle = try chain.bundle(block: 4, certificate: 6, anchor: 0, messages: FakeChain.claim(.outbound, 1, 1))
    let bytes = bundle.encoded()
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(bit)
      guard let other = try? ProofBundle(decoding: flipped) else { continue }
      let report = verify(other, anchor: chain.anchor(0))
      // Names and note are nobody's proof: with other words it is another claim, and says so.
      var unnamed = other
      unnamed.claim = bundle.claim
      let isOnlyText = unnamed == bundle && other.claim.genesisHash == bundle.claim.genesisHash
      #expect(!report.isValid || isOnlyText, "byte \(index), bit \(bit)")
    }
  }
}

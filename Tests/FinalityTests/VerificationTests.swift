import Finality
import Hashing
import Keys
import MerkleMountainRange
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Finality proofs") struct FinalityProofTests {
  let set: ValidatorSet
  let commitment: Commitment
  let proof: FinalityProof

  init() throws {
    set = try validatorSet(7, id: 5)
    var commitment = try layoutCommitment()
    commitment.validatorSetID = 5
    self.commitment = commitment
    proof = try #require(FinalityProof.make(commitment, set: set, keys: try (1...7).map { try secretKey($0) }))
  }

  private func failure(
    _ proof: FinalityProof? = nil, addresses: [EthereumAddress]? = nil, set summary: ValidatorSetSummary? = nil,
    genesis: H256? = nil
  ) -> StepFailure? {
    (proof ?? self.proof).verify(
      addresses: addresses ?? set.addresses, set: summary ?? set.summary, genesisHash: genesis ?? commitment.genesisHash
    ).failure
  }

  /// The proof with another list of signatures.
  private func proof(_ change: (inout [RecoverableSignature?]) throws -> Void) throws -> FinalityProof {
    var signatures = proof.signed.signatures.signatures
    try change(&signatures)
    return FinalityProof(SignedCommitment(commitment: commitment, signatures: try #require(SignatureList(signatures))))
  }

  @Test("carries exactly the quorum and passes three named steps")
  func valid() {
    let report = proof.verify(addresses: set.addresses, set: set.summary, genesisHash: commitment.genesisHash)
    #expect(report.isValid)
    #expect(report.entries.map(\.step) == [.trustAnchor, .validatorSet, .signatures])
    #expect(report.entries[2].outcome == .passed("5 of 7 signatures, 5 needed"))
    #expect(proof.signed.signatures.signers == [0, 1, 2, 3, 4])
  }

  @Test("more than the quorum is accepted when every signature is right")
  func surplus() throws {
    let more = try proof { $0[6] = try secretKey(7).sign(prehash: commitment.digest) }
    #expect(failure(more) == nil)
  }

  @Test("wrong genesis, wrong set id")
  func anchor() {
    #expect(
      failure(genesis: .zero)
        == StepFailure(step: .trustAnchor, reason: .wrongGenesis(found: commitment.genesisHash, expected: .zero)))
    var other = set.summary
    other.id = 6
    #expect(failure(set: other) == StepFailure(step: .trustAnchor, reason: .wrongSet(found: 5, expected: [6])))
  }

  @Test("an empty set, a zero root, a huge set")
  func implausible() {
    for set in [
      ValidatorSetSummary(id: 5, length: 0, root: set.summary.root), ValidatorSetSummary(id: 5, length: 7, root: .zero),
      ValidatorSetSummary(id: 5, length: 5000, root: set.summary.root),
    ] { #expect(failure(set: set) == StepFailure(step: .trustAnchor, reason: .implausibleSet(set))) }
  }

  @Test("addresses missing, exchanged, or of another set; a list made for another set")
  func addresses() throws {
    #expect(
      failure(addresses: set.addresses.dropLast())
        == StepFailure(step: .validatorSet, reason: .wrongSetSize(found: 6, expected: 7)))
    var exchanged = set.addresses
    exchanged.swapAt(0, 1)
    #expect(failure(addresses: exchanged)?.step == .validatorSet)
    let short = try proof { $0.removeLast() }
    #expect(failure(short) == StepFailure(step: .validatorSet, reason: .wrongSetSize(found: 6, expected: 7)))
  }

  @Test("a set in which one validator stands twice")
  func repeatedValidator() throws {
    var addresses = set.addresses
    addresses[3] = addresses[2]
    let summary = ValidatorSetSummary(id: 5, addresses: addresses)
    let twice = try proof { $0[3] = $0[2] }
    #expect(
      failure(twice, addresses: addresses, set: summary)
        == StepFailure(step: .validatorSet, reason: .repeatedValidator(index: 3)))
  }

  @Test("one signature too few")
  func tooFew() throws {
    let few = try proof { $0[1] = nil }
    #expect(failure(few) == StepFailure(step: .signatures, reason: .tooFewSignatures(found: 4, needed: 5)))
  }

  @Test("one signer in two places, an outsider, another commitment's signature")
  func wrongSigner() throws {
    let twice = try proof { $0[4] = $0[0] }
    #expect(failure(twice) == StepFailure(step: .signatures, reason: .wrongSigner(index: 4)))
    let outsider = try proof { $0[2] = try secretKey(99).sign(prehash: commitment.digest) }
    #expect(failure(outsider) == StepFailure(step: .signatures, reason: .wrongSigner(index: 2)))
    let other = try proof { $0[6] = try secretKey(7).sign(prehash: .zero) }
    #expect(failure(other) == StepFailure(step: .signatures, reason: .wrongSigner(index: 6)))
  }

  @Test("a high s, an Ethereum v, zeros")
  func malleable() throws {
    let high = try proof { $0[0] = $0[0].flatMap { highTwin($0) } }
    #expect(failure(high) == StepFailure(step: .signatures, reason: .highSignature(index: 0)))
    let ethereum = try proof { list in
      list[0] = list[0].flatMap { RecoverableSignature($0.bytes.dropLast() + [$0.bytes[64] + 27]) }
    }
    #expect(failure(ethereum) == StepFailure(step: .signatures, reason: .badSignature(index: 0)))
    let zeros = try proof { $0[0] = RecoverableSignature([UInt8](repeating: 0, count: 65)) }
    #expect(failure(zeros) == StepFailure(step: .signatures, reason: .badSignature(index: 0)))
  }

  /// The other signature over the same hash: n - s, with the parity turned.
  private func highTwin(_ signature: RecoverableSignature) -> RecoverableSignature? {
    let order = Fixture.hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
    var bytes = signature.bytes
    var borrow = 0
    for place in stride(from: 31, through: 0, by: -1) {
      let difference = Int(order[place]) - Int(bytes[32 + place]) - borrow
      borrow = difference < 0 ? 1 : 0
      bytes[32 + place] = UInt8(difference + 256 * borrow)
    }
    bytes[64] ^= 1
    return RecoverableSignature(bytes)
  }

  @Test("a change of any signed field")
  func changedCommitment() throws {
    for change in 0..<5 {
      var changed = commitment
      switch change {
      case 0: changed.headerHash = .zero
      case 1: changed.mmrRoot = .zero
      case 2: changed.timestamp += 1
      case 3: changed.blockNumber += 1
      default: changed.validatorSetID = 6
      }
      let forged = FinalityProof(SignedCommitment(commitment: changed, signatures: proof.signed.signatures))
      #expect(failure(forged) != nil, "change \(change)")
    }
  }

  @Test("no single bit of a proof can be changed")
  func everyBit() throws {
    let bytes = proof.encoded()
    let (addresses, summary) = (set.addresses, set.summary)
    for bit in 0..<8 * bytes.count {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let decoded = try? FinalityProof(decoding: changed) else { continue }
      let report = decoded.verify(addresses: addresses, set: summary, genesisHash: commitment.genesisHash)
      #expect(!report.isValid, "bit \(bit)")
    }
  }

  @Test("large sets are checked in parallel with the same result, and the first fault is named")
  func largeSet() throws {
    let keys = try (1...100).map { try secretKey($0) }
    let set = ValidatorSet(id: 5, validators: keys.map(\.publicKey))
    let good = try #require(FinalityProof.make(commitment, set: set, keys: keys))
    #expect(good.verify(set: set, genesisHash: commitment.genesisHash).isValid)
    var signatures = good.signed.signatures.signatures
    signatures[20] = signatures[21]
    signatures[60] = signatures[61]
    let list = try #require(SignatureList(signatures))
    let bad = FinalityProof(SignedCommitment(commitment: commitment, signatures: list))
    #expect(bad.verify(set: set, genesisHash: commitment.genesisHash).failure?.reason == .wrongSigner(index: 20))
  }

  @Test("votes: repeated, for another block, of a stranger, badly signed")
  func votes() throws {
    var tally = try #require(VoteTally(commitment: commitment, set: set))
    let vote = FinalityVote(signing: commitment, with: try secretKey(3))
    #expect(vote.isSigned)
    #expect(try FinalityVote(decoding: vote.encoded()) == vote)
    #expect(vote.encodedSize == 129 + 33 + 65)
    #expect(tally.add(vote) == .counted)
    #expect(tally.add(vote) == .repeated)
    var later = commitment
    later.blockNumber += 1
    #expect(tally.add(FinalityVote(signing: later, with: try secretKey(4))) == .otherCommitment)
    #expect(tally.add(FinalityVote(signing: commitment, with: try secretKey(50))) == .unknownSigner)
    let borrowed = FinalityVote(commitment: commitment, id: try secretKey(4).publicKey, signature: vote.signature)
    #expect(tally.add(borrowed) == .badSignature && !borrowed.isSigned)
    #expect(tally.count == 1 && tally.proof == nil)
    #expect(FinalityProof.make(commitment, set: set, keys: try (1...4).map { try secretKey($0) }) == nil)
  }

  @Test("a tally for another set, or for a set with a key twice, does not start")
  func badTally() throws {
    #expect(VoteTally(commitment: commitment, set: try validatorSet(7, id: 4)) == nil)
    var twice = set
    twice.validators[1] = twice.validators[0]
    #expect(VoteTally(commitment: commitment, set: twice) == nil)
  }

  @Test("leaves: own index and height required")
  func leaves() throws {
    let leaves = (0..<9 as Range<UInt32>).map {
      MmrLeaf(parentNumber: $0, parentHash: Hash.keccak256([UInt8($0)]), nextSet: set.summary, leafExtra: .zero)
    }
    let range = MountainRange(leaves: leaves.map(\.hash))
    var commitment = commitment
    commitment.blockNumber = 9
    commitment.mmrRoot = try #require(try range.root())
    let proof = try range.proof(of: [4])
    #expect(commitment.leafFailure(leaves[4], proof: proof) == nil)
    #expect(commitment.leafFailure(leaves[5], proof: proof) == .wrongLeafIndex(found: [4], expected: 5))
    commitment.blockNumber = 8
    #expect(commitment.leafFailure(leaves[4], proof: proof) == .wrongLeafCount(found: 9, expected: 8))
    commitment.blockNumber = 9
    var changed = leaves[4]
    changed.leafExtra = .init(words: Words32(1, 0, 0, 0))
    guard case .merkle(.rootMismatch) = commitment.leafFailure(changed, proof: proof) else {
      Issue.record("a changed leaf was accepted")
      return
    }
  }

  @Test("reports stop at the first failure, and one without steps verifies nothing")
  func reports() {
    var report = VerificationReport()
    #expect(!report.isValid && report.failure == nil)
    report.pass(.trustAnchor, "fact")
    report.fail(.header, .other("no header"))
    report.pass(.message, "fact")
    report.fail(.message, .other("no message"))
    #expect(report.entries.count == 2 && !report.isValid)
    #expect(report.failure?.description == "header: no header")
    #expect(VerificationStep.allCases.map(\.rawValue).first == "trustAnchor")
  }
}

@Suite("Real BEEFY commitments") struct SampledProofTests {
  @Test("Polkadot mainnet: signatures, membership and leaf", arguments: MainnetVectors.all.cases.indices)
  func mainnet(_ place: Int) throws {
    let vector = MainnetVectors.all.cases[place]
    let sample = try vector.sample()
    #expect(sample.commitment.encoded() == vector.commitmentScale.bytes)
    #expect(sample.commitment.digest == vector.commitmentHash.hash)
    #expect(sample.commitment.payload.mmrRoot == vector.mmrRoot.hash)
    #expect(try MmrLeaf(decoding: vector.leafScale.bytes).hash == vector.leafHash.hash)
    let report = sample.verify(set: vector.signingSet.summary, required: 28)
    #expect(report.isValid, "\(report)")
    #expect(report.entries.map(\.step) == [.trustAnchor, .validatorSet, .signatures, .mmrLeaf])
  }

  @Test("a mainnet commitment is none of Echochain's")
  func notOurs() throws {
    let general = try BeefyCommitment(decoding: MainnetVectors.all.cases[0].commitmentScale.bytes)
    #expect(throws: CommitmentError.missingEntry(.headerHash)) { try Commitment(general) }
  }

  @Test("Snowbridge's 37 Fiat-Shamir signatures recover to their accounts")
  func fiatShamir() throws {
    struct Vectors: Decodable {
      var hash: HashText
      var cases: [ValidatorProofText]
      enum CodingKeys: String, CodingKey { case hash = "commitment_hash", cases }
    }
    let vectors: Vectors = Fixture.json("beefy/fiat_shamir_validator_proofs.json")
    for vector in vectors.cases {
      let sampled = try vector.sampled()
      #expect(sampled.signature.recoverAddress(prehash: vectors.hash.hash) == sampled.account)
    }
  }

  @Test("Snowbridge's test set of 600: 402 claimed, 28 shown")
  func testSet() throws {
    struct Vectors: Decodable {
      struct Members: Decodable {
        var size: UInt32
        var root: HashText
        var claimed: [Int]
        enum CodingKeys: String, CodingKey { case size, root = "keyset_root", claimed = "claimed_participants" }
      }
      var commitment: HexBytes
      var leaf: HexBytes
      var leafProof: [HashText]
      var leafProofOrder: UInt64
      var members: Members
      var validatorProofs: [ValidatorProofText]
      enum CodingKeys: String, CodingKey {
        case commitment = "commitment_scale"
        case leaf = "leaf_scale"
        case leafProof, leafProofOrder, validatorProofs
        case members = "validator_set"
      }
    }
    let vectors: Vectors = Fixture.json("beefy/snowbridge_testset.json")
    let sample = SampledProof(
      commitment: try BeefyCommitment(decoding: vectors.commitment.bytes),
      claimed: ClaimedSigners(vectors.members.claimed, validators: Int(vectors.members.size)),
      signatures: try vectors.validatorProofs.map { try $0.sampled() }, leaf: vectors.leaf.bytes,
      leafProof: LinearProof(items: vectors.leafProof.map(\.hash), order: vectors.leafProofOrder))
    let set = ValidatorSetSummary(
      id: sample.commitment.validatorSetID, length: vectors.members.size, root: vectors.members.root.hash)
    let report = sample.verify(set: set, required: 28)
    #expect(report.isValid, "\(report)")
  }

  @Test("each fault is refused at its step")
  func faults() throws {
    let vector = MainnetVectors.all.cases[0]
    let set = vector.signingSet.summary
    let good = try vector.sample()
    func failure(_ change: (inout SampledProof) -> Void, set other: ValidatorSetSummary? = nil, required: Int = 28)
      -> StepFailure?
    {
      var sample = good
      change(&sample)
      return sample.verify(set: other ?? set, required: required).failure
    }
    #expect(
      failure({ _ in }, required: 29)
        == StepFailure(step: .signatures, reason: .tooFewSignatures(found: 28, needed: 29)))
    #expect(failure({ $0.signatures = [] }, required: 0)?.step == .signatures)
    #expect(
      failure({ $0.commitment.validatorSetID += 1 })
        == StepFailure(step: .trustAnchor, reason: .wrongSet(found: 5012, expected: [5011])))
    #expect(failure({ $0.commitment.blockNumber += 1 })?.step == .signatures)
    #expect(
      failure({ $0.signatures[1] = $0.signatures[0] })
        == StepFailure(step: .validatorSet, reason: .unclaimedSigner(index: 27)))
    #expect(failure({ $0.claimed.words[0] = .zero })?.step == .validatorSet)
    #expect(failure({ $0.claimed.words.append(.zero) }) == StepFailure(step: .validatorSet, reason: .malformedBitField))
    #expect(
      failure({ $0.claimed.words[2].words.w0 |= 1 }) == StepFailure(step: .validatorSet, reason: .malformedBitField))
    #expect(failure({ $0.signatures[0].siblings.removeLast() })?.step == .validatorSet)
    #expect(failure({ $0.signatures[0].signature = $0.signatures[1].signature })?.step == .signatures)
    #expect(failure({ $0.leaf[112] ^= 1 })?.step == .mmrLeaf)
    #expect(failure({ $0.leaf.append(0) })?.step == .mmrLeaf)
    #expect(failure({ $0.leafProof.order |= 1 << 40 })?.step == .mmrLeaf)
  }
}

import Finality
import Hashing
import Keys
import LightClient
import MerkleMountainRange
import Primitives
import ScaleCodec
import Testing

@Suite("Light client updates") struct UpdateTests {
  let chain: ForeignChain

  init() throws { chain = try ForeignChain(blocks: 22) }

  /// The refusal of one update to a fresh client of block 1; checks that the refusal left no trace.
  private func refusal(
    _ update: ClientUpdate, at trusted: BlockNumber = 1, host: HostMoment? = nil
  ) throws -> ClientRefusal? {
    var bench = try Bench(chain, at: trusted)
    let before = bench
    let outcome = bench.update(update, host: host ?? chain.host(after: update.certificate.commitment.blockNumber))
    guard case .refused(let refusal) = outcome else { return nil }
    #expect(bench == before, "a refused update left a trace")
    return refusal
  }

  private func forged(_ number: BlockNumber, _ change: (inout Commitment) -> Void) throws -> ClientUpdate {
    var commitment = chain.commitment(number)
    change(&commitment)
    return ClientUpdate(certificate: try ForeignChain.certify(commitment))
  }

  @Test("the stored client has the layout of consensus (c)")
  func layout() throws {
    let bench = try Bench(chain)
    let client = bench.client
    let bytes = client.encoded()
    #expect(bytes.count == 221)
    let sets = client.current.encoded() + client.next.encoded()
    let newest = UInt32(1).encoded() + client.headerHash.bytes + client.mmrRoot.bytes + client.timestamp.encoded()
    let times = [client.trustingPeriod, client.maximumDrift, client.updateDelay].flatMap { $0.encoded() }
    #expect(bytes == chain.genesis.bytes + sets + newest + times + [0])
    #expect(try ClientState(decoding: bytes) == client)
    #expect(try #require(bench.store.consensusState(at: 1)).encoded().count == 124)
  }

  @Test("an update's bytes: proof, addresses, optional leaf and proof")
  func updateBytes() throws {
    let update = try chain.update(6, handover: true)
    let handover = try #require(update.handover)
    let certificate = update.certificate
    let expected =
      certificate.proof.encoded() + certificate.addresses.encoded() + [1] + handover.leaf.encoded()
      + handover.proof.encoded()
    #expect(update.encoded() == expected)
    #expect(try ClientUpdate(decoding: expected) == update)
  }

  @Test("follows four handovers, with gaps inside sessions")
  func follows() throws {
    var bench = try Bench(chain)
    for (number, handover) in [(3, false), (6, true), (10, false), (13, true), (16, true), (21, true)]
      as [(BlockNumber, Bool)]
    {
      let outcome = bench.update(try chain.update(number, handover: handover), host: chain.host(after: number))
      #expect(outcome == .advanced(number: number, handover: handover))
      #expect(bench.client.number == number && bench.client.headerHash == chain.commitment(number).headerHash)
      #expect(bench.client.mmrRoot == chain.commitment(number).mmrRoot && bench.client.timestamp == chain.time(number))
    }
    #expect(bench.client.current.id == 4 && bench.client.next.id == 5)
    #expect(bench.store.retention() == Retention(heights: [1, 3, 6, 10, 13, 16, 21], oldestSet: 0))
  }

  @Test("the handover leaf may be any of the session's")
  func laterLeaf() throws {
    var bench = try Bench(chain)
    var update = try chain.update(9)
    update.handover = try chain.handover(leafOf: 7, at: 9)
    #expect(bench.update(update, host: chain.host(after: 9)) == .advanced(number: 9, handover: true))
  }

  @Test("the same commitment again changes nothing and is no fault")
  func repeated() throws {
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(3), host: chain.host(after: 3))
    let before = bench
    #expect(bench.update(try chain.update(3), host: chain.host(after: 4)) == .known(number: 3))
    #expect(bench.update(try chain.update(1), host: chain.host(after: 4)) == .known(number: 1))
    #expect(bench == before)
  }

  @Test("an older height of a known set fills its gap, also one of a retired set")
  func gaps() throws {
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(8, handover: true), host: chain.host(after: 8))
    #expect(bench.update(try chain.update(7), host: chain.host(after: 8)) == .filled(number: 7))
    #expect(bench.update(try chain.update(4), host: chain.host(after: 8)) == .filled(number: 4))
    #expect(bench.store.retention().heights == [1, 4, 7, 8])
    #expect(bench.client.number == 8)
  }

  @Test("refused: another chain")
  func wrongGenesis() throws {
    let other = try ForeignChain(blocks: 3, name: 2)
    let refusal = try refusal(other.update(2))
    #expect(
      refusal
        == .verification(
          StepFailure(step: .trustAnchor, reason: .wrongGenesis(found: other.genesis, expected: chain.genesis))))
    #expect(refusal?.step == .trustAnchor)
  }

  @Test("refused: a set after the next, and one from before the client")
  func unknownSet() throws {
    let ahead = try refusal(try chain.update(12, handover: true))
    #expect(ahead == .verification(StepFailure(step: .trustAnchor, reason: .wrongSet(found: 2, expected: [0, 1]))))
    let before = try refusal(try chain.update(4), at: 7, host: chain.host(after: 7))
    #expect(before == .verification(StepFailure(step: .trustAnchor, reason: .wrongSet(found: 0, expected: [1, 2]))))
  }

  @Test("refused: the current set's id on the next set's signatures")
  func claimedSet() throws {
    var update = try chain.update(6)
    var commitment = chain.commitment(6)
    commitment.validatorSetID = 0
    update.certificate.proof = FinalityProof(
      SignedCommitment(commitment: commitment, signatures: update.certificate.proof.signed.signatures))
    #expect(try refusal(update)?.step == .validatorSet)
    update.certificate.addresses = try ForeignChain.set(0).addresses
    #expect(try refusal(update)?.step == .signatures)
  }

  @Test("refused: too few signatures, one signer twice")
  func signatures() throws {
    var update = try chain.update(3)
    var list = update.certificate.proof.signed.signatures.signatures
    list[1] = list[0]
    update.certificate.proof.signed.signatures = try #require(SignatureList(list))
    #expect(try refusal(update) == .verification(StepFailure(step: .signatures, reason: .wrongSigner(index: 1))))
    list[1] = nil
    update.certificate.proof.signed.signatures = try #require(SignatureList(list))
    #expect(
      try refusal(update)
        == .verification(StepFailure(step: .signatures, reason: .tooFewSignatures(found: 2, needed: 3))))
  }

  @Test("refused: time ahead of the host's clock")
  func ahead() throws {
    let host = HostMoment(now: chain.time(3) - ClientState.defaultDrift, block: 1)
    #expect(
      try refusal(try chain.update(3), host: host) == .aheadOfClock(timestamp: chain.time(3), latest: chain.time(3)))
    var bench = try Bench(chain)
    let later = HostMoment(now: host.now + 1, block: 1)
    #expect(bench.update(try chain.update(3), host: later) == .advanced(number: 3, handover: false))
  }

  @Test("refused: a commitment that is itself older than the trusting period")
  func old() throws {
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(5), host: chain.host(after: 5))
    let host = HostMoment(now: chain.time(2) + 3_600_000, block: 1)
    let outcome = bench.update(try chain.update(2), host: host)
    #expect(outcome == .refused(.outsideTrustingPeriod(timestamp: chain.time(2), earliest: chain.time(2))))
  }

  @Test("refused: handover without a leaf, leaf without a handover")
  func handoverPresence() throws {
    #expect(try refusal(try chain.update(6)) == .handoverMissing(set: 1))
    #expect(try refusal(try chain.update(3, handover: true)) == .handoverUnexpected)
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(8, handover: true), host: chain.host(after: 8))
    #expect(
      bench.update(try chain.update(7, handover: true), host: chain.host(after: 8)) == .refused(.handoverUnexpected))
  }

  @Test("refused: a leaf that shows the wrong set, is of another height, changed, or proven elsewhere")
  func handoverLeaf() throws {
    var update = try chain.update(6, handover: true)
    update.handover = try chain.handover(leafOf: 5, at: 6)
    #expect(try refusal(update) == .handoverToWrongSet(found: 1, after: 1))
    update.handover = try chain.handover(leafOf: 6, at: 7)
    #expect(
      try refusal(update) == .verification(StepFailure(step: .mmrLeaf, reason: .wrongLeafCount(found: 7, expected: 6))))
    update.handover = try chain.handover(leafOf: 6, at: 6)
    update.handover?.leaf.nextSet.root = try ForeignChain.summary(9).root
    #expect(try refusal(update)?.step == .mmrLeaf)
    update.handover?.leaf.nextSet.root = .zero
    #expect(try refusal(update)?.step == .validatorSet)
    update.handover = try chain.handover(leafOf: 6, at: 6)
    update.handover?.proof.leafIndices = [4]
    #expect(
      try refusal(update)
        == .verification(StepFailure(step: .mmrLeaf, reason: .wrongLeafIndex(found: [4], expected: 5))))
  }

  @Test("refused: the old set signs a block of the new session")
  func oldSetAhead() throws {
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(6, handover: true), host: chain.host(after: 6))
    _ = bench.update(try chain.update(9), host: chain.host(after: 9))
    let late = try forged(8) { $0.validatorSetID = 0 }
    #expect(bench.update(late, host: chain.host(after: 9)) == .refused(.setOutOfOrder(set: 0, number: 8)))
    #expect(bench.client.status == .active)
  }

  @Test("refused: a retired set signs a block newer than all known ones")
  func retiredSetAhead() throws {
    var bench = try Bench(chain)
    _ = bench.update(try chain.update(6, handover: true), host: chain.host(after: 6))
    let before = bench.client
    let forged = try forged(7) { $0.validatorSetID = 0 }
    guard case .refused(let refusal) = bench.update(forged, host: chain.host(after: 9)) else {
      Issue.record("a retired set advanced the client")
      return
    }
    #expect(refusal.step == .trustAnchor)
    #expect(bench.client == before)
  }

  @Test("expires when no update comes, and does not revive")
  func expiry() throws {
    var bench = try Bench(chain)
    let client = bench.client
    #expect(client.expiry == chain.time(1) + 3_600_000)
    #expect(client.status(at: client.expiry - 1) == .active && client.status(at: client.expiry) == .expired)
    let host = HostMoment(now: client.expiry, block: 1)
    #expect(bench.update(try chain.update(3), host: host) == .refused(.notActive(.expired)))
    #expect(bench.client.consensusState(at: 1, host: host, store: bench.store) == .failure(.notActive(.expired)))
  }

  @Test("an inert client takes nothing until it is activated")
  func inert() throws {
    var bench = try Bench(chain.setup(active: false), host: chain.host(after: 1))
    #expect(bench.update(try chain.update(3), host: chain.host(after: 3)) == .refused(.notActive(.inert)))
    #expect(bench.client.activate() == true)
    #expect(bench.client.activate() == false)
    #expect(bench.update(try chain.update(3), host: chain.host(after: 3)) == .advanced(number: 3, handover: false))
  }

  @Test("keeps 256 heights; lower ones cannot come back, but are provable from the newest")
  func pruning() throws {
    let chain = try ForeignChain(blocks: 300, sessionLength: 1000)
    var bench = try Bench(chain)
    for number in (2...300 as ClosedRange<BlockNumber>) where number != 40 && number != 200 {
      #expect(
        bench.update(try chain.update(number), host: chain.host(after: 300))
          == .advanced(number: number, handover: false))
    }
    let heights = bench.store.retention().heights
    #expect(heights.count == 256 && heights.first == 44 && heights.last == 300)
    #expect(bench.store.rowCount == 256 + 1 + 64)
    let host = chain.host(after: 300)
    #expect(bench.update(try chain.update(40), host: host) == .refused(.heightPruned(number: 40, oldest: 44)))
    #expect(bench.client.consensusState(at: 43, host: host, store: bench.store) == .failure(.unknownHeight(43)))
    #expect(bench.update(try chain.update(200), host: host) == .filled(number: 200))
    #expect(bench.store.retention().heights.first == 45)
    let link = try chain.handover(leafOf: 44, at: 300)
    let found = bench.client.verifyAncestor(chain.header(43), by: link, at: 300, host: host, store: bench.store)
    #expect(found == .success(chain.headers[43]))
  }

  @Test("sets are forgotten one trusting period after they retired")
  func oldSets() throws {
    var setup = try chain.setup(trustingPeriod: 8_000)
    setup.maximumDrift = 1_000
    var bench = try Bench(setup, host: chain.host(after: 1))
    for number in [6, 11, 16, 21] as [BlockNumber] {
      let outcome = bench.update(try chain.update(number, handover: true), host: chain.host(after: number))
      #expect(outcome == .advanced(number: number, handover: true))
    }
    #expect(bench.store.retention().oldestSet == 2)
    #expect(bench.store.knownSet(1) == nil && bench.store.acceptedCommitment(set: 1, slot: 0) == nil)
    #expect(bench.store.knownSet(2)?.retiredAt == chain.time(16) + 250)
  }
}

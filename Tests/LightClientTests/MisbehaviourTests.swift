import Finality
import Hashing
import LightClient
import Primitives
import ScaleCodec
import Testing

@Suite("Light client misbehaviour") struct MisbehaviourTests {
  let chain: ForeignChain
  /// A client that knows 1, 3 and 8, and the sets 0 and 1.
  var bench: Bench

  init() throws {
    chain = try ForeignChain(blocks: 12)
    bench = try Bench(chain)
    _ = bench.update(try chain.update(3), host: chain.host(after: 3))
    _ = bench.update(try chain.update(8, handover: true), host: chain.host(after: 8))
  }

  private var host: HostMoment { chain.host(after: 8) }

  private func forged(_ number: BlockNumber, _ change: (inout Commitment) -> Void = { $0.headerHash = .zero }) throws
    -> Certificate
  {
    var commitment = chain.commitment(number)
    change(&commitment)
    return try ForeignChain.certify(commitment)
  }

  @Test(
    "an update that contradicts an accepted height freezes before anything is overwritten",
    arguments: [3, 8] as [BlockNumber])
  mutating func conflictingUpdate(_ number: BlockNumber) throws {
    let rows = bench.store
    let outcome = bench.update(ClientUpdate(certificate: try forged(number)), host: host)
    #expect(outcome == .frozen(.conflictingCommitments(number: number)))
    #expect(bench.client.status == .frozen && bench.store == rows)
    #expect(bench.client.headerHash == chain.commitment(8).headerHash)
  }

  @Test("an unsigned contradiction is refused and freezes nothing")
  mutating func unsignedContradiction() throws {
    var certificate = try forged(3)
    certificate.proof.signed.signatures = try ForeignChain.certify(chain.commitment(3)).proof.signed.signatures
    guard case .refused(let refusal) = bench.update(ClientUpdate(certificate: certificate), host: host) else {
      Issue.record("accepted")
      return
    }
    #expect(refusal.step == .signatures && bench.client.status == .active)
  }

  @Test("a higher block that is not later freezes")
  mutating func timeAbove() throws {
    let certificate = try forged(9) { $0.timestamp = self.chain.time(8) }
    #expect(
      bench.update(ClientUpdate(certificate: certificate), host: host) == .frozen(.timeNotRising(lower: 8, higher: 9)))
  }

  @Test("an older height whose time does not fit its neighbours freezes")
  func timeBetween() throws {
    var below = bench
    let early = try forged(5) { $0.timestamp = self.chain.time(3) }
    #expect(below.update(ClientUpdate(certificate: early), host: host) == .frozen(.timeNotRising(lower: 3, higher: 5)))
    var above = bench
    let late = try forged(5) { $0.timestamp = self.chain.time(8) }
    #expect(above.update(ClientUpdate(certificate: late), host: host) == .frozen(.timeNotRising(lower: 5, higher: 8)))
  }

  @Test("a frozen client refuses updates, proofs, headers and more evidence")
  mutating func frozen() throws {
    _ = bench.update(ClientUpdate(certificate: try forged(3)), host: host)
    #expect(bench.update(try chain.update(9), host: chain.host(after: 9)) == .refused(.notActive(.frozen)))
    #expect(bench.client.consensusState(at: 8, host: host, store: bench.store) == .failure(.notActive(.frozen)))
    #expect(
      bench.client.verifyHeader(chain.header(8), at: 8, host: host, store: bench.store) == .failure(.notActive(.frozen))
    )
    let evidence = Misbehaviour.certificates(try forged(3), try ForeignChain.certify(chain.commitment(3)))
    #expect(bench.report(evidence, host: host) == .refused(.notActive(.frozen)))
    #expect(bench.client.activate() == false)
  }

  @Test(
    "two certificates for one height, of the current, next or a retired set", arguments: [4, 9, 12] as [BlockNumber])
  mutating func evidence(_ number: BlockNumber) throws {
    let evidence = Misbehaviour.certificates(try ForeignChain.certify(chain.commitment(number)), try forged(number))
    #expect(bench.report(evidence, host: host) == .frozen(.conflictingCommitments(number: number)))
    #expect(bench.client.status == .frozen)
  }

  @Test("two certificates whose times do not rise, in either order, of different sets")
  func evidenceOfTime() throws {
    let low = try ForeignChain.certify(chain.commitment(5))
    let high = try forged(7) { $0.timestamp = self.chain.time(5) }
    for evidence in [Misbehaviour.certificates(low, high), .certificates(high, low)] {
      var bench = bench
      #expect(bench.report(evidence, host: host) == .frozen(.timeNotRising(lower: 5, higher: 7)))
    }
  }

  @Test("a certificate whose header is not the one in a later range")
  mutating func evidenceOfHeader() throws {
    let leaf = try chain.handover(leafOf: 5, at: 8)
    let evidence = Misbehaviour.header(try forged(4), contradictedBy: leaf, acceptedNumber: 8)
    #expect(try Misbehaviour(decoding: evidence.encoded()) == evidence)
    #expect(bench.report(evidence, host: host) == .frozen(.contradictedHeader(number: 4)))
  }

  @Test("evidence that shows no fault, or is not what it says")
  mutating func noFault() throws {
    let four = try ForeignChain.certify(chain.commitment(4))
    let five = try ForeignChain.certify(chain.commitment(5))
    let before = bench
    #expect(bench.report(.certificates(four, four), host: host) == .refused(.noMisbehaviour))
    #expect(bench.report(.certificates(four, five), host: host) == .refused(.noMisbehaviour))
    let leaf = try chain.handover(leafOf: 5, at: 8)
    #expect(
      bench.report(.header(four, contradictedBy: leaf, acceptedNumber: 8), host: host) == .refused(.noMisbehaviour))
    #expect(
      bench.report(.header(five, contradictedBy: leaf, acceptedNumber: 8), host: host) == .refused(.noMisbehaviour))
    #expect(
      bench.report(.header(four, contradictedBy: leaf, acceptedNumber: 7), host: host) == .refused(.unknownHeight(7)))
    var changed = leaf
    changed.leaf.parentHash = .zero
    guard
      case .refused(.verification(let merkle)) = bench.report(
        .header(four, contradictedBy: changed, acceptedNumber: 8), host: host)
    else {
      Issue.record("accepted a changed leaf")
      return
    }
    #expect(merkle.step == .mmrLeaf)
    var unsigned = try forged(4)
    unsigned.proof.signed.signatures = four.proof.signed.signatures
    guard case .refused(.verification(let signatures)) = bench.report(.certificates(four, unsigned), host: host) else {
      Issue.record("accepted a forged certificate")
      return
    }
    #expect(signatures.step == .signatures && bench == before)
  }

  @Test("evidence of a set that retired longer ago than the trusting period, or of another chain")
  mutating func oldEvidence() throws {
    let evidence = Misbehaviour.certificates(try ForeignChain.certify(chain.commitment(4)), try forged(4))
    let late = HostMoment(now: host.now + 3_600_000, block: 1)
    let unknown = StepFailure(step: .trustAnchor, reason: .wrongSet(found: 0, expected: [1, 2]))
    #expect(bench.report(evidence, host: late) == .refused(.verification(unknown)))
    let other = try ForeignChain(blocks: 4, name: 7)
    var twin = other.commitment(4)
    twin.headerHash = .zero
    let foreign = Misbehaviour.certificates(
      try ForeignChain.certify(other.commitment(4)), try ForeignChain.certify(twin))
    guard case .refused(let refusal) = bench.report(foreign, host: host) else {
      Issue.record("another chain's fault froze the client")
      return
    }
    #expect(refusal.step == .trustAnchor)
  }

  @Test("evidence freezes an expired client, not an inert one")
  func statusOfEvidence() throws {
    let fault = Misbehaviour.certificates(try forged(9), try ForeignChain.certify(chain.commitment(9)))
    var expired = bench
    let late = HostMoment(now: expired.client.expiry + 1, block: 1)
    #expect(expired.report(fault, host: late) == .frozen(.conflictingCommitments(number: 9)))
    var inert = try Bench(chain.setup(at: 8, active: false), host: host)
    #expect(inert.report(fault, host: host) == .refused(.notActive(.inert)))
  }

  @Test("a contradiction of a pruned height is remembered by the set's ring")
  func prunedConflict() throws {
    let chain = try ForeignChain(blocks: 270, sessionLength: 5)
    var bench = try Bench(chain)
    for number in 2...270 as ClosedRange<BlockNumber> {
      let update = try chain.update(number, handover: number % 5 == 1)
      _ = bench.update(update, host: chain.host(after: number))
    }
    #expect(bench.store.consensusState(at: 4) == nil)
    #expect(bench.update(try chain.update(4), host: chain.host(after: 270)) == .known(number: 4))
    var twin = chain.commitment(4)
    twin.headerHash = .zero
    let update = ClientUpdate(certificate: try ForeignChain.certify(twin))
    #expect(bench.update(update, host: chain.host(after: 270)) == .frozen(.conflictingCommitments(number: 4)))
  }
}

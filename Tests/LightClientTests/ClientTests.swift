import Finality
import Hashing
import LightClient
import Primitives
import Testing

@Suite("Creating light clients") struct CreationTests {
  let chain: ForeignChain
  init() throws { chain = try ForeignChain(blocks: 8) }

  private func fault(at now: Milliseconds? = nil, _ change: (inout ClientSetup) throws -> Void) throws -> SetupFault? {
    var setup = try chain.setup(at: 3)
    try change(&setup)
    var store = MemoryClientStore()
    let host = HostMoment(now: now ?? chain.host(after: 3).now, block: 1)
    guard case .failure(.setup(let fault)) = setup.create(host: host, store: &store) else { return nil }
    #expect(store.rowCount == 0)
    return fault
  }

  @Test("from a trusted commitment and both sets")
  func created() throws {
    let bench = try Bench(chain, at: 3)
    #expect(bench.client.number == 3 && bench.client.status == .active && bench.client.maximumDrift == 15_000)
    #expect(bench.client.current.id == 0 && bench.client.next.id == 1)
    #expect(bench.store.rowCount == 3)
    #expect(try fault { _ in } == nil)
  }

  @Test("refuses values that no honest source gives")
  func refused() throws {
    #expect(try fault { $0.genesisHash = .zero } == .genesis)
    #expect(try fault { $0.genesisHash = Hash.keccak256([]) } == .genesis)
    #expect(try fault { $0.trusted.mmrRoot = .zero } == .emptyCommitment)
    #expect(try fault { $0.trusted.headerHash = .zero } == .emptyCommitment)
    #expect(try fault { $0.trusted.blockNumber = 0 } == .emptyCommitment)
    #expect(try fault { $0.trusted.validatorSetID = 1 } == .notSignedByCurrentSet(found: 1, current: 0))
    #expect(try fault { $0.next.id = 2 } == .nextSetNotSuccessor(current: 0, next: 2))
    #expect(try fault { $0.next.id = 0 } == .nextSetNotSuccessor(current: 0, next: 0))
    var empty = try ForeignChain.summary(1)
    empty.root = .zero
    #expect(try fault { $0.next = empty } == .implausibleSet(empty))
    #expect(try fault { $0.trustingPeriod = 0 } == .trustingPeriod(0))
    let long = ClientState.maximumTrustingPeriod + 1
    #expect(try fault { $0.trustingPeriod = long } == .trustingPeriod(long))
    #expect(try fault { $0.maximumDrift = $0.trustingPeriod } == .drift)
    #expect(try fault { $0.updateDelay = .max } == .drift)
    #expect(try fault(at: chain.time(3) + 3_600_000) { _ in } == .tooOld)
    #expect(try fault(at: chain.time(3) - 15_000) { _ in } == .aheadOfClock)
  }

  @Test("a substitute is of the same chain, active and not behind")
  func substitute() throws {
    let stuck = try Bench(chain, at: 3).client
    let now = chain.host(after: 5).now
    #expect(try Bench(chain, at: 5).client.maySubstitute(stuck, at: now))
    #expect(try !Bench(chain, at: 2).client.maySubstitute(stuck, at: now))
    #expect(
      try !Bench(chain.setup(at: 5, active: false), host: chain.host(after: 5)).client.maySubstitute(stuck, at: now))
    let other = try ForeignChain(blocks: 8, name: 9)
    #expect(try !Bench(other, at: 5).client.maySubstitute(stuck, at: now))
  }

  @Test("refusals read as sentences that name their numbers")
  func descriptions() {
    #expect(ClientRefusal.unknownHeight(7).description == "light client: block 7 is not known")
    #expect(ClientRefusal.notActive(.frozen).description == "light client: is frozen")
    #expect(
      ClientRefusal.setup(.nextSetNotSuccessor(current: 1, next: 3)).description
        == "light client: next set 3 does not follow current set 1")
    #expect(ClientRefusal.noMisbehaviour.step == .message && ClientRefusal.handoverUnexpected.step == .mmrLeaf)
  }
}

@Suite("Using light clients") struct ProofTests {
  let chain: ForeignChain
  let bench: Bench
  let host: HostMoment

  init() throws {
    chain = try ForeignChain(blocks: 12)
    var bench = try Bench(chain.setup(updateDelay: 500), host: chain.host(after: 1))
    let accepted = chain.host(after: 5)
    _ = bench.update(try chain.update(5), host: accepted)
    self.bench = bench
    host = HostMoment(now: accepted.now + 500, block: accepted.block + 1)
  }

  @Test("the header of an accepted height, and nothing else for it")
  func header() {
    let client = bench.client
    #expect(client.verifyHeader(chain.header(5), at: 5, host: host, store: bench.store) == .success(chain.headers[5]))
    #expect(client.verifyHeader(chain.header(4), at: 4, host: host, store: bench.store) == .failure(.unknownHeight(4)))
    let other = client.verifyHeader(chain.header(4), at: 5, host: host, store: bench.store)
    let expected = StepFailure(
      step: .header, reason: .headerHash(computed: chain.headers[4].hash, expected: chain.headers[5].hash))
    #expect(other == .failure(.verification(expected)))
    guard case .failure(let refusal) = client.verifyHeader(chain.header(5) + [0], at: 5, host: host, store: bench.store)
    else {
      Issue.record("accepted trailing bytes")
      return
    }
    #expect(refusal.step == .header)
  }

  @Test("the update delay holds proofs back")
  func delay() {
    let early = HostMoment(now: host.now - 1, block: host.block)
    #expect(
      bench.client.consensusState(at: 5, host: early, store: bench.store) == .failure(.tooEarly(usableFrom: host.now)))
    let state = try? bench.client.consensusState(at: 5, host: host, store: bench.store).get()
    #expect(state?.mmrRoot == chain.commitment(5).mmrRoot && state?.setID == 0)
    #expect(state?.acceptedAtBlock == 50 && state?.digest == chain.commitment(5).digest)
  }

  @Test("leaves and ancestors under an accepted root")
  func ancestors() throws {
    let link = try chain.handover(leafOf: 4, at: 5)
    let client = bench.client
    #expect(
      client.verifyLeaf(link.leaf, proof: link.proof, at: 5, host: host, store: bench.store)
        == .success(chain.leaves[3]))
    #expect(
      client.verifyAncestor(chain.header(3), by: link, at: 5, host: host, store: bench.store)
        == .success(chain.headers[3]))
    guard
      case .failure(let header) = client.verifyAncestor(
        chain.header(2), by: link, at: 5, host: host, store: bench.store),
      case .failure(let leaf) = client.verifyLeaf(
        chain.leaves[2], proof: link.proof, at: 5, host: host, store: bench.store)
    else {
      Issue.record("accepted another header or leaf")
      return
    }
    #expect(header.step == .header && leaf.step == .mmrLeaf)
  }
}

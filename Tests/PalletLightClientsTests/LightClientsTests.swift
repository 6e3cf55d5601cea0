import Finality
import Hashing
import LightClient
import PalletLightClients
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("Light clients") struct LightClientsTests {
  private static let foreign = Result { try ForeignChain(blocks: 14) }
  private let chain: ForeignChain
  private let context = ExecutionContext.onEmptyState()

  /// A host with client 7 of block 1, half a second after that block.
  init() throws {
    chain = try Self.foreign.get()
    #expect(call(.create(clientId: 7, setup: try chain.setup()), .root) == nil)
    context.clearEvents()
  }

  private func call(_ call: LightClients.Call, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestClients.self, origin: origin, in: context)
  }

  private func update(_ number: BlockNumber, handover: Bool = false) throws -> DispatchError? {
    call(.update(clientId: 7, update: try chain.update(number, handover: handover)))
  }

  private var events: [LightClients.Event] { context.events(of: TestClients.self) }

  private func expectRefusal(
    _ failure: LightClients.Failure, _ call: LightClients.Call, _ origin: Origin = .test(1),
    _ sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = context.trace
    #expect(self.call(call, origin) == TestClients.failure(failure), sourceLocation: sourceLocation)
    #expect(context.trace == before, "left a trace", sourceLocation: sourceLocation)
  }

  // MARK: Creating

  @Test func rootCreatesClientsUnderFreeNumbers() throws {
    let setup = try chain.setup(at: 1)
    expectRefusal(.clientExists, .create(clientId: 7, setup: setup), .root)
    let before = context.trace
    #expect(call(.create(clientId: 8, setup: setup)) == .badOrigin)
    #expect(context.trace == before)
    #expect(call(.create(clientId: 8, setup: setup), .root) == nil)
    #expect(events == [.created(clientId: 8, genesisHash: chain.headers[0].hash, number: 1)])
    #expect(try TestClients.list(in: context, limit: 10).map(\.key).sorted() == [7, 8])
    #expect(context.get(LightClients.clientKey(8))?.count == 221)
  }

  @Test func aSetupMustFitTogether() throws {
    var swapped = try chain.setup()
    swapped.next = swapped.current
    expectRefusal(.invalidSetup, .create(clientId: 8, setup: swapped), .root)
    var endless = try chain.setup()
    endless.trustingPeriod = Compact(ClientState.maximumTrustingPeriod + 1)
    expectRefusal(.invalidSetup, .create(clientId: 8, setup: endless), .root)
    HostClock.moment.set(Pair(9, ForeignChain.time(1) + 3_600_000), in: context)
    expectRefusal(.invalidSetup, .create(clientId: 8, setup: try chain.setup()), .root)
  }

  // MARK: Updating

  @Test func followsTheChainThroughAHandover() throws {
    HostClock.advance(to: 6, in: context)
    #expect(try update(3) == nil)
    #expect(try update(6, handover: true) == nil)
    #expect(
      events == [
        .updated(clientId: 7, number: 3, headerHash: chain.headers[3].hash),
        .updated(clientId: 7, number: 6, headerHash: chain.headers[6].hash), .handedOver(clientId: 7, setId: 1),
      ])
    let client = try TestClients.client(7, in: context)
    #expect(client.number == 6 && client.current.id == 1 && client.next.id == 2)
    // A height between fills the gap and moves nothing.
    #expect(try update(4) == nil)
    #expect(try TestClients.client(7, in: context).number == 6)
    #expect(context.get(LightClients.heightKey(7, 4)) != nil)
  }

  @Test func updatesAreRefusedByName() throws {
    HostClock.advance(to: 6, in: context)
    expectRefusal(.unknownClient, .update(clientId: 8, update: try chain.update(2)))
    expectRefusal(.invalidCertificate, .update(clientId: 7, update: try chain.update(2, signers: 2)))
    expectRefusal(.badHandover, .update(clientId: 7, update: try chain.update(6)))
    expectRefusal(.badHandover, .update(clientId: 7, update: try chain.update(2, handover: true)))
    expectRefusal(.invalidCertificate, .update(clientId: 7, update: try chain.update(11, handover: true)))
    #expect(try update(3) == nil)
    expectRefusal(.alreadyKnown, .update(clientId: 7, update: try chain.update(3)))
    let before = context.trace
    #expect(call(.update(clientId: 7, update: try chain.update(4)), .root) == .badOrigin)
    #expect(context.trace == before)
  }

  @Test func aGapIsFilledByTheSetOfItsTime() throws {
    HostClock.advance(to: 6, in: context)
    #expect(try update(3) == nil)
    #expect(try update(6, handover: true) == nil)
    var later = chain.commitment(2)
    later.validatorSetID = 1
    expectRefusal(.tooOld, .update(clientId: 7, update: ClientUpdate(certificate: try ForeignChain.certificate(later))))
  }

  @Test func timeIsBoundedBothWays() throws {
    HostClock.moment.set(Pair(2, ForeignChain.time(1) - 20_000), in: context)
    expectRefusal(.badTime, .update(clientId: 7, update: try chain.update(2)))
    HostClock.moment.set(Pair(2, ForeignChain.time(1) + 3_600_000), in: context)
    expectRefusal(.notActive, .update(clientId: 7, update: try chain.update(2)))
    #expect(try TestClients.client(7, in: context).status == .active, "expiry is a matter of the clock, not of state")
  }

  // MARK: Freezing

  @Test func twoCertificatesForOneHeightFreeze() throws {
    HostClock.advance(to: 3, in: context)
    let (one, other) = (try ForeignChain.certificate(chain.commitment(3)), try ForeignChain.certificate(chain.fork(3)))
    expectRefusal(.noMisbehaviour, .reportMisbehaviour(clientId: 7, evidence: .certificates(one, one)))
    expectRefusal(.unknownClient, .reportMisbehaviour(clientId: 8, evidence: .certificates(one, other)))
    let unsigned = try ForeignChain.certificate(chain.fork(3), signers: 2)
    expectRefusal(.invalidCertificate, .reportMisbehaviour(clientId: 7, evidence: .certificates(one, unsigned)))
    #expect(call(.reportMisbehaviour(clientId: 7, evidence: .certificates(one, other))) == nil)
    #expect(events == [.frozen(clientId: 7, reason: .conflictingCommitments(number: 3))])
    expectRefusal(.notActive, .update(clientId: 7, update: try chain.update(2)))
    expectRefusal(.notActive, .reportMisbehaviour(clientId: 7, evidence: .certificates(one, other)))
  }

  @Test func anUpdateThatContradictsFreezesInsteadOfOverwriting() throws {
    HostClock.advance(to: 3, in: context)
    #expect(try update(3) == nil)
    let fork = ClientUpdate(certificate: try ForeignChain.certificate(chain.fork(3)))
    #expect(call(.update(clientId: 7, update: fork)) == nil)
    #expect(events.last == .frozen(clientId: 7, reason: .conflictingCommitments(number: 3)))
    #expect(try TestClients.client(7, in: context).headerHash == chain.headers[3].hash)
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(3), at: 3, of: 7, in: context) } == .notActive)
  }

  // MARK: For other pallets

  private func refusal(_ body: () throws(DispatchError) -> Void) -> LightClients.Failure? {
    guard case .module(let error)? = attempt(in: context, body) else { return nil }
    return LightClients.Failure(rawValue: error.number)
  }

  @Test func answersForHeadersItWasShown() throws {
    HostClock.advance(to: 3, in: context)
    #expect(try update(3) == nil)
    let (header, timestamp) = try TestClients.verifyHeader(chain.header(3), at: 3, of: 7, in: context)
    #expect(header == chain.headers[3] && timestamp == ForeignChain.time(3))
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(2), at: 2, of: 7, in: context) } == .unknownHeight
    )
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(2), at: 3, of: 7, in: context) } == .wrongHeader)
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(3) + [0], at: 3, of: 7, in: context) }
        == .wrongHeader)
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(3), at: 3, of: 8, in: context) } == .unknownClient
    )
  }

  @Test func anUpdateDelayHoldsProofsBack() throws {
    var row = try #require(context.get(LightClients.clientKey(7)))
    // The delay stands before the status, the last byte.
    row.replaceSubrange(212..<220, with: (5_000 as UInt64).encoded())
    context.put(LightClients.clientKey(7), row)
    #expect(
      refusal { () throws(DispatchError) in _ = try TestClients.verifyHeader(chain.header(1), at: 1, of: 7, in: context) } == .tooEarly)
    HostClock.moment.set(Pair(2, ForeignChain.time(1) + 5_500), in: context)
    #expect(try TestClients.verifyHeader(chain.header(1), at: 1, of: 7, in: context).header.number.value == 1)
  }

  @Test func onlyActiveClientsAreReliedOn() throws {
    #expect(try TestClients.activeClient(7, in: context).number == 1)
    #expect(refusal { () throws(DispatchError) in _ = try TestClients.activeClient(8, in: context) } == .unknownClient)
    HostClock.moment.set(Pair(2, ForeignChain.time(1) + 3_600_000), in: context)
    #expect(refusal { () throws(DispatchError) in _ = try TestClients.activeClient(7, in: context) } == .notActive)
  }

  @Test func weightCountsTheSignatures() throws {
    let update = try chain.update(2)
    var larger = update
    larger.certificate.addresses += update.certificate.addresses
    let light = TestClients.info(of: .update(clientId: 7, update: update)).weight
    let heavy = TestClients.info(of: .update(clientId: 7, update: larger)).weight
    #expect(heavy.refTime.value - light.refTime.value == 4 * 74_000_000)
    func evidence(_ certificate: Certificate) -> UInt64 {
      let call = LightClients.Call.reportMisbehaviour(clientId: 7, evidence: .certificates(certificate, update.certificate))
      return TestClients.info(of: call).weight.refTime.value
    }
    #expect(evidence(larger.certificate) - evidence(update.certificate) == 4 * 74_000_000)
  }

  @Test func damagedRowsAreNotTakenForAbsentOnes() throws {
    context.put(LightClients.clientKey(7), [1])
    let before = context.trace
    #expect(call(.update(clientId: 7, update: try chain.update(2))) == .corruption)
    #expect(context.trace == before)
  }
}

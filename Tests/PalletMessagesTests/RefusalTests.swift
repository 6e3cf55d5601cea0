import Hashing
import Lanes
import PalletMessages
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("Refused proofs") struct ProofRefusalTests {
  /// A delivery with one of its parts changed.
  private func deliver(
    _ call: Messages.Call, lane: H256? = nil, height: BlockNumber? = nil, header: [UInt8]? = nil, range: NonceRange? = nil,
    proof: (([[UInt8]]) -> [[UInt8]])? = nil
  ) -> Messages.Call {
    guard case .deliver(let oldLane, let oldHeight, let oldHeader, let oldRange, let nodes, let relayer) = call else { return call }
    return .deliver(
      lane: lane ?? oldLane, height: height ?? oldHeight, header: header ?? oldHeader, range: range ?? oldRange,
      proof: proof?(nodes) ?? nodes, relayer: relayer)
  }

  @Test func everyPartOfADeliveryCounts() throws {
    // Different messages: equal ones share their nodes.
    let pair = try TestPair(sends: [Handling.runs, Handling.fails, Handling.rejects])
    let good = pair.delivery(1, 2)
    let target = pair.target
    expectRefusal(.unavailable, target, deliver(good, height: 2))
    expectRefusal(.unavailable, target, deliver(good, header: [UInt8](repeating: 1, count: 32)))
    expectRefusal(.unknownLane, target, deliver(good, lane: .zero))
    expectRefusal(.invalidProof, target, deliver(good) { $0 + [[1, 2, 3]] })
    expectRefusal(.invalidProof, target, deliver(good) { $0 + [$0[0]] })
    expectRefusal(.invalidProof, target, deliver(good, range: NonceRange(1, 1)))
    expectRefusal(.missingFromProof, target, deliver(good, range: NonceRange(1, 3)))
    expectRefusal(.missingFromProof, target, deliver(good) { _ in [] })
    for index in 0..<3 { expectRefusal(.missingFromProof, target, deliver(good) { Array($0[..<index]) }) }
    // One bit of one node: its hash is another, so the node is missing and surplus at once.
    let flipped = target.call(
      deliver(good) { nodes in nodes.enumerated().map { $0.offset == 1 ? [$0.element[0] ^ 1] + $0.element.dropFirst() : $0.element } })
    #expect(flipped != nil)
    #expect(target.call(good) == nil)
  }

  @Test(
    "a range is 1 to 256 nonces",
    arguments: [NonceRange(0, 1), NonceRange(2, 1), NonceRange(1, 257), NonceRange(5, 4), NonceRange(1, .max)])
  func ranges(range: NonceRange) throws {
    let pair = try TestPair(sends: [Handling.runs])
    expectRefusal(.invalidRange, pair.target, deliver(pair.delivery(1, 1), range: range))
  }

  @Test func aMessageThatIsNotThereCannotBeDelivered() throws {
    let pair = try TestPair(sends: [Handling.runs])
    expectRefusal(.missingFromProof, pair.target, pair.delivery(1, 2))
  }

  @Test func rowsMustDecode() throws {
    var pair = try TestPair(sends: [Handling.runs])
    pair.source.context.put(Messages.outbound.key(MessageKey(pair.lane, 1)), [1, 2, 3])
    try pair.finaliseBoth()
    expectRefusal(.invalidRow, pair.target, pair.delivery(1, 1))
    pair.source.context.put(Messages.outboundLanes.key(pair.lane), [9])
    try pair.finaliseBoth()
    expectRefusal(.invalidRow, pair.target, pair.delivery(1, 0))
  }

  @Test func receiptsOfTheOtherDirectionDoNotCount() throws {
    // The source proves a receipt that it wrote itself for the target's message of the same nonce.
    var pair = try TestPair(sends: [Handling.runs])
    try pair.target.send(to: pair.source)
    try pair.finaliseBoth()
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth()
    let key = [Messages.receipts.key(MessageKey(pair.lane, 1))]
    let replay = Messages.Call.confirm(
      lane: pair.lane, height: pair.target.height, header: pair.target.header(pair.target.height), nonces: [1],
      proof: pair.target.proof(key, at: pair.target.height))
    expectRefusal(.unavailable, pair.target, replay)
    #expect(pair.source.call(replay) == nil)
  }

  @Test func confirmationsProveEveryNonce() throws {
    var pair = try TestPair(sends: [Handling.runs, Handling.runs])
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth()
    expectRefusal(.missingFromProof, pair.source, pair.confirmation(1, 2))
    expectRefusal(.invalidRange, pair.source, pair.confirmation())
    expectRefusal(.invalidRange, pair.source, pair.confirmation(1, 1))
    expectRefusal(.unknownLane, pair.source, .confirm(lane: .zero, height: 1, header: [], nonces: [1], proof: []))
    // A receipt for a nonce that was never sent can only come from a broken counterparty.
    pair.target.context.put(
      Messages.receipts.key(MessageKey(pair.lane, 9)), pair.target.context.get(Messages.receipts.key(MessageKey(pair.lane, 1))))
    pair.target.context.put(
      Messages.receipts.key(MessageKey(pair.lane, 2)), pair.target.context.get(Messages.receipts.key(MessageKey(pair.lane, 1))))
    pair.source.context.put(
      Messages.outbound.key(MessageKey(pair.lane, 2)),
      OutboundMessage(payload: [], topic: .zero, timeoutHeight: 1, timeoutAt: 1, fee: 0, refund: [], sentAt: 1).encoded())
    try pair.finaliseBoth()
    expectRefusal(.neverSent, pair.source, pair.confirmation(9))
    expectRefusal(.wrongReceipt, pair.source, pair.confirmation(2))
  }

  @Test func aReceiptRefutesATimeout() throws {
    var pair = try TestPair(sends: [Handling.runs])
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth(elapsed: 20_000)
    try pair.finaliseBoth()
    expectRefusal(.wasReceived, pair.source, pair.timeout(1))
    expectRefusal(.neverSent, pair.source, pair.timeout(2))
    expectRefusal(.unknownLane, pair.source, .timeout(lane: .zero, height: 1, header: [], nonce: 1, proof: []))
    guard case .timeout(let lane, let height, let header, _, let proof) = pair.timeout(1) else { return }
    expectRefusal(
      .missingFromProof, pair.source, .timeout(lane: lane, height: height, header: header, nonce: 1, proof: Array(proof.prefix(1))))
  }
}

@Suite("Refused calls") struct CallRefusalTests {
  @Test func onlyRootChangesLanes() throws {
    let pair = try TestPair()
    let calls: [Messages.Call] = [
      .openLane(clientId: 7, counterparty: pair.target.end, mode: .ordered), .pauseLane(lane: pair.lane), .resumeLane(lane: pair.lane),
      .drainLane(lane: pair.lane), .closeLane(lane: pair.lane),
    ]
    for call in calls { expectRefusal(.badOrigin, pair.source, call) }
    for call in [pair.delivery(1, 0), pair.timeout(1), pair.confirmation(1)] { expectRefusal(.badOrigin, pair.source, call, .root) }
  }

  @Test func aLaneNeedsAClientOfItsChainAndAFreeNumber() throws {
    let pair = try TestPair()
    let other = try TestChain(0xc, paraId: 2000)
    func open(_ client: UInt32, _ end: Messages.LaneEnd) -> Messages.Call {
      .openLane(clientId: client, counterparty: end, mode: .unordered)
    }
    expectRefusal(.unavailable, pair.source, open(8, pair.target.end), .root)
    expectRefusal(.invalidLane, pair.source, open(7, other.end), .root)
    expectRefusal(.laneExists, pair.source, open(7, pair.target.end), .root)
    World.genesis.set(8, to: other.end.genesisHash, in: pair.source.context)
    expectRefusal(.laneExists, pair.source, open(8, other.end), .root)
    World.genesis.set(9, to: pair.source.end.genesisHash, in: pair.source.context)
    expectRefusal(.invalidLane, pair.source, open(9, pair.source.end), .root)
  }

  @Test func sendingKeepsToTheLane() throws {
    let pair = try TestPair()
    func send(_ payload: [UInt8] = [0], to paraId: UInt32 = 2000, timeout: Milliseconds = 1000, refund: [UInt8] = []) -> DispatchError? {
      attempt(in: pair.source.context) { () throws(DispatchError) in
        _ = try TestMessages.send(payload, topic: .zero, to: paraId, timeout: timeout, fee: 0, refund: refund, in: pair.source.context)
      }
    }
    let before = pair.source.context.trace
    #expect(send(to: 3000) == TestMessages.failure(.unknownLane))
    #expect(send([UInt8](repeating: 0, count: LaneLimits.payloadBytes + 1)) == TestMessages.failure(.messageOverLimits))
    #expect(send(refund: [UInt8](repeating: 0, count: LaneLimits.refundBytes + 1)) == TestMessages.failure(.messageOverLimits))
    for timeout in [0, Messages.maximumTimeout + 1, .max] {
      #expect(send(timeout: timeout) == TestMessages.failure(.messageOverLimits))
    }
    #expect(pair.source.context.trace == before)
    #expect(pair.source.call(.pauseLane(lane: pair.lane), .root) == nil)
    #expect(send() == TestMessages.failure(.wrongStatus))
    #expect(pair.source.call(.resumeLane(lane: pair.lane), .root) == nil)
    #expect(send() == nil)
    #expect(send(timeout: Messages.maximumTimeout) == nil)
  }

  @Test func lanesPauseDrainCloseAndOpenAgain() throws {
    var pair = try TestPair(sends: [Handling.runs])
    expectRefusal(.wrongStatus, pair.source, .closeLane(lane: pair.lane), .root)
    expectRefusal(.unknownLane, pair.source, .drainLane(lane: .zero), .root)
    #expect(pair.target.call(.pauseLane(lane: pair.lane), .root) == nil)
    expectRefusal(.wrongStatus, pair.target, pair.delivery(1, 1))
    #expect(pair.target.call(.resumeLane(lane: pair.lane), .root) == nil)
    #expect(pair.source.call(.drainLane(lane: pair.lane), .root) == nil)
    #expect(pair.source.context.events(of: TestMessages.self) == [.laneStatus(lane: pair.lane, status: .draining)])
    expectRefusal(.notDrained, pair.source, .closeLane(lane: pair.lane), .root)
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth()
    #expect(pair.source.call(pair.confirmation(1)) == nil)
    #expect(pair.source.call(.closeLane(lane: pair.lane), .root) == nil)
    let open = Messages.Call.openLane(clientId: TestChain.client, counterparty: pair.target.end, mode: .ordered)
    expectRefusal(.modeMismatch, pair.source, open, .root)
    #expect(pair.source.call(.openLane(clientId: TestChain.client, counterparty: pair.target.end, mode: .unordered), .root) == nil)
    #expect(try pair.source.send(to: pair.target) == 2)
    let opened = try Handling.opened.get(in: pair.source.context)
    #expect(opened == [pair.target.end.paraId], "a lane that opens again is no new lane")
  }

  @Test func theEndsMustAgreeOnTheMode() throws {
    var pair = try TestPair(.unordered, sends: [Handling.runs])
    pair.source.context.put(Messages.outboundLanes.key(pair.lane), OutboundLane(mode: .ordered).encoded())
    try pair.finaliseBoth()
    expectRefusal(.modeMismatch, pair.target, pair.delivery(1, 1))
  }

  @Test func anOrderedLaneTakesTheNextNonce() throws {
    let pair = try TestPair(.ordered, sends: [Handling.runs, Handling.runs])
    expectRefusal(.outOfOrder, pair.target, pair.delivery(2, 2))
  }

  @Test func anOutcomeThatNoExecutionHasUndoesTheDelivery() throws {
    let pair = try TestPair(sends: [Handling.lies])
    expectRefusal(.invalidLane, pair.target, pair.delivery(1, 1))
  }

  @Test func fullLanesRefuse() throws {
    let pair = try TestPair(sends: [Handling.runs])
    var inbound = InboundLane(mode: .unordered)
    inbound.receipts = LaneLimits.unsettledReceipts
    Messages.inboundLanes.set(pair.lane, to: inbound, in: pair.target.context)
    expectRefusal(.tooManyReceipts, pair.target, pair.delivery(1, 1))
    inbound.receipts = 1
    inbound.relayers = LaneLimits.unsettledRelayers
    Messages.inboundLanes.set(pair.lane, to: inbound, in: pair.target.context)
    expectRefusal(.tooManyRelayers, pair.target, pair.delivery(1, 1))
    Messages.inboundLanes.set(pair.lane, to: InboundLane(mode: .unordered), in: pair.target.context)
    pair.target.context.put(Messages.receipts.key(MessageKey(pair.lane, 1)), [0xff])
    expectRefusal(.corruption, pair.target, pair.delivery(1, 1))

    var outbound = OutboundLane(mode: .unordered)
    outbound.latestGenerated = LaneLimits.outboundWindow
    outbound.unsettled = UInt32(LaneLimits.outboundWindow)
    Messages.outboundLanes.set(pair.lane, to: outbound, in: pair.source.context)
    let error = attempt(in: pair.source.context) { () throws(DispatchError) in
      _ = try TestMessages.send([0], topic: .zero, to: 2000, timeout: 1000, fee: 0, refund: [], in: pair.source.context)
    }
    #expect(error == TestMessages.failure(.congested))
  }

  @Test func bothEndsComputeTheSameLane() throws {
    let (one, other) = (Messages.LaneEnd(genesisHash: .zero, paraId: 1000), Messages.LaneEnd(genesisHash: .zero, paraId: 2000))
    #expect(Messages.laneID(one, other) == Messages.laneID(other, one))
    let text = Array("echochain/lane/".utf8)
    #expect(Messages.laneID(other, one) == Hash.blake2b256(text + other.encoded() + one.encoded()))
    #expect(Messages.outbound.key(MessageKey(.zero, 258)).suffix(40) == [UInt8](repeating: 0, count: 38) + [1, 2])
  }
}

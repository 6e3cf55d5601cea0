import Lanes
import Primitives
import ScaleCodec
import Testing

@Suite("Sending") struct SendingTests {
  @Test func countsFromOne() throws {
    var pair = try LanePair(.unordered)
    for nonce in 1...3 as ClosedRange<Nonce> { #expect(try Lane.send(.test(), on: lane, in: &pair.source) == nonce) }
    let state = try #require(pair.source.outboundLanes[lane])
    #expect(state.latestGenerated == 3 && state.oldestUnsettled == 1 && state.unsettled == 3)
  }

  @Test func refusesMessagesOutOfBounds() throws {
    var pair = try LanePair(.unordered)
    let messages = [
      OutboundMessage.test(payload: [UInt8](repeating: 0, count: LaneLimits.payloadBytes + 1)),
      .test(refund: [UInt8](repeating: 0, count: LaneLimits.refundBytes + 1)), .test(timeoutHeight: 0), .test(timeoutAt: 0),
    ]
    for message in messages {
      expectRefusal(.messageOverLimits, of: &pair) { (pair) throws(LaneError) in
        _ = try Lane.send(message, on: lane, in: &pair.source)
      }
    }
  }

  @Test func refusesWhatIsTooLateAlready() throws {
    var pair = try LanePair(.unordered)
    for seen in [DestinationClock(height: 100, time: 0), DestinationClock(height: 0, time: 100_000)] {
      expectRefusal(.expiredWhenSent, of: &pair) { (pair) throws(LaneError) in
        _ = try Lane.send(.test(), on: lane, seen: seen, in: &pair.source)
      }
    }
    _ = try Lane.send(.test(), on: lane, seen: DestinationClock(height: 99, time: 99_999), in: &pair.source)
  }

  @Test func refusesAnUnknownLaneAndAFullOne() throws {
    var pair = try LanePair(.unordered)
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.send(.test(), on: .test(8), in: &pair.source)
    }
    for _ in 0..<LaneLimits.outboundWindow { _ = try Lane.send(.test(), on: lane, in: &pair.source) }
    expectRefusal(.congested(window: LaneLimits.outboundWindow), of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.send(.test(), on: lane, in: &pair.source)
    }
    // One settled message in the middle makes no room; the oldest one does, and later ones follow in bounded steps.
    for nonce in 2...600 as ClosedRange<Nonce> { try pair.timeout(nonce) }
    #expect(pair.source.outboundLanes[lane]?.oldestUnsettled == 1)
    try pair.timeout(1)
    #expect(pair.source.outboundLanes[lane]?.oldestUnsettled == Nonce(LaneLimits.advanceSteps) + 1)
    for _ in 0..<3 { _ = try Lane.send(.test(), on: lane, in: &pair.source) }
    #expect(pair.source.outboundLanes[lane]?.oldestUnsettled == 601)
  }

  @Test func theLastNonceIsNeverUsed() throws {
    var pair = try LanePair(.unordered)
    pair.source.outboundLanes[lane]?.latestGenerated = .max - 1
    pair.source.outboundLanes[lane]?.oldestUnsettled = .max
    expectRefusal(.exhausted, of: &pair) { (pair) throws(LaneError) in _ = try Lane.send(.test(), on: lane, in: &pair.source) }
  }
}

@Suite("Receiving") struct ReceivingTests {
  @Test func writesReceiptsBeforeAnythingIsExecuted() throws {
    var pair = try LanePair(.unordered, messages: 3)
    let delivery = try pair.deliver(2, 3)
    #expect(delivery.toExecute.map(\.nonce) == [2, 3])
    let receipt = try #require(pair.target.receipts[MessageKey(lane, 2)])
    #expect(receipt.outcome == .pending && receipt.relayer == relayer && receipt.receivedAt == 1)
    // What an executing message that delivers itself again runs into.
    expectRefusal(.nothingNew, of: &pair) { (pair) throws(LaneError) in try pair.deliver(2, 3) }
    try Lane.finish(lane, nonce: 2, outcome: .executed, in: &pair.target)
    #expect(pair.target.receipts[MessageKey(lane, 2)]?.outcome == .executed)
    #expect(pair.target.inboundLanes[lane]?.highestReceived == 3)
  }

  @Test func anOutcomeIsWrittenOnce() throws {
    var pair = try LanePair(.unordered, messages: 1)
    expectRefusal(.notReceived(nonce: 1), of: &pair) { (pair) throws(LaneError) in
      try Lane.finish(lane, nonce: 1, outcome: .executed, in: &pair.target)
    }
    try pair.deliver(1, 1)
    for outcome in [DeliveryOutcome.pending, .expired] {
      expectRefusal(.outcomeFixed(nonce: 1), of: &pair) { (pair) throws(LaneError) in
        try Lane.finish(lane, nonce: 1, outcome: outcome, in: &pair.target)
      }
    }
    try Lane.finish(lane, nonce: 1, outcome: .rejected(error: 3), in: &pair.target)
    expectRefusal(.outcomeFixed(nonce: 1), of: &pair) { (pair) throws(LaneError) in
      try Lane.finish(lane, nonce: 1, outcome: .executed, in: &pair.target)
    }
  }

  @Test func skipsWhatIsKnownBesideWhatIsNew() throws {
    var pair = try LanePair(.unordered, messages: 4)
    try pair.deliver(2, 2)
    let delivery = try pair.deliver(1, 4)
    #expect(delivery.known == [2] && delivery.toExecute.map(\.nonce) == [1, 3, 4])
  }

  @Test func anOrderedLaneTakesTheNextNonceOnly() throws {
    var pair = try LanePair(.ordered, messages: 4)
    expectRefusal(.outOfOrder(expected: 1, got: 2), of: &pair) { (pair) throws(LaneError) in try pair.deliver(2, 3) }
    try pair.deliver(1, 2)
    expectRefusal(.nothingNew, of: &pair) { (pair) throws(LaneError) in try pair.deliver(1, 2) }
    let delivery = try pair.deliver(2, 4)
    #expect(delivery.known == [2] && delivery.toExecute.map(\.nonce) == [3, 4])
    #expect(pair.target.inboundLanes[lane]?.nextOrdered == 5)
  }

  @Test(
    "a late message is not executed",
    arguments: [DestinationClock(height: 100, time: 0), DestinationClock(height: 0, time: 100_000)])
  func late(clock: DestinationClock) throws {
    var unordered = try LanePair(.unordered, messages: 1)
    expectRefusal(.tooLate(nonce: 1), of: &unordered) { (pair) throws(LaneError) in try pair.deliver(1, 1, at: clock) }

    var ordered = try LanePair(.ordered, messages: 1)
    let delivery = try ordered.deliver(1, 1, at: clock)
    #expect(delivery.toExecute.isEmpty && delivery.refused == [1])
    #expect(ordered.target.receipts[MessageKey(lane, 1)]?.outcome == .expired)
    _ = try Lane.send(.test(timeoutHeight: 200, timeoutAt: 200_000), on: lane, in: &ordered.source)
    #expect(try ordered.deliver(2, 2, at: clock).toExecute.map(\.nonce) == [2])
  }

  @Test func skipsLateMessagesBesideNewOnes() throws {
    var pair = try LanePair(.unordered, messages: 1)
    _ = try Lane.send(.test(timeoutHeight: 200), on: lane, in: &pair.source)
    let delivery = try pair.deliver(1, 2, at: .late)
    #expect(delivery.late == [1] && delivery.toExecute.map(\.nonce) == [2])
    #expect(pair.target.receipts[MessageKey(lane, 1)] == nil)
  }

  @Test func aMessageOverTheLimitsIsReceivedAndRefunded() throws {
    var pair = try LanePair(.ordered)
    let message = OutboundMessage.test(refund: [UInt8](repeating: 0, count: LaneLimits.refundBytes + 1))
    let delivery = try Lane.accept([message], of: NonceRange(1, 1), on: lane, at: .early, relayer: relayer, in: &pair.target)
    #expect(delivery.refused == [1])
    #expect(pair.target.receipts[MessageKey(lane, 1)]?.outcome == .overLimits)
    #expect(DeliveryOutcome.overLimits.isRefunded)
  }

  @Test(
    "a batch is 1 to 256 nonces from 1",
    arguments: [NonceRange(0, 1), NonceRange(2, 1), NonceRange(1, 257), NonceRange(1, 1), NonceRange(.max - 1, .max), NonceRange(1, .max)])
  func batchBounds(range: NonceRange) throws {
    var pair = try LanePair(.unordered)
    expectRefusal(.invalidBatch, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.accept([.test(), .test()], of: range, on: lane, at: .early, relayer: relayer, in: &pair.target)
    }
  }

  @Test func receiptsAndRelayersAreBounded() throws {
    var pair = try LanePair(.unordered, messages: Int(LaneLimits.unsettledReceipts) + 1)
    for account in 1...UInt64(LaneLimits.unsettledRelayers) { try pair.deliver(account, account, relayer: .test(account)) }
    expectRefusal(.tooManyRelayers, of: &pair) { (pair) throws(LaneError) in try pair.deliver(1025, 1025, relayer: .test(5000)) }
    for batch in 4..<16 as Range<UInt64> { try pair.deliver(batch * 256 + 1, batch * 256 + 256) }
    expectRefusal(.tooManyReceipts, of: &pair) { (pair) throws(LaneError) in try pair.deliver(4097, 4097) }
    #expect(pair.target.inboundLanes[lane]?.receipts == 4096 && pair.target.inboundLanes[lane]?.relayers == 1024)

    try pair.confirm(1)
    #expect(try pair.prune() == 1)
    try pair.deliver(4097, 4097)
  }

  @Test func damagedRowsAreNotTakenForAbsentOnes() throws {
    var pair = try LanePair(.unordered, messages: 1)
    pair.target.damaged = MessageKey(lane, 1)
    expectRefusal(.corruptState, of: &pair) { (pair) throws(LaneError) in try pair.deliver(1, 1) }
    pair.source.damaged = MessageKey(lane, 1)
    expectRefusal(.corruptState, of: &pair) { (pair) throws(LaneError) in try pair.timeout(1) }
  }
}

@Suite("Settling") struct SettlingTests {
  @Test(
    "a receipt settles, pays or refunds",
    arguments: [
      (DeliveryOutcome.executed, false), (.executedWithError(index: 2, error: 21), false), (.rejected(error: 1), true),
    ])
  func confirms(outcome: DeliveryOutcome, refunded: Bool) throws {
    var pair = try LanePair(.unordered, messages: 2)
    try pair.deliver(1, 1)
    try Lane.finish(lane, nonce: 1, outcome: outcome, in: &pair.target)
    let settlement = try #require(try pair.confirm(1).first)
    #expect(settlement.isRefunded == refunded && settlement.rewarded == relayer)
    #expect(pair.source.messages[MessageKey(lane, 1)] == nil)
    let state = try #require(pair.source.outboundLanes[lane])
    #expect(state.oldestUnsettled == 2 && state.confirmed == 1 && state.unsettled == 1)
    expectRefusal(.alreadySettled(nonce: 1), of: &pair) { (pair) throws(LaneError) in try pair.confirm(1) }
    expectRefusal(.alreadySettled(nonce: 1), of: &pair) { (pair) throws(LaneError) in try pair.timeout(1) }
  }

  @Test func anExpiredReceiptReturnsTheFee() throws {
    var pair = try LanePair(.ordered, messages: 1)
    try pair.deliver(1, 1, at: .late)
    let settlement = try #require(try pair.confirm(1).first)
    #expect(settlement.isRefunded && settlement.rewarded == nil)
  }

  @Test func skipsReceiptsThatWereFasterElsewhere() throws {
    var pair = try LanePair(.unordered, messages: 3)
    try pair.deliver(1, 3)
    try pair.confirm(2)
    #expect(pair.source.outboundLanes[lane]?.oldestUnsettled == 1)
    #expect(try pair.confirm(1, 2, 3).map(\.nonce) == [1, 3])
    #expect(pair.source.outboundLanes[lane]?.oldestUnsettled == 4)
  }

  @Test func refusesBadConfirmations() throws {
    var pair = try LanePair(.unordered, messages: 2)
    try pair.deliver(1, 2)
    let good = try #require(pair.target.receipts[MessageKey(lane, 1)])
    let cases: [([(nonce: Nonce, receipt: Receipt)], LaneError)] = [
      ([], .invalidBatch), ([(0, good)], .invalidBatch), ([(1, good), (1, good)], .invalidBatch),
      ([(2, good), (1, good)], .receiptOfAnotherMessage(nonce: 2)),
      ([(3, good)], .neverSent(nonce: 3)), (Array(repeating: (1, good), count: 257), .invalidBatch),
    ]
    pair.source.messages[MessageKey(lane, 2)]?.topic = .test(77)
    for (receipts, error) in cases {
      expectRefusal(error, of: &pair) { (pair) throws(LaneError) in _ = try Lane.confirm(receipts, on: lane, in: &pair.source) }
    }
  }

  @Test func aTimeoutNeedsAStatePastIt() throws {
    var pair = try LanePair(.unordered, messages: 1)
    expectRefusal(.notYetExpired(nonce: 1), of: &pair) { (pair) throws(LaneError) in
      try pair.timeout(1, at: DestinationClock(height: 99, time: 99_999))
    }
    for nonce in [0, 2] as [Nonce] {
      expectRefusal(.neverSent(nonce: nonce), of: &pair) { (pair) throws(LaneError) in try pair.timeout(nonce) }
    }
    let settlement = try pair.timeout(1)
    #expect(settlement.isRefunded && settlement.rewarded == nil && settlement.ending == .timedOut)
    #expect(pair.source.outboundLanes[lane]?.timedOut == 1)
  }

  @Test func anOrderedDestinationPastTheNonceRefutesItsTimeout() throws {
    var pair = try LanePair(.ordered, messages: 1)
    try pair.deliver(1, 1)
    expectRefusal(.alreadyReceived(nonce: 1), of: &pair) { (pair) throws(LaneError) in try pair.timeout(1) }
    pair.target.inboundLanes[lane] = InboundLane(mode: .unordered)
    expectRefusal(.modeMismatch(here: .ordered, there: .unordered), of: &pair) { (pair) throws(LaneError) in try pair.timeout(1) }
  }

  @Test func aLaneThatTheOtherEndNeverOpenedRefunds() throws {
    var pair = try LanePair(.ordered, messages: 1)
    pair.target = MemoryLanes()
    #expect(try pair.timeout(1).isRefunded)
  }
}

import Lanes
import Primitives
import ScaleCodec
import Testing

@Suite("Pruning") struct PruningTests {
  @Test func followsTheSourcesProvenState() throws {
    var pair = try LanePair(.unordered, messages: 3)
    try pair.deliver(1, 3)
    #expect(try pair.prune() == 0)
    try pair.confirm(1, 3)
    #expect(try pair.prune() == 1)
    #expect(pair.target.receipts.count == 2 && pair.target.inboundLanes[lane]?.prunedBelow == 2)
    try pair.confirm(2)
    #expect(try pair.prune() == 2)
    #expect(pair.target.receipts.isEmpty && pair.target.receiptCounts[lane]?.isEmpty == true)
    #expect(pair.target.inboundLanes[lane]?.relayers == 0)
  }

  @Test func whatIsPrunedNeverComesBack() throws {
    for mode in [LaneMode.ordered, .unordered] {
      var pair = try LanePair(mode, messages: 1)
      let old = pair.source
      try pair.deliver(1, 1)
      try pair.confirm(1)
      try pair.prune()
      pair.source = old
      expectRefusal(.nothingNew, of: &pair) { (pair) throws(LaneError) in try pair.deliver(1, 1) }
      let before = pair.target
      #expect(try pair.prune() == 0)
      #expect(pair.target == before, "an older state moved something")
    }
  }

  @Test func movesAnOrderedLanePastWhatTheSourceTimedOut() throws {
    var pair = try LanePair(.ordered, messages: 2)
    try pair.timeout(1)
    expectRefusal(.outOfOrder(expected: 1, got: 2), of: &pair) { (pair) throws(LaneError) in try pair.deliver(2, 2) }
    try pair.prune()
    #expect(try pair.deliver(2, 2).toExecute.map(\.nonce) == [2])
  }

  @Test func isBoundedWork() throws {
    var pair = try LanePair(.unordered, messages: 1500)
    for batch in 0..<5 as Range<UInt64> { try pair.deliver(batch * 256 + 1, batch * 256 + 256) }
    for nonce in 1...1280 as ClosedRange<Nonce> { try pair.confirm(nonce) }
    #expect(try [pair.prune(), pair.prune(), pair.prune(), pair.prune()] == [512, 512, 256, 0])
    // Without receipts on the way a long gap is one step.
    for nonce in 1281...1500 as ClosedRange<Nonce> { try pair.timeout(nonce) }
    try pair.prune()
    #expect(pair.target.inboundLanes[lane]?.prunedBelow == 1501)
  }

  @Test func refusesStatesThatCannotBe() throws {
    var pair = try LanePair(.unordered, messages: 1)
    var impossible = OutboundLane(mode: .unordered)
    impossible.oldestUnsettled = 3
    expectRefusal(.invalidLaneState, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.prune(lane, source: impossible, in: &pair.target)
    }
    expectRefusal(.modeMismatch(here: .unordered, there: .ordered), of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.prune(lane, source: OutboundLane(mode: .ordered), in: &pair.target)
    }
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.prune(.test(8), source: OutboundLane(mode: .unordered), in: &pair.target)
    }
  }
}

@Suite("Status") struct StatusTests {
  @Test func aPausedLaneMovesNothing() throws {
    var pair = try LanePair(.unordered, messages: 2)
    try pair.deliver(1, 1)
    try Lane.pause(lane, in: &pair.source)
    try Lane.pause(lane, in: &pair.target)
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in _ = try Lane.send(.test(), on: lane, in: &pair.source) }
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in try pair.deliver(2, 2) }
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in try pair.confirm(1) }
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in try pair.timeout(2) }
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in try pair.prune() }
    expectRefusal(.wrongStatus(.paused), of: &pair) { (pair) throws(LaneError) in try Lane.pause(lane, in: &pair.source) }
    try Lane.resume(lane, in: &pair.source)
    try pair.confirm(1)
  }

  @Test func drainsThenClosesThenOpensAgain() throws {
    var pair = try LanePair(.unordered, messages: 1)
    expectRefusal(.wrongStatus(.open), of: &pair) { (pair) throws(LaneError) in try Lane.close(lane, in: &pair.source) }
    try Lane.drain(lane, in: &pair.source)
    expectRefusal(.wrongStatus(.draining), of: &pair) { (pair) throws(LaneError) in _ = try Lane.send(.test(), on: lane, in: &pair.source) }
    expectRefusal(.notDrained(unsettled: 1), of: &pair) { (pair) throws(LaneError) in try Lane.close(lane, in: &pair.source) }
    try pair.deliver(1, 1)
    try pair.confirm(1)
    try Lane.close(lane, in: &pair.source)
    expectRefusal(.wrongStatus(.closed), of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.accept([.test()], of: NonceRange(1, 1), on: lane, at: .early, relayer: relayer, in: &pair.source)
    }
    expectRefusal(.wrongStatus(.closed), of: &pair) { (pair) throws(LaneError) in try Lane.resume(lane, in: &pair.source) }
    expectRefusal(.modeMismatch(here: .unordered, there: .ordered), of: &pair) { (pair) throws(LaneError) in
      try Lane.open(lane, mode: .ordered, in: &pair.source)
    }
    try Lane.open(lane, mode: .unordered, in: &pair.source)
    expectRefusal(.alreadyOpen, of: &pair) { (pair) throws(LaneError) in try Lane.open(lane, mode: .unordered, in: &pair.source) }
    #expect(try Lane.send(.test(), on: lane, in: &pair.source) == 2)
    // Pruning what the lane received still works while its own end is closed.
    #expect(try pair.prune() == 1)
  }

  @Test func unknownLanesAreRefused() throws {
    var pair = try LanePair(.unordered)
    let other = LaneID.test(8)
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in try Lane.pause(other, in: &pair.source) }
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in try Lane.close(other, in: &pair.source) }
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.timeout(1, on: other, evidence: AbsenceEvidence(clock: .late), in: &pair.source)
    }
    expectRefusal(.unknownLane, of: &pair) { (pair) throws(LaneError) in
      _ = try Lane.accept([.test()], of: NonceRange(1, 1), on: other, at: .early, relayer: relayer, in: &pair.target)
    }
  }
}

@Suite("Formats") struct FormatTests {
  @Test func keysSortByNonce() {
    let keys = [1, 255, 256, 1 << 40].map { MessageKey(.test(7), $0).encoded() }
    #expect(keys.allSatisfy { $0.count == 40 })
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    #expect(Array(keys[2].suffix(8)) == [0, 0, 0, 0, 0, 0, 1, 0])
  }

  /// Changing one of these bytes breaks every deployed counterparty.
  @Test func layoutsArePinned() throws {
    let message = OutboundMessage.test()
    #expect(
      Hex.encode(message.encoded()) == "0x0c010203" + word(1) + "64000000" + "a086010000000000" + "05" + zeros(15) + "0409" + "01000000")
    let receipt = Receipt(outcome: .executedWithError(index: 2, error: 21), relayer: .test(1), receivedAt: 3, messageHash: .test(4))
    #expect(Hex.encode(receipt.encoded()) == "0x020200000015" + word(1) + "03000000" + word(4))
    var outbound = OutboundLane(mode: .unordered)
    outbound.latestGenerated = 3
    #expect(Hex.encode(outbound.encoded()) == "0x000103" + zeros(7) + "01" + zeros(7) + zeros(4) + zeros(16))
    #expect(Hex.encode(InboundLane(mode: .ordered).encoded()) == "0x0001" + zeros(7) + zeros(8) + "01" + zeros(7) + zeros(8))
    #expect(try OutboundMessage(decoding: message.encoded()) == message)
    #expect(try Receipt(decoding: receipt.encoded()) == receipt)
    #expect(try MessageKey(decoding: MessageKey(.test(1), 2).encoded()) == MessageKey(.test(1), 2))
  }

  private func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }
  private func word(_ value: UInt8) -> String {
    Hex.encode([value], prefix: false) + zeros(23) + Hex.encode([value], prefix: false) + zeros(7)
  }
}

import Lanes
import Primitives
import Testing

let lane = LaneID.test(7)
let relayer = AccountID.test(1)

/// A source and a destination with the same lane.
struct LanePair {
  var source = MemoryLanes()
  var target = MemoryLanes()

  init(_ mode: LaneMode, messages: Int = 0) throws {
    try Lane.open(lane, mode: mode, in: &source)
    try Lane.open(lane, mode: mode, in: &target)
    for _ in 0..<messages { _ = try Lane.send(.test(), on: lane, in: &source) }
  }

  /// Delivers what the source's state shows.
  @discardableResult
  mutating func deliver(
    _ begin: Nonce, _ end: Nonce, at clock: DestinationClock = .early, relayer: AccountID = relayer
  ) throws(LaneError) -> Delivery {
    let messages = (begin...max(begin, end)).compactMap { source.messages[MessageKey(lane, $0)] }
    return try Lane.accept(messages, of: NonceRange(begin, end), on: lane, at: clock, relayer: relayer, in: &target)
  }

  /// Confirms with the target's receipts.
  @discardableResult
  mutating func confirm(_ nonces: Nonce...) throws(LaneError) -> [Settlement] {
    var receipts: [(nonce: Nonce, receipt: Receipt)] = []
    for nonce in nonces { if let receipt = target.receipts[MessageKey(lane, nonce)] { receipts.append((nonce, receipt)) } }
    return try Lane.confirm(receipts, on: lane, in: &source)
  }

  @discardableResult
  mutating func timeout(_ nonce: Nonce, at clock: DestinationClock = .late) throws(LaneError) -> Settlement {
    try Lane.timeout(nonce, on: lane, evidence: AbsenceEvidence(clock: clock, inbound: target.inboundLanes[lane]), in: &source)
  }

  @discardableResult
  mutating func prune() throws(LaneError) -> Int {
    try Lane.prune(lane, source: source.outboundLanes[lane] ?? OutboundLane(mode: .ordered), in: &target)
  }
}

/// Expects `error` and not one write.
func expectRefusal(
  _ error: LaneError, of pair: inout LanePair, at location: SourceLocation = #_sourceLocation,
  _ body: (inout LanePair) throws(LaneError) -> Void
) {
  let before = (pair.source, pair.target)
  do throws(LaneError) {
    try body(&pair)
    Issue.record("was not refused", sourceLocation: location)
  } catch let found {
    #expect(found == error, sourceLocation: location)
  }
  #expect(pair.source == before.0 && pair.target == before.1, "left a trace", sourceLocation: location)
}

import Lanes
import LightClient
import Primitives
import RelayerCore
import Testing

/// Both ends at block 100 and second 100, with a client at block 90.
func baseInput(mode: LaneMode = .unordered) -> PlanInput {
  let clock = DestinationClock(height: 100, time: 100_000)
  let end = EndState(clock: clock, outbound: OutboundLane(mode: mode), inbound: InboundLane(mode: mode))
  let client = ClientView(number: 90, timestamp: 90_000, trustingPeriod: 3_000_000, status: .active, setID: 3)
  return PlanInput(here: end, there: end, client: client, now: 100_000, sessionLength: 600)
}

func message(
  _ nonce: Nonce, sentAt: BlockNumber = 80, timeoutAt: Milliseconds = 900_000, height: BlockNumber = 9000,
  bytes: Int = 200
) -> PendingMessage {
  PendingMessage(nonce: nonce, facts: .init(timeoutHeight: height, timeoutAt: timeoutAt, sentAt: sentAt, bytes: bytes))
}

func messages(_ nonces: ClosedRange<Nonce>, sentAt: BlockNumber = 80) -> [PendingMessage] {
  nonces.map { message($0, sentAt: sentAt) }
}

@Suite("Planning") struct PlannerTests {
  @Test("nothing to do gives an empty plan") func empty() {
    let plan = Planner.plan(baseInput())
    #expect(plan.isEmpty && plan.obstacle == nil && plan.base == .known(90))
  }

  @Test("missing messages are delivered in runs of consecutive nonces") func runs() {
    var input = baseInput()
    input.incoming = messages(1...3) + messages(5...9)
    input.received = [2, 7]
    let plan = Planner.plan(input)
    #expect(plan.deliveries == [NonceRange(1, 1), NonceRange(3, 3), NonceRange(5, 6), NonceRange(8, 9)])
    #expect(plan.waiting == 6 && plan.oldestWaiting == 1)
  }

  @Test("messages that the client's height shows need no update") func reuse() {
    var input = baseInput()
    input.incoming = messages(1...3, sentAt: 90)
    #expect(Planner.plan(input).base == .known(90))
    input.incoming = messages(1...3, sentAt: 91)
    #expect(Planner.plan(input).base == .newest(100))
    input.incoming = messages(1...3, sentAt: 80)
    input.limits.reusableAge = 9
    #expect(Planner.plan(input).base == .newest(100))
  }

  @Test("batches end at the limits of count, bytes and batches") func limits() {
    var input = baseInput()
    input.incoming = messages(1...25)
    input.limits.messages = 10
    #expect(Planner.plan(input).deliveries == [NonceRange(1, 10), NonceRange(11, 20), NonceRange(21, 25)])
    input.limits.bytes = 5 * (200 + BatchLimits.proofBytesPerMessage)
    #expect(Planner.plan(input).deliveries == (0..<5).map { NonceRange($0 * 5 + 1, $0 * 5 + 5) })
    input.limits.batches = 2
    #expect(Planner.plan(input).deliveries == [NonceRange(1, 5), NonceRange(6, 10)])
    input.limits.bytes = 10
    #expect(
      Planner.plan(input).deliveries == [NonceRange(1, 1), NonceRange(2, 2)],
      "a single message may be larger than the limit")
  }

  @Test("unread messages are not planned") func unread() {
    var input = baseInput()
    input.incoming = messages(1...2) + [PendingMessage(nonce: 3, facts: nil)] + messages(4...4)
    #expect(Planner.plan(input).deliveries == [NonceRange(1, 2), NonceRange(4, 4)])
  }

  @Test(
    "a message near its timeout is not delivered",
    arguments: [
      (message(1, timeoutAt: 103_001), true), (message(1, timeoutAt: 103_000), false),
      (message(1, timeoutAt: 50_000), false),
      (message(1, height: 103), true), (message(1, height: 102), false), (message(1, height: 50), false),
    ]) func late(_ pending: PendingMessage, isDelivered: Bool)
  {
    var input = baseInput()
    input.incoming = [pending]
    let plan = Planner.plan(input)
    #expect(plan.deliveries.isEmpty != isDelivered)
    #expect(plan.late == (isDelivered ? 0 : 1) && plan.waiting == (isDelivered ? 1 : 0))
  }

  @Test("the relayer's clock counts when the destination's last block is old") func idleDestination() {
    var input = baseInput()
    input.incoming = [message(1, timeoutAt: 150_000)]
    input.now = 150_000
    #expect(Planner.plan(input).deliveries.isEmpty)
  }

  @Test("an ordered lane takes the next nonce only, late or not, and stops at a gap") func ordered() {
    var input = baseInput(mode: .ordered)
    input.here.inbound.nextOrdered = 3
    input.incoming = [message(2), message(3, timeoutAt: 1), message(4), message(6)]
    #expect(Planner.plan(input).deliveries == [NonceRange(3, 4)])
    input.triage.deliveries.failed([4], .dispatch("x"), at: 100_000)
    #expect(Planner.plan(input).deliveries == [NonceRange(3, 3)])
  }

  @Test("receipts are proven back at the newest height") func confirmations() {
    var input = baseInput()
    input.outgoing = messages(4...9)
    input.receivedThere = [1, 4, 6, 7, 9]
    input.limits.messages = 3
    let plan = Planner.plan(input)
    #expect(plan.confirmations == [[4, 6, 7], [9]] && plan.base == .newest(100))
  }

  @Test(
    "only a message whose timeout has passed in a finalised block there is timed out",
    arguments: [
      (message(1, timeoutAt: 100_000), true), (message(1, timeoutAt: 100_001), false), (message(1, height: 100), true),
      (message(1, height: 101), false), (PendingMessage(nonce: 1, facts: nil), false),
    ]) func timeouts(_ pending: PendingMessage, isTimedOut: Bool)
  {
    var input = baseInput()
    input.outgoing = [pending]
    // The relayer's own clock says nothing here.
    input.now = 10_000_000
    let plan = Planner.plan(input)
    #expect(plan.timeouts == (isTimedOut ? [1] : []))
    #expect(plan.base == (isTimedOut ? .newest(100) : .known(90)))
    input.receivedThere = [1]
    #expect(Planner.plan(input).timeouts.isEmpty)
  }

  @Test("an update is left out when the client has the newest block") func currentClient() {
    var input = baseInput()
    input.client.number = 100
    input.outgoing = messages(1...1)
    input.receivedThere = [1]
    let plan = Planner.plan(input)
    #expect(plan.confirmations == [[1]] && plan.base == .known(100))
  }

  @Test("a client is refreshed each session and at a third of its trusting period") func refresh() {
    var input = baseInput()
    input.sessionLength = 10
    #expect(Planner.plan(input).refresh && Planner.plan(input).base == .newest(100))
    input.refreshSlack = 1
    #expect(!Planner.plan(input).refresh)
    input.refreshSlack = 0
    input.sessionLength = 11
    #expect(!Planner.plan(input).refresh)
    input.client.trustingPeriod = 29_000
    #expect(Planner.plan(input).refresh)
    input.client.number = 100
    #expect(!Planner.plan(input).refresh, "there is no newer block")
  }

  @Test("nothing moves on a stopped lane", arguments: [LaneStatus.paused, .closed]) func stopped(_ status: LaneStatus) {
    var input = baseInput()
    input.incoming = messages(1...3)
    input.outgoing = messages(1...3)
    input.receivedThere = [1]
    input.here.outbound.status = status
    #expect(Planner.plan(input).isEmpty)
    input.here.outbound.status = .draining
    #expect(!Planner.plan(input).isEmpty)
    input.there.outbound.status = .paused
    #expect(Planner.plan(input).isEmpty)
  }

  @Test("a client that is not active stops everything", arguments: [ClientStatus.frozen, .expired, .inert]) func client(
    _ status: ClientStatus
  ) {
    var input = baseInput()
    input.incoming = messages(1...3)
    input.client.status = status
    let plan = Planner.plan(input)
    #expect(plan.obstacle == .client(status: "\(status)") && plan.isEmpty && plan.waiting == 3)
  }

  @Test("a view older than the client's is read again") func stale() {
    var input = baseInput()
    input.incoming = messages(1...3)
    input.client.number = 101
    #expect(Planner.plan(input).obstacle == .staleView && Planner.plan(input).isEmpty)
  }

  @Test("the highest nonces there can be are planned and bisected without overflow") func highest() {
    var input = baseInput()
    let last = Nonce.max
    input.incoming = messages((last - 2)...last)
    #expect(Planner.plan(input).deliveries == [NonceRange(last - 2, last)])
    input.incoming = [message(last), message(1)]
    #expect(Planner.plan(input).deliveries == [NonceRange(last, last), NonceRange(1, 1)])
    input.triage.deliveries.failed([last - 1, last], .dispatch("x"), at: .max)
    input.triage.deliveries.failed([last], .dispatch("x"), at: .max)
    input.incoming = messages((last - 2)...last)
    #expect(Planner.plan(input).deliveries == [NonceRange(last - 2, last - 2), NonceRange(last - 1, last - 1)])
  }

  @Test("by default a delivery and its proof fit an extrinsic, however large its messages are") func extrinsic() {
    var input = baseInput()
    input.limits.messages = LaneLimits.batch
    for bytes in [1, 100, LaneLimits.payloadBytes] {
      input.incoming = (1...1000).map { message($0, bytes: bytes) }
      for range in Planner.plan(input).deliveries {
        let count = Int(range.end - range.begin) + 1
        #expect(count * (bytes + BatchLimits.proofBytesPerMessage) <= 768 << 10)
      }
    }
  }

  @Test("deliveries keep room for receipts") func room() {
    var input = baseInput()
    input.incoming = messages(1...10)
    input.here.inbound.receipts = LaneLimits.unsettledReceipts - 4
    #expect(Planner.plan(input).deliveries == [NonceRange(1, 4)])
    input.here.inbound.receipts = LaneLimits.unsettledReceipts
    #expect(Planner.plan(input).deliveries.isEmpty)
  }
}

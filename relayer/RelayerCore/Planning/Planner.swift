internal import Lanes
internal import LightClient
internal import Primitives

/// Decides what to submit. Pure: the same input gives the same plan.
public enum Planner {
  /// The plan for one end of a path.
  public static func plan(_ input: PlanInput) -> Plan {
    var plan = Plan(base: .known(input.client.number))
    guard input.client.status == .active else {
      plan.obstacle = .client(status: "\(input.client.status)")
      count(deliverable(input), into: &plan)
      return plan
    }
    guard input.client.number <= input.there.clock.height else {
      plan.obstacle = .staleView
      return plan
    }
    let candidates = deliverable(input)
    count(candidates, into: &plan)
    plan.late = input.incoming.count { !input.received.contains($0.nonce) && isLate($0, input) }
    var newestSent: BlockNumber = 0
    if moves(input.here.outbound.status), input.there.outbound.status != .paused {
      (plan.deliveries, newestSent) = deliveries(candidates, input)
      plan.confirmations = confirmations(input)
      plan.timeouts = timeouts(input)
    }
    let age = input.there.clock.height - input.client.number
    plan.refresh = age > 0 && isRefreshDue(input, age: age)
    let mayReuse = newestSent <= input.client.number && age <= input.limits.reusableAge
    if age > 0,
      plan.refresh || !plan.confirmations.isEmpty || !plan.timeouts.isEmpty || !plan.deliveries.isEmpty && !mayReuse
    {
      plan.base = .newest(input.there.clock.height)
    }
    return plan
  }

  private static func moves(_ status: LaneStatus) -> Bool { status == .open || status == .draining }

  /// A third of the trusting period, or a session, has passed.
  private static func isRefreshDue(_ input: PlanInput, age: BlockNumber) -> Bool {
    let now = max(input.here.clock.time, input.there.clock.time)
    if now > input.client.timestamp.addingSaturating(input.client.trustingPeriod / 3) { return true }
    return input.sessionLength > 0 && age >= input.sessionLength.addingSaturating(input.refreshSlack)
  }

  private static func count(_ candidates: [PendingMessage], into plan: inout Plan) {
    plan.waiting = candidates.count
    plan.oldestWaiting = candidates.first?.nonce
  }

  // MARK: Deliveries

  /// Whether a message could pass its timeout on the destination's clock before it is executed.
  private static func isLate(_ message: PendingMessage, _ input: PlanInput) -> Bool {
    guard let facts = message.facts else { return false }
    let clock = input.here.clock
    // The next block's time will be about now, even when the last block is old.
    let time = max(clock.time, input.now).addingSaturating(input.limits.timeoutMargin)
    return time >= facts.timeoutAt
      || clock.height.addingSaturating(input.limits.timeoutMarginBlocks) >= facts.timeoutHeight
  }

  /// Messages of the other chain that may be delivered, ascending.
  private static func deliverable(_ input: PlanInput) -> [PendingMessage] {
    let lane = input.here.inbound
    return input.incoming.filter { message in
      guard message.nonce >= lane.prunedBelow, !input.received.contains(message.nonce) else { return false }
      // An ordered lane takes late messages too: their receipt says so, and the lane goes on.
      if lane.mode == .ordered { return message.nonce >= lane.nextOrdered }
      return !isLate(message, input)
    }
  }

  private static func deliveries(_ candidates: [PendingMessage], _ input: PlanInput) -> (
    ranges: [NonceRange], newestSent: BlockNumber
  ) {
    let isOrdered = input.here.inbound.mode == .ordered
    var room = receiptRoom(input)
    var ranges: [NonceRange] = []
    var newestSent: BlockNumber = 0
    var batch: [(nonce: Nonce, facts: PendingMessage.Facts)] = []
    var bytes = 0
    func close() {
      if let first = batch.first, let last = batch.last {
        ranges.append(NonceRange(first.nonce, last.nonce))
        newestSent = batch.reduce(newestSent) { max($0, $1.facts.sentAt) }
        room -= batch.count
      }
      (batch, bytes) = ([], 0)
    }
    for message in candidates {
      guard let facts = message.facts, input.triage.deliveries.mayTry(message.nonce, at: input.now) else {
        close()
        if isOrdered { break }
        continue
      }
      if let last = batch.last {
        let follows = last.nonce < message.nonce && message.nonce - last.nonce == 1
        let isFull = batch.count >= input.limits.messages || bytes + cost(of: facts) > input.limits.bytes
        if isOrdered, !follows { break }
        if !follows || isFull || input.triage.deliveries.breaks(between: last.nonce, and: message.nonce) { close() }
      }
      guard ranges.count < input.limits.batches, batch.count < room else { break }
      batch.append((message.nonce, facts))
      bytes += cost(of: facts)
    }
    close()
    return (Array(ranges.prefix(input.limits.batches)), newestSent)
  }

  /// Bytes that a message adds to its delivery: its row and the nodes that prove it.
  private static func cost(of facts: PendingMessage.Facts) -> Int { facts.bytes + BatchLimits.proofBytesPerMessage }

  /// How many receipts the lane here can still take, after what a delivery prunes.
  private static func receiptRoom(_ input: PlanInput) -> Int {
    let prunable = input.received.count { $0 < input.there.outbound.oldestUnsettled }
    return Int(LaneLimits.unsettledReceipts) - Int(input.here.inbound.receipts) + min(prunable, LaneLimits.pruneSteps)
  }

  // MARK: Settling

  private static func confirmations(_ input: PlanInput) -> [[Nonce]] {
    var batches: [[Nonce]] = []
    var batch: [Nonce] = []
    for message in input.outgoing where input.receivedThere.contains(message.nonce) {
      guard input.triage.confirmations.mayTry(message.nonce, at: input.now) else { continue }
      if let last = batch.last,
        batch.count >= input.limits.messages || input.triage.confirmations.breaks(between: last, and: message.nonce)
      {
        batches.append(batch)
        batch = []
      }
      guard batches.count < input.limits.batches else { break }
      batch.append(message.nonce)
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }

  /// Messages of this chain that were not received there and no longer can be.
  private static func timeouts(_ input: PlanInput) -> [Nonce] {
    let lane = input.there.inbound
    var nonces: [Nonce] = []
    for message in input.outgoing where nonces.count < input.limits.timeouts {
      guard let facts = message.facts, !input.receivedThere.contains(message.nonce), message.nonce >= lane.prunedBelow
      else { continue }
      let clock = input.there.clock
      guard clock.time >= facts.timeoutAt || clock.height >= facts.timeoutHeight else { continue }
      // An ordered lane that can be moved gets a receipt for the late message instead; a stopped one does not.
      if lane.mode == .ordered, lane.nextOrdered > message.nonce || moves(input.there.outbound.status) { continue }
      if input.triage.timeouts.mayTry(message.nonce, at: input.now) { nonces.append(message.nonce) }
    }
    return nonces
  }
}

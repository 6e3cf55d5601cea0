public import Primitives

/// What a delivery did. Every nonce of the batch is in exactly one of the four lists, in rising order.
public struct Delivery: Hashable, Sendable {
  /// A message that is to be executed now; its receipt is written.
  public struct Arrival: Hashable, Sendable {
    public var nonce: Nonce
    public var message: OutboundMessage
    public init(nonce: Nonce, message: OutboundMessage) {
      self.nonce = nonce
      self.message = message
    }
  }
  public var toExecute: [Arrival] = []
  /// Have a receipt that says why they are not executed: too late on an ordered lane, or over the limits.
  public var refused: [Nonce] = []
  /// Were received before, or are settled at the source; another relayer was faster.
  public var known: [Nonce] = []
  /// Came too late on an unordered lane and have no receipt; the source will time them out.
  public var late: [Nonce] = []

  public init() {}
}

// MARK: Receiving

extension Lane {
  /// Receives messages: writes their receipts and says which ones are to be executed.
  ///
  /// The caller executes each message of ``Delivery/toExecute`` and reports with ``finish(_:nonce:outcome:in:)``. The
  /// receipts are in place by then, so a message that causes its own delivery again finds itself known.
  ///
  /// Known messages, and late ones on an unordered lane, are skipped when others of the batch are new; a batch with
  /// nothing new is refused.
  ///
  /// - Parameters:
  ///   - messages: The messages of `range` in order, proven by the caller in one state of the source.
  ///   - clock: Height and time of the block that receives.
  ///   - relayer: The account on the source chain that earns the fees.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``, ``LaneError/invalidBatch``,
  ///   ``LaneError/outOfOrder(expected:got:)``, ``LaneError/tooLate(nonce:)``, ``LaneError/nothingNew``,
  ///   ``LaneError/tooManyReceipts``, ``LaneError/tooManyRelayers``
  public static func accept<S: LaneStorage>(
    _ messages: [OutboundMessage], of range: NonceRange, on lane: LaneID, at clock: DestinationClock,
    relayer: AccountID, in storage: inout S
  ) throws(LaneError) -> Delivery {
    var state = try receiving(lane, in: storage)
    guard let nonces = range.nonces, nonces.count == messages.count, range.end < .max else { throw .invalidBatch }
    if state.mode == .ordered, range.begin > state.nextOrdered {
      throw .outOfOrder(expected: state.nextOrdered, got: range.begin)
    }
    var delivery = Delivery()
    var receipts: [(nonce: Nonce, receipt: Receipt)] = []
    for (nonce, message) in zip(nonces, messages) {
      if try isKnown(nonce, lane, state, in: storage) {
        delivery.known.append(nonce)
        continue
      }
      let isExpired = message.isExpired(at: clock)
      if isExpired, state.mode == .unordered {
        delivery.late.append(nonce)
        continue
      }
      let outcome: DeliveryOutcome = isExpired ? .expired : message.isWithinLimits ? .pending : .overLimits
      if outcome == .pending {
        delivery.toExecute.append(Delivery.Arrival(nonce: nonce, message: message))
      } else {
        delivery.refused.append(nonce)
      }
      let hash = storage.hash(of: message)
      receipts.append((nonce, Receipt(outcome: outcome, relayer: relayer, receivedAt: clock.height, messageHash: hash)))
    }
    guard let last = receipts.last else {
      if let nonce = delivery.late.first { throw .tooLate(nonce: nonce) }
      throw .nothingNew
    }
    let fresh = UInt32(receipts.count)
    guard state.receipts <= LaneLimits.unsettledReceipts - fresh else { throw .tooManyReceipts }
    let held = try storage.receiptCount(lane, of: relayer)
    guard held > 0 || state.relayers < LaneLimits.unsettledRelayers else { throw .tooManyRelayers }

    for (nonce, receipt) in receipts { storage.setReceipt(MessageKey(lane, nonce), receipt) }
    storage.setReceiptCount(lane, of: relayer, held + fresh)
    state.receipts += fresh
    if held == 0 { state.relayers += 1 }
    state.highestReceived = max(state.highestReceived, last.nonce)
    if state.mode == .ordered { state.nextOrdered = last.nonce + 1 }
    storage.setInboundLane(lane, state)
    return delivery
  }

  /// Puts the outcome of an execution into its receipt, once.
  /// - Throws: ``LaneError/notReceived(nonce:)``, ``LaneError/outcomeFixed(nonce:)``
  public static func finish<S: LaneStorage>(
    _ lane: LaneID, nonce: Nonce, outcome: DeliveryOutcome, in storage: inout S
  ) throws(LaneError) {
    guard var receipt = try storage.receipt(MessageKey(lane, nonce)) else { throw .notReceived(nonce: nonce) }
    guard receipt.outcome == .pending, outcome != .pending, outcome != .expired else { throw .outcomeFixed(nonce: nonce) }
    receipt.outcome = outcome
    storage.setReceipt(MessageKey(lane, nonce), receipt)
  }

  /// Removes receipts of messages that the source has settled, and refuses their nonces from then on.
  ///
  /// An ordered lane moves past messages that the source timed out before they arrived. A state older than one seen
  /// before does nothing. The work is bounded: a long backlog takes several calls.
  ///
  /// - Parameters:
  ///   - source: `Messages.OutboundLanes[lane]` at the source, proven by the caller.
  ///   - limit: Most nonces to look at, 1...``LaneLimits/pruneSteps``; values outside are brought into the range.
  /// - Returns: How many receipts were removed.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)`` while paused,
  ///   ``LaneError/modeMismatch(here:there:)``, ``LaneError/invalidLaneState``
  @discardableResult
  public static func prune<S: LaneStorage>(
    _ lane: LaneID, source: OutboundLane, limit: Int = LaneLimits.pruneSteps, in storage: inout S
  ) throws(LaneError) -> Int {
    let status = try outbound(lane, in: storage).status
    guard status != .paused else { throw .wrongStatus(status) }
    guard var state = try storage.inboundLane(lane) else { throw .unknownLane }
    guard source.mode == state.mode else { throw .modeMismatch(here: state.mode, there: source.mode) }
    guard source.latestGenerated < .max, source.oldestUnsettled <= source.latestGenerated + 1 else { throw .invalidLaneState }
    guard source.oldestUnsettled > state.prunedBelow else { return 0 }

    var removed: [(nonce: Nonce, relayer: AccountID)] = []
    var next = state.prunedBelow
    let steps = UInt64(max(1, min(limit, LaneLimits.pruneSteps)))
    while removed.count < state.receipts, next < source.oldestUnsettled, next - state.prunedBelow < steps {
      if let receipt = try storage.receipt(MessageKey(lane, next)) { removed.append((next, receipt.relayer)) }
      next += 1
    }
    // Without receipts left there is nothing to look for on the way.
    if removed.count == state.receipts { next = source.oldestUnsettled }
    var counts: [AccountID: UInt32] = [:]
    for (_, relayer) in removed {
      let count = if let count = counts[relayer] { count } else { try storage.receiptCount(lane, of: relayer) }
      guard count > 0 else { throw .corruptState }
      counts[relayer] = count - 1
    }

    for (nonce, _) in removed { storage.setReceipt(MessageKey(lane, nonce), nil) }
    for relayer in counts.keys.sorted() { storage.setReceiptCount(lane, of: relayer, counts[relayer] ?? 0) }
    state.receipts -= UInt32(removed.count)
    state.relayers -= UInt32(counts.values.count { $0 == 0 })
    state.prunedBelow = next
    if state.mode == .ordered { state.nextOrdered = max(state.nextOrdered, next) }
    storage.setInboundLane(lane, state)
    return removed.count
  }

  /// The receiving half of a lane on which messages may be received.
  private static func receiving<S: LaneStorage>(_ lane: LaneID, in storage: S) throws(LaneError) -> InboundLane {
    let status = try outbound(lane, in: storage).status
    switch status {
    case .open, .draining: break
    case .paused, .closed: throw .wrongStatus(status)
    }
    guard let state = try storage.inboundLane(lane) else { throw .corruptState }
    return state
  }

  /// Whether a message was received before or can never be received again.
  private static func isKnown<S: LaneStorage>(
    _ nonce: Nonce, _ lane: LaneID, _ state: InboundLane, in storage: S
  ) throws(LaneError) -> Bool {
    if nonce < state.prunedBelow { return true }
    if state.mode == .ordered { return nonce < state.nextOrdered }
    return try storage.receipt(MessageKey(lane, nonce)) != nil
  }
}

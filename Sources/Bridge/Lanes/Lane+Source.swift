public import Primitives

/// A message whose row was just removed from the source, and what the caller owes for it.
public struct Settlement: Hashable, Sendable {
  /// How a message ended.
  public enum Ending: Hashable, Sendable {
    /// By the destination's receipt.
    case confirmed(Receipt)
    /// By the proven absence of a receipt after the timeout.
    case timedOut
  }
  public var nonce: Nonce
  public var message: OutboundMessage
  public var ending: Ending

  public init(nonce: Nonce, message: OutboundMessage, ending: Ending) {
    self.nonce = nonce
    self.message = message
    self.ending = ending
  }

  /// Whether what left with the message goes back to its sender.
  public var isRefunded: Bool {
    switch ending {
    case .confirmed(let receipt): receipt.outcome.isRefunded
    case .timedOut: true
    }
  }

  /// The account that has earned the message's fee; `nil` when the fee goes back to the sender.
  ///
  /// A relayer earns by delivering in time, whatever the message then did.
  public var rewarded: AccountID? {
    switch ending {
    case .confirmed(let receipt) where receipt.outcome != .expired: receipt.relayer
    case .confirmed, .timedOut: nil
    }
  }
}

/// What is proven about the destination when a message is timed out.
public struct AbsenceEvidence: Hashable, Sendable {
  /// Height and time of the destination block whose state the proof is about.
  public var clock: DestinationClock
  /// `Messages.InboundLanes[lane]` in that state; `nil` when proven absent. Looked at on ordered lanes only.
  public var inbound: InboundLane?

  /// - Precondition: `Messages.Receipts[lane ‖ nonce]` is proven absent in the same state.
  public init(clock: DestinationClock, inbound: InboundLane? = nil) {
    self.clock = clock
    self.inbound = inbound
  }
}

// MARK: Sending and settling

extension Lane {
  /// Stores a message under the next nonce.
  ///
  /// - Parameter seen: The latest height and time of the destination that the source knows of, if any.
  /// - Returns: The message's nonce.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``, ``LaneError/messageOverLimits``,
  ///   ``LaneError/expiredWhenSent``, ``LaneError/congested(window:)``, ``LaneError/exhausted``
  public static func send<S: LaneStorage>(
    _ message: OutboundMessage, on lane: LaneID, seen: DestinationClock? = nil, in storage: inout S
  ) throws(LaneError) -> Nonce {
    var state = try outbound(lane, in: storage)
    guard state.status == .open else { throw .wrongStatus(state.status) }
    guard message.isWithinLimits else { throw .messageOverLimits }
    if let seen, message.isExpired(at: seen) { throw .expiredWhenSent }
    try advance(&state, lane, in: storage)
    // The last nonce is never used, so that the one above every nonce exists.
    guard state.latestGenerated < .max - 1, state.oldestUnsettled <= state.latestGenerated + 1 else { throw .exhausted }
    let window = state.latestGenerated + 1 - state.oldestUnsettled
    guard window < LaneLimits.outboundWindow else { throw .congested(window: window) }
    state.latestGenerated += 1
    state.unsettled += 1
    storage.setMessage(MessageKey(lane, state.latestGenerated), message)
    storage.setOutboundLane(lane, state)
    return state.latestGenerated
  }

  /// Settles messages by their proven receipts and removes their rows.
  ///
  /// Receipts of messages that are settled already are skipped when others are not, because relayers race.
  ///
  /// - Parameter receipts: 1...``LaneLimits/batch`` receipts by strictly increasing nonce, proven by the caller.
  /// - Returns: What was settled now, in order; the caller then pays rewards and refunds.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``, ``LaneError/invalidBatch``,
  ///   ``LaneError/neverSent(nonce:)``, ``LaneError/alreadySettled(nonce:)`` when all are,
  ///   ``LaneError/receiptOfAnotherMessage(nonce:)``
  public static func confirm<S: LaneStorage>(
    _ receipts: [(nonce: Nonce, receipt: Receipt)], on lane: LaneID, in storage: inout S
  ) throws(LaneError) -> [Settlement] {
    let state = try settling(lane, in: storage)
    guard let first = receipts.first, first.nonce > 0, receipts.count <= LaneLimits.batch else { throw .invalidBatch }
    var settlements: [Settlement] = []
    var previous: Nonce = 0
    for (nonce, receipt) in receipts {
      guard nonce > previous else { throw .invalidBatch }
      previous = nonce
      guard nonce <= state.latestGenerated else { throw .neverSent(nonce: nonce) }
      guard let message = try storage.message(MessageKey(lane, nonce)) else { continue }
      guard storage.hash(of: message) == receipt.messageHash else { throw .receiptOfAnotherMessage(nonce: nonce) }
      settlements.append(Settlement(nonce: nonce, message: message, ending: .confirmed(receipt)))
    }
    guard !settlements.isEmpty else { throw .alreadySettled(nonce: first.nonce) }
    try remove(settlements, state, lane, in: &storage)
    return settlements
  }

  /// Settles a message that the destination proves never to have received in time, and removes its row.
  ///
  /// On an ordered lane the proven inbound state must stand at or before the nonce.
  ///
  /// - Returns: The settlement; the caller then refunds.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``, ``LaneError/neverSent(nonce:)``,
  ///   ``LaneError/alreadySettled(nonce:)``, ``LaneError/notYetExpired(nonce:)``,
  ///   ``LaneError/modeMismatch(here:there:)``, ``LaneError/alreadyReceived(nonce:)``
  public static func timeout<S: LaneStorage>(
    _ nonce: Nonce, on lane: LaneID, evidence: AbsenceEvidence, in storage: inout S
  ) throws(LaneError) -> Settlement {
    let state = try settling(lane, in: storage)
    guard nonce > 0, nonce <= state.latestGenerated else { throw .neverSent(nonce: nonce) }
    guard let message = try storage.message(MessageKey(lane, nonce)) else { throw .alreadySettled(nonce: nonce) }
    guard message.isExpired(at: evidence.clock) else { throw .notYetExpired(nonce: nonce) }
    if state.mode == .ordered, let inbound = evidence.inbound {
      guard inbound.mode == .ordered else { throw .modeMismatch(here: .ordered, there: inbound.mode) }
      guard inbound.nextOrdered <= nonce else { throw .alreadyReceived(nonce: nonce) }
    }
    let settlement = Settlement(nonce: nonce, message: message, ending: .timedOut)
    try remove([settlement], state, lane, in: &storage)
    return settlement
  }

  /// The sending half of a lane on which messages may be settled.
  private static func settling<S: LaneStorage>(_ lane: LaneID, in storage: S) throws(LaneError) -> OutboundLane {
    let state = try outbound(lane, in: storage)
    switch state.status {
    case .open, .draining: return state
    case .paused, .closed: throw .wrongStatus(state.status)
    }
  }

  private static func remove<S: LaneStorage>(
    _ settlements: [Settlement], _ state: OutboundLane, _ lane: LaneID, in storage: inout S
  ) throws(LaneError) {
    var state = state
    guard state.unsettled >= settlements.count else { throw .corruptState }
    state.unsettled -= UInt32(settlements.count)
    for settlement in settlements {
      if settlement.ending == .timedOut { state.timedOut += 1 } else { state.confirmed += 1 }
    }
    try advance(&state, lane, settled: Set(settlements.map(\.nonce)), in: storage)
    for settlement in settlements { storage.setMessage(MessageKey(lane, settlement.nonce), nil) }
    storage.setOutboundLane(lane, state)
  }

  /// Moves `oldestUnsettled` over settled nonces, a bounded way; sending and settling both do, so it catches up.
  private static func advance<S: LaneStorage>(
    _ state: inout OutboundLane, _ lane: LaneID, settled: Set<Nonce> = [], in storage: S
  ) throws(LaneError) {
    if state.unsettled == 0 {
      state.oldestUnsettled = state.latestGenerated + 1
      return
    }
    for _ in 0..<LaneLimits.advanceSteps where state.oldestUnsettled <= state.latestGenerated {
      let oldest = state.oldestUnsettled
      if !settled.contains(oldest), try storage.message(MessageKey(lane, oldest)) != nil { return }
      state.oldestUnsettled += 1
    }
  }
}

public import Primitives

/// The rules of a message lane, as pure transitions over a ``LaneStorage``.
///
/// A message is sent with a timeout on its destination's own clock and ends in exactly one way:
///
/// - **confirmed**: the source is shown the receipt that the destination wrote before it executed the message;
/// - **timed out**: the source is shown that the destination had no receipt at a moment at or past the timeout.
///
/// Both cannot happen with an executed message. A receipt for execution is written only before the timeout, by a clock
/// that never runs back; so if a state at or past the timeout has none, none was written and none will be. The only way
/// for a receipt to leave the state is pruning, which asks for proof that the source has settled the message, and a
/// settled message has no row left to be timed out or confirmed again.
///
/// On an ordered lane a late message gets a receipt that says ``DeliveryOutcome/expired``, so that it cannot block the
/// lane; and where the source was faster to time it out, its proven ``OutboundLane/oldestUnsettled`` moves the lane on.
///
/// Every transition checks all before it writes: one that throws has changed nothing. The caller proves what it claims
/// about the other chain; nothing here looks at a proof.
///
/// - SeeAlso: bridges.md 5.3 (the invariants), 5.5 and 7; architecture.md §3.
public enum Lane {}

// MARK: Status

extension Lane {
  /// Opens this end of a lane, or opens a closed one again with its nonces and its mode.
  /// - Throws: ``LaneError/alreadyOpen``, ``LaneError/modeMismatch(here:there:)`` when a closed lane had another mode.
  public static func open<S: LaneStorage>(_ lane: LaneID, mode: LaneMode, in storage: inout S) throws(LaneError) {
    guard var outbound = try storage.outboundLane(lane) else {
      storage.setOutboundLane(lane, OutboundLane(mode: mode))
      storage.setInboundLane(lane, InboundLane(mode: mode))
      return
    }
    guard outbound.status == .closed else { throw .alreadyOpen }
    guard outbound.mode == mode else { throw .modeMismatch(here: outbound.mode, there: mode) }
    outbound.status = .open
    storage.setOutboundLane(lane, outbound)
  }

  /// Stops everything on an open or draining lane.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``
  public static func pause<S: LaneStorage>(_ lane: LaneID, in storage: inout S) throws(LaneError) {
    try change(lane, to: .paused, from: [.open, .draining], in: &storage)
  }

  /// Opens a paused or draining lane.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``
  public static func resume<S: LaneStorage>(_ lane: LaneID, in storage: inout S) throws(LaneError) {
    try change(lane, to: .open, from: [.paused, .draining], in: &storage)
  }

  /// Lets an open or paused lane finish what is in flight and send no more.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)``
  public static func drain<S: LaneStorage>(_ lane: LaneID, in storage: inout S) throws(LaneError) {
    try change(lane, to: .draining, from: [.open, .paused], in: &storage)
  }

  /// Closes a drained lane.
  /// - Throws: ``LaneError/unknownLane``, ``LaneError/wrongStatus(_:)`` unless it is draining,
  ///   ``LaneError/notDrained(unsettled:)``
  public static func close<S: LaneStorage>(_ lane: LaneID, in storage: inout S) throws(LaneError) {
    let outbound = try outbound(lane, in: storage)
    if outbound.status == .draining, outbound.unsettled > 0 { throw .notDrained(unsettled: outbound.unsettled) }
    try change(lane, to: .closed, from: [.draining], in: &storage)
  }

  private static func change<S: LaneStorage>(
    _ lane: LaneID, to status: LaneStatus, from allowed: [LaneStatus], in storage: inout S
  ) throws(LaneError) {
    var outbound = try outbound(lane, in: storage)
    guard allowed.contains(outbound.status) else { throw .wrongStatus(outbound.status) }
    outbound.status = status
    storage.setOutboundLane(lane, outbound)
  }

  static func outbound<S: LaneStorage>(_ lane: LaneID, in storage: S) throws(LaneError) -> OutboundLane {
    guard let outbound = try storage.outboundLane(lane) else { throw .unknownLane }
    return outbound
  }
}

internal import Primitives

/// Why a lane refuses a transition. Nothing has changed then.
public enum LaneError: Error, Hashable, Sendable {
  /// The lane has not been opened at this end.
  case unknownLane
  /// The lane is open here already.
  case alreadyOpen
  /// The lane's status does not allow this.
  case wrongStatus(LaneStatus)
  /// The two ends were opened in different modes.
  case modeMismatch(here: LaneMode, there: LaneMode)
  /// A lane closes only when every message that it sent is settled.
  case notDrained(unsettled: UInt32)
  /// Too many messages await settlement.
  case congested(window: UInt64)
  /// A payload, a refund location or a timeout breaks ``LaneLimits``.
  case messageOverLimits
  /// The message would be too late at the last known height and time of the destination.
  case expiredWhenSent
  /// The nonces are none, start at 0, are more than ``LaneLimits/batch``, or are not strictly increasing.
  case invalidBatch
  /// An ordered lane takes another nonce next.
  case outOfOrder(expected: Nonce, got: Nonce)
  /// Every message of the batch has been received before, or is settled at the source.
  case nothingNew
  /// No message of the batch is new, and at least one came too late.
  case tooLate(nonce: Nonce)
  /// Too many receipts await settlement at the source. Prove the source's lane state first.
  case tooManyReceipts
  /// Too many relayers have receipts that await settlement.
  case tooManyRelayers
  /// The message has no receipt.
  case notReceived(nonce: Nonce)
  /// The receipt has its outcome already, or is to be given none.
  case outcomeFixed(nonce: Nonce)
  /// The nonce is above the newest message's.
  case neverSent(nonce: Nonce)
  /// The message was confirmed or timed out before.
  case alreadySettled(nonce: Nonce)
  /// The receipt is for other bytes than this lane sent under the nonce.
  case receiptOfAnotherMessage(nonce: Nonce)
  /// The destination could still have executed the message at the proven height and time.
  case notYetExpired(nonce: Nonce)
  /// The ordered destination is already past the nonce: it has, or had, a receipt.
  case alreadyReceived(nonce: Nonce)
  /// A proven lane state contradicts itself.
  case invalidLaneState
  /// A counter is at its end.
  case exhausted
  /// A stored row does not decode: this node's database is damaged.
  case corruptState
}

extension LaneError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownLane: "lanes: lane is not open here"
    case .alreadyOpen: "lanes: lane is open already"
    case .wrongStatus(let status): "lanes: lane is \(status)"
    case .modeMismatch(let here, let there): "lanes: lane is \(here) here and \(there) at the other end"
    case .notDrained(let unsettled): "lanes: \(unsettled) messages are not settled"
    case .congested(let window): "lanes: \(window) nonces await settlement, at most \(LaneLimits.outboundWindow) may"
    case .messageOverLimits: "lanes: payload, refund location or timeout is out of bounds"
    case .expiredWhenSent: "lanes: message would be too late at the destination's known height and time"
    case .invalidBatch: "lanes: batch is not 1 to \(LaneLimits.batch) rising nonces from 1"
    case .outOfOrder(let expected, let got): "lanes: ordered lane takes nonce \(expected) next, got \(got)"
    case .nothingNew: "lanes: every message of the batch is known"
    case .tooLate(let nonce): "lanes: message \(nonce) came after its timeout"
    case .tooManyReceipts: "lanes: more than \(LaneLimits.unsettledReceipts) receipts would await settlement"
    case .tooManyRelayers: "lanes: \(LaneLimits.unsettledRelayers) relayers have receipts that await settlement"
    case .notReceived(let nonce): "lanes: message \(nonce) has no receipt"
    case .outcomeFixed(let nonce): "lanes: outcome of message \(nonce) cannot be changed"
    case .neverSent(let nonce): "lanes: message \(nonce) was never sent"
    case .alreadySettled(let nonce): "lanes: message \(nonce) is settled"
    case .receiptOfAnotherMessage(let nonce): "lanes: receipt \(nonce) is for other bytes than were sent"
    case .notYetExpired(let nonce): "lanes: message \(nonce) was not too late at the proven height and time"
    case .alreadyReceived(let nonce): "lanes: ordered destination is past message \(nonce)"
    case .invalidLaneState: "lanes: proven lane state contradicts itself"
    case .exhausted: "lanes: a counter is at its end"
    case .corruptState: "lanes: a stored row does not decode"
    }
  }
}

public import Primitives
public import ScaleCodec

/// A message on its way, as it stands in the source's state at `Messages.Outbound[lane ‖ nonce]` until it is settled.
@ScaleCodable(path: "echo_lanes::OutboundMessage")
public struct OutboundMessage: Hashable, Sendable {
  /// A versioned XCM program, at most ``LaneLimits/payloadBytes``. The lane does not look inside.
  public var payload: [UInt8]
  /// Names the message on every chain that it causes something on.
  public var topic: H256
  /// The destination height from which on the message is too late; never 0.
  public var timeoutHeight: BlockNumber
  /// The destination time from which on the message is too late, in milliseconds since 1970; never 0.
  public var timeoutAt: Milliseconds
  /// Held on the source for the relayer that delivers in time; returned with a refund otherwise.
  public var fee: Balance
  /// A versioned XCM location that a refund goes to, at most ``LaneLimits/refundBytes``.
  public var refund: [UInt8]
  /// The source height at which the message was sent.
  public var sentAt: BlockNumber

  public init(
    payload: [UInt8], topic: H256, timeoutHeight: BlockNumber, timeoutAt: Milliseconds, fee: Balance, refund: [UInt8],
    sentAt: BlockNumber
  ) {
    self.payload = payload
    self.topic = topic
    self.timeoutHeight = timeoutHeight
    self.timeoutAt = timeoutAt
    self.fee = fee
    self.refund = refund
    self.sentAt = sentAt
  }

  /// Whether the destination may no longer execute the message at this moment of its own clock.
  public func isExpired(at clock: DestinationClock) -> Bool {
    clock.height >= timeoutHeight || clock.time >= timeoutAt
  }

  /// Whether payload and refund location keep to ``LaneLimits`` and the message can expire.
  public var isWithinLimits: Bool {
    payload.count <= LaneLimits.payloadBytes && refund.count <= LaneLimits.refundBytes && timeoutHeight > 0 && timeoutAt > 0
  }
}

/// A moment on the destination: the height and the time of one of its blocks. Neither ever falls from block to block.
public struct DestinationClock: Hashable, Sendable {
  public var height: BlockNumber
  public var time: Milliseconds

  public init(height: BlockNumber, time: Milliseconds) {
    self.height = height
    self.time = time
  }
}

/// What became of a message at its destination.
@ScaleCodable(path: "echo_lanes::DeliveryOutcome")
public enum DeliveryOutcome: Hashable, Sendable {
  /// Received, and its execution has not reported yet. Stands in no finished block.
  @ScaleIndex(0) case pending
  /// Executed to its end.
  @ScaleIndex(1) case executed
  /// Executed up to instruction `index`, which failed with `error`. What holding had left is trapped at the
  /// destination and can be claimed there, so nothing is refunded.
  @ScaleIndex(2) case executedWithError(index: UInt32, error: UInt8)
  /// Not executed at all: it had no effect at the destination and is refunded at the source.
  @ScaleIndex(3) case rejected(error: UInt8)
  /// Too late on an ordered lane: not executed, refunded at the source.
  @ScaleIndex(4) case expired

  /// Whether the source gives back what left with the message: exactly when the destination did nothing with it.
  public var isRefunded: Bool {
    switch self {
    case .rejected, .expired: true
    case .pending, .executed, .executedWithError: false
    }
  }

  /// The error of ``rejected(error:)`` for a message that breaks ``LaneLimits``.
  public static let overLimits = DeliveryOutcome.rejected(error: .max)
}

/// The proof that a message was received, stored at `Messages.Receipts[lane ‖ nonce]` before anything is executed.
///
/// Once written it is never written again, except that its outcome replaces ``DeliveryOutcome/pending`` once, and it
/// stays until the source proves that it has settled the message.
@ScaleCodable(path: "echo_lanes::Receipt")
public struct Receipt: Hashable, Sendable {
  public var outcome: DeliveryOutcome
  /// The account on the **source** chain that the fee goes to.
  public var relayer: AccountID
  /// The destination height at which the message was received.
  public var receivedAt: BlockNumber
  /// BLAKE2b-256 of the encoded ``OutboundMessage`` that was received.
  public var messageHash: H256

  public init(outcome: DeliveryOutcome, relayer: AccountID, receivedAt: BlockNumber, messageHash: H256) {
    self.outcome = outcome
    self.relayer = relayer
    self.receivedAt = receivedAt
    self.messageHash = messageHash
  }
}

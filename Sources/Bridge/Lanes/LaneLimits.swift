internal import Primitives

/// Bounds on everything that a lane keeps or handles at once.
///
/// Both ends of a lane use the same numbers; they are part of the protocol.
public enum LaneLimits {
  /// Bytes of a message's payload.
  public static let payloadBytes = 32 << 10
  /// Bytes of the encoded location that a refund goes to.
  public static let refundBytes = 256
  /// Messages in one delivery, and receipts in one confirmation.
  public static let batch = 256
  /// Receipts that wait at a destination for the source to settle their messages.
  public static let unsettledReceipts: UInt32 = 4096
  /// Relayers with receipts among those.
  public static let unsettledRelayers: UInt32 = 1024
  /// Nonces from the oldest unsettled message to the newest one, both included.
  public static let outboundWindow: UInt64 = 8192
  /// Nonces that one settlement or one send may move the oldest unsettled one over.
  public static let advanceSteps = 256
  /// Nonces that one pruning may look at.
  public static let pruneSteps = 512
}

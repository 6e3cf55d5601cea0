/// Which nonce an account uses next, without asking the node each time.
///
/// Asks again (``next`` is `nil`) after anything that leaves the count in doubt.
public struct NonceTracker: Hashable, Sendable {
  /// The next nonce; `nil` while it has to be asked for.
  public private(set) var next: UInt32?

  public init() {}

  /// Takes what the chain says.
  public mutating func synchronise(_ nonce: UInt32) { next = nonce }

  /// Notes that a node took an extrinsic with a nonce.
  public mutating func accepted(_ nonce: UInt32) { next = nonce == .max ? nil : nonce + 1 }

  /// Notes that the count is in doubt: a nonce was refused, an extrinsic was dropped or its fate is unknown.
  public mutating func invalidate() { next = nil }
}

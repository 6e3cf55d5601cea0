public import Lanes
public import Primitives

/// What is to be submitted to one chain now.
public struct Plan: Hashable, Sendable {
  /// Why nothing may be done at all.
  public enum Obstacle: Hashable, Sendable {
    /// The light client here is frozen, expired or not approved.
    case client(status: String)
    /// The light client here knows a newer block than was read there.
    case staleView
  }

  /// The height of the other chain at which everything is proven.
  public enum Base: Hashable, Sendable {
    /// The client's newest height: no update is needed.
    case known(BlockNumber)
    /// The newest finalised block, after an update.
    case newest(BlockNumber)
  }

  public var obstacle: Obstacle?
  public var base: Base
  /// Consecutive nonces each, in order.
  public var deliveries: [NonceRange] = []
  /// Ascending nonces each.
  public var confirmations: [[Nonce]] = []
  public var timeouts: [Nonce] = []
  /// Whether the client is updated for its own sake.
  public var refresh = false
  /// Messages of the other chain without a receipt here that can still be delivered.
  public var waiting = 0
  /// The lowest of those.
  public var oldestWaiting: Nonce?
  /// Messages that are too near their timeout to be delivered.
  public var late = 0

  public init(base: Base) { self.base = base }

  /// Whether there is nothing to submit.
  public var isEmpty: Bool { deliveries.isEmpty && confirmations.isEmpty && timeouts.isEmpty && !refresh }

  /// The proof height.
  public var height: BlockNumber {
    switch base {
    case .known(let number), .newest(let number): number
    }
  }
}

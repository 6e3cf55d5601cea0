internal import Foundation
internal import Lanes
public import Primitives
internal import Synchronization

/// What a relayer has done and sees, for `/metrics`, `/healthz` and tests. Usable from any thread.
public final class RelayerStatus: Sendable {
  /// A chain as the relayer sees it.
  public struct ChainStatus: Hashable, Sendable {
    public var isConnected = false
    /// Connections made so far.
    public var connections = 0
    public var height: BlockNumber = 0
    /// Why there is no connection.
    public var problem: String?
  }

  /// One end of a path: what was submitted to `here` about messages to and from `there`.
  public struct EndStatus: Hashable, Sendable {
    public var path = ""
    public var here = ""
    public var there = ""
    /// Messages of `there` that were received here by this relayer's deliveries.
    public var delivered: UInt64 = 0
    /// Messages of `here` that were settled by receipts.
    public var confirmed: UInt64 = 0
    /// Messages of `here` that were settled by timeouts.
    public var timedOut: UInt64 = 0
    /// Extrinsics that were sent, and those that failed or were not taken.
    public var submissions: UInt64 = 0
    public var failures: UInt64 = 0
    /// Messages of `there` that wait for delivery.
    public var waiting = 0
    /// When the oldest of those was sent, milliseconds since 1970.
    public var oldestSentAt: Milliseconds?
    /// Messages of `there` that are too near their timeout.
    public var late = 0
    /// Messages on the dead-letter lists.
    public var deadLetters = 0
    /// The newest height of `there` that its client here knows, and how many blocks that is behind.
    public var clientHeight: BlockNumber = 0
    public var clientLag: BlockNumber = 0
    /// When both ends were last read, milliseconds since 1970.
    public var lastRound: Milliseconds?
    /// When something last came into a block.
    public var lastProgress: Milliseconds?
    /// Why nothing moves.
    public var obstacle: String?
  }

  struct State {
    var chains: [String: ChainStatus] = [:]
    var ends: [EndStatus] = []
  }

  public let startedAt: Milliseconds
  private let stallAfter: Milliseconds
  private let state: Mutex<State>

  init(_ configuration: RelayerConfiguration) {
    startedAt = Self.now
    stallAfter = Milliseconds(configuration.stallAfter.components.seconds) * 1000
    var initial = State()
    for chain in configuration.chains { initial.chains[chain.name] = ChainStatus() }
    for path in configuration.paths {
      for (here, there) in [(path.a, path.b), (path.b, path.a)] {
        var end = EndStatus()
        (end.path, end.here, end.there) = (path.description, here, there)
        initial.ends.append(end)
      }
    }
    state = Mutex(initial)
  }

  /// The machine's clock in milliseconds since 1970.
  static var now: Milliseconds { Milliseconds(max(0, Date().timeIntervalSince1970 * 1000)) }

  /// The chains by name.
  public var chains: [String: ChainStatus] { state.withLock { $0.chains } }

  /// Both ends of every path, in the order of the configuration.
  public var ends: [EndStatus] { state.withLock { $0.ends } }

  /// Whether a path's end was not read for too long, or has messages to deliver and came no further for too long.
  public func isStalled(_ end: EndStatus, at now: Milliseconds) -> Bool {
    if now > max(end.lastRound ?? 0, startedAt).addingSaturating(stallAfter) { return true }
    guard end.waiting > 0 else { return false }
    return now > max(end.lastProgress ?? 0, end.oldestSentAt ?? 0, startedAt).addingSaturating(stallAfter)
  }

  func connected(_ chain: String) {
    state.withLock { state in
      state.chains[chain]?.isConnected = true
      state.chains[chain]?.connections += 1
      state.chains[chain]?.problem = nil
    }
  }

  func disconnected(_ chain: String, reason: String) {
    state.withLock { state in
      state.chains[chain]?.isConnected = false
      state.chains[chain]?.problem = reason
    }
  }

  func height(_ chain: String, _ number: BlockNumber) { state.withLock { $0.chains[chain]?.height = number } }

  func update(here: String, there: String, _ change: (inout EndStatus) -> Void) {
    state.withLock { state in
      guard let index = state.ends.firstIndex(where: { $0.here == here && $0.there == there }) else { return }
      change(&state.ends[index])
    }
  }
}

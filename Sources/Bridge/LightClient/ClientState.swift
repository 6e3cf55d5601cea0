public import Finality
public import Primitives
public import ScaleCodec

/// Whether a light client may be used.
@ScaleCodable(path: "echo_light_client::ClientStatus")
public enum ClientStatus: Hashable, Sendable {
  /// Takes updates and answers proofs.
  @ScaleIndex(0)
  case active
  /// Two commitments of the other chain contradict each other: nothing it says counts until governance replaces the
  /// client.
  @ScaleIndex(1)
  case frozen
  /// No update came within the trusting period. Only governance brings it back.
  @ScaleIndex(2)
  case expired
  /// Created, not approved yet.
  @ScaleIndex(3)
  case inert
}

/// What one chain remembers of another in order to believe its certificates. 221 bytes.
///
/// A value: functions take it, a store for its rows and the host's clock, and say what became of the call. A refused
/// call changes nothing.
/// - SeeAlso: Docs/formats/finality.md, section 7.
@ScaleCodable(path: "echo_light_client::ClientState")
public struct ClientState: Hashable, Sendable {
  /// The chain, by its genesis header. Never changes.
  public internal(set) var genesisHash: H256
  /// The set that signs now.
  public internal(set) var current: ValidatorSetSummary
  /// The set that signs after the handover; its id is one higher.
  public internal(set) var next: ValidatorSetSummary
  /// Height of the newest accepted commitment.
  public internal(set) var number: BlockNumber
  /// Header hash of that height.
  public internal(set) var headerHash: H256
  /// MMR root of that height.
  public internal(set) var mmrRoot: H256
  /// Time of that height in milliseconds.
  public internal(set) var timestamp: Milliseconds
  /// How long a commitment is believed, in milliseconds: shorter than validators' stakes are held.
  public internal(set) var trustingPeriod: Milliseconds
  /// How far ahead of the host's clock a commitment's time may lie, in milliseconds.
  public internal(set) var maximumDrift: Milliseconds
  /// How long an accepted height must stand before proofs may use it, in milliseconds.
  public internal(set) var updateDelay: Milliseconds
  /// The status as stored; see ``status(at:)``.
  public internal(set) var status: ClientStatus

  /// The longest trusting period: 14 days, half of the time for which stakes are held.
  public static let maximumTrustingPeriod: Milliseconds = 14 * 86_400_000
  /// The drift allowed unless set up otherwise.
  public static let defaultDrift: Milliseconds = 15_000
  /// How many accepted heights are kept.
  public static let retainedHeights = 256
  /// How many commitments of each set are remembered for conflicts, beyond the retained heights.
  public static let retainedCommitments: UInt64 = 64
  /// How many sets are known at once, the current one included.
  public static let retainedSets: UInt64 = 256

  /// The moment from which the client counts as expired, in milliseconds.
  public var expiry: Milliseconds { timestamp.addingSaturating(trustingPeriod) }

  /// The status that holds at a moment of the host's clock: an active client expires by itself.
  public func status(at now: Milliseconds) -> ClientStatus {
    status == .active && now >= expiry ? .expired : status
  }

  /// Lets an inert client be used; does nothing to others.
  /// - Returns: Whether the client was inert.
  @discardableResult
  public mutating func activate() -> Bool {
    guard status == .inert else { return false }
    status = .active
    return true
  }

  /// Whether a fresh client may take the place of a stuck one: the same chain, usable, and not behind.
  public func maySubstitute(_ stuck: ClientState, at now: Milliseconds) -> Bool {
    genesisHash == stuck.genesisHash && status(at: now) == .active && number >= stuck.number
  }
}

/// The host chain's clock: its own block time and height, never a machine's.
public struct HostMoment: Hashable, Sendable {
  /// Milliseconds since 1970.
  public var now: Milliseconds
  /// The host's height.
  public var block: BlockNumber

  public init(now: Milliseconds, block: BlockNumber) {
    self.now = now
    self.block = block
  }
}

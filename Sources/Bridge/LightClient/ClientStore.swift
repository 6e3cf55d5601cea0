public import Finality
public import Primitives
public import ScaleCodec

/// What is kept of an accepted height. 124 bytes.
@ScaleCodable(path: "echo_light_client::ConsensusState")
public struct ConsensusState: Hashable, Sendable {
  /// MMR root with the leaf of the height itself.
  public var mmrRoot: H256
  /// Hash of the height's header.
  public var headerHash: H256
  /// The height's time in milliseconds.
  public var timestamp: Milliseconds
  /// When the host accepted it, in milliseconds.
  public var acceptedAt: Milliseconds
  /// The host's height when it accepted it.
  public var acceptedAtBlock: BlockNumber
  /// The set that signed.
  public var setID: UInt64
  /// Digest of the commitment: another one for the same height is proof of a fault.
  public var digest: H256

  init(_ commitment: Commitment, host: HostMoment) {
    mmrRoot = commitment.mmrRoot
    headerHash = commitment.headerHash
    timestamp = commitment.timestamp
    acceptedAt = host.now
    acceptedAtBlock = host.block
    setID = commitment.validatorSetID
    digest = commitment.digest
  }
}

/// A set that signed accepted commitments.
@ScaleCodable(path: "echo_light_client::KnownSet")
public struct KnownSet: Hashable, Sendable {
  /// Size and root.
  public var summary: ValidatorSetSummary
  /// When the next set took over, in the host's milliseconds; `nil` while it signs. Its signatures count as evidence
  /// and for gaps for one trusting period more.
  public var retiredAt: Milliseconds?
  /// Commitments accepted from it so far. The next one goes to slot `accepted % 64`.
  public var accepted: UInt64
}

/// A commitment that was accepted, as it is remembered after its height has been pruned. 36 bytes.
@ScaleCodable(path: "echo_light_client::AcceptedCommitment")
public struct AcceptedCommitment: Hashable, Sendable {
  public var number: BlockNumber
  public var digest: H256
}

/// Which rows of a client exist.
@ScaleCodable(path: "echo_light_client::Retention")
public struct Retention: Hashable, Sendable {
  /// Accepted heights that are kept, ascending; at most ``ClientState/retainedHeights``.
  public var heights: [BlockNumber]
  /// The oldest set that is known. All from here to the current one are.
  public var oldestSet: UInt64

  /// The index of a client without rows, unless told otherwise.
  public init(heights: [BlockNumber] = [], oldestSet: UInt64 = 0) {
    self.heights = heights
    self.oldestSet = oldestSet
  }
}

/// The rows of one client, wherever they are kept. Writing `nil` removes a row.
///
/// A pallet answers from its storage maps; ``MemoryClientStore`` from dictionaries.
public protocol ClientStore {
  /// Why a row cannot be read; `Never` for memory.
  associatedtype Failure: Error
  /// An accepted height.
  func consensusState(at number: BlockNumber) throws(Failure) -> ConsensusState?
  mutating func setConsensusState(_ state: ConsensusState?, at number: BlockNumber) throws(Failure)
  /// The index of the rows; empty for a client that has none.
  func retention() throws(Failure) -> Retention
  mutating func setRetention(_ retention: Retention) throws(Failure)
  /// A set by its id.
  func knownSet(_ id: UInt64) throws(Failure) -> KnownSet?
  mutating func setKnownSet(_ set: KnownSet?, id: UInt64) throws(Failure)
  /// A slot, 0..<64, in the ring of commitments accepted from a set.
  func acceptedCommitment(set: UInt64, slot: UInt32) throws(Failure) -> AcceptedCommitment?
  mutating func setAcceptedCommitment(_ row: AcceptedCommitment?, set: UInt64, slot: UInt32) throws(Failure)
}

/// The rows of one client in memory, for relayers that check before they submit and for tests.
public struct MemoryClientStore: ClientStore, Hashable, Sendable {
  private struct Slot: Hashable, Sendable {
    var set: UInt64
    var slot: UInt32
  }
  private var states: [BlockNumber: ConsensusState] = [:]
  private var index = Retention()
  private var sets: [UInt64: KnownSet] = [:]
  private var ring: [Slot: AcceptedCommitment] = [:]

  /// An empty store.
  public init() {}

  /// Rows of every kind together.
  public var rowCount: Int { states.count + sets.count + ring.count }

  public func consensusState(at number: BlockNumber) -> ConsensusState? { states[number] }
  public mutating func setConsensusState(_ state: ConsensusState?, at number: BlockNumber) { states[number] = state }
  public func retention() -> Retention { index }
  public mutating func setRetention(_ retention: Retention) { index = retention }
  public func knownSet(_ id: UInt64) -> KnownSet? { sets[id] }
  public mutating func setKnownSet(_ set: KnownSet?, id: UInt64) { sets[id] = set }
  public func acceptedCommitment(set: UInt64, slot: UInt32) -> AcceptedCommitment? { ring[Slot(set: set, slot: slot)] }
  public mutating func setAcceptedCommitment(_ row: AcceptedCommitment?, set: UInt64, slot: UInt32) {
    ring[Slot(set: set, slot: slot)] = row
  }
}

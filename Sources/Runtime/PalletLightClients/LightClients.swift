public import Finality
public import LightClient
public import PalletSupport
public import Primitives
public import ScaleCodec

/// Light clients of other chains: what this chain knows of their finalised blocks, and on whose signatures.
///
/// Anybody may update a client or report its chain's misbehaviour; nobody is trusted to. The rules are
/// `Bridge/LightClient`'s; this pallet keeps their rows and maps their refusals. A client costs one row, at most 256
/// heights, and the sets of its trusting period.
public enum LightClients {
  /// A client's number on this chain.
  public typealias ClientID = UInt32

  public protocol Config {
    associatedtype Clock: ChainClock
    static var palletIndex: UInt8 { get }
  }

  /// What a client starts from: a commitment that governance trusts, and the sets around it.
  @ScaleCodable(path: "pallet_light_clients::ClientSetup")
  public struct Setup: Hashable, Sendable {
    public var trusted: Commitment
    public var current: ValidatorSetSummary
    public var next: ValidatorSetSummary
    /// Milliseconds without an update after which the client expires, at most 14 days.
    public var trustingPeriod: Compact<UInt64>

    public init(trusted: Commitment, current: ValidatorSetSummary, next: ValidatorSetSummary, trustingPeriod: UInt64) {
      self.trusted = trusted
      self.current = current
      self.next = next
      self.trustingPeriod = Compact(trustingPeriod)
    }
  }

  @ScaleCodable(path: "pallet_light_clients::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Creates a client under a free number. Origin: root.
    @ScaleIndex(0) case create(clientId: UInt32, setup: LightClients.Setup)
    /// Shows a client a newer certificate. Origin: signed.
    @ScaleIndex(1) case update(clientId: UInt32, update: ClientUpdate)
    /// Freezes a client by proof that its chain contradicted itself. Origin: signed.
    @ScaleIndex(2) case reportMisbehaviour(clientId: UInt32, evidence: Misbehaviour)
  }

  @ScaleCodable(path: "pallet_light_clients::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A client was created.
    @ScaleIndex(0) case created(clientId: UInt32, genesisHash: H256, number: BlockNumber)
    /// A client knows a new height.
    @ScaleIndex(1) case updated(clientId: UInt32, number: BlockNumber, headerHash: H256)
    /// A client follows the next validator set.
    @ScaleIndex(2) case handedOver(clientId: UInt32, setId: UInt64)
    /// A client trusts its chain no more.
    @ScaleIndex(3) case frozen(clientId: UInt32, reason: FreezeReason)
  }

  @ErrorShape(path: "pallet_light_clients::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The number is taken. Pick another.
    case clientExists
    /// No client has this number.
    case unknownClient
    /// The trusted commitment and its sets do not fit together, or are too old.
    case invalidSetup
    /// The client is frozen, expired or not approved.
    case notActive
    /// A signature, a set or a proof of the certificate does not hold.
    case invalidCertificate
    /// The certificate's time is ahead of this chain's clock or outside the trusting period.
    case badTime
    /// The certificate's set took over and the proof of the set after it is missing, or does not belong.
    case badHandover
    /// The height is older than the client keeps.
    case tooOld
    /// The client has this height already.
    case alreadyKnown
    /// The evidence shows no fault.
    case noMisbehaviour
    /// The height has not been shown to the client.
    case unknownHeight
    /// The header is not the one whose hash was certified.
    case wrongHeader
    /// The height may not be used yet.
    case tooEarly
  }

  static let clients = OptionalStorageMap<ClientID, ClientState>(
    "LightClients", "Clients", hasher: .twox64Concat, docs: ["Clients by number."])
  static let states = StorageDoubleMap<ClientID, BlockNumber, ConsensusState>(
    "LightClients", "ConsensusStates", hashers: (.twox64Concat, .twox64Concat), docs: ["Accepted heights of each client."])
  static let retention = OptionalStorageMap<ClientID, Retention>(
    "LightClients", "Retention", hasher: .twox64Concat, docs: ["Which heights and sets each client keeps."])
  static let sets = StorageDoubleMap<ClientID, UInt64, KnownSet>(
    "LightClients", "KnownSets", hashers: (.twox64Concat, .twox64Concat), docs: ["Validator sets that each client has followed."])
  static let accepted = StorageDoubleMap<Pair<ClientID, UInt64>, UInt32, AcceptedCommitment>(
    "LightClients", "Accepted", hashers: (.twox64Concat, .twox64Concat), docs: ["The first commitments accepted of each set."])

  /// The storage key of a client's state, for those who read it from outside.
  public static func clientKey(_ id: ClientID) -> [UInt8] { clients.key(id) }

  /// What the storage keys of all clients begin with.
  public static var clientsPrefix: [UInt8] { clients.prefix }

  /// The storage key of an accepted height.
  public static func heightKey(_ id: ClientID, _ number: BlockNumber) -> [UInt8] { states.key(id, number) }
}

/// The rows of one client in this chain's state.
struct ClientRows: ClientStore {
  typealias Failure = DispatchError
  let id: LightClients.ClientID
  let context: ExecutionContext

  func consensusState(at number: BlockNumber) throws(DispatchError) -> ConsensusState? {
    try LightClients.states.get(id, number, in: context)
  }
  func setConsensusState(_ state: ConsensusState?, at number: BlockNumber) {
    if let state {
      LightClients.states.set(id, number, to: state, in: context)
    } else {
      LightClients.states.remove(id, number, in: context)
    }
  }
  func retention() throws(DispatchError) -> Retention {
    guard let retention = try LightClients.retention.get(id, in: context) else { throw .corruption }
    return retention
  }
  func setRetention(_ retention: Retention) { LightClients.retention.set(id, to: retention, in: context) }
  func knownSet(_ set: UInt64) throws(DispatchError) -> KnownSet? { try LightClients.sets.get(id, set, in: context) }
  func setKnownSet(_ known: KnownSet?, id set: UInt64) {
    if let known { LightClients.sets.set(id, set, to: known, in: context) } else { LightClients.sets.remove(id, set, in: context) }
  }
  func acceptedCommitment(set: UInt64, slot: UInt32) throws(DispatchError) -> AcceptedCommitment? {
    try LightClients.accepted.get(Pair(id, set), slot, in: context)
  }
  func setAcceptedCommitment(_ row: AcceptedCommitment?, set: UInt64, slot: UInt32) {
    if let row {
      LightClients.accepted.set(Pair(id, set), slot, to: row, in: context)
    } else {
      LightClients.accepted.remove(Pair(id, set), slot, in: context)
    }
  }
}

public import Finality
public import PalletSupport
public import Primitives
public import ScaleCodec

/// Accounts, the block being executed, its events and its limits.
///
/// Every other pallet stands on this one: the runtime opens a block with
/// ``Pallet/initialize(number:parentHash:digest:in:)``, reports each extrinsic with
/// ``Pallet/noteAppliedExtrinsic(_:info:in:)`` and closes the block with ``Pallet/finalize(in:)``.
public enum System {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// The outer event of the runtime. Only its shape is used, for metadata.
    associatedtype RuntimeEvent: ScaleTyped
    static var palletIndex: UInt8 { get }
    static var version: RuntimeVersion { get }
    /// The number in front of the chain's SS58 addresses.
    static var ss58Prefix: UInt16 { get }
    static var blockWeights: BlockWeights { get }
    static var blockLength: BlockLength { get }
    /// How many block hashes stay readable; also the longest life of a mortal extrinsic.
    static var blockHashCount: BlockNumber { get }
  }

  /// What the chain keeps about an account.
  ///
  /// The row exists while `providers` or `sufficients` is above 0.
  /// - SeeAlso: `frame_system::AccountInfo`.
  @ScaleCodable(path: "frame_system::AccountInfo")
  public struct AccountInfo: Hashable, Sendable {
    /// Extrinsics that the account has sent.
    public var nonce: UInt32
    /// References that need the account to stay.
    public var consumers: UInt32
    /// References that keep the account: the existential deposit, and a permanent one of accounts of other chains.
    public var providers: UInt32
    /// References that keep the account by themselves: balances of sufficient assets.
    public var sufficients: UInt32
    public var data: AccountData

    public init(
      nonce: UInt32 = 0, consumers: UInt32 = 0, providers: UInt32 = 0, sufficients: UInt32 = 0,
      data: AccountData = AccountData()
    ) {
      self.nonce = nonce
      self.consumers = consumers
      self.providers = providers
      self.sufficients = sufficients
      self.data = data
    }

    /// Whether anything keeps the account.
    public var exists: Bool { providers > 0 || sufficients > 0 }
  }

  @ScaleCodable(path: "frame_system::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Puts bytes on chain and does nothing else.
    @ScaleIndex(0) case remark(remark: [UInt8])
    /// Writes raw storage under keys of 1 to 1024 bytes. Origin: root.
    @ScaleIndex(4) case setStorage(items: [Pair<[UInt8], [UInt8]>])
    /// Removes raw storage under keys of 1 to 1024 bytes. Origin: root.
    @ScaleIndex(5) case killStorage(keys: [[UInt8]])
    /// Puts bytes on chain and emits their hash. Origin: signed.
    @ScaleIndex(7) case remarkWithEvent(remark: [UInt8])
  }

  @ScaleCodable(path: "frame_system::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// An extrinsic ran.
    @ScaleIndex(0) case extrinsicSuccess(dispatchInfo: DispatchInfo)
    /// An extrinsic was refused; its fee and nonce stay used.
    @ScaleIndex(1) case extrinsicFailed(dispatchError: DispatchError, dispatchInfo: DispatchInfo)
    /// An account came into being.
    @ScaleIndex(3) case newAccount(account: AccountID)
    /// An account was removed.
    @ScaleIndex(4) case killedAccount(account: AccountID)
    /// Bytes were put on chain.
    @ScaleIndex(5) case remarked(sender: AccountID, hash: H256)
  }

  /// Numbered as in `frame_system`; an Echochain runtime raises ``callFiltered`` and ``invalidStorageKey`` only.
  @ErrorShape(path: "frame_system::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    case invalidSpecName
    case specVersionNeedsToIncrease
    case failedToExtractRuntimeVersion
    case nonDefaultComposite
    case nonZeroRefCount
    /// The runtime does not let this origin make this call.
    case callFiltered
    case multiBlockMigrationsOngoing
    case invalidTask
    case failedTask
    case nothingAuthorized
    case unauthorized
    /// A storage key has not 1 to 1024 bytes, which is what the state trie takes.
    case invalidStorageKey
  }
}

extension System {
  /// A log of the header: the type that light clients of this chain decode.
  public typealias DigestItem = Finality.DigestItem

  /// The digest of the header being built.
  /// - SeeAlso: `sp_runtime::generic::digest::Digest`.
  @ScaleCodable(path: "sp_runtime::generic::digest::Digest")
  public struct Digest: Hashable, Sendable {
    public var logs: [System.DigestItem]
    public init(logs: [System.DigestItem] = []) { self.logs = logs }
  }

  // Account rows and block hashes are read by clients at these keys: names and hashers are API.
  public static let account = StorageMap<AccountID, AccountInfo>(
    "System", "Account", hasher: .blake2b128Concat, default: AccountInfo(),
    docs: ["Nonce, references and native balances of an account."])
  public static let extrinsicCount = OptionalStorageValue<UInt32>(
    "System", "ExtrinsicCount", docs: ["Extrinsics applied so far in this block; absent between blocks."])
  public static let blockWeight = StorageValue<PerDispatchClass<Weight>>(
    "System", "BlockWeight", default: PerDispatchClass(normal: .zero, operational: .zero, mandatory: .zero),
    docs: ["Weight that the block has used."])
  public static let allExtrinsicsLen = OptionalStorageValue<UInt32>(
    "System", "AllExtrinsicsLen", docs: ["Bytes of the block's extrinsics; absent between blocks."])
  public static let blockHash = StorageMap<BlockNumber, H256>(
    "System", "BlockHash", hasher: .twox64Concat, default: .zero, docs: ["Hashes of recent blocks and of genesis."])
  public static let extrinsicData = StorageMap<UInt32, [UInt8]>(
    "System", "ExtrinsicData", hasher: .twox64Concat, default: [],
    docs: ["Always empty between blocks: the block builder holds the extrinsics."])
  public static let number = StorageValue<BlockNumber>("System", "Number", default: 0, docs: ["The block's height."])
  public static let parentHash = StorageValue<H256>(
    "System", "ParentHash", default: .zero, docs: ["The parent's hash."])
  public static let digest = StorageValue<Digest>("System", "Digest", default: Digest(), docs: ["The header's digest."])
  public static let eventCount = StorageValue<UInt32>(
    "System", "EventCount", default: 0, docs: ["How many events the block has."])
  public static let executionPhase = OptionalStorageValue<Phase>(
    "System", "ExecutionPhase", docs: ["The step of the block that runs; absent between blocks."])
  public static let lastRuntimeUpgrade = OptionalStorageValue<LastRuntimeUpgradeInfo>(
    "System", "LastRuntimeUpgrade", docs: ["The runtime that last changed the state's layout."])
  /// Bytes that a raw storage key may have: at least one, and at most what the state trie takes.
  public static let storageKeyBytes = 1...1024
  /// The storage key of the block's events, a `Vec<EventRecord>`.
  public static let eventsKey = storagePrefix("System", "Events")
}

/// The shape of one `frame_system::EventRecord` with the runtime's own event; never instantiated.
enum EventRecordShape<Event: ScaleTyped>: ScaleTyped {
  static var typeShape: TypeShape {
    let event = TypeReference(Event.self)
    let hash = TypeReference(H256.self)
    return TypeShape(
      path: ["frame_system", "EventRecord"], parameters: [.init(name: "E", type: event), .init(name: "T", type: hash)],
      .composite([
        .init(name: "phase", type: TypeReference(Phase.self), typeName: "Phase"),
        .init(name: "event", type: event, typeName: "E"),
        .init(name: "topics", type: TypeReference([H256].self), typeName: "Vec<T>"),
      ]))
  }
}

/// The shape of `Vec<EventRecord>`; never instantiated.
enum EventListShape<Event: ScaleTyped>: ScaleTyped {
  static var typeShape: TypeShape { TypeShape(.sequence(TypeReference(EventRecordShape<Event>.self))) }
}

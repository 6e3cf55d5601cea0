public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

extension XcmPallet {
  /// Assets that wait to be claimed.
  @ScaleCodable(path: "echo_xcm::TrapRecord")
  public struct TrapRecord: Hashable, Sendable {
    /// Who may claim, as seen from this chain.
    public var claimer: Location
    public var assets: VersionedAssets
    /// How many times exactly these assets were trapped for exactly this claimer.
    public var count: UInt32
  }

  /// What a message's refund gives back, and to whom.
  @ScaleCodable(path: "echo_xcm::RefundPlan")
  public struct RefundPlan: Hashable, Sendable {
    public var claimer: Location
    public var destination: Location
    public var topic: H256
    /// Whose program sent the message. Anybody may give a message any topic, but none but its sender this.
    public var origin: Location?
    /// Moved to the destination's sovereign account here.
    public var reserveDeposited: Assets
    /// Taken out of the local ledger, the destination being their reserve.
    public var reserveWithdrawn: Assets
    /// Taken out of the local ledger and checked out.
    public var teleported: Assets
  }

  /// Where a query stands.
  /// - SeeAlso: `pallet_xcm::QueryStatus`.
  @ScaleCodable(path: "pallet_xcm::pallet::QueryStatus")
  public enum QueryStatus: Hashable, Sendable {
    /// No answer yet. `maybeNotify` is always absent: no call is made when the answer comes.
    @ScaleIndex(0) case pending(
      responder: VersionedLocation, maybeMatchQuerier: VersionedLocation?, maybeNotify: Pair<UInt8, UInt8>?,
      timeout: BlockNumber)
    /// A subscription to a location's version; active once it has answered.
    @ScaleIndex(1) case versionNotifier(origin: VersionedLocation, isActive: Bool)
    /// Answered in the block `at`.
    @ScaleIndex(2) case ready(response: VersionedResponse, at: BlockNumber)
  }

  /// Whose query one is, and until when it may be answered.
  @ScaleCodable(path: "echo_xcm::QueryOwner")
  public struct QueryOwner: Hashable, Sendable {
    public var account: AccountID
    /// From this block on no answer counts, and anybody may close the query.
    public var timeout: BlockNumber
  }

  /// A subscriber to this chain's version.
  @ScaleCodable(path: "echo_xcm::VersionNotifyTarget")
  public struct VersionNotifyTarget: Hashable, Sendable {
    /// The number under which the subscriber awaits answers.
    public var queryID: UInt64
    /// Most weight that an answer may take there.
    public var maxWeight: Weight
    /// The version that it was told last.
    public var version: UInt32
  }

  /// An asset that another chain holds locked for an account of this one.
  @ScaleCodable(path: "pallet_xcm::pallet::RemoteLockedFungibleRecord")
  public struct RemoteLockedFungible: Hashable, Sendable {
    public var amount: Balance
    public var owner: VersionedLocation
    /// Where the lock is.
    public var locker: VersionedLocation
  }

  /// A change of a lock that another chain is being told of: undone should the message never be received there.
  @ScaleCodable(path: "echo_xcm::LockChange")
  public enum LockChange: Hashable, Sendable {
    /// A lock was raised to `total` if it was less, which took `growth` more.
    @ScaleIndex(0) case locked(total: Balance, growth: Balance, owner: Location, unlocker: Location)
    /// The note of a lock elsewhere shrank by the amount of `asset`.
    @ScaleIndex(1) case released(asset: Asset, owner: Location, locker: Location)
  }

  /// A location that may act as somebody else.
  @ScaleCodable(path: "xcm_runtime_apis::authorized_aliases::OriginAliaser")
  public struct OriginAliaser: Hashable, Sendable {
    public var location: VersionedLocation
    /// The block from which it may no more; `nil` for never.
    public var expiry: UInt64?
  }

  /// Who may act as one location.
  @ScaleCodable(path: "pallet_xcm::AuthorizedAliasesEntry")
  public struct AuthorizedAliases: Hashable, Sendable {
    /// At most ``XcmPallet/maximumAliases``.
    public var aliasers: [XcmPallet.OriginAliaser]
    /// What the account has held for them.
    public var ticket: Balance
  }

  /// Trapped assets by the hash of claimer and assets.
  public static let assetTraps = OptionalStorageMap<H256, TrapRecord>(
    "XcmPallet", "AssetTraps", hasher: .blake2b128Concat, docs: ["Assets that programs left, by the hash of claimer and assets."])
  /// Refund plans by lane and nonce.
  public static let refunds = OptionalStorageMap<Pair<H256, UInt64>, RefundPlan>(
    "XcmPallet", "Refunds", hasher: .blake2b128Concat, docs: ["What comes back should a message never arrive, by lane and nonce."])
  /// What refunds could not give back, by lane and nonce: the reserve or checking account had too little.
  public static let overdueRefunds = OptionalStorageMap<Pair<H256, UInt64>, RefundPlan>(
    "XcmPallet", "OverdueRefunds", hasher: .blake2b128Concat, docs: ["What refunds could not give back, by lane and nonce."])
  /// The timeout that the running call asked for; absent between calls.
  public static let requestedTimeout = OptionalStorageValue<UInt64>(
    "XcmPallet", "RequestedTimeout", docs: ["The timeout of the running call in milliseconds."])
  /// Fees that are too small for the account that is to get them, by asset; they wait here until they are not.
  public static let pendingRevenue = StorageMap<Location, Balance>(
    "XcmPallet", "PendingRevenue", hasher: .blake2b128Concat, default: 0, docs: ["Collected fees that no account holds yet, by asset."])
  /// Messages sent so far: makes topics unique.
  public static let sentCount = StorageValue<UInt64>("XcmPallet", "SentCount", default: 0, docs: ["Messages that left so far."])

  // MARK: Queries

  /// The number of the next query.
  public static let queryCounter = StorageValue<UInt64>("XcmPallet", "QueryCounter", default: 0, docs: ["The next query's number."])
  /// Queries by their number.
  public static let queries = OptionalStorageMap<UInt64, QueryStatus>(
    "XcmPallet", "Queries", hasher: .blake2b128Concat, docs: ["Queries that are not closed."])
  /// Accounts that asked, by the query's number; subscriptions are nobody's.
  public static let queryOwners = OptionalStorageMap<UInt64, QueryOwner>(
    "XcmPallet", "QueryOwners", hasher: .blake2b128Concat, docs: ["Who asked, and until when an answer counts."])
  /// How many queries an account has open.
  public static let openQueries = StorageMap<AccountID, UInt32>(
    "XcmPallet", "OpenQueries", hasher: .blake2b128Concat, default: 0, docs: ["Queries of an account that are not closed."])

  // MARK: Versions

  /// The version for locations of which nothing is known; 0 for none, and then nothing is sent to them.
  public static let safeXcmVersion = StorageValue<UInt32>(
    "XcmPallet", "SafeXcmVersion", default: XcmVersion.latest,
    docs: ["The version for locations of which nothing is known; 0 to send them nothing."])
  /// Versions that locations understand, under the version in which their names are encoded.
  public static let supportedVersion = StorageDoubleMap<UInt32, VersionedLocation, UInt32>(
    "XcmPallet", "SupportedVersion", hashers: (.twox64Concat, .blake2b128Concat),
    docs: ["The newest version that a location understands."])
  /// Locations that this chain has asked for their version, with the query's number.
  public static let versionNotifiers = StorageDoubleMap<UInt32, VersionedLocation, UInt64>(
    "XcmPallet", "VersionNotifiers", hashers: (.twox64Concat, .blake2b128Concat),
    docs: ["Locations whose version this chain is subscribed to, with the query's number."])
  /// Locations that are told this chain's version.
  public static let versionNotifyTargets = StorageDoubleMap<UInt32, VersionedLocation, VersionNotifyTarget>(
    "XcmPallet", "VersionNotifyTargets", hashers: (.twox64Concat, .blake2b128Concat),
    docs: ["Locations that are subscribed to this chain's version."])
  /// The version that every subscriber knows; absent while there never was one.
  public static let announcedVersion = OptionalStorageValue<UInt32>(
    "XcmPallet", "AnnouncedVersion", docs: ["The version of this chain that every subscriber was told."])

  // MARK: Locks, aliases, suspension

  /// Locks on the native currency by account: how much, and for whom.
  public static let lockedFungibles = StorageMap<AccountID, [Pair<Balance, VersionedLocation>]>(
    "XcmPallet", "LockedFungibles", hasher: .blake2b128Concat, default: [],
    docs: ["Locks on an account: the amount and who may unlock it. The largest counts, not the sum."])
  /// What other chains hold locked for accounts of this one.
  public static let remoteLockedFungibles = StorageDoubleMap<AccountID, VersionedAssetID, RemoteLockedFungible>(
    "XcmPallet", "RemoteLockedFungibles", hashers: (.blake2b128Concat, .blake2b128Concat),
    docs: ["Assets of an account that another chain holds locked."])
  /// The change of a lock that the running instruction made; absent between instructions.
  public static let lastLockChange = OptionalStorageValue<LockChange>(
    "XcmPallet", "LastLockChange", docs: ["The change of a lock by the running instruction."])
  /// Changes of locks by the lane and nonce of the message that tells of them.
  public static let lockChanges = OptionalStorageMap<Pair<H256, UInt64>, LockChange>(
    "XcmPallet", "LockChanges", hasher: .blake2b128Concat,
    docs: ["What is undone of locks should a message never arrive, by lane and nonce."])
  /// Locks that an unlocker is being told of, by account and unlocker: at most one at a time.
  public static let pendingLocks = StorageDoubleMap<AccountID, VersionedLocation, Balance>(
    "XcmPallet", "PendingLocks", hashers: (.blake2b128Concat, .blake2b128Concat),
    docs: ["The amount that an unlocker is being told is locked: a message to it is on its way."])
  /// How many releases of an asset a locker is being told of, by account and asset.
  public static let pendingReleases = StorageDoubleMap<AccountID, VersionedAssetID, UInt32>(
    "XcmPallet", "PendingReleases", hashers: (.blake2b128Concat, .blake2b128Concat),
    docs: ["How many requests to unlock an asset of an account are on their way."])
  /// Who may act as a location of this chain.
  public static let authorizedAliases = OptionalStorageMap<VersionedLocation, AuthorizedAliases>(
    "XcmPallet", "AuthorizedAliases", hasher: .blake2b128Concat, docs: ["Locations that may act as the key."])
  /// Whether no program is executed.
  public static let xcmExecutionSuspended = StorageValue<Bool>(
    "XcmPallet", "XcmExecutionSuspended", default: false, docs: ["Whether the execution of programs is suspended."])
}

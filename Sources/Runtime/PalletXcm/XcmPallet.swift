public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// Sends, executes and receives XCM programs, and keeps what they leave behind.
///
/// Calls, events and errors have the names, arguments and numbers of polkadot-sdk's `pallet-xcm`; what it does not have
/// is numbered from 200, from 100 and behind its last one. State grows by one trap record for each distinct set of
/// assets that a program left, by one refund plan for each message in flight or with an overdue refund, by at most
/// ``maximumQueries`` queries and ``maximumAliases`` aliases for each account, and by ``maximumLockers`` locks.
public enum XcmPallet {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// How programs are executed.
    associatedtype Execution: XcmConfig
    /// The native currency, which can be locked. Its asset is this chain itself, `Here`.
    associatedtype Currency: NativeCurrency
    /// The chain's height: queries and aliases end by it.
    associatedtype Clock: ChainClock
    static var palletIndex: UInt8 { get }
    /// The heaviest program from another chain that is executed.
    static var maximumInboundWeight: Weight { get }
    /// The heaviest program that an account may execute.
    static var maximumLocalWeight: Weight { get }
    /// What an account has held for each location that may act in its name.
    static var aliasDeposit: Balance { get }
    /// The account that a location owns here.
    static func account(of location: Location, in context: ExecutionContext) -> AccountID?
    /// Told how a message that was sent from here has ended, once for each message. What it does must not fail.
    ///
    /// Ids are topics, which senders choose: only with the origin do they name a message.
    static func messageEnded(_ id: H256, from origin: Location?, _ ending: XcmPallet.MessageEnding, in context: ExecutionContext)
  }

  /// How a message ended, as the lane's receipt or its absence proves.
  public enum MessageEnding: Hashable, Sendable {
    /// Its program ran to the end.
    case executed
    /// The instruction at `index` failed with the error of that number; what came before it took effect.
    case failed(index: UInt32, error: UInt8)
    /// It was never executed, and everything that left with it is back.
    case returned
  }

  /// How assets get from this chain to another.
  /// - SeeAlso: `xcm-executor`'s `TransferType`.
  @ScaleCodable(path: "staging_xcm_executor::traits::asset_transfer::TransferType")
  public enum TransferType: Hashable, Sendable {
    /// Burnt here, minted there.
    @ScaleIndex(0) case teleport
    /// Moved to the destination's account here.
    @ScaleIndex(1) case localReserve
    /// Burnt here, taken from this chain's account there.
    @ScaleIndex(2) case destinationReserve
    /// Burnt here, moved on a third chain from this chain's account to the destination's.
    @ScaleIndex(3) case remoteReserve(VersionedLocation)
  }

  @ScaleCodable(path: "pallet_xcm::pallet::Call")
  public indirect enum Call: Hashable, Sendable {
    /// Sends a program in the name of the caller. Origin: signed.
    @ScaleIndex(0) case send(dest: VersionedLocation, message: VersionedXcm)
    /// As `limited_teleport_assets` without a limit. Origin: signed.
    @ScaleIndex(1) case teleportAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32)
    /// As `limited_reserve_transfer_assets` without a limit. Origin: signed.
    @ScaleIndex(2) case reserveTransferAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32)
    /// Executes a program as the caller. Origin: signed.
    @ScaleIndex(3) case execute(message: VersionedXcm, maxWeight: Weight)
    /// States the newest version that a location understands. Origin: root.
    @ScaleIndex(4) case forceXcmVersion(location: Location, version: UInt32)
    /// Sets the version for locations of which nothing is known; `nil` to send them nothing. Origin: root.
    @ScaleIndex(5) case forceDefaultXcmVersion(maybeXcmVersion: UInt32?)
    /// Asks a chain to tell its version, now and whenever it changes. Origin: root.
    @ScaleIndex(6) case forceSubscribeVersionNotify(location: VersionedLocation)
    /// Ends such a subscription. Origin: root.
    @ScaleIndex(7) case forceUnsubscribeVersionNotify(location: VersionedLocation)
    /// Moves assets whose reserve is here, at the destination or on a third chain. Origin: signed.
    @ScaleIndex(8) case limitedReserveTransferAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Moves assets between chains that trust each other to burn and mint them. Origin: signed.
    @ScaleIndex(9) case limitedTeleportAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Stops or resumes the execution of programs. Origin: root.
    @ScaleIndex(10) case forceSuspension(suspended: Bool)
    /// Moves assets in the way that fits them; the fee asset may go another way than the rest. Origin: signed.
    @ScaleIndex(11) case transferAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Takes trapped assets back. Origin: signed.
    @ScaleIndex(12) case claimAssets(assets: VersionedAssets, beneficiary: VersionedLocation)
    /// Moves assets in the stated ways and runs a program of the caller's with them at the destination. Origin: signed.
    @ScaleIndex(13) case transferAssetsUsingTypeAndThen(
      dest: VersionedLocation, assets: VersionedAssets, assetsTransferType: XcmPallet.TransferType,
      remoteFeesId: VersionedAssetID, feesTransferType: XcmPallet.TransferType, customXcmOnDest: VersionedXcm,
      weightLimit: WeightLimit)
    /// Lets another location act as the caller, up to a block or for good. Origin: signed.
    @ScaleIndex(14) case addAuthorizedAlias(aliaser: VersionedLocation, expires: UInt64?)
    /// Ends that for one location. Origin: signed.
    @ScaleIndex(15) case removeAuthorizedAlias(aliaser: VersionedLocation)
    /// Ends that for all locations. Origin: signed.
    @ScaleIndex(16) case removeAllAuthorizedAliases
    /// As `transfer_assets`, with a timeout of its own in milliseconds for the first hop. Origin: signed.
    @ScaleIndex(200) case transferAssetsWithTimeout(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit,
      timeout: Compact<UInt64>)
    /// Gives back what a refund could not: anybody may ask, the claimer gets it. Origin: signed.
    @ScaleIndex(201) case retryRefund(lane: H256, nonce: UInt64)
    /// As `send`, and awaits a report of how the program ended until a block. Origin: signed.
    @ScaleIndex(202) case sendWithReport(dest: VersionedLocation, message: VersionedXcm, timeout: BlockNumber)
    /// Forgets a query: the caller's own once it is answered, anybody's after its timeout. Origin: signed.
    @ScaleIndex(203) case closeQuery(queryId: UInt64)
  }

  /// Most assets in one transfer.
  public static let maximumTransferAssets = 2
  /// The longest timeout of a message, in milliseconds: one week.
  public static let maximumTimeout: UInt64 = 7 * 24 * 3_600_000
  /// Most queries of one account that are not closed.
  public static let maximumQueries: UInt32 = 64
  /// Most locations that may act as one account.
  public static let maximumAliases = 10
  /// Most locations that hold locks on one account, and most assets that one account has locked elsewhere.
  public static let maximumLockers = 8
  /// Most subscribers that are told of a new version in one block.
  public static let maximumNotificationsPerBlock = 8
}

extension XcmPallet.Config {
  public static func messageEnded(_ id: H256, from origin: Location?, _ ending: XcmPallet.MessageEnding, in context: ExecutionContext) {}
  /// 0.01 with twelve decimals.
  public static var aliasDeposit: Balance { 10_000_000_000 }
}

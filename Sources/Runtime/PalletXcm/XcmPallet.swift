public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// Sends, executes and receives XCM programs, and keeps what they leave behind.
///
/// Calls have the names and arguments of polkadot-sdk's `pallet-xcm`. State grows by one trap record for each distinct
/// set of assets that a program left, and by one refund plan for each message in flight or with an overdue refund.
public enum XcmPallet {
  public protocol Config {
    /// How programs are executed.
    associatedtype Execution: XcmConfig
    static var palletIndex: UInt8 { get }
    /// The heaviest program from another chain that is executed.
    static var maximumInboundWeight: Weight { get }
    /// The heaviest program that an account may execute.
    static var maximumLocalWeight: Weight { get }
  }

  @ScaleCodable(path: "pallet_xcm::pallet::Call")
  public indirect enum Call: Hashable, Sendable {
    /// Sends a program in the name of the caller. Origin: signed.
    @ScaleIndex(0) case send(dest: VersionedLocation, message: VersionedXcm)
    /// Executes a program as the caller. Origin: signed.
    @ScaleIndex(3) case execute(message: VersionedXcm, maxWeight: Weight)
    /// Moves assets whose reserve is here, at the destination or on a third chain. Origin: signed.
    @ScaleIndex(8) case limitedReserveTransferAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Moves assets between chains that trust each other to burn and mint them. Origin: signed.
    @ScaleIndex(9) case limitedTeleportAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Moves assets in the way that fits them. Origin: signed.
    @ScaleIndex(11) case transferAssets(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit)
    /// Takes trapped assets back. Origin: signed.
    @ScaleIndex(12) case claimAssets(assets: VersionedAssets, beneficiary: VersionedLocation)
    /// As `transfer_assets`, with a timeout of its own in milliseconds for the first hop. Origin: signed.
    @ScaleIndex(200) case transferAssetsWithTimeout(
      dest: VersionedLocation, beneficiary: VersionedLocation, assets: VersionedAssets, feeAssetItem: UInt32, weightLimit: WeightLimit,
      timeout: Compact<UInt64>)
    /// Gives back what a refund could not: anybody may ask, the claimer gets it. Origin: signed.
    @ScaleIndex(201) case retryRefund(lane: H256, nonce: UInt64)
  }

  @ScaleCodable(path: "pallet_xcm::pallet::Event")
  public indirect enum Event: Hashable, Sendable {
    /// A local program ended.
    @ScaleIndex(0) case attempted(outcome: Outcome)
    /// A message left for another chain.
    @ScaleIndex(1) case sent(origin: Location, destination: Location, message: Xcm, messageId: H256)
    /// A program left assets behind; `hash` names the trap.
    @ScaleIndex(11) case assetsTrapped(hash: H256, origin: Location, assets: VersionedAssets)
    /// Fees were taken.
    @ScaleIndex(21) case feesPaid(paying: Location, fees: Assets)
    /// Trapped assets were taken back.
    @ScaleIndex(22) case assetsClaimed(hash: H256, origin: Location, assets: VersionedAssets)
    /// An instruction failed; `index` counts from 0 within the program that was running.
    @ScaleIndex(100) case processXcmError(origin: Location?, index: UInt32, error: XcmError, messageId: H256)
    /// A program from another chain ended.
    @ScaleIndex(101) case processed(origin: Location, messageId: H256, outcome: Outcome)
    /// Assets of a message that was never received came back.
    @ScaleIndex(102) case refunded(beneficiary: Location, assets: Assets, messageId: H256)
    /// Some assets of such a message cannot be given back yet; `retry_refund` does it later.
    @ScaleIndex(103) case refundOverdue(lane: H256, nonce: UInt64, beneficiary: Location, messageId: H256)
  }

  public enum Failure: UInt8, PalletFailure {
    /// The destination is not a chain that messages can go to. Open a lane to it first.
    case unreachable
    /// The message cannot be sent: its receiver could not decode it, or the lane is paused or full.
    case sendFailure
    /// An asset does not travel this way to this destination: by teleport, or by reserve though it teleports.
    case filtered
    /// The program weighs more than the limit, or its weight cannot be computed.
    case unweighableMessage
    /// No assets were given.
    case empty
    /// An asset cannot be named at the destination.
    case cannotReanchor
    /// More assets than one transfer may move.
    case tooManyAssets
    /// The version of an argument says what version 5 cannot.
    case badVersion
    /// The program failed here, so nothing was sent: see the error's second and third byte for index and XCM error.
    case localExecutionIncomplete
    /// The assets are not all of one kind of transfer. Send them in several calls.
    case tooManyReserves
    /// The fee asset cannot be split over two hops. Name an amount of at least 2.
    case invalidAsset
    /// The balance is too low for the delivery fee.
    case feesNotMet
    /// No trap holds exactly these assets for the caller.
    case unknownClaim
    /// The fee asset's place is not one of the assets.
    case badFeeItem
    /// The timeout is 0 or longer than a week.
    case badTimeout
    /// No refund of this message is overdue.
    case unknownRefund
    /// The account that holds the assets still has too little. Try again when it has more.
    case reserveTooLow
  }

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
    /// Moved to the destination's sovereign account here.
    public var reserveDeposited: Assets
    /// Taken out of the local ledger, the destination being their reserve.
    public var reserveWithdrawn: Assets
    /// Taken out of the local ledger and checked out.
    public var teleported: Assets
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

  /// Most assets in one transfer.
  public static let maximumTransferAssets = 2
  /// The longest timeout of a message, in milliseconds: one week.
  public static let maximumTimeout: UInt64 = 7 * 24 * 3_600_000
}

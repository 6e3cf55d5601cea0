public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

extension XcmPallet {
  /// Numbered as in `pallet-xcm`; those from 100 on are this pallet's own.
  @ScaleCodable(path: "pallet_xcm::pallet::Event")
  public indirect enum Event: Hashable, Sendable {
    /// A local program ended.
    @ScaleIndex(0) case attempted(outcome: Outcome)
    /// A message left for another chain.
    @ScaleIndex(1) case sent(origin: Location, destination: Location, message: Xcm, messageId: H256)
    /// An instruction failed; `index` counts from 0 within the program that was running. The origin is `Here` when the
    /// program had none any more.
    @ScaleIndex(3) case processXcmError(origin: Location, error: XcmError, messageId: H256, index: UInt32)
    /// An answer came that nobody awaits: to no query, to one that was answered, or after the timeout.
    @ScaleIndex(4) case unexpectedResponse(origin: Location, queryId: UInt64)
    /// A query was answered.
    @ScaleIndex(5) case responseReady(queryId: UInt64, response: Response)
    /// An answer came from somebody else than was asked; the query stays open.
    @ScaleIndex(10) case invalidResponder(origin: Location, queryId: UInt64, expectedLocation: Location?)
    /// An answered query was closed.
    @ScaleIndex(12) case responseTaken(queryId: UInt64)
    /// A program left assets behind; `hash` names the trap.
    @ScaleIndex(13) case assetsTrapped(hash: H256, origin: Location, assets: VersionedAssets)
    /// A subscriber was told that this chain's version changed.
    @ScaleIndex(14) case versionChangeNotified(destination: Location, result: UInt32, cost: Assets, messageId: H256)
    /// Another version is known of a location.
    @ScaleIndex(15) case supportedVersionChanged(location: Location, version: UInt32)
    /// A subscriber could not be told and is subscribed no more.
    @ScaleIndex(16) case notifyTargetSendFail(location: Location, queryId: UInt64, error: XcmError)
    /// An answer says that somebody else asked; the query stays open.
    @ScaleIndex(19) case invalidQuerier(
      origin: Location, queryId: UInt64, expectedQuerier: Location, maybeActualQuerier: Location?)
    /// A location asked to be told this chain's version, and was.
    @ScaleIndex(20) case versionNotifyStarted(destination: Location, cost: Assets, messageId: H256)
    /// A location was asked for its version.
    @ScaleIndex(21) case versionNotifyRequested(destination: Location, cost: Assets, messageId: H256)
    /// A location was asked to tell its version no more.
    @ScaleIndex(22) case versionNotifyUnrequested(destination: Location, cost: Assets, messageId: H256)
    /// Fees were taken.
    @ScaleIndex(23) case feesPaid(paying: Location, fees: Assets)
    /// Trapped assets were taken back.
    @ScaleIndex(24) case assetsClaimed(hash: H256, origin: Location, assets: VersionedAssets)
    /// Every subscriber knows this chain's new version.
    @ScaleIndex(25) case versionMigrationFinished(version: UInt32)
    /// `aliaser` may act as `target` before the block `expiry`.
    @ScaleIndex(26) case aliasAuthorized(aliaser: Location, target: Location, expiry: UInt64?)
    /// `aliaser` may act as `target` no more.
    @ScaleIndex(27) case aliasAuthorizationRemoved(aliaser: Location, target: Location)
    /// Nobody may act as `target` any more.
    @ScaleIndex(28) case aliasesAuthorizationsRemoved(target: Location)
    /// A program from another chain ended.
    @ScaleIndex(101) case processed(origin: Location, messageId: H256, outcome: Outcome)
    /// Assets of a message that was never received came back.
    @ScaleIndex(102) case refunded(beneficiary: Location, assets: Assets, messageId: H256)
    /// Some assets of such a message cannot be given back yet; `retry_refund` does it later.
    @ScaleIndex(103) case refundOverdue(lane: H256, nonce: UInt64, beneficiary: Location, messageId: H256)
    /// A program was sent whose report is awaited until the block `timeout`.
    @ScaleIndex(104) case queryOpened(queryId: UInt64, querier: Location, responder: Location, timeout: BlockNumber, messageId: H256)
    /// A query without an answer was closed.
    @ScaleIndex(105) case queryTimedOut(queryId: UInt64)
  }

  /// Numbered as in `pallet-xcm` up to 28. Cases without a sentence keep a number of the reference free: what they name
  /// shows here as the XCM error of a failed program.
  @ErrorShape(path: "pallet_xcm::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The destination is not a chain that messages can go to. Open a lane to it first.
    case unreachable
    /// The message cannot be sent: its receiver could not decode it, or the lane is paused or full.
    case sendFailure
    /// An asset does not travel this way to this destination: by teleport, or by reserve though it teleports. Use
    /// `transfer_assets`, which picks the way.
    case filtered
    /// The program weighs more than the limit, or its weight cannot be computed. Raise the limit, or split the program.
    case unweighableMessage
    /// This chain cannot be named as seen from the destination, so no answer would find back. Name a sibling chain.
    case destinationNotInvertible
    /// No assets were given. Name at least one.
    case empty
    /// An asset or the destination cannot be named on the other side: its path has no room. Send another asset.
    case cannotReanchor
    /// More assets than one transfer may move. Send them in several calls.
    case tooManyAssets
    case invalidOrigin
    /// The version of an argument says what version 5 cannot, or a version number is below 3. Use 5.
    case badVersion
    /// A location cannot be used for this: an account as its own alias, or one that version 5 cannot express.
    case badLocation
    /// This chain has no subscription to the location's version. Subscribe first.
    case noSubscription
    /// This chain has a subscription to the location's version already. Unsubscribe first.
    case alreadySubscribed
    case cannotCheckOutTeleport
    case lowBalance
    case tooManyLocks
    case accountNotSovereign
    /// Fees cannot be paid: the balance is below the delivery fee, the fee asset is not among the assets, or its amount
    /// cannot be split over two hops. Add to the balance or to the fee asset.
    case feesNotMet
    case lockNotFound
    case inUse
    case invalidAssetNotConcrete
    /// An asset's reserve is unknown: its home is no trusted reserve, or it teleports there and the destination is
    /// another chain. Send it to its home chain first.
    case invalidAssetUnknownReserve
    /// Assets or fees go through a third chain's reserve and the other of the two goes another way. Send them in two
    /// calls, or take the fee out of what has the same reserve.
    case invalidAssetUnsupportedReserve
    /// The assets are not all of one kind of transfer. Send them in several calls, or by `transfer_assets`.
    case tooManyReserves
    case localExecutionIncomplete
    /// The account lets as many locations act in its name as it may. Remove one first.
    case tooManyAuthorizedAliases
    /// The block at which this is to end is not ahead. Name a later one.
    case expiresInPast
    /// The location may not act in the account's name, so nothing can be removed. Check the location.
    case aliasNotFound
    /// The program failed here, so nothing was sent: the error's second and third byte are the failed instruction's
    /// index and its XCM error, which says what to change.
    case localExecutionIncompleteWithError
    /// No trap holds exactly these assets for the caller. Name the assets of the trap, sign as its claimer.
    case unknownClaim
    /// The fee asset's place is not one of the assets. Count from 0.
    case badFeeItem
    /// The timeout is 0 or longer than a week. Name 1 to 604800000 milliseconds.
    case badTimeout
    /// No refund of this message is overdue. There is nothing to do.
    case unknownRefund
    /// The account that holds the assets still has too little. Try again when it has more.
    case reserveTooLow
    /// There is no such query of an account, or it is closed. Check the number.
    case unknownQuery
    /// The query is not answered and its timeout not reached, or it is somebody else's. Wait.
    case queryPending
    /// The account has as many open queries as it may. Close one first.
    case tooManyQueries
  }
}

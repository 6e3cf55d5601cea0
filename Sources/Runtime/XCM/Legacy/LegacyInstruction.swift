public import PalletSupport
public import Primitives
public import ScaleCodec

/// An instruction of version 3 or 4, which differ only in how they name assets.
///
/// Kept apart from ``Instruction`` so that a message of an old version decodes and encodes to its own bytes.
@ScaleCodable(path: "staging_xcm::v4::Instruction")
public indirect enum LegacyInstruction<ID: LegacyAssetID>: Sendable {
  @ScaleIndex(0) case withdrawAsset(LegacyAssets<ID>)
  @ScaleIndex(1) case reserveAssetDeposited(LegacyAssets<ID>)
  @ScaleIndex(2) case receiveTeleportedAsset(LegacyAssets<ID>)
  @ScaleIndex(3) case queryResponse(
    queryId: Compact<UInt64>, response: LegacyResponse<ID>, maxWeight: Weight, querier: LegacyLocation?)
  @ScaleIndex(4) case transferAsset(assets: LegacyAssets<ID>, beneficiary: LegacyLocation)
  @ScaleIndex(5) case transferReserveAsset(assets: LegacyAssets<ID>, dest: LegacyLocation, xcm: LegacyXcm<ID>)
  @ScaleIndex(6) case transact(originKind: OriginKind, requireWeightAtMost: Weight, call: DoubleEncoded)
  @ScaleIndex(7) case hrmpNewChannelOpenRequest(
    sender: Compact<UInt32>, maxMessageSize: Compact<UInt32>, maxCapacity: Compact<UInt32>)
  @ScaleIndex(8) case hrmpChannelAccepted(recipient: Compact<UInt32>)
  @ScaleIndex(9) case hrmpChannelClosing(
    initiator: Compact<UInt32>, sender: Compact<UInt32>, recipient: Compact<UInt32>)
  @ScaleIndex(10) case clearOrigin
  @ScaleIndex(11) case descendOrigin(LegacyJunctions)
  @ScaleIndex(12) case reportError(LegacyQueryResponseInfo)
  @ScaleIndex(13) case depositAsset(assets: LegacyAssetFilter<ID>, beneficiary: LegacyLocation)
  @ScaleIndex(14) case depositReserveAsset(assets: LegacyAssetFilter<ID>, dest: LegacyLocation, xcm: LegacyXcm<ID>)
  @ScaleIndex(15) case exchangeAsset(give: LegacyAssetFilter<ID>, want: LegacyAssets<ID>, maximal: Bool)
  @ScaleIndex(16) case initiateReserveWithdraw(
    assets: LegacyAssetFilter<ID>, reserve: LegacyLocation, xcm: LegacyXcm<ID>)
  @ScaleIndex(17) case initiateTeleport(assets: LegacyAssetFilter<ID>, dest: LegacyLocation, xcm: LegacyXcm<ID>)
  @ScaleIndex(18) case reportHolding(responseInfo: LegacyQueryResponseInfo, assets: LegacyAssetFilter<ID>)
  @ScaleIndex(19) case buyExecution(fees: LegacyAsset<ID>, weightLimit: WeightLimit)
  @ScaleIndex(20) case refundSurplus
  @ScaleIndex(21) case setErrorHandler(LegacyXcm<ID>)
  @ScaleIndex(22) case setAppendix(LegacyXcm<ID>)
  @ScaleIndex(23) case clearError
  @ScaleIndex(24) case claimAsset(assets: LegacyAssets<ID>, ticket: LegacyLocation)
  @ScaleIndex(25) case trap(Compact<UInt64>)
  @ScaleIndex(26) case subscribeVersion(queryId: Compact<UInt64>, maxResponseWeight: Weight)
  @ScaleIndex(27) case unsubscribeVersion
  @ScaleIndex(28) case burnAsset(LegacyAssets<ID>)
  @ScaleIndex(29) case expectAsset(LegacyAssets<ID>)
  @ScaleIndex(30) case expectOrigin(LegacyLocation?)
  @ScaleIndex(31) case expectError(Pair<UInt32, LegacyXcmError>?)
  @ScaleIndex(32) case expectTransactStatus(MaybeErrorCode)
  @ScaleIndex(33) case queryPallet(moduleName: [UInt8], responseInfo: LegacyQueryResponseInfo)
  @ScaleIndex(34) case expectPallet(
    index: Compact<UInt32>, name: [UInt8], moduleName: [UInt8], crateMajor: Compact<UInt32>,
    minCrateMinor: Compact<UInt32>)
  @ScaleIndex(35) case reportTransactStatus(LegacyQueryResponseInfo)
  @ScaleIndex(36) case clearTransactStatus
  @ScaleIndex(37) case universalOrigin(LegacyJunction)
  @ScaleIndex(38) case exportMessage(network: LegacyNetworkID, destination: LegacyJunctions, xcm: LegacyXcm<ID>)
  @ScaleIndex(39) case lockAsset(asset: LegacyAsset<ID>, unlocker: LegacyLocation)
  @ScaleIndex(40) case unlockAsset(asset: LegacyAsset<ID>, target: LegacyLocation)
  @ScaleIndex(41) case noteUnlockable(asset: LegacyAsset<ID>, owner: LegacyLocation)
  @ScaleIndex(42) case requestUnlock(asset: LegacyAsset<ID>, locker: LegacyLocation)
  @ScaleIndex(43) case setFeesMode(jitWithdraw: Bool)
  @ScaleIndex(44) case setTopic(H256)
  @ScaleIndex(45) case clearTopic
  @ScaleIndex(46) case aliasOrigin(LegacyLocation)
  @ScaleIndex(47) case unpaidExecution(weightLimit: WeightLimit, checkOrigin: LegacyLocation?)
}

extension LegacyInstruction {
  /// The program inside this instruction, whether it runs here or elsewhere.
  var nestedProgram: LegacyXcm<ID>? {
    switch self {
    case .transferReserveAsset(_, _, let xcm), .depositReserveAsset(_, _, let xcm),
      .initiateReserveWithdraw(_, _, let xcm),
      .initiateTeleport(_, _, let xcm), .setErrorHandler(let xcm), .setAppendix(let xcm), .exportMessage(_, _, let xcm):
      xcm
    default: nil
    }
  }
}

public import PalletSupport
public import Primitives
public import ScaleCodec

/// One step of an XCM program: all 52 instructions of version 5, numbered as on the wire.
///
/// What each one does is written at the executor. The executor refuses those that a runtime does not serve.
/// - SeeAlso: XCM v5 `Instruction`.
@ScaleCodable(path: "staging_xcm::v5::Instruction")
public indirect enum Instruction: Hashable, Sendable {
  @ScaleIndex(0) case withdrawAsset(Assets)
  @ScaleIndex(1) case reserveAssetDeposited(Assets)
  @ScaleIndex(2) case receiveTeleportedAsset(Assets)
  @ScaleIndex(3) case queryResponse(queryId: Compact<UInt64>, response: Response, maxWeight: Weight, querier: Location?)
  @ScaleIndex(4) case transferAsset(assets: Assets, beneficiary: Location)
  @ScaleIndex(5) case transferReserveAsset(assets: Assets, dest: Location, xcm: Xcm)
  @ScaleIndex(6) case transact(originKind: OriginKind, fallbackMaxWeight: Weight?, call: DoubleEncoded)
  @ScaleIndex(7) case hrmpNewChannelOpenRequest(
    sender: Compact<UInt32>, maxMessageSize: Compact<UInt32>, maxCapacity: Compact<UInt32>)
  @ScaleIndex(8) case hrmpChannelAccepted(recipient: Compact<UInt32>)
  @ScaleIndex(9) case hrmpChannelClosing(
    initiator: Compact<UInt32>, sender: Compact<UInt32>, recipient: Compact<UInt32>)
  @ScaleIndex(10) case clearOrigin
  @ScaleIndex(11) case descendOrigin(Junctions)
  @ScaleIndex(12) case reportError(QueryResponseInfo)
  @ScaleIndex(13) case depositAsset(assets: AssetFilter, beneficiary: Location)
  @ScaleIndex(14) case depositReserveAsset(assets: AssetFilter, dest: Location, xcm: Xcm)
  @ScaleIndex(15) case exchangeAsset(give: AssetFilter, want: Assets, maximal: Bool)
  @ScaleIndex(16) case initiateReserveWithdraw(assets: AssetFilter, reserve: Location, xcm: Xcm)
  @ScaleIndex(17) case initiateTeleport(assets: AssetFilter, dest: Location, xcm: Xcm)
  @ScaleIndex(18) case reportHolding(responseInfo: QueryResponseInfo, assets: AssetFilter)
  @ScaleIndex(19) case buyExecution(fees: Asset, weightLimit: WeightLimit)
  @ScaleIndex(20) case refundSurplus
  @ScaleIndex(21) case setErrorHandler(Xcm)
  @ScaleIndex(22) case setAppendix(Xcm)
  @ScaleIndex(23) case clearError
  @ScaleIndex(24) case claimAsset(assets: Assets, ticket: Location)
  @ScaleIndex(25) case trap(Compact<UInt64>)
  @ScaleIndex(26) case subscribeVersion(queryId: Compact<UInt64>, maxResponseWeight: Weight)
  @ScaleIndex(27) case unsubscribeVersion
  @ScaleIndex(28) case burnAsset(Assets)
  @ScaleIndex(29) case expectAsset(Assets)
  @ScaleIndex(30) case expectOrigin(Location?)
  @ScaleIndex(31) case expectError(Pair<UInt32, XcmError>?)
  @ScaleIndex(32) case expectTransactStatus(MaybeErrorCode)
  @ScaleIndex(33) case queryPallet(moduleName: [UInt8], responseInfo: QueryResponseInfo)
  @ScaleIndex(34) case expectPallet(
    index: Compact<UInt32>, name: [UInt8], moduleName: [UInt8], crateMajor: Compact<UInt32>,
    minCrateMinor: Compact<UInt32>)
  @ScaleIndex(35) case reportTransactStatus(QueryResponseInfo)
  @ScaleIndex(36) case clearTransactStatus
  @ScaleIndex(37) case universalOrigin(Junction)
  @ScaleIndex(38) case exportMessage(network: NetworkID, destination: Junctions, xcm: Xcm)
  @ScaleIndex(39) case lockAsset(asset: Asset, unlocker: Location)
  @ScaleIndex(40) case unlockAsset(asset: Asset, target: Location)
  @ScaleIndex(41) case noteUnlockable(asset: Asset, owner: Location)
  @ScaleIndex(42) case requestUnlock(asset: Asset, locker: Location)
  @ScaleIndex(43) case setFeesMode(jitWithdraw: Bool)
  @ScaleIndex(44) case setTopic(H256)
  @ScaleIndex(45) case clearTopic
  @ScaleIndex(46) case aliasOrigin(Location)
  @ScaleIndex(47) case unpaidExecution(weightLimit: WeightLimit, checkOrigin: Location?)
  @ScaleIndex(48) case payFees(asset: Asset)
  @ScaleIndex(49) case initiateTransfer(
    destination: Location, remoteFees: AssetTransferFilter?, preserveOrigin: Bool,
    assets: BoundedVector<AssetTransferFilter, 6>,
    remoteXcm: Xcm)
  @ScaleIndex(50) case executeWithOrigin(descendantOrigin: Junctions?, xcm: Xcm)
  @ScaleIndex(51) case setHints(hints: BoundedVector<Hint, 1>)
}

extension Instruction {
  /// The program inside this instruction, whether it runs here or elsewhere.
  public var nestedProgram: Xcm? {
    switch self {
    case .transferReserveAsset(_, _, let xcm), .depositReserveAsset(_, _, let xcm),
      .initiateReserveWithdraw(_, _, let xcm),
      .initiateTeleport(_, _, let xcm), .setErrorHandler(let xcm), .setAppendix(let xcm), .exportMessage(_, _, let xcm),
      .initiateTransfer(_, _, _, _, let xcm), .executeWithOrigin(_, let xcm):
      xcm
    default: nil
    }
  }

  /// This instruction with another program inside; itself when it has none.
  func withNestedProgram(_ xcm: Xcm) -> Instruction {
    switch self {
    case .transferReserveAsset(let assets, let dest, _): .transferReserveAsset(assets: assets, dest: dest, xcm: xcm)
    case .depositReserveAsset(let assets, let dest, _): .depositReserveAsset(assets: assets, dest: dest, xcm: xcm)
    case .initiateReserveWithdraw(let assets, let reserve, _):
      .initiateReserveWithdraw(assets: assets, reserve: reserve, xcm: xcm)
    case .initiateTeleport(let assets, let dest, _): .initiateTeleport(assets: assets, dest: dest, xcm: xcm)
    case .setErrorHandler: .setErrorHandler(xcm)
    case .setAppendix: .setAppendix(xcm)
    case .exportMessage(let network, let destination, _):
      .exportMessage(network: network, destination: destination, xcm: xcm)
    case .initiateTransfer(let destination, let remoteFees, let preserveOrigin, let assets, _):
      .initiateTransfer(
        destination: destination, remoteFees: remoteFees, preserveOrigin: preserveOrigin, assets: assets, remoteXcm: xcm)
    case .executeWithOrigin(let descendant, _): .executeWithOrigin(descendantOrigin: descendant, xcm: xcm)
    default: self
    }
  }

  /// The one asset that an instruction names outside a list.
  var singleAsset: Asset? {
    switch self {
    case .buyExecution(let asset, _), .payFees(let asset), .lockAsset(let asset, _), .unlockAsset(let asset, _),
      .noteUnlockable(let asset, _), .requestUnlock(let asset, _):
      asset
    default: nil
    }
  }

  /// The program inside this instruction when it runs on this chain, as part of the same execution.
  public var localProgram: Xcm? {
    switch self {
    case .setErrorHandler(let xcm), .setAppendix(let xcm), .executeWithOrigin(_, let xcm): xcm
    default: nil
    }
  }
}

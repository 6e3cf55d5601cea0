internal import PalletSupport
internal import ScaleCodec

extension LegacyInstruction {
  /// The instruction as versions 3 and 4 say it.
  ///
  /// A `Transact` without a fallback weight requires the largest weight, as in the reference: an old chain has to be
  /// told a weight, and none that is too small may be guessed. Chains refuse it, so who sends to one states a fallback.
  /// - Throws: ``XcmConversionError/instruction(_:version:)`` for the four that version 5 added, and
  ///   ``XcmConversionError/error(version:)``.
  /// - SeeAlso: polkadot-sdk `xcm/src/v4/mod.rs`, `TryFrom<v5::Instruction>`.
  init(_ latest: Instruction) throws(XcmConversionError) {
    self =
      switch latest {
      case .withdrawAsset(let value):
        .withdrawAsset(LegacyAssets(value))
      case .reserveAssetDeposited(let value):
        .reserveAssetDeposited(LegacyAssets(value))
      case .receiveTeleportedAsset(let value):
        .receiveTeleportedAsset(LegacyAssets(value))
      case .queryResponse(let queryId, let response, let maxWeight, let querier):
        .queryResponse(
          queryId: queryId, response: try LegacyResponse(response), maxWeight: maxWeight,
          querier: querier.map(LegacyLocation.init))
      case .transferAsset(let assets, let beneficiary):
        .transferAsset(assets: LegacyAssets(assets), beneficiary: LegacyLocation(beneficiary))
      case .transferReserveAsset(let assets, let dest, let xcm):
        .transferReserveAsset(assets: LegacyAssets(assets), dest: LegacyLocation(dest), xcm: try LegacyXcm(xcm))
      case .transact(let originKind, let weight, let call):
        .transact(originKind: originKind, requireWeightAtMost: weight ?? .max, call: call)
      case .hrmpNewChannelOpenRequest(let sender, let maxMessageSize, let maxCapacity):
        .hrmpNewChannelOpenRequest(sender: sender, maxMessageSize: maxMessageSize, maxCapacity: maxCapacity)
      case .hrmpChannelAccepted(let recipient):
        .hrmpChannelAccepted(recipient: recipient)
      case .hrmpChannelClosing(let initiator, let sender, let recipient):
        .hrmpChannelClosing(initiator: initiator, sender: sender, recipient: recipient)
      case .clearOrigin: .clearOrigin
      case .descendOrigin(let value):
        .descendOrigin(LegacyJunctions(value))
      case .reportError(let value):
        .reportError(LegacyQueryResponseInfo(value))
      case .depositAsset(let assets, let beneficiary):
        .depositAsset(assets: LegacyAssetFilter(assets), beneficiary: LegacyLocation(beneficiary))
      case .depositReserveAsset(let assets, let dest, let xcm):
        .depositReserveAsset(assets: LegacyAssetFilter(assets), dest: LegacyLocation(dest), xcm: try LegacyXcm(xcm))
      case .exchangeAsset(let give, let want, let maximal):
        .exchangeAsset(give: LegacyAssetFilter(give), want: LegacyAssets(want), maximal: maximal)
      case .initiateReserveWithdraw(let assets, let reserve, let xcm):
        .initiateReserveWithdraw(
          assets: LegacyAssetFilter(assets), reserve: LegacyLocation(reserve), xcm: try LegacyXcm(xcm))
      case .initiateTeleport(let assets, let dest, let xcm):
        .initiateTeleport(assets: LegacyAssetFilter(assets), dest: LegacyLocation(dest), xcm: try LegacyXcm(xcm))
      case .reportHolding(let responseInfo, let assets):
        .reportHolding(responseInfo: LegacyQueryResponseInfo(responseInfo), assets: LegacyAssetFilter(assets))
      case .buyExecution(let fees, let weightLimit):
        .buyExecution(fees: LegacyAsset(fees), weightLimit: weightLimit)
      case .refundSurplus: .refundSurplus
      case .setErrorHandler(let value):
        .setErrorHandler(try LegacyXcm(value))
      case .setAppendix(let value):
        .setAppendix(try LegacyXcm(value))
      case .clearError: .clearError
      case .claimAsset(let assets, let ticket):
        .claimAsset(assets: LegacyAssets(assets), ticket: LegacyLocation(ticket))
      case .trap(let value):
        .trap(value)
      case .subscribeVersion(let queryId, let maxResponseWeight):
        .subscribeVersion(queryId: queryId, maxResponseWeight: maxResponseWeight)
      case .unsubscribeVersion: .unsubscribeVersion
      case .burnAsset(let value):
        .burnAsset(LegacyAssets(value))
      case .expectAsset(let value):
        .expectAsset(LegacyAssets(value))
      case .expectOrigin(let value):
        .expectOrigin(value.map(LegacyLocation.init))
      case .expectError(nil):
        .expectError(nil)
      case .expectError(let value?):
        .expectError(Pair(value.first, try LegacyXcmError(value.second, version: ID.version)))
      case .expectTransactStatus(let value):
        .expectTransactStatus(value)
      case .queryPallet(let moduleName, let responseInfo):
        .queryPallet(moduleName: moduleName, responseInfo: LegacyQueryResponseInfo(responseInfo))
      case .expectPallet(let index, let name, let moduleName, let crateMajor, let minCrateMinor):
        .expectPallet(
          index: index, name: name, moduleName: moduleName, crateMajor: crateMajor, minCrateMinor: minCrateMinor)
      case .reportTransactStatus(let value):
        .reportTransactStatus(LegacyQueryResponseInfo(value))
      case .clearTransactStatus: .clearTransactStatus
      case .universalOrigin(let value):
        .universalOrigin(LegacyJunction(value))
      case .exportMessage(let network, let destination, let xcm):
        .exportMessage(network: LegacyNetworkID(network), destination: LegacyJunctions(destination), xcm: try LegacyXcm(xcm))
      case .lockAsset(let asset, let unlocker):
        .lockAsset(asset: LegacyAsset(asset), unlocker: LegacyLocation(unlocker))
      case .unlockAsset(let asset, let target):
        .unlockAsset(asset: LegacyAsset(asset), target: LegacyLocation(target))
      case .noteUnlockable(let asset, let owner):
        .noteUnlockable(asset: LegacyAsset(asset), owner: LegacyLocation(owner))
      case .requestUnlock(let asset, let locker):
        .requestUnlock(asset: LegacyAsset(asset), locker: LegacyLocation(locker))
      case .setFeesMode(let jitWithdraw):
        .setFeesMode(jitWithdraw: jitWithdraw)
      case .setTopic(let value):
        .setTopic(value)
      case .clearTopic: .clearTopic
      case .aliasOrigin(let value):
        .aliasOrigin(LegacyLocation(value))
      case .unpaidExecution(let weightLimit, let checkOrigin):
        .unpaidExecution(weightLimit: weightLimit, checkOrigin: checkOrigin.map(LegacyLocation.init))
      case .payFees, .initiateTransfer, .executeWithOrigin, .setHints:
        throw .instruction(latest.name, version: ID.version)
      }
  }
}

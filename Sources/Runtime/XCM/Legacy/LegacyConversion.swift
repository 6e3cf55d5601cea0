internal import ScaleCodec

extension LegacyInstruction {
  /// The same instruction in version 5.
  ///
  /// The weight that `Transact` requires becomes the fallback weight, which serves the way back down.
  func latest() throws(XcmConversionError) -> Instruction {
    switch self {
    case .withdrawAsset(let value):
      .withdrawAsset(try value.latest())
    case .reserveAssetDeposited(let value):
      .reserveAssetDeposited(try value.latest())
    case .receiveTeleportedAsset(let value):
      .receiveTeleportedAsset(try value.latest())
    case .queryResponse(let queryId, let response, let maxWeight, let querier):
      .queryResponse(
        queryId: queryId, response: try response.latest(), maxWeight: maxWeight, querier: try querier?.latest())
    case .transferAsset(let assets, let beneficiary):
      .transferAsset(assets: try assets.latest(), beneficiary: try beneficiary.latest())
    case .transferReserveAsset(let assets, let dest, let xcm):
      .transferReserveAsset(assets: try assets.latest(), dest: try dest.latest(), xcm: try xcm.latest())
    case .transact(let originKind, let weight, let call):
      .transact(originKind: originKind, fallbackMaxWeight: weight, call: call)
    case .hrmpNewChannelOpenRequest(let sender, let maxMessageSize, let maxCapacity):
      .hrmpNewChannelOpenRequest(sender: sender, maxMessageSize: maxMessageSize, maxCapacity: maxCapacity)
    case .hrmpChannelAccepted(let recipient):
      .hrmpChannelAccepted(recipient: recipient)
    case .hrmpChannelClosing(let initiator, let sender, let recipient):
      .hrmpChannelClosing(initiator: initiator, sender: sender, recipient: recipient)
    case .clearOrigin: .clearOrigin
    case .descendOrigin(let value):
      .descendOrigin(try value.latest())
    case .reportError(let value):
      .reportError(try value.latest())
    case .depositAsset(let assets, let beneficiary):
      .depositAsset(assets: try assets.latest(), beneficiary: try beneficiary.latest())
    case .depositReserveAsset(let assets, let dest, let xcm):
      .depositReserveAsset(assets: try assets.latest(), dest: try dest.latest(), xcm: try xcm.latest())
    case .exchangeAsset(let give, let want, let maximal):
      .exchangeAsset(give: try give.latest(), want: try want.latest(), maximal: maximal)
    case .initiateReserveWithdraw(let assets, let reserve, let xcm):
      .initiateReserveWithdraw(assets: try assets.latest(), reserve: try reserve.latest(), xcm: try xcm.latest())
    case .initiateTeleport(let assets, let dest, let xcm):
      .initiateTeleport(assets: try assets.latest(), dest: try dest.latest(), xcm: try xcm.latest())
    case .reportHolding(let responseInfo, let assets):
      .reportHolding(responseInfo: try responseInfo.latest(), assets: try assets.latest())
    case .buyExecution(let fees, let weightLimit):
      .buyExecution(fees: try fees.latest(), weightLimit: weightLimit)
    case .refundSurplus: .refundSurplus
    case .setErrorHandler(let value):
      .setErrorHandler(try value.latest())
    case .setAppendix(let value):
      .setAppendix(try value.latest())
    case .clearError: .clearError
    case .claimAsset(let assets, let ticket):
      .claimAsset(assets: try assets.latest(), ticket: try ticket.latest())
    case .trap(let value):
      .trap(value)
    case .subscribeVersion(let queryId, let maxResponseWeight):
      .subscribeVersion(queryId: queryId, maxResponseWeight: maxResponseWeight)
    case .unsubscribeVersion: .unsubscribeVersion
    case .burnAsset(let value):
      .burnAsset(try value.latest())
    case .expectAsset(let value):
      .expectAsset(try value.latest())
    case .expectOrigin(let value):
      .expectOrigin(try value?.latest())
    case .expectError(let value):
      .expectError(value.map { Pair($0.first, $0.second.latest) })
    case .expectTransactStatus(let value):
      .expectTransactStatus(value)
    case .queryPallet(let moduleName, let responseInfo):
      .queryPallet(moduleName: moduleName, responseInfo: try responseInfo.latest())
    case .expectPallet(let index, let name, let moduleName, let crateMajor, let minCrateMinor):
      .expectPallet(
        index: index, name: name, moduleName: moduleName, crateMajor: crateMajor, minCrateMinor: minCrateMinor)
    case .reportTransactStatus(let value):
      .reportTransactStatus(try value.latest())
    case .clearTransactStatus: .clearTransactStatus
    case .universalOrigin(let value):
      .universalOrigin(try value.latest())
    case .exportMessage(let network, let destination, let xcm):
      .exportMessage(network: try network.latest(), destination: try destination.latest(), xcm: try xcm.latest())
    case .lockAsset(let asset, let unlocker):
      .lockAsset(asset: try asset.latest(), unlocker: try unlocker.latest())
    case .unlockAsset(let asset, let target):
      .unlockAsset(asset: try asset.latest(), target: try target.latest())
    case .noteUnlockable(let asset, let owner):
      .noteUnlockable(asset: try asset.latest(), owner: try owner.latest())
    case .requestUnlock(let asset, let locker):
      .requestUnlock(asset: try asset.latest(), locker: try locker.latest())
    case .setFeesMode(let jitWithdraw):
      .setFeesMode(jitWithdraw: jitWithdraw)
    case .setTopic(let value):
      .setTopic(value)
    case .clearTopic: .clearTopic
    case .aliasOrigin(let value):
      .aliasOrigin(try value.latest())
    case .unpaidExecution(let weightLimit, let checkOrigin):
      .unpaidExecution(weightLimit: weightLimit, checkOrigin: try checkOrigin?.latest())
    }
  }
}

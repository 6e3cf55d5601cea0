internal import PalletSupport
internal import Primitives
internal import ScaleCodec

extension XcmExecutor {
  /// Carries out one instruction. Runs inside a transaction; on an error the caller undoes everything.
  ///
  /// What a runtime does not serve is refused with the error that XCM defines for it: nothing is ever skipped.
  mutating func perform(_ instruction: Instruction) throws(XcmError) {
    switch instruction {
    case .withdrawAsset(let assets): try withdraw(assets)
    case .reserveAssetDeposited(let assets): try receiveReserve(assets)
    case .receiveTeleportedAsset(let assets): try receiveTeleport(assets)
    case .transferAsset(let assets, let beneficiary): try transfer(assets, to: beneficiary)
    case .transferReserveAsset(let assets, let destination, let xcm):
      try transferReserve(assets, to: destination, then: xcm)
    case .transact(let kind, _, let call): try transact(call.encoded, kind)
    case .clearOrigin: registers.context.origin = nil
    case .descendOrigin(let child): try descend(child)
    case .depositAsset(let filter, let beneficiary): try deposit(registers.holding.take(filter), to: beneficiary)
    case .depositReserveAsset(let filter, let destination, let xcm):
      try sendAssets(filter, .reserveDeposit, to: destination, then: xcm, reason: .depositReserveAsset)
    case .initiateReserveWithdraw(let filter, let reserve, let xcm):
      try sendAssets(filter, .reserveWithdraw, to: reserve, then: xcm, reason: .initiateReserveWithdraw)
    case .initiateTeleport(let filter, let destination, let xcm):
      try sendAssets(filter, .teleport, to: destination, then: xcm, reason: .initiateTeleport)
    case .initiateTransfer(let destination, let remoteFees, let preserveOrigin, let assets, let remoteXcm):
      try initiateTransfer(
        to: destination, remoteFees: remoteFees, preserveOrigin: preserveOrigin, assets: assets.items, then: remoteXcm)
    case .buyExecution(let fees, let limit): try buyExecution(fees, limit)
    case .payFees(let asset): try payFees(asset)
    case .refundSurplus: try refundSurplus()
    case .setErrorHandler(let xcm):
      registers.setErrorHandler(xcm, weight: try Config.weigher.weight(of: xcm, in: state))
    case .setAppendix(let xcm): registers.setAppendix(xcm, weight: try Config.weigher.weight(of: xcm, in: state))
    case .clearError: registers.error = nil
    case .claimAsset(let assets, let ticket): try claim(assets, ticket: ticket)
    case .trap(let code): throw .trap(code.value)
    case .burnAsset(let assets): _ = registers.holding.take(.definite(assets))
    case .expectAsset(let assets): try expect(registers.holding.contains(assets))
    case .expectOrigin(let origin): try expect(registers.context.origin == origin)
    case .expectError(let error): try expect(registers.error == error)
    case .expectTransactStatus(let status): try expect(registers.transactStatus == status)
    case .clearTransactStatus: registers.transactStatus = .success
    case .reportError(let info): try respond(.executionResult(registers.error), info, reason: .report)
    case .reportTransactStatus(let info):
      try respond(.dispatchResult(registers.transactStatus), info, reason: .report)
    case .reportHolding(let info, let filter): try reportHolding(filter, info)
    case .universalOrigin(let network): try enterNetwork(network)
    case .setFeesMode(let jitWithdraw): registers.withdrawsFees = jitWithdraw
    case .setTopic(let topic): registers.context.topic = topic
    case .clearTopic: registers.context.topic = nil
    case .setHints(let hints):
      for case .assetClaimer(let location) in hints.items { registers.assetClaimer = location }
    case .aliasOrigin(let target): try alias(target)
    case .unpaidExecution(_, let required):
      guard required == nil || required == registers.context.origin else { throw .badOrigin }
    case .queryResponse(let id, let response, let maxWeight, let querier):
      _ = Config.Responses.onResponse(
        response, from: try origin(), queryID: id.value, querier: querier, maxWeight: maxWeight,
        context: registers.context, in: state)
    case .exchangeAsset(let give, let want, let maximal): try exchange(give, for: want, maximal: maximal)
    case .subscribeVersion(let id, let maxWeight):
      try Config.Subscriptions.start(
        try subscriber(), queryID: id.value, maxWeight: maxWeight, context: registers.context, in: state)
    case .unsubscribeVersion:
      try Config.Subscriptions.stop(try subscriber(), context: registers.context, in: state)
    case .queryPallet(let module, let info): try queryPallet(module, info)
    case .expectPallet(let index, let name, let module, let major, let minor):
      try expectPallet(index.value, name: name, module: module, major: major.value, minimumMinor: minor.value)
    case .exportMessage(let network, let destination, let xcm): try export(xcm, to: network, destination)
    case .lockAsset(let asset, let unlocker): try lock(asset, unlocker: unlocker)
    case .unlockAsset(let asset, let target):
      try Config.Locker.unlock(asset, owner: target, unlocker: try origin(), in: state)
    case .noteUnlockable(let asset, let owner):
      try Config.Locker.noteUnlockable(asset, owner: owner, locker: try origin(), in: state)
    case .requestUnlock(let asset, let locker): try requestUnlock(asset, locker: locker)
    case .hrmpNewChannelOpenRequest(let sender, let maxMessageSize, let maxCapacity):
      let notice = HrmpNotice.newChannelOpenRequest(
        sender: sender.value, maxMessageSize: maxMessageSize.value, maxCapacity: maxCapacity.value)
      try Config.handle(notice, in: state)
    case .hrmpChannelAccepted(let recipient):
      try Config.handle(.channelAccepted(recipient: recipient.value), in: state)
    case .hrmpChannelClosing(let initiator, let sender, let recipient):
      let notice = HrmpNotice.channelClosing(
        initiator: initiator.value, sender: sender.value, recipient: recipient.value)
      try Config.handle(notice, in: state)
    // A program, not a unit: the caller runs it instruction by instruction.
    case .executeWithOrigin: throw .unimplemented
    }
  }

  private func expect(_ condition: Bool) throws(XcmError) {
    guard condition else { throw .expectationFalse }
  }

  /// The origin register, which must be set.
  func origin() throws(XcmError) -> Location {
    guard let origin = registers.context.origin else { throw .badOrigin }
    return origin
  }

  /// Refuses `count` more items unless holding stays within twice its limit even when none of them can be merged.
  func ensureRoom(for count: Int) throws(XcmError) {
    guard registers.holding.count + count <= 2 * Config.maximumHolding else { throw .holdingWouldOverflow }
  }

  // MARK: Assets in

  private mutating func withdraw(_ assets: Assets) throws(XcmError) {
    let origin = try origin()
    try ensureRoom(for: assets.count)
    for asset in assets.items {
      try Config.Transactor.withdraw(asset, from: origin, context: registers.context, in: state)
    }
    registers.holding.add(assets)
  }

  private mutating func receiveReserve(_ assets: Assets) throws(XcmError) {
    let origin = try origin()
    try ensureRoom(for: assets.count)
    for asset in assets.items {
      guard Config.isReserve(origin, of: asset, in: state) else { throw .untrustedReserveLocation }
    }
    registers.holding.add(assets)
  }

  private mutating func receiveTeleport(_ assets: Assets) throws(XcmError) {
    let origin = try origin()
    try ensureRoom(for: assets.count)
    for asset in assets.items {
      guard Config.isTeleporter(origin, of: asset, in: state) else { throw .untrustedTeleportLocation }
      try Config.Transactor.canCheckIn(asset, from: origin, context: registers.context, in: state)
      try Config.Transactor.checkIn(asset, from: origin, context: registers.context, in: state)
    }
    registers.holding.add(assets)
  }

  private mutating func claim(_ assets: Assets, ticket: Location) throws(XcmError) {
    let origin = try origin()
    try ensureRoom(for: assets.count)
    guard try Config.Trap.claim(assets, ticket: ticket, origin: origin, context: registers.context, in: state) else {
      throw .unknownClaim
    }
    registers.holding.add(assets)
  }

  // MARK: Assets within this chain

  private func transfer(_ assets: Assets, to beneficiary: Location) throws(XcmError) {
    let origin = try origin()
    for asset in assets.items {
      try Config.Transactor.transfer(asset, from: origin, to: beneficiary, context: registers.context, in: state)
    }
  }

  /// Deposits assets, trying those that failed once more behind the others.
  ///
  /// One of the others may create the account that the failed ones need.
  func deposit(_ assets: Holding, to beneficiary: Location) throws(XcmError) {
    var failed: [Asset] = []
    var last: XcmError?
    for asset in assets {
      // Each attempt is undone on its own, so that a half-made deposit does not meet its own retry.
      let mark = state.begin()
      do throws(XcmError) {
        try Config.Transactor.deposit(asset, to: beneficiary, context: registers.context, in: state)
        state.commit()
      } catch {
        state.rollback(to: mark)
        failed.append(asset)
        last = error
      }
    }
    if let last, failed.count == assets.count { throw last }
    for asset in failed {
      try Config.Transactor.deposit(asset, to: beneficiary, context: registers.context, in: state)
    }
  }

  // MARK: Origin

  /// Continues the origin's path into its interior.
  mutating func descend(_ child: Junctions) throws(XcmError) {
    var location = try origin()
    guard let interior = location.interior.appending(child) else { throw .locationFull }
    location.interior = interior
    registers.context.origin = location
  }

  private mutating func alias(_ target: Location) throws(XcmError) {
    guard Config.isAlias(target, of: try origin(), in: state) else { throw .noPermission }
    registers.context.origin = target
  }

  private mutating func enterNetwork(_ network: Junction) throws(XcmError) {
    let universal = try Config.universalLocation(in: state)
    guard universal.first != network else { throw .invalidLocation }
    guard Config.isUniversalAlias(network, of: try origin(), in: state) else { throw .invalidLocation }
    registers.context.origin = Junctions(network).relative(to: universal)
  }

  private mutating func transact(_ call: [UInt8], _ kind: OriginKind) throws(XcmError) {
    let result = try Config.Dispatcher.dispatch(call, origin: try origin(), kind: kind, in: state)
    registers.transactStatus = result.status
    registers.totalSurplus = registers.totalSurplus.adding(result.declared.subtracting(result.actual))
  }
}

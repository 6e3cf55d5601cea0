import PalletSupport
import Primitives
import ScaleCodec
import XCM

extension Machine {
  /// Executes one instruction. May leave anything behind when it throws.
  mutating func step(_ instruction: Instruction, level: Int) throws(XcmError) {
    switch instruction {
    // Assets come in.
    case .withdrawAsset(let assets):
      let origin = try needOrigin()
      try needRoom(assets.count)
      for asset in assets.items { try chain.withdraw(asset, from: origin) }
      holding.put(Pile(assets.items))
    case .reserveAssetDeposited(let assets):
      let origin = try needOrigin()
      try needRoom(assets.count)
      for asset in assets.items where !Self.isReserve(origin, asset) { throw .untrustedReserveLocation }
      holding.put(Pile(assets.items))
    case .receiveTeleportedAsset(let assets):
      let origin = try needOrigin()
      try needRoom(assets.count)
      for asset in assets.items {
        guard Self.isTeleporter(origin, asset) else { throw .untrustedTeleportLocation }
        try chain.checkIn(asset)
      }
      holding.put(Pile(assets.items))
    case .claimAsset(let assets, let ticket):
      let claim = Chain.Claim(claimer: try needOrigin(), assets: assets)
      try needRoom(assets.count)
      let isTicket = ticket.isHere || ticket == Location(.generalIndex(5))
      guard isTicket, let count = chain.traps[claim], count > 0 else { throw .unknownClaim }
      chain.traps[claim] = count - 1
      holding.put(Pile(assets.items))

    // Assets stay here.
    case .transferAsset(let assets, let beneficiary): try transfer(assets, to: beneficiary)
    case .depositAsset(let filter, let beneficiary): try deposit(holding.take(filter), to: beneficiary)
    case .burnAsset(let assets): _ = holding.take(.definite(assets))
    case .exchangeAsset(let give, let want, let maximal):
      var offered = holding.take(give)
      try needRoom(want.count)
      guard let deal = chain.exchange(offered, for: want, maximal: maximal) else { throw .noDeal }
      _ = offered.take(.definite(Assets(deal.spent)))
      holding.put(offered)
      holding.put(deal.bought)
      // ADR 012, 20: what comes back must fit.
      try needRoom(0)

    // Assets leave.
    case .transferReserveAsset(let assets, let dest, let xcm):
      try transfer(assets, to: dest)
      guard let seen = try? Path.view(assets.items, from: dest) else { throw .locationFull }
      try send(
        [.reserveAssetDeposited(seen), .clearOrigin] + xcm.instructions, to: dest, .transferReserveAsset,
        [OutboundTransfer(kind: .reserveDeposit, assets: assets)])
    case .depositReserveAsset(let filter, let dest, let xcm):
      try sendAssets(filter, .reserveDeposit, to: dest, xcm, .depositReserveAsset)
    case .initiateReserveWithdraw(let filter, let reserve, let xcm):
      try sendAssets(filter, .reserveWithdraw, to: reserve, xcm, .initiateReserveWithdraw)
    case .initiateTeleport(let filter, let dest, let xcm):
      try sendAssets(filter, .teleport, to: dest, xcm, .initiateTeleport)
    case .initiateTransfer(let destination, let fees, let preserve, let assets, let xcm):
      try initiateTransfer(to: destination, fees, preserve, assets.items, xcm)

    // Weight and fees.
    case .buyExecution(let asset, .limited(let weight)):
      feeAsset = asset.id
      guard var payment = holding.takeWhole(.definite(Assets(asset))) else { throw .notHoldingFees }
      try buy(weight, with: &payment)
      holding.put(payment)
    case .buyExecution(_, .unlimited): break
    case .payFees(let asset):
      guard !hasPaid else { return }
      guard var payment = holding.takeWhole(.definite(Assets(asset))) else { throw .notHoldingFees }
      try buy(weight, with: &payment)
      fees.put(payment)
      hasPaid = true
    case .refundSurplus: try refundSurplus()
    case .unpaidExecution(_, let expected): guard expected == nil || expected == origin else { throw .badOrigin }
    case .setFeesMode(let jitWithdraw): jit = jitWithdraw

    // Origin.
    case .clearOrigin: origin = nil
    case .descendOrigin(let path):
      guard let interior = try needOrigin().interior.appending(path) else { throw .locationFull }
      origin?.interior = interior
    case .universalOrigin(let network):
      guard network != Path.here[0] else { throw .invalidLocation }
      guard try needOrigin() == World.market, network == .globalConsensus(World.ethereum) else {
        throw .invalidLocation
      }
      origin = Location(parents: 2, network)
    case .aliasOrigin(let target):
      guard Self.isAlias(target, of: try needOrigin()) else { throw .noPermission }
      origin = target
    case .executeWithOrigin(let path, let xcm):
      let outer = origin
      if let path { try step(.descendOrigin(path), level: level) } else { origin = nil }
      let failure = process(xcm, level: level + 1)
      origin = outer
      if let failure { throw failure.error }

    // What runs later, and what is known.
    case .setErrorHandler(let program): try set(\.handler, program)
    case .setAppendix(let program): try set(\.appendix, program)
    case .clearError: error = nil
    case .trap(let code): throw .trap(code.value)
    case .setTopic(let topic): self.topic = topic
    case .clearTopic: topic = nil
    case .setHints(let hints):
      for case .assetClaimer(let location) in hints.items { claimer = location }
    case .expectAsset(let assets): guard assets.items.allSatisfy(holding.has) else { throw .expectationFalse }
    case .expectOrigin(let expected): guard expected == origin else { throw .expectationFalse }
    case .expectError(let expected): guard expected == error else { throw .expectationFalse }
    case .expectTransactStatus(let expected): guard expected == status else { throw .expectationFalse }
    case .clearTransactStatus: status = .success
    case .expectPallet(let index, let name, let module, let major, let minor):
      guard let pallet = World.pallets.first(where: { $0.index == index }) else { throw .palletNotFound }
      guard pallet.name.items == name, pallet.moduleName.items == module else { throw .nameMismatch }
      guard pallet.major == major, pallet.minor.value >= minor.value else { throw .versionIncompatible }
    case .transact(let kind, _, let call): try transact(call.encoded, kind, level)

    // Questions, answers and services.
    case .queryResponse(let id, let response, _, let querier):
      let origin = try needOrigin()
      if chain.queries[id.value] == origin, querier == nil || querier == .here {
        chain.queries[id.value] = nil
        chain.answers[id.value] = response.encoded()
      }
    case .reportError(let info): try respond(.executionResult(error), info, .report)
    case .reportHolding(let info, let filter):
      var copy = holding
      try respond(.assets(Path.view(copy.take(filter).list, from: info.destination)), info, .report)
    case .reportTransactStatus(let info): try respond(.dispatchResult(status), info, .report)
    case .queryPallet(let module, let info):
      let found = World.pallets.filter { $0.moduleName.items == module }
      try respond(.palletsInfo(BoundedVector(found) ?? BoundedVector()), info, .queryPallet)
    case .subscribeVersion(let id, let maxWeight):
      guard try needOrigin() == firstOrigin else { throw .badOrigin }
      guard chain.subscriptions[firstOrigin] == nil else { throw .invalidLocation }
      chain.subscriptions[firstOrigin] = id.value.encoded() + maxWeight.encoded()
    case .unsubscribeVersion:
      guard try needOrigin() == firstOrigin else { throw .badOrigin }
      chain.subscriptions[firstOrigin] = nil
    case .exportMessage(let network, let destination, let xcm): try export(xcm, to: network, destination)
    case .lockAsset(let asset, let unlocker):
      let origin = try needOrigin()
      let seen = try Path.view([asset], from: unlocker)
      guard let amount = asset.amount, chain.balance(origin, asset.id) >= amount else { throw .lockError }
      guard let owner = Path.view(origin, from: unlocker) else { throw .reanchorFailed }
      let key = Chain.Key(owner: origin, asset: asset.id, other: unlocker)
      chain.locks[key] = max(amount, chain.locks[key] ?? 0)
      try send([.noteUnlockable(asset: seen.items[0], owner: owner)], to: unlocker, .lockAsset)
    case .unlockAsset(let asset, let target):
      let unlocker = try needOrigin()
      try reduce(\.locks, Chain.Key(owner: target, asset: asset.id, other: unlocker), asset)
    case .noteUnlockable(let asset, let owner):
      let key = Chain.Key(owner: owner, asset: asset.id, other: try needOrigin())
      guard let amount = asset.amount else { throw .lockError }
      chain.notes[key] = max(amount, chain.notes[key] ?? 0)
    case .requestUnlock(let asset, let locker):
      let origin = try needOrigin()
      let seen = try Path.view([asset], from: locker)
      guard let target = Path.view(origin, from: locker) else { throw .reanchorFailed }
      try reduce(\.notes, Chain.Key(owner: origin, asset: asset.id, other: locker), asset)
      try send([.unlockAsset(asset: seen.items[0], target: target)], to: locker, .requestUnlock)
    case .hrmpNewChannelOpenRequest, .hrmpChannelAccepted, .hrmpChannelClosing: throw .unimplemented
    }
  }

  // MARK: Trust

  static func isReserve(_ place: Location, _ asset: Asset) -> Bool {
    (place == World.market && asset.id == World.coin)
      || (place == World.studio && (asset.id == World.foreign || asset.id == World.gem))
  }

  static func isTeleporter(_ place: Location, _ asset: Asset) -> Bool {
    place == World.market && (asset.id == World.home || asset.id == World.token || asset.id == World.art)
  }

  static func isAlias(_ target: Location, of origin: Location) -> Bool {
    let isInside =
      target.parents == origin.parents
      && Array(target.interior.items.prefix(origin.interior.count)) == origin.interior.items
    return isInside || (origin == World.market && target == World.studio)
  }

  // MARK: Parts of instructions

  private func needOrigin() throws(XcmError) -> Location {
    guard let origin else { throw .badOrigin }
    return origin
  }

  /// Refuses assets that might make holding larger than twice its limit.
  private func needRoom(_ count: Int) throws(XcmError) {
    guard holding.count + count <= 2 * World.holdingLimit else { throw .holdingWouldOverflow }
  }

  private mutating func set(_ later: WritableKeyPath<Machine, Later>, _ program: Xcm) throws(XcmError) {
    guard let weight = Self.weight(of: program) else { throw .weightNotComputable }
    surplus = surplus.adding(self[keyPath: later].weight)
    self[keyPath: later] = Later(program: program, weight: weight)
  }

  private mutating func reduce(
    _ table: WritableKeyPath<Chain, [Chain.Key: Balance]>, _ key: Chain.Key, _ asset: Asset
  ) throws(XcmError) {
    guard let amount = asset.amount, let locked = chain[keyPath: table][key], locked >= amount else {
      throw .lockError
    }
    chain[keyPath: table][key] = locked - amount
  }

  private mutating func transfer(_ assets: Assets, to target: Location) throws(XcmError) {
    let origin = try needOrigin()
    for asset in assets.items {
      try chain.withdraw(asset, from: origin)
      chain = try chain.depositing(asset, to: target)
    }
  }

  /// Deposits each asset; what failed is tried once more after the others, unless everything failed.
  mutating func deposit(_ pile: Pile, to owner: Location) throws(XcmError) {
    var failed: [Asset] = []
    var last: XcmError?
    for asset in pile.list {
      do throws(XcmError) { chain = try chain.depositing(asset, to: owner) } catch {
        failed.append(asset)
        last = error
      }
    }
    if let last, failed.count == pile.count { throw last }
    for asset in failed { chain = try chain.depositing(asset, to: owner) }
  }

  private mutating func transact(_ call: [UInt8], _ kind: OriginKind, _ level: Int) throws(XcmError) {
    let origin = try needOrigin()
    let inner = (try? Xcm(decoding: Array(call.dropFirst()))) ?? nil
    switch call.first {
    case Call.execute?: guard inner != nil else { throw .failedToDecode }
    case Call.remark?, Call.failing?, Call.filtered?, Call.issue?: guard call.count == 1 else { throw .failedToDecode }
    default: throw .failedToDecode
    }
    guard call.first != Call.filtered else { throw .noPermission }
    guard kind != .superuser || origin == .here else { throw .badOrigin }
    var code: UInt8 = 0
    switch call.first {
    case Call.remark?: surplus = surplus.adding(Weight(refTime: World.callWeight - 50))
    case Call.issue?:
      chain.add(Asset(World.home, amount: 50), to: origin)
      chain.add(Asset(World.home, amount: 50), to: World.mint)
    case Call.execute?:
      var machine = Machine(chain, origin: origin, level: level + 1)
      if case .complete = machine.run(inner ?? Xcm()) {} else { code = 4 }
      chain = machine.chain
      events += machine.events
    default: code = 3
    }
    status = code == 0 ? .success : .error(BoundedVector([code]) ?? BoundedVector())
  }
}

internal import PalletSupport
internal import Primitives
internal import ScaleCodec

/// A message under construction.
struct Outbound {
  let destination: Location
  var instructions: [Instruction] = []
  var transfers: [OutboundTransfer] = []
}

extension XcmExecutor {
  /// Moves assets from the origin's account to the destination's, and tells the destination.
  mutating func transferReserve(_ assets: Assets, to destination: Location, then xcm: Xcm) throws(XcmError) {
    let origin = try origin()
    for asset in assets.items {
      try Config.Transactor.transfer(asset, from: origin, to: destination, context: registers.context, in: state)
    }
    let moved: Assets
    let universal = try Config.universalLocation(in: state)
    do throws(XcmError) { moved = try assets.reanchored(to: destination, universal: universal) } catch {
      throw .locationFull
    }
    var message = Outbound(destination: destination)
    message.transfers = [OutboundTransfer(kind: .reserveDeposit, assets: assets)]
    message.instructions = [.reserveAssetDeposited(moved), .clearOrigin] + xcm.instructions
    nameClaimer(in: &message, unlessNamedBy: xcm)
    try send(message, reason: .transferReserveAsset)
  }

  /// Takes assets from holding and sends them, followed by a program for whoever holds them there.
  ///
  /// The delivery fee is set aside before a wildcard takes everything, unless it comes from elsewhere.
  mutating func sendAssets(
    _ filter: AssetFilter, _ kind: TransferKind, to destination: Location, then xcm: Xcm, reason: FeeReason
  ) throws(XcmError) {
    let fee = try setAsideFee(for: filter, kind, to: destination, then: xcm, reason: reason)
    let taken = registers.holding.take(filter)
    var message = Outbound(destination: destination)
    _ = try move(taken, kind, into: &message)
    message.instructions.append(.clearOrigin)
    message.instructions += xcm.instructions
    nameClaimer(in: &message, unlessNamedBy: xcm)
    registers.holding.add(fee)
    try send(message, reason: reason)
  }

  /// Takes assets of several kinds from holding and sends them in one message, fees first.
  ///
  /// Order on the other side: assets for fees, `PayFees`, the other assets, the origin, then either the program or,
  /// without fees, `UnpaidExecution` and the program.
  /// - Throws: ``XcmError/notHoldingFees`` and ``XcmError/tooManyAssets`` for fees that are not exactly one asset of
  ///   holding; ``XcmError/noPermission`` for an origin to be preserved that chains configured as this one would not
  ///   let this chain speak for: the assets would arrive and the program would not run.
  mutating func initiateTransfer(
    to destination: Location, remoteFees: AssetTransferFilter?, preserveOrigin: Bool, assets: [AssetTransferFilter],
    then xcm: Xcm
  ) throws(XcmError) {
    var message = Outbound(destination: destination)
    if let remoteFees {
      guard let taken = registers.holding.takeExactly(remoteFees.filter) else { throw .notHoldingFees }
      let moved = try move(taken, remoteFees.kind, into: &message)
      // A filter that matches nothing has this error too: what is asked for is one asset.
      guard moved.count == 1, let fees = moved.first else { throw .tooManyAssets }
      message.instructions.append(.payFees(asset: fees))
    }
    for filter in assets { _ = try move(registers.holding.take(filter.filter), filter.kind, into: &message) }
    if preserveOrigin {
      let origin = try origin()
      // This chain itself is already the origin of what it sends.
      if !origin.isHere {
        let universal = try Config.universalLocation(in: state)
        guard let remote = origin.reanchored(to: destination, universal: universal),
          let sender = Location.here.reanchored(to: destination, universal: universal)
        else { throw .reanchorFailed }
        guard Config.isAlias(remote, of: sender, in: state) else { throw .noPermission }
        message.instructions.append(.aliasOrigin(remote))
      }
    } else {
      message.instructions.append(.clearOrigin)
    }
    if remoteFees == nil { message.instructions.append(.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)) }
    message.instructions += xcm.instructions
    nameClaimer(in: &message, unlessNamedBy: xcm)
    try send(message, reason: .initiateTransfer)
  }

  /// Does on this chain what sending assets takes, and appends the instruction that receives them.
  /// - Returns: The assets as the destination names them.
  private mutating func move(_ holding: Holding, _ kind: TransferKind, into message: inout Outbound) throws(XcmError)
    -> Assets
  {
    let assets = try Assets(holding)
    let destination = message.destination
    let moved = try assets.reanchored(to: destination, universal: try Config.universalLocation(in: state))
    switch kind {
    case .reserveDeposit:
      try deposit(holding, to: destination)
      message.instructions.append(.reserveAssetDeposited(moved))
    case .reserveWithdraw:
      for asset in assets.items {
        guard Config.isReserve(destination, of: asset, in: state) else { throw .untrustedReserveLocation }
      }
      message.instructions.append(.withdrawAsset(moved))
    case .teleport:
      for asset in assets.items {
        guard Config.isTeleporter(destination, of: asset, in: state) else { throw .untrustedTeleportLocation }
        try Config.Transactor.canCheckOut(asset, to: destination, context: registers.context, in: state)
      }
      for asset in assets.items {
        try Config.Transactor.checkOut(asset, to: destination, context: registers.context, in: state)
      }
      message.instructions.append(.receiveTeleportedAsset(moved))
    }
    message.transfers.append(OutboundTransfer(kind: kind, assets: assets))
    return moved
  }

  /// Takes the delivery fee out of holding when it has to come from there.
  private mutating func setAsideFee(
    for filter: AssetFilter, _ kind: TransferKind, to destination: Location, then xcm: Xcm, reason: FeeReason
  ) throws(XcmError) -> Holding {
    guard !registers.withdrawsFees, registers.fees.isEmpty else { return Holding() }
    guard !Config.isFeeWaived(for: registers.context.origin, reason: reason, in: state) else { return Holding() }
    let assets = try Assets(registers.holding.selecting(filter))
    let moved = try assets.reanchored(to: destination, universal: try Config.universalLocation(in: state))
    let first: Instruction =
      switch kind {
      case .reserveDeposit: .reserveAssetDeposited(moved)
      case .reserveWithdraw: .withdrawAsset(moved)
      case .teleport: .receiveTeleportedAsset(moved)
      }
    var message = Outbound(destination: destination)
    message.transfers = [OutboundTransfer(kind: kind, assets: assets)]
    message.instructions = [first, .clearOrigin] + xcm.instructions
    nameClaimer(in: &message, unlessNamedBy: xcm)
    let program = withTopic(Xcm(message.instructions))
    let fees = try Config.Router.deliveryFee(to: destination, program: program, in: state)
    var aside = Holding()
    for fee in fees.items {
      aside.add(registers.holding.take(.definite(Assets(payment(of: fee)))))
    }
    return aside
  }

  // MARK: Sending

  /// Says who may claim what a message's assets leave over, directly behind the instruction that loads the first.
  ///
  /// Only a plain account of this chain is named: its id belongs to the same key on the other side. A program that
  /// names a claimer itself stays as it is, and so does a message that carries nothing.
  private func nameClaimer(in message: inout Outbound, unlessNamedBy xcm: Xcm) {
    guard message.transfers.contains(where: { !$0.assets.isEmpty }) else { return }
    guard !xcm.instructions.contains(where: \.namesClaimer) else { return }
    let claimer = registers.claimer
    guard claimer.parents == 0, claimer.interior.count == 1, case .accountId32(nil, let id)? = claimer.interior.first,
      let hints = BoundedVector<Hint, 1>([.assetClaimer(location: .account(id))]),
      let load = message.instructions.firstIndex(where: { ($0.loadedAssets ?? 0) > 0 })
    else { return }
    message.instructions.insert(.setHints(hints: hints), at: load + 1)
  }

  /// Ends a program with the id of the message that caused it, unless it ends with a topic of its own.
  func withTopic(_ program: Xcm) -> Xcm {
    if case .setTopic? = program.instructions.last { return program }
    return Xcm(program.instructions + [.setTopic(registers.context.traceID)])
  }

  /// Pays for delivery and hands a message to the router.
  mutating func send(_ message: Outbound, reason: FeeReason) throws(XcmError) {
    let program = withTopic(Xcm(message.instructions))
    // What the other side could not decode must not leave with assets in it.
    guard program.isWithinDecodeLimits else { throw .exceedsMaxMessageSize }
    let fee = try Config.Router.deliveryFee(to: message.destination, program: program, in: state)
    try takeFee(fee, reason: reason)
    let context = registers.context
    var topic = context.traceID
    if case .setTopic(let own)? = program.instructions.last { topic = own }
    let info = SendInfo(
      origin: context.origin, claimer: registers.claimer, topic: topic, reason: reason, transfers: message.transfers)
    let id = try Config.Router.send(program, to: message.destination, info: info, in: state)
    Config.deposit(
      .sent(origin: context.origin, destination: message.destination, program: program, messageID: id, topic: topic),
      in: state)
  }

  /// Answers a query on behalf of the origin.
  mutating func respond(_ response: Response, _ info: QueryResponseInfo, reason: FeeReason) throws(XcmError) {
    var querier: Location?
    if let origin = registers.context.origin {
      querier = origin.reanchored(to: info.destination, universal: try Config.universalLocation(in: state))
      guard querier != nil else { throw .reanchorFailed }
    }
    let answer = Instruction.queryResponse(
      queryId: info.queryId, response: response, maxWeight: info.maxWeight, querier: querier)
    var message = Outbound(destination: info.destination)
    message.instructions = [answer]
    try send(message, reason: reason)
  }

  /// Tells which of the named assets are in holding.
  mutating func reportHolding(_ filter: AssetFilter, _ info: QueryResponseInfo) throws(XcmError) {
    let assets = try Assets(registers.holding.selecting(filter))
    let universal = try Config.universalLocation(in: state)
    try respond(.assets(try assets.reanchored(to: info.destination, universal: universal)), info, reason: .report)
  }
}

extension AssetTransferFilter {
  /// The way in which the assets travel.
  public var kind: TransferKind {
    switch self {
    case .teleport: .teleport
    case .reserveDeposit: .reserveDeposit
    case .reserveWithdraw: .reserveWithdraw
    }
  }
}

extension Instruction {
  /// Whether this says who may claim what the program leaves over.
  fileprivate var namesClaimer: Bool {
    guard case .setHints(let hints) = self else { return false }
    return !hints.items.isEmpty
  }
}

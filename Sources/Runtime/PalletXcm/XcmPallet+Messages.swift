internal import Hashing
public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet.Pallet {
  // MARK: Messages from other chains

  /// Executes a program that came from another chain.
  ///
  /// - Parameters:
  ///   - payload: A SCALE `VersionedXcm`.
  ///   - origin: The chain that sent it, as seen from here.
  ///   - id: The message's id.
  /// - Returns: How it ended; `error` for a program of which nothing took place, which the source refunds: one whose
  ///   first instruction failed, or that failed before all the assets that came with it were in. Bytes that are no
  ///   program end as ``XcmError/failedToDecode``, programs that version 5 cannot express as
  ///   ``XcmError/unhandledXcmVersion``.
  public static func receive(_ payload: [UInt8], from origin: Location, id: H256, in context: ExecutionContext) -> Outcome {
    var id = id
    var outcome: Outcome
    do {
      let program = try VersionedXcm(decoding: payload).latest()
      var arrival = Arrival(of: program)
      let mark = context.begin()
      outcome = XcmExecutor<C.Execution>.prepareAndExecute(
        program, origin: origin, id: &id, weightLimit: C.maximumInboundWeight, in: context
      ) { step in arrival.note(step) }
      if let failure = arrival.failure {
        // What else the program did, its error handler included, must not count: the source gives all assets back.
        context.rollback(to: mark)
        outcome = .error(failure)
      } else {
        context.commit()
      }
    } catch is ScaleError {
      outcome = .error(InstructionError(index: 0, error: .failedToDecode))
    } catch {
      outcome = .error(InstructionError(index: 0, error: .unhandledXcmVersion))
    }
    deposit(.processed(origin: origin, messageId: id, outcome: outcome), topics: [id], in: context)
    return outcome
  }

  /// Keeps what a message's refund needs until the message is settled.
  public static func remember(_ info: SendInfo, to destination: Location, lane: H256, nonce: UInt64, in context: ExecutionContext)
    throws(XcmError)
  {
    var plan = XcmPallet.RefundPlan(
      claimer: info.claimer, destination: destination, topic: info.topic, origin: info.origin, reserveDeposited: Assets(),
      reserveWithdrawn: Assets(), teleported: Assets())
    for transfer in info.transfers {
      switch transfer.kind {
      case .reserveDeposit: plan.reserveDeposited = try plan.reserveDeposited.merged(with: transfer.assets)
      case .reserveWithdraw: plan.reserveWithdrawn = try plan.reserveWithdrawn.merged(with: transfer.assets)
      case .teleport: plan.teleported = try plan.teleported.merged(with: transfer.assets)
      }
    }
    XcmPallet.refunds.set(Pair(lane, nonce), to: plan, in: context)
    try rememberLock(info, lane: lane, nonce: nonce, in: context)
  }

  /// Forgets the refund of a message that was received.
  /// - Parameter ending: How it ended there.
  public static func settled(lane: H256, nonce: UInt64, ending: XcmPallet.MessageEnding, in context: ExecutionContext) {
    let plan = (try? XcmPallet.refunds.get(Pair(lane, nonce), in: context)) ?? nil
    XcmPallet.refunds.remove(Pair(lane, nonce), in: context)
    _ = try? endLockMessage(lane: lane, nonce: nonce, in: context)
    if let plan { C.messageEnded(plan.topic, from: plan.origin, ending, in: context) }
  }

  /// Gives back what a message carried that will never be received, and undoes the lock that it was to tell of.
  ///
  /// The plan is removed first. Assets that cannot be put into the claimer's account are trapped for the claimer. Those
  /// that the destination's account here, or the checking account, cannot pay become an overdue refund: the message is
  /// settled all the same, for one that is not would hold its lane up.
  public static func refund(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard let plan = try XcmPallet.refunds.get(Pair(lane, nonce), in: context) else { return }
    XcmPallet.refunds.remove(Pair(lane, nonce), in: context)
    try undoLock(lane: lane, nonce: nonce, in: context)
    let rest = giveBack(plan, in: context)
    guard rest.isOwing else {
      C.messageEnded(plan.topic, from: plan.origin, .returned, in: context)
      return
    }
    XcmPallet.overdueRefunds.set(Pair(lane, nonce), to: rest, in: context)
    deposit(
      .refundOverdue(lane: lane, nonce: nonce, beneficiary: plan.claimer, messageId: plan.topic), topics: [plan.topic],
      in: context)
  }

  /// Gives back what can be given back by now of an overdue refund.
  static func retryRefund(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard let plan = try XcmPallet.overdueRefunds.get(Pair(lane, nonce), in: context) else { throw failure(.unknownRefund) }
    let rest = giveBack(plan, in: context)
    guard rest != plan else { throw failure(.reserveTooLow) }
    if rest.isOwing {
      XcmPallet.overdueRefunds.set(Pair(lane, nonce), to: rest, in: context)
    } else {
      XcmPallet.overdueRefunds.remove(Pair(lane, nonce), in: context)
      C.messageEnded(plan.topic, from: plan.origin, .returned, in: context)
    }
  }

  /// Carries a plan out as far as possible.
  /// - Returns: The plan for what is left.
  private static func giveBack(_ plan: XcmPallet.RefundPlan, in context: ExecutionContext) -> XcmPallet.RefundPlan {
    typealias Transactor = C.Execution.Transactor
    let xcm = XcmContext(origin: plan.claimer, messageID: plan.topic, topic: plan.topic)
    let deposited = each(plan.reserveDeposited.items, in: context) { asset throws(XcmError) in
      try Transactor.withdraw(asset, from: plan.destination, context: xcm, in: context)
    }
    let teleported = each(plan.teleported.items, in: context) { asset throws(XcmError) in
      try Transactor.canCheckIn(asset, from: plan.destination, context: xcm, in: context)
      try Transactor.checkIn(asset, from: plan.destination, context: xcm, in: context)
    }
    var returned = Holding(plan.reserveWithdrawn)
    for asset in deposited.done + teleported.done { returned.add(asset) }
    let paid = each(returned.assets, in: context) { asset throws(XcmError) in
      try Transactor.deposit(asset, to: plan.claimer, context: xcm, in: context)
    }
    for assets in parts(of: paid.failed) { _ = trap(assets, for: plan.claimer, message: plan.topic, in: context) }
    for assets in parts(of: paid.done) {
      deposit(.refunded(beneficiary: plan.claimer, assets: assets, messageId: plan.topic), topics: [plan.topic], in: context)
    }
    var rest = plan
    rest.reserveDeposited = parts(of: deposited.failed).first ?? Assets()
    rest.reserveWithdrawn = Assets()
    rest.teleported = parts(of: teleported.failed).first ?? Assets()
    return rest
  }

  /// Does something to each asset on its own: it happens entirely or leaves no trace.
  private static func each(
    _ assets: [Asset], in context: ExecutionContext, _ body: (Asset) throws(XcmError) -> Void
  ) -> (done: [Asset], failed: [Asset]) {
    var (done, failed): ([Asset], [Asset]) = ([], [])
    for asset in assets {
      let mark = context.begin()
      do throws(XcmError) {
        try body(asset)
        context.commit()
        done.append(asset)
      } catch {
        context.rollback(to: mark)
        failed.append(asset)
      }
    }
    return (done, failed)
  }

  /// Cuts a list into lists that one claim or event can name.
  private static func parts(of assets: [Asset]) -> [Assets] {
    stride(from: 0, to: assets.count, by: Assets.maximumCount).compactMap { start in
      try? Assets(assets[start..<min(start + Assets.maximumCount, assets.count)])
    }
  }

  // MARK: Revenue

  /// Puts a collected fee into an account, or keeps it until there is enough for the account to hold.
  ///
  /// Nothing is destroyed: vouchers that ceased to exist here would leave their backing behind on another chain.
  public static func takeRevenue(_ fee: Asset, for account: Location, in context: ExecutionContext) {
    guard let amount = fee.amount, let waiting = try? XcmPallet.pendingRevenue.get(fee.id.location, in: context) else { return }
    let total = waiting.addingSaturating(amount)
    let mark = context.begin()
    do throws(XcmError) {
      try C.Execution.Transactor.deposit(
        Asset(fee.id, amount: total), to: account, context: XcmContext(origin: nil, messageID: .zero), in: context)
      context.commit()
      XcmPallet.pendingRevenue.remove(fee.id.location, in: context)
    } catch {
      context.rollback(to: mark)
      XcmPallet.pendingRevenue.set(fee.id.location, to: total, in: context)
    }
  }

  // MARK: Traps

  /// The key of a trap: claimer and assets decide it, so a claim names exactly what was trapped.
  static func trapHash(_ claimer: Location, _ assets: Assets) -> H256 {
    Hash.blake2b256(claimer.encoded() + VersionedAssets.v5(assets).encoded())
  }

  /// Remembers assets for their claimer.
  /// - Parameter message: The message whose program left them, under whose id the event is found.
  public static func trap(
    _ assets: Assets, for claimer: Location, message: H256? = nil, in context: ExecutionContext
  ) -> Weight {
    let hash = trapHash(claimer, assets)
    let known = (try? XcmPallet.assetTraps.get(hash, in: context)) ?? nil
    var record = known ?? XcmPallet.TrapRecord(claimer: claimer, assets: .v5(assets), count: 0)
    record.count = record.count.addingSaturating(1)
    XcmPallet.assetTraps.set(hash, to: record, in: context)
    deposit(
      .assetsTrapped(hash: hash, origin: claimer, assets: .v5(assets)), topics: message.map { [$0] } ?? [], in: context)
    return .of(reads: 1, writes: 1)
  }

  /// Forgets one trap of exactly these assets.
  /// - Parameters:
  ///   - ticket: `Here`, or `GeneralIndex(5)`, the version that assets are trapped in.
  ///   - message: The message whose program claims them, under whose id the event is found.
  /// - Returns: Whether there was one.
  public static func claimTrap(
    _ assets: Assets, ticket: Location, origin: Location, message: H256? = nil, in context: ExecutionContext
  ) throws(XcmError) -> Bool {
    guard ticket.isHere || ticket == Location(parents: 0, .generalIndex(5)) else { return false }
    let hash = trapHash(origin, assets)
    do throws(DispatchError) {
      guard var record = try XcmPallet.assetTraps.get(hash, in: context) else { return false }
      record.count -= min(1, record.count)
      if record.count == 0 {
        XcmPallet.assetTraps.remove(hash, in: context)
      } else {
        XcmPallet.assetTraps.set(hash, to: record, in: context)
      }
    } catch { throw .failedToTransactAsset }
    deposit(.assetsClaimed(hash: hash, origin: origin, assets: .v5(assets)), topics: message.map { [$0] } ?? [], in: context)
    return true
  }

  /// Turns the executor's events into the pallet's.
  public static func deposit(_ event: XcmEvent, in context: ExecutionContext) {
    switch event {
    case .sent(let origin, let destination, let program, _, let topic):
      deposit(.sent(origin: origin ?? .here, destination: destination, message: program, messageId: topic), topics: [topic], in: context)
    case .feesPaid(let paying, let fees, _): deposit(.feesPaid(paying: paying ?? .here, fees: fees), in: context)
    case .processError(let origin, let index, let error, let messageID):
      deposit(
        .processXcmError(origin: origin ?? .here, error: error, messageId: messageID, index: index), topics: [messageID],
        in: context)
    }
  }
}

/// Watches whether all assets of a program came in.
private struct Arrival {
  /// Where and why they did not.
  private(set) var failure: InstructionError?
  /// Instructions that must succeed: all up to the last one that loads assets, and the first.
  private let needed: Int
  /// How many instructions of the program itself have run.
  private var steps = 0
  private var hasEnded = false

  init(of program: Xcm) { needed = max(1, (program.instructions.lastIndex { $0.loadsSentAssets } ?? 0) + 1) }

  mutating func note(_ step: XcmStep) {
    guard step.level == 1, !hasEnded else { return }
    // A handler or an appendix counts from 0 again, and it cannot be the first to run.
    guard step.index == steps else {
      hasEnded = true
      return
    }
    steps += 1
    guard let error = step.error else { return }
    hasEnded = true
    if steps <= needed { failure = InstructionError(index: UInt8(clamping: step.index), error: error) }
  }
}

extension Instruction {
  /// Whether this brings in assets that left the sending chain.
  fileprivate var loadsSentAssets: Bool {
    switch self {
    case .withdrawAsset, .reserveAssetDeposited, .receiveTeleportedAsset: true
    default: false
    }
  }
}

extension XcmPallet.RefundPlan {
  /// Whether anything is to be given back.
  fileprivate var isOwing: Bool { !(reserveDeposited.isEmpty && reserveWithdrawn.isEmpty && teleported.isEmpty) }
}

extension Assets {
  /// Both together, amounts of equal assets added.
  fileprivate func merged(with other: Assets) throws(XcmError) -> Assets {
    var holding = Holding(self)
    holding.add(other)
    return try Assets(holding.assets)
  }
}

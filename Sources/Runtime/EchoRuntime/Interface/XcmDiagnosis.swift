internal import PalletBalances
internal import PalletParachainInfo
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec
internal import XCM

/// Finds the facts behind a failed instruction.
///
/// A failed instruction is undone when it is looked at, so the state is the one that it met: what it needed can be
/// asked for again. Questions that write do so inside a transaction that is taken back.
struct XcmDiagnosis {
  let instruction: Instruction
  let error: XcmError
  /// The registers before the instruction.
  let registers: XcmSnapshot
  /// What the weigher found for the whole program.
  let programWeight: Weight
  /// The fee that the instruction came to pay, if it got as far as that.
  let quotedFee: XCM.Assets?
  let state: ExecutionContext

  /// The facts; there is an answer for every instruction and error.
  var detail: XcmFailureDetail {
    switch error {
    case .untrustedReserveLocation: trust(.reserveTrust) { XcmSettings.isReserve($0, of: $1, in: state) }
    case .untrustedTeleportLocation: trust(.teleportTrust) { XcmSettings.isTeleporter($0, of: $1, in: state) }
    case .assetNotFound, .failedToTransactAsset, .notWithdrawable, .notDepositable, .locationCannotHold, .overflow:
      movement
    case .badOrigin: origin
    case .notHoldingFees, .feesNotMet: fee
    case .tooExpensive: price
    case .expectationFalse: expectation
    case .noPermission: permission
    case .unknownClaim: claim
    case .palletNotFound, .nameMismatch, .versionIncompatible: pallet
    case .noDeal: deal
    case .lockError: lock
    case .locationFull, .locationNotInvertible, .reanchorFailed, .invalidLocation, .unanchored: location
    case .unroutable, .exportError, .transport, .destinationUnsupported, .exceedsMaxMessageSize: route
    case .holdingWouldOverflow:
      XcmFailureDetail(
        .room(limit: UInt32(2 * XcmSettings.maximumHolding)), of: .holding, found: registers.holding.assets)
    case .tooManyAssets:
      XcmFailureDetail(.assetCount(limit: assetLimit), of: .program, found: named)
    case .trap(let code): XcmFailureDetail(.trap(code: code), of: .program)
    case .unimplemented: XcmFailureDetail(.supported, of: .program)
    case .failedToDecode: XcmFailureDetail(.decodes, of: .program)
    case .maxWeightInvalid: XcmFailureDetail(.weight(limit: .zero, actual: programWeight), of: .program)
    case .unhandledXcmVersion: XcmFailureDetail(.version, of: destination.map { .location($0) } ?? .program)
    case .exceedsStackLimit:
      XcmFailureDetail(.nesting(limit: UInt32(XcmExecutor<XcmSettings>.recursionLimit)), of: .program)
    case .weightLimitReached(let weight): XcmFailureDetail(.weight(limit: .zero, actual: weight), of: .program)
    case .weightNotComputable: XcmFailureDetail(.weighable, of: .program)
    case .barrier: XcmFailureDetail(.admission(.shape), of: subjectOrigin)
    }
  }

  // MARK: Around the program

  /// Why a program was refused before its first instruction.
  static func refusal(
    _ error: XcmError, of prepared: WeighedXcm, from origin: Location, in state: ExecutionContext
  ) -> XcmFailureDetail? {
    switch error {
    case .barrier:
      return XcmFailureDetail(.admission(admission(of: prepared, from: origin, in: state)), of: .location(origin))
    case .exceedsStackLimit:
      return XcmFailureDetail(.nesting(limit: UInt32(XcmExecutor<XcmSettings>.recursionLimit)), of: .program)
    default: return nil
    }
  }

  /// What the barrier misses.
  ///
  /// Of several barriers the last one tried has the word, which is not the one that most senders meant to satisfy: a
  /// program that pays for too little weight is told so whatever that one says.
  private static func admission(of prepared: WeighedXcm, from origin: Location, in state: ExecutionContext)
    -> XcmAdmission
  {
    var instructions = prepared.program.instructions[...]
    var properties = BarrierProperties()
    do throws(BarrierRefusal) {
      try XcmSettings.barrier.admit(
        &instructions, from: origin, maxWeight: prepared.weight, properties: &properties, in: state)
    } catch {
      switch error {
      case .yield: return .later
      case .stackLimitReached: return .depth
      case .overweight(let weight): return .weight(weight)
      case .badFormat, .unsupported: break
      }
    }
    let buysTooLittle = prepared.program.instructions.contains {
      if case .buyExecution(_, .limited(let limit)) = $0 { prepared.weight.exceeds(limit) } else { false }
    }
    return buysTooLittle ? .weight(prepared.weight) : .shape
  }

  /// Why a program that nothing was recorded of did not run.
  static func refusal(_ error: XcmError, limit: Weight) -> XcmFailureDetail? {
    switch error {
    case .weightLimitReached(let weight): XcmFailureDetail(.weight(limit: limit, actual: weight), of: .program)
    case .weightNotComputable: XcmFailureDetail(.weighable, of: .program)
    case .failedToDecode: XcmFailureDetail(.decodes, of: .program)
    case .unhandledXcmVersion: XcmFailureDetail(.version, of: .program)
    default: nil
    }
  }

  // MARK: What the instruction names

  var subjectOrigin: XcmSubject { registers.origin.map { .location($0) } ?? .program }

  /// Where the instruction sends a message to.
  var destination: Location? {
    switch instruction {
    case .transferReserveAsset(_, let dest, _), .depositReserveAsset(_, let dest, _),
      .initiateReserveWithdraw(_, let dest, _),
      .initiateTeleport(_, let dest, _), .initiateTransfer(let dest, _, _, _, _):
      dest
    case .reportError(let info), .reportTransactStatus(let info), .reportHolding(let info, _),
      .queryPallet(_, let info):
      info.destination
    case .lockAsset(_, let unlocker): unlocker
    case .unlockAsset(_, let target): target
    case .requestUnlock(_, let locker): locker
    case .subscribeVersion, .unsubscribeVersion: registers.origin
    default: nil
    }
  }

  /// The filters by which the instruction takes assets from holding, with the way in which they travel.
  var takes: [(filter: AssetFilter, kind: TransferKind)] {
    switch instruction {
    case .depositReserveAsset(let filter, _, _): [(filter, .reserveDeposit)]
    case .initiateReserveWithdraw(let filter, _, _): [(filter, .reserveWithdraw)]
    case .initiateTeleport(let filter, _, _): [(filter, .teleport)]
    case .initiateTransfer(_, let fees, _, let assets, _):
      (fees.map { [($0.filter, $0.kind)] } ?? []) + assets.items.map { ($0.filter, $0.kind) }
    default: []
    }
  }

  /// The assets that the instruction names or takes.
  var named: [Asset] {
    switch instruction {
    case .withdrawAsset(let assets), .reserveAssetDeposited(let assets), .receiveTeleportedAsset(let assets),
      .transferAsset(let assets, _), .transferReserveAsset(let assets, _, _), .claimAsset(let assets, _),
      .burnAsset(let assets),
      .expectAsset(let assets), .exchangeAsset(_, let assets, _):
      assets.items
    case .depositAsset(let filter, _), .reportHolding(_, let filter): registers.holding.selecting(filter).assets
    case .buyExecution(let fees, _), .payFees(let fees): [fees]
    case .lockAsset(let asset, _), .unlockAsset(let asset, _), .noteUnlockable(let asset, _),
      .requestUnlock(let asset, _):
      [asset]
    default: takes.flatMap { registers.holding.selecting($0.filter).assets }
    }
  }

  private var assetLimit: UInt32 {
    if case .initiateTransfer(_, .some, _, _, _) = instruction { return 1 }
    return UInt32(XCM.Assets.maximumCount)
  }

  // MARK: Trust, origin, permission

  private func trust(_ requirement: XcmRequirement, _ isTrusted: (Location, Asset) -> Bool) -> XcmFailureDetail {
    let kind: TransferKind = requirement == .teleportTrust ? .teleport : .reserveWithdraw
    let place: Location?
    let assets: [Asset]
    if let destination {
      place = destination
      let matching = takes.filter { $0.kind == kind }
      assets = matching.flatMap { registers.holding.selecting($0.filter).assets }
    } else {
      place = registers.origin
      assets = named
    }
    guard let place else { return XcmFailureDetail(requirement, of: .program, needed: assets) }
    let untrusted = assets.filter { !isTrusted(place, $0) }
    if let unknown = untrusted.first(where: { AssetLedger($0.id, in: state) == nil }) {
      return XcmFailureDetail(.knownAsset, of: .location(place), needed: [unknown])
    }
    return XcmFailureDetail(requirement, of: .location(place), needed: untrusted.isEmpty ? assets : untrusted)
  }

  private var origin: XcmFailureDetail {
    if case .unpaidExecution(_, let required?) = instruction {
      return XcmFailureDetail(.expectedOrigin(expected: required, actual: registers.origin), of: .program)
    }
    guard let origin = registers.origin else { return XcmFailureDetail(.origin, of: .program) }
    if case .transact(let kind, _, _) = instruction {
      return XcmFailureDetail(.originKind(kind), of: .location(origin))
    }
    return XcmFailureDetail(.permission, of: .location(origin))
  }

  private var permission: XcmFailureDetail {
    switch instruction {
    case .aliasOrigin(let target): XcmFailureDetail(.alias(target: target), of: subjectOrigin)
    case .initiateTransfer(let destination, _, true, _, _):
      XcmFailureDetail(.alias(target: registers.origin ?? .here), of: .location(destination))
    case .transact: XcmFailureDetail(.safeCall, of: subjectOrigin)
    default: XcmFailureDetail(.permission, of: subjectOrigin)
    }
  }

  // MARK: Values

  private var expectation: XcmFailureDetail {
    switch instruction {
    case .expectAsset(let assets):
      let missing = assets.items.filter { !registers.holding.contains($0) }
      return XcmFailureDetail(.holding, of: .holding, needed: missing, found: held(missing))
    case .expectOrigin(let expected):
      return XcmFailureDetail(.expectedOrigin(expected: expected, actual: registers.origin), of: .program)
    case .expectError(let expected):
      return XcmFailureDetail(.expectedError(expected: expected, actual: registers.error), of: .program)
    case .expectTransactStatus(let expected):
      return XcmFailureDetail(.expectedStatus(expected: expected, actual: registers.transactStatus), of: .program)
    default: return XcmFailureDetail(.permission, of: subjectOrigin)
    }
  }

  private var pallet: XcmFailureDetail {
    guard case .expectPallet(let index, let name, _, _, _) = instruction else {
      return XcmFailureDetail(.supported, of: .program)
    }
    let there = XcmSettings.pallets.first { $0.index == index }
    return XcmFailureDetail(.pallet(index: index.value, expected: name, actual: there), of: .program)
  }

  private var claim: XcmFailureDetail { XcmFailureDetail(.trapped, of: subjectOrigin, needed: named) }

  private var deal: XcmFailureDetail {
    guard case .exchangeAsset(let give, let want, _) = instruction else { return fee }
    return XcmFailureDetail(.deal, of: .holding, needed: want.items, found: registers.holding.selecting(give).assets)
  }

  private var lock: XcmFailureDetail {
    guard let origin = registers.origin, let asset = named.first, let ledger = AssetLedger(asset.id, in: state),
      let account = EchoRuntime.account(of: origin)
    else { return XcmFailureDetail(.lock, of: subjectOrigin, needed: named) }
    return XcmFailureDetail(
      .lock, of: .location(origin), needed: [asset],
      found: [Asset(asset.id, amount: ledger.balance(of: account, in: state))])
  }

  /// What holding has of some assets.
  func held(_ assets: [Asset]) -> [Asset] {
    assets.compactMap { asset in
      guard asset.amount != nil else { return registers.holding.contains(asset) ? asset : nil }
      return Asset(asset.id, amount: registers.holding.amount(of: asset.id))
    }
  }

  // MARK: Places

  private var location: XcmFailureDetail {
    switch instruction {
    case .descendOrigin, .executeWithOrigin: XcmFailureDetail(.locationRoom, of: subjectOrigin)
    case .universalOrigin(let network): XcmFailureDetail(.universalAlias(network: network), of: subjectOrigin)
    case .exportMessage(let network, _, _): XcmFailureDetail(.bridge(network: network), of: subjectOrigin)
    default:
      if let destination {
        XcmFailureDetail(.nameThere, of: .location(destination), needed: named)
      } else {
        XcmFailureDetail(.validLocation, of: subjectOrigin)
      }
    }
  }

  private var route: XcmFailureDetail {
    if case .exportMessage(let network, _, _) = instruction {
      return XcmFailureDetail(.bridge(network: network), of: .program)
    }
    let subject: XcmSubject = destination.map { .location($0) } ?? .program
    return switch error {
    case .transport: XcmFailureDetail(.openLane, of: subject)
    case .destinationUnsupported: XcmFailureDetail(.version, of: subject)
    case .exceedsMaxMessageSize: XcmFailureDetail(.messageSize(limit: Self.messageLimit), of: subject)
    default: XcmFailureDetail(.route, of: subject)
    }
  }
}

internal import Lanes
internal import PalletBalances
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec
internal import XCM

extension XcmDiagnosis {
  /// Bytes of the largest message.
  static var messageLimit: UInt32 { UInt32(LaneLimits.payloadBytes) }

  // MARK: Fees

  /// A fee that was not there in full.
  var fee: XcmFailureDetail {
    switch instruction {
    case .buyExecution(let asset, _), .payFees(let asset):
      return XcmFailureDetail(.holding, of: .holding, needed: [asset], found: held([asset]))
    default: break
    }
    // The fee for the other side is taken first; what it lacks was not quoted by this side.
    guard let quoted = quotedFee else {
      guard case .initiateTransfer(_, let remote?, _, _, _) = instruction else {
        return XcmFailureDetail(.holding, of: .holding, needed: named, found: held(named))
      }
      var needed: [Asset] = []
      if case .definite(let assets) = remote.filter { needed = assets.items }
      return XcmFailureDetail(.holding, of: .holding, needed: needed, found: held(needed))
    }
    if registers.withdrawsFees, let origin = registers.origin, let asset = quoted.first {
      return withdrawal(asset, from: origin) ?? XcmFailureDetail(.balance, of: .location(origin), needed: quoted.items)
    }
    if !registers.fees.isEmpty {
      let found = quoted.items.map { Asset($0.id, amount: registers.fees.amount(of: $0.id)) }
      return XcmFailureDetail(.holding, of: .fees, needed: quoted.items, found: found)
    }
    var left = registers.holding
    if case .initiateTransfer = instruction { for (filter, _) in takes { _ = left.take(filter) } }
    let found = quoted.items.map { Asset($0.id, amount: left.amount(of: $0.id)) }
    return XcmFailureDetail(.holding, of: .holding, needed: quoted.items, found: found)
  }

  /// Weight that the offered asset does not buy.
  var price: XcmFailureDetail {
    let offered: Asset
    var weight = programWeight
    switch instruction {
    case .buyExecution(let asset, let limit):
      offered = asset
      if case .limited(let limited) = limit { weight = limited }
    case .payFees(let asset): offered = asset
    default: return fee
    }
    if let price = ExecutionPrices.price(of: weight, in: offered.id, state: state) {
      return XcmFailureDetail(.feePrice, of: .holding, needed: [Asset(offered.id, amount: price)], found: [offered])
    }
    let prices = XcmInterface.acceptedAssets(in: state).compactMap { id in
      ExecutionPrices.price(of: weight, in: id, state: state).map { Asset(id, amount: $0) }
    }
    return XcmFailureDetail(.feeAsset, of: .holding, needed: prices, found: [offered])
  }

  // MARK: Movements between the ledger and holding

  /// A movement that the ledger refused: the first one that does not work when tried again.
  var movement: XcmFailureDetail {
    missingRoute ?? firstRefusal ?? feeFromAccount
      ?? XcmFailureDetail(error == .overflow ? .range : .spendable, of: subjectOrigin, needed: named)
  }

  /// A destination that no lane goes to: then its account here does not matter.
  private var missingRoute: XcmFailureDetail? {
    guard let destination else { return nil }
    do throws(XcmError) {
      _ = try XcmSettings.Router.deliveryFee(to: destination, program: Xcm(), in: state)
    } catch .unroutable { return XcmFailureDetail(.route, of: .location(destination)) } catch {}
    return nil
  }

  private var firstRefusal: XcmFailureDetail? {
    trial {
      switch instruction {
      case .withdrawAsset(let assets):
        guard let origin = registers.origin else { return nil }
        return firstWithdrawal(assets.items, from: origin)
      case .transferAsset(let assets, let target), .transferReserveAsset(let assets, let target, _):
        guard let origin = registers.origin else { return nil }
        return firstWithdrawal(assets.items, from: origin) ?? firstDeposit(assets.items, to: target)
      case .depositAsset(let filter, let beneficiary):
        return firstDeposit(registers.holding.selecting(filter).assets, to: beneficiary)
      case .receiveTeleportedAsset(let assets): return firstArrival(assets.items)
      default:
        guard let destination else { return nil }
        for (filter, kind) in takes {
          let assets = registers.holding.selecting(filter).assets
          if kind == .reserveDeposit, let refusal = firstDeposit(assets, to: destination) { return refusal }
          if let unknown = assets.first(where: { AssetLedger($0.id, in: state) == nil }) {
            return XcmFailureDetail(.knownAsset, of: .location(destination), needed: [unknown])
          }
        }
        return nil
      }
    }
  }

  private var feeFromAccount: XcmFailureDetail? {
    guard registers.withdrawsFees, let origin = registers.origin, let quotedFee else { return nil }
    // The instruction's own assets leave the account before the fee does.
    return trial {
      if case .transferReserveAsset(let assets, let target, _) = instruction {
        for asset in assets.items {
          try? XcmSettings.Transactor.transfer(asset, from: origin, to: target, context: context, in: state)
        }
      }
      return firstWithdrawal(quotedFee.items, from: origin)
    }
  }

  private var context: XcmContext { XcmContext(origin: registers.origin, messageID: .zero) }

  /// Runs `body` and takes back what it wrote.
  private func trial<R>(_ body: () -> R) -> R {
    let mark = state.begin()
    let result = body()
    state.rollback(to: mark)
    return result
  }

  private func firstWithdrawal(_ assets: [Asset], from location: Location) -> XcmFailureDetail? {
    for asset in assets {
      do throws(XcmError) {
        try XcmSettings.Transactor.withdraw(asset, from: location, context: context, in: state)
      } catch {
        return withdrawal(asset, from: location)
          ?? XcmFailureDetail(error == .overflow ? .range : .spendable, of: .location(location), needed: [asset])
      }
    }
    return nil
  }

  /// As the executor deposits: what failed is tried once more behind the others.
  private func firstDeposit(_ assets: [Asset], to location: Location) -> XcmFailureDetail? {
    var failed: [Asset] = []
    for asset in assets where !deposits(asset, to: location) { failed.append(asset) }
    for asset in failed where !deposits(asset, to: location) { return deposit(asset, to: location) }
    return nil
  }

  private func deposits(_ asset: Asset, to location: Location) -> Bool {
    let mark = state.begin()
    do throws(XcmError) {
      try XcmSettings.Transactor.deposit(asset, to: location, context: context, in: state)
      state.commit()
      return true
    } catch {
      state.rollback(to: mark)
      return false
    }
  }

  private func firstArrival(_ assets: [Asset]) -> XcmFailureDetail? {
    guard let origin = registers.origin else { return nil }
    for asset in assets {
      guard let ledger = AssetLedger(asset.id, in: state) else {
        return XcmFailureDetail(.knownAsset, of: .location(.here), needed: [asset])
      }
      do throws(XcmError) {
        try XcmSettings.Transactor.canCheckIn(asset, from: origin, context: context, in: state)
        try XcmSettings.Transactor.checkIn(asset, from: origin, context: context, in: state)
      } catch {
        let out = ledger.balance(of: EchoRuntime.checkingAccount, in: state)
        return XcmFailureDetail(
          .teleportedBefore, of: .location(origin), needed: [asset], found: [Asset(asset.id, amount: out)])
      }
    }
    return nil
  }

  /// Why an asset does not leave an account; `nil` when nothing is in its way.
  private func withdrawal(_ asset: Asset, from location: Location) -> XcmFailureDetail? {
    let subject = XcmSubject.location(location)
    guard let ledger = AssetLedger(asset.id, in: state), let amount = asset.amount else {
      return XcmFailureDetail(.knownAsset, of: subject, needed: [asset])
    }
    guard let account = EchoRuntime.account(of: location) else {
      return XcmFailureDetail(.account, of: subject, needed: [asset])
    }
    let balance = ledger.balance(of: account, in: state)
    guard balance >= amount else {
      return XcmFailureDetail(.balance, of: subject, needed: [asset], found: [Asset(asset.id, amount: balance)])
    }
    let minimum = ledger.minimum(in: state)
    let rest = balance - amount
    if rest > 0, rest < minimum {
      return XcmFailureDetail(
        .minimumBalance, of: subject, needed: [Asset(asset.id, amount: minimum)], found: [Asset(asset.id, amount: rest)]
      )
    }
    guard ledger == .native, let free = try? BalancesPallet.reducibleBalance(of: account, .expendable, in: state),
      free < amount
    else {
      return nil
    }
    return XcmFailureDetail(.spendable, of: subject, needed: [asset], found: [Asset(asset.id, amount: free)])
  }

  /// Why an asset does not get into an account.
  private func deposit(_ asset: Asset, to location: Location) -> XcmFailureDetail {
    let subject = XcmSubject.location(location)
    guard let ledger = AssetLedger(asset.id, in: state), let amount = asset.amount else {
      return XcmFailureDetail(.knownAsset, of: subject, needed: [asset])
    }
    guard let account = EchoRuntime.account(of: location) else {
      return XcmFailureDetail(.account, of: subject, needed: [asset])
    }
    let (sum, minimum) = (ledger.balance(of: account, in: state).addingSaturating(amount), ledger.minimum(in: state))
    if sum < minimum {
      return XcmFailureDetail(
        .minimumBalance, of: subject, needed: [Asset(asset.id, amount: minimum)], found: [Asset(asset.id, amount: sum)])
    }
    if !ledger.isSufficient(in: state), (try? SystemPallet.exists(account, in: state)) == false {
      return XcmFailureDetail(
        .existingAccount, of: subject, needed: [Asset(.here, amount: AssetLedger.native.minimum(in: state))])
    }
    return XcmFailureDetail(sum == .max ? .range : .spendable, of: subject, needed: [asset])
  }
}

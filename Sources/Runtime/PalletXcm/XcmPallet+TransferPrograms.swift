internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// The programs that transfers run here. Each leads to one message, in which the sender's account id on the chain that
// executes may claim what is left over.

extension XcmPallet.Pallet {
  /// All assets by one route.
  static func uniform(
    _ request: TransferRequest, by route: TransferRoute, for account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Xcm {
    switch route {
    case .teleport:
      let onward = Xcm(try arrival(request, for: account, in: context))
      return holding(request, for: account) {
        .initiateTeleport(assets: everything(request.assets), dest: request.destination, xcm: onward)
      }
    case .localReserve:
      let onward = Xcm(try arrival(request, for: account, in: context))
      return [
        .setFeesMode(jitWithdraw: true), claimer(account),
        .transferReserveAsset(assets: request.assets, dest: request.destination, xcm: onward),
      ]
    case .destinationReserve:
      let onward = Xcm(try arrival(request, for: account, in: context))
      return holding(request, for: account) {
        .initiateReserveWithdraw(assets: everything(request.assets), reserve: request.destination, xcm: onward)
      }
    case .remoteReserve(let reserve): return try remote(request, through: reserve, for: account, in: context)
    }
  }

  /// Fees by one route and all other assets by another, in one message.
  ///
  /// The destination pays for the whole message out of the fees alone and gets the rest of them back, so a weight limit
  /// has nothing to bound.
  /// - Throws: ``XcmPallet/Failure/invalidAssetUnsupportedReserve`` for a route through a third chain: only what goes
  ///   together can take it.
  static func mixed(
    _ request: TransferRequest, assetsBy route: TransferRoute, feesBy feesRoute: TransferRoute, for account: AccountID
  ) throws(DispatchError) -> Xcm {
    guard let others = try? Assets(request.others), let fees = feesRoute.filter(Assets(request.fees)),
      let assets = route.filter(others).flatMap({ BoundedVector<AssetTransferFilter, 6>([$0]) })
    else { throw failure(.invalidAssetUnsupportedReserve) }
    return holding(request, for: account) {
      .initiateTransfer(
        destination: request.destination, remoteFees: fees, preserveOrigin: false, assets: assets,
        remoteXcm: Xcm([.refundSurplus] + request.finish))
    }
  }

  /// Two hops: home to the reserve, and from there to the destination. Each hop may use up to half of the fee asset.
  private static func remote(
    _ request: TransferRequest, through reserve: Location, for account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Xcm {
    guard let amount = request.fees.amount, amount > 1 else { throw failure(.feesNotMet) }
    let here = try universal(in: context)
    let half = Asset(request.fees.id, amount: amount / 2)
    let feesThere = try reanchored(half, to: reserve, from: here)
    guard let onward = request.destination.reanchored(to: reserve, universal: here) else { throw failure(.cannotReanchor) }
    var last = request
    last.fees = half
    let forward: [Instruction] = [
      claimer(account), .buyExecution(fees: feesThere, weightLimit: request.weightLimit),
      .depositReserveAsset(
        assets: everything(request.assets), dest: onward, xcm: Xcm(try arrival(last, for: account, in: context))),
    ]
    return holding(request, for: account) {
      .initiateReserveWithdraw(assets: everything(request.assets), reserve: reserve, xcm: Xcm(forward))
    }
  }

  // MARK: Parts

  /// Says that the sender's account on the chain that executes may claim what is left over. The same key controls the
  /// account of that id on every chain.
  private static func claimer(_ account: AccountID) -> Instruction {
    .setHints(hints: BoundedVector([.assetClaimer(location: .account(account))]) ?? BoundedVector())
  }

  /// A program that takes the assets into holding and sends them; the delivery fee comes from the account.
  private static func holding(_ request: TransferRequest, for account: AccountID, _ send: () -> Instruction) -> Xcm {
    [.setFeesMode(jitWithdraw: true), claimer(account), .withdrawAsset(request.assets), send()]
  }

  /// What the last chain does: pay, and finish as asked.
  private static func arrival(_ request: TransferRequest, for account: AccountID, in context: ExecutionContext)
    throws(DispatchError) -> [Instruction]
  {
    let fees = try reanchored(request.fees, to: request.destination, from: try universal(in: context))
    return [claimer(account), .buyExecution(fees: fees, weightLimit: request.weightLimit)] + request.finish
  }

  private static func reanchored(_ asset: Asset, to target: Location, from universal: Junctions) throws(DispatchError) -> Asset {
    guard let result = asset.reanchored(to: target, universal: universal) else { throw failure(.cannotReanchor) }
    return result
  }
}

extension TransferRoute {
  /// The assets with this route, as one message can carry them beside others; `nil` when it cannot.
  fileprivate func filter(_ assets: Assets) -> AssetTransferFilter? {
    switch self {
    case .teleport: .teleport(.definite(assets))
    case .localReserve: .reserveDeposit(.definite(assets))
    case .destinationReserve: .reserveWithdraw(.definite(assets))
    case .remoteReserve: nil
    }
  }
}

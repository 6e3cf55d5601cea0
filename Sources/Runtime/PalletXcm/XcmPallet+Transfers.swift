internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

/// A transfer with its arguments checked and brought to the latest version.
struct TransferRequest {
  var destination: Location
  /// One or two.
  var assets: Assets
  /// The asset that pays for execution on the way: one of ``assets``.
  var fees: Asset
  var weightLimit: WeightLimit
  /// What the destination does with the assets once execution is paid for.
  var finish: [Instruction]

  /// The assets that do not pay for execution.
  var others: [Asset] { assets.items.filter { $0 != fees } }
}

/// How an asset gets to a destination.
enum TransferRoute: Equatable {
  case teleport
  case localReserve
  case destinationReserve
  case remoteReserve(Location)
}

extension XcmPallet.Pallet {
  // MARK: Arguments

  /// A transfer to a beneficiary.
  static func request(
    _ destination: VersionedLocation, _ beneficiary: VersionedLocation, _ assets: VersionedAssets, _ item: UInt32, _ limit: WeightLimit
  ) throws(DispatchError) -> TransferRequest {
    let list = try transferable(assets)
    guard item < UInt32(list.count) else { throw failure(.badFeeItem) }
    let deposit = Instruction.depositAsset(assets: everything(list), beneficiary: try latest(beneficiary))
    return TransferRequest(
      destination: try chain(destination), assets: list, fees: list.items[Int(item)], weightLimit: limit, finish: [deposit])
  }

  /// A transfer that ends in a program of the caller's.
  static func request(
    _ destination: VersionedLocation, _ assets: VersionedAssets, _ fees: VersionedAssetID, then program: VersionedXcm,
    _ limit: WeightLimit
  ) throws(DispatchError) -> TransferRequest {
    let list = try transferable(assets)
    let id = try latest(fees)
    guard let paying = list.items.first(where: { $0.id == id }) else { throw failure(.feesNotMet) }
    return TransferRequest(
      destination: try chain(destination), assets: list, fees: paying, weightLimit: limit,
      finish: try latest(program).instructions)
  }

  private static func transferable(_ assets: VersionedAssets) throws(DispatchError) -> Assets {
    let list = try latest(assets)
    guard !list.isEmpty else { throw failure(.empty) }
    guard list.count <= XcmPallet.maximumTransferAssets else { throw failure(.tooManyAssets) }
    return list
  }

  /// A destination of assets: only sibling chains can be reached, each being a light client's counterparty.
  private static func chain(_ destination: VersionedLocation) throws(DispatchError) -> Location {
    let location = try latest(destination)
    guard location == location.chain, !location.isHere else { throw failure(.unreachable) }
    return location
  }

  /// A route as the caller states it.
  static func route(_ type: XcmPallet.TransferType) throws(DispatchError) -> TransferRoute {
    switch type {
    case .teleport: .teleport
    case .localReserve: .localReserve
    case .destinationReserve: .destinationReserve
    case .remoteReserve(let chain): .remoteReserve(try latest(chain))
    }
  }

  static func everything(_ assets: Assets) -> AssetFilter { .wild(.allCounted(Compact(UInt32(assets.count)))) }

  // MARK: Routes

  /// The route that fits an asset.
  /// - Throws: ``XcmPallet/Failure/invalidAssetUnknownReserve``
  private static func route(of asset: Asset, to destination: Location, in context: ExecutionContext) throws(DispatchError)
    -> TransferRoute
  {
    typealias Rules = C.Execution
    if Rules.isTeleporter(destination, of: asset, in: context) { return .teleport }
    if Rules.isReserve(destination, of: asset, in: context) { return .destinationReserve }
    let home = asset.id.location.chain
    if home.isHere { return .localReserve }
    // What teleports home has no backing there that a third chain's account could be given.
    guard Rules.isReserve(home, of: asset, in: context), !Rules.isTeleporter(home, of: asset, in: context) else {
      throw failure(.invalidAssetUnknownReserve)
    }
    return .remoteReserve(home)
  }

  /// The routes that fit a transfer: of what pays, and of the rest, which has one route.
  private static func routes(of request: TransferRequest, in context: ExecutionContext) throws(DispatchError) -> (
    assets: TransferRoute, fees: TransferRoute
  ) {
    let fees = try route(of: request.fees, to: request.destination, in: context)
    var common: TransferRoute?
    for asset in request.others {
      let route = try route(of: asset, to: request.destination, in: context)
      guard common == nil || common == route else { throw failure(.tooManyReserves) }
      common = route
    }
    return (common ?? fees, fees)
  }

  /// Moves assets in the way that fits them.
  static func transfer(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let routes = try routes(of: request, in: context)
    try transfer(request, assetsBy: routes.assets, feesBy: routes.fees, by: account, in: context)
  }

  /// Moves assets by teleport only.
  static func teleport(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try transfer(request, assetsBy: .teleport, feesBy: .teleport, by: account, in: context)
  }

  /// Moves assets by one reserve only.
  static func reserveTransfer(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext)
    throws(DispatchError)
  {
    let routes = try routes(of: request, in: context)
    guard routes.assets != .teleport else { throw failure(.filtered) }
    guard routes.assets == routes.fees else { throw failure(.tooManyReserves) }
    try transfer(request, assetsBy: routes.assets, feesBy: routes.fees, by: account, in: context)
  }

  /// Moves assets by given routes.
  static func transfer(
    _ request: TransferRequest, assetsBy route: TransferRoute, feesBy feesRoute: TransferRoute, by account: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) {
    try permit(request.fees, by: feesRoute, to: request.destination, in: context)
    for asset in request.others { try permit(asset, by: route, to: request.destination, in: context) }
    let program: Xcm
    if route == feesRoute || request.others.isEmpty {
      program = try uniform(request, by: feesRoute, for: account, in: context)
    } else {
      program = try mixed(request, assetsBy: route, feesBy: feesRoute, for: account)
    }
    try execute(program, as: account, limit: C.maximumLocalWeight, in: context)
  }

  /// Refuses a route that an asset must not take: what teleports has no reserve account, and by reserve the other side
  /// would bring it into existence a second time.
  private static func permit(
    _ asset: Asset, by route: TransferRoute, to destination: Location, in context: ExecutionContext
  ) throws(DispatchError) {
    let teleports = C.Execution.isTeleporter(destination, of: asset, in: context)
    guard teleports == (route == .teleport) else { throw failure(.filtered) }
    guard case .remoteReserve(let chain) = route else { return }
    guard chain != destination, !chain.isHere else { throw failure(.invalidAssetUnknownReserve) }
  }
}

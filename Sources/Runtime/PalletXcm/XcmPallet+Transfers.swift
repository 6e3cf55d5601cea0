internal import Hashing
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

/// A transfer with its arguments checked and brought to the latest version.
struct TransferRequest {
  var destination: Location
  var beneficiary: Location
  var assets: Assets
  /// The asset that pays for execution on the way.
  var fees: Asset
  var weightLimit: WeightLimit
}

/// Where the real units of an asset are, seen from a transfer.
private enum Reserve: Equatable {
  case here
  case destination
  case remote(Location)
}

extension XcmPallet.Pallet {
  static func request(
    _ destination: VersionedLocation, _ beneficiary: VersionedLocation, _ assets: VersionedAssets, _ item: UInt32, _ limit: WeightLimit
  ) throws(DispatchError) -> TransferRequest {
    let list = try latest(assets)
    guard !list.isEmpty else { throw failure(.empty) }
    guard list.count <= XcmPallet.maximumTransferAssets else { throw failure(.tooManyAssets) }
    guard item < UInt32(list.count) else { throw failure(.badFeeItem) }
    let destination = try latest(destination)
    // Only sibling chains can be reached: each is a light client's counterparty.
    guard destination == destination.chain, !destination.isHere else { throw failure(.unreachable) }
    return TransferRequest(
      destination: destination, beneficiary: try latest(beneficiary), assets: list, fees: list.items[Int(item)], weightLimit: limit)
  }

  /// Moves assets to another chain by the program that fits where their reserve is.
  /// - Parameter teleport: Whether the caller asked for a teleport; `nil` to decide by configuration.
  static func transfer(_ request: TransferRequest, by account: AccountID, teleport: Bool?, in context: ExecutionContext)
    throws(DispatchError)
  {
    let teleportable = request.assets.items.count { C.Execution.isTeleporter(request.destination, of: $0, in: context) }
    let canTeleport = teleportable == request.assets.count
    // What teleports has no reserve account: the other side would bring it into existence a second time.
    guard teleport == nil || (teleport == true ? canTeleport : teleportable == 0) else { throw failure(.filtered) }
    guard canTeleport || teleportable == 0 else { throw failure(.tooManyReserves) }
    let program: Xcm
    if canTeleport {
      program = try teleportProgram(request, by: account, in: context)
    } else {
      switch try commonReserve(of: request) {
      case .here: program = try localReserveProgram(request, by: account, in: context)
      case .destination: program = try destinationReserveProgram(request, by: account, in: context)
      case .remote(let chain): program = try remoteReserveProgram(request, through: chain, by: account, in: context)
      }
    }
    try execute(program, as: account, limit: C.maximumLocalWeight, in: context)
  }

  /// The one reserve that all assets of a transfer share.
  private static func commonReserve(of request: TransferRequest) throws(DispatchError) -> Reserve {
    var common: Reserve?
    for asset in request.assets.items {
      let chain = asset.id.location.chain
      let reserve: Reserve = chain.isHere ? .here : chain == request.destination ? .destination : .remote(chain)
      guard common == nil || common == reserve else { throw failure(.tooManyReserves) }
      common = reserve
    }
    guard let common else { throw failure(.empty) }
    return common
  }

  // MARK: Programs

  /// Says that the sender's account on the chain that executes may claim what is left over. The same key controls the
  /// account of that id on every chain.
  private static func claimer(_ account: AccountID) -> Instruction {
    .setHints(hints: BoundedVector([.assetClaimer(location: .account(account))]) ?? BoundedVector())
  }

  private static func everything(_ request: TransferRequest) -> AssetFilter { .wild(.allCounted(Compact(UInt32(request.assets.count)))) }

  /// What the last chain does: pay, and hand the rest to the beneficiary.
  private static func arrival(_ request: TransferRequest, fees: Asset, by account: AccountID) -> [Instruction] {
    [
      claimer(account), .buyExecution(fees: fees, weightLimit: request.weightLimit),
      .depositAsset(assets: everything(request), beneficiary: request.beneficiary),
    ]
  }

  private static func reanchored(_ asset: Asset, to target: Location, from universal: Junctions) throws(DispatchError) -> Asset {
    guard let result = asset.reanchored(to: target, universal: universal) else { throw failure(.cannotReanchor) }
    return result
  }

  private static func universal(in context: ExecutionContext) throws(DispatchError) -> Junctions {
    do throws(XcmError) { return try C.Execution.universalLocation(in: context) } catch { throw .corruption }
  }

  private static func localReserveProgram(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext)
    throws(DispatchError) -> Xcm
  {
    let fees = try reanchored(request.fees, to: request.destination, from: try universal(in: context))
    return [
      .setFeesMode(jitWithdraw: true), claimer(account),
      .transferReserveAsset(assets: request.assets, dest: request.destination, xcm: Xcm(arrival(request, fees: fees, by: account))),
    ]
  }

  private static func destinationReserveProgram(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext)
    throws(DispatchError) -> Xcm
  {
    let fees = try reanchored(request.fees, to: request.destination, from: try universal(in: context))
    return [
      .setFeesMode(jitWithdraw: true), claimer(account), .withdrawAsset(request.assets),
      .initiateReserveWithdraw(
        assets: everything(request), reserve: request.destination, xcm: Xcm(arrival(request, fees: fees, by: account))),
    ]
  }

  /// Two hops: home to the reserve, and from there to the destination. Each hop may use up to half of the fee asset.
  private static func remoteReserveProgram(
    _ request: TransferRequest, through reserve: Location, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Xcm {
    let here = try universal(in: context)
    guard let amount = request.fees.amount, amount > 1 else { throw failure(.invalidAsset) }
    let half = Asset(request.fees.id, amount: amount / 2)
    let feesThere = try reanchored(half, to: reserve, from: here)
    guard let onward = request.destination.reanchored(to: reserve, universal: here) else { throw failure(.unreachable) }
    let lastFees = try reanchored(half, to: request.destination, from: here)
    let forward: [Instruction] = [
      claimer(account), .buyExecution(fees: feesThere, weightLimit: request.weightLimit),
      .depositReserveAsset(assets: everything(request), dest: onward, xcm: Xcm(arrival(request, fees: lastFees, by: account))),
    ]
    return [
      .setFeesMode(jitWithdraw: true), claimer(account), .withdrawAsset(request.assets),
      .initiateReserveWithdraw(assets: everything(request), reserve: reserve, xcm: Xcm(forward)),
    ]
  }

  private static func teleportProgram(_ request: TransferRequest, by account: AccountID, in context: ExecutionContext) throws(DispatchError)
    -> Xcm
  {
    let fees = try reanchored(request.fees, to: request.destination, from: try universal(in: context))
    return [
      .setFeesMode(jitWithdraw: true), claimer(account), .withdrawAsset(request.assets),
      .initiateTeleport(assets: everything(request), dest: request.destination, xcm: Xcm(arrival(request, fees: fees, by: account))),
    ]
  }

  static func topicHash(_ universal: Junctions, _ number: UInt64) -> H256 {
    Hash.blake2b256(Array("echochain/topic/".utf8) + universal.encoded() + number.encoded())
  }
}

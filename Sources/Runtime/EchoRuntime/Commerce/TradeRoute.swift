internal import PalletSupport
internal import PalletXcm
internal import Primitives
internal import ScaleCodec
internal import XCM

/// How an asset travels between this chain and another, there and back, in one hop each.
struct TradeRoute {
  /// The asset as the other chain names it, and as this one does.
  let there: Location
  let here: Location
  private let out: Kind
  private let home: Kind

  private enum Kind {
    case teleport, reserveDeposit, reserveWithdraw
    func filter(_ filter: AssetFilter) -> AssetTransferFilter {
      switch self {
      case .teleport: .teleport(filter)
      case .reserveDeposit: .reserveDeposit(filter)
      case .reserveWithdraw: .reserveWithdraw(filter)
      }
    }
  }

  /// - Throws: ``XcmPallet/Failure/invalidAssetUnsupportedReserve`` for an asset that would have to go over a third chain,
  ///   ``XcmPallet/Failure/cannotReanchor`` for one that the other chain cannot name.
  init(of asset: Location, to chain: Location, in context: ExecutionContext) throws(DispatchError) {
    here = asset
    let universal: Junctions
    do throws(XcmError) { universal = try XcmSettings.universalLocation(in: context) } catch { throw .corruption }
    guard let there = asset.reanchored(to: chain, universal: universal) else { throw XcmPalletPallet.failure(.cannotReanchor) }
    self.there = there
    let unit = Asset(asset, amount: 1)
    if XcmSettings.isTeleporter(chain, of: unit, in: context) {
      (out, home) = (.teleport, .teleport)
    } else if asset.chain.isHere {
      (out, home) = (.reserveDeposit, .reserveWithdraw)
    } else if asset.chain == chain {
      (out, home) = (.reserveWithdraw, .reserveDeposit)
    } else {
      throw XcmPalletPallet.failure(.invalidAssetUnsupportedReserve)
    }
  }

  /// An amount that leaves this chain.
  func leaving(_ amount: Balance) -> AssetTransferFilter { out.filter(.definite(Assets(Asset(here, amount: amount)))) }

  /// Everything that is in holding there, on its way home: one asset.
  var returning: AssetTransferFilter { home.filter(.wild(.allCounted(Compact(1)))) }

  /// An amount as the other chain names it.
  func arrived(_ amount: Balance) -> Assets { Assets(Asset(there, amount: amount)) }

  /// The frame in which a program of this runtime sends assets: who gets back what never arrives, and a delivery fee that
  /// the account pays.
  func program(
    of account: AccountID, to chain: Location, fees: Balance, assets: Balance, preservesOrigin: Bool, then remote: [Instruction]
  ) throws(DispatchError) -> Xcm {
    let total = try checked { () throws(ArithmeticError) in try fees.adding(assets) }
    guard fees > 0 else { throw XcmPalletPallet.failure(.feesNotMet) }
    let moved = BoundedVector<AssetTransferFilter, 6>(assets > 0 ? [leaving(assets)] : []) ?? BoundedVector()
    return [
      .setFeesMode(jitWithdraw: true), TradeRoute.claimer(.account(account)),
      .withdrawAsset(Assets(Asset(here, amount: total))),
      .initiateTransfer(
        destination: chain, remoteFees: leaving(fees), preserveOrigin: preservesOrigin, assets: moved, remoteXcm: Xcm(remote)),
    ]
  }

  /// Says who may claim what is left over.
  static func claimer(_ location: Location) -> Instruction {
    .setHints(hints: BoundedVector([.assetClaimer(location: location)]) ?? BoundedVector())
  }

  /// This chain, or something on it, as the other one sees it.
  static func seen(_ location: Location, from chain: Location, in context: ExecutionContext) throws(DispatchError) -> Location {
    let universal: Junctions
    do throws(XcmError) { universal = try XcmSettings.universalLocation(in: context) } catch { throw .corruption }
    guard let seen = location.reanchored(to: chain, universal: universal) else { throw XcmPalletPallet.failure(.cannotReanchor) }
    return seen
  }

  /// What a message to another chain costs that does this there.
  ///
  /// The other chain runs the same runtime, so it weighs and prices as this one does. Execution has room for a message
  /// home, should the program fail there; what it does not need, the program gives back.
  /// - Returns: Native units for the delivery, and units of the asset for execution.
  /// - Throws: ``XcmPallet/Failure/feesNotMet`` for an asset that buys no execution, ``XcmPallet/Failure/unreachable`` for
  ///   a chain without a lane.
  func cost(of remote: [Instruction], at chain: Location, in context: ExecutionContext) throws(DispatchError) -> (
    delivery: Balance, execution: Balance
  ) {
    let load = Instruction.reserveAssetDeposited(arrived(1))
    let message = Xcm([load, .payFees(asset: Asset(there, amount: 1)), load, .clearOrigin] + remote)
    let weight: Weight
    let fees: XCM.Assets
    do throws(XcmError) {
      weight = try XcmSettings.weigher.weight(of: message, in: context)
      fees = try LaneRouter.deliveryFee(to: chain, program: message, in: context)
    } catch { throw XcmPalletPallet.failure(.unreachable) }
    var delivery: Balance = 0
    for fee in fees.items { delivery = delivery.addingSaturating(fee.amount ?? 0) }
    guard let execution = price(of: weight, in: context), let way = price(of: Weight(refTime: UInt64(clamping: delivery)), in: context)
    else { throw XcmPalletPallet.failure(.feesNotMet) }
    return (delivery, execution.addingSaturating(way.multipliedSaturating(by: 2)))
  }

  /// A native fee is priced as the weight that it would buy: one smallest unit is one picosecond.
  private func price(of weight: Weight, in context: ExecutionContext) -> Balance? {
    ExecutionPrices.price(of: weight, in: AssetID(here), state: context)
  }
}

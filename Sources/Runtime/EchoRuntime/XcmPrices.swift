internal import PalletAssetRate
internal import PalletAssets
public import PalletSupport
internal import PalletTransactionPayment
internal import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

/// What execution costs: the same for a program as for an extrinsic, in the native asset, in assets that have a rate, or
/// in a sibling chain's own.
///
/// A sibling's asset without a rate is taken at par, unit for unit; other assets without a rate buy no weight, since
/// anybody could name a worthless one.
public enum ExecutionPrices: WeightPrices {
  private static let nativeDecimals: UInt8 = 12

  public static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    let fee = TransactionPaymentPallet.weightFee(weight)
    let location = asset.location
    if location.isHere { return fee }
    if AssetRate.conversionRateToNative.exists(location, in: state) {
      return try? AssetRatePallet.amount(for: fee, of: location, rounding: .up, in: state)
    }
    guard location == location.chain, (try? ForeignAssetsPallet.exists(location, in: state)) == true else { return nil }
    let stored = (try? ForeignAssetsConfig.store.metadata.get(location, in: state))?.decimals
    return scaled(fee, to: min(stored ?? nativeDecimals, 38))
  }

  /// The same amount with another number of decimals, never less than one unit.
  private static func scaled(_ fee: Balance, to decimals: UInt8) -> Balance {
    var amount = fee
    if decimals > nativeDecimals {
      for _ in nativeDecimals..<decimals { amount = amount.multipliedSaturating(by: 10) }
    } else {
      for _ in decimals..<nativeDecimals { amount /= 10 }
    }
    return fee == 0 ? 0 : max(amount, 1)
  }

  public static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {
    XcmPalletPallet.takeRevenue(asset, for: .account(EchoRuntime.treasury), in: state)
  }
}

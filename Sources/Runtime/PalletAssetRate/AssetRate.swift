public import PalletSupport
internal import Primitives
public import ScaleCodec
public import XCM

/// What one smallest unit of another asset is worth in smallest native units, as root has set it.
///
/// A rate is a fixed-point number with 18 decimals: 10^18 means one for one. State grows by one row for each asset that
/// root names.
/// - SeeAlso: polkadot-sdk `pallet-asset-rate`. Ours: a rate of zero is refused, for it would give the asset away.
public enum AssetRate {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    static var palletIndex: UInt8 { get }
  }

  @ScaleCodable(path: "pallet_asset_rate::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Sets the rate of an asset that has none. Origin: root.
    @ScaleIndex(0) case create(assetKind: Location, rate: FixedU128)
    /// Replaces the rate of an asset. Origin: root.
    @ScaleIndex(1) case update(assetKind: Location, rate: FixedU128)
    /// Takes the rate of an asset away. Origin: root.
    @ScaleIndex(2) case remove(assetKind: Location)
  }

  @ScaleCodable(path: "pallet_asset_rate::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// An asset has a rate.
    @ScaleIndex(0) case assetRateCreated(assetKind: Location, rate: FixedU128)
    /// An asset has no rate any more.
    @ScaleIndex(1) case assetRateRemoved(assetKind: Location)
    /// An asset has another rate.
    @ScaleIndex(2) case assetRateUpdated(assetKind: Location, old: FixedU128, new: FixedU128)
  }

  @ErrorShape(path: "pallet_asset_rate::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The asset has no rate. Create one first.
    case unknownAssetKind
    /// The asset has a rate. Update it instead.
    case alreadyExists
    /// An amount at this rate does not fit 128 bits. Use a smaller amount.
    case overflow
    /// A rate of zero. Use at least 1, which is 10^-18 native units, or remove the rate.
    case zeroRate
  }

  /// Rates by asset, as this chain names it.
  public static let conversionRateToNative = OptionalStorageMap<Location, FixedU128>(
    "AssetRate", "ConversionRateToNative", hasher: .blake2b128Concat,
    docs: ["Smallest native units for one smallest unit of an asset, with 18 decimals."])

  /// Which way an amount that is not whole goes.
  public enum Rounding: Hashable, Sendable {
    /// To what the user receives.
    case down
    /// To what the user owes.
    case up
  }
}

public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

extension AssetRate {
  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = AssetRate.Call
    public typealias Event = AssetRate.Event
    public typealias Failure = AssetRate.Failure

    public static var name: String { "AssetRate" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [conversionRateToNative.entry] }

    public static func info(of call: Call) -> DispatchInfo { DispatchInfo(.of(reads: 1, writes: 1)) }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      try origin.ensureRoot()
      switch call {
      case .create(let asset, let rate): try create(asset, rate: rate, in: context)
      case .update(let asset, let rate):
        let old = try self.rate(of: asset, in: context)
        guard rate.inner > 0 else { throw failure(.zeroRate) }
        conversionRateToNative.set(asset, to: rate, in: context)
        deposit(.assetRateUpdated(assetKind: asset, old: old, new: rate), in: context)
      case .remove(let asset):
        _ = try rate(of: asset, in: context)
        conversionRateToNative.remove(asset, in: context)
        deposit(.assetRateRemoved(assetKind: asset), in: context)
      }
    }

    /// Writes the first rates.
    /// - Throws: ``AssetRate/Failure/alreadyExists`` for an asset named twice, ``AssetRate/Failure/zeroRate``.
    public static func buildGenesis(
      rates: [(asset: Location, rate: FixedU128)] = [], in context: ExecutionContext
    ) throws(DispatchError) {
      for (asset, rate) in rates { try create(asset, rate: rate, in: context) }
      putStorageVersion(0, of: name, in: context)
    }

    private static func create(
      _ asset: Location, rate: FixedU128, in context: ExecutionContext
    ) throws(DispatchError) {
      guard !conversionRateToNative.exists(asset, in: context) else { throw failure(.alreadyExists) }
      guard rate.inner > 0 else { throw failure(.zeroRate) }
      conversionRateToNative.set(asset, to: rate, in: context)
      deposit(.assetRateCreated(assetKind: asset, rate: rate), in: context)
    }

    // MARK: For other pallets and readers

    /// The rate of an asset.
    /// - Throws: ``AssetRate/Failure/unknownAssetKind``.
    public static func rate(of asset: Location, in context: ExecutionContext) throws(DispatchError) -> FixedU128 {
      guard let rate = try conversionRateToNative.get(asset, in: context) else { throw failure(.unknownAssetKind) }
      return rate
    }

    /// What an amount of an asset is worth in smallest native units.
    /// - Throws: ``AssetRate/Failure/unknownAssetKind``, ``AssetRate/Failure/overflow``.
    public static func native(
      for amount: Balance, of asset: Location, rounding: Rounding, in context: ExecutionContext
    ) throws(DispatchError) -> Balance {
      try scaled(amount, by: rate(of: asset, in: context).inner, over: FixedU128.one.inner, rounding)
    }

    /// What an amount of native units is worth in smallest units of an asset.
    /// - Throws: ``AssetRate/Failure/unknownAssetKind``, ``AssetRate/Failure/overflow``.
    public static func amount(
      for native: Balance, of asset: Location, rounding: Rounding, in context: ExecutionContext
    ) throws(DispatchError) -> Balance {
      try scaled(native, by: FixedU128.one.inner, over: rate(of: asset, in: context).inner, rounding)
    }

    private static func scaled(
      _ amount: Balance, by numerator: UInt128, over denominator: UInt128, _ rounding: Rounding
    ) throws(DispatchError) -> Balance {
      do throws(ArithmeticError) {
        switch rounding {
        case .down: return try amount.scaled(by: numerator, over: denominator)
        case .up: return try amount.scaledUp(by: numerator, over: denominator)
        }
      } catch { throw failure(.overflow) }
    }
  }
}

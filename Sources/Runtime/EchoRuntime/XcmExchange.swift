internal import PalletAssetRate
public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

/// Swaps one asset for another at the rates that root has set, out of a pool account.
///
/// Both assets are valued in the native asset; every division rounds against the program. The pool gives only what it
/// has: it is filled by whoever sends it assets, and what it takes in stays there.
public enum PoolExchange: AssetExchanger {
  public static func exchange(
    _ give: Holding, for want: Assets, maximal: Bool, origin: Location?, in state: ExecutionContext
  ) throws(XcmError) -> Holding {
    guard let offered = give.assets.first, give.count == 1, let wanted = want.first, want.count == 1,
      let deal = deal(offered, for: wanted, maximal: maximal, in: state)
    else { throw .noDeal }
    try settle(deal, in: state)
    var result = give
    guard result.takeExactly(.definite(Assets(deal.given))) != nil else { throw .noDeal }
    result.add(deal.bought)
    return result
  }

  public static func quote(_ give: Assets, for want: Assets, maximal: Bool, in state: ExecutionContext) -> Assets? {
    guard let offered = give.first, give.count == 1, let wanted = want.first, want.count == 1,
      let deal = deal(offered, for: wanted, maximal: maximal, in: state)
    else { return nil }
    let mark = state.begin()
    defer { state.rollback(to: mark) }
    do throws(XcmError) {
      try settle(deal, in: state)
      return Assets(maximal ? deal.bought : deal.given)
    } catch { return nil }
  }

  /// What changes hands.
  private struct Deal {
    /// Goes into the pool.
    var given: Asset
    /// Comes out of it.
    var bought: Asset
  }

  /// The terms at the rates of the moment; `nil` when an asset has no rate or the offer is too low.
  private static func deal(_ offered: Asset, for wanted: Asset, maximal: Bool, in state: ExecutionContext) -> Deal? {
    guard let most = offered.amount, let least = wanted.amount, offered.id != wanted.id else { return nil }
    if maximal {
      guard let value = value(of: offered.id, amount: most, .down, in: state),
        let bought = amount(of: wanted.id, worth: value, .down, in: state), bought > 0, bought >= least
      else { return nil }
      return Deal(given: offered, bought: Asset(wanted.id, amount: bought))
    }
    guard let value = value(of: wanted.id, amount: least, .up, in: state),
      let given = amount(of: offered.id, worth: value, .up, in: state), given > 0, given <= most
    else { return nil }
    return Deal(given: Asset(offered.id, amount: given), bought: wanted)
  }

  /// An amount of an asset in native units.
  private static func value(
    of asset: AssetID, amount: Balance, _ rounding: AssetRate.Rounding, in state: ExecutionContext
  ) -> Balance? {
    asset.location.isHere
      ? amount : try? AssetRatePallet.native(for: amount, of: asset.location, rounding: rounding, in: state)
  }

  /// How much of an asset native units are worth.
  private static func amount(
    of asset: AssetID, worth native: Balance, _ rounding: AssetRate.Rounding, in state: ExecutionContext
  ) -> Balance? {
    asset.location.isHere
      ? native : try? AssetRatePallet.amount(for: native, of: asset.location, rounding: rounding, in: state)
  }

  /// Moves both sides through the pool, or nothing.
  private static func settle(_ deal: Deal, in state: ExecutionContext) throws(XcmError) {
    let pool = Location.account(EchoRuntime.exchangePool)
    let context = XcmContext(origin: pool, messageID: .zero)
    let mark = state.begin()
    do throws(XcmError) {
      try LedgerTransactor.deposit(deal.given, to: pool, context: context, in: state)
      try LedgerTransactor.withdraw(deal.bought, from: pool, context: context, in: state)
      state.commit()
    } catch {
      state.rollback(to: mark)
      throw .noDeal
    }
  }
}

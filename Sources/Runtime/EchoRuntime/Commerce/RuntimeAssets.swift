internal import PalletAssets
internal import PalletBalances
public import PalletSupport
public import Primitives
public import XCM

/// The native asset, this chain's own and other chains', by location.
///
/// Moves exactly what is asked for. The ledgers below burn, or move along, what an emptied account leaves under its
/// minimum; both would break the books of whoever counts on exact amounts, so such a transfer is refused.
public enum RuntimeAssets: AssetBook {
  private enum Ledger {
    case native
    case local(UInt32)
    case foreign(Location)
  }

  private static func ledger(of asset: Location, in context: ExecutionContext) -> Ledger? {
    let id = AssetID(asset)
    if asset.isHere { return .native }
    if let index = LocalAssetsSetup.ledgerID(of: id, in: context) { return .local(index) }
    return ForeignAssetsSetup.ledgerID(of: id, in: context).map(Ledger.foreign)
  }

  public static func exists(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool {
    switch ledger(of: asset, in: context) {
    case .native: return true
    case .local(let id): return try AssetsPallet.exists(id, in: context)
    case .foreign(let id): return try ForeignAssetsPallet.exists(id, in: context)
    case nil: return false
    }
  }

  public static func minimumBalance(of asset: Location, in context: ExecutionContext) throws(DispatchError) -> Balance {
    switch ledger(of: asset, in: context) {
    case .native: return BalancesPallet.existentialDeposit
    case .local(let id): return try AssetsPallet.minimumBalance(of: id, in: context)
    case .foreign(let id): return try ForeignAssetsPallet.minimumBalance(of: id, in: context)
    case nil: return 0
    }
  }

  public static func balance(of asset: Location, who: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    switch ledger(of: asset, in: context) {
    case .native: return try BalancesPallet.freeBalance(of: who, in: context)
    case .local(let id): return try AssetsPallet.balance(of: id, who: who, in: context)
    case .foreign(let id): return try ForeignAssetsPallet.balance(of: id, who: who, in: context)
    case nil: return 0
    }
  }

  public static func transfer(
    _ amount: Balance, of asset: Location, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    let left = try balance(of: asset, who: source, in: context).subtractingSaturating(amount)
    let minimum = try minimumBalance(of: asset, in: context)
    guard left >= minimum || (left == 0 && preservation == .expendable) || source == target else { throw .token(.belowMinimum) }
    switch ledger(of: asset, in: context) {
    case .native: try BalancesPallet.transfer(amount, from: source, to: target, preservation, in: context)
    case .local(let id): try AssetsPallet.transfer(amount, of: id, from: source, to: target, preservation, in: context)
    case .foreign(let id): try ForeignAssetsPallet.transfer(amount, of: id, from: source, to: target, preservation, in: context)
    case nil: throw .token(.unknownAsset)
    }
  }
}

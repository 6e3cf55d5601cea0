public import PalletAssets
internal import PalletBalances
public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

/// Moves assets between holding and the three ledgers: native, this chain's own assets, other chains' assets.
public typealias LedgerTransactor = FirstTransactor<
  NativeTransactor<NativeSetup>, FirstTransactor<FungiblesTransactor<LocalAssetsSetup>, FungiblesTransactor<ForeignAssetsSetup>>
>

/// The native currency for programs: what would leave dust behind is refused.
///
/// Balances burn what an emptied account has left below the existential deposit. In a sovereign account that would be
/// backing of vouchers elsewhere.
public enum DustlessCurrency: NativeCurrency {
  public static var existentialDeposit: Balance { BalancesPallet.existentialDeposit }

  private static func refuseDust(_ amount: Balance, from account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let left = try BalancesPallet.freeBalance(of: account, in: context).subtractingSaturating(amount)
    guard left == 0 || left >= existentialDeposit else { throw .token(.belowMinimum) }
  }

  public static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance {
    try BalancesPallet.totalIssuance(in: context)
  }
  public static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try BalancesPallet.freeBalance(of: account, in: context)
  }
  public static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    try refuseDust(amount, from: source, in: context)
    try BalancesPallet.transfer(amount, from: source, to: target, preservation, in: context)
  }
  public static func burn(_ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext)
    throws(DispatchError)
  {
    try refuseDust(amount, from: account, in: context)
    try BalancesPallet.burn(amount, from: account, preservation, in: context)
  }
  public static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try BalancesPallet.mint(amount, to: account, in: context)
  }
  public static func hold(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError)
  {
    try BalancesPallet.hold(amount, of: account, reason: reason, in: context)
  }
  public static func release(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext)
    throws(DispatchError)
  {
    try BalancesPallet.release(amount, of: account, reason: reason, in: context)
  }
}

/// The native asset is this chain itself, `Here`.
public enum NativeSetup: NativeTransactorConfig {
  public typealias Currency = DustlessCurrency
  public static func asset(in state: ExecutionContext) -> AssetID { AssetID(.here) }
  public static func checkingAccount(in state: ExecutionContext) -> AccountID? { EchoRuntime.checkingAccount }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

/// This chain's own assets: the assets pallet and a general index.
public enum LocalAssetsSetup: FungiblesTransactorConfig {
  public typealias Ledger = AssetsPallet
  public static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> UInt32? {
    guard asset.location.parents == 0, asset.location.interior.count == 2,
      case .palletInstance(AssetsConfig.palletIndex)? = asset.location.interior.first,
      case .generalIndex(let index)? = asset.location.interior.last
    else { return nil }
    return UInt32(exactly: index.value)
  }
  public static func checkingAccount(for id: UInt32, in state: ExecutionContext) -> AccountID? {
    EchoRuntime.checkingAccount
  }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

/// Other chains' assets, by their location. Those that teleport are counted on their home chain, not here.
public enum ForeignAssetsSetup: FungiblesTransactorConfig {
  public typealias Ledger = ForeignAssetsPallet
  public static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> Location? {
    asset.location.chain.isHere ? nil : asset.location
  }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

public import PalletSupport
public import Primitives
internal import ScaleCodec

/// How a transactor of the native currency is set up.
public protocol NativeTransactorConfig {
  associatedtype Currency: NativeCurrency
  /// The id of the native currency, as this chain names it.
  static func asset(in state: ExecutionContext) throws(XcmError) -> AssetID
  /// Whose account a location is.
  static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID?
  /// Holds what left by teleport and can come back; `nil` when teleports are not counted.
  ///
  /// The account is subject to the existential deposit, as every account is: the currency can come back only in amounts
  /// that leave the account nothing or at least that much.
  static func checkingAccount(in state: ExecutionContext) -> AccountID?
}

extension NativeTransactorConfig {
  public static func checkingAccount(in state: ExecutionContext) -> AccountID? { nil }
}

/// The native currency as an XCM asset: withdrawing burns, depositing mints.
///
/// Teleports of the currency from its home chain are counted in the checking account, so that no more can come back
/// than left.
public enum NativeTransactor<Setup: NativeTransactorConfig>: AssetTransactor {
  public static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let amount = try matched(asset, in: state)
    let account = try owner(location, in: state)
    try ledger { () throws(DispatchError) in try Setup.Currency.burn(amount, from: account, .expendable, in: state) }
  }

  public static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let amount = try matched(asset, in: state)
    let account = try owner(location, in: state)
    try ledger { () throws(DispatchError) in try Setup.Currency.mint(amount, to: account, in: state) }
  }

  public static func transfer(
    _ asset: Asset, from source: Location, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    let amount = try matched(asset, in: state)
    let from = try owner(source, in: state)
    let to = try owner(target, in: state)
    try ledger { () throws(DispatchError) in
      try Setup.Currency.transfer(amount, from: from, to: to, .expendable, in: state)
    }
  }

  public static func canCheckIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let amount = try matched(asset, in: state)
    guard let checking = Setup.checkingAccount(in: state) else { return }
    let balance = try ledger { () throws(DispatchError) in try Setup.Currency.freeBalance(of: checking, in: state) }
    // Dust would be burnt, and what it stands for could never come back.
    guard balance >= amount, balance == amount || balance - amount >= Setup.Currency.existentialDeposit else {
      throw .notWithdrawable
    }
  }

  public static func checkIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let amount = try matched(asset, in: state)
    guard let checking = Setup.checkingAccount(in: state) else { return }
    try ledger { () throws(DispatchError) in try Setup.Currency.burn(amount, from: checking, .expendable, in: state) }
  }

  public static func canCheckOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    _ = try matched(asset, in: state)
  }

  public static func checkOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let amount = try matched(asset, in: state)
    guard let checking = Setup.checkingAccount(in: state) else { return }
    try ledger { () throws(DispatchError) in try Setup.Currency.mint(amount, to: checking, in: state) }
  }

  private static func matched(_ asset: Asset, in state: ExecutionContext) throws(XcmError) -> Balance {
    guard let amount = asset.amount, asset.id == (try Setup.asset(in: state)) else { throw .assetNotFound }
    return amount
  }

  private static func owner(_ location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID {
    guard let account = try Setup.account(of: location, in: state) else { throw .locationCannotHold }
    return account
  }
}

/// How a transactor of created assets is set up.
public protocol FungiblesTransactorConfig {
  associatedtype Ledger: FungiblesLedger
  /// The ledger's own id of an asset, or `nil` when the asset cannot be in this ledger.
  static func ledgerID(of asset: AssetID, in state: ExecutionContext) throws(XcmError) -> Ledger.AssetID?
  /// Whose account a location is.
  static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID?
  /// Holds what left of an asset by teleport and can come back; `nil` when teleports of it are not counted.
  ///
  /// To be given for an asset on its home chain. The account is subject to the asset's minimum balance, as every
  /// account is: an asset with a minimum above 1 can come back only in amounts that leave the account nothing or at
  /// least that much.
  static func checkingAccount(for id: Ledger.AssetID, in state: ExecutionContext) throws(XcmError) -> AccountID?
}

extension FungiblesTransactorConfig {
  public static func checkingAccount(
    for id: Ledger.AssetID, in state: ExecutionContext
  ) throws(XcmError) -> AccountID? { nil }
}

/// The assets of a ledger as XCM assets: withdrawing burns, depositing mints.
///
/// Teleports of assets that have a checking account are counted in it, so that no more can come back than left. Other
/// assets that teleport are trusted with their issuance.
public enum FungiblesTransactor<Setup: FungiblesTransactorConfig>: AssetTransactor {
  public static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    let account = try owner(location, in: state)
    try ledger { () throws(DispatchError) in try Setup.Ledger.burn(amount, of: id, from: account, in: state) }
  }

  public static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    let account = try owner(location, in: state)
    try ledger { () throws(DispatchError) in try Setup.Ledger.mint(amount, of: id, to: account, in: state) }
  }

  public static func transfer(
    _ asset: Asset, from source: Location, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    let (id, amount) = try matched(asset, in: state)
    let from = try owner(source, in: state)
    let to = try owner(target, in: state)
    try ledger { () throws(DispatchError) in
      try Setup.Ledger.transfer(amount, of: id, from: from, to: to, .expendable, in: state)
    }
  }

  public static func canCheckIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    guard let checking = try Setup.checkingAccount(for: id, in: state) else { return }
    let balance = try ledger { () throws(DispatchError) in try Setup.Ledger.balance(of: id, who: checking, in: state) }
    let minimum = try ledger { () throws(DispatchError) in try Setup.Ledger.minimumBalance(of: id, in: state) }
    guard balance >= amount, balance == amount || balance - amount >= minimum else { throw .notWithdrawable }
  }

  public static func checkIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    guard let checking = try Setup.checkingAccount(for: id, in: state) else { return }
    try ledger { () throws(DispatchError) in try Setup.Ledger.burn(amount, of: id, from: checking, in: state) }
  }

  public static func canCheckOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    guard let checking = try Setup.checkingAccount(for: id, in: state) else { return }
    let balance = try ledger { () throws(DispatchError) in try Setup.Ledger.balance(of: id, who: checking, in: state) }
    let minimum = try ledger { () throws(DispatchError) in try Setup.Ledger.minimumBalance(of: id, in: state) }
    let (sum, overflow) = balance.addingReportingOverflow(amount)
    guard !overflow, sum >= minimum else { throw .notDepositable }
  }

  public static func checkOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset, in: state)
    guard let checking = try Setup.checkingAccount(for: id, in: state) else { return }
    try ledger { () throws(DispatchError) in try Setup.Ledger.mint(amount, of: id, to: checking, in: state) }
  }

  private static func matched(_ asset: Asset, in state: ExecutionContext) throws(XcmError) -> (
    Setup.Ledger.AssetID, Balance
  ) {
    guard let amount = asset.amount, let id = try Setup.ledgerID(of: asset.id, in: state) else { throw .assetNotFound }
    guard try ledger({ () throws(DispatchError) in try Setup.Ledger.exists(id, in: state) }) else {
      throw .assetNotFound
    }
    return (id, amount)
  }

  private static func owner(_ location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID {
    guard let account = try Setup.account(of: location, in: state) else { throw .locationCannotHold }
    return account
  }
}

/// Reports a ledger's refusal in XCM's terms.
private func ledger<R>(_ body: () throws(DispatchError) -> R) throws(XcmError) -> R {
  do throws(DispatchError) { return try body() } catch {
    if case .arithmetic = error { throw .overflow }
    throw .failedToTransactAsset
  }
}

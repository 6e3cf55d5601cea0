public import PalletSupport
public import Primitives

extension Balances.Pallet {
  /// What may leave an account now.
  ///
  /// Everything free, less what is frozen beyond the held units, and less the existential deposit when the account
  /// is to live or something else needs it: held units do, whatever else keeps the account alive.
  public static func reducibleBalance(
    of account: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    let data = try C.Accounts.data(of: account, in: context)
    var untouchable = data.frozen.subtractingSaturating(data.reserved)
    let isNeeded = try !C.Accounts.canLoseProvider(account, in: context)
    if preservation == .preserve || isNeeded || data.reserved > 0 { untouchable = max(untouchable, C.existentialDeposit) }
    return data.free.subtractingSaturating(untouchable)
  }

  /// Free and held units together.
  public static func totalBalance(
    of account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    let data = try C.Accounts.data(of: account, in: context)
    return try checked { () throws(ArithmeticError) in try data.free.adding(data.reserved) }
  }

  /// Sets a free balance by force and adjusts the issuance; an amount under the existential deposit counts as 0.
  /// - Throws: ``DispatchError/consumerRemaining`` when the account would go while something needs it.
  static func setBalance(of account: AccountID, free: Balance, in context: ExecutionContext) throws(DispatchError) {
    let free = free < C.existentialDeposit ? 0 : free
    var data = try C.Accounts.data(of: account, in: context)
    let old = data.free
    data.free = free
    let total = try Balances.totalIssuance.get(in: context)
    let issuance = try checked { () throws(ArithmeticError) in try total.subtracting(old).adding(free) }
    try write(data, of: account, in: context)
    Balances.totalIssuance.set(issuance, in: context)
    deposit(.balanceSet(who: account, free: free), in: context)
  }

  /// The balances after a withdrawal. Writes nothing.
  static func afterWithdrawing(
    _ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) -> AccountData {
    var data = try C.Accounts.data(of: account, in: context)
    guard amount > 0 else { return data }
    guard data.free >= amount else { throw .token(.fundsUnavailable) }
    guard try amount <= reducibleBalance(of: account, .expendable, in: context) else { throw .token(.frozen) }
    data.free -= amount
    guard preservation == .expendable || data.free >= C.existentialDeposit else { throw .token(.notExpendable) }
    return data
  }

  /// The balances after a deposit. Writes nothing.
  static func afterDepositing(
    _ amount: Balance, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> AccountData {
    var data = try C.Accounts.data(of: account, in: context)
    let (free, reserved) = (data.free, data.reserved)
    data.free = try checked { () throws(ArithmeticError) in
      let sum = try free.adding(amount)
      _ = try sum.adding(reserved)
      return sum
    }
    guard amount == 0 || data.free >= C.existentialDeposit else { throw .token(.belowMinimum) }
    return data
  }

  /// Writes an account's balances. Below the existential deposit the account is removed and what is left is burnt.
  static func write(_ data: AccountData, of account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    guard data.free < C.existentialDeposit else {
      let old = try C.Accounts.data(of: account, in: context)
      try C.Accounts.setData(data, of: account, in: context)
      if old.free == 0, old.reserved == 0 { deposit(.endowed(account: account, freeBalance: data.free), in: context) }
      return
    }
    // An account that somebody else keeps alive would go on without its held units.
    guard data.reserved == 0 else { throw .consumerRemaining }
    try C.Accounts.setData(nil, of: account, in: context)
    guard data.free > 0 else { return }
    try changeIssuance(in: context) { (total: Balance) throws(ArithmeticError) in try total.subtracting(data.free) }
    deposit(.dustLost(account: account, amount: data.free), in: context)
  }

  static func changeIssuance(
    in context: ExecutionContext, _ change: (Balance) throws(ArithmeticError) -> Balance
  ) throws(DispatchError) {
    let total = try Balances.totalIssuance.get(in: context)
    Balances.totalIssuance.set(try checked { () throws(ArithmeticError) in try change(total) }, in: context)
  }

  private static func take(
    _ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    let data = try afterWithdrawing(amount, from: account, preservation, in: context)
    try changeIssuance(in: context) { (total: Balance) throws(ArithmeticError) in try total.subtracting(amount) }
    try write(data, of: account, in: context)
  }

  private static func give(
    _ amount: Balance, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    let data = try afterDepositing(amount, to: account, in: context)
    try changeIssuance(in: context) { (total: Balance) throws(ArithmeticError) in try total.adding(amount) }
    try write(data, of: account, in: context)
  }
}

extension Balances.Pallet: FeeCurrency {
  public static var existentialDeposit: Balance { C.existentialDeposit }

  public static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance {
    try Balances.totalIssuance.get(in: context)
  }

  public static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try C.Accounts.data(of: account, in: context).free
  }

  public static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    let left = try afterWithdrawing(amount, from: source, preservation, in: context)
    let received = try afterDepositing(amount, to: target, in: context)
    guard source != target, amount > 0 else { return }
    try write(left, of: source, in: context)
    try write(received, of: target, in: context)
    deposit(.transfer(from: source, to: target, amount: amount), in: context)
  }

  public static func burn(
    _ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    try take(amount, from: account, preservation, in: context)
    deposit(.burned(who: account, amount: amount), in: context)
  }

  public static func mint(
    _ amount: Balance, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    try give(amount, to: account, in: context)
    deposit(.minted(who: account, amount: amount), in: context)
  }

  public static func withdraw(
    _ amount: Balance, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    try take(amount, from: account, .preserve, in: context)
    deposit(.withdraw(who: account, amount: amount), in: context)
  }

  public static func deposit(
    _ amount: Balance, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    try give(amount, to: account, in: context)
    deposit(.deposit(who: account, amount: amount), in: context)
  }
}

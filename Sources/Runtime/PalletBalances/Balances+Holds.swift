public import PalletSupport
public import Primitives
internal import ScaleCodec

extension Balances.Pallet {
  /// What an account has under one hold.
  public static func heldBalance(
    of account: AccountID, reason: HoldReason, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try Balances.holds.get(account, in: context).first { $0.id == reason }?.amount ?? 0
  }

  /// Moves free units under a named hold. The existential deposit stays free.
  /// - Throws: ``TokenError/cannotCreateHold`` when the account does not exist or carries too many holds,
  ///   ``TokenError/fundsUnavailable`` when too little is free.
  public static func hold(
    _ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    var data = try C.Accounts.data(of: account, in: context)
    var rows = try Balances.holds.get(account, in: context)
    let row = rows.firstIndex { $0.id == reason }
    guard data.free > 0, row != nil || rows.count < C.maximumHolds else { throw .token(.cannotCreateHold) }
    guard amount <= data.free.subtractingSaturating(C.existentialDeposit) else { throw .token(.fundsUnavailable) }
    if data.reserved == 0 { try C.Accounts.incrementConsumers(account, in: context) }
    // Free and held units fit one balance together, so neither of the two sums can leave its range.
    data.free -= amount
    data.reserved += amount
    if let row { rows[row].amount += amount } else { rows.append(Balances.IdAmount(id: reason, amount: amount)) }
    try store(data, rows, of: account, in: context)
    deposit(.held(reason: reason, who: account, amount: amount), in: context)
  }

  /// Moves held units back to free.
  /// - Throws: ``TokenError/fundsUnavailable`` when the hold has less.
  public static func release(
    _ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    var data = try C.Accounts.data(of: account, in: context)
    var rows = try Balances.holds.get(account, in: context)
    guard let row = rows.firstIndex(where: { $0.id == reason }), rows[row].amount >= amount, data.reserved >= amount
    else {
      throw .token(.fundsUnavailable)
    }
    let free = data.free
    data.free = try checked { () throws(ArithmeticError) in try free.adding(amount) }
    data.reserved -= amount
    rows[row].amount -= amount
    rows.removeAll { $0.amount == 0 }
    if data.reserved == 0 { try C.Accounts.decrementConsumers(account, in: context) }
    try store(data, rows, of: account, in: context)
    deposit(.released(reason: reason, who: account, amount: amount), in: context)
  }

  private static func store(
    _ data: AccountData, _ rows: [Balances.IdAmount<HoldReason>], of account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try C.Accounts.setData(data, of: account, in: context)
    guard !rows.isEmpty else {
      Balances.holds.remove(account, in: context)
      return
    }
    Balances.holds.set(account, to: rows, in: context)
  }
}

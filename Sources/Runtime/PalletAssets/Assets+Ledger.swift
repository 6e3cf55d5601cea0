public import PalletSupport
public import Primitives
internal import ScaleCodec

extension Assets.Pallet: FungiblesLedger {
  public typealias AssetID = C.AssetID

  public static func exists(_ id: C.AssetID, in context: ExecutionContext) throws(DispatchError) -> Bool {
    C.store.asset.exists(id, in: context)
  }

  public static func totalIssuance(
    of id: C.AssetID, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try C.store.asset.get(id, in: context)?.supply ?? 0
  }

  public static func minimumBalance(
    of id: C.AssetID, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try C.store.asset.get(id, in: context)?.minBalance ?? 0
  }

  public static func balance(
    of id: C.AssetID, who: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try C.store.account.get(id, who, in: context)?.balance ?? 0
  }

  /// Brings units into existence in an account.
  /// - Throws: ``Assets/Failure/unknown``, ``Assets/Failure/assetNotLive``, ``TokenError/belowMinimum``,
  ///   ``TokenError/cannotCreate``, ``TokenError/blocked``, an arithmetic error.
  public static func mint(
    _ amount: Balance, of id: C.AssetID, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    var details = try liveDetails(of: id, in: context)
    guard amount > 0 else { return }
    let supply = details.supply
    details.supply = try checked { () throws(ArithmeticError) in try supply.adding(amount) }
    try context.transactional { () throws(DispatchError) in
      try credit(amount, of: id, to: account, &details, in: context)
      C.store.asset.set(id, to: details, in: context)
    }
    deposit(.issued(assetId: id, owner: account, amount: amount), in: context)
  }

  /// Takes exactly `amount` out of an account and out of existence.
  ///
  /// An amount that would leave dust is refused: what is burnt here must be what another chain releases.
  /// - Throws: ``Assets/Failure/unknown``, ``Assets/Failure/assetNotLive``, ``Assets/Failure/noAccount``,
  ///   ``Assets/Failure/frozen``, ``Assets/Failure/balanceLow``, ``Assets/Failure/wouldBurn``.
  public static func burn(
    _ amount: Balance, of id: C.AssetID, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    let details = try liveDetails(of: id, in: context)
    let rest = try movableBalance(of: id, account, in: context).subtractingSaturating(amount)
    guard rest == 0 || rest >= details.minBalance else { throw failure(.wouldBurn) }
    try removeUnits(amount, of: id, from: account, details, in: context)
  }

  /// Takes up to `amount` out of an account and out of existence, and dust with it.
  static func burnUp(
    to amount: Balance, of id: C.AssetID, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    let details = try liveDetails(of: id, in: context)
    let taken = try min(amount, movableBalance(of: id, account, in: context))
    guard taken > 0 else { return }
    try removeUnits(taken, of: id, from: account, details, in: context)
  }

  /// Moves units between accounts.
  ///
  /// When less than the minimum would be left, the sender's row goes and what is left moves along.
  /// - Throws: As ``burn(_:of:from:in:)`` and ``mint(_:of:to:in:)``, and ``Assets/Failure/balanceLow`` when the sender
  ///   is to keep the minimum and cannot.
  public static func transfer(
    _ amount: Balance, of id: C.AssetID, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    var details = try liveDetails(of: id, in: context)
    guard amount > 0 else { return }
    let available = try movableBalance(of: id, source, in: context)
    let keep = preservation == .preserve ? details.minBalance : 0
    guard available.subtractingSaturating(keep) >= amount else { throw failure(.balanceLow) }
    guard source != target else { return }
    let moved = try context.transactional { () throws(DispatchError) -> Balance in
      let moved = try debit(amount, of: id, from: source, &details, in: context)
      try credit(moved, of: id, to: target, &details, in: context)
      C.store.asset.set(id, to: details, in: context)
      return moved
    }
    deposit(.transferred(assetId: id, from: source, to: target, amount: moved), in: context)
  }

  private static func removeUnits(
    _ amount: Balance, of id: C.AssetID, from account: AccountID, _ details: Assets.AssetDetails,
    in context: ExecutionContext
  ) throws(DispatchError) {
    var details = details
    let taken = try context.transactional { () throws(DispatchError) -> Balance in
      let taken = try debit(amount, of: id, from: account, &details, in: context)
      let supply = details.supply
      details.supply = try checked { () throws(ArithmeticError) in try supply.subtracting(taken) }
      C.store.asset.set(id, to: details, in: context)
      return taken
    }
    deposit(.burned(assetId: id, owner: account, balance: taken), in: context)
  }

  /// What an account has, if it may move.
  private static func movableBalance(
    of id: C.AssetID, _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    guard let row = try C.store.account.get(id, account, in: context) else { throw failure(.noAccount) }
    guard row.status == .liquid else { throw failure(.frozen) }
    return row.balance
  }

  /// Takes units out of a row, and the row away when less than the minimum is left.
  /// - Returns: What was taken: `amount`, or all of the row.
  private static func debit(
    _ amount: Balance, of id: C.AssetID, from account: AccountID, _ details: inout Assets.AssetDetails,
    in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    guard var row = try C.store.account.get(id, account, in: context) else { throw failure(.noAccount) }
    guard row.balance >= amount else { throw failure(.balanceLow) }
    guard row.balance - amount < details.minBalance else {
      row.balance -= amount
      C.store.account.set(id, account, to: row, in: context)
      return amount
    }
    C.store.account.remove(id, account, in: context)
    details.accounts = details.accounts.subtractingSaturating(1)
    switch row.reason {
    case .consumer: try C.Accounts.decrementConsumers(account, in: context)
    case .sufficient:
      details.sufficients = details.sufficients.subtractingSaturating(1)
      try C.Accounts.decrementSufficients(account, in: context)
    }
    return row.balance
  }

  /// Puts units into a row, which is made when there is none.
  private static func credit(
    _ amount: Balance, of id: C.AssetID, to account: AccountID, _ details: inout Assets.AssetDetails,
    in context: ExecutionContext
  ) throws(DispatchError) {
    if var row = try C.store.account.get(id, account, in: context) {
      guard row.status != .blocked else { throw .token(.blocked) }
      let balance = row.balance
      row.balance = try checked { () throws(ArithmeticError) in try balance.adding(amount) }
      C.store.account.set(id, account, to: row, in: context)
      return
    }
    guard amount >= details.minBalance else { throw .token(.belowMinimum) }
    let (accounts, sufficients) = (details.accounts, details.sufficients)
    details.accounts = try checked { () throws(ArithmeticError) in try accounts.adding(1) }
    if details.isSufficient {
      details.sufficients = try checked { () throws(ArithmeticError) in try sufficients.adding(1) }
      try C.Accounts.incrementSufficients(account, in: context)
    } else {
      do throws(DispatchError) { try C.Accounts.incrementConsumers(account, in: context) } catch {
        throw error == .corruption ? error : .token(.cannotCreate)
      }
    }
    let row = Assets.AssetAccount(
      balance: amount, status: .liquid, reason: details.isSufficient ? .sufficient : .consumer, extra: Unit())
    C.store.account.set(id, account, to: row, in: context)
  }
}

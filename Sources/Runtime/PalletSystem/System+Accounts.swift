public import PalletSupport
public import Primitives

extension System.Pallet {
  /// How many extrinsics the account has sent; the next one carries this number.
  public static func nonce(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> UInt32 {
    try System.account.get(account, in: context).nonce
  }

  /// Uses one nonce.
  /// - Throws: ``DispatchError/noProviders`` for an account that does not exist, for its row would never be removed;
  ///   an arithmetic error after 2^32 - 1 extrinsics.
  public static func incrementNonce(of account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try mutateExisting(account, in: context) { (info: inout System.AccountInfo) throws(DispatchError) in
      let nonce = info.nonce
      info.nonce = try checked { () throws(ArithmeticError) in try nonce.adding(1) }
    }
  }

  private static func mutateExisting(
    _ account: AccountID, in context: ExecutionContext,
    _ body: (inout System.AccountInfo) throws(DispatchError) -> Void
  ) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    guard info.exists else { throw .noProviders }
    try body(&info)
    System.account.set(account, to: info, in: context)
  }

  /// Writes the row, or removes it when nothing keeps the account any longer.
  private static func store(
    _ info: System.AccountInfo, of account: AccountID, existed: Bool, in context: ExecutionContext
  ) {
    if info.exists {
      System.account.set(account, to: info, in: context)
      if !existed { deposit(.newAccount(account: account), in: context) }
    } else if existed {
      System.account.remove(account, in: context)
      deposit(.killedAccount(account: account), in: context)
    }
  }
}

extension System.Pallet: AccountStore {
  public static func data(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> AccountData {
    try System.account.get(account, in: context).data
  }

  public static func setData(
    _ data: AccountData?, of account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    let existed = info.exists
    let provided = info.isProvidedByBalances
    if let data, data.free > 0 || data.reserved > 0 {
      if !provided { info.providers = try incremented(info.providers) }
      info.data = data
    } else {
      guard provided else { return }
      guard info.consumers == 0 || info.providers > 1 else { throw .consumerRemaining }
      info.providers = try decremented(info.providers)
      info.data = AccountData()
    }
    store(info, of: account, existed: existed, in: context)
  }

  public static func incrementConsumers(
    _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try mutateExisting(account, in: context) { (info: inout System.AccountInfo) throws(DispatchError) in
      guard info.providers > 0 else { throw .noProviders }
      guard info.consumers < maximumConsumers || info.isKept else { throw .tooManyConsumers }
      let consumers = info.consumers
      info.consumers = try incremented(consumers)
    }
  }

  public static func decrementConsumers(
    _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try mutateExisting(account, in: context) { (info: inout System.AccountInfo) throws(DispatchError) in
      info.consumers = try decremented(info.consumers)
    }
  }

  /// Makes an account stay for good, creating it when it is new.
  ///
  /// All its units may leave, whatever needs it, and any number of references may.
  /// - Throws: An arithmetic error beyond 2^32 - 1 references.
  public static func incrementProviders(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    let existed = info.exists
    info.providers = try incremented(info.providers)
    store(info, of: account, existed: existed, in: context)
  }

  /// Undoes ``incrementProviders(_:in:)``; an account that something else still needs stays as it is.
  public static func decrementProviders(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    guard info.providers > 1 || (info.providers == 1 && info.consumers == 0) else { return }
    info.providers = try decremented(info.providers)
    store(info, of: account, existed: true, in: context)
  }

  /// References that may need one account that only its balance keeps, so that no one can pin it for ever by many small
  /// claims.
  public static var maximumConsumers: UInt32 { 64 }

  private static func incremented(_ count: UInt32) throws(DispatchError) -> UInt32 {
    try checked { () throws(ArithmeticError) in try count.adding(1) }
  }

  private static func decremented(_ count: UInt32) throws(DispatchError) -> UInt32 {
    try checked { () throws(ArithmeticError) in try count.subtracting(1) }
  }
}

extension System.Pallet: AccountReferences {
  public static func exists(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Bool {
    try System.account.get(account, in: context).exists
  }

  public static func canLoseProvider(
    _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Bool {
    let info = try System.account.get(account, in: context)
    return info.consumers == 0 || info.providers > 1
  }

  public static func incrementSufficients(
    _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    let existed = info.exists
    info.sufficients = try incremented(info.sufficients)
    store(info, of: account, existed: existed, in: context)
  }

  public static func decrementSufficients(
    _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    var info = try System.account.get(account, in: context)
    info.sufficients = try decremented(info.sufficients)
    store(info, of: account, existed: true, in: context)
  }
}

extension System.AccountInfo {
  /// Whether one of the providers is the balance: an account with units is one that Balances provide for.
  fileprivate var isProvidedByBalances: Bool { data.free > 0 || data.reserved > 0 }
  /// Whether something besides its balance provides for the account.
  fileprivate var isKept: Bool { providers > (isProvidedByBalances ? 1 : 0) }
}

public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet.Pallet {
  /// Under which native units of an account are held for the locations that may act in its name.
  static var aliasReason: HoldReason { HoldReason(pallet: index, reason: 0) }

  /// Whether `target` has let `origin` act in its name, and still does.
  public static func isAuthorizedAlias(_ origin: Location, of target: Location, in context: ExecutionContext) -> Bool {
    guard let entry = (try? XcmPallet.authorizedAliases.get(.v5(target), in: context)) ?? nil,
      let aliaser = entry.aliasers.first(where: { $0.location == .v5(origin) })
    else { return false }
    guard let expiry = aliaser.expiry else { return true }
    guard let now = try? C.Clock.blockNumber(in: context) else { return false }
    return UInt64(now) < expiry
  }

  /// Lets a location act as an account, or gives it another end.
  static func authorize(_ aliaser: Location, until expiry: UInt64?, by account: AccountID, in context: ExecutionContext)
    throws(DispatchError)
  {
    let target = Location.account(account)
    guard aliaser != target else { throw failure(.badLocation) }
    if let expiry, expiry <= UInt64(try C.Clock.blockNumber(in: context)) { throw failure(.expiresInPast) }
    let old: XcmPallet.AuthorizedAliases? = try XcmPallet.authorizedAliases.get(.v5(target), in: context)
    var entry = old ?? XcmPallet.AuthorizedAliases(aliasers: [], ticket: 0)
    if let index = entry.aliasers.firstIndex(where: { $0.location == .v5(aliaser) }) {
      entry.aliasers[index].expiry = expiry
    } else {
      guard entry.aliasers.count < XcmPallet.maximumAliases else { throw failure(.tooManyAuthorizedAliases) }
      entry.aliasers.append(XcmPallet.OriginAliaser(location: .v5(aliaser), expiry: expiry))
    }
    try store(entry, of: account, in: context)
    deposit(.aliasAuthorized(aliaser: aliaser, target: target, expiry: expiry), in: context)
  }

  /// Ends that a location may act as an account.
  static func revoke(_ aliaser: Location, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let target = Location.account(account)
    guard var entry = try XcmPallet.authorizedAliases.get(.v5(target), in: context),
      let index = entry.aliasers.firstIndex(where: { $0.location == .v5(aliaser) })
    else { throw failure(.aliasNotFound) }
    entry.aliasers.remove(at: index)
    try store(entry, of: account, in: context)
    deposit(.aliasAuthorizationRemoved(aliaser: aliaser, target: target), in: context)
  }

  /// Ends that anybody may act as an account.
  static func revokeAll(by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let target = Location.account(account)
    guard var entry = try XcmPallet.authorizedAliases.get(.v5(target), in: context) else { throw failure(.aliasNotFound) }
    entry.aliasers = []
    try store(entry, of: account, in: context)
    deposit(.aliasesAuthorizationsRemoved(target: target), in: context)
  }

  /// Writes who may act as an account, and holds or releases the deposit for it.
  private static func store(_ entry: XcmPallet.AuthorizedAliases, of account: AccountID, in context: ExecutionContext)
    throws(DispatchError)
  {
    var entry = entry
    let held = entry.ticket
    entry.ticket = C.aliasDeposit.multipliedSaturating(by: Balance(entry.aliasers.count))
    try C.Currency.hold(entry.ticket.subtractingSaturating(held), of: account, reason: aliasReason, in: context)
    try C.Currency.release(held.subtractingSaturating(entry.ticket), of: account, reason: aliasReason, in: context)
    let key = VersionedLocation.v5(.account(account))
    if entry.aliasers.isEmpty {
      XcmPallet.authorizedAliases.remove(key, in: context)
    } else {
      XcmPallet.authorizedAliases.set(key, to: entry, in: context)
    }
  }

  // MARK: Suspension

  /// Whether no program is to be executed: a barrier asks this first.
  ///
  /// A message that comes meanwhile ends as rejected, so its source gives back what it carried.
  public static func isSuspended(in context: ExecutionContext) -> Bool {
    // A row that does not decode stops everything rather than nothing.
    (try? XcmPallet.xcmExecutionSuspended.get(in: context)) ?? true
  }
}

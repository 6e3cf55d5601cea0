public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// Prepaid time: metered when it is read, never below zero, paid to the seller when somebody settles it.

extension Marketplace.Pallet {
  /// Whether an account's subscription gives access now.
  public static func hasAccess(_ account: AccountID, to listing: UInt64, in context: ExecutionContext) throws(DispatchError) -> Bool {
    guard let row = try Marketplace.subscriptions.get(listing, account, in: context) else { return false }
    let passed = try C.Clock.blockNumber(in: context).subtractingSaturating(row.lastSettled)
    return row.ratePerBlock.multipliedSaturating(by: Balance(passed)) <= row.prepaid
  }

  /// What has been used since the last settlement; no more than there is.
  private static func used(_ row: Marketplace.Subscription, in context: ExecutionContext) throws(DispatchError) -> Balance {
    let passed = try C.Clock.blockNumber(in: context).subtractingSaturating(row.lastSettled)
    return min(row.prepaid, row.ratePerBlock.multipliedSaturating(by: Balance(passed)))
  }

  static func subscribe(listing number: UInt64, prepay: Balance, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    let row = try forSale(number, in: context)
    guard row.terms.kind == .subscription, case .fixed(let rate) = row.terms.sale else { throw failure(.notForSale) }
    guard !Marketplace.subscriptions.exists(number, account, in: context) else { throw failure(.subscription) }
    guard prepay >= max(rate, Marketplace.minimumPrice) else { throw failure(.belowMinimumPrice) }
    try take(prepay, of: row.terms.asset, from: account, for: \.prepaid, in: context)
    let subscription = Marketplace.Subscription(
      ratePerBlock: rate, prepaid: prepay, lastSettled: try C.Clock.blockNumber(in: context), asset: row.terms.asset,
      seller: row.seller, work: row.terms.work)
    Marketplace.subscriptions.set(number, account, to: subscription, in: context)
    deposit(.subscribed(listing: number, account: account, prepaid: prepay), in: context)
  }

  static func topUp(listing number: UInt64, amount: Balance, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    guard amount > 0 else { throw failure(.belowMinimumPrice) }
    var row = try settled(number, account, in: context)
    try take(amount, of: row.asset, from: account, for: \.prepaid, in: context)
    row.prepaid = try sum(row.prepaid, amount)
    Marketplace.subscriptions.set(number, account, to: row, in: context)
    deposit(.subscribed(listing: number, account: account, prepaid: row.prepaid), in: context)
  }

  static func unsubscribe(listing number: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    let row = try settled(number, account, in: context)
    try give(row.prepaid, of: row.asset, to: account, from: \.prepaid, in: context)
    Marketplace.subscriptions.remove(number, account, in: context)
    deposit(.unsubscribed(listing: number, account: account, returned: row.prepaid), in: context)
  }

  /// Pays what was used; a subscription with nothing left ends. Anybody may ask.
  static func settleSubscription(
    listing number: UInt64, account: AccountID, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    _ = try origin.signer()
    guard let before = try Marketplace.subscriptions.get(number, account, in: context) else { throw failure(.subscription) }
    // Small parts would be rounded away from fee and royalty.
    let amount = try used(before, in: context)
    guard amount >= Marketplace.minimumPrice || amount == before.prepaid else { throw failure(.tooEarly) }
    let row = try settled(number, account, in: context)
    guard row.prepaid == 0 else {
      Marketplace.subscriptions.set(number, account, to: row, in: context)
      return
    }
    Marketplace.subscriptions.remove(number, account, in: context)
    deposit(.unsubscribed(listing: number, account: account, returned: 0), in: context)
  }

  /// Pays what was used to split, treasury and seller. Royalty and fee are those of now: nothing of it was fixed before.
  private static func settled(
    _ number: UInt64, _ account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Marketplace.Subscription {
    guard var row = try Marketplace.subscriptions.get(number, account, in: context) else { throw failure(.subscription) }
    let amount = try used(row, in: context)
    row.lastSettled = try C.Clock.blockNumber(in: context)
    guard amount > 0 else { return row }
    row.prepaid -= amount
    let fee = try part(try parameters(in: context).feeRate, of: amount)
    let royalty = try row.work.map { work throws(DispatchError) in try part(C.Royalties.stack(of: work, in: context), of: amount) } ?? 0
    let seller = try difference(try difference(amount, fee), royalty)
    let reference = Marketplace.reference(listing: number)
    try creditRoyalty(row.work, row.asset, royalty, from: \.prepaid, reference: reference, in: context)
    try give(fee, of: row.asset, to: C.treasury, from: \.prepaid, in: context)
    try pay(seller, of: row.asset, to: row.seller, from: \.prepaid, reference: reference, in: context)
    deposit(.subscriptionSettled(listing: number, account: account, amount: amount), in: context)
    return row
  }
}

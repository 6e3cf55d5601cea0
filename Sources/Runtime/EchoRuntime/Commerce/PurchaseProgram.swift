public import PalletMarketplace
public import PalletSupport
internal import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

/// Program P1: buys on another chain; and calls of the market made from afar (product design 2.1, ADR 016).
public enum PurchaseProgram: RemoteMarkets {
  /// The first instruction of a purchase's message behind the order: four load fees and price and name the buyer, eight
  /// place the order. A program that fails there or later has placed it.
  static let placedFrom: UInt32 = 12

  public static func identity(
    of account: AccountID, at market: Location, in context: ExecutionContext
  ) throws(DispatchError) -> (buyer: Location, chainID: UInt32) {
    guard case .parachain(let id)? = market.interior.first else { throw MarketplacePallet.failure(.badPurchase) }
    return (try TradeRoute.seen(.account(account), from: market, in: context), id.value)
  }

  public static func purchase(
    _ purchase: Marketplace.RemotePurchase, order: H256, nonce: UInt64, at market: Location, by account: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let route = try TradeRoute(of: purchase.asset, to: market, in: context)
    let buyer = try TradeRoute.seen(.account(account), from: market, in: context)
    let call = RuntimeCall.marketplace(
      .remoteBuy(
        order: order, listing: purchase.listing, quantity: purchase.quantity, maxPrice: purchase.maxPrice,
        buyerKey: purchase.buyerKey, nonce: nonce, validUntil: purchase.validUntil))
    let price = route.arrived(purchase.maxPrice)
    let all = AssetFilter.wild(.allCounted(Compact(1)))
    let remote: [Instruction] = [
      TradeRoute.claimer(buyer),
      // Whatever goes wrong: the price out of the buyer's account again, and everything in holding home.
      .setAppendix([
        .initiateTransfer(
          destination: try TradeRoute.seen(.here, from: market, in: context), remoteFees: route.returning, preserveOrigin: false,
          assets: BoundedVector(), remoteXcm: [.refundSurplus, .depositAsset(assets: all, beneficiary: .account(account))]),
        // The fees that are set aside pay for the way; what is left of them stays here.
        .refundSurplus, .depositAsset(assets: all, beneficiary: buyer),
      ]),
      .setErrorHandler([.withdrawAsset(price)]),
      .depositAsset(assets: .definite(price), beneficiary: buyer),
      transact(call), .expectTransactStatus(.success),
      // The order stands. From here on nothing may be undone; what is left of the fees stays in the buyer's account.
      .setErrorHandler([]), .setAppendix([]), .refundSurplus, .depositAsset(assets: all, beneficiary: buyer),
    ]
    guard purchase.fees >= (try route.cost(of: remote, at: market, in: context).execution) else {
      throw MarketplacePallet.failure(.badPurchase)
    }
    let program = try route.program(
      of: account, to: market, fees: purchase.fees, assets: purchase.maxPrice, preservesOrigin: true, then: remote)
    return try XcmPalletPallet.run(program, as: account, timeout: purchase.timeout, in: context)
  }

  public static func act(
    _ call: Marketplace.Call, _ act: Marketplace.RemoteAct, at market: Location, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let route = try TradeRoute(of: act.asset, to: market, in: context)
    let caller = try TradeRoute.seen(.account(account), from: market, in: context)
    let all = AssetFilter.wild(.allCounted(Compact(1)))
    let leftovers: [Instruction] = [.refundSurplus, .depositAsset(assets: all, beneficiary: caller)]
    var remote: [Instruction] = [TradeRoute.claimer(caller), .setErrorHandler(Xcm(leftovers))]
    if act.deposit > 0 { remote.append(.depositAsset(assets: .definite(route.arrived(act.deposit)), beneficiary: caller)) }
    // The handler's weight is surplus only once it is gone.
    remote += [transact(.marketplace(call)), .expectTransactStatus(.success), .setErrorHandler([])] + leftovers
    guard act.fees >= (try route.cost(of: remote, at: market, in: context).execution) else {
      throw MarketplacePallet.failure(.badPurchase)
    }
    let program = try route.program(
      of: account, to: market, fees: act.fees, assets: act.deposit, preservesOrigin: true, then: remote)
    return try XcmPalletPallet.run(program, as: account, timeout: act.timeout, in: context)
  }

  /// The call as the location itself, not as the account that it owns: the market knows parties by location.
  private static func transact(_ call: RuntimeCall) -> Instruction {
    .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded()))
  }
}

import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

private func arrive(
  _ nonce: UInt64, _ listing: UInt64 = Standing.service, as id: H256? = nil, most: Balance = .max, until: BlockNumber = 43
) -> Marketplace.Call {
  .remoteBuy(
    order: id ?? orderID(listing, nonce, buyer: afar), listing: listing, quantity: 1, maxPrice: most, buyerKey: noKey, nonce: nonce,
    validUntil: until)
}
private func send(_ purchase: Marketplace.RemotePurchase, to market: Location = market) -> Marketplace.Call {
  .purchase(market: market, purchase: purchase)
}
private func act(_ call: Marketplace.Call, timeout: UInt64 = 1, deposit: Balance = 0) -> Marketplace.Call {
  .actRemotely(market: market, act: .init(asset: here, deposit: deposit, fees: 100, timeout: timeout), call: call)
}
private func parameters(_ change: (inout Marketplace.Parameters) -> Void) -> Marketplace.Call {
  var parameters = TestConfig.parameters
  change(&parameters)
  return .setParameters(parameters: parameters)
}
private func signed(_ change: (inout Marketplace.SignedListing) -> Void) -> Marketplace.Call {
  let key = DevelopmentKey.alice.secretKey
  var payload = Marketplace.SignedListing(
    seller: key.publicKey.accountID, listing: goods(), epoch: 0, salt: 0, validUntil: 100)
  change(&payload)
  return .listSigned(payload: payload, signature: key.sign(message: Marketplace.signedBytes(payload, genesis: TestConfig.genesis)))
}

extension Refusal {
  static let rest: [Refusal] = [
    Refusal(signed { $0.seller = .test(2) }, .badSignature),
    Refusal(signed { $0.epoch = 1 }, .badSignature),
    Refusal(signed { $0.validUntil = 40 }, .badSignature),
    Refusal(signed { $0.listing.quantity = 0 }, .quantityUnavailable),
    Refusal(signed { $0.salt = 1 }, error: .token(.fundsUnavailable), by: .test(1)),
    Refusal(.withdraw(asset: here), .nothingToWithdraw),
    Refusal(.withdraw(asset: here), .nothingToWithdraw, by: fromAfar),
    Refusal(arrive(0), .duplicateOrder, by: fromAfar),
    Refusal(arrive(1, until: 42), .tooLate, by: fromAfar),
    Refusal(arrive(1, as: .zero), .badPurchase, by: fromAfar),
    Refusal(arrive(1, Standing.auction), .notForSale, by: fromAfar),
    Refusal(arrive(1, Standing.subscription), .notForSale, by: fromAfar),
    Refusal(arrive(1, Standing.paused), .notForSale, by: fromAfar),
    Refusal(arrive(1, most: 1), .priceMoved, by: fromAfar),
    Refusal(.remoteCancel(listing: Standing.service, nonce: 0), .duplicateOrder, by: fromAfar),
    Refusal(.remoteCancel(listing: 77, nonce: 1), .notForSale, by: fromAfar),
    Refusal(send(Standing.purchase(quantity: 0)), .badPurchase, by: .test(2)),
    Refusal(send(Standing.purchase(timeout: 0)), .badPurchase, by: .test(2)),
    Refusal(send(Standing.purchase(key: TestKeys.offCurve)), .badKey, by: .test(2)),
    Refusal(send(Standing.purchase(), to: .here), .badPurchase, by: .test(2)),
    Refusal(send(Standing.purchase()), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.forgetPurchase(order: .zero), .unknownOrder, by: .test(2)),
    Refusal(.forgetPurchase(order: Standing.away), .notParty, by: .test(3)),
    Refusal(.forgetPurchase(order: Standing.away), .wrongState, by: .test(2)),
    Refusal(act(.cancelAll), .notRemotable, by: .test(2)),
    Refusal(act(act(.delist(listing: 0))), .notRemotable, by: .test(2)),
    Refusal(act(.delist(listing: 0), timeout: 0), .badPurchase, by: .test(2)),
    Refusal(act(.delist(listing: 0), deposit: .max / 2), error: .token(.fundsUnavailable), by: .test(2)),
    Refusal(parameters { $0.feeRate = 25_001 }, .badParameters, by: .root),
    Refusal(parameters { $0.sellerBondRate = 1_000_001 }, .badParameters, by: .root),
    Refusal(parameters { $0.complaintBondRate = 1_000_001 }, .badParameters, by: .root),
    Refusal(parameters { $0.crankRate = 500_001 }, .badParameters, by: .root),
    Refusal(parameters { $0.minimumDeliverIn = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.maximumDeliverIn = 4 }, .badParameters, by: .root),
    Refusal(parameters { $0.minimumComplainIn = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.maximumComplainIn = 4 }, .badParameters, by: .root),
    Refusal(parameters { $0.bidIncrement = 1_000_001 }, .badParameters, by: .root),
    Refusal(parameters { $0.challengePeriod = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.jurors = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.jurors = 4 }, .badParameters, by: .root),
    Refusal(parameters { $0.jurors = 23 }, .badParameters, by: .root),
    Refusal(parameters { $0.jurorStake = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.commitPeriod = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.revealPeriod = 0 }, .badParameters, by: .root),
    Refusal(parameters { $0.reviewWindow = 0 }, .badParameters, by: .root),
  ]

  /// Calls of whoever may not make them at all.
  static let origins: [Refusal] = [
    Refusal(.list(listing: goods()), error: .badOrigin, by: .none),
    Refusal(.list(listing: goods()), error: .badOrigin, by: .root),
    Refusal(.list(listing: goods()), error: .badOrigin, by: .xcm(location: [1])),
    Refusal(signed { $0.salt = 1 }, error: .badOrigin, by: fromAfar),
    Refusal(.cancelAll, error: .badOrigin, by: fromAfar),
    Refusal(.buy(listing: Standing.service, quantity: 1, maxPrice: .max, buyerKey: noKey), error: .badOrigin, by: fromAfar),
    Refusal(.bid(listing: Standing.auction, amount: .max, buyerKey: noKey), error: .badOrigin, by: fromAfar),
    Refusal(.closeAuction(listing: Standing.over), error: .badOrigin, by: .none),
    Refusal(
      .makeOffer(listing: Standing.service, quantity: 1, price: price, expires: 99, buyerKey: noKey), error: .badOrigin, by: fromAfar),
    Refusal(.withdrawOffer(offer: 1), error: .badOrigin, by: .none),
    Refusal(.subscribe(listing: Standing.subscription, prepay: price), error: .badOrigin, by: fromAfar),
    Refusal(.topUp(listing: Standing.subscription, amount: 1), error: .badOrigin, by: .root),
    Refusal(.unsubscribe(listing: Standing.subscription), error: .badOrigin, by: .root),
    Refusal(.settleSubscription(listing: Standing.subscription, account: .test(2)), error: .badOrigin, by: .none),
    Refusal(.voteCommit(order: Standing.judged, commitment: .zero), error: .badOrigin, by: .root),
    Refusal(.settle(order: Standing.undelivered), error: .badOrigin, by: .none),
    Refusal(.withdraw(asset: here), error: .badOrigin, by: .root),
    Refusal(arrive(1), error: .badOrigin, by: .test(2)),
    Refusal(arrive(1), error: .badOrigin, by: .xcm(location: account(2).encoded())),
    Refusal(.remoteCancel(listing: Standing.service, nonce: 1), error: .badOrigin, by: .test(2)),
    Refusal(.remoteCancel(listing: Standing.service, nonce: 1), error: .badOrigin, by: .xcm(location: account(2).encoded())),
    Refusal(.joinPanel, error: .badOrigin, by: fromAfar),
    Refusal(.leavePanel, error: .badOrigin, by: .root),
    Refusal(.acceptAsset(asset: .sibling(3_000)), error: .badOrigin, by: .root),
    Refusal(parameters { _ in }, error: .badOrigin, by: .test(1)),
    Refusal(.prune(order: Standing.expired), error: .badOrigin, by: .none),
    Refusal(send(Standing.purchase()), error: .badOrigin, by: fromAfar),
    Refusal(act(.delist(listing: 0)), error: .badOrigin, by: .root),
    Refusal(.forgetPurchase(order: Standing.away), error: .badOrigin, by: fromAfar),
    // An account whose own location came by a program is that account; whoever lives elsewhere is somebody else.
    Refusal(.confirm(order: Standing.delivered), .notParty, by: fromAfar),
  ]
}

internal import Keys
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// Purchases from other chains: the market's end, and the buyer's.

extension Marketplace.Pallet {
  // MARK: At the market

  /// An order of whoever the program speaks for, paid from that location's account here.
  static func remoteBuy(
    order id: H256, listing: UInt64, quantity: UInt32, maxPrice: Balance, buyerKey: FixedBytes<33>, nonce: UInt64,
    validUntil: BlockNumber, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let buyer = try remoteParty(origin)
    guard try C.Clock.blockNumber(in: context) <= validUntil else { throw failure(.tooLate) }
    guard try id == orderID(chain: C.chainID(in: context), listing: listing, buyer: buyer, nonce: nonce) else {
      throw failure(.badPurchase)
    }
    let row = try forSale(listing, in: context)
    if case .english = row.terms.sale { throw failure(.notForSale) }
    guard row.terms.kind != .subscription else { throw failure(.notForSale) }
    let price = try total(quantity, at: self.price(of: row, in: context), maxPrice)
    try placeOrder(
      id: id, listing: listing, quantity: quantity, price: price, buyer: buyer, payer: account(of: buyer), buyerKey: buyerKey,
      funds: .remoteAccount, in: context)
  }

  /// Makes an id that has not arrived worthless.
  static func remoteCancel(listing: UInt64, nonce: UInt64, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let buyer = try remoteParty(origin)
    guard let row = try Marketplace.listings.get(listing, in: context) else { throw failure(.notForSale) }
    let id = orderID(chain: try C.chainID(in: context), listing: listing, buyer: buyer, nonce: nonce)
    guard !Marketplace.orders.exists(id, in: context) else { throw failure(.duplicateOrder) }
    let now = try C.Clock.blockNumber(in: context)
    let order = Marketplace.Order(
      listing: listing, seller: row.seller, buyer: buyer, buyerKey: .zero, kind: row.terms.kind, work: nil, quantity: 0, price: 0,
      asset: row.terms.asset, fee: 0, royalty: 0, bond: 0, manifest: nil, keyCommit: .zero, licence: nil, windows: row.terms.windows,
      state: .cancelled, deadline: try deadline(parameters(in: context).reviewWindow, in: context), orderedAt: now, isReviewed: false,
      challenges: 0)
    Marketplace.orders.set(id, to: order, in: context)
    Marketplace.byParty.set(try account(of: buyer), id, to: true, in: context)
    deposit(.remoteCancelled(order: id), in: context)
  }

  /// Whoever a program from another chain speaks for.
  private static func remoteParty(_ origin: Origin) throws(DispatchError) -> Location {
    guard case .xcm = origin else { throw .badOrigin }
    let party = try party(origin)
    // Accounts of this chain have ids of another kind: one of theirs must not be taken before they place the order.
    guard C.localAccount(of: party) == nil else { throw .badOrigin }
    return party
  }

  // MARK: At the buyer's chain

  static func purchase(
    market: Location, purchase: Marketplace.RemotePurchase, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let account = try origin.signer()
    guard market == market.chain, !market.isHere, purchase.quantity > 0, purchase.maxPrice > 0, purchase.timeout > 0,
      purchase.timeout <= Marketplace.maximumPurchaseTimeout
    else { throw failure(.badPurchase) }
    if purchase.buyerKey != .zero {
      do throws(KeyError) { _ = try PublicKey(compressed: purchase.buyerKey.bytes) } catch { throw failure(.badKey) }
    }
    let nonce = try Marketplace.remoteNonce.get(account, market, in: context) ?? 0
    let identity = try C.Remote.identity(of: account, at: market, in: context)
    let id = orderID(chain: identity.chainID, listing: purchase.listing, buyer: identity.buyer, nonce: nonce)
    guard !Marketplace.remote.exists(id, in: context) else { throw failure(.duplicateOrder) }
    Marketplace.remoteNonce.set(account, market, to: nonce &+ 1, in: context)
    let message = try C.Remote.purchase(purchase, order: id, nonce: nonce, at: market, by: account, in: context)
    Marketplace.remote.set(
      id, to: Marketplace.RemoteOrder(buyer: account, market: market, purchase: purchase, message: message, status: .sent), in: context)
    Marketplace.remoteByMessage.set(message, to: id, in: context)
    deposit(.remoteOrdered(order: id, market: market, message: message), in: context)
  }

  /// Sends a call that a party may make from afar.
  static func actRemotely(
    market: Location, act: Marketplace.RemoteAct, call: Marketplace.Call, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let account = try origin.signer()
    guard market == market.chain, !market.isHere, act.timeout > 0, act.timeout <= Marketplace.maximumPurchaseTimeout else {
      throw failure(.badPurchase)
    }
    guard isRemotable(call) else { throw failure(.notRemotable) }
    let message = try C.Remote.act(call, act, at: market, by: account, in: context)
    deposit(.actSent(market: market, message: message), in: context)
  }

  /// Calls of parties; not those that somebody signs for at the market.
  private static func isRemotable(_ call: Marketplace.Call) -> Bool {
    switch call {
    case .list, .update, .delist, .deliver, .confirm, .complain, .answerChallenge, .openPanel, .review, .reply, .transferLicence,
      .addBond, .takeBond, .remoteCancel, .acceptOffer, .withdrawOffer, .withdraw:
      true
    default: false
    }
  }

  /// Takes note of how a purchase's message ended. Never fails; a message that is no purchase's changes nothing.
  /// - Parameter sender: Whose program sent it: anybody could send a message under the same id.
  public static func purchaseEnded(
    message: H256, by sender: AccountID, _ ending: Marketplace.PurchaseEnding, in context: ExecutionContext
  ) {
    guard let id = (try? Marketplace.remoteByMessage.get(message, in: context)) ?? nil,
      var row = (try? Marketplace.remote.get(id, in: context)) ?? nil, row.status == .sent, row.buyer == sender
    else { return }
    switch ending {
    case .executed:
      row.status = .placed
      deposit(.remotePlaced(order: id), in: context)
    case .failed(let index, let error):
      row.status = .failed(index: index, error: error)
      deposit(.remoteFailed(order: id, index: index, error: error), in: context)
    case .returned:
      row.status = .returned
      deposit(.remoteReturned(order: id), in: context)
    }
    Marketplace.remote.set(id, to: row, in: context)
    Marketplace.remoteByMessage.remove(message, in: context)
  }

  static func forgetPurchase(order id: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    guard let row = try Marketplace.remote.get(id, in: context) else { throw failure(.unknownOrder) }
    guard row.buyer == account else { throw failure(.notParty) }
    guard row.status != .sent else { throw failure(.wrongState) }
    Marketplace.remote.remove(id, in: context)
  }
}

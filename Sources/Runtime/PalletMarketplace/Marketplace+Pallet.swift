internal import Keys
public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

extension Marketplace {
  /// How a message that bought something ended, by the lane's proven receipt.
  public enum PurchaseEnding: Hashable, Sendable {
    case executed
    /// The instruction at `index` failed; the message sends the money home.
    case failed(index: UInt32, error: UInt8)
    /// The message was refused or expired; the money is in the buyer's account again.
    case returned
  }

  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Marketplace.Call
    public typealias Event = Marketplace.Event
    public typealias Failure = Marketplace.Failure

    public static var name: String { "Marketplace" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [
        nextListing.entry, listings.entry, bySeller.entry, byCategory.entry, byTag.entry, listingCount.entry, orders.entry, byParty.entry,
        buyerNonce.entry, keyBoxes.entry, auctions.entry, nextOffer.entry, offers.entry, offerCount.entry, refundable.entry,
        subscriptions.entry, nextLicence.entry, licences.entry, disputes.entry, jurors.entry, sittings.entry, jurorStakes.entry,
        reviews.entry, ratings.entry, held.entry, accepted.entry, cancelEpoch.entry, usedSignatures.entry, storedParameters.entry,
        remote.entry, remoteByMessage.entry, remoteNonce.entry,
      ]
    }
    public static var constants: [PalletConstant] {
      [
        PalletConstant("MinimumPrice", minimumPrice, docs: ["The smallest price of one unit."]),
        PalletConstant("ListingDeposit", C.listingDeposit, docs: ["Held for a listing."]),
        PalletConstant("DepositPerByte", C.depositPerByte, docs: ["Held for each byte of a listing."]),
      ]
    }

    /// From what a call does at most.
    public static func info(of call: Call) -> DispatchInfo {
      let weight: Weight =
        switch call {
        case .list, .listSigned: .of(reads: 20, writes: 22)
        case .update, .cancelAll, .addBond, .takeBond: .of(reads: 8, writes: 6)
        case .delist: .of(reads: 12, writes: 20)
        case .buy, .remoteBuy: .of(reads: 18, writes: 12)
        case .bid, .makeOffer, .withdrawOffer: .of(reads: 14, writes: 10)
        case .closeAuction, .acceptOffer: .of(reads: 24, writes: 20)
        case .subscribe: .of(reads: 8, writes: 6)
        case .topUp, .unsubscribe, .settleSubscription: .of(reads: 24, writes: 16)
        case .deliver: .of(micros: 60, reads: 4, writes: 2)
        case .confirm: .of(reads: 34, writes: 26)
        // A panel of 21, drawn from all jurors or paid.
        case .settle: .of(micros: 1_500, reads: 120, writes: 110)
        case .complain: .of(micros: 600, reads: 24, writes: 18)
        case .answerChallenge: .of(micros: 60, reads: 12, writes: 8)
        case .openPanel: .of(micros: 200, reads: 14, writes: 8)
        case .voteCommit, .voteReveal: .of(reads: 4, writes: 1)
        case .review, .reply: .of(reads: 4, writes: 3)
        case .withdraw: .of(reads: 6, writes: 5)
        case .transferLicence: .of(reads: 3, writes: 1)
        case .remoteCancel: .of(reads: 5, writes: 2)
        case .joinPanel, .leavePanel: .of(micros: 60, reads: 6, writes: 5)
        case .acceptAsset: .of(reads: 12, writes: 10)
        case .setParameters: .of(reads: 1, writes: 1)
        case .prune: .of(reads: 3, writes: 4)
        case .purchase, .actRemotely: .of(reads: 36, writes: 20)
        case .forgetPurchase, .forgetSignature: .of(reads: 2, writes: 1)
        }
      return DispatchInfo(weight)
    }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .list(let listing): try list(listing: listing, origin: origin, in: context)
      case .listSigned(let payload, let signature): try listSigned(payload: payload, signature: signature, origin: origin, in: context)
      case .update(let listing, let changes): try update(listing: listing, changes: changes, origin: origin, in: context)
      case .delist(let listing): try delist(listing: listing, origin: origin, in: context)
      case .cancelAll: try cancelAll(origin: origin, in: context)
      case .buy(let listing, let quantity, let maxPrice, let buyerKey):
        try buy(listing: listing, quantity: quantity, maxPrice: maxPrice, buyerKey: buyerKey, origin: origin, in: context)
      case .bid(let listing, let amount, let buyerKey):
        try bid(listing: listing, amount: amount, buyerKey: buyerKey, origin: origin, in: context)
      case .closeAuction(let listing): try closeAuction(listing: listing, origin: origin, in: context)
      case .makeOffer(let listing, let quantity, let price, let expires, let buyerKey):
        try makeOffer(
          listing: listing, quantity: quantity, price: price, expires: expires, buyerKey: buyerKey, origin: origin, in: context)
      case .acceptOffer(let offer): try acceptOffer(offer: offer, origin: origin, in: context)
      case .withdrawOffer(let offer): try withdrawOffer(offer: offer, origin: origin, in: context)
      case .subscribe(let listing, let prepay): try subscribe(listing: listing, prepay: prepay, origin: origin, in: context)
      case .topUp(let listing, let amount): try topUp(listing: listing, amount: amount, origin: origin, in: context)
      case .unsubscribe(let listing): try unsubscribe(listing: listing, origin: origin, in: context)
      case .settleSubscription(let listing, let account):
        try settleSubscription(listing: listing, account: account, origin: origin, in: context)
      default: try dispatchOrder(call, origin: origin, in: context)
      }
    }

    /// Calls about orders, licences, jurors and the market itself.
    private static func dispatchOrder(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .deliver(let order, let box): try deliver(order: order, box: box, origin: origin, in: context)
      case .confirm(let order): try confirm(order: order, origin: origin, in: context)
      case .complain(let order, let proof): try complain(order: order, proof: proof, origin: origin, in: context)
      case .answerChallenge(let order, let block, let path):
        try answerChallenge(order: order, block: block, path: path, origin: origin, in: context)
      case .openPanel(let order, let evidence): try openPanel(order: order, evidence: evidence, origin: origin, in: context)
      case .voteCommit(let order, let commitment): try voteCommit(order: order, commitment: commitment, origin: origin, in: context)
      case .voteReveal(let order, let buyerShare, let salt):
        try voteReveal(order: order, buyerShare: buyerShare, salt: salt, origin: origin, in: context)
      case .settle(let order): try settle(order: order, origin: origin, in: context)
      case .review(let order, let stars, let text): try review(order: order, stars: stars, text: text, origin: origin, in: context)
      case .reply(let order, let text): try reply(order: order, text: text, origin: origin, in: context)
      case .withdraw(let asset): try withdraw(asset: asset, origin: origin, in: context)
      case .transferLicence(let licence, let to): try transferLicence(licence: licence, to: to, origin: origin, in: context)
      case .remoteBuy(let order, let listing, let quantity, let maxPrice, let buyerKey, let nonce, let validUntil):
        try remoteBuy(
          order: order, listing: listing, quantity: quantity, maxPrice: maxPrice, buyerKey: buyerKey, nonce: nonce,
          validUntil: validUntil, origin: origin, in: context)
      case .remoteCancel(let listing, let nonce): try remoteCancel(listing: listing, nonce: nonce, origin: origin, in: context)
      case .joinPanel: try joinPanel(origin: origin, in: context)
      case .leavePanel: try leavePanel(origin: origin, in: context)
      case .acceptAsset(let asset): try acceptAsset(asset: asset, origin: origin, in: context)
      case .addBond(let listing, let amount): try addBond(listing: listing, amount: amount, origin: origin, in: context)
      case .takeBond(let listing, let amount): try takeBond(listing: listing, amount: amount, origin: origin, in: context)
      case .setParameters(let parameters): try setParameters(parameters, origin: origin, in: context)
      case .prune(let order): try prune(order: order, origin: origin, in: context)
      case .purchase(let market, let purchase): try self.purchase(market: market, purchase: purchase, origin: origin, in: context)
      case .actRemotely(let market, let act, let call):
        try actRemotely(market: market, act: act, call: call, origin: origin, in: context)
      case .forgetSignature(let seller, let hash): try forgetSignature(seller: seller, hash: hash, origin: origin, in: context)
      case .forgetPurchase(let order): try forgetPurchase(order: order, origin: origin, in: context)
      default: throw .unavailable
      }
    }

    private static func setParameters(_ parameters: Parameters, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      try origin.ensureRoot()
      guard parameters.isSound else { throw failure(.badParameters) }
      storedParameters.set(parameters, in: context)
      deposit(.parametersSet, in: context)
    }

    /// Accepts the native asset; the pot has its base already. Called at genesis.
    public static func buildGenesis(native: Location, base: Balance, parameters: Parameters?, in context: ExecutionContext) {
      accepted.set(native, to: base, in: context)
      if let parameters { storedParameters.set(parameters, in: context) }
      putStorageVersion(0, of: name, in: context)
    }
  }
}

extension Marketplace.Parameters {
  /// Whether every figure is within what the rules can bear.
  public var isSound: Bool {
    feeRate <= Marketplace.maximumFeeRate && sellerBondRate <= 1_000_000 && complaintBondRate <= 1_000_000 && crankRate <= 500_000
      && minimumDeliverIn > 0 && minimumDeliverIn <= maximumDeliverIn && minimumComplainIn > 0 && minimumComplainIn <= maximumComplainIn
      && bidIncrement <= 1_000_000 && challengePeriod > 0 && jurors > 0 && jurors % 2 == 1 && jurors <= 21 && jurorStake > 0
      && commitPeriod > 0 && revealPeriod > 0 && reviewWindow > 0
  }
}

public import Keys
public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// Listings, orders in escrow, deliveries that can be proven wrong, and the purchase of all that from other chains.
///
/// Parties are locations: a signed account of this chain, or whoever an XCM program speaks for. Money of an order leaves
/// escrow once, to the seller, the royalty split and the treasury, or back to the buyer. Every state that waits has a
/// deadline and a call by which anybody ends it.
public enum Marketplace {
  /// Most tags of a listing, and bytes of one.
  public static let maximumTags = 8
  /// The smallest price of one unit, in the asset's smallest units.
  public static let minimumPrice: Balance = 1_000_000
  /// The largest fee of the market, in parts of a million.
  public static let maximumFeeRate: UInt32 = 25_000
  /// Most listings of one seller, and open orders of one listing.
  public static let maximumListings: UInt32 = 10_000
  public static let maximumOpenOrders: UInt32 = 10_000
  /// Most offers that wait on one listing.
  public static let maximumOffers: UInt32 = 64
  /// Most blocks of one order's file that may be called not retrievable, one after the other.
  public static let maximumChallenges: UInt8 = 3
  /// Most jurors.
  public static let maximumJurors: UInt32 = 1_024
  /// The longest that a purchase from another chain may take to arrive, in milliseconds: one week.
  public static let maximumPurchaseTimeout: UInt64 = 7 * 24 * 3_600_000

  /// What the runtime fixes for the pallet.
  public protocol Config {
    associatedtype Book: AssetBook
    associatedtype Clock: ChainClock
    associatedtype Currency: NativeCurrency
    associatedtype Royalties: RoyaltyBook
    associatedtype Remote: RemoteMarkets
    static var palletIndex: UInt8 { get }
    /// Holds escrow, bids, bonds and prepaid money.
    static var pot: AccountID { get }
    static var treasury: AccountID { get }
    static var parameters: Parameters { get }
    static var listingDeposit: Balance { get }
    static var depositPerByte: Balance { get }
    /// The account of a location on this chain itself; `nil` for others, whose money goes home by payout.
    static func localAccount(of location: Location) -> AccountID?
    /// The account that any location owns here: a remote party's derived account.
    static func account(of location: Location) -> AccountID?
    /// This chain's number, part of order ids.
    static func chainID(in context: ExecutionContext) throws(DispatchError) -> UInt32
    /// The hash of this chain's first block: what is signed for one chain is worth nothing on another.
    static func genesisHash(in context: ExecutionContext) throws(DispatchError) -> H256
    /// Bytes that nobody knew before block `height` was sealed; its author has one bit of influence.
    /// - Returns: `nil` when the block's hash is not known yet, or not any more.
    static func randomness(for subject: [UInt8], at height: BlockNumber, in context: ExecutionContext) throws(DispatchError) -> H256?
  }

  /// Periods in blocks and rates in parts of a million; root may change them.
  @ScaleCodable(path: "echo_marketplace::Parameters")
  public struct Parameters: Hashable, Sendable {
    /// The market's part of a price, at most ``Marketplace/maximumFeeRate``.
    public var feeRate: UInt32
    /// The seller's bond for an open order, and the bond of whoever complains, as parts of the price.
    public var sellerBondRate: UInt32
    public var complaintBondRate: UInt32
    /// What whoever settles for a defaulting side gets of that side's bond.
    public var crankRate: UInt32
    public var minimumDeliverIn: BlockNumber
    public var maximumDeliverIn: BlockNumber
    public var minimumComplainIn: BlockNumber
    public var maximumComplainIn: BlockNumber
    /// By how much a bid must exceed the last.
    public var bidIncrement: UInt32
    public var snipeWindow: BlockNumber
    public var snipeExtension: BlockNumber
    public var maximumExtensions: UInt8
    /// Time to show a block of a file that was called not retrievable.
    public var challengePeriod: BlockNumber
    public var jurors: UInt8
    public var jurorStake: Balance
    public var commitPeriod: BlockNumber
    public var revealPeriod: BlockNumber
    public var reviewWindow: BlockNumber

    /// The figures of a production chain with blocks of six seconds.
    public static let standard = Parameters(
      feeRate: 10_000, sellerBondRate: 100_000, complaintBondRate: 50_000, crankRate: 100_000, minimumDeliverIn: 10,
      maximumDeliverIn: 100_800, minimumComplainIn: 600, maximumComplainIn: 432_000, bidIncrement: 20_000, snipeWindow: 50,
      snipeExtension: 50, maximumExtensions: 20, challengePeriod: 300, jurors: 5, jurorStake: 1_000_000_000_000, commitPeriod: 28_800,
      revealPeriod: 14_400, reviewWindow: 432_000)

    public init(
      feeRate: UInt32, sellerBondRate: UInt32, complaintBondRate: UInt32, crankRate: UInt32, minimumDeliverIn: BlockNumber,
      maximumDeliverIn: BlockNumber, minimumComplainIn: BlockNumber, maximumComplainIn: BlockNumber, bidIncrement: UInt32,
      snipeWindow: BlockNumber, snipeExtension: BlockNumber, maximumExtensions: UInt8, challengePeriod: BlockNumber, jurors: UInt8,
      jurorStake: Balance, commitPeriod: BlockNumber, revealPeriod: BlockNumber, reviewWindow: BlockNumber
    ) {
      self.feeRate = feeRate
      self.sellerBondRate = sellerBondRate
      self.complaintBondRate = complaintBondRate
      self.crankRate = crankRate
      self.minimumDeliverIn = minimumDeliverIn
      self.maximumDeliverIn = maximumDeliverIn
      self.minimumComplainIn = minimumComplainIn
      self.maximumComplainIn = maximumComplainIn
      self.bidIncrement = bidIncrement
      self.snipeWindow = snipeWindow
      self.snipeExtension = snipeExtension
      self.maximumExtensions = maximumExtensions
      self.challengePeriod = challengePeriod
      self.jurors = jurors
      self.jurorStake = jurorStake
      self.commitPeriod = commitPeriod
      self.revealPeriod = revealPeriod
      self.reviewWindow = reviewWindow
    }
  }

  @ScaleCodable(path: "pallet_marketplace::pallet::Call")
  public indirect enum Call: Hashable, Sendable {
    /// Puts something up for sale. Origin: signed or XCM.
    @ScaleIndex(0) case list(listing: Marketplace.NewListing)
    /// The same with the seller's signature, by anybody. Origin: signed.
    @ScaleIndex(1) case listSigned(payload: Marketplace.SignedListing, signature: MultiSignature)
    /// Changes what new orders get. Origin: the seller.
    @ScaleIndex(2) case update(listing: UInt64, changes: Marketplace.ListingChanges)
    /// Ends a listing without open orders and returns deposit and bond; with open ones it takes no new and ends later.
    /// Origin: the seller.
    @ScaleIndex(3) case delist(listing: UInt64)
    /// Makes every signed listing of the caller's that is not on the chain worthless. Origin: signed.
    @ScaleIndex(4) case cancelAll
    /// Buys at the listing's price. Origin: signed.
    @ScaleIndex(5) case buy(listing: UInt64, quantity: UInt32, maxPrice: Balance, buyerKey: FixedBytes<33>)
    /// Bids in an English auction. Origin: signed.
    @ScaleIndex(6) case bid(listing: UInt64, amount: Balance, buyerKey: FixedBytes<33>)
    /// Ends an auction whose time is over: an order for the highest bidder. Origin: signed, anybody.
    @ScaleIndex(7) case closeAuction(listing: UInt64)
    /// Offers another price, paid into escrow. Origin: signed.
    @ScaleIndex(8) case makeOffer(listing: UInt64, quantity: UInt32, price: Balance, expires: BlockNumber, buyerKey: FixedBytes<33>)
    /// Takes an offer: an order at its price. Origin: the seller.
    @ScaleIndex(9) case acceptOffer(offer: UInt64)
    /// Takes an offer back, or rejects it; anybody after it expired. Origin: its buyer or the seller.
    @ScaleIndex(10) case withdrawOffer(offer: UInt64)
    /// Subscribes with prepaid money. Origin: signed.
    @ScaleIndex(11) case subscribe(listing: UInt64, prepay: Balance)
    /// Adds to the prepaid money of the caller's subscription. Origin: signed.
    @ScaleIndex(12) case topUp(listing: UInt64, amount: Balance)
    /// Ends the caller's subscription and returns what is unspent. Origin: signed.
    @ScaleIndex(13) case unsubscribe(listing: UInt64)
    /// Hands over the key box (93 bytes; empty for what has no key) of an order. Origin: the seller.
    @ScaleIndex(14) case deliver(order: H256, box: [UInt8])
    /// Accepts a delivery: the money is released. Origin: the buyer.
    @ScaleIndex(15) case confirm(order: H256)
    /// Complains with a proof that the chain checks itself. Origin: the buyer.
    @ScaleIndex(16) case complain(order: H256, proof: Marketplace.Complaint)
    /// Shows the block that a complaint called not retrievable. Origin: signed, anybody.
    @ScaleIndex(17) case answerChallenge(order: H256, block: [UInt8], path: [H256])
    /// Has a panel judge the quality. Its jurors are drawn by `settle`, two blocks later at the earliest: nobody knows the
    /// lot when this is called. Origin: the buyer.
    @ScaleIndex(18) case openPanel(order: H256, evidence: [UInt8])
    /// Commits a juror's vote: blake2_256(SCALE(order, juror, buyer share, salt)). Origin: a juror of the panel.
    @ScaleIndex(19) case voteCommit(order: H256, commitment: H256)
    /// Opens it. Origin: a juror of the panel.
    @ScaleIndex(20) case voteReveal(order: H256, buyerShare: UInt32, salt: H256)
    /// Ends whatever has passed its deadline, and draws the jurors of a panel. Origin: signed, anybody.
    @ScaleIndex(21) case settle(order: H256)
    /// Reviews a settled order of the caller's, once. Origin: the buyer.
    @ScaleIndex(22) case review(order: H256, stars: UInt8, text: [UInt8])
    /// Answers a review, once. Origin: the seller.
    @ScaleIndex(23) case reply(order: H256, text: [UInt8])
    /// Takes money that could not be paid out. Origin: signed.
    @ScaleIndex(24) case withdraw(asset: Location)
    /// Hands a transferable licence on. Origin: its holder.
    @ScaleIndex(25) case transferLicence(licence: UInt64, to: Location)
    /// Buys for whoever an XCM program speaks for, from its account here. Origin: XCM.
    @ScaleIndex(26) case remoteBuy(
      order: H256, listing: UInt64, quantity: UInt32, maxPrice: Balance, buyerKey: FixedBytes<33>, nonce: UInt64,
      validUntil: BlockNumber)
    /// Makes an order id of the caller's that has not arrived worthless. Origin: XCM.
    @ScaleIndex(27) case remoteCancel(listing: UInt64, nonce: UInt64)
    /// Stakes to sit on panels. Origin: signed.
    @ScaleIndex(28) case joinPanel
    /// Takes the stake back, while on no panel. Origin: signed.
    @ScaleIndex(29) case leavePanel
    /// Makes an asset acceptable: the caller gives the pots here and of royalties their minimum balance. Origin: signed.
    @ScaleIndex(30) case acceptAsset(asset: Location)
    /// Adds to the bond from which open orders are covered. Origin: the seller.
    @ScaleIndex(31) case addBond(listing: UInt64, amount: Balance)
    /// Takes bond that covers no open order. Origin: the seller.
    @ScaleIndex(32) case takeBond(listing: UInt64, amount: Balance)
    /// Changes periods and rates. Origin: root.
    @ScaleIndex(33) case setParameters(parameters: Marketplace.Parameters)
    /// Removes an ended order after the review window. Origin: signed, anybody.
    @ScaleIndex(34) case prune(order: H256)
    /// Buys on another chain: builds and sends program P1. Origin: signed.
    @ScaleIndex(35) case purchase(market: Location, purchase: Marketplace.RemotePurchase)
    /// Makes a call of this pallet on another chain as oneself. Origin: signed.
    @ScaleIndex(36) case actRemotely(market: Location, act: Marketplace.RemoteAct, call: Marketplace.Call)
    /// Forgets a purchase that has ended. Origin: its buyer.
    @ScaleIndex(37) case forgetPurchase(order: H256)
    /// Pays what was used of a subscription; one with nothing left ends. Origin: signed, anybody.
    @ScaleIndex(38) case settleSubscription(listing: UInt64, account: AccountID)
    /// Forgets that a signed listing was used, once it is void anyway; `hash` is that of what was signed. Origin: signed,
    /// anybody.
    @ScaleIndex(39) case forgetSignature(seller: AccountID, hash: H256)
  }

  @ScaleCodable(path: "pallet_marketplace::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// Something is for sale.
    @ScaleIndex(0) case listed(listing: UInt64, seller: Location)
    /// New orders get other terms.
    @ScaleIndex(1) case updated(listing: UInt64)
    /// A listing ended; deposit and bond are back.
    @ScaleIndex(2) case delisted(listing: UInt64)
    /// An order was placed and paid into escrow.
    @ScaleIndex(3) case ordered(order: H256, listing: UInt64, buyer: Location, price: Balance)
    /// The highest bid of an auction, which ends at `ends_at` unless it is raised.
    @ScaleIndex(4) case bidPlaced(listing: UInt64, bidder: AccountID, amount: Balance, endsAt: BlockNumber)
    /// A bidder was outbid and has the money back, or finds it under `Refundable`.
    @ScaleIndex(5) case outbid(listing: UInt64, bidder: AccountID, amount: Balance)
    /// An auction ended without a bid.
    @ScaleIndex(6) case auctionFailed(listing: UInt64)
    /// An offer waits in escrow.
    @ScaleIndex(7) case offerMade(offer: UInt64, listing: UInt64, buyer: AccountID, price: Balance)
    /// An offer ended and its money is back.
    @ScaleIndex(8) case offerWithdrawn(offer: UInt64)
    /// An account has access while its prepaid money lasts.
    @ScaleIndex(9) case subscribed(listing: UInt64, account: AccountID, prepaid: Balance)
    /// A subscription ended; what was unspent is back.
    @ScaleIndex(10) case unsubscribed(listing: UInt64, account: AccountID, returned: Balance)
    /// A key was delivered, or something without one; the window to complain runs.
    @ScaleIndex(11) case delivered(order: H256, boxHash: H256)
    /// Escrow went to seller, split and treasury: the three sum to the price.
    @ScaleIndex(12) case released(order: H256, seller: Balance, royalty: Balance, fee: Balance)
    /// Escrow went back to the buyer.
    @ScaleIndex(13) case refunded(order: H256, reason: Marketplace.RefundReason)
    /// A complaint was decided.
    @ScaleIndex(14) case complained(order: H256, kind: Marketplace.ComplaintKind, isUpheld: Bool)
    /// A block is to be shown until the deadline.
    @ScaleIndex(15) case challenged(order: H256, block: UInt64, deadline: BlockNumber)
    /// The block was shown.
    @ScaleIndex(16) case challengeAnswered(order: H256)
    /// Jurors were drawn: the panel sits.
    @ScaleIndex(17) case panelOpened(order: H256, jurors: [AccountID])
    /// A juror committed a vote.
    @ScaleIndex(18) case voteCommitted(order: H256, juror: AccountID)
    /// A juror revealed a vote.
    @ScaleIndex(19) case voteRevealed(order: H256, juror: AccountID, buyerShare: UInt32)
    /// The panel gave the buyer this part of the price.
    @ScaleIndex(20) case judged(order: H256, buyerShare: UInt32)
    /// A settled order was reviewed.
    @ScaleIndex(21) case reviewed(listing: UInt64, order: H256, stars: UInt8)
    /// The seller answered a review.
    @ScaleIndex(22) case replied(order: H256)
    /// A buyer holds a licence.
    @ScaleIndex(23) case licenceIssued(licence: UInt64, listing: UInt64, holder: Location)
    /// A licence has another holder.
    @ScaleIndex(24) case licenceTransferred(licence: UInt64, to: Location)
    /// Money could not be paid out and waits to be withdrawn.
    @ScaleIndex(25) case refundWaits(account: AccountID, asset: Location, amount: Balance)
    /// Such money was taken.
    @ScaleIndex(26) case withdrawn(account: AccountID, asset: Location, amount: Balance)
    /// An account joined or left the jurors.
    @ScaleIndex(27) case juror(account: AccountID, isSitting: Bool)
    /// The asset can be paid with from now on.
    @ScaleIndex(28) case assetAccepted(asset: Location)
    /// The bond of a listing changed.
    @ScaleIndex(29) case bondChanged(listing: UInt64, bond: Balance)
    /// Root changed periods or rates.
    @ScaleIndex(30) case parametersSet
    /// An ended order left the state.
    @ScaleIndex(31) case pruned(order: H256)
    /// A purchase left for another chain.
    @ScaleIndex(32) case remoteOrdered(order: H256, market: Location, message: H256)
    /// The market's receipt proves that the order stands there.
    @ScaleIndex(33) case remotePlaced(order: H256)
    /// The market refused; the money is on its way back by the message itself.
    @ScaleIndex(34) case remoteFailed(order: H256, index: UInt32, error: UInt8)
    /// The message was refused or expired; the money is in the buyer's account again.
    @ScaleIndex(35) case remoteReturned(order: H256)
    /// An order id that had not arrived is worthless.
    @ScaleIndex(36) case remoteCancelled(order: H256)
    /// A call left for a market on another chain.
    @ScaleIndex(37) case actSent(market: Location, message: H256)
    /// Signed listings of earlier epochs are void.
    @ScaleIndex(38) case signedCancelled(account: AccountID, epoch: UInt64)
    /// What was used of a subscription went to its seller.
    @ScaleIndex(39) case subscriptionSettled(listing: UInt64, account: AccountID, amount: Balance)
    /// A panel is to be drawn; the hash of the next block decides.
    @ScaleIndex(40) case panelAsked(order: H256)
  }

  @ErrorShape(path: "pallet_marketplace::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// No such listing, or it is delisted or paused, or sold another way.
    case notForSale
    /// The price is above what the buyer accepts.
    case priceMoved
    /// The listing has fewer units, or the quantity is 0.
    case quantityUnavailable
    /// The order's state does not allow this.
    case wrongState
    /// The deadline has not passed.
    case tooEarly
    /// The deadline has passed.
    case tooLate
    /// The proof does not show what it should.
    case badProof
    /// The seller's bond does not cover the order, or there is less to take.
    case bondTooSmall
    /// The market does not accept the asset yet.
    case assetNotAccepted
    /// Royalty and fee exceed the price.
    case royaltyStackTooHigh
    /// Below the reserve, or not enough above the highest bid.
    case bidTooLow
    /// The caller is not the party that may do this.
    case notParty
    /// An order with this id exists or existed, or was cancelled.
    case duplicateOrder
    /// A window outside the market's bounds.
    case windowOutOfRange
    /// An auction runs: its terms and bond stay as they are.
    case frozen
    /// The price is below 1,000,000 smallest units.
    case belowMinimumPrice
    /// No order has this id.
    case unknownOrder
    /// No offer has this number.
    case unknownOffer
    /// Too many tags, tags too long, too many offers, orders or listings, or text too long.
    case tooMuch
    /// The buyer's public key is no point of the curve, or missing where a key is to be delivered.
    case badKey
    /// The box is not 93 bytes with a point of the curve, or not empty where no key is sold.
    case badBox
    /// The signature is not the seller's, is of another epoch, or the listing was used or has expired.
    case badSignature
    /// The subscription exists, or does not.
    case subscription
    /// The kind of listing lacks what it needs: manifest and key for a file, terms for a licence, a fixed price.
    case badListing
    /// No licence has this number, it has expired, or may not be transferred.
    case licence
    /// Too few jurors to draw a panel from.
    case noPanel
    /// Not on the panel, on it already, or voted already.
    case notJuror
    /// The vote is not what was committed, or above 1,000,000.
    case badReveal
    /// Stars outside 1 to 5, or the order is not settled or was reviewed.
    case badReview
    /// Nothing to withdraw.
    case nothingToWithdraw
    /// Parameters outside their bounds.
    case badParameters
    /// The asset is accepted already.
    case assetAccepted
    /// The purchase cannot travel: its chain, asset, fee or timeout.
    case badPurchase
    /// This call cannot be made from another chain.
    case notRemotable
  }
}

/// The royalty pallet as the market sees it.
public protocol RoyaltyBook {
  /// The part of a work's sales that is its royalty, in parts of a million.
  static func stack(of work: H256, in context: ExecutionContext) throws(DispatchError) -> UInt32
  /// Who may sell a work: its owner.
  static func owner(of work: H256, in context: ExecutionContext) throws(DispatchError) -> AccountID
  static func credit(
    work: H256, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError)
  /// Makes sure that sales of a work in an asset can be credited. Called when its owner lists it.
  static func reserve(_ asset: Location, for work: H256, in context: ExecutionContext) throws(DispatchError)
  /// Owes an amount to somebody on another chain, who is paid by payout.
  static func owe(
    _ party: Location, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError)
  static func accepts(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool
  static func accept(_ asset: Location, from payer: AccountID, in context: ExecutionContext) throws(DispatchError)
}

/// Builds and sends the programs of buyers and sellers to markets on other chains (program P1).
public protocol RemoteMarkets {
  /// The location of an account here as the market sees it, and the market's number.
  static func identity(
    of account: AccountID, at market: Location, in context: ExecutionContext
  ) throws(DispatchError) -> (buyer: Location, chainID: UInt32)
  /// Sends a purchase.
  /// - Returns: The message's id, under which its ending is told.
  static func purchase(
    _ purchase: Marketplace.RemotePurchase, order: H256, nonce: UInt64, at market: Location, by account: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256
  /// Sends a call of this pallet.
  static func act(
    _ call: Marketplace.Call, _ act: Marketplace.RemoteAct, at market: Location, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256
}

public import Primitives
public import ScaleCodec
public import XCM

// What calls carry and storage keeps.

extension Marketplace {
  /// What is sold.
  @ScaleCodable(path: "echo_marketplace::ListingKind")
  public enum ListingKind: Hashable, Sendable {
    @ScaleIndex(0) case file
    @ScaleIndex(1) case service
    @ScaleIndex(2) case licence
    @ScaleIndex(3) case compute
    @ScaleIndex(4) case subscription
  }

  /// How a listing is sold. Prices are of one unit; a subscription's is of one block.
  @ScaleCodable(path: "echo_marketplace::Sale")
  public enum Sale: Hashable, Sendable {
    @ScaleIndex(0) case fixed(price: Balance)
    /// Ends `duration` blocks after the listing; quantity 1.
    @ScaleIndex(1) case english(reserve: Balance, duration: BlockNumber)
    /// Falls evenly from `start` to `floor` over `duration` blocks and stays there.
    @ScaleIndex(2) case dutch(start: Balance, floor: Balance, duration: BlockNumber)
  }

  /// What the chain needs of a file's manifest to judge complaints.
  @ScaleCodable(path: "echo_marketplace::ManifestRef")
  public struct ManifestRef: Hashable, Sendable {
    /// SHA-256 of the manifest's bytes.
    public var hash: H256
    /// Bytes of the encrypted and of the plain file.
    public var cipherSize: UInt64
    public var plainSize: UInt64
    public var salt: FixedBytes<16>
    public var auditRoot: H256
    public var plainRoot: H256
    public init(hash: H256, cipherSize: UInt64, plainSize: UInt64, salt: FixedBytes<16>, auditRoot: H256, plainRoot: H256) {
      self.hash = hash
      self.cipherSize = cipherSize
      self.plainSize = plainSize
      self.salt = salt
      self.auditRoot = auditRoot
      self.plainRoot = plainRoot
    }
  }

  /// What a licence permits: bits 0 view, 1 commercial, 2 derive, 3 train.
  @ScaleCodable(path: "echo_marketplace::LicenceTerms")
  public struct LicenceTerms: Hashable, Sendable {
    public var uses: UInt8
    public var seats: UInt32
    /// Regions as bits; 0 for everywhere.
    public var territory: UInt64
    /// Blocks that it lasts; 0 for ever.
    public var term: BlockNumber
    public var isTransferable: Bool
    /// The share of a derived work's sales, in parts of a million.
    public var derivativeShare: UInt32
    /// Whether that share is absolute in all descendants (true) or flows parent by parent.
    public var isAbsolute: Bool
    /// blake2_256 of the text.
    public var text: H256
    public init(
      uses: UInt8, seats: UInt32, territory: UInt64, term: BlockNumber, isTransferable: Bool, derivativeShare: UInt32, isAbsolute: Bool,
      text: H256
    ) {
      self.uses = uses
      self.seats = seats
      self.territory = territory
      self.term = term
      self.isTransferable = isTransferable
      self.derivativeShare = derivativeShare
      self.isAbsolute = isAbsolute
      self.text = text
    }
  }

  /// The periods of an order.
  @ScaleCodable(path: "echo_marketplace::Windows")
  public struct Windows: Hashable, Sendable {
    /// Blocks that the seller has to deliver, and the buyer to complain after that.
    public var deliverIn: BlockNumber
    public var complainIn: BlockNumber
    public init(deliverIn: BlockNumber, complainIn: BlockNumber) {
      self.deliverIn = deliverIn
      self.complainIn = complainIn
    }
  }

  /// Everything that a seller states of a listing.
  @ScaleCodable(path: "echo_marketplace::NewListing")
  public struct NewListing: Hashable, Sendable {
    public var kind: Marketplace.ListingKind
    /// Sales of it are credited to its split; absent for what owes nobody.
    public var work: H256?
    public var sale: Marketplace.Sale
    public var asset: Location
    public var quantity: UInt32
    public var manifest: Marketplace.ManifestRef?
    /// sha256("echo/key/v1" ‖ key); zero for what has no key.
    public var keyCommit: H256
    public var licence: Marketplace.LicenceTerms?
    public var windows: Marketplace.Windows
    /// Put up by the seller in the listing's asset; each open order needs its part.
    public var bond: Balance
    public var category: UInt16
    public var tags: BoundedVector<BoundedVector<UInt8, 24>, 8>
    /// The content id of the description, or short text.
    public var meta: BoundedVector<UInt8, 128>
    public init(
      kind: Marketplace.ListingKind, work: H256?, sale: Marketplace.Sale, asset: Location, quantity: UInt32,
      manifest: Marketplace.ManifestRef?, keyCommit: H256, licence: Marketplace.LicenceTerms?, windows: Marketplace.Windows,
      bond: Balance, category: UInt16, tags: BoundedVector<BoundedVector<UInt8, 24>, 8>, meta: BoundedVector<UInt8, 128>
    ) {
      self.kind = kind
      self.work = work
      self.sale = sale
      self.asset = asset
      self.quantity = quantity
      self.manifest = manifest
      self.keyCommit = keyCommit
      self.licence = licence
      self.windows = windows
      self.bond = bond
      self.category = category
      self.tags = tags
      self.meta = meta
    }
  }

  /// A listing that its seller has signed and not sent; the signature is over SCALE("echo/listing/v1", hash of the first block, payload).
  @ScaleCodable(path: "echo_marketplace::SignedListing")
  public struct SignedListing: Hashable, Sendable {
    public var seller: AccountID
    public var listing: Marketplace.NewListing
    public var epoch: UInt64
    public var salt: UInt64
    public var validUntil: BlockNumber
    public init(seller: AccountID, listing: Marketplace.NewListing, epoch: UInt64, salt: UInt64, validUntil: BlockNumber) {
      self.seller = seller
      self.listing = listing
      self.epoch = epoch
      self.salt = salt
      self.validUntil = validUntil
    }
  }

  /// What changes; absent fields stay.
  @ScaleCodable(path: "echo_marketplace::ListingChanges")
  public struct ListingChanges: Hashable, Sendable {
    public var price: Balance?
    public var quantity: UInt32?
    public var meta: BoundedVector<UInt8, 128>?
    public var isPaused: Bool?
    public init(price: Balance?, quantity: UInt32?, meta: BoundedVector<UInt8, 128>?, isPaused: Bool?) {
      self.price = price
      self.quantity = quantity
      self.meta = meta
      self.isPaused = isPaused
    }
  }

  /// Whether a listing takes orders.
  @ScaleCodable(path: "echo_marketplace::ListingStatus")
  public enum ListingStatus: Hashable, Sendable {
    @ScaleIndex(0) case active
    @ScaleIndex(1) case paused
    /// Takes no new orders; ends with the last open one.
    @ScaleIndex(2) case ending
  }

  /// A listing as it stands.
  @ScaleCodable(path: "echo_marketplace::Listing")
  public struct Listing: Hashable, Sendable {
    public var seller: Location
    /// What was listed; `quantity` is what is left, `bond` what is put up.
    public var terms: Marketplace.NewListing
    public var status: Marketplace.ListingStatus
    public var openOrders: UInt32
    /// The part of the bond that open orders need.
    public var bondInUse: Balance
    /// Native units held on the seller's account here.
    public var deposit: Balance
    public var listedAt: BlockNumber
  }

  /// Where an order stands; states only move forward.
  @ScaleCodable(path: "echo_marketplace::OrderState")
  public enum OrderState: Hashable, Sendable {
    /// Paid; the seller is to deliver by the deadline.
    @ScaleIndex(0) case funded
    /// Delivered; the buyer may complain until the deadline.
    @ScaleIndex(1) case delivered
    /// A block of the file is to be shown by the deadline; then `remaining` blocks are left to complain.
    @ScaleIndex(2) case challenged(block: UInt64, bond: Balance, remaining: BlockNumber)
    /// A panel is to be drawn or sits; commits end, then reveals at the deadline.
    @ScaleIndex(3) case judging
    @ScaleIndex(4) case released
    @ScaleIndex(5) case refunded
    /// Judged: the buyer's part in parts of a million.
    @ScaleIndex(6) case split(buyerShare: UInt32)
    /// A remote order that was cancelled before it arrived.
    @ScaleIndex(7) case cancelled
  }

  /// An order keeps a copy of everything that it was made with: edits of the listing never reach it.
  @ScaleCodable(path: "echo_marketplace::Order")
  public struct Order: Hashable, Sendable {
    public var listing: UInt64
    public var seller: Location
    public var buyer: Location
    /// Absent (zeros) when nothing with a key was bought.
    public var buyerKey: FixedBytes<33>
    public var kind: Marketplace.ListingKind
    public var work: H256?
    public var quantity: UInt32
    /// Of the whole order: what is in escrow.
    public var price: Balance
    public var asset: Location
    /// The parts of ``price`` that the market and the split get.
    public var fee: Balance
    public var royalty: Balance
    /// The seller's bond for this order.
    public var bond: Balance
    public var manifest: Marketplace.ManifestRef?
    public var keyCommit: H256
    public var licence: Marketplace.LicenceTerms?
    public var windows: Marketplace.Windows
    public var state: Marketplace.OrderState
    public var deadline: BlockNumber
    public var orderedAt: BlockNumber
    public var isReviewed: Bool
    /// How many blocks of the file were called not retrievable.
    public var challenges: UInt8
  }

  /// Why a buyer got the money back.
  @ScaleCodable(path: "echo_marketplace::RefundReason")
  public enum RefundReason: Hashable, Sendable {
    @ScaleIndex(0) case notDelivered
    @ScaleIndex(1) case wrongKey
    @ScaleIndex(2) case wrongContent
    @ScaleIndex(3) case notRetrievable
  }

  /// What a complaint is about.
  @ScaleCodable(path: "echo_marketplace::ComplaintKind")
  public enum ComplaintKind: Hashable, Sendable {
    @ScaleIndex(0) case wrongKey
    @ScaleIndex(1) case wrongContent
    @ScaleIndex(2) case notRetrievable
    @ScaleIndex(3) case quality
  }

  /// The point that buyer's key and box share, with a proof that it is that point (Chaum and Pedersen).
  @ScaleCodable(path: "echo_marketplace::SharedPoint")
  public struct SharedPoint: Hashable, Sendable {
    public var point: FixedBytes<33>
    public var challenge: H256
    public var response: H256
    public init(point: FixedBytes<33>, challenge: H256, response: H256) {
      self.point = point
      self.challenge = challenge
      self.response = response
    }
  }

  /// What a buyer says against a delivery.
  @ScaleCodable(path: "echo_marketplace::Complaint")
  public enum Complaint: Hashable, Sendable {
    /// C2: the box does not open, or to another key than was committed.
    @ScaleIndex(0) case wrongKey(shared: Marketplace.SharedPoint)
    /// C3: with the delivered key, block `index` (4,096 bytes) of the encrypted file is not what the plain file has
    /// there. `plainLeaf` is the leaf that ``ManifestRef/plainRoot`` has at this place.
    @ScaleIndex(1) case wrongContent(
      shared: Marketplace.SharedPoint, index: UInt64, block: [UInt8], path: [H256], plainLeaf: H256, plainPath: [H256])
    /// C4: nobody serves this block.
    @ScaleIndex(2) case notRetrievable(index: UInt64)
  }

  /// An English auction that runs.
  @ScaleCodable(path: "echo_marketplace::Auction")
  public struct Auction: Hashable, Sendable {
    public var reserve: Balance
    public var high: Balance
    public var highBidder: AccountID?
    public var buyerKey: FixedBytes<33>
    public var endsAt: BlockNumber
    public var extensions: UInt8
  }

  /// An offer that waits.
  @ScaleCodable(path: "echo_marketplace::Offer")
  public struct Offer: Hashable, Sendable {
    public var listing: UInt64
    public var buyer: AccountID
    public var buyerKey: FixedBytes<33>
    public var quantity: UInt32
    public var price: Balance
    public var asset: Location
    public var expires: BlockNumber
  }

  /// Access stands while `prepaid ≥ rate · (now − lastSettled)`.
  @ScaleCodable(path: "echo_marketplace::Subscription")
  public struct Subscription: Hashable, Sendable {
    public var ratePerBlock: Balance
    public var prepaid: Balance
    public var lastSettled: BlockNumber
    public var asset: Location
    public var seller: Location
    public var work: H256?
  }

  /// A licence that somebody holds.
  @ScaleCodable(path: "echo_marketplace::Licence")
  public struct Licence: Hashable, Sendable {
    public var listing: UInt64
    public var order: H256
    public var work: H256?
    public var holder: Location
    public var terms: Marketplace.LicenceTerms
    public var seats: UInt32
    /// The first block in which it is void; 0 for never.
    public var expires: BlockNumber
  }

  /// Who may be drawn for panels.
  @ScaleCodable(path: "echo_marketplace::Juror")
  public struct Juror: Hashable, Sendable {
    public var account: AccountID
    /// Drawn only for panels that were asked for in this block or later.
    public var since: BlockNumber
    public init(account: AccountID, since: BlockNumber) {
      self.account = account
      self.since = since
    }
  }

  /// What a juror of a panel has done.
  @ScaleCodable(path: "echo_marketplace::JurorVote")
  public struct JurorVote: Hashable, Sendable {
    public var juror: AccountID
    public var commitment: H256?
    /// The buyer's share that was revealed.
    public var vote: UInt32?
  }

  /// A panel that sits on an order.
  @ScaleCodable(path: "echo_marketplace::Dispute")
  public struct Dispute: Hashable, Sendable {
    /// Of the buyer.
    public var bond: Balance
    public var evidence: BoundedVector<UInt8, 128>
    /// Empty until the jurors are drawn.
    public var votes: [Marketplace.JurorVote]
    /// The block in which it was asked for; the hash of the next one draws the jurors.
    public var openedAt: BlockNumber
    /// Whether jurors were drawn before and too few of them voted.
    public var isSecond: Bool
    public var commitUntil: BlockNumber
    public var revealUntil: BlockNumber
  }

  /// What a buyer says of a settled order.
  @ScaleCodable(path: "echo_marketplace::Review")
  public struct Review: Hashable, Sendable {
    public var stars: UInt8
    public var text: BoundedVector<UInt8, 128>
    public var at: BlockNumber
    public var reply: BoundedVector<UInt8, 128>?
  }

  /// What is known of a listing, in counts.
  @ScaleCodable(path: "echo_marketplace::Rating")
  public struct Rating: Hashable, Sendable {
    /// Reviews with one to five stars.
    public var one: UInt32
    public var two: UInt32
    public var three: UInt32
    public var four: UInt32
    public var five: UInt32
    public var settled: UInt32
    public var refunded: UInt32
    public var complaints: UInt32
    public init() { (one, two, three, four, five, settled, refunded, complaints) = (0, 0, 0, 0, 0, 0, 0, 0) }
  }

  /// Money of the market by what it is for; with the pot's base they sum to its balance (invariant I1).
  @ScaleCodable(path: "echo_marketplace::Held")
  public struct Held: Hashable, Sendable {
    public var escrow: Balance
    /// Highest bids and offers.
    public var bids: Balance
    public var prepaid: Balance
    public var refundable: Balance
    /// Of sellers and complainants; jurors' stakes are holds on their own accounts.
    public var bonds: Balance
    public init() { (escrow, bids, prepaid, refundable, bonds) = (0, 0, 0, 0, 0) }
  }

  // MARK: From another chain

  /// A purchase on another chain, as its buyer orders it.
  @ScaleCodable(path: "echo_marketplace::RemotePurchase")
  public struct RemotePurchase: Hashable, Sendable {
    public var listing: UInt64
    public var quantity: UInt32
    /// The listing's asset as seen from the buyer's chain, and the most that the order may cost.
    public var asset: Location
    public var maxPrice: Balance
    /// Of the same asset, for execution at the market and for the way back: what is left ends in the buyer's account there.
    public var fees: Balance
    public var buyerKey: FixedBytes<33>
    /// The last block of the market in which the order may be placed.
    public var validUntil: BlockNumber
    /// Milliseconds after which the message is void.
    public var timeout: UInt64
    public init(
      listing: UInt64, quantity: UInt32, asset: Location, maxPrice: Balance, fees: Balance, buyerKey: FixedBytes<33>,
      validUntil: BlockNumber, timeout: UInt64
    ) {
      self.listing = listing
      self.quantity = quantity
      self.asset = asset
      self.maxPrice = maxPrice
      self.fees = fees
      self.buyerKey = buyerKey
      self.validUntil = validUntil
      self.timeout = timeout
    }
  }

  /// What travels with a call that is made on another chain.
  @ScaleCodable(path: "echo_marketplace::RemoteAct")
  public struct RemoteAct: Hashable, Sendable {
    /// As seen from the caller's chain.
    public var asset: Location
    /// Put into the caller's account at the market before the call: bonds and deposits.
    public var deposit: Balance
    /// For execution.
    public var fees: Balance
    public var timeout: UInt64
    public init(asset: Location, deposit: Balance, fees: Balance, timeout: UInt64) {
      self.asset = asset
      self.deposit = deposit
      self.fees = fees
      self.timeout = timeout
    }
  }

  /// Where a purchase on another chain stands.
  @ScaleCodable(path: "echo_marketplace::RemoteStatus")
  public enum RemoteStatus: Hashable, Sendable {
    @ScaleIndex(0) case sent
    /// The market's receipt proves the order.
    @ScaleIndex(1) case placed
    /// Refused there; its message sends the money home.
    @ScaleIndex(2) case failed(index: UInt32, error: UInt8)
    /// Never executed; the money was given back here.
    @ScaleIndex(3) case returned
  }

  /// A purchase that was sent from here.
  @ScaleCodable(path: "echo_marketplace::RemoteOrder")
  public struct RemoteOrder: Hashable, Sendable {
    public var buyer: AccountID
    public var market: Location
    public var purchase: Marketplace.RemotePurchase
    public var message: H256
    public var status: Marketplace.RemoteStatus
  }
}

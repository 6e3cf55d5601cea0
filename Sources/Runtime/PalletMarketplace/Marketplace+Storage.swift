public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

extension Marketplace {
  public typealias Tag = BoundedVector<UInt8, 24>

  public static let nextListing = StorageValue<UInt64>("Marketplace", "NextListing", default: 0, docs: ["The number of the next listing."])
  public static let listings = OptionalStorageMap<UInt64, Listing>(
    "Marketplace", "Listings", hasher: .twox64Concat, docs: ["Listings by their number."])
  public static let bySeller = StorageDoubleMap<AccountID, UInt64, Bool>(
    "Marketplace", "BySeller", hashers: (.blake2b128Concat, .twox64Concat), docs: ["Listings by the seller's account here."])
  public static let byCategory = StorageDoubleMap<UInt16, UInt64, Bool>(
    "Marketplace", "ByCategory", hashers: (.blake2b128Concat, .twox64Concat), docs: ["Listings by category."])
  public static let byTag = StorageDoubleMap<Tag, UInt64, Bool>(
    "Marketplace", "ByTag", hashers: (.blake2b128Concat, .twox64Concat), docs: ["Listings by tag."])
  public static let listingCount = StorageMap<AccountID, UInt32>(
    "Marketplace", "ListingCount", hasher: .blake2b128Concat, default: 0, docs: ["Listings of a seller that have not ended."])
  public static let orders = OptionalStorageMap<H256, Order>("Marketplace", "Orders", hasher: .blake2b128Concat, docs: ["Orders by id."])
  /// Orders by the account here of either party.
  public static let byParty = StorageDoubleMap<AccountID, H256, Bool>(
    "Marketplace", "ByParty", hashers: (.blake2b128Concat, .blake2b128Concat), docs: ["Orders by the account here of buyer and seller."])
  public static let buyerNonce = StorageMap<AccountID, UInt64>(
    "Marketplace", "BuyerNonce", hasher: .blake2b128Concat, default: 0, docs: ["The nonce of an account's next order."])
  public static let keyBoxes = OptionalStorageMap<H256, BoundedVector<UInt8, 128>>(
    "Marketplace", "KeyBoxes", hasher: .blake2b128Concat, docs: ["Delivered keys, encrypted to the buyer."])
  public static let auctions = OptionalStorageMap<UInt64, Auction>(
    "Marketplace", "Auctions", hasher: .twox64Concat, docs: ["English auctions by listing."])
  public static let nextOffer = StorageValue<UInt64>("Marketplace", "NextOffer", default: 0, docs: ["The number of the next offer."])
  public static let offers = OptionalStorageMap<UInt64, Offer>("Marketplace", "Offers", hasher: .twox64Concat, docs: ["Offers by number."])
  public static let offerCount = StorageMap<UInt64, UInt32>(
    "Marketplace", "OfferCount", hasher: .twox64Concat, default: 0, docs: ["Offers that wait on a listing."])
  public static let refundable = StorageDoubleMap<AccountID, Location, Balance>(
    "Marketplace", "Refundable", hashers: (.blake2b128Concat, .twox64Concat), docs: ["Money that could not be paid out, to be withdrawn."])
  public static let subscriptions = StorageDoubleMap<UInt64, AccountID, Subscription>(
    "Marketplace", "Subscriptions", hashers: (.twox64Concat, .blake2b128Concat), docs: ["Subscriptions by listing and account."])
  public static let nextLicence = StorageValue<UInt64>("Marketplace", "NextLicence", default: 0, docs: ["The number of the next licence."])
  public static let licences = OptionalStorageMap<UInt64, Licence>(
    "Marketplace", "Licences", hasher: .twox64Concat, docs: ["Licences by number."])
  public static let disputes = OptionalStorageMap<H256, Dispute>(
    "Marketplace", "Disputes", hasher: .blake2b128Concat, docs: ["Panels by order."])
  public static let jurors = StorageValue<[Juror]>("Marketplace", "Jurors", default: [], docs: ["Who may be drawn for panels."])
  /// How many panels a juror sits on.
  public static let sittings = StorageMap<AccountID, UInt32>(
    "Marketplace", "Sittings", hasher: .blake2b128Concat, default: 0, docs: ["Panels that a juror sits on."])
  public static let jurorStakes = OptionalStorageMap<AccountID, Balance>(
    "Marketplace", "JurorStakes", hasher: .blake2b128Concat, docs: ["What jurors have staked, in the native asset."])
  public static let reviews = StorageDoubleMap<UInt64, H256, Review>(
    "Marketplace", "Reviews", hashers: (.twox64Concat, .blake2b128Concat), docs: ["Reviews by listing and order."])
  public static let ratings = OptionalStorageMap<UInt64, Rating>(
    "Marketplace", "Ratings", hasher: .twox64Concat, docs: ["Counts of reviews and outcomes by listing."])
  public static let held = OptionalStorageMap<Location, Held>(
    "Marketplace", "Held", hasher: .twox64Concat, docs: ["The market's money by what it is for."])
  public static let accepted = OptionalStorageMap<Location, Balance>(
    "Marketplace", "Accepted", hasher: .twox64Concat, docs: ["Assets that can be paid with, and the pot's own minimum balance."])
  public static let cancelEpoch = StorageMap<AccountID, UInt64>(
    "Marketplace", "CancelEpoch", hasher: .blake2b128Concat, default: 0, docs: ["Signed listings of earlier epochs are void."])
  /// Signed listings that were used, with the height up to which they would be good.
  public static let usedSignatures = StorageDoubleMap<AccountID, H256, BlockNumber>(
    "Marketplace", "UsedSignatures", hashers: (.blake2b128Concat, .blake2b128Concat), docs: ["Signed listings that were used."])
  public static let storedParameters = OptionalStorageValue<Parameters>(
    "Marketplace", "Parameters", docs: ["Periods and rates, where root has changed them."])
  public static let remote = OptionalStorageMap<H256, RemoteOrder>(
    "Marketplace", "Remote", hasher: .blake2b128Concat, docs: ["Purchases on other chains that were sent from here."])
  public static let remoteByMessage = OptionalStorageMap<H256, H256>(
    "Marketplace", "RemoteByMessage", hasher: .blake2b128Concat, docs: ["Those orders by the id of their message."])
  /// The nonce of an account's next purchase at a market.
  public static let remoteNonce = StorageDoubleMap<AccountID, Location, UInt64>(
    "Marketplace", "RemoteNonce", hashers: (.blake2b128Concat, .twox64Concat),
    docs: ["The nonce of an account's next purchase at a market."])
}

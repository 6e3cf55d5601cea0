internal import Hashing
public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

extension Royalty {
  /// A registered work.
  @ScaleCodable(path: "echo_royalty::Work")
  public struct Work: Hashable, Sendable {
    public var owner: AccountID
    /// Shared by the contributors.
    public var ownSplit: UInt64
    /// What sales are credited to: the contributors' pot and those of the ancestors or parents. ``ownSplit`` when there are none.
    public var saleSplit: UInt64
    public var parents: [H256]
    /// Generations above this work.
    public var depth: UInt8
    /// The part of a sale that is credited, in parts of a million.
    public var stack: UInt32
    /// The ancestors' part of ``stack``.
    public var ancestorShare: UInt32
    public var mode: Royalty.DerivativeMode
    public var meta: H256
  }

  /// A set of members with units.
  @ScaleCodable(path: "echo_royalty::Split")
  public struct Split: Hashable, Sendable {
    /// Who may change the members; absent for splits of works with ancestors and for those of one party.
    public var controller: AccountID?
    public var memberCount: UInt32
    /// Rises with every activated change; members are kept by version.
    public var version: UInt32
    public var isImmutable: Bool
    /// Assets in which there was income.
    public var assets: UInt32
    public var deposit: Balance
  }

  /// The account of one asset of one split.
  @ScaleCodable(path: "echo_royalty::Acc")
  public struct Acc: Hashable, Sendable {
    /// What one unit has earned since the split began.
    public var perUnit: UInt128
    /// What is left of all income after the whole units: below ``Royalty/units``.
    public var carry: UInt32
    public var received: Balance
    public var paid: Balance
    /// Out on messages that have not ended.
    public var inFlight: Balance
    /// The hash of all rows of the statement.
    public var head: H256
    /// How many rows there are.
    public var n: UInt64
    /// The block of the last row.
    public var lastBlock: BlockNumber

    public init() {
      (perUnit, carry, received, paid, inFlight, head, n, lastBlock) = (0, 0, 0, 0, 0, .zero, 0, 0)
    }
  }

  /// What a party has earned of one asset in one split.
  @ScaleCodable(path: "echo_royalty::Entry")
  public struct Entry: Hashable, Sendable {
    /// The version of the split up to which it is settled, and ``Acc/perUnit`` at that point.
    public var version: UInt32
    public var last: UInt128
    public var due: Balance
    public var claimed: Balance
  }

  /// Members that come into force at a block.
  @ScaleCodable(path: "echo_royalty::PendingChange")
  public struct PendingChange: Hashable, Sendable {
    public var members: [Royalty.Share]
    public var activeFrom: BlockNumber
  }

  /// One party's part of a payout.
  @ScaleCodable(path: "echo_royalty::PayoutItem")
  public struct PayoutItem: Hashable, Sendable {
    public var claim: Royalty.Claim
    public var beneficiary: Location
    public var amount: Balance
  }

  /// Where a payout stands.
  @ScaleCodable(path: "echo_royalty::PayoutState")
  public enum PayoutState: Hashable, Sendable {
    @ScaleIndex(0) case sent
    /// The items from `paid` on are on their way back.
    @ScaleIndex(1) case failed(paid: UInt32)
    /// The items that were not paid could not be sent home either; root states which.
    @ScaleIndex(2) case stranded
  }

  /// A payout that has not ended.
  @ScaleCodable(path: "echo_royalty::InFlight")
  public struct InFlight: Hashable, Sendable {
    public var chain: Location
    public var asset: Location
    /// What has not come back of those behind ``PayoutState/failed(paid:)``.
    public var items: [Royalty.PayoutItem]
    /// What the ways out and home can have cost, in the asset.
    public var fee: Balance
    /// Paid the delivery, and gets it back should nobody earn it.
    public var payer: AccountID
    public var message: H256
    public var state: Royalty.PayoutState
    public var sentAt: BlockNumber
  }

  /// A payment that blocks with room make.
  @ScaleCodable(path: "echo_royalty::AutomaticPayment")
  public struct AutomaticPayment: Hashable, Sendable {
    public var claim: Royalty.Claim
    public var asset: Location
  }

  /// A row of a statement, as it is hashed: `head = blake2_256(head ‖ SCALE(row))`.
  @ScaleCodable(path: "echo_royalty::StatementRow")
  public struct StatementRow: Hashable, Sendable {
    public var n: UInt64
    public var work: H256
    /// The order, or what the payer stated.
    public var reference: H256
    public var asset: Location
    public var amount: Balance
    public var block: BlockNumber
    public init(n: UInt64, work: H256, reference: H256, asset: Location, amount: Balance, block: BlockNumber) {
      self.n = n
      self.work = work
      self.reference = reference
      self.asset = asset
      self.amount = amount
      self.block = block
    }
  }

  public static let works = OptionalStorageMap<H256, Work>("Royalty", "Works", hasher: .blake2b128Concat, docs: ["Works by their id."])
  public static let nextSplit = StorageValue<UInt64>("Royalty", "NextSplit", default: 0, docs: ["The number of the next split."])
  public static let splits = OptionalStorageMap<UInt64, Split>(
    "Royalty", "Splits", hasher: .twox64Concat, docs: ["Splits by their number."])
  /// Units by (split, version), then party.
  public static let members = StorageDoubleMap<Pair<UInt64, UInt32>, Party, UInt32>(
    "Royalty", "Members", hashers: (.twox64Concat, .blake2b128Concat), docs: ["Units of the members of a split, by version."])
  public static let acc = StorageDoubleMap<UInt64, Location, Acc>(
    "Royalty", "Acc", hashers: (.twox64Concat, .twox64Concat), docs: ["What a split has earned, by asset."])
  /// `perUnit` when a version of a split ended, by (split, version), then asset.
  public static let closings = StorageDoubleMap<Pair<UInt64, UInt32>, Location, UInt128>(
    "Royalty", "Closings", hashers: (.twox64Concat, .twox64Concat), docs: ["What one unit had earned when a version of a split ended."])
  /// By (split, party), then asset.
  public static let ledger = StorageDoubleMap<Pair<UInt64, Party>, Location, Entry>(
    "Royalty", "Ledger", hashers: (.blake2b128Concat, .twox64Concat), docs: ["What parties have earned, by split and asset."])
  public static let pendingChanges = OptionalStorageMap<UInt64, PendingChange>(
    "Royalty", "PendingChanges", hasher: .twox64Concat, docs: ["Announced changes of members."])
  public static let ancestors = OptionalStorageMap<H256, [Share]>(
    "Royalty", "Ancestors", hasher: .blake2b128Concat, docs: ["Shares of all ancestors' splits in a work's sales."])
  public static let payouts = OptionalStorageMap<Party, PayoutTerms>(
    "Royalty", "Payout", hasher: .blake2b128Concat, docs: ["Where and how parties are paid."])
  public static let nextPayout = StorageValue<UInt64>("Royalty", "NextPayout", default: 0, docs: ["The number of the next payout."])
  public static let inFlight = OptionalStorageMap<UInt64, InFlight>(
    "Royalty", "InFlight", hasher: .twox64Concat, docs: ["Payouts that have not ended."])
  public static let payoutByMessage = OptionalStorageMap<H256, UInt64>(
    "Royalty", "PayoutByMessage", hasher: .blake2b128Concat, docs: ["Payouts by the id of their message."])
  public static let paidAlone = OptionalStorageMap<Party, Bool>(
    "Royalty", "PaidAlone", hasher: .blake2b128Concat, docs: ["Parties whose last payment failed: no others travel with theirs."])
  /// By child, then parent.
  public static let frozenEdges = StorageDoubleMap<H256, H256, Bool>(
    "Royalty", "FrozenEdges", hashers: (.blake2b128Concat, .blake2b128Concat), docs: ["Edges between works that are disputed."])
  /// Everything that the pot owes: credited and not paid or in flight, carry included.
  public static let accounted = StorageMap<Location, Balance>(
    "Royalty", "Accounted", hasher: .twox64Concat, default: 0, docs: ["What the pot owes, by asset."])
  /// What the pot keeps so that it can take any amount.
  public static let accepted = OptionalStorageMap<Location, Balance>(
    "Royalty", "Accepted", hasher: .twox64Concat, docs: ["Assets that can be credited, with the pot's own minimum balance."])
  /// The split of a single party, for what is owed outside works.
  public static let soleSplits = OptionalStorageMap<Party, UInt64>(
    "Royalty", "SoleSplits", hasher: .blake2b128Concat, docs: ["The split that belongs to one party alone."])
  /// Edges between splits that are frozen, by the split that owes.
  public static let frozenSplits = StorageDoubleMap<UInt64, UInt64, Bool>(
    "Royalty", "FrozenSplits", hashers: (.twox64Concat, .twox64Concat), docs: ["Edges between splits that are disputed."])
  /// Splits of works and splits that are or were members of others: these stay.
  public static let boundSplits = OptionalStorageMap<UInt64, Bool>(
    "Royalty", "BoundSplits", hasher: .twox64Concat, docs: ["Splits of works and members of other splits, which cannot be closed."])
  /// Automatic payments, dense from 0.
  public static let automaticRows = OptionalStorageMap<UInt32, AutomaticPayment>(
    "Royalty", "AutomaticRows", hasher: .twox64Concat, docs: ["Automatic payments in the order of the queue."])
  public static let automaticPlaces = OptionalStorageMap<AutomaticPayment, UInt32>(
    "Royalty", "AutomaticPlaces", hasher: .blake2b128Concat, docs: ["The place of an automatic payment in the queue."])
  public static let automaticCount = StorageValue<UInt32>(
    "Royalty", "AutomaticCount", default: 0, docs: ["How many automatic payments are in the queue."])
  public static let automaticCursor = StorageValue<UInt32>(
    "Royalty", "AutomaticCursor", default: 0, docs: ["The place in the queue that the next block begins with."])

  /// The head of a statement with one row more.
  public static func chained(_ head: H256, _ row: StatementRow) -> H256 { Hash.blake2b256(head.encoded() + row.encoded()) }

  /// What a statement says of money that came from another split.
  public static func edgeReference(from: UInt64, to: UInt64) -> H256 {
    Hash.blake2b256(Array("echo/edge/v1".utf8) + from.encoded() + to.encoded())
  }
}

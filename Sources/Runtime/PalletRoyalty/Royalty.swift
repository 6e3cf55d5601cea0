public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// Works, the splits that their income is credited to, and the payment of everybody's share, here or on another chain.
///
/// A sale costs one write to one row whatever the number of members (``Acc``); members are settled when they are paid.
/// State grows by one row for each work, member, and (split, party, asset) that was ever paid. Works, splits and members
/// have a deposit; that of a split is given back when it is closed.
public enum Royalty {
  /// All units of a split: a share is stated in parts of a million.
  public static let units: UInt32 = 1_000_000
  /// Most members of a split.
  public static let maximumMembers = 64
  /// Most works that a work derives from directly.
  public static let maximumParents = 4
  /// Most generations above a work.
  public static let maximumDepth: UInt8 = 8
  /// Most works that a work derives from at all, where each has an absolute share.
  public static let maximumAncestors = 32
  /// The largest part of a sale that all ancestors together may get, in parts of a million.
  public static let maximumAncestorShare: UInt32 = 500_000
  /// The largest part of a sale that one parent may get, in parts of a million.
  public static let maximumParentShare: UInt32 = 250_000
  /// The largest part of a sale that a work may ask for, its ancestors' included: the rest is left for the market's fee.
  public static let maximumStack: UInt32 = 975_000
  /// The largest part of a payment that a keeper may get for making it, in parts of a million.
  public static let maximumKeeperRate: UInt32 = 20_000
  /// Most assets in which one split may have income, and how many of them anybody may begin with: the others are for
  /// what the owner of a work sells it for, so that no stranger's payments can keep a sale from being settled.
  public static let maximumAssets: UInt32 = 16
  public static let maximumOpenAssets: UInt32 = 8
  /// Most beneficiaries of one payout message.
  public static let maximumBatch = 16
  /// Most changes of a split that one settlement catches up with.
  public static let maximumVersionsAtOnce: UInt32 = 16
  /// Most automatic payments that wait in the queue.
  public static let maximumAutomatic: UInt32 = 1_024
  /// Most splits that the check for cycles visits.
  static let maximumVisits = 64
  /// Most rows of the queue that one block looks at.
  public static let automaticPerBlock: UInt32 = 8

  /// What the runtime fixes for the pallet.
  public protocol Config {
    associatedtype Book: AssetBook
    associatedtype Clock: ChainClock
    associatedtype Currency: NativeCurrency
    associatedtype Sender: PayoutSender
    associatedtype Licences: LicenceRegister
    static var palletIndex: UInt8 { get }
    /// Holds what is credited and not paid.
    static var pot: AccountID { get }
    /// Gets what nobody is owed.
    static var treasury: AccountID { get }
    /// Blocks between the proposal of a change and its activation.
    static var notice: BlockNumber { get }
    /// Held for a work, for a split, and for each of its members.
    static var workDeposit: Balance { get }
    static var splitDeposit: Balance { get }
    static var memberDeposit: Balance { get }
    /// The account of a location on this chain itself; `nil` for locations on other chains, which are paid by message.
    static func localAccount(of location: Location) -> AccountID?
    /// Makes an account live without a balance of its own, whatever strangers give it; and ends that.
    static func keep(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
    static func release(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
  }

  /// Who has a share.
  @ScaleCodable(path: "echo_royalty::Party")
  public enum Party: Hashable, Sendable {
    /// An account of this chain.
    @ScaleIndex(0) case account(AccountID)
    /// Somebody on another chain, as seen from here.
    @ScaleIndex(1) case remote(Location)
    /// Another split: what is due to it moves on with `pull_edge`.
    @ScaleIndex(2) case splitPot(UInt64)
  }

  /// How a work's ancestors share in its sales.
  @ScaleCodable(path: "echo_royalty::DerivativeMode")
  public enum DerivativeMode: Hashable, Sendable {
    /// Every ancestor has an absolute share of every descendant's sales (LAP).
    @ScaleIndex(0) case absolute
    /// A parent has a share; its own parents share in that (LRP).
    @ScaleIndex(1) case relative
  }

  /// A member with its units.
  @ScaleCodable(path: "echo_royalty::Share")
  public struct Share: Hashable, Sendable {
    public var party: Royalty.Party
    public var units: UInt32
    public init(_ party: Royalty.Party, units: UInt32) {
      self.party = party
      self.units = units
    }
  }

  /// A work that another derives from.
  @ScaleCodable(path: "echo_royalty::ParentLink")
  public struct ParentLink: Hashable, Sendable {
    public var work: H256
    /// The licence that permits it; may be absent when the registrant owns the parent.
    public var licence: UInt64?
    /// The parent's share of the child's sales in parts of a million: that of the licence when there is one.
    public var share: UInt32
    public init(work: H256, licence: UInt64?, share: UInt32) {
      self.work = work
      self.licence = licence
      self.share = share
    }
  }

  /// Where and how a party is paid.
  @ScaleCodable(path: "echo_royalty::PayoutTerms")
  public struct PayoutTerms: Hashable, Sendable {
    /// The beneficiary as seen from here: an account of this chain, or one on another.
    public var destination: Location
    /// What is not worth a payment yet.
    public var minimum: Balance
    /// What whoever makes the payment may keep of it, in parts of a million.
    public var keeperRate: UInt32
    /// Whether blocks with room pay unasked.
    public var isAutomatic: Bool
    public var isPaused: Bool
    public init(destination: Location, minimum: Balance, keeperRate: UInt32, isAutomatic: Bool, isPaused: Bool) {
      self.destination = destination
      self.minimum = minimum
      self.keeperRate = keeperRate
      self.isAutomatic = isAutomatic
      self.isPaused = isPaused
    }
  }

  /// One (split, party) of a payout.
  @ScaleCodable(path: "echo_royalty::Claim")
  public struct Claim: Hashable, Sendable {
    public var split: UInt64
    public var party: Royalty.Party
    public init(split: UInt64, party: Royalty.Party) {
      self.split = split
      self.party = party
    }
  }

  @ScaleCodable(path: "pallet_royalty::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Registers a work. `meta` commits to its description; `royalty` is what its contributors ask of each sale in parts
    /// of a million, shared among `members` (1,000,000 units). Origin: signed.
    @ScaleIndex(0) case registerWork(
      meta: H256, royalty: UInt32, members: [Royalty.Share], parents: [Royalty.ParentLink], mode: Royalty.DerivativeMode,
      isImmutable: Bool)
    /// Makes a split that belongs to no work. Origin: signed.
    @ScaleIndex(1) case createSplit(members: [Royalty.Share], isImmutable: Bool)
    /// Announces other members. Origin: the split's controller.
    @ScaleIndex(2) case proposeChange(split: UInt64, members: [Royalty.Share])
    /// Puts an announced change in force after the notice. Origin: signed, anybody.
    @ScaleIndex(3) case activateChange(split: UInt64)
    /// Takes an announced change back. Origin: the split's controller.
    @ScaleIndex(4) case withdrawChange(split: UInt64)
    /// Gives units of the caller's to another party; what both have earned so far stays theirs. Origin: signed or XCM.
    @ScaleIndex(5) case transferUnits(split: UInt64, to: Royalty.Party, units: UInt32)
    /// Pays for a work outside a market. Origin: signed.
    @ScaleIndex(6) case pay(work: H256, asset: Location, amount: Balance, reference: H256)
    /// Pays the caller what is due. Origin: signed.
    @ScaleIndex(7) case claim(split: UInt64, asset: Location)
    /// Pays a party of this chain what is due and keeps its keeper's rate. Origin: signed, anybody.
    @ScaleIndex(8) case claimFor(party: Royalty.Party, split: UInt64, asset: Location)
    /// Moves what a split is due from another on to its own members. Origin: signed, anybody.
    @ScaleIndex(9) case pullEdge(from: UInt64, to: UInt64, asset: Location)
    /// States where and how the caller is paid. Origin: signed or XCM.
    @ScaleIndex(10) case setPayout(terms: Royalty.PayoutTerms)
    /// Queues an automatic payment, or removes it. Origin: signed, the party itself.
    @ScaleIndex(11) case setAutomatic(split: UInt64, asset: Location, isOn: Bool)
    /// Pays parties on one other chain by one message; the caller pays its delivery. Origin: signed, anybody.
    @ScaleIndex(12) case claimRemote(chain: Location, asset: Location, claims: [Royalty.Claim])
    /// Puts what came back of a payout into what is due again. Origin: signed, anybody.
    @ScaleIndex(13) case returnPayout(payout: UInt64)
    /// Stops the flow from a work to a parent while they quarrel; crediting goes on. Origin: root.
    @ScaleIndex(14) case freezeEdge(child: H256, parent: H256)
    /// Ends that. Origin: root.
    @ScaleIndex(15) case resolveEdge(child: H256, parent: H256)
    /// Sends what nobody is owed to the treasury. Origin: signed, anybody.
    @ScaleIndex(16) case sweepUnattributed(asset: Location)
    /// Makes an asset payable: the caller gives the pot its minimum balance. Origin: signed.
    @ScaleIndex(17) case acceptAsset(asset: Location)
    /// Closes a split that belongs to no work, is owed nothing and owes nothing but its carry. Origin: its controller.
    @ScaleIndex(18) case closeSplit(split: UInt64)
    /// Notes what a party has earned, 16 changes of the split at a time; whoever is more behind is caught up before it is
    /// paid. Origin: signed, anybody.
    @ScaleIndex(19) case settle(party: Royalty.Party, split: UInt64, asset: Location)
    /// Sends home what a payout's account owns on the other chain, or one trap there holds for it; the caller pays the
    /// delivery. Origin: signed, anybody.
    @ScaleIndex(20) case recoverPayout(payout: UInt64, amount: Balance, isTrapped: Bool)
    /// States how many beneficiaries of a failed payout have been paid, as the other chain shows. Origin: root.
    @ScaleIndex(21) case resolvePayout(payout: UInt64, paid: UInt32)
    /// Makes sure that a split can be credited in an asset, whatever strangers pay it in. Origin: the split's controller.
    @ScaleIndex(22) case reserveAsset(split: UInt64, asset: Location)
  }

  @ScaleCodable(path: "pallet_royalty::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A work was registered; sales are credited to the split, `stack` parts of a million of each.
    @ScaleIndex(0) case workRegistered(work: H256, owner: AccountID, split: UInt64, stack: UInt32)
    /// A split was made.
    @ScaleIndex(1) case splitCreated(split: UInt64, controller: AccountID)
    /// Other members were announced.
    @ScaleIndex(2) case changeProposed(split: UInt64, activeFrom: BlockNumber)
    /// An announced change is in force.
    @ScaleIndex(3) case changeActivated(split: UInt64, version: UInt32)
    /// An announced change was taken back.
    @ScaleIndex(4) case changeWithdrawn(split: UInt64)
    /// A party gave units to another.
    @ScaleIndex(5) case unitsTransferred(split: UInt64, from: Royalty.Party, to: Royalty.Party, units: UInt32)
    /// A sale was credited: row `n` of the statement chain of (split, asset); `previousBlock` has row `n - 1`.
    @ScaleIndex(6) case credited(
      split: UInt64, asset: Location, amount: Balance, n: UInt64, work: H256, reference: H256, previousBlock: BlockNumber)
    /// A party of this chain was paid; a keeper who made the payment kept the tip.
    @ScaleIndex(7) case claimed(split: UInt64, party: Royalty.Party, asset: Location, amount: Balance, keeper: AccountID?, tip: Balance)
    /// What was due to a split moved on to its members.
    @ScaleIndex(8) case edgePulled(from: UInt64, to: UInt64, asset: Location, amount: Balance)
    /// A party stated where and how it is paid.
    @ScaleIndex(9) case payoutSet(party: Royalty.Party)
    /// A payout left for another chain; its ending is told under the id of its message.
    @ScaleIndex(10) case remoteSent(payout: UInt64, chain: Location, asset: Location, amount: Balance, message: H256)
    /// A payout's beneficiaries have it.
    @ScaleIndex(11) case remoteSettled(payout: UInt64)
    /// A payout, or the part of it that failed, is due again.
    @ScaleIndex(12) case remoteReturned(payout: UInt64, amount: Balance)
    /// A payout failed at a beneficiary: what was not paid is on its way back.
    @ScaleIndex(13) case remoteFailed(payout: UInt64, paid: UInt32, error: UInt8)
    /// The flow from a work to a parent was stopped.
    @ScaleIndex(14) case edgeFrozen(child: H256, parent: H256)
    /// It goes on.
    @ScaleIndex(15) case edgeResolved(child: H256, parent: H256)
    /// What nobody is owed went to the treasury.
    @ScaleIndex(16) case swept(asset: Location, amount: Balance)
    /// The asset can be credited from now on.
    @ScaleIndex(17) case assetAccepted(asset: Location)
    /// An automatic payment could not be made; the party keeps its due and the queue goes on.
    @ScaleIndex(18) case automaticSkipped(split: UInt64, party: Royalty.Party, asset: Location)
    /// An automatic payment was queued or removed.
    @ScaleIndex(19) case automaticSet(split: UInt64, party: Royalty.Party, asset: Location, isOn: Bool)
    /// A split was closed; its carry went to its first member.
    @ScaleIndex(20) case splitClosed(split: UInt64)
    /// A payout failed, and so did the way home: what was not paid is on the other chain, in the payout's name.
    @ScaleIndex(21) case remoteStranded(payout: UInt64, error: UInt8)
    /// What a payout's account has on the other chain was called home.
    @ScaleIndex(22) case remoteRecovered(payout: UInt64, amount: Balance, message: H256)
    /// Root stated how many of a failed payout were paid.
    @ScaleIndex(23) case remoteResolved(payout: UInt64, paid: UInt32)
    /// A split can be credited in the asset whatever strangers pay it in.
    @ScaleIndex(24) case assetReserved(split: UInt64, asset: Location)
  }

  @ErrorShape(path: "pallet_royalty::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// Units do not sum to 1,000,000, or a member has none.
    case unitsMismatch
    /// More than 64 members, or none. Give some of them a split of their own.
    case tooManyMembers
    /// A party is named twice.
    case duplicateMember
    /// Shares of ancestors exceed one half, a parent's a quarter, or all of them 975,000 parts of a million.
    case stackTooHigh
    /// A split would pay itself, at once or through others.
    case cycle
    /// More than 8 generations or 32 ancestors, or 64 splits below one another.
    case depth
    /// Nothing is due.
    case nothingDue
    /// What is due is below the party's minimum or 20 times the fee of paying it.
    case belowMinimum
    /// The edge between the two works is frozen.
    case edgeFrozen
    /// Only the split's controller may do this.
    case notController
    /// A change is announced and its notice not over.
    case noticePending
    /// No change is announced.
    case noChange
    /// No work has this id.
    case unknownWork
    /// This work is registered.
    case workExists
    /// No split has this number.
    case unknownSplit
    /// The split cannot change.
    case immutable
    /// The party is no member, or has fewer units.
    case notMember
    /// The licence does not permit derivatives of this work by this account, or asks for another share.
    case notLicensed
    /// The asset has not been accepted. Accept it first.
    case assetNotAccepted
    /// The asset is accepted already.
    case assetAccepted
    /// The split has income in as many assets as it may.
    case tooManyAssets
    /// An amount of 0.
    case zeroAmount
    /// Payout terms with a keeper's rate above 20,000 parts of a million, or a destination that cannot be paid.
    case badTerms
    /// The party's payments are paused.
    case paused
    /// The party is on another chain. Use `claim_remote`.
    case isRemote
    /// The party is on this chain. Use `claim_for`.
    case isLocal
    /// No claims, more than 16, one twice, or one for another chain.
    case badBatch
    /// No payout has this number, or it is not awaited any more.
    case unknownPayout
    /// Nothing of the payout has come back yet.
    case notReturned
    /// The queue of automatic payments is full, or this one is in it or not in it.
    case automaticQueue
    /// The edge is frozen already, not frozen, or no edge.
    case unknownEdge
    /// The split belongs to a work, is a member of another, or has income that is not paid out.
    case splitInUse
    /// More changes happened than one settlement catches up with. Settle the party first.
    case settleFirst
    /// The parent derives from others in the other mode, whose shares would be lost. Use the parent's mode.
    case modeMismatch
    /// The party's last payment failed: its next one travels alone.
    case paidAlone
  }

  /// What ``PalletFailure`` cannot say: how a payout ended, by the lane's proven receipt.
  public enum PayoutEnding: Hashable, Sendable {
    case executed
    /// The instruction at `index` of the message failed; those before it took effect.
    case failed(index: UInt32, error: UInt8)
    /// The message was refused or expired; its assets are in the payout's account again.
    case returned
  }
}

/// Builds and sends payout messages (program P2).
public protocol PayoutSender {
  /// What a batch would cost.
  static func quote(_ batch: PayoutBatch, in context: ExecutionContext) throws(DispatchError) -> PayoutQuote
  /// Sends a batch whose assets are in `account`.
  /// - Parameter payer: Pays the delivery in the native asset.
  /// - Returns: The message's id, under which its ending is told.
  static func send(
    _ batch: PayoutBatch, from account: AccountID, payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256
  /// How many of a batch's shares the executed prefix of its message has paid.
  /// - Parameter index: The instruction that failed.
  /// - Returns: `nil` when the way home has failed as well: the receipt says only that.
  static func paidShares(_ batch: PayoutBatch, failedAt index: UInt32) -> Int?
  /// Calls home what `account` owns on another chain.
  /// - Parameters:
  ///   - amount: All of a trap there, when `isTrapped`; else anything up to what the account has there.
  ///   - payer: Pays the delivery in the native asset.
  /// - Returns: The message's id.
  static func recover(
    _ amount: Balance, of asset: Location, on chain: Location, isTrapped: Bool, to account: AccountID, payer: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256
}

/// Who gets what on another chain.
public struct PayoutBatch: Hashable, Sendable {
  public struct Item: Hashable, Sendable {
    /// As seen from this chain.
    public var beneficiary: Location
    /// Before the fee of execution.
    public var amount: Balance
    public init(beneficiary: Location, amount: Balance) {
      self.beneficiary = beneficiary
      self.amount = amount
    }
  }
  public var chain: Location
  public var asset: Location
  public var items: [Item]
  public init(chain: Location, asset: Location, items: [Item]) {
    self.chain = chain
    self.asset = asset
    self.items = items
  }
}

/// What a payout costs.
public struct PayoutQuote: Hashable, Sendable {
  /// Native units, paid by the caller.
  public var delivery: Balance
  /// Units of the asset that execution at the destination takes at most, out of the amounts.
  public var execution: Balance
  public init(delivery: Balance, execution: Balance) {
    self.delivery = delivery
    self.execution = execution
  }
}

/// What markets know about licences.
public protocol LicenceRegister {
  /// Whether `holder` holds a licence that permits derivatives of `work`, and for which share.
  static func derivativeTerms(
    of licence: UInt64, work: H256, holder: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> (share: UInt32, mode: Royalty.DerivativeMode)?
}

public import PalletSupport
public import Primitives
public import ScaleCodec

/// The native currency: balances, transfers, holds and the existential deposit.
///
/// Balances stand in `System.Account`, behind ``Config/Accounts``. An account lives while its free balance is at
/// least the existential deposit; what falls below is dust and is burnt. Held units never leave the account alone:
/// while anything is held, the existential deposit stays free. The sum of all free and held units is always
/// `TotalIssuance`.
public enum Balances {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// Where accounts are kept: the system pallet.
    associatedtype Accounts: AccountReferences
    static var palletIndex: UInt8 { get }
    /// The smallest free balance that keeps an account alive, above 0.
    static var existentialDeposit: Balance { get }
    /// How many different holds one account may carry.
    static var maximumHolds: Int { get }
  }

  @ScaleCodable(path: "pallet_balances::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Moves units; the sender's account may be removed. Origin: signed.
    @ScaleIndex(0) case transferAllowDeath(dest: MultiAddress, value: Compact<Balance>)
    /// Moves units out of any account. Origin: root.
    @ScaleIndex(2) case forceTransfer(source: MultiAddress, dest: MultiAddress, value: Compact<Balance>)
    /// Moves units; the sender's account keeps the existential deposit. Origin: signed.
    @ScaleIndex(3) case transferKeepAlive(dest: MultiAddress, value: Compact<Balance>)
    /// Moves all units that may leave. Origin: signed.
    @ScaleIndex(4) case transferAll(dest: MultiAddress, keepAlive: Bool)
    /// Sets a free balance and adjusts the issuance. Origin: root.
    @ScaleIndex(8) case forceSetBalance(who: MultiAddress, newFree: Compact<Balance>)
    /// Takes units out of existence. Origin: signed.
    @ScaleIndex(10) case burn(value: Compact<Balance>, keepAlive: Bool)
  }

  @ScaleCodable(path: "pallet_balances::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// An account was created with some free balance.
    @ScaleIndex(0) case endowed(account: AccountID, freeBalance: Balance)
    /// An account was removed; what it had left is lost.
    @ScaleIndex(1) case dustLost(account: AccountID, amount: Balance)
    /// Units moved.
    @ScaleIndex(2) case transfer(from: AccountID, to: AccountID, amount: Balance)
    /// A balance was set by root.
    @ScaleIndex(3) case balanceSet(who: AccountID, free: Balance)
    /// Units were put into an account: a fee's refund, or its recipient's share.
    @ScaleIndex(7) case deposit(who: AccountID, amount: Balance)
    /// Units were taken out of an account: a fee.
    @ScaleIndex(8) case withdraw(who: AccountID, amount: Balance)
    /// Units came into existence.
    @ScaleIndex(10) case minted(who: AccountID, amount: Balance)
    /// Units left existence.
    @ScaleIndex(11) case burned(who: AccountID, amount: Balance)
    /// Units were put under a hold.
    @ScaleIndex(22) case held(reason: HoldReason, who: AccountID, amount: Balance)
    /// Held units became free.
    @ScaleIndex(26) case released(reason: HoldReason, who: AccountID, amount: Balance)
  }

  /// Numbered as in `pallet_balances`; what most calls raise is a ``TokenError``.
  @ErrorShape(path: "pallet_balances::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    case vestingBalance
    case liquidityRestrictions
    case insufficientBalance
    /// A genesis balance is under the existential deposit. Give at least that much, or leave the account out.
    case existentialDeposit
    case expendability
    case existingVestingSchedule
    case deadAccount
    case tooManyReserves
    case tooManyHolds
    case tooManyFreezes
    case issuanceDeactivated
    case deltaZero
  }

  /// An amount under a name.
  /// - SeeAlso: `frame_support::traits::tokens::misc::IdAmount`.
  @ScaleCodable(path: "frame_support::traits::tokens::misc::IdAmount")
  public struct IdAmount<Id: ScaleCodable & Hashable & Sendable>: Hashable, Sendable {
    public var id: Id
    public var amount: Balance
    public init(id: Id, amount: Balance) {
      self.id = id
      self.amount = amount
    }
  }

  /// What a lock keeps from leaving.
  /// - SeeAlso: `pallet_balances::types::Reasons`.
  @ScaleCodable(path: "pallet_balances::types::Reasons")
  public enum Reasons: Hashable, Sendable {
    @ScaleIndex(0) case fee
    @ScaleIndex(1) case misc
    @ScaleIndex(2) case all
  }

  /// A lock on part of a free balance.
  /// - SeeAlso: `pallet_balances::types::BalanceLock`.
  @ScaleCodable(path: "pallet_balances::types::BalanceLock")
  public struct BalanceLock: Hashable, Sendable {
    public var id: FixedBytes<8>
    public var amount: Balance
    public var reasons: Balances.Reasons
  }

  public static let totalIssuance = StorageValue<Balance>(
    "Balances", "TotalIssuance", default: 0, docs: ["All units in existence."])
  public static let holds = StorageMap<AccountID, [IdAmount<HoldReason>]>(
    "Balances", "Holds", hasher: .blake2b128Concat, default: [], docs: ["Held units by account and reason."])
  // Clients read the items below of every account that they show. Balances stand in `System.Account`, and no pallet
  // places locks or freezes.
  public static let account = StorageMap<AccountID, AccountData>(
    "Balances", "Account", hasher: .blake2b128Concat, default: AccountData(),
    docs: ["Always empty: balances stand in System.Account."])
  public static let locks = StorageMap<AccountID, [BalanceLock]>(
    "Balances", "Locks", hasher: .blake2b128Concat, default: [], docs: ["Locks by account."])
  public static let freezes = StorageMap<AccountID, [IdAmount<HoldReason>]>(
    "Balances", "Freezes", hasher: .blake2b128Concat, default: [], docs: ["Freezes by account."])
}

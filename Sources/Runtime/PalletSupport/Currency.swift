public import Primitives
public import ScaleCodec

/// What a hold is for: the pallet that placed it and its own number for the reason.
@ScaleCodable(path: "echo_runtime::RuntimeHoldReason")
public struct HoldReason: Hashable, Sendable {
  public var pallet: UInt8
  public var reason: UInt8
  public init(pallet: UInt8, reason: UInt8) {
    self.pallet = pallet
    self.reason = reason
  }
}

/// Whether an account may be emptied.
public enum Preservation: Sendable {
  /// The account may fall below the existential deposit and is then removed.
  case expendable
  /// The account keeps at least the existential deposit.
  case preserve
}

/// The native currency, as other pallets see it.
///
/// Amounts are in the smallest unit. Every function checks all before it writes.
public protocol NativeCurrency {
  /// The smallest balance that keeps an account alive.
  static var existentialDeposit: Balance { get }
  /// All units in existence.
  static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance
  /// Spendable and frozen units of an account, without what is held.
  static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// Moves units between accounts.
  static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation, in context: ExecutionContext)
    throws(DispatchError)
  /// Takes units out of an account and out of existence.
  static func burn(_ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext)
    throws(DispatchError)
  /// Brings units into existence in an account; refuses less than the existential deposit for a new one.
  static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError)
  /// Moves free units under a named hold.
  static func hold(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError)
  /// Moves held units back to free.
  static func release(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError)
}

/// An account's balances as they stand inside `System.Account`.
/// - SeeAlso: `pallet_balances::types::AccountData`.
@ScaleCodable(path: "pallet_balances::types::AccountData")
public struct AccountData: Hashable, Sendable {
  /// Spendable, less what is frozen.
  public var free: Balance
  /// Under holds.
  public var reserved: Balance
  /// Part of `free` that may not leave.
  public var frozen: Balance
  /// Bit 127 set: new-style accounting.
  public var flags: ExtraFlags

  public init(free: Balance = 0, reserved: Balance = 0, frozen: Balance = 0) {
    self.free = free
    self.reserved = reserved
    self.frozen = frozen
    flags = .newLogic
  }
}

/// Bits about an account, of which the uppermost alone is in use.
/// - SeeAlso: `pallet_balances::types::ExtraFlags`.
public struct ExtraFlags: Hashable, Sendable, ScaleCodable {
  public var bits: UInt128
  /// Balances are kept by the rules of holds and freezes.
  public static let newLogic = ExtraFlags(bits: 1 << 127)

  public init(bits: UInt128) { self.bits = bits }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["pallet_balances", "types", "ExtraFlags"],
      .composite([.init(name: nil, type: TypeReference(UInt128.self), typeName: "UInt128")]))
  }
  public var encodedSize: Int { bits.encodedSize }
  public func encode(into writer: inout ScaleWriter) { bits.encode(into: &writer) }
  public init(from reader: inout ScaleReader) throws(ScaleError) { bits = try UInt128(from: &reader) }
}

/// Where the balances pallet keeps its part of an account: the system pallet.
public protocol AccountStore {
  /// The balances of an account; zeros when it does not exist.
  static func data(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> AccountData
  /// Writes the balances; creates the account with a provider when it is new and removes it when `data` is `nil`.
  /// - Throws: ``DispatchError/consumerRemaining`` when something still needs the account.
  static func setData(_ data: AccountData?, of account: AccountID, in context: ExecutionContext) throws(DispatchError)
  /// Adds a reference of something that needs the account to stay.
  /// - Throws: ``DispatchError/noProviders`` when the account does not exist.
  static func incrementConsumers(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
  /// Drops such a reference.
  static func decrementConsumers(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
}

/// The block's height and time, as pallets see them.
public protocol ChainClock {
  /// The height of the block being executed.
  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber
  /// The block's timestamp; the parent's before the timestamp inherent has run.
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds
}

public import Primitives
public import ScaleCodec

/// References that pallets other than balances place on accounts, and whether an account is alive.
public protocol AccountReferences: AccountStore {
  /// Whether anything keeps the account's row.
  static func exists(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Bool
  /// Whether the existential deposit may leave: nothing needs it, or something else keeps the account.
  static func canLoseProvider(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Bool
  /// Adds a reference that keeps the account alive without native units, creating the account when it is new.
  /// - Throws: An arithmetic error beyond 2^32 - 1 references.
  static func incrementSufficients(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
  /// Drops such a reference and removes the account when nothing else keeps it.
  /// - Throws: An arithmetic error when there is none.
  static func decrementSufficients(_ account: AccountID, in context: ExecutionContext) throws(DispatchError)
}

/// The native currency, as fees need it: the two halves of a payment whose amount is settled later.
///
/// Amounts are in the smallest unit.
public protocol FeeCurrency: NativeCurrency {
  /// Takes units out of an account that must stay alive, and out of existence until they are deposited.
  /// - Throws: A ``TokenError`` when the account cannot pay and live.
  static func withdraw(_ amount: Balance, from account: AccountID, in context: ExecutionContext) throws(DispatchError)
  /// Brings withdrawn units back, into an account that need not be the one they came from.
  /// - Throws: ``TokenError/belowMinimum`` when the account would stay under the existential deposit.
  static func deposit(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError)
}

/// Assets beside the native one, as XCM moves them.
///
/// Amounts are in each asset's smallest unit. Every function checks all before it writes.
public protocol FungiblesLedger {
  associatedtype AssetID: ScaleCodable & Hashable & Sendable
  /// Whether the asset has been created.
  static func exists(_ id: AssetID, in context: ExecutionContext) throws(DispatchError) -> Bool
  /// All units in existence; 0 for an unknown asset.
  static func totalIssuance(of id: AssetID, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// The smallest balance that an account may have; 0 for an unknown asset.
  static func minimumBalance(of id: AssetID, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// What an account has; 0 when it has none or the asset is unknown.
  static func balance(of id: AssetID, who: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// Brings units into existence in an account.
  static func mint(
    _ amount: Balance, of id: AssetID, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError)
  /// Takes exactly `amount` out of an account and out of existence; refuses to leave dust behind.
  static func burn(
    _ amount: Balance, of id: AssetID, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError)
  /// Moves units between accounts; dust of an emptied account moves along.
  static func transfer(
    _ amount: Balance, of id: AssetID, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError)
}

/// Where pallets leave marks in the header of the block being executed.
public protocol HeaderLog {
  /// Appends a consensus log to the block's digest.
  /// - Parameters:
  ///   - engine: The four letters of the engine, for example `BEEF`.
  ///   - payload: What the engine reads.
  static func depositConsensusLog(
    engine: FixedBytes<4>, payload: [UInt8], in context: ExecutionContext
  ) throws(DispatchError)
}

/// Writes a pallet's storage version, which clients read at `:__STORAGE_VERSION__:`.
public func putStorageVersion(_ version: UInt16, of pallet: String, in context: ExecutionContext) {
  context.put(storagePrefix(pallet, ":__STORAGE_VERSION__:"), version.encoded())
}

public import PalletSupport
public import Primitives

/// Assets of every kind by their location, as pallets above XCM move them between accounts of this chain.
///
/// Amounts are in each asset's smallest unit. Every function checks all before it writes.
public protocol AssetBook {
  /// Whether this chain has the asset in its books.
  static func exists(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool
  /// The smallest balance that an account may have of it.
  static func minimumBalance(of asset: Location, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// What an account may spend of it.
  static func balance(of asset: Location, who: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance
  /// Moves exactly `amount`; what would leave dust behind is refused.
  static func transfer(
    _ amount: Balance, of asset: Location, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError)
}

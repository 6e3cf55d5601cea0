public import PalletMarketplace
public import PalletRoyalty
public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

/// The royalty pallet as the market sees it.
public enum MarketRoyalties: RoyaltyBook {
  public static func stack(of work: H256, in context: ExecutionContext) throws(DispatchError) -> UInt32 {
    try RoyaltyPallet.stack(of: work, in: context)
  }
  public static func owner(of work: H256, in context: ExecutionContext) throws(DispatchError) -> AccountID {
    guard let work = try Royalty.works.get(work, in: context) else { throw RoyaltyPallet.failure(.unknownWork) }
    return work.owner
  }
  public static func credit(
    work: H256, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    try RoyaltyPallet.credit(work: work, asset: asset, amount: amount, from: payer, reference: reference, in: context)
  }
  public static func reserve(_ asset: Location, for work: H256, in context: ExecutionContext) throws(DispatchError) {
    try RoyaltyPallet.reserve(asset, for: work, in: context)
  }
  public static func owe(
    _ party: Location, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    try RoyaltyPallet.owe(.remote(party), asset: asset, amount: amount, from: payer, reference: reference, in: context)
  }
  public static func accepts(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool {
    Royalty.accepted.exists(asset, in: context)
  }
  public static func accept(_ asset: Location, from payer: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try RoyaltyPallet.dispatch(.acceptAsset(asset: asset), origin: .signed(payer), in: context)
  }
}

/// The market's licences as the royalty pallet sees them.
public enum MarketLicences: LicenceRegister {
  public static func derivativeTerms(
    of licence: UInt64, work: H256, holder: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> (share: UInt32, mode: Royalty.DerivativeMode)? {
    guard let row = try Marketplace.licences.get(licence, in: context), row.work == work, row.terms.uses & derive != 0,
      EchoRuntime.account(of: row.holder) == holder, try MarketplacePallet.isValid(row, in: context)
    else { return nil }
    return (row.terms.derivativeShare, row.terms.isAbsolute ? .absolute : .relative)
  }

  /// The bit of ``Marketplace/LicenceTerms/uses`` that permits derived works.
  private static let derive: UInt8 = 0b0100
}

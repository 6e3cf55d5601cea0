public import PalletBalances
public import PalletMarketplace
internal import PalletParachainInfo
public import PalletRoyalty
public import PalletSupport
internal import PalletSystem
public import Primitives
internal import ScaleCodec
public import XCM

public typealias RoyaltyPallet = Royalty.Pallet<RoyaltyConfig>
public typealias MarketplacePallet = Marketplace.Pallet<MarketplaceConfig>

public enum RoyaltyConfig: Royalty.Config {
  public typealias Book = RuntimeAssets
  public typealias Clock = RuntimeClock
  public typealias Currency = BalancesPallet
  public typealias Sender = PayoutProgram
  public typealias Licences = MarketLicences
  public static let palletIndex: UInt8 = 40
  public static func keep(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try SystemPallet.incrementProviders(account, in: context)
  }
  public static func release(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try SystemPallet.decrementProviders(account, in: context)
  }
  public static var pot: AccountID { EchoRuntime.royaltyPot }
  public static var treasury: AccountID { EchoRuntime.treasury }
  public static let notice: BlockNumber = 14_400
  public static let workDeposit: Balance = 10_000_000_000
  public static let splitDeposit: Balance = 10_000_000_000
  public static let memberDeposit: Balance = 1_000_000_000
  public static func localAccount(of location: Location) -> AccountID? { EchoRuntime.localAccount(of: location) }
}

public enum MarketplaceConfig: Marketplace.Config {
  public typealias Book = RuntimeAssets
  public typealias Clock = RuntimeClock
  public typealias Currency = BalancesPallet
  public typealias Royalties = MarketRoyalties
  public typealias Remote = PurchaseProgram
  public static let palletIndex: UInt8 = 41
  public static var pot: AccountID { EchoRuntime.marketPot }
  public static var treasury: AccountID { EchoRuntime.treasury }
  public static var parameters: Marketplace.Parameters { .standard }
  public static let listingDeposit: Balance = 10_000_000_000
  public static let depositPerByte: Balance = 100_000_000
  public static func localAccount(of location: Location) -> AccountID? { EchoRuntime.localAccount(of: location) }
  public static func account(of location: Location) -> AccountID? { EchoRuntime.account(of: location) }
  public static func chainID(in context: ExecutionContext) throws(DispatchError) -> UInt32 {
    try ParachainInfo.parachainID.get(in: context)
  }
  public static func genesisHash(in context: ExecutionContext) throws(DispatchError) -> H256 {
    try System.blockHash.get(0, in: context)
  }
  public static func randomness(
    for subject: [UInt8], at height: BlockNumber, in context: ExecutionContext
  ) throws(DispatchError) -> H256? {
    try EchoRuntime.randomness(for: subject, at: height, in: context)
  }
}

extension EchoRuntime {
  /// Holds credited royalties until they are paid: `modlec/royal` padded with zeros.
  public static let royaltyPot = palletAccount("ec/royal")
  /// Holds the market's escrow, bids, bonds and prepaid money: `modlec/markt` padded with zeros.
  public static let marketPot = palletAccount("ec/markt")

  /// The account of a location that is on this chain itself.
  static func localAccount(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1 else { return nil }
    return account(of: location)
  }
}

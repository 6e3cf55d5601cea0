public import PalletAssets
internal import PalletBalances
internal import PalletParachainInfo
public import PalletSupport
internal import PalletTransactionPayment
public import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

public typealias XcmPalletPallet = XcmPallet.Pallet<XcmPalletConfig>

public enum XcmPalletConfig: XcmPallet.Config {
  public typealias Execution = XcmSettings
  public static let palletIndex: UInt8 = 33
  /// What a delivery is charged for each message: the hundred instructions that a program may have.
  public static let maximumInboundWeight = Weight(refTime: 2_500_000_000, proofSize: 1 << 20)
  public static let maximumLocalWeight = Weight(refTime: 500_000_000_000, proofSize: 1 << 20)
}

/// How this runtime executes XCM programs.
///
/// Trust is minimal: a chain is the reserve of its own assets and of nothing else, nobody may teleport, nobody may act
/// as somebody else, and every program pays for itself.
public enum XcmSettings: XcmConfig {
  public typealias Transactor = LedgerTransactor
  public typealias Router = LaneRouter
  public typealias Trader = PricedTrader<ExecutionPrices>
  public typealias Trap = PalletTrap

  /// Programs of local accounts were paid by their extrinsic; all others pay within their first instructions.
  public static let barrier: any XcmBarrier = TrailingSetTopicAsID(
    AnyBarrier(
      TakeWeightCredit(),
      WithComputedOrigin(
        maximumPrefixes: 8, universal: { state in try? universalLocation(in: state) }, AllowTopLevelPaidExecution(from: .everything))))
  public static let weigher: any XcmWeigher = InstructionWeigher(unit: Weight(refTime: 25_000_000, proofSize: 2048))

  public static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions {
    do throws(DispatchError) {
      return Junctions(
        .globalConsensus(.byGenesis(try ParachainInfo.networkID.get(in: state))),
        .parachain(Compact(try ParachainInfo.parachainID.get(in: state))))
    } catch { throw .failedToTransactAsset }
  }

  public static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    let chain = asset.id.location.chain
    return chain == origin && !chain.isHere
  }

  public static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool { false }

  /// Delivery fees wait in the lanes' account for the relayer; other fees go to the treasury.
  public static func collect(fee: XCM.Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    for asset in fee.items {
      try LedgerTransactor.deposit(asset, to: .account(EchoRuntime.relayerPot), context: context, in: state)
    }
  }

  public static func deposit(_ event: XcmEvent, in state: ExecutionContext) { XcmPalletPallet.deposit(event, in: state) }
}

/// Traps assets in the XCM pallet.
public enum PalletTrap: AssetTrap {
  public static func trap(_ assets: XCM.Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
    XcmPalletPallet.trap(assets, for: claimer, in: state)
  }
  public static func claim(_ assets: XCM.Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError) -> Bool
  {
    try XcmPalletPallet.claimTrap(assets, ticket: ticket, origin: origin, in: state)
  }
}

/// What execution costs: the same for a program as for an extrinsic, in the native asset or in a sibling chain's own.
///
/// A sibling's asset is taken at par, unit for unit; other assets buy no weight, since anybody could name a worthless
/// one.
public enum ExecutionPrices: WeightPrices {
  private static let nativeDecimals: UInt8 = 12

  public static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    let fee = TransactionPaymentPallet.weightFee(weight)
    let location = asset.location
    if location.isHere { return fee }
    guard location == location.chain, (try? ForeignAssetsPallet.exists(location, in: state)) == true else { return nil }
    let stored = (try? ForeignAssetsConfig.store.metadata.get(location, in: state))?.decimals
    return scaled(fee, to: min(stored ?? nativeDecimals, 38))
  }

  /// The same amount with another number of decimals, never less than one unit.
  private static func scaled(_ fee: Balance, to decimals: UInt8) -> Balance {
    var amount = fee
    if decimals > nativeDecimals {
      for _ in nativeDecimals..<decimals { amount = amount.multipliedSaturating(by: 10) }
    } else {
      for _ in decimals..<nativeDecimals { amount /= 10 }
    }
    return fee == 0 ? 0 : max(amount, 1)
  }

  public static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {
    XcmPalletPallet.takeRevenue(asset, for: .account(EchoRuntime.treasury), in: state)
  }
}

/// Moves assets between holding and the three ledgers: native, this chain's own assets, other chains' assets.
public typealias LedgerTransactor = FirstTransactor<
  NativeTransactor<NativeSetup>, FirstTransactor<FungiblesTransactor<LocalAssetsSetup>, FungiblesTransactor<ForeignAssetsSetup>>
>

/// The native currency for programs: what would leave dust behind is refused.
///
/// Balances burn what an emptied account has left below the existential deposit. In a sovereign account that would be
/// backing of vouchers elsewhere.
public enum DustlessCurrency: NativeCurrency {
  public static var existentialDeposit: Balance { BalancesPallet.existentialDeposit }

  private static func refuseDust(_ amount: Balance, from account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let left = try BalancesPallet.freeBalance(of: account, in: context).subtractingSaturating(amount)
    guard left == 0 || left >= existentialDeposit else { throw .token(.belowMinimum) }
  }

  public static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance {
    try BalancesPallet.totalIssuance(in: context)
  }
  public static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try BalancesPallet.freeBalance(of: account, in: context)
  }
  public static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    try refuseDust(amount, from: source, in: context)
    try BalancesPallet.transfer(amount, from: source, to: target, preservation, in: context)
  }
  public static func burn(_ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext)
    throws(DispatchError)
  {
    try refuseDust(amount, from: account, in: context)
    try BalancesPallet.burn(amount, from: account, preservation, in: context)
  }
  public static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try BalancesPallet.mint(amount, to: account, in: context)
  }
  public static func hold(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError)
  {
    try BalancesPallet.hold(amount, of: account, reason: reason, in: context)
  }
  public static func release(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext)
    throws(DispatchError)
  {
    try BalancesPallet.release(amount, of: account, reason: reason, in: context)
  }
}

/// The native asset is this chain itself, `Here`.
public enum NativeSetup: NativeTransactorConfig {
  public typealias Currency = DustlessCurrency
  public static func asset(in state: ExecutionContext) -> AssetID { AssetID(.here) }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

/// This chain's own assets: the assets pallet and a general index.
public enum LocalAssetsSetup: FungiblesTransactorConfig {
  public typealias Ledger = AssetsPallet
  public static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> UInt32? {
    guard asset.location.parents == 0, asset.location.interior.count == 2,
      case .palletInstance(AssetsConfig.palletIndex)? = asset.location.interior.first,
      case .generalIndex(let index)? = asset.location.interior.last
    else { return nil }
    return UInt32(exactly: index.value)
  }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

/// Other chains' assets, by their location.
public enum ForeignAssetsSetup: FungiblesTransactorConfig {
  public typealias Ledger = ForeignAssetsPallet
  public static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> Location? {
    asset.location.chain.isHere ? nil : asset.location
  }
  public static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
    EchoRuntime.account(of: location)
  }
}

extension EchoRuntime {
  private static let accounts = FirstConverter(LocalAccount(), SiblingAccount(), ParentAccount(), DescribedAccount())

  /// The account that a location owns here; a sibling chain's is its sovereign account.
  /// - SeeAlso: bridges.md 6.6.
  public static func account(of location: Location) -> AccountID? { accounts.account(of: location) }

  /// Where delivery fees wait for the relayers that earn them.
  public static let relayerPot = palletAccount("ec/relay")
}

public import PalletAssets
public import PalletBalances
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
  /// A quarter of a block: a message can never fill one alone.
  public static let maximumInboundWeight = Weight(refTime: 500_000_000_000, proofSize: 1 << 20)
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
  public static let weigher: any XcmWeigher = InstructionWeigher(unit: Weight(refTime: 200_000_000, proofSize: 4096))

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

/// What execution costs: the same for a program as for an extrinsic, in the native asset or in a sibling's at par.
public enum ExecutionPrices: WeightPrices {
  public static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    guard asset.location.isHere || (try? ForeignAssetsPallet.exists(asset.location, in: state)) == true else { return nil }
    return TransactionPaymentPallet.weightFee(weight)
  }

  public static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {
    let context = XcmContext(origin: nil, messageID: .zero)
    let mark = state.begin()
    do throws(XcmError) {
      try LedgerTransactor.deposit(asset, to: .account(EchoRuntime.treasury), context: context, in: state)
      state.commit()
    } catch {
      // Less than an account may hold: the fee leaves existence instead.
      state.rollback(to: mark)
    }
  }
}

/// Moves assets between holding and the three ledgers: native, this chain's own assets, other chains' assets.
public typealias LedgerTransactor = FirstTransactor<
  NativeTransactor<NativeSetup>, FirstTransactor<FungiblesTransactor<LocalAssetsSetup>, FungiblesTransactor<ForeignAssetsSetup>>
>

/// The native asset is this chain itself, `Here`.
public enum NativeSetup: NativeTransactorConfig {
  public typealias Currency = BalancesPallet
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

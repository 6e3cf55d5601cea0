internal import PalletAssets
public import PalletBalances
internal import PalletParachainInfo
public import PalletSupport
public import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

public typealias XcmPalletPallet = XcmPallet.Pallet<XcmPalletConfig>

public enum XcmPalletConfig: XcmPallet.Config {
  public typealias Execution = XcmSettings
  public typealias Currency = BalancesPallet
  public typealias Clock = RuntimeClock
  public static let palletIndex: UInt8 = 33
  /// What a delivery is charged for each message: the hundred instructions that a program may have and a transfer to a
  /// further chain, or some twenty and the release of an order.
  public static let maximumInboundWeight = Weight(refTime: 5_000_000_000, proofSize: 1 << 20)
  public static let maximumLocalWeight = Weight(refTime: 500_000_000_000, proofSize: 1 << 20)
  public static func account(of location: Location, in context: ExecutionContext) -> AccountID? {
    EchoRuntime.account(of: location)
  }
  public static func messageEnded(_ id: H256, from origin: Location?, _ ending: XcmPallet.MessageEnding, in context: ExecutionContext) {
    CommerceEndings.messageEnded(id, from: origin, ending, in: context)
  }
}

/// How this runtime executes XCM programs.
///
/// Trust is minimal: a chain is the reserve of its own assets that are registered here; what teleports is fixed at
/// genesis and then has no reserve; a chain may speak for what is inside it, and anybody for accounts that let them.
/// Every program pays for itself, except answers that this chain awaits, notices about locks, and subscriptions of other
/// chains to its version, which the treasury answers.
public enum XcmSettings: XcmConfig {
  public typealias Transactor = LedgerTransactor
  public typealias Router = LaneRouter
  public typealias Trader = PricedTrader<ExecutionPrices>
  public typealias Trap = PalletTrap
  public typealias Dispatcher = CallDispatcher<TransactSetup>
  public typealias Exchanger = PoolExchange
  public typealias Locker = PalletLocks
  public typealias Responses = PalletQueries
  public typealias Subscriptions = PalletSubscriptions

  /// Programs of local accounts were paid by their extrinsic; others are awaited, or pay within their first
  /// instructions.
  public static let barrier: any XcmBarrier = TrailingSetTopicAsID(
    RespectSuspension(
      AnyBarrier(
        TakeWeightCredit(),
        AllowKnownQueryResponses(PalletQueries.self),
        WithComputedOrigin(
          maximumPrefixes: 8, universal: { state in try? universalLocation(in: state) },
          AnyBarrier(
            AllowTopLevelPaidExecution(from: .everything), AllowSubscriptions(from: .siblings),
            AllowLockNotices(from: .siblings)))),
      isSuspended: { _, _, _, state in XcmPalletPallet.isSuspended(in: state) }))

  public static let weigher: any XcmWeigher = InstructionWeigher(
    calls: { call, state throws(XcmError) in try Dispatcher.weight(of: call, in: state) }
  ) { XcmWeights.weight(of: $0) }

  public static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions {
    do throws(DispatchError) {
      return Junctions(
        .globalConsensus(.byGenesis(try ParachainInfo.networkID.get(in: state))),
        .parachain(Compact(try ParachainInfo.parachainID.get(in: state))))
    } catch { throw .failedToTransactAsset }
  }

  /// Which chain may teleport which asset: what genesis says, both ways.
  private static let teleporters = AssetLocationFilter { asset, chain, state in
    TeleportTrust.allows(asset.id, between: chain, in: state)
  }

  /// Which chain is believed to hold which asset: its own, when this chain has it in its books. Programs that bring
  /// anything else fail before they begin, so that their source gives it back.
  private static let reserves = AssetLocationFilter { asset, chain, state in
    AssetLocationFilter.ofChain.contains(asset, at: chain, in: state)
      && (try? ForeignAssetsPallet.exists(asset.id.location, in: state)) == true
      && !teleporters.contains(asset, at: chain, in: state)
  }

  private static let aliases = AliasFilter.childLocation.or(
    .authorized { origin, target, state in XcmPalletPallet.isAuthorizedAlias(origin, of: target, in: state) })

  public static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    reserves.contains(asset, at: origin, in: state)
  }

  public static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    teleporters.contains(asset, at: location, in: state)
  }

  public static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool {
    aliases.contains(origin, as: target, in: state)
  }

  /// All pallets of the runtime, in version 1.0.0.
  public static let pallets: [PalletInfo] = EchoRuntime.palletNames.compactMap { index, name, module in
    guard let name = BoundedVector<UInt8, 48>(Array(name.utf8)), let module = BoundedVector<UInt8, 48>(Array(module.utf8))
    else { return nil }
    return PalletInfo(index: UInt32(index), name: name, moduleName: module, major: 1, minor: 0, patch: 0)
  }

  /// Delivery fees wait in the lanes' account for the relayer; other fees go to the treasury.
  public static func collect(fee: XCM.Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    for asset in fee.items {
      try LedgerTransactor.deposit(asset, to: .account(EchoRuntime.relayerPot), context: context, in: state)
    }
  }

  public static func deposit(_ event: XcmEvent, in state: ExecutionContext) { XcmPalletPallet.deposit(event, in: state) }
}

extension EchoRuntime {
  /// Finds accounts by location.
  /// - SeeAlso: bridges.md 6.6.
  static let locationAccounts = FirstConverter(
    LocalAccount(), SiblingAccount(), ParentAccount(), DescribedAccount(), OwnAccount())

  /// This chain itself: the treasury, which pays for the chain's own messages.
  private struct OwnAccount: LocationConverter {
    func account(of location: Location) -> AccountID? { location.isHere ? EchoRuntime.treasury : nil }
  }

  /// The account that a location owns here; a sibling chain's is its sovereign account.
  public static func account(of location: Location) -> AccountID? { locationAccounts.account(of: location) }

  /// Where delivery fees wait for the relayers that earn them.
  public static let relayerPot = palletAccount("ec/relay")

  /// Holds as much of this chain's assets as is away by teleport: nothing beyond that comes back.
  public static let checkingAccount = palletAccount("py/xcmch")

  /// Holds what `ExchangeAsset` trades with.
  public static let exchangePool = palletAccount("ec/xchng")
}

public import PalletAssetRate
public import PalletAssets
public import PalletBalances
public import PalletLightClients
public import PalletMarketplace
public import PalletMessages
public import PalletRoyalty
public import PalletSudo
public import PalletSupport
public import PalletSystem
public import PalletTimestamp
public import PalletTransactionPayment
public import PalletUtility
public import PalletXcm
public import Primitives
public import ScaleCodec
public import XCM

/// Any call of the runtime: the pallet's index, then the pallet's own call.
@ScaleCodable(path: "echo_runtime::RuntimeCall")
public indirect enum RuntimeCall: Hashable, Sendable {
  @ScaleIndex(0) case system(System.Call)
  @ScaleIndex(1) case timestamp(Timestamp.Call)
  @ScaleIndex(10) case balances(Balances.Call)
  @ScaleIndex(12) case assets(PalletAssets.Assets.Call<Compact<UInt32>>)
  @ScaleIndex(13) case foreignAssets(PalletAssets.Assets.Call<Location>)
  @ScaleIndex(14) case assetRate(AssetRate.Call)
  @ScaleIndex(20) case sudo(Sudo.Call<RuntimeCall>)
  @ScaleIndex(21) case utility(Utility.Call<RuntimeCall, OriginCaller>)
  @ScaleIndex(31) case lightClients(LightClients.Call)
  @ScaleIndex(32) case messages(Messages.Call)
  @ScaleIndex(33) case xcmPallet(XcmPallet.Call)
  @ScaleIndex(40) case royalty(Royalty.Call)
  @ScaleIndex(41) case marketplace(Marketplace.Call)
}

/// The outer call under a name that a config's own `RuntimeCall` does not hide.
public typealias EchoCall = RuntimeCall
/// The outer event under a name that a config's own `RuntimeEvent` does not hide.
public typealias EchoEvent = RuntimeEvent

extension RuntimeCall: RuntimeDispatchable {
  public var info: DispatchInfo {
    switch self {
    case .system(let call): SystemPallet.info(of: call)
    case .timestamp(let call): TimestampPallet.info(of: call)
    case .balances(let call): BalancesPallet.info(of: call)
    case .assets(let call): AssetsPallet.info(of: call)
    case .foreignAssets(let call): ForeignAssetsPallet.info(of: call)
    case .assetRate(let call): AssetRatePallet.info(of: call)
    case .sudo(let call): SudoPallet.info(of: call)
    case .utility(let call): UtilityPallet.info(of: call)
    case .lightClients(let call): LightClientsPallet.info(of: call)
    case .messages(let call): MessagesPallet.info(of: call)
    case .xcmPallet(let call): XcmPalletPallet.info(of: call)
    case .royalty(let call): RoyaltyPallet.info(of: call)
    case .marketplace(let call): MarketplacePallet.info(of: call)
    }
  }

  public func dispatch(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    switch self {
    case .system(let call): try SystemPallet.dispatch(call, origin: origin, in: context)
    case .timestamp(let call): try TimestampPallet.dispatch(call, origin: origin, in: context)
    case .balances(let call): try BalancesPallet.dispatch(call, origin: origin, in: context)
    case .assets(let call): try AssetsPallet.dispatch(call, origin: origin, in: context)
    case .foreignAssets(let call): try ForeignAssetsPallet.dispatch(call, origin: origin, in: context)
    case .assetRate(let call): try AssetRatePallet.dispatch(call, origin: origin, in: context)
    case .sudo(let call): try SudoPallet.dispatch(call, origin: origin, in: context)
    case .utility(let call): try UtilityPallet.dispatch(call, origin: origin, in: context)
    case .lightClients(let call): try LightClientsPallet.dispatch(call, origin: origin, in: context)
    case .messages(let call): try MessagesPallet.dispatch(call, origin: origin, in: context)
    case .xcmPallet(let call): try XcmPalletPallet.dispatch(call, origin: origin, in: context)
    case .royalty(let call): try RoyaltyPallet.dispatch(call, origin: origin, in: context)
    case .marketplace(let call): try MarketplacePallet.dispatch(call, origin: origin, in: context)
    }
  }
}

/// Any event of the runtime: the pallet's index, then the pallet's own event.
@ScaleCodable(path: "echo_runtime::RuntimeEvent")
public enum RuntimeEvent: Hashable, Sendable {
  @ScaleIndex(0) case system(System.Event)
  @ScaleIndex(10) case balances(Balances.Event)
  @ScaleIndex(11) case transactionPayment(TransactionPayment.Event)
  @ScaleIndex(12) case assets(PalletAssets.Assets.Event<UInt32>)
  @ScaleIndex(13) case foreignAssets(PalletAssets.Assets.Event<Location>)
  @ScaleIndex(14) case assetRate(AssetRate.Event)
  @ScaleIndex(20) case sudo(Sudo.Event)
  @ScaleIndex(21) case utility(Utility.Event)
  @ScaleIndex(31) case lightClients(LightClients.Event)
  @ScaleIndex(32) case messages(Messages.Event)
  @ScaleIndex(33) case xcmPallet(XcmPallet.Event)
  @ScaleIndex(40) case royalty(Royalty.Event)
  @ScaleIndex(41) case marketplace(Marketplace.Event)
}

/// A row of `System.Events`, decoded.
@ScaleCodable(path: "frame_system::EventRecord")
public struct DecodedEvent: Hashable, Sendable {
  public var phase: Phase
  public var event: RuntimeEvent
  public var topics: [H256]
}

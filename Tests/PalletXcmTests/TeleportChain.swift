import EchoRuntime
import PalletBalances
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

/// The runtime's XCM, but this chain's native asset and market's may teleport to and from market. This chain's is
/// counted in a checking account.
enum TeleportSettings: XcmConfig {
  typealias Transactor = FirstTransactor<
    NativeTransactor<Native>, FirstTransactor<FungiblesTransactor<LocalAssetsSetup>, FungiblesTransactor<ForeignAssetsSetup>>
  >
  typealias Router = Recorder
  typealias Trader = FreeTrader
  typealias Trap = Traps

  enum Native: NativeTransactorConfig {
    typealias Currency = BalancesPallet
    static func asset(in state: ExecutionContext) -> AssetID { AssetID(.here) }
    static func account(of location: Location, in state: ExecutionContext) throws(XcmError) -> AccountID? {
      EchoRuntime.account(of: location)
    }
    static func checkingAccount(in state: ExecutionContext) -> AccountID? { checking }
  }

  /// Keeps what is sent, instead of a lane.
  enum Recorder: XcmRouter {
    static let sent = StorageValue<[Xcm]>("Recorder", "Sent", default: [])
    static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError) -> XCM.Assets {
      XCM.Assets()
    }
    static func send(_ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext) throws(XcmError) -> H256 {
      do throws(DispatchError) { try sent.mutate(in: state) { $0.append(program) } } catch { throw .transport }
      let count = UInt64((try? sent.get(in: state).count) ?? 0)
      try TeleportPallet.remember(info, to: destination, lane: .zero, nonce: count, in: state)
      return info.topic
    }
  }

  enum Traps: AssetTrap {
    static func trap(_ assets: XCM.Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
      TeleportPallet.trap(assets, for: claimer, in: state)
    }
    static func claim(
      _ assets: XCM.Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext
    ) throws(XcmError) -> Bool { try TeleportPallet.claimTrap(assets, ticket: ticket, origin: origin, in: state) }
  }

  static let checking = AccountID.test(0xcc)
  static let barrier: any XcmBarrier = AnyBarrier(TakeWeightCredit(), AllowTopLevelPaidExecution(from: .everything))
  static let weigher: any XcmWeigher = InstructionWeigher(unit: Weight(refTime: 1_000, proofSize: 1))
  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions {
    try XcmSettings.universalLocation(in: state)
  }
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    XcmSettings.isReserve(origin, of: asset, in: state)
  }
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    let market = Location.sibling(TestChain.market)
    return location == market && (asset.id.location.isHere || asset.id.location == market)
  }
  static func collect(fee: XCM.Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {}
}

enum TeleportConfig: XcmPallet.Config {
  typealias Execution = TeleportSettings
  typealias Currency = BalancesPallet
  typealias Clock = RuntimeClock
  static let palletIndex: UInt8 = 34
  /// Three instructions.
  static let maximumInboundWeight = Weight(refTime: 3_000, proofSize: 3)
  static let maximumLocalWeight = Weight(refTime: 1_000_000, proofSize: 1_000)
  static func account(of location: Location, in context: ExecutionContext) -> AccountID? { EchoRuntime.account(of: location) }
}

typealias TeleportPallet = XcmPallet.Pallet<TeleportConfig>

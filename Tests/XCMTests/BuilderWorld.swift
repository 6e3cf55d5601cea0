import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// The calls of a small runtime that programs may dispatch.
@ScaleCodable(path: "BuilderCall")
enum BuilderCall: Hashable, Sendable {
  /// Remembers a number.
  @ScaleIndex(0) case note(UInt32)
  /// Remembers a number, tells it, and fails.
  @ScaleIndex(1) case fail(UInt32)
  /// Needs root.
  @ScaleIndex(2) case govern
  /// Not for programs.
  @ScaleIndex(3) case forbidden
  /// Nests without end.
  @ScaleIndex(4) indirect case nested(BuilderCall)
}

extension BuilderCall: RuntimeDispatchable {
  static let failure = DispatchError.module(ModuleError(pallet: 9, error: 4))

  var info: DispatchInfo {
    switch self {
    case .note: DispatchInfo(Weight(refTime: 100, proofSize: 7))
    case .fail: DispatchInfo(Weight(refTime: 200))
    case .govern, .forbidden: DispatchInfo(Weight(refTime: 300))
    case .nested(let call): DispatchInfo(call.info.weight.adding(Weight(refTime: 1)))
    }
  }

  func dispatch(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    BuilderWorld.lastOrigin.set(BuilderWorld.tag(origin), in: context)
    switch self {
    case .note(let number): BuilderWorld.number.set(number, in: context)
    case .fail(let number):
      BuilderWorld.number.set(number, in: context)
      context.deposit(EventRecord(phase: .initialization, event: [7]))
      throw Self.failure
    case .govern: try origin.ensureRoot()
    case .forbidden: return
    case .nested(let call): try call.dispatch(origin: origin, in: context)
    }
  }
}

/// What the builder's types are tried on: parachain 1000, which has siblings and a parent.
enum BuilderWorld {
  static let number = StorageValue<UInt32>("Builder", "Number", default: 0)
  static let lastOrigin = StorageValue<[UInt8]>("Builder", "Origin", default: [])

  /// An origin in a form that storage takes.
  static func tag(_ origin: Origin) -> [UInt8] {
    switch origin {
    case .root: [0]
    case .none: [1]
    case .signed(let account): [2] + account.bytes
    case .xcm(let location): [3] + location
    }
  }

  static func number(in state: ExecutionContext) -> UInt32? { try? number.get(in: state) }
  static func origin(in state: ExecutionContext) -> [UInt8]? { try? lastOrigin.get(in: state) }
}

/// Siblings and accounts have origins; the parent governs.
enum BuilderSetup: CallDispatcherSetup {
  typealias Call = BuilderCall
  static var origins: any OriginConverter {
    FirstOrigin(
      SovereignSignedViaLocation(FirstConverter(SiblingAccount(), DescribedAccount())), SignedAccountID32AsNative(),
      SiblingParachainAsNative(), ParentAsSuperuser(), XcmPassthrough())
  }
  static func isSafe(_ call: BuilderCall, in state: ExecutionContext) -> Bool { call != .forbidden }
}

/// Awaits answer 5 of the market to this chain, and answer 6 of anybody who names no querier.
enum BuilderResponses: ResponseHandler {
  static func isExpecting(
    _ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext
  ) -> Bool {
    switch queryID {
    case 5: origin == World.market && querier == .here
    case 6: querier == nil
    default: false
    }
  }
  static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight { .zero }
}

/// No assets move in this world.
enum NoAssets: AssetTransactor, XcmRouter, AssetTrap {
  static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  { throw .assetNotFound }
  static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  { throw .assetNotFound }
  static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError) -> Assets {
    throw .unroutable
  }
  static func send(_ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext)
    throws(XcmError) -> H256
  { throw .unroutable }
  static func trap(_ assets: Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
    .zero
  }
  static func claim(
    _ assets: Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Bool { false }
}

/// A runtime put together from the builder's types alone.
enum BuilderConfig: XcmConfig {
  typealias Transactor = NoAssets
  typealias Router = NoAssets
  typealias Trader = FreeTrader
  typealias Trap = NoAssets
  typealias Dispatcher = CallDispatcher<BuilderSetup>
  typealias Responses = BuilderResponses

  static let reserves = AssetLocationFilter.ofChain
  static let aliases = AliasFilter.childLocation

  static var barrier: any XcmBarrier {
    TrailingSetTopicAsID(
      RespectSuspension(
        DenyThenTry(
          DenyRecursively(DenyReserveTransferToRelayChain()),
          AnyBarrier(
            TakeWeightCredit(), AllowKnownQueryResponses<BuilderResponses>(),
            WithComputedOrigin(
              universal: { _ in World.universal },
              AnyBarrier(
                AllowTopLevelPaidExecution(from: .everything),
                AllowExplicitUnpaidExecution(from: LocationFilter.siblings.or(.parent), aliases: aliases),
                AllowSubscriptions(from: .siblings), AllowHrmpNotificationsFromRelayChain())))
        )
      ) { _, _, _, state in (try? BuilderWorld.number.get(in: state)) == .max })
  }
  static var weigher: any XcmWeigher {
    InstructionWeigher(
      unit: World.unit,
      calls: { (call: [UInt8], state: ExecutionContext) throws(XcmError) in try Dispatcher.weight(of: call, in: state) }
    )
  }
  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions { World.universal }
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    reserves.contains(asset, at: origin, in: state)
  }
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool { false }
  static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool {
    aliases.contains(origin, as: target, in: state)
  }
  static func collect(fee: Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {}

  /// Runs a program and says how it ended.
  static func run(
    _ program: Xcm, from origin: Location = World.market, credit: Weight = .zero, in state: ExecutionContext
  ) -> (outcome: Outcome, id: H256) {
    var id = H256.zero
    let outcome = XcmExecutor<BuilderConfig>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: .max, weightCredit: credit, in: state)
    return (outcome, id)
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// A state without anything in it.
struct EmptyState: StateBackend {
  func value(for key: [UInt8]) -> [UInt8]? { nil }
  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] { [] }
}

extension ExecutionContext {
  static func fresh() -> ExecutionContext { ExecutionContext(EmptyState()) }
}

/// Places and assets of a small world: this chain is parachain 1000.
enum World {
  static let network = NetworkID.byGenesis(H256(words: Words32(7, 7, 7, 7)))
  static let universal = Junctions(.globalConsensus(network), .para(1000))
  static let home = Location.here
  static let token = Location(.palletInstance(50), .generalIndex(1))
  static let foreign = Location.sibling(2001)
  static let market = Location.sibling(2000)
  static let studio = Location.sibling(2001)
  static let alice = Location.account(AccountID(words: Words32(1, 0, 0, 0)))
  static let bob = Location.account(AccountID(words: Words32(2, 0, 0, 0)))
  static let checking = Location(.onlyChild)
  static let sink = Location(.palletInstance(99))
  /// Has what the exchanger gives, and gets what it takes.
  static let pool = Location(.palletInstance(14))
  /// What one instruction weighs.
  static let unit = Weight(refTime: 10, proofSize: 1)
  static let topic = H256(words: Words32(3, 3, 3, 3))
}

/// Balances by location and asset, in the state under test, so that rollbacks reach them.
enum Ledger {
  static let minimum: Balance = 10
  private static let balances = StorageDoubleMap<Location, AssetID, Balance>(
    "Ledger", "Balances", hashers: (first: .blake2b128Concat, second: .blake2b128Concat))

  static func balance(_ location: Location, _ asset: Location, in state: ExecutionContext) -> Balance {
    (try? balances.get(location, AssetID(asset), in: state)) ?? 0
  }

  static func set(_ location: Location, _ asset: Location, _ amount: Balance, in state: ExecutionContext) {
    if amount == 0 {
      balances.remove(location, AssetID(asset), in: state)
    } else {
      balances.set(location, AssetID(asset), to: amount, in: state)
    }
  }

  static func add(_ location: Location, _ asset: Location, _ amount: Balance, in state: ExecutionContext) {
    set(location, asset, balance(location, asset, in: state) + amount, in: state)
  }

  /// All units of an asset that accounts of the world have.
  static func issuance(_ asset: Location, in state: ExecutionContext) -> Balance {
    let owners = [World.alice, World.bob, World.market, World.studio, World.checking, World.sink, World.pool, .here, .parent]
    return owners.reduce(0) { $0 + balance($1, asset, in: state) }
  }
}

/// Knows the home currency, one token and one foreign asset; an account lives on `Ledger.minimum` of home or foreign.
enum LedgerTransactor: AssetTransactor {
  private static func matched(_ asset: Asset) throws(XcmError) -> (Location, Balance) {
    guard let amount = asset.amount, [World.home, World.token, World.foreign].contains(asset.id.location) else {
      throw .assetNotFound
    }
    return (asset.id.location, amount)
  }

  static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset)
    let balance = Ledger.balance(location, id, in: state)
    let locked = LedgerLocker.locked(location, id, in: state)
    guard balance >= amount, balance - amount >= locked else { throw .failedToTransactAsset }
    Ledger.set(location, id, balance - amount, in: state)
  }

  static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset)
    // A careless ledger that writes before it refuses: the executor has to undo it.
    Ledger.add(location, id, amount, in: state)
    let keepers = [World.home, World.foreign].map { Ledger.balance(location, $0, in: state) }
    guard keepers.contains(where: { $0 >= Ledger.minimum }) else { throw .failedToTransactAsset }
  }

  static func canCheckIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset)
    guard Ledger.balance(World.checking, id, in: state) >= amount else { throw .notWithdrawable }
  }
  static func checkIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    try withdraw(asset, from: World.checking, context: context, in: state)
  }
  static func canCheckOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    guard target != World.bob else { throw .notDepositable }
  }
  static func checkOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    let (id, amount) = try matched(asset)
    Ledger.add(World.checking, id, amount, in: state)
  }
}

/// A message that left.
@ScaleCodable(path: "SentMessage")
struct SentMessage: Hashable, Sendable {
  var destination: Location
  var program: Xcm
  var claimer: Location
  var topic: H256
}

/// Keeps messages in the state; market is 5 away, studio 3, nothing else is reachable.
enum LedgerRouter: XcmRouter {
  static let messages = StorageValue<[SentMessage]>("Router", "Messages", default: [])

  static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError) -> Assets {
    switch destination {
    case World.market: Assets(Asset(World.home, amount: 5))
    case World.studio: Assets(Asset(World.home, amount: 3))
    case .here: Assets()
    default: throw .unroutable
    }
  }

  static func send(_ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext)
    throws(XcmError) -> H256
  {
    let message = SentMessage(destination: destination, program: program, claimer: info.claimer, topic: info.topic)
    do throws(DispatchError) {
      try messages.mutate(in: state) { (list: inout [SentMessage]) throws(DispatchError) in list.append(message) }
    } catch { throw .transport }
    return info.topic
  }

  static func sent(in state: ExecutionContext) -> [SentMessage] { (try? messages.get(in: state)) ?? [] }
}

/// One unit of home currency per 10 of time; two units of the token for one of home.
enum LedgerPrices: WeightPrices {
  static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    let base = Balance(weight.refTime.value / 10)
    return switch asset.location {
    case World.home: base
    case World.token: 2 * base
    default: nil
    }
  }
  static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {
    Ledger.add(World.sink, asset.id.location, asset.amount ?? 0, in: state)
  }
}

enum LedgerTrap: AssetTrap {
  static let ledger = AssetTrapLedger(OptionalStorageMap("Trap", "Traps", hasher: .identity))
  /// Everything trapped so far, for the conservation test.
  static let trapped = StorageValue<[Pair<Location, Assets>]>("Trap", "List", default: [])

  static func trap(_ assets: Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
    _ = try? ledger.trap(assets, for: claimer, in: state)
    trapped.set(list(in: state) + [Pair(claimer, assets)], in: state)
    return Weight(refTime: 1)
  }
  static func claim(
    _ assets: Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Bool {
    guard let found = try? ledger.claim(assets, ticket: ticket, origin: origin, in: state) else { return false }
    _ = found
    var list = list(in: state)
    if let index = list.firstIndex(of: Pair(origin, assets)) { list.remove(at: index) }
    trapped.set(list, in: state)
    return true
  }
  static func list(in state: ExecutionContext) -> [Pair<Location, Assets>] { (try? trapped.get(in: state)) ?? [] }
}

/// Dispatches calls by their first byte: 0 succeeds with half its weight, 1 fails, 9 executes the program behind it,
/// anything else does not decode.
enum ByteDispatcher: XcmDispatcher {
  static func dispatch(_ call: [UInt8], origin: Location, kind: OriginKind, in state: ExecutionContext) throws(XcmError)
    -> TransactResult
  {
    guard kind != .superuser else { throw .badOrigin }
    if call.first == 9 {
      guard let program = try? Xcm(decoding: Array(call.dropFirst())) else { throw .failedToDecode }
      var id = H256.zero
      let outcome = XcmExecutor<TestConfig>.prepareAndExecute(
        program, origin: origin, id: &id, weightLimit: .max, in: state)
      let status = outcome.failure.map { MaybeErrorCode.error(BoundedVector([$0.index]) ?? BoundedVector()) }
      return TransactResult(status: status ?? .success, declared: Weight(refTime: 100), actual: Weight(refTime: 100))
    }
    switch call {
    case [0]: return TransactResult(status: .success, declared: Weight(refTime: 100), actual: Weight(refTime: 40))
    case [1]:
      return TransactResult(
        status: .error(BoundedVector([3]) ?? BoundedVector()), declared: Weight(refTime: 100),
        actual: Weight(refTime: 100))
    default: throw .failedToDecode
    }
  }
}

/// The configuration of the world. Everybody may run programs.
enum TestConfig: XcmConfig {
  typealias Transactor = LedgerTransactor
  typealias Router = LedgerRouter
  typealias Trader = PricedTrader<LedgerPrices>
  typealias Trap = LedgerTrap
  typealias Dispatcher = ByteDispatcher
  typealias Exchanger = LedgerExchanger
  typealias Locker = LedgerLocker
  typealias Responses = LedgerResponses
  typealias Subscriptions = LedgerSubscriptions
  typealias Exporter = LedgerExporter

  static let pallets = [
    .test(4, "Balances", module: "pallet_balances", 1, 2, 3), .test(5, "Assets", module: "pallet_assets", 2, 0, 0),
    PalletInfo.test(6, "ForeignAssets", module: "pallet_assets", 2, 0, 0),
  ]
  static var barrier: any XcmBarrier { TrailingSetTopicAsID(AllowUnpaidExecution(from: .everything)) }
  static var weigher: any XcmWeigher {
    InstructionWeigher(
      unit: World.unit, calls: { (call: [UInt8], _: ExecutionContext) throws(XcmError) in Weight(refTime: 100) })
  }
  static var maximumHolding: Int { 4 }
  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions { World.universal }
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    asset.id.location.chain == origin
  }
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    location == World.market || location == World.bob
  }
  static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool {
    target.starts(with: origin)
  }
  static func isUniversalAlias(_ network: Junction, of origin: Location, in state: ExecutionContext) -> Bool {
    origin == World.market
  }
  static func isFeeWaived(for origin: Location?, reason: FeeReason, in state: ExecutionContext) -> Bool {
    origin == .here
  }
  static func collect(fee: Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    for asset in fee.items { Ledger.add(World.sink, asset.id.location, asset.amount ?? 0, in: state) }
  }
  static func handle(_ notice: HrmpNotice, in state: ExecutionContext) throws(XcmError) {
    try LedgerNotices.handle(notice, in: state)
  }
  static func deposit(_ event: XcmEvent, in state: ExecutionContext) {
    let name: UInt8 =
      switch event {
      case .sent: 0
      case .feesPaid: 1
      case .processError: 2
      }
    state.deposit(EventRecord(phase: .initialization, event: [name]))
  }
}

/// A run of one program, with the state it left and the holdings it passed through.
struct Run {
  let state: ExecutionContext
  var outcome = Outcome.complete(used: .zero)
  var steps: [XcmStep] = []
  var id = World.topic

  /// Executes a program; alice has 1000 of home and token, market 1000 of each, checking 50 of home, the pool 500 of
  /// each.
  init(
    _ program: Xcm, from origin: Location = World.alice, credit: Weight = .zero, on previous: ExecutionContext? = nil
  ) {
    let state = previous ?? Run.world()
    var steps: [XcmStep] = []
    var id = H256(words: Words32(9, 9, 9, 9))
    outcome = XcmExecutor<TestConfig>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: .max, weightCredit: credit, in: state
    ) { steps.append($0) }
    self.state = state
    self.steps = steps
    self.id = id
  }

  static func world() -> ExecutionContext {
    let state = ExecutionContext.fresh()
    for owner in [World.alice, World.market] {
      for asset in [World.home, World.token] { Ledger.set(owner, asset, 1000, in: state) }
    }
    Ledger.set(World.checking, World.home, 50, in: state)
    for asset in [World.home, World.token] { Ledger.set(World.pool, asset, 500, in: state) }
    return state
  }

  var holding: Holding { steps.last?.after.holding ?? Holding() }
  var error: XcmError? { outcome.failure?.error }
  var index: UInt8? { outcome.failure?.index }
  var sent: [SentMessage] { LedgerRouter.sent(in: state) }
  var trapped: [Pair<Location, Assets>] { LedgerTrap.list(in: state) }
  func home(_ location: Location) -> Balance { Ledger.balance(location, World.home, in: state) }
  func token(_ location: Location) -> Balance { Ledger.balance(location, World.token, in: state) }
}

extension Assets {
  static func home(_ amount: Balance) -> Assets { Assets(Asset(World.home, amount: amount)) }
  static func token(_ amount: Balance) -> Assets { Assets(Asset(World.token, amount: amount)) }
  static func foreign(_ amount: Balance) -> Assets { Assets(Asset(World.foreign, amount: amount)) }
  static func both(_ home: Balance, _ token: Balance) -> Assets {
    (try? Assets([Asset(World.home, amount: home), Asset(World.token, amount: token)])) ?? Assets()
  }
}

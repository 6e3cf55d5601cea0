import PalletSupport
import Primitives
import ScaleCodec
import XCM

// The world as a configuration of the executor. Everything is kept in the state, so that rollbacks reach it.

/// A state without anything in it.
struct EmptyState: StateBackend {
  func value(for key: [UInt8]) -> [UInt8]? { nil }
  func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] { [] }
}

extension ExecutionContext {
  fileprivate func number(_ key: [UInt8]) -> Balance { get(key).flatMap { try? Balance(decoding: $0) } ?? 0 }
  fileprivate func setNumber(_ key: [UInt8], _ number: Balance) { put(key, number == 0 ? nil : number.encoded()) }
  fileprivate func place(_ key: [UInt8]) -> Location? { get(key).flatMap { try? Location(decoding: $0) } }

  fileprivate func append(_ message: [UInt8]) {
    var index = 0
    while get(Row.message(index)) != nil { index += 1 }
    put(Row.message(index), message)
  }
}

/// Units and instances by account.
enum ReferenceTransactor: AssetTransactor {
  static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    try take(asset, from: location, in: state)
    guard asset.amount != nil else { return }
    let rest = state.number(Row.balance(location, asset.id))
    guard asset.id != World.home || rest == 0 || rest >= World.minimum else { throw .failedToTransactAsset }
    guard rest >= ReferenceLocker.frozen(location, asset.id, in: state) else { throw .failedToTransactAsset }
  }

  // Writes before it refuses: the executor has to undo it.
  static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    guard isKnown(asset) else { throw .assetNotFound }
    guard location != World.relay else { throw .locationCannotHold }
    guard asset.amount != nil else {
      guard state.get(Row.instance(asset)) == nil else { throw .failedToTransactAsset }
      state.put(Row.instance(asset), location.encoded())
      return
    }
    try give(asset, to: location, in: state)
    guard asset.id != World.foreign, asset.id != World.coin else { return }
    let keepers = asset.id == World.home ? [World.home] : [World.home, World.foreign]
    guard keepers.contains(where: { state.number(Row.balance(location, $0)) >= World.minimum }) else {
      throw .failedToTransactAsset
    }
  }

  static func canCheckIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    guard isKnown(asset) else { throw .assetNotFound }
    let isThere =
      asset.amount.map { state.number(Row.balance(World.checking, asset.id)) >= $0 }
      ?? (state.place(Row.instance(asset)) == World.checking)
    guard isThere else { throw .notWithdrawable }
  }

  static func checkIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    try take(asset, from: World.checking, in: state)
  }

  static func canCheckOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    guard isKnown(asset) else { throw .assetNotFound }
    guard asset.id != World.token, asset != World.instance(World.art, 13) else { throw .notDepositable }
  }

  static func checkOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    if asset.amount == nil {
      state.put(Row.instance(asset), World.checking.encoded())
    } else {
      try give(asset, to: World.checking, in: state)
    }
  }

  private static func isKnown(_ asset: Asset) -> Bool {
    asset.amount == nil ? [World.art, World.gem].contains(asset.id) : World.fungibles.contains(asset.id)
  }

  private static func take(_ asset: Asset, from location: Location, in state: ExecutionContext) throws(XcmError) {
    guard isKnown(asset) else { throw .assetNotFound }
    guard let amount = asset.amount else {
      guard state.place(Row.instance(asset)) == location else { throw .failedToTransactAsset }
      state.put(Row.instance(asset), nil)
      return
    }
    let key = Row.balance(location, asset.id)
    let balance = state.number(key)
    guard balance >= amount else { throw .failedToTransactAsset }
    state.setNumber(key, balance - amount)
  }

  private static func give(_ asset: Asset, to location: Location, in state: ExecutionContext) throws(XcmError) {
    let key = Row.balance(location, asset.id)
    let (sum, overflow) = state.number(key).addingReportingOverflow(asset.amount ?? 0)
    guard !overflow else { throw .overflow }
    state.setNumber(key, sum)
  }

  /// Adds to an account of the world itself, where no rule holds.
  fileprivate static func add(_ asset: Asset, to location: Location, in state: ExecutionContext) {
    let key = Row.balance(location, asset.id)
    state.setNumber(key, state.number(key) + (asset.amount ?? 0))
  }
}

/// Keeps messages in the state.
enum ReferenceRouter: XcmRouter {
  static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError)
    -> Assets
  {
    switch destination {
    case World.market: Assets(Asset(World.home, amount: 5))
    case World.studio: try Assets([Asset(World.home, amount: 3), Asset(World.token, amount: 2)])
    case World.relay: Assets()
    default: throw .unroutable
    }
  }

  static func send(_ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext)
    throws(XcmError) -> H256
  {
    state.append(Row.content(program, to: destination, info))
    guard !program.instructions.contains(.clearTopic) else { throw .transport }
    return info.topic
  }
}

/// Prices of weight.
enum ReferencePrices: WeightPrices {
  static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    switch asset {
    case World.home: Balance(weight.refTime.value / 10)
    case World.token: Balance(weight.refTime.value / 10) * 2
    default: nil
    }
  }
  static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {
    ReferenceTransactor.add(asset, to: World.sink, in: state)
  }
}

/// Counts traps by claimer and assets.
enum ReferenceTrap: AssetTrap {
  static func trap(_ assets: Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
    let key = Row.trap(claimer, assets)
    state.setNumber(key, state.number(key) + 1)
    return World.trapWeight
  }
  static func claim(
    _ assets: Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Bool {
    guard ticket == .here || ticket == Location(.generalIndex(5)) else { return false }
    let key = Row.trap(origin, assets)
    let count = state.number(key)
    guard count > 0 else { return false }
    state.setNumber(key, count - 1)
    return true
  }
}

/// Runs the calls of ``Call``.
enum ReferenceDispatcher: XcmDispatcher {
  static func dispatch(_ call: [UInt8], origin: Location, kind: OriginKind, in state: ExecutionContext)
    throws(XcmError) -> TransactResult
  {
    guard let code = call.first, code <= Call.execute else { throw .failedToDecode }
    let program = code == Call.execute ? try? Xcm(decoding: Array(call.dropFirst())) : Xcm()
    guard let program, code == Call.execute || call.count == 1 else { throw .failedToDecode }
    guard code != Call.filtered else { throw .noPermission }
    guard kind != .superuser || origin == .here else { throw .badOrigin }
    let declared = Weight(refTime: World.callWeight)
    switch code {
    case Call.remark: return TransactResult(status: .success, declared: declared, actual: Weight(refTime: 50))
    case Call.issue:
      let issued = Asset(World.home, amount: 50)
      ReferenceTransactor.add(issued, to: origin, in: state)
      ReferenceTransactor.add(issued, to: World.mint, in: state)
      return TransactResult(status: .success, declared: declared, actual: declared)
    case Call.execute:
      var id = World.messageID
      let outcome = XcmExecutor<ReferenceConfig>.prepareAndExecute(
        program, origin: origin, id: &id, weightLimit: .max, weightCredit: .zero, in: state
      ) { _ in }
      guard case .complete = outcome else { fallthrough }
      return TransactResult(status: .success, declared: declared, actual: declared)
    default:
      let error: [UInt8] = [code == Call.execute ? 4 : 3]
      return TransactResult(
        status: .error(BoundedVector(error) ?? BoundedVector()), declared: declared, actual: declared)
    }
  }
}

/// Swaps with the pool.
enum ReferenceExchanger: AssetExchanger {
  static func exchange(
    _ give: Holding, for want: Assets, maximal: Bool, origin: Location?, in state: ExecutionContext
  ) throws(XcmError) -> Holding {
    guard let wanted = want.first, want.count == 1, let amount = wanted.amount, let paid = other(wanted.id),
      amount >> 100 == 0
    else { throw .noDeal }
    let offered = give.assets.first { $0.id == paid && $0.amount != nil }?.amount ?? 0
    let spent = maximal ? offered : cost(of: amount, wanted.id)
    let bought = maximal ? yield(of: offered, wanted.id) : amount
    let reserves = state.number(Row.balance(World.pool, wanted.id))
    guard spent <= offered, spent > 0, bought >= amount, reserves >= bought else { throw .noDeal }
    state.setNumber(Row.balance(World.pool, wanted.id), reserves - bought)
    ReferenceTransactor.add(Asset(paid, amount: spent), to: World.pool, in: state)
    var rest = give
    _ = rest.take(.definite(Assets(Asset(paid, amount: spent))))
    rest.add(Asset(wanted.id, amount: bought))
    return rest
  }

  static func quote(_ give: Assets, for want: Assets, maximal: Bool, in state: ExecutionContext) -> Assets? {
    guard let wanted = want.first, want.count == 1, let amount = wanted.amount, let paid = other(wanted.id),
      let offer = give.items.first(where: { $0.id == paid })
    else { return nil }
    return maximal
      ? Assets(Asset(wanted.id, amount: yield(of: offer.amount ?? 0, wanted.id)))
      : Assets(Asset(paid, amount: cost(of: amount, wanted.id)))
  }

  private static func other(_ asset: AssetID) -> AssetID? {
    asset == World.home ? World.token : asset == World.token ? World.home : nil
  }
  private static func cost(of amount: Balance, _ wanted: AssetID) -> Balance {
    wanted == World.home ? amount * 2 : (amount + 1) / 2
  }
  private static func yield(of amount: Balance, _ wanted: AssetID) -> Balance {
    wanted == World.home ? amount / 2 : amount * 2
  }
}

/// Locks of fungible assets.
enum ReferenceLocker: AssetLocker {
  static func lock(_ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext) throws(XcmError) {
    guard let amount = asset.amount, state.number(Row.balance(owner, asset.id)) >= amount else { throw .lockError }
    let key = Row.lock(owner, asset.id, unlocker)
    state.setNumber(key, max(amount, state.number(key)))
  }
  static func unlock(_ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext) throws(XcmError) {
    try reduce(Row.lock(owner, asset.id, unlocker), by: asset, in: state)
  }
  static func noteUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    guard let amount = asset.amount else { throw .lockError }
    let key = Row.note(owner, asset.id, locker)
    state.setNumber(key, max(amount, state.number(key)))
  }
  static func reduceUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    try reduce(Row.note(owner, asset.id, locker), by: asset, in: state)
  }

  private static func reduce(_ key: [UInt8], by asset: Asset, in state: ExecutionContext) throws(XcmError) {
    let locked = state.number(key)
    guard let amount = asset.amount, locked >= amount else { throw .lockError }
    state.setNumber(key, locked - amount)
  }

  /// Units of an account that no withdrawal may touch.
  static func frozen(_ owner: Location, _ asset: AssetID, in state: ExecutionContext) -> Balance {
    [World.market, World.studio, World.relay].map { state.number(Row.lock(owner, asset, $0)) }.max() ?? 0
  }
}

/// Questions and their answers; a question knows who has to answer.
enum ReferenceResponses: ResponseHandler {
  static func isExpecting(_ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext) -> Bool {
    state.place(Row.query(queryID)) == origin && (querier == nil || querier == .here)
  }
  static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight {
    guard isExpecting(origin, queryID: queryID, querier: querier, in: state) else { return .zero }
    state.put(Row.query(queryID), nil)
    state.put(Row.answer(queryID), response.encoded())
    return .zero
  }
}

/// Who is told the version.
enum ReferenceSubscriptions: VersionSubscriptions {
  static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    guard !isSubscribed(location, in: state) else { throw .invalidLocation }
    state.put(Row.subscription(location), queryID.encoded() + maxWeight.encoded())
  }
  static func stop(_ location: Location, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    state.put(Row.subscription(location), nil)
  }
  static func isSubscribed(_ location: Location, in state: ExecutionContext) -> Bool {
    state.get(Row.subscription(location)) != nil
  }
}

/// One bridge leads to `ethereum`, for 7 of `home`.
enum ReferenceExporter: XcmExporter {
  static func exportFee(of message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> Assets {
    guard message.network == World.ethereum else { throw .unroutable }
    return Assets(Asset(World.home, amount: 7))
  }
  static func export(_ message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> H256 {
    state.append(Row.content(message))
    return .zero
  }
}

/// The configuration of the world.
enum ReferenceConfig: XcmConfig {
  typealias Transactor = ReferenceTransactor
  typealias Router = ReferenceRouter
  typealias Trader = PricedTrader<ReferencePrices>
  typealias Trap = ReferenceTrap
  typealias Dispatcher = ReferenceDispatcher
  typealias Exchanger = ReferenceExchanger
  typealias Locker = ReferenceLocker
  typealias Responses = ReferenceResponses
  typealias Subscriptions = ReferenceSubscriptions
  typealias Exporter = ReferenceExporter

  static let barrier: any XcmBarrier = TrailingSetTopicAsID(
    AnyBarrier(
      AllowTopLevelPaidExecution(from: .only(World.market)),
      AllowUnpaidExecution(from: LocationFilter { origin, _ in origin != World.market && origin != World.mallory })))
  static let weigher: any XcmWeigher = InstructionWeigher(
    calls: { (call: [UInt8], _: ExecutionContext) throws(XcmError) in
      guard call.first != Call.unweighable else { throw .weightNotComputable }
      return Weight(refTime: World.callWeight)
    },
    table: { instruction in
      switch instruction {
      case .withdrawAsset, .depositAsset, .transferAsset: Weight(refTime: 30, proofSize: 3)
      case .initiateTransfer, .exchangeAsset: Weight(refTime: 50, proofSize: 5)
      case .setAppendix, .setErrorHandler: Weight(refTime: 20)
      default: Weight(refTime: 10, proofSize: 1)
      }
    })
  static var maximumHolding: Int { World.holdingLimit }
  static var pallets: [PalletInfo] { World.pallets }

  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions { World.universal }
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    switch origin {
    case World.market: asset.id == World.coin
    case World.studio: asset.id == World.foreign || asset.id == World.gem
    default: false
    }
  }
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    location == World.market && [World.home, World.token, World.art].contains(asset.id)
  }
  static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool {
    target.starts(with: origin) || (origin == World.market && target == World.studio)
  }
  static func isUniversalAlias(_ network: Junction, of origin: Location, in state: ExecutionContext) -> Bool {
    origin == World.market && network == .globalConsensus(World.ethereum)
  }
  static func isFeeWaived(for origin: Location?, reason: FeeReason, in state: ExecutionContext) -> Bool {
    origin == Location.here
  }
  static func collect(fee: Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  {
    for asset in fee.items { ReferenceTransactor.add(asset, to: World.sink, in: state) }
  }
  static func deposit(_ event: XcmEvent, in state: ExecutionContext) {
    state.deposit(EventRecord(phase: .initialization, event: Row.event(event)))
  }
}

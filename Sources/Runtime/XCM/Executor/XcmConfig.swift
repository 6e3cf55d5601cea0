public import PalletSupport
public import Primitives
internal import ScaleCodec

/// What instructions see of the execution that they are part of.
public struct XcmContext: Hashable, Sendable {
  /// The origin register: for whom the program acts, if for anybody.
  public var origin: Location?
  /// Names the message that carried the program.
  public var messageID: H256
  /// Set by `SetTopic`.
  public var topic: H256?

  public init(origin: Location?, messageID: H256, topic: H256? = nil) {
    self.origin = origin
    self.messageID = messageID
    self.topic = topic
  }

  /// The id under which the message and all that it causes can be found on every chain.
  public var traceID: H256 { topic ?? messageID }
}

/// Why a fee is due.
public enum FeeReason: Hashable, Sendable {
  case report
  case queryPallet
  case transferReserveAsset
  case depositReserveAsset
  case initiateReserveWithdraw
  case initiateTeleport
  case initiateTransfer
  case export(NetworkID)
  case lockAsset
  case requestUnlock
  /// A fee that a pallet charges outside of a program.
  case chargeFees
}

/// How assets left this chain with a message.
public enum TransferKind: Hashable, Sendable {
  /// Moved to the destination's sovereign account here, which is their reserve.
  case reserveDeposit
  /// Taken out of the local ledger; the destination is their reserve.
  case reserveWithdraw
  /// Taken out of the local ledger and checked out.
  case teleport
}

/// Assets that travel with a message, as this chain names them: what a refund has to undo.
public struct OutboundTransfer: Hashable, Sendable {
  public var kind: TransferKind
  /// At most 20, in local terms.
  public var assets: Assets

  public init(kind: TransferKind, assets: Assets) {
    self.kind = kind
    self.assets = assets
  }
}

/// What a router is told about a message besides its bytes.
public struct SendInfo: Hashable, Sendable {
  /// The origin register when the message is sent.
  public var origin: Location?
  /// Who gets the assets back should the message never arrive: the claimer hint, else the origin, else the origin
  /// that the program started with.
  public var claimer: Location
  /// The id that the message's trailing `SetTopic` carries.
  public var topic: H256
  public var reason: FeeReason
  /// The assets that left with the message.
  public var transfers: [OutboundTransfer]

  public init(origin: Location?, claimer: Location, topic: H256, reason: FeeReason, transfers: [OutboundTransfer] = []) {
    self.origin = origin
    self.claimer = claimer
    self.topic = topic
    self.reason = reason
    self.transfers = transfers
  }
}

/// Carries programs to other chains.
public protocol XcmRouter {
  /// What delivery costs; also the test that a route exists and takes the program.
  /// - Throws: ``XcmError/unroutable``, ``XcmError/exceedsMaxMessageSize``, ``XcmError/destinationUnsupported``
  static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError) -> Assets
  /// Hands the program over. The fee has been taken.
  /// - Returns: The id of the message in its lane.
  static func send(
    _ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext
  ) throws(XcmError) -> H256
}

/// Moves assets between the ledger and holding.
///
/// The executor runs every instruction in a transaction of the state, so an implementation may throw half-way. An
/// implementation that does not teleport leaves the four checks out: they refuse.
public protocol AssetTransactor {
  /// Takes an asset from an account out of the ledger.
  /// - Throws: ``XcmError/assetNotFound`` when the asset is not this transactor's; other errors end the search.
  static func withdraw(_ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  /// Puts an asset from holding into an account.
  static func deposit(_ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  /// Moves an asset between accounts without touching holding.
  static func transfer(
    _ asset: Asset, from source: Location, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError)
  /// Refuses a teleported asset that cannot have left this chain before.
  static func canCheckIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  /// Accounts for an asset that came back by teleport. Called only after ``canCheckIn(_:from:context:in:)``.
  static func checkIn(_ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  /// Refuses to teleport an asset away.
  static func canCheckOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
  /// Accounts for an asset that leaves by teleport. Called only after ``canCheckOut(_:to:context:in:)``.
  static func checkOut(_ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError)
}

extension AssetTransactor {
  public static func transfer(
    _ asset: Asset, from source: Location, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try withdraw(asset, from: source, context: context, in: state)
    try deposit(asset, to: target, context: context, in: state)
  }
  public static func canCheckIn(
    _ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
  public static func checkIn(
    _ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
  public static func canCheckOut(
    _ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
  public static func checkOut(
    _ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
}

/// Keeps what a program leaves in holding until its owner claims it.
public protocol AssetTrap {
  /// Remembers that `assets` are owed to `claimer`.
  /// - Returns: The weight of doing so, added to the program's.
  static func trap(_ assets: Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight
  /// Forgets one trap of exactly `assets` for `origin`.
  /// - Parameter ticket: `Here`, or `GeneralIndex` of the version that the assets were trapped in.
  /// - Returns: Whether there was one.
  static func claim(
    _ assets: Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Bool
}

/// How a dispatched call ended: its status and the weight it really took.
public struct TransactResult: Hashable, Sendable {
  public var status: MaybeErrorCode
  /// Weight before running, as the weigher counted it.
  public var declared: Weight
  /// Weight after running.
  public var actual: Weight

  public init(status: MaybeErrorCode, declared: Weight, actual: Weight) {
    self.status = status
    self.declared = declared
    self.actual = actual
  }
}

/// Runs encoded calls for `Transact`.
public protocol XcmDispatcher {
  /// Decodes, filters and runs a call. A call that fails is not an error of the program: its status says so.
  /// - Throws: ``XcmError/failedToDecode``, ``XcmError/noPermission`` for a filtered call, ``XcmError/badOrigin``
  ///   when the location has no origin of this kind.
  static func dispatch(
    _ call: [UInt8], origin: Location, kind: OriginKind, in state: ExecutionContext
  ) throws(XcmError) -> TransactResult
}

/// The dispatcher of a runtime without `Transact`.
public enum NoDispatcher: XcmDispatcher {
  public static func dispatch(
    _ call: [UInt8], origin: Location, kind: OriginKind, in state: ExecutionContext
  ) throws(XcmError) -> TransactResult { throw .unimplemented }
}

/// What the executor tells the runtime, to be shown as events.
public enum XcmEvent: Hashable, Sendable {
  /// A message left.
  case sent(origin: Location?, destination: Location, program: Xcm, messageID: H256, topic: H256)
  /// A delivery fee or another fee was taken.
  case feesPaid(paying: Location?, fees: Assets, reason: FeeReason)
  /// An instruction failed; its own effects were undone. Tells where the program came from, whatever its origin register
  /// held by then, and the topic, or without one the message's id.
  case processError(origin: Location?, index: UInt32, error: XcmError, messageID: H256)
}

/// Everything that a runtime decides about the execution of programs.
///
/// State is passed to every function, so that one configuration serves chains that differ in their genesis only.
public protocol XcmConfig {
  associatedtype Transactor: AssetTransactor
  associatedtype Router: XcmRouter
  associatedtype Trader: WeightTrader
  associatedtype Trap: AssetTrap
  associatedtype Dispatcher: XcmDispatcher = NoDispatcher
  associatedtype Exchanger: AssetExchanger = NoExchange
  associatedtype Locker: AssetLocker = NoLocker
  associatedtype Responses: ResponseHandler = NoQueries
  associatedtype Subscriptions: VersionSubscriptions = NoSubscriptions
  associatedtype Exporter: XcmExporter = NoExporter

  /// Decides whether a program is executed at all.
  static var barrier: any XcmBarrier { get }
  /// Weighs programs before they run.
  static var weigher: any XcmWeigher { get }
  /// Items that holding may have when more are to come; it never has more than twice as many, and what the fees
  /// register returns.
  static var maximumHolding: Int { get }
  /// This chain's path from the root of consensus.
  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions
  /// Whether `origin` is trusted as the reserve of `asset`.
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool
  /// Whether `asset` may be teleported from and to `location`.
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool
  /// Whether `origin` may act as `target` from now on.
  static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool
  /// Whether `origin` may speak for another network.
  static func isUniversalAlias(_ network: Junction, of origin: Location, in state: ExecutionContext) -> Bool
  /// The pallets that `QueryPallet` and `ExpectPallet` know, in the order of their indices.
  static var pallets: [PalletInfo] { get }
  /// Takes a relay chain's notice.
  ///
  /// Nobody has checked who sent it: a chain with a relay chain denies these instructions to all other origins in its
  /// barrier, for a program that pays may hold anything.
  /// - Throws: ``XcmError/unimplemented`` on a chain without a relay chain.
  static func handle(_ notice: HrmpNotice, in state: ExecutionContext) throws(XcmError)
  /// Whether an origin pays no fee.
  static func isFeeWaived(for origin: Location?, reason: FeeReason, in state: ExecutionContext) -> Bool
  /// Receives a fee; the assets are out of the ledger and out of holding.
  static func collect(fee: Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError)
  /// Receives the executor's events.
  static func deposit(_ event: XcmEvent, in state: ExecutionContext)
}

extension XcmConfig {
  public static var maximumHolding: Int { 64 }
  public static func isAlias(_ target: Location, of origin: Location, in state: ExecutionContext) -> Bool { false }
  public static func isUniversalAlias(_ network: Junction, of origin: Location, in state: ExecutionContext) -> Bool {
    false
  }
  public static var pallets: [PalletInfo] { [] }
  public static func handle(_ notice: HrmpNotice, in state: ExecutionContext) throws(XcmError) { throw .unimplemented }
  public static func isFeeWaived(for origin: Location?, reason: FeeReason, in state: ExecutionContext) -> Bool { false }
  public static func deposit(_ event: XcmEvent, in state: ExecutionContext) {}
}

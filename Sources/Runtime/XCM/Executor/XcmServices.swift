public import PalletSupport
public import Primitives

// Services of a runtime that single instructions call upon. A runtime without one leaves the default in its place,
// which refuses with the error that XCM defines for it.

/// Swaps assets of a program: `ExchangeAsset`, and delivery fees due in another asset than the program pays with.
public protocol AssetExchanger {
  /// Swaps `give` for at least `want`.
  ///
  /// Everything of `give` is out of the ledger, and so is everything that is returned.
  /// - Parameters:
  ///   - maximal: Whether all of `give` is given for as much as it buys, or as little of it as buys `want`.
  ///   - origin: The origin register.
  /// - Returns: What was bought, and the part of `give` that was not spent.
  /// - Throws: ``XcmError/noDeal``; the caller then still has `give`.
  static func exchange(
    _ give: Holding, for want: Assets, maximal: Bool, origin: Location?, in state: ExecutionContext
  ) throws(XcmError) -> Holding

  /// What such a swap would take and bring, without doing it.
  ///
  /// Unless `maximal`, only the ids of `give` matter: its amounts say nothing about what there is.
  /// - Returns: When `maximal`, what all of `give` buys; otherwise what has to be given for `want`. `nil` for no deal.
  static func quote(_ give: Assets, for want: Assets, maximal: Bool, in state: ExecutionContext) -> Assets?
}

/// No swap is on offer.
public enum NoExchange: AssetExchanger {
  public static func exchange(
    _ give: Holding, for want: Assets, maximal: Bool, origin: Location?, in state: ExecutionContext
  ) throws(XcmError) -> Holding { throw .noDeal }
  public static func quote(_ give: Assets, for want: Assets, maximal: Bool, in state: ExecutionContext) -> Assets? {
    nil
  }
}

/// Locks assets that stay in their account, and notes what other chains have locked.
///
/// Every function checks all before it writes.
public protocol AssetLocker {
  /// Locks `asset` in the account of `owner`; only `unlocker` may undo it.
  /// - Throws: ``XcmError/lockError``
  static func lock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError)
  /// Lifts a lock of `unlocker` from the account of `owner`, up to the amount of `asset`.
  /// - Throws: ``XcmError/lockError``
  static func unlock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError)
  /// Notes that `locker` holds `asset` of `owner` locked, and that this chain may have it unlocked.
  /// - Throws: ``XcmError/lockError``
  static func noteUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError)
  /// Takes back such a note before `locker` is asked to unlock.
  /// - Throws: ``XcmError/lockError`` when something still needs the lock.
  static func reduceUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError)
}

/// Nothing can be locked.
public enum NoLocker: AssetLocker {
  public static func lock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError) { throw .lockError }
  public static func unlock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError) { throw .lockError }
  public static func noteUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) { throw .lockError }
  public static func reduceUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) { throw .lockError }
}

/// Receives answers to queries.
public protocol ResponseHandler {
  /// Whether an answer to this query from `origin` is awaited.
  /// - Parameter querier: Who asked, as `origin` says, seen from here; `nil` when it does not say.
  static func isExpecting(
    _ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext
  ) -> Bool
  /// Takes an answer. One that is not awaited changes nothing and is told by an event.
  /// - Returns: The weight that handling it took.
  static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight
}

/// Nothing is ever asked, so no answer is awaited.
public enum NoQueries: ResponseHandler {
  public static func isExpecting(
    _ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext
  ) -> Bool { false }
  public static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight { .zero }
}

/// Tells other chains which XCM version this one speaks, now and whenever it changes.
public protocol VersionSubscriptions {
  /// Begins to tell `location`, at once for the first time.
  /// - Throws: ``XcmError/invalidLocation`` when it is subscribed already.
  static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError)
  /// Ends telling `location`; without a subscription nothing happens.
  static func stop(_ location: Location, context: XcmContext, in state: ExecutionContext) throws(XcmError)
  /// Whether `location` is told.
  static func isSubscribed(_ location: Location, in state: ExecutionContext) -> Bool
}

/// No subscriptions are served.
public enum NoSubscriptions: VersionSubscriptions {
  public static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
  public static func stop(
    _ location: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) { throw .unimplemented }
  public static func isSubscribed(_ location: Location, in state: ExecutionContext) -> Bool { false }
}

/// A message for another network, on its way to the bridge that leads there.
public struct ExportedMessage: Hashable, Sendable {
  /// The network that the message is for.
  public var network: NetworkID
  /// First four bytes of blake2b-128 over the encoded origin and destination, little-endian: keeps apart what must not
  /// hold one another up.
  public var channel: UInt32
  /// The sender's path from the root of consensus, its network first.
  public var source: Junctions
  /// The receiver's path within `network`.
  public var destination: Junctions
  public var program: Xcm

  public init(network: NetworkID, channel: UInt32, source: Junctions, destination: Junctions, program: Xcm) {
    self.network = network
    self.channel = channel
    self.source = source
    self.destination = destination
    self.program = program
  }
}

/// Carries programs to other networks.
public protocol XcmExporter {
  /// What it costs; also the test that a bridge leads there.
  /// - Throws: ``XcmError/unroutable``, ``XcmError/exportError``
  static func exportFee(of message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> Assets
  /// Hands the message over. The fee has been taken.
  /// - Returns: The id of the message.
  static func export(_ message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> H256
}

/// No bridge leads anywhere.
public enum NoExporter: XcmExporter {
  public static func exportFee(of message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> Assets {
    throw .unroutable
  }
  public static func export(_ message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> H256 {
    throw .unroutable
  }
}

/// What a relay chain tells its parachains about channels between them.
public enum HrmpNotice: Hashable, Sendable {
  case newChannelOpenRequest(sender: UInt32, maxMessageSize: UInt32, maxCapacity: UInt32)
  case channelAccepted(recipient: UInt32)
  case channelClosing(initiator: UInt32, sender: UInt32, recipient: UInt32)
}

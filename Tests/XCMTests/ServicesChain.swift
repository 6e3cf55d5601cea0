import PalletSupport
import Primitives
import ScaleCodec
import XCM

// The services of the test world. All of them keep what they know in the state, so that rollbacks reach it.

/// Two of the token for one of home, out of a pool; the pool wins every rounding.
enum LedgerExchanger: AssetExchanger {
  static func exchange(
    _ give: Holding, for want: Assets, maximal: Bool, origin: Location?, in state: ExecutionContext
  ) throws(XcmError) -> Holding {
    guard let wanted = want.first, let least = wanted.amount, want.count == 1, let offered = give.assets.first,
      let most = offered.amount, give.count == 1
    else { throw .noDeal }
    let paid: Balance
    let bought: Balance
    if maximal {
      paid = most
      bought = try price(of: most, offered.id, in: wanted.id, roundingUp: false)
    } else {
      paid = try price(of: least, wanted.id, in: offered.id, roundingUp: true)
      bought = least
    }
    let stock = Ledger.balance(World.pool, wanted.id.location, in: state)
    // A careless exchanger that writes before it refuses: the executor has to undo it.
    Ledger.add(World.pool, offered.id.location, min(paid, most), in: state)
    guard paid <= most, bought >= least, bought <= stock else { throw .noDeal }
    Ledger.set(World.pool, wanted.id.location, stock - bought, in: state)
    var result = give
    _ = result.take(.definite(Assets(Asset(offered.id, amount: paid))))
    result.add(Asset(wanted.id, amount: bought))
    return result
  }

  static func quote(_ give: Assets, for want: Assets, maximal: Bool, in state: ExecutionContext) -> Assets? {
    guard let offered = give.first, let wanted = want.first, let least = wanted.amount else { return nil }
    if maximal {
      guard let most = offered.amount else { return nil }
      return (try? price(of: most, offered.id, in: wanted.id, roundingUp: false)).map {
        Assets(Asset(wanted.id, amount: $0))
      }
    }
    return (try? price(of: least, wanted.id, in: offered.id, roundingUp: true)).map {
      Assets(Asset(offered.id, amount: $0))
    }
  }

  /// What `amount` of one asset is worth in the other.
  private static func price(
    of amount: Balance, _ asset: AssetID, in other: AssetID, roundingUp: Bool
  ) throws(XcmError) -> Balance {
    switch (asset.location, other.location) {
    case (World.home, World.token): return amount * 2
    case (World.token, World.home): return roundingUp ? (amount + 1) / 2 : amount / 2
    default: throw .noDeal
    }
  }
}

/// One lock for each owner and asset. A locked amount cannot be withdrawn.
enum LedgerLocker: AssetLocker {
  private static let locks = StorageDoubleMap<Location, AssetID, Pair<Location, Balance>>(
    "Locker", "Locks", hashers: (first: .blake2b128Concat, second: .blake2b128Concat))
  private static let notes = StorageDoubleMap<Location, AssetID, Pair<Location, Balance>>(
    "Locker", "Notes", hashers: (first: .blake2b128Concat, second: .blake2b128Concat))

  /// How much of an asset an account may not spend.
  static func locked(_ owner: Location, _ asset: Location, in state: ExecutionContext) -> Balance {
    (try? locks.get(owner, AssetID(asset), in: state))?.second ?? 0
  }
  /// What `owner` has locked elsewhere, and where.
  static func noted(_ owner: Location, _ asset: Location, in state: ExecutionContext) -> Pair<Location, Balance>? {
    try? notes.get(owner, AssetID(asset), in: state)
  }

  static func lock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    guard let amount = asset.amount, Ledger.balance(owner, asset.id.location, in: state) >= amount,
      locked(owner, asset.id.location, in: state) == 0
    else { throw .lockError }
    locks.set(owner, asset.id, to: Pair(unlocker, amount), in: state)
  }

  static func unlock(
    _ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    guard let lock = try? locks.get(owner, asset.id, in: state), lock.first == unlocker, let amount = asset.amount,
      amount <= lock.second
    else { throw .lockError }
    if amount == lock.second {
      locks.remove(owner, asset.id, in: state)
    } else {
      locks.set(owner, asset.id, to: Pair(unlocker, lock.second - amount), in: state)
    }
  }

  static func noteUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    guard let amount = asset.amount, noted(owner, asset.id.location, in: state) == nil else { throw .lockError }
    notes.set(owner, asset.id, to: Pair(locker, amount), in: state)
  }

  static func reduceUnlockable(
    _ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext
  ) throws(XcmError) {
    guard let note = noted(owner, asset.id.location, in: state), note.first == locker, let amount = asset.amount,
      amount <= note.second
    else { throw .lockError }
    if amount == note.second {
      notes.remove(owner, asset.id, in: state)
    } else {
      notes.set(owner, asset.id, to: Pair(locker, note.second - amount), in: state)
    }
  }
}

/// An answer that arrived.
@ScaleCodable(path: "Answer")
struct Answer: Hashable, Sendable {
  var origin: Location
  var id: UInt64
  var querier: Location?
  var response: Response
}

/// Awaits the answer to query 7 from market and keeps everything that it is given.
enum LedgerResponses: ResponseHandler {
  private static let answers = StorageValue<[Answer]>("Responses", "Answers", default: [])

  static func isExpecting(
    _ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext
  ) -> Bool { origin == World.market && queryID == 7 && querier == .here }

  static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight {
    guard isExpecting(origin, queryID: queryID, querier: querier, in: state) else { return .zero }
    let answer = Answer(origin: origin, id: queryID, querier: querier, response: response)
    answers.set(received(in: state) + [answer], in: state)
    return .zero
  }

  static func received(in state: ExecutionContext) -> [Answer] { (try? answers.get(in: state)) ?? [] }
}

/// Remembers who asked, and for which query.
enum LedgerSubscriptions: VersionSubscriptions {
  private static let queries = OptionalStorageMap<Location, UInt64>(
    "Subscriptions", "Queries", hasher: .blake2b128Concat)

  static func query(of location: Location, in state: ExecutionContext) -> UInt64? {
    try? queries.get(location, in: state)
  }
  static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    guard !isSubscribed(location, in: state) else { throw .invalidLocation }
    queries.set(location, to: queryID, in: state)
  }
  static func stop(_ location: Location, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    queries.remove(location, in: state)
  }
  static func isSubscribed(_ location: Location, in state: ExecutionContext) -> Bool {
    query(of: location, in: state) != nil
  }
}

/// A program that left for another network.
@ScaleCodable(path: "Export")
struct Export: Hashable, Sendable {
  var network: NetworkID
  var channel: UInt32
  var source: Junctions
  var destination: Junctions
  var program: Xcm
}

/// Kusama is 7 of home away; the bridge to Bitcoin is priced but broken; nothing else is reachable.
enum LedgerExporter: XcmExporter {
  private static let exports = StorageValue<[Export]>("Exporter", "Exports", default: [])

  static func exportFee(of message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> Assets {
    switch message.network {
    case .kusama, .bitcoinCore: .home(7)
    default: throw .unroutable
    }
  }
  static func export(_ message: ExportedMessage, in state: ExecutionContext) throws(XcmError) -> H256 {
    let export = Export(
      network: message.network, channel: message.channel, source: message.source, destination: message.destination,
      program: message.program)
    exports.set(sent(in: state) + [export], in: state)
    guard message.network == .kusama else { throw .exportError }
    return .zero
  }

  static func sent(in state: ExecutionContext) -> [Export] { (try? exports.get(in: state)) ?? [] }
}

/// Writes down what the relay chain says, and does not accept what concerns channel 13.
enum LedgerNotices {
  private static let notices = StorageValue<[[UInt32]]>("Hrmp", "Notices", default: [])

  static func handle(_ notice: HrmpNotice, in state: ExecutionContext) throws(XcmError) {
    let numbers: [UInt32] =
      switch notice {
      case .newChannelOpenRequest(let sender, let size, let capacity): [7, sender, size, capacity]
      case .channelAccepted(let recipient): [8, recipient]
      case .channelClosing(let initiator, let sender, let recipient): [9, initiator, sender, recipient]
      }
    notices.set(received(in: state) + [numbers], in: state)
    guard numbers[1] != 13 else { throw .noPermission }
  }

  static func received(in state: ExecutionContext) -> [[UInt32]] { (try? notices.get(in: state)) ?? [] }
}

extension PalletInfo {
  static func test(
    _ index: UInt32, _ name: String, module: String, _ major: UInt32, _ minor: UInt32, _ patch: UInt32
  ) -> PalletInfo {
    PalletInfo(
      index: index, name: BoundedVector(Array(name.utf8)) ?? BoundedVector(),
      moduleName: BoundedVector(Array(module.utf8)) ?? BoundedVector(), major: major, minor: minor, patch: patch)
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// The world that both readings of XCM agree on: what there is and what it costs.
///
/// This chain is parachain 1000 of a network. The rules that a runtime decides are written here in words, and twice in
/// code: in ``ReferenceConfig`` for the executor and in ``Chain`` for the model.
///
/// - Ledger. `home` needs 10 units in an account that has any, on deposit and on withdrawal. `token` and `deep` can be
///   deposited where there are 10 of `home` or `foreign`; `foreign` and `coin` anywhere. An instance has one owner.
///   The relay chain can hold nothing. What is locked cannot be withdrawn; of several locks the largest counts.
/// - Trust. `market` is the reserve of `coin`, `studio` of `foreign` and `gem`. `home`, `token` and `art` teleport from
///   and to `market`, out of and into the checking account; `token` and instance 13 never leave by teleport.
///   An origin may act as what is inside it, and `market` as `studio`. `market` speaks for the network `ethereum`.
/// - Fees. `market` is 5 of `home` away, `studio` 3 of `home` and 2 of `token`, the relay chain nothing; no other place
///   is reachable, and a message with `ClearTopic` in it is lost on the way. `Here` pays no fee. Ten of time cost one
///   of `home` or two of `token`.
/// - Exchange. A pool account swaps two of `token` for one of `home`, up to amounts of 100 bits.
/// - Calls. One byte says what a call does, see ``Call``.
/// - Barrier. `market` pays; `mallory` is refused; everybody else is let in. A topic at the end names the message.
enum World {
  static let network = NetworkID.byGenesis(H256(words: Words32(7, 7, 7, 7)))
  static let ethereum = NetworkID.ethereum(chainId: 1)
  static let universal = Junctions(.globalConsensus(network), .para(1000))

  static func person(_ number: UInt64) -> Location { .account(AccountID(words: Words32(number, 0, 0, 0))) }
  static let alice = person(1)
  static let bob = person(2)
  static let carol = person(3)
  static let mallory = person(13)
  static let dave = Location.account(AccountID(words: Words32(4, 0, 0, 0)), network: network)
  static let shop = Location(.palletInstance(60))
  static let market = Location.sibling(2000)
  static let studio = Location.sibling(2001)
  static let nowhere = Location.sibling(9)
  static let relay = Location.parent
  static let guest = Location(parents: 1, .para(2000), .account(AccountID(words: Words32(5, 0, 0, 0))))
  static let abroad = Location(parents: 2, .globalConsensus(ethereum))

  static let checking = Location(.onlyChild)
  static let sink = Location(.palletInstance(99))
  static let pool = Location(.palletInstance(98))
  /// Where units come from and go to when they are made and unmade; its rows count them.
  static let mint = Location(.palletInstance(97))

  static let home = AssetID(.here)
  static let token = AssetID(Location(.palletInstance(50), .generalIndex(1)))
  static let foreign = AssetID(studio)
  static let coin = AssetID(Location(parents: 1, .para(2000), .palletInstance(3)))
  /// Eight junctions: no other chain can name it.
  static let deep = AssetID(
    Location(parents: 0, interior: Junctions((1...8).map { Junction.generalIndex(Compact($0)) }) ?? .here))
  static let unknown = AssetID(Location(.palletInstance(77)))
  static let fungibles = [home, token, foreign, coin, deep]

  static let art = AssetID(Location(.palletInstance(51)))
  static let gem = AssetID(Location(parents: 1, .para(2001), .generalIndex(9)))
  static func instance(_ id: AssetID, _ number: UInt128) -> Asset {
    Asset(id: id, fun: .nonFungible(.index(Compact(number))))
  }

  static let minimum: Balance = 10
  /// Items in holding when more are to come.
  static let holdingLimit = 3
  static let callWeight: UInt64 = 200
  static let trapWeight = Weight(refTime: 7, proofSize: 1)
  static let messageID = H256(words: Words32(9, 9, 9, 9))

  static let pallets: [PalletInfo] = [
    pallet(4, "Balances", "pallet_balances", 1, 2), pallet(12, "Assets", "pallet_assets", 2, 0),
    pallet(13, "Foreign", "pallet_assets", 2, 1),
  ]

  private static func pallet(
    _ index: UInt32, _ name: String, _ module: String, _ major: UInt32, _ minor: UInt32
  ) -> PalletInfo {
    PalletInfo(
      index: index, name: BoundedVector(Array(name.utf8)) ?? BoundedVector(),
      moduleName: BoundedVector(Array(module.utf8)) ?? BoundedVector(), major: major, minor: minor, patch: 0)
  }
}

/// The first byte of a call. Every call weighs 200 before it has run.
enum Call {
  /// Succeeds and weighs 50.
  static let remark: UInt8 = 0
  /// Fails with error 3 and weighs 200.
  static let failing: UInt8 = 1
  /// Never allowed.
  static let filtered: UInt8 = 2
  /// Gives the origin 50 of `home` that did not exist before.
  static let issue: UInt8 = 3
  /// Executes the program in the other bytes for the origin; fails with error 4 unless it completes.
  static let execute: UInt8 = 4
  /// Does not decode, and the weigher says so.
  static let unweighable: UInt8 = 0xff
}

/// Where things are in the state. Both readings end as such rows, which are then compared.
enum Row {
  /// One row.
  struct Entry: Hashable {
    var key: [UInt8]
    var value: [UInt8]
  }

  /// Units of an asset in an account.
  static func balance(_ owner: Location, _ asset: AssetID) -> [UInt8] { [1] + owner.encoded() + asset.encoded() }
  /// The owner of an instance.
  static func instance(_ asset: Asset) -> [UInt8] { [2] + asset.encoded() }
  /// The message that left as number `index`.
  static func message(_ index: Int) -> [UInt8] { [3, UInt8(index / 256), UInt8(index % 256)] }
  /// How often these assets are trapped for a claimer.
  static func trap(_ claimer: Location, _ assets: Assets) -> [UInt8] { [4] + claimer.encoded() + assets.encoded() }
  /// Units that only `unlocker` can free.
  static func lock(_ owner: Location, _ asset: AssetID, _ unlocker: Location) -> [UInt8] {
    [5] + owner.encoded() + asset.encoded() + unlocker.encoded()
  }
  /// Units that `locker` has locked elsewhere.
  static func note(_ owner: Location, _ asset: AssetID, _ locker: Location) -> [UInt8] {
    [6] + owner.encoded() + asset.encoded() + locker.encoded()
  }
  /// A question that waits for its answer, and from whom.
  static func query(_ id: UInt64) -> [UInt8] { [7] + id.encoded() }
  /// The answer to a question.
  static func answer(_ id: UInt64) -> [UInt8] { [8] + id.encoded() }
  /// Somebody who is told the version.
  static func subscription(_ location: Location) -> [UInt8] { [9] + location.encoded() }

  /// A message that left, in full.
  static func content(_ program: Xcm, to destination: Location, _ info: SendInfo) -> [UInt8] {
    var bytes = destination.encoded() + program.encoded() + info.claimer.encoded() + info.topic.encoded()
    bytes += optional(info.origin) + number(of: info.reason) + [UInt8(info.transfers.count)]
    for transfer in info.transfers {
      let kind: UInt8 =
        switch transfer.kind {
        case .reserveDeposit: 0
        case .reserveWithdraw: 1
        case .teleport: 2
        }
      bytes += [kind] + transfer.assets.encoded()
    }
    return bytes
  }

  /// A message that left for another network, in full.
  static func content(_ message: ExportedMessage) -> [UInt8] {
    message.network.encoded() + message.channel.encoded() + message.source.encoded() + message.destination.encoded()
      + message.program.encoded()
  }

  /// What the event log keeps of an event: not the program, which the message's row has.
  static func event(_ event: XcmEvent) -> [UInt8] {
    switch event {
    case .sent(let origin, let destination, _, let id, let topic):
      [0] + optional(origin) + destination.encoded() + id.encoded() + topic.encoded()
    case .feesPaid(let paying, let fees, let reason): [1] + optional(paying) + fees.encoded() + number(of: reason)
    case .processError(let origin, let index, let error, let id):
      [2] + optional(origin) + index.encoded() + error.encoded() + id.encoded()
    }
  }

  private static func optional(_ location: Location?) -> [UInt8] { location.map { [1] + $0.encoded() } ?? [0] }

  private static func number(of reason: FeeReason) -> [UInt8] {
    switch reason {
    case .report: [0]
    case .queryPallet: [1]
    case .transferReserveAsset: [2]
    case .depositReserveAsset: [3]
    case .initiateReserveWithdraw: [4]
    case .initiateTeleport: [5]
    case .initiateTransfer: [6]
    case .export(let network): [7] + network.encoded()
    case .lockAsset: [8]
    case .requestUnlock: [9]
    case .chargeFees: [10]
    }
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import XCM

extension ProgramMaker {
  /// One transfer that fits what is held.
  private mutating func fitting(_ destination: Location) -> AssetTransferFilter {
    let asset = heldAsset()
    let filter = AssetFilter.definite(Assets(asset))
    if Machine.isReserve(destination, asset) { return .reserveWithdraw(filter) }
    if Machine.isTeleporter(destination, asset), r.chance(1, in: 2) { return .teleport(filter) }
    return .reserveDeposit(filter)
  }

  mutating func instruction(depth: Int) -> Instruction {
    if machine.origin == World.market, r.chance(1, in: 30) { return .universalOrigin(.globalConsensus(World.ethereum)) }
    switch Int.random(in: 0..<130, using: &r) {
    case 0..<14: return .withdrawAsset(ownedAssets(3))
    case 14..<17: return .reserveAssetDeposited(Assets(arriving()))
    case 17..<19:
      guard machine.origin == World.market || r.chance(1, in: 2) else { return .withdrawAsset(ownedAssets(3)) }
      let arrived = pick([Asset(World.home, amount: small()), World.instance(World.art, 5), asset()])
      return .receiveTeleportedAsset(Assets(arrived))
    case 19..<22:
      return .queryResponse(
        queryId: Compact(UInt64.random(in: 6...9, using: &r)), response: .version(5), maxWeight: weight(),
        querier: r.chance(1, in: 3) ? place() : r.chance(1, in: 2) ? .here : nil)
    case 22..<25: return .transferAsset(assets: ownedAssets(2), beneficiary: place())
    case 25..<28: return .transferReserveAsset(assets: ownedAssets(2), dest: destination(), xcm: remote())
    case 28..<34:
      let kind = pick([OriginKind.native, .sovereignAccount, .sovereignAccount, .superuser, .xcm])
      return .transact(
        originKind: kind, fallbackMaxWeight: r.chance(1, in: 3) ? weight() : nil,
        call: DoubleEncoded(encoded: call(depth)))
    case 34:
      return pick([
        .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3), .hrmpChannelAccepted(recipient: 7),
        .hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3),
      ])
    case 35: return .clearOrigin
    case 36..<38: return .descendOrigin(inside())
    case 38..<40: return .reportError(info())
    case 40..<48: return .depositAsset(assets: filter(), beneficiary: place())
    case 48..<52: return .depositReserveAsset(assets: filter(), dest: destination(), xcm: remote())
    case 52..<57: return exchange()
    case 57..<60:
      let dest = destination()
      return .initiateReserveWithdraw(
        assets: r.chance(1, in: 2) ? filter() : fitting(dest).filter, reserve: dest, xcm: remote())
    case 60..<63:
      return .initiateTeleport(
        assets: r.chance(1, in: 2) ? filter() : .definite(Assets(heldAsset())), dest: World.market, xcm: remote())
    case 63..<65: return .reportHolding(responseInfo: info(), assets: filter())
    case 65..<69: return .buyExecution(fees: heldAsset(), weightLimit: limit())
    case 69..<72: return .refundSurplus
    case 72..<76: return .setErrorHandler(local(depth))
    case 76..<80: return .setAppendix(local(depth))
    case 80: return .clearError
    case 81..<84:
      let assets = (Self.trapped.first { $0.0 == machine.origin } ?? pick(Self.trapped)).1
      let ticket = pick([.here, .here, Location(.generalIndex(5)), Location(.generalIndex(4))])
      return .claimAsset(assets: r.chance(5, in: 6) ? assets : self.assets(), ticket: ticket)
    case 84: return .trap(Compact(UInt64.random(in: 0...3, using: &r)))
    case 85..<87:
      return .subscribeVersion(
        queryId: Compact(UInt64.random(in: 0...3, using: &r)), maxResponseWeight: weight())
    case 87: return .unsubscribeVersion
    case 88..<90: return .burnAsset(r.chance(1, in: 2) ? Assets(heldAsset()) : assets())
    case 90: return .expectAsset(Assets(heldAsset()))
    case 91: return .expectOrigin(r.chance(1, in: 4) ? nil : origin())
    case 92: return .expectError(r.chance(1, in: 2) ? nil : Pair(UInt32.random(in: 0...5, using: &r), .trap(1)))
    case 93: return .expectTransactStatus(r.chance(2, in: 3) ? .success : .error(BoundedVector([3]) ?? BoundedVector()))
    case 94..<96:
      let module = pick(["pallet_assets", "pallet_balances", ""])
      return .queryPallet(moduleName: Array(module.utf8), responseInfo: info())
    case 96..<98:
      return .expectPallet(
        index: pick([4, 4, 12, 99]), name: Array(pick(["Balances", "Balances", "Assets"]).utf8),
        moduleName: Array(pick(["pallet_balances", "pallet_balances", "x"]).utf8), crateMajor: pick([1, 1, 2]),
        minCrateMinor: pick([0, 2, 3]))
    case 98..<100: return .reportTransactStatus(info())
    case 100: return .clearTransactStatus
    case 101..<103:
      guard machine.origin == World.market || r.chance(1, in: 4) else { return .aliasOrigin(place()) }
      return .universalOrigin(
        pick([.globalConsensus(World.ethereum), .globalConsensus(World.network), .para(3)]))
    case 103..<105:
      return .exportMessage(
        network: r.chance(4, in: 5) ? World.ethereum : .kusama, destination: inside(), xcm: remote())
    case 105..<107: return .lockAsset(asset: owned(), unlocker: r.chance(5, in: 6) ? pick(Self.chains) : place())
    case 107..<109:
      let locked = machine.chain.locks.keys.filter { $0.other == machine.origin }
      let target = locked.min { ($0.owner, $0.asset) < ($1.owner, $1.asset) } ?? Chain.Key(owner: World.bob, asset: World.token)
      return .unlockAsset(asset: Asset(target.asset, amount: amount(20)), target: target.owner)
    case 109: return .noteUnlockable(asset: asset(), owner: place())
    case 110..<112:
      let locker = r.chance(1, in: 2) ? World.market : World.studio
      return .requestUnlock(asset: Asset(World.home, amount: amount(20)), locker: locker)
    case 112..<114: return .setFeesMode(jitWithdraw: r.chance(2, in: 3))
    case 114: return .setTopic(pick(Self.topics))
    case 115: return .clearTopic
    case 116..<118: return .aliasOrigin(r.chance(1, in: 3) ? World.studio : r.chance(1, in: 2) ? World.guest : place())
    case 118: return .unpaidExecution(weightLimit: limit(), checkOrigin: r.chance(1, in: 2) ? origin() : nil)
    case 119..<122: return .payFees(asset: heldAsset())
    case 122..<127:
      let dest = destination()
      let extra = (0..<Int.random(in: 0...2, using: &r)).map { _ in r.chance(1, in: 2) ? transfer() : fitting(dest) }
      return .initiateTransfer(
        destination: dest, remoteFees: r.chance(1, in: 4) ? nil : fitting(dest), preserveOrigin: r.chance(1, in: 3),
        assets: BoundedVector(extra) ?? BoundedVector(), remoteXcm: remote())
    case 127..<129: return .executeWithOrigin(descendantOrigin: r.chance(1, in: 3) ? nil : inside(), xcm: local(depth))
    default: return .setHints(hints: hints())
    }
  }

  private mutating func exchange() -> Instruction {
    let gives = machine.holding.units[World.home] != nil && r.chance(1, in: 2) ? World.home : World.token
    let give: AssetFilter =
      r.chance(1, in: 3) ? filter() : .wild(.allOf(id: gives, fun: .fungible))
    let want = Asset(gives == World.home ? World.token : World.home, amount: small())
    return .exchangeAsset(
      give: give, want: r.chance(1, in: 12) ? assets() : Assets(want), maximal: r.chance(1, in: 2))
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import XCM

/// Random values, valid on the wire.
enum RandomXcm {
  static func program(_ r: inout SeededRandom, depth: Int = 3) -> Xcm {
    Xcm((0..<Int.random(in: 0...(depth == 3 ? 8 : 3), using: &r)).map { _ in instruction(&r, depth: depth) })
  }

  static func hash(_ r: inout SeededRandom) -> H256 { H256(r.bytes(32)) ?? .zero }

  static func network(_ r: inout SeededRandom) -> NetworkID {
    switch Int.random(in: 0...5, using: &r) {
    case 0: .byGenesis(hash(&r))
    case 1: .byFork(blockNumber: r.next(), blockHash: hash(&r))
    case 2: .polkadot
    case 3: .ethereum(chainId: Compact(r.next()))
    case 4: .bitcoinCash
    default: .polkadotBulletin
    }
  }

  static func junction(_ r: inout SeededRandom) -> Junction {
    let network = r.chance(1, in: 2) ? network(&r) : nil
    return switch Int.random(in: 0...9, using: &r) {
    case 0: .para(UInt32.random(in: 0...4000, using: &r))
    case 1: .accountId32(network: network, id: AccountID(r.bytes(32)) ?? .zero)
    case 2: .accountIndex64(network: network, index: Compact(r.next()))
    case 3: .accountKey20(network: network, key: FixedBytes(r.bytes(20)) ?? .zero)
    case 4: .palletInstance(UInt8.random(in: 0...255, using: &r))
    case 5: .generalIndex(Compact(UInt128(r.next()) << UInt128.random(in: 0...64, using: &r)))
    case 6: .generalKey(length: 32, data: hash(&r))
    case 7: .onlyChild
    case 8: .plurality(id: .moniker(FixedBytes(r.bytes(4)) ?? .zero), part: .members(count: 3))
    default: .globalConsensus(network ?? .polkadot)
    }
  }

  static func junctions(_ r: inout SeededRandom) -> Junctions {
    Junctions((0..<Int.random(in: 0...8, using: &r)).map { _ in junction(&r) }) ?? .here
  }

  static func location(_ r: inout SeededRandom) -> Location {
    Location(parents: UInt8.random(in: 0...3, using: &r), interior: junctions(&r))
  }

  static func asset(_ r: inout SeededRandom) -> Asset {
    let id = location(&r)
    return r.chance(3, in: 4)
      ? Asset(id, amount: Balance(r.next() | 1) << UInt128.random(in: 0...63, using: &r))
      : Asset(id, instance: r.chance(1, in: 2) ? .index(Compact(UInt128(r.next()))) : .array32(hash(&r)))
  }

  static func assets(_ r: inout SeededRandom) -> Assets {
    (try? Assets((0..<Int.random(in: 0...6, using: &r)).map { _ in asset(&r) })) ?? Assets()
  }

  static func filter(_ r: inout SeededRandom) -> AssetFilter {
    switch Int.random(in: 0...3, using: &r) {
    case 0: .definite(assets(&r))
    case 1: .wild(.all)
    case 2: .wild(.allCounted(Compact(UInt32.random(in: 0...5, using: &r))))
    default: .wild(.allOf(id: AssetID(location(&r)), fun: r.chance(1, in: 2) ? .fungible : .nonFungible))
    }
  }

  static func weight(_ r: inout SeededRandom) -> Weight { Weight(refTime: r.next() >> 20, proofSize: r.next() >> 40) }

  static func instruction(_ r: inout SeededRandom, depth: Int) -> Instruction {
    let nested = depth > 0 ? program(&r, depth: depth - 1) : Xcm()
    let info = QueryResponseInfo(destination: location(&r), queryId: r.next(), maxWeight: weight(&r))
    let here = location(&r)
    let limit = r.chance(1, in: 2) ? WeightLimit.unlimited : .limited(weight(&r))
    return switch Int.random(in: 0...51, using: &r) {
    case 0: .withdrawAsset(assets(&r))
    case 1: .reserveAssetDeposited(assets(&r))
    case 2: .receiveTeleportedAsset(assets(&r))
    case 3:
      .queryResponse(
        queryId: Compact(r.next()), response: .executionResult(Pair(1, .trap(r.next()))), maxWeight: weight(&r),
        querier: here)
    case 4: .transferAsset(assets: assets(&r), beneficiary: here)
    case 5: .transferReserveAsset(assets: assets(&r), dest: here, xcm: nested)
    case 6:
      .transact(
        originKind: .xcm, fallbackMaxWeight: r.chance(1, in: 2) ? weight(&r) : nil,
        call: DoubleEncoded(encoded: r.bytes(9)))
    case 7: .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3)
    case 8: .hrmpChannelAccepted(recipient: 7)
    case 9: .hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3)
    case 10: .clearOrigin
    case 11: .descendOrigin(junctions(&r))
    case 12: .reportError(info)
    case 13: .depositAsset(assets: filter(&r), beneficiary: here)
    case 14: .depositReserveAsset(assets: filter(&r), dest: here, xcm: nested)
    case 15: .exchangeAsset(give: filter(&r), want: assets(&r), maximal: r.chance(1, in: 2))
    case 16: .initiateReserveWithdraw(assets: filter(&r), reserve: here, xcm: nested)
    case 17: .initiateTeleport(assets: filter(&r), dest: here, xcm: nested)
    case 18: .reportHolding(responseInfo: info, assets: filter(&r))
    case 19: .buyExecution(fees: asset(&r), weightLimit: limit)
    case 20: .refundSurplus
    case 21: .setErrorHandler(nested)
    case 22: .setAppendix(nested)
    case 23: .clearError
    case 24: .claimAsset(assets: assets(&r), ticket: here)
    case 25: .trap(Compact(r.next()))
    case 26: .subscribeVersion(queryId: Compact(r.next()), maxResponseWeight: weight(&r))
    case 27: .unsubscribeVersion
    case 28: .burnAsset(assets(&r))
    case 29: .expectAsset(assets(&r))
    case 30: .expectOrigin(r.chance(1, in: 2) ? here : nil)
    case 31:
      .expectError(
        r.chance(1, in: 2) ? Pair(UInt32(truncatingIfNeeded: r.next()), .weightLimitReached(weight(&r))) : nil)
    case 32: .expectTransactStatus(.truncatedError(BoundedVector(r.bytes(128)) ?? BoundedVector()))
    case 33: .queryPallet(moduleName: r.bytes(12), responseInfo: info)
    case 34: .expectPallet(index: 1, name: r.bytes(3), moduleName: r.bytes(5), crateMajor: 1, minCrateMinor: 0)
    case 35: .reportTransactStatus(info)
    case 36: .clearTransactStatus
    case 37: .universalOrigin(junction(&r))
    case 38: .exportMessage(network: network(&r), destination: junctions(&r), xcm: nested)
    case 39: .lockAsset(asset: asset(&r), unlocker: here)
    case 40: .unlockAsset(asset: asset(&r), target: here)
    case 41: .noteUnlockable(asset: asset(&r), owner: here)
    case 42: .requestUnlock(asset: asset(&r), locker: here)
    case 43: .setFeesMode(jitWithdraw: r.chance(1, in: 2))
    case 44: .setTopic(hash(&r))
    case 45: .clearTopic
    case 46: .aliasOrigin(here)
    case 47: .unpaidExecution(weightLimit: limit, checkOrigin: r.chance(1, in: 2) ? here : nil)
    case 48: .payFees(asset: asset(&r))
    case 49:
      .initiateTransfer(
        destination: here, remoteFees: r.chance(1, in: 2) ? .reserveDeposit(filter(&r)) : nil,
        preserveOrigin: r.chance(1, in: 2),
        assets: BoundedVector([.teleport(filter(&r)), .reserveWithdraw(filter(&r))]) ?? BoundedVector(),
        remoteXcm: nested)
    case 50: .executeWithOrigin(descendantOrigin: r.chance(1, in: 2) ? junctions(&r) : nil, xcm: nested)
    default: .setHints(hints: BoundedVector([.assetClaimer(location: here)]) ?? BoundedVector())
    }
  }
}

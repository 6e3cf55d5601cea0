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

  /// The genesis of Westend, which versions 3 and 4 name by number.
  static let westend = H256(hex: "0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e") ?? .zero

  static func network(_ r: inout SeededRandom) -> NetworkID {
    switch Int.random(in: 0...8, using: &r) {
    case 0: .byGenesis(hash(&r))
    case 1: .byFork(blockNumber: r.next(), blockHash: hash(&r))
    case 2: .polkadot
    case 3: .kusama
    case 4: .ethereum(chainId: Compact(r.next() >> UInt64.random(in: 0...63, using: &r)))
    case 5: .bitcoinCore
    case 6: .bitcoinCash
    case 7: .byGenesis(westend)
    default: .polkadotBulletin
    }
  }

  static func body(_ r: inout SeededRandom) -> BodyID {
    let all: [BodyID] = [
      .unit, .moniker(FixedBytes(r.bytes(4)) ?? .zero), .index(Compact(UInt32.random(in: 0...70_000, using: &r))),
      .executive, .technical, .legislative, .judicial, .defense, .administration, .treasury,
    ]
    return all.randomElement(using: &r) ?? .unit
  }

  static func part(_ r: inout SeededRandom) -> BodyPart {
    let nom = Compact(UInt32.random(in: 0...100, using: &r))
    let denom = Compact(UInt32.random(in: 0...(.max), using: &r))
    let all: [BodyPart] = [
      .voice, .members(count: nom), .fraction(nom: nom, denom: denom), .atLeastProportion(nom: nom, denom: denom),
      .moreThanProportion(nom: nom, denom: denom),
    ]
    return all.randomElement(using: &r) ?? .voice
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
    case 6: .generalKey(length: UInt8.random(in: 0...32, using: &r), data: hash(&r))
    case 7: .onlyChild
    case 8: .plurality(id: body(&r), part: part(&r))
    default: .globalConsensus(network ?? .polkadot)
    }
  }

  static func junctions(_ r: inout SeededRandom) -> Junctions {
    Junctions((0..<Int.random(in: 0...8, using: &r)).map { _ in junction(&r) }) ?? .here
  }

  static func location(_ r: inout SeededRandom) -> Location {
    Location(parents: UInt8.random(in: 0...3, using: &r), interior: junctions(&r))
  }

  static func instance(_ r: inout SeededRandom) -> AssetInstance {
    switch Int.random(in: 0...5, using: &r) {
    case 0: .undefined
    case 1: .index(Compact(UInt128(r.next()) << UInt128.random(in: 0...64, using: &r)))
    case 2: .array4(FixedBytes(r.bytes(4)) ?? .zero)
    case 3: .array8(FixedBytes(r.bytes(8)) ?? .zero)
    case 4: .array16(FixedBytes(r.bytes(16)) ?? .zero)
    default: .array32(hash(&r))
    }
  }

  static func asset(_ r: inout SeededRandom) -> Asset {
    // Few places, so that amounts, instances and test networks of one place meet in a list.
    let id = r.chance(1, in: 2) ? Location(parents: 2, .globalConsensus(network(&r))) : location(&r)
    return r.chance(3, in: 4)
      ? Asset(id, amount: Balance(r.next() | 1) << UInt128.random(in: 0...63, using: &r))
      : Asset(id, instance: instance(&r))
  }

  static func assets(_ r: inout SeededRandom) -> Assets {
    (try? Assets((0..<Int.random(in: 0...6, using: &r)).map { _ in asset(&r) })) ?? Assets()
  }

  static func filter(_ r: inout SeededRandom) -> AssetFilter {
    let fun = r.chance(1, in: 2) ? WildFungibility.fungible : .nonFungible
    let count = Compact(UInt32.random(in: 0...300, using: &r))
    return switch Int.random(in: 0...4, using: &r) {
    case 0: .definite(assets(&r))
    case 1: .wild(.all)
    case 2: .wild(.allCounted(count))
    case 3: .wild(.allOfCounted(id: AssetID(location(&r)), fun: fun, count: count))
    default: .wild(.allOf(id: AssetID(location(&r)), fun: fun))
    }
  }

  static func transfer(_ r: inout SeededRandom) -> AssetTransferFilter {
    switch Int.random(in: 0...2, using: &r) {
    case 0: .teleport(filter(&r))
    case 1: .reserveDeposit(filter(&r))
    default: .reserveWithdraw(filter(&r))
    }
  }

  /// Any of the 41 errors.
  static func error(_ r: inout SeededRandom) -> XcmError {
    switch UInt8.random(in: 0...40, using: &r) {
    case 21: .trap(r.next())
    case 37: .weightLimitReached(weight(&r))
    case let number: (try? XcmError(decoding: [number])) ?? .overflow
    }
  }

  static func status(_ r: inout SeededRandom) -> MaybeErrorCode {
    let code = BoundedVector<UInt8, 128>(r.bytes(Int.random(in: 0...128, using: &r))) ?? BoundedVector()
    return switch Int.random(in: 0...2, using: &r) {
    case 0: .success
    case 1: .error(code)
    default: .truncatedError(code)
    }
  }

  static func pallet(_ r: inout SeededRandom) -> PalletInfo {
    func name() -> BoundedVector<UInt8, 48> {
      BoundedVector(r.bytes(Int.random(in: 0...48, using: &r))) ?? BoundedVector()
    }
    return PalletInfo(
      index: UInt32(truncatingIfNeeded: r.next()), name: name(), moduleName: name(),
      major: UInt32.random(in: 0...99, using: &r), minor: 1, patch: UInt32.random(in: 0...70_000, using: &r))
  }

  static func result(_ r: inout SeededRandom) -> Pair<UInt32, XcmError>? {
    r.chance(1, in: 3) ? nil : Pair(UInt32(truncatingIfNeeded: r.next()), error(&r))
  }

  static func response(_ r: inout SeededRandom) -> Response {
    switch Int.random(in: 0...5, using: &r) {
    case 0: .null
    case 1: .assets(assets(&r))
    case 2: .executionResult(result(&r))
    case 3: .version(UInt32(truncatingIfNeeded: r.next()))
    case 4: .palletsInfo(BoundedVector((0..<2).map { _ in pallet(&r) }) ?? BoundedVector())
    default: .dispatchResult(status(&r))
    }
  }

  static func originKind(_ r: inout SeededRandom) -> OriginKind {
    let all: [OriginKind] = [.native, .sovereignAccount, .superuser, .xcm]
    return all.randomElement(using: &r) ?? .native
  }

  static func weight(_ r: inout SeededRandom) -> Weight { Weight(refTime: r.next() >> 20, proofSize: r.next() >> 40) }

  static func instruction(_ r: inout SeededRandom, depth: Int) -> Instruction {
    func nested() -> Xcm { depth > 0 ? program(&r, depth: depth - 1) : Xcm() }
    let info = QueryResponseInfo(destination: location(&r), queryId: r.next(), maxWeight: weight(&r))
    let here = location(&r)
    let limit = r.chance(1, in: 2) ? WeightLimit.unlimited : .limited(weight(&r))
    return switch Int.random(in: 0...51, using: &r) {
    case 0: .withdrawAsset(assets(&r))
    case 1: .reserveAssetDeposited(assets(&r))
    case 2: .receiveTeleportedAsset(assets(&r))
    case 3:
      .queryResponse(
        queryId: Compact(r.next()), response: response(&r), maxWeight: weight(&r),
        querier: r.chance(1, in: 2) ? here : nil)
    case 4: .transferAsset(assets: assets(&r), beneficiary: here)
    case 5: .transferReserveAsset(assets: assets(&r), dest: here, xcm: nested())
    case 6:
      .transact(
        originKind: originKind(&r), fallbackMaxWeight: r.chance(1, in: 2) ? weight(&r) : nil,
        call: DoubleEncoded(encoded: r.bytes(9)))
    case 7: .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3)
    case 8: .hrmpChannelAccepted(recipient: 7)
    case 9: .hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3)
    case 10: .clearOrigin
    case 11: .descendOrigin(junctions(&r))
    case 12: .reportError(info)
    case 13: .depositAsset(assets: filter(&r), beneficiary: here)
    case 14: .depositReserveAsset(assets: filter(&r), dest: here, xcm: nested())
    case 15: .exchangeAsset(give: filter(&r), want: assets(&r), maximal: r.chance(1, in: 2))
    case 16: .initiateReserveWithdraw(assets: filter(&r), reserve: here, xcm: nested())
    case 17: .initiateTeleport(assets: filter(&r), dest: here, xcm: nested())
    case 18: .reportHolding(responseInfo: info, assets: filter(&r))
    case 19: .buyExecution(fees: asset(&r), weightLimit: limit)
    case 20: .refundSurplus
    case 21: .setErrorHandler(nested())
    case 22: .setAppendix(nested())
    case 23: .clearError
    case 24: .claimAsset(assets: assets(&r), ticket: here)
    case 25: .trap(Compact(r.next()))
    case 26: .subscribeVersion(queryId: Compact(r.next()), maxResponseWeight: weight(&r))
    case 27: .unsubscribeVersion
    case 28: .burnAsset(assets(&r))
    case 29: .expectAsset(assets(&r))
    case 30: .expectOrigin(r.chance(1, in: 2) ? here : nil)
    case 31: .expectError(result(&r))
    case 32: .expectTransactStatus(status(&r))
    case 33: .queryPallet(moduleName: r.bytes(12), responseInfo: info)
    case 34: .expectPallet(index: 1, name: r.bytes(3), moduleName: r.bytes(5), crateMajor: 1, minCrateMinor: 0)
    case 35: .reportTransactStatus(info)
    case 36: .clearTransactStatus
    case 37: .universalOrigin(junction(&r))
    case 38: .exportMessage(network: network(&r), destination: junctions(&r), xcm: nested())
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
        destination: here, remoteFees: r.chance(1, in: 2) ? transfer(&r) : nil, preserveOrigin: r.chance(1, in: 2),
        assets: BoundedVector((0..<Int.random(in: 0...6, using: &r)).map { _ in transfer(&r) }) ?? BoundedVector(),
        remoteXcm: nested())
    case 50: .executeWithOrigin(descendantOrigin: r.chance(1, in: 2) ? junctions(&r) : nil, xcm: nested())
    default:
      .setHints(hints: BoundedVector(r.chance(1, in: 4) ? [] : [.assetClaimer(location: here)]) ?? BoundedVector())
    }
  }
}

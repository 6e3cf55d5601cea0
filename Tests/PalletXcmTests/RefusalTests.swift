import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

/// A call on hub that is refused.
struct Refusal: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let failure: XcmPallet.Failure
  let call: XcmPallet.Call
  let isRoot: Bool

  init(_ name: String, _ failure: XcmPallet.Failure, _ call: XcmPallet.Call, asRoot: Bool = false) {
    (testDescription, self.failure, self.call, isRoot) = (name, failure, call, asRoot)
  }
}

private let market = Location.sibling(TestChain.market)
private let studio = Location.sibling(TestChain.studio)
private let one = assets(Asset(.here, amount: unit))
/// ../../GlobalConsensus(Wococo): version 5 has no name for this network.
private func nameless(_ version: UInt8) -> VersionedLocation {
  (try? VersionedLocation(decoding: [version, 2, 1, 9, 6])) ?? .v5(.here)
}

private func timed(_ timeout: UInt64) -> XcmPallet.Call {
  .transferAssetsWithTimeout(
    dest: .v5(market), beneficiary: .v5(.account(bob)), assets: .v5(one), feeAssetItem: 0, weightLimit: .unlimited,
    timeout: Compact(timeout))
}

private func typed(_ type: XcmPallet.TransferType, fees: AssetID = AssetID(.here)) -> XcmPallet.Call {
  .transferAssetsUsingTypeAndThen(
    dest: .v5(market), assets: .v5(one), assetsTransferType: type, remoteFeesId: .v5(fees), feesTransferType: type,
    customXcmOnDest: .v5([]), weightLimit: .unlimited)
}

private func reported(_ timeout: BlockNumber, to destination: Location = market) -> XcmPallet.Call {
  .sendWithReport(dest: .v5(destination), message: .v5([.clearOrigin]), timeout: timeout)
}

private func versioned(
  dest: VersionedLocation = .v5(market), beneficiary: VersionedLocation = .v5(.account(bob)),
  assets: VersionedAssets = .v5(one)
) -> XcmPallet.Call {
  .transferAssets(dest: dest, beneficiary: beneficiary, assets: assets, feeAssetItem: 0, weightLimit: .unlimited)
}

private func execute(_ program: Xcm, limit: Weight = .max) -> XcmPallet.Call { .execute(message: .v5(program), maxWeight: limit) }

private func repeated(_ instruction: Instruction, _ count: Int) -> Xcm { Xcm(Array(repeating: instruction, count: count)) }

private func tokens(_ count: UInt128) -> XCM.Assets {
  (try? XCM.Assets((0..<count).map { Asset(Location(.palletInstance(12), .generalIndex(Compact($0))), amount: 5) })) ?? XCM.Assets()
}

private let full = Location(parents: 0, interior: Junctions(Array(repeating: Junction.onlyChild, count: 8)) ?? .here)

@Suite("Refusals of the XCM pallet") struct RefusalTests {
  static let cases: [Refusal] = [
    Refusal("a transfer to this chain", .unreachable, transfer(one, to: .here)),
    Refusal("a transfer to an account", .unreachable, transfer(one, to: .account(bob))),
    Refusal(
      "a deprecated transfer without a lane", .unreachable,
      .reserveTransferAssets(
        dest: .v5(.sibling(77)), beneficiary: .v5(.account(bob)), assets: .v5(one), feeAssetItem: 0)),
    Refusal("a transfer to an account of a sibling", .unreachable, transfer(one, to: Location(parents: 1, .para(2000), .account(bob)))),
    Refusal("a transfer without a lane", .unreachable, transfer(one, to: .sibling(77))),
    Refusal(
      "a transfer through a reserve without a lane", .unreachable,
      execute([.initiateReserveWithdraw(assets: .wild(.all), reserve: .sibling(77), xcm: [])])),
    Refusal(
      "a transfer to a chain that the reserve cannot name", .cannotReanchor,
      transfer(
        assets(Asset(market, amount: 10)),
        to: Location(parents: 0, interior: Junctions(Array(repeating: .onlyChild, count: 7) + [.para(1)]) ?? .here))),
    Refusal("a message without a lane", .unreachable, .send(dest: .v5(.sibling(77)), message: .v5([.clearOrigin]))),
    Refusal("a message to the parent", .unreachable, .send(dest: .v5(.parent), message: .v5([.clearOrigin]))),
    Refusal("a message that grows beyond what decodes", .sendFailure, .send(dest: .v5(market), message: .v5(repeated(.clearOrigin, 99)))),
    Refusal(
      "a message over the lane's limit", .sendFailure,
      .send(
        dest: .v5(market),
        message: .v5([
          .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [UInt8](repeating: 0, count: 40_000)))
        ]))),
    Refusal(
      "a teleport without trust", .filtered,
      .limitedTeleportAssets(dest: .v5(market), beneficiary: .v5(.account(bob)), assets: .v5(one), feeAssetItem: 0, weightLimit: .unlimited)
    ),
    Refusal("a program over the caller's limit", .unweighableMessage, execute([.clearOrigin], limit: Weight(refTime: 1))),
    Refusal("a program of too many instructions", .unweighableMessage, execute(repeated(.clearOrigin, 101))),
    Refusal("a transfer of nothing", .empty, transfer(XCM.Assets(), to: market)),
    Refusal("a claim of nothing", .empty, .claimAssets(assets: .v5(XCM.Assets()), beneficiary: .v5(.account(alice)))),
    Refusal("an asset whose name has no room for this chain", .cannotReanchor, transfer(assets(Asset(full, amount: 5)), to: market)),
    Refusal("three assets", .tooManyAssets, transfer(tokens(3), to: market)),
    Refusal("a destination of an unknown network", .badVersion, versioned(dest: nameless(3))),
    Refusal("a beneficiary of an unknown network", .badVersion, versioned(beneficiary: nameless(4))),
    Refusal(
      "more than the account has", .localExecutionIncompleteWithError, transfer(assets(Asset(.here, amount: 2_000 * unit)), to: market)),
    Refusal("an asset that is not there", .localExecutionIncompleteWithError, transfer(assets(Asset(market, amount: unit)), to: market)),
    Refusal("an instance", .localExecutionIncompleteWithError, transfer(assets(Asset(.here, instance: .undefined)), to: market)),
    Refusal("a program that traps", .localExecutionIncompleteWithError, execute([.withdrawAsset(one), .trap(Compact(9))])),
    Refusal(
      "assets of two reserves by one", .tooManyReserves,
      .limitedReserveTransferAssets(
        dest: .v5(market), beneficiary: .v5(.account(bob)),
        assets: .v5(assets(Asset(.here, amount: 5), Asset(market, amount: 5))), feeAssetItem: 0, weightLimit: .unlimited)),
    Refusal(
      "fees from here, the rest through a third chain", .invalidAssetUnsupportedReserve,
      transfer(assets(Asset(.here, amount: unit), Asset(studio, amount: unit)), to: market)),
    Refusal(
      "fees through a third chain, the rest from here", .invalidAssetUnsupportedReserve,
      transfer(assets(Asset(.here, amount: unit), Asset(studio, amount: unit)), to: market, feeItem: 1)),
    Refusal(
      "an asset of a chain that is no reserve of it", .invalidAssetUnknownReserve,
      transfer(assets(Asset(Location(parents: 1, .para(77), .generalIndex(1)), amount: 5)), to: market)),
    Refusal("a reserve that is the destination", .invalidAssetUnknownReserve, typed(.remoteReserve(.v5(market)))),
    Refusal("a teleport by name without trust", .filtered, typed(.teleport)),
    Refusal("a fee asset that does not travel", .feesNotMet, typed(.localReserve, fees: AssetID(market))),
    Refusal("a type of an unknown network", .badVersion, typed(.remoteReserve(nameless(4)))),
    Refusal("one unit over two hops", .feesNotMet, transfer(assets(Asset(.sibling(TestChain.studio), amount: 1)), to: market)),
    Refusal(
      "an instance over two hops", .feesNotMet, transfer(assets(Asset(.sibling(TestChain.studio), instance: .undefined)), to: market)),
    Refusal("a claim of what is not trapped", .unknownClaim, .claimAssets(assets: .v5(one), beneficiary: .v5(.account(alice)))),
    Refusal("a fee item behind the assets", .badFeeItem, transfer(one, to: market, feeItem: 1)),
    Refusal("the largest fee item", .badFeeItem, transfer(one, to: market, feeItem: .max)),
    Refusal("no time", .badTimeout, timed(0)),
    Refusal("more than a week", .badTimeout, timed(XcmPallet.maximumTimeout + 1)),
    Refusal("a refund that is not overdue", .unknownRefund, .retryRefund(lane: .zero, nonce: 1)),
    Refusal(
      "a report from where nothing finds back", .destinationNotInvertible,
      .sendWithReport(dest: .v5(Location(parents: 9, .para(1))), message: .v5([.clearOrigin]), timeout: 10)),
    Refusal("a report that is over already", .expiresInPast, reported(1)),
    Refusal("a report without a lane", .unreachable, reported(10, to: .sibling(77))),
    Refusal("a query that is not there", .unknownQuery, .closeQuery(queryId: 0)),
    Refusal("an account as its own alias", .badLocation, .addAuthorizedAlias(aliaser: .v5(.account(alice)), expires: nil)),
    Refusal("an alias of an unknown network", .badLocation, .addAuthorizedAlias(aliaser: nameless(4), expires: nil)),
    Refusal("an alias that is over already", .expiresInPast, .addAuthorizedAlias(aliaser: .v5(market), expires: 1)),
    Refusal("an alias to remove that is not there", .aliasNotFound, .removeAuthorizedAlias(aliaser: .v5(market))),
    Refusal("no alias to remove", .aliasNotFound, .removeAllAuthorizedAliases),
    Refusal("a version that cannot be written", .badVersion, .forceXcmVersion(location: market, version: 2), asRoot: true),
    Refusal("a safe version that cannot be written", .badVersion, .forceDefaultXcmVersion(maybeXcmVersion: 0), asRoot: true),
    Refusal(
      "a subscription to an unknown network", .badLocation, .forceSubscribeVersionNotify(location: nameless(3)), asRoot: true),
    Refusal(
      "a subscription without a lane", .unreachable, .forceSubscribeVersionNotify(location: .v5(.sibling(77))), asRoot: true),
    Refusal("a subscription that is not there", .noSubscription, .forceUnsubscribeVersionNotify(location: .v5(market)), asRoot: true),
  ]
  /// Tested where more has to happen before.
  static let elsewhere: Set<XcmPallet.Failure> = [
    .reserveTooLow, .alreadySubscribed, .tooManyAuthorizedAliases, .queryPending, .tooManyQueries,
  ]
  /// Numbers that are kept free for what the reference names so.
  static let unused: Set<XcmPallet.Failure> = [
    .invalidOrigin, .cannotCheckOutTeleport, .lowBalance, .tooManyLocks, .accountNotSovereign, .lockNotFound, .inUse,
    .invalidAssetNotConcrete, .localExecutionIncomplete,
  ]

  @Test("a refused call leaves no trace", arguments: cases) func refuses(_ refusal: Refusal) throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market, TestChain.studio])
    hub.expectRefusal(refusal.failure, refusal.call, asRoot: refusal.isRoot)
  }

  @Test("fees that cannot be paid") func feesNotMet() throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    hub.expectRefusal(.feesNotMet, .send(dest: .v5(market), message: .v5([.clearOrigin])), by: .test(9))
  }

  @Test("a paused lane takes nothing") func paused() throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    try MessagesPallet.dispatch(.pauseLane(lane: hub.lane(to: TestChain.market)), origin: .root, in: hub.context)
    hub.expectRefusal(.sendFailure, .send(dest: .v5(market), message: .v5([.clearOrigin])))
    hub.expectRefusal(.localExecutionIncompleteWithError, transfer(one, to: market))
  }

  @Test("no call is for another origin than its own", arguments: [Origin.signed(alice), .root, .none, .xcm(location: [0, 0])])
  func origins(_ origin: Origin) throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    for refusal in Self.cases where origin != (refusal.isRoot ? .root : .signed(alice)) {
      #expect(attempt(refusal.call, of: XcmPalletPallet.self, origin: origin, in: hub.context) == .badOrigin)
    }
    for call in [XcmPallet.Call.forceSuspension(suspended: true), .forceDefaultXcmVersion(maybeXcmVersion: 4)] where origin != .root {
      #expect(attempt(call, of: XcmPalletPallet.self, origin: origin, in: hub.context) == .badOrigin)
    }
    #expect(hub.events.isEmpty)
  }

  @Test("a failed program is named by instruction and error") func numbers() throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    guard case .module(let error)? = hub.call(execute([.withdrawAsset(one), .trap(Compact(9))])) else {
      Issue.record("not refused")
      return
    }
    #expect(error.error.bytes == [XcmPallet.Failure.localExecutionIncompleteWithError.rawValue, 1, 21, 0])
  }

  @Test("failures have dense numbers from 0 and each has a case here") func complete() {
    #expect(XcmPallet.Failure.allCases.map(\.rawValue) == (0..<UInt8(XcmPallet.Failure.allCases.count)).map { $0 })
    let covered = Set(Self.cases.map(\.failure)).union(Self.elsewhere)
    #expect(covered.isDisjoint(with: Self.unused))
    #expect(covered.union(Self.unused) == Set(XcmPallet.Failure.allCases))
  }
}

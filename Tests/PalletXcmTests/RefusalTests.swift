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

  init(_ name: String, _ failure: XcmPallet.Failure, _ call: XcmPallet.Call) {
    (testDescription, self.failure, self.call) = (name, failure, call)
  }
}

private let market = Location.sibling(TestChain.market)
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
    Refusal("a transfer to an account of a sibling", .unreachable, transfer(one, to: Location(parents: 1, .para(2000), .account(bob)))),
    Refusal("a transfer without a lane", .unreachable, transfer(one, to: .sibling(77))),
    Refusal(
      "a transfer through a reserve without a lane", .unreachable,
      execute([.initiateReserveWithdraw(assets: .wild(.all), reserve: .sibling(77), xcm: [])])),
    Refusal(
      "a transfer to a chain that the reserve cannot name", .unreachable,
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
    Refusal("more than the account has", .localExecutionIncomplete, transfer(assets(Asset(.here, amount: 2_000 * unit)), to: market)),
    Refusal("an asset that is not there", .localExecutionIncomplete, transfer(assets(Asset(market, amount: unit)), to: market)),
    Refusal("an instance", .localExecutionIncomplete, transfer(assets(Asset(.here, instance: .undefined)), to: market)),
    Refusal("a program that traps", .localExecutionIncomplete, execute([.withdrawAsset(one), .trap(Compact(9))])),
    Refusal("assets of two reserves", .tooManyReserves, transfer(assets(Asset(.here, amount: 5), Asset(market, amount: 5)), to: market)),
    Refusal("one unit over two hops", .invalidAsset, transfer(assets(Asset(.sibling(TestChain.studio), amount: 1)), to: market)),
    Refusal(
      "an instance over two hops", .invalidAsset, transfer(assets(Asset(.sibling(TestChain.studio), instance: .undefined)), to: market)),
    Refusal("a claim of what is not trapped", .unknownClaim, .claimAssets(assets: .v5(one), beneficiary: .v5(.account(alice)))),
    Refusal("a fee item behind the assets", .badFeeItem, transfer(one, to: market, feeItem: 1)),
    Refusal("the largest fee item", .badFeeItem, transfer(one, to: market, feeItem: .max)),
    Refusal("no time", .badTimeout, timed(0)),
    Refusal("more than a week", .badTimeout, timed(XcmPallet.maximumTimeout + 1)),
    Refusal("a refund that is not overdue", .unknownRefund, .retryRefund(lane: .zero, nonce: 1)),
  ]

  @Test("a refused call leaves no trace", arguments: cases) func refuses(_ refusal: Refusal) throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market, TestChain.studio])
    hub.expectRefusal(refusal.failure, refusal.call)
  }

  @Test("fees that cannot be paid") func feesNotMet() throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    hub.expectRefusal(.feesNotMet, .send(dest: .v5(market), message: .v5([.clearOrigin])), by: .test(9))
  }

  @Test("a paused lane takes nothing") func paused() throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    try MessagesPallet.dispatch(.pauseLane(lane: hub.lane(to: TestChain.market)), origin: .root, in: hub.context)
    hub.expectRefusal(.sendFailure, .send(dest: .v5(market), message: .v5([.clearOrigin])))
    hub.expectRefusal(.localExecutionIncomplete, transfer(one, to: market))
  }

  @Test("no call is for another origin than a signed one", arguments: [Origin.root, .none, .xcm(location: [0, 0])])
  func origins(_ origin: Origin) throws {
    let hub = try TestChain(TestChain.hub, links: [TestChain.market])
    for call in Self.cases.map(\.call) {
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
    #expect(error.error.bytes == [XcmPallet.Failure.localExecutionIncomplete.rawValue, 1, 21, 0])
  }

  @Test("failures have dense numbers from 0 and each has a case here") func complete() {
    #expect(XcmPallet.Failure.allCases.map(\.rawValue) == (0..<UInt8(XcmPallet.Failure.allCases.count)).map { $0 })
    let covered = Set(Self.cases.map(\.failure)).union([.feesNotMet, .reserveTooLow])
    #expect(covered == Set(XcmPallet.Failure.allCases))
  }
}

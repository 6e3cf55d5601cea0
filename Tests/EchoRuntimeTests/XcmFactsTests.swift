import EchoRuntime
import Keys
import PalletAssets
import PalletBalances
import PalletMessages
import PalletSupport
import PalletSystem
import PalletTransactionPayment
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private let unit = Hub.unit
private let alice = Hub.alice
private let bob = Hub.bob
private let gold = Hub.gold
private let credit = Hub.credit
private let market = Hub.market
private let me = Location.account(Hub.alice)
private let nobody = Location.account(Hub.nobody)
private let deposit = EchoRuntime.existentialDeposit

/// A program that fails, where, why, and the facts.
struct FailingProgram: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var program: Xcm
  /// The failing step, by its place in the list of all steps.
  var step: Int
  var error: XcmError
  var detail: XcmFailureDetail

  init(_ description: String, _ program: Xcm, at step: Int, _ error: XcmError, _ detail: XcmFailureDetail) {
    testDescription = description
    self.program = program
    self.step = step
    self.error = error
    self.detail = detail
  }

  private static func one(_ location: Location, _ amount: Balance) -> [Asset] { [Asset(location, amount: amount)] }
  private static let all = AssetFilter.wild(.all)

  /// Programs of Alice's.
  static let local: [FailingProgram] = [
    FailingProgram(
      "withdraws more than there is", [.clearTopic, .withdrawAsset(assets((gold, 600 * unit)))], at: 1,
      .failedToTransactAsset,
      XcmFailureDetail(.balance, of: .location(me), needed: one(gold, 600 * unit), found: one(gold, 500 * unit))),
    FailingProgram(
      "withdraws all but dust", [.withdrawAsset(assets((gold, 500 * unit - 7)))], at: 0, .failedToTransactAsset,
      XcmFailureDetail(.minimumBalance, of: .location(me), needed: one(gold, 100), found: one(gold, 7))),
    FailingProgram(
      "withdraws an unknown asset", [.withdrawAsset(assets((.sibling(5), unit)))], at: 0, .assetNotFound,
      XcmFailureDetail(.knownAsset, of: .location(me), needed: one(.sibling(5), unit))),
    FailingProgram(
      "deposits less than an account holds",
      [
        .withdrawAsset(assets((.here, unit))),
        .depositAsset(assets: .definite(assets((.here, 5))), beneficiary: nobody),
      ], at: 1,
      .failedToTransactAsset,
      XcmFailureDetail(.minimumBalance, of: .location(nobody), needed: one(.here, deposit), found: one(.here, 5))),
    FailingProgram(
      "deposits an asset for an account that does not exist",
      [.withdrawAsset(assets((gold, unit))), .depositAsset(assets: all, beneficiary: nobody)], at: 1,
      .failedToTransactAsset,
      XcmFailureDetail(.existingAccount, of: .location(nobody), needed: one(.here, deposit))),
    FailingProgram(
      "deposits for what is no account",
      [.withdrawAsset(assets((gold, unit))), .depositAsset(assets: all, beneficiary: gold)], at: 1,
      .locationCannotHold, XcmFailureDetail(.account, of: .location(gold), needed: one(gold, unit))),
    FailingProgram(
      "transfers less than an account holds", [.transferAsset(assets: assets((.here, 5)), beneficiary: nobody)], at: 0,
      .failedToTransactAsset,
      XcmFailureDetail(.minimumBalance, of: .location(nobody), needed: one(.here, deposit), found: one(.here, 5))),
    FailingProgram(
      "pays with what is not in holding", [.withdrawAsset(assets((gold, 5))), .payFees(asset: Asset(gold, amount: 6))],
      at: 1, .notHoldingFees,
      XcmFailureDetail(.holding, of: .holding, needed: one(gold, 6), found: one(gold, 5))),
    FailingProgram(
      "expects more than is in holding",
      [.withdrawAsset(assets((gold, 5))), .expectAsset(assets((.here, 1), (gold, 6)))], at: 1,
      .expectationFalse,
      XcmFailureDetail(.holding, of: .holding, needed: assets((.here, 1), (gold, 6)).items, found: one(gold, 5))),
    FailingProgram(
      "expects another origin", [.expectOrigin(.parent)], at: 0, .expectationFalse,
      XcmFailureDetail(.expectedOrigin(expected: .parent, actual: me), of: .program)),
    FailingProgram(
      "expects an error", [.expectError(Pair(3, .barrier))], at: 0, .expectationFalse,
      XcmFailureDetail(.expectedError(expected: Pair(3, .barrier), actual: nil), of: .program)),
    FailingProgram(
      "expects a failed call", [.expectTransactStatus(MaybeErrorCode(truncating: [1]))], at: 0, .expectationFalse,
      XcmFailureDetail(.expectedStatus(expected: MaybeErrorCode(truncating: [1]), actual: .success), of: .program)),
    FailingProgram(
      "stops", [.clearTopic, .clearTopic, .trap(42)], at: 2, .trap(42),
      XcmFailureDetail(.trap(code: 42), of: .program)),
    FailingProgram(
      "needs an origin that it cleared", [.clearOrigin, .withdrawAsset(assets((.here, unit)))], at: 1, .badOrigin,
      XcmFailureDetail(.origin, of: .program)),
    FailingProgram(
      "acts as somebody else", [.aliasOrigin(.account(bob))], at: 0, .noPermission,
      XcmFailureDetail(.alias(target: .account(bob)), of: .location(me))),
    FailingProgram(
      "claims what nobody trapped", [.claimAsset(assets: assets((.here, 9)), ticket: .here)], at: 0, .unknownClaim,
      XcmFailureDetail(.trapped, of: .location(me), needed: one(.here, 9))),
    FailingProgram(
      "believes an account to be a reserve", [.reserveAssetDeposited(assets((market, 9)))], at: 0,
      .untrustedReserveLocation,
      XcmFailureDetail(.reserveTrust, of: .location(me), needed: one(market, 9))),
    FailingProgram(
      "withdraws from a chain that is no reserve",
      [.withdrawAsset(assets((gold, unit))), .initiateReserveWithdraw(assets: all, reserve: market, xcm: [])], at: 1,
      .untrustedReserveLocation,
      XcmFailureDetail(.reserveTrust, of: .location(market), needed: one(gold, unit))),
    FailingProgram(
      "teleports what does not teleport",
      [
        .setFeesMode(jitWithdraw: true), .withdrawAsset(assets((gold, unit))),
        .initiateTeleport(assets: all, dest: market, xcm: []),
      ], at: 2, .untrustedTeleportLocation,
      XcmFailureDetail(.teleportTrust, of: .location(market), needed: one(gold, unit))),
    FailingProgram(
      "sends where no lane goes",
      [
        .setFeesMode(jitWithdraw: true), .withdrawAsset(assets((gold, unit))),
        .depositReserveAsset(assets: all, dest: .sibling(9), xcm: []),
      ], at: 2, .failedToTransactAsset, XcmFailureDetail(.route, of: .location(.sibling(9)))),
    FailingProgram(
      "sends native units where no lane goes",
      [
        .setFeesMode(jitWithdraw: true),
        .transferReserveAsset(assets: assets((.here, unit)), dest: .sibling(9), xcm: []),
      ], at: 1, .unroutable, XcmFailureDetail(.route, of: .location(.sibling(9)))),
    FailingProgram(
      "makes a call that programs may not make",
      [
        .transact(
          originKind: .sovereignAccount, fallbackMaxWeight: nil,
          call: DoubleEncoded(encoded: RuntimeCall.messages(.pauseLane(lane: .zero)).encoded()))
      ], at: 0, .noPermission, XcmFailureDetail(.safeCall, of: .location(me))),
    FailingProgram(
      "calls as root",
      [
        .transact(
          originKind: .superuser, fallbackMaxWeight: nil,
          call: DoubleEncoded(encoded: RuntimeCall.system(.remark(remark: [])).encoded()))
      ], at: 0, .badOrigin, XcmFailureDetail(.originKind(.superuser), of: .location(me))),
    FailingProgram(
      "descends too deep", [.descendOrigin(Junctions([Junction](repeating: .onlyChild, count: 8)) ?? .here)], at: 0,
      .locationFull,
      XcmFailureDetail(.locationRoom, of: .location(me))),
    FailingProgram(
      "fails inside an inner program",
      [.clearTopic, .executeWithOrigin(descendantOrigin: nil, xcm: [.clearTopic, .trap(1)])], at: 2,
      .trap(1), XcmFailureDetail(.trap(code: 1), of: .program)),
    FailingProgram(
      "swaps where the pool is empty",
      [
        .withdrawAsset(assets((gold, unit))), .exchangeAsset(give: all, want: assets((.here, unit / 4)), maximal: true),
      ], at: 1, .noDeal, XcmFailureDetail(.deal, of: .holding, needed: one(.here, unit / 4), found: one(gold, unit))),
    FailingProgram(
      "asks for unpaid execution of another", [.unpaidExecution(weightLimit: .unlimited, checkOrigin: .parent)], at: 0,
      .badOrigin,
      XcmFailureDetail(.expectedOrigin(expected: .parent, actual: me), of: .program)),
    FailingProgram(
      "takes a relay chain's notice", [.hrmpChannelAccepted(recipient: Compact(1))], at: 0, .unimplemented,
      XcmFailureDetail(.supported, of: .program)),
  ]

  /// Programs of chain 2000 that get past the barrier.
  static let remote: [FailingProgram] = [
    FailingProgram(
      "offers too little for its weight",
      [
        .reserveAssetDeposited(assets((market, unit))),
        .buyExecution(fees: Asset(market, amount: 3), weightLimit: .unlimited),
      ], at: 1,
      .tooExpensive, XcmFailureDetail(.feePrice, of: .holding, needed: one(market, price(2)), found: one(market, 3))),
    FailingProgram(
      "pays with an asset without a price",
      [.reserveAssetDeposited(assets((market, unit))), .payFees(asset: Asset(credit, amount: 3))], at: 1,
      .notHoldingFees,
      XcmFailureDetail(.holding, of: .holding, needed: one(credit, 3))),
    FailingProgram(
      "brings an asset that is not its own",
      [
        .reserveAssetDeposited(assets((.sibling(2001), unit))),
        .payFees(asset: Asset(Location.sibling(2001), amount: unit)),
      ], at: 0,
      .untrustedReserveLocation,
      XcmFailureDetail(.reserveTrust, of: .location(market), needed: one(.sibling(2001), unit))),
    FailingProgram(
      "brings an asset that is not known here",
      [.reserveAssetDeposited(assets((inside(9), unit))), .payFees(asset: Asset(inside(9), amount: unit))], at: 0,
      .untrustedReserveLocation, XcmFailureDetail(.knownAsset, of: .location(market), needed: one(inside(9), unit))),
    FailingProgram(
      "teleports back more than left",
      [.receiveTeleportedAsset(assets((credit, 5))), .payFees(asset: Asset(credit, amount: 5))], at: 0,
      .notWithdrawable,
      XcmFailureDetail(.teleportedBefore, of: .location(market), needed: one(credit, 5))),
    FailingProgram(
      "teleports what does not teleport",
      [.receiveTeleportedAsset(assets((gold, 5))), .payFees(asset: Asset(gold, amount: 5))], at: 0,
      .untrustedTeleportLocation,
      XcmFailureDetail(.teleportTrust, of: .location(market), needed: one(gold, 5))),
  ]

  private static func inside(_ index: UInt128) -> Location {
    Location(parents: 1, .parachain(Compact(2000)), .generalIndex(Compact(index)))
  }

  /// What so many plain instructions cost.
  private static func price(_ count: UInt64) -> Balance {
    TransactionPaymentPallet.weightFee(Weight(refTime: 25_000_000).multiplied(by: count))
  }
}

@Suite("Facts of failures") struct XcmFactsTests {
  let chain: XcmTestChain
  init() throws { chain = try XcmTestChain() }

  private func check(_ failing: FailingProgram, _ run: XcmProgramTrace) {
    let failed = run.steps.firstIndex { $0.error != nil }
    #expect(failed == failing.step)
    guard let failed else { return }
    #expect(run.steps[failed].error == failing.error)
    #expect(run.steps[failed].detail == failing.detail)
    #expect(run.steps[failed].ledger.isEmpty && run.steps[failed].after.holding == run.steps[failed].before.holding)
  }

  @Test("a local program's trace says where it stops and why", arguments: FailingProgram.local)
  func local(_ failing: FailingProgram) throws {
    let trace = try chain.trace(execute(failing.program))
    check(failing, try #require(trace.run.programs.first))
    guard case .err = trace.result else {
      Issue.record("the call succeeded")
      return
    }
  }

  @Test("a remote program's trace says where it stops and why", arguments: FailingProgram.remote)
  func remote(_ failing: FailingProgram) throws {
    check(failing, try #require(try chain.trace(failing.program, from: market).run.programs.first))
  }

  @Test("an asset without a price names those that have one") func feeAsset() throws {
    let program: Xcm = [.withdrawAsset(assets((credit, 50))), .payFees(asset: Asset(credit, amount: 50))]
    let step = try #require(try chain.trace(execute(program)).run.programs.first?.steps.last)
    #expect(step.error == .tooExpensive && step.detail?.requirement == .feeAsset)
    #expect(step.detail?.found == [Asset(credit, amount: 50)])
    #expect(step.detail?.needed.map(\.id.location) == [.here, gold, market, .sibling(2001)])
    #expect(step.detail?.needed.allSatisfy { ($0.amount ?? 0) > 0 } == true)
  }

  @Test("a delivery fee that holding lacks is named with its amount") func deliveryFee() throws {
    let program: Xcm = [
      .withdrawAsset(assets((.here, 1000), (market, unit))),
      .initiateReserveWithdraw(assets: .wild(.allOf(id: AssetID(market), fun: .fungible)), reserve: market, xcm: []),
    ]
    let step = try #require(try chain.trace(execute(program)).run.programs.first?.steps.last)
    #expect(step.error == .notHoldingFees && step.detail?.requirement == .holding && step.detail?.subject == .holding)
    #expect(step.detail?.found == [Asset(.here, amount: 1000)])
    let needed = step.detail?.needed.first
    #expect(needed?.id == AssetID(.here) && (needed?.amount ?? 0) > LaneRouter.baseFee)
  }

  @Test("a delivery fee that the account lacks is named with its balance") func deliveryFeeFromAccount() throws {
    let program: Xcm = [
      .transferAsset(assets: assets((.here, 999 * unit - 2 * deposit)), beneficiary: .account(bob)),
      .setFeesMode(jitWithdraw: true),
      .transferReserveAsset(assets: assets((gold, unit)), dest: market, xcm: []),
      .transferReserveAsset(assets: assets((.here, unit - deposit)), dest: market, xcm: []),
    ]
    let step = try #require(try chain.trace(execute(program)).run.programs.first?.steps.first { $0.error != nil })
    #expect(step.error == .failedToTransactAsset && step.detail?.subject == .location(me))
    #expect(step.detail?.needed.first?.id == AssetID(.here))
    #expect([.balance, .minimumBalance].contains(step.detail?.requirement))
  }

  @Test("a transfer below the existential deposit is refused on arrival, with the minimum") func belowDeposit() throws {
    let program: Xcm = [
      .reserveAssetDeposited(assets((market, unit))),
      .buyExecution(fees: Asset(market, amount: unit), weightLimit: .unlimited),
      .depositAsset(assets: .definite(assets((market, 5))), beneficiary: nobody),
    ]
    let run = try #require(try chain.trace(program, from: market).run.programs.first)
    let step = try #require(run.steps.last)
    #expect(step.error == .failedToTransactAsset)
    #expect(
      step.detail
        == XcmFailureDetail(
          .minimumBalance, of: .location(nobody), needed: [Asset(market, amount: 1_000_000)],
          found: [Asset(market, amount: 5)]))
  }

  @Test("too little paid weight is told with the weight that is needed") func paidWeight() throws {
    let program: Xcm = [
      .reserveAssetDeposited(assets((market, unit))),
      .buyExecution(fees: Asset(market, amount: unit), weightLimit: .limited(Weight(refTime: 1))),
    ]
    let trace = try chain.trace(program, from: market)
    let weight = try #require(trace.run.programs.first?.weight)
    #expect(trace.problem == XcmFailureDetail(.admission(.weight(weight)), of: .location(market)))
  }

  @Test("looking for facts leaves the trial as it was", arguments: FailingProgram.local)
  func harmless(_ failing: FailingProgram) throws {
    let appended = Xcm([.setErrorHandler([.clearError])] + failing.program.instructions)
    let trace = try chain.trace(execute(appended))
    let plain = try chain.dryRun(execute(appended))
    guard case .ok = plain.executionResult else {
      Issue.record("the handler clears the error")
      return
    }
    let block = try chain.block()
    let before = block.events.count
    #expect(
      attempt(in: block) { () throws(DispatchError) in try execute(appended).dispatch(origin: .signed(alice), in: block)
      } == nil)
    #expect(plain.emittedEvents == Array(try block.decodedEvents().dropFirst(before)))
    #expect(trace.run.events.filter { plain.emittedEvents.contains($0) }.count == plain.emittedEvents.count)
  }
}

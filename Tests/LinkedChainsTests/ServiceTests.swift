import EchoRuntime
import Keys
import Lanes
import PalletAssets
import PalletBalances
import PalletMessages
import PalletSudo
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let credits = TestChain.credits
private let alice = DevelopmentKey.alice
private let bob = DevelopmentKey.bob

/// Units of the hub, as the market names them.
private let echo = Location.sibling(1000)

private func transact(_ kind: OriginKind, _ call: RuntimeCall) -> Instruction {
  .transact(originKind: kind, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded()))
}

private func fees(_ amount: Balance = unit) -> AssetTransferFilter {
  .reserveDeposit(.definite(Assets(Asset(.here, amount: amount))))
}

private func deposit(to location: Location) -> [Instruction] {
  [.refundSurplus, .depositAsset(assets: everything, beneficiary: location)]
}

@Suite("Services between linked chains") struct ServiceTests {
  let network: TestNetwork
  var hub: TestChain { network.hub }
  var market: TestChain { network.market }

  init() throws { network = try TestNetwork() }

  /// Gives Alice's account of the hub units of the market on the market.
  private func endow(_ amount: Balance = 10 * unit) throws -> AccountID {
    let account = try remoteAccount(alice, of: 1000)
    try market.run(.balances(.transferKeepAlive(dest: .id(account), value: Compact(amount))))
    return account
  }

  // MARK: Acting elsewhere

  @Test("a program that keeps its origin acts as the sender's account of the other chain") func preservedOrigin() throws {
    let account = try endow()
    let program = [
      .expectOrigin(alice.location(on: 1000)),
      transact(.sovereignAccount, .balances(.transferKeepAlive(dest: .id(bob.account), value: Compact(4 * unit)))),
      .expectTransactStatus(.success),
    ]
    let before = try market.balance(.bob)
    let withdrawn = XCM.Assets(Asset(.here, amount: unit))
    try hub.run(initiate(to: 2000, fees: fees(), withdrawing: withdrawn, program + deposit(to: alice.location)))
    let events = try network.settle()
    #expect(events[2000]?.failures == [])
    #expect(try market.balance(.bob) == before + 4 * unit)
    #expect(try market.balance(of: .here, account) == 6 * unit)
    #expect(try market.balance(.alice, of: 1000) > unit / 2, "what was left of the fees")
    // Without its origin the same program may not do anything.
    try hub.run(
      initiate(to: 2000, fees: fees(), withdrawing: withdrawn, preserveOrigin: false, program + deposit(to: alice.location)))
    #expect(try network.settle()[2000]?.failures == [.failed(at: 4, .expectationFalse)])
    #expect(try market.balance(of: .here, account) == 6 * unit)
  }

  @Test("a sent program calls as the sender's account, and a call that fails is told") func transactBySend() throws {
    let account = try endow()
    func program(_ value: Balance) -> Xcm {
      [
        .withdrawAsset(Assets(Asset(.here, amount: unit))), .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
        transact(.sovereignAccount, .balances(.transferKeepAlive(dest: .id(bob.account), value: Compact(value)))),
        .refundSurplus, .depositAsset(assets: everything, beneficiary: alice.location(on: 1000)), .expectTransactStatus(.success),
      ]
    }
    let before = try market.balance(.bob)
    try hub.run(send(program(2 * unit), to: 2000))
    #expect(try network.settle()[2000]?.failures == [])
    #expect(try market.balance(.bob) == before + 2 * unit)
    let left = try market.balance(of: .here, account)
    #expect(left > 7 * unit && left < 8 * unit)
    try hub.run(send(program(2000 * unit), to: 2000))
    #expect(try network.settle()[2000]?.failures == [.failed(at: 6, .expectationFalse)])
    #expect(try market.balance(.bob) == before + 2 * unit)
  }

  @Test(
    "nobody calls as somebody else, as root, or what programs must not call",
    arguments: [
      (OriginKind.superuser, RuntimeCall.system(.remark(remark: [])), XcmError.badOrigin),
      (.native, .system(.remark(remark: [])), .badOrigin),
      (.sovereignAccount, .messages(.pauseLane(lane: .zero)), .noPermission),
      (.sovereignAccount, .sudo(.sudo(call: .system(.remark(remark: [])))), .noPermission),
    ] as [(OriginKind, RuntimeCall, XcmError)])
  func refusedCalls(kind: OriginKind, call: RuntimeCall, expected: XcmError) throws {
    let withdrawn = XCM.Assets(Asset(.here, amount: unit))
    try hub.run(initiate(to: 2000, fees: fees(), withdrawing: withdrawn, [transact(kind, call)] + deposit(to: alice.location)))
    #expect(try network.settle()[2000]?.failures == [.failed(at: 4, expected)])
  }

  @Test("an account acts through another chain's account that it has let act in its name") func authorizedAlias() throws {
    let aliaser = VersionedLocation.v5(alice.location(on: 1000))
    let program =
      [
        .aliasOrigin(bob.location), transact(.native, .balances(.transferKeepAlive(dest: .id(alice.account), value: Compact(unit)))),
      ] + deposit(to: alice.location)
    let call = initiate(to: 2000, fees: fees(), withdrawing: XCM.Assets(Asset(.here, amount: unit)), program)
    try hub.run(call)
    #expect(try network.settle()[2000]?.failures == [.failed(at: 4, .noPermission)])
    try market.run(.xcmPallet(.addAuthorizedAlias(aliaser: aliaser, expires: nil)), by: .bob)
    let before = try market.balance(.bob)
    try hub.run(call)
    #expect(try network.settle()[2000]?.failures == [])
    #expect(try market.balance(.bob) == before - unit)
    try market.run(.xcmPallet(.removeAuthorizedAlias(aliaser: aliaser)), by: .bob)
    try hub.run(call)
    #expect(try network.settle()[2000]?.failures == [.failed(at: 4, .noPermission)])
  }

  // MARK: Exchange

  @Test("assets are exchanged at the rate, out of the pool and into it", arguments: [true, false]) func exchange(maximal: Bool) throws {
    let cred = TestChain.credits(on: 1000)
    let native = try hub.balance(.alice)
    let owned = try hub.balance(of: cred, .alice)
    let pool = try hub.balance(of: .here, EchoRuntime.exchangePool)
    try hub.run(
      execute([
        .withdrawAsset(Assets(Asset(cred, amount: 10 * credits))),
        .exchangeAsset(give: everything, want: Assets(Asset(.here, amount: 5 * unit)), maximal: maximal),
        .depositAsset(assets: everything, beneficiary: alice.location),
      ]))
    let bought = maximal ? 20 * unit : 5 * unit
    let given = maximal ? 10 * credits : 5 * credits / 2
    #expect(try pool - hub.balance(of: .here, EchoRuntime.exchangePool) == bought)
    #expect(try owned - hub.balance(of: cred, .alice) == given)
    #expect(try hub.balance(of: cred, EchoRuntime.exchangePool) == given)
    #expect(try hub.balance(.alice) > native + bought - unit / 10)
  }

  @Test("an exchange that the pool or the rate does not allow changes nothing") func noDeal() throws {
    let cred = TestChain.credits(on: 1000)
    let owned = try hub.balance(of: cred, .alice)
    for want in [
      // Beyond the rate, beyond the pool, without a rate, for itself.
      Asset(.here, amount: 20 * unit + 1), Asset(.sibling(2000), amount: unit), Asset(.sibling(3000), amount: 1), Asset(cred, amount: 1),
    ] {
      try hub.seal([
        (
          .alice,
          execute([
            .withdrawAsset(Assets(Asset(cred, amount: 10 * credits))),
            .exchangeAsset(give: everything, want: Assets(want), maximal: false),
          ])
        )
      ])
      #expect(try hub.failures() == [failedLocally(at: 1, .noDeal)], "\(want)")
      #expect(try hub.balance(of: cred, .alice) == owned)
    }
  }

  @Test("a delivery fee is paid in the asset that pays for execution, by exchange") func exchangedFee() throws {
    // Bob has units of the hub on the market and none of the market's own to spare.
    try hub.run(try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .ferdie))
    try network.settle()
    let pool = try market.balance(of: .here, EchoRuntime.exchangePool)
    let query = QueryResponseInfo(destination: echo, queryId: 0, maxWeight: .zero)
    try hub.run(
      initiate(
        to: 2000, fees: fees(), withdrawing: XCM.Assets(Asset(.here, amount: unit)),
        [.reportHolding(responseInfo: query, assets: everything)] + deposit(to: alice.location)))
    #expect(try network.settle()[2000]?.failures == [])
    #expect(try market.balance(of: .here, EchoRuntime.exchangePool) < pool)
    #expect(try market.balance(of: echo, EchoRuntime.exchangePool) > 0)
  }

  // MARK: Questions

  @Test("a query is answered once, by whom it asked, and then closed", arguments: [true, false]) func query(succeeds: Bool) throws {
    _ = try endow()
    let program: Xcm = [
      .withdrawAsset(Assets(Asset(.here, amount: unit))), .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
      succeeds ? .clearError : .trap(Compact(7)), .refundSurplus,
      .depositAsset(assets: .definite(Assets(Asset(.here, amount: unit / 2))), beneficiary: alice.location(on: 1000)),
    ]
    let timeout = hub.height + 100
    try hub.run(
      .xcmPallet(.sendWithReport(dest: .v5(.sibling(2000)), message: .v5(program), timeout: timeout)))
    let events = try network.settle()
    let answers: [Response] = (events[1000] ?? []).compactMap {
      if case .xcmPallet(.responseReady(0, let response)) = $0 { response } else { nil }
    }
    guard case .executionResult(let result)? = answers.first, answers.count == 1 else {
      Issue.record("no answer: \(events)")
      return
    }
    #expect(result?.second == (succeeds ? nil : .trap(7)))
    try hub.run(.xcmPallet(.closeQuery(queryId: 0)))
    #expect(try hub.events().contains { $0 == .xcmPallet(.responseTaken(queryId: 0)) })
    try hub.seal([(.alice, .xcmPallet(.closeQuery(queryId: 0)))])
    #expect(try hub.failures() == [.module(ModuleError(pallet: 33, error: XcmPallet.Failure.unknownQuery.rawValue))])
  }

  @Test("a chain tells another its version when asked, at the treasury's cost, and stops when told to") func versions() throws {
    let pot = try market.balance(of: .here, EchoRuntime.relayerPot)
    try hub.sudo(.xcmPallet(.forceSubscribeVersionNotify(location: .v5(.sibling(2000)))))
    let events = try network.settle()
    #expect(events[2000]?.failures == [] && events[1000]?.failures == [])
    #expect(events[1000]?.contains(.xcmPallet(.supportedVersionChanged(location: .sibling(2000), version: 5))) == true)
    #expect(XcmPalletPallet.isSubscribed(.sibling(1000), in: market.context()))
    #expect(try XcmPalletPallet.wrapVersion(of: .sibling(2000), in: hub.context()) == 5)
    let costs: [XCM.Assets] = (events[2000] ?? []).compactMap {
      if case .xcmPallet(.versionNotifyStarted(.sibling(1000), let cost, _)) = $0 { cost } else { nil }
    }
    #expect(costs.count == 1 && costs.first?.isEmpty == false)
    #expect(try market.balance(of: .here, EchoRuntime.relayerPot) >= pot, "the relayer was not paid by others")
    try hub.sudo(.xcmPallet(.forceUnsubscribeVersionNotify(location: .v5(.sibling(2000)))))
    try network.settle()
    #expect(!XcmPalletPallet.isSubscribed(.sibling(1000), in: market.context()))
  }

  // MARK: Locks

  @Test("units stay locked for another chain until it asks to unlock them") func locks() throws {
    let locked = Asset(.here, amount: 900 * unit)
    try hub.run(execute([.setFeesMode(jitWithdraw: true), .lockAsset(asset: locked, unlocker: .sibling(2000))]))
    #expect(try network.settle()[2000]?.failures == [])
    let owner = try remoteAccount(alice, of: 1000)
    let key = VersionedAssetID.v5(AssetID(echo))
    let note = try XcmPallet.remoteLockedFungibles.get(owner, key, in: market.context())
    #expect(note?.amount == 900 * unit)
    #expect(note?.locker == .v5(echo))
    // The account cannot spend what is locked.
    try hub.seal([(.alice, .balances(.transferKeepAlive(dest: .id(bob.account), value: Compact(200 * unit))))])
    #expect(try !hub.failures().isEmpty)
    // Somebody else's request is refused.
    let request: [Instruction] = [.requestUnlock(asset: Asset(echo, amount: 900 * unit), locker: echo)]
    let withdrawn = XCM.Assets(Asset(.here, amount: unit))
    try hub.seal([(.bob, initiate(to: 2000, fees: fees(), withdrawing: withdrawn, request + deposit(to: bob.location)))])
    #expect(try network.settle()[2000]?.failures == [.failed(at: 4, .lockError)])
    try hub.run(initiate(to: 2000, fees: fees(), withdrawing: withdrawn, request + deposit(to: alice.location)))
    let events = try network.settle()
    #expect(events[2000]?.failures == [] && events[1000]?.failures == [])
    #expect(try XcmPallet.remoteLockedFungibles.get(owner, key, in: market.context()) == nil)
    #expect(try XcmPallet.lockedFungibles.get(alice.account, in: hub.context()).isEmpty)
    try hub.run(.balances(.transferKeepAlive(dest: .id(bob.account), value: Compact(200 * unit))))
  }

  @Test("while execution is suspended messages are turned away and refunded") func suspension() throws {
    try market.sudo(.xcmPallet(.forceSuspension(suspended: true)))
    let before = try hub.balance(.alice)
    try hub.run(try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))
    #expect(try network.settle()[2000]?.failures == [.rejected(.barrier)])
    #expect(try before - hub.balance(.alice) < unit / 10)
    #expect(try hub.escrow(for: 2000) == 0)
    try market.sudo(.xcmPallet(.forceSuspension(suspended: false)))
    try hub.run(try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))
    try network.settle()
    #expect(try market.balance(.bob, of: 1000) > 24 * unit)
  }
}

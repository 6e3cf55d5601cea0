import EchoRuntime
import Lanes
import PalletBalances
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Aliases and suspension") struct AliasTests {
  private let hub: TestChain
  private let bobs = Location.account(bob)
  private let target = Location.account(alice)

  init() throws { hub = try TestChain(TestChain.hub, links: [TestChain.market]) }

  private func add(_ aliaser: Location, until expiry: UInt64? = nil) -> XcmPallet.Call {
    .addAuthorizedAlias(aliaser: .v5(aliaser), expires: expiry)
  }
  private func mayAct(_ aliaser: Location, as other: Location? = nil) -> Bool {
    XcmPalletPallet.isAuthorizedAlias(aliaser, of: other ?? target, in: hub.context)
  }
  private func held() throws -> Balance {
    try BalancesPallet.heldBalance(of: alice, reason: HoldReason(pallet: XcmPalletPallet.index, reason: 0), in: hub.context)
  }

  @Test("an alias acts for its target until it is removed") func acts() throws {
    let spend = XcmPallet.Call.execute(
      message: .v5([
        .aliasOrigin(target), .withdrawAsset(assets(Asset(.here, amount: unit))),
        .depositAsset(assets: .wild(.all), beneficiary: .account(charlie)),
      ]), maxWeight: .max)
    hub.expectRefusal(.localExecutionIncompleteWithError, spend, by: bob)
    #expect(hub.call(add(bobs)) == nil)
    #expect(hub.events.last == .aliasAuthorized(aliaser: bobs, target: target, expiry: nil))
    #expect(mayAct(bobs) && !mayAct(target, as: bobs) && !mayAct(.account(charlie)))
    let before = try hub.balance(alice)
    #expect(hub.call(spend, by: bob) == nil)
    #expect(try hub.balance(alice) == before - unit)
    #expect(hub.call(.removeAuthorizedAlias(aliaser: .v5(bobs))) == nil)
    #expect(hub.events.last == .aliasAuthorizationRemoved(aliaser: bobs, target: target))
    #expect(!mayAct(bobs))
    hub.expectRefusal(.localExecutionIncompleteWithError, spend, by: bob)
    hub.expectRefusal(.aliasNotFound, .removeAuthorizedAlias(aliaser: .v5(bobs)))
  }

  @Test("an alias ends at its block, and a later one can be set") func expiry() throws {
    #expect(hub.call(add(bobs, until: 5)) == nil)
    hub.advance(to: 4)
    #expect(mayAct(bobs))
    hub.advance(to: 5)
    #expect(!mayAct(bobs))
    hub.expectRefusal(.expiresInPast, add(bobs, until: 5))
    #expect(hub.call(add(bobs, until: 6)) == nil)
    #expect(mayAct(bobs))
    #expect(hub.call(add(bobs)) == nil)
    hub.advance(to: 1_000)
    #expect(mayAct(bobs))
    #expect(try XcmPallet.authorizedAliases.get(.v5(target), in: hub.context)?.aliasers.count == 1)
  }

  @Test("aliases are few, cost a deposit, and go all at once") func bound() throws {
    let deposit = XcmPalletConfig.aliasDeposit
    for index in 0..<UInt32(XcmPallet.maximumAliases) {
      #expect(hub.call(add(.sibling(index))) == nil)
      #expect(try held() == deposit * Balance(index + 1))
    }
    hub.expectRefusal(.tooManyAuthorizedAliases, add(bobs))
    #expect(hub.call(.removeAuthorizedAlias(aliaser: .v5(.sibling(3)))) == nil)
    #expect(try held() == 9 * deposit)
    #expect(hub.call(add(bobs)) == nil)
    #expect(hub.call(.removeAllAuthorizedAliases) == nil)
    #expect(hub.events.last == .aliasesAuthorizationsRemoved(target: target))
    #expect(try held() == 0)
    #expect(try XcmPallet.authorizedAliases.get(.v5(target), in: hub.context) == nil)
    let before = hub.context.trace
    #expect(hub.call(add(bobs), by: .test(9)) == .token(.cannotCreateHold), "who has nothing lends no name")
    hub.expectUnchanged(since: before)
  }

  @Test("while execution is suspended nothing runs and nothing is lost") func suspension() throws {
    let (hub, market, _) = try TestChain.network()
    #expect(market.call(transfer(assets(Asset(.here, amount: 5 * unit)), to: .sibling(TestChain.hub))) == nil)
    #expect(hub.force(.forceSuspension(suspended: true)) == nil)
    #expect(XcmPalletPallet.isSuspended(in: hub.context))
    let message = try market.message(to: hub, nonce: 1)
    func receive() -> Bool {
      XcmMessages.receive(
        message, from: TestChain.end(TestChain.market), lane: hub.lane(to: TestChain.market), nonce: 1, in: hub.context
      ).isRefunded
    }
    #expect(receive(), "the source gives back what was turned away")
    #expect(try hub.balance(bob, of: .sibling(TestChain.market)) == 0)
    hub.expectRefusal(.localExecutionIncompleteWithError, transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market)))
    #expect(hub.force(.forceSuspension(suspended: false)) == nil)
    #expect(!receive())
    #expect(try hub.balance(bob, of: .sibling(TestChain.market)) > 4 * unit)
  }
}

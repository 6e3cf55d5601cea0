import EchoRuntime
import PalletAssets
import PalletBalances
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Refunds") struct RefundTests {
  private let echo = Location.sibling(TestChain.hub)
  private let hub: TestChain
  private let market: TestChain
  private let studio: TestChain

  init() throws { (hub, market, studio) = try TestChain.network() }

  private func sendHome(_ amount: Balance) throws {
    #expect(hub.call(transfer(assets(Asset(.here, amount: 25 * unit)), to: .sibling(TestChain.market))) == nil)
    try hub.deliver(1, to: market)
    #expect(market.call(transfer(assets(Asset(echo, amount: amount)), to: echo), by: bob) == nil)
  }

  @Test("deposited assets leave the destination's account again") func reserveDeposit() throws {
    #expect(hub.call(transfer(assets(Asset(.here, amount: 3 * unit)), to: .sibling(TestChain.market))) == nil)
    let after = try hub.balance(alice)
    let total = try hub.issuance()
    let topic = try #require(try hub.plan(to: market, nonce: 1)).topic
    try hub.refund(1, to: market)
    #expect(try hub.balance(alice) == after + 3 * unit)
    #expect(try hub.escrow(for: TestChain.market) == 0)
    #expect(try hub.issuance() == total)
    let refunded = XcmPallet.Event.refunded(
      beneficiary: .account(alice), assets: assets(Asset(.here, amount: 3 * unit)), messageId: topic)
    #expect(hub.events.last == refunded)
  }

  @Test("withdrawn vouchers come back") func reserveWithdraw() throws {
    try sendHome(10 * unit)
    let after = try market.balance(bob, of: echo)
    try market.refund(1, to: hub)
    #expect(try market.balance(bob, of: echo) == after + 10 * unit)
    #expect(try market.issuance(of: echo) == 25 * unit)
  }

  @Test("a refund happens once") func twice() throws {
    #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
    #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
    try hub.refund(1, to: market)
    let before = hub.context.trace
    try hub.refund(1, to: market)
    try hub.refund(99, to: market)
    try hub.refund(2, to: studio)
    hub.expectUnchanged(since: before)
    hub.expectRefusal(.unknownRefund, .retryRefund(lane: hub.lane(to: TestChain.market), nonce: 2))
  }

  @Test("a settled message has no refund") func settled() throws {
    #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
    XcmPalletPallet.settled(lane: hub.lane(to: TestChain.market), nonce: 1, ending: .executed, in: hub.context)
    #expect(try hub.plan(to: market, nonce: 1) == nil)
    let after = try hub.balance(alice)
    try hub.refund(1, to: market)
    #expect(try hub.balance(alice) == after)
  }

  @Test("an account that cannot hold the asset has it trapped") func trapped() throws {
    try sendHome(10 * unit)
    let rest = try market.balance(bob, of: echo)
    // A refund below the asset's minimum does not fit into an account that has none of it.
    #expect(market.call(transfer(assets(Asset(echo, amount: rest - 500_000)), to: echo), by: bob) != nil, "dust stays behind")
    try ForeignAssetsPallet.burn(rest, of: echo, from: bob, in: market.context)
    let plan = try #require(try market.plan(to: hub, nonce: 1))
    var small = plan
    small.reserveWithdrawn = assets(Asset(echo, amount: 999_999))
    XcmPallet.refunds.set(Pair(market.lane(to: TestChain.hub), 1), to: small, in: market.context)
    try market.refund(1, to: hub)
    let trap = try #require(try XcmPallet.assetTraps.rows(in: market.context, limit: 10).first?.value)
    #expect(trap.claimer == .account(bob) && trap.count == 1)
    #expect(trap.assets == .v5(small.reserveWithdrawn))
    // It can be claimed once the account can hold it.
    let claim = XcmPallet.Call.claimAssets(assets: trap.assets, beneficiary: .v5(.account(bob)))
    market.expectRefusal(.localExecutionIncompleteWithError, claim, by: bob)
    try ForeignAssetsPallet.mint(1_000_000, of: echo, to: bob, in: market.context)
    #expect(market.call(claim, by: bob) == nil)
    #expect(try market.balance(bob, of: echo) == 1_999_999)
  }

  @Test("what the reserve account cannot pay is overdue, the rest is paid") func overdue() throws {
    let both = assets(Asset(.here, amount: unit), Asset(TestChain.token, amount: 95))
    let lane = hub.lane(to: TestChain.market)
    let retry = XcmPallet.Call.retryRefund(lane: lane, nonce: 1)
    #expect(hub.call(transfer(both, to: .sibling(TestChain.market))) == nil)
    // Somebody else's five units in the account: less than the minimum, so the 95 cannot leave alone.
    #expect(hub.call(transfer(assets(Asset(TestChain.token, amount: 5)), to: .sibling(TestChain.market))) == nil)
    let (coins, tokens) = (try hub.balance(alice), try hub.tokens(alice))
    try hub.refund(1, to: market)
    #expect(try hub.balance(alice) == coins + unit)
    #expect(try hub.tokens(alice) == tokens)
    let plan = try #require(try XcmPallet.overdueRefunds.get(Pair(lane, 1), in: hub.context))
    #expect(plan.reserveDeposited == assets(Asset(TestChain.token, amount: 95)))
    #expect(
      hub.events.last == .refundOverdue(lane: lane, nonce: 1, beneficiary: .account(alice), messageId: plan.topic))
    hub.expectRefusal(.reserveTooLow, retry, by: bob)
    #expect(hub.call(transfer(assets(Asset(TestChain.token, amount: 5)), to: .sibling(TestChain.market))) == nil)
    #expect(hub.call(retry, by: bob) == nil, "anybody may ask")
    #expect(try hub.tokens(alice) == tokens - 5 + 95)
    #expect(try hub.tokens(bob) == 0)
    hub.expectRefusal(.unknownRefund, retry)
  }

  @Test("more assets than one trap names are all trapped") func manyAssets() throws {
    func tokens(_ range: Range<UInt128>) throws -> XCM.Assets {
      try XCM.Assets(range.map { Asset(Location(.palletInstance(12), .generalIndex(Compact($0))), amount: 50) })
    }
    let template = { () throws -> XcmPallet.RefundPlan in
      #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
      return try #require(try hub.plan(to: market, nonce: 1))
    }
    var plan = try template()
    plan.reserveWithdrawn = try tokens(100..<120)
    XcmPallet.refunds.set(Pair(.zero, 1), to: plan, in: hub.context)
    try XcmPalletPallet.refund(lane: .zero, nonce: 1, in: hub.context)
    #expect(try XcmPallet.assetTraps.rows(in: hub.context, limit: 10).map(\.value.assets) == [.v5(plan.reserveWithdrawn)])
    #expect(try XcmPallet.overdueRefunds.get(Pair(.zero, 1), in: hub.context) == nil)
  }
}

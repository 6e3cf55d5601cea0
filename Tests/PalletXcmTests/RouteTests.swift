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

/// Transfers whose fee asset goes another way than the rest, and transfers whose ways the caller names.
@Suite("Routes of a transfer") struct RouteTests {
  private let hub: TestChain
  private let market: TestChain
  private let studio: TestChain
  private let coin = Location.here
  private let voucher = Location.sibling(TestChain.market)
  private let echo = Location.sibling(TestChain.hub)

  /// Alice has vouchers of market on hub.
  init() throws {
    (hub, market, studio) = try TestChain.network()
    #expect(
      market.call(transfer(assets(Asset(.here, amount: 20 * unit)), to: .sibling(TestChain.hub), for: .account(alice))) == nil)
    #expect(try market.deliver(1, to: hub).failure == nil)
  }

  private var both: XCM.Assets { assets(Asset(coin, amount: 3 * unit), Asset(voucher, amount: 4 * unit)) }

  @Test("fees by one reserve, the rest by another, both arrive", arguments: [0, 1] as [UInt32]) func mixed(item: UInt32) throws {
    let before = try market.balance(bob)
    let (coins, vouchers) = (try hub.balance(alice), try hub.balance(alice, of: voucher))
    #expect(hub.call(transfer(both, to: voucher, feeItem: item)) == nil)
    let message = try hub.message(to: market, nonce: 1)
    let load: (Instruction, Asset) = (
      .reserveAssetDeposited(assets(Asset(echo, amount: 3 * unit))), Asset(echo, amount: 3 * unit)
    )
    let other: (Instruction, Asset) = (.withdrawAsset(assets(Asset(.here, amount: 4 * unit))), Asset(.here, amount: 4 * unit))
    let (first, second) = item == 0 ? (load, other) : (other, load)
    #expect(
      try hub.program(to: market, nonce: 1) == [
        first.0, hints(alice), .payFees(asset: first.1), second.0, .clearOrigin, .refundSurplus,
        .depositAsset(assets: everything(2), beneficiary: .account(bob)), .setTopic(message.topic),
      ])
    #expect(try coins - hub.balance(alice) == 3 * unit + message.fee)
    #expect(try vouchers - hub.balance(alice, of: voucher) == 4 * unit)
    #expect(try hub.deliver(1, to: market).failure == nil)
    let (got, gotEcho) = (try market.balance(bob) - before, try market.balance(bob, of: echo))
    #expect(item == 0 ? got == 4 * unit : got > 3 * unit && got < 4 * unit)
    #expect(item == 1 ? gotEcho == 3 * unit : gotEcho > 2 * unit && gotEcho < 3 * unit)
    #expect(try XcmPallet.assetTraps.rows(in: market.context, limit: 1).isEmpty, "something was left over")
  }

  @Test("a message of two routes that never arrives gives both back") func refunded() throws {
    #expect(hub.call(transfer(both, to: voucher)) == nil)
    let plan = try #require(try hub.plan(to: market, nonce: 1))
    #expect(plan.reserveDeposited == assets(Asset(coin, amount: 3 * unit)))
    #expect(plan.reserveWithdrawn == assets(Asset(voucher, amount: 4 * unit)))
    let (coins, vouchers) = (try hub.balance(alice), try hub.balance(alice, of: voucher))
    try hub.refund(1, to: market)
    #expect(try hub.balance(alice) == coins + 3 * unit)
    #expect(try hub.balance(alice, of: voucher) == vouchers + 4 * unit)
  }

  @Test("fees that do not pay leave everything to be given back") func feesTooLow() throws {
    let call = transfer(assets(Asset(coin, amount: unit), Asset(voucher, amount: 1)), to: voucher, feeItem: 1)
    #expect(hub.call(call) == nil)
    #expect(try hub.deliver(1, to: market) == .error(InstructionError(index: 2, error: .tooExpensive)))
  }

  private func typed(
    _ items: XCM.Assets, _ type: XcmPallet.TransferType, fees: Location, _ feesType: XcmPallet.TransferType,
    to destination: Location, then program: Xcm
  ) -> XcmPallet.Call {
    .transferAssetsUsingTypeAndThen(
      dest: .v5(destination), assets: .v5(items), assetsTransferType: type, remoteFeesId: .v5(AssetID(fees)), feesTransferType: feesType,
      customXcmOnDest: .v5(program), weightLimit: .unlimited)
  }

  @Test("the caller names the ways and what happens at the end") func usingType() throws {
    let before = (try market.balance(bob), try market.balance(charlie, of: echo))
    let split: Xcm = [
      .depositAsset(assets: .definite(assets(Asset(.here, amount: 4 * unit))), beneficiary: .account(bob)),
      .depositAsset(assets: .wild(.all), beneficiary: .account(charlie)),
    ]
    #expect(hub.call(typed(both, .destinationReserve, fees: coin, .localReserve, to: voucher, then: split)) == nil)
    #expect(try hub.deliver(1, to: market).failure == nil)
    #expect(try market.balance(bob) == before.0 + 4 * unit)
    #expect(try market.balance(charlie, of: echo) > before.1 + 2 * unit)
  }

  @Test("one way for all is the same program as by transfer_assets") func uniform() throws {
    let one = assets(Asset(coin, amount: 2 * unit))
    let finish: Xcm = [.depositAsset(assets: everything(1), beneficiary: .account(bob))]
    #expect(hub.call(transfer(one, to: voucher)) == nil)
    #expect(hub.call(typed(one, .localReserve, fees: coin, .localReserve, to: voucher, then: finish)) == nil)
    let programs = try [1, 2].map { try hub.program(to: market, nonce: $0).instructions.dropLast() }
    #expect(programs[0] == programs[1])
  }

  @Test("a third chain's reserve is named") func remote() throws {
    let one = assets(Asset(voucher, amount: 6 * unit))
    let finish: Xcm = [.depositAsset(assets: everything(1), beneficiary: .account(charlie))]
    let through = XcmPallet.TransferType.remoteReserve(.v5(voucher))
    #expect(hub.call(typed(one, through, fees: voucher, through, to: .sibling(TestChain.studio), then: finish)) == nil)
    #expect(try hub.deliver(1, to: market).failure == nil)
    #expect(try market.deliver(1, to: studio).failure == nil)
    #expect(try studio.balance(charlie, of: voucher) > 4 * unit)
  }

  @Test("two assets go through one remote reserve together") func remotePair() throws {
    #expect(
      hub.call(
        transfer(assets(Asset(coin, amount: 9 * unit), Asset(TestChain.token, amount: 500)), to: voucher, for: .account(alice))) == nil)
    #expect(try hub.deliver(1, to: market).failure == nil)
    let pair = assets(Asset(echo, amount: 5 * unit), Asset(TestChain.remoteToken, amount: 300))
    #expect(market.call(transfer(pair, to: .sibling(TestChain.studio))) == nil)
    #expect(try market.deliver(2, to: hub).failure == nil)
    #expect(try hub.deliver(1, to: studio).failure == nil)
    #expect(try studio.balance(bob, of: echo) > 4 * unit)
    #expect(try studio.balance(bob, of: TestChain.remoteToken) == 300)
  }
}

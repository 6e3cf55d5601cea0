import EchoRuntime
import PalletBalances
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Teleports") struct TeleportTests {
  private let market = Location.sibling(TestChain.market)
  private let native = assets(Asset(.here, amount: 5 * unit))
  private let hub: TestChain

  init() throws { hub = try TestChain(TestChain.hub, links: [TestChain.market]) }

  private func call(_ call: XcmPallet.Call) -> DispatchError? {
    attempt(call, of: TeleportPallet.self, origin: .signed(alice), in: hub.context)
  }

  private func teleport(_ assets: XCM.Assets, to destination: Location) -> XcmPallet.Call {
    .limitedTeleportAssets(
      dest: .v5(destination), beneficiary: .v5(.account(bob)), assets: .v5(assets), feeAssetItem: 0, weightLimit: .unlimited)
  }

  private func sent() throws -> Xcm { try #require(try TeleportSettings.Recorder.sent.get(in: hub.context).last) }

  @Test("what teleports is checked out and received as such", arguments: [true, false]) func teleports(byName: Bool) throws {
    let before = try hub.balance(alice)
    #expect(call(byName ? teleport(native, to: market) : transfer(native, to: market)) == nil)
    let echo = Asset(.sibling(TestChain.hub), amount: 5 * unit)
    let program = try sent()
    #expect(
      Array(program.instructions.dropLast()) == [
        .receiveTeleportedAsset(assets(echo)), .clearOrigin, hints(alice), .buyExecution(fees: echo, weightLimit: .unlimited),
        .depositAsset(assets: everything(1), beneficiary: .account(bob)),
      ])
    #expect(try before - hub.balance(alice) == 5 * unit)
    #expect(try hub.balance(TeleportSettings.checking) == 5 * unit)
    #expect(try XcmPallet.refunds.get(Pair(.zero, 1), in: hub.context)?.teleported == native)
  }

  @Test("fees teleport beside assets of a reserve, and the other way round", arguments: [0, 1] as [UInt32])
  func mixed(item: UInt32) throws {
    let both = assets(Asset(.here, amount: unit), Asset(TestChain.token, amount: 50))
    #expect(call(transfer(both, to: market, feeItem: item)) == nil)
    let echo = Asset(.sibling(TestChain.hub), amount: unit)
    let token = Asset(TestChain.remoteToken, amount: 50)
    let coins = Instruction.receiveTeleportedAsset(assets(echo))
    let tokens = Instruction.reserveAssetDeposited(assets(token))
    #expect(
      Array(try sent().instructions.dropLast()) == [
        item == 0 ? coins : tokens, hints(alice), .payFees(asset: item == 0 ? echo : token), item == 0 ? tokens : coins, .clearOrigin,
        .refundSurplus, .depositAsset(assets: everything(2), beneficiary: .account(bob)),
      ])
    #expect(try hub.balance(TeleportSettings.checking) == unit)
    #expect(try hub.tokens(hub.sovereign(of: TestChain.market)) == 50)
    let before = try hub.balance(alice)
    try TeleportPallet.refund(lane: .zero, nonce: 1, in: hub.context)
    #expect(try hub.balance(alice) == before + unit)
    #expect(try hub.tokens(hub.sovereign(of: TestChain.market)) == 0)
  }

  @Test("the calls without a limit are those with one") func deprecated() throws {
    let plain = XcmPallet.Call.teleportAssets(
      dest: .v5(market), beneficiary: .v5(.account(bob)), assets: .v5(native), feeAssetItem: 0)
    #expect(call(plain) == nil)
    let first = try sent()
    #expect(call(teleport(native, to: market)) == nil)
    #expect(try sent().instructions.dropLast() == first.instructions.dropLast())
  }

  @Test("what teleports home is not sent on from elsewhere") func homeless() throws {
    let foreign = assets(Asset(market, amount: unit))
    let before = hub.context.trace
    #expect(call(transfer(foreign, to: .sibling(TestChain.studio))) == TeleportPallet.failure(.invalidAssetUnknownReserve))
    hub.expectUnchanged(since: before)
  }

  @Test("what teleports is not sent by reserve, nor the other way round") func filtered() throws {
    _ = try hub.issuance()
    let before = hub.context.trace
    let reserve = XcmPallet.Call.limitedReserveTransferAssets(
      dest: .v5(market), beneficiary: .v5(.account(bob)), assets: .v5(native), feeAssetItem: 0, weightLimit: .unlimited)
    #expect(call(reserve) == TeleportPallet.failure(.filtered))
    #expect(call(teleport(native, to: .sibling(TestChain.studio))) == TeleportPallet.failure(.filtered))
    let mixed = assets(Asset(.here, amount: unit), Asset(TestChain.token, amount: 50))
    func typed(_ type: XcmPallet.TransferType) -> XcmPallet.Call {
      .transferAssetsUsingTypeAndThen(
        dest: .v5(market), assets: .v5(mixed), assetsTransferType: type, remoteFeesId: .v5(AssetID(.here)), feesTransferType: type,
        customXcmOnDest: .v5([]), weightLimit: .unlimited)
    }
    #expect(call(typed(.localReserve)) == TeleportPallet.failure(.filtered))
    #expect(call(typed(.teleport)) == TeleportPallet.failure(.filtered))
    #expect(call(teleport(mixed, to: market)) == TeleportPallet.failure(.filtered))
    hub.expectUnchanged(since: before)
  }

  @Test("a refund checks in again") func refund() throws {
    let before = try hub.balance(alice)
    let total = try hub.issuance()
    #expect(call(teleport(native, to: market)) == nil)
    try TeleportPallet.refund(lane: .zero, nonce: 1, in: hub.context)
    #expect(try hub.balance(alice) == before)
    #expect(try hub.balance(TeleportSettings.checking) == 0)
    #expect(try hub.issuance() == total)
  }

  @Test("a refund that the checking account cannot cover is overdue until it can") func overdue() throws {
    #expect(call(teleport(native, to: market)) == nil)
    let after = try hub.balance(alice)
    try BalancesPallet.burn(unit, from: TeleportSettings.checking, .expendable, in: hub.context)
    try TeleportPallet.refund(lane: .zero, nonce: 1, in: hub.context)
    #expect(try hub.balance(alice) == after)
    #expect(try XcmPallet.overdueRefunds.get(Pair(.zero, 1), in: hub.context)?.teleported == native)
    let retry = XcmPallet.Call.retryRefund(lane: .zero, nonce: 1)
    #expect(call(retry) == TeleportPallet.failure(.reserveTooLow))
    try BalancesPallet.mint(unit, to: TeleportSettings.checking, in: hub.context)
    #expect(call(retry) == nil)
    #expect(try hub.balance(alice) == after + 5 * unit)
    #expect(call(retry) == TeleportPallet.failure(.unknownRefund))
  }

  @Test("no more comes back than left") func incoming() throws {
    func receive() -> Outcome {
      let program: Xcm = [
        .receiveTeleportedAsset(native), .buyExecution(fees: Asset(.here, amount: 1), weightLimit: .unlimited),
        .depositAsset(assets: .wild(.all), beneficiary: .account(bob)),
      ]
      return TeleportPallet.receive(VersionedXcm.v5(program).encoded(), from: market, id: .zero, in: hub.context)
    }
    let before = try hub.balance(bob)
    #expect(receive() == .error(InstructionError(index: 0, error: .notWithdrawable)))
    #expect(call(teleport(native, to: market)) == nil)
    #expect(receive().failure == nil)
    #expect(receive() == .error(InstructionError(index: 0, error: .notWithdrawable)))
    #expect(try hub.balance(bob) == before + 5 * unit)
  }

  @Test("a program over the inbound limit does not run") func weightLimit() throws {
    let program: Xcm = [.clearOrigin, .clearOrigin, .clearOrigin, .clearOrigin]
    let weight = Weight(refTime: 4_000, proofSize: 4)
    let outcome = TeleportPallet.receive(VersionedXcm.v5(program).encoded(), from: market, id: .zero, in: hub.context)
    #expect(outcome == .error(InstructionError(index: 0, error: .weightLimitReached(weight))))
  }
}

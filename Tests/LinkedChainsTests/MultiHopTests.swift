import EchoRuntime
import Keys
import Lanes
import PalletAssets
import PalletBalances
import PalletMessages
import PalletSudo
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let credits = TestChain.credits
private let credHub = TestChain.credits(on: 1000)
private let credMarket = TestChain.credits(on: 2000)

@Suite("Transfers over several chains") struct MultiHopTests {
  let network: TestNetwork
  var hub: TestChain { network.hub }
  var market: TestChain { network.market }
  var studio: TestChain { network.studio }

  init() throws { network = try TestNetwork() }

  @Test("an asset teleports there and back, and its home chain counts what is away") func teleport() throws {
    try hub.run(try transfer([Asset(credHub, amount: 100 * credits)], to: 2000, DevelopmentKey.bob.location))
    #expect(try hub.credits() == 100 * credits)
    #expect(try hub.escrow(for: 2000) == 0)
    let supply = try AssetsPallet.totalIssuance(of: 7, in: hub.context())
    try network.settle()
    let arrived = try market.balance(of: credMarket, .bob)
    #expect(arrived > 99 * credits && arrived < 100 * credits, "execution was paid in credits")
    #expect(try market.credits() + market.waiting(credMarket) == 100 * credits)
    let before = try hub.balance(of: credHub, .charlie)
    try market.run(try transfer([Asset(credMarket, amount: 40 * credits)], to: 1000, DevelopmentKey.charlie.location), by: .bob)
    try network.settle()
    #expect(try hub.credits() == 60 * credits)
    #expect(try market.credits() + market.waiting(credMarket) == 60 * credits)
    let came = try hub.balance(of: credHub, .charlie) - before
    #expect(came > 39 * credits && came < 40 * credits)
    #expect(try AssetsPallet.totalIssuance(of: 7, in: hub.context()) + hub.waiting(credHub) == supply)
  }

  @Test("more than left cannot teleport back: it is refused whole and comes back to its owner") func overdraft() throws {
    try hub.run(try transfer([Asset(credHub, amount: 100 * credits)], to: 2000, DevelopmentKey.bob.location))
    try network.settle()
    // Market's root makes credits out of nothing.
    let forged: RuntimeCall = .foreignAssets(
      .mint(id: credMarket, beneficiary: .id(DevelopmentKey.bob.account), amount: Compact(1000 * credits)))
    try market.run(.sudo(.sudoAs(who: .id(EchoRuntime.treasury), call: forged)))
    let owned = try market.balance(of: credMarket, .bob)
    #expect(owned > 1000 * credits)
    try market.run(try transfer([Asset(credMarket, amount: 500 * credits)], to: 1000, DevelopmentKey.charlie.location), by: .bob)
    let events = try network.settle()
    #expect(events[1000]?.failures == [.rejected(.notWithdrawable)])
    #expect(try hub.credits() == 100 * credits)
    #expect(try hub.balance(of: credHub, .charlie) == 0)
    #expect(try market.balance(of: credMarket, .bob) == owned, "the refund is whole")
  }

  @Test("what teleports does not go by reserve, and what has a reserve does not teleport") func wrongWay() throws {
    let bob = VersionedLocation.v5(DevelopmentKey.bob.location)
    func assets(_ asset: Location, _ amount: Balance) -> VersionedAssets { .v5(Assets(Asset(asset, amount: amount))) }
    let filtered = DispatchError.module(ModuleError(pallet: 33, error: XcmPallet.Failure.filtered.rawValue))
    for call: XcmPallet.Call in [
      .limitedReserveTransferAssets(
        dest: .v5(.sibling(2000)), beneficiary: bob, assets: assets(credHub, credits), feeAssetItem: 0, weightLimit: .unlimited),
      .limitedTeleportAssets(
        dest: .v5(.sibling(2000)), beneficiary: bob, assets: assets(.here, unit), feeAssetItem: 0, weightLimit: .unlimited),
      .limitedTeleportAssets(
        dest: .v5(.sibling(2001)), beneficiary: bob, assets: assets(credHub, credits), feeAssetItem: 0, weightLimit: .unlimited),
    ] {
      try hub.seal([(.alice, .xcmPallet(call))])
      #expect(try hub.failures() == [filtered])
    }
    // A program of the sender's own gets past the pallet and not past the destination.
    let owned = try hub.balance(of: credHub, .alice)
    try hub.run(
      execute([
        .setFeesMode(jitWithdraw: true),
        .transferReserveAsset(
          assets: Assets(Asset(credHub, amount: credits)), dest: .sibling(2000),
          xcm: [
            .buyExecution(fees: Asset(credMarket, amount: credits), weightLimit: .unlimited),
            .depositAsset(assets: everything, beneficiary: DevelopmentKey.bob.location),
          ]),
      ]))
    #expect(try hub.balance(of: credHub, .alice) == owned - credits)
    let events = try network.settle()
    #expect(events[2000]?.failures == [.rejected(.untrustedReserveLocation)])
    #expect(try hub.balance(of: credHub, .alice) == owned)
    #expect(try market.credits() == 0)
  }

  @Test("a voucher reaches a third chain through its reserve under one topic") func thirdChain() throws {
    try hub.run(try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))
    try network.settle()
    try market.run(try TestNetwork.transfer(5 * unit, of: .sibling(1000), to: 2001, beneficiary: .charlie), by: .bob)
    let topic = try #require(try market.sentTopics().first)
    try network.deliver(from: market, to: hub)
    #expect(try hub.processed().map(\.id) == [topic])
    #expect(try hub.sentTopics() == [topic])
    try network.deliver(from: hub, to: studio, range: 1...1)
    #expect(try studio.processed().map(\.id) == [topic])
    let sent = try #require(try Messages.outbound.get(MessageKey(TestNetwork.lane(hub, studio), 1), in: hub.context()))
    #expect(sent.topic == topic)
    #expect(try studio.balance(.charlie, of: 1000) > 4 * unit)
  }

  @Test(
    "fees are paid in one asset and another one moves along, each by its own way",
    arguments: [(false, "by reserve and by teleport"), (true, "by the other's reserve and by the own")])
  func secondAsset(vouchers: Bool, name: String) throws {
    let moved: Asset
    let fees: Asset
    if vouchers {
      try market.run(try TestNetwork.transfer(25 * unit, of: .here, to: 1000, beneficiary: .alice))
      try network.settle()
      (moved, fees) = (Asset(.here, amount: 7 * unit), Asset(.sibling(2000), amount: 2 * unit))
    } else {
      (moved, fees) = (Asset(credHub, amount: 100 * credits), Asset(.here, amount: 2 * unit))
    }
    try hub.run(try transfer([moved, fees], fees: 1, to: 2000, DevelopmentKey.bob.location))
    let native = try market.balance(.bob)
    try network.settle()
    if vouchers {
      #expect(try market.balance(.bob, of: 1000) == 7 * unit, "nothing was taken out of it")
      #expect(try market.balance(.bob) > native + unit)
    } else {
      #expect(try market.balance(of: credMarket, .bob) == 100 * credits, "nothing was taken out of it")
      #expect(try market.balance(.bob, of: 1000) > unit)
    }
  }

  @Test("what is too little for a new account is kept for its sender, who claims it") func belowTheDeposit() throws {
    try hub.run(try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))
    try network.settle()
    let amount = EchoRuntime.existentialDeposit / 2
    try market.run(try TestNetwork.transfer(amount, of: .sibling(1000), to: 1000, beneficiary: .ferdie), by: .bob)
    let events = try network.settle()
    #expect(events[1000]?.failures == [.failed(at: 4, .failedToTransactAsset)])
    #expect(try hub.balance(.ferdie) == 0)
    let trap = try #require(try XcmPallet.assetTraps.rows(in: hub.context(), limit: 2).first?.value)
    #expect(trap.claimer == DevelopmentKey.bob.location)
    let bob = try hub.balance(.bob)
    let claim = RuntimeCall.xcmPallet(.claimAssets(assets: trap.assets, beneficiary: .v5(DevelopmentKey.bob.location)))
    try hub.run(claim, by: .bob)
    #expect(try hub.balance(.bob) != bob)
    #expect(try XcmPallet.assetTraps.rows(in: hub.context(), limit: 2).isEmpty)
  }

  @Test("an older version is written for a chain that is known to speak it, and is understood") func olderVersion() throws {
    try hub.sudo(.xcmPallet(.forceXcmVersion(location: .sibling(2000), version: 3)))
    let vouchers = try market.balance(.bob, of: 1000)
    // The claimer's hint is left out: version 3 has no word for it.
    try hub.run(try TestNetwork.transfer(3 * unit, of: .here, to: 2000, beneficiary: .bob))
    let transfer = try #require(try network.pending(hub, to: market)?.upperBound)
    let first = try #require(
      try Messages.outbound.get(MessageKey(TestNetwork.lane(hub, market), transfer), in: hub.context()))
    #expect(first.payload.first == 3)
    try network.settle()
    #expect(try market.balance(.bob, of: 1000) > vouchers)
    // What the newer version alone can say is refused before anything moves.
    let fees = Asset(.here, amount: unit)
    let transferring: Xcm = [
      .withdrawAsset(Assets(fees)),
      .initiateTransfer(
        destination: .sibling(2000), remoteFees: .reserveDeposit(.definite(Assets(fees))), preserveOrigin: false,
        assets: BoundedVector(), remoteXcm: []),
    ]
    try hub.seal([(.alice, .xcmPallet(.execute(message: .v5(transferring), maxWeight: Weight(refTime: 1_000_000_000, proofSize: 1 << 20))))]
    )
    #expect(try hub.failures() == [failedLocally(at: 1, .destinationUnsupported)])
    let program: Xcm = [
      .withdrawAsset(Assets(Asset(.here, amount: unit))),
      .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
      .depositAsset(assets: everything, beneficiary: DevelopmentKey.bob.location),
    ]
    try market.run(
      .balances(.transferKeepAlive(dest: .id(try remoteAccount(.alice, of: 1000)), value: Compact(3 * unit))))
    try hub.run(send(program, to: 2000))
    let nonce = try #require(try network.pending(hub, to: market)?.upperBound)
    let sent = try #require(try Messages.outbound.get(MessageKey(TestNetwork.lane(hub, market), nonce), in: hub.context()))
    #expect(sent.payload.first == 3)
    let bob = try market.balance(.bob)
    try network.settle()
    #expect(try market.balance(.bob) > bob)
  }
}

extension TestChain {
  /// Fees in an asset that no account holds yet.
  func waiting(_ asset: Location) throws -> Balance { try XcmPallet.pendingRevenue.get(asset, in: context()) }
}

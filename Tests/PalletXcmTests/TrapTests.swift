import EchoRuntime
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Traps and claims") struct TrapTests {
  private let hub: TestChain
  private let two = assets(Asset(.here, amount: 2 * unit), Asset(TestChain.token, amount: 100))

  init() throws { hub = try TestChain(TestChain.hub, links: [TestChain.market]) }

  private func execute(_ program: Xcm) -> XcmPallet.Call { .execute(message: .v5(program), maxWeight: .max) }

  private func claim(_ assets: XCM.Assets, to beneficiary: Location = .account(charlie)) -> XcmPallet.Call {
    .claimAssets(assets: .v5(assets), beneficiary: .v5(beneficiary))
  }

  private func ticketed(_ assets: XCM.Assets, _ ticket: Location) -> XcmPallet.Call {
    execute([.claimAsset(assets: assets, ticket: ticket), .depositAsset(assets: .wild(.all), beneficiary: .account(charlie))])
  }

  private func traps() throws -> [XcmPallet.TrapRecord] {
    try XcmPallet.assetTraps.rows(in: hub.context, limit: 100).map(\.value)
  }

  @Test("what a program leaves is trapped for its origin and claimed whole") func trapAndClaim() throws {
    #expect(hub.call(execute([.withdrawAsset(two)])) == nil)
    let trap = try #require(try traps().first)
    #expect(trap.claimer == .account(alice) && trap.assets == .v5(two) && trap.count == 1)
    let before = try hub.balance(charlie)
    #expect(hub.call(claim(two)) == nil)
    #expect(try hub.balance(charlie) == before + 2 * unit)
    #expect(try hub.tokens(charlie) == 100)
    #expect(try traps().isEmpty)
    let names = hub.events.compactMap { event -> H256? in
      switch event {
      case .assetsTrapped(let hash, let origin, let assets), .assetsClaimed(let hash, let origin, let assets):
        origin == .account(alice) && assets == .v5(two) ? hash : nil
      default: nil
      }
    }
    #expect(names.count == 2 && names[0] == names[1])
    hub.expectRefusal(.unknownClaim, claim(two))
  }

  @Test("what a program of the sender's own leaves on the other side is the sender's", arguments: [false, true])
  func leftOverThere(preserve: Bool) throws {
    let (hub, market, _) = try TestChain.network()
    let echo = Asset(.sibling(TestChain.hub), amount: 2 * unit)
    let fees = AssetTransferFilter.reserveDeposit(.definite(assets(Asset(.here, amount: 2 * unit))))
    let load: [Instruction] = [.setFeesMode(jitWithdraw: true), .withdrawAsset(assets(Asset(.here, amount: 2 * unit)))]
    let move = Instruction.initiateTransfer(
      destination: .sibling(TestChain.market), remoteFees: fees, preserveOrigin: preserve, assets: BoundedVector(),
      remoteXcm: [.refundSurplus])
    #expect(hub.call(execute(Xcm(load + [move]))) == nil)
    let alias = Location(parents: 1, .para(TestChain.hub), .account(alice))
    #expect(
      try hub.program(to: market, nonce: 1).instructions.prefix(4) == [
        .reserveAssetDeposited(assets(echo)), hints(alice), .payFees(asset: echo), preserve ? .aliasOrigin(alias) : .clearOrigin,
      ])
    #expect(try hub.deliver(1, to: market).failure == nil)
    let trap = try #require(try XcmPallet.assetTraps.rows(in: market.context, limit: 10).first?.value)
    #expect(trap.claimer == .account(alice))
    #expect(market.call(.claimAssets(assets: trap.assets, beneficiary: .v5(.account(charlie)))) == nil)
    #expect(try market.balance(charlie, of: .sibling(TestChain.hub)) > unit)
  }

  @Test("a claim names exactly what was trapped") func exactness() throws {
    #expect(hub.call(execute([.withdrawAsset(two)])) == nil)
    hub.expectRefusal(.unknownClaim, claim(two), by: bob)
    hub.expectRefusal(.unknownClaim, claim(assets(Asset(.here, amount: 2 * unit))))
    hub.expectRefusal(.unknownClaim, claim(assets(Asset(.here, amount: 2 * unit - 1), Asset(TestChain.token, amount: 100))))
    hub.expectRefusal(.unknownClaim, claim(assets(Asset(.here, amount: 2 * unit + 1), Asset(TestChain.token, amount: 100))))
    for ticket in [Location(.generalIndex(4)), .parent, Location(parents: 1, .generalIndex(5)), Location(.generalIndex(5), .onlyChild)] {
      hub.expectRefusal(.unknownClaim, ticketed(two, ticket))
    }
    hub.expectRefusal(.localExecutionIncompleteWithError, execute([.clearOrigin, .claimAsset(assets: two, ticket: .here)]))
    hub.expectRefusal(.unknownClaim, execute([.descendOrigin(Junctions(.onlyChild)), .claimAsset(assets: two, ticket: .here)]))
    #expect(hub.call(ticketed(two, Location(.generalIndex(5)))) == nil)
    #expect(try traps().isEmpty)
  }

  @Test("assets in the wrong order do not decode") func order() {
    var bytes = VersionedAssets.v5(two).encoded()
    let items = two.items.map { $0.encoded() }
    bytes = Array(bytes.prefix(2)) + items[1] + items[0]
    #expect(throws: ScaleError.self) { try VersionedAssets(decoding: bytes) }
  }

  @Test("equal traps are counted") func counted() throws {
    for _ in 0..<3 { #expect(hub.call(execute([.withdrawAsset(two)])) == nil) }
    #expect(try traps().map(\.count) == [3])
    for left in [2, 1] as [UInt32] {
      #expect(hub.call(claim(two)) == nil)
      #expect(try traps().map(\.count) == [left])
    }
    #expect(hub.call(claim(two)) == nil)
    #expect(try traps().isEmpty)
    hub.expectRefusal(.unknownClaim, claim(two))
  }

  @Test("the claimer hint decides who claims") func hint() throws {
    #expect(hub.call(execute([hints(bob), .withdrawAsset(two)])) == nil)
    hub.expectRefusal(.unknownClaim, claim(two))
    #expect(hub.call(claim(two), by: bob) == nil)
  }

  @Test("a claim that cannot be deposited leaves the trap") func undepositable() throws {
    #expect(hub.call(execute([.withdrawAsset(two)])) == nil)
    hub.expectRefusal(.localExecutionIncompleteWithError, claim(two, to: Location(.generalIndex(1))))
    #expect(try traps().map(\.count) == [1])
  }

  @Test("what a program claims and drops is trapped again, not lost") func claimedAndDropped() throws {
    #expect(hub.call(execute([.withdrawAsset(two)])) == nil)
    #expect(hub.call(execute([.claimAsset(assets: two, ticket: .here)])) == nil)
    #expect(try traps().map(\.count) == [1])
  }

  @Test("what a local program does is found under one id") func topics() throws {
    #expect(hub.call(execute([.withdrawAsset(two)])) == nil)
    #expect(hub.call(claim(two)) == nil)
    let topics = hub.context.events.filter { $0.event.first == XcmPalletPallet.index }.map(\.topics)
    #expect(topics.count == 4 && topics.allSatisfy { $0.count == 1 })
    #expect(topics[0] == topics[1] && topics[2] == topics[3] && topics[0] != topics[2])
  }

  @Test("a claim weighs by what it deposits") func claimWeight() throws {
    func weight(_ count: UInt128) throws -> UInt64 {
      let items = try XCM.Assets((0..<count).map { Asset(Location(.palletInstance(12), .generalIndex(Compact($0))), amount: 5) })
      return XcmPalletPallet.info(of: claim(items)).weight.refTime.value
    }
    let write = Weight.of(micros: 0, writes: 1).refTime.value
    #expect(try weight(20) - weight(1) >= 19 * 3 * write)
  }
}

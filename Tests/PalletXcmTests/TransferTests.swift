import EchoRuntime
import Hashing
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

/// What each kind of transfer sends, instruction by instruction.
@Suite("Transfer programs") struct TransferTests {
  private let topic = H256(words: Words32(1, 2, 3, 4))

  /// The hash of a program whose topic is replaced by a fixed one: pins every byte that leaves.
  private func golden(_ program: Xcm) -> String {
    var program = program
    program.instructions[program.instructions.count - 1] = .setTopic(topic)
    return Hash.blake2b256(VersionedXcm.v5(program).encoded()).hex
  }

  @Test("an asset whose reserve is here is deposited and announced") func localReserve() throws {
    let (hub, market, _) = try TestChain.network()
    let before = try hub.balance(alice)
    #expect(hub.call(transfer(assets(Asset(.here, amount: 25 * unit)), to: .sibling(TestChain.market))) == nil)
    let program = try hub.program(to: market, nonce: 1)
    let echo = Asset(.sibling(TestChain.hub), amount: 25 * unit)
    let message = try hub.message(to: market, nonce: 1)
    #expect(
      program == [
        .reserveAssetDeposited(assets(echo)), .clearOrigin, hints(alice), .buyExecution(fees: echo, weightLimit: .unlimited),
        .depositAsset(assets: everything(1), beneficiary: .account(bob)), .setTopic(message.topic),
      ])
    #expect(golden(program) == "0xf6e205e83f658b5fdc619ad96e128a57129fa0cf10c2145980f893396192a9a8")
    #expect(try hub.escrow(for: TestChain.market) == 25 * unit)
    #expect(try before - hub.balance(alice) == 25 * unit + message.fee)
    let plan = try #require(try hub.plan(to: market, nonce: 1))
    #expect(plan.claimer == .account(alice) && plan.destination == .sibling(TestChain.market) && plan.topic == message.topic)
    #expect(plan.reserveDeposited == assets(Asset(.here, amount: 25 * unit)))
    #expect(plan.reserveWithdrawn.isEmpty && plan.teleported.isEmpty)
    let events = hub.events
    #expect(events.contains { if case .attempted(.complete) = $0 { true } else { false } })
    #expect(
      events.contains {
        $0 == .sent(origin: .account(alice), destination: .sibling(TestChain.market), message: program, messageId: message.topic)
      })
    #expect(events.contains(.feesPaid(paying: .account(alice), fees: assets(Asset(.here, amount: message.fee)))))
  }

  @Test("an asset goes home to its reserve") func destinationReserve() throws {
    let (hub, market, _) = try TestChain.network()
    let echo = Location.sibling(TestChain.hub)
    #expect(hub.call(transfer(assets(Asset(.here, amount: 25 * unit)), to: .sibling(TestChain.market))) == nil)
    #expect(try hub.deliver(1, to: market).failure == nil)
    let held = try market.balance(bob, of: echo)
    let call = XcmPallet.Call.limitedReserveTransferAssets(
      dest: .v5(echo), beneficiary: .v5(.account(charlie)), assets: .v5(assets(Asset(echo, amount: 10 * unit))), feeAssetItem: 0,
      weightLimit: .limited(Weight(refTime: 2_000_000_000, proofSize: 100_000)))
    #expect(market.call(call, by: bob) == nil)
    let program = try market.program(to: hub, nonce: 1)
    let home = Asset(.here, amount: 10 * unit)
    #expect(
      program == [
        .withdrawAsset(assets(home)), .clearOrigin, hints(bob),
        .buyExecution(fees: home, weightLimit: .limited(Weight(refTime: 2_000_000_000, proofSize: 100_000))),
        .depositAsset(assets: everything(1), beneficiary: .account(charlie)),
        .setTopic(try market.message(to: hub, nonce: 1).topic),
      ])
    #expect(golden(program) == "0xab06c8d5a101c31a4a2d3887d2faa269f2a1258a42845d35a85a5d3375fc4def")
    #expect(try market.balance(bob, of: echo) == held - 10 * unit)
    #expect(try market.plan(to: hub, nonce: 1)?.reserveWithdrawn == assets(Asset(echo, amount: 10 * unit)))
    let before = try hub.balance(charlie)
    #expect(try market.deliver(1, to: hub).failure == nil)
    #expect(try hub.balance(charlie) > before + 9 * unit)
    #expect(try hub.escrow(for: TestChain.market) == 15 * unit)
  }

  @Test("an asset of a third chain goes through its reserve under one topic") func remoteReserve() throws {
    let (hub, market, studio) = try TestChain.network()
    let echo = Location.sibling(TestChain.hub)
    #expect(hub.call(transfer(assets(Asset(.here, amount: 25 * unit)), to: .sibling(TestChain.market))) == nil)
    try hub.deliver(1, to: market)
    let call = transfer(assets(Asset(echo, amount: 5 * unit + 1)), to: .sibling(TestChain.studio), for: .account(charlie))
    #expect(market.call(call, by: bob) == nil)
    let topic = try market.message(to: hub, nonce: 1).topic
    let half = 5 * unit / 2
    let arrival: [Instruction] = [
      hints(bob), .buyExecution(fees: Asset(echo, amount: half), weightLimit: .unlimited),
      .depositAsset(assets: everything(1), beneficiary: .account(charlie)),
    ]
    let first = try market.program(to: hub, nonce: 1)
    #expect(
      first == [
        .withdrawAsset(assets(Asset(.here, amount: 5 * unit + 1))), .clearOrigin, hints(bob),
        .buyExecution(fees: Asset(.here, amount: half), weightLimit: .unlimited),
        .depositReserveAsset(assets: everything(1), dest: .sibling(TestChain.studio), xcm: Xcm(arrival)), .setTopic(topic),
      ])
    #expect(golden(first) == "0x92fe8bd3a61e12f2896a3612e817133e778b2374538dd04b5f2b64d91dfb4e58")
    #expect(try market.deliver(1, to: hub).failure == nil)
    let onward = try hub.message(to: studio, nonce: 1)
    let moved = try hub.escrow(for: TestChain.studio)
    #expect(
      try hub.program(to: studio, nonce: 1)
        == Xcm([.reserveAssetDeposited(assets(Asset(echo, amount: moved))), .clearOrigin] + arrival + [.setTopic(topic)]))
    #expect(onward.topic == topic, "the second hop has another topic")
    #expect(try hub.plan(to: studio, nonce: 1)?.claimer == .account(bob))
    #expect(try hub.deliver(1, to: studio).failure == nil)
    #expect(
      studio.events.contains {
        if case .processed(let origin, topic, .complete) = $0 { origin == .sibling(TestChain.hub) } else { false }
      })
    #expect(try studio.issuance(of: echo) == moved)
  }

  @Test("the fee item pays, wherever it stands", arguments: [0, 1] as [UInt32]) func twoAssets(item: UInt32) throws {
    let (hub, market, _) = try TestChain.network()
    let both = assets(Asset(.here, amount: 3 * unit), Asset(TestChain.token, amount: 500))
    #expect(hub.call(transfer(both, to: .sibling(TestChain.market), feeItem: item)) == nil)
    let echo = Asset(.sibling(TestChain.hub), amount: 3 * unit)
    let token = Asset(TestChain.remoteToken, amount: 500)
    let program = try hub.program(to: market, nonce: 1)
    #expect(
      program == [
        .reserveAssetDeposited(assets(echo, token)), .clearOrigin, hints(alice),
        .buyExecution(fees: item == 0 ? echo : token, weightLimit: .unlimited),
        .depositAsset(assets: everything(2), beneficiary: .account(bob)),
        .setTopic(try hub.message(to: market, nonce: 1).topic),
      ])
    #expect(try hub.tokens(hub.sovereign(of: TestChain.market)) == 500)
    let outcome = try hub.deliver(1, to: market)
    guard item == 0 else {
      // 500 units of the token are not worth the execution, and nothing else was offered.
      #expect(outcome.failure == InstructionError(index: 3, error: .tooExpensive))
      #expect(try XcmPallet.assetTraps.rows(in: market.context, limit: 10).map(\.value.assets) == [.v5(assets(echo, token))])
      return
    }
    #expect(outcome.failure == nil)
    #expect(try market.balance(bob, of: TestChain.remoteToken) == 500)
    #expect(try market.balance(bob, of: .sibling(TestChain.hub)) > 2 * unit)
    // Both go home together.
    let back = assets(Asset(.sibling(TestChain.hub), amount: unit), Asset(TestChain.remoteToken, amount: 200))
    #expect(market.call(transfer(back, to: .sibling(TestChain.hub), for: .account(bob)), by: bob) == nil)
    #expect(try market.deliver(1, to: hub).failure == nil)
    #expect(try hub.tokens(bob) == 200)
    #expect(try hub.tokens(hub.sovereign(of: TestChain.market)) == 300)
  }

  @Test("a timeout is the message's, and gone after the call whether it succeeds or fails") func timeout() throws {
    let (hub, market, _) = try TestChain.network()
    func call(_ amount: Balance) -> XcmPallet.Call {
      .transferAssetsWithTimeout(
        dest: .v5(.sibling(TestChain.market)), beneficiary: .v5(.account(bob)), assets: .v5(assets(Asset(.here, amount: amount))),
        feeAssetItem: 0, weightLimit: .unlimited, timeout: Compact(5_000))
    }
    #expect(hub.call(call(unit)) == nil)
    #expect(try XcmPallet.requestedTimeout.get(in: hub.context) == nil)
    hub.expectRefusal(.localExecutionIncompleteWithError, call(5_000 * unit))
    #expect(try XcmPallet.requestedTimeout.get(in: hub.context) == nil)
    #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
    let first = try hub.message(to: market, nonce: 1)
    let second = try hub.message(to: market, nonce: 2)
    #expect(second.timeoutAt - first.timeoutAt == LaneRouter.defaultTimeout - 5_000)
  }

  @Test("topics are unique") func topics() throws {
    let (hub, market, studio) = try TestChain.network()
    for _ in 0..<3 {
      #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
      #expect(market.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.hub))) == nil)
      let program: Xcm = [.clearOrigin]
      #expect(hub.call(.send(dest: .v5(.sibling(TestChain.studio)), message: .v5(program))) == nil)
    }
    let topics = try (1...3 as ClosedRange<UInt64>).flatMap { nonce in
      [
        try hub.message(to: market, nonce: nonce).topic, try market.message(to: hub, nonce: nonce).topic,
        try hub.message(to: studio, nonce: nonce).topic,
      ]
    }
    #expect(Set(topics).count == 9)
  }
}

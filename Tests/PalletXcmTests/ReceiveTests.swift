import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private let one = Asset(.here, amount: unit)
private func some(_ units: Balance) -> XCM.Assets { assets(Asset(.here, amount: units * unit)) }
private let recovery: Xcm = [.clearError, .depositAsset(assets: .wild(.all), beneficiary: .account(charlie))]

@Suite("Programs from other chains") struct ReceiveTests {
  private let hub: TestChain
  private let market = Location.sibling(TestChain.market)
  private let id = H256(words: Words32(9, 9, 9, 9))

  init() throws { hub = try TestChain(TestChain.hub, links: [TestChain.market]) }

  private func receive(_ program: Xcm) -> Outcome { receive(VersionedXcm.v5(program).encoded()) }
  private func receive(_ payload: [UInt8]) -> Outcome {
    XcmPalletPallet.receive(payload, from: market, id: id, in: hub.context)
  }

  /// Gives market an escrow of 10, as a transfer does.
  private func fund() {
    #expect(hub.call(transfer(assets(Asset(.here, amount: 10 * unit)), to: market)) == nil)
  }

  private func expectNothing(_ outcome: Outcome, _ error: XcmError, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(outcome.failure == InstructionError(index: 0, error: error), sourceLocation: sourceLocation)
    #expect(hub.context.trace.cells == cells, "a program that did not run left a trace", sourceLocation: sourceLocation)
    #expect(hub.events == [.processed(origin: market, messageId: id, outcome: outcome)], sourceLocation: sourceLocation)
  }
  private var cells: [[UInt8]: [UInt8]?] { fresh.context.trace.cells }
  private var fresh: TestChain { (try? TestChain(TestChain.hub, links: [TestChain.market])) ?? hub }

  @Test("bytes that are no program", arguments: [[], [5], [2, 0], [6, 0], [5, 4, 200], [5, 0, 0]] as [[UInt8]])
  func undecodable(_ payload: [UInt8]) { expectNothing(receive(payload), .failedToDecode) }

  @Test("a program that version 5 cannot express") func unknownVersion() {
    // Version 4, one instruction: TransferAsset of nothing to ../../GlobalConsensus(Wococo).
    expectNothing(receive([4, 4, 4, 0, 2, 1, 9, 6]), .unhandledXcmVersion)
  }

  @Test(
    "a program that pays for nothing is refused by the barrier",
    arguments: [
      [.clearOrigin], [.withdrawAsset(assets(Asset(.here, amount: unit)))],
      [.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil), .clearOrigin],
    ] as [Xcm])
  func barrier(_ program: Xcm) { expectNothing(receive(program), .barrier) }

  @Test("a first instruction that fails is an error: nothing arrived") func nothingArrived() throws {
    let one = assets(Asset(.here, amount: unit))
    let pay = Instruction.buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited)
    #expect(receive([.withdrawAsset(one), pay]) == .error(InstructionError(index: 0, error: .failedToTransactAsset)))
    #expect(
      receive([.reserveAssetDeposited(one), pay]) == .error(InstructionError(index: 0, error: .untrustedReserveLocation)))
    #expect(
      receive([.receiveTeleportedAsset(one), pay]) == .error(InstructionError(index: 0, error: .untrustedTeleportLocation)))
    #expect(receive([.claimAsset(assets: one, ticket: .here), pay]) == .error(InstructionError(index: 0, error: .unknownClaim)))
    #expect(hub.context.trace.cells == cells)
    let message = OutboundMessage(
      payload: VersionedXcm.v5([.withdrawAsset(one), pay]).encoded(), topic: id, timeoutHeight: 1, timeoutAt: 1, fee: 0, refund: [],
      sentAt: 1)
    let outcome = XcmMessages.receive(
      message, from: TestChain.end(TestChain.market), lane: hub.lane(to: TestChain.market), nonce: 1, in: hub.context)
    #expect(outcome.isRefunded, "the source gives back what never came in")
  }

  @Test(
    "a program that fails before all its assets are in is undone and goes back whole",
    arguments: [
      // The second load fails; the error handler must not count.
      ([.withdrawAsset(some(2)), .payFees(asset: one), .withdrawAsset(some(100))], 2, .failedToTransactAsset),
      (
        [
          .withdrawAsset(some(2)), .buyExecution(fees: one, weightLimit: .unlimited), .setErrorHandler(recovery),
          .depositAsset(assets: .wild(.all), beneficiary: .account(bob)),
          .reserveAssetDeposited(assets(Asset(.sibling(77), amount: unit))),
        ], 4, .untrustedReserveLocation
      ),
      ([.withdrawAsset(some(2)), .payFees(asset: one), .receiveTeleportedAsset(some(1))], 2, .untrustedTeleportLocation),
      // Fees are too low, and the other assets were still to come.
      (
        [.withdrawAsset(assets(Asset(.here, amount: 1))), .payFees(asset: Asset(.here, amount: 1)), .withdrawAsset(some(2))], 1,
        .tooExpensive
      ),
    ] as [(Xcm, UInt8, XcmError)])
  func arrivedInPart(_ program: Xcm, _ index: UInt8, _ error: XcmError) throws {
    fund()
    let (before, events) = (hub.context.trace.cells, hub.events.count)
    let outcome = receive(program)
    #expect(outcome == .error(InstructionError(index: index, error: error)))
    #expect(hub.context.trace.cells.filter { $0.key != System.eventsKey && before[$0.key] != $0.value }.isEmpty)
    #expect(hub.events.dropFirst(events) == [.processed(origin: market, messageId: id, outcome: outcome)])
    let message = OutboundMessage(
      payload: VersionedXcm.v5(program).encoded(), topic: id, timeoutHeight: 1, timeoutAt: 1, fee: 0, refund: [], sentAt: 1)
    let end = XcmMessages.receive(
      message, from: TestChain.end(TestChain.market), lane: hub.lane(to: TestChain.market), nonce: 1, in: hub.context)
    #expect(end.isRefunded)
  }

  @Test("once all assets are in, what handlers and appendices fail to load changes nothing") func handlers() throws {
    fund()
    let late: Xcm = [.withdrawAsset(some(100))]
    for rest in [[.setAppendix(late)], [.setErrorHandler(late), .trap(Compact(1))]] as [[Instruction]] {
      let before = try hub.escrow(for: TestChain.market)
      let outcome = receive(Xcm([.withdrawAsset(some(2)), .buyExecution(fees: one, weightLimit: .unlimited)] + rest))
      guard case .incomplete(_, InstructionError(index: 0, error: .failedToTransactAsset)) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(try hub.escrow(for: TestChain.market) == before - 2 * unit)
    }
  }

  @Test("a program that fails half-way keeps what it did and traps what it held") func halfWay() throws {
    fund()
    let one = Asset(.here, amount: unit)
    let before = try hub.balance(bob)
    let outcome = receive([
      .withdrawAsset(assets(Asset(.here, amount: 4 * unit))), hints(alice), .buyExecution(fees: one, weightLimit: .unlimited),
      .depositAsset(assets: .definite(assets(one)), beneficiary: .account(bob)), .trap(Compact(7)),
      .depositAsset(assets: .wild(.all), beneficiary: .account(bob)),
    ])
    guard case .incomplete(_, InstructionError(index: 4, error: .trap(7))) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try hub.balance(bob) == before + unit)
    #expect(try hub.escrow(for: TestChain.market) == 6 * unit)
    let trap = try #require(try XcmPallet.assetTraps.rows(in: hub.context, limit: 10).first?.value)
    #expect(trap.claimer == .account(alice))
    let left = try trap.assets.latest().first?.amount ?? 0
    #expect(left > 2 * unit && left < 3 * unit)
    #expect(hub.events.contains(.processXcmError(origin: market, error: .trap(7), messageId: id, index: 4)))
  }

  @Test("a trailing topic is the message's id") func trailingTopic() throws {
    fund()
    let topic = H256(words: Words32(5, 5, 5, 5))
    let one = Asset(.here, amount: unit)
    let outcome = receive([
      .withdrawAsset(assets(one)), .buyExecution(fees: one, weightLimit: .unlimited),
      .depositAsset(assets: .wild(.all), beneficiary: .account(bob)), .setTopic(topic),
    ])
    #expect(hub.events.last == .processed(origin: market, messageId: topic, outcome: outcome))
    #expect(outcome.failure == nil)
  }

  @Test("a sent program acts for its sender and for nobody else") func descends() throws {
    let (hub, market, _) = try TestChain.network()
    let program: Xcm = [
      .withdrawAsset(assets(Asset(.here, amount: 2 * unit))), .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
      .depositAsset(assets: .wild(.all), beneficiary: .account(charlie)),
    ]
    let before = try market.balance(alice)
    #expect(market.call(.send(dest: .v5(.sibling(TestChain.hub)), message: .v5(program))) == nil)
    let message = try market.message(to: hub, nonce: 1)
    #expect(try before - market.balance(alice) == message.fee)
    let sent = try market.program(to: hub, nonce: 1)
    #expect(
      sent.instructions
        == [.descendOrigin(Junctions(.account(alice)))] + program.instructions + [.setTopic(message.topic)])
    #expect(
      market.events.last
        == .sent(origin: .account(alice), destination: .sibling(TestChain.hub), message: sent, messageId: message.topic))
    #expect(try market.plan(to: hub, nonce: 1)?.reserveDeposited.isEmpty == true)
    // Alice's account here has money, and so has the escrow; her account of there has none of it.
    #expect(hub.call(transfer(assets(Asset(.here, amount: 10 * unit)), to: .sibling(TestChain.market))) == nil)
    #expect(try market.deliver(1, to: hub).failure == InstructionError(index: 1, error: .failedToTransactAsset))
    let own = try #require(EchoRuntime.account(of: Location(parents: 1, .para(TestChain.market), .account(alice))))
    let give = XcmPallet.Call.execute(
      message: .v5([
        .withdrawAsset(assets(Asset(.here, amount: 5 * unit))),
        .depositAsset(assets: .wild(.all), beneficiary: .account(own)),
      ]), maxWeight: .max)
    #expect(hub.call(give) == nil)
    let charlies = try hub.balance(charlie)
    #expect(try market.deliver(1, to: hub).failure == nil)
    #expect(try hub.balance(charlie) > charlies + unit)
    #expect(try hub.balance(own) == 3 * unit)
    #expect(try hub.escrow(for: TestChain.market) == 10 * unit)
  }

  @Test(
    "nobody speaks for another chain, account or reserve by a sent program",
    arguments: [
      [.universalOrigin(.globalConsensus(.polkadot))], [.aliasOrigin(.account(bob))], [.clearOrigin],
      [.reserveAssetDeposited(assets(Asset(.sibling(2000), amount: 5 * 1_000_000_000_000)))],
    ] as [[Instruction]])
  func impostors(_ prefix: [Instruction]) throws {
    fund()
    let spend: [Instruction] = [
      .withdrawAsset(assets(Asset(.here, amount: unit))), .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
      .depositAsset(assets: .wild(.all), beneficiary: .account(charlie)),
    ]
    let before = try hub.balance(charlie)
    let total = try hub.issuance()
    let descend = Instruction.descendOrigin(Junctions(.account(alice)))
    #expect(receive(Xcm([descend] + prefix + spend)).failure != nil)
    #expect(receive(Xcm([descend] + spend.prefix(1) + prefix + spend.dropFirst())).failure != nil)
    #expect(try hub.balance(charlie) == before)
    #expect(try hub.issuance() == total)
    #expect(try hub.escrow(for: TestChain.market) == 10 * unit)
  }
}

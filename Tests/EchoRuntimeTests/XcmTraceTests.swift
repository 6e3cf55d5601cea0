import EchoRuntime
import Keys
import PalletBalances
import PalletMessages
import PalletSupport
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
private let market = Hub.market
private let native = AssetID(.here)

@Suite("Traces") struct XcmTraceTests {
  let chain: XcmTestChain
  init() throws { chain = try XcmTestChain() }

  @Test("each step has its registers, its events and what it changed in the ledger") func steps() throws {
    let program: Xcm = [
      .withdrawAsset(assets((.here, 3 * unit), (gold, unit))),
      .depositAsset(assets: .definite(assets((.here, unit))), beneficiary: .account(bob)),
      .depositAsset(assets: .wild(.all), beneficiary: .account(alice)),
    ]
    let trace = try chain.trace(execute(program))
    #expect(trace.result == .ok(Unit()) && trace.problem == nil)
    let run = try #require(trace.run.programs.first)
    #expect(trace.run.programs.count == 1 && run.depth == 0 && run.origin == .account(alice) && run.program == program)
    #expect(
      run.steps.map(\.index) == [0, 1, 2]
        && run.steps.allSatisfy { $0.level == 1 && $0.phase == .program && $0.error == nil })
    #expect(run.steps.map(\.instruction) == program.instructions)
    #expect(run.weight == run.steps.reduce(.zero) { $0.adding($1.weight) } && run.surplus == .zero)
    #expect(run.steps[0].before.holding.isEmpty)
    #expect(run.steps[0].after.holding == assets((.here, 3 * unit), (gold, unit)).items)
    #expect(run.steps[1].before == run.steps[0].after)
    #expect(run.steps[1].after.holding == assets((.here, 2 * unit), (gold, unit)).items)
    #expect(run.steps[2].after.holding.isEmpty && run.trapped.isEmpty)
    #expect(
      run.steps[1].ledger == [XcmLedgerChange(account: bob, asset: native, before: 10 * unit, after: 11 * unit)])
    let taken = Set(run.steps[0].ledger.map(\.asset))
    #expect(
      taken == [native, AssetID(gold)]
        && run.steps[0].ledger.allSatisfy { $0.account == alice && !$0.difference.isGain })
    #expect(run.steps[0].events.count == 2 && run.steps[1].events.count == 1)
  }

  @Test("a transfer's trace has the message, its fee and its topic") func messages() throws {
    let trace = try chain.trace(send(5 * unit, of: .here))
    let message = try #require(trace.run.forwarded.first)
    #expect(trace.run.forwarded.count == 1 && message.destination == market && message.version == 5)
    let program = try VersionedXcm(decoding: message.payload).latest()
    #expect(program.instructions.last == .setTopic(message.topic))
    #expect(message.deliveryFee == LaneRouter.baseFee + LaneRouter.byteFee * Balance(message.payload.count))
    let run = try #require(trace.run.programs.first)
    let fee = XcmPaidFee(kind: .delivery, payer: .account(alice), assets: assets((.here, message.deliveryFee)).items)
    #expect(run.fees == [fee])
    let sovereign = try #require(EchoRuntime.account(of: market))
    #expect(trace.run.ledger.first { $0.account == sovereign }.map { $0.after - $0.before } == 5 * unit)
    #expect(
      trace.run.ledger.first { $0.account == EchoRuntime.relayerPot }.map { $0.after - $0.before }
        == message.deliveryFee)
    let spent = trace.run.ledger.first { $0.account == alice && $0.asset == native }.map { $0.before - $0.after }
    #expect(spent == 5 * unit + message.deliveryFee + trace.fee)
  }

  @Test("what send pays for delivery is a fee outside of programs") func sendFee() throws {
    let trace = try chain.trace(.xcmPallet(.send(dest: .v5(market), message: .v5([.clearOrigin]))))
    let message = try #require(trace.run.forwarded.first)
    #expect(trace.run.programs.isEmpty)
    #expect(trace.run.fees.map(\.assets) == [assets((.here, message.deliveryFee)).items])
  }

  @Test("error handler, appendix and inner programs are told apart") func phases() throws {
    let program: Xcm = [
      .setErrorHandler([.clearOrigin]), .setAppendix([.clearTopic]),
      .executeWithOrigin(descendantOrigin: nil, xcm: [.clearTopic, .trap(9)]), .clearError,
    ]
    let trace = try chain.trace(execute(program))
    let run = try #require(trace.run.programs.first)
    let places = run.steps.map { [$0.phase.encoded()[0], UInt8($0.level), UInt8($0.index)] }
    #expect(places == [[0, 1, 0], [0, 1, 1], [0, 2, 0], [0, 2, 1], [0, 1, 2], [1, 1, 0], [2, 1, 0]])
    #expect(run.steps[3].error == .trap(9) && run.steps[4].error == .trap(9))
    #expect(run.steps[4].detail == run.steps[3].detail, "the outer step failed for the inner one's reason")
    #expect(run.steps[2].before.origin == nil && run.steps[4].before.origin == .account(alice))
  }

  @Test("a call that fails inside a program shows in the transact status") func transactStatus() throws {
    let call = RuntimeCall.balances(.transferKeepAlive(dest: .id(bob), value: Compact(5000 * unit))).encoded()
    let trace = try chain.trace(
      execute([
        .transact(originKind: .sovereignAccount, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call)),
        .clearTopic,
      ]))
    let run = try #require(trace.run.programs.first)
    let status = MaybeErrorCode(truncating: DispatchError.token(.fundsUnavailable).encoded())
    #expect(trace.result == .ok(Unit()) && run.steps[0].error == nil)
    #expect(run.steps[0].before.transactStatus == .success && run.steps[0].after.transactStatus == status)
  }

  @Test("programs inside calls of programs are told, one deeper") func nested() throws {
    let inner: Xcm = [
      .withdrawAsset(assets((.here, unit))), .depositAsset(assets: .wild(.all), beneficiary: .account(bob)),
    ]
    let call = RuntimeCall.xcmPallet(
      .execute(message: .v5(inner), maxWeight: Weight(refTime: 1_000_000_000, proofSize: 1 << 20)))
    let outer: Xcm = [
      .transact(originKind: .sovereignAccount, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded())),
      .clearOrigin,
    ]
    let trace = try chain.trace(execute(outer))
    #expect(trace.result == .ok(Unit()))
    #expect(trace.run.programs.map(\.depth) == [0, 1] && trace.run.programs.map(\.program) == [outer, inner])
    let (first, second) = (trace.run.programs[0], trace.run.programs[1])
    #expect(first.steps.count == 2 && second.steps.count == 2)
    let gain = XcmLedgerChange(account: bob, asset: native, before: 10 * unit, after: 11 * unit)
    #expect(second.steps[1].ledger == [gain])
    #expect(
      first.steps[0].ledger.contains(gain) && first.steps[1].ledger.isEmpty, "a step has the changes of all inside it")
  }

  @Test("what is left in holding is trapped for its claimer, with what weight cost") func traps() throws {
    let program: Xcm = [
      .reserveAssetDeposited(assets((market, 5 * unit))),
      .setHints(hints: BoundedVector([.assetClaimer(location: .account(bob))]) ?? .init()),
      .buyExecution(fees: Asset(market, amount: unit), weightLimit: .unlimited), .expectOrigin(nil),
      .depositAsset(assets: .wild(.all), beneficiary: .account(alice)),
    ]
    let trace = try chain.trace(program, from: market)
    guard case .incomplete(_, let error) = trace.outcome else {
      Issue.record("\(trace.outcome)")
      return
    }
    #expect(error == InstructionError(index: 3, error: .expectationFalse))
    let run = try #require(trace.run.programs.first)
    #expect(run.trapped.map(\.claimer) == [.account(bob)])
    let fee = try #require(run.fees.last)
    #expect(fee.kind == .execution && run.fees.count == 1)
    let (paid, kept) = (fee.assets.first?.amount ?? 0, try run.trapped.first?.assets.latest().first?.amount ?? 0)
    #expect(paid > 0 && paid + kept == 5 * unit)
    let treasury = run.endingLedger.first { $0.account == EchoRuntime.treasury }
    #expect(treasury.map { $0.after - $0.before } ?? 0 == (paid >= 1_000_000 ? paid : 0))
  }

  @Test("a refused delivery still shows what would have run") func refusedDelivery() throws {
    let program: Xcm = [
      .withdrawAsset(assets((.here, 5 * unit))),
      .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited),
    ]
    let trace = try chain.trace(program, from: market)
    #expect(trace.outcome == .error(InstructionError(index: 0, error: .failedToTransactAsset)))
    let step = try #require(trace.run.programs.first?.steps.first)
    #expect(step.error == .failedToTransactAsset && step.detail?.requirement == .balance)
    #expect(step.detail?.subject == .location(market) && step.detail?.needed == assets((.here, 5 * unit)).items)
  }

  @Test("a program that never began says why") func refusals() throws {
    let unpaid = try chain.trace([.withdrawAsset(assets((.here, unit))), .clearOrigin], from: market)
    #expect(unpaid.problem == XcmFailureDetail(.admission(.shape), of: .location(market)))
    #expect(unpaid.run.programs.first?.refusal == unpaid.problem)
    let heavy = Xcm([Instruction](repeating: .clearOrigin, count: 98) + [.setAppendix([.clearError])])
    let call = RuntimeCall.xcmPallet(.execute(message: .v5(heavy), maxWeight: .zero)).encoded()
    let many = Xcm(
      [Instruction](
        repeating: .transact(originKind: .native, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call)), count: 90
      ))
    let tooHeavy = try chain.trace(many, from: market)
    guard case .error(let error) = tooHeavy.outcome, case .weightLimitReached(let weight) = error.error else {
      Issue.record("\(tooHeavy.outcome)")
      return
    }
    #expect(tooHeavy.problem?.requirement == .weight(limit: XcmPalletConfig.maximumInboundWeight, actual: weight))
    let call2 = DoubleEncoded(encoded: [0xff])
    let unweighable = try chain.trace(
      [.transact(originKind: .native, fallbackMaxWeight: nil, call: call2)], from: market)
    #expect(unweighable.problem?.requirement == .weighable)
  }

  @Test("a signer who cannot pay is told what it needs") func transactionFee() throws {
    let trace = try chain.trace(send(unit, of: .here), as: .system(.signed(Hub.nobody)))
    guard case .err = trace.result else {
      Issue.record("\(trace.result)")
      return
    }
    #expect(trace.problem?.requirement == .transactionFee && trace.problem?.subject == .location(.account(Hub.nobody)))
    #expect(
      trace.problem?.needed == assets((.here, trace.fee + EchoRuntime.existentialDeposit)).items
        && trace.problem?.found == [])
    #expect(trace.run.programs.isEmpty && trace.run.ledger.isEmpty)
  }

  @Test("a call that fails outside of programs has the call's own reason") func otherCalls() throws {
    let trace = try chain.trace(.balances(.transferKeepAlive(dest: .id(bob), value: Compact(5000 * unit))))
    #expect(trace.result == .err(.token(.fundsUnavailable)) && trace.problem?.requirement == .call)
  }

  @Test("calls of the XCM pallet that fail before a program have facts too") func xcmCalls() throws {
    let weightless = try chain.trace(.xcmPallet(.execute(message: .v5([.clearTopic]), maxWeight: .zero)))
    guard case .weight(.zero, let actual)? = weightless.problem?.requirement else {
      Issue.record("\(String(describing: weightless.problem))")
      return
    }
    #expect(actual.refTime.value > 0)
    let call = DoubleEncoded(encoded: [0xff])
    let undecodable = try chain.trace(execute([.transact(originKind: .native, fallbackMaxWeight: nil, call: call)]))
    #expect(undecodable.problem == XcmFailureDetail(.weighable, of: .program))
    let nowhere = VersionedLocation.v5(.sibling(9))
    for call in [XcmPallet.Call.send(dest: nowhere, message: .v5([.clearOrigin]))] {
      let trace = try chain.trace(.xcmPallet(call))
      #expect(trace.problem == XcmFailureDetail(.route, of: .location(.sibling(9))))
      #expect(trace.fee > 0 && trace.run.forwarded.isEmpty && trace.run.fees.isEmpty)
    }
  }

  @Test("a sender who cannot pay for delivery is told what it costs") func unpaidDelivery() throws {
    // All but what the transaction costs.
    let program: Xcm = [.transferAsset(assets: assets((.here, 999 * unit + unit / 2)), beneficiary: .account(bob))]
    let state = chain.state()
    try execute(program).dispatch(origin: .signed(alice), in: state)
    try BalancesPallet.burn(
      BalancesPallet.freeBalance(of: alice, in: state) - 2 * EchoRuntime.existentialDeposit, from: alice, .expendable,
      in: state)
    let call = RuntimeCall.xcmPallet(.send(dest: .v5(market), message: .v5([.clearOrigin])))
    let bytes = try #require(
      try RuntimeInterface.call(
        "EchoXcmApi_trace_call", OriginCaller.system(.signed(alice)).encoded() + call.encoded(), in: state))
    guard case .ok(let trace) = try ScaleResult<XcmCallTrace, DryRunError>(decoding: bytes) else {
      Issue.record("refused")
      return
    }
    #expect(trace.problem?.requirement == .balance && trace.problem?.subject == .location(.account(alice)))
    #expect((trace.problem?.needed.first?.amount ?? 0) > LaneRouter.baseFee)
    #expect((trace.problem?.found.first?.amount ?? 0) < LaneRouter.baseFee)
    #expect(trace.run.fees.isEmpty)
  }

  @Test("no trace is longer than its bound") func bounded() throws {
    let state = chain.state()
    var program = Xcm([Instruction](repeating: .clearTopic, count: 99))
    // Each level runs the one below twice: 16 programs at the bottom.
    for _ in 0..<4 {
      let weight = try XcmSettings.weigher.weight(of: program, in: state)
      let call = RuntimeCall.xcmPallet(.execute(message: .v5(program), maxWeight: weight)).encoded()
      let transact = Instruction.transact(
        originKind: .sovereignAccount, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call))
      program = [transact, transact]
    }
    let trace = try chain.trace(execute(program))
    #expect(trace.result == .ok(Unit()) && trace.run.programs.count == 31)
    #expect(trace.run.programs.reduce(0) { $0 + $1.steps.count } == XcmTraceLimits.steps)
    #expect(Int(trace.run.omittedSteps) == 16 * 99 + 15 * 2 - XcmTraceLimits.steps)
  }
}

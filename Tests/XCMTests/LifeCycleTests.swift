import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let all = AssetFilter.wild(.all)

@Suite("Life cycle") struct LifeCycleTests {
  @Test("a program that completes uses its weight without its unused handler")
  func complete() {
    #expect(Run([.clearError, .clearError]).outcome == .complete(used: Weight(refTime: 20, proofSize: 2)))
    let handler = Run([.setErrorHandler([.clearError, .clearError])])
    #expect(handler.outcome == .complete(used: Weight(refTime: 10, proofSize: 1)))
    let appendix = Run([.setAppendix([.clearError, .clearError]), .setAppendix([.clearError])])
    #expect(appendix.outcome == .complete(used: Weight(refTime: 30, proofSize: 3)))
  }

  @Test("an error stands at the end, with the weight of what was not reached returned")
  func incomplete() {
    let run = Run([.clearError, .trap(3), .clearError, .clearError])
    #expect(
      run.outcome
        == .incomplete(used: Weight(refTime: 20, proofSize: 2), error: InstructionError(index: 1, error: .trap(3))))
  }

  @Test("handler, then appendix; each runs once")
  func handlers() {
    let run = Run([
      .setErrorHandler([.transferAsset(assets: .home(20), beneficiary: World.bob)]),
      .setAppendix([.transferAsset(assets: .home(40), beneficiary: World.bob)]), .trap(1),
    ])
    #expect(run.home(World.bob) == 60 && run.error == .trap(1))
    let fine = Run([
      .setErrorHandler([.transferAsset(assets: .home(20), beneficiary: World.bob)]),
      .setAppendix([.transferAsset(assets: .home(40), beneficiary: World.bob)]),
    ])
    #expect(fine.home(World.bob) == 40 && fine.error == nil)
    let failingHandler = Run([
      .setErrorHandler([.trap(2)]), .setAppendix([.transferAsset(assets: .home(40), beneficiary: World.bob)]), .trap(1),
    ])
    #expect(failingHandler.error == .trap(2) && failingHandler.index == 0 && failingHandler.home(World.bob) == 40)
    #expect(Run([.setErrorHandler([.clearError]), .trap(1)]).error == nil)
    let failingAppendix = Run([.setAppendix([.clearError, .trap(5)])])
    #expect(failingAppendix.error == .trap(5) && failingAppendix.index == 1)
  }

  @Test("a topic in last place is the message's id and goes on to the next hop")
  func topics() {
    let state = Run.world()
    let jit = Instruction.setFeesMode(jitWithdraw: true)
    let send = Instruction.transferReserveAsset(assets: .home(20), dest: World.market, xcm: [])
    let run = Run([jit, send, .setTopic(World.topic)], on: state)
    #expect(
      run.id == World.topic && run.sent.first?.topic == World.topic
        && run.sent.first?.program.instructions.last == .setTopic(World.topic))
    let early = Run([.setTopic(World.topic), jit, send])
    #expect(early.sent.first?.topic == World.topic && early.id != World.topic)
    let cleared = Run([.setTopic(World.topic), .clearTopic, jit, send])
    #expect(cleared.sent.first?.topic == cleared.id)
  }

  @Test("limits and refusals before anything runs")
  func refusals() {
    let state = Run.world()
    var id = H256.zero
    let program: Xcm = [.withdrawAsset(.home(1)), .clearError]
    let tight = XcmExecutor<TestConfig>.prepareAndExecute(
      program, origin: World.alice, id: &id, weightLimit: Weight(refTime: 19, proofSize: 2), in: state)
    #expect(tight == .error(InstructionError(index: 0, error: .weightLimitReached(Weight(refTime: 20, proofSize: 2)))))
    let enough = XcmExecutor<TestConfig>.prepareAndExecute(
      program, origin: World.alice, id: &id, weightLimit: Weight(refTime: 20, proofSize: 2), in: state)
    #expect(enough.failure == nil)
    let long = Xcm(Array(repeating: .clearError, count: 101))
    #expect(Run(long).outcome == .error(InstructionError(index: 0, error: .weightNotComputable)))
    let blocked = XcmExecutor<ClosedConfig>.prepareAndExecute(
      program, origin: World.alice, id: &id, weightLimit: .max, in: state)
    #expect(
      blocked
        == .incomplete(used: Weight(refTime: 20, proofSize: 2), error: InstructionError(index: 0, error: .barrier)))
  }

  @Test("holding never has more than twice its limit")
  func holdingLimit() {
    // The limit is 4: eight items fit, a ninth does not.
    let state = Run.world()
    Ledger.set(World.alice, World.foreign, 5, in: state)
    let eight = (0..<8).map { Asset(Location(parents: 1, .para(2001), .generalIndex(Compact(UInt128($0)))), amount: 1) }
    let claims = (try? Assets(eight)) ?? Assets()
    #expect(Run([.reserveAssetDeposited(claims)], from: World.studio).error == nil)
    #expect(
      Run([.reserveAssetDeposited(claims), .reserveAssetDeposited(.foreign(1))], from: World.studio).error
        == .holdingWouldOverflow)
    #expect(
      Run([.reserveAssetDeposited(.foreign(1)), .reserveAssetDeposited(.foreign(1))], from: World.studio).holding
        == Holding(.foreign(2)))
  }

  @Test("the claimer is the hint, else the origin, else the first origin")
  func claimers() {
    let hint = Instruction.setHints(hints: BoundedVector([.assetClaimer(location: World.bob)]) ?? BoundedVector())
    #expect(Run([.withdrawAsset(.home(5)), hint]).trapped == [Pair(World.bob, .home(5))])
    #expect(
      Run([.withdrawAsset(.home(5)), .descendOrigin(Junctions(.onlyChild))]).trapped == [
        Pair(World.alice.appending(.onlyChild) ?? .here, .home(5))
      ])
    #expect(Run([.withdrawAsset(.home(5)), .clearOrigin]).trapped == [Pair(World.alice, .home(5))])
  }

  @Test("claiming gives back exactly what was trapped, once")
  func traps() {
    let state = Run.world()
    #expect(Run([.withdrawAsset(.both(40, 7)), .trap(1)], on: state).error == .trap(1))
    let claim = { (assets: Assets, ticket: Location) -> Xcm in
      [.claimAsset(assets: assets, ticket: ticket), .depositAsset(assets: all, beneficiary: World.bob)]
    }
    let version5 = Location(.generalIndex(5))
    #expect(Run(claim(.both(40, 6), .here), on: state).error == .unknownClaim)
    #expect(Run(claim(.both(40, 7), Location(.generalIndex(4))), on: state).error == .unknownClaim)
    #expect(Run(claim(.both(40, 7), .parent), on: state).error == .unknownClaim)
    #expect(Run(claim(.both(40, 7), .here), from: World.bob, on: state).error == .unknownClaim)
    let claimed = Run(claim(.both(40, 7), version5), on: state)
    #expect(claimed.error == nil && claimed.home(World.bob) == 40 && claimed.token(World.bob) == 7)
    #expect(Run(claim(.both(40, 7), .here), on: state).error == .unknownClaim)
    for _ in 0..<2 { _ = Run([.withdrawAsset(.home(11))], on: state) }
    for expected in [nil, nil, XcmError.unknownClaim] {
      #expect(Run(claim(.home(11), .here), on: state).error == expected)
    }
  }

  @Test("what is left is trapped in parts that a claim can name")
  func manyTraps() {
    let state = ExecutionContext.fresh()
    let instances = (0..<45).map { Asset(World.foreign, instance: .index(Compact(UInt128($0)))) }
    let parts = stride(from: 0, to: 45, by: 15).map { try? Assets(instances[$0..<$0 + 15]) }
    var id = H256.zero
    let program = Xcm(parts.map { .reserveAssetDeposited($0 ?? Assets()) })
    let outcome = XcmExecutor<WideConfig>.prepareAndExecute(
      program, origin: World.studio, id: &id, weightLimit: .max, in: state)
    #expect(outcome.failure == nil)
    #expect(LedgerTrap.list(in: state).map(\.second.count) == [20, 20, 5])
  }

  @Test("effects before a failing instruction stay, its own do not", arguments: 0..<6)
  func atomicity(position: Int) {
    let steps: [Instruction] = (0..<6).map { _ in .transferAsset(assets: .home(20), beneficiary: World.bob) }
    var program = steps
    program[position] = .transferAsset(assets: .both(20, 5000), beneficiary: World.bob)
    let run = Run(Xcm(program))
    #expect(run.index == UInt8(position) && run.error == .failedToTransactAsset)
    #expect(run.home(World.bob) == Balance(20 * position) && run.home(World.alice) == 1000 - Balance(20 * position))
    #expect(run.steps.count == position + 1 && run.state.events.count == 1)
  }
}

/// Lets nothing in.
private enum ClosedConfig: XcmConfigOverride {
  static var barrier: any XcmBarrier { AllowUnpaidExecution(from: .nothing) }
}
/// Has room for much.
private enum WideConfig: XcmConfigOverride { static var maximumHolding: Int { 64 } }

/// The test configuration with single parts replaced.
protocol XcmConfigOverride: XcmConfig
where
  Transactor == LedgerTransactor, Router == LedgerRouter, Trader == PricedTrader<LedgerPrices>, Trap == LedgerTrap,
  Dispatcher == ByteDispatcher
{}
extension XcmConfigOverride {
  static var barrier: any XcmBarrier { TestConfig.barrier }
  static var weigher: any XcmWeigher { TestConfig.weigher }
  static var maximumHolding: Int { TestConfig.maximumHolding }
  static func universalLocation(in state: ExecutionContext) throws(XcmError) -> Junctions { World.universal }
  static func isReserve(_ origin: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    TestConfig.isReserve(origin, of: asset, in: state)
  }
  static func isTeleporter(_ location: Location, of asset: Asset, in state: ExecutionContext) -> Bool {
    TestConfig.isTeleporter(location, of: asset, in: state)
  }
  static func collect(fee: Assets, reason: FeeReason, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    try TestConfig.collect(fee: fee, reason: reason, context: context, in: state)
  }
}

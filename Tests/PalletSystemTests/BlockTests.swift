import PalletSupport
import Finality
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("The life of a block") struct BlockTests {
  @Test func recordsHeightParentAndDigest() throws {
    let context = ExecutionContext.onEmptyState()
    let slot = System.DigestItem.preRuntime(.zero, [1])
    TestSystem.initialize(number: 5, parentHash: hash(4), digest: [slot], in: context)
    let engine = try #require(FixedBytes<4>(Array("BEEF".utf8)))
    try TestSystem.depositConsensusLog(engine: engine, payload: [7], in: context)
    let summary = try TestSystem.finalize(in: context)
    #expect(summary.number == 5)
    #expect(summary.parentHash == hash(4))
    #expect(summary.digest.logs == [slot, .consensus(engine, [7])])
    #expect(try TestSystem.blockNumber(in: context) == 5)
    #expect(try System.blockHash.get(4, in: context) == hash(4))
  }

  @Test func phasesFollowTheExtrinsics() throws {
    let context = ExecutionContext.onEmptyState()
    TestSystem.initialize(number: 1, parentHash: .zero, in: context)
    #expect(context.phase == .initialization)
    TestSystem.noteFinishedInitialize(in: context)
    try TestSystem.noteAppliedExtrinsic(nil, info: info(1), in: context)
    try TestSystem.noteAppliedExtrinsic(.badOrigin, info: info(2), in: context)
    #expect(try System.extrinsicCount.get(in: context) == 2)
    #expect(try System.executionPhase.get(in: context) == .applyExtrinsic(2))
    TestSystem.noteFinishedExtrinsics(in: context)
    #expect(context.phase == .finalization)
    #expect(context.events.map(\.phase) == [.applyExtrinsic(0), .applyExtrinsic(1)])
    #expect(
      context.events(of: TestSystem.self) == [
        .extrinsicSuccess(dispatchInfo: info(1)),
        .extrinsicFailed(dispatchError: .badOrigin, dispatchInfo: info(2)),
      ])
  }

  @Test func eventsAreReadableAtTheirOwnBlockAndGoneInTheNext() throws {
    let context = ExecutionContext.onEmptyState()
    TestSystem.initialize(number: 1, parentHash: .zero, in: context)
    TestSystem.noteFinishedInitialize(in: context)
    try TestSystem.noteAppliedExtrinsic(nil, info: info(1), in: context)
    let records = context.events
    _ = try TestSystem.finalize(in: context)
    #expect(context.get(System.eventsKey) == records.encoded())
    #expect(try System.eventCount.get(in: context) == 1)
    #expect(context.events.isEmpty)

    let next = context.nextBlock()
    #expect(next.get(System.eventsKey) == records.encoded())
    TestSystem.initialize(number: 2, parentHash: hash(1), in: next)
    #expect(next.get(System.eventsKey) == nil)
    #expect(try System.eventCount.get(in: next) == 0)
  }

  @Test func onlyWhatClientsReadStaysInState() throws {
    let context = ExecutionContext.onEmptyState()
    TestSystem.initialize(number: 1, parentHash: .zero, in: context)
    TestSystem.noteFinishedInitialize(in: context)
    try TestSystem.reserve(info(1), length: 10, in: context)
    try TestSystem.noteAppliedExtrinsic(nil, info: info(1), in: context)
    _ = try TestSystem.finalize(in: context)
    #expect(!System.extrinsicCount.exists(in: context))
    #expect(!System.allExtrinsicsLen.exists(in: context))
    #expect(!System.executionPhase.exists(in: context))
  }

  @Test func keepsTheLastHashesAndGenesis() throws {
    var context = ExecutionContext.onEmptyState()
    for number in BlockNumber(1)...8 {
      TestSystem.initialize(number: number, parentHash: hash(UInt8(number)), in: context)
      _ = try TestSystem.finalize(in: context)
      context = context.nextBlock()
    }
    let known = try (BlockNumber(0)...8).filter { number in try System.blockHash.get(number, in: context) != .zero }
    #expect(known == [0, 5, 6, 7])
  }

  @Test func genesisWritesWhatClientsExpect() throws {
    let context = ExecutionContext.onEmptyState()
    TestSystem.buildGenesis(code: [1, 2], in: context)
    #expect(context.get(Array(":code".utf8)) == [1, 2])
    #expect(try System.lastRuntimeUpgrade.get(in: context) == LastRuntimeUpgradeInfo(specVersion: 3, specName: "test"))
  }
}

@Suite("Room in a block") struct BlockLimitTests {
  private let context: ExecutionContext

  init() {
    context = .onEmptyState()
    TestSystem.initialize(number: 1, parentHash: .zero, in: context)
  }

  private func refusal(_ info: DispatchInfo, length: Int = 10) -> DispatchError? {
    let before = context.trace
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestSystem.reserve(info, length: length, in: context)
    }
    if error != nil { #expect(context.trace == before) }
    return error
  }

  @Test func chargesBaseAndCall() throws {
    #expect(refusal(info(100)) == nil)
    #expect(refusal(info(50, .operational)) == nil)
    let used = try System.blockWeight.get(in: context)
    #expect(used.normal == Weight(refTime: 105))
    #expect(used.operational == Weight(refTime: 55))
    #expect(used.mandatory == Weight(refTime: 10))
    #expect(context.blockWeight == Weight(refTime: 170))
    #expect(try System.allExtrinsicsLen.get(in: context) == 20)
  }

  @Test func refusesOneCallAboveItsOwnLimit() { #expect(refusal(info(401)) == .exhausted) }

  @Test func refusesAClassAboveItsShare() {
    #expect(refusal(info(400)) == nil)
    #expect(refusal(info(290)) == nil)
    #expect(refusal(info(1)) == .exhausted)
    #expect(refusal(info(1, .operational)) == nil)
  }

  @Test func aFullBlockStillTakesTheReservedShareAndMandatoryCalls() {
    #expect(refusal(info(2000, .mandatory)) == nil)
    #expect(refusal(info(1)) == .exhausted)
    #expect(refusal(info(295, .operational)) == nil)
    #expect(refusal(info(1, .operational)) == .exhausted)
    #expect(refusal(info(5000, .mandatory)) == nil)
  }

  @Test func refusesBytesBeyondTheClassesLimit() {
    #expect(refusal(info(1), length: 751) == .exhausted)
    #expect(refusal(info(1), length: 750) == nil)
    #expect(refusal(info(1), length: 1) == .exhausted)
    #expect(refusal(info(1, .operational), length: 250) == nil)
    #expect(refusal(info(1, .mandatory), length: 1) == .exhausted)
    #expect(refusal(info(1), length: -1) == .exhausted)
  }

  @Test func hooksAreCharged() throws {
    try TestSystem.registerWeight(Weight(refTime: 7), in: context)
    #expect(try System.blockWeight.get(in: context).mandatory == Weight(refTime: 17))
    #expect(context.blockWeight == Weight(refTime: 17))
  }

  @Test func theStandardLimitsLeaveRoomForOperationalCalls() {
    let weights = BlockWeights.standard(maxBlock: Weight(refTime: 2_000_000_000_000, proofSize: 5_000_000))
    #expect(weights.perClass.normal.maxTotal == Weight(refTime: 1_500_000_000_000, proofSize: 3_750_000))
    #expect(weights.perClass.operational.reserved == Weight(refTime: 500_000_000_000, proofSize: 1_250_000))
    #expect(weights.perClass.mandatory.maxTotal == nil)
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private func refusal(
  _ barrier: any XcmBarrier, _ program: Xcm, from origin: Location = World.market,
  in state: ExecutionContext = .fresh()
) -> BarrierRefusal? {
  var slice = program.instructions[...]
  var properties = BarrierProperties()
  do throws(BarrierRefusal) {
    try barrier.admit(&slice, from: origin, maxWeight: World.unit, properties: &properties, in: state)
    return nil
  } catch { return error }
}

private func answer(_ query: UInt64, querier: Location?) -> Instruction {
  .queryResponse(queryId: Compact(query), response: .null, maxWeight: .zero, querier: querier)
}

private let subscribe = Instruction.subscribeVersion(queryId: 1, maxResponseWeight: .zero)
private let notices: [Instruction] = [
  .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3), .hrmpChannelAccepted(recipient: 1),
  .hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3),
]

@Suite("Barriers for notices") struct NoticeBarrierTests {
  @Test(
    "an answer passes when responder, query and querier are the awaited ones, and nothing else is in the program",
    arguments: [
      ([answer(5, querier: .here)], World.market, true), ([answer(6, querier: nil)], World.studio, true),
      ([answer(5, querier: .here)], World.studio, false), ([answer(4, querier: .here)], World.market, false),
      ([answer(5, querier: nil)], World.market, false), ([answer(5, querier: World.alice)], World.market, false),
      ([answer(6, querier: .here)], World.market, false),
      ([answer(5, querier: .here), .clearError], World.market, false),
      ([.clearError, answer(5, querier: .here)], World.market, false),
      ([answer(5, querier: .here), answer(5, querier: .here)], World.market, false),
      ([], World.market, false), ([.clearError], World.market, false),
    ] as [([Instruction], Location, Bool)])
  func answers(_ program: [Instruction], _ origin: Location, _ passes: Bool) {
    let barrier = AllowKnownQueryResponses<BuilderResponses>()
    #expect(refusal(barrier, Xcm(program), from: origin) == (passes ? nil : .badFormat))
    #expect(refusal(AllowKnownQueryResponses(NoQueries.self), Xcm(program), from: origin) == .badFormat)
  }

  @Test(
    "a subscription passes alone and from served origins",
    arguments: [
      ([subscribe], World.market, nil), ([.unsubscribeVersion], World.market, nil),
      ([subscribe], World.alice, .unsupported), ([.unsubscribeVersion], .parent, .unsupported),
      ([subscribe, .unsubscribeVersion], World.market, .badFormat), ([], World.market, .badFormat),
      ([.clearOrigin, subscribe], World.market, .badFormat), ([.clearError], World.market, .badFormat),
    ] as [([Instruction], Location, BarrierRefusal?)])
  func subscriptions(_ program: [Instruction], _ origin: Location, _ expected: BarrierRefusal?) {
    #expect(refusal(AllowSubscriptions(from: .siblings), Xcm(program), from: origin) == expected)
  }

  @Test("notices about channels pass alone and from the relay chain", arguments: notices)
  func hrmp(_ notice: Instruction) {
    let barrier = AllowHrmpNotificationsFromRelayChain()
    #expect(refusal(barrier, [notice], from: .parent) == nil)
    for origin in [World.market, .here, Location(parents: 2), Location(parents: 1, .onlyChild)] {
      #expect(refusal(barrier, [notice], from: origin) == .unsupported)
    }
    #expect(refusal(barrier, [notice, notice], from: .parent) == .badFormat)
    #expect(refusal(barrier, [.clearError], from: .parent) == .badFormat)
    #expect(refusal(barrier, [], from: .parent) == .badFormat)
  }

  @Test("a suspended program is put off before anything else is asked")
  func suspension() {
    let barrier = RespectSuspension(AllowUnpaidExecution(from: .only(World.market))) { origin, program, weight, _ in
      origin == World.studio || program.count > 1 || weight != World.unit
    }
    #expect(refusal(barrier, [.clearError]) == nil)
    #expect(refusal(barrier, [.clearError], from: World.studio) == .yield)
    #expect(refusal(barrier, [.clearError, .clearError]) == .yield)
    #expect(refusal(barrier, [.clearError], from: World.alice) == .unsupported)
  }
}

@Suite("A barrier put together") struct ComposedBarrierTests {
  private static let unpaid = Instruction.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)

  @Test(
    "each way in",
    arguments: [
      ([unpaid], World.market, true), ([unpaid], .parent, true), ([unpaid], World.alice, false),
      ([.descendOrigin(Junctions(.onlyChild)), unpaid], World.market, false),
      ([.aliasOrigin(World.market), unpaid], World.market, true),
      ([.aliasOrigin(World.studio), unpaid], World.market, false),
      ([subscribe], World.market, true), ([subscribe], World.alice, false),
      ([answer(5, querier: .here)], World.market, true), ([answer(5, querier: .here)], World.studio, false),
      ([notices[0]], .parent, true), ([notices[0]], World.market, false),
      ([.withdrawAsset(.home(1)), .payFees(asset: Asset(.here, amount: 1))], World.alice, true),
      ([.withdrawAsset(.home(1))], World.market, false), ([], World.market, false),
    ] as [([Instruction], Location, Bool)])
  func ways(_ program: [Instruction], _ origin: Location, _ passes: Bool) {
    for topic in [[], [.setTopic(World.topic)]] as [[Instruction]] {
      #expect((refusal(BuilderConfig.barrier, Xcm(program + topic), from: origin) == nil) == passes)
    }
  }

  @Test("the topic in last place is the message's id; elsewhere it is not, and a refused message keeps its own")
  func topic() {
    let state = ExecutionContext.fresh()
    #expect(BuilderConfig.run([Self.unpaid, .setTopic(World.topic)], in: state).id == World.topic)
    #expect(BuilderConfig.run([Self.unpaid, .setTopic(World.topic), .clearError], in: state).id == .zero)
    #expect(BuilderConfig.run([Self.unpaid], in: state).id == .zero)
    #expect(BuilderConfig.run([.clearError, .setTopic(World.topic)], in: state).id == .zero)
  }

  @Test("suspension refuses what would pass, and credit pays for local programs")
  func credit() {
    let state = ExecutionContext.fresh()
    let program: Xcm = [.clearError]
    #expect(BuilderConfig.run(program, from: World.alice, in: state).outcome.failure?.error == .barrier)
    #expect(BuilderConfig.run(program, from: World.alice, credit: World.unit, in: state).outcome.failure == nil)
    #expect(
      BuilderConfig.run(program, from: World.alice, credit: Weight(refTime: 9, proofSize: 1), in: state).outcome
        .failure?
        .error == .barrier)
    BuilderWorld.number.set(.max, in: state)
    #expect(refusal(BuilderConfig.barrier, [Self.unpaid], in: state) == .yield)
    #expect(
      BuilderConfig.run(program, from: World.alice, credit: World.unit, in: state).outcome.failure?.error == .barrier)
  }
}

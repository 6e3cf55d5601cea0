import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let weight = Weight(refTime: 50, proofSize: 5)
private let below = Weight(refTime: 50, proofSize: 4)
private let above = Weight(refTime: 51, proofSize: 5)
private let fee = Asset(World.home, amount: 1)

private func verdict(
  _ barrier: any XcmBarrier, _ program: [Instruction], from origin: Location = World.market, credit: Weight = .zero
) -> (refusal: BarrierRefusal?, program: [Instruction], properties: BarrierProperties) {
  var slice = program[...]
  var properties = BarrierProperties(weightCredit: credit)
  do throws(BarrierRefusal) {
    try barrier.admit(&slice, from: origin, maxWeight: weight, properties: &properties, in: .fresh())
    return (nil, Array(slice), properties)
  } catch { return (error, Array(slice), properties) }
}

@Suite("Barriers") struct BarrierTests {
  @Test(
    "weight credit is taken when it suffices",
    arguments: [
      (weight, nil, Weight.zero), (above, nil, Weight(refTime: 1)), (below, BarrierRefusal.overweight(weight), below),
    ])
  func credit(_ credit: Weight, _ refusal: BarrierRefusal?, _ left: Weight) {
    let result = verdict(TakeWeightCredit(), [], credit: credit)
    #expect(result.refusal == refusal && result.properties.weightCredit == left)
  }

  /// The letters of the permutation table.
  private static let pieces: [Character: Instruction] = [
    "W": .withdrawAsset(.home(1)), "R": .reserveAssetDeposited(.home(1)), "T": .receiveTeleportedAsset(.home(1)),
    "A": .claimAsset(assets: .home(1), ticket: .here),
    "c": .clearOrigin, "d": .descendOrigin(Junctions(.onlyChild)), "e": .descendOrigin(.here),
    "a": .aliasOrigin(World.bob), "h": .setHints(hints: BoundedVector()),
    "B": .buyExecution(fees: fee, weightLimit: .unlimited),
    "L": .buyExecution(fees: fee, weightLimit: .limited(weight)),
    "M": .buyExecution(fees: fee, weightLimit: .limited(above)),
    "l": .buyExecution(fees: fee, weightLimit: .limited(below)), "P": .payFees(asset: fee),
    "x": .trap(0), "U": .unpaidExecution(weightLimit: .unlimited, checkOrigin: nil),
    "u": .unpaidExecution(weightLimit: .limited(below), checkOrigin: nil),
  ]

  private static func program(_ text: String) -> [Instruction] { text.compactMap { pieces[$0] } }

  @Test(
    "paid execution, by the first five instructions",
    arguments: [
      ("WB", true), ("RB", true), ("TB", true), ("AB", true), ("WP", true), ("WL", true), ("WM", true), ("Wl", false),
      ("B", false), ("P", false), ("", false), ("W", false),
      ("WcB", true), ("WccB", true), ("WcccB", true), ("WccccB", false), ("WdB", true), ("WeB", false), ("WaB", true),
      ("WhB", true), ("WdahP", true), ("WdahcP", false),
      ("WxB", false), ("xWB", false), ("cWB", false), ("WWB", false), ("WRP", false), ("WU", false), ("WBx", true),
      ("BW", false),
    ])
  func paid(_ text: String, _ allowed: Bool) {
    let result = verdict(AllowTopLevelPaidExecution(from: .everything), Self.program(text))
    #expect((result.refusal == nil) == allowed)
    if allowed, let index = result.program.firstIndex(where: { if case .buyExecution = $0 { true } else { false } }) {
      #expect(
        result.program[index] == .buyExecution(fees: fee, weightLimit: .limited(weight)),
        "the limit is set to the weight")
    }
  }

  @Test("paid execution serves its origins and one or two assets")
  func paidLimits() throws {
    let barrier = AllowTopLevelPaidExecution(from: .siblings)
    #expect(verdict(barrier, Self.program("WB"), from: World.alice).refusal == .unsupported)
    #expect(verdict(barrier, Self.program("WB"), from: .sibling(7)).refusal == nil)
    #expect(
      verdict(barrier, Self.program("WB"), from: Location(parents: 1, .para(1), .onlyChild)).refusal == .unsupported)
    let three = try Assets([Asset(.here, amount: 1), Asset(.parent, amount: 1), Asset(World.token, amount: 1)])
    #expect(verdict(barrier, [.withdrawAsset(three), .payFees(asset: fee)]).refusal == .badFormat)
    #expect(verdict(barrier, [.withdrawAsset(.both(1, 1)), .payFees(asset: fee)]).refusal == nil)
    #expect(verdict(barrier, Self.program("Wl")).refusal == .overweight(weight))
  }

  @Test(
    "free execution on request",
    arguments: [
      ("U", true), ("u", false), ("", false), ("x", false), ("WU", true), ("RTU", true), ("WRThU", true),
      ("RRRRRU", true), ("RRRRRRU", false), ("cU", false), ("aU", true), ("xU", false), ("Wx", false),
      ("WaU", true), ("haU", true), ("aWU", false), ("ahU", false), ("WRThaU", true), ("WRTRhaU", false), ("eU", false),
    ])
  func unpaid(_ text: String, _ allowed: Bool) {
    let barrier = AllowExplicitUnpaidExecution(
      from: LocationFilter.siblings.or(.only(World.bob)),
      aliases: AliasFilter { origin, target, _ in origin == World.market && target == World.bob })
    #expect((verdict(barrier, Self.program(text)).refusal == nil) == allowed)
  }

  @Test("free execution judges the origin that the program ends up with")
  func unpaidOrigin() {
    let barrier = AllowExplicitUnpaidExecution(from: .siblings)
    #expect(verdict(barrier, Self.program("dU")).refusal == .unsupported)
    #expect(verdict(barrier, Self.program("aU")).refusal == .unsupported)
    #expect(verdict(barrier, Self.program("U"), from: World.alice).refusal == .unsupported)
    #expect(
      verdict(AllowUnpaidExecution(from: .only(World.alice)), Self.program("x"), from: World.alice).refusal == nil)
    #expect(verdict(AllowUnpaidExecution(from: .only(World.alice)), Self.program("x")).refusal == .unsupported)
  }

  @Test("the origin is computed from the prefix, as far as the prefix may go")
  func computed() {
    let child = World.market.appending(.onlyChild) ?? .here
    let inner = AllowTopLevelPaidExecution(from: .only(child))
    let barrier = WithComputedOrigin(maximumPrefixes: 2, universal: { _ in World.universal }, inner)
    #expect(verdict(barrier, Self.program("dWB")).refusal == nil)
    #expect(verdict(barrier, Self.program("dWB")).program[2] == .buyExecution(fees: fee, weightLimit: .limited(weight)))
    #expect(verdict(barrier, Self.program("WB")).refusal == .unsupported)
    #expect(verdict(barrier, Self.program("deeWB")).refusal == .badFormat, "the third prefix is not read")
    let remote = WithComputedOrigin(
      universal: { _ in World.universal },
      AllowUnpaidExecution(from: .only(Location(parents: 2, .globalConsensus(.polkadot), .para(1)))))
    #expect(
      verdict(remote, [.universalOrigin(.globalConsensus(.polkadot)), .descendOrigin(Junctions(.para(1)))]).refusal
        == nil)
    let full = Instruction.descendOrigin(Junctions(repeatElement(.onlyChild, count: 8)) ?? .here)
    #expect(verdict(barrier, [full]).refusal == .unsupported)
    #expect(verdict(WithComputedOrigin(universal: { _ in nil }, inner), []).refusal == .badFormat)
    let lost = WithComputedOrigin(universal: { _ in nil }, AllowUnpaidExecution(from: .everything))
    #expect(verdict(lost, [.universalOrigin(.globalConsensus(.polkadot))]).refusal == .unsupported)
    #expect(verdict(lost, Self.program("x")).refusal == nil)
  }

  @Test("a trailing topic is the id, and the rest is judged without it")
  func topic() {
    let barrier = TrailingSetTopicAsID(AllowTopLevelPaidExecution(from: .everything))
    let result = verdict(barrier, Self.program("WB") + [.setTopic(World.topic)])
    #expect(result.refusal == nil && result.properties.messageID == World.topic && result.program.count == 3)
    #expect(result.program[1] == .buyExecution(fees: fee, weightLimit: .limited(weight)))
    #expect(verdict(barrier, [.setTopic(World.topic)] + Self.program("WB")).refusal == .badFormat)
    #expect(verdict(barrier, Self.program("WB")).properties.messageID == nil)
  }

  @Test("the first barrier that agrees wins; one that refuses leaves no trace")
  func any() {
    let paid = AllowTopLevelPaidExecution(from: .everything)
    let barrier = AnyBarrier(TakeWeightCredit(), TrailingSetTopicAsID(AllowUnpaidExecution(from: .nothing)), paid)
    let credited = verdict(barrier, Self.program("x"), credit: weight)
    #expect(credited.refusal == nil && credited.properties.weightCredit == .zero)
    let result = verdict(barrier, Self.program("WB") + [.setTopic(World.topic)])
    #expect(result.refusal == nil && result.properties.messageID == nil)
    #expect(verdict(barrier, Self.program("x")).refusal == .unsupported, "whatever the last barrier said")
    #expect(verdict(AnyBarrier(), Self.program("x")).refusal == .unsupported)
  }
}

@Suite("Holding") struct HoldingTests {
  private let many: Holding = {
    var holding = Holding(.both(10, 20))
    for index in [3, 1, 2] { holding.add(Asset(World.foreign, instance: .index(Compact(UInt128(index))))) }
    return holding
  }()

  @Test(
    "wildcards take in order",
    arguments: [
      (WildAsset.all, 5), (.allCounted(0), 0), (.allCounted(1), 1), (.allCounted(4), 4), (.allCounted(9), 5),
      (.allOf(id: AssetID(World.home), fun: .fungible), 1), (.allOf(id: AssetID(World.foreign), fun: .nonFungible), 3),
      (.allOf(id: AssetID(World.foreign), fun: .fungible), 0),
      (.allOfCounted(id: AssetID(World.foreign), fun: .nonFungible, count: 2), 2),
      (.allOfCounted(id: AssetID(World.home), fun: .fungible, count: 0), 0),
    ])
  func wild(_ wild: WildAsset, _ count: Int) {
    var holding = many
    let taken = holding.take(.wild(wild))
    #expect(taken.count == count && holding.count == 5 - count)
    var sum = holding
    sum.add(taken)
    #expect(sum == many && many.selecting(.wild(wild)) == taken)
  }

  @Test("named assets are taken as far as they go, or exactly")
  func definite() {
    var holding = many
    #expect(holding.takeExactly(.definite(.both(10, 21))) == nil && holding == many)
    #expect(holding.take(.definite(.both(3, 99))) == Holding(.both(3, 20)))
    #expect(holding.amount(of: AssetID(World.home)) == 7 && holding.count == 4)
    #expect(holding.takeExactly(.definite(.home(7))) == Holding(.home(7)))
    let instance = Asset(World.foreign, instance: .index(2))
    #expect(
      holding.contains(instance) && holding.take(.definite(Assets(instance))) == Holding(instance)
        && !holding.contains(instance))
    holding.add(instance)
    holding.add(instance)
    #expect(
      holding.count == 3
        && holding.assets == (1...3).map { Asset(World.foreign, instance: .index(Compact(UInt128($0)))) })
  }
}

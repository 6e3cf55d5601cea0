import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import XCM

/// A chain, an origin and a program to try on both readings.
struct Trial {
  var chain = Chain()
  var origin = World.alice
  var program = Xcm()
  var weightLimit = Weight.max
}

/// Makes trials in which most instructions succeed often enough to be worth comparing.
struct ProgramMaker {
  static let people = [World.alice, World.alice, World.bob, World.carol, World.dave, World.shop]
  static let chains = [World.market, World.market, World.market, World.studio, World.studio, World.relay]
  static let topics = (1...3).map { H256(words: Words32(3, 3, 3, $0)) }

  var r: SeededRandom
  /// Where the model is after what the program has so far, for choosing what to do next.
  var machine = Machine(Chain(), origin: World.alice)

  init(seed: UInt64) { r = SeededRandom(seed: seed) }

  mutating func trial() -> Trial {
    var trial = Trial(chain: chain(), origin: origin())
    machine = Machine(trial.chain, origin: trial.origin)
    let isPaid = trial.origin == World.market && r.chance(9, in: 10)
    var instructions: [Instruction] =
      isPaid ? paidStart() : r.chance(1, in: 20) ? crowd() : r.chance(2, in: 3) ? funds() : []
    for instruction in instructions { _ = follow(instruction) }
    for _ in 0..<Int.random(in: 1...9, using: &r) { instructions.append(promising()) }
    if r.chance(1, in: 5) { instructions.append(.setTopic(pick(Self.topics))) }
    if r.chance(1, in: 100) { instructions = [nested(levels: Int.random(in: 7...12, using: &r))] }
    trial.program = Xcm(instructions)
    if r.chance(1, in: 40) {
      trial.weightLimit = Weight(refTime: UInt64.random(in: 0...1000, using: &r), proofSize: 40)
    }
    return trial
  }

  /// An instruction that most often succeeds where the program stands.
  private mutating func promising() -> Instruction {
    var chosen = instruction(depth: 3)
    for _ in 0..<4 where !follow(chosen) && !r.chance(1, in: 40) { chosen = instruction(depth: 3) }
    return chosen
  }

  /// Executes an instruction on the model.
  /// - Returns: Whether it succeeded; otherwise nothing happened.
  private mutating func follow(_ instruction: Instruction) -> Bool {
    let before = machine
    do throws(XcmError) {
      try machine.step(instruction, level: 1)
      return true
    } catch {
      machine = before
      return false
    }
  }

  // MARK: The chain before

  private mutating func chain() -> Chain {
    var chain = Chain()
    for owner in [World.alice, World.bob, World.dave, World.market, World.studio] {
      for asset in World.fungibles where r.chance(owner == World.alice ? 7 : 4, in: 8) {
        chain.add(Asset(asset, amount: r.chance(1, in: 8) ? small() : 500), to: owner)
      }
    }
    chain.add(Asset(World.home, amount: amount(200)), to: World.pool)
    chain.add(Asset(World.token, amount: amount(400)), to: World.pool)
    for asset in [World.home, World.token] { chain.add(Asset(asset, amount: amount(100)), to: World.checking) }
    for number in 1...4 { chain.owners[World.instance(World.art, UInt128(number))] = pick([World.alice, World.market]) }
    chain.owners[World.instance(World.art, 5)] = World.checking
    chain.owners[World.instance(World.art, 13)] = World.alice
    chain.owners[World.instance(World.gem, 1)] = World.alice
    if r.chance(1, in: 2) { chain.locks[.init(owner: World.alice, asset: World.token, other: World.market)] = small() }
    if r.chance(1, in: 2) { chain.locks[.init(owner: World.bob, asset: World.home, other: World.studio)] = small() }
    for other in [World.market, World.studio] where r.chance(3, in: 4) {
      chain.notes[.init(owner: World.alice, asset: World.home, other: other)] = small()
    }
    for (claimer, assets) in Self.trapped where r.chance(3, in: 4) {
      chain.traps[.init(claimer: claimer, assets: assets)] = r.chance(1, in: 3) ? 2 : 1
    }
    chain.queries = [7: World.market, 8: World.studio, 9: World.alice]
    if r.chance(1, in: 4) { chain.subscriptions[pick([World.market, World.alice])] = [] }
    return chain
  }

  static let trapped: [(Location, Assets)] = [
    (World.alice, Assets(Asset(World.home, amount: 60))), (World.market, Assets(Asset(World.coin, amount: 20))),
    (World.studio, (try? Assets([Asset(World.home, amount: 90), World.instance(World.gem, 4)])) ?? Assets()),
  ]

  // MARK: Values

  mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &r)] }
  mutating func amount(_ most: Balance) -> Balance { Balance.random(in: 1...most, using: &r) }
  mutating func small() -> Balance { amount(40) }

  mutating func origin() -> Location {
    switch Int.random(in: 0..<100, using: &r) {
    case 0..<45: World.alice
    case 45..<65: World.market
    case 65..<80: World.studio
    case 80..<85: .here
    case 85..<97: pick([World.bob, World.dave, World.guest, World.relay, World.shop])
    default: pick([World.mallory, World.nowhere])
    }
  }

  mutating func place() -> Location {
    switch Int.random(in: 0..<20, using: &r) {
    case 0..<10: pick(Self.people)
    case 10..<17: pick(Self.chains)
    default: pick([World.guest, World.nowhere, .here, World.deep.location, World.abroad])
    }
  }

  mutating func destination() -> Location {
    switch Int.random(in: 0..<20, using: &r) {
    case 0..<12: World.market
    case 12..<16: World.studio
    case 16..<19: World.relay
    default: pick([World.nowhere, World.guest, .here, World.alice])
    }
  }

  mutating func asset() -> Asset {
    switch Int.random(in: 0..<40, using: &r) {
    case 0..<14: Asset(World.home, amount: amount(120))
    case 14..<22: Asset(World.token, amount: amount(120))
    case 22..<27: Asset(World.foreign, amount: small())
    case 27..<32: Asset(World.coin, amount: small())
    case 32: Asset(World.deep, amount: small())
    case 33: pick([Asset(World.unknown, amount: 1), Asset(World.home, amount: .max), World.instance(World.token, 1)])
    case 34..<38: World.instance(World.art, pick([1, 2, 3, 4, 5, 13]))
    default: World.instance(World.gem, pick([1, 2, 3, 4]))
    }
  }

  mutating func assets(_ most: Int = 3) -> Assets {
    let count = r.chance(1, in: 30) ? 0 : Int.random(in: 1...most, using: &r)
    return (try? Assets((0..<count).map { _ in asset() })) ?? Assets()
  }

  /// An asset that holding probably has.
  mutating func heldAsset() -> Asset {
    let held = machine.holding.list
    guard !held.isEmpty, r.chance(9, in: 10) else { return asset() }
    let asset = pick(held)
    guard case .fungible(let units) = asset.fun, r.chance(2, in: 3) else { return asset }
    return Asset(asset.id, amount: amount(units.value))
  }

  mutating func filter() -> AssetFilter {
    switch Int.random(in: 0..<20, using: &r) {
    case 0..<7: return .wild(.all)
    case 7..<10: return .wild(.allCounted(Compact(UInt32.random(in: 0...4, using: &r))))
    case 10..<12:
      let asset = heldAsset()
      return .wild(.allOf(id: asset.id, fun: asset.amount == nil ? .nonFungible : .fungible))
    case 12:
      let asset = heldAsset()
      let count = UInt32.random(in: 0...2, using: &r)
      return .wild(
        .allOfCounted(id: asset.id, fun: asset.amount == nil ? .nonFungible : .fungible, count: Compact(count)))
    case 13..<18: return .definite(Assets(heldAsset()))
    default: return .definite(assets())
    }
  }

  mutating func weight() -> Weight {
    Weight(refTime: UInt64.random(in: 0...60, using: &r) * 10, proofSize: UInt64.random(in: 0...60, using: &r))
  }

  mutating func limit() -> WeightLimit { r.chance(1, in: 4) ? .unlimited : .limited(weight()) }

  mutating func info() -> QueryResponseInfo {
    QueryResponseInfo(destination: destination(), queryId: UInt64.random(in: 1...9, using: &r), maxWeight: weight())
  }

  mutating func inside() -> Junctions {
    switch Int.random(in: 0..<10, using: &r) {
    case 0: .here
    case 1: World.deep.location.interior
    default: pick(Self.people).interior
    }
  }

  /// What the origin owns.
  var wallet: [Asset] {
    machine.chain.balances.filter { $0.key.owner == machine.origin && $0.value > 0 }
      .map { Asset($0.key.asset, amount: $0.value) }.sorted()
      + machine.chain.owners.filter { $0.value == machine.origin }.map(\.key).sorted()
  }

  /// Something of the origin's that it can spare.
  mutating func owned() -> Asset {
    let wallet = wallet
    guard !wallet.isEmpty, r.chance(14, in: 15) else { return asset() }
    let asset = pick(wallet)
    guard case .fungible(let units) = asset.fun else { return asset }
    return Asset(asset.id, amount: amount(max(1, units.value / 4)))
  }

  mutating func ownedAssets(_ most: Int) -> Assets {
    (try? Assets((0..<Int.random(in: 1...most, using: &r)).map { _ in owned() })) ?? Assets()
  }

  /// Something that the origin may bring in.
  mutating func arriving() -> Asset {
    guard r.chance(9, in: 10) else { return asset() }
    if machine.origin == World.market { return Asset(World.coin, amount: small()) }
    return r.chance(1, in: 2) ? Asset(World.foreign, amount: small()) : World.instance(World.gem, pick([2, 3]))
  }

  // MARK: Programs

  /// Withdraws what most programs need: units of both currencies.
  mutating func funds() -> [Instruction] {
    var parts: [Asset] = []
    for asset in wallet where asset.id == World.home || asset.id == World.token {
      guard case .fungible(let units) = asset.fun else { continue }
      parts.append(Asset(asset.id, amount: amount(units.value / 2 + 1)))
    }
    return [.withdrawAsset((try? Assets(parts)) ?? Assets())]
  }

  /// Fills holding with everything but the currency that weight was paid in, and has weight left.
  private mutating func crowd() -> [Instruction] {
    let fee = Asset(r.chance(1, in: 2) ? World.home : World.token, amount: 100)
    let others = wallet.filter { $0.id != fee.id }.map { $0.amount == nil ? $0 : Asset($0.id, amount: 1) }
    let most = 2 * World.holdingLimit
    let crowd = try? Assets(others.shuffled(using: &r).prefix(Int.random(in: most - 2...most, using: &r)))
    return [
      .withdrawAsset(Assets(fee)),
      .buyExecution(fees: fee, weightLimit: .limited(Weight(refTime: fee.id == World.home ? 1000 : 500))),
      .withdrawAsset(crowd ?? Assets()),
      .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [Call.remark])),
    ]
  }

  /// What a barrier wants of those who pay.
  mutating func paidStart() -> [Instruction] {
    let fee = Asset(r.chance(3, in: 4) ? World.home : World.token, amount: 100 + amount(300))
    var start: [Instruction] =
      switch Int.random(in: 0..<8, using: &r) {
      case 0: [.receiveTeleportedAsset(Assets(Asset(World.home, amount: amount(60))))]
      case 1: [.claimAsset(assets: Self.trapped[1].1, ticket: .here), .withdrawAsset(Assets(fee))]
      case 2: [.reserveAssetDeposited(Assets(Asset(World.coin, amount: small())))]
      default: [.withdrawAsset(Assets(fee))]
      }
    for _ in 0..<(r.chance(1, in: 4) ? Int.random(in: 1...4, using: &r) : 0) {
      start.append(
        pick([.clearOrigin, .aliasOrigin(World.studio), .descendOrigin(inside()), .setHints(hints: hints())]))
    }
    start.append(
      r.chance(1, in: 3)
        ? .payFees(asset: fee)
        : .buyExecution(fees: fee, weightLimit: r.chance(1, in: 2) ? .unlimited : .limited(.max)))
    return start
  }

  mutating func local(_ depth: Int) -> Xcm {
    guard depth > 0 else { return Xcm() }
    return Xcm((0..<Int.random(in: 0...4, using: &r)).map { _ in instruction(depth: depth - 1) })
  }

  mutating func remote() -> Xcm {
    switch Int.random(in: 0..<40, using: &r) {
    case 0: Xcm([.clearTopic])
    case 1: Xcm(Array(repeating: .clearError, count: Int.random(in: 92...100, using: &r)))
    case 2: Xcm([nested(levels: Int.random(in: 5...8, using: &r))])
    case 3..<8: Xcm([.depositAsset(assets: .wild(.all), beneficiary: place()), .setTopic(pick(Self.topics))])
    case 8..<12: Xcm([.setHints(hints: hints()), .refundSurplus])
    case 12..<16: Xcm()
    default: Xcm([.depositAsset(assets: .wild(.allCounted(1)), beneficiary: place())])
    }
  }

  /// `levels` programs, each in an instruction of the one around it.
  mutating func nested(levels: Int) -> Instruction {
    var inner = Xcm([.setTopic(Self.topics[0])])
    // Who has no origin cannot have a call executed.
    let calls = r.chance(1, in: 2) ? Int.random(in: 0...levels, using: &r) : levels + 1
    for level in 1..<levels { inner = Xcm([wrapped(inner, inCall: level >= calls)]) }
    return wrapped(inner, inCall: levels >= calls)
  }

  private mutating func wrapped(_ inner: Xcm, inCall: Bool) -> Instruction {
    inCall && r.chance(3, in: 4)
      ? .transact(
        originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [Call.execute] + inner.encoded()))
      : .executeWithOrigin(descendantOrigin: .here, xcm: inner)
  }

  mutating func hints() -> BoundedVector<Hint, 1> {
    BoundedVector(r.chance(1, in: 8) ? [] : [.assetClaimer(location: place())]) ?? BoundedVector()
  }

  mutating func call(_ depth: Int) -> [UInt8] {
    switch Int.random(in: 0..<24, using: &r) {
    case 0..<8: [Call.remark]
    case 8..<12: [Call.failing]
    case 12: [Call.filtered]
    case 13..<17: [Call.issue]
    case 17..<22: [Call.execute] + local(depth).encoded()
    case 22: pick([[], [9], [Call.remark, 1], [Call.execute, 4]])
    default: [r.chance(1, in: 8) ? Call.unweighable : Call.remark]
    }
  }

  mutating func transfer() -> AssetTransferFilter {
    let filter = filter()
    return switch Int.random(in: 0..<8, using: &r) {
    case 0..<3: .teleport(filter)
    case 3..<6: .reserveDeposit(filter)
    default: .reserveWithdraw(filter)
    }
  }
}

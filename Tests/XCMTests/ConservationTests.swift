import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

/// Random programs of instructions none of which mints or burns.
private struct Programs {
  var random: SeededRandom
  /// Whether instructions are left out whose effects depend on what comes after them, or stay in part.
  var isPlain = false

  private mutating func amount() -> Balance { Balance(UInt64.random(in: 1...400, using: &random)) }
  private mutating func assets() -> Assets {
    switch Int.random(in: 0...2, using: &random) {
    case 0: .home(amount())
    case 1: .token(amount())
    default: .both(amount(), amount())
    }
  }
  private mutating func asset() -> Asset { Asset(random.chance(1, in: 2) ? World.home : World.token, amount: amount()) }
  private mutating func place() -> Location {
    [World.alice, World.bob, World.market, World.studio, .parent, .here].randomElement(using: &random) ?? .here
  }
  private mutating func filter() -> AssetFilter {
    switch Int.random(in: 0...2, using: &random) {
    case 0: .wild(.all)
    case 1: .wild(.allCounted(1))
    default: .definite(assets())
    }
  }

  mutating func program(depth: Int = 2) -> Xcm {
    let count = Int.random(in: 0...(depth == 2 ? 10 : 4), using: &random)
    var instructions: [Instruction] = []
    while instructions.count < count {
      if let next = random.chance(1, in: 4) ? serviced() : instruction(depth: depth) { instructions.append(next) }
    }
    return Xcm(instructions)
  }

  private mutating func instruction(depth: Int) -> Instruction? {
    switch Int.random(in: 0...19, using: &random) {
    case 0, 1, 2: return .withdrawAsset(assets())
    case 3: return .transferAsset(assets: assets(), beneficiary: place())
    case 4: return .transferReserveAsset(assets: assets(), dest: place(), xcm: [])
    case 5, 6: return .depositAsset(assets: filter(), beneficiary: place())
    case 7: return .depositReserveAsset(assets: filter(), dest: place(), xcm: [])
    case 8: return .initiateTeleport(assets: filter(), dest: place(), xcm: [])
    case 9:
      return .initiateTransfer(
        destination: place(),
        remoteFees: random.chance(1, in: 2) ? .reserveDeposit(.definite(.home(amount()))) : nil,
        preserveOrigin: random.chance(1, in: 2),
        assets: BoundedVector([.teleport(filter()), .reserveDeposit(filter())]) ?? BoundedVector(), remoteXcm: [])
    case 10: return .buyExecution(fees: asset(), weightLimit: .limited(Weight(refTime: UInt64(amount()))))
    case 11: return isPlain ? nil : .payFees(asset: asset())
    case 12: return .refundSurplus
    case 13 where !isPlain: return .setErrorHandler(depth > 0 ? program(depth: depth - 1) : [])
    case 14 where !isPlain: return .setAppendix(depth > 0 ? program(depth: depth - 1) : [])
    case 15 where !isPlain:
      return .executeWithOrigin(
        descendantOrigin: random.chance(1, in: 3) ? nil : .here, xcm: depth > 0 ? program(depth: depth - 1) : [])
    case 16: return .setFeesMode(jitWithdraw: random.chance(1, in: 2))
    case 17: return .claimAsset(assets: assets(), ticket: .here)
    case 18: return random.chance(1, in: 2) ? .clearError : .trap(1)
    case 19 where random.chance(1, in: 4): return .clearOrigin
    // In last place it would name the messages before it too.
    case 19 where !isPlain: return .setTopic(World.topic)
    default: return nil
    }
  }

  private mutating func serviced() -> Instruction {
    switch Int.random(in: 0...6, using: &random) {
    case 0, 1:
      return .exchangeAsset(give: filter(), want: Assets(asset()), maximal: random.chance(1, in: 2))
    case 2: return .lockAsset(asset: asset(), unlocker: place())
    case 3: return .unlockAsset(asset: asset(), target: place())
    case 4: return .noteUnlockable(asset: asset(), owner: place())
    case 5: return .requestUnlock(asset: asset(), locker: place())
    default:
      let network = [NetworkID.kusama, .polkadot, .bitcoinCore].randomElement(using: &random) ?? .kusama
      return .exportMessage(network: network, destination: Junctions(.para(1)), xcm: [])
    }
  }
}

@Suite("Conservation") struct ConservationTests {
  @Test("everything withdrawn is deposited, paid, swapped, trapped or teleported", arguments: 0..<50 as Range<UInt64>)
  func issuance(seed: UInt64) {
    var programs = Programs(random: SeededRandom(seed: seed))
    let state = Run.world()
    var completed = 0
    for _ in 0..<40 {
      let program = programs.program()
      let run = Run(program, on: state)
      if run.error == nil { completed += 1 }
      for asset in [World.home, World.token] {
        var total = Ledger.issuance(asset, in: state)
        for trap in run.trapped { total += trap.second.items.first { $0.id.location == asset }?.amount ?? 0 }
        // What teleports left in the checking account is still counted as an account's.
        #expect(total == (asset == World.home ? 2550 : 2500), "seed \(seed): \(asset) after\n\(program)")
      }
    }
    #expect(completed > 0, "seed \(seed)")
  }

  @Test("an error leaves the effects of the instructions before it, and no others", arguments: 0..<30 as Range<UInt64>)
  func prefixes(seed: UInt64) {
    var programs = Programs(random: SeededRandom(seed: seed), isPlain: true)
    var failures = 0
    for _ in 0..<40 {
      let program = programs.program()
      guard let index = Run(program).index.map(Int.init) else { continue }
      failures += 1
      let failed = Run(Xcm(Array(program.instructions[...index])))
      let before = Run(Xcm(Array(program.instructions[..<index])))
      let same = failed.state.changes().elementsEqual(before.state.changes()) {
        $0.key == $1.key && $0.value == $1.value
      }
      #expect(before.error == nil && Int(failed.index ?? 0) == index && same, "seed \(seed):\n\(program)")
    }
    #expect(failures > 0, "seed \(seed)")
  }

  @Test("claims give back exactly what was trapped", arguments: 0..<30 as Range<UInt64>)
  func claims(seed: UInt64) {
    var programs = Programs(random: SeededRandom(seed: seed))
    let state = Run.world()
    var claimed = 0
    for _ in 0..<40 {
      for trap in Run(programs.program(), on: state).trapped {
        let claim = Run([.claimAsset(assets: trap.second, ticket: .here)], from: trap.first, on: state)
        #expect(claim.error == nil && claim.holding == Holding(trap.second), "seed \(seed)")
        claimed += 1
      }
    }
    #expect(claimed > 0, "seed \(seed)")
  }
}

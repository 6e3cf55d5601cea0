import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

/// Laws that hold whatever the model says, on the executor alone.
@Suite("Laws of the executor") struct InvariantTests {
  private static let programs = 500

  /// Trials of one seed.
  private func trials(_ seed: UInt64) -> [Trial] {
    var maker = ProgramMaker(seed: seed &+ 1_000)
    return (0..<Self.programs).map { _ in maker.trial() }
  }

  @Test(
    "units appear by issue and by reserve deposit, and vanish by burning and with messages to their reserve",
    arguments: Settings.seeds)
  func issuance(seed: UInt64) {
    for (number, trial) in trials(seed).enumerated() {
      guard !trial.program.instructions.contains(where: \.runsPrograms) else { continue }
      let (before, books) = (Supply(trial.chain.rows()), Books())
      let verdict = trial.executed { books.note($0) }
      var expected = before.total
      let now = Supply(verdict.rows)
      for asset in World.fungibles {
        expected[asset, default: 0] += books.arrived.units[asset, default: 0]
        expected[asset, default: 0] -= books.burnt.units[asset, default: 0]
      }
      expected[World.home, default: 0] += now.issued - before.issued
      for asset in World.fungibles {
        let total = now.total[asset, default: 0] + now.left.units[asset, default: 0]
        #expect(total == expected[asset, default: 0], "seed \(seed), program \(number), \(asset): \(trial.program)")
      }
    }
  }

  @Test(
    "a failed instruction leaves no trace, and those before it do what they do without it", arguments: Settings.seeds)
  func failure(seed: UInt64) {
    for (number, trial) in trials(seed).enumerated() {
      let (whole, rows) = trial.traced()
      for (index, step) in whole.enumerated() where step.error != nil {
        if case .executeWithOrigin = step.instruction { continue }
        let isFirst = index == 0
        let same = isFirst ? trial.chain.rows() : rows[index - 1]
        #expect(rows[index] == same, "seed \(seed), program \(number), step \(index): \(trial.program)")
        #expect(
          step.before.holding.assets == step.after.holding.assets && step.before.origin == step.after.origin
            && step.before.topic == step.after.topic,
          "seed \(seed), program \(number), step \(index): \(trial.program)")
      }
      // The program cut off before its first failure does the same up to there. It weighs less, so it must not pay.
      guard let failed = whole.firstIndex(where: { $0.error != nil }), failed > 0, trial.origin != World.market,
        whole[...failed].allSatisfy({ $0.phase == .program && $0.level == whole[0].level }),
        !whole[..<failed].contains(where: \.instruction.dependsOnWeight)
      else { continue }
      var cut = trial
      cut.program.instructions.removeSubrange(failed...)
      // A topic in last place names the message, so the last place stays what it was.
      if case .setTopic? = trial.program.instructions.last, let last = trial.program.instructions.last {
        cut.program.instructions.append(last)
      } else {
        cut.program.instructions.append(.clearError)
      }
      #expect(
        cut.traced().rows.dropFirst(failed - 1).first == rows[failed],
        "seed \(seed), program \(number): \(trial.program)")
    }
  }

  @Test("a claim restores exactly what was trapped, once for each time", arguments: Settings.seeds)
  func claims(seed: UInt64) {
    for (number, trial) in trials(seed).enumerated() {
      let state = trial.state()
      _ = trial.execute(on: state) { _ in }
      for row in state.rows() where row.key.first == 4 {
        guard let (claimer, assets) = Row.trapped(row.key), claimer != World.market, claimer != World.mallory,
          let count = try? Balance(decoding: row.value), assets.count <= 2 * World.holdingLimit
        else { continue }
        let claim = Trial(origin: claimer, program: [.claimAsset(assets: assets, ticket: .here)])
        let before = state.rows()
        var held: [Asset] = []
        let outcome = claim.execute(on: state) { held = $0.after.holding.assets }
        // What was claimed is left in holding and trapped again.
        #expect(outcome.failure == nil && Pile(held) == Pile(assets.items), "seed \(seed), program \(number)")
        #expect(state.rows() == before, "seed \(seed), program \(number)")
        let burn = Trial(origin: claimer, program: claim.program.appending(.burnAsset(assets)))
        for _ in 0..<count { #expect(burn.execute(on: state) { _ in }.failure == nil) }
        #expect(burn.execute(on: state) { _ in }.failure == InstructionError(index: 0, error: .unknownClaim))
        #expect(state.rows() == before.filter { $0.key != row.key }, "seed \(seed), program \(number)")
      }
    }
  }

  @Test("the same program on the same state gives the same result", arguments: Settings.seeds)
  func determinism(seed: UInt64) {
    for (number, trial) in trials(seed).enumerated() {
      #expect(trial.executed() == trial.executed(), "seed \(seed), program \(number): \(trial.program)")
    }
  }
}

/// What steps brought into being and out of it.
private final class Books {
  var arrived = Pile()
  var burnt = Pile()

  func note(_ step: XcmStep) {
    guard step.error == nil else { return }
    switch step.instruction {
    case .reserveAssetDeposited(let assets): arrived.put(Pile(assets.items))
    case .burnAsset(let assets):
      var held = Pile(step.before.holding.assets)
      burnt.put(held.take(.definite(assets)))
    default: break
    }
  }
}

/// Units of the fungible assets by where they are.
private struct Supply {
  /// In accounts and in traps.
  var total: [AssetID: Balance] = [:]
  /// Units of home that calls have issued.
  var issued: Balance = 0
  /// Withdrawn for other chains that are their reserve.
  var left = Pile()

  init(_ rows: [Row.Entry]) {
    for row in rows {
      if let (owner, asset) = Row.holder(row.key), let amount = try? Balance(decoding: row.value) {
        if owner == World.mint { issued = amount } else { total[asset, default: 0] += amount }
      }
      if let (_, assets) = Row.trapped(row.key), let count = try? Balance(decoding: row.value) {
        for asset in assets.items { total[asset.id, default: 0] += (asset.amount ?? 0) * count }
      }
      if row.key.first == 3 { left.put(Pile(Row.withdrawn(row.value))) }
    }
  }
}

extension Trial {
  /// Executes the program.
  fileprivate func execute(on state: ExecutionContext, observer: @escaping (XcmStep) -> Void) -> Outcome {
    var id = World.messageID
    return XcmExecutor<ReferenceConfig>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: weightLimit, weightCredit: .zero, in: state, observer: observer)
  }

  /// The steps of an execution and the state after each.
  fileprivate func traced() -> (steps: [XcmStep], rows: [[Row.Entry]]) {
    let state = state()
    var steps: [XcmStep] = []
    var rows: [[Row.Entry]] = []
    _ = execute(on: state) { step in
      steps.append(step)
      rows.append(state.rows())
    }
    return (steps, rows)
  }
}

extension Xcm {
  fileprivate func appending(_ instruction: Instruction) -> Xcm { Xcm(instructions + [instruction]) }
}

extension Instruction {
  /// Whether a call in here executes a program of its own, whose steps nobody sees.
  fileprivate var runsPrograms: Bool {
    if case .transact(_, _, let call) = self { return call.encoded.first == Call.execute }
    return nestedProgram?.instructions.contains(where: \.runsPrograms) ?? false
  }

  /// Whether what it does depends on the weight of the whole program.
  fileprivate var dependsOnWeight: Bool {
    switch self {
    case .payFees, .buyExecution, .refundSurplus, .setErrorHandler, .setAppendix: true
    default: false
    }
  }
}

extension Row {
  /// Whose units of what a row counts.
  fileprivate static func holder(_ key: [UInt8]) -> (Location, AssetID)? {
    guard key.first == 1 else { return nil }
    let rest = Array(key.dropFirst())
    var reader = ScaleReader(rest.span.bytes)
    guard let owner = try? Location(from: &reader), let asset = try? AssetID(from: &reader) else { return nil }
    return (owner, asset)
  }

  /// What a row says is trapped for whom.
  fileprivate static func trapped(_ key: [UInt8]) -> (Location, Assets)? {
    guard key.first == 4 else { return nil }
    let rest = Array(key.dropFirst())
    var reader = ScaleReader(rest.span.bytes)
    guard let claimer = try? Location(from: &reader), let assets = try? Assets(from: &reader) else { return nil }
    return (claimer, assets)
  }

  /// The assets that left their ledger with a message.
  fileprivate static func withdrawn(_ content: [UInt8]) -> [Asset] {
    var reader = ScaleReader(content.span.bytes)
    guard (try? Location(from: &reader)) != nil, (try? Xcm(from: &reader)) != nil,
      (try? Location(from: &reader)) != nil, (try? H256(from: &reader)) != nil,
      let hasOrigin = try? reader.readByte(), hasOrigin == 0 || (try? Location(from: &reader)) != nil,
      (try? reader.readByte()) != nil, let count = try? reader.readByte()
    else { return [] }
    var assets: [Asset] = []
    for _ in 0..<count {
      guard let kind = try? reader.readByte(), let part = try? Assets(from: &reader) else { break }
      if kind == 1 { assets += part.items }
    }
    return assets
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// What one reading made of a trial.
struct Verdict: Equatable {
  var outcome: Outcome
  /// The message's id after the barrier.
  var id: H256
  /// In the order of their keys.
  var rows: [Row.Entry]
  /// Messages sent, fees paid and instructions failed, in order.
  var events: [[UInt8]]
}

extension Trial {
  /// What the model makes of it.
  func model() -> Verdict {
    var machine = Machine(chain, origin: origin)
    let outcome = machine.run(program, limit: weightLimit)
    return Verdict(
      outcome: outcome, id: machine.id, rows: machine.chain.rows(), events: machine.events.map(Row.event))
  }

  /// The state before.
  func state() -> ExecutionContext {
    let state = ExecutionContext(EmptyState())
    for row in chain.rows() { state.put(row.key, row.value) }
    return state
  }

  /// What the executor makes of it.
  func executed(observer: @escaping (XcmStep) -> Void = { _ in }) -> Verdict {
    let state = state()
    var id = World.messageID
    let outcome = XcmExecutor<ReferenceConfig>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: weightLimit, weightCredit: .zero, in: state, observer: observer)
    return Verdict(
      outcome: outcome, id: id, rows: state.rows(), events: state.events.map(\.event))
  }

  /// The smallest program that still shows a difference: instructions are left out while it persists.
  func shrunk() -> Trial {
    var smallest = self
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      for program in smallest.program.smaller {
        var candidate = smallest
        candidate.program = program
        guard candidate.model() != candidate.executed() else { continue }
        smallest = candidate
        isSmaller = true
        break
      }
    }
    return smallest
  }

  /// Both verdicts on the shrunk program, for a person.
  func report(seed: UInt64, number: Int) -> String {
    let trial = shrunk()
    let (model, executor) = (trial.model(), trial.executed())
    var lines = ["seed \(seed), program \(number), origin \(origin):", "\(trial.program)"]
    func compare(_ name: String, _ a: String, _ b: String) {
      if a != b { lines.append("\(name)\n  model    \(a)\n  executor \(b)") }
    }
    compare("outcome", Self.text(model.outcome), Self.text(executor.outcome))
    compare("id", "\(model.id)", "\(executor.id)")
    let rows = [model.rows, executor.rows].map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value) }) }
    for key in Set(rows[0].keys).union(rows[1].keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      compare("row \(Row.name(key))", Row.text(key, rows[0][key]), Row.text(key, rows[1][key]))
    }
    compare("events", "\(model.events.map { Hex.encode($0) })", "\(executor.events.map { Hex.encode($0) })")
    return lines.joined(separator: "\n")
  }
}

extension Trial {
  private static func text(_ outcome: Outcome) -> String {
    let used = "used \(outcome.weightUsed.refTime.value) ps, \(outcome.weightUsed.proofSize.value) B"
    guard let failure = outcome.failure else { return used }
    if case .error = outcome { return "nothing executed: \(failure.error)" }
    return "\(used), \(failure.error) at \(failure.index)"
  }
}

extension ExecutionContext {
  /// Every row that there is.
  func rows() -> [Row.Entry] {
    changes().compactMap { change in change.value.map { Row.Entry(key: change.key, value: $0) } }
  }
}

extension Xcm {
  /// Programs with one instruction less, here or in a program inside.
  fileprivate var smaller: [Xcm] {
    instructions.indices.flatMap { index -> [Xcm] in
      var without = instructions
      without.remove(at: index)
      guard let inner = instructions[index].nestedProgram else { return [Xcm(without)] }
      return [Xcm(without)]
        + inner.smaller.map { program in
          var changed = instructions
          changed[index] = instructions[index].replacing(program)
          return Xcm(changed)
        }
    }
  }
}

extension Instruction {
  /// The same with another program inside.
  fileprivate func replacing(_ program: Xcm) -> Instruction {
    switch self {
    case .transferReserveAsset(let assets, let dest, _): .transferReserveAsset(assets: assets, dest: dest, xcm: program)
    case .depositReserveAsset(let assets, let dest, _): .depositReserveAsset(assets: assets, dest: dest, xcm: program)
    case .initiateReserveWithdraw(let assets, let reserve, _):
      .initiateReserveWithdraw(assets: assets, reserve: reserve, xcm: program)
    case .initiateTeleport(let assets, let dest, _): .initiateTeleport(assets: assets, dest: dest, xcm: program)
    case .setErrorHandler: .setErrorHandler(program)
    case .setAppendix: .setAppendix(program)
    case .exportMessage(let network, let destination, _):
      .exportMessage(network: network, destination: destination, xcm: program)
    case .initiateTransfer(let destination, let fees, let preserve, let assets, _):
      .initiateTransfer(
        destination: destination, remoteFees: fees, preserveOrigin: preserve, assets: assets, remoteXcm: program)
    case .executeWithOrigin(let origin, _): .executeWithOrigin(descendantOrigin: origin, xcm: program)
    default: self
    }
  }
}

extension Row {
  /// A key for a person.
  fileprivate static func name(_ key: [UInt8]) -> String {
    let rest = Array(key.dropFirst())
    var reader = ScaleReader(rest.span.bytes)
    guard let kind = key.first, kind != 2, kind != 3, let place = try? Location(from: &reader) else {
      return Hex.encode(key)
    }
    if kind == 4, let assets = try? Assets(from: &reader) { return "trap of \(assets) for \(place)" }
    let asset = (try? AssetID(from: &reader)).map { " \($0)" } ?? ""
    let other = (try? Location(from: &reader)).map { " by \($0)" } ?? ""
    return "\(kind == 1 ? "balance" : kind == 5 ? "lock" : kind == 6 ? "note" : "row \(kind)") \(place)\(asset)\(other)"
  }

  /// A value for a person.
  fileprivate static func text(_ key: [UInt8], _ value: [UInt8]?) -> String {
    guard let value else { return "none" }
    guard key.first == 3 else { return (try? Balance(decoding: value)).map { "\($0)" } ?? Hex.encode(value) }
    var reader = ScaleReader(value.span.bytes)
    guard let destination = try? Location(from: &reader), let program = try? Xcm(from: &reader),
      let claimer = try? Location(from: &reader), let topic = try? H256(from: &reader)
    else { return Hex.encode(value) }
    let rest = Hex.encode(Array(value[reader.offset...]))
    return "to \(destination), claimer \(claimer), topic \(topic), rest \(rest):\n\(program)"
  }
}

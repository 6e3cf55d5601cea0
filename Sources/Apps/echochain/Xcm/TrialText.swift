import EchoRuntime
import Foundation
import PalletSupport
import Primitives
import ScaleCodec
import XCM
import XcmTools

/// A trial as lines for people.
struct TrialText {
  let trial: NetworkTrial
  let output: Output

  func show() {
    for (place, hop) in trial.hops.enumerated() {
      if place > 0 { output.line() }
      show(hop)
    }
    for (message, sender, reason) in trial.unknown {
      let names = trial.hops[sender].names
      output.line(
        "  message \(Spoken.short(message.topic.hex)) to \(names.text(message.destination)) is not followed: \(reason)")
    }
  }

  private func show(_ hop: TrialHop) {
    let names = hop.names
    let verdict = hop.isComplete ? output.terminal.style("completes", .green) : output.terminal.style("stops", .red)
    let from = hop.sender.map { "a message from \(trial.hops[$0].chain)" } ?? "as \(names.text(hop.origin))"
    output.line("\(output.terminal.style(hop.chain, .bold))  \(from)  \(verdict)")
    if case .call(let trace) = hop.cause {
      output.line("  transaction fee \(names.text(trace.fee, of: AssetID(.here)))")
    }
    for program in hop.run.programs { show(program, hop) }
    if hop.run.omittedSteps > 0 { output.line("  \(hop.run.omittedSteps) more steps are not shown") }
    // A failed step has said so in its place already.
    if hop.failedStep == nil, let failure = hop.failure {
      output.line("  \(output.terminal.style("✗", .red)) \(failure)")
    }
    if hop.isUndone { output.line("  \(undone(hop))") }
    for fee in hop.run.fees { output.line("  \(fee.kind.text) \(names.text(fee.assets))") }
    for message in hop.run.forwarded {
      output.line(
        "  sends \(Spoken.bytes(message.payload.count)) in XCM version \(message.version) to "
          + "\(names.text(message.destination)), message \(Spoken.short(message.topic.hex))")
    }
  }

  /// What a failure leaves where it undoes everything.
  private func undone(_ hop: TrialHop) -> String {
    if case .call = hop.cause { return "nothing of it stays but the transaction fee" }
    if let sender = hop.sender { return "nothing of it stays, and \(trial.hops[sender].chain) gives back what it sent" }
    return hop.origin.parents == 0
      ? "XcmPallet.execute fails as a whole then: nothing of it stays but its fee"
      : "nothing of it stays, and \(hop.names.text(hop.origin)) gives back what it sent"
  }

  private func show(_ program: XcmProgramTrace, _ hop: TrialHop) {
    let names = hop.names
    let inset = String(repeating: "  ", count: Int(min(program.depth, 10)) + 1)
    if program.depth > 0 { output.line("\(inset)program of \(names.text(program.origin))") }
    for step in program.steps { show(step, hop, inset) }
    guard !program.steps.isEmpty else { return }
    for change in program.endingLedger { output.line("\(inset)     at the end  \(change.text(names))") }
    for trap in program.trapped where !hop.isUndone {
      let assets = (try? trap.assets.latest().items) ?? []
      output.line(
        "\(inset)trapped for \(names.text(trap.claimer)): \(names.text(assets)); 'echochain xcm claim' takes it back")
    }
    for fee in program.fees { output.line("\(inset)\(fee.kind.text) \(names.text(fee.assets))") }
    let used = program.outcome.weightUsed
    output.line("\(inset)\(output.terminal.style("weight \(used.text) of \(program.weight.text)", .dim))")
  }

  private func show(_ step: XcmStepTrace, _ hop: TrialHop, _ inset: String) {
    let names = hop.names
    let indent = inset + String(repeating: "  ", count: Int(min(max(step.level, 1), 10)) - 1)
    let mark = step.error == nil ? " " : output.terminal.style("✗", .red)
    let phase =
      switch step.phase {
      case .program: ""
      case .errorHandler: "error handler: "
      case .appendix: "appendix: "
      }
    let inside = step.instruction.nestedProgram.map(\.totalInstructions) ?? 0
    let nested = inside == 0 ? "" : "  { \(inside) \(inside == 1 ? "instruction" : "instructions") }"
    output.line(
      "\(indent)\(mark) \("\(step.index)".padded(to: 2, leading: true))  \(phase)\(hop.printer.line(step.instruction))\(nested)  "
        + output.terminal.style(step.weight.text, .dim))
    let inner = indent + "       "
    if let error = step.error {
      let why = step.detail.map { FailureSentence($0, names: names) }
      output.line("\(inner)\(output.terminal.style(error.name, .red))\(why.map { ": \($0.reason)" } ?? "")")
      if let why { output.line("\(inner)\(why.remedy)") }
    }
    if step.before.origin != step.after.origin {
      output.line("\(inner)origin   \(origin(step.before, names)) → \(origin(step.after, names))")
    }
    if step.before.holding != step.after.holding {
      output.line("\(inner)holding  \(names.text(step.before.holding)) → \(names.text(step.after.holding))")
    }
    if step.before.fees != step.after.fees {
      output.line("\(inner)fees     \(names.text(step.before.fees)) → \(names.text(step.after.fees))")
    }
    for change in step.ledger { output.line("\(inner)ledger   \(change.text(names))") }
  }

  private func origin(_ registers: XcmRegistersTrace, _ names: XcmNames) -> String {
    registers.origin.map { names.text($0) } ?? "none"
  }
}

extension Weight {
  /// The time of it: `25 µs`.
  var time: String { "\(XcmNames.decimal(Balance(refTime.value), decimals: 6)) µs" }
  /// Time and bytes of proof.
  var text: String { "\(time), \(proofSize.value) B" }
}

extension XcmFeeKind {
  var text: String {
    switch self {
    case .execution: "execution fee"
    case .delivery: "delivery fee"
    }
  }
}

extension XcmLedgerChange {
  /// Whose balance changed, and by how much.
  func text(_ names: XcmNames) -> String {
    let (amount, isGain) = difference
    return "\(names.text(account))  \(isGain ? "+" : "-")\(names.text(amount, of: asset))"
  }
}

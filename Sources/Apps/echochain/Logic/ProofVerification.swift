import Finality
import Foundation
import Keys
import Primitives
import Proofs
import RPC
import ScaleCodec

/// What the check of one proof brought to light.
struct CheckedProof: Sendable {
  /// What was checked, for people.
  var name: String
  var report: VerificationReport
  /// Of the check alone, without reading and decoding.
  var elapsed: Duration
  /// Bytes of the proof.
  var size: Int
  /// Whether what the proof starts from is something that the caller trusts, and not the proof's own word.
  var isAnchored = true
}

/// Checks a proof file without a network.
/// - Parameters:
///   - data: The file.
///   - anchor: The chain and set that the caller trusts; without it the proof is only shown to agree with itself.
func verifyProof(file data: Data, anchor: TrustAnchor?) throws -> (bundle: ProofBundle, findings: BundleFindings, proof: CheckedProof) {
  let bundle = try ProofFile.read(data)
  let clock = ContinuousClock()
  let start = clock.now
  let findings = bundle.examine(anchor: anchor)
  let elapsed = clock.now - start
  let name = "\(bundle.claim.chain) of \(bundle.claim.network)"
  return (bundle, findings, CheckedProof(name: name, report: findings.report, elapsed: elapsed, size: bundle.encodedSize))
}

extension CheckedProof {
  /// The steps and the sum as JSON.
  var json: JSON {
    let steps = report.entries.map { entry -> JSON in
      switch entry.outcome {
      case .passed(let fact): ["step": .string("\(entry.step)"), "passed": true, "fact": .string(fact)]
      case .failed(let reason): ["step": .string("\(entry.step)"), "passed": false, "fact": .string("\(reason)")]
      }
    }
    return [
      "name": .string(name), "valid": JSON(report.isValid), "steps": .array(steps), "bytes": JSON(size),
      "milliseconds": .double(elapsed.milliseconds), "anchored": JSON(isAnchored),
    ]
  }

  /// Prints each step with its fact, and the sum.
  func show(_ output: Output) {
    output.line("\(output.terminal.style(name, .bold))")
    let width = report.entries.map { "\($0.step)".count }.max() ?? 0
    for entry in report.entries {
      let step = "\(entry.step)".padded(to: width)
      switch entry.outcome {
      case .passed(let fact): output.line("  \(output.terminal.style("✓", .green)) \(step)  \(fact)")
      case .failed(let reason): output.line("  \(output.terminal.style("✗", .red)) \(step)  \(reason)")
      }
    }
    let verdict = report.isValid ? output.terminal.style("verified offline", .green) : output.terminal.style("refused", .red)
    output.line("  \(verdict), \(Spoken.bytes(size)), \(Spoken.duration(elapsed))")
  }
}

extension Duration {
  /// The whole as milliseconds.
  var milliseconds: Double { Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15 }
}

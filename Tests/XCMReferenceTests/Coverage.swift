import ScaleCodec
import XCM

/// How often each instruction was executed, and with which errors.
final class Coverage {
  private(set) var succeeded = Array(repeating: 0, count: 52)
  private(set) var failed = Array(repeating: [:] as [UInt8: Int], count: 52)

  /// Takes a step into account.
  func note(_ step: XcmStep) {
    guard let opcode = step.instruction.encoded().first.map(Int.init), opcode < 52 else { return }
    if let error = step.error {
      failed[opcode][error.encoded()[0], default: 0] += 1
    } else {
      succeeded[opcode] += 1
    }
  }

  /// One line an instruction.
  var text: String {
    (0..<52).map { opcode in
      let errors = failed[opcode].sorted { $0.value > $1.value }.map { "\($0.key)×\($0.value)" }
      return "\(opcode): \(succeeded[opcode]) succeeded, failed: \(errors.joined(separator: " "))"
    }.joined(separator: "\n")
  }
}

import RPC
import Synchronization

/// The lines of the demonstration: what, the facts, and what came of it; and the same for programs.
final class DemoReport: Sendable {
  let output: Output
  private let entries = Mutex<[JSON]>([])

  init(_ output: Output) { self.output = output }

  /// The steps so far, for programs.
  var steps: [JSON] { entries.withLock { $0 } }

  /// Prints a step.
  /// - Parameters:
  ///   - name: One word at the line's beginning.
  ///   - facts: What was done.
  ///   - result: What came of it, at the line's end.
  func step(_ name: String, _ facts: String, _ result: String = "") {
    let head = output.terminal.style(name.padded(to: 9), .bold)
    output.line(result.isEmpty ? "  \(head)  \(facts)" : "  \(head)  \(facts.padded(to: 82))  \(result)")
    entries.withLock { $0.append(["step": .string(name), "facts": .string(facts), "result": .string(result)]) }
  }

  /// Green on a terminal.
  func good(_ text: String) -> String { output.terminal.style(text, .green) }
}

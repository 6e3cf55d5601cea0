import ArgumentParser
import Conformance
import Foundation
import RPC

/// `echochain conformance`
struct ConformanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance", abstract: "Check this release against published test vectors.",
    discussion: """
      Reads a folder with one folder for each set of vectors and prints what passed, what failed, and what this release \
      does not know. Exit code 5 when a case failed; unknown sets and kinds are no failure.

        echochain conformance fixtures
        echochain conformance vectors --set storage-proofs --set beefy --failures 50
      """)

  @Argument(help: "Folder of the vectors.") var folder: String
  @Option(name: .customLong("set"), help: "Check this set only. May be given several times.") var only: [String] = []
  @Option(help: "The most failures that are described for each set.") var failures = 5
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let runner = ConformanceRunner(folder)
    let names: [String]
    do throws(ConformanceError) { names = try runner.sets() } catch { throw Complaint.configuration("folder \(folder) cannot be read") }
    if let missing = only.first(where: { !names.contains($0) }) {
      throw Complaint.usage("\(folder) has no set '\(missing)'; it has \(names.joined(separator: ", "))")
    }
    let output = print.output
    let results = (only.isEmpty ? names : only).map { name in
      if output.isWatched { output.progress(name) }
      return runner.run(set: name)
    }
    output.json(.array(results.map(\.json)))
    var table = Table("set", "passed", "failed", "unknown", "time", numeric: [1, 2, 3, 4])
    table.rows = results.map { set in
      [set.name, "\(set.passed)", "\(set.failed)", "\(set.unknown)", Spoken.duration(.milliseconds(Int64(set.seconds * 1000)))]
    }
    let (passed, failed, unknown) = results.reduce((0, 0, 0)) { ($0.0 + $1.passed, $0.1 + $1.failed, $0.2 + $1.unknown) }
    table.rows.append(["all", "\(passed)", "\(failed)", "\(unknown)", ""])
    output.table(table)
    for set in results where set.failed > 0 {
      for failure in set.failures.prefix(failures) { output.line("  \(output.terminal.style("✗", .red)) \(failure)") }
    }
    if failed > 0 { throw Complaint.proofInvalid("\(failed) of \(passed + failed) cases failed") }
    if passed == 0 { throw Complaint.partial("no case of \(folder) is of a kind that this release checks") }
  }
}

extension SetResult {
  fileprivate var json: JSON {
    [
      "set": .string(name), "passed": JSON(passed), "failed": JSON(failed), "unknown": JSON(unknown), "seconds": .double(seconds),
      "failures": .array(failures.map { ["file": .string($0.file), "case": .string($0.id), "reason": .string($0.reason)] }),
      "unknownFiles": .array(unknownFiles.map { .string($0) }),
    ]
  }
}

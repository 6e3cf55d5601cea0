import ArgumentParser
import Foundation
import Primitives
import RPC
import XCM
import XcmTools

/// `echochain benchmark`
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure what parts of this release cost on this machine.",
    subcommands: [XcmBenchmarkCommand.self, RoyaltyBenchmarkCommand.self, RpcBenchmarkCommand.self])
}

/// `echochain benchmark xcm`
struct XcmBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xcm", abstract: "Measure decoding, weighing and executing XCM.",
    discussion: """
      Reads, writes and weighs a set of programs, then executes every instruction on the genesis state of the built-in \
      chain hub, with a lane to the market. Times are processor time of one thread, the median of several rounds after \
      one that warms up; what is compared is measured by turns in one run. Figures of two machines, or of two runs \
      under different load, do not compare: the ratios do. Examples:

        echochain benchmark xcm
        echochain benchmark xcm --seconds 60 --json
      """)

  @Option(help: "Seconds of processor time to spend, roughly.") var seconds = 12.0
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (1.0...3600).contains(seconds) else { throw ValidationError("--seconds is not 1 to 3600") }
  }

  func run() async throws {
    let output = print.output
    output.progress("reading and weighing")
    let codec = try XcmCodecBenchmark()
    let rows = codec.run(Stopwatch(seconds: seconds / 3))
    output.progress("executing")
    let chain = try ExecutorBenchmark()
    let costs = try chain.run(seconds: seconds * 2 / 3)
    output.json([
      "programs": JSON(codec.programs.count), "bytes": JSON(codec.size), "codec": .array(rows.map(\.json)),
      "emptyProgramNanoseconds": .double(costs.empty.rounded()), "instructions": .array(costs.rows.map(\.json)),
    ])
    show(rows, codec, output)
    show(costs, output)
  }

  private func show(_ rows: [CodecRow], _ codec: XcmCodecBenchmark, _ output: Output) {
    let instructions = codec.programs.reduce(0) { $0 + $1.totalInstructions }
    output.line(
      "  \(codec.programs.count) programs of version 5, \(instructions) instructions, \(codec.size) bytes together")
    var table = Table("", "programs/s", "MB/s", "µs/program", "× hash", numeric: [1, 2, 3, 4])
    for row in rows {
      table.rows.append([
        row.name, Figures.count(row.programsPerSecond), row.megabytesPerSecond.map(Figures.short) ?? "",
        Figures.short(row.nanoseconds / 1000), Figures.short(row.ratio),
      ])
    }
    output.table(table)
    output.line()
  }

  private func show(_ costs: ExecutorCosts, _ output: Output) {
    output.line(
      "  one instruction on the built-in runtime; an empty program takes \(Figures.short(costs.empty / 1000)) µs")
    var table = Table("instruction", "ns", "× empty program", numeric: [1, 2])
    for row in costs.rows {
      switch row.outcome {
      case .cost(let nanoseconds):
        table.rows.append([row.name, Figures.count(nanoseconds), Figures.short(nanoseconds / max(costs.empty, 1))])
      case .refused(let error): table.rows.append([row.name, "", "ends in \(error)"])
      }
    }
    output.table(table)
  }
}

/// Numbers of a measurement, without digits that mean nothing.
enum Figures {
  /// `12,345`
  static func count(_ value: Double) -> String { XcmNames.decimal(Balance(max(0, value.rounded())), decimals: 0) }

  /// Three digits that count: `0.0123`, `1.23`, `123`.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "0" }
    let size = abs(value)
    let places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4
    return String(format: "%.\(places)f", value)
  }
}

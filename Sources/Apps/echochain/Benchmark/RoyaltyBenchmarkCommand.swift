import ArgumentParser
import Foundation
import Primitives
import RPC

/// `echochain benchmark royalty`
struct RoyaltyBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "royalty", abstract: "Measure what a sale costs, by how many share in it, and orders per second of processing.",
    discussion: """
      Credits sales of works with 1, 8 and 64 members and with 1, 4 and 8 generations on a built-in chain's state, by \
      turns in one run: the ratios compare, figures of two runs or machines do not. Then carries orders through whole \
      blocks, from purchase over delivery to release, signatures included. Exit code 7 when a sale with 64 members \
      costs 1.2 times as much as one with a single member, or more. Examples:

        echochain benchmark royalty
        echochain benchmark royalty --seconds 60 --orders 2000 --json
      """)

  @Option(help: "Seconds of processor time to spend on sales, roughly.") var seconds = 10.0
  @Option(help: "Orders to carry through blocks, for each kind of work; 0 for none.") var orders = 300
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (1.0...3600).contains(seconds) else { throw ValidationError("--seconds is not 1 to 3600") }
    guard (0...10_000).contains(orders) else { throw ValidationError("--orders is not 0 to 10000") }
  }

  func run() async throws {
    let output = print.output
    output.progress("crediting sales")
    let (costs, transfer) = try SaleBenchmark().run(Stopwatch(seconds: seconds, rounds: 15))
    if orders > 0 { output.progress("carrying orders") }
    let rates = orders == 0 ? [] : try [1, 64].map { try OrderBenchmark().run(orders: orders, members: $0) }
    guard let base = costs.first, let many = costs.first(where: { $0.members == 64 }) else { return }
    let ratio = many.nanoseconds / max(base.nanoseconds, 1)
    output.json([
      "sales": .array(costs.map { $0.json(base: base) }), "transferNanoseconds": .double(transfer.rounded()),
      "target": .double(SaleBenchmark.target), "ratio": .double(ratio), "holds": JSON(ratio < SaleBenchmark.target),
      "orders": .array(rates.map(\.json)),
    ])
    show(costs, base, transfer, output)
    if !rates.isEmpty { show(rates, output) }
    let verdict = "64 members cost \(Figures.short(ratio)) times what one costs, target below \(Figures.short(SaleBenchmark.target))"
    output.line("  \(verdict)")
    guard ratio < SaleBenchmark.target else { throw Complaint.partial(verdict) }
  }

  private func show(_ costs: [SaleCost], _ base: SaleCost, _ transfer: Double, _ output: Output) {
    output.line("  crediting one sale; a native transfer takes \(Figures.short(transfer / 1000)) µs")
    var table = Table("members", "generations", "µs", "× one member", "rows", numeric: [0, 1, 2, 3, 4])
    for cost in costs {
      table.rows.append([
        "\(cost.members)", "\(cost.generations)", Figures.short(cost.nanoseconds / 1000),
        Figures.short(cost.nanoseconds / max(base.nanoseconds, 1)), "\(cost.rows)",
      ])
    }
    output.table(table)
    output.line()
  }

  private func show(_ rates: [OrderRate], _ output: Output) {
    output.line("  orders through blocks: bought, delivered, released; signatures, finality proofs and state roots included")
    output.line("  the rate is per second of processing; a chain also waits for its next block")
    var table = Table("members", "orders", "blocks", "fullest", "seconds", "orders/s", numeric: [0, 1, 2, 3, 4, 5])
    for rate in rates {
      table.rows.append([
        "\(rate.members)", "\(rate.orders)", "\(rate.blocks)", rate.wasFull ? "\(rate.fullest)" : "all, \(rate.fullest)",
        Figures.short(rate.seconds), Figures.short(rate.perSecond),
      ])
    }
    output.table(table)
  }
}

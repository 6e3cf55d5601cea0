import ArgumentParser
import ChainClient
import Foundation
import Primitives
import RPC

/// `echochain audit …`
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check that linked chains keep their books.", subcommands: [AuditSupply.self])
}

struct AuditSupply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supply", abstract: "Compare escrow with vouchers, for every asset over all linked chains.",
    discussion: """
      Reads finalised blocks at a consistent cut: no chain has seen another beyond the block that is read of it. In \
      balance, escrow = vouchers + in flight + trapped, where fees that no account holds yet count as vouchers. For an \
      asset that teleports, the escrow is what its home chain's checking account counts. Exit code 7 when it is not. \
      More escrow than is owed, which anyone can cause by a gift to such an account, is passed with --allow-surplus.

        echochain audit supply
        echochain audit supply --json --allow-surplus
      """)

  @Flag(help: "Do not complain about escrow above what is owed.") var allowSurplus = false
  @OptionGroup var network: NetworkOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let linked = try await network.connect()
    let report = try await auditSupply(linked)
    await linked.close()
    print.output.json(report.json)
    report.show(print.output)
    if let short = report.rows.first(where: { !$0.isCovered }) {
      throw Complaint.partial("vouchers of \(short.symbol) on \(short.holder) are not covered by the escrow on \(short.reserve)")
    }
    if !allowSurplus, let over = report.rows.first(where: { !$0.isBalanced }) {
      throw Complaint.partial("the escrow of \(over.symbol) on \(over.reserve) for \(over.holder) holds more than is owed")
    }
  }
}

extension SupplyReport {
  var json: JSON {
    [
      "network": .string(network), "balanced": JSON(isBalanced), "covered": JSON(isCovered), "messagesInFlight": JSON(messagesInFlight),
      "cuts": .array(cuts.map { ["chain": .string($0.chain), "number": JSON($0.number), "hash": .hash($0.hash)] }),
      "assets": .array(
        rows.map { row in
          [
            "symbol": .string(row.symbol), "decimals": JSON(row.decimals), "reserve": .string(row.reserve), "holder": .string(row.holder),
            "backing": .string(row.backing.rawValue),
            "escrow": .decimal(row.escrow), "vouchers": .decimal(row.vouchers), "outward": .decimal(row.outward),
            "homeward": .decimal(row.homeward), "trapped": .decimal(row.trapped), "uncollected": .decimal(row.uncollected),
            "balanced": JSON(row.isBalanced),
            "difference": .string((row.difference.isNegative ? "-" : "") + "\(row.difference.magnitude)"),
          ]
        }),
    ]
  }

  /// Prints the cut and a row for each asset and pair of chains.
  func show(_ output: Output) {
    output.line("  " + cuts.map { "\($0.chain) #\($0.number)" }.joined(separator: " · ") + "   messages in flight: \(messagesInFlight)")
    var table = Table(
      "asset", "reserve", "vouchers on", "escrow", "vouchers", "in flight", "trapped", "difference", numeric: [3, 4, 5, 6, 7])
    table.rows = rows.map { row in
      let flight = row.outward.addingSaturating(row.homeward)
      let amounts = [row.escrow, row.vouchers.addingSaturating(row.uncollected), flight, row.trapped].map {
        Amount.format($0, decimals: row.decimals)
      }
      let reserve = row.backing == .checking ? "\(row.reserve) (teleports)" : row.reserve
      return [row.symbol, reserve, row.holder] + amounts + [Amount.format(row.difference, decimals: row.decimals)]
    }
    output.table(table)
    let verdict =
      isBalanced
      ? output.terminal.style("escrow = vouchers + in flight + trapped", .green)
      : isCovered
        ? output.terminal.style("covered, with more in escrow than is owed", .yellow)
        : output.terminal.style("NOT COVERED", .red)
    output.line("  \(verdict)")
  }
}

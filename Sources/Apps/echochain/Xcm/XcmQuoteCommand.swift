import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import PalletSupport
import Primitives
import RPC
import XCM
import XcmTools

/// `echochain xcm quote`
struct XcmQuoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote", abstract: "Say what a transfer costs on every hop, and what the recipient gets.",
    discussion: """
      Tries the transfer out on every chain on its way, with their state of now. Nothing is sent. Examples:

        echochain xcm quote --from market --to studio --asset ECHO --amount 2 --recipient bob
        echochain xcm quote --from hub --to market --asset CRED --amount 10 --recipient bob --json
      """)

  @Option(help: "Chain that the asset leaves.") var from: String
  @Option(help: "Chain that it goes to.") var to: String
  @Option(help: "Symbol of the asset as the source chain knows it.") var asset: String
  @Option(help: "Amount such as 12.5.") var amount: String
  @Option(help: "Account on the destination.") var recipient: String
  @Option(help: "Account that sends.") var sender = "alice"
  @Option(help: "Symbol of an asset that goes along and pays for execution.") var feeAsset: String?
  @Option(help: "Amount of it.") var feeAmount: String?
  @OptionGroup var network: NetworkOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    if (feeAsset == nil) != (feeAmount == nil) { throw ValidationError("--fee-asset and --fee-amount go together") }
  }

  func run() async throws {
    var linked = try network.unconnected()
    let source = try await linked.connected(from)
    let destination = try linked.file.chain(to)
    guard source.info.paraId != destination.paraId else {
      throw Complaint.usage(
        "\(from) is source and destination; a transfer within a chain costs its transaction fee only")
    }
    let order = try await TransferText(
      from: from, to: to, asset: asset, amount: amount, recipient: recipient, feeAsset: feeAsset, feeAmount: feeAmount
    ).order(on: source, keys: keys)
    let account = try await keys.account(sender, on: source)
    let trial = try await NetworkTrial.of(
      transferCall(order, to: destination.paraId), by: account, on: from, in: &linked)
    await linked.close()
    let quote = Quote(trial: trial, recipient: order.recipient, destination: destination.paraId)
    print.output.json(quote.json)
    quote.show(print.output)
    if let (hop, text) = trial.failure { throw Complaint.refused("it would stop on \(hop.chain): \(text)") }
    if let (_, _, reason) = trial.unknown.first { throw Complaint.partial("the quote ends early: \(reason)") }
  }
}

/// What a transfer costs, and what arrives.
struct Quote {
  /// A fee on one hop.
  struct Line {
    var chain: String
    var what: String
    var assets: [Asset]
    var names: XcmNames

    /// One value for each asset.
    var json: [JSON] {
      assets.map { asset in
        [
          "chain": .string(chain), "fee": .string(what), "amount": .decimal(asset.amount ?? 0),
          "asset": .string(names.unit(of: asset.id)?.symbol ?? "\(asset.id)"),
        ]
      }
    }
  }

  let lines: [Line]
  /// What the recipient has more of on the destination.
  let received: [(change: XcmLedgerChange, names: XcmNames)]
  private let destination: String

  init(trial: NetworkTrial, recipient: AccountID, destination: UInt32) {
    lines = Self.lines(of: trial)
    let arrivals = trial.hops.filter { $0.paraId == destination && $0.sender != nil }
    received = arrivals.flatMap { hop in
      hop.run.ledger.filter { $0.account == recipient && $0.difference.isGain }.map { ($0, hop.names) }
    }
    self.destination = arrivals.first?.chain ?? "the destination"
  }

  /// Every fee on every hop.
  static func lines(of trial: NetworkTrial) -> [Line] {
    var lines: [Line] = []
    for hop in trial.hops {
      if case .call(let trace) = hop.cause {
        lines.append(
          Line(chain: hop.chain, what: "transaction fee", assets: [Asset(.here, amount: trace.fee)], names: hop.names))
      }
      for fee in hop.run.programs.flatMap(\.fees) + hop.run.fees {
        lines.append(Line(chain: hop.chain, what: fee.kind.text, assets: fee.assets, names: hop.names))
      }
    }
    return lines
  }

  var json: JSON {
    [
      "fees": .array(lines.flatMap(\.json)),
      "received": .array(
        received.map { change, names in
          [
            "amount": .decimal(change.difference.amount),
            "asset": .string(names.unit(of: change.asset)?.symbol ?? "\(change.asset)"),
          ]
        }),
    ]
  }

  func show(_ output: Output) {
    var table = Table("chain", "fee", "amount", numeric: [2])
    for line in lines { table.rows.append([line.chain, line.what, line.names.text(line.assets)]) }
    output.table(table)
    let amounts = received.map { change, names in names.text(change.difference.amount, of: change.asset) }
    output.line(
      "  the recipient gets \(amounts.isEmpty ? "nothing" : amounts.joined(separator: " + ")) on \(destination)")
  }
}

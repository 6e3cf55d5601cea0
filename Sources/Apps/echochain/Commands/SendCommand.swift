import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import Primitives
import RPC

/// `echochain send`
struct SendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Move an asset to another chain.",
    discussion: """
      Goes straight where the asset's reserve allows, and else over the reserve chain in two hops. What is not received \
      in time comes back. --wait follows the message until it is executed, has failed, or was given back.

      Before anything moves the transfer is tried out on every chain on its way: what would fail there is refused here, \
      with the reason. --untried sends it all the same. An asset that buys no execution takes another one along with \
      --fee-asset. Examples:

        echochain send --from hub --to market --asset ECHO --amount 25 --recipient bob --sender alice --wait
        echochain send --from market --to studio --asset ECHO --amount 5 --recipient charlie --timeout 10m --wait
        echochain send --from hub --to market --asset CRED --amount 10 --fee-asset ECHO --fee-amount 0.1 --recipient bob --wait
      """)

  @Option(help: "Chain that the asset leaves.") var from: String
  @Option(help: "Chain that it goes to.") var to: String
  @Option(help: "The asset, by symbol or location as the source chain knows it.") var asset: String
  @Option(help: "Amount such as 12.5.") var amount: String
  @Option(help: "Account on the destination: an address, 32 bytes after 0x, a stored key, or a development name.") var recipient: String
  @Option(help: "Key that signs and pays on the source chain.") var sender = "alice"
  @Option(help: "How long each hop may take before it is undone: 30s, 10m, 2h. One hour unless given.") var timeout: TimeSpan?
  @Option(help: "An asset, by symbol or location, that goes along and pays for execution; what is left of it reaches the recipient.")
  var feeAsset: String?
  @Option(help: "Amount of it.") var feeAmount: String?
  @Flag(help: "Send it without trying it out first.") var untried = false
  @Flag(help: "Follow the message to its end.") var wait = false
  @Option(name: .customLong("wait-for"), help: "How long to follow it: 30s, 10m.") var longest = TimeSpan(milliseconds: 120_000)
  @OptionGroup var network: NetworkOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    if (feeAsset == nil) != (feeAmount == nil) { throw ValidationError("--fee-asset and --fee-amount go together") }
  }

  func run() async throws {
    var linked = try network.unconnected()
    let ends = [try linked.file.chain(from), try linked.file.chain(to)]
    // The other chains are needed to try the transfer and to follow the message only.
    try await linked.connect(wait ? ends : [ends[0]])
    let source = try linked.chain(from)
    let order = try await TransferText(
      from: from, to: to, asset: asset, amount: amount, recipient: recipient, feeAsset: feeAsset, feeAmount: feeAmount
    ).order(on: source, keys: keys, timeout: timeout?.milliseconds)
    if wait, let reserve = try order.reserveBetween(in: linked.file) { try await linked.connect([reserve]) }
    let key = try await keys.signer(sender, on: source)
    let output = print.output
    if !untried { try await order.tryOut(by: key.publicKey.accountID, in: &linked, output) }
    let report = try await transfer(
      order, over: linked, key: key, wait: wait ? longest.duration : nil
    ) { output.progress($0.text) }
    output.json(report.json)
    report.show(output)
    await linked.close()
    try report.check()
  }
}

/// A transfer as it is written on the command line.
struct TransferText {
  var from: String
  var to: String
  var asset: String
  var amount: String
  var recipient: String
  var feeAsset: String?
  var feeAmount: String?

  /// Reads it with the eyes of the source chain.
  func order(on source: ChainClient, keys: KeystoreOptions, timeout: Milliseconds? = nil) async throws -> TransferOrder {
    let known = try await source.asset(named: asset)
    var order = TransferOrder(
      from: from, to: to, asset: known, amount: try Amount.parse(amount, symbol: known.symbol, decimals: known.decimals),
      recipient: try await keys.account(recipient, on: source), timeout: timeout)
    if let feeAsset, let feeAmount {
      let payer = try await source.asset(named: feeAsset)
      guard payer.location != known.location else { throw Complaint.usage("--fee-asset names the asset itself; leave it out") }
      order.fee = TransferOrder.FeeAsset(
        asset: payer, amount: try Amount.parse(feeAmount, symbol: payer.symbol, decimals: payer.decimals))
    }
    return order
  }
}

extension TransferOrder {
  /// Tries the transfer out on every chain on its way.
  /// - Throws: A ``Complaint`` that says where it would stop, and why. A chain that cannot be asked is told only.
  func tryOut(by account: AccountID, in network: inout LinkedNetwork, _ output: Output) async throws {
    let paraId = try network.file.chain(to).paraId
    let trial = try await NetworkTrial.of(transferCall(self, to: paraId), by: account, on: from, in: &network)
    if let (hop, text) = trial.failure {
      let buysNothing = hop.failedStep?.detail?.requirement == .feeAsset
      let advice = buysNothing && fee == nil ? ": let one of them go along with --fee-asset and --fee-amount" : ""
      throw Complaint.refused("nothing was sent: on \(hop.chain), \(text)\(advice)")
    }
    for (_, _, reason) in trial.unknown { output.progress("not tried out to the end: \(reason)") }
  }
}

extension TransferReport {
  var json: JSON {
    [
      "messageId": .hash(messageID), "extrinsic": .hash(extrinsicHash),
      "sent": ["chain": .string(order.from), "block": JSON(sentIn.number), "hash": .hash(sentIn.hash)],
      "asset": .string(order.asset.symbol), "amount": .decimal(order.amount), "from": .string(order.from), "to": .string(order.to),
      "recipient": .hex(order.recipient.bytes), "status": .string(ending.name), "milliseconds": JSON(Int64(elapsed.milliseconds)),
      "hops": .array(hops.map(\.json)),
    ]
  }

  /// Prints the way and the end.
  func show(_ output: Output) {
    let verdict =
      switch ending {
      case .executed: output.terminal.style("executed", .green)
      case .pending: output.terminal.style("on its way", .yellow)
      case .failed(let chain, let reason):
        output.terminal.style("failed on \(chain), \(reason); its assets wait there for the sender", .red)
      case .refunded(let chain): output.terminal.style("not executed; its assets came back on \(chain)", .yellow)
      }
    output.facts([
      ("transfer", "\(order.asset.text(order.amount))  \(order.from) → \(order.to)  \(SS58.encode(order.recipient))"),
      ("message", messageID.hex), ("extrinsic", extrinsicHash.hex),
      ("hops", hops.map { "\($0.from) #\($0.sentAt) → \($0.to)\($0.receivedAt.map { " #\($0)" } ?? "")" }.joined(separator: ", ")),
      ("status", "\(verdict)  \(Spoken.duration(elapsed))"),
    ])
  }

  /// - Throws: A ``Complaint`` unless the message was executed or is on its way as expected.
  func check() throws {
    switch ending {
    case .executed, .pending: return
    case .failed(let chain, let reason): throw Complaint.refused("the message failed on \(chain): \(reason)")
    case .refunded(let chain): throw Complaint.refused("the message was not executed; its assets came back on \(chain)")
    }
  }
}

extension MessageHop {
  var json: JSON {
    [
      "from": .string(from), "to": .string(to), "lane": .hash(lane), "nonce": JSON(nonce), "sentAt": JSON(sentAt),
      "receivedAt": receivedAt.map { JSON($0) } ?? .null, "outcome": outcome.map { .string($0.text) } ?? .null, "settled": JSON(isSettled),
      "milliseconds": receivedTime.map { JSON($0.subtractingSaturating(sentTime)) } ?? .null,
    ]
  }
}

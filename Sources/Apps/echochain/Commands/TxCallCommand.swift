import ArgumentParser
import ChainClient
import Foundation
import Keys
import Metadata
import Primitives
import RPC

struct TxCall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Make any call of any Substrate chain.",
    discussion: """
      The call is made by the node's metadata, so the chain need not be one of this program's. Arguments are one JSON object \
      with the call's parameters, or a list in their order: accounts as addresses or names, bytes in hexadecimal, variants as \
      their name or as an object with it, amounts in smallest units as numbers or as text. --estimate shows the fee, --dry-run \
      the encoded call; both send nothing. 'echochain query metadata --pallet NAME' lists calls. Examples:

        echochain tx call Balances.transfer_keep_alive --args '{"dest":"bob","value":"1000000000000"}' --chain hub --from alice
        echochain tx call System.remark --args '["0x1234"]' --url ws://127.0.0.1:9944 --from alice --estimate
        echochain tx call Sudo.sudo --args '{"call":{"Messages":{"pause_lane":{"lane":"0x…"}}}}' --chain hub --from alice
      """)

  @Argument(help: "Pallet and call, such as Balances.transfer_keep_alive.") var call: String
  @Option(help: "JSON object, or list, with the call's arguments.") var args = "{}"
  @Flag(help: "Print the encoded call and send nothing.") var dryRun = false
  @Flag(help: "Show what the call would cost and send nothing.") var estimate = false
  @OptionGroup var signing: SigningOptions
  @OptionGroup var kind: SchemeOptions
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    if dryRun, estimate { throw ValidationError("give --dry-run or --estimate") }
  }

  func run() async throws {
    let node = try await target.connectToAny()
    let keys = try await keys.knowing(node)
    let (pallet, name) = try DottedName.parse(call, example: "a pallet and a call, such as Balances.transfer_keep_alive")
    let metadata = try await node.metadata()
    let bytes = try encode(pallet, name, metadata, keys)
    let presenter = DynamicPresenter(registry: metadata.registry, ss58Prefix: node.ss58Prefix)
    if dryRun {
      try print.output.json(["call": .hex(bytes), "decoded": try decoded(bytes, metadata, presenter)])
      print.output.line(Hex.encode(bytes))
    } else {
      let tip = try signing.tip.map { try Amount.parse($0, symbol: node.tokenSymbol, decimals: node.tokenDecimals) } ?? 0
      let draft = TransactionDraft(node: node, metadata: metadata, call: bytes, tip: tip)
      if estimate {
        try show(try await draft.fee(payer: try await payer(keys)), bytes, node)
      } else {
        let key = try await keys.signer(signing.from, kind, on: nil)
        try await send(try await draft.signed(by: key), node, metadata, presenter)
      }
    }
    await node.close()
  }

  private func encode(_ pallet: String, _ name: String, _ metadata: RuntimeMetadata, _ keys: KeystoreOptions) throws -> [UInt8] {
    let arguments = try DynamicJSON.value(parsing: args, option: "--args")
    do throws(RuntimeLookupError) {
      return try metadata.encodeCall(pallet, name, arguments: arguments, accounts: keys.accountReader)
    } catch {
      if case .value(let reason) = error { throw Complaint.usage("--args: \(reason)") }
      throw error
    }
  }

  private func decoded(_ bytes: [UInt8], _ metadata: RuntimeMetadata, _ presenter: DynamicPresenter) throws -> JSON {
    guard let type = metadata.callType else { return .null }
    return presenter.json(try metadata.decodeCall(bytes), type)
  }

  /// The account that pays; of a key that needs no password, the account of its kind.
  private func payer(_ keys: KeystoreOptions) async throws -> AccountID {
    if kind.scheme != .ecdsa || signing.from.hasPrefix("/") { return try await keys.signer(signing.from, kind, on: nil).accountID }
    return try await keys.account(signing.from, on: nil)
  }

  private func show(_ fee: TransactionFee, _ call: [UInt8], _ node: SubstrateNode) throws {
    let refTime: JSON = fee.refTime.map { .decimal($0) } ?? .null
    print.output.json(["call": .hex(call), "fee": .decimal(fee.amount), "refTime": refTime, "class": .string(fee.dispatchClass)])
    print.output.facts([
      ("call", Spoken.short(Hex.encode(call)) + ", \(call.count) B"),
      ("fee", Amount.format(fee.amount, symbol: node.tokenSymbol, decimals: node.tokenDecimals)),
      ("weight", (fee.refTime.map { "\(Double($0) / 1e9) ms, " } ?? "") + fee.dispatchClass),
    ])
  }

  private func send(_ extrinsic: [UInt8], _ node: SubstrateNode, _ metadata: RuntimeMetadata, _ presenter: DynamicPresenter) async throws {
    let transaction = SentTransaction(bytes: extrinsic, node: node)
    if signing.noWait {
      let hash = try await transaction.submit()
      print.output.json(["extrinsic": .hash(hash)])
      return print.output.facts([("extrinsic", hash.hex)])
    }
    let block = try await transaction.submitAndWait(within: .milliseconds(Int64(signing.within * 1000)))
    let outcome = try await transaction.outcome(in: block, presenter: presenter, metadata: metadata)
    print.output.json([
      "extrinsic": .hash(transaction.hash), "block": ["number": JSON(outcome.number), "hash": .hash(block)], "index": JSON(outcome.index),
      "success": JSON(outcome.failure == nil), "error": outcome.failure.map { .string($0) } ?? .null, "events": .array(outcome.events),
    ])
    print.output.facts([("extrinsic", transaction.hash.hex), ("block", "\(node.name) #\(outcome.number) \(block)")])
    for event in outcome.events { print.output.line("  \(EventText.line(event))") }
    if let failure = outcome.failure { throw Complaint.refused("\(node.name) refused the call: \(failure)") }
  }
}

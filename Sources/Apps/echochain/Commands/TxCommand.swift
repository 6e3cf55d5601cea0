import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletBalances
import PalletSupport
import Primitives
import RPC
import ScaleCodec

/// `echochain tx …`
struct TxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tx", abstract: "Sign transactions and send them.",
    subcommands: [TxTransfer.self, TxCall.self, TxSubmit.self])
}

/// Who signs, and what to wait for.
struct SigningOptions: ParsableArguments {
  @Option(help: "Stored key that signs and pays; a development name on a development chain.") var from: String
  @Option(help: "Tip for the block's author, in the native token.") var tip: String?
  @Option(help: "Seconds to wait for the transaction's block.") var within: Double = 60
  @Flag(name: .customLong("no-wait"), help: "Return once the node has taken the transaction.") var noWait = false

  func validate() throws {
    guard Spans.seconds.contains(within) else { throw ValidationError("--within is not 0.1 to 86400 seconds") }
  }

  /// Signs, sends and reports; ends with exit code 6 when the call failed.
  func send(_ call: RuntimeCall, key: SecretKey, to client: ChainClient, _ output: Output) async throws {
    try await send(call, key: .ecdsa(key), to: client, output)
  }

  /// The same with a key of any kind.
  func send(_ call: RuntimeCall, key: AccountKey, to client: ChainClient, _ output: Output) async throws {
    let amount = try tip.map { try Amount.parse($0, symbol: client.info.tokenSymbol, decimals: client.info.tokenDecimals) } ?? 0
    if noWait {
      let hash = try await client.submit(call, key: key, tip: amount)
      output.json(["extrinsic": .hash(hash)])
      return output.facts([("extrinsic", hash.hex)])
    }
    let inclusion = try await client.submitAndWait(call, key: key, tip: amount, timeout: .milliseconds(Int64(within * 1000)))
    try inclusion.show(output, on: client)
  }
}

extension Inclusion {
  /// Prints where the extrinsic is and what it did.
  /// - Throws: A ``Complaint`` when the call failed.
  func show(_ output: Output, on client: ChainClient) throws {
    let list = try events.map { try EventText.json($0) }
    output.json([
      "extrinsic": .hash(extrinsicHash), "block": ["number": JSON(block.number), "hash": .hash(block.hash)], "index": JSON(index),
      "success": JSON(failure == nil), "error": failure.map { .string(spell($0)) } ?? .null, "events": .array(list),
    ])
    output.facts([("extrinsic", extrinsicHash.hex), ("block", "\(client.info.name) #\(block.number) \(block.hash)")])
    for event in list { output.line("  \(EventText.line(event))") }
    if let failure { throw Complaint.refused("\(client.info.name) refused the call: \(spell(failure))") }
  }
}

struct TxTransfer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer", abstract: "Move native tokens within one chain.",
    discussion: """
      The sender's account stays alive; --all empties it. To another chain: 'echochain send'. Examples:

        echochain tx transfer --chain hub --from alice --to bob --amount 12.5
        echochain tx transfer --url ws://127.0.0.1:9944 --from carol --to 5C7C… --amount "3 ECHO"
        echochain tx transfer --chain hub --from //Alice --scheme sr25519 --to bob --amount 1
      """)

  @Option(help: "Receiver: an address, 32 bytes after 0x, a stored key, or a development name.") var to: String
  @Option(help: "Amount such as 12.5.") var amount: String?
  @Flag(help: "Everything, closing the sender's account.") var all = false
  @OptionGroup var signing: SigningOptions
  @OptionGroup var kind: SchemeOptions
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (amount != nil) != all else { throw ValidationError("give --amount or --all") }
  }

  func run() async throws {
    let client = try await target.connect()
    let receiver = MultiAddress.id(try await keys.account(to, on: client))
    let call: Balances.Call
    if let amount {
      let value = try Amount.parse(amount, symbol: client.info.tokenSymbol, decimals: client.info.tokenDecimals)
      call = .transferKeepAlive(dest: receiver, value: Compact(value))
    } else {
      call = .transferAll(dest: receiver, keepAlive: false)
    }
    try await signing.send(.balances(call), key: try await keys.signer(signing.from, kind, on: client), to: client, print.output)
  }
}

/// Calls as people write them.
enum CallText {
  /// `transfer_keep_alive`, `transferKeepAlive` and `TransferKeepAlive` are the same call; pallets likewise.
  private static func plain(_ name: String) -> String { name.filter { $0 != "_" }.lowercased() }

  /// `transfer_keep_alive`
  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in text += letter.isUppercase && !text.isEmpty ? "_" + letter.lowercased() : letter.lowercased() }
  }

  /// Encodes `Pallet.call` with a JSON object of arguments.
  static func encode(_ name: String, args: String, account: @escaping ScaleJSON.AccountReader) throws -> [UInt8] {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, case .variant(let pallets) = RuntimeCall.typeShape.definition else {
      throw Complaint.usage("'\(name)' is not a pallet and a call, such as Balances.transfer_keep_alive")
    }
    guard let pallet = pallets.first(where: { plain($0.name) == plain(parts[0]) }),
      case .variant(let calls)? = pallet.fields.first?.type.shape.definition
    else { throw Complaint.usage("there is no pallet '\(parts[0])'; there are \(pallets.map(\.name).joined(separator: ", "))") }
    guard let call = calls.first(where: { plain($0.name) == plain(parts[1]) }) else {
      let known = calls.map { snake($0.name) }.joined(separator: ", ")
      throw Complaint.usage("\(pallet.name) has no call '\(parts[1])'; it has \(known)")
    }
    let arguments: JSON
    do { arguments = try JSON(parsing: args) } catch { throw Complaint.usage("--args is no JSON: \(error)") }
    let value: JSON = [pallet.name: call.fields.isEmpty ? .string(call.name) : [call.name: arguments]]
    return try ScaleJSON.encode(value, as: RuntimeCall.self, account: account)
  }
}

/// Events as people read them.
enum EventText {
  static func json(_ record: DecodedEvent) throws -> JSON {
    let event = try ScaleJSON.decode(RuntimeEvent.self, bytes: record.event.encoded())
    let phase = try ScaleJSON.decode(Phase.self, bytes: record.phase.encoded())
    var members: [String: JSON] = ["phase": phase, "topics": .array(record.topics.map { .hash($0) })]
    if let (pallet, inner) = event.asObject?.first {
      members["pallet"] = .string(pallet)
      members["event"] = .string(inner.asString ?? inner.asObject?.keys.first ?? "")
      members["fields"] = inner.asObject?.values.first ?? [:]
    }
    return .object(members)
  }

  /// `Balances.Transfer {"amount":"1", …}`
  static func line(_ event: JSON) -> String {
    let name = "\(event["pallet"]?.asString ?? "?").\(event["event"]?.asString ?? "?")"
    let fields = event["fields"]?.description ?? ""
    return fields == "{}" ? name : "\(name)  \(fields)"
  }
}

import ArgumentParser
import ChainClient
import EchoRuntime
import Finality
import Foundation
import Keys
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain query …`
struct QueryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Read what a chain says about blocks, accounts, storage, events and its runtime.",
    discussion: "Answers come from the node and are trusted; 'echochain proof export' proves them.",
    subcommands: [
      QueryBlock.self, QueryAccount.self, QueryStorage.self, QueryEvents.self, QueryMetadata.self, QueryConstants.self,
    ])
}

/// A block by height or hash.
struct BlockOptions: ParsableArguments {
  @Option(name: .customLong("at"), help: "Block by height or hash; the newest finalised one unless given.") var at: String?

  /// The block that is meant, with its header.
  func resolve(on client: ChainClient) async throws -> (header: Header, hash: H256) {
    let found: (header: Header, hash: H256)?
    if let at {
      if let number = BlockNumber(at) {
        found = try await client.header(at: number)
      } else if let hash = H256(hex: at) {
        found = try await client.header(at: hash)
      } else {
        throw Complaint.usage("'\(at)' is neither a height nor a block hash")
      }
    } else {
      found = try await client.header(at: try await client.finalized().hash)
    }
    guard let found else { throw Complaint.refused("\(client.info.name) has no block \(at ?? "")") }
    return found
  }
}

struct QueryBlock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "block", abstract: "Show a block and its finality proof.",
    discussion: "  echochain query block --chain hub\n  echochain query block --chain hub --at 118 --json")

  @OptionGroup var block: BlockOptions
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let client = try await target.connect()
    let (header, hash) = try await block.resolve(on: client)
    let number = header.number.value
    let time = try await client.timestamp(at: hash)
    let certified = number == 0 ? nil : try await client.finalityProof(at: number)
    let body = try await client.call("chain_getBlock", [.hash(hash)])["block"]?["extrinsics"]?.asArray ?? []
    let signers = certified?.proof.signed.signatures
    print.output.json([
      "number": JSON(number), "hash": .hash(hash), "parentHash": .hash(header.parentHash), "stateRoot": .hash(header.stateRoot),
      "extrinsicsRoot": .hash(header.extrinsicsRoot), "mmrRoot": header.mmrRoot.map { .hash($0) } ?? .null, "timestamp": JSON(time),
      "extrinsics": .array(body), "setId": certified.map { JSON($0.setID) } ?? .null,
      "signatures": signers.map { JSON($0.count) } ?? 0, "validators": signers.map { JSON($0.validatorCount) } ?? 0,
    ])
    var facts: [(name: String, value: String)] = [
      ("block", "\(client.info.name) #\(number)"), ("hash", hash.hex), ("parent", header.parentHash.hex), ("time", Spoken.time(time)),
      ("state root", header.stateRoot.hex), ("extrinsics", "\(body.count), root \(header.extrinsicsRoot)"),
    ]
    if let certified, let signers {
      facts.append(
        ("final", "\(signers.count) of \(signers.validatorCount) signatures of set \(certified.setID), \(certified.proof.encodedSize) B"))
    }
    print.output.facts(facts)
  }
}

struct QueryAccount: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Show what an account has, on one chain or on all.",
    discussion: """
      Without --chain and --url every chain of the running network is asked; exit code 7 when one does not answer.

        echochain query account bob
        echochain query account 5C7C… --chain market --at 118
      """)

  @Argument(help: "Address, 32 bytes after 0x, a stored key, or a development name.") var account: String
  @OptionGroup var block: BlockOptions
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let (clients, absent) = try await connect()
    guard block.at == nil || clients.count == 1 else {
      throw Complaint.usage("--at needs --chain or --url: heights differ from chain to chain")
    }
    let who = try await keys.account(account, on: clients[0])
    var table = Table("chain", "block", "asset", "free", "held", "nonce", numeric: [1, 3, 4, 5])
    var list: [JSON] = []
    for client in clients {
      let (header, hash) = try await block.resolve(on: client)
      let info = try await client.account(who, at: hash)
      for asset in try await client.knownAssets(at: hash) {
        let isNative = asset.location.isHere
        let balance = isNative ? info.data.free : try await client.balance(of: who, asset: asset.location, at: hash)
        guard isNative || balance > 0 else { continue }
        let held = isNative ? info.data.reserved : 0
        table.rows.append([
          client.info.name, "#\(header.number.value)", asset.symbol, Amount.format(balance, decimals: asset.decimals),
          isNative ? Amount.format(held, decimals: asset.decimals) : "", isNative ? "\(info.nonce)" : "",
        ])
        var members: [String: JSON] = [
          "chain": .string(client.info.name), "block": JSON(header.number.value), "asset": .string(asset.symbol),
          "location": .string(asset.location.description), "free": .decimal(balance), "decimals": JSON(asset.decimals),
        ]
        if isNative {
          members["reserved"] = .decimal(held)
          members["nonce"] = JSON(info.nonce)
        }
        list.append(.object(members))
      }
    }
    print.output.json([
      "account": .hex(who.bytes), "address": .string(SS58.encode(who, prefix: clients[0].info.ss58Prefix)), "balances": .array(list),
    ])
    let name = AccountText.developmentName(of: who).map { "  \($0)" } ?? ""
    print.output.line("  \(SS58.encode(who, prefix: clients[0].info.ss58Prefix))\(name)")
    print.output.table(table)
    if let absent { throw Complaint.partial(absent) }
  }

  /// Connects to the chain that is meant, or to all that answer.
  /// - Returns: At least one chain, and a sentence about those that do not answer.
  /// - Throws: When none answers.
  private func connect() async throws -> (clients: [ChainClient], absent: String?) {
    guard target.chain == nil, target.url == nil else { return ([try await target.connect()], nil) }
    var linked = try target.network.unconnected()
    let absent = try await linked.connectToAnswering()
    return (linked.chains, absent)
  }
}

struct QueryEvents: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show the events of a block, or of the newest blocks.",
    discussion: """
        echochain query events --chain hub --at 118
        echochain query events --chain market --last 50 --pallet Messages
        echochain query events --chain market --last 200 --topic 0x5c1e…
      """)

  @OptionGroup var block: BlockOptions
  @Option(help: "How many blocks to read, up to and with the block.") var last: UInt32 = 1
  @Option(help: "Only events of this pallet.") var pallet: String?
  @Option(help: "Only events with this topic, such as a message id.") var topic: String?
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let client = try await target.connect()
    let newest = try await block.resolve(on: client).header.number.value
    let wanted = try topic.map { text in
      guard let hash = H256(hex: text) else { throw Complaint.usage("--topic is not 32 bytes in hexadecimal") }
      return hash
    }
    var list: [JSON] = []
    for number in newest.subtractingSaturating(max(last, 1) - 1)...newest {
      guard let (_, hash) = try await client.header(at: number) else { continue }
      for record in try await client.events(at: hash) where wanted.map(record.topics.contains) ?? true {
        let event = try EventText.json(record)
        if let pallet, event["pallet"]?.asString?.lowercased() != pallet.lowercased() { continue }
        var members = event.asObject ?? [:]
        members["block"] = JSON(number)
        list.append(.object(members))
        print.output.line("  #\(number)  \(EventText.line(event))")
      }
    }
    print.output.json(.array(list))
    if list.isEmpty { print.output.line("  no such events in \(max(last, 1)) block\(last > 1 ? "s" : "") up to #\(newest)") }
  }
}

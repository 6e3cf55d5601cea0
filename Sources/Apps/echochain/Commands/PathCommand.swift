import ArgumentParser
import ChainClient
import Finality
import Foundation
import Lanes
import LightClient
import Primitives
import RPC

/// `echochain path …`
struct PathCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Show the links between chains.", subcommands: [PathList.self, PathShow.self],
    defaultSubcommand: PathList.self)
}

struct PathList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all paths with their light clients and messages.",
    discussion: """
      Both directions of every path of the running network, or the ends that one chain has. Exit code 7 when a chain of \
      the network does not answer.

        echochain path list
        echochain path list --url ws://127.0.0.1:9944 --json
      """)

  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let (ends, absent) = try await PathReading.ends(target)
    print.output.json(.array(ends.map(\.json)))
    show(ends)
    if let absent { throw Complaint.partial(absent) }
  }

  private func show(_ ends: [PathEnd]) {
    guard !ends.isEmpty else { return print.output.line("  no paths are open") }
    var table = Table(
      "from", "to", "lane", "status", "sent", "unsettled", "received", "client", "height", "behind", numeric: [4, 5, 6, 8, 9])
    table.rows = ends.map { end in
      [
        end.chain, end.counterparty, Spoken.short(end.lane.hex), "\(end.outbound.status)", "\(end.outbound.latestGenerated)",
        "\(end.outbound.unsettled)", "\(end.inbound.highestReceived)", end.client.map { "\($0.status)" } ?? "none",
        end.client.map { "\($0.number)" } ?? "", end.lag.map { "\($0)" } ?? "",
      ]
    }
    print.output.table(table)
  }
}

struct PathShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show both ends of one path in full.",
    discussion: "  echochain path show hub market\n  echochain path show --from market --to studio --json")

  @Argument(help: "The two chains of the path.") var ends: [String] = []
  @Option(help: "One chain of the path.") var from: String?
  @Option(help: "The other chain.") var to: String?
  @OptionGroup var network: NetworkOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (ends + [from, to].compactMap(\.self)).count == 2 else { throw ValidationError("name the two chains of the path") }
  }

  func run() async throws {
    var linked = try network.unconnected()
    let entries = try (ends + [from, to].compactMap(\.self)).map { try linked.file.chain($0) }
    let names = entries.map(\.name)
    try await linked.connect(entries)
    let both = try await pathEnds(of: linked).filter { [$0.chain, $0.counterparty].sorted() == names.sorted() }
    guard !both.isEmpty else { throw Complaint.refused("there is no path between \(names[0]) and \(names[1])") }
    print.output.json(["lane": .hash(both[0].lane), "ends": .array(both.map(\.json))])
    print.output.line("  lane \(both[0].lane), \(both[0].outbound.mode)")
    for end in both {
      print.output.line()
      print.output.line("  \(print.output.terminal.style("\(end.chain) → \(end.counterparty)", .bold))  at #\(end.block)")
      print.output.facts(end.facts)
    }
  }
}

/// Where the path commands read.
private enum PathReading {
  /// - Returns: The ends, and a sentence about chains that do not answer.
  static func ends(_ target: ChainOptions) async throws -> (ends: [PathEnd], absent: String?) {
    guard target.chain != nil || target.url != nil else {
      var linked = try target.network.unconnected()
      let absent = try await linked.connectToAnswering()
      return (try await pathEnds(of: linked), absent)
    }
    let names = (try? target.network.file())?.chains ?? []
    let client = try await target.connect()
    return (try await pathEnds(of: client) { para in names.first { $0.paraId == para }?.name ?? "chain \(para)" }, nil)
  }
}

extension PathEnd {
  var json: JSON {
    var members: [String: JSON] = [
      "chain": .string(chain), "counterparty": .string(counterparty), "counterpartyParaId": JSON(counterpartyParaId), "lane": .hash(lane),
      "mode": .string("\(outbound.mode)"), "status": .string("\(outbound.status)"), "block": JSON(block),
      "sent": JSON(outbound.latestGenerated),
      "oldestUnsettled": JSON(outbound.oldestUnsettled), "unsettled": JSON(outbound.unsettled), "confirmed": JSON(outbound.confirmed),
      "timedOut": JSON(outbound.timedOut), "highestReceived": JSON(inbound.highestReceived), "prunedBelow": JSON(inbound.prunedBelow),
      "receipts": JSON(inbound.receipts), "clientId": JSON(clientId),
    ]
    if let client {
      members["client"] = [
        "status": .string("\(client.status)"), "number": JSON(client.number), "hash": .hash(client.headerHash),
        "timestamp": JSON(client.timestamp),
        "currentSet": JSON(client.current.id), "expiresAt": JSON(client.expiry),
      ]
    }
    if let lag { members["behind"] = JSON(lag) }
    return .object(members)
  }

  /// All that is known of this end, for people.
  var facts: [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = [
      ("status", "\(outbound.status)"),
      (
        "sent",
        "\(outbound.latestGenerated), of which \(outbound.confirmed) confirmed, \(outbound.timedOut) timed out, \(outbound.unsettled) unsettled"
      ),
      ("received", "up to nonce \(inbound.highestReceived); \(inbound.receipts) receipts kept, pruned below \(inbound.prunedBelow)"),
    ]
    if let client {
      let behind = lag.map { ", \($0) behind" } ?? ""
      facts.append(("client \(clientId)", "\(client.status), \(counterparty) at #\(client.number)\(behind), set \(client.current.id)"))
      facts.append(("trusted until", Spoken.time(client.expiry)))
    } else {
      facts.append(("client \(clientId)", "does not exist"))
    }
    return facts
  }
}

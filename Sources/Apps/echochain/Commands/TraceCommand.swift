import ArgumentParser
import ChainClient
import Foundation
import PalletSupport
import Primitives
import RPC

/// `echochain trace`
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Show one timeline of a message over all chains.",
    discussion: """
      Takes the message's id, which stays the same on every hop, or the hash of the extrinsic that sent it. Says what \
      happened, what failed and why, and what it waits for. Examples:

        echochain trace 0x91fa…
        echochain trace 0x91fa… --blocks 5000 --json
      """)

  @Argument(help: "Message id or extrinsic hash, 32 bytes after 0x.") var id: String
  @Option(help: "How many of the newest blocks of each chain to read.") var blocks: UInt32 = 2000
  @OptionGroup var network: NetworkOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (1...1_000_000).contains(blocks) else { throw ValidationError("--blocks is not 1 to 1000000") }
  }

  func run() async throws {
    guard let hash = H256(hex: id) else {
      throw Complaint.usage("'\(id)' is neither a message id nor an extrinsic hash: 32 bytes after 0x")
    }
    var linked = try network.unconnected()
    if let absent = try await linked.connectToAnswering() { print.output.progress(absent) }
    var topics = [hash]
    for chain in linked.chains {
      guard let inclusion = try await chain.inclusion(of: hash) else { continue }
      if let failure = inclusion.failure {
        throw Complaint.refused("\(chain.info.name) refused the extrinsic: \(spell(failure))")
      }
      topics = inclusion.sentMessages.map(\.topic)
      guard !topics.isEmpty else {
        throw Complaint.refused(
          "the extrinsic ran on \(chain.info.name) #\(inclusion.block.number) and sent no message")
      }
      break
    }
    var histories: [MessageHistory] = []
    for topic in topics { histories.append(try await MessageHistory.read(topic, on: linked, depth: blocks)) }
    await linked.close()
    guard histories.contains(where: { !$0.entries.isEmpty }) else {
      throw Complaint.refused(
        "no chain has a word of \(Spoken.short(hash.hex)) in its newest \(blocks) blocks; --blocks reads more")
    }
    print.output.json(["messages": .array(histories.map(\.json))])
    for history in histories { history.show(print.output) }
  }
}

extension MessageHistory {
  var json: JSON {
    [
      "message": .hash(topic),
      "events": .array(
        entries.map {
          ["chain": .string($0.chain), "block": JSON($0.block), "time": JSON($0.time), "text": .string($0.text)]
        }), "waiting": .array(waiting.map { .string($0) }), "failed": JSON(hasFailed),
    ]
  }

  func show(_ output: Output) {
    output.line("message \(topic.hex)")
    var table = Table("time", "chain", "block", "what happened", numeric: [2])
    for entry in entries { table.rows.append([Spoken.time(entry.time), entry.chain, "#\(entry.block)", entry.text]) }
    output.table(table)
    for reason in waiting { output.line("  \(reason)") }
    if waiting.isEmpty {
      output.line(
        "  \(hasFailed ? output.terminal.style("ended, not as it was meant", .yellow) : output.terminal.style("done", .green))"
      )
    }
  }
}

import ArgumentParser
import ChainClient
import Finality
import Foundation
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

struct RoyaltyWorkShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show who shares in a work's sales, and what everybody is due.",
    discussion: """
        echochain royalty work show 0x5c1e… --chain market
        echochain royalty work show 0x5c1e… --chain market --at 118 --json
      """)

  @Argument(help: "The work, 32 bytes after 0x.") var work: String
  @OptionGroup var block: BlockOptions
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let (header, hash) = try await block.resolve(on: chain.client)
    let id = try RoyaltyText.hash(work, "work")
    let work = try await chain.work(id, at: hash)
    let tree = try await SplitTree.read(work.saleSplit, on: chain, at: hash)
    let output = options.output
    output.json(
      [
        "work": .hash(id), "chain": .string(chain.name), "block": JSON(header.number.value), "owner": .hex(work.owner.bytes),
        "ownSplit": JSON(work.ownSplit), "saleSplit": JSON(work.saleSplit), "stack": JSON(work.stack),
        "ancestorShare": JSON(work.ancestorShare), "depth": JSON(work.depth),
        "mode": .string(work.mode == .absolute ? "absolute" : "relative"), "meta": .hash(work.meta),
        "parents": .array(work.parents.map { .hash($0) }), "splits": .array(tree.books.map { $0.json(chain) }),
      ])
    let kind = work.mode == .absolute ? "in each sale" : "in their parents' share"
    let parents = work.parents.map { Spoken.short($0.hex) }.joined(separator: ", ")
    output.facts(
      [
        ("work", id.hex), ("owner", chain.names.text(work.owner)),
        (
          "of each sale",
          "\(RoyaltyText.percent(work.stack)), of which ancestors \(RoyaltyText.percent(work.ancestorShare))"
        ),
      ] + (work.parents.isEmpty ? [] : [("parents", "\(parents), sharing \(kind)")]))
    for line in tree.lines(chain, contributors: work.ownSplit) { output.line("  \(line)") }
    await chain.client.close()
  }
}

/// A split with those that are its members, down to people.
struct SplitTree: Sendable {
  /// The most splits that are shown.
  static let limit = 64

  /// The root first; each split once.
  private(set) var books: [SplitBook] = []

  static func read(_ root: UInt64, on chain: RoyaltyChain, at block: H256) async throws -> SplitTree {
    var tree = SplitTree()
    var next = [root]
    var seen: Set<UInt64> = [root]
    while let number = next.first, tree.books.count < limit {
      next.removeFirst()
      let book = try await chain.book(number, at: block)
      for case .splitPot(let inner) in book.members.map(\.party) where seen.insert(inner).inserted { next.append(inner) }
      tree.books.append(book)
    }
    return tree
  }

  /// One line for each member of each split, deeper ones further in.
  func lines(_ chain: RoyaltyChain, contributors: UInt64? = nil) -> [String] {
    var shown: Set<UInt64> = []
    return books.first.map { lines($0.number, chain, contributors, indent: "", &shown) } ?? []
  }

  private func lines(
    _ number: UInt64, _ chain: RoyaltyChain, _ contributors: UInt64?, indent: String, _ shown: inout Set<UInt64>
  ) -> [String] {
    guard let book = books.first(where: { $0.number == number }) else { return ["\(indent)split:\(number)"] }
    let note = number == contributors ? ", contributors" : ""
    let income = book.income.map { chain.text($0.account.received, of: $0.asset) }
    var lines = ["\(indent)split \(number)\(note): received \(income.isEmpty ? "nothing" : income.joined(separator: " + "))"]
    guard shown.insert(number).inserted else { return lines }
    if let pending = book.pending {
      lines.append(
        "\(indent)  other members from block #\(pending.activeFrom) on: "
          + pending.members.map {
            "\(chain.text($0.party)) \(RoyaltyText.percent($0.units))"
          }.joined(separator: ", "))
    }
    for (place, member) in book.members.enumerated() {
      let due = book.income.filter { $0.due[place] > 0 }.map { chain.text($0.due[place], of: $0.asset) }
      let what = due.isEmpty ? "" : "  due \(due.joined(separator: " + "))"
      lines.append("\(indent)  \(RoyaltyText.percent(member.units).padded(to: 10, leading: true))  \(chain.text(member.party))\(what)")
      if case .splitPot(let inner) = member.party { lines += self.lines(inner, chain, contributors, indent: indent + "    ", &shown) }
    }
    return lines
  }
}

extension SplitBook {
  /// The split for programs.
  func json(_ chain: RoyaltyChain) -> JSON {
    [
      "split": JSON(number), "controller": split.controller.map { .hex($0.bytes) } ?? .null, "version": JSON(split.version),
      "immutable": JSON(split.isImmutable), "deposit": .decimal(split.deposit),
      "members": .array(
        members.enumerated().map { place, member in
          [
            "party": member.party.json(chain), "units": JSON(member.units),
            "due": .array(
              income.map { income in
                [
                  "asset": .string(chain.symbol(income.asset)), "due": .decimal(income.due[place]),
                  "claimed": .decimal(income.claimed[place]),
                ]
              }),
          ]
        }),
      "income": .array(
        income.map { income in
          [
            "asset": .string(chain.symbol(income.asset)), "location": .string("\(income.asset)"),
            "received": .decimal(income.account.received), "paid": .decimal(income.account.paid),
            "inFlight": .decimal(income.account.inFlight), "perUnit": .decimal(income.account.perUnit),
            "carry": JSON(income.account.carry), "sales": JSON(income.account.n), "head": .hash(income.account.head),
            "lastBlock": JSON(income.account.lastBlock),
          ]
        }),
      "pending": pending.map { change in
        [
          "activeFrom": JSON(change.activeFrom),
          "members": .array(change.members.map { ["party": $0.party.json(chain), "units": JSON($0.units)] }),
        ]
      } ?? .null,
    ]
  }
}

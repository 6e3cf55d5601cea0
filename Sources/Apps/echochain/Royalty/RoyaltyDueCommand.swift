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

/// `echochain royalty due`
struct RoyaltyDue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "due", abstract: "List everything that a party has earned, over all splits.",
    discussion: """
        echochain royalty due alice --chain market
        echochain royalty due studio:bob --chain market --json
      """)

  @Argument(help: "The party: an account, chain:account, or split:N.") var party: String
  @OptionGroup var block: BlockOptions
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let (header, hash) = try await block.resolve(on: chain.client)
    let party = try await chain.party(party)
    var table = Table("split", "asset", "due", "claimed", numeric: [0, 2, 3])
    var rows: [JSON] = []
    for number in try await chain.splits(of: party, at: hash) {
      guard let split: Royalty.Split = try await chain.row(Royalty.splits.key(number), at: hash) else { continue }
      let accounts = try await chain.client.rows(
        Royalty.acc.key(number), skip: 8, key: Location.self, value: Royalty.Acc.self, at: hash)
      for (asset, account) in accounts {
        let (due, claimed) = try await chain.due(party, number, split, asset, account, at: hash)
        rows.append([
          "split": JSON(number), "asset": .string(chain.symbol(asset)), "location": .string("\(asset)"), "due": .decimal(due),
          "claimed": .decimal(claimed),
        ])
        table.rows.append(["\(number)", chain.symbol(asset), chain.text(due, of: asset), chain.text(claimed, of: asset)])
      }
    }
    await chain.client.close()
    options.output.json(
      ["chain": .string(chain.name), "block": JSON(header.number.value), "party": party.json(chain), "splits": .array(rows)])
    guard !rows.isEmpty else { return options.output.line("  \(chain.text(party)) has earned nothing on \(chain.name)") }
    options.output.table(table)
  }
}

import ArgumentParser
import ChainClient
import Foundation
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain royalty settle`
struct RoyaltySettle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: "Catch a party up with the changes of its split, so that it can be paid.",
    discussion: """
      Anybody may. A party that has not been paid over more than 16 changes of the split is caught up 16 at a time, by as \
      many calls as it takes. Examples:

        echochain royalty settle --chain market --sender dave --split 7 --party studio:bob
        echochain royalty settle --chain market --sender dave --split 7 --party alice --asset ECHO
      """)

  @Option(help: "Number of the split.") var split: UInt64
  @Option(help: "Who is caught up: an account, chain:account, or split:N.") var party: String
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let output = options.output
    let known = try await chain.asset(asset)
    let party = try await chain.party(party)
    var calls = CallList(member: "settled")
    do {
      while try await settle(party, known, on: chain, &calls) {}
    } catch { throw calls.failed(error, output) }
    calls.show(output)
    await chain.client.close()
  }

  /// Makes one call.
  /// - Returns: Whether the party is still behind.
  private func settle(_ party: Royalty.Party, _ asset: KnownAsset, on chain: RoyaltyChain, _ calls: inout CallList) async throws -> Bool {
    let call = Royalty.Call.settle(party: party, split: split, asset: asset.location)
    let inclusion = try await chain.submit(call, by: signer)
    let block = inclusion.block.hash
    let key = Royalty.ledger.key(Pair(split, party), asset.location)
    guard let entry: Royalty.Entry = try await chain.row(key, at: block),
      let row: Royalty.Split = try await chain.row(Royalty.splits.key(split), at: block)
    else { throw Complaint.refused("\(chain.name) took the call and has no ledger of \(chain.text(party)) in split \(split)") }
    var members = inclusion.royaltyJSON
    members.merge([
      "split": JSON(split), "party": party.json(chain), "asset": .string(asset.symbol), "version": JSON(entry.version),
      "of": JSON(row.version), "due": .decimal(entry.due),
    ]) { $1 }
    calls.done.append(.object(members))
    options.output.line(
      "  \(chain.name) #\(inclusion.block.number)  \(chain.text(party)) is settled up to version \(entry.version) of \(row.version): "
        + "due \(asset.text(entry.due))")
    return entry.version < row.version
  }
}

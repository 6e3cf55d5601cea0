import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import XCM
import XcmTools

/// `echochain royalty …`
struct RoyaltyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "royalty", abstract: "Share the income of works, and prove every share.",
    discussion: """
      A work's sales are credited to a split; its members take their shares when they like, here or on another chain. \
      A statement shows every sale and can be checked by anybody without a network. Examples:

        echochain royalty work register --chain market --sender alice --title "Dawn" --royalty 10% --member alice=60% --member studio:bob=40%
        echochain royalty pay --chain market --sender carol --work 0x5c1e… --amount 25
        echochain royalty claim --chain market --sender alice --work 0x5c1e…
        echochain royalty payout send --chain market --to studio --split 0 --sender dave --wait
        echochain royalty statement --chain market --party alice --work 0x5c1e… --out statement.json
        echochain royalty verify statement.json --spec market

      A party is an account of the chain, somebody on another chain as in studio:bob, or another split as in split:7. \
      Shares are of a million.
      """,
    subcommands: [
      RoyaltyWork.self, RoyaltySplit.self, RoyaltyPay.self, RoyaltyDue.self, RoyaltyClaim.self, RoyaltyPull.self, RoyaltySettle.self,
      RoyaltyAccept.self,
      RoyaltyPayout.self, RoyaltyStatement.self, RoyaltyVerify.self,
    ])
}

/// What commands about royalties have in common.
struct RoyaltyOptions: ParsableArguments {
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  var output: Output { print.output }

  /// Connects to the chain and learns what things are called there.
  func open() async throws -> RoyaltyChain {
    // Without a network on this machine other chains have no names.
    let file = target.url == nil ? try target.network.file() : try? target.network.file()
    let client = try await target.connect()
    return RoyaltyChain(client: client, names: try await client.names(in: file), file: file, keys: keys)
  }
}

/// Who signs.
struct RoyaltySigner: ParsableArguments {
  @Option(name: [.customLong("sender"), .customLong("from")], help: "Key that signs and pays the fees.") var from: String
  @Option(help: "Seconds to wait for the transaction's block.") var within: Double = 60

  func validate() throws {
    guard Spans.seconds.contains(within) else { throw ValidationError("--within is not 0.1 to 86400 seconds") }
  }

  var patience: Duration { .milliseconds(Int64(within * 1000)) }
}

/// A chain with its royalty pallet.
struct RoyaltyChain: Sendable {
  let client: ChainClient
  let names: XcmNames
  let file: NetworkFile?
  let keys: KeystoreOptions

  var name: String { client.info.name }

  /// Signs and sends a call, and waits for its block.
  /// - Throws: A ``Complaint`` that says why the chain refused it.
  func submit(_ call: Royalty.Call, by signer: RoyaltySigner) async throws -> Inclusion {
    let key = try await keys.signer(signer.from, on: client)
    let inclusion = try await client.submitAndWait(.royalty(call), key: key, timeout: signer.patience)
    if let failure = inclusion.failure { throw Complaint.refused("\(name) refused the call: \(spell(failure))") }
    return inclusion
  }

  /// The members of the network's file: the para id of a chain that people name.
  func paraId(_ chain: String) throws -> UInt32 {
    if let file { return try file.chain(chain).paraId }
    guard let id = UInt32(chain) else { throw Complaint.usage("'\(chain)' is no para id, and no network is known that has such a chain") }
    return id
  }
}

extension Inclusion {
  /// What the pallet said about the call.
  var royaltyEvents: [Royalty.Event] {
    events.compactMap { if case .royalty(let event) = $0.event { event } else { nil } }
  }

  /// Members of JSON that every call's report has.
  var royaltyJSON: [String: JSON] {
    ["extrinsic": .hash(extrinsicHash), "block": JSON(block.number), "blockHash": .hash(block.hash)]
  }

  /// Where the call is, for people.
  func place(on chain: RoyaltyChain) -> (name: String, value: String) {
    ("block", "\(chain.name) #\(block.number)  extrinsic \(Spoken.short(extrinsicHash.hex))")
  }
}

import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain market …`
struct MarketCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "market", abstract: "Sell and buy files, licences and services, on one chain or between two.",
    discussion: """
      Money waits in escrow until the buyer is content or the time to complain is over; a key or a file that is not what \
      was promised can be proven so to the chain, which gives the money back. Examples:

        echochain market sell --chain market --sender alice --file song.flac --price "2.5 MRKT" --bundle song.bundle
        echochain market list --chain market
        echochain market buy 0 --chain market --sender bob --wait
        echochain market deliver 0x5c1e… --chain market --sender alice
        echochain market fetch 0x5c1e… --chain market --sender bob --source song.bundle --out song.flac
        echochain market confirm 0x5c1e… --chain market --sender bob

      --chain is the chain of the market. Whoever is on another chain names it with --from: the call then travels there \
      as a message and is paid for by --fees. --sender is the key that signs.
      """,
    subcommands: [
      MarketList.self, MarketShow.self, MarketOrders.self, MarketFollow.self, MarketSell.self, MarketUpdate.self, MarketDelist.self,
      MarketBuy.self, MarketBid.self, MarketClose.self, MarketOffer.self, MarketSubscription.self, MarketDeliver.self,
      MarketFetch.self, MarketConfirm.self, MarketComplain.self, MarketAnswer.self, MarketPanel.self, MarketSettle.self,
      MarketReview.self, MarketReply.self, MarketLicence.self, MarketBond.self, MarketWithdraw.self, MarketAccept.self,
      MarketParameters.self, MarketPost.self, MarketCancelAll.self, MarketCancel.self, MarketForget.self, MarketPrune.self,
    ])
}

/// What commands that only read a market have in common.
struct MarketOptions: ParsableArguments {
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  var output: Output { print.output }

  /// Connects to the market's chain.
  func open() async throws -> Market {
    let file = target.url == nil ? try target.network.file() : try? target.network.file()
    let client = try await target.connect()
    return Market(client: client, home: client, network: nil, names: try await client.names(in: file), file: file, keys: keys)
  }

  /// Connects to the market's chain and to the caller's.
  func open(from home: String?) async throws -> Market {
    guard let home else { return try await open() }
    guard target.url == nil else { throw Complaint.usage("--from names a chain of a network; say which is the market's with --chain") }
    var network = try target.network.unconnected()
    guard let chain = target.chain else { throw Complaint.usage("say which chain the market is on with --chain") }
    let ends = [try network.file.chain(chain), try network.file.chain(home)]
    guard ends[0].paraId != ends[1].paraId else { return try await open() }
    try await network.connect(ends)
    let client = try network.chain(chain)
    return Market(
      client: client, home: try network.chain(home), network: network, names: try await client.names(in: network.file),
      file: network.file, keys: keys)
  }
}

/// Who acts, and from where.
struct MarketCaller: ParsableArguments {
  @Option(help: "Key that signs and pays on the chain that it is on.") var sender: String
  @Option(help: "The signer's chain, when it is not the market's.") var from: String?
  @Option(help: "Paid for execution on the market's chain when --from is given, such as '0.1 ECHO'; quoted there unless given.")
  var fees: String?
  @Option(help: "How long a message may take before it is void: 30s, 10m, 2h.") var timeout = TimeSpan(milliseconds: 3_600_000)
  @Option(help: "Seconds to wait for the transaction's block.") var within: Double = 60
  @Flag(help: "Follow the message to its end on the other chain.") var wait = false
  @Option(name: .customLong("wait-for"), help: "How long to follow it: 30s, 10m.") var longest = TimeSpan(milliseconds: 120_000)

  func validate() throws {
    guard Spans.seconds.contains(within) else { throw ValidationError("--within is not 0.1 to 86400 seconds") }
    if fees != nil, from == nil { throw ValidationError("--fees pay for a message; they go with --from") }
  }

  var patience: Duration { .milliseconds(Int64(within * 1000)) }
}

/// A market, seen by somebody on its chain or on another.
struct Market: Sendable {
  /// The market's chain.
  let client: ChainClient
  /// The caller's; the same unless the caller is elsewhere.
  let home: ChainClient
  /// Both, connected, when they are two.
  let network: LinkedNetwork?
  /// What things are called on the market's chain.
  let names: XcmNames
  let file: NetworkFile?
  let keys: KeystoreOptions

  var name: String { client.info.name }
  var isRemote: Bool { client.info.paraId != home.info.paraId }
  /// The market's chain as the caller's sees it.
  var location: Location { .sibling(client.info.paraId) }

  /// An account of the caller's chain as the market sees it.
  func identity(_ account: AccountID) -> Location {
    isRemote ? Location(parents: 1, .para(home.info.paraId), .account(account)) : .account(account)
  }

  /// The account that a location owns on the market's chain.
  func account(of location: Location) throws(Complaint) -> AccountID {
    if let account = EchoRuntime.account(of: location) { return account }
    throw .refused("\(names.text(location)) owns no account on \(name)")
  }

  /// An asset of the market as the caller's chain names it.
  func seenFromHome(_ asset: Location) throws(Complaint) -> Location {
    guard isRemote else { return asset }
    if let seen = asset.reanchored(to: .sibling(home.info.paraId), universal: Junctions(.para(client.info.paraId))) { return seen }
    throw .refused("\(names.text(AssetID(asset).location)) cannot be named on \(home.info.name)")
  }

  /// The signer's key.
  func key(_ caller: MarketCaller) async throws -> SecretKey { try await keys.signer(caller.sender, on: home) }

  func close() async {
    if let network { await network.close() } else { await client.close() }
  }
}

// MARK: Rows

extension Market {
  /// Reads a row of the market's chain.
  func row<T: ScaleDecodable>(_ key: [UInt8], at block: H256? = nil, as type: T.Type = T.self) async throws -> T? {
    try await client.value(key, at: block, as: type)
  }

  /// The listing with a number.
  func listing(_ number: UInt64, at block: H256? = nil) async throws -> Marketplace.Listing {
    if let listing: Marketplace.Listing = try await row(Marketplace.listings.key(number), at: block) { return listing }
    throw Complaint.refused("\(name) has no listing \(number)")
  }

  /// The order with an id.
  func order(_ id: H256, at block: H256? = nil) async throws -> Marketplace.Order {
    if let order: Marketplace.Order = try await row(Marketplace.orders.key(id), at: block) { return order }
    throw Complaint.refused("\(name) has no order \(id); orders leave the state some time after they have ended")
  }

  /// The periods and rates of the market.
  func parameters() async throws -> Marketplace.Parameters {
    try await row(Marketplace.storedParameters.key, as: Marketplace.Parameters.self) ?? MarketplaceConfig.parameters
  }

  /// The market's newest finalised height.
  func height() async throws -> BlockNumber { try await client.finalized().number }
}

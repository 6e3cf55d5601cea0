import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

extension MarketOptions {
  /// Makes a call that needs nothing else, and says what came of it.
  /// - Parameters:
  ///   - done: What has happened when it was taken.
  ///   - local: What it is called, when it can be made on the market's chain only.
  func make(_ call: Marketplace.Call, by caller: MarketCaller, _ done: String, _ local: String? = nil) async throws {
    let market = try await open(from: caller.from)
    if let local { try market.needsAccountHere(local) }
    let report = try await market.act(call, by: caller, output)
    try report.show(
      output, on: market, ["events": .array(try report.events.map { try ScaleJSON.decode(Marketplace.Event.self, bytes: $0.encoded()) })],
      [("done", report.ending == .pending ? "sent" : done)] + (try await market.facts(report.events)))
    await market.close()
  }
}

extension Market {
  /// What the marketplace told, in words, as far as the caller of a simple call wants to know.
  func facts(_ events: [Marketplace.Event]) async throws -> [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = []
    for event in events {
      if case .released(let order, let seller, let royalty, let fee) = event, let row = try? await self.order(order) {
        let parts = [("seller", seller), ("royalty", royalty), ("fee", fee)]
        facts.append(("released", parts.map { "\($0.0) \(text($0.1, of: row.asset))" }.joined(separator: ", ")))
      } else if let fact = fact(event) {
        facts.append(fact)
      }
    }
    return facts
  }

  private func fact(_ event: Marketplace.Event) -> (name: String, value: String)? {
    switch event {
    case .refunded(let order, let reason): return ("refunded", "\(Spoken.short(order.hex)): \(SaleWords.sentence(reason))")
    case .judged(let order, let share): return ("judged", "\(Spoken.short(order.hex)): \(MarketText.percent(share)) to the buyer")
    case .licenceIssued(let licence, _, let holder): return ("licence", "\(licence) for \(text(party: holder))")
    case .licenceTransferred(let licence, let holder): return ("licence", "\(licence) for \(text(party: holder))")
    case .withdrawn(let account, let asset, let amount): return ("withdrawn", "\(text(amount, of: asset)) to \(names.text(account))")
    case .ordered(let order, _, _, _): return ("order", order.hex)
    case .delisted(let listing): return ("delisted", "listing \(listing); deposit and bond are back")
    case .subscriptionSettled(_, let account, let amount):
      return ("settled", "\(amount) smallest units of \(names.text(account))'s subscription")
    default: return nil
    }
  }
}

/// `echochain market confirm`
struct MarketConfirm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "Accept a delivery: seller, royalty and fee are paid.",
    discussion: "  echochain market confirm 0x5c1e… --chain market --from hub --sender bob --wait")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.confirm(order: try MarketText.order(order)), by: caller, "confirmed") }
}

/// `echochain market settle`
struct MarketSettle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: "End an order whose deadline has passed; anybody may, and may earn a part of a bond.",
    discussion: "  echochain market settle 0x5c1e… --chain market --sender dave")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.settle(order: try MarketText.order(order)), by: caller, "settled", "settling") }
}

/// `echochain market prune`
struct MarketPrune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove an ended order after the time to review it; anybody may.",
    discussion: "  echochain market prune 0x5c1e… --chain market --sender dave")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.prune(order: try MarketText.order(order)), by: caller, "pruned", "pruning") }
}

/// `echochain market review`
struct MarketReview: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Review a settled order of yours, once.",
    discussion: "  echochain market review 0x5c1e… --chain market --sender bob --stars 5 --text \"as described\"")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "1 to 5.") var stars: UInt8
  @Option(help: "At most 128 bytes.") var text = ""
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func validate() throws { guard (1...5).contains(stars) else { throw ValidationError("--stars is not 1 to 5") } }

  func run() async throws {
    let text: BoundedVector<UInt8, 128> = try MarketText.text(text, "--text")
    try await options.make(.review(order: try MarketText.order(order), stars: stars, text: text.items), by: caller, "reviewed")
  }
}

/// `echochain market reply`
struct MarketReply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reply", abstract: "Answer a review as the seller, once.",
    discussion: "  echochain market reply 0x5c1e… --chain market --sender alice --text \"thank you\"")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "At most 128 bytes.") var text: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let text: BoundedVector<UInt8, 128> = try MarketText.text(text, "--text")
    try await options.make(.reply(order: try MarketText.order(order), text: text.items), by: caller, "replied")
  }
}

/// `echochain market update`
struct MarketUpdate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change what new orders get; open ones keep their terms.",
    discussion: "  echochain market update 0 --chain market --sender alice --price \"3 MRKT\"\n  "
      + "echochain market update 0 --chain market --sender alice --pause")

  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "New price of one unit.") var price: String?
  @Option(help: "New number of units.") var quantity: UInt32?
  @Option(help: "New title; at most 128 bytes.") var title: String?
  @Flag(help: "Take no orders for now.") var pause = false
  @Flag(help: "Take orders again.") var resume = false
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func validate() throws {
    if pause, resume { throw ValidationError("--pause and --resume exclude each other") }
    guard price != nil || quantity != nil || title != nil || pause || resume else { throw ValidationError("say what changes") }
  }

  func run() async throws {
    var amount: Balance?
    if let price {
      let market = try await options.open()
      let asset = try await market.asset(at: try await market.listing(listing).terms.asset)
      amount = try market.amount(price, of: asset)
      await market.close()
    }
    let meta: BoundedVector<UInt8, 128>? = try title.map { try MarketText.text($0, "--title") }
    let changes = Marketplace.ListingChanges(
      price: amount, quantity: quantity, meta: meta, isPaused: pause ? true : resume ? false : nil)
    try await options.make(.update(listing: listing, changes: changes), by: caller, "updated listing \(listing)")
  }
}

/// `echochain market delist`
struct MarketDelist: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delist", abstract: "End a listing; deposit and bond come back when its last order has ended.",
    discussion: "  echochain market delist 0 --chain market --sender alice")

  @Argument(help: "Number of the listing.") var listing: UInt64
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    try await options.make(.delist(listing: listing), by: caller, "listing \(listing) takes no new orders")
  }
}

/// `echochain market withdraw`
struct MarketWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take money that could not be paid out to you.",
    discussion: "  echochain market withdraw --chain market --sender bob --asset MRKT")

  @Option(help: "The asset, by symbol or location.") var asset: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let location = try await market.client.asset(named: asset).location
    await market.close()
    try await options.make(.withdraw(asset: location), by: caller, "withdrawn", "a withdrawal")
  }
}

/// `echochain market accept`
struct MarketAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Make an asset one that the market can be paid in; once for all.",
    discussion: """
      The signer gives the market's and the royalties' account the smallest balance of it that an account may have. Example:

        echochain market accept --chain market --sender alice --asset CRED
      """)

  @Option(help: "The asset, by symbol or location.") var asset: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let location = try await market.client.asset(named: asset).location
    await market.close()
    try await options.make(.acceptAsset(asset: location), by: caller, "\(asset) is accepted", "accepting an asset")
  }
}

/// `echochain market post`
struct MarketPost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post", abstract: "Put up a listing that its seller has only signed.",
    discussion: """
      Anybody may; the seller pays deposit and bond. Example:

        echochain market post listing.json --chain market --sender dave
      """)

  @Argument(help: "File that 'market sell --sign-to' wrote.") var file: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let (payload, signature) = try SignedListingFile.read(file)
    try await options.make(.listSigned(payload: payload, signature: signature), by: caller, "posted", "posting a signed listing")
  }
}

/// `echochain market cancel-all`
struct MarketCancelAll: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel-all", abstract: "Make every listing void that you have signed and nobody has put up.",
    discussion: "  echochain market cancel-all --chain market --sender alice")

  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.cancelAll, by: caller, "all that you have signed is void", "cancelling") }
}

/// `echochain market cancel`
struct MarketCancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Make a purchase from another chain void that has not arrived.",
    discussion: "  echochain market cancel 0x5c1e… --chain market --from hub --sender bob --wait")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let id = try MarketText.order(order)
    let market = try await options.open(from: caller.from)
    guard market.isRemote else { throw Complaint.usage("a purchase that travels is cancelled from the chain that sent it: --from") }
    let account = try await market.key(caller).publicKey.accountID
    guard let row: Marketplace.RemoteOrder = try await market.home.value(Marketplace.remote.key(id), at: nil), row.buyer == account else {
      throw Complaint.refused("\(caller.sender) has sent no purchase \(id) from \(market.home.info.name)")
    }
    let sent: UInt64 = try await market.home.value(Marketplace.remoteNonce.key(account, market.location), at: nil) ?? 0
    // The id commits to the nonce; the newest are tried first.
    let nonce = (0..<sent).suffix(100_000).reversed().first { nonce in
      MarketplacePallet.orderID(
        chain: market.client.info.paraId, listing: row.purchase.listing, buyer: market.identity(account), nonce: nonce) == id
    }
    await market.close()
    guard let nonce else { throw Complaint.refused("the nonce of purchase \(id) is not known any more") }
    try await options.make(
      .remoteCancel(listing: row.purchase.listing, nonce: nonce), by: caller, "the purchase is void if it ever arrives")
  }
}

/// `echochain market forget`
struct MarketForget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Remove the note of a purchase that has ended from the chain that sent it.",
    discussion: "  echochain market forget 0x5c1e… --chain hub --sender bob")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    try await options.make(.forgetPurchase(order: try MarketText.order(order)), by: caller, "forgotten", "forgetting a purchase")
  }
}

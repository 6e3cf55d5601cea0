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

/// `echochain market offer …`
struct MarketOffer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "offer", abstract: "Offer another price than a listing's, and take offers.",
    discussion: """
        echochain market offer make 0 --chain market --sender bob --price "2 MRKT"
        echochain market offer list 0 --chain market
        echochain market offer accept 0 --chain market --sender alice
      """,
    subcommands: [OfferMake.self, OfferAccept.self, OfferWithdraw.self, OfferList.self])
}

/// `echochain market offer make`
struct OfferMake: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Offer a price, paid into escrow.",
    discussion: "  echochain market offer make 0 --chain market --sender bob --price \"2 MRKT\" --expires-in 1000")

  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "Price of the whole offer.") var price: String
  @Option(help: "How many units.") var quantity: UInt32 = 1
  @Option(name: .customLong("expires-in"), help: "Blocks until it can be taken no more.") var expires: BlockNumber = 14_400
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    try market.needsAccountHere("an offer")
    let asset = try await market.asset(at: try await market.listing(listing).terms.asset)
    let amount = try market.amount(price, of: asset)
    let key = try await market.key(caller)
    let end = try await market.height().addingSaturating(expires)
    let report = try await market.act(
      .makeOffer(
        listing: listing, quantity: quantity, price: amount, expires: end, buyerKey: FixedBytes(key.publicKey.compressed) ?? .zero),
      by: caller, options.output)
    var offer: UInt64?
    for case .offerMade(let number, _, _, _) in report.events { offer = number }
    try report.show(
      options.output, on: market,
      ["offer": offer.map { JSON($0) } ?? .null, "listing": JSON(listing), "price": .decimal(amount), "expires": JSON(end)],
      [("offer", offer.map { "\($0)" } ?? "?"), ("price", asset.text(amount)), ("expires", "#\(end)")])
    await market.close()
  }
}

/// `echochain market offer accept`
struct OfferAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Take an offer, as the seller.",
    discussion: "  echochain market offer accept 0 --chain market --sender alice")
  @Argument(help: "Number of the offer.") var offer: UInt64
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.acceptOffer(offer: offer), by: caller, "accepted") }
}

/// `echochain market offer withdraw`
struct OfferWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take an offer back; anybody may after it has expired.",
    discussion: "  echochain market offer withdraw 0 --chain market --sender bob")
  @Argument(help: "Number of the offer.") var offer: UInt64
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.withdrawOffer(offer: offer), by: caller, "withdrawn", "withdrawing an offer") }
}

/// `echochain market offer list`
struct OfferList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show the offers that wait on a listing.", discussion: "  echochain market offer list 0 --chain market")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let rows = try await market.client.rows(
      Marketplace.offers.prefix, skip: 8, key: UInt64.self, value: Marketplace.Offer.self, at: nil)
    let offers = rows.filter { $0.value.listing == listing }.sorted { $0.key < $1.key }
    var table = Table("offer", "price", "quantity", "buyer", "expires", numeric: [0, 2])
    for (number, offer) in offers {
      table.rows.append([
        "\(number)", market.text(offer.price, of: offer.asset), "\(offer.quantity)", market.names.text(offer.buyer), "#\(offer.expires)",
      ])
    }
    try options.output.json(
      .array(
        try offers.map { ["offer": JSON($0.key), "row": try ScaleJSON.decode(Marketplace.Offer.self, bytes: $0.value.encoded())] }))
    if offers.isEmpty { options.output.line("  no offers") } else { options.output.table(table) }
    await market.close()
  }
}

/// `echochain market subscription …`
struct MarketSubscription: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subscription", abstract: "Prepay for access by the block, and stop when you like.",
    discussion: """
        echochain market subscription start 2 --chain market --sender bob --prepay "5 MRKT"
        echochain market subscription show 2 --chain market --party bob
        echochain market subscription end 2 --chain market --sender bob
      """,
    subcommands: [SubscriptionStart.self, SubscriptionTopUp.self, SubscriptionEnd.self, SubscriptionShow.self],
    aliases: ["subscribe"])
}

/// `echochain market subscription start`
struct SubscriptionStart: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Subscribe with prepaid money.",
    discussion: "  echochain market subscription start 2 --chain market --sender bob --prepay \"5 MRKT\"")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "What is prepaid, such as '5 MRKT'.") var prepay: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let amount = try await options.amount(prepay, of: listing)
    try await options.make(.subscribe(listing: listing, prepay: amount), by: caller, "subscribed", "a subscription")
  }
}

/// `echochain market subscription top-up`
struct SubscriptionTopUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top-up", abstract: "Add to the prepaid money.",
    discussion: "  echochain market subscription top-up 2 --chain market --sender bob --amount \"5 MRKT\"")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "What is added, such as '5 MRKT'.") var amount: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let amount = try await options.amount(amount, of: listing)
    try await options.make(.topUp(listing: listing, amount: amount), by: caller, "topped up", "a subscription")
  }
}

/// `echochain market subscription end`
struct SubscriptionEnd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end", abstract: "End a subscription; what is unspent comes back.",
    discussion: "  echochain market subscription end 2 --chain market --sender bob")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.unsubscribe(listing: listing), by: caller, "ended", "a subscription") }
}

/// `echochain market subscription show`
struct SubscriptionShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show whether a subscription gives access now.",
    discussion: "  echochain market subscription show 2 --chain market --party bob")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "The subscriber.") var party: String
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let account = try await market.party(party)
    let head = try await market.client.finalized()
    let row = try await market.client.storage(Marketplace.subscriptions.key(listing, account), at: head.hash)
    guard let row else { throw Complaint.refused("\(party) has no subscription of listing \(listing)") }
    try show(row, of: account, now: head.number, on: market)
    await market.close()
  }

  // The row is decoded out of `run`: swiftc 6.3.1 crashes when it splits a coroutine that holds one.
  @inline(never)
  private func show(_ row: [UInt8], of account: AccountID, now: BlockNumber, on market: Market) throws {
    let subscription = try Marketplace.Subscription(decoding: row)
    let age = now.subtractingSaturating(subscription.lastSettled)
    let used = subscription.ratePerBlock.multipliedSaturating(by: Balance(age))
    let left = subscription.prepaid.subtractingSaturating(used)
    let hasAccess = subscription.prepaid >= used
    options.output.json([
      "listing": JSON(listing), "account": .hex(account.bytes), "access": JSON(hasAccess), "left": .decimal(left),
      "ratePerBlock": .decimal(subscription.ratePerBlock), "asset": .string(market.symbol(subscription.asset)),
    ])
    let blocks = subscription.ratePerBlock == 0 ? 0 : left / subscription.ratePerBlock
    options.output.facts([
      ("access", hasAccess ? "yes" : "no: the prepaid money is used up"),
      ("left", "\(market.text(left, of: subscription.asset)), \(blocks) blocks"),
      ("rate", "\(market.text(subscription.ratePerBlock, of: subscription.asset)) a block"),
    ])
  }
}

extension MarketOptions {
  /// Reads an amount of a listing's asset.
  func amount(_ text: String, of listing: UInt64) async throws -> Balance {
    let market = try await open()
    let asset = try await market.asset(at: try await market.listing(listing).terms.asset)
    let amount = try market.amount(text, of: asset)
    await market.close()
    return amount
  }
}

/// `echochain market licence …`
struct MarketLicence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "licence", abstract: "Show licences and hand them on.",
    discussion: """
        echochain market licence show --chain market --holder bob
        echochain market licence transfer 0 --chain market --sender bob --to dave
      """,
    subcommands: [LicenceShow.self, LicenceTransfer.self])
}

/// `echochain market licence show`
struct LicenceShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a licence, or all that somebody holds.",
    discussion: "  echochain market licence show 0 --chain market\n  echochain market licence show --chain market --holder hub:bob")

  @Argument(help: "Number of the licence.") var licence: UInt64?
  @Option(help: "Holder, as in bob or hub:bob.") var holder: String?
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let holder: Location? = if let holder { try await market.location(holder) } else { nil }
    let rows = try await market.client.rows(
      Marketplace.licences.prefix, skip: 8, key: UInt64.self, value: Marketplace.Licence.self, at: nil)
    let meant = rows.filter { (licence ?? $0.key) == $0.key && (holder ?? $0.value.holder) == $0.value.holder }.sorted { $0.key < $1.key }
    try options.output.json(
      .array(
        try meant.map {
          ["licence": JSON($0.key), "row": try ScaleJSON.decode(Marketplace.Licence.self, bytes: $0.value.encoded())]
        }))
    for (number, licence) in meant {
      options.output.facts([
        ("licence", "\(number), of listing \(licence.listing)"), ("holder", market.text(party: licence.holder)),
        ("terms", licence.terms.words), ("expires", licence.expires == 0 ? "never" : "#\(licence.expires)"),
      ])
    }
    await market.close()
    if meant.isEmpty { throw Complaint.refused("\(market.name) has no such licence") }
  }
}

/// `echochain market licence transfer`
struct LicenceTransfer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer", abstract: "Hand a transferable licence on.",
    discussion: "  echochain market licence transfer 0 --chain market --sender bob --to studio:dave")

  @Argument(help: "Number of the licence.") var licence: UInt64
  @Option(help: "New holder, as in dave or studio:dave.") var to: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let holder = try await market.location(to)
    await market.close()
    try await options.make(.transferLicence(licence: licence, to: holder), by: caller, "handed on")
  }
}

/// `echochain market bond …`
struct MarketBond: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bond", abstract: "Add to a listing's bond, or take what covers no open order.",
    discussion: """
        echochain market bond add 0 --chain market --sender alice --amount "1 MRKT"
        echochain market bond take 0 --chain market --sender alice --amount "0.5 MRKT"
      """,
    subcommands: [BondAdd.self, BondTake.self])
}

/// `echochain market bond add`
struct BondAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add to the bond.",
    discussion: "  echochain market bond add 0 --chain market --sender alice --amount \"1 MRKT\"")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "Amount in the listing's asset.") var amount: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let asset = try await market.asset(at: try await market.listing(listing).terms.asset)
    let amount = try market.amount(amount, of: asset)
    let report = try await market.act(
      .addBond(listing: listing, amount: amount), by: caller, deposit: amount, asset: asset, options.output)
    try report.show(
      options.output, on: market, ["listing": JSON(listing), "amount": .decimal(amount)],
      [("bond", "\(asset.text(amount)) added to listing \(listing)")])
    await market.close()
  }
}

/// `echochain market bond take`
struct BondTake: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "take", abstract: "Take bond that covers no open order.",
    discussion: "  echochain market bond take 0 --chain market --sender alice --amount \"0.5 MRKT\"")
  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "Amount in the listing's asset.") var amount: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let amount = try await options.amount(amount, of: listing)
    try await options.make(.takeBond(listing: listing, amount: amount), by: caller, "taken")
  }
}

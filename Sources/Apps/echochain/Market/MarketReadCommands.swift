import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain market list`
struct MarketList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show what is for sale.",
    discussion: """
      All of it, or what a seller, a category or a tag has. A seller on another chain is named as in studio:alice. Examples:

        echochain market list --chain market
        echochain market list --chain market --tag music --limit 20
        echochain market list --chain market --seller alice --json
      """)

  @Option(help: "Only of this seller.") var seller: String?
  @Option(help: "Only of this category, a number.") var category: UInt16?
  @Option(help: "Only with this tag.") var tag: String?
  @Flag(help: "Also what takes no orders: paused, ending, sold out.") var all = false
  @Option(help: "The most listings that are shown.") var limit = 100
  @OptionGroup var options: MarketOptions

  func validate() throws {
    guard limit > 0, limit <= 10_000 else { throw ValidationError("--limit is not 1 to 10000") }
    guard [seller != nil, category != nil, tag != nil].count(where: { $0 }) < 2 else {
      throw ValidationError("--seller, --category and --tag exclude each other")
    }
  }

  func run() async throws {
    let market = try await options.open()
    let block = try await market.client.finalized().hash
    let numbers = try await numbers(of: market, at: block)
    var table = Table("listing", "kind", "price", "left", "stars", "seller", "title", numeric: [0, 3])
    var list: [JSON] = []
    for number in numbers {
      guard list.count < limit else { break }
      guard let listing: Marketplace.Listing = try await market.row(Marketplace.listings.key(number), at: block) else { continue }
      guard all || (listing.status == .active && listing.terms.quantity > 0) else { continue }
      let rating: Marketplace.Rating? = try await market.row(Marketplace.ratings.key(number), at: block)
      table.rows.append([
        "\(number)", "\(listing.terms.kind)", market.price(listing.terms), "\(listing.terms.quantity)", rating?.stars ?? "",
        market.text(party: listing.seller), MarketText.plain(listing.terms.meta.items),
      ])
      list.append(try market.json(listing, number: number))
    }
    options.output.json(.array(list))
    if list.isEmpty { options.output.line("  nothing is for sale") } else { options.output.table(table) }
    await market.close()
  }

  /// The listings that are meant, newest first.
  private func numbers(of market: Market, at block: H256) async throws -> [UInt64] {
    let prefix: [UInt8]
    if let seller {
      prefix = Marketplace.bySeller.key(try await market.party(seller))
    } else if let category {
      prefix = Marketplace.byCategory.key(category)
    } else if let tag {
      prefix = Marketplace.byTag.key(try MarketText.text(tag, "a tag"))
    } else {
      prefix = Marketplace.listings.prefix
    }
    // The numbers stand at the end of the keys, behind 8 bytes of hash.
    return try await market.client.keys(prefix: prefix, at: block).compactMap { try? UInt64(decoding: Array($0.suffix(8))) }
      .sorted(by: >)
  }
}

extension Market {
  // Not inlined: swiftc 6.3.1 crashes when it splits coroutines that these two are part of.

  /// The account here of `alice`, or of `studio:alice` on another chain.
  @inline(never)
  func party(_ text: String) async throws -> AccountID { try account(of: try await location(text)) }

  /// The location of `alice`, or of `studio:alice` on another chain.
  @inline(never)
  func location(_ text: String) async throws -> Location {
    guard let colon = text.firstIndex(of: ":"), !text.hasPrefix("//") else { return .account(try await keys.account(text, on: client)) }
    let chain = String(text[..<colon])
    guard let paraId = try file?.chain(chain).paraId ?? UInt32(chain) else {
      throw Complaint.usage("'\(chain)' is no para id, and no network is known that has such a chain")
    }
    let account = try await keys.account(String(text[text.index(after: colon)...]), on: client)
    return paraId == client.info.paraId ? .account(account) : Location(parents: 1, .para(paraId), .account(account))
  }
}

extension Marketplace.Rating {
  /// The mean of the stars and how many reviews it is of: `4.5 (2)`.
  var stars: String {
    let counts: [UInt64] = [one, two, three, four, five].map { UInt64($0) }
    let total = counts.reduce(0, +)
    guard total > 0 else { return "" }
    let tenths = counts.enumerated().reduce(UInt64(0)) { $0 + UInt64($1.offset + 1) * $1.element } * 10 / total
    return "\(tenths / 10).\(tenths % 10) (\(total))"
  }
}

/// `echochain market show`
struct MarketShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a listing with its terms and reviews, or an order.",
    discussion: "  echochain market show 0 --chain market\n  echochain market show 0x5c1e… --chain market --json")

  @Argument(help: "Number of a listing, or id of an order.") var what: String
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let head = try await market.client.finalized()
    if let number = UInt64(what) {
      try await show(number, on: market, at: head)
    } else {
      let id = try MarketText.order(what)
      let order = try await market.order(id, at: head.hash)
      try options.output.json(try market.json(order, id: id))
      options.output.facts(market.facts(order, id: id, now: head.number))
    }
    await market.close()
  }

  private func show(_ number: UInt64, on market: Market, at head: BlockRef) async throws {
    let listing = try await market.listing(number, at: head.hash)
    let terms = listing.terms
    let rating: Marketplace.Rating? = try await market.row(Marketplace.ratings.key(number), at: head.hash)
    let auction: Marketplace.Auction? = try await market.row(Marketplace.auctions.key(number), at: head.hash)
    var facts: [(name: String, value: String)] = [
      ("listing", "\(number), \(terms.kind), \(listing.status)"), ("title", MarketText.plain(terms.meta.items)),
      ("seller", market.text(party: listing.seller)), ("price", market.price(terms)),
      ("left", "\(terms.quantity), \(listing.openOrders) orders are open"),
      (
        "bond",
        "\(market.text(listing.terms.bond, of: terms.asset)), \(market.text(listing.bondInUse, of: terms.asset)) of it for open orders"
      ),
      ("windows", "\(terms.windows.deliverIn) blocks to deliver, \(terms.windows.complainIn) to complain"),
    ]
    if !terms.tags.items.isEmpty {
      facts.append(("tags", terms.tags.items.map { MarketText.plain($0.items) }.joined(separator: ", ")))
    }
    if let work = terms.work { facts.append(("work", work.hex)) }
    if let licence = terms.licence { facts.append(("licence", licence.words)) }
    if let file = terms.manifest {
      facts.append(("file", "\(Spoken.bytes(Int(clamping: file.plainSize))), manifest \(file.hash.hex)"))
    }
    if let auction {
      facts.append(("highest bid", auction.highBidder == nil ? "none" : market.text(auction.high, of: terms.asset)))
      facts.append(("auction ends", market.until(auction.endsAt, now: head.number)))
    }
    if let rating {
      facts.append(
        ("rating", "\(rating.stars.isEmpty ? "no reviews" : rating.stars), \(rating.settled) settled, \(rating.refunded) refunded"))
    }
    options.output.facts(facts)
    var json = try market.json(listing, number: number).asObject ?? [:]
    json["rating"] = try rating.map { try ScaleJSON.decode(Marketplace.Rating.self, bytes: $0.encoded()) } ?? .null
    json["auction"] = try auction.map { try ScaleJSON.decode(Marketplace.Auction.self, bytes: $0.encoded()) } ?? .null
    let reviews = try await market.client.rows(
      Marketplace.reviews.key(number), skip: 16, key: H256.self, value: Marketplace.Review.self, at: head.hash)
    json["reviews"] = .array(
      try reviews.map { ["order": .hash($0.key), "review": try ScaleJSON.decode(Marketplace.Review.self, bytes: $0.value.encoded())] })
    for (_, review) in reviews.sorted(by: { $0.value.at > $1.value.at }).prefix(20) {
      options.output.line("  \(String(repeating: "*", count: Int(min(review.stars, 5))))  \(MarketText.plain(review.text.items))")
      if let reply = review.reply { options.output.line("      the seller: \(MarketText.plain(reply.items))") }
    }
    options.output.json(.object(json))
  }
}

/// `echochain market orders`
struct MarketOrders: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orders", abstract: "Show the orders of a buyer or a seller.",
    discussion: """
      With --from also the purchases that the account has sent from that chain. Examples:

        echochain market orders --chain market --party alice
        echochain market orders --chain market --party bob --from hub --open
        echochain market orders --chain market --party hub:bob
      """)

  @Option(help: "The buyer or seller; hub:bob is bob with --from hub.") var party: String
  @Option(help: "The party's chain, when it is not the market's.") var from: String?
  @Flag(help: "Only those whose money is in escrow.") var open = false
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let parts = party.split(separator: ":", maxSplits: 1).map(String.init)
    let home = from ?? (parts.count == 2 ? parts[0] : nil)
    let market = try await options.open(from: home)
    let owner = try await market.keys.account(from == nil ? parts.last ?? party : party, on: market.home)
    let account = try market.account(of: market.identity(owner))
    let head = try await market.client.finalized()
    let keys = try await market.client.keys(prefix: Marketplace.byParty.key(account), at: head.hash)
    let ids = keys.compactMap { H256(Array($0.suffix(32))) }
    var table = Table("order", "listing", "state", "price", "buyer", "seller", "deadline", numeric: [1])
    var list: [JSON] = []
    var orders: [(id: H256, order: Marketplace.Order)] = []
    for id in ids {
      guard let order: Marketplace.Order = try await market.row(Marketplace.orders.key(id), at: head.hash) else { continue }
      orders.append((id, order))
    }
    for (id, order) in orders.sorted(by: { $0.order.orderedAt > $1.order.orderedAt }) {
      guard !open || SaleWords.isOpen(order.state) else { continue }
      list.append(try market.json(order, id: id))
      table.rows.append([
        id.hex, "\(order.listing)", SaleWords.name(order.state), market.text(order.price, of: order.asset),
        market.text(party: order.buyer), market.text(party: order.seller), SaleWords.isOpen(order.state) ? "#\(order.deadline)" : "",
      ])
    }
    var sent: [JSON] = []
    if market.isRemote {
      let rows = try await market.home.rows(
        Marketplace.remote.prefix, skip: 16, key: H256.self, value: Marketplace.RemoteOrder.self, at: nil)
      for (id, purchase) in rows where purchase.buyer == owner && purchase.market == market.location {
        sent.append([
          "order": .hash(id), "listing": JSON(purchase.purchase.listing), "status": .string(SaleWords.name(purchase.status)),
          "message": .hash(purchase.message),
        ])
        if !ids.contains(id) {
          table.rows.append([
            id.hex, "\(purchase.purchase.listing)", SaleWords.name(purchase.status), "", market.text(party: market.identity(owner)), "", "",
          ])
        }
      }
    }
    options.output.json(market.isRemote ? ["orders": .array(list), "sent": .array(sent)] : .array(list))
    if table.rows.isEmpty { options.output.line("  no orders") } else { options.output.table(table) }
    await market.close()
  }
}

/// `echochain market parameters`
struct MarketParameters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parameters", abstract: "Show the market's periods and rates, its assets and what it holds.",
    discussion: "  echochain market parameters --chain market")

  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let known = try await market.parameters()
    let held = try await market.client.rows(
      Marketplace.held.prefix, skip: 8, key: Location.self, value: Marketplace.Held.self, at: nil)
    let accepted = try await market.client.rows(
      Marketplace.accepted.prefix, skip: 8, key: Location.self, value: Balance.self, at: nil)
    try options.output.json([
      "parameters": try ScaleJSON.decode(Marketplace.Parameters.self, bytes: known.encoded()),
      "accepted": .array(accepted.map { .string(market.symbol($0.key)) }),
      "held": .array(
        try held.map {
          ["asset": .string(market.symbol($0.key)), "held": try ScaleJSON.decode(Marketplace.Held.self, bytes: $0.value.encoded())]
        }),
    ])
    options.output.facts([
      ("fee", MarketText.percent(known.feeRate)),
      (
        "bonds", "seller \(MarketText.percent(known.sellerBondRate)), complaint \(MarketText.percent(known.complaintBondRate)) of the price"
      ),
      ("to deliver", "\(known.minimumDeliverIn) to \(known.maximumDeliverIn) blocks"),
      ("to complain", "\(known.minimumComplainIn) to \(known.maximumComplainIn) blocks"),
      ("to show a block", "\(known.challengePeriod) blocks"),
      ("auctions", "bids rise by \(MarketText.percent(known.bidIncrement)), late ones add \(known.snipeExtension) blocks"),
      ("panels", "\(known.jurors) jurors, \(known.commitPeriod) blocks to commit, \(known.revealPeriod) to reveal"),
      ("to review", "\(known.reviewWindow) blocks"), ("paid in", accepted.map { market.symbol($0.key) }.joined(separator: ", ")),
    ])
    for (asset, held) in held {
      options.output.line(
        "  holds \(market.text(held.escrow, of: asset)) in escrow, \(market.text(held.bids, of: asset)) of bids, "
          + "\(market.text(held.prepaid, of: asset)) prepaid, \(market.text(held.bonds, of: asset)) of bonds, "
          + "\(market.text(held.refundable, of: asset)) to be withdrawn")
    }
    await market.close()
  }
}

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

/// `echochain market buy`
struct MarketBuy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "buy", abstract: "Buy at a listing's price; the money waits in escrow.",
    discussion: """
      The key that signs is the one that a file's key is delivered to. From another chain the price travels along, with \
      --fees for execution; what is left of both is the signer's, in the account at the market. --wait follows the order \
      until it is placed, or with --until until it is delivered or ended, and exits with 6 when it comes to nothing, with 7 when it has not come so far within --wait-for. Examples:

        echochain market buy 0 --chain market --sender bob
        echochain market buy 0 --chain market --from hub --sender bob --wait
        echochain market buy 3 --chain market --sender bob --quantity 2 --max-price "5 MRKT" --wait --until delivered
      """)

  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "How many units.") var quantity: UInt32 = 1
  @Option(name: .customLong("max-price"), help: "The most that all of it may cost; the price of now unless given.") var maxPrice: String?
  @Option(help: "How far --wait goes: placed, delivered or ended.") var until = OrderGoal.placed
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let output = options.output
    let row = try await market.listing(listing)
    let asset = try await market.asset(at: row.terms.asset)
    let most = try await maxPrice(row, asset, on: market)
    let key = try await market.key(caller)
    let buyerKey = FixedBytes<33>(key.publicKey.compressed) ?? .zero
    let buyer = market.identity(key.publicKey.accountID)
    let report: MarketReport
    var order: H256?
    if market.isRemote {
      let purchase = Marketplace.RemotePurchase(
        listing: listing, quantity: quantity, asset: try market.seenFromHome(asset.location), maxPrice: most,
        fees: try await market.fees(caller, in: asset), buyerKey: buyerKey, validUntil: try await validUntil(market),
        timeout: caller.timeout.milliseconds)
      report = try await market.send(.purchase(market: market.location, purchase: purchase), key: key, by: caller, output)
      for case .remoteOrdered(let id, _, _) in report.inclusion.marketEvents { order = id }
    } else {
      report = try await market.act(
        .buy(listing: listing, quantity: quantity, maxPrice: most, buyerKey: buyerKey), by: caller, output)
      for case .ordered(let id, _, buyer, _) in report.events { order = id }
    }
    guard let order else { throw Complaint.refused("\(market.home.info.name) took the call and told of no order") }
    var placed: Marketplace.Order?
    if report.ending == nil || report.ending == .executed {
      placed = try await market.row(Marketplace.orders.key(order), as: Marketplace.Order.self)
      if let block = report.block { output.progress("\(market.name) #\(block)  placed") }
    }
    if caller.wait, until != .placed, placed != nil {
      placed = try await market.follow(order, until: until, for: caller.longest.duration, output)
    }
    let state = placed.map { SaleWords.name($0.state) } ?? Self.state(of: report)
    try report.show(
      output, on: market,
      [
        "order": .hash(order), "listing": JSON(listing), "state": .string(state), "maxPrice": .decimal(most),
        "price": placed.map { .decimal($0.price) } ?? .null, "asset": .string(asset.symbol),
      ],
      [
        ("order", order.hex), ("listing", "\(listing), \(quantity) of it"), ("state", state),
        ("price", placed.map { asset.text($0.price) } ?? "at most \(asset.text(most))"),
      ])
    await market.close()
    guard caller.wait else { return }
    guard let placed else { throw Complaint.refused("\(market.name) took the purchase and has no order \(order)") }
    try until.check(placed.state, after: caller.longest.duration)
  }

  /// How far an order has come that does not stand at the market.
  private static func state(of report: MarketReport) -> String {
    switch report.ending {
    case .pending: SaleWords.name(.sent)
    case .refunded: SaleWords.name(.returned)
    case .failed: "failed"
    case nil, .executed: "unknown"
    }
  }

  /// The most that the order may cost.
  private func maxPrice(_ listing: Marketplace.Listing, _ asset: KnownAsset, on market: Market) async throws -> Balance {
    if let maxPrice { return try market.amount(maxPrice, of: asset) }
    let unit: Balance
    switch listing.terms.sale {
    case .fixed(let price): unit = price
    // It only falls from here.
    case .dutch(let start, let floor, let duration):
      let age = min(try await market.height().subtractingSaturating(listing.listedAt), duration)
      let fall = start.subtractingSaturating(floor)
      unit = duration == 0 ? floor : start - min(start, fall / Balance(duration) * Balance(age))
    case .english: throw Complaint.usage("listing \(self.listing) is an auction; use 'echochain market bid'")
    }
    return unit.multipliedSaturating(by: Balance(quantity))
  }

  /// The last block of the market in which the order may be placed: not before the message itself is void.
  private func validUntil(_ market: Market) async throws -> BlockNumber {
    let blocks = BlockNumber(clamping: caller.timeout.milliseconds / 1000)
    return try await market.height().addingSaturating(min(max(blocks, 100), 100_000))
  }
}

/// How far an order is followed.
enum OrderGoal: String, ExpressibleByArgument, CaseIterable {
  case placed, delivered, ended

  var goal: SaleGoal {
    switch self {
    case .placed: .placed
    case .delivered: .delivered
    case .ended: .ended
    }
  }

  /// - Throws: A ``Complaint`` when the order came to nothing, or is not there after so long.
  func check(_ state: Marketplace.OrderState, after time: Duration) throws(Complaint) {
    switch goal.verdict(state) {
    case .reached: return
    case .nothing(let sentence): throw .refused(sentence)
    case .unfinished: throw .partial("the order is still \(SaleWords.name(state)) after \(Spoken.duration(time))")
    }
  }
}

/// `echochain market follow`
struct MarketFollow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow", abstract: "Follow an order until it is delivered or has ended.",
    discussion: """
      Prints every change of state. Exits with 6 when the order ends and the buyer has not got what was paid for, and with 7 \
      when it has not come so far in time. Example:

        echochain market follow 0x5c1e… --chain market --until ended --wait-for 10m
      """)

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "How far: placed, delivered or ended.") var until = OrderGoal.ended
  @Option(name: .customLong("wait-for"), help: "How long to follow it: 30s, 10m.") var longest = TimeSpan(milliseconds: 120_000)
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let id = try MarketText.order(order)
    let order = try await market.follow(id, until: until, for: longest.duration, options.output)
    try options.output.json(try market.json(order, id: id))
    options.output.facts(market.facts(order, id: id, now: try await market.height()))
    await market.close()
    try until.check(order.state, after: longest.duration)
  }
}

extension Market {
  /// Watches an order at the market, telling every change of its state.
  /// - Returns: The order as it is when the goal is reached or time is over.
  func follow(_ id: H256, until goal: OrderGoal, for longest: Duration, _ output: Output) async throws -> Marketplace.Order {
    let deadline = ContinuousClock.now + longest
    var seen: Marketplace.OrderState?
    var height: BlockNumber?
    while true {
      let head = try await client.finalized()
      if head.number != height {
        height = head.number
        if let order: Marketplace.Order = try await row(Marketplace.orders.key(id), at: head.hash) {
          if order.state != seen { output.progress("\(name) #\(head.number)  \(SaleWords.sentence(order.state))") }
          seen = order.state
          if goal.goal.verdict(order.state) != .unfinished || ContinuousClock.now >= deadline { return order }
        } else if seen != nil {
          throw Complaint.refused("\(name) has no order \(id) any more")
        }
      }
      if ContinuousClock.now >= deadline {
        if let order: Marketplace.Order = try await row(Marketplace.orders.key(id)) { return order }
        throw Complaint.partial("\(name) has no order \(id) after \(Spoken.duration(longest))")
      }
      try await Task.sleep(for: MessageTrail.pause)
    }
  }
}

/// `echochain market bid`
struct MarketBid: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bid", abstract: "Bid in an auction; whoever is outbid has the money back at once.",
    discussion: "  echochain market bid 4 --chain market --sender bob --amount \"12 MRKT\"")

  @Argument(help: "Number of the listing.") var listing: UInt64
  @Option(help: "The bid, such as '12 MRKT'.") var amount: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    try market.needsAccountHere("a bid")
    let asset = try await market.asset(at: try await market.listing(listing).terms.asset)
    let amount = try market.amount(amount, of: asset)
    let key = try await market.key(caller)
    let report = try await market.act(
      .bid(listing: listing, amount: amount, buyerKey: FixedBytes(key.publicKey.compressed) ?? .zero), by: caller, options.output)
    var end: BlockNumber?
    for case .bidPlaced(_, _, _, let endsAt) in report.events { end = endsAt }
    try report.show(
      options.output, on: market,
      ["listing": JSON(listing), "amount": .decimal(amount), "asset": .string(asset.symbol), "endsAt": end.map { JSON($0) } ?? .null],
      [("bid", "\(asset.text(amount)) for listing \(listing)"), ("ends", end.map { "#\($0), unless somebody bids more" } ?? "")])
    await market.close()
  }
}

/// `echochain market close`
struct MarketClose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "End an auction whose time is over; anybody may.",
    discussion: "  echochain market close 4 --chain market --sender dave")

  @Argument(help: "Number of the listing.") var listing: UInt64
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    try market.needsAccountHere("closing an auction")
    let report = try await market.act(.closeAuction(listing: listing), by: caller, options.output)
    var order: H256?
    for case .ordered(let id, listing, _, _) in report.events { order = id }
    try report.show(
      options.output, on: market, ["listing": JSON(listing), "order": order.map { .hash($0) } ?? .null],
      [("auction", order == nil ? "ended without a bid" : "ended"), ("order", order?.hex ?? "none")])
    await market.close()
  }
}

extension Market {
  /// Some calls are made by accounts of the market's chain only.
  func needsAccountHere(_ what: String) throws(Complaint) {
    if isRemote { throw .usage("\(what) is made on \(name) itself; send the money there first with 'echochain send'") }
  }
}

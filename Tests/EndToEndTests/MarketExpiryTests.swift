import ChainClient
import Foundation
import Keys
import Lanes
import PalletMarketplace
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

/// Purchases and payouts that come too late or to nothing: the money is back where it was.
@Suite("Purchases and payouts that fail", .serialized) struct MarketExpiryTests {
  private static let bob = DevelopmentKey.bob.secretKey.publicKey.accountID

  /// Waits until a chain has sent another message than it had, and the receiver's clock is past its timeout.
  private func expire(after sent: UInt64, from source: ChainClient, to para: UInt32, _ target: ChainClient) async throws {
    try await RunningNetwork.wait(for: "the message", on: source) { hash in
      try await source.outboundLane(to: para, at: hash).map { $0.latestGenerated > sent } ?? false
    }
    let lane = try #require(try await source.lane(to: para))
    let message = try #require(
      try await source.value(Messages.outbound.key(MessageKey(lane, sent + 1)), at: nil, as: OutboundMessage.self))
    try await RunningNetwork.wait(for: "the clock passes the timeout", on: target) { hash in
      try await target.timestamp(at: hash) >= message.timeoutAt
    }
  }

  private func sent(_ source: ChainClient, to para: UInt32) async throws -> UInt64 {
    try await source.outboundLane(to: para, at: nil)?.latestGenerated ?? 0
  }

  @Test("a purchase that arrives too late, and one of what has been sold, give the money back", .timeLimit(.minutes(3)))
  func purchases() async throws {
    let network = try await RunningNetwork.up()
    let (hub, market) = (try await network.client("hub"), try await network.client("market"))
    let desk = try MarketDesk(basePath: network.basePath, chain: market)
    try await desk.send("50", "MRKT", "bob", from: "market", to: "hub", "bob")
    let listing = try await desk.sell(["--kind", "service", "--price", "5 MRKT", "--quantity", "2"])
    let money = { try await hub.holding(of: Self.bob, asset: .sibling(2000)) }
    let before = try await money()

    try await network.kill("relayer")
    let buy = ["buy", listing, "--from", "hub"]
    let count = try await sent(hub, to: 2000)
    async let buying = desk.market(buy + ["--timeout", "2s", "--wait", "--wait-for", "2m", "--json"], by: "bob")
    try await expire(after: count, from: hub, to: 2000, market)
    #expect(try await money() + 5 * coin < before)
    let waiting = try await desk.traded(["orders", "--party", "hub:bob"])
    #expect(try waiting.value("sent", 0, "status", as: String.self) == "sent", "\(waiting.text)")
    let order = try waiting.value("sent", 0, "order", as: String.self)
    try network.restart("relayer")
    let bought = try await buying
    #expect(bought.code == 6 && bought.sentence.contains("its assets came back on hub"), "\(bought.text)")
    #expect(try bought.value("order", as: String.self) == order && bought.value("state", as: String.self) == "returned", "\(bought.text)")
    #expect(try await money() == before)
    let returned = try await desk.traded(["orders", "--party", "bob", "--from", "hub"])
    #expect(try returned.value("sent", 0, "status", as: String.self) == "returned", "\(returned.text)")
    #expect(try await desk.market(["show", order]).sentence.contains("has no order"))
    #expect(try await desk.held("escrow") == 0)

    // Sold before the purchase arrives: the message itself brings the money home.
    try await network.kill("relayer")
    let parted = try await desk.traded(buy + ["--quantity", "2"], by: "bob")
    #expect(try parted.value("state", as: String.self) == "sent", "\(parted.text)")
    let lost = try parted.value("order", as: String.self)
    _ = try await desk.buy(listing, by: "dave")
    try network.restart("relayer")
    let key = Marketplace.remote.key(try #require(H256(hex: lost)))
    try await RunningNetwork.wait(for: "the receipt of the purchase", on: hub) { hash in
      try await hub.value(key, at: hash, as: Marketplace.RemoteOrder.self)?.status != .sent
    }
    let orders = try await desk.traded(["orders", "--party", "bob", "--from", "hub"])
    let failed = try orders.value("sent", as: [[String: Any]].self).first { $0["order"] as? String == lost }
    #expect(failed?["status"] as? String == "failed", "\(orders.text)")
    // All but the fees that it had along.
    try await RunningNetwork.wait(for: "the money of the purchase", on: hub) { _ in try await money() + coin > before }
    let known = try await desk.market(buy + ["--quantity", "2", "--wait"], by: "bob")
    #expect(known.code == 6 && known.sentence.contains("nothing was sent: market would refuse the call"), "\(known.text)")
    let last = try await desk.traded(buy + ["--wait"], by: "bob")
    #expect(try last.value("state", as: String.self) == "funded", "\(last.text)")
    let audit = try await Programs.run(["audit", "supply", "--base-path", network.basePath])
    #expect(audit.code == 0, "\(audit.text)")
    try await network.down()
  }

  @Test("a purchase that stands is not called off any more, and by nobody else", .timeLimit(.minutes(2))) func cancelled() async throws {
    let network = try await RunningNetwork.up()
    let (hub, market) = (try await network.client("hub"), try await network.client("market"))
    let desk = try MarketDesk(basePath: network.basePath, chain: market)
    try await desk.send("50", "MRKT", "bob", from: "market", to: "hub", "bob")
    let listing = try await desk.sell(["--kind", "service", "--price", "5 MRKT"])
    let bought = try await desk.traded(["buy", listing, "--from", "hub", "--wait"], by: "bob")
    let order = try bought.value("order", as: String.self)
    let late = try await desk.market(["cancel", order, "--from", "hub", "--wait"], by: "bob")
    #expect(late.code == 6, "\(late.text)")
    #expect(try await desk.state(of: order) == "funded")
    #expect(try await desk.market(["cancel", order, "--from", "hub"], by: "dave").code == 6)
    await hub.close()
    try await network.down()
  }

  @Test("a payout that arrives too late is due again, and can be sent again", .timeLimit(.minutes(3))) func payouts() async throws {
    let network = try await RunningNetwork.up(["market", "studio"])
    let (market, studio) = (try await network.client("market"), try await network.client("studio"))
    let desk = try MarketDesk(basePath: network.basePath, chain: market)
    let work = try await desk.done(
      [
        "royalty", "work", "register", "--chain", "market", "--sender", "alice", "--title", "Dawn", "--royalty", "10%", "--member",
        "studio:bob=100%",
      ]
    ).value("work", as: String.self)
    _ = try await desk.done(["royalty", "pay", "--chain", "market", "--sender", "carol", "--work", work, "--amount", "10"])
    let due = ["royalty", "due", "studio:bob", "--chain", "market"]
    #expect(try await desk.done(due).value("splits", 0, "due", as: String.self) == "10000000000000")

    try await network.kill("relayer")
    // A payout has an hour; the chain's root gives the next message two seconds.
    let items = #"[["\#(Hex.encode(XcmPallet.requestedTimeout.key))","\#(Hex.encode(UInt64(2_000).encoded()))"]]"#
    _ = try await desk.done([
      "tx", "call", "Sudo.sudo", "--args", #"{"call":{"System":{"set_storage":{"items":\#(items)}}}}"#, "--chain", "market", "--from",
      "alice",
    ])
    let send = ["royalty", "payout", "send", "--chain", "market", "--to", "studio", "--work", work, "--sender", "dave", "--wait"]
    let count = try await sent(market, to: 2001)
    async let sending = desk.run(send + ["--json"])
    try await expire(after: count, from: market, to: 2001, studio)
    let parted = try await desk.done(due)
    #expect(try parted.value("splits", 0, "due", as: String.self) == "0", "\(parted.text)")
    let listed = try await desk.done(["royalty", "payout", "list", "--chain", "market"])
    #expect(try listed.value("payouts", 0, "state", as: String.self) == "on its way", "\(listed.text)")
    let idle = try await desk.run(send)
    #expect(idle.code == 6 && idle.sentence.contains("is due"), "\(idle.text)")
    try network.restart("relayer")
    let ended = try await sending
    #expect(ended.code == 6 && ended.sentence.contains("is due again"), "\(ended.text)")
    #expect(try ended.value("status", as: String.self) == "returned", "\(ended.text)")
    #expect(try await desk.done(due).value("splits", 0, "due", as: String.self) == "10000000000000")
    #expect(try await desk.done(["royalty", "payout", "list", "--chain", "market"]).value("payouts", as: [String].self).isEmpty)

    let again = try await desk.done(send)
    #expect(try again.value("status", as: String.self) == "paid", "\(again.text)")
    let now = try await desk.done(due)
    #expect(try now.value("splits", 0, "due", as: String.self) == "0", "\(now.text)")
    #expect(try now.value("splits", 0, "claimed", as: String.self) == "10000000000000", "\(now.text)")
    #expect(try await studio.holding(of: Self.bob, asset: .sibling(2000)) > 9 * coin)
    let audit = try await Programs.run(["audit", "supply", "--base-path", network.basePath])
    #expect(audit.code == 0, "\(audit.text)")
    try await network.down()
  }
}

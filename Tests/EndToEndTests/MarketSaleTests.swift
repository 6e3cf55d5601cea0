import ChainClient
import Foundation
import Keys
import Primitives
import Testing

/// Other ways of selling than a file at a fixed price.
@Suite("Ways of selling", .serialized, .network("market", "studio")) struct MarketSaleTests {
  @Test("the highest bid buys, and whoever was outbid has the money back", .timeLimit(.minutes(2))) func english() async throws {
    let desk = try await MarketDesk.shared()
    try await desk.setParameters(["snipe_window": 3, "snipe_extension": 3])
    let listing = try await desk.sell(["--kind", "service", "--title", "Mastering", "--price", "5 MRKT", "--auction", "12"])
    func bid(_ amount: String, _ bidder: String) async throws -> Programs.Ended {
      try await desk.market(["bid", listing, "--amount", amount, "--json"], by: bidder)
    }
    #expect(try await bid("4 MRKT", "bob").sentence.contains("below the reserve"))
    #expect(try await bid("5 ECHO", "bob").code == 2)
    let before = try await desk.balance(of: .bob)
    #expect(try await bid("5 MRKT", "bob").code == 0)
    #expect(try await bid("5.05 MRKT", "charlie").code == 6)
    let highest = try await bid("6 MRKT", "charlie")
    #expect(highest.code == 0, "\(highest.text)")
    // Only fees are gone.
    #expect(before < (try await desk.balance(of: .bob)) + coin / 10)
    #expect(try await desk.held("bids") == 6 * coin)
    let early = try await desk.market(["close", listing], by: "dave")
    #expect(early.code == 6 && early.sentence.contains("the deadline has not passed yet"), "\(early.text)")
    let shown = try await desk.market(["show", listing])
    #expect(shown.output.contains("6 MRKT") && shown.output.contains("auction ends"), "\(shown.text)")
    try await desk.pass(BlockNumber(try highest.value("endsAt", as: Int.self)))
    #expect(try await bid("7 MRKT", "bob").code == 6)
    let order = try await desk.traded(["close", listing], by: "dave").value("order", as: String.self)
    let row = try await desk.traded(["show", order])
    #expect(try row.value("buyer", as: String.self) == "charlie" && row.value("price", as: String.self) == "6000000000000")
    _ = try await desk.traded(["deliver", order], by: "alice")
    let seller = try await desk.balance(of: .alice)
    _ = try await desk.traded(["confirm", order], by: "charlie")
    // The price without the fee, and with the listing's end its deposit and bond.
    #expect(try await desk.balance(of: .alice) > seller + coin * 594 / 100)
    #expect(try await desk.market(["show", listing]).code == 6)
  }

  @Test("an auction that nobody bids in ends without an order", .timeLimit(.minutes(1))) func noBids() async throws {
    let desk = try await MarketDesk.shared()
    let before = try await desk.balance(of: .alice)
    let listing = try await desk.sell(["--kind", "service", "--price", "5 MRKT", "--auction", "2"])
    try await desk.pass(try await desk.chain.finalized().number + 2)
    let closed = try await desk.market(["close", listing], by: "dave")
    #expect(closed.code == 0 && closed.output.contains("ended without a bid"), "\(closed.text)")
    #expect(before < (try await desk.balance(of: .alice)) + coin / 10)
  }

  @Test("a falling price is what it is when somebody buys", .timeLimit(.minutes(1))) func dutch() async throws {
    let desk = try await MarketDesk.shared()
    let listing = try await desk.sell(
      ["--kind", "service", "--price", "10 MRKT", "--floor", "2 MRKT", "--falling", "40", "--quantity", "2"])
    func price(_ order: String) async throws -> Balance {
      Balance(try await desk.traded(["show", order]).value("price", as: String.self)) ?? 0
    }
    let first = try await price(try await desk.buy(listing))
    #expect(first > 2 * coin && first <= 10 * coin)
    try await desk.pass(try await desk.chain.finalized().number + 40)
    let bid = try await desk.market(["bid", listing, "--amount", "3 MRKT"], by: "bob")
    #expect(bid.code == 6, "\(bid.text)")
    #expect(try await price(try await desk.buy(listing)) == 2 * coin)
    let none = try await desk.market(["buy", listing], by: "bob")
    #expect(none.code == 6 && none.sentence.contains("fewer units"), "\(none.text)")
  }

  @Test("a licence is sold, held, handed on, and permits a derived work", .timeLimit(.minutes(2))) func licences() async throws {
    let desk = try await MarketDesk.shared()
    let work = try await desk.done(
      ["royalty", "work", "register", "--chain", "market", "--sender", "alice", "--title", "Dawn", "--royalty", "10%"]
    ).value("work", as: String.self)
    let listing = try await desk.sell([
      "--licence", "--use", "view", "--use", "derive", "--derivative", "10%", "--transferable", "--price", "50 MRKT", "--work", work,
      "--quantity", "3",
    ])
    let order = try await desk.buy(listing)
    #expect(try await desk.market(["licence", "show", "--holder", "bob"]).code == 6)
    _ = try await desk.traded(["deliver", order], by: "alice")
    let confirmed = try await desk.market(["confirm", order], by: "bob")
    #expect(confirmed.output.contains("seller 44.5 MRKT, royalty 5 MRKT, fee 0.5 MRKT"), "\(confirmed.text)")
    #expect(confirmed.output.contains("licence") && confirmed.output.contains("for bob"), "\(confirmed.text)")
    let held = try await desk.traded(["licence", "show", "--holder", "bob"])
    let licence = "\(try held.value(0, "licence", as: Int.self))"
    let words = try await desk.market(["licence", "show", licence])
    #expect(words.output.contains("view, derive, 1 seat, for ever, transferable, 10 % of derived works' sales"), "\(words.text)")

    let derived = [
      "royalty", "work", "register", "--chain", "market", "--title", "Dawn, slow", "--royalty", "5%", "--parent", "\(work):\(licence)",
    ]
    let other = try await desk.run(derived + ["--sender", "charlie"])
    #expect(other.code == 6, "\(other.text)")
    let otherwise = try await desk.run(derived + ["--sender", "bob", "--relative"])
    #expect(otherwise.code == 2 && otherwise.sentence.contains("without --relative"), "\(otherwise.text)")
    let own = try await desk.done(derived + ["--sender", "bob"])
    #expect(try own.value("stack", as: Int.self) == 150_000, "\(own.text)")

    _ = try await desk.traded(["licence", "transfer", licence, "--to", "studio:dave"], by: "bob")
    #expect(try await desk.market(["licence", "transfer", licence, "--to", "bob"], by: "bob").sentence.contains("only the buyer"))
    #expect(try await desk.market(["licence", "show", licence]).output.contains("dave"))
    try Data(
      """
      uses = ["view", "commercial"]
      seats = 3
      term = 1000
      """.utf8
    ).write(to: desk.url("terms.toml"))
    let second = try await desk.sell(["--licence", "--terms", desk.path("terms.toml"), "--price", "5 MRKT"])
    let shown = try await desk.market(["show", second])
    #expect(shown.output.contains("view, commercial, 3 seats, 1000 blocks, not transferable"), "\(shown.text)")
  }

  @Test("offers, subscriptions, changes of a listing, and listings that are only signed", .timeLimit(.minutes(2))) func others()
    async throws
  {
    let desk = try await MarketDesk.shared()
    let listing = try await desk.sell(["--kind", "service", "--title", "Mixing", "--price", "4 MRKT", "--quantity", "5"])
    let offer = "\(try await desk.traded(["offer", "make", listing, "--price", "3 MRKT"], by: "bob").value("offer", as: Int.self))"
    #expect(try await desk.market(["offer", "list", listing]).output.contains("3 MRKT"))
    #expect(try await desk.market(["offer", "accept", offer], by: "dave").code == 6)
    let accepted = try await desk.market(["offer", "accept", offer], by: "alice")
    #expect(accepted.code == 0 && accepted.output.contains("order"), "\(accepted.text)")
    let gone = try await desk.market(["offer", "withdraw", offer], by: "bob")
    #expect(gone.code == 6 && gone.sentence.contains("no offer has this number"), "\(gone.text)")

    _ = try await desk.traded(["update", listing, "--price", "6 MRKT", "--pause"], by: "alice")
    #expect(try await desk.market(["buy", listing], by: "bob").code == 6)
    _ = try await desk.traded(["update", listing, "--resume"], by: "alice")
    let dear = try await desk.market(["buy", listing, "--max-price", "5 MRKT"], by: "bob")
    #expect(dear.code == 6 && dear.sentence.contains("--max-price"), "\(dear.text)")
    _ = try await desk.traded(["bond", "add", listing, "--amount", "1 MRKT"], by: "alice")
    _ = try await desk.traded(["bond", "take", listing, "--amount", "0.5 MRKT"], by: "alice")
    _ = try await desk.traded(["delist", listing], by: "alice")
    #expect(try await desk.market(["buy", listing], by: "bob").code == 6)

    let stream = try await desk.sell(["--kind", "subscription", "--price", "0.01 MRKT", "--quantity", "100"])
    _ = try await desk.traded(["subscription", "start", stream, "--prepay", "0.05 MRKT"], by: "bob")
    #expect(try await desk.traded(["subscription", "show", stream, "--party", "bob"]).value("access", as: Bool.self))
    try await desk.pass(try await desk.chain.finalized().number + 6)
    #expect(try await !desk.traded(["subscription", "show", stream, "--party", "bob"]).value("access", as: Bool.self))
    _ = try await desk.traded(["subscription", "end", stream], by: "bob")
    #expect(try await desk.market(["subscription", "show", stream, "--party", "bob"]).code == 6)

    let file = desk.path("offer.json")
    _ = try await desk.traded(["sell", "--kind", "service", "--price", "2 MRKT", "--sign-to", file], by: "alice")
    let posted = try await desk.market(["post", file], by: "bob")
    #expect(posted.code == 0, "\(posted.text)")
    let used = try await desk.market(["post", file], by: "bob")
    #expect(used.code == 6 && used.sentence.contains("was used"), "\(used.text)")
    _ = try await desk.traded(["sell", "--kind", "service", "--price", "3 MRKT", "--sign-to", file], by: "alice")
    _ = try await desk.traded(["cancel-all"], by: "alice")
    #expect(try await desk.market(["post", file], by: "bob").sentence.contains("made void"))
  }

  @Test(
    "what makes no sense is refused with its exit code and one sentence",
    arguments: [
      (["show", "99"], 6, "has no listing 99"), (["show", "0x12"], 2, "is no order"),
      (["buy", "99", "--sender", "bob"], 6, "no listing 99"),
      (["deliver", unknownHash, "--sender", "bob"], 6, "has no order"),
      (["sell", "--sender", "alice", "--price", "1 MRKT"], 2, "say what is sold"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "1 GOLD"], 2, "no asset 'GOLD'"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "much"], 2, "is not an amount"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "0.0000000000001"], 2, "more than the 12 decimals"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "0.0000001"], 6, "at least 1,000,000"),
      (["sell", "--sender", "alice", "--kind", "poem", "--price", "1"], 2, "'poem' is not file"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "1", "--deliver-in", "1"], 6, "outside the market's bounds"),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "1", "--bond", "1 STUD"], 2, "is not an amount of MRKT"),
      (
        ["sell", "--sender", "alice", "--file", "/nowhere/song", "--bundle", "/tmp/echochain-nowhere/b", "--price", "1"], 3, "/nowhere/song"
      ),
      (["sell", "--sender", "alice", "--file", "/nowhere/song", "--price", "1"], 2, "--bundle"),
      (["sell", "--sender", "alice", "--bundle", "/nowhere", "--price", "1"], 3, "has no manifest"),
      (["sell", "--sender", "alice", "--licence", "--price", "1"], 2, "a licence permits something"),
      (["sell", "--sender", "alice", "--licence", "--use", "sing", "--price", "1"], 2, "'sing' is no use"),
      (
        ["sell", "--sender", "alice", "--licence", "--use", "derive", "--derivative", "30%", "--price", "1"], 6, "lacks what its kind needs"
      ),
      (["sell", "--sender", "alice", "--kind", "service", "--price", "1", "--auction", "9", "--quantity", "2"], 2, "one unit"),
      (["cancel-all", "--sender", "nobody"], 3, "no key 'nobody'"), (["buy", "0", "--sender", "bob", "--from", "mars"], 2, "mars"),
      (["buy", "0", "--sender", "bob", "--fees", "1"], 2, "--from"),
      (["complain", unknownHash, "--sender", "bob"], 2, "--not-retrievable"),
      (["complain", unknownHash, "--sender", "bob", "--proof", "/nowhere/proof"], 6, "has no order"),
      (["post", "/nowhere/listing", "--sender", "bob"], 3, "/nowhere/listing"),
      (["withdraw", "--asset", "MRKT", "--sender", "bob"], 6, "no money waits"),
      (["accept", "--asset", "MRKT", "--sender", "bob"], 6, "accepted already"),
      (["list", "--limit", "0"], 2, "--limit"), (["list", "--tag", "a", "--category", "1"], 2, "exclude each other"),
      (["bid", "0", "--amount", "1", "--sender", "bob", "--from", "studio"], 2, "made on market itself"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, sentence: String) async throws {
    let desk = try await MarketDesk.shared()
    let ended = try await desk.market(arguments)
    #expect(ended.code == code && ended.sentence.contains(sentence), "\(arguments): exit \(ended.code): \(ended.text)")
    #expect(ended.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1)
  }
}

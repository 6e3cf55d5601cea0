import ChainClient
import Foundation
import Keys
import PalletSupport
import PalletSystem
import Primitives
import Testing
import XCM

/// What sellers and buyers do whom nobody wrongs.
@Suite("Market", .serialized, .network("hub", "market", "studio")) struct MarketTests {
  @Test("a file is sold, bought, delivered, fetched, checked, paid for and reviewed", .timeLimit(.minutes(2))) func file() async throws {
    let desk = try await MarketDesk.shared()
    let plain = try desk.makeFile("song.flac", size: 300_000)
    let sold = try await desk.traded(
      [
        "sell", "--file", desk.path("song.flac"), "--bundle", desk.path("song.bundle"), "--price", "2.5 MRKT", "--title", "Dawn",
        "--mime", "audio/flac", "--tag", "music",
      ], by: "alice")
    let listing = "\(try sold.value("listing", as: Int.self))"
    let keys = try sold.value("contentKeys", as: String.self)
    #expect(try FileManager.default.attributesOfItem(atPath: keys)[.posixPermissions] as? Int == 0o600)
    #expect(try desk.bytes("song.bundle/content.bin").count == 300_032)
    let found = try await desk.traded(["list", "--tag", "music"])
    #expect(try found.value(0, "title", as: String.self) == "Dawn" && found.value(0, "price", as: String.self) == "2.5 MRKT")
    #expect(try await desk.traded(["list", "--tag", "video"]).output == "[]\n")

    let order = try await desk.buy(listing)
    #expect(try await desk.state(of: order) == "funded")
    #expect(try await desk.held("escrow") == coin * 5 / 2)
    let fetch = ["fetch", order, "--source", desk.path("song.bundle"), "--out", desk.path("copy.flac")]
    let early = try await desk.market(fetch, by: "bob")
    #expect(early.code == 6 && early.sentence.contains("has not delivered the key yet"), "\(early.text)")
    #expect(try await desk.market(["confirm", order], by: "bob").code == 6)
    let mine = try await desk.traded(["orders", "--party", "bob", "--open"])
    #expect(try mine.value(0, "order", as: String.self) == order, "\(mine.text)")

    _ = try await desk.traded(["deliver", order], by: "alice")
    #expect(try await desk.market(["deliver", order], by: "alice").sentence.contains("does not stand where"))
    let stranger = try await desk.market(fetch, by: "dave")
    #expect(stranger.code == 2 && stranger.sentence.contains("for another key than 'dave'"), "\(stranger.text)")
    let fetched = try await desk.traded(fetch, by: "bob")
    #expect(try fetched.value("verified", as: Bool.self) && fetched.value("cid", as: String.self) == sold.value("cid"))
    #expect(try desk.bytes("copy.flac") == plain)
    #expect(!desk.exists("copy.flac.part"))
    let again = try await desk.market(fetch, by: "bob")
    #expect(again.code == 2 && again.sentence.contains("exists already"), "\(again.text)")

    let seller = try await desk.balance(of: .alice)
    let confirmed = try await desk.market(["confirm", order], by: "bob")
    #expect(confirmed.code == 0 && confirmed.output.contains("seller 2.475 MRKT, royalty 0 MRKT, fee 0.025 MRKT"), "\(confirmed.text)")
    #expect(try await desk.balance(of: .alice) == seller + coin * 2475 / 1000)
    #expect(try await desk.state(of: order) == "released")
    #expect(try await desk.held("escrow") == 0)

    let review = ["review", order, "--stars", "4", "--text", "as described"]
    #expect(try await desk.market(review, by: "dave").sentence.contains("only the buyer"))
    _ = try await desk.traded(review, by: "bob")
    #expect(try await desk.market(review, by: "bob").code == 6)
    _ = try await desk.traded(["reply", order, "--text", "thank you"], by: "alice")
    let shown = try await desk.market(["show", listing])
    for text in ["****  as described", "the seller: thank you", "4.0 (1), 1 settled, 0 refunded"] {
      #expect(shown.output.contains(text), "\(shown.text)")
    }
  }

  @Test("a buyer on the hub buys with ECHO, and the command follows the order over both chains", .timeLimit(.minutes(2)))
  func fromElsewhere() async throws {
    let desk = try await MarketDesk.shared()
    let hub = try await SharedNetwork.current().client("hub")
    try await desk.send("20", "ECHO", "alice", from: "hub", to: "market", "alice")
    let early = try await desk.market(["sell", "--kind", "service", "--price", "1 ECHO"], by: "alice")
    #expect(early.code == 6 && early.sentence.contains("'echochain market accept'"), "\(early.text)")
    _ = try await desk.traded(["accept", "--asset", "ECHO"], by: "alice")
    let plain = try desk.makeFile("photo.raw", size: 70_000)
    let listing = try await desk.sell(file: "photo.raw", price: "3 ECHO")

    let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
    let before = try await hub.account(bob).data.free
    async let buying = desk.market(
      ["buy", listing, "--from", "hub", "--wait", "--until", "delivered", "--wait-for", "60s"], by: "bob")
    let order = try await desk.firstOrder(of: "bob", from: "hub")
    _ = try await desk.traded(["deliver", order], by: "alice")
    let bought = try await buying
    #expect(bought.code == 0 && bought.output.contains(order), "\(bought.text)")
    for line in ["sent, lane", "received: executed", "placed", "delivered; the buyer may confirm"] {
      #expect(bought.errors.contains(line), "\(bought.text)")
    }
    let after = try await hub.account(bob).data.free
    #expect(after + 3 * coin < before && after + 4 * coin > before, "\(before) \(after)")
    _ = try await desk.traded(
      ["fetch", order, "--source", desk.path("photo.raw.bundle"), "--out", desk.path("photo.copy")], by: "bob")
    #expect(try desk.bytes("photo.copy") == plain)

    let echo = Location.sibling(1000)
    let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
    let had = try await desk.chain.holding(of: alice, asset: echo)
    // Not from the market's own chain: there bob is somebody else.
    #expect(try await desk.market(["confirm", order], by: "bob").sentence.contains("only the buyer"))
    let confirmed = try await desk.market(["confirm", order, "--from", "hub", "--wait"], by: "bob")
    #expect(confirmed.code == 0 && confirmed.output.contains("seller 2.97 ECHO"), "\(confirmed.text)")
    #expect(try await desk.chain.holding(of: alice, asset: echo) == had + coin * 297 / 100)
    let orders = try await desk.traded(["orders", "--party", "bob", "--from", "hub"])
    #expect(try orders.value("sent", 0, "status", as: String.self) == "placed", "\(orders.text)")
    #expect(try orders.value("orders", 0, "state", as: String.self) == "released", "\(orders.text)")
    _ = try await desk.done(["market", "forget", order, "--chain", "hub", "--sender", "bob"])
    #expect(try await desk.traded(["orders", "--party", "bob", "--from", "hub"]).value("sent", as: [String].self).isEmpty)
  }

  @Test("a buyer on the hub proves a wrong key from there, and has the money back there", .timeLimit(.minutes(2)))
  func complainsFromElsewhere() async throws {
    let desk = try await MarketDesk.shared()
    let hub = try await SharedNetwork.current().client("hub")
    try await desk.send("20", "MRKT", "dave", from: "market", to: "hub", "eve")
    try desk.makeFile("map.pdf", size: 9_000)
    let listing = try await desk.sell(file: "map.pdf", price: "10 MRKT")
    let order = try await desk.traded(["buy", listing, "--from", "hub", "--wait"], by: "eve").value("order", as: String.self)
    let box = DevelopmentKey.eve.secretKey.publicKey.compressed + [UInt8](repeating: 0, count: 60)
    #expect(try await desk.deliverByHand(box, for: order).code == 0)
    let fetched = try await desk.market(
      ["fetch", order, "--source", desk.path("map.pdf.bundle"), "--out", desk.path("map.copy")], by: "eve")
    #expect(fetched.code == 5, "\(fetched.text)")
    let complain = ["complain", order, "--proof", desk.path("map.copy.complaint")]
    #expect(try await desk.market(complain, by: "eve").sentence.contains("only the buyer"))
    let upheld = try await desk.market(complain + ["--from", "hub", "--wait"], by: "eve")
    #expect(upheld.code == 0 && upheld.output.contains("upheld"), "\(upheld.text)")
    #expect(try await desk.state(of: order) == "refunded")
    // The price and half of the seller's bond are due to her, and paid at home.
    let due = try await desk.done(["royalty", "due", "hub:eve", "--chain", "market"])
    #expect(try due.value("splits", 0, "due", as: String.self) == "10500000000000", "\(due.text)")
    let eve = DevelopmentKey.eve.secretKey.publicKey.accountID
    let before = try await hub.holding(of: eve, asset: .sibling(2000))
    let split = try due.value("splits", 0, "split", as: Int.self)
    _ = try await desk.done(
      ["royalty", "payout", "send", "--chain", "market", "--to", "hub", "--split", "\(split)", "--sender", "dave", "--wait"])
    #expect(try await hub.holding(of: eve, asset: .sibling(2000)) > before + 10 * coin)
  }

  @Test("a seller on the studio sells on the market and is paid at home", .timeLimit(.minutes(2))) func sellerElsewhere() async throws {
    let desk = try await MarketDesk.shared()
    try await desk.send("30", "MRKT", "bob", from: "market", to: "studio", "charlie")
    try desk.makeFile("stems.zip", size: 10_000)
    let sold = try await desk.traded(
      [
        "sell", "--from", "studio", "--file", desk.path("stems.zip"), "--bundle", desk.path("stems.bundle"), "--price", "10 MRKT", "--wait",
      ], by: "charlie")
    let order = try await desk.buy("\(try sold.value("listing", as: Int.self))", by: "dave")
    let delivered = try await desk.traded(["deliver", order, "--from", "studio", "--wait"], by: "charlie")
    #expect(try delivered.value("status", as: String.self) == "executed")
    _ = try await desk.traded(
      ["fetch", order, "--source", desk.path("stems.bundle"), "--out", desk.path("stems.copy")], by: "dave")
    _ = try await desk.traded(["confirm", order], by: "dave")
    let due = try await desk.done(["royalty", "due", "studio:charlie", "--chain", "market"])
    #expect(try due.value("splits", 0, "due", as: String.self) == "9900000000000", "\(due.text)")
    let split = try due.value("splits", 0, "split", as: Int.self)
    let paid = try await desk.done(
      ["royalty", "payout", "send", "--chain", "market", "--to", "studio", "--split", "\(split)", "--sender", "dave", "--wait"])
    #expect(try paid.value("status", as: String.self) == "paid", "\(paid.text)")
    let listed = try await desk.traded(["list", "--seller", "studio:charlie", "--all"])
    #expect(try listed.value(0, "seller", as: String.self).contains("charlie"), "\(listed.text)")
  }

  @Test("a web source may break off, lie or know no ranges; an honest one goes on where it stopped", .timeLimit(.minutes(2)))
  func http() async throws {
    let desk = try await MarketDesk.shared()
    let plain = try desk.makeFile("film.mkv", size: 9 << 20)
    let order = try await desk.buy(try await desk.sell(file: "film.mkv", price: "1 MRKT"))
    _ = try await desk.traded(["deliver", order], by: "alice")
    let server = try FileServer(folder: desk.url("film.mkv.bundle"))
    let fetch = ["fetch", order, "--source", server.address, "--out", desk.path("film.copy")]
    let part = 4 << 20
    try await server.whileServing {
      server.serve(.breaksOff(after: part + 1_000_000))
      let broken = try await desk.market(fetch, by: "bob")
      #expect(broken.code == 4 && broken.sentence.contains("goes on there"), "\(broken.text)")
      #expect(try desk.bytes("film.copy.part").count == part && !desk.exists("film.copy"))
      for manner in [FileServer.Manner.knowsNoRanges, .sendsAnotherPart] {
        server.serve(manner)
        let refused = try await desk.market(fetch, by: "bob")
        #expect(refused.code == 4 && server.ranges.first?.hasPrefix("bytes=\(part)-") == true, "\(server.ranges) \(refused.text)")
        #expect(try desk.bytes("film.copy.part").count == part)
      }
      server.serve(.alters(byte: 8 << 20))
      let altered = try await desk.market(fetch, by: "bob")
      #expect(altered.code == 5 && altered.sentence.contains("not the bytes that the seller committed to"), "\(altered.text)")
      #expect(altered.sentence.contains("from block 2048 on") && !desk.exists("film.copy.part"), "\(altered.text)")
      server.serve(.breaksOff(after: 2 * part))
      #expect(try await desk.market(fetch, by: "bob").code == 4)
      server.serve(.honest)
      let whole = try await desk.market(fetch, by: "bob")
      #expect(whole.code == 0 && whole.errors.contains("going on at byte \(2 * part)"), "\(whole.text)")
      #expect(server.ranges.count == 1 && server.ranges.first?.hasPrefix("bytes=\(2 * part)-") == true, "\(server.ranges)")
    }
    #expect(try desk.bytes("film.copy") == plain)
    let silent = ["fetch", order, "--source", "http://127.0.0.1:1/film", "--out", desk.path("film.none")]
    #expect(try await desk.market(silent, by: "bob").code == 4)
    // Without the hashes of the blocks the file is still checked as a whole.
    for name in ["audit.leaves", "plain.leaves", "manifest.bin"] {
      try FileManager.default.removeItem(at: desk.url("film.mkv.bundle/\(name)"))
    }
    let bare = ["fetch", order, "--source", desk.path("film.mkv.bundle"), "--out", desk.path("film.bare")]
    #expect(try await desk.traded(bare, by: "bob").value("verified", as: Bool.self))
    #expect(try desk.bytes("film.bare") == plain)
  }
}

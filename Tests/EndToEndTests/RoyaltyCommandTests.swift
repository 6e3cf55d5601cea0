import ChainClient
import Commerce
import Foundation
import Keys
import PalletRoyalty
import Primitives
import Proofs
import RPC
import ScaleCodec
import Testing
import XCM

/// Works, their income and its shares, and statements that prove themselves.
@Suite("Royalties by command", .serialized, .network("market", "studio")) struct RoyaltyCommandTests {
  private func royalty(_ desk: MarketDesk, _ arguments: [String], from signer: String? = nil) async throws -> Programs.Ended {
    try await desk.run(["royalty"] + arguments + ["--chain", "market"] + (signer.map { ["--sender", $0] } ?? []))
  }

  private func done(_ desk: MarketDesk, _ arguments: [String], from signer: String? = nil) async throws -> Programs.Ended {
    try await desk.done(["royalty"] + arguments + ["--chain", "market"] + (signer.map { ["--sender", $0] } ?? []))
  }

  @Test("a work and a remix of it share what is paid, and everybody takes their part", .timeLimit(.minutes(2))) func works() async throws {
    let desk = try await MarketDesk.shared()
    let first = try await done(
      desk,
      ["work", "register", "--title", "Dawn", "--royalty", "10%", "--member", "alice=60%", "--member", "studio:bob=40%"], from: "alice")
    let work = try first.value("work", as: String.self)
    let again = try await royalty(desk, ["work", "register", "--title", "Dawn", "--royalty", "10%"], from: "alice")
    #expect(again.code == 6, "\(again.text)")
    let second = try await done(
      desk,
      [
        "work", "register", "--title", "Dawn, slow", "--royalty", "5%", "--member", "alice=70%", "--member", "bob=30%", "--parent",
        "\(work):-:10%",
      ], from: "alice")
    let remix = try second.value("work", as: String.self)
    #expect(try second.value("stack", as: Int.self) == 150_000)
    let (own, sales) = (try second.value("ownSplit", as: Int.self), try second.value("saleSplit", as: Int.self))
    let parent = try first.value("ownSplit", as: Int.self)

    let paid = try await done(desk, ["pay", "--work", work, "--amount", "25", "--reference", "invoice 12"], from: "carol")
    #expect(try paid.value("amount", as: String.self) == "25000000000000" && paid.value("sale", as: Int.self) == 0)
    _ = try await done(desk, ["pay", "--work", remix, "--amount", "15 MRKT"], from: "carol")
    let shown = try await royalty(desk, ["work", "show", remix])
    for text in ["15 %, of which ancestors 10 %", "due 10.000005 MRKT", "due 4.999995 MRKT", "studio:bob  due 10 MRKT"] {
      #expect(shown.output.contains(text), "\(shown.text)")
    }
    let claimed = try await royalty(desk, ["claim", "--work", remix], from: "bob")
    #expect(claimed.output.contains("4.999995 MRKT of split \(sales) to split \(own)"), "\(claimed.text)")
    #expect(claimed.output.contains("1.4999985 MRKT of split \(own) to bob"), "\(claimed.text)")
    let nothing = try await royalty(desk, ["claim", "--work", remix], from: "bob")
    #expect(nothing.code == 6 && nothing.sentence.contains("bob is due nothing in split \(own)"), "\(nothing.text)")
    _ = try await done(desk, ["pull", "--source", "\(sales)", "--into", "\(parent)"], from: "dave")
    let owes = try await royalty(desk, ["pull", "--source", "\(sales)", "--into", "\(parent)"], from: "dave")
    #expect(owes.code == 6 && owes.sentence.contains("owes split \(parent) nothing"), "\(owes.text)")

    _ = try await done(desk, ["payout", "set", "--keeper", "1%", "--minimum", "5"], from: "alice")
    #expect(try await royalty(desk, ["payout", "terms", "alice"]).output.contains("1 %"))
    let keeper = try await desk.balance(of: .dave)
    let kept = try await royalty(desk, ["claim", "--for", "alice", "--split", "\(parent)"], from: "dave")
    #expect(kept.output.contains("21.000003 MRKT of split \(parent) to alice, 0.21000003 MRKT of it to dave"), "\(kept.text)")
    #expect(try await desk.balance(of: .dave) > keeper + coin / 5)
    let due = try await royalty(desk, ["due", "studio:bob"])
    #expect(due.output.contains("14.000002 MRKT"), "\(due.text)")

    let quote = try await royalty(desk, ["payout", "send", "--to", "studio", "--split", "\(parent)", "--quote"], from: "dave")
    #expect(quote.code == 0 && quote.output.contains("bob gets"), "\(quote.text)")
    let sent = try await royalty(desk, ["payout", "send", "--to", "studio", "--split", "\(parent)", "--wait"], from: "dave")
    #expect(sent.code == 0 && sent.errors.contains("received: executed") && sent.output.contains("paid"), "\(sent.text)")
    #expect(try await done(desk, ["due", "studio:bob"]).value("splits", 0, "due", as: String.self) == "0")
    let empty = try await royalty(desk, ["payout", "send", "--to", "studio", "--split", "\(parent)"], from: "dave")
    #expect(empty.code == 6, "\(empty.text)")
  }

  @Test("members change with notice, and give units away at once", .timeLimit(.minutes(1))) func splits() async throws {
    let desk = try await MarketDesk.shared()
    let made = try await done(desk, ["split", "create", "--member", "alice=700000", "--member", "studio:bob=30%"], from: "alice")
    let split = "\(try made.value("split", as: Int.self))"
    let other = try await royalty(desk, ["split", "propose", split, "--member", "bob=100%"], from: "bob")
    #expect(other.code == 6, "\(other.text)")
    let proposed = try await royalty(desk, ["split", "propose", split, "--member", "alice=50%", "--member", "bob=50%"], from: "alice")
    #expect(proposed.code == 0 && proposed.output.contains("in force"), "\(proposed.text)")
    let early = try await royalty(desk, ["split", "activate", split], from: "dave")
    #expect(early.code == 6, "\(early.text)")
    #expect(try await royalty(desk, ["split", "show", split]).output.contains("other members from block"))
    _ = try await done(desk, ["split", "withdraw", split], from: "alice")
    let moved = try await royalty(desk, ["split", "transfer", split, "--to", "carol", "--share", "10%"], from: "alice")
    #expect(moved.output.contains("10 % of split \(split) from alice to charlie"), "\(moved.text)")
    let shown = try await royalty(desk, ["split", "show", split])
    #expect(shown.output.contains("60 %  alice") && shown.output.contains("10 %  charlie"), "\(shown.text)")
    let fixed = try await done(desk, ["split", "create", "--member", "alice=100%", "--immutable"], from: "alice").value(
      "split", as: Int.self)
    #expect(try await royalty(desk, ["split", "propose", "\(fixed)", "--member", "bob=100%"], from: "alice").code == 6)
    try Data(
      """
      title = "Noon"
      royalty = "10%"
      mode = "relative"
      immutable = "yes"
      [[members]]
      party = "alice"
      share = "60%"
      [[members]]
      party = "split:\(split)"
      share = "40%"
      """.utf8
    ).write(to: desk.url("work.toml"))
    let filed = try await done(desk, ["work", "register", "--file", desk.path("work.toml")], from: "alice")
    let work = try await done(desk, ["work", "show", filed.value("work")])
    #expect(try work.value("mode", as: String.self) == "relative" && work.value("splits", 0, "immutable", as: Bool.self), "\(work.text)")
    try await desk.send("5", "STUD", "bob", from: "studio", to: "market", "alice")
    #expect(try await done(desk, ["accept", "--asset", "STUD"], from: "alice").value("asset", as: String.self) == "STUD")
  }

  @Test(
    "what makes no sense is refused with its exit code and one sentence",
    arguments: [
      (["work", "register", "--sender", "alice", "--title", "A", "--royalty", "101%"], 2, "is no share"),
      (["work", "register", "--sender", "alice", "--title", "A", "--royalty", "5%", "--member", "alice=50%"], 2, "500000 parts"),
      (["work", "register", "--sender", "alice", "--royalty", "5%"], 2, "--title or --meta"),
      (["work", "register", "--sender", "alice", "--title", "A", "--royalty", "5%", "--parent", "0x12:-:1%"], 2, "is no work"),
      (["work", "register", "--sender", "alice", "--file", "/nowhere/work.toml"], 3, "/nowhere/work.toml"),
      (["work", "show", unknownHash], 6, "has no work"), (["split", "show", "99"], 6, "has no split 99"),
      (["pay", "--sender", "bob", "--work", unknownHash, "--amount", "1"], 6, "work"),
      (["pay", "--sender", "bob", "--work", unknownHash, "--amount", "1 GOLD"], 2, "not an amount of MRKT"),
      (["pay", "--sender", "bob", "--work", unknownHash, "--amount", "1", "--asset", "GOLD"], 2, "no asset 'GOLD'"),
      (["claim", "--sender", "bob"], 2, "--split or --work"), (["claim", "--sender", "bob", "--split", "99"], 6, "has no split 99"),
      (["due", "mars:bob"], 2, "mars"), (["payout", "set", "--sender", "alice", "--keeper", "3%"], 6, "at most 2 %"),
      (["payout", "set", "--sender", "alice", "--destination", "split:0"], 2, "name an account"),
      (["payout", "send", "--sender", "bob", "--to", "studio"], 2, "--claim"),
      (["payout", "return", "99", "--sender", "bob"], 6, "payout"),
      (["statement", "--party", "alice", "--split", "0", "--since", "/nowhere/s.json"], 3, "/nowhere/s.json"),
      (["statement", "--party", "alice"], 2, "--split or --work"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, sentence: String) async throws {
    let ended = try await royalty(try await MarketDesk.shared(), arguments)
    #expect(ended.code == code && ended.sentence.contains(sentence), "\(arguments): exit \(ended.code): \(ended.text)")
    #expect(ended.errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 1)
  }
}

/// Statements are checked when the network is gone.
@Suite("Statements by command", .serialized) struct StatementCommandTests {
  /// What somebody who lies might change in a statement.
  struct Lie: Sendable {
    var name: String
    var tell: @Sendable (inout Statement) -> Void

    init(_ name: String, _ tell: @escaping @Sendable (inout Statement) -> Void) {
      self.name = name
      self.tell = tell
    }

    static let all: [Lie] = [
      Lie("the last sale is left out") { $0.lines.removeLast() }, Lie("the first sale is left out") { $0.lines.removeFirst() },
      Lie("no sale is shown") { $0.lines = [] }, Lie("a sale is shown twice") { $0.lines.append($0.lines[2]) },
      Lie("an amount is lower") { $0.lines[1].amount -= 1 }, Lie("a reference is another") { $0.lines[0].reference = .zero },
      Lie("a work is another") { $0.lines[1].work = .zero }, Lie("a block is another") { $0.lines[0].block -= 1 },
      Lie("two sales change places") { $0.lines.swapAt(0, 1) },
      Lie("it is somebody else's") { $0.subject.party = .account(DevelopmentKey.dave.secretKey.publicKey.accountID) },
      Lie("it is of another split") { $0.subject.split += 1 }, Lie("it is of another asset") { $0.subject.asset = .sibling(1000) },
      Lie("it is of another work") { $0.subject.work = .zero }, Lie("it is of no work") { $0.subject.work = nil },
      Lie("a payout is invented") { $0.payouts = [7] }, Lie("the header is another") { $0.proof.header[40] ^= 1 },
      Lie("a row is missing") { $0.proof.claims.removeLast() }, Lie("the chain is another") { $0.proof.claim.genesisHash = .zero },
    ]
  }

  @Test("a statement verifies without a network; no variant of it does", .timeLimit(.minutes(3))) func statements() async throws {
    let network = try await RunningNetwork.up(["market"])
    let desk = try MarketDesk(basePath: network.basePath, chain: try await network.client("market"))
    let work = try await desk.done(
      [
        "royalty", "work", "register", "--chain", "market", "--sender", "alice", "--title", "Dawn", "--royalty", "10%", "--member",
        "alice=60%", "--member", "bob=40%",
      ]
    ).value("work", as: String.self)
    func pay(_ amount: String, _ reference: String) async throws {
      _ = try await desk.done(
        ["royalty", "pay", "--chain", "market", "--sender", "carol", "--work", work, "--amount", amount, "--reference", reference])
    }
    let statement = ["royalty", "statement", "--chain", "market", "--party", "alice", "--work", work]
    try await pay("25", "invoice 12")
    try await pay("3.5", "invoice 13")
    _ = try await desk.done(statement + ["--out", desk.path("older.json")])
    try await pay("1.5", "invoice 14")
    _ = try await desk.done(["royalty", "claim", "--chain", "market", "--sender", "alice", "--work", work])
    try await pay("10", "invoice 15")
    let made = try await desk.done(
      statement + ["--out", desk.path("statement.json"), "--csv", desk.path("sales.csv"), "--note", "for bob"])
    #expect(try made.value("sales", as: Int.self) == 4 && made.value("due", as: String.self) == "6000000000000", "\(made.text)")
    _ = try await desk.done(statement + ["--binary", "--out", desk.path("statement.bin")])
    _ = try await desk.done(statement + ["--since", desk.path("older.json"), "--out", desk.path("newer.json")])
    let printed = try await desk.run(statement)
    #expect(try printed.code == 0 && printed.value("format", as: String.self) == "echochain-royalty-statement")
    let older = try lie(in: desk.bytes("older.json"), Lie("an amount is lower") { $0.lines[0].amount -= 1 })
    try desk.write(older, to: "older.json")
    let misled = try await desk.run(statement + ["--since", desk.path("older.json"), "--out", desk.path("misled.json")])
    #expect(misled.code == 5 && !desk.exists("misled.json"), "\(misled.text)")
    try await network.down()

    func verify(_ name: String, _ more: [String] = ["--spec", "market"]) async throws -> Programs.Ended {
      try await Programs.run(["royalty", "verify", desk.path(name)] + more)
    }
    for name in ["statement.json", "statement.bin", "newer.json"] {
      let verified = try await verify(name, ["--spec", "market", "--party", "alice", "--json"])
      #expect(try verified.code == 0 && verified.value("valid", as: Bool.self), "\(verified.text)")
      #expect(try verified.value("earned", as: String.self) == "24000000000000", "\(verified.text)")
      #expect(try verified.value("claimed", as: String.self) == "18000000000000" && verified.value("sales", as: Int.self) == 4)
    }
    let people = try await verify("statement.json", ["--sales", "--csv", desk.path("checked.csv")])
    #expect(people.code == 0 && people.output.contains("verified offline") && people.output.contains("complete: 4 sales"), "\(people.text)")
    #expect(try desk.bytes("checked.csv") == desk.bytes("sales.csv"))
    #expect(try await verify("statement.json", ["--spec", "hub"]).code == 5)
    let other = try await verify("statement.json", ["--spec", "market", "--party", "bob"])
    #expect(other.code == 5 && other.sentence.contains("not what was asked for"), "\(other.text)")
    #expect(try await verify("statement.json", ["--spec", "market", "--anchor", "x"]).code == 2)
    #expect(try await verify("nothing.json").code == 3)

    let file = try desk.bytes("statement.json")
    for kind in Lie.all {
      try desk.write(try lie(in: file, kind), to: "lie.json")
      let refused = try await verify("lie.json")
      #expect(refused.code == 5 && !refused.sentence.isEmpty, "\(kind.name): \(refused.text)")
    }
    try await refuseDamage(desk, verify: { try await verify($0) })
  }

  /// The file with something changed in its statement.
  private func lie(in file: [UInt8], _ lie: Lie) throws -> [UInt8] {
    guard var envelope = try JSON(parsing: file).asObject, let bytes = envelope["statement"]?.asBytes else {
      throw HarnessError("no statement")
    }
    var statement = try Statement(decoding: bytes)
    lie.tell(&statement)
    #expect(statement.encoded() != bytes, "\(lie.name)")
    envelope["statement"] = .hex(statement.encoded())
    return Array(JSON.object(envelope).description.utf8)
  }

  /// Single bits all over the file, a part of it, and envelopes that are none.
  private func refuseDamage(_ desk: MarketDesk, verify: (String) async throws -> Programs.Ended) async throws {
    let bytes = try desk.bytes("statement.bin")
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 8)
      try desk.write(damaged, to: "damaged.bin")
      let refused = try await verify("damaged.bin")
      #expect(refused.code == 5, "byte \(place): \(refused.text)")
    }
    let envelope = try #require(try JSON(parsing: try desk.bytes("statement.json")).asObject)
    let changes: [(String, JSON)] = [
      ("format", "something"), ("version", 2), ("statement", "0x1234"), ("statement", "text"), ("extra", 1),
    ]
    for (name, value) in changes {
      var changed = envelope
      changed[name] = value
      try desk.write(Array(JSON.object(changed).description.utf8), to: "damaged.json")
      let refused = try await verify("damaged.json")
      #expect(refused.code == 5, "\(name): \(refused.text)")
    }
    for (name, content) in [("empty", []), ("short", Array(bytes.dropLast())), ("long", bytes + [0]), ("text", Array("hello".utf8))] {
      try desk.write(content, to: "damaged.bin")
      let refused = try await verify("damaged.bin")
      #expect(refused.code == 5, "\(name): \(refused.text)")
    }
  }
}

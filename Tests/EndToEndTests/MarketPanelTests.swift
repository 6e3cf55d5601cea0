import ChainClient
import Foundation
import Keys
import Primitives
import Testing

/// Jurors who vote hidden and then openly, and one who tries to change the vote.
@Suite("Panels by command", .serialized, .network("market")) struct MarketPanelTests {
  private static let jurors = ["charlie", "dave", "eve"]

  /// A vote as the command keeps it.
  private struct Vote: Codable {
    var version = 1
    var share: UInt32
    var salt: String
  }

  /// Delivers something that the buyer does not like.
  private func opened(_ desk: MarketDesk) async throws -> String {
    let order = try await desk.buy(try await desk.sell(["--kind", "service", "--title", "Mixing", "--price", "10 MRKT"]))
    _ = try await desk.traded(["deliver", order], by: "alice")
    _ = try await desk.traded(["panel", "open", order, "--evidence", "the last minute is missing"], by: "bob")
    return order
  }

  /// The file of somebody's vote on an order.
  private func vote(of juror: DevelopmentKey, on order: String, _ desk: MarketDesk) -> String {
    let account = Hex.encode(juror.secretKey.publicKey.accountID.bytes)
    return "keys/votes/\(order.dropFirst(2).prefix(16))-\(account.dropFirst(2).prefix(16)).json"
  }

  private func commitUntil(_ order: String, _ desk: MarketDesk) async throws -> BlockNumber {
    BlockNumber(try await desk.traded(["panel", "show", order]).value("panel", "commit_until", as: Int.self))
  }

  @Test("the middle vote divides the price; a vote that was changed is refused", .timeLimit(.minutes(2))) func judged() async throws {
    let desk = try await MarketDesk.shared()
    try await desk.setParameters(["jurors": 3, "commit_period": 20, "reveal_period": 600])
    for juror in Self.jurors { _ = try await desk.traded(["panel", "join"], by: juror) }
    let twice = try await desk.market(["panel", "join"], by: "dave")
    #expect(twice.code == 6, "\(twice.text)")
    let order = try await opened(desk)
    #expect(try await desk.state(of: order) == "judging")
    #expect(try await desk.market(["confirm", order], by: "bob").code == 6)
    for (juror, share) in zip(Self.jurors, ["20%", "30%", "100%"]) {
      let committed = try await desk.market(["panel", "commit", order, "--share", share], by: juror)
      #expect(committed.code == 0 && !committed.output.contains(share), "\(committed.text)")
    }
    let file = vote(of: .dave, on: order, desk)
    #expect(try FileManager.default.attributesOfItem(atPath: desk.path(file))[.posixPermissions] as? Int == 0o600)
    let kept = try desk.bytes(file)
    let again = try await desk.market(["panel", "commit", order, "--share", "90%"], by: "dave")
    #expect(again.code == 6, "\(again.text)")
    #expect(try desk.bytes(file) == kept)
    #expect(try await desk.market(["panel", "commit", order, "--share", "1%"], by: "ferdie").sentence.contains("not on the panel"))
    let early = try await desk.market(["panel", "reveal", order], by: "dave")
    #expect(early.code == 6 && early.sentence.contains("has not passed yet"), "\(early.text)")
    let stays = try await desk.market(["panel", "leave"], by: "dave")
    #expect(stays.code == 6, "\(stays.text)")

    try await desk.pass(try await commitUntil(order, desk))
    let truth = try JSONDecoder().decode(Vote.self, from: Data(kept))
    var otherShare = truth
    otherShare.share = 900_000
    var otherSalt = truth
    otherSalt.salt = unknownHash
    for changed in [otherShare, otherSalt] {
      try desk.write([UInt8](try JSONEncoder().encode(changed)), to: file)
      let refused = try await desk.market(["panel", "reveal", order], by: "dave")
      #expect(refused.code == 6 && refused.sentence.contains("the vote is not what was committed"), "\(refused.text)")
    }
    try desk.write(kept, to: file)
    let before = try await (buyer: desk.balance(of: .bob), seller: desk.balance(of: .alice), juror: desk.balance(of: .eve))
    for juror in Self.jurors {
      let revealed = try await desk.market(["panel", "reveal", order], by: juror)
      #expect(revealed.code == 0, "\(revealed.text)")
    }
    let shown = try await desk.market(["panel", "show", order])
    #expect(shown.output.contains("dave gives the buyer 30 %"), "\(shown.text)")
    let settled = try await desk.market(["settle", order], by: "ferdie")
    #expect(settled.code == 0 && settled.output.contains("30 % to the buyer"), "\(settled.text)")
    // 3 of 10 go back, and as much of the complaint's bond of half a unit, which the seller's bond makes up for: the jurors
    // share a half. Of the other 7 the fee of a hundredth is taken.
    #expect(try await desk.balance(of: .bob) == before.buyer + 3 * coin + coin * 15 / 100)
    #expect(try await desk.balance(of: .alice) == before.seller + coin * 693 / 100)
    #expect(try await desk.balance(of: .eve) > before.juror + coin / 10)
    #expect(try await desk.state(of: order) == "split")
    _ = try await desk.traded(["review", order, "--stars", "2"], by: "bob")
    for juror in Self.jurors { _ = try await desk.traded(["panel", "leave"], by: juror) }
    #expect(try await desk.held("escrow") == 0)
  }

  @Test("two panels that do not reveal have shown nothing: the seller is paid", .timeLimit(.minutes(1))) func silent() async throws {
    let desk = try await MarketDesk.shared()
    try await desk.setParameters(["jurors": 3, "commit_period": 1, "reveal_period": 1])
    let refused = try await desk.buy(try await desk.sell(["--kind", "service", "--price", "1 MRKT"]))
    _ = try await desk.traded(["deliver", refused], by: "alice")
    let few = try await desk.market(["panel", "open", refused, "--evidence", "none"], by: "bob")
    #expect(few.code == 6 && few.sentence.contains("too few jurors"), "\(few.text)")
    for juror in Self.jurors { _ = try await desk.traded(["panel", "join"], by: juror) }
    let order = try await opened(desk)
    try await desk.passDeadline(of: order)
    let (buyer, seller) = (try await desk.balance(of: .bob), try await desk.balance(of: .alice))
    _ = try await desk.traded(["settle", order], by: "ferdie")
    #expect(try await desk.state(of: order) == "judging")
    _ = try await desk.traded(["panel", "draw", order], by: "ferdie")
    try await desk.passDeadline(of: order)
    _ = try await desk.traded(["settle", order], by: "ferdie")
    // As if nobody had complained.
    #expect(try await desk.balance(of: .alice) == seller + coin * 99 / 10)
    #expect(try await desk.balance(of: .bob) == buyer + coin / 2)
    #expect(try await desk.state(of: order) == "released")
  }
}

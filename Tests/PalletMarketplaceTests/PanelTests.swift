import Hashing
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Panels") struct PanelTests {
  private let chain = TestMarkets()
  private let jurors = (UInt8(11)...15).map { AccountID.test($0) }
  private let salt = H256(words: Words32(1, 2, 3, 4))

  init() { for juror in jurors { _ = chain.run(.joinPanel, .signed(juror)) } }

  /// A delivered order for which a panel was asked.
  private func asked(_ listing: Marketplace.NewListing = goods()) throws -> H256 {
    let order = try chain.delivered(listing)
    #expect(chain.run(.openPanel(order: order, evidence: [1, 2, 3]), .test(2)) == nil)
    return order
  }
  /// Draws the jurors of a panel that was asked for.
  private func draw(_ order: H256) throws -> [AccountID] {
    try chain.pass(2)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    return try dispute(order).votes.map(\.juror)
  }
  private func panel(_ listing: Marketplace.NewListing = goods()) throws -> (order: H256, jurors: [AccountID]) {
    let order = try asked(listing)
    return (order, try draw(order))
  }
  private func dispute(_ order: H256) throws -> Marketplace.Dispute {
    try #require(try Marketplace.disputes.get(order, in: chain.context))
  }

  private func commit(_ order: H256, _ juror: AccountID, _ share: UInt32) -> DispatchError? {
    let commitment = TestMarket.commitment(order: order, juror: juror, buyerShare: share, salt: salt)
    return chain.run(.voteCommit(order: order, commitment: commitment), .signed(juror))
  }
  private func reveal(_ order: H256, _ juror: AccountID, _ share: UInt32) -> DispatchError? {
    chain.run(.voteReveal(order: order, buyerShare: share, salt: salt), .signed(juror))
  }
  /// Has the jurors vote; one without a share commits and does not reveal. Ends the panel.
  private func vote(_ order: H256, _ jurors: [AccountID], _ shares: [UInt32?]) throws {
    for (juror, share) in zip(jurors, shares) { #expect(commit(order, juror, share ?? 0) == nil) }
    try chain.pass(11)
    for (juror, share) in zip(jurors, shares) { if let share { #expect(reveal(order, juror, share) == nil) } }
    if shares.contains(nil) {
      #expect(chain.run(.settle(order: order), .test(9)) == failure(.tooEarly))
      try chain.pass(10)
    }
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
  }
  private func stake(_ juror: AccountID) throws -> Balance { try Marketplace.jurorStakes.get(juror, in: chain.context) ?? 0 }
  /// What a juror has more than at first, the stake counted in.
  private func gain(_ juror: AccountID) throws -> Int128 {
    Int128(try chain.balance(juror) + TestCurrency.held(juror, 1, in: chain.context)) - Int128(TestMarkets.wealth)
  }

  // MARK: Jurors

  @Test("a juror stakes, and has the stake back when on no panel") func come() throws {
    #expect(try chain.balance(11) == TestMarkets.wealth - 1_000_000 && stake(jurors[0]) == 1_000_000)
    #expect(chain.run(.joinPanel, .test(11)) == failure(.notJuror))
    #expect(chain.run(.leavePanel, .test(1)) == failure(.notJuror))
    let seated = try panel().jurors
    for juror in seated { #expect(chain.run(.leavePanel, .signed(juror)) == failure(.wrongState)) }
    let free = try #require(jurors.first { !seated.contains($0) })
    #expect(chain.run(.leavePanel, .signed(free)) == nil)
    #expect(chain.events.last == .juror(account: free, isSitting: false))
    #expect(try chain.balance(free) == TestMarkets.wealth && stake(free) == 0)
    #expect(try Marketplace.jurors.get(in: chain.context).map(\.account) == jurors.filter { $0 != free })
    #expect(chain.run(.joinPanel, .signed(free)) == nil)
    #expect(try Marketplace.jurors.get(in: chain.context).last == Marketplace.Juror(account: free, since: 3))
  }

  @Test("the lowest lots sit, and lots come from a block that was sealed after the panel was asked for") func lots() throws {
    let order = try asked()
    #expect(chain.events.last == .panelAsked(order: order))
    #expect(try chain.order(order).state == .judging && dispute(order).votes.isEmpty && dispute(order).openedAt == 1)
    for _ in 0..<2 {
      #expect(chain.run(.settle(order: order), .test(9)) == failure(.tooEarly))
      #expect(commit(order, jurors[0], 0) == failure(.notJuror))
      try chain.pass(1)
    }
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    let seed = TestConfig.lot(Array("echo/panel/v1".utf8) + order.bytes, 2)
    let byLot = jurors.sorted { Hash.blake2b256(seed.bytes + $0.bytes) < Hash.blake2b256(seed.bytes + $1.bytes) }
    let dispute = try dispute(order)
    #expect(dispute.votes.map(\.juror) == Array(byLot.prefix(3)))
    #expect(dispute.commitUntil == 13 && dispute.revealUntil == 23 && !dispute.isSecond)
    #expect(try chain.order(order).deadline == 23)
    #expect(chain.events.last == .panelOpened(order: order, jurors: Array(byLot.prefix(3))))
  }

  @Test("who joins after a panel was asked for is not drawn, and who leaves moves nobody else's lot") func late() throws {
    let order = try asked()
    let seed = TestConfig.lot(Array("echo/panel/v1".utf8) + order.bytes, 2)
    let byLot = jurors.sorted { Hash.blake2b256(seed.bytes + $0.bytes) < Hash.blake2b256(seed.bytes + $1.bytes) }
    try chain.pass(1)
    for account in UInt8(5)...10 { #expect(chain.run(.joinPanel, .test(account)) == nil) }
    for juror in byLot[...2] { #expect(chain.run(.leavePanel, .signed(juror)) == nil) }
    try chain.pass(1)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    // Two are left who were there, and two sit.
    #expect(try dispute(order).votes.map(\.juror) == Array(byLot[3...]))
  }

  @Test("when nobody draws in time, the hash is gone and the panel is asked for again") func forgotten() throws {
    let order = try asked()
    try chain.pass(30)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(chain.events.last == .panelAsked(order: order))
    #expect(try dispute(order).votes.isEmpty && dispute(order).openedAt == 31 && !dispute(order).isSecond)
    #expect(try draw(order).count == 3)
  }

  @Test("parties are never drawn, and too few others make no panel") func parties() throws {
    for listing in 0..<20 {
      let number = try chain.list(goods(), by: .test(11))
      let order = try chain.buy(number, by: 12)
      #expect(chain.run(.deliver(order: order, box: []), .test(11)) == nil)
      #expect(chain.run(.openPanel(order: order, evidence: []), .test(12)) == nil)
      #expect(try Set(draw(order)) == Set(jurors[2...]), "listing \(listing)")
    }
    #expect(try Marketplace.sittings.get(.test(13), in: chain.context) == 20)
    let order = try chain.buy(chain.list(goods(), by: .test(11)), by: 12)
    #expect(chain.run(.deliver(order: order, box: []), .test(11)) == nil)
    var parameters = TestConfig.parameters
    parameters.jurors = 5
    #expect(chain.run(.setParameters(parameters: parameters), .root) == nil)
    #expect(chain.run(.openPanel(order: order, evidence: []), .test(12)) == failure(.noPanel))
    for juror in UInt8(7)...8 { #expect(chain.run(.joinPanel, .test(juror)) == nil) }
    #expect(chain.run(.openPanel(order: order, evidence: []), .test(12)) == nil)
  }

  // MARK: Verdicts

  @Test("the median decides; both sides bear the bond as they share the price, and who revealed has it") func median() throws {
    let work = chain.work(1, stack: 100_000)
    let before = try [2, 1].map { try chain.balance($0) }
    let (order, panel) = try panel(goods(work: work))
    #expect(try chain.balance(2) == before[0] - price - 500_000)
    let (seller, treasury) = (try chain.balance(1), try chain.treasury)
    try vote(order, panel, [900_000, 200_000, 300_000])
    #expect(try chain.order(order).state == .split(buyerShare: 300_000))
    // Three tenths of the price, and of the bond: the seller bears those.
    #expect(try chain.balance(2) == before[0] - price - 500_000 + 3_000_000 + 150_000)
    #expect(try chain.listing(0).terms.bond == 4_850_000 && chain.held().bonds == 4_850_000 && chain.held().escrow == 0)
    // Of the other 7,000,000 the market and the work have what they have of a price.
    #expect(chain.events.contains(.released(order: order, seller: 6_230_000, royalty: 700_000, fee: 70_000)))
    #expect(chain.events.contains(.judged(order: order, buyerShare: 300_000)))
    #expect(try chain.balance(1) == seller + 6_230_000 && chain.credited(work) == 700_000)
    #expect(try panel.map { try gain($0) } == [166_666, 166_666, 166_666])
    #expect(try chain.treasury == treasury + 70_000 + 2)
    #expect(!Marketplace.disputes.exists(order, in: chain.context))
    #expect(try panel.map { try Marketplace.sittings.get($0, in: chain.context) } == [0, 0, 0])
    let rating = try chain.rating(0)
    #expect(rating.settled == 1 && rating.complaints == 1 && rating.refunded == 0)
  }

  @Test("of two votes the lower decides, and who did not reveal pays a tenth of the stake to those who did") func lower() throws {
    let (order, panel) = try panel()
    let treasury = try chain.treasury
    try vote(order, panel, [700_000, nil, 100_000])
    #expect(try chain.order(order).state == .split(buyerShare: 100_000))
    #expect(try panel.map { try stake($0) } == [1_000_000, 900_000, 1_000_000])
    #expect(try panel.map { try gain($0) } == [250_000 + 50_000, -100_000, 250_000 + 50_000])
    #expect(try chain.treasury == treasury + 90_000)
    #expect(chain.run(.leavePanel, .signed(panel[1])) == nil)
    #expect(try chain.balance(panel[1]) == TestMarkets.wealth - 100_000)
  }

  @Test("a panel of which most say nothing is followed by a second one, of which any vote counts") func second() throws {
    let (order, first) = try panel()
    try vote(order, first, [nil, 800_000, nil])
    #expect(chain.events.last == .panelAsked(order: order))
    #expect(try chain.order(order).state == .judging && dispute(order).isSecond && dispute(order).votes.isEmpty)
    #expect(try first.map { try gain($0) } == [-100_000, 200_000, -100_000])
    #expect(try chain.held().escrow == price && chain.held().bonds == 5_500_000)
    let again = try draw(order)
    let before = try again.map { try gain($0) }
    try vote(order, again, [nil, nil, 400_000])
    #expect(try chain.order(order).state == .split(buyerShare: 400_000))
    let fines = try before.indices.map { try gain(again[$0]) - before[$0] }
    #expect(fines[0] < 0 && fines[1] < 0 && fines[2] == 500_000 - fines[0] - fines[1])
    #expect(try chain.held().escrow == 0 && chain.held().bonds == 4_800_000)
  }

  @Test("two panels that say nothing leave the order as if nobody had complained") func silent() throws {
    let before = try chain.balance(2)
    let (order, first) = try panel()
    let (seller, treasury) = (try chain.balance(1), try chain.treasury)
    try chain.pass(20)
    #expect(chain.run(.settle(order: order), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(try first.map { try stake($0) } == [900_000, 900_000, 900_000] && chain.treasury == treasury + 300_000)
    let again = try draw(order)
    let fined = try again.reduce(Balance(0)) { $0 + (try stake($1)) / 10 }
    try chain.pass(21)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(try chain.order(order).state == .released)
    #expect(try chain.balance(2) == before - price && chain.balance(1) == seller + 9_900_000)
    #expect(try chain.treasury == treasury + 300_000 + fined + 100_000 && chain.held().bonds == 5_000_000)
  }

  @Test("a panel may give all to either side", arguments: [UInt32(0), 500_000, 500_001, 1_000_000]) func extremes(share: UInt32) throws {
    let (order, panel) = try panel(goods(.licence, licence: terms()))
    let (buyer, seller) = (try chain.balance(2), try chain.balance(1))
    try vote(order, panel, [share, share, share])
    #expect(try chain.order(order).state == .split(buyerShare: share))
    let (back, rest) = (price * Balance(share) / 1_000_000, price - price * Balance(share) / 1_000_000)
    let bond = Balance(500_000) * Balance(share) / 1_000_000
    #expect(try chain.balance(2) == buyer + back + bond)
    #expect(try chain.balance(1) == seller + rest - 100_000 * rest / price)
    #expect(try chain.held().bonds == 5_000_000 - bond && chain.listing(0).bondInUse == 0)
    // Whoever has most of the money back has not bought it.
    #expect(Marketplace.licences.exists(0, in: chain.context) == (share <= 500_000))
    let rating = try chain.rating(0)
    #expect(rating.refunded == (share == 1_000_000 ? 1 : 0) && rating.settled + rating.refunded == 1)
  }

  @Test("who keeps silent until half the stake is gone has the rest back and sits no more") func struck() throws {
    for juror in jurors[3...] { #expect(chain.run(.leavePanel, .signed(juror)) == nil) }
    var stakes: [Balance] = []
    let order = try asked()
    var current = order
    while try !Marketplace.jurors.get(in: chain.context).isEmpty {
      try #require(stakes.count < 20)
      #expect(try draw(current).count == 3)
      try chain.pass(21)
      #expect(chain.run(.settle(order: current), .test(9)) == nil)
      stakes.append(try stake(jurors[0]))
      if try chain.order(current).state == .released { current = try asked() }
    }
    #expect(stakes == [900_000, 810_000, 729_000, 656_100, 590_490, 531_441, 0])
    #expect(try jurors[..<3].map { try gain($0) } == [-521_703, -521_703, -521_703])
    #expect(try TestCurrency.held(jurors[0], 1, in: chain.context) == 0)
    // There is nobody left to draw: the order that waits is released.
    try chain.pass(2)
    #expect(chain.run(.settle(order: current), .test(9)) == nil)
    #expect(try chain.order(current).state == .released && chain.held().escrow == 0)
    #expect(chain.run(.joinPanel, .test(11)) == nil)
  }

  @Test("who lost the half of a stake on another panel sits no more after the last one, however the vote") func struckLater() throws {
    for juror in jurors[3...] { #expect(chain.run(.leavePanel, .signed(juror)) == nil) }
    for _ in 0..<3 {
      let order = try asked()
      for _ in 0..<2 {
        _ = try draw(order)
        try chain.pass(21)
        #expect(chain.run(.settle(order: order), .test(9)) == nil)
      }
    }
    #expect(try stake(jurors[0]) == 531_441)
    let orders = [try asked(goods(complainIn: 500)), try asked(goods(complainIn: 500))]
    let panel = try draw(orders[0])
    for juror in panel { #expect(commit(orders[0], juror, 0) == nil) }
    try chain.pass(11)
    #expect(chain.run(.settle(order: orders[1]), .test(9)) == nil)
    for juror in panel { #expect(commit(orders[1], juror, 7) == nil) }
    try chain.pass(11)
    // Of the first nobody reveals; of the second everybody does.
    #expect(chain.run(.settle(order: orders[0]), .test(9)) == nil)
    #expect(try Marketplace.jurors.get(in: chain.context).count == 3 && stake(jurors[0]) == 478_297)
    for juror in panel { #expect(reveal(orders[1], juror, 7) == nil) }
    #expect(chain.run(.settle(order: orders[1]), .test(9)) == nil)
    #expect(try Marketplace.jurors.get(in: chain.context).isEmpty && stake(jurors[0]) == 0)
    #expect(try TestCurrency.held(jurors[0], 1, in: chain.context) == 0)
  }

  // MARK: Votes

  @Test("votes are committed, then revealed, once each and by the panel only") func votes() throws {
    let (order, panel) = try panel()
    #expect(commit(order, .test(1), 0) == failure(.notJuror))
    #expect(commit(.zero, panel[0], 0) == failure(.unknownOrder))
    #expect(commit(order, panel[0], 400_000) == nil)
    #expect(chain.events.last == .voteCommitted(order: order, juror: panel[0]))
    #expect(commit(order, panel[0], 400_000) == failure(.notJuror))
    #expect(commit(order, panel[1], 1_000_001) == nil)
    #expect(commit(order, panel[2], 500_000) == nil)
    #expect(reveal(order, panel[0], 400_000) == failure(.tooEarly))
    try chain.pass(11)
    #expect(commit(order, panel[2], 0) == failure(.tooLate))
    #expect(reveal(order, panel[0], 400_001) == failure(.badReveal))
    #expect(chain.run(.voteReveal(order: order, buyerShare: 400_000, salt: .zero), .signed(panel[0])) == failure(.badReveal))
    #expect(reveal(order, panel[1], 1_000_001) == failure(.badReveal))
    #expect(reveal(order, .test(1), 0) == failure(.notJuror))
    #expect(reveal(order, panel[0], 400_000) == nil)
    #expect(chain.events.last == .voteRevealed(order: order, juror: panel[0], buyerShare: 400_000))
    #expect(reveal(order, panel[0], 400_000) == failure(.notJuror))
    #expect(reveal(order, panel[2], 500_000) == nil)
    try chain.pass(10)
    #expect(reveal(order, panel[1], 0) == failure(.tooLate))
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(try chain.order(order).state == .split(buyerShare: 400_000))
    #expect(commit(order, panel[2], 0) == failure(.wrongState))
  }

  @Test("a vote of one juror is worth nothing in the hands of another") func copied() throws {
    let (order, panel) = try panel()
    let commitment = TestMarket.commitment(order: order, juror: panel[0], buyerShare: 7, salt: salt)
    for juror in panel { #expect(chain.run(.voteCommit(order: order, commitment: commitment), .signed(juror)) == nil) }
    try chain.pass(11)
    #expect(reveal(order, panel[0], 7) == nil)
    #expect(reveal(order, panel[1], 7) == failure(.badReveal))
  }

  @Test("only the buyer of a delivered order asks for a panel, once") func opening() throws {
    let order = try chain.buy(chain.list(goods()))
    #expect(chain.run(.openPanel(order: order, evidence: []), .test(2)) == failure(.wrongState))
    #expect(chain.run(.deliver(order: order, box: [])) == nil)
    #expect(chain.run(.openPanel(order: order, evidence: []), .test(1)) == failure(.notParty))
    let long = [UInt8](repeating: 0, count: 129)
    #expect(chain.run(.openPanel(order: order, evidence: long), .test(2)) == failure(.tooMuch))
    #expect(chain.run(.openPanel(order: order, evidence: long.dropLast()), .test(2)) == nil)
    #expect(chain.run(.openPanel(order: order, evidence: []), .test(2)) == failure(.wrongState))
    #expect(chain.run(.confirm(order: order), .test(2)) == failure(.wrongState))
  }
}

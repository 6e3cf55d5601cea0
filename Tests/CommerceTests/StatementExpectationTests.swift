import Commerce
import Keys
import PalletRoyalty
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

@Suite("What a verifier expects of a statement") struct StatementExpectationTests {
  private static let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
  private static let studio = Location(parents: 1, .para(2001), .account(bob))
  private static let subject = StatementSubject(split: 7, party: .remote(studio), asset: .here, work: Books.hash("work"))

  @Test("what is expected and so, or is not asked for, is accepted")
  func accepts() throws {
    try StatementExpectation().check(Self.subject)
    try StatementExpectation(party: .remote(Self.studio), split: 7, work: Books.hash("work"), asset: .here).check(Self.subject)
  }

  @Test(
    "a party is compared in full: its chain, its network and its kind count",
    arguments: [
      .account(bob), .remote(Location(parents: 1, .para(2002), .account(bob))), .remote(.account(bob)), .splitPot(7),
      .remote(Location(parents: 1, .para(2001), .accountId32(network: .polkadot, id: bob))),
      .remote(Location(parents: 1, .para(2001), .account(DevelopmentKey.dave.secretKey.publicKey.accountID))),
    ] as [Royalty.Party])
  func refusesOtherParties(party: Royalty.Party) {
    #expect(throws: StatementMismatch.party(.remote(Self.studio))) { try StatementExpectation(party: party).check(Self.subject) }
    var other = Self.subject
    other.party = party
    #expect(throws: StatementMismatch.party(party)) { try StatementExpectation(party: .remote(Self.studio)).check(other) }
  }

  @Test("another split, work or asset is refused, and a statement without a work too")
  func refusesOthers() {
    #expect(throws: StatementMismatch.split(7)) { try StatementExpectation(split: 8).check(Self.subject) }
    #expect(throws: StatementMismatch.work(Books.hash("work"))) { try StatementExpectation(work: .zero).check(Self.subject) }
    #expect(throws: StatementMismatch.asset(.here)) { try StatementExpectation(asset: .sibling(1000)).check(Self.subject) }
    var workless = Self.subject
    workless.work = nil
    #expect(throws: StatementMismatch.work(nil)) { try StatementExpectation(work: Books.hash("work")).check(workless) }
  }

  @Test("every mismatch says what the statement is about instead")
  func says() {
    let mismatches: [StatementMismatch] = [
      .party(.account(Self.bob)), .party(.remote(Self.studio)), .party(.splitPot(3)), .split(7), .work(.zero), .work(nil),
      .asset(.here),
    ]
    #expect(Set(mismatches.map { "\($0)" }).count == mismatches.count)
    #expect(mismatches.allSatisfy { "\($0)".hasPrefix("the statement is") })
    #expect("\(StatementMismatch.party(.remote(Self.studio)))".contains("../Parachain(2001)/AccountId32("))
  }
}

@Suite("Parties as people type them") struct PartyNameTests {
  @Test(
    "names are read",
    arguments: [
      ("alice", .account("alice")), ("//Alice", .account("//Alice")), ("studio:bob", .elsewhere(chain: "studio", account: "bob")),
      ("2001:0x00", .elsewhere(chain: "2001", account: "0x00")), ("split:7", .split(7)), (":", .elsewhere(chain: "", account: "")),
      ("split:", nil), ("split:+7", nil), ("split:07", nil), ("split:-1", nil), ("split:bob", nil),
    ] as [(String, PartyName?)])
  func reads(text: String, name: PartyName?) { #expect(PartyName(text) == name) }

  @Test("an account of the chain itself is an account, one elsewhere a location, and with an unknown chain always a location")
  func resolves() {
    let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
    let elsewhere = Royalty.Party.remote(Location(parents: 1, .para(2001), .account(bob)))
    #expect(Royalty.Party(bob, on: 2001, seenFrom: 2001) == .account(bob))
    #expect(Royalty.Party(bob, on: 2001, seenFrom: 2000) == elsewhere)
    #expect(Royalty.Party(bob, on: 2001, seenFrom: nil) == elsewhere)
  }
}

import Commerce
import Finality
import Keys
import PalletRoyalty
import PalletSupport
import Primitives
import Proofs
import ScaleCodec
import TestKit
import Testing
import XCM

@Suite("Statements") struct StatementTests {
  @Test("a statement without sales is complete") func empty() throws {
    let findings = try Books().statement().examine(anchor: Books.anchor)
    #expect(findings.account == nil)
    #expect(findings.party.due == 0 && findings.party.earned == 0)
    #expect(findings.report.isValid)
  }

  @Test("sales are added up by the chain's rule, to the last unit") func sales() throws {
    var books = Books()
    for amount in [1, 999_999, 1_000_000, 12_345_678_901] as [Balance] { books.sell(amount) }
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.replay.received == 12_347_678_901)
    #expect(findings.replay.perUnit == 12_347 && findings.replay.carry == 678_901)
    #expect(findings.party.due == 600_000 * 12_347)
    #expect(findings.party.shares == [0, 600_000, 600_000, 600_000 * 12_345])
  }

  @Test("a change of units in the middle gives each sale the units of its time") func changeInTheMiddle() throws {
    var books = Books()
    books.sell(5_000_000)
    books.change(units: 100_000)
    books.sell(7_000_000)
    books.change(units: nil)
    books.sell(9_000_000)
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.shares == [3_000_000, 700_000, 0])
    #expect(findings.party.due == 3_700_000)
    #expect(findings.party.periods.map(\.units) == [600_000, 100_000, 0])
  }

  @Test("what was claimed and what is due make up what was earned") func claimed() throws {
    let books = Books.eventful()
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.claimed == 1_000_000)
    #expect(findings.party.due == books.dueByHand())
    #expect(findings.party.settledSales == 6, "the sale of 7 units brought nobody anything yet")
    let shares = findings.party.shares.compactMap { $0 }
    #expect(shares.count == books.lines.count, "the ledger's sum follows from the units of the versions")
    #expect(shares.reduce(0, +) == findings.party.earned)
  }

  @Test("units that moved within a version are known in sum only, and the sum is the ledger's") func transfer() throws {
    var books = Books()
    books.sell(5_000_000)
    books.claim(0)
    // What the party had with its 600,000 units stays; from here on it has 50,000.
    books.units = [50_000]
    books.sell(5_000_000)
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.shares == [nil, 250_000])
    #expect(findings.party.settled == 3_000_000)
    #expect(findings.party.due == 3_250_000)
  }

  @Test("what is on its way is neither due nor claimed, and earned all the same") func inFlight() throws {
    var books = Books()
    books.sell(5_000_000)
    let bob = Royalty.Party.account(DevelopmentKey.bob.secretKey.publicKey.accountID)
    books.claim(1_000_000)
    // A million left for another chain, and half of another one: its first item arrived.
    books.entry?.due -= 1_500_000
    books.payouts = [
      (3, [(books.subject.party, 1_000_000), (bob, 700_000)], nil),
      (8, [(bob, 10), (books.subject.party, 500_000)], 1),
    ]
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.inFlight == 1_500_000)
    #expect(findings.party.due == 500_000 && findings.party.earned == 3_000_000)
    #expect(findings.party.shares == [3_000_000])

    var statement = try books.statement()
    statement.payouts.removeLast()
    #expect(throws: StatementRefusal.self) { try statement.examine(anchor: Books.anchor) }
    books.payouts.removeLast()
    let honest = try books.statement()
    #expect(try honest.examine(anchor: Books.anchor).party.inFlight == 1_000_000)
  }

  @Test("a version that ended before the asset had income counts for nothing") func lateIncome() throws {
    var books = Books()
    books.change(units: 400_000)
    books.sell(2_000_000)
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.due == 800_000)
  }

  @Test("a party that never was a member is told from one that is due nothing") func stranger() throws {
    var books = Books()
    books.units = [nil]
    books.sell(2_000_000)
    books.change(units: nil)
    var findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.due == 0 && findings.party.earned == 0)
    #expect(!findings.wasMember)

    books.change(units: 1)
    books.change(units: nil)
    findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.due == 0 && findings.wasMember, "it had a unit in one version")

    books = Books()
    books.sell(2_000_000)
    books.claim(books.dueByHand())
    books.units = [nil]
    findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.party.due == 0 && findings.wasMember, "it gave its units away and was paid")
  }

  @Test("a party elsewhere whose location is on the chain itself is refused, whatever the network")
  func notElsewhere() throws {
    let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
    for location in [Location.account(alice), Location(.accountId32(network: .polkadot, id: alice)), .here] {
      var books = Books()
      books.units = [nil]
      books.subject.party = .remote(location)
      books.sell(2_000_000)
      let statement = try books.statement()
      #expect(throws: StatementRefusal.partyNotElsewhere(location)) { try statement.examine(anchor: Books.anchor) }
    }
  }

  @Test("a statement of a work proves that the work is credited to the split") func work() throws {
    var books = Books()
    books.subject.work = Books.hash("work")
    books.workSplits = (own: 7, sales: 9)
    books.sell(2_000_000)
    var findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.work?.saleSplit == 9 && findings.workSplit == .contributors)
    books.workSplits = (own: 9, sales: 7)
    findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.workSplit == .sales && findings.workSplit?.words == "sales' split")
    books.workSplits = (own: 7, sales: 7)
    #expect(try books.statement().examine(anchor: Books.anchor).workSplit == .both)
    books.workSplits = (own: 8, sales: 9)
    #expect(throws: StatementRefusal.otherWork) { try books.statement().examine(anchor: Books.anchor) }
    books.workSplits = nil
    #expect(throws: StatementRefusal.otherWork) { try books.statement().examine(anchor: Books.anchor) }
  }

  @Test("an asset of another chain proves how it is written") func foreign() throws {
    var books = Books()
    books.subject.asset = .sibling(1000)
    books.sell(2_000_000)
    let name =
      Balance(0).encoded() + Array("Echo".utf8).encoded() + Array("ECHO".utf8).encoded() + UInt8(12).encoded() + false.encoded()
    books.others = [(books.subject.rows(version: 0, payouts: []).first { $0.row == .name }?.key ?? [], name)]
    let findings = try books.statement().examine(anchor: Books.anchor)
    #expect(findings.unit?.symbol == "ECHO" && findings.unit?.decimals == 12)
  }

  @Test("a statement survives its encoding, and a cut or longer one does not") func encoding() throws {
    let statement = try Books.eventful().statement()
    let bytes = statement.encoded()
    #expect(bytes.count == statement.encodedSize)
    #expect(try Statement(decoding: bytes) == statement)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: ScaleError.self) { try Statement(decoding: Array(bytes.prefix(length))) }
    }
    #expect(throws: ScaleError.self) { try Statement(decoding: bytes + [0]) }
  }

  @Test("a length that nothing is there to hold is refused before anything is read") func lyingLength() throws {
    let length = Compact(UInt32(Statement.maximumLines)).encoded()
    let bytes = Statement.magic + [Statement.version] + Books().subject.encoded() + length + [UInt8](repeating: 0, count: 84 * 10)
    #expect(throws: ScaleError.self) { try Statement(decoding: bytes) }
  }

  @Test("a statement has no more sales for a block than the block had, and the longest one fits a file without envelope")
  func older() throws {
    let statement = try Books.eventful().statement()
    #expect(statement.lines(upTo: 3) == Array(statement.lines.prefix(3)))
    #expect(statement.lines(upTo: .max) == statement.lines)
    #expect(statement.lines(upTo: 0).isEmpty)
    #expect(Statement.maximumSize <= Statement.maximumFile)
  }

  @Test("sales as comma-separated values have a line each and sum up") func csv() throws {
    let statement = try Books.eventful().statement()
    let findings = try statement.examine(anchor: Books.anchor)
    let lines = statement.csv(findings).split(separator: "\r\n").map(String.init)
    #expect(lines.count == statement.lines.count + 1)
    #expect(lines[0] == "sale,block,work,reference,amount,per_unit,share")
    let amounts = lines.dropFirst().compactMap { Balance($0.split(separator: ",")[4]) }
    #expect(amounts.reduce(0, +) == findings.replay.received)
  }

  @Test("random histories give exactly what the chain's rule gives", arguments: 0..<60 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    do {
      var books = Books()
      for _ in 0..<Int.random(in: 1...24, using: &generator) {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where books.version < 6:
          let isMember = Bool.random(using: &generator)
          books.change(units: isMember ? .random(in: 1...1_000_000, using: &generator) : nil)
        case 1 where books.received > 0: books.claim(.random(in: 0...books.dueByHand(), using: &generator))
        default: books.sell(.random(in: 1...1_000_000_000_000, using: &generator))
        }
      }
      let findings = try books.statement().examine(anchor: Books.anchor)
      #expect(findings.party.due == books.dueByHand())
      #expect(findings.party.claimed == books.entry?.claimed ?? 0)
      #expect(findings.replay.perUnit * 1_000_000 + UInt128(findings.replay.carry) == books.received)
    }
  }
}

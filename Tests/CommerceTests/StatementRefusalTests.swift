import Commerce
import Finality
import Keys
import Lanes
import LightClient
import PalletRoyalty
import PalletSupport
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import Testing
import XCM

/// A change that no verifier may accept, with a word that its sentence must have.
struct StatementForgery: Sendable, CustomTestStringConvertible {
  var name: String
  var word: String
  var change: @Sendable (inout Statement) throws -> Void
  var testDescription: String { name }

  init(_ name: String, _ word: String, _ change: @escaping @Sendable (inout Statement) throws -> Void) {
    self.name = name
    self.word = word
    self.change = change
  }

  /// Each begins with the statement of ``Books/eventful()``: eight sales, two versions, one claim.
  static let all: [StatementForgery] = lines + subject + proof

  static let lines: [StatementForgery] = [
    Self("the last sale left out", "left out") { $0.lines.removeLast() },
    Self("a sale in the middle left out", "left out") { $0.lines.remove(at: 3) },
    Self("all sales left out", "left out") { $0.lines = [] },
    Self("a sale invented", "invented") { $0.lines.append($0.lines[7]) },
    Self("a sale twice and another left out", "changed") { $0.lines[2] = $0.lines[3] },
    Self("two sales swapped in one block", "changed") { $0.lines.swapAt(6, 7) },
    Self("two sales swapped over blocks", "block") { $0.lines.swapAt(1, 2) },
    Self("an amount raised", "changed") { $0.lines[4].amount += 1 },
    Self("an amount lowered", "changed") { $0.lines[0].amount -= 1 },
    Self("an amount beyond everything", "more than there can be") { $0.lines[1].amount = .max },
    Self("another work", "changed") { $0.lines[1].work = Books.hash("other") },
    Self("another order", "changed") { $0.lines[1].reference = Books.hash("other") },
    Self("another block", "changed") { $0.lines[7].block += 1 },
    Self("one sale split in two, another left out", "changed") { statement in
      statement.lines[0].amount -= 5
      statement.lines[1].amount += 5
    },
  ]

  static let subject: [StatementForgery] = [
    Self("another party", "which no statement") {
      $0.subject.party = .account(DevelopmentKey.bob.secretKey.publicKey.accountID)
    },
    Self("a remote party", "which no statement") { $0.subject.party = .remote(.sibling(2001)) },
    Self("another split", "says nothing about the split") { $0.subject.split = 8 },
    Self("another asset", "which no statement") { $0.subject.asset = .sibling(1000) },
    Self("a work that is not shown", "says nothing about the work") { $0.subject.work = Books.hash("work") },
  ]

  static let proof: [StatementForgery] = [
    Self("a payout that is not shown", "says nothing about payout 4") { $0.payouts = [4] },
    Self("another chain", "commitment is of chain") { $0.proof.claim.genesisHash = .zero },
    Self("another validator set", "signed by set") { $0.proof.anchor.id += 1 },
    Self("another validator set's root", "root") { $0.proof.anchor.root = .zero },
    Self("the header's state root", "header has hash") { $0.proof.header[40] ^= 1 },
    Self("the commitment's height", "signature") { $0.proof.certificate.proof.signed.commitment.blockNumber += 1 },
    Self("a node missing", "missing") { $0.proof.storage = StorageProof(nodes: Array($0.proof.storage.nodes.dropLast())) },
    Self("a surplus node", "proof") { $0.proof.storage = StorageProof(nodes: $0.proof.storage.nodes + [[1, 2, 3]]) },
    Self("a row not claimed", "proof") { $0.proof.claims.removeLast() },
    Self("a row claimed to be absent", "not absent") { statement in
      let key = statement.subject.key(of: .account)
      guard let index = statement.proof.claims.firstIndex(where: { $0.key == key }) else { throw Missing() }
      statement.proof.claims[index].value = .absent
    },
    Self("a claim of messages", "message") {
      $0.proof.messages = MessageClaim(rows: .outbound, lane: .zero, nonces: NonceRange(1, 1))
    },
  ]
}

@Suite("Refused statements") struct StatementRefusalTests {
  @Test("a forged statement is refused, with the reason", arguments: StatementForgery.all)
  func forged(_ forgery: StatementForgery) throws {
    var statement = try Books.eventful().statement()
    try forgery.change(&statement)
    do throws(StatementRefusal) {
      _ = try statement.examine(anchor: Books.anchor)
      Issue.record("\(forgery.name) was believed")
    } catch {
      #expect("\(error)".contains(forgery.word), "\(error)")
      #expect(!"\(error)".hasSuffix("."))
    }
  }

  @Test("a flipped bit anywhere is refused, or changes nothing that counts", arguments: 0..<8)
  func bits(bit: Int) throws {
    let bytes = try Books.eventful().statement().encoded()
    let honest = try Statement(decoding: bytes).examine(anchor: Books.anchor)
    for position in stride(from: bit, to: bytes.count, by: 5) {
      var changed = bytes
      changed[position] ^= 1 << UInt8(bit)
      guard let statement = try? Statement(decoding: changed), let found = try? statement.examine(anchor: Books.anchor) else {
        continue
      }
      // Only the words for people are nobody's signature.
      #expect(found.party == honest.party && found.replay == honest.replay)
      #expect(statement.subject == Books.eventful().subject && statement.lines == Books.eventful().lines)
    }
  }

  @Test("a verifier who trusts another chain refuses") func wrongChain() throws {
    let statement = try Books.eventful().statement()
    let other = TrustAnchor(genesisHash: Books.hash("other chain"), set: Books.set.summary)
    do throws(StatementRefusal) {
      _ = try statement.examine(anchor: other)
      Issue.record("another chain was believed")
    } catch { #expect("\(error)".contains("commitment is of chain")) }
  }

  @Test("an exporter who hides a version of the members is refused")
  func hiddenVersion() throws {
    let books = Books.eventful()
    let hidden = books.subject.key(of: .units(version: 0))
    let statement = try books.statement { $0.removeAll { $0.key == hidden } }
    #expect(throws: StatementRefusal.missing(.units(version: 0))) { try statement.examine(anchor: Books.anchor) }
  }

  @Test("an exporter who shows more than the subject's rows is refused")
  func surplusRow() throws {
    let books = Books.eventful()
    let key = Array("neighbour of everything, thirty-two".utf8)
    let statement = try books.statement { claims in
      claims.append(StorageClaim(key: key, value: .present))
      claims.sort { $0.key.lexicographicallyPrecedes($1.key) }
    }
    #expect(throws: StatementRefusal.surplus(key: key)) { try statement.examine(anchor: Books.anchor) }
  }

  @Test("a chain whose figures do not follow from its own sales is found out")
  func wrongFigures() throws {
    func refusal(_ change: (inout Books) -> Void) throws -> StatementRefusal? {
      var books = Books.eventful()
      change(&books)
      let statement = try books.statement()
      do throws(StatementRefusal) {
        _ = try statement.examine(anchor: Books.anchor)
        return nil
      } catch { return error }
    }
    #expect(try refusal { $0.perUnit += 1 } == .otherAccount("per unit"))
    #expect(try refusal { $0.carry += 1 } == .otherAccount("per unit"))
    #expect(try refusal { $0.received += 1 } == .otherAccount("received"))
    #expect(try refusal { $0.entry?.last += 1 } == .ledgerAhead)
    #expect(try refusal { $0.entry?.version = 9 } == .ledgerAhead)
    #expect(try refusal { $0.entry?.claimed = .max / 2 } == .overCredited)
    #expect(try refusal { $0.entry?.due = .max } == .overCredited)
    #expect(try refusal { $0.closings[0]? += 1 } == .closingOutside(version: 0))
    #expect(try refusal { $0.units[1] = .max } == .overCredited)
  }

  @Test("a split that does not exist, and one that changed too often") func unusualSplits() throws {
    var statement = try Books().statement()
    statement.subject.split = 8
    #expect(throws: StatementRefusal.self) { try statement.examine(anchor: Books.anchor) }
    #expect(StatementSubject.maximumVersion > 1000)
  }
}

import Files
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

/// Complaints with real boxes, real proofs and a really encrypted file.
@Suite("Complaints that the chain decides") struct ComplaintTests {
  private let chain = TestMarkets()
  private let honest = TestFile.honest

  /// Complains as the buyer; what it did to buyer, seller and treasury, and to escrow and bonds.
  private func complain(_ order: H256, _ proof: Marketplace.Complaint) throws -> (error: DispatchError?, gains: [Int128]) {
    func money() throws -> [Balance] { try [chain.balance(2), chain.balance(1), chain.treasury] }
    let before = try money()
    let error = chain.run(.complain(order: order, proof: proof), .test(2))
    return (error, zip(try money(), before).map { Int128($0) - Int128($1) })
  }

  /// What an upheld complaint moves: the price and half of the seller's bond, and the other half.
  private let upheld: [Int128] = [10_500_000, 0, 500_000]
  /// What one costs that is not upheld.
  private let lost: [Int128] = [-500_000, 250_000, 250_000]

  // MARK: C2, wrong key

  @Test("a box that opens to another key, or not at all, is refunded", arguments: [TestKeys.wrongBox, TestKeys.strangeBox])
  func wrongKey(box: KeyBox) throws {
    let order = try chain.delivered(honest, box: box.bytes)
    let (error, gains) = try complain(order, .wrongKey(shared: TestKeys.shared(box)))
    #expect(error == nil && gains == upheld)
    #expect(try chain.order(order).state == .refunded)
    #expect(chain.events.contains(.complained(order: order, kind: .wrongKey, isUpheld: true)))
    #expect(chain.events.contains(.refunded(order: order, reason: .wrongKey)))
    let rating = try chain.rating(0)
    #expect(rating.complaints == 1 && rating.refunded == 1 && rating.settled == 0)
    #expect(try chain.held().escrow == 0 && chain.held().bonds == 4_000_000 && chain.listing(0).terms.bond == 4_000_000)
  }

  @Test("a buyer who got the right key and says otherwise loses the bond, and may go on complaining") func rightKey() throws {
    let order = try chain.delivered(honest)
    let before = try chain.order(order)
    for complaints in UInt32(1)...2 {
      let (error, gains) = try complain(order, .wrongKey(shared: TestKeys.shared(TestKeys.box)))
      #expect(error == nil && gains == lost)
      #expect(try chain.order(order) == before)
      #expect(chain.events.contains(.complained(order: order, kind: .wrongKey, isUpheld: false)))
      #expect(try chain.rating(0).complaints == complaints)
    }
    #expect(try chain.held().escrow == price && chain.held().bonds == 5_000_000)
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
  }

  @Test("a point that is not shared proves nothing") func forged() throws {
    let order = try chain.delivered(honest, box: TestKeys.wrongBox.bytes)
    let shared = TestKeys.shared(TestKeys.wrongBox)
    var changed = [shared, shared, shared, shared]
    changed[0].point = TestKeys.buyerKey
    changed[1].challenge = shared.response
    changed[2].response = .zero
    changed[3].point = TestKeys.offCurve
    for forged in changed + [TestKeys.shared(TestKeys.box), TestKeys.shared(TestKeys.wrongBox, by: DevelopmentKey.eve.secretKey)] {
      let before = chain.context.trace
      #expect(try complain(order, .wrongKey(shared: forged)).error == failure(.badProof))
      #expect(chain.context.trace == before)
    }
  }

  @Test("what is no box is not delivered, and what is no key is not sold to") func boxes() throws {
    let number = try chain.list(honest.listing())
    let noPoint = Marketplace.Call.buy(listing: number, quantity: 1, maxPrice: .max, buyerKey: TestKeys.offCurve)
    #expect(chain.run(noPoint, .test(2)) == failure(.badKey))
    let order = try chain.buy(number, key: TestKeys.buyerKey)
    let box = TestKeys.box.bytes
    for bytes in [[], Array(box.dropLast()), box + [0], [5] + Array(box.dropFirst())] {
      #expect(chain.run(.deliver(order: order, box: bytes)) == failure(.badBox))
    }
    #expect(chain.run(.deliver(order: order, box: box)) == nil)
    #expect(try Marketplace.keyBoxes.get(order, in: chain.context)?.items == box)
    // The buyer opens what stands on the chain.
    #expect(try KeyBox(box).open(with: TestKeys.buyer).commitment == chain.order(order).keyCommit)
  }

  // MARK: C3, wrong content

  @Test("an honest seller keeps the money whatever block is shown", arguments: 0..<3) func rightContent(index: Int) throws {
    let order = try chain.delivered(honest)
    let (error, gains) = try complain(order, honest.complaint(index, shared: TestKeys.shared(TestKeys.box)))
    #expect(error == nil && gains == lost)
    #expect(try chain.order(order).state == .delivered)
    #expect(chain.events.last == .complained(order: order, kind: .wrongContent, isUpheld: false))
  }

  @Test("a block that holds something else than was promised is refunded, and its neighbours are not", arguments: 0..<3)
  func wrongContent(index: Int) throws {
    let order = try chain.delivered(TestFile.other)
    let (error, gains) = try complain(order, TestFile.other.complaint(index, shared: TestKeys.shared(TestKeys.box)))
    #expect(error == nil && gains == (index == 1 ? upheld : lost))
    #expect(try chain.order(order).state == (index == 1 ? .refunded : .delivered))
  }

  @Test("with another key than the committed one, a block says nothing of the content") func otherKey() throws {
    let order = try chain.delivered(TestFile.other, box: TestKeys.wrongBox.bytes)
    #expect(try complain(order, TestFile.other.complaint(1, shared: TestKeys.shared(TestKeys.wrongBox))).error == failure(.badProof))
  }

  @Test("a block that is not the file's, or is shown at another place, proves nothing") func strange() throws {
    let order = try chain.delivered(TestFile.other)
    let (file, shared) = (TestFile.other, TestKeys.shared(TestKeys.box))
    guard case .wrongContent(_, let index, let block, let path, let leaf, let plainPath) = file.complaint(1, shared: shared) else {
      Issue.record("no complaint")
      return
    }
    let bad: [Marketplace.Complaint] = [
      .wrongContent(shared: shared, index: 0, block: block, path: path, plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: 3, block: block, path: path, plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: .max, block: block, path: path, plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: honest.block(1), path: path, plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: block.dropLast(), path: path, plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: block, path: path + [.zero], plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: block, path: [], plainLeaf: leaf, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: block, path: path, plainLeaf: .zero, plainPath: plainPath),
      .wrongContent(shared: shared, index: index, block: block, path: path, plainLeaf: leaf, plainPath: plainPath.dropLast()),
    ]
    for proof in bad { #expect(try complain(order, proof).error == failure(.badProof)) }
  }

  @Test("a block that holds nothing but a tag promises nothing") func tag() throws {
    let order = try chain.delivered(TestFile.edge)
    let shared = TestKeys.shared(TestKeys.box)
    #expect(TestFile.edge.block(1).count == SegmentCipher.tagLength)
    #expect(try complain(order, TestFile.edge.complaint(1, shared: shared)).error == failure(.badProof))
    #expect(try complain(order, TestFile.edge.complaint(0, shared: shared)).gains == lost)
    #expect(try complain(order, .notRetrievable(index: 1)).error == nil)
    #expect(
      chain.run(.answerChallenge(order: order, block: TestFile.edge.block(1), path: TestFile.edge.path(1)), .test(9)) == nil)
  }

  @Test("of what has no file, nothing can be proven") func service() throws {
    let order = try chain.delivered()
    let shared = TestKeys.shared(TestKeys.box)
    for proof in [.wrongKey(shared: shared), honest.complaint(0, shared: shared), .notRetrievable(index: 0)] {
      #expect(try complain(order, proof).error == failure(.badProof))
    }
  }

  // MARK: C4, not retrievable

  @Test("a block that somebody shows costs the buyer the bond, and the rest of the window goes on") func answered() throws {
    let order = try chain.delivered(honest)
    let (error, gains) = try complain(order, .notRetrievable(index: 2))
    #expect(error == nil && gains == [-500_000, 0, 0])
    #expect(try chain.order(order).state == .challenged(block: 2, bond: 500_000, remaining: 100) && chain.order(order).deadline == 11)
    #expect(chain.events.last == .challenged(order: order, block: 2, deadline: 11))
    #expect(try chain.held().bonds == 5_500_000)
    #expect(chain.run(.confirm(order: order), .test(2)) == failure(.wrongState))
    try chain.pass(10)
    for (block, path) in [(honest.block(1), honest.path(1)), (honest.block(2), []), (TestFile.other.block(1), honest.path(2))] {
      #expect(chain.run(.answerChallenge(order: order, block: block, path: path), .test(9)) == failure(.badProof))
    }
    let (seller, treasury) = (try chain.balance(1), try chain.treasury)
    let answer = Marketplace.Call.answerChallenge(order: order, block: honest.block(2), path: honest.path(2))
    #expect(chain.run(answer, .test(9)) == nil)
    #expect(try chain.balance(1) == seller + 250_000 && chain.treasury == treasury + 250_000)
    #expect(try chain.order(order).state == .delivered && chain.order(order).deadline == 111)
    #expect(
      Array(chain.events.suffix(2)) == [
        .challengeAnswered(order: order), .complained(order: order, kind: .notRetrievable, isUpheld: false),
      ])
    #expect(chain.run(answer, .test(9)) == failure(.wrongState))
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
  }

  @Test("three blocks of an order's file may be asked for, one after the other") func thrice() throws {
    let order = try chain.delivered(honest)
    for (number, deadline) in [BlockNumber(101), 106, 111].enumerated() {
      #expect(try chain.order(order).deadline == deadline && chain.order(order).challenges == UInt8(number))
      #expect(try complain(order, .notRetrievable(index: 0)).error == nil)
      try chain.pass(5)
      #expect(chain.run(.answerChallenge(order: order, block: honest.block(0), path: honest.path(0)), .test(9)) == nil)
    }
    #expect(try complain(order, .notRetrievable(index: 0)).error == failure(.tooMuch))
    #expect(try complain(order, .wrongKey(shared: TestKeys.shared(TestKeys.box))).gains == lost)
  }

  @Test("a block that nobody shows in time is refunded, with the bond of the complaint") func unanswered() throws {
    let order = try chain.delivered(honest)
    let (buyer, treasury) = (try chain.balance(2), try chain.treasury)
    #expect(try complain(order, .notRetrievable(index: 0)).error == nil)
    try chain.pass(10)
    #expect(chain.run(.settle(order: order), .test(9)) == failure(.tooEarly))
    try chain.pass(1)
    #expect(
      chain.run(.answerChallenge(order: order, block: honest.block(0), path: honest.path(0)), .test(9)) == failure(.tooLate))
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(try chain.order(order).state == .refunded)
    #expect(try chain.balance(2) == buyer + 10_500_000 && chain.treasury == treasury + 500_000)
    #expect(chain.events.contains(.refunded(order: order, reason: .notRetrievable)))
    #expect(chain.events.contains(.complained(order: order, kind: .notRetrievable, isUpheld: true)))
    #expect(try chain.held().escrow == 0 && chain.held().bonds == 4_000_000)
  }

  @Test("only the buyer complains, only of a block that the file has, only in time") func bounds() throws {
    let order = try chain.delivered(honest)
    #expect(chain.run(.complain(order: order, proof: .notRetrievable(index: 0)), .test(1)) == failure(.notParty))
    #expect(try complain(order, .notRetrievable(index: 3)).error == failure(.badProof))
    try chain.pass(100)
    #expect(try complain(order, .notRetrievable(index: 0)).error == nil)
    // One who complains in the last block has one more after the answer.
    #expect(chain.run(.answerChallenge(order: order, block: honest.block(0), path: honest.path(0)), .test(9)) == nil)
    #expect(try chain.order(order).deadline == 102)
    let late = try chain.delivered(honest)
    try chain.pass(101)
    #expect(try complain(late, .notRetrievable(index: 0)).error == failure(.tooLate))
  }

  @Test("a buyer on another chain complains with the account here, and the money goes home") func remote() throws {
    let number = try chain.list(honest.listing())
    let order = orderID(number, 0, buyer: afar)
    #expect(
      chain.run(
        .remoteBuy(
          order: order, listing: number, quantity: 1, maxPrice: price, buyerKey: TestKeys.buyerKey, nonce: 0, validUntil: 10), fromAfar)
        == nil)
    #expect(chain.run(.deliver(order: order, box: TestKeys.wrongBox.bytes)) == nil)
    #expect(chain.run(.complain(order: order, proof: .wrongKey(shared: TestKeys.shared(TestKeys.wrongBox))), fromAfar) == nil)
    #expect(try chain.owed(afar) == 10_500_000)
  }
}

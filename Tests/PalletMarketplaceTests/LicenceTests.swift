import Files
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Licences and reviews") struct LicenceTests {
  private let chain = TestMarkets()

  /// Licence 0: two units of `terms`, bought and released.
  private func licence(_ terms: Marketplace.LicenceTerms, work: H256? = nil) throws -> Marketplace.Licence {
    let order = try chain.buy(chain.list(goods(.licence, work: work, licence: terms)), quantity: 2)
    #expect(chain.run(.deliver(order: order, box: [])) == nil)
    #expect(!Marketplace.licences.exists(0, in: chain.context))
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    return try #require(try Marketplace.licences.get(0, in: chain.context))
  }

  @Test("a released order issues a licence with seats for each unit, on the terms of the order") func issue() throws {
    let work = chain.work(1, stack: 0)
    let licence = try licence(terms(term: 40), work: work)
    #expect(licence.holder == account(2) && licence.seats == 6 && licence.expires == 41 && licence.terms == terms(term: 40))
    #expect(licence.listing == 0 && licence.order == orderID(0, 0) && licence.work == work)
    #expect(chain.events.contains(.licenceIssued(licence: 0, listing: 0, holder: account(2))))
    #expect(try TestMarket.isValid(licence, in: chain.context))
    try chain.pass(39)
    #expect(try TestMarket.isValid(licence, in: chain.context))
    try chain.pass(1)
    #expect(try !TestMarket.isValid(licence, in: chain.context))
  }

  @Test("a licence without a term lasts for ever; with many seats it has as many as there can be") func forever() throws {
    let licence = try licence(terms(seats: .max))
    #expect(licence.expires == 0 && licence.seats == .max)
    try chain.pass(1_000_000)
    #expect(try TestMarket.isValid(licence, in: chain.context))
  }

  @Test("a file may bring a licence with it") func file() throws {
    let order = try chain.buy(chain.list(TestFile.honest.listing(licence: terms())), key: TestKeys.buyerKey)
    #expect(chain.run(.deliver(order: order, box: TestKeys.box.bytes)) == nil)
    try chain.pass(101)
    #expect(chain.run(.settle(order: order), .test(9)) == nil)
    #expect(try Marketplace.licences.get(0, in: chain.context)?.holder == account(2))
  }

  @Test("a licence goes from holder to holder, also to other chains, until it expires") func transfer() throws {
    _ = try licence(terms(term: 40))
    #expect(chain.run(.transferLicence(licence: 0, to: afar), .test(1)) == failure(.notParty))
    #expect(chain.run(.transferLicence(licence: 0, to: .here), .test(2)) == failure(.licence))
    #expect(chain.run(.transferLicence(licence: 0, to: afar), .test(2)) == nil)
    #expect(chain.events.last == .licenceTransferred(licence: 0, to: afar))
    #expect(chain.run(.transferLicence(licence: 0, to: account(3)), .test(2)) == failure(.notParty))
    #expect(chain.run(.transferLicence(licence: 0, to: account(3)), fromAfar) == nil)
    #expect(try Marketplace.licences.get(0, in: chain.context)?.holder == account(3))
    try chain.pass(40)
    #expect(chain.run(.transferLicence(licence: 0, to: account(4)), .test(3)) == failure(.licence))
  }

  @Test("a licence that is not transferable stays where it is") func fixed() throws {
    _ = try licence(terms(isTransferable: false))
    #expect(chain.run(.transferLicence(licence: 0, to: account(3)), .test(2)) == failure(.licence))
    #expect(chain.run(.transferLicence(licence: 1, to: account(3)), .test(2)) == failure(.licence))
  }

  // MARK: Reviews

  @Test("a settled order is reviewed once, and answered once") func review() throws {
    let order = try chain.delivered()
    #expect(chain.run(.review(order: order, stars: 5, text: []), .test(2)) == failure(.badReview))
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    let text = Array("very good".utf8)
    for stars in [UInt8(0), 6] {
      #expect(chain.run(.review(order: order, stars: stars, text: text), .test(2)) == failure(.badReview))
    }
    #expect(chain.run(.review(order: order, stars: 4, text: [UInt8](repeating: 0, count: 129)), .test(2)) == failure(.tooMuch))
    #expect(chain.run(.review(order: order, stars: 4, text: text), .test(1)) == failure(.notParty))
    #expect(chain.run(.reply(order: order, text: text)) == failure(.badReview))
    try chain.pass(3)
    #expect(chain.run(.review(order: order, stars: 4, text: text), .test(2)) == nil)
    #expect(chain.events.last == .reviewed(listing: 0, order: order, stars: 4))
    #expect(chain.run(.review(order: order, stars: 5, text: text), .test(2)) == failure(.badReview))
    #expect(chain.run(.reply(order: order, text: text), .test(2)) == failure(.notParty))
    #expect(chain.run(.reply(order: order, text: Array("thanks".utf8))) == nil)
    #expect(chain.run(.reply(order: order, text: Array("thanks".utf8))) == failure(.badReview))
    let review = try #require(try Marketplace.reviews.get(0, order, in: chain.context))
    #expect(review.stars == 4 && review.text.items == text && review.at == 4 && review.reply?.items == Array("thanks".utf8))
  }

  @Test("stars are counted by their number") func ratings() throws {
    let number = try chain.list(goods(quantity: 10, bond: 10_000_000))
    for stars: UInt8 in [1, 2, 3, 3, 4, 5, 5, 5] {
      let order = try chain.buy(number)
      #expect(chain.run(.deliver(order: order, box: [])) == nil)
      #expect(chain.run(.confirm(order: order), .test(2)) == nil)
      #expect(chain.run(.review(order: order, stars: stars, text: []), .test(2)) == nil)
    }
    let rating = try chain.rating(number)
    #expect([rating.one, rating.two, rating.three, rating.four, rating.five] == [1, 1, 2, 1, 3])
    #expect(rating.settled == 8 && rating.refunded == 0 && rating.complaints == 0)
  }

  @Test("the window to review ends, and a refunded order has none") func late() throws {
    let order = try chain.delivered()
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    try chain.pass(51)
    #expect(chain.run(.review(order: order, stars: 5, text: []), .test(2)) == failure(.tooLate))
    let other = try chain.buy(0)
    try chain.pass(21)
    #expect(chain.run(.settle(order: other), .test(2)) == nil)
    #expect(chain.run(.review(order: other, stars: 1, text: []), .test(2)) == failure(.badReview))
  }

  @Test("a review outlives its order and its listing") func outlives() throws {
    let order = try chain.delivered()
    #expect(chain.run(.confirm(order: order), .test(2)) == nil)
    #expect(chain.run(.review(order: order, stars: 5, text: []), .test(2)) == nil)
    #expect(chain.run(.delist(listing: 0)) == nil)
    try chain.pass(51)
    #expect(chain.run(.prune(order: order), .test(9)) == nil)
    #expect(Marketplace.reviews.exists(0, order, in: chain.context))
    #expect(try chain.rating(0).five == 1)
  }
}

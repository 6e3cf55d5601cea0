import Files
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

/// A refused call, who makes it, how long after the beginning, and why.
struct Refusal: CustomTestStringConvertible, Sendable {
  var call: Marketplace.Call
  var origin = Origin.test(1)
  var blocks: BlockNumber = 0
  var expected: DispatchError
  /// The pallet's own reason, if it is one.
  var reason: Marketplace.Failure?
  var testDescription: String { "\(reason.map { "\($0)" } ?? "\(expected)"): \(call)" }

  init(_ call: Marketplace.Call, _ reason: Marketplace.Failure, by origin: Origin = .test(1), after blocks: BlockNumber = 0) {
    (self.call, self.origin, self.blocks, self.reason, expected) = (call, origin, blocks, reason, failure(reason))
  }
  init(_ call: Marketplace.Call, error: DispatchError, by origin: Origin) { (self.call, self.origin, expected) = (call, origin, error) }

  static let all = listings + sales + deliveries + complaints + panels + rest + origins
}

/// The state that refusals begin with: a market in which something of every kind stands, at block 43.
enum Standing {
  // Listings of account 1.
  static let service: UInt64 = 0, file: UInt64 = 1, auction: UInt64 = 2, dutch: UInt64 = 3, subscription: UInt64 = 4, paused: UInt64 = 5
  static let short: UInt64 = 6, fixed: UInt64 = 7, royal: UInt64 = 8, uncovered: UInt64 = 9, over: UInt64 = 10, hasty: UInt64 = 11
  static let ending: UInt64 = 12
  // Orders of account 2.
  static let funded = orderID(service, 0), delivered = orderID(service, 1), key = orderID(file, 2), unanswered = orderID(file, 3)
  static let expired = orderID(short, 4), licensed = orderID(fixed, 5), undelivered = orderID(hasty, 6), unconfirmed = orderID(hasty, 7)
  static let judged = orderID(service, 9), challenged = orderID(file, 10), asked = orderID(service, 11)
  /// Of a juror.
  static let jurors = orderID(service, 0, buyer: account(11))
  /// On another chain.
  static let away = TestMarket.orderID(chain: TestRemote.chainID, listing: 0, buyer: TestRemote.location(of: .test(2)), nonce: 0)
  /// A work whose stack has risen to nearly everything.
  static let work = H256(words: Words32(1, 0, 0, 5))
  static let salt = H256(words: Words32(9, 9, 9, 9))

  static func purchase(quantity: UInt32 = 1, key: FixedBytes<33> = noKey, timeout: UInt64 = 1) -> Marketplace.RemotePurchase {
    Marketplace.RemotePurchase(
      listing: 0, quantity: quantity, asset: here, maxPrice: price, fees: 1_000, buyerKey: key, validUntil: 99, timeout: timeout)
  }

  /// Makes it.
  static func make(in chain: TestMarkets) throws {
    for juror in UInt8(11)...13 { try run(.joinPanel, juror, chain) }
    chain.work(1, stack: 100_000)
    let english = Marketplace.Sale.english(reserve: price, duration: 500)
    for listing in [
      goods(quantity: 50, deliverIn: 500, complainIn: 500, bond: 50_000_000), TestFile.honest.listing(), goods(sale: english, quantity: 1),
      goods(sale: .dutch(start: 2 * price, floor: price, duration: 100)),
      goods(.subscription, sale: .fixed(price: 100_000), bond: 0), goods(), goods(.licence, licence: terms(term: 20)),
      goods(.licence, licence: terms(isTransferable: false)), goods(work: work), goods(bond: 0),
      goods(sale: .english(reserve: price, duration: 10), quantity: 1), goods(deliverIn: 5, complainIn: 5),
      goods(deliverIn: 500, complainIn: 500),
    ] { try chain.list(listing) }
    for (place, listing) in [service, service, file, file, short, fixed, hasty, hasty, ending].enumerated() {
      let id = try chain.buy(listing, key: TestKeys.buyerKey)
      guard ![0, 6, 8].contains(place) else { continue }
      try run(.deliver(order: id, box: listing == file ? TestKeys.box.bytes : []), 1, chain)
      if [short, fixed].contains(listing) { try run(.confirm(order: id), 2, chain) }
    }
    try run(.complain(order: unanswered, proof: .notRetrievable(index: 0)), 2, chain)
    try run(.review(order: licensed, stars: 5, text: []), 2, chain)
    try run(.reply(order: licensed, text: []), 1, chain)
    try run(.bid(listing: auction, amount: price, buyerKey: noKey), 3, chain)
    try run(.subscribe(listing: subscription, prepay: 100_000_000), 2, chain)
    for (listing, expires) in [(service, BlockNumber(1_000)), (service, 20), (paused, 1_000), (uncovered, 1_000)] {
      try run(.makeOffer(listing: listing, quantity: 1, price: price, expires: expires, buyerKey: noKey), 2, chain)
    }
    try run(.update(listing: paused, changes: .init(price: nil, quantity: nil, meta: nil, isPaused: true)), 1, chain)
    try run(.delist(listing: ending), 1, chain)
    chain.work(1, stack: 995_000)
    try run(.purchase(market: market, purchase: purchase()), 2, chain)
    if let error = chain.run(.remoteCancel(listing: service, nonce: 0), fromAfar) { throw error }
    try chain.pass(40)
    for (buyer, listing) in [(UInt8(2), service), (2, file), (2, service), (11, service)] {
      let id = try chain.buy(listing, by: buyer, key: TestKeys.buyerKey)
      try run(.deliver(order: id, box: listing == file ? TestKeys.box.bytes : []), 1, chain)
    }
    try run(.openPanel(order: judged, evidence: []), 2, chain)
    try chain.pass(2)
    try run(.settle(order: judged), 9, chain)
    try run(.openPanel(order: asked, evidence: []), 2, chain)
    let commitment = TestMarket.commitment(order: judged, juror: .test(11), buyerShare: 1, salt: salt)
    try run(.voteCommit(order: judged, commitment: commitment), 11, chain)
    try run(.complain(order: challenged, proof: .notRetrievable(index: 0)), 2, chain)
  }

  private static func run(_ call: Marketplace.Call, _ signer: UInt8, _ chain: TestMarkets) throws {
    if let error = chain.run(call, .test(signer)) { throw error }
  }
}

private typealias Call = Marketplace.Call

private func buy(_ listing: UInt64, _ quantity: UInt32 = 1, most: Balance = .max, key: FixedBytes<33> = noKey) -> Call {
  .buy(listing: listing, quantity: quantity, maxPrice: most, buyerKey: key)
}
private func bid(_ listing: UInt64, _ amount: Balance, key: FixedBytes<33> = noKey) -> Call {
  .bid(listing: listing, amount: amount, buyerKey: key)
}
private func offer(
  _ listing: UInt64, _ quantity: UInt32 = 1, price: Balance = price, expires: BlockNumber = 100, key: FixedBytes<33> = noKey
) -> Call { .makeOffer(listing: listing, quantity: quantity, price: price, expires: expires, buyerKey: key) }
private func change(
  _ listing: UInt64, price: Balance? = nil, meta: Int? = nil
) -> Call {
  let meta = meta.flatMap { BoundedVector<UInt8, 128>([UInt8](repeating: 0, count: $0)) }
  return .update(listing: listing, changes: .init(price: price, quantity: nil, meta: meta, isPaused: nil))
}
private func file(_ change: (inout Marketplace.NewListing) -> Void) -> Call {
  var listing = TestFile.honest.listing()
  change(&listing)
  return .list(listing: listing)
}
private func english(_ reserve: Balance = price, duration: BlockNumber = 10, quantity: UInt32 = 1) -> Call {
  .list(listing: goods(sale: .english(reserve: reserve, duration: duration), quantity: quantity))
}
private func dutch(_ start: Balance = 2 * price, floor: Balance = price, duration: BlockNumber = 10) -> Call {
  .list(listing: goods(sale: .dutch(start: start, floor: floor, duration: duration)))
}
private func licence(_ terms: Marketplace.LicenceTerms?) -> Call { .list(listing: goods(.licence, licence: terms)) }
private let long = [UInt8](repeating: 0, count: 129)
private let shared = TestKeys.shared(TestKeys.box)

extension Refusal {
  fileprivate static let listings: [Refusal] = [
    Refusal(.list(listing: goods(asset: TestBook.unknown)), .assetNotAccepted),
    Refusal(.list(listing: goods(deliverIn: 4)), .windowOutOfRange),
    Refusal(.list(listing: goods(deliverIn: 1_001)), .windowOutOfRange),
    Refusal(.list(listing: goods(complainIn: 4)), .windowOutOfRange),
    Refusal(.list(listing: goods(complainIn: 1_001)), .windowOutOfRange),
    Refusal(.list(listing: goods(quantity: 0)), .quantityUnavailable),
    Refusal(.list(listing: goods(sale: .fixed(price: 999_999))), .belowMinimumPrice),
    Refusal(.list(listing: goods(.subscription, sale: .fixed(price: 0))), .belowMinimumPrice),
    Refusal(english(999_999), .belowMinimumPrice),
    Refusal(english(duration: 0), .windowOutOfRange),
    Refusal(english(duration: 1_001), .windowOutOfRange),
    Refusal(english(quantity: 2), .badListing),
    Refusal(dutch(floor: 999_999), .belowMinimumPrice),
    Refusal(dutch(duration: 0), .windowOutOfRange),
    Refusal(dutch(price, floor: price + 1), .badListing),
    Refusal(.list(listing: goods(.file)), .badListing),
    Refusal(file { $0.keyCommit = .zero }, .badListing),
    Refusal(file { $0.manifest = nil }, .badListing),
    Refusal(file { $0.manifest?.plainSize += 1 }, .badListing),
    Refusal(file { $0.manifest?.cipherSize = 3 }, .badListing),
    Refusal(licence(nil), .badListing),
    Refusal(licence(terms(uses: 0)), .badListing),
    Refusal(licence(terms(uses: 16)), .badListing),
    Refusal(licence(terms(seats: 0)), .badListing),
    Refusal(licence(terms(derivativeShare: 250_001)), .badListing),
    Refusal(.list(listing: goods(work: Standing.work)), .royaltyStackTooHigh),
    Refusal(.list(listing: goods(work: Standing.work)), .notParty, by: .test(3)),
    Refusal(.list(listing: goods()), .notParty, by: .xcm(location: Location.parent.encoded())),
    Refusal(.list(listing: goods()), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.list(listing: goods(bond: TestMarkets.wealth)), error: .token(.fundsUnavailable), by: .test(1)),
    Refusal(.list(listing: goods(work: .zero)), error: .other, by: .test(1)),
    Refusal(change(77), .notForSale),
    Refusal(change(Standing.service), .notParty, by: .test(2)),
    Refusal(change(Standing.ending), .notForSale),
    Refusal(change(Standing.auction), .frozen),
    Refusal(change(Standing.service, price: 999_999), .belowMinimumPrice),
    Refusal(change(Standing.dutch, price: price), .badListing),
    Refusal(change(Standing.service, meta: 14), .tooMuch),
    Refusal(.delist(listing: 77), .notForSale),
    Refusal(.delist(listing: Standing.service), .notParty, by: .test(2)),
    Refusal(.delist(listing: Standing.auction), .frozen),
    Refusal(.addBond(listing: Standing.service, amount: 0), .bondTooSmall),
    Refusal(.addBond(listing: Standing.service, amount: 1), .notParty, by: .test(2)),
    Refusal(.takeBond(listing: Standing.service, amount: 0), .bondTooSmall),
    Refusal(.takeBond(listing: Standing.service, amount: 46_000_001), .bondTooSmall),
    Refusal(.takeBond(listing: Standing.auction, amount: 1), .frozen),
    Refusal(.acceptAsset(asset: here), .assetAccepted),
    Refusal(.acceptAsset(asset: TestBook.unknown), .assetNotAccepted),
    Refusal(.acceptAsset(asset: .sibling(3_000)), error: .token(.fundsUnavailable), by: .test(1)),
  ]

  fileprivate static let sales: [Refusal] = [
    Refusal(buy(77), .notForSale, by: .test(2)),
    Refusal(buy(Standing.auction), .notForSale, by: .test(2)),
    Refusal(buy(Standing.subscription), .notForSale, by: .test(2)),
    Refusal(buy(Standing.paused), .notForSale, by: .test(2)),
    Refusal(buy(Standing.ending), .notForSale, by: .test(2)),
    Refusal(buy(Standing.service, 0), .quantityUnavailable, by: .test(2)),
    Refusal(buy(Standing.service, 51), .quantityUnavailable, by: .test(2)),
    Refusal(buy(Standing.service, most: price - 1), .priceMoved, by: .test(2)),
    Refusal(buy(Standing.file), .badKey, by: .test(2)),
    Refusal(buy(Standing.file, key: TestKeys.offCurve), .badKey, by: .test(2)),
    Refusal(buy(Standing.royal), .royaltyStackTooHigh, by: .test(2)),
    Refusal(buy(Standing.uncovered), .bondTooSmall, by: .test(2)),
    Refusal(buy(Standing.service), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(bid(Standing.service, price), .notForSale, by: .test(2)),
    Refusal(bid(Standing.over, price), .tooLate, by: .test(2)),
    Refusal(bid(Standing.auction, 10_199_999), .bidTooLow, by: .test(2)),
    Refusal(bid(Standing.auction, 50_000_010), .bondTooSmall, by: .test(2)),
    Refusal(bid(Standing.auction, 2 * price), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.closeAuction(listing: Standing.service), .notForSale),
    Refusal(.closeAuction(listing: Standing.auction), .tooEarly),
    Refusal(offer(Standing.auction), .notForSale, by: .test(2)),
    Refusal(offer(Standing.subscription), .notForSale, by: .test(2)),
    Refusal(offer(Standing.service, 0), .quantityUnavailable, by: .test(2)),
    Refusal(offer(Standing.service, 51), .quantityUnavailable, by: .test(2)),
    Refusal(offer(Standing.service, price: 999_999), .belowMinimumPrice, by: .test(2)),
    Refusal(offer(Standing.service, expires: 43), .tooLate, by: .test(2)),
    Refusal(offer(Standing.service, expires: 1_044), .windowOutOfRange, by: .test(2)),
    Refusal(offer(Standing.file), .badKey, by: .test(2)),
    Refusal(offer(Standing.service), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.acceptOffer(offer: 77), .unknownOffer),
    Refusal(.acceptOffer(offer: 0), .notParty, by: .test(2)),
    Refusal(.acceptOffer(offer: 1), .tooLate),
    Refusal(.acceptOffer(offer: 2), .notForSale),
    Refusal(.acceptOffer(offer: 3), .bondTooSmall),
    Refusal(.withdrawOffer(offer: 77), .unknownOffer, by: .test(2)),
    Refusal(.withdrawOffer(offer: 0), .notParty, by: .test(3)),
    Refusal(.subscribe(listing: Standing.service, prepay: price), .notForSale, by: .test(2)),
    Refusal(.subscribe(listing: Standing.subscription, prepay: price), .subscription, by: .test(2)),
    Refusal(.subscribe(listing: Standing.subscription, prepay: 999_999), .belowMinimumPrice, by: .test(3)),
    Refusal(.subscribe(listing: Standing.subscription, prepay: price), error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.topUp(listing: Standing.subscription, amount: 0), .belowMinimumPrice, by: .test(2)),
    Refusal(.topUp(listing: Standing.subscription, amount: 1), .subscription, by: .test(3)),
    Refusal(.topUp(listing: Standing.subscription, amount: .max), error: .token(.fundsUnavailable), by: .test(2)),
    Refusal(.unsubscribe(listing: Standing.subscription), .subscription, by: .test(3)),
    Refusal(.settleSubscription(listing: Standing.subscription, account: .test(3)), .subscription),
  ]

  fileprivate static let deliveries: [Refusal] = [
    Refusal(.deliver(order: .zero, box: []), .unknownOrder),
    Refusal(.deliver(order: Standing.funded, box: []), .notParty, by: .test(2)),
    Refusal(.deliver(order: Standing.delivered, box: []), .wrongState),
    Refusal(.deliver(order: Standing.undelivered, box: []), .tooLate),
    Refusal(.deliver(order: Standing.funded, box: TestKeys.box.bytes), .badBox),
    Refusal(.confirm(order: Standing.delivered), .notParty),
    Refusal(.confirm(order: Standing.funded), .wrongState, by: .test(2)),
    Refusal(.confirm(order: Standing.unconfirmed), .tooLate, by: .test(2)),
    Refusal(.settle(order: .zero), .unknownOrder),
    Refusal(.settle(order: Standing.funded), .tooEarly),
    Refusal(.settle(order: Standing.delivered), .tooEarly),
    Refusal(.settle(order: Standing.challenged), .tooEarly),
    Refusal(.settle(order: Standing.judged), .tooEarly),
    Refusal(.settle(order: Standing.asked), .tooEarly),
    Refusal(.settle(order: Standing.licensed), .wrongState),
    Refusal(.prune(order: Standing.funded), .wrongState),
    Refusal(.prune(order: Standing.licensed), .tooEarly),
    Refusal(.review(order: .zero, stars: 5, text: []), .unknownOrder, by: .test(2)),
    Refusal(.review(order: Standing.expired, stars: 5, text: []), .notParty),
    Refusal(.review(order: Standing.expired, stars: 0, text: []), .badReview, by: .test(2)),
    Refusal(.review(order: Standing.expired, stars: 5, text: long), .tooMuch, by: .test(2)),
    Refusal(.review(order: Standing.expired, stars: 5, text: []), .tooLate, by: .test(2), after: 11),
    Refusal(.review(order: Standing.licensed, stars: 5, text: []), .badReview, by: .test(2)),
    Refusal(.review(order: Standing.delivered, stars: 5, text: []), .badReview, by: .test(2)),
    Refusal(.reply(order: Standing.licensed, text: []), .badReview),
    Refusal(.reply(order: Standing.expired, text: []), .badReview),
    Refusal(.reply(order: Standing.licensed, text: long), .tooMuch),
    Refusal(.reply(order: Standing.licensed, text: []), .notParty, by: .test(2)),
    Refusal(.transferLicence(licence: 77, to: account(3)), .licence, by: .test(2)),
    Refusal(.transferLicence(licence: 0, to: account(3)), .licence, by: .test(2)),
    Refusal(.transferLicence(licence: 1, to: account(3)), .licence, by: .test(2)),
    Refusal(.transferLicence(licence: 1, to: account(3)), .notParty, by: .test(3)),
  ]

  fileprivate static let complaints: [Refusal] = [
    Refusal(.complain(order: Standing.key, proof: .wrongKey(shared: TestKeys.shared(TestKeys.wrongBox))), .badProof, by: .test(2)),
    Refusal(.complain(order: Standing.key, proof: TestFile.other.complaint(1, shared: shared)), .badProof, by: .test(2)),
    Refusal(.complain(order: Standing.key, proof: .notRetrievable(index: 3)), .badProof, by: .test(2)),
    Refusal(.complain(order: Standing.delivered, proof: .notRetrievable(index: 0)), .badProof, by: .test(2)),
    Refusal(.complain(order: Standing.key, proof: .wrongKey(shared: shared)), .notParty),
    Refusal(.complain(order: Standing.challenged, proof: .wrongKey(shared: shared)), .wrongState, by: .test(2)),
    Refusal(.complain(order: Standing.unconfirmed, proof: .wrongKey(shared: shared)), .tooLate, by: .test(2)),
    Refusal(.answerChallenge(order: Standing.key, block: [], path: []), .wrongState),
    Refusal(.answerChallenge(order: Standing.challenged, block: [], path: []), .badProof),
    Refusal(
      .answerChallenge(order: Standing.challenged, block: TestFile.honest.block(1), path: TestFile.honest.path(1)), .badProof),
    Refusal(
      .answerChallenge(order: Standing.unanswered, block: TestFile.honest.block(0), path: TestFile.honest.path(0)), .tooLate),
  ]

  fileprivate static let panels: [Refusal] = [
    Refusal(.openPanel(order: Standing.delivered, evidence: []), .notParty),
    Refusal(.openPanel(order: Standing.delivered, evidence: long), .tooMuch, by: .test(2)),
    Refusal(.openPanel(order: Standing.judged, evidence: []), .wrongState, by: .test(2)),
    Refusal(.openPanel(order: Standing.jurors, evidence: []), .noPanel, by: .test(11)),
    Refusal(.voteCommit(order: Standing.delivered, commitment: .zero), .wrongState, by: .test(11)),
    Refusal(.voteCommit(order: Standing.asked, commitment: .zero), .notJuror, by: .test(11)),
    Refusal(.voteCommit(order: Standing.judged, commitment: .zero), .notJuror, by: .test(2)),
    Refusal(.voteCommit(order: Standing.judged, commitment: .zero), .notJuror, by: .test(11)),
    Refusal(.voteCommit(order: Standing.judged, commitment: .zero), .tooLate, by: .test(12), after: 11),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 1, salt: Standing.salt), .tooEarly, by: .test(11)),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 2, salt: Standing.salt), .badReveal, by: .test(11), after: 11),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 1, salt: .zero), .badReveal, by: .test(11), after: 11),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 1, salt: Standing.salt), .badReveal, by: .test(12), after: 11),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 1, salt: Standing.salt), .notJuror, by: .test(2), after: 11),
    Refusal(.voteReveal(order: Standing.judged, buyerShare: 1, salt: Standing.salt), .tooLate, by: .test(11), after: 21),
    Refusal(.joinPanel, .notJuror, by: .test(11)),
    Refusal(.joinPanel, error: .token(.fundsUnavailable), by: .test(20)),
    Refusal(.leavePanel, .notJuror, by: .test(2)),
    Refusal(.leavePanel, .wrongState, by: .test(11)),
  ]
}

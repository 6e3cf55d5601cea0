import Files
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import XCM

/// Random operations on the pallet, and what is known of the state between them.
struct MarketModel {
  let chain = TestMarkets()
  private(set) var accepted = 0
  var random: SeededRandom

  var listings = Rows<UInt64, Marketplace.Listing>()
  var auctions = Rows<UInt64, Marketplace.Auction>()
  var orders = Rows<H256, Marketplace.Order>()
  var reviews = Rows<H256, Marketplace.Review>()
  var disputes = Rows<H256, Marketplace.Dispute>()
  var offers = Rows<UInt64, Marketplace.Offer>()
  var subscriptions = Rows<Pair<UInt64, AccountID>, Marketplace.Subscription>()
  var held = Rows<Location, Marketplace.Held>()
  var balances = Rows<Pair<Location, AccountID>, Balance>()
  var refundable = Rows<Pair<Location, AccountID>, Balance>()
  /// What is owed to the party elsewhere, by asset.
  var owed = Rows<Location, Balance>()
  var credited = Rows<Pair<H256, Location>, Balance>()
  var holds = Rows<Pair<AccountID, UInt8>, Balance>()
  var stakes = Rows<AccountID, Balance>()

  /// Every order that there ever was, and the state that was last seen of it (I4, I5, I6).
  var seen: [H256: Marketplace.OrderState] = [:]
  /// The last call, whose it was, and whether it was made.
  var last: (call: Marketplace.Call, origin: Origin, isAccepted: Bool)?
  /// Events that have been looked at.
  var told = 0
  /// What a juror will reveal.
  private var votes: [Pair<H256, AccountID>: UInt32] = [:]
  /// Which of ``boxes`` was delivered.
  private var sent: [H256: Int] = [:]
  private var away: [(message: H256, order: H256, buyer: AccountID, money: Balance)] = []
  private var remoteNonce: UInt64 = 0
  private var licences: UInt64 { (try? Marketplace.nextLicence.get(in: chain.context)) ?? 0 }

  static let assets = [here, gold]
  static let people = (UInt8(1)...6).map { AccountID.test($0) } + [TestBook.blocked]
  static let jurors = (UInt8(11)...15).map { AccountID.test($0) }
  /// Everybody who may have money.
  static let everybody =
    people + jurors + [TestMarkets.derived, TestConfig.pot, TestConfig.treasury, TestRoyaltyBook.pot, TestRemote.elsewhere]
  static let works = [UInt64(1), 2].map { H256(words: Words32($0, 0, 0, 5)) }
  private static let boxes = [TestKeys.box, TestKeys.wrongBox, TestKeys.strangeBox]
  private static let points = boxes.map { TestKeys.shared($0) }
  private static let files = [TestFile.honest, TestFile.other]
  private static let salt = H256(words: Words32(3, 1, 4, 1))

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    for asset in Self.assets {
      TestBook.balances.set(asset, TestBook.blocked, to: TestMarkets.wealth, in: chain.context)
      held.watch(asset, at: Marketplace.held.key(asset))
      owed.watch(asset, at: TestRoyaltyBook.owed.key(afar, asset))
      for work in Self.works { credited.watch(Pair(work, asset), at: TestRoyaltyBook.credited.key(work, asset)) }
      for who in Self.everybody {
        balances.watch(Pair(asset, who), at: TestBook.balances.key(asset, who))
        refundable.watch(Pair(asset, who), at: Marketplace.refundable.key(who, asset))
      }
    }
    for who in Self.people + [TestMarkets.derived] { holds.watch(Pair(who, 0), at: TestCurrency.held.key(who, 0)) }
    for who in Self.jurors {
      holds.watch(Pair(who, 1), at: TestCurrency.held.key(who, 1))
      stakes.watch(who, at: Marketplace.jurorStakes.key(who))
    }
    chain.work(1, stack: 100_000, owner: 1)
    chain.work(2, stack: 300_000, owner: 2)
    for juror in Self.jurors { _ = chain.run(.joinPanel, .signed(juror)) }
    // What is there at first is no change.
    while told == 0 { _ = try? brokenLaw() }
  }

  // MARK: Chance

  mutating func chance(_ numerator: Int, in denominator: Int) -> Bool { random.chance(numerator, in: denominator) }
  private mutating func someone() -> AccountID { Self.people[Int.random(in: 0..<Self.people.count, using: &random)] }
  private mutating func asset() -> Location { Self.assets[Int.random(in: 0..<2, using: &random)] }
  private mutating func amount() -> Balance { Balance.random(in: 1_000_000...50_000_000, using: &random) }
  private mutating func blocks(_ range: ClosedRange<BlockNumber>) -> BlockNumber { BlockNumber.random(in: range, using: &random) }
  private mutating func key(for listing: Marketplace.Listing?) -> FixedBytes<33> {
    guard let listing, listing.terms.keyCommit != .zero else { return noKey }
    return chance(1, in: 20) ? TestKeys.offCurve : TestKeys.buyerKey
  }
  private func origin(of party: Location) -> Origin { TestConfig.localAccount(of: party).map { .signed($0) } ?? fromAfar }
  /// Whoever should call, and now and then somebody else.
  private mutating func mostly(_ party: Location) -> Origin { chance(1, in: 12) ? .signed(someone()) : origin(of: party) }
  private mutating func anyListing() -> (key: UInt64, row: Marketplace.Listing)? { listings.pick(using: &random) }

  // MARK: Operations

  /// Does one random thing.
  mutating func operate() {
    last = nil
    guard let (call, origin) = choose() else { return }
    let isAccepted = chain.run(call, origin) == nil
    if isAccepted { accepted += 1 }
    last = (call, origin, isAccepted)
    if isAccepted { remember(call) }
  }

  /// What was done last, for the report of a failure.
  var operation: String { last.map { "\($0.isAccepted ? "" : "refused ")\($0.call) by \($0.origin)" } ?? "no call" }

  /// Chooses a call; `nil` where something else happened, or nothing can.
  private mutating func choose() -> (Marketplace.Call, Origin)? {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<8: list()
    case 8..<15: changeListing()
    case 15..<28: buy()
    case 28..<42: auctionOrOffer()
    case 42..<50: subscription()
    case 50..<57: deliver()
    case 57..<68: complain()
    case 68..<78: judge()
    case 78..<88: end()
    case 88..<92: afterwards()
    case 92..<94: remote()
    case 94: rules()
    default: time()
    }
  }

  private mutating func list() -> (Marketplace.Call, Origin)? {
    // Not more than can be looked at after every step.
    guard listings.count < 30 else { return anyListing().map { (.delist(listing: $0.key), origin(of: $0.row.seller)) } }
    let seller = chance(1, in: 6) ? fromAfar : .signed(someone())
    var sale = Marketplace.Sale.fixed(price: amount())
    var (kind, quantity) = (Marketplace.ListingKind.service, UInt32.random(in: 1...6, using: &random))
    let duration = blocks(1...30)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<2: (sale, quantity) = (.english(reserve: amount(), duration: duration), 1)
    case 2: sale = .dutch(start: 60_000_000, floor: amount(), duration: duration)
    case 3: (kind, sale) = (.subscription, .fixed(price: Balance.random(in: 1...400_000, using: &random)))
    case 4..<6: kind = .licence
    default: break
    }
    let owned = seller == .test(1) ? Self.works[0] : seller == .test(2) ? Self.works[1] : nil
    var listing = goods(
      kind, work: owned, sale: sale, asset: asset(), quantity: quantity,
      licence: kind == .licence ? terms(term: blocks(0...50), isTransferable: chance(1, in: 2)) : nil, deliverIn: blocks(4...20),
      complainIn: blocks(4...20), bond: Balance.random(in: 0...30_000_000, using: &random),
      category: UInt16.random(in: 0...2, using: &random))
    if kind == .service, chance(1, in: 2) {
      let file = Self.files[Int.random(in: 0..<2, using: &random)]
      listing.kind = .file
      listing.manifest = file.manifest(promising: .honest)
      listing.keyCommit = file.key.commitment
    }
    return (.list(listing: listing), seller)
  }

  private mutating func changeListing() -> (Marketplace.Call, Origin)? {
    guard let (number, row) = anyListing() else { return nil }
    let caller = mostly(row.seller)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return (.delist(listing: number), caller)
    case 1, 2: return (.addBond(listing: number, amount: amount()), caller)
    case 3: return (.takeBond(listing: number, amount: amount()), caller)
    default:
      let changes = Marketplace.ListingChanges(
        price: chance(1, in: 2) ? amount() : nil, quantity: UInt32.random(in: 0...6, using: &random), meta: nil,
        isPaused: chance(1, in: 4))
      return (.update(listing: number, changes: changes), caller)
    }
  }

  private mutating func buy() -> (Marketplace.Call, Origin)? {
    guard let (number, row) = listings.pick(using: &random, { $0.status == .active && $0.terms.quantity > 0 }) else { return nil }
    let most: Balance = chance(1, in: 10) ? amount() : .max
    let quantity = chance(1, in: 3) ? UInt32.random(in: 0...3, using: &random) : 1
    guard chance(1, in: 4) else {
      return (.buy(listing: number, quantity: quantity, maxPrice: most, buyerKey: key(for: row)), .signed(someone()))
    }
    // Ids of programs from elsewhere come in any order, some twice, some after they were cancelled.
    let nonce = remoteNonce > 0 && chance(1, in: 8) ? UInt64.random(in: 0..<remoteNonce, using: &random) : remoteNonce
    remoteNonce = max(remoteNonce, nonce + 1)
    let id = orderID(number, nonce, buyer: afar)
    guard seen[id] == nil || orders[id] != nil else { return nil }
    if chance(1, in: 12) { return (.remoteCancel(listing: number, nonce: nonce), fromAfar) }
    let call = Marketplace.Call.remoteBuy(
      order: id, listing: number, quantity: quantity, maxPrice: most, buyerKey: key(for: row), nonce: nonce, validUntil: .max)
    return (call, fromAfar)
  }

  private mutating func auctionOrOffer() -> (Marketplace.Call, Origin)? {
    switch Int.random(in: 0..<14, using: &random) {
    case 0..<5:
      guard let (number, auction) = auctions.pick(using: &random) else { return nil }
      let amount = max(auction.reserve, auction.high) * Balance.random(in: 98...115, using: &random) / 100
      return (.bid(listing: number, amount: amount, buyerKey: key(for: listings[number])), .signed(someone()))
    case 5..<7:
      let now = (try? chain.now) ?? 0
      let over = auctions.pick(using: &random) { $0.endsAt < now } ?? auctions.pick(using: &random)
      return over.map { (.closeAuction(listing: $0.key), .signed(someone())) }
    case 7..<10:
      guard let (number, row) = anyListing(), let now = try? chain.now else { return nil }
      let call = Marketplace.Call.makeOffer(
        listing: number, quantity: UInt32.random(in: 1...2, using: &random), price: amount(), expires: now + blocks(0...30),
        buyerKey: key(for: row))
      return (call, .signed(someone()))
    case 10..<12:
      guard let (number, offer) = offers.pick(using: &random), let seller = listings[offer.listing]?.seller else { return nil }
      return (.acceptOffer(offer: number), mostly(seller))
    default:
      return offers.pick(using: &random).map { number, offer in (.withdrawOffer(offer: number), mostly(.account(offer.buyer))) }
    }
  }

  private mutating func subscription() -> (Marketplace.Call, Origin)? {
    if chance(1, in: 2) {
      let open = listings.pick(using: &random) { $0.terms.kind == .subscription && $0.status == .active }
      guard let (number, row) = open, case .fixed(let rate) = row.terms.sale else { return nil }
      return (.subscribe(listing: number, prepay: max(1_000_000, rate) + amount() / 8), .signed(someone()))
    }
    guard let (key, _) = subscriptions.pick(using: &random) else { return nil }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return (.topUp(listing: key.first, amount: Balance.random(in: 0...2_000_000, using: &random)), .signed(key.second))
    case 1: return (.unsubscribe(listing: key.first), .signed(key.second))
    default: return (.settleSubscription(listing: key.first, account: key.second), .signed(someone()))
    }
  }

  private mutating func deliver() -> (Marketplace.Call, Origin)? {
    guard let (id, order) = orders.pick(using: &random, { $0.state == .funded }) else { return nil }
    guard order.keyCommit != .zero else { return (.deliver(order: id, box: []), mostly(order.seller)) }
    let choice = chance(2, in: 3) ? 0 : Int.random(in: 1...2, using: &random)
    sent[id] = choice
    return (.deliver(order: id, box: Self.boxes[choice].bytes), mostly(order.seller))
  }

  /// What its seller has encrypted.
  private func file(of order: Marketplace.Order) -> TestFile? {
    Self.files.first { $0.sealed.auditRoot == order.manifest?.auditRoot }
  }

  private mutating func complain() -> (Marketplace.Call, Origin)? {
    if let (id, order) = orders.pick(using: &random, \.isChallenged), chance(1, in: 2),
      case .challenged(let index, _, _) = order.state, let file = file(of: order)
    {
      let block = Int(index)
      return (.answerChallenge(order: id, block: file.block(block), path: file.path(block)), mostly(order.seller))
    }
    guard let (id, order) = orders.pick(using: &random, { $0.state == .delivered }) else { return nil }
    let caller = mostly(order.buyer)
    guard order.keyCommit != .zero, let file = file(of: order) else {
      return chance(2, in: 3) ? (.openPanel(order: id, evidence: [1]), caller) : (.confirm(order: id), caller)
    }
    let (index, shared) = (Int.random(in: 0..<3, using: &random), Self.points[sent[id] ?? 0])
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return (.complain(order: id, proof: .wrongKey(shared: shared)), caller)
    case 1: return (.complain(order: id, proof: file.complaint(index, shared: shared)), caller)
    case 2, 3: return (.complain(order: id, proof: .notRetrievable(index: UInt64(index))), caller)
    case 4, 5: return (.openPanel(order: id, evidence: [1]), caller)
    default: return (.confirm(order: id), caller)
    }
  }

  private mutating func judge() -> (Marketplace.Call, Origin)? {
    guard let (id, dispute) = disputes.pick(using: &random), let now = try? chain.now else { return nil }
    guard !dispute.votes.isEmpty else { return (.settle(order: id), .signed(someone())) }
    let vote = dispute.votes[Int.random(in: 0..<dispute.votes.count, using: &random)]
    let place = Pair(id, vote.juror)
    if now <= dispute.commitUntil, vote.commitment == nil {
      let share = chance(1, in: 30) ? 1_000_001 : UInt32.random(in: 0...10, using: &random) * 100_000
      votes[place] = share
      let commitment = TestMarket.commitment(order: id, juror: vote.juror, buyerShare: share, salt: Self.salt)
      return (.voteCommit(order: id, commitment: commitment), .signed(vote.juror))
    }
    guard now > dispute.commitUntil, vote.vote == nil, let share = votes[place] else {
      return (.settle(order: id), .signed(someone()))
    }
    return (.voteReveal(order: id, buyerShare: share, salt: Self.salt), .signed(vote.juror))
  }

  private mutating func end() -> (Marketplace.Call, Origin)? {
    guard let now = try? chain.now else { return nil }
    let ended = orders.pick(using: &random) { $0.deadline < now }
    guard let (id, order) = chance(1, in: 12) ? orders.pick(using: &random) : ended else { return nil }
    return (order.state.hasEnded ? .prune(order: id) : .settle(order: id), .signed(someone()))
  }

  private mutating func afterwards() -> (Marketplace.Call, Origin)? {
    switch Int.random(in: 0..<5, using: &random) {
    case 0..<2:
      guard let (id, order) = orders.pick(using: &random, { $0.state.hasEnded && !$0.isReviewed }) else { return nil }
      return (.review(order: id, stars: UInt8.random(in: 0...5, using: &random), text: []), mostly(order.buyer))
    case 2:
      guard let (id, order) = orders.pick(using: &random, { $0.isReviewed }) else { return nil }
      return (.reply(order: id, text: [1]), mostly(order.seller))
    case 3:
      guard licences > 0 else { return nil }
      let number = UInt64.random(in: 0..<licences, using: &random)
      guard let holder = (try? Marketplace.licences.get(number, in: chain.context))?.holder else { return nil }
      return (.transferLicence(licence: number, to: chance(1, in: 4) ? afar : .account(someone())), mostly(holder))
    default: return (.withdraw(asset: asset()), chance(1, in: 4) ? fromAfar : .signed(chance(1, in: 2) ? TestBook.blocked : someone()))
    }
  }

  /// Sends a purchase away, or ends one.
  private mutating func remote() -> (Marketplace.Call, Origin)? {
    guard away.count < 4, chance(1, in: 2) else {
      guard let (message, order, buyer, money) = away.popLast() else { return nil }
      switch Int.random(in: 0..<3, using: &random) {
      case 0: TestMarket.purchaseEnded(message: message, by: buyer, .executed, in: chain.context)
      case 1: TestMarket.purchaseEnded(message: message, by: buyer, .failed(index: 3, error: 1), in: chain.context)
      default:
        try? TestBook.transfer(money, of: here, from: TestRemote.elsewhere, to: buyer, .expendable, in: chain.context)
        TestMarket.purchaseEnded(message: message, by: buyer, .returned, in: chain.context)
      }
      return (.forgetPurchase(order: order), .signed(buyer))
    }
    let purchase = Marketplace.RemotePurchase(
      listing: UInt64.random(in: 0...3, using: &random), quantity: 1, asset: here, maxPrice: amount(), fees: 1_000, buyerKey: noKey,
      validUntil: .max, timeout: 1_000)
    return (.purchase(market: market, purchase: purchase), .signed(someone()))
  }

  /// Changes what new orders get, what works take, or who can be paid.
  private mutating func rules() -> (Marketplace.Call, Origin)? {
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      let number = UInt64.random(in: 1...2, using: &random)
      let most: UInt32 = chance(1, in: 6) ? 1_000_000 : 500_000
      chain.work(number, stack: UInt32.random(in: 0...most, using: &random), owner: UInt8(number))
      return nil
    case 1:
      TestBook.isOpen.set(chance(1, in: 2), in: chain.context)
      return nil
    case 2:
      TestRoyaltyBook.isFull.set(chance(1, in: 3), in: chain.context)
      return nil
    case 3:
      let juror = Self.jurors[Int.random(in: 0..<Self.jurors.count, using: &random)]
      return (stakes[juror] == nil ? .joinPanel : .leavePanel, .signed(juror))
    default:
      var parameters = TestConfig.parameters
      parameters.feeRate = UInt32.random(in: 0...25_500, using: &random)
      parameters.sellerBondRate = UInt32.random(in: 0...200_000, using: &random)
      parameters.complaintBondRate = UInt32.random(in: 0...100_000, using: &random)
      parameters.crankRate = UInt32.random(in: 0...500_000, using: &random)
      parameters.jurors = chance(3, in: 4) ? 3 : 1
      return (.setParameters(parameters: parameters), .root)
    }
  }

  private mutating func time() -> (Marketplace.Call, Origin)? {
    try? chain.pass(blocks(1...4))
    return nil
  }

  /// Keeps what later operations build on.
  private mutating func remember(_ call: Marketplace.Call) {
    guard case .purchase(_, let purchase) = call, let (message, order, buyer) = sentPurchase() else { return }
    away.append((message, order, buyer, purchase.maxPrice + purchase.fees))
  }

  private func sentPurchase() -> (H256, H256, AccountID)? {
    guard let number = try? TestRemote.sent.get(in: chain.context) else { return nil }
    let message = TestRemote.message(number)
    guard let order = (try? TestRemote.orders.get(message, in: chain.context)) ?? nil,
      let row = (try? Marketplace.remote.get(order, in: chain.context)) ?? nil
    else { return nil }
    return (message, order, row.buyer)
  }
}

extension Marketplace.Order {
  var isChallenged: Bool { if case .challenged = state { true } else { false } }
}

extension Marketplace.OrderState {
  /// Whether the money has left escrow.
  var hasEnded: Bool {
    switch self {
    case .released, .refunded, .split, .cancelled: true
    case .funded, .delivered, .challenged, .judging: false
    }
  }

  /// Whether an order may go from here to `next` in one step.
  func mayBecome(_ next: Self) -> Bool {
    switch (self, next) {
    case (.funded, .delivered), (.funded, .refunded): true
    case (.delivered, .released), (.delivered, .refunded), (.delivered, .challenged), (.delivered, .judging): true
    case (.challenged, .delivered), (.challenged, .refunded): true
    case (.judging, .released), (.judging, .split): true
    default: self == next
    }
  }
}

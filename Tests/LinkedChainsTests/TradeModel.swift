import BlockExecution
import EchoRuntime
import Keys
import Lanes
import PalletAssets
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSudo
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import TestKit
import XCM

/// Hub and market with people who trade at random, and a scheduler that drops, delays, doubles and reorders messages and
/// lets them expire.
///
/// What people do is always something that anybody could sign; what the scheduler claims was true in some block.
final class TradeModel {
  let fair: TradeFair
  var random: SeededRandom
  /// Proofs that were made, with the chain that they are for: submitted late, again, or never.
  var claims: [(chain: TestChain, call: RuntimeCall)] = []
  /// Purchases by order, and payouts by number, with the message that carries each.
  var purchases: [H256: TradeBooks.Name] = [:]
  var payouts: [UInt64: TradeBooks.Name] = [:]
  var buyers: [H256: Person] = [:]
  private var listings: [(number: UInt64, seller: Person, money: Money)] = []
  private var works: [Royalty.Work] = []
  private var isDisturbed = false
  /// Calls and proofs that were refused, and the rest.
  private(set) var counts: (refused: Int, accepted: Int) = (0, 0)

  private let remoteBuyers = [Person(.bob, 1000), Person(.charlie, 1000)]
  private let localBuyer = TradeFair.localBuyer
  private let sellers = [TradeFair.localSeller, Person(.alice, 1000)]
  /// Those who are due royalties: two on the hub, of whom one has so little that it may not reach an account, and one here.
  private let members: [(Person, UInt32)] = [(Person(.eve, 1000), 699_000), (Person(.ferdie, 1000), 1_000), (Person(.eve, 2000), 300_000)]

  var hub: TestChain { fair.hub }
  var market: TestChain { fair.market }
  var lane: H256 { TestNetwork.lane(hub, market) }

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    fair = try TradeFair()
    for person in [Person(.charlie, 1000), Person(.alice, 1000)] {
      try market.run(try TestNetwork.transfer(200 * TestChain.unit, of: .here, to: 1000, beneficiary: person.key), by: .dave)
    }
    try hub.run(
      .assets(.transfer(id: Compact(7), target: .id(DevelopmentKey.charlie.account), amount: Compact(10_000 * TestChain.credits))))
    try fair.network.settle()
    for money in Money.allCases { try fair.endow(sellers[1], 25 * money.unit, money) }
    for seller in sellers {
      let work = try fair.register(by: TradeFair.localSeller, members: members)
      works.append(work)
      let id = RoyaltyPallet.workID(owner: work.owner, meta: work.meta)
      for money in Money.allCases {
        try market.run(.royalty(.pay(work: id, asset: money.name(on: 2000), amount: 8 * money.unit, reference: .zero)))
      }
      for money in Money.allCases {
        let terms = fair.terms(price(money), money, work: seller.para == 2000 ? work : nil, quantity: 1_000, bond: 10 * money.unit)
        listings.append((try fair.list(terms, by: seller), seller, money))
      }
      try fair.wait(0)
    }
  }

  private func price(_ money: Money) -> Balance { 4 * money.unit }
  private func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }
  private func chance(_ numerator: Int, in denominator: Int) -> Bool { random.chance(numerator, in: denominator) }

  /// Seals one call, which may be refused. Clocks of the two chains never fall far apart.
  @discardableResult func seal(_ call: RuntimeCall, by key: DevelopmentKey, on chain: TestChain) throws -> Bool {
    try seal([(key, call)], on: chain)
  }

  @discardableResult func seal(_ calls: [(DevelopmentKey, RuntimeCall)], on chain: TestChain) throws -> Bool {
    chain.now = max(chain.now, hub.now, market.now)
    try chain.seal(calls)
    let refused = try chain.failures().count
    counts.refused += refused
    counts.accepted += calls.count - refused
    return refused == 0
  }

  // MARK: People

  /// Does one thing; says what.
  func step() throws -> String {
    // Not for long, or nothing would happen at all.
    if isDisturbed, chance(1, in: 6) { try restore() }
    switch Int.random(in: 0..<24, using: &random) {
    case 0...3: return try buyFromAfar()
    case 4: return try buyHere()
    case 5...7: return try advance(order: order())
    case 8: return try changeListing()
    case 9: return try move()
    case 10...11: return try payOut()
    case 12...22: return try relay()
    default: return try disturb()
    }
  }

  private func buyFromAfar() throws -> String {
    let (listing, buyer) = (pick(listings), pick(remoteBuyers))
    let price = price(listing.money)
    let most = chance(1, in: 4) ? price - Balance.random(in: 1...price / 2, using: &random) : price + (chance(1, in: 2) ? price / 3 : 0)
    var purchase = fair.order(
      listing.number, by: buyer, atMost: most, chance(1, in: 10) ? pick(Money.allCases) : listing.money,
      validFor: BlockNumber.random(in: 5...100, using: &random), timeout: pick([10_000, 60_000, 600_000, 5_000_000]))
    if chance(1, in: 8) { purchase.fees = pick([1, listing.money.unit / 100, 3 * listing.money.unit]) }
    guard try seal(.marketplace(.purchase(market: .sibling(2000), purchase: purchase)), by: buyer.key, on: hub) else {
      return "a purchase that could not leave"
    }
    for case .marketplace(.remoteOrdered(let order, _, _)) in try hub.events() {
      purchases[order] = try latest(from: hub)
      buyers[order] = buyer
    }
    return "a purchase from afar"
  }

  /// The message that left last.
  private func latest(from source: TestChain) throws -> TradeBooks.Name {
    let nonce = try Messages.outboundLanes.get(lane, in: source.context())?.latestGenerated ?? 0
    return TradeBooks.Name(lane: lane, source: source.paraId, nonce: nonce)
  }

  private func buyHere() throws -> String {
    let listing = pick(listings)
    try seal(
      .marketplace(.buy(listing: listing.number, quantity: 1, maxPrice: price(listing.money), buyerKey: .zero)), by: localBuyer.key,
      on: market)
    return "a purchase at the market"
  }

  private func order() throws -> (id: H256, row: Marketplace.Order)? {
    let rows = try Marketplace.orders.rows(in: market.context(), limit: 1_000).filter(\.value.state.isOpen)
    return rows.isEmpty ? nil : pick(rows.map { ($0.key, $0.value) })
  }

  /// Delivers, accepts or settles an order, by the party or by somebody who may not.
  private func advance(order: (id: H256, row: Marketplace.Order)?) throws -> String {
    guard let (id, row) = order else { return "no order" }
    guard !chance(1, in: 5) else {
      try seal(.marketplace(.settle(order: id)), by: .dave, on: market)
      return "a settlement"
    }
    let people = sellers + remoteBuyers + [localBuyer]
    let (call, party): (Marketplace.Call, Location) =
      row.state == .funded ? (.deliver(order: id, box: []), row.seller) : (.confirm(order: id), row.buyer)
    guard let person = chance(1, in: 10) ? pick(people) : people.first(where: { $0.location == party }) else { return "nobody" }
    if person.para == 2000 {
      try seal(.marketplace(call), by: person.key, on: market)
    } else {
      let money = pick(Money.allCases)
      let act = Marketplace.RemoteAct(
        asset: money.name(on: 1000), deposit: chance(1, in: 3) ? money.unit : 0, fees: money.fees, timeout: pick([20_000, 600_000]))
      try seal(.marketplace(.actRemotely(market: .sibling(2000), act: act, call: call)), by: person.key, on: hub)
    }
    return "\(row.state == .funded ? "a delivery" : "an acceptance") by \(person)"
  }

  private func changeListing() throws -> String {
    let listing = pick(listings)
    let price = price(listing.money)
    let changes = Marketplace.ListingChanges(
      price: pick([price, price, price, price + 1, price - price / 10]), quantity: pick([0, 1_000, 1_000, 1_000]), meta: nil,
      isPaused: chance(1, in: 6))
    let call = Marketplace.Call.update(listing: listing.number, changes: changes)
    if listing.seller.para == 2000 { try seal(.marketplace(call), by: listing.seller.key, on: market) }
    return "a change of a listing"
  }

  /// Moves money of somebody's from chain to chain.
  private func move() throws -> String {
    let (source, target) = chance(1, in: 2) ? (hub, market) : (market, hub)
    let (money, sender, receiver) = (pick(Money.allCases), pick([DevelopmentKey.bob, .charlie]), pick([DevelopmentKey.bob, .eve]))
    let name = money.name(on: source.paraId)
    let owned = try source.balance(of: name, sender.account)
    guard owned > 0 else { return "nothing to move" }
    let amount = Balance.random(in: 1...min(owned, chance(1, in: 5) ? 1_000 : 5 * money.unit), using: &random)
    try seal(try transfer([Asset(name, amount: amount)], to: target.paraId, receiver.location), by: sender, on: source)
    return "a transfer"
  }

  private func payOut() throws -> String {
    let open = try Royalty.inFlight.rows(in: market.context(), limit: 1_000).map(\.key)
    if !open.isEmpty, chance(1, in: 4) {
      try seal(.royalty(.returnPayout(payout: pick(open))), by: .dave, on: market)
      return "a return"
    }
    let money = pick(Money.allCases)
    guard !chance(1, in: 4) else {
      try seal(.royalty(.claim(split: pick(works).ownSplit, asset: money.name(on: 2000))), by: .eve, on: market)
      return "a claim"
    }
    var claims: [(Person, UInt64)] = []
    for person in remoteBuyers + [sellers[1]] {
      guard let split = try Royalty.soleSplits.get(person.party, in: market.context()) else { continue }
      if try fair.due(person, split, money) > 0, chance(2, in: 3) { claims.append((person, split)) }
    }
    for (member, _) in members where member.para == 1000 {
      for work in works where try fair.due(member, work.ownSplit, money) > 0 && chance(2, in: 3) {
        claims.append((member, work.ownSplit))
      }
    }
    guard !claims.isEmpty else { return "nothing due" }
    claims.shuffle(using: &random)
    try seal(fair.payout(claims, to: 1000, money), by: .dave, on: market)
    for case .royalty(.remoteSent(let payout, _, _, _, _)) in try market.events() { payouts[payout] = try latest(from: market) }
    return "a payout of \(claims.count)"
  }

  // MARK: The scheduler

  func end(_ chain: TestChain) -> TestChain { chain === hub ? market : hub }

  /// Makes a claim, and submits it or another one now.
  private func relay() throws -> String {
    let source = chance(1, in: 2) ? hub : market
    let target = end(source)
    if let nonces = try fair.network.pending(source, to: target) {
      let first = UInt64.random(in: nonces, using: &random)
      let last = min(nonces.upperBound, first + UInt64.random(in: 0...3, using: &random))
      switch Int.random(in: 0..<8, using: &random) {
      case 0...3:
        try source.seal()
        try make(try delivery(from: source, to: target, first...last), for: target, about: source)
        return "a delivery of \(first)...\(last) to \(target.paraId)"
      case 4...6:
        try make(try confirmation((first...last).filter { has($0, target) }, from: source, at: target), for: source, about: target)
        return "receipts of \(first)...\(last) to \(source.paraId)"
      default:
        try make(try timeout(first, from: source, at: target), for: source, about: target)
        return "a timeout of \(first) to \(source.paraId)"
      }
    }
    guard !claims.isEmpty else { return "nothing to relay" }
    let (chain, call) = pick(claims)
    try seal(call, by: .dave, on: chain)
    return "an old claim"
  }

  func has(_ nonce: UInt64, _ target: TestChain) -> Bool { Messages.receipts.exists(MessageKey(lane, nonce), in: target.context()) }

  /// Keeps a claim and shows what it is proven against; submits it at once, later, or never.
  private func make(_ call: RuntimeCall, for chain: TestChain, about other: TestChain) throws {
    claims.append((chain, call))
    var calls: [(DevelopmentKey, RuntimeCall)] = [(.dave, try fair.network.update(chain, about: other))]
    if chance(3, in: 4) { calls.append((.dave, call)) }
    if chance(1, in: 4) { calls.append((.dave, call)) }
    if chance(1, in: 4) { calls.append((.dave, pick(claims.filter { $0.chain === chain }).call)) }
    try seal(calls, on: chain)
  }

  func delivery(from source: TestChain, to target: TestChain, _ nonces: ClosedRange<UInt64>) throws -> RuntimeCall {
    let keys = nonces.map { Messages.outbound.key(MessageKey(lane, $0)) } + [Messages.outboundLanes.key(lane)]
    return .messages(
      .deliver(
        lane: lane, height: source.height, header: source.header(), range: NonceRange(nonces.lowerBound, nonces.upperBound),
        proof: source.chain.best.proof(for: keys), relayer: DevelopmentKey.dave.account))
  }

  func confirmation(_ nonces: [UInt64], from source: TestChain, at target: TestChain) throws -> RuntimeCall {
    let keys = nonces.map { Messages.receipts.key(MessageKey(lane, $0)) }
    return .messages(
      .confirm(lane: lane, height: target.height, header: target.header(), nonces: nonces, proof: target.chain.best.proof(for: keys)))
  }

  func timeout(_ nonce: UInt64, from source: TestChain, at target: TestChain) throws -> RuntimeCall {
    let keys = [Messages.receipts.key(MessageKey(lane, nonce))]
    return .messages(
      .timeout(lane: lane, height: target.height, header: target.header(), nonce: nonce, proof: target.chain.best.proof(for: keys)))
  }

  /// Lets time pass, or stops something.
  private func disturb() throws -> String {
    let chain = chance(1, in: 2) ? hub : market
    switch Int.random(in: 0..<10, using: &random) {
    case 0...5:
      let time = pick([5_000, 20_000, chance(1, in: 2) ? 3_700_000 : 20_000]) as Milliseconds
      try fair.wait(time)
      return "\(time) ms"
    case 6: return try disturb(.xcmPallet(.forceSuspension(suspended: chance(1, in: 2))), chain)
    case 7: return try disturb(.messages(.pauseLane(lane: lane)), chain)
    case 8: return try disturb(.messages(.drainLane(lane: lane)), chain)
    default: return try disturb(.messages(.resumeLane(lane: lane)), chain)
    }
  }

  private func disturb(_ call: RuntimeCall, _ chain: TestChain) throws -> String {
    try seal(.sudo(.sudo(call: call)), by: .alice, on: chain)
    isDisturbed = true
    return "\(call)"
  }

  func restore() throws {
    isDisturbed = false
    for chain in [hub, market] {
      try seal(
        [
          (.alice, .sudo(.sudo(call: .messages(.resumeLane(lane: lane))))),
          (.alice, .sudo(.sudo(call: .xcmPallet(.forceSuspension(suspended: false))))),
        ], on: chain)
    }
  }
}

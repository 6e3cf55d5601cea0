import EchoRuntime
import Keys
import Lanes
import PalletAssetRate
import PalletAssets
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSudo
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit
private let writer = Person(.eve, 1000)
private let singer = Person(.ferdie, 1000)
/// Has an account on the hub, in every asset.
private let reader = TradeFair.remoteBuyer

@Suite("Payouts that fail") struct PayoutFailureTests {
  private func failure(_ failure: Royalty.Failure) -> [DispatchError] {
    [.module(ModuleError(pallet: 40, error: failure.rawValue))]
  }

  /// A work whose income is due to people on the hub, in parts of a million.
  private func owe(_ income: Balance, _ members: [(Person, UInt32)], _ money: Money = .market, at fair: TradeFair) throws -> UInt64 {
    let work = try fair.register(by: TradeFair.localSeller, members: members)
    let id = RoyaltyPallet.workID(owner: work.owner, meta: work.meta)
    try fair.market.run(.royalty(.pay(work: id, asset: money.name(on: 2000), amount: income, reference: .zero)))
    try fair.wait(0)
    return work.ownSplit
  }

  private func latest(_ fair: TradeFair) throws -> UInt64 {
    guard let range = try fair.network.pending(fair.market, to: fair.hub) else { throw TestChain.TestFailure("nothing is on its way") }
    return range.upperBound
  }

  /// A batch in which one has less than an account must hold: payouts go up, so it stands behind all that get less.
  struct Stop: CustomTestStringConvertible, Sendable {
    var money: Money
    /// In the order in which they are paid.
    var dues: [(person: Person, amount: Balance)]
    var place: Int
    var testDescription: String { "the one at \(place) of \(dues.count), in the \(money)'s asset" }

    static let all = [
      // Where vouchers are dear, an account needs a whole unit; at home a hundredth of one.
      Stop(money: .market, dues: [(singer, unit / 2), (writer, unit * 7 / 2), (reader, 6 * unit)], place: 0),
      Stop(money: .market, dues: [(reader, unit / 4), (singer, unit / 2), (writer, unit * 37 / 4)], place: 1),
      Stop(money: .market, dues: [(reader, unit * 78 / 100), (singer, unit * 82 / 100)], place: 1),
      Stop(money: .hub, dues: [(singer, unit / 200), (writer, 4 * unit), (reader, unit * 1199 / 200)], place: 0),
      Stop(money: .hub, dues: [(reader, unit / 250), (singer, unit / 200), (writer, unit * 9991 / 1000)], place: 1),
    ]

    var total: Balance { dues.reduce(0) { $0 + $1.amount } }
    /// Shares that make each get its amount.
    var members: [(Person, UInt32)] {
      let shares = dues.map { UInt32($0.amount * 1_000_000 / total) }
      return zip(dues, shares).map { ($0.person, $1) }
    }

    func fair() throws -> TradeFair {
      guard money == .market else { return try TradeFair() }
      let fair = try TradeFair(minimumVoucher: unit)
      // The pool that changes what programs pay relayers with takes small amounts once it has a large one.
      try fair.hub.run(
        .foreignAssets(
          .transfer(id: .sibling(2000), target: .id(EchoRuntime.exchangePool), amount: Compact(2 * unit))), by: .bob)
      return fair
    }
  }

  @Test(
    "one that cannot receive stops its batch: those before are paid, what is left is due again", .timeLimit(.minutes(2)),
    arguments: Stop.all)
  func stopped(_ stop: Stop) throws {
    let (fair, money, place, total) = (try stop.fair(), stop.money, stop.place, stop.total)
    let (people, dues) = (stop.dues.map(\.person), stop.dues.map(\.amount))
    let split = try owe(total, stop.members, money, at: fair)
    for (person, amount) in stop.dues { #expect(try fair.due(person, split, money) == amount) }
    let execution = try fair.execution(stop.dues.map { ($0.person, $0.amount) }, to: 1000, money)
    let (pot, costs) = (try fair.royaltyPot(money), try costs(money, fair))
    let purses = try people.map { try fair.purse($0, money) }
    let claims = people.reversed().map { ($0, split) }
    let payout = try fair.sendPayout(claims, to: 1000, money)
    let events = try fair.network.settle()
    let paid = UInt32(place)
    #expect(events[2000]?.contains { if case .royalty(.remoteFailed(payout, paid, _)) = $0 { true } else { false } } == true)
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context())?.state == .failed(paid: paid))
    try fair.audit()
    let gains = try zip(people, purses).map { try fair.purse($0, money) - $1 }
    for (index, due) in dues.enumerated() {
      let fee = (execution * due + total - 1) / total
      #expect(gains[index] == (index < place ? due - fee : 0), "\(people[index])")
      #expect(try fair.due(people[index], split, money) == 0)
    }
    // What came back waits for anybody to put it into the books.
    try fair.market.run(.royalty(.returnPayout(payout: payout)), by: .dave)
    let unpaid = dues.dropFirst(place).reduce(0, +)
    let parts = try people.map { try fair.due($0, split, money) }
    let due = parts.reduce(0, +)
    #expect(try fair.royaltyPot(money) == pot - total + due)
    let left = try fair.hub.trapped(money.name(on: 1000)) + fair.market.trapped(money.name(on: 2000))
    #expect(try gains.reduce(0, +) + due + left + self.costs(money, fair) - costs == total, "not a unit is lost")
    #expect(due + unit / 5 > unpaid, "all but what the ways cost is due again")
    for index in people.indices {
      let share = index < place ? 0 : dues[index] * due / unpaid
      #expect(parts[index] >= share && parts[index] - share <= Balance(people.count), "pro rata")
    }
    #expect(try Royalty.inFlight.get(payout, in: fair.market.context()) == nil)
    try fair.market.seal([(.dave, .royalty(.returnPayout(payout: payout)))])
    #expect(try fair.market.failures() == failure(.unknownPayout))
    try fair.audit()
    // The one travels alone from now on, so the others are paid without it.
    let rest = people.dropFirst(place + 1)
    guard !rest.isEmpty else { return }
    try fair.market.seal([(.dave, fair.payout(people.dropFirst(place).map { ($0, split) }, to: 1000, money))])
    #expect(try fair.market.failures() == failure(.paidAlone))
    let again = try fair.sendPayout(rest.map { ($0, split) }, to: 1000, money)
    #expect(try fair.network.settle()[2000]?.contains(.royalty(.remoteSettled(payout: again))) == true)
    for person in rest { #expect(try fair.due(person, split, money) == 0) }
    try fair.audit()
  }

  /// What programs have paid on hub and market for execution, and on the hub for a message home.
  private func costs(_ money: Money, _ fair: TradeFair) throws -> Balance {
    try fair.revenue(money, on: 1000) + fair.revenue(money, on: 2000) + fair.deliveries(for: .here, money, on: 1000)
  }

  @Test("what expires in flight is due again whole, and is paid by the next payout", .timeLimit(.minutes(2)), arguments: Money.allCases)
  func expiry(_ money: Money) throws {
    let fair = try TradeFair()
    let split = try owe(10 * money.unit, [(writer, 600_000), (reader, 400_000)], money, at: fair)
    let claims = [(writer, split), (reader, split)]
    let pot = try fair.royaltyPot(money)
    let purses = try [writer, reader].map { try fair.purse($0, money) }
    let payout = try fair.sendPayout(claims, to: 1000, money)
    let nonce = try latest(fair)
    // Nothing is due twice.
    try fair.market.seal([(.dave, fair.payout(claims, to: 1000, money))])
    #expect(try fair.market.failures() == failure(.nothingDue))
    try fair.market.seal([(.dave, .royalty(.returnPayout(payout: payout)))])
    #expect(try fair.market.failures() == failure(.notReturned))
    try fair.wait(3_700_000)
    try fair.network.deliver(from: fair.market, to: fair.hub, range: nonce...nonce)
    #expect(try !fair.hub.failures().isEmpty, "too late")
    try fair.audit()
    try fair.network.timeout(nonce, from: fair.market, at: fair.hub)
    #expect(try fair.market.failures().isEmpty)
    #expect(try fair.market.events().contains(.royalty(.remoteReturned(payout: payout, amount: 10 * money.unit))))
    #expect(try fair.due(writer, split, money) == 6 * money.unit && fair.due(reader, split, money) == 4 * money.unit)
    #expect(try fair.royaltyPot(money) == pot)
    try fair.network.deliver(from: fair.market, to: fair.hub, range: nonce...nonce)
    #expect(try !fair.hub.failures().isEmpty)
    #expect(try [writer, reader].map { try fair.purse($0, money) } == purses)
    try fair.audit()
    let again = try fair.sendPayout(claims, to: 1000, money)
    #expect(try fair.network.settle()[2000]?.contains(.royalty(.remoteSettled(payout: again))) == true)
    #expect(try fair.royaltyPot(money) == pot - 10 * money.unit)
    #expect(try fair.purse(writer, money) - purses[0] > 5 * money.unit && fair.purse(reader, money) - purses[1] > 3 * money.unit)
    try fair.audit()
  }

  @Test("a payout is executed once, however often it is delivered", .timeLimit(.minutes(2))) func duplicates() throws {
    let fair = try TradeFair()
    let split = try owe(10 * unit, [(writer, 1_000_000)], at: fair)
    _ = try fair.sendPayout([(writer, split)], to: 1000)
    let nonce = try latest(fair)
    try fair.network.deliver(from: fair.market, to: fair.hub)
    let paid = try fair.purse(writer, .market)
    #expect(paid > 9 * unit)
    try fair.network.timeout(nonce, from: fair.market, at: fair.hub)
    #expect(try !fair.market.failures().isEmpty, "it was received")
    try fair.network.deliver(from: fair.market, to: fair.hub, range: nonce...nonce)
    #expect(try !fair.hub.failures().isEmpty)
    #expect(try fair.purse(writer, .market) == paid)
    try fair.network.confirm([nonce], from: fair.market, at: fair.hub)
    #expect(try fair.market.failures().isEmpty)
    try fair.network.confirm([nonce], from: fair.market, at: fair.hub)
    #expect(try fair.due(writer, split) == 0)
    try fair.audit()
  }

  @Test("a chain that takes no programs, or not this one, gives the payout back", .timeLimit(.minutes(2)), arguments: [true, false])
  func rejected(isSuspended: Bool) throws {
    let fair = try TradeFair()
    let money: Money = isSuspended ? .market : .credits
    let split = try owe(10 * money.unit, [(writer, 1_000_000)], money, at: fair)
    let pot = try fair.royaltyPot(money)
    let payout = try fair.sendPayout([(writer, split)], to: 1000, money)
    if isSuspended {
      try fair.hub.sudo(.xcmPallet(.forceSuspension(suspended: true)))
    } else {
      let name = money.name(on: 1000)
      try fair.hub.sudo(.assetRate(.update(assetKind: name, rate: FixedU128(inner: 1))))
    }
    let events = try fair.network.settle()
    #expect(events[1000]?.failures == [.rejected(isSuspended ? .barrier : .tooExpensive)])
    #expect(events[2000]?.contains(.royalty(.remoteReturned(payout: payout, amount: 10 * money.unit))) == true)
    #expect(try fair.due(writer, split, money) == 10 * money.unit)
    #expect(try fair.royaltyPot(money) == pot)
    #expect(try fair.purse(writer, money) == 0)
    try fair.audit()
  }

  @Test("over a lane that is paused, draining or closed nothing leaves, and all stays due", .timeLimit(.minutes(2)))
  func closedLane() throws {
    let fair = try TradeFair()
    let split = try owe(10 * unit, [(writer, 1_000_000)], at: fair)
    let lane = TestNetwork.lane(fair.hub, fair.market)
    let pot = try fair.royaltyPot(.market)
    for call in [Messages.Call.pauseLane(lane: lane), .resumeLane(lane: lane), .drainLane(lane: lane), .closeLane(lane: lane)] {
      try fair.market.sudo(.messages(call))
      if case .resumeLane = call { continue }
      let purse = try fair.purse(Person(.dave, 2000), .market)
      try fair.market.seal([(.dave, fair.payout([(writer, split)], to: 1000))])
      #expect(try fair.market.failures() == [failedLocally(at: 3, .transport)], "\(call)")
      #expect(try fair.due(writer, split) == 10 * unit)
      #expect(try fair.royaltyPot(.market) == pot)
      #expect(try fair.purse(Person(.dave, 2000), .market) == purse, "who asked got the loan back")
      #expect(try Royalty.inFlight.rows(in: fair.market.context(), limit: 1).isEmpty)
    }
    try fair.audit()
  }

  @Test(
    "what cannot come home waits under the payout's own account, and nobody is paid twice", .timeLimit(.minutes(2)),
    arguments: [true, false])
  func stranded(isClosed: Bool) throws {
    let fair = try TradeFair()
    let (hub, market) = (fair.hub, fair.market)
    let split = try owe(10 * unit, [(reader, 400), (singer, 500), (writer, 999_100)], .hub, at: fair)
    let claims = [(reader, split), (singer, split), (writer, split)]
    let purse = try fair.purse(reader, .hub)
    let payout = try fair.sendPayout(claims, to: 1000, .hub)
    let nonce = try latest(fair)
    if isClosed { try hub.sudo(.messages(.drainLane(lane: TestNetwork.lane(hub, market)))) }
    try fair.network.deliver(from: market, to: hub)
    try fair.network.confirm([nonce], from: market, at: hub)
    if !isClosed {
      let home = try #require(try fair.network.pending(hub, to: market)?.upperBound)
      try fair.wait(3_700_000)
      try fair.network.timeout(home, from: hub, at: market)
      #expect(try hub.failures().isEmpty)
    }
    let account = Location(parents: 1, .para(2000), .account(RoyaltyPallet.payoutAccount(payout)))
    let owned = try hub.balance(of: .here, try #require(EchoRuntime.account(of: account)))
    let traps = try XcmPallet.assetTraps.rows(in: hub.context(), limit: 10).map(\.value).filter { $0.claimer == account }
    let trapped = try traps.reduce(Balance(0)) { try $0 + $1.assets.latest().amount(of: .here) }
    #expect(owned + trapped > 9 * unit)
    #expect(try fair.purse(reader, .hub) > purse, "those before are paid")
    for claim in claims { #expect(try fair.due(claim.0, split, .hub) == 0) }
    try market.seal([(.dave, .royalty(.returnPayout(payout: payout)))])
    #expect(try market.failures() == failure(.notReturned))
    try market.seal([(.dave, fair.payout(claims, to: 1000, .hub))])
    #expect(try !market.failures().isEmpty)
    // Over a closed lane nothing could leave, and the receipt tells of that; else it tells who was paid.
    let state = try Royalty.inFlight.get(payout, in: market.context())?.state
    #expect(state == (isClosed ? .stranded : .failed(paid: 1)), "the books know that it is missing")
    try fair.audit()
    if isClosed {
      // One was paid: everybody can see that there, and root says it here.
      try market.seal([(.dave, .sudo(.sudo(call: .royalty(.resolvePayout(payout: payout, paid: 1)))))])
      #expect(try Royalty.inFlight.get(payout, in: market.context())?.state == .stranded, "dave is not root")
      try market.sudo(.royalty(.resolvePayout(payout: payout, paid: 1)))
      #expect(try Royalty.inFlight.get(payout, in: market.context())?.state == .failed(paid: 1))
      try fair.audit()
      return
    }
    let recover = Royalty.Call.recoverPayout(payout: payout, amount: owned > 0 ? owned : trapped, isTrapped: owned == 0)
    let gains = try fair.purse(writer, .hub)
    try market.seal([(.dave, .royalty(recover))])
    #expect(try market.failures().isEmpty)
    try fair.network.settle()
    try fair.audit()
    try market.seal([(.dave, .royalty(.returnPayout(payout: payout)))])
    #expect(try market.failures().isEmpty)
    #expect(!Royalty.inFlight.exists(payout, in: market.context()))
    #expect(try fair.due(reader, split, .hub) == 0)
    #expect(try fair.due(writer, split, .hub) > 9 * unit, "the last one is due nearly everything again")
    #expect(try fair.purse(writer, .hub) == gains)
    try fair.audit()
  }

  @Test("dust is not worth a message, and stays due", .timeLimit(.minutes(2))) func dust() throws {
    let fair = try TradeFair()
    let split = try owe(unit, [(writer, 900_000), (TradeFair.remoteSeller, 100_000)], at: fair)
    let pot = try fair.royaltyPot(.market)
    try fair.market.seal([(.dave, fair.payout([(writer, split)], to: 1000))])
    #expect(try fair.market.failures() == failure(.belowMinimum))
    // Nor for another chain's people, or somebody who lives here.
    try fair.market.seal([(.dave, fair.payout([(TradeFair.remoteSeller, split)], to: 1000))])
    #expect(try fair.market.failures() == failure(.badBatch))
    try fair.market.seal([(.dave, fair.payout([(TradeFair.localBuyer, split)], to: 1000))])
    #expect(try fair.market.failures() == failure(.isLocal))
    try fair.market.seal([(.dave, fair.payout([(writer, split), (writer, split)], to: 1000))])
    #expect(try fair.market.failures() == failure(.badBatch))
    #expect(try fair.due(writer, split) == unit * 9 / 10 && fair.royaltyPot(.market) == pot)
    try fair.audit()
  }

  @Test("sixteen beneficiaries are paid by one message, exactly", .timeLimit(.minutes(2))) func largestBatch() throws {
    let fair = try TradeFair()
    // Each has a split of its own, as sellers and refunded buyers have.
    let splits = try (0..<Royalty.maximumBatch).map { try owe(3 * unit + Balance($0), [(writer, 1_000_000)], at: fair) }
    let total = try splits.reduce(0) { try $0 + fair.due(writer, $1) }
    let revenue = try fair.revenue(.market, on: 1000)
    let payout = try fair.sendPayout(splits.map { (writer, $0) }, to: 1000)
    let events = try fair.network.settle()
    #expect(events[2000]?.contains(.royalty(.remoteSettled(payout: payout))) == true)
    #expect(try fair.purse(writer, .market) + fair.revenue(.market, on: 1000) - revenue == total)
    #expect(try total - fair.purse(writer, .market) < unit / 10, "one fee for all")
    try fair.audit()
  }

  @Test("a buyer elsewhere whose order was not delivered is paid back at home", .timeLimit(.minutes(2))) func refundedBuyer() throws {
    let fair = try TradeFair()
    let (buyer, seller) = (TradeFair.remoteBuyer, TradeFair.localSeller)
    let listing = try fair.list(fair.terms(10 * unit), by: seller)
    let order = try fair.buy(listing, by: buyer, atMost: 10 * unit)
    #expect(try fair.status(order, of: buyer) == .placed)
    try fair.pass(31)
    let crank = Person(.dave, 2000)
    let (tip, pot) = (try fair.purse(crank, .market), try fair.marketPot(.market))
    try fair.market.run(.marketplace(.settle(order: order)), by: crank.key)
    #expect(try fair.state(order) == .refunded)
    // The bond of one order is a tenth of its price; who settled got a tenth of that.
    #expect(try fair.purse(crank, .market) - tip == unit / 10)
    let split = try fair.soleSplit(buyer)
    #expect(try fair.due(buyer, split) == 10 * unit + unit * 9 / 10)
    #expect(try fair.marketPot(.market) == pot - 11 * unit)
    try fair.audit()
    let (purse, revenue) = (try fair.purse(buyer, .market), try fair.revenue(.market, on: 1000))
    _ = try fair.sendPayout([(buyer, split)], to: 1000)
    try fair.network.settle()
    let gain = try fair.purse(buyer, .market) - purse
    #expect(try gain + fair.revenue(.market, on: 1000) - revenue == 10 * unit + unit * 9 / 10)
    #expect(try fair.due(buyer, split) == 0)
    #expect(try fair.status(order, of: buyer) == .placed, "at home it stays an order that was placed")
    try fair.audit()
  }
}

import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

// What must hold between operations: product design 2.1, I1 to I7.

extension MarketModel {
  /// What one operation left.
  struct Step {
    var events: [Marketplace.Event]
    var orders: [Rows<H256, Marketplace.Order>.Change]
    var listings: [Rows<UInt64, Marketplace.Listing>.Change]
    var disputes: [Rows<H256, Marketplace.Dispute>.Change]
    var balances: [Rows<Pair<Location, AccountID>, Balance>.Change]
    var refundable: [Rows<Pair<Location, AccountID>, Balance>.Change]
    var owed: [Rows<Location, Balance>.Change]
    var credited: [Rows<Pair<H256, Location>, Balance>.Change]
    var stakes: [Rows<AccountID, Balance>.Change]
    /// Whether anything else changed.
    var hasMore: Bool

    var isEmpty: Bool {
      events.isEmpty && orders.isEmpty && listings.isEmpty && disputes.isEmpty && balances.isEmpty && refundable.isEmpty && owed.isEmpty
        && credited.isEmpty && stakes.isEmpty && !hasMore
    }
  }

  var parameters: Marketplace.Parameters {
    get throws { try Marketplace.storedParameters.get(in: chain.context) ?? TestConfig.parameters }
  }

  /// The first law that does not hold; `nil` when all do.
  ///
  /// Where no call was made nothing can have changed: that is looked at now and then.
  mutating func brokenLaw() throws -> String? {
    guard last?.isAccepted == true || chance(1, in: 4) else { return nil }
    let records = chain.context.events[told...]
    told = chain.context.events.count
    let events = try records.map { record in try Marketplace.Event(decoding: Array(record.event.dropFirst())) }
    for event in events { if let broken = meet(event) { return broken } }
    let step = try refresh(events)
    if let last, !last.isAccepted, !step.isEmpty { return "a refused call left a trace" }
    for change in step.orders { if let broken = try brokenOrder(change) { return broken } }
    for event in events { if let broken = brokenReview(event) { return broken } }
    for change in step.listings {
      guard change.before == nil, let listing = change.after, let work = listing.terms.work else { continue }
      let stack = try TestRoyaltyBook.stack(of: work, in: chain.context)
      guard try Balance(stack) + Balance(parameters.feeRate) <= 1_000_000 else { return "I3: listing \(change.key) promises too much" }
    }
    if let broken = try brokenSums() ?? brokenHolds() ?? brokenPayout(step) { return broken }
    forget(step)
    return nil
  }

  /// Begins to look at what an event tells of.
  private mutating func meet(_ event: Marketplace.Event) -> String? {
    switch event {
    case .listed(let number, _):
      listings.watch(number, at: Marketplace.listings.key(number))
      auctions.watch(number, at: Marketplace.auctions.key(number))
    case .ordered(let id, _, _, _), .remoteCancelled(let id):
      guard seen[id] == nil else { return "I5: order \(id) was made again" }
      seen[id] = .funded
      orders.watch(id, at: Marketplace.orders.key(id))
    case .panelAsked(let id): disputes.watch(id, at: Marketplace.disputes.key(id))
    case .offerMade(let number, _, _, _): offers.watch(number, at: Marketplace.offers.key(number))
    case .subscribed(let listing, let account, _):
      subscriptions.watch(Pair(listing, account), at: Marketplace.subscriptions.key(listing, account))
    default: break
    }
    return nil
  }

  private mutating func refresh(_ events: [Marketplace.Event]) throws -> Step {
    let context = chain.context
    let auctions = try auctions.refresh(in: context).count + offers.refresh(in: context).count
    let others = try subscriptions.refresh(in: context).count + held.refresh(in: context).count + holds.refresh(in: context).count
    return Step(
      events: events, orders: try orders.refresh(in: context), listings: try listings.refresh(in: context),
      disputes: try disputes.refresh(in: context), balances: try balances.refresh(in: context),
      refundable: try refundable.refresh(in: context), owed: try owed.refresh(in: context), credited: try credited.refresh(in: context),
      stakes: try stakes.refresh(in: context), hasMore: auctions + others > 0)
  }

  /// Looks no more at what is gone.
  private mutating func forget(_ step: Step) {
    for change in step.orders where change.after == nil { orders.forget(change.key) }
    for change in step.disputes where change.after == nil { disputes.forget(change.key) }
    for change in step.listings where change.after == nil {
      listings.forget(change.key)
      auctions.forget(change.key)
    }
    for event in step.events {
      switch event {
      case .offerWithdrawn(let number): offers.forget(number)
      case .unsubscribed(let listing, let account, _): subscriptions.forget(Pair(listing, account))
      default: break
      }
    }
  }

  // MARK: I3, I4, I6, I7

  private mutating func brokenOrder(_ change: Rows<H256, Marketplace.Order>.Change) throws -> String? {
    let id = change.key
    guard let order = change.after else {
      return change.before?.state.hasEnded == true ? nil : "I4: order \(id) is gone before it ended"
    }
    seen[id] = order.state
    guard let before = change.before else {
      guard order.state == .funded || (order.state == .cancelled && order.price == 0) else {
        return "I4: order \(id) begins as \(order.state)"
      }
      guard order.fee + order.royalty <= order.price else { return "I3: of order \(id) nothing is left for the seller" }
      let stack = try order.work.map { try TestRoyaltyBook.stack(of: $0, in: chain.context) } ?? 0
      let (fee, royalty) = try (order.price * Balance(parameters.feeRate), order.price * Balance(stack))
      guard order.fee == fee / 1_000_000, order.royalty == royalty / 1_000_000 else { return "I3: fee or royalty of order \(id)" }
      return nil
    }
    guard before.state.mayBecome(order.state) else { return "I4: order \(id) went from \(before.state) to \(order.state)" }
    guard !before.state.hasEnded || before.deadline == order.deadline else { return "I4: order \(id) ended twice" }
    guard order.isReviewed == before.isReviewed || (order.isReviewed && before.state.hasEnded) else { return "I6: order \(id)" }
    var same = before
    guard order.challenges == before.challenges + (order.isChallenged && !before.isChallenged ? 1 : 0) else { return "I4: order \(id)" }
    (same.state, same.deadline, same.isReviewed, same.challenges) = (order.state, order.deadline, order.isReviewed, order.challenges)
    return same == order ? nil : "I7: the terms of order \(id) changed"
  }

  private func brokenReview(_ event: Marketplace.Event) -> String? {
    guard case .reviewed(let listing, let id, _) = event else { return nil }
    switch seen[id] {
    case .released, .split: break
    default: return "I6: order \(id) was reviewed as \(String(describing: seen[id]))"
    }
    guard let order = orders[id], order.listing == listing, order.isReviewed, Marketplace.reviews.exists(listing, id, in: chain.context),
      let last, (try? TestMarketParty.of(last.origin)) == order.buyer
    else { return "I6: the review of order \(id)" }
    return nil
  }

  // MARK: I1

  /// Compares what the pot has with what it is held for, and that with the rows that say so.
  private func brokenSums() throws -> String? {
    for asset in Self.assets {
      var sum = Marketplace.Held()
      orders.each { _, order in
        guard order.asset == asset, !order.state.hasEnded else { return }
        sum.escrow += order.price
        if case .challenged(_, let bond, _) = order.state { sum.bonds += bond }
      }
      auctions.each { number, auction in if listings[number]?.terms.asset == asset { sum.bids += auction.high } }
      offers.each { _, offer in if offer.asset == asset { sum.bids += offer.price } }
      subscriptions.each { _, subscription in if subscription.asset == asset { sum.prepaid += subscription.prepaid } }
      refundable.each { key, amount in if key.first == asset { sum.refundable += amount } }
      listings.each { _, listing in if listing.terms.asset == asset { sum.bonds += listing.terms.bond } }
      disputes.each { id, dispute in if orders[id]?.asset == asset { sum.bonds += dispute.bond } }
      let row = held[asset] ?? Marketplace.Held()
      guard row == sum else { return "I1: \(row) is held of \(asset), rows say \(sum)" }
      let total = row.escrow + row.bids + row.prepaid + row.refundable + row.bonds
      let pot = balances[Pair(asset, TestConfig.pot)] ?? 0
      guard pot == TestBook.minimum + total else { return "I1: the pot has \(pot) of \(asset) and holds \(total)" }
      var all: Balance = 0
      balances.each { key, balance in if key.first == asset { all += balance } }
      if asset == here { holds.each { _, hold in all += hold } }
      guard all == Self.wealth else { return "I1: there is \(all) of \(asset), there was \(Self.wealth)" }
    }
    return nil
  }

  /// All money of everybody: people, jurors, the account of one who lives elsewhere, and three pots.
  private static let wealth = Balance(people.count + jurors.count + 1) * TestMarkets.wealth + 3 * TestBook.minimum

  /// Compares what is held on accounts, and what open orders need of bonds, with the rows.
  private func brokenHolds() throws -> String? {
    var deposits: [AccountID: Balance] = [:]
    var open: [UInt64: (count: UInt32, bond: Balance)] = [:]
    orders.each { _, order in
      guard !order.state.hasEnded else { return }
      open[order.listing, default: (0, 0)].count += 1
      open[order.listing, default: (0, 0)].bond += order.bond
    }
    var broken: String?
    listings.each { number, listing in
      if let seller = TestConfig.account(of: listing.seller) { deposits[seller, default: 0] += listing.deposit }
      let needed = open[number] ?? (0, 0)
      if listing.openOrders != needed.count || listing.bondInUse != needed.bond || listing.terms.bond < needed.bond {
        broken = "I1: the bond of listing \(number)"
      }
    }
    for who in Self.everybody {
      if holds[Pair(who, 0)] ?? 0 != deposits[who] ?? 0 { broken = "I1: deposits of \(who)" }
      if holds[Pair(who, 1)] ?? 0 != stakes[who] ?? 0 { broken = "I1: the stake of \(who)" }
    }
    return broken
  }

  // MARK: At the end

  /// Looks at what is too much to look at after every step: indexes, reviews, and that all of it can be ended.
  func brokenEnd() throws -> String? {
    let context = chain.context
    for number in 0..<(try Marketplace.nextListing.get(in: context)) {
      let isThere = listings[number] != nil
      for (id, _) in try Marketplace.reviews.rows(number, in: context, limit: 10_000) {
        switch seen[id] {
        case .released, .split: break
        default: return "I6: a review of order \(id)"
        }
      }
      let sellers = Self.people + [TestMarkets.derived]
      let found = sellers.filter { Marketplace.bySeller.exists($0, number, in: context) }
      guard found == sellers.filter({ who in listings[number].flatMap { TestConfig.account(of: $0.seller) } == who }) else {
        return "listing \(number) by seller"
      }
      let categories = (UInt16(0)...2).filter { Marketplace.byCategory.exists($0, number, in: context) }
      guard categories == (listings[number].map { [$0.terms.category] } ?? []) else { return "listing \(number) by category" }
      for tag in goods().tags.items where Marketplace.byTag.exists(tag, number, in: context) != isThere {
        return "listing \(number) by tag"
      }
    }
    for id in seen.keys {
      let parties = Self.people + [TestMarkets.derived]
      let found = Set(parties.filter { Marketplace.byParty.exists($0, id, in: context) })
      var expected = Set<AccountID>()
      if let order = orders[id] {
        for party in order.state == .cancelled ? [order.buyer] : [order.buyer, order.seller] {
          if let account = TestConfig.account(of: party) { expected.insert(account) }
        }
      }
      guard found == expected else { return "order \(id) by party" }
    }
    return nil
  }
}

/// Who an origin speaks for, found without the pallet.
enum TestMarketParty {
  static func of(_ origin: Origin) throws -> Location {
    switch origin {
    case .signed(let account): .account(account)
    case .xcm(let bytes): try Location(decoding: bytes)
    case .root, .none: throw DispatchError.badOrigin
    }
  }
}

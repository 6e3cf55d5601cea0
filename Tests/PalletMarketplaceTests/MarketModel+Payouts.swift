import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

// I2: who has how much more after an order has ended, computed from the order alone.

extension MarketModel {
  private typealias Gains = [Pair<Location, AccountID>: Int128]

  /// Compares what an order's end paid out with what it should have.
  func brokenPayout(_ step: Step) throws -> String? {
    for change in step.orders {
      guard let before = change.before, let after = change.after, !before.state.hasEnded, after.state.hasEnded else { continue }
      if let broken = brokenRelease(change.key, after, step.events) { return broken }
      var expected = try payouts(of: before, to: after, step)
      for listing in step.listings where listing.after == nil {
        guard let row = listing.before else { continue }
        add(row.terms.bond - lost(before, after, step), of: row.terms.asset, to: row.seller, &expected)
        add(row.deposit, of: here, to: row.seller, &expected)
      }
      let found = gains(step).filter { $0.value != 0 }
      guard found == expected.filter({ $0.value != 0 }) else {
        return "I2: order \(change.key) went from \(before.state) to \(after.state): \(found), not \(expected)"
      }
      var royalties: Balance = 0
      for credit in step.credited { royalties += (credit.after ?? 0) - (credit.before ?? 0) }
      let isFull = try TestRoyaltyBook.isFull.get(in: chain.context)
      guard royalties == (isFull ? 0 : parts(after).royalty) else { return "I2: the royalty of order \(change.key)" }
    }
    return nil
  }

  /// What of an order's price goes back to the buyer, and what of the rest to market and work.
  private func parts(_ order: Marketplace.Order) -> (back: Balance, fee: Balance, royalty: Balance) {
    switch order.state {
    case .released: return (0, order.fee, order.royalty)
    case .split(let share):
      let back = order.price * Balance(share) / 1_000_000
      let rest = order.price - back
      return (back, order.fee * rest / order.price, order.royalty * rest / order.price)
    default: return (order.price, 0, 0)
    }
  }

  /// The event of a release says the same, and its parts sum to what was left of the price.
  private func brokenRelease(_ id: H256, _ order: Marketplace.Order, _ events: [Marketplace.Event]) -> String? {
    let parts = parts(order)
    for event in events {
      switch event {
      case .released(id, let seller, let royalty, let fee):
        let sum = seller + royalty + fee + parts.back
        guard order.state != .refunded, sum == order.price, royalty == parts.royalty, fee == parts.fee else {
          return "I2: order \(id) of \(order.price) was released as \(seller), \(royalty) and \(fee)"
        }
        return nil
      case .refunded(id, _): return order.state == .refunded ? nil : "I2: order \(id) was refunded and is \(order.state)"
      default: continue
      }
    }
    return "I2: nothing was said of the end of order \(id)"
  }

  private func payouts(of before: Marketplace.Order, to after: Marketplace.Order, _ step: Step) throws -> Gains {
    var gains: Gains = [:]
    let asset = before.asset
    let (back, fee, royalty) = parts(after)
    let treasury = Location.account(TestConfig.treasury)
    add(back, of: asset, to: before.buyer, &gains)
    add(before.price - back - fee - royalty, of: asset, to: after.state == .refunded ? before.buyer : before.seller, &gains)
    add(fee, of: asset, to: treasury, &gains)
    if let work = before.work, try TestRoyaltyBook.isFull.get(in: chain.context) {
      add(royalty, of: asset, to: .account(try TestRoyaltyBook.owner(of: work, in: chain.context)), &gains)
    }
    switch before.state {
    case .funded:
      // The seller has failed: a part of the bond to whoever else said so, the rest to the buyer.
      let crank = try last.map { try TestMarketParty.of($0.origin) }
      let tip = crank == nil || crank == before.seller ? 0 : before.bond * Balance(try parameters.crankRate) / 1_000_000
      if let crank { add(tip, of: asset, to: crank, &gains) }
      add(before.bond - tip, of: asset, to: before.buyer, &gains)
    case .delivered, .challenged:
      if case .challenged(_, let bond, _) = before.state { add(bond, of: asset, to: before.buyer, &gains) }
      if after.state == .refunded {
        add(before.bond / 2, of: asset, to: treasury, &gains)
        add(before.bond - before.bond / 2, of: asset, to: before.buyer, &gains)
      }
    case .judging:
      for change in step.disputes {
        guard let dispute = change.before, change.after == nil else { continue }
        pay(dispute, before, after, step, &gains)
      }
    default: break
    }
    return gains
  }

  /// Jurors who revealed share the bond of the complaint, which buyer and seller bear as the price is divided; a bond that
  /// came to no verdict goes back. Who did not reveal pays a tenth of the stake to those who did.
  private func pay(
    _ dispute: Marketplace.Dispute, _ before: Marketplace.Order, _ after: Marketplace.Order, _ step: Step, _ gains: inout Gains
  ) {
    let treasury = Location.account(TestConfig.treasury)
    let voters = dispute.votes.filter { $0.vote != nil }.map { Location.account($0.juror) }
    for vote in dispute.votes {
      guard let change = step.stakes.first(where: { $0.key == vote.juror }), let stake = change.before else { continue }
      let fine = vote.vote == nil ? stake / 10 : 0
      share(fine, of: here, among: voters, &gains)
      // One whose stake is half gone has the rest back and sits no more.
      if change.after == nil { add(stake - fine, of: here, to: .account(vote.juror), &gains) }
    }
    guard case .split(let part) = after.state else {
      add(dispute.bond, of: before.asset, to: before.buyer, &gains)
      return
    }
    let back = dispute.bond * Balance(part) / 1_000_000
    add(back, of: before.asset, to: before.buyer, &gains)
    share(dispute.bond - back + lost(before, after, step), of: before.asset, among: voters, &gains)

    func share(_ amount: Balance, of asset: Location, among parties: [Location], _ gains: inout Gains) {
      let part = parties.isEmpty ? 0 : amount / Balance(parties.count)
      for party in parties { add(part, of: asset, to: party, &gains) }
      add(amount - part * Balance(parties.count), of: asset, to: treasury, &gains)
    }
  }

  /// What the seller's bond for an order has lost.
  private func lost(_ before: Marketplace.Order, _ after: Marketplace.Order, _ step: Step) -> Balance {
    switch after.state {
    case .refunded: return before.bond
    case .split(let part):
      let bond = step.disputes.first { $0.after == nil }?.before?.bond ?? 0
      return min(before.bond, bond * Balance(part) / 1_000_000)
    default: return 0
    }
  }

  private func add(_ amount: Balance, of asset: Location, to party: Location, _ gains: inout Gains) {
    guard let account = TestConfig.account(of: party) else { return }
    gains[Pair(asset, account), default: 0] += Int128(amount)
  }

  /// What everybody has more: in accounts here, to be withdrawn, or owed elsewhere. The pots are looked at by I1.
  private func gains(_ step: Step) -> Gains {
    var gains: Gains = [:]
    for change in step.balances + step.refundable where ![TestConfig.pot, TestRoyaltyBook.pot].contains(change.key.second) {
      gains[change.key, default: 0] += Int128(change.after ?? 0) - Int128(change.before ?? 0)
    }
    for change in step.owed {
      gains[Pair(change.key, TestMarkets.derived), default: 0] += Int128(change.after ?? 0) - Int128(change.before ?? 0)
    }
    return gains
  }
}

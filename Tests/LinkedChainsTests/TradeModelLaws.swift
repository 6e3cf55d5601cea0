import EchoRuntime
import Keys
import Lanes
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import XCM

// How a run ends, and what must hold after each of its steps.

extension TradeModel {
  /// One relayer that does its duty until nothing is on its way.
  func settleEverything() throws {
    try restore()
    for _ in 0..<12 {
      var isIdle = true
      for source in [hub, market] {
        let target = end(source)
        guard let nonces = try fair.network.pending(source, to: target) else { continue }
        isIdle = false
        try source.seal()
        // Those that are settled have no row any more.
        for nonce in nonces where isOpen(nonce, source) {
          let update = try fair.network.update(target, about: source)
          try seal([(.dave, update), (.dave, try delivery(from: source, to: target, nonce...nonce))], on: target)
        }
        try fair.wait(1_000)
        for nonce in nonces where isOpen(nonce, source) {
          let call = try has(nonce, target) ? confirmation([nonce], from: source, at: target) : timeout(nonce, from: source, at: target)
          try seal([(.dave, try fair.network.update(source, about: target)), (.dave, call)], on: source)
        }
      }
      if isIdle { return }
    }
    throw TestChain.TestFailure("messages keep coming")
  }

  private func isOpen(_ nonce: UInt64, _ source: TestChain) -> Bool {
    Messages.outbound.exists(MessageKey(lane, nonce), in: source.context())
  }

  /// Ends all orders by their deadlines, and puts into the books what came back of payouts.
  func endOrders() throws {
    try fair.pass(60)
    for (id, row) in try Marketplace.orders.rows(in: market.context(), limit: 1_000) where row.state.isOpen {
      try seal(.marketplace(.settle(order: id)), by: .dave, on: market)
      try check()
    }
    for (payout, row) in try Royalty.inFlight.rows(in: market.context(), limit: 1_000) {
      // What expired on its way home, or could not leave, waits on the hub for the payout's account.
      let isBack = try seal(.royalty(.returnPayout(payout: payout)), by: .dave, on: market)
      guard try isBack || stranded(payout, row) else { throw broken("payout \(payout) came back nowhere") }
    }
  }

  /// Whether the hub has something for the account of a payout.
  private func stranded(_ payout: UInt64, _ row: Royalty.InFlight) throws -> Bool {
    let home = Location(parents: 1, .para(2000), .account(RoyaltyPallet.payoutAccount(payout)))
    let isTrapped = try XcmPallet.assetTraps.rows(in: hub.context(), limit: 1_000).contains { $0.value.claimer == home }
    guard let account = EchoRuntime.account(of: home), !isTrapped else { return isTrapped }
    return try Money.allCases.contains { try $0.name(on: 2000) == row.asset && hub.balance(of: $0.name(on: 1000), account) > 0 }
  }

  /// Submits everything that anybody ever proved once more.
  func replayEverything() throws { for (chain, call) in claims { try seal(call, by: .dave, on: chain) } }

  // MARK: Laws

  /// - Throws: What does not hold.
  func check() throws {
    try fair.audit()
    for (order, name) in purchases { try check(order, fair.books.endings[name] ?? TradeBooks.Truth()) }
    for (payout, name) in payouts { try check(payout, fair.books.endings[name] ?? TradeBooks.Truth()) }
  }

  private func broken(_ text: String) -> TestChain.TestFailure { TestChain.TestFailure("law: \(text)") }

  /// An order exists exactly when its message has placed it, and its home says what the proven ending says.
  private func check(_ order: H256, _ truth: TradeBooks.Truth) throws {
    let row = try Marketplace.orders.get(order, in: market.context())
    guard let buyer = buyers[order], let status = try fair.status(order, of: buyer) else { throw broken("a purchase vanished") }
    guard (row != nil) == truth.received.contains(where: \.hasPlaced) else {
      throw broken("message \(truth.received), order \(String(describing: row?.state))")
    }
    if let row {
      guard row.buyer == buyer.location, row.price > 0 else { throw broken("somebody else's order") }
      guard !truth.isReturned else { throw broken("an order that was given back") }
    }
    let expected: Bool =
      switch status {
      case .sent: truth.settled.isEmpty
      case .placed: truth.settled.contains { if case .confirmed(let outcome) = $0 { outcome.hasPlaced } else { false } }
      case .failed(let index, let error):
        index < 12 && truth.settled == [.confirmed(outcome: .executedWithError(index: index, error: error))]
      case .returned: truth.isReturned
      }
    guard expected else { throw broken("status \(status), message \(truth)") }
  }

  private func check(_ payout: UInt64, _ truth: TradeBooks.Truth) throws {
    let row = try Royalty.inFlight.get(payout, in: market.context())
    guard (row?.state == .sent) == truth.settled.isEmpty else {
      throw broken("payout \(payout) is \(String(describing: row?.state)), \(truth)")
    }
    if truth.isReturned || truth.settled == [.confirmed(outcome: .executed)] {
      guard row == nil else { throw broken("payout \(payout) has ended and waits") }
    }
  }

  /// How purchases have ended.
  func endings() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for (order, buyer) in buyers {
      let name: String =
        switch try fair.status(order, of: buyer) {
        case .placed: "placed"
        case .failed: "failed"
        case .returned: "returned"
        case .sent, nil: "open"
        }
      counts[name, default: 0] += 1
    }
    for (payout, name) in payouts {
      let truth = fair.books.endings[name] ?? TradeBooks.Truth()
      let isPaid = truth.settled == [.confirmed(outcome: .executed)]
      counts[truth.isReturned ? "payouts returned" : isPaid ? "payouts paid" : "payouts stopped", default: 0] += 1
      if Royalty.inFlight.exists(payout, in: market.context()) { counts["payouts open", default: 0] += 1 }
    }
    return counts
  }
}

extension DeliveryOutcome {
  /// Whether a purchase's program came past the order.
  fileprivate var hasPlaced: Bool {
    switch self {
    case .executed: true
    case .executedWithError(let index, _): index >= 12
    default: false
    }
  }
}

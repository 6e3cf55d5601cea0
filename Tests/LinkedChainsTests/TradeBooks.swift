import BlockExecution
import EchoRuntime
import Lanes
import PalletAssets
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSupport
import PalletSystem
import PalletTransactionPayment
import PalletXcm
import Primitives
import ScaleCodec
import XCM

/// The books of several chains, audited: what exists, what is away, what pots owe, and how every message has ended.
///
/// Everything is computed from the chains' states and events, so whatever happens in between is caught.
final class TradeBooks {
  private let network: TestNetwork
  /// Units of each chain's native asset at the start.
  private var supplies: [UInt32: Balance] = [:]
  private var creditSupply: Balance = 0
  /// Blocks whose events have been read.
  private var read: [UInt32: BlockNumber] = [:]
  private var paid: [Payment: Balance] = [:]
  private var blockFees: [UInt32: Balance] = [:]
  private(set) var endings: [Name: Truth] = [:]

  private struct Payment: Hashable {
    var para: UInt32
    var payer: Location
  }

  /// A message by its lane and the chain that sent it.
  struct Name: Hashable {
    var lane: H256
    var source: UInt32
    var nonce: UInt64
  }

  /// What is known of a message.
  struct Truth {
    var received: [DeliveryOutcome] = []
    var settled: [Messages.Ending] = []
    var hasLanded: Bool { received.contains { $0.hasLanded } }
    var isReturned: Bool {
      settled.contains { ending in
        if case .confirmed(let outcome) = ending { !outcome.hasLanded } else { true }
      }
    }
  }

  init(_ network: TestNetwork) throws {
    self.network = network
    for chain in network.all { supplies[chain.paraId] = try native(of: chain) }
    creditSupply = try creditsAtHome()
    try readEvents()
  }

  // MARK: Costs

  /// Fees of extrinsics and deliveries on a chain for which somebody has paid in its native asset.
  func costs(of payer: Location, on para: UInt32) throws -> Balance {
    try readEvents()
    return paid[Payment(para: para, payer: payer)] ?? 0
  }

  /// Fees of extrinsics that a chain's treasury has got.
  func blockFees(on para: UInt32) throws -> Balance {
    try readEvents()
    return blockFees[para] ?? 0
  }

  /// Takes note of what happened since the last time.
  private func readEvents() throws {
    for chain in network.all {
      let first = (read[chain.paraId] ?? 0) + 1
      guard first <= chain.height else { continue }
      for number in first...chain.height {
        guard let bytes = try chain.chain.state(at: number)?.value(for: System.eventsKey) else { throw fault("no block \(number)") }
        for record in try [DecodedEvent](decoding: bytes) { note(record.event, on: chain) }
      }
      read[chain.paraId] = chain.height
    }
  }

  private func note(_ event: RuntimeEvent, on chain: TestChain) {
    let para = chain.paraId
    switch event {
    case .transactionPayment(.transactionFeePaid(let who, let fee, _)):
      paid[Payment(para: para, payer: .account(who)), default: 0] += fee
      blockFees[para, default: 0] += fee
    case .xcmPallet(.feesPaid(let payer, let fees)):
      paid[Payment(para: para, payer: payer), default: 0] += fees.amount(of: .here)
    case .messages(.received(let lane, let nonce, _, let outcome)):
      guard let source = network.other(of: lane, than: chain) else { return }
      endings[Name(lane: lane, source: source.paraId, nonce: nonce), default: Truth()].received.append(outcome)
    case .messages(.settled(let lane, let nonce, _, let ending)):
      endings[Name(lane: lane, source: para, nonce: nonce), default: Truth()].settled.append(ending)
    default: break
    }
  }

  // MARK: Audit

  private func fault(_ text: String) -> TestChain.TestFailure { TestChain.TestFailure("books: \(text)") }

  private func expect(_ left: Balance, _ right: Balance, _ text: @autoclosure () -> String) throws {
    guard left == right else { throw fault("\(text()): \(left) and \(right)") }
  }

  /// - Throws: What does not balance.
  func audit() throws {
    try readEvents()
    for chain in network.all {
      try expect(try native(of: chain), supplies[chain.paraId] ?? 0, "native units of \(chain.paraId)")
      guard try XcmPallet.overdueRefunds.rows(in: chain.context(), limit: 1).isEmpty else { throw fault("an overdue refund") }
      for other in network.all where other !== chain { try auditVouchers(of: chain, on: other) }
      try auditPots(of: chain)
    }
    try auditCredits()
    for (name, truth) in endings { try auditEnding(name, truth) }
  }

  /// Native units that exist: in accounts, in traps, and fees that no account holds yet.
  private func native(of chain: TestChain) throws -> Balance {
    try BalancesPallet.totalIssuance(in: chain.context()) + chain.waiting(.here) + chain.trapped(.here)
  }

  /// Escrow is what there is elsewhere and on the way.
  private func auditVouchers(of home: TestChain, on other: TestChain) throws {
    let asset = Location.sibling(home.paraId)
    let away = try other.issuance(of: home.paraId) + other.waiting(asset) + other.trapped(asset)
    let out = try inFlight(from: home, to: other) { $0.reserveDeposited.amount(of: .here) }
    let back = try inFlight(from: other, to: home) { $0.reserveWithdrawn.amount(of: asset) }
    try expect(try home.escrow(for: other.paraId), away + out + back, "\(home.paraId)'s units on \(other.paraId)")
  }

  private func creditsAtHome() throws -> Balance {
    let (hub, asset) = (network.hub, Money.credits.name(on: 1000))
    return try AssetsPallet.totalIssuance(of: 7, in: hub.context()) + hub.waiting(asset) + hub.trapped(asset)
  }

  private func auditCredits() throws {
    try expect(try creditsAtHome(), creditSupply, "credits")
    let (hub, market) = (network.hub, network.market)
    let (here, there) = (Money.credits.name(on: 1000), Money.credits.name(on: 2000))
    let away = try market.credits() + market.waiting(there) + market.trapped(there)
    let out = try inFlight(from: hub, to: market) { $0.teleported.amount(of: here) }
    let back = try inFlight(from: market, to: hub) { $0.teleported.amount(of: there) }
    try expect(try hub.credits(), away + out + back, "credits away")
  }

  /// Sums what messages carry that have neither taken effect nor been given back.
  private func inFlight(from source: TestChain, to target: TestChain, _ amount: (XcmPallet.RefundPlan) -> Balance) throws -> Balance {
    let lane = TestNetwork.lane(source, target)
    return try XcmPallet.refunds.rows(in: source.context(), limit: 10_000).reduce(0) { sum, row in
      guard row.key.first == lane else { return sum }
      let receipt = try Messages.receipts.get(MessageKey(lane, row.key.second), in: target.context())
      return receipt?.outcome.hasLanded == true ? sum : sum + amount(row.value)
    }
  }

  // MARK: Pots

  private func auditPots(of chain: TestChain) throws {
    let context = chain.context()
    let orders = try Marketplace.orders.rows(in: context, limit: 10_000).map(\.value).filter(\.state.isOpen)
    let listings = try Marketplace.listings.rows(in: context, limit: 10_000).map(\.value)
    for (asset, base) in try Marketplace.accepted.rows(in: context, limit: 100) {
      let held = try Marketplace.held.get(asset, in: context) ?? Marketplace.Held()
      let sum = held.escrow + held.bids + held.prepaid + held.refundable + held.bonds
      try expect(try RuntimeAssets.balance(of: asset, who: EchoRuntime.marketPot, in: context), base + sum, "the market's pot, \(asset)")
      try expect(held.escrow, orders.filter { $0.asset == asset }.reduce(0) { $0 + $1.price }, "escrow of \(asset)")
      try expect(held.bonds, listings.filter { $0.terms.asset == asset }.reduce(0) { $0 + $1.terms.bond }, "bonds in \(asset)")
    }
    try auditRoyalties(of: chain)
  }

  private func auditRoyalties(of chain: TestChain) throws {
    let context = chain.context()
    let splits = try Royalty.splits.rows(in: context, limit: 10_000).map(\.key)
    let payouts = try Royalty.inFlight.rows(in: context, limit: 10_000).map(\.value)
    for (asset, base) in try Royalty.accepted.rows(in: context, limit: 100) {
      let owed = try Royalty.accounted.get(asset, in: context)
      try expect(
        try RuntimeAssets.balance(of: asset, who: EchoRuntime.royaltyPot, in: context), base + owed, "the pot of royalties, \(asset)")
      let accounts = try splits.compactMap { try Royalty.acc.get($0, asset, in: context) }
      try expect(accounts.reduce(0) { $0 + $1.received - $1.paid - $1.inFlight }, owed, "what is owed of \(asset)")
      let sent = payouts.filter { $0.asset == asset }.reduce(Balance(0)) { $0 + $1.open.reduce(0) { $0 + $1.amount } }
      try expect(accounts.reduce(0) { $0 + $1.inFlight }, sent, "payouts of \(asset)")
    }
    // Each payout that is awaited is backed by its message.
    let plans = try XcmPallet.refunds.rows(in: context, limit: 10_000).map(\.value)
    for payout in payouts where payout.state == .sent {
      guard let plan = plans.first(where: { $0.topic == payout.message }) else { throw fault("a payout without a message") }
      let carried = [plan.reserveDeposited, plan.reserveWithdrawn, plan.teleported].reduce(0) { $0 + $1.amount(of: payout.asset) }
      try expect(carried, payout.items.reduce(0) { $0 + $1.amount }, "a payout's message")
    }
  }

  // MARK: Endings

  /// A message is executed once or given back once.
  private func auditEnding(_ name: Name, _ truth: Truth) throws {
    guard truth.received.count <= 1, truth.settled.count <= 1 else { throw fault("message \(name.nonce) ended twice: \(truth)") }
    guard !(truth.hasLanded && truth.isReturned) else { throw fault("message \(name.nonce) took effect and was given back") }
    if case .confirmed(let outcome)? = truth.settled.first, outcome != truth.received.first {
      throw fault("message \(name.nonce) ended as \(truth.received), its source says \(outcome)")
    }
  }
}

extension DeliveryOutcome {
  /// Whether what the message carried is at its destination.
  var hasLanded: Bool {
    switch self {
    case .executed, .executedWithError: true
    default: false
    }
  }
}

extension Marketplace.OrderState {
  /// Whether the price is in escrow.
  var isOpen: Bool {
    switch self {
    case .funded, .delivered, .challenged, .judging: true
    case .released, .refunded, .split, .cancelled: false
    }
  }
}

extension Royalty.InFlight {
  /// What is neither paid nor due again.
  var open: [Royalty.PayoutItem] {
    switch state {
    case .sent, .stranded: items
    case .failed(let paid): Array(items.dropFirst(Int(paid)))
    }
  }
}

extension XCM.Assets {
  /// How much of a fungible asset is in the list.
  func amount(of asset: Location) -> Balance { items.first { $0.id.location == asset }?.amount ?? 0 }
}

extension TestNetwork {
  /// The chain at the other end of a lane.
  func other(of lane: H256, than chain: TestChain) -> TestChain? {
    all.first { $0 !== chain && Self.lane($0, chain) == lane }
  }
}

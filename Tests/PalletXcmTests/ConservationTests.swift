import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing
import XCM

/// Three chains, and every message between them that is not settled.
private struct Network {
  let chains: [TestChain]
  var flying: [(from: Int, to: Int, nonce: UInt64)] = []
  var known: [UInt64] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  static let echo = Location.sibling(TestChain.hub)

  init() throws {
    let (hub, market, studio) = try TestChain.network()
    chains = [hub, market, studio]
  }

  func asset(on chain: Int) -> Location { chain == 0 ? .here : Self.echo }

  /// Notes messages that were sent since the last look.
  mutating func collect() throws {
    for from in 0..<3 {
      for to in 0..<3 where to != from {
        let lane = chains[from].lane(to: chains[to].para)
        let latest = try Messages.outboundLanes.get(lane, in: chains[from].context)?.latestGenerated ?? 0
        while known[3 * from + to] < latest {
          known[3 * from + to] += 1
          flying.append((from, to, known[3 * from + to]))
        }
      }
    }
  }

  /// Settles a message as the lanes do: executed, refused by the destination, or too late.
  mutating func settle(_ index: Int, late: Bool) throws {
    let (from, to, nonce) = flying.remove(at: index)
    let (source, target) = (chains[from], chains[to])
    let lane = source.lane(to: target.para)
    var outcome: DeliveryOutcome?
    if !late {
      let message = try source.message(to: target, nonce: nonce)
      let mark = target.context.begin()
      let received = XcmMessages.receive(message, from: TestChain.end(source.para), lane: lane, nonce: nonce, in: target.context)
      outcome = received
      if received.isRefunded { target.context.rollback(to: mark) } else { target.context.commit() }
    }
    if let outcome, !outcome.isRefunded {
      XcmMessages.settled(lane: lane, nonce: nonce, outcome: outcome, in: source.context)
    } else {
      try XcmMessages.refund(lane: lane, nonce: nonce, in: source.context)
    }
  }

  func trapped(on chain: Int) throws -> Balance {
    try XcmPallet.assetTraps.rows(in: chains[chain].context, limit: 1000).reduce(0) { sum, row in
      let amounts = try row.value.assets.latest().items.filter { $0.id.location == asset(on: chain) }.compactMap(\.amount)
      return sum + amounts.reduce(0, +) * Balance(row.value.count)
    }
  }

  func inFlight(_ from: Int, _ to: Int, _ part: KeyPath<XcmPallet.RefundPlan, XCM.Assets>) throws -> Balance {
    try flying.filter { $0.from == from && $0.to == to }.reduce(0) { sum, message in
      let plan = try chains[from].plan(to: chains[to], nonce: message.nonce)
      return sum + (plan?[keyPath: part].items.compactMap(\.amount).reduce(0, +) ?? 0)
    }
  }

  /// What must hold after every step: hub's coins and each holder's books.
  func check(total: Balance, _ comment: Comment) throws {
    #expect(try chains[0].issuance() + trapped(on: 0) == total, comment)
    for holder in [1, 2] {
      let books =
        try chains[holder].issuance(of: Self.echo) + trapped(on: holder) + inFlight(0, holder, \.reserveDeposited)
        + inFlight(holder, 0, \.reserveWithdrawn)
      #expect(try chains[0].escrow(for: chains[holder].para) == books, comment)
    }
    for chain in chains { #expect(try XcmPallet.overdueRefunds.rows(in: chain.context, limit: 1).isEmpty, comment) }
  }
}

@Suite("Conservation") struct ConservationTests {
  @Test("transfers, refunds and claims neither make nor lose a unit", arguments: 1...6 as ClosedRange<UInt64>)
  func conserves(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var network = try Network()
    let total = try network.chains[0].issuance()
    let accounts = [alice, bob, charlie]
    for step in 0..<150 {
      let comment: Comment = "seed \(seed), step \(step)"
      let from = Int.random(in: 0..<3, using: &random)
      let chain = network.chains[from]
      let account = accounts[Int.random(in: 0..<3, using: &random)]
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        let to = (from + Int.random(in: 1...2, using: &random)) % 3
        // One in eight goes to a location that cannot hold anything and ends in a trap.
        let nowhere = random.chance(1, in: 8)
        let beneficiary = nowhere ? Location(.generalIndex(1)) : .account(accounts[Int.random(in: 0..<3, using: &random)])
        let amount = Asset(network.asset(on: from), amount: Balance.random(in: unit / 50...20 * unit, using: &random))
        // A chain's own asset pays for the message; what an account does not have is refused.
        _ = chain.call(transfer(assets(amount), to: .sibling(network.chains[to].para), for: beneficiary), by: account)
      case 4..<8:
        guard !network.flying.isEmpty else { break }
        let index = Int.random(in: 0..<network.flying.count, using: &random)
        try network.settle(index, late: random.chance(1, in: 3))
      case 8:
        let traps = try XcmPallet.assetTraps.rows(in: chain.context, limit: 100).map(\.value)
        guard let trap = traps.randomElement(using: &random) else { break }
        _ = chain.call(.claimAssets(assets: trap.assets, beneficiary: .v5(.account(bob))), by: account)
      default:
        let part = Asset(network.asset(on: from), amount: Balance.random(in: unit / 50...unit, using: &random))
        _ = chain.call(.execute(message: .v5([.withdrawAsset(assets(part))]), maxWeight: .max), by: account)
      }
      try network.collect()
      try network.check(total: total, comment)
    }
    while !network.flying.isEmpty {
      try network.settle(0, late: random.chance(1, in: 2))
      try network.collect()
    }
    try network.check(total: total, "seed \(seed), at the end")
    #expect(network.known.allSatisfy { $0 < 100 } && network.known.reduce(0, +) > 20, "seed \(seed) sent too little to mean anything")
  }
}

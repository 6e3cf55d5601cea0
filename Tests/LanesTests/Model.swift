import Lanes
import Primitives
import ScaleCodec
import TestKit

/// What the test's messages carry: an asset of one of the two chains, and how its execution is to end.
struct Cargo: Equatable {
  /// The chain whose asset it is, 0 or 1.
  var home: Int
  var amount: UInt8
  var fate: Fate

  enum Fate: UInt8 { case runs, fails, rejected }

  var bytes: [UInt8] { [UInt8(home), amount, fate.rawValue] }
  init(home: Int, amount: UInt8, fate: Fate) { (self.home, self.amount, self.fate) = (home, amount, fate) }
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 3, let fate = Fate(rawValue: bytes[2]) else { return nil }
    self.init(home: Int(bytes[0]), amount: bytes[1], fate: fate)
  }

  var outcome: DeliveryOutcome {
    switch fate {
    case .runs: .executed
    case .fails: .executedWithError(index: 1, error: 21)
    case .rejected: .rejected(error: 7)
    }
  }
}

/// One chain: its lanes, its clock, its ledger, and every state that it ever finalised.
struct ModelChain {
  var lanes = MemoryLanes()
  var clock = DestinationClock(height: 0, time: 0)
  /// States by height with the clock of their block: all that proofs are made of, old ones included.
  var finalised: [(clock: DestinationClock, lanes: MemoryLanes)] = []
  /// This chain's asset under its sovereign account of the other chain.
  var escrow = 0
  /// The other chain's asset that is held by accounts here or trapped here.
  var vouchers = 0
  /// Fees held for relayers.
  var pot: Balance = 0
  var rewards: [AccountID: Balance] = [:]
  var feesReturned: Balance = 0
}

/// A call of somebody's, with what its proof showed. It may be submitted late, again, or never.
enum Submission {
  case deliver(LaneID, NonceRange, [OutboundMessage], prune: OutboundLane?, relayer: AccountID)
  case confirm(LaneID, [(nonce: Nonce, receipt: Receipt)])
  case timeout(LaneID, Nonce, AbsenceEvidence)
  case prune(LaneID, OutboundLane)
}

/// What truly became of a message, as nobody in the model can see it.
struct Truth {
  var cargo: Cargo
  var fee: Balance
  var executions = 0
  var refunds = 0
  var rewards = 0
  /// Whether the assets have taken effect at the destination.
  var landed = false
}

struct MessageName: Hashable {
  var lane: LaneID
  /// The chain that sent it.
  var source: Int
  var nonce: Nonce
}

/// Two chains, one ordered and one unordered lane between them, and a scheduler that wishes them ill.
struct Model {
  static let ordered = LaneID.test(1)
  static let unordered = LaneID.test(2)
  static let lanes = [ordered, unordered]

  var random: SeededRandom
  var chains = [ModelChain(), ModelChain()]
  var truths: [MessageName: Truth] = [:]
  /// Submitted or not, each with the chain that it is for.
  var submissions: [(chain: Int, submission: Submission)] = []
  var refusals = 0
  var faults: [String] = []

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    for chain in chains.indices {
      try Lane.open(Self.ordered, mode: .ordered, in: &chains[chain].lanes)
      try Lane.open(Self.unordered, mode: .unordered, in: &chains[chain].lanes)
    }
    for chain in chains.indices { finalise(chain, elapsed: 1) }
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func fault(_ text: String) { faults.append(text) }

  // MARK: Chains

  /// Ends a block. Clocks of the two chains are independent.
  mutating func finalise(_ chain: Int, elapsed: Milliseconds) {
    chains[chain].clock.height += 1
    chains[chain].clock.time += elapsed
    chains[chain].finalised.append((chains[chain].clock, chains[chain].lanes))
  }

  /// The clock of the block that is being built: later than every finalised one.
  private func buildClock(_ chain: Int) -> DestinationClock {
    DestinationClock(height: chains[chain].clock.height + 1, time: chains[chain].clock.time + 1)
  }

  mutating func send(from chain: Int) {
    let lane = Self.lanes[pick(0...1)]
    let isReturn = chains[chain].vouchers > 0 && random.chance(1, in: 2)
    let amount = isReturn ? pick(1...min(255, chains[chain].vouchers)) : pick(1...255)
    let fate: Cargo.Fate = random.chance(1, in: 6) ? .fails : random.chance(1, in: 6) ? .rejected : .runs
    let cargo = Cargo(home: isReturn ? 1 - chain : chain, amount: UInt8(amount), fate: fate)
    let there = chains[1 - chain].clock
    let message = OutboundMessage(
      payload: cargo.bytes, topic: .test(random.next()), timeoutHeight: there.height + BlockNumber(pick(1...40)),
      timeoutAt: there.time + Milliseconds(pick(1...400)), fee: Balance(pick(0...9)), refund: [], sentAt: chains[chain].clock.height)
    let writes = chains[chain].lanes.writes
    do throws(LaneError) {
      let nonce = try Lane.send(message, on: lane, in: &chains[chain].lanes)
      truths[MessageName(lane: lane, source: chain, nonce: nonce)] = Truth(cargo: cargo, fee: message.fee)
      if isReturn { chains[chain].vouchers -= amount } else { chains[chain].escrow += amount }
      chains[chain].pot += message.fee
    } catch { expectUntouched(chain, writes, "send: \(error)") }
  }

  mutating func expectUntouched(_ chain: Int, _ writes: Int, _ what: String) {
    refusals += 1
    if chains[chain].lanes.writes != writes { fault("\(what) left a trace") }
  }

  // MARK: Effects

  mutating func submit(_ submission: Submission, to chain: Int) {
    let writes = chains[chain].lanes.writes
    do throws(LaneError) {
      switch submission {
      case .deliver(let lane, let range, let messages, let source, let relayer):
        try deliver(lane, range, messages, source, relayer, to: chain)
      case .confirm(let lane, let receipts):
        for settlement in try Lane.confirm(receipts, on: lane, in: &chains[chain].lanes) { settle(settlement, lane, on: chain) }
      case .timeout(let lane, let nonce, let evidence):
        settle(try Lane.timeout(nonce, on: lane, evidence: evidence, in: &chains[chain].lanes), lane, on: chain)
      case .prune(let lane, let source):
        try Lane.prune(lane, source: source, in: &chains[chain].lanes)
      }
    } catch { expectUntouched(chain, writes, "\(error)") }
  }

  private mutating func deliver(
    _ lane: LaneID, _ range: NonceRange, _ messages: [OutboundMessage], _ source: OutboundLane?, _ relayer: AccountID, to chain: Int
  ) throws(LaneError) {
    // A pallet's call is undone as a whole, so the pruning that comes with a refused delivery is too.
    let before = chains[chain].lanes
    do throws(LaneError) {
      if let source { try Lane.prune(lane, source: source, in: &chains[chain].lanes) }
      let delivery = try Lane.accept(messages, of: range, on: lane, at: buildClock(chain), relayer: relayer, in: &chains[chain].lanes)
      for arrival in delivery.toExecute {
        try execute(arrival, lane, (range, messages, relayer), on: chain)
      }
    } catch {
      chains[chain].lanes = before
      throw error
    }
  }

  private mutating func execute(
    _ arrival: Delivery.Arrival, _ lane: LaneID, _ again: (NonceRange, [OutboundMessage], AccountID), on chain: Int
  ) throws(LaneError) {
    let name = MessageName(lane: lane, source: 1 - chain, nonce: arrival.nonce)
    guard let cargo = Cargo(arrival.message.payload), let truth = truths[name], truth.cargo == cargo else {
      return fault("\(name) was never sent")
    }
    if random.chance(1, in: 8) {
      // The program tries to have its own batch delivered once more.
      let writes = chains[chain].lanes.writes
      do throws(LaneError) {
        _ = try Lane.accept(again.1, of: again.0, on: lane, at: buildClock(chain), relayer: again.2, in: &chains[chain].lanes)
        fault("\(name) was received twice")
      } catch { expectUntouched(chain, writes, "reentry") }
    }
    truths[name]?.executions += 1
    if cargo.fate != .rejected {
      truths[name]?.landed = true
      if cargo.home == chain { chains[chain].escrow -= Int(cargo.amount) } else { chains[chain].vouchers += Int(cargo.amount) }
    }
    try Lane.finish(lane, nonce: arrival.nonce, outcome: cargo.outcome, in: &chains[chain].lanes)
  }

  private mutating func settle(_ settlement: Settlement, _ lane: LaneID, on chain: Int) {
    let name = MessageName(lane: lane, source: chain, nonce: settlement.nonce)
    guard let truth = truths[name] else { return fault("\(name) was settled and never sent") }
    if chains[chain].lanes.messages[MessageKey(lane, settlement.nonce)] != nil { fault("\(name) is paid before its row is gone") }
    chains[chain].pot -= settlement.message.fee
    if let relayer = settlement.rewarded {
      truths[name]?.rewards += 1
      chains[chain].rewards[relayer, default: 0] += settlement.message.fee
    } else {
      chains[chain].feesReturned += settlement.message.fee
    }
    if settlement.isRefunded {
      truths[name]?.refunds += 1
      let amount = Int(truth.cargo.amount)
      if truth.cargo.home == chain { chains[chain].escrow -= amount } else { chains[chain].vouchers += amount }
    }
  }
}

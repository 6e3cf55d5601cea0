import Lanes
import Primitives
import TestKit

// Relayers: everything they claim was true in some finalised state, which may be long past.
extension Model {
  /// Makes a claim from a state of `chain` for the other chain, or about it.
  mutating func observe(_ chain: Int) {
    let states = chains[chain].finalised
    // Mostly a recent state; now and then any old one.
    let height = random.chance(1, in: 4) ? pick(0...states.count - 1) : max(0, states.count - 1 - pick(0...2))
    let state = states[height]
    let lane = Self.lanes[pick(0...1)]
    let other = 1 - chain
    switch pick(0...9) {
    case 0...3:
      let nonces = state.lanes.messages.keys.filter { $0.lane == lane }.map(\.nonce).sorted()
      guard let begin = nonces.isEmpty ? nil : nonces[pick(0...nonces.count - 1)] else { return }
      var end = begin
      while state.lanes.messages[MessageKey(lane, end + 1)] != nil, random.chance(4, in: 5) { end += 1 }
      let messages = (begin...end).compactMap { state.lanes.messages[MessageKey(lane, $0)] }
      let prune = random.chance(1, in: 2) ? state.lanes.outboundLanes[lane] : nil
      let relayer = AccountID.test(UInt64(pick(1...3)))
      submissions.append((other, .deliver(lane, NonceRange(begin, end), messages, prune: prune, relayer: relayer)))
    case 4...6:
      let all = state.lanes.receipts.filter { $0.key.lane == lane }.sorted { $0.key.nonce < $1.key.nonce }
      let some = all.filter { _ in random.chance(1, in: 2) }.map { (nonce: $0.key.nonce, receipt: $0.value) }
      submissions.append((other, .confirm(lane, some)))
    case 7...8:
      // Any nonce that the other chain has sent: the absence is true, the timeout often is not.
      let latest = chains[other].lanes.outboundLanes[lane]?.latestGenerated ?? 0
      guard latest > 0 else { return }
      let nonce = Nonce(pick(1...Int(latest)))
      guard state.lanes.receipts[MessageKey(lane, nonce)] == nil else { return }
      let evidence = AbsenceEvidence(clock: state.clock, inbound: state.lanes.inboundLanes[lane])
      submissions.append((other, .timeout(lane, nonce, evidence)))
    default:
      guard let source = state.lanes.outboundLanes[lane] else { return }
      submissions.append((other, .prune(lane, source)))
    }
  }

  /// Does one thing that an adversary with a say over everything but signatures could arrange.
  mutating func step() {
    let chain = pick(0...1)
    switch pick(0...19) {
    case 0...3: send(from: chain)
    case 4...5: finalise(chain, elapsed: Milliseconds(pick(1...12)))
    case 6...10: observe(chain)
    case 11...17:
      // Newest first, oldest first or any; again and again, or never: submissions are not removed.
      guard !submissions.isEmpty else { return }
      let recent = max(0, submissions.count - 1 - pick(0...9))
      let (target, submission) = submissions[random.chance(3, in: 4) ? recent : pick(0...submissions.count - 1)]
      submit(submission, to: target)
    case 18:
      if random.chance(1, in: 8) { toggle(Self.lanes[pick(0...1)], on: chain) }
    default:
      if random.chance(1, in: 20) { finalise(chain, elapsed: 500) }
    }
    check()
  }

  private mutating func toggle(_ lane: LaneID, on chain: Int) {
    switch (chains[chain].lanes.outboundLanes[lane]?.status, pick(0...1)) {
    case (.open, 0): try? Lane.pause(lane, in: &chains[chain].lanes)
    case (.open, _): try? Lane.drain(lane, in: &chains[chain].lanes)
    default: try? Lane.resume(lane, in: &chains[chain].lanes)
    }
  }

  /// One relayer that does its duty, long enough for everything to end.
  mutating func settleEverything() {
    for chain in chains.indices { for lane in Self.lanes { try? Lane.resume(lane, in: &chains[chain].lanes) } }
    for round in 0..<4 {
      for chain in chains.indices {
        finalise(chain, elapsed: round == 1 ? 1_000_000 : 1)
        if round == 1 { for _ in 0..<100 { finalise(chain, elapsed: 1) } }
      }
      for chain in chains.indices { for lane in Self.lanes { relayAll(lane, to: chain) } }
      check()
    }
  }

  /// Delivers, confirms, times out and prunes all that the other chain's newest state allows.
  private mutating func relayAll(_ lane: LaneID, to chain: Int) {
    guard let other = chains[1 - chain].finalised.last else { return }
    let mine = chains[chain].lanes.messages.keys.filter { $0.lane == lane }.map(\.nonce).sorted()
    for nonce in mine {
      if let receipt = other.lanes.receipts[MessageKey(lane, nonce)] {
        submit(.confirm(lane, [(nonce, receipt)]), to: chain)
      } else {
        submit(.timeout(lane, nonce, AbsenceEvidence(clock: other.clock, inbound: other.lanes.inboundLanes[lane])), to: chain)
      }
    }
    if let source = other.lanes.outboundLanes[lane] { submit(.prune(lane, source), to: chain) }
    for key in other.lanes.messages.keys.filter({ $0.lane == lane }).sorted(by: { $0.nonce < $1.nonce }) {
      guard let message = other.lanes.messages[key] else { continue }
      submit(.deliver(lane, NonceRange(key.nonce, key.nonce), [message], prune: nil, relayer: .test(9)), to: chain)
    }
  }
}

// The invariants of bridges.md 5.3, by their numbers there.
extension Model {
  mutating func check() {
    checkSupply()
    for (name, truth) in truths { checkEnding(name, truth) }
    for chain in chains.indices { for lane in Self.lanes { checkLane(lane, from: chain) } }
    for chain in chains.indices { checkFees(chain) }
  }

  /// 1 and 7: escrow = vouchers + what is in flight either way, for each chain's asset.
  private mutating func checkSupply() {
    for home in chains.indices {
      let inFlight = truths.values.filter { $0.cargo.home == home && !$0.landed && $0.refunds == 0 }.reduce(0) { $0 + Int($1.cargo.amount) }
      if chains[home].escrow != chains[1 - home].vouchers + inFlight {
        fault("asset \(home): escrow \(chains[home].escrow), vouchers \(chains[1 - home].vouchers), in flight \(inFlight)")
      }
    }
  }

  /// 3: a message ends in exactly one way.
  private mutating func checkEnding(_ name: MessageName, _ truth: Truth) {
    if truth.executions > 1 || truth.refunds > 1 || truth.rewards > 1 { fault("\(name) happened twice: \(truth)") }
    if truth.landed && truth.refunds > 0 { fault("\(name) took effect and was refunded") }
  }

  /// 2 and 5: counters of the two ends agree with one another and with the rows.
  private mutating func checkLane(_ lane: LaneID, from chain: Int) {
    guard let out = chains[chain].lanes.outboundLanes[lane], let inbound = chains[1 - chain].lanes.inboundLanes[lane] else {
      return fault("a lane vanished")
    }
    let rows = chains[chain].lanes.messages.keys.filter { $0.lane == lane }
    let receipts = chains[1 - chain].lanes.receipts.filter { $0.key.lane == lane }
    if out.latestGenerated != out.confirmed + out.timedOut + UInt64(out.unsettled) || Int(out.unsettled) != rows.count {
      fault("outbound counters: \(out), \(rows.count) rows")
    }
    if let oldest = rows.map(\.nonce).min(), out.oldestUnsettled > oldest { fault("oldest unsettled is past a row") }
    if inbound.highestReceived > out.latestGenerated || out.oldestUnsettled > out.latestGenerated + 1 {
      fault("received more than was sent")
    }
    if inbound.prunedBelow > out.oldestUnsettled { fault("pruned what is not settled") }
    if inbound.mode == .ordered, inbound.highestReceived >= inbound.nextOrdered { fault("ordered lane took a nonce ahead") }
    if Int(inbound.receipts) != receipts.count || Int(inbound.relayers) != Set(receipts.values.map(\.relayer)).count {
      fault("inbound counters: \(inbound), \(receipts.count) receipts")
    }
    if receipts.contains(where: { $0.value.outcome == .pending || $0.key.nonce < inbound.prunedBelow }) {
      fault("a receipt that cannot be")
    }
  }

  /// 6: what the pot holds is exactly the fees of unsettled messages; the rest was paid once.
  private mutating func checkFees(_ chain: Int) {
    let open = chains[chain].lanes.messages.values.reduce(0) { $0 + $1.fee }
    let all = truths.filter { $0.key.source == chain }.values.reduce(0) { $0 + $1.fee }
    if chains[chain].pot != open { fault("pot \(chains[chain].pot), open fees \(open)") }
    if all != open + chains[chain].feesReturned + chains[chain].rewards.values.reduce(0, +) { fault("fees do not add up") }
  }
}

import Lanes
import Primitives
import Testing

/// The invariants of bridges.md 5.3 against a scheduler that drops, doubles, reorders, delays and replays, with
/// relayers that compete and proofs that are stale.
@Suite("Two chains under a hostile scheduler") struct ModelTests {
  @Test("every message ends exactly once", arguments: 0..<60 as Range<UInt64>)
  func invariants(seed: UInt64) throws {
    var model = try Model(seed: seed)
    for step in 0..<400 {
      model.step()
      if let fault = model.faults.first {
        Issue.record("seed \(seed), step \(step): \(fault)")
        return
      }
    }
    model.settleEverything()
    #expect(model.faults.isEmpty, "seed \(seed), at the end")
    for chain in model.chains {
      #expect(chain.lanes.messages.isEmpty && chain.pot == 0, "seed \(seed): messages without an end")
      #expect(chain.lanes.receipts.isEmpty, "seed \(seed): receipts without an end")
      for lane in Model.lanes { #expect(chain.lanes.receiptCounts[lane]?.isEmpty ?? true, "seed \(seed)") }
    }

    // 8: whatever anybody ever proved does nothing any more.
    let before = model.chains.map { ($0.escrow, $0.vouchers, $0.rewards, $0.lanes.writes) }
    for (chain, submission) in model.submissions { model.submit(submission, to: chain) }
    for (chain, old) in zip(model.chains, before) {
      #expect(
        (chain.escrow, chain.vouchers) == (old.0, old.1) && chain.rewards == old.2 && chain.lanes.writes == old.3,
        "seed \(seed): a replay did something")
    }
  }

  @Test func theSchedulerReachesEveryEnding() throws {
    var endings: [DeliveryOutcome: Int] = [:]
    var timeouts: UInt64 = 0
    var refusals = 0
    for seed in 0..<20 as Range<UInt64> {
      var model = try Model(seed: seed)
      for _ in 0..<400 { model.step() }
      refusals += model.refusals
      for chain in model.chains {
        for state in chain.finalised { for receipt in state.lanes.receipts.values { endings[receipt.outcome, default: 0] += 1 } }
        timeouts += chain.lanes.outboundLanes.values.reduce(0) { $0 + $1.timedOut }
      }
    }
    #expect(Set(endings.keys) == [.executed, .executedWithError(index: 1, error: 21), .rejected(error: 7), .expired])
    #expect(timeouts > 20 && refusals > 1000)
  }
}

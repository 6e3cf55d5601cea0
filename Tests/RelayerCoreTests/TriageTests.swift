import ChainClient
import EchoRuntime
import Lanes
import PalletLightClients
import PalletMessages
import PalletSupport
import Primitives
import RelayerCore
import TestKit
import Testing

@Suite("Bisecting") struct TriageTests {
  /// Delivers over a lane that refuses batches with a poisoned message, until only those are left.
  private func deliver(_ count: Nonce, poison: Set<Nonce>, batch: Int) -> (
    rounds: Int, delivered: Set<Nonce>, letters: Set<Nonce>
  ) {
    var input = baseInput()
    input.limits.messages = batch
    let all = messages(1...count)
    var delivered: Set<Nonce> = []
    for round in 1...64 {
      input.incoming = all
      input.received = delivered
      let plan = Planner.plan(input)
      if plan.deliveries.isEmpty { return (round, delivered, Set(input.triage.deliveries.letters.keys)) }
      for range in plan.deliveries {
        let nonces = Array(range.begin...range.end)
        if poison.isDisjoint(with: nonces) {
          delivered.formUnion(nonces)
        } else {
          input.triage.deliveries.failed(nonces, .dispatch("poison"), at: input.now)
        }
      }
      input.triage.deliveries.retain(all.map(\.nonce).filter { !delivered.contains($0) })
    }
    return (65, delivered, Set(input.triage.deliveries.letters.keys))
  }

  @Test("a poisoned message is found and the others arrive", arguments: 0..<20 as Range<UInt64>) func isolates(
    seed: UInt64
  ) {
    var random = SeededRandom(seed: seed)
    let count = Nonce.random(in: 1...300, using: &random)
    let poison = Set(
      (0..<Int.random(in: 0...4, using: &random)).map { _ in Nonce.random(in: 1...count, using: &random) })
    let result = deliver(count, poison: poison, batch: Int.random(in: 1...100, using: &random))
    #expect(result.letters == poison, "seed \(seed)")
    #expect(result.delivered == Set(1...count).subtracting(poison), "seed \(seed)")
    #expect(result.rounds <= 64, "seed \(seed)")
  }

  @Test("a message set aside waits longer after each failure") func backsOff() {
    var triage = Triage()
    var waits: [Milliseconds] = []
    var now: Milliseconds = 0
    for _ in 0..<10 {
      triage.failed([7], .unprovable("x"), at: now)
      let retry = triage.letters[7]?.retryAt ?? 0
      waits.append(retry - now)
      #expect(!triage.mayTry(7, at: retry - 1) && triage.mayTry(7, at: retry))
      now = retry
    }
    #expect(waits == [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000, 600_000])
    #expect(
      triage.breaks(between: 6, and: 7) && triage.breaks(between: 7, and: 8) && !triage.breaks(between: 8, and: 9))
  }

  @Test("nothing is kept of settled messages") func forgets() {
    var triage = Triage()
    triage.failed([1, 2, 3, 4], .dispatch("x"), at: 0)
    triage.failed([9], .dispatch("x"), at: 0)
    triage.retain([3, 4, 5])
    #expect(triage.letters.isEmpty && triage.splits == [5])
    triage.retain([])
    #expect(triage == Triage())
  }
}

@Suite("Verdicts") struct VerdictTests {
  @Test(
    "a lane's refusal means",
    arguments: [
      (Messages.Failure.nothingNew, Verdict.obsolete), (.alreadySettled, .obsolete), (.tooLate, .obsolete),
      (.wrongStatus, .notNow),
      (.tooManyReceipts, .notNow), (.invalidProof, .poison), (.missingFromProof, .poison), (.wrongReceipt, .poison),
    ]) func lanes(_ failure: Messages.Failure, verdict: Verdict)
  {
    #expect(Verdict(.module(ModuleError(pallet: MessagesConfig.palletIndex, error: failure.rawValue))) == verdict)
  }

  @Test(
    "a client's refusal means",
    arguments: [
      (LightClients.Failure.alreadyKnown, Verdict.obsolete), (.unknownHeight, .clientBehind), (.badTime, .clientBehind),
    ]
  ) func clients(_ failure: LightClients.Failure, verdict: Verdict) {
    #expect(Verdict(.module(ModuleError(pallet: LightClientsConfig.palletIndex, error: failure.rawValue))) == verdict)
  }

  @Test("an unknown refusal is looked into") func unknown() {
    #expect(Verdict(.exhausted) == .poison)
    #expect(Verdict(.module(ModuleError(pallet: 200, error: 1))) == .poison)
    #expect(Verdict(.module(ModuleError(pallet: MessagesConfig.palletIndex, error: 255))) == .poison)
  }

  @Test("errors are spelled out") func texts() {
    let late = DispatchError.module(
      ModuleError(pallet: MessagesConfig.palletIndex, error: Messages.Failure.tooLate.rawValue))
    #expect(describe(late) == "Messages.tooLate: the messages' timeout has passed")
    #expect(describe(.token(.fundsUnavailable)) == "token: funds unavailable")
    #expect(describe(.module(ModuleError(pallet: 200, error: 3))) == "pallet 200, error 3")
  }
}

@Suite("Nonces") struct NonceTests {
  @Test("nonces follow each other until the count is in doubt") func follow() {
    var nonces = NonceTracker()
    #expect(nonces.next == nil)
    nonces.synchronise(7)
    #expect(nonces.next == 7)
    nonces.accepted(7)
    nonces.accepted(8)
    #expect(nonces.next == 9)
    nonces.invalidate()
    #expect(nonces.next == nil)
    nonces.accepted(.max)
    #expect(nonces.next == nil)
  }
}

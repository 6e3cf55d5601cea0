import Hashing
import Lanes
import PalletBalances
import PalletMessages
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private func free(_ account: AccountID, _ chain: TestChain) throws -> Balance {
  try TestBalances.freeBalance(of: account, in: chain.context)
}

@Suite("The life of a message") struct LifeTests {
  private let relayer = AccountID.test(2)
  private let sender = AccountID.test(3)

  @Test func deliveredConfirmedAndPruned() throws {
    var pair = try TestPair(sends: [Handling.runs, Handling.fails])
    #expect(pair.target.call(pair.delivery(1, 2)) == nil)
    let failed = DeliveryOutcome.executedWithError(index: 1, error: 21)
    #expect(
      pair.target.context.events(of: TestMessages.self) == [
        .received(lane: pair.lane, nonce: 1, topic: .zero, outcome: .executed),
        .received(lane: pair.lane, nonce: 2, topic: .zero, outcome: failed),
      ])
    #expect(try Handling.executed.get(in: pair.target.context) == [1, 2])
    try pair.finaliseBoth()
    expectRefusal(.nothingNew, pair.target, pair.delivery(1, 2))

    #expect(pair.source.call(pair.confirmation(1, 2)) == nil)
    #expect(
      pair.source.context.events(of: TestMessages.self) == [
        .settled(lane: pair.lane, nonce: 1, topic: .zero, ending: .confirmed(outcome: .executed)),
        .settled(lane: pair.lane, nonce: 2, topic: .zero, ending: .confirmed(outcome: failed)),
        .rewarded(relayer: relayer, amount: 100),
      ])
    #expect(try free(relayer, pair.source) == 100)
    #expect(try Handling.forgotten.get(in: pair.source.context) == [1, 2])
    #expect(try Handling.refunded.get(in: pair.source.context) == [])
    expectRefusal(.alreadySettled, pair.source, pair.confirmation(1, 2))

    // The next delivery shows that both are settled, and their receipts go.
    try pair.source.send(to: pair.target)
    try pair.finaliseBoth()
    #expect(pair.target.call(pair.delivery(3, 3)) == nil)
    #expect(pair.target.context.events(of: TestMessages.self).contains(.pruned(lane: pair.lane, below: 3)))
    #expect(!Messages.receipts.exists(MessageKey(pair.lane, 1), in: pair.target.context))
  }

  @Test func aBacklogIsPrunedWithoutADelivery() throws {
    var pair = try TestPair(sends: [Handling.runs])
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth()
    expectRefusal(.nothingNew, pair.target, pair.delivery(1, 0))
    #expect(pair.source.call(pair.confirmation(1)) == nil)
    try pair.finaliseBoth()
    #expect(pair.target.call(pair.delivery(1, 0)) == nil)
    #expect(pair.target.context.events(of: TestMessages.self) == [.pruned(lane: pair.lane, below: 2)])
    #expect(TestMessages.info(of: pair.delivery(1, 0)).weight.exceeds(TestMessages.info(of: pair.delivery(1, 1)).weight))
  }

  @Test func whatTheDestinationRejectsIsUndoneThereAndRefundedHere() throws {
    var pair = try TestPair(sends: [Handling.rejects])
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    #expect(try Handling.executed.get(in: pair.target.context) == [], "a rejected message had an effect")
    try pair.finaliseBoth()
    #expect(pair.source.call(pair.confirmation(1)) == nil)
    #expect(try Handling.refunded.get(in: pair.source.context) == [1])
    #expect(try free(relayer, pair.source) == 50, "the relayer did deliver")
  }

  @Test func aMessageThatDeliversItselfIsReceivedOnce() throws {
    let pair = try TestPair(sends: [Handling.reenters])
    let delivery = pair.delivery(1, 1)
    Handling.reentry.set(delivery.encoded(), in: pair.target.context)
    #expect(pair.target.call(delivery) == nil)
    #expect(try Handling.refusal.get(in: pair.target.context) == TestMessages.failure(.nothingNew))
    #expect(try Handling.executed.get(in: pair.target.context) == [1])
  }

  @Test(arguments: [LaneMode.unordered, .ordered])
  func timedOutAndRefunded(mode: LaneMode) throws {
    var pair = try TestPair(mode, sends: [Handling.runs])
    let old = pair.delivery(1, 1)
    expectRefusal(.notYetExpired, pair.source, pair.timeout(1, ordered: mode == .ordered))
    // The first block ends the wait, the second stands at the timeout.
    try pair.finaliseBoth(elapsed: 20_000)
    try pair.finaliseBoth()
    let timeout = pair.timeout(1, ordered: mode == .ordered)
    #expect(pair.source.call(timeout) == nil)
    #expect(
      pair.source.context.events(of: TestMessages.self) == [
        .feeReturned(lane: pair.lane, nonce: 1, account: sender, amount: 50),
        .settled(lane: pair.lane, nonce: 1, topic: .zero, ending: .timedOut),
      ])
    #expect(try free(sender, pair.source) == 50)
    #expect(try Handling.refunded.get(in: pair.source.context) == [1])
    expectRefusal(.alreadySettled, pair.source, timeout)

    // The proof of the message is as good as ever, and comes too late.
    if mode == .unordered {
      expectRefusal(.tooLate, pair.target, old)
    } else {
      #expect(pair.target.call(old) == nil)
      #expect(try Handling.executed.get(in: pair.target.context) == [])
      try pair.finaliseBoth()
      expectRefusal(.alreadySettled, pair.source, pair.confirmation(1))
    }
  }

  @Test func aLateMessageOnAnOrderedLaneIsRefundedByItsReceipt() throws {
    var pair = try TestPair(.ordered, sends: [Handling.runs])
    try pair.finaliseBoth(elapsed: 20_000)
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    #expect(
      pair.target.context.events(of: TestMessages.self)
        == [.received(lane: pair.lane, nonce: 1, topic: .zero, outcome: .expired)])
    try pair.finaliseBoth()
    expectRefusal(.wasReceived, pair.source, pair.timeout(1, ordered: true))
    #expect(pair.source.call(pair.confirmation(1)) == nil)
    #expect(try Handling.refunded.get(in: pair.source.context) == [1])
    #expect(try free(sender, pair.source) == 50)
  }

  @Test func aRelayerWhoseAccountTakesNothingForgoesTheFee() throws {
    var pair = try TestPair()
    try pair.source.send(to: pair.target, fee: 1)
    try pair.finaliseBoth()
    #expect(pair.target.call(pair.delivery(1, 1)) == nil)
    try pair.finaliseBoth()
    #expect(pair.source.call(pair.confirmation(1)) == nil)
    #expect(try free(relayer, pair.source) == 0)
    #expect(!Messages.outbound.exists(MessageKey(pair.lane, 1), in: pair.source.context))
  }

  @Test func eachBlockListsWhatItSentAndReceived() throws {
    var pair = try TestPair()
    try pair.source.send(to: pair.target)
    try pair.source.send(Handling.fails, to: pair.target)
    let sent = try TestMessages.outboundHashes(in: pair.source.context)
    let first = try #require(try Messages.outbound.get(MessageKey(pair.lane, 1), in: pair.source.context))
    #expect(sent.count == 2 && sent[0] == Hash.keccak256(MessageKey(pair.lane, 1).encoded() + first.encoded()))
    try pair.finaliseBoth()
    #expect(try TestMessages.outboundHashes(in: pair.source.context) == [])

    #expect(pair.target.call(pair.delivery(1, 2)) == nil)
    let received = try TestMessages.receiptHashes(in: pair.target.context)
    let receipt = try #require(try Messages.receipts.get(MessageKey(pair.lane, 2), in: pair.target.context))
    #expect(received.count == 2 && received[1] == Hash.keccak256(MessageKey(pair.lane, 2).encoded() + receipt.encoded()))
    try pair.finaliseBoth()
    #expect(try TestMessages.receiptHashes(in: pair.target.context) == [])
  }

  @Test func neighboursShareTheirProof() throws {
    let pair = try TestPair(sends: [UInt8](repeating: Handling.runs, count: 100))
    func size(_ call: Messages.Call) -> Int {
      guard case .deliver(_, _, _, _, let proof, _) = call else { return 0 }
      return proof.reduce(0) { $0 + $1.count }
    }
    let (one, hundred) = (size(pair.delivery(1, 1)), size(pair.delivery(1, 100)))
    #expect(hundred < 100 * one / 3, "one message \(one) bytes, a hundred \(hundred)")
    #expect(pair.target.call(pair.delivery(1, 100)) == nil)
  }
}

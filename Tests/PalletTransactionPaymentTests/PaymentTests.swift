import PalletBalances
import PalletSupport
import PalletSystem
import PalletTransactionPayment
import Primitives
import RuntimeKit
import TestKit
import Testing

@Suite("Paying") struct PaymentTests {
  private let call = DispatchInfo(Weight(refTime: 100))
  private let context: ExecutionContext
  init() throws {
    context = try endowed()
    TestPayment.buildGenesis(in: context)
  }

  private func free(_ account: AccountID) throws -> Balance { try TestBalances.freeBalance(of: account, in: context) }

  @Test func theFeeGoesToTheAuthor() throws {
    let withdrawn = try TestPayment.withdrawFee(from: payer, length: 20, info: call, tip: 7, in: context)
    #expect(withdrawn.amount == 277)
    #expect(try free(payer) == 10_000 - 277)
    try TestPayment.correctAndDepositFee(withdrawn, length: 20, info: call, in: context)
    #expect(try free(.test(9)) == 377)
    #expect(try TestBalances.totalIssuance(in: context) == 10_100)
    #expect(
      context.events(of: TestBalances.self) == [
        .withdraw(who: payer, amount: 277), .deposit(who: .test(9), amount: 277),
      ])
    #expect(context.events(of: TestPayment.self) == [.transactionFeePaid(who: payer, actualFee: 277, tip: 7)])
  }

  @Test func unusedWeightComesBack() throws {
    let withdrawn = try TestPayment.withdrawFee(from: payer, length: 20, info: call, tip: 7, in: context)
    try TestPayment.correctAndDepositFee(withdrawn, length: 20, info: call, actual: Weight(refTime: 40), in: context)
    #expect(try free(payer) == 10_000 - 157)
    #expect(
      context.events(of: TestBalances.self) == [
        .withdraw(who: payer, amount: 277), .deposit(who: payer, amount: 120), .deposit(who: .test(9), amount: 157),
      ])
    #expect(context.events(of: TestPayment.self) == [.transactionFeePaid(who: payer, actualFee: 157, tip: 7)])
  }

  @Test func moreWeightThanAnnouncedCostsNothingMore() throws {
    let withdrawn = try TestPayment.withdrawFee(from: payer, length: 20, info: call, tip: 0, in: context)
    try TestPayment.correctAndDepositFee(withdrawn, length: 20, info: call, actual: Weight(refTime: 999), in: context)
    #expect(try free(payer) == 10_000 - 270)
  }

  @Test func withoutRecipientTheFeeIsBurnt() throws {
    let withdrawn = try BurningPayment.withdrawFee(from: payer, length: 20, info: call, tip: 0, in: context)
    try BurningPayment.correctAndDepositFee(withdrawn, length: 20, info: call, in: context)
    #expect(try TestBalances.totalIssuance(in: context) == 10_100 - 270)
  }

  @Test func aPartThatNobodyCanHoldIsBurnt() throws {
    let tiny = DispatchInfo(Weight(refTime: 0))
    System.account.remove(.test(9), in: context)
    Balances.totalIssuance.set(10_000, in: context)
    let withdrawn = try TestPayment.withdrawFee(from: payer, length: 0, info: tiny, tip: 0, in: context)
    #expect(withdrawn.amount == 10)
    let smaller = TransactionPayment.Withdrawn(payer: payer, amount: 9, tip: 0)
    try TestPayment.correctAndDepositFee(smaller, length: 0, info: tiny, in: context)
    #expect(try !TestSystem.exists(.test(9), in: context))
    #expect(context.events(of: TestPayment.self) == [.transactionFeePaid(who: payer, actualFee: 9, tip: 0)])
  }

  @Test("whoever cannot pay and live is refused", arguments: [Balance(9_990 - 270 + 1), .max])
  func refuses(tip: Balance) throws {
    let before = context.trace
    let error = attempt(in: context) { () throws(DispatchError) in
      _ = try TestPayment.withdrawFee(from: payer, length: 20, info: call, tip: tip, in: context)
    }
    #expect(error == .token(tip == .max ? .fundsUnavailable : .notExpendable))
    #expect(context.trace == before)
    let fee = try TestPayment.computeFee(length: 20, info: call, tip: tip, in: context)
    let check = attempt(in: context) { () throws(DispatchError) in
      try TestPayment.ensureCanPay(fee, from: payer, in: context)
    }
    #expect(check == .token(.fundsUnavailable))
  }

  @Test func theLastUnitAboveTheDepositMayPay() throws {
    try TestPayment.ensureCanPay(9_990, from: payer, in: context)
    try TestPayment.ensureCanPay(0, from: .test(5), in: context)
    _ = try TestPayment.withdrawFee(from: payer, length: 20, info: call, tip: 9_990 - 270, in: context)
    #expect(try free(payer) == 10)
  }

  @Test("no unit is lost or made", arguments: 0..<32 as Range<UInt64>)
  func conserves(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<20 {
      let info = DispatchInfo(Weight(refTime: random.next() % 200), paysFee: random.chance(1, in: 5) ? .no : .yes)
      let length = Int(random.next() % 50)
      let tip = Balance(random.next() % 30)
      let actual = random.chance(1, in: 2) ? Weight(refTime: random.next() % 250) : nil
      _ = attempt(in: context) { () throws(DispatchError) in
        let withdrawn = try TestPayment.withdrawFee(from: payer, length: length, info: info, tip: tip, in: context)
        try TestPayment.correctAndDepositFee(withdrawn, length: length, info: info, actual: actual, in: context)
      }
      #expect(try free(payer) + free(.test(9)) == 10_100, "seed \(seed)")
      #expect(try TestBalances.totalIssuance(in: context) == 10_100, "seed \(seed)")
    }
  }
}

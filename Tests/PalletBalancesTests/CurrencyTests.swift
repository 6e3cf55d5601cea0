import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

@Suite("Native currency") struct CurrencyTests {
  private let context: ExecutionContext
  init() throws { context = try endowed() }

  private func refusal(_ body: () throws(DispatchError) -> Void) -> DispatchError? {
    let before = context.trace
    let error = attempt(in: context, body)
    if error != nil { #expect(context.trace == before) }
    return error
  }

  @Test func mintsAndBurns() throws {
    try TestBalances.mint(10, to: carol, in: context)
    try TestBalances.burn(10, from: carol, .expendable, in: context)
    #expect(
      context.events(of: TestBalances.self) == [
        .endowed(account: carol, freeBalance: 10), .minted(who: carol, amount: 10), .burned(who: carol, amount: 10),
      ])
    #expect(try issuance(context) == 1500)
    #expect(!System.account.exists(carol, in: context))
  }

  @Test func refusesToMintDustOrBeyondTheRange() {
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.mint(9, to: carol, in: context)
      } == .token(.belowMinimum))
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.mint(.max, to: carol, in: context)
      } == .arithmetic(.overflow))
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.mint(.max, to: alice, in: context)
      } == .arithmetic(.overflow))
  }

  @Test func feesKeepThePayerAlive() throws {
    try TestBalances.withdraw(990, from: alice, in: context)
    try TestBalances.deposit(40, to: alice, in: context)
    #expect(
      context.events(of: TestBalances.self) == [
        .withdraw(who: alice, amount: 990), .deposit(who: alice, amount: 40),
      ])
    #expect(try issuance(context) == 550)
    let error = refusal { () throws(DispatchError) in try TestBalances.withdraw(41, from: alice, in: context) }
    #expect(error == .token(.notExpendable))
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.deposit(9, to: carol, in: context)
      } == .token(.belowMinimum))
  }

  @Test func aNeededAccountKeepsItsDeposit() throws {
    try TestSystem.incrementConsumers(alice, in: context)
    #expect(try TestBalances.reducibleBalance(of: alice, .expendable, in: context) == 990)
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.transfer(991, from: alice, to: bob, .expendable, in: context)
      } == .token(.frozen))
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.dispatch(.forceSetBalance(who: .test(1), newFree: 0), origin: .root, in: context)
      } == .consumerRemaining)
    try TestBalances.transfer(990, from: alice, to: bob, .expendable, in: context)
    #expect(try free(alice, context) == 10)
  }

  @Test func frozenUnitsStay() throws {
    var data = try TestSystem.data(of: alice, in: context)
    data.frozen = 900
    try TestSystem.setData(data, of: alice, in: context)
    #expect(
      refusal { () throws(DispatchError) in
        try TestBalances.transfer(101, from: alice, to: bob, .expendable, in: context)
      } == .token(.frozen))
    try TestBalances.transfer(100, from: alice, to: bob, .expendable, in: context)
  }
}

@Suite("Holds") struct HoldTests {
  private let context: ExecutionContext
  init() throws { context = try endowed() }

  private func hold(_ amount: Balance, _ reason: HoldReason = escrow, of account: AccountID = alice) -> DispatchError? {
    let before = context.trace
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestBalances.hold(amount, of: account, reason: reason, in: context)
    }
    if error != nil { #expect(context.trace == before) }
    return error
  }

  private func release(_ amount: Balance, _ reason: HoldReason = escrow) -> DispatchError? {
    let before = context.trace
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestBalances.release(amount, of: alice, reason: reason, in: context)
    }
    if error != nil { #expect(context.trace == before) }
    return error
  }

  @Test func heldUnitsMoveAndComeBack() throws {
    #expect(hold(300) == nil)
    #expect(hold(100) == nil)
    #expect(hold(50, bond) == nil)
    #expect(try free(alice, context) == 550)
    #expect(try TestBalances.heldBalance(of: alice, reason: escrow, in: context) == 400)
    #expect(try TestBalances.totalBalance(of: alice, in: context) == 1000)
    #expect(try System.account.get(alice, in: context).consumers == 1)
    #expect(release(400) == nil)
    #expect(release(50, bond) == nil)
    #expect(try free(alice, context) == 1000)
    #expect(try System.account.get(alice, in: context).consumers == 0)
    #expect(!Balances.holds.exists(alice, in: context))
    #expect(
      context.events(of: TestBalances.self) == [
        .held(reason: escrow, who: alice, amount: 300), .held(reason: escrow, who: alice, amount: 100),
        .held(reason: bond, who: alice, amount: 50), .released(reason: escrow, who: alice, amount: 400),
        .released(reason: bond, who: alice, amount: 50),
      ])
  }

  @Test func theDepositStaysFree() {
    #expect(hold(991) == .token(.fundsUnavailable))
    #expect(hold(990) == nil)
    #expect(hold(1) == .token(.fundsUnavailable))
  }

  @Test func nobodyHoldsNothing() throws {
    let before = context.trace
    #expect(hold(0) == nil)
    #expect(release(0) == nil)
    #expect(context.trace == before)
    #expect(hold(1, of: carol) == .token(.cannotCreateHold))
  }

  @Test func anAccountCarriesOnlySoManyHolds() {
    #expect(hold(1) == nil)
    #expect(hold(1, bond) == nil)
    #expect(hold(1, vote) == .token(.cannotCreateHold))
    #expect(hold(1, bond) == nil)
  }

  @Test func noMoreIsReleasedThanHeld() {
    #expect(release(1) == .token(.fundsUnavailable))
    #expect(hold(100) == nil)
    #expect(release(101) == .token(.fundsUnavailable))
    #expect(release(1, bond) == .token(.fundsUnavailable))
    #expect(release(100) == nil)
  }

  @Test func anAccountWithHeldUnitsCannotGo() throws {
    #expect(hold(100) == nil)
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestBalances.transfer(900, from: alice, to: bob, .expendable, in: context)
    }
    #expect(error == .token(.frozen))
    let all = Balances.Call.transferAll(dest: .test(2), keepAlive: false)
    #expect(attempt(all, of: TestBalances.self, origin: .test(1), in: context) == nil)
    #expect(try free(alice, context) == 10)
    #expect(try TestBalances.heldBalance(of: alice, reason: escrow, in: context) == 100)
  }

  @Test func theRowIsTheOneThatClientsDecode() {
    #expect(hold(1) == nil)
    let row = context.get(Balances.holds.key(alice))
    #expect(row == [4, 50, 0, 1] + [UInt8](repeating: 0, count: 15))
  }
}

@Suite("Conservation") struct ConservationTests {
  @Test("free and held units add up to the issuance", arguments: 0..<48 as Range<UInt64>)
  func conserves(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let context = try endowed()
    for step in 0..<120 {
      let (from, to) = (UInt8.random(in: 1...4, using: &random), UInt8.random(in: 1...4, using: &random))
      let amount = Balance(random.next() % (random.chance(1, in: 4) ? 2000 : 60))
      let reason = [escrow, bond, vote][Int(random.next() % 3)]
      let choice = random.next() % 10
      let before = context.trace
      let error = attempt(in: context) { () throws(DispatchError) in
        let (source, target) = (AccountID.test(from), AccountID.test(to))
        switch choice {
        case 0: try TestBalances.transfer(amount, from: source, to: target, .expendable, in: context)
        case 1: try TestBalances.transfer(amount, from: source, to: target, .preserve, in: context)
        case 2: try TestBalances.burn(amount, from: source, .expendable, in: context)
        case 3: try TestBalances.mint(amount, to: target, in: context)
        case 4: try TestBalances.hold(amount, of: source, reason: reason, in: context)
        case 5: try TestBalances.release(amount, of: source, reason: reason, in: context)
        case 6: try TestBalances.withdraw(amount, from: source, in: context)
        case 7: try TestBalances.deposit(amount, to: target, in: context)
        case 8:
          try TestBalances.dispatch(
            .transferAll(dest: .id(target), keepAlive: amount % 2 == 0), origin: .signed(source), in: context)
        default:
          try TestBalances.dispatch(
            .forceSetBalance(who: .id(target), newFree: .init(amount)), origin: .root, in: context)
        }
      }
      if error != nil { #expect(context.trace == before, "seed \(seed) step \(step)") }
      let (sum, holdsMatch) = try audit(context)
      #expect(try sum == issuance(context), "seed \(seed) step \(step) choice \(choice)")
      #expect(holdsMatch, "seed \(seed) step \(step) choice \(choice)")
      for (_, info) in try System.account.rows(in: context, limit: 100) {
        #expect(info.data.free >= 10, "seed \(seed) step \(step): an account under the existential deposit")
        #expect(info.consumers == (info.data.reserved > 0 ? 1 : 0), "seed \(seed) step \(step)")
      }
    }
  }
}

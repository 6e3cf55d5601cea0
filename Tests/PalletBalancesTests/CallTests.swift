import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("Balances calls") struct BalancesCallTests {
  private let context: ExecutionContext
  init() throws { context = try endowed() }

  private func run(_ call: Balances.Call, _ origin: Origin) -> DispatchError? {
    attempt(call, of: TestBalances.self, origin: origin, in: context)
  }
  private var events: [Balances.Event] { context.events(of: TestBalances.self) }

  @Test func transfersBetweenAccounts() throws {
    #expect(run(.transferAllowDeath(dest: .test(2), value: 100), .test(1)) == nil)
    #expect(try free(alice, context) == 900 && free(bob, context) == 600)
    #expect(events == [.transfer(from: alice, to: bob, amount: 100)])
    #expect(try issuance(context) == 1500)
  }

  @Test func aTransferMakesAnAccount() throws {
    #expect(run(.transferKeepAlive(dest: .test(3), value: 10), .test(1)) == nil)
    #expect(events == [.endowed(account: carol, freeBalance: 10), .transfer(from: alice, to: carol, amount: 10)])
    #expect(context.events(of: TestSystem.self).isEmpty == false)
    #expect(try System.account.get(carol, in: context).providers == 1)
  }

  @Test func aTransferMayEmptyAnAccountAndItsDustIsBurnt() throws {
    #expect(run(.transferAllowDeath(dest: .test(2), value: 991), .test(1)) == nil)
    #expect(!System.account.exists(alice, in: context))
    #expect(try issuance(context) == 1491)
    #expect(events == [.dustLost(account: alice, amount: 9), .transfer(from: alice, to: bob, amount: 991)])
  }

  @Test func theExactDepositIsNotDust() throws {
    #expect(run(.transferAllowDeath(dest: .test(2), value: 990), .test(1)) == nil)
    #expect(try free(alice, context) == 10)
    #expect(try issuance(context) == 1500)
  }

  @Test func aTransferOfNothingOrToOneselfChangesNothing() throws {
    let before = context.trace
    #expect(run(.transferAllowDeath(dest: .test(3), value: 0), .test(1)) == nil)
    #expect(run(.transferAllowDeath(dest: .test(1), value: 1000), .test(1)) == nil)
    #expect(context.trace == before)
  }

  @Test func rootTransfersForOthers() throws {
    #expect(run(.forceTransfer(source: .test(2), dest: .test(1), value: 500), .root) == nil)
    #expect(try free(alice, context) == 1500)
    #expect(!System.account.exists(bob, in: context))
  }

  @Test("transfers all that may leave", arguments: [(true, Balance(10)), (false, 0)])
  func transfersAll(keepAlive: Bool, left: Balance) throws {
    #expect(run(.transferAll(dest: .test(2), keepAlive: keepAlive), .test(1)) == nil)
    #expect(try free(alice, context) == left)
    #expect(try free(bob, context) == 1500 - left)
  }

  @Test(
    "root sets a balance",
    arguments: [
      (Balance(2000), Balance(2000), Balance(2500)), (20, 20, 520), (9, 0, 500), (0, 0, 500),
    ])
  func setsBalance(new: Balance, expected: Balance, total: Balance) throws {
    #expect(run(.forceSetBalance(who: .test(1), newFree: Compact(new)), .root) == nil)
    #expect(try free(alice, context) == expected)
    #expect(try issuance(context) == total)
    #expect(events == [.balanceSet(who: alice, free: expected)])
    #expect(System.account.exists(alice, in: context) == (expected > 0))
  }

  @Test func burns() throws {
    #expect(run(.burn(value: 100, keepAlive: true), .test(1)) == nil)
    #expect(try free(alice, context) == 900 && issuance(context) == 1400)
    #expect(events == [.burned(who: alice, amount: 100)])
    #expect(run(.burn(value: 895, keepAlive: false), .test(1)) == nil)
    #expect(try issuance(context) == 500)
  }

  static let refusals: [(Balances.Call, Origin, DispatchError)] = [
    (.transferAllowDeath(dest: .test(2), value: 1), .root, .badOrigin),
    (.transferAllowDeath(dest: .test(2), value: 1), .none, .badOrigin),
    (.transferAllowDeath(dest: .index, value: 1), .test(1), .cannotLookup),
    (.transferAllowDeath(dest: .test(2), value: 1001), .test(1), .token(.fundsUnavailable)),
    (.transferAllowDeath(dest: .test(3), value: 9), .test(1), .token(.belowMinimum)),
    (.transferAllowDeath(dest: .test(2), value: 1), .test(3), .token(.fundsUnavailable)),
    (.transferKeepAlive(dest: .test(2), value: 991), .test(1), .token(.notExpendable)),
    (.transferKeepAlive(dest: .raw([]), value: 1), .test(1), .cannotLookup),
    (.transferKeepAlive(dest: .test(2), value: 1), .none, .badOrigin),
    (.transferAll(dest: .address20(.zero), keepAlive: false), .test(1), .cannotLookup),
    (.transferAll(dest: .test(2), keepAlive: false), .root, .badOrigin),
    (.forceTransfer(source: .test(1), dest: .test(2), value: 1), .test(1), .badOrigin),
    (.forceTransfer(source: .index, dest: .test(2), value: 1), .root, .cannotLookup),
    (.forceSetBalance(who: .test(1), newFree: 1), .test(1), .badOrigin),
    (.forceSetBalance(who: .test(1), newFree: Compact(.max)), .root, .arithmetic(.overflow)),
    (.burn(value: 1001, keepAlive: false), .test(1), .token(.fundsUnavailable)),
    (.burn(value: 991, keepAlive: true), .test(1), .token(.notExpendable)),
    (.burn(value: 1, keepAlive: true), .root, .badOrigin),
  ]

  @Test("a refused call leaves no trace", arguments: refusals)
  func refuses(call: Balances.Call, origin: Origin, error: DispatchError) {
    let before = context.trace
    #expect(run(call, origin) == error)
    #expect(context.trace == before)
  }

  @Test(
    "calls have Substrate's bytes",
    arguments: [
      (Balances.Call.transferAllowDeath(dest: .index, value: 1), [0, 1, 4]),
      (.forceTransfer(source: .index, dest: .index, value: 64), [2, 1, 1, 1, 1]),
      (.transferKeepAlive(dest: .index, value: 0), [3, 1, 0]), (.transferAll(dest: .index, keepAlive: true), [4, 1, 1]),
      (.forceSetBalance(who: .index, newFree: 2), [8, 1, 8]), (.burn(value: 1, keepAlive: false), [10, 4, 0]),
    ] as [(Balances.Call, [UInt8])])
  func bytes(call: Balances.Call, bytes: [UInt8]) throws {
    #expect(call.encoded() == bytes)
    #expect(try Balances.Call(decoding: bytes) == call)
    #expect(TestBalances.info(of: call).paysFee == .yes)
  }
}

@Suite("Balances at genesis") struct BalancesGenesisTests {
  private func refusal(_ balances: [(account: AccountID, amount: Balance)]) -> DispatchError? {
    let context = ExecutionContext.onEmptyState()
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestBalances.buildGenesis(balances: balances, in: context)
    }
    if error != nil { #expect(context.trace == .empty) }
    return error
  }

  @Test func endowsAccounts() throws {
    let context = try endowed()
    #expect(try audit(context).sum == 1500)
    #expect(try issuance(context) == 1500)
  }

  @Test func refusesWhatCannotLiveOrBeCounted() {
    #expect(refusal([(alice, 9)]) == TestBalances.failure(.existentialDeposit))
    #expect(refusal([(alice, 10), (alice, 10)]) == .other)
    #expect(refusal([(alice, .max), (bob, 10)]) == .arithmetic(.overflow))
  }

  @Test func metadataNamesWhatClientsRead() {
    #expect(TestBalances.storage.map(\.name) == ["TotalIssuance", "Account", "Locks", "Holds", "Freezes"])
    #expect(TestBalances.constants.map(\.name) == ["ExistentialDeposit", "MaxLocks", "MaxReserves", "MaxFreezes"])
    #expect(Balances.Failure.allCases.map(\.rawValue) == Array(0..<12))
  }
}

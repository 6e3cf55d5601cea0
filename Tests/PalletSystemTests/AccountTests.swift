import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("Accounts") struct AccountTests {
  private let context = ExecutionContext.onEmptyState()
  private let alice = AccountID.test(1)
  private func info() throws -> System.AccountInfo { try System.account.get(alice, in: context) }
  private func refusal(_ body: () throws(DispatchError) -> Void) -> DispatchError? { attempt(in: context, body) }

  @Test func balancesMakeAndRemoveAnAccount() throws {
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    #expect(try info() == System.AccountInfo(providers: 1, data: AccountData(free: 5)))
    try TestSystem.setData(AccountData(free: 6), of: alice, in: context)
    #expect(try info().providers == 1)
    try TestSystem.setData(nil, of: alice, in: context)
    #expect(!System.account.exists(alice, in: context))
    #expect(context.events(of: TestSystem.self) == [.newAccount(account: alice), .killedAccount(account: alice)])
  }

  @Test func removingWhatIsNotThereDoesNothing() throws {
    try TestSystem.setData(nil, of: alice, in: context)
    try TestSystem.setData(AccountData(), of: alice, in: context)
    #expect(context.trace == .empty)
  }

  @Test func aNeededAccountStays() throws {
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    try TestSystem.incrementConsumers(alice, in: context)
    #expect(try !TestSystem.canLoseProvider(alice, in: context))
    let before = context.trace
    let error = refusal { () throws(DispatchError) in try TestSystem.setData(nil, of: alice, in: context) }
    #expect(error == .consumerRemaining)
    #expect(context.trace == before)
    try TestSystem.decrementConsumers(alice, in: context)
    #expect(try TestSystem.canLoseProvider(alice, in: context))
    try TestSystem.setData(nil, of: alice, in: context)
    #expect(try !TestSystem.exists(alice, in: context))
  }

  @Test func aReferenceNeedsAProvider() throws {
    let increment = { () throws(DispatchError) in try TestSystem.incrementConsumers(alice, in: context) }
    #expect(refusal(increment) == .noProviders)
    try TestSystem.incrementSufficients(alice, in: context)
    #expect(refusal(increment) == .noProviders)
  }

  @Test func referencesAreCounted() throws {
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    let underflow = refusal { () throws(DispatchError) in try TestSystem.decrementConsumers(alice, in: context) }
    #expect(underflow == .arithmetic(.underflow))
    for _ in 0..<TestSystem.maximumConsumers { try TestSystem.incrementConsumers(alice, in: context) }
    let full = refusal { () throws(DispatchError) in try TestSystem.incrementConsumers(alice, in: context) }
    #expect(full == .tooManyConsumers)
  }

  @Test func sufficientReferencesKeepAnAccountWithoutBalance() throws {
    try TestSystem.incrementSufficients(alice, in: context)
    #expect(try TestSystem.exists(alice, in: context))
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    try TestSystem.incrementNonce(of: alice, in: context)
    try TestSystem.setData(nil, of: alice, in: context)
    #expect(try info() == System.AccountInfo(nonce: 1, sufficients: 1))
    try TestSystem.decrementSufficients(alice, in: context)
    #expect(!System.account.exists(alice, in: context))
    #expect(context.events(of: TestSystem.self) == [.newAccount(account: alice), .killedAccount(account: alice)])
    let error = refusal { () throws(DispatchError) in try TestSystem.decrementSufficients(alice, in: context) }
    #expect(error == .arithmetic(.underflow))
  }

  @Test func anAccountThatIsKeptCannotBePinned() throws {
    try TestSystem.incrementProviders(alice, in: context)
    #expect(try info() == System.AccountInfo(providers: 1))
    let many = TestSystem.maximumConsumers + 10
    for _ in 0..<many { try TestSystem.incrementConsumers(alice, in: context) }
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    #expect(try TestSystem.canLoseProvider(alice, in: context))
    try TestSystem.incrementConsumers(alice, in: context)
    try TestSystem.setData(nil, of: alice, in: context)
    #expect(try info() == System.AccountInfo(consumers: many + 1, providers: 1))
    #expect(context.events(of: TestSystem.self) == [.newAccount(account: alice)])
    System.account.set(alice, to: System.AccountInfo(providers: .max), in: context)
    let error = refusal { () throws(DispatchError) in try TestSystem.incrementProviders(alice, in: context) }
    #expect(error == .arithmetic(.overflow))
  }

  @Test func noncesCountUp() throws {
    try TestSystem.setData(AccountData(free: 5), of: alice, in: context)
    #expect(try TestSystem.nonce(of: alice, in: context) == 0)
    try TestSystem.incrementNonce(of: alice, in: context)
    #expect(try TestSystem.nonce(of: alice, in: context) == 1)
    System.account.set(alice, to: System.AccountInfo(nonce: .max, providers: 1), in: context)
    let error = refusal { () throws(DispatchError) in try TestSystem.incrementNonce(of: alice, in: context) }
    #expect(error == .arithmetic(.overflow))
  }

  @Test func nobodyHasNoNonce() {
    let error = refusal { () throws(DispatchError) in try TestSystem.incrementNonce(of: alice, in: context) }
    #expect(error == .noProviders)
    #expect(context.trace == .empty)
  }

  @Test func theRowIsTheOneThatClientsDecode() throws {
    let info = System.AccountInfo(nonce: 1, consumers: 2, providers: 3, sufficients: 4, data: AccountData(free: 5))
    System.account.set(alice, to: info, in: context)
    let key = System.account.key(alice)
    #expect(key.count == 32 + 16 + 32)
    #expect(Array(key.suffix(32)) == alice.bytes)
    let row = try #require(context.get(key))
    #expect(row.count == 80)
    #expect(Array(row.prefix(17)) == [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5])
    #expect(row.last == 0x80)
  }
}

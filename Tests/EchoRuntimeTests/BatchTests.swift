import EchoRuntime
import Finality
import Keys
import PalletBalances
import PalletLightClients
import PalletMessages
import PalletSudo
import PalletSupport
import PalletSystem
import PalletTimestamp
import PalletUtility
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private let unit = Hub.unit
private let alice = Hub.alice
private let bob = Hub.bob

private func pay(_ amount: Balance) -> RuntimeCall { .balances(.transferKeepAlive(dest: .id(bob), value: Compact(amount))) }

/// Batches in the runtime as it is: the pallet's own rules are in `PalletUtilityTests`.
@Suite("Batches") struct BatchTests {
  @Test("a batch of two transfers keeps the first when the second fails") func partly() throws {
    let chain = try XcmTestChain()
    let context = try chain.block()
    let before = try BalancesPallet.freeBalance(of: bob, in: context)
    let call = RuntimeCall.utility(.batch(calls: [pay(2 * unit), pay(10_000_000 * unit), pay(unit)]))
    #expect(attempt(in: context) { () throws(DispatchError) in try call.dispatch(origin: .signed(alice), in: context) } == nil)
    #expect(try BalancesPallet.freeBalance(of: bob, in: context) == before + 2 * unit)
    guard case .batchInterrupted(index: 1, _)? = context.events(of: UtilityPallet.self).last else {
      Issue.record("\(context.events(of: UtilityPallet.self))")
      return
    }
  }

  @Test("calls, events and errors have the pallet's index in the runtime") func bytes() throws {
    let call = RuntimeCall.utility(.batchAll(calls: [.system(.remark(remark: [])), .system(.remark(remark: [7]))]))
    #expect(call.encoded() == [21, 2, 8, 0, 0, 0, 0, 0, 4, 7])
    #expect(try RuntimeCall(decoding: call.encoded()) == call)
    let named = RuntimeCall.utility(.dispatchAs(asOrigin: .system(.signed(bob)), call: .system(.remark(remark: []))))
    #expect(named.encoded() == [21, 3, 0, 1] + bob.bytes + [0, 0, 0])
    #expect(RuntimeEvent.utility(.itemCompleted).encoded() == [21, 3])
    #expect(UtilityPallet.failure(.tooManyCalls) == .module(ModuleError(pallet: 21, error: 0)))
  }

  @Test("a mandatory call stays mandatory inside, so nobody can sign for it") func mandatory() {
    let inherent = RuntimeCall.timestamp(.set(now: Compact(1)))
    #expect(RuntimeCall.utility(.asDerivative(index: 0, call: inherent)).info.class == .mandatory)
    #expect(RuntimeCall.utility(.batch(calls: [inherent])).info.class == .normal)
    let context = ExecutionContext.onEmptyState()
    let batch = RuntimeCall.utility(.batchAll(calls: [inherent]))
    #expect(attempt(in: context) { () throws(DispatchError) in try batch.dispatch(origin: .signed(alice), in: context) } == .badOrigin)
  }

  private static let setup = LightClients.Setup(
    trusted: Commitment(headerHash: .zero, genesisHash: .zero, mmrRoot: .zero, timestamp: 1, blockNumber: 1, validatorSetID: 0),
    current: ValidatorSet(id: 0, validators: [Hub.aliceKey.publicKey]).summary,
    next: ValidatorSet(id: 1, validators: [Hub.aliceKey.publicKey]).summary, trustingPeriod: 86_400_000)
  private static let unsafe: [RuntimeCall] = [
    .sudo(.sudo(call: .system(.remark(remark: [])))), .timestamp(.set(now: Compact(1))),
    .messages(.pauseLane(lane: .zero)), .lightClients(.create(clientId: 0, setup: setup)),
  ]
  private static let wrappers: [@Sendable (RuntimeCall) -> RuntimeCall] = [
    { .utility(.batch(calls: [pay(1), $0])) }, { .utility(.batchAll(calls: [$0])) },
    { .utility(.forceBatch(calls: [pay(1), pay(1), $0])) },
    { .utility(.asDerivative(index: 0, call: $0)) }, { .utility(.withWeight(call: $0, weight: .zero)) },
    { .utility(.ifElse(main: $0, fallback: pay(1))) }, { .utility(.ifElse(main: pay(1), fallback: $0)) },
    { .utility(.dispatchAs(asOrigin: .system(.root), call: $0)) },
    { .utility(.dispatchAsFallible(asOrigin: .system(.root), call: $0)) },
    { .utility(.batch(calls: [.utility(.asDerivative(index: 1, call: .utility(.batchAll(calls: [$0]))))])) },
  ]

  @Test("programs of other chains may not reach through a batch for what they may not call", arguments: wrappers.indices)
  func filters(wrapper: Int) {
    let wrap = Self.wrappers[wrapper]
    let context = ExecutionContext.onEmptyState()
    for call in Self.unsafe {
      #expect(!TransactSetup.isSafe(call, in: context))
      #expect(!TransactSetup.isSafe(wrap(call), in: context))
    }
    #expect(TransactSetup.isSafe(wrap(pay(1)), in: context))
  }
}

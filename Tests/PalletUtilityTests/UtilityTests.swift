import PalletSupport
import PalletSystem
import PalletUtility
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private let setCell = RuntimeCall.system(.setStorage(items: [Pair([9], [1])]))
private let setOther = RuntimeCall.system(.setStorage(items: [Pair([8], [1])]))
private let remark = RuntimeCall.system(.remark(remark: []))
private let loud = RuntimeCall.system(.remarkWithEvent(remark: []))
/// Refused to everybody but root, as `loud` is to root.
private let refused = setCell

private let batches: [@Sendable ([RuntimeCall]) -> UtilityCall] = [
  { .batch(calls: $0) }, { .batchAll(calls: $0) }, { .forceBatch(calls: $0) },
]

@Suite("Utility") struct UtilityTests {
  private let context = ExecutionContext.onEmptyState()

  private func run(_ call: UtilityCall, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestUtility.self, origin: origin, in: context)
  }
  private var events: [Utility.Event] { context.events(of: TestUtility.self) }
  /// Who made the calls that tell.
  private var makers: [AccountID] {
    context.events(of: TestSystem.self).compactMap { if case .remarked(let sender, _) = $0 { sender } else { nil } }
  }

  // MARK: Batches

  @Test(
    "a batch makes its calls in order, in the name of its maker",
    arguments: batches)
  func completes(make: @Sendable ([RuntimeCall]) -> UtilityCall) {
    #expect(run(make([loud, remark, loud])) == nil)
    #expect(makers == [.test(1), .test(1)])
    #expect(events == [.itemCompleted, .itemCompleted, .itemCompleted, .batchCompleted])
    let pallets = context.events.map { $0.event.first }
    #expect(pallets == [0, 21, 21, 0, 21, 21])
  }

  @Test("an empty batch completes", arguments: [UtilityCall.batch(calls: []), .batchAll(calls: []), .forceBatch(calls: [])])
  func completesEmpty(call: UtilityCall) {
    #expect(run(call) == nil)
    #expect(events == [.batchCompleted])
  }

  @Test("batch stops at the first failure and keeps what came before")
  func isInterrupted() {
    #expect(run(.batch(calls: [loud, refused, loud])) == nil)
    #expect(makers == [.test(1)])
    #expect(events == [.itemCompleted, .batchInterrupted(index: 1, error: .badOrigin)])
  }

  @Test("batch_all reverts all with the error of the call that failed")
  func isReverted() {
    #expect(run(.batchAll(calls: [loud, refused, loud])) == .badOrigin)
    #expect(context.trace == .empty)
  }

  @Test("force_batch goes on behind a failure")
  func isForced() {
    #expect(run(.forceBatch(calls: [refused, loud, refused])) == nil)
    #expect(makers == [.test(1)])
    #expect(
      events == [.itemFailed(error: .badOrigin), .itemCompleted, .itemFailed(error: .badOrigin), .batchCompletedWithErrors])
  }

  @Test("what a failed call wrote and told is undone, for that call alone")
  func failuresLeaveNoTrace() {
    // The inner batch_all writes, then fails.
    let half = RuntimeCall.utility(.batchAll(calls: [setOther, .utility(.batch(calls: [])), loud]))
    #expect(run(.forceBatch(calls: [setCell, half]), .root) == nil)
    #expect(context.get([9]) == [1])
    #expect(context.get([8]) == nil)
    #expect(events == [.itemCompleted, .itemFailed(error: .badOrigin), .batchCompletedWithErrors])
  }

  @Test("root's batches are made as root")
  func isRoot() {
    #expect(run(.batch(calls: [setCell, setOther]), .root) == nil)
    #expect(context.get([9]) == [1])
    #expect(context.get([8]) == [1])
  }

  @Test("a location may batch", arguments: [UtilityCall.batch(calls: [remark]), .batchAll(calls: [remark]), .forceBatch(calls: [remark])])
  func locations(call: UtilityCall) {
    #expect(run(call, .xcm(location: [0, 0])) == nil)
    #expect(events == [.itemCompleted, .batchCompleted])
  }

  // MARK: Nesting

  @Test("batch_all may not be made inside batch_all, however deep, unless by root")
  func batchAllIsNotNested() {
    let inner = RuntimeCall.utility(.batchAll(calls: [remark]))
    #expect(run(.batchAll(calls: [inner])) == TestSystem.failure(.callFiltered))
    #expect(run(.batchAll(calls: [.utility(.asDerivative(index: 0, call: inner))])) == TestSystem.failure(.callFiltered))
    #expect(run(.batchAll(calls: [.utility(.ifElse(main: refused, fallback: inner))])) == TestSystem.failure(.callFiltered))
    #expect(context.trace == .empty)
    // An inner batch tells of the refusal and is itself a success.
    #expect(run(.batchAll(calls: [.utility(.batch(calls: [remark, inner]))])) == nil)
    #expect(
      events == [.itemCompleted, .batchInterrupted(index: 1, error: TestSystem.failure(.callFiltered)), .itemCompleted, .batchCompleted])
    #expect(run(.batch(calls: [inner, inner])) == nil)
    #expect(events.last == .batchCompleted)
    #expect(run(.batchAll(calls: [inner]), .root) == nil)
  }

  @Test("nesting is bounded where calls are decoded, and costs no more than its depth")
  func nestingIsBounded() throws {
    func nested(_ levels: Int) -> [UInt8] { Array(repeatElement([UInt8(21), 0, 4], count: levels).joined()) + [0, 0, 0] }
    #expect(throws: ScaleError.self) { try RuntimeCall(decoding: nested(64)) }
    let call = try RuntimeCall(decoding: nested(16))
    #expect(call.info.weight.refTime.value < 32 * Weight.of().refTime.value)
    #expect(attempt(in: context) { () throws(DispatchError) in try call.dispatch(origin: .test(1), in: context) } == nil)
    #expect(events.count == 2 * 16)
  }

  // MARK: Other origins

  @Test("a derived account is blake2b-256 of modlpy/utilisuba, account and index")
  func derivation() throws {
    // The known pair of polkadot-js: 5GvUh7fG… with index 0 is 5E5XxqPx….
    let owner = try #require(AccountID(hex: "0xd6e6e33e51f1e26a0daa9203ee8fb48593af0d4d5b85fc47889ad592126fd634"))
    let derived = try #require(AccountID(hex: "0x591a683ee626d1bb376d718fb76975f8f5d9e71dbedc412fc223f7fee1ae1da9"))
    #expect(Utility.derivedAccount(of: owner, index: 0) == derived)
    #expect(Utility.derivedAccount(of: owner, index: 1) != Utility.derivedAccount(of: owner, index: 256))
  }

  @Test("as_derivative makes the call as the derived account and fails as it does")
  func asDerivative() {
    #expect(run(.asDerivative(index: 7, call: loud)) == nil)
    #expect(makers == [Utility.derivedAccount(of: .test(1), index: 7)])
    #expect(events.isEmpty)
    #expect(run(.asDerivative(index: 7, call: refused)) == .badOrigin)
    let stacked = RuntimeCall.utility(.asDerivative(index: 2, call: loud))
    #expect(run(.asDerivative(index: 1, call: stacked)) == nil)
    #expect(makers.last == Utility.derivedAccount(of: Utility.derivedAccount(of: .test(1), index: 1), index: 2))
  }

  @Test("dispatch_as makes a call with the origin that root names, and reports a failure")
  func dispatchAs() {
    #expect(run(.dispatchAs(asOrigin: .signed(.test(5)), call: loud), .root) == nil)
    #expect(makers == [.test(5)])
    #expect(run(.dispatchAs(asOrigin: .signed(.test(5)), call: refused), .root) == nil)
    #expect(events == [.dispatchedAs(result: .ok(Unit())), .dispatchedAs(result: .err(.badOrigin))])
  }

  @Test("dispatch_as_fallible fails as the call does")
  func dispatchAsFallible() {
    #expect(run(.dispatchAsFallible(asOrigin: .signed(.test(5)), call: refused), .root) == .badOrigin)
    #expect(context.trace == .empty)
    #expect(run(.dispatchAsFallible(asOrigin: .signed(.test(5)), call: loud), .root) == nil)
    #expect(makers == [.test(5)])
    #expect(events == [.dispatchedAs(result: .ok(Unit()))])
  }

  @Test("with_weight makes a call as root, at the weight that is said")
  func withWeight() {
    let weight = Weight(refTime: 7, proofSize: 8)
    let call = UtilityCall.withWeight(call: setCell, weight: weight)
    #expect(TestUtility.info(of: call) == DispatchInfo(weight, class: .operational))
    #expect(run(call, .root) == nil)
    #expect(context.get([9]) == [1])
    #expect(run(.withWeight(call: loud, weight: weight), .root) == .badOrigin)
  }

  @Test("if_else makes the fallback only when the main call fails, and fails when both do")
  func ifElse() {
    #expect(run(.ifElse(main: loud, fallback: setCell)) == nil)
    #expect(run(.ifElse(main: refused, fallback: loud)) == nil)
    #expect(makers == [.test(1), .test(1)])
    #expect(events == [.ifElseMainSuccess, .ifElseFallbackCalled(mainError: .badOrigin)])
    let before = context.trace
    #expect(run(.ifElse(main: refused, fallback: refused)) == .badOrigin)
    #expect(context.trace == before)
  }

  // MARK: Refusals

  @Test(
    "a refused call leaves no trace",
    arguments: [
      (UtilityCall.batch(calls: [remark]), Origin.none, DispatchError.badOrigin),
      (.batchAll(calls: [remark]), .none, .badOrigin), (.forceBatch(calls: [remark]), .none, .badOrigin),
      (.ifElse(main: remark, fallback: remark), .none, .badOrigin), (.asDerivative(index: 0, call: remark), .none, .badOrigin),
      (.asDerivative(index: 0, call: remark), .root, .badOrigin),
      (.asDerivative(index: 0, call: remark), .xcm(location: [0, 0]), .badOrigin),
      (.dispatchAs(asOrigin: .root, call: setCell), .test(1), .badOrigin),
      (.dispatchAsFallible(asOrigin: .root, call: setCell), .test(1), .badOrigin),
      (.withWeight(call: setCell, weight: .zero), .test(1), .badOrigin),
    ])
  func refuses(call: UtilityCall, origin: Origin, error: DispatchError) {
    #expect(run(call, origin) == error)
    #expect(context.trace == .empty)
  }

  @Test("a batch above the limit is refused", arguments: batches)
  func refusesMany(make: @Sendable ([RuntimeCall]) -> UtilityCall) {
    let limit = Int(Utility.batchedCallsLimit)
    #expect(run(make(Array(repeating: remark, count: limit + 1))) == TestUtility.failure(.tooManyCalls))
    #expect(context.trace == .empty)
    #expect(run(make(Array(repeating: remark, count: limit))) == nil)
    #expect(events.count == limit + 1)
  }

  // MARK: Weight and bytes

  @Test("a batch weighs its calls and stays at the largest weight")
  func weights() {
    let one = TestUtility.info(of: .batch(calls: [setCell])).weight
    let two = TestUtility.info(of: .batch(calls: [setCell, setCell])).weight
    #expect(one.exceeds(setCell.info.weight))
    #expect(two.subtracting(one).exceeds(setCell.info.weight))
    let heavy = RuntimeCall.utility(.withWeight(call: remark, weight: .max))
    for call in [UtilityCall.batch(calls: [heavy, heavy]), .batchAll(calls: [heavy, remark]), .ifElse(main: heavy, fallback: heavy)] {
      #expect(TestUtility.info(of: call).weight == .max)
    }
    #expect(
      TestUtility.info(of: .ifElse(main: setCell, fallback: setOther)).weight.exceeds(setCell.info.weight.adding(setOther.info.weight)))
  }

  @Test(
    "a call is operational only when all that it makes are",
    arguments: [
      (UtilityCall.batch(calls: [setCell, setOther]), DispatchClass.operational), (.batch(calls: [setCell, remark]), .normal),
      (.batchAll(calls: [remark]), .normal), (.forceBatch(calls: [setCell]), .operational),
      (.ifElse(main: setCell, fallback: remark), .normal), (.ifElse(main: setCell, fallback: setCell), .operational),
      (.asDerivative(index: 0, call: setCell), .operational), (.dispatchAs(asOrigin: .root, call: remark), .normal),
      (.dispatchAsFallible(asOrigin: .root, call: setCell), .operational),
    ])
  func classes(call: UtilityCall, class: DispatchClass) { #expect(TestUtility.info(of: call).class == `class`) }

  @Test(
    "calls have Substrate's bytes",
    arguments: [
      (UtilityCall.batch(calls: [remark, remark]), [0, 8, 0, 0, 0, 0, 0, 0] as [UInt8]),
      (.asDerivative(index: 0x0102, call: remark), [1, 2, 1, 0, 0, 0]), (.batchAll(calls: [remark]), [2, 4, 0, 0, 0]),
      (.dispatchAs(asOrigin: .root, call: remark), [3, 0, 0, 0, 0]), (.forceBatch(calls: []), [4, 0]),
      (.withWeight(call: remark, weight: Weight(refTime: 1, proofSize: 2)), [5, 0, 0, 0, 4, 8]),
      (.ifElse(main: remark, fallback: remark), [6, 0, 0, 0, 0, 0, 0]),
      (.dispatchAsFallible(asOrigin: .root, call: remark), [7, 0, 0, 0, 0]),
    ])
  func bytes(call: UtilityCall, bytes: [UInt8]) throws {
    #expect(call.encoded() == bytes)
    #expect(try UtilityCall(decoding: bytes) == call)
  }

  @Test(
    "events have Substrate's bytes",
    arguments: [
      (Utility.Event.batchInterrupted(index: 3, error: .badOrigin), [0, 3, 0, 0, 0, 2] as [UInt8]), (.batchCompleted, [1]),
      (.batchCompletedWithErrors, [2]), (.itemCompleted, [3]), (.itemFailed(error: .badOrigin), [4, 2]),
      (.dispatchedAs(result: .ok(Unit())), [5, 0]), (.ifElseMainSuccess, [6]), (.ifElseFallbackCalled(mainError: .badOrigin), [7, 2]),
    ])
  func bytes(event: Utility.Event, bytes: [UInt8]) { #expect(event.encoded() == bytes) }
}

import PalletSupport
import PalletTimestamp
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private enum TestConfig: Timestamp.Config {
  static let palletIndex: UInt8 = 1
  static let minimumPeriod: Milliseconds = 500
}
private typealias TestTimestamp = Timestamp.Pallet<TestConfig>

@Suite("Timestamp") struct TimestampTests {
  private func set(_ time: Milliseconds, origin: Origin = .none, in context: ExecutionContext) -> DispatchError? {
    attempt(.set(now: Compact(time)), of: TestTimestamp.self, origin: origin, in: context)
  }

  private func finalize(_ context: ExecutionContext) -> DispatchError? {
    attempt(in: context) { () throws(DispatchError) in try TestTimestamp.onFinalize(in: context) }
  }

  /// A block after one at 1000 ms.
  private func child() -> ExecutionContext {
    let context = ExecutionContext.onEmptyState()
    #expect(set(1000, in: context) == nil)
    #expect(finalize(context) == nil)
    return context.nextBlock()
  }

  @Test func everyBlockGetsItsTimeOnce() throws {
    let context = child()
    #expect(try TestTimestamp.now(in: context) == 1000)
    #expect(set(1500, in: context) == nil)
    #expect(try TestTimestamp.now(in: context) == 1500)
    #expect(finalize(context) == nil)
    #expect(try !Timestamp.didUpdate.get(in: context.nextBlock()))
  }

  @Test(
    "refused times leave no trace",
    arguments: [
      (Milliseconds(1499), Origin.none, TestTimestamp.failure(.tooEarly)), (0, .none, TestTimestamp.failure(.tooEarly)),
      (1500, .test(1), .badOrigin), (1500, .root, .badOrigin),
    ])
  func refuses(time: Milliseconds, origin: Origin, error: DispatchError) {
    let context = child()
    #expect(set(time, origin: origin, in: context) == error)
    #expect(context.trace == .empty)
  }

  @Test func aSecondTimeIsRefused() {
    let context = child()
    #expect(set(2000, in: context) == nil)
    let before = context.trace
    #expect(set(3000, in: context) == TestTimestamp.failure(.alreadySet))
    #expect(context.trace == before)
  }

  @Test func aBlockWithoutTimeIsRefused() { #expect(finalize(child()) == TestTimestamp.failure(.notSet)) }

  @Test func theFirstBlockMayHaveAnyTimeUnlessGenesisHasOne() {
    let open = ExecutionContext.onEmptyState()
    TestTimestamp.buildGenesis(in: open)
    #expect(set(1, in: open.nextBlock()) == nil)
    let fixed = ExecutionContext.onEmptyState()
    TestTimestamp.buildGenesis(now: 1000, in: fixed)
    #expect(set(1499, in: fixed.nextBlock()) == TestTimestamp.failure(.tooEarly))
  }

  @Test func timeCannotWrapAround() {
    let context = ExecutionContext.onEmptyState()
    TestTimestamp.buildGenesis(now: .max - 1, in: context)
    #expect(set(3, in: context) == TestTimestamp.failure(.tooEarly))
  }

  @Test func theCallIsTheInherentThatClientsRead() throws {
    #expect(Timestamp.Call.set(now: 64).encoded() == [0, 1, 1])
    #expect(try Timestamp.Call(decoding: [0, 4]) == .set(now: 1))
    #expect(throws: ScaleError.self) { try Timestamp.Call(decoding: [1, 4]) }
    #expect(TestTimestamp.info(of: .set(now: 1)).class == .mandatory)
    #expect(TestTimestamp.constants.map(\.name) == ["MinimumPeriod"])
    #expect(TestTimestamp.storage.map(\.name) == ["Now", "DidUpdate"])
  }
}

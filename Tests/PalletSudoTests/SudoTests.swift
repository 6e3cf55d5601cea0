import PalletSudo
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private enum SystemConfig: System.Config {
  typealias RuntimeEvent = System.Event
  static let palletIndex: UInt8 = 0
  static let version = RuntimeVersion(
    specName: "test", implName: "test", authoringVersion: 1, specVersion: 1, implVersion: 1, apis: [],
    transactionVersion: 1, stateVersion: 1)
  static let ss58Prefix: UInt16 = 42
  static let blockWeights = BlockWeights.standard(maxBlock: Weight(refTime: 1_000_000_000_000, proofSize: 1_000_000))
  static let blockLength = BlockLength.standard(bytes: 1_000_000)
  static let blockHashCount: BlockNumber = 2400
}
private typealias TestSystem = System.Pallet<SystemConfig>

/// Two pallets: System at 0 and Sudo at 30.
@ScaleCodable(path: "test::RuntimeCall")
indirect enum RuntimeCall: RuntimeDispatchable {
  @ScaleIndex(0) case system(System.Call)
  @ScaleIndex(30) case sudo(Sudo.Call<RuntimeCall>)

  var info: DispatchInfo {
    switch self {
    case .system(let call): TestSystem.info(of: call)
    case .sudo(let call): TestSudo.info(of: call)
    }
  }

  func dispatch(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    switch self {
    case .system(let call): try TestSystem.dispatch(call, origin: origin, in: context)
    case .sudo(let call): try TestSudo.dispatch(call, origin: origin, in: context)
    }
  }
}

private enum SudoConfig: Sudo.Config {
  typealias RuntimeCall = PalletSudoTests.RuntimeCall
  static let palletIndex: UInt8 = 30
}
private typealias TestSudo = Sudo.Pallet<SudoConfig>

private let setCell = RuntimeCall.system(.setStorage(items: [Pair([9], [1])]))
private let remark = RuntimeCall.system(.remarkWithEvent(remark: []))

@Suite("Sudo") struct SudoTests {
  private let context: ExecutionContext
  init() {
    context = .onEmptyState()
    TestSudo.buildGenesis(key: .test(1), in: context)
  }

  private func run(_ call: Sudo.Call<RuntimeCall>, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestSudo.self, origin: origin, in: context)
  }
  private var events: [Sudo.Event] { context.events(of: TestSudo.self) }

  @Test func theKeyCallsAsRoot() {
    #expect(run(.sudo(call: setCell)) == nil)
    #expect(context.get([9]) == [1])
    #expect(events == [.sudid(sudoResult: .ok(Unit()))])
  }

  @Test func theKeyCallsAsAnybody() {
    #expect(run(.sudoAs(who: .test(7), call: remark)) == nil)
    #expect(events == [.sudoAsDone(sudoResult: .ok(Unit()))])
    guard case .remarked(let sender, _)? = context.events(of: TestSystem.self).first else {
      Issue.record("the inner call's event stays")
      return
    }
    #expect(sender == .test(7))
  }

  @Test func theKeyMovesOn() throws {
    #expect(run(.setKey(new: .test(2))) == nil)
    #expect(try Sudo.key.get(in: context) == .test(2))
    #expect(events == [.keyChanged(old: .test(1), new: .test(2))])
    #expect(run(.sudo(call: setCell)) == TestSudo.failure(.requireSudo))
    #expect(run(.sudo(call: setCell), .test(2)) == nil)
  }

  @Test func anInnerFailureIsReportedAndUndone() {
    let cells = context.trace.cells
    #expect(run(.sudo(call: remark)) == nil)
    #expect(run(.sudoAs(who: .test(7), call: setCell)) == nil)
    #expect(context.trace.cells == cells)
    #expect(context.events(of: TestSystem.self).isEmpty)
    #expect(events == [.sudid(sudoResult: .err(.badOrigin)), .sudoAsDone(sudoResult: .err(.badOrigin))])
  }

  @Test func anInnerFailureUndoesOnlyItsOwnLevel() {
    let inner = RuntimeCall.sudo(.sudo(call: setCell))
    #expect(run(.sudoAs(who: .test(1), call: inner)) == nil)
    #expect(context.get([9]) == [1])
    #expect(events == [.sudid(sudoResult: .ok(Unit())), .sudoAsDone(sudoResult: .ok(Unit()))])
    #expect(run(.sudo(call: inner)) == nil)
    #expect(events.last == .sudid(sudoResult: .err(.badOrigin)))
  }

  @Test(
    "a refused call leaves no trace",
    arguments: [
      (Sudo.Call<RuntimeCall>.sudo(call: setCell), Origin.test(2), TestSudo.failure(.requireSudo)),
      (.sudo(call: setCell), .root, .badOrigin),
      (.setKey(new: .test(2)), .test(2), TestSudo.failure(.requireSudo)),
      (.setKey(new: .index), .test(1), .cannotLookup),
      (.sudoAs(who: .test(3), call: remark), .none, .badOrigin),
      (.sudoAs(who: .raw([1]), call: remark), .test(1), .cannotLookup),
    ])
  func refuses(call: Sudo.Call<RuntimeCall>, origin: Origin, error: DispatchError) {
    let before = context.trace
    #expect(run(call, origin) == error)
    #expect(context.trace == before)
  }

  @Test func withoutAKeyNobodyHasTheAuthority() {
    let context = ExecutionContext.onEmptyState()
    TestSudo.buildGenesis(key: nil, in: context)
    let error = attempt(.sudo(call: setCell), of: TestSudo.self, origin: .test(1), in: context)
    #expect(error == TestSudo.failure(.requireSudo))
  }

  @Test func callsHaveSubstratesBytes() throws {
    let call = RuntimeCall.sudo(.sudo(call: .system(.remark(remark: []))))
    #expect(call.encoded() == [30, 0, 0, 0, 0])
    #expect(try RuntimeCall(decoding: [30, 0, 0, 0, 0]) == call)
    #expect(Sudo.Call<RuntimeCall>.setKey(new: .index).encoded() == [2, 1])
    #expect(Sudo.Call<RuntimeCall>.sudoAs(who: .index, call: .system(.remark(remark: []))).encoded() == [3, 1, 0, 0, 0])
  }

  @Test func nestingIsBoundedAndCostsNoMoreThanItsDepth() throws {
    func nested(_ levels: Int) -> [UInt8] {
      Array(repeatElement([UInt8(30), UInt8(0)], count: levels).joined()) + [0, 0, 0]
    }
    #expect(throws: ScaleError.self) { try RuntimeCall(decoding: nested(100)) }
    let call = try RuntimeCall(decoding: nested(30))
    #expect(call.info.weight.refTime.value > 30 * Weight.of(reads: 1).refTime.value)
  }

  @Test func weightAndClassAreTheInnerCalls() {
    #expect(TestSudo.info(of: .sudo(call: setCell)).class == .operational)
    #expect(TestSudo.info(of: .sudo(call: setCell)).weight.exceeds(setCell.info.weight))
    #expect(TestSudo.info(of: .setKey(new: .index)).class == .normal)
  }
}

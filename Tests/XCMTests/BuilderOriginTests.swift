import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let account = AccountID(words: Words32(1, 0, 0, 0))
private let kinds: [OriginKind] = [.native, .sovereignAccount, .superuser, .xcm]
private let places: [Location] = [
  .here, .parent, World.market, World.alice, Location(parents: 1, .para(2000), .account(account)), Location(parents: 2),
  Location(.account(account, network: World.network)), Location(.account(account, network: .polkadot)),
  Location(.palletInstance(3)), Location(.account(account), .onlyChild),
]

/// Everything that a converter has an origin for, among all places and kinds.
private func origins(_ converter: any OriginConverter) -> [String: Origin] {
  let state = ExecutionContext.fresh()
  var result: [String: Origin] = [:]
  for place in places {
    for kind in kinds { result["\(kind) \(place)"] = converter.origin(of: place, kind: kind, in: state) }
  }
  return result
}

@Suite("Origin converters") struct OriginConverterTests {
  @Test("a sovereign account signs for what the locations' converter knows, and for that kind only")
  func sovereign() {
    let sibling = SiblingAccount().account(of: World.market) ?? .zero
    #expect(
      origins(SovereignSignedViaLocation(SiblingAccount())) == ["sovereignAccount \(World.market)": .signed(sibling)])
    #expect(
      origins(SovereignSignedViaLocation(LocalAccount())) == ["sovereignAccount \(World.alice)": .signed(account)])
  }

  @Test("a local account is itself, with no network or with this one")
  func signed() {
    #expect(origins(SignedAccountID32AsNative()) == ["native \(World.alice)": .signed(account)])
    let named = Location(.account(account, network: World.network))
    let both = ["native \(World.alice)": Origin.signed(account), "native \(named)": .signed(account)]
    #expect(origins(SignedAccountID32AsNative(network: World.network)) == both)
    #expect(origins(SignedAccountID32AsNative { _ in World.network }) == both)
  }

  @Test("chains are themselves")
  func chains() {
    #expect(
      origins(SiblingParachainAsNative()) == ["native \(World.market)": .xcm(location: World.market.encoded())])
    #expect(origins(ParentAsNative()) == ["native ..": .xcm(location: Location.parent.encoded())])
  }

  @Test("root goes to the parent or to listed locations, and only on asking for it")
  func root() {
    #expect(origins(ParentAsSuperuser()) == ["superuser ..": .root])
    #expect(
      origins(LocationAsSuperuser(.only(World.market, World.alice)))
        == ["superuser \(World.market)": .root, "superuser \(World.alice)": .root])
    #expect(origins(LocationAsSuperuser(.nothing)) == [:])
  }

  @Test("a location passes as it is, readable again")
  func passthrough() throws {
    let found = origins(XcmPassthrough())
    #expect(found.count == places.count)
    for place in places {
      #expect(found["xcm \(place)"] == .xcm(location: place.encoded()))
      #expect(try Location(decoding: place.encoded()) == place)
    }
  }

  @Test("the first converter that has an origin answers")
  func first() {
    let market = SiblingAccount().account(of: World.market) ?? .zero
    let first = FirstOrigin(
      LocationAsSuperuser(.only(World.market)), SovereignSignedViaLocation(SiblingAccount()), ParentAsSuperuser())
    #expect(
      origins(first) == [
        "superuser \(World.market)": .root, "sovereignAccount \(World.market)": .signed(market), "superuser ..": .root,
      ])
    #expect(origins(FirstOrigin()) == [:])
    let described = FirstOrigin(
      SovereignSignedViaLocation(LocalAccount()),
      SovereignSignedViaLocation(FirstConverter(SiblingAccount(), ParentAccount())))
    #expect(origins(described).count == 3)
  }
}

@Suite("Call dispatcher") struct CallDispatcherTests {
  private typealias Dispatcher = CallDispatcher<BuilderSetup>

  private static func dispatch(
    _ call: [UInt8], from origin: Location = World.market, _ kind: OriginKind = .native, in state: ExecutionContext
  ) -> Result<TransactResult, XcmError> {
    do throws(XcmError) { return .success(try Dispatcher.dispatch(call, origin: origin, kind: kind, in: state)) } catch {
      return .failure(error)
    }
  }

  @Test(
    "bytes that are not exactly one call do not decode",
    arguments: [
      [], [9], [0], [0, 1, 2, 3], BuilderCall.note(1).encoded() + [0], BuilderCall.forbidden.encoded() + [3],
      Array(repeating: 4, count: 5000), Array(repeating: 4, count: 5000) + [3],
    ] as [[UInt8]])
  func strict(_ call: [UInt8]) {
    let state = ExecutionContext.fresh()
    #expect(Self.dispatch(call, in: state) == .failure(.failedToDecode))
    #expect(throws: XcmError.failedToDecode) { try Dispatcher.weight(of: call, in: state) }
    #expect(state.changes().isEmpty)
  }

  @Test("a call that is not for programs is refused before anybody asks for its origin")
  func filtered() {
    let state = ExecutionContext.fresh()
    for kind in kinds {
      #expect(Self.dispatch(BuilderCall.forbidden.encoded(), kind, in: state) == .failure(.noPermission))
    }
    #expect(state.changes().isEmpty)
  }

  @Test("a location without an origin of this kind is refused")
  func badOrigin() {
    let state = ExecutionContext.fresh()
    let call = BuilderCall.note(1).encoded()
    #expect(Self.dispatch(call, from: World.market, .superuser, in: state) == .failure(.badOrigin))
    #expect(Self.dispatch(call, from: World.alice, .sovereignAccount, in: state) == .failure(.badOrigin))
    #expect(Self.dispatch(call, from: Location(.palletInstance(3)), .native, in: state) == .failure(.badOrigin))
    #expect(state.changes().isEmpty)
  }

  @Test(
    "a call gets the origin of its kind",
    arguments: [
      (World.market, OriginKind.native, [3] + World.market.encoded()), (World.alice, .native, [2] + account.bytes),
      (World.market, .sovereignAccount, [2] + (SiblingAccount().account(of: World.market) ?? .zero).bytes),
      (.parent, .superuser, [0]), (World.studio, .xcm, [3] + World.studio.encoded()),
    ])
  func kind(_ origin: Location, _ kind: OriginKind, _ tag: [UInt8]) {
    let state = ExecutionContext.fresh()
    let weight = Weight(refTime: 100, proofSize: 7)
    #expect(
      Self.dispatch(BuilderCall.note(8).encoded(), from: origin, kind, in: state)
        == .success(TransactResult(status: .success, declared: weight, actual: weight)))
    #expect(BuilderWorld.number(in: state) == 8 && BuilderWorld.origin(in: state) == tag)
  }

  @Test("a call that fails leaves no trace and tells its error")
  func failed() throws {
    let state = ExecutionContext.fresh()
    let result = try Self.dispatch(BuilderCall.fail(8).encoded(), in: state).get()
    #expect(result.status == .error(try #require(BoundedVector(BuilderCall.failure.encoded()))))
    #expect(result.declared == Weight(refTime: 200) && result.actual == result.declared)
    #expect(state.changes().isEmpty && state.events.isEmpty)
    let governed = try Self.dispatch(BuilderCall.govern.encoded(), in: state).get()
    #expect(governed.status == .error(try #require(BoundedVector(DispatchError.badOrigin.encoded()))))
    let nested = BuilderCall.nested(.fail(3))
    #expect(try Self.dispatch(nested.encoded(), in: state).get().declared == Weight(refTime: 201))
    #expect(state.changes().isEmpty && state.events.isEmpty)
  }

  @Test("the weight of a call is what it declares")
  func weight() throws {
    let state = ExecutionContext.fresh()
    for call in [BuilderCall.note(1), .fail(2), .govern, .forbidden, .nested(.note(1))] {
      #expect(try Dispatcher.weight(of: call.encoded(), in: state) == call.info.weight)
    }
  }

  @Test("errors are told whole up to 128 bytes", arguments: [0, 1, 127, 128, 129, 4000])
  func truncated(_ length: Int) throws {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    let head = try #require(BoundedVector<UInt8, 128>(Array(bytes.prefix(128))))
    #expect(MaybeErrorCode(truncating: bytes) == (length <= 128 ? .error(head) : .truncatedError(head)))
  }

  @Test("in a program, the status is a register and a failing call fails nothing")
  func program() throws {
    let state = ExecutionContext.fresh()
    let unpaid = Instruction.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)
    func transact(_ call: BuilderCall, _ kind: OriginKind = .native) -> Instruction {
      .transact(originKind: kind, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded()))
    }
    let failed = MaybeErrorCode(truncating: BuilderCall.failure.encoded())
    let good = BuilderConfig.run(
      [
        unpaid, transact(.note(4)), .expectTransactStatus(.success), transact(.fail(9)), .expectTransactStatus(failed),
        .clearTransactStatus, .expectTransactStatus(.success),
      ], in: state)
    #expect(good.outcome == .complete(used: World.unit.multiplied(by: 7).adding(Weight(refTime: 300, proofSize: 7))))
    #expect(BuilderWorld.number(in: state) == 4)
    let refused = BuilderConfig.run([unpaid, transact(.note(5), .superuser), transact(.note(6))], in: state)
    #expect(refused.outcome.failure?.error == .badOrigin && refused.outcome.failure?.index == 1)
    let filtered = BuilderConfig.run([unpaid, transact(.forbidden)], in: state)
    #expect(filtered.outcome.failure?.error == .noPermission && BuilderWorld.number(in: state) == 4)
  }
}

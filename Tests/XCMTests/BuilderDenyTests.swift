import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

/// Instructions that hide a program which runs here.
private enum Wrapper: CaseIterable {
  case appendix
  case errorHandler
  case executeWithOrigin

  func around(_ program: Xcm) -> Xcm {
    switch self {
    case .appendix: [.clearError, .setAppendix(program)]
    case .errorHandler: [.setErrorHandler(program), .clearError]
    case .executeWithOrigin: [.executeWithOrigin(descendantOrigin: nil, xcm: program)]
    }
  }

  /// All ways to put `count` wrappers around one another.
  static func chains(_ count: Int) -> [[Wrapper]] {
    count == 0 ? [[]] : chains(count - 1).flatMap { chain in allCases.map { chain + [$0] } }
  }
}

private func objection(
  _ rule: any XcmDenyRule, _ program: Xcm, from origin: Location = World.market
) -> BarrierRefusal? {
  do throws(BarrierRefusal) {
    try rule.check(program.instructions[...], from: origin, maxWeight: World.unit, in: .fresh())
    return nil
  } catch { return error }
}

private let assets = AssetFilter.wild(.all)
private let toRelay = Instruction.depositReserveAsset(assets: assets, dest: .parent, xcm: [])

@Suite("Deny rules") struct DenyRuleTests {
  private static func transfer(
    _ filter: AssetTransferFilter?, fees: AssetTransferFilter? = nil, to destination: Location = .parent
  ) -> Instruction {
    .initiateTransfer(
      destination: destination, remoteFees: fees, preserveOrigin: false,
      assets: filter.flatMap { BoundedVector([$0]) } ?? BoundedVector(), remoteXcm: [])
  }

  @Test(
    "assets reach the relay chain by no kind of reserve",
    arguments: [
      (toRelay, true), (.initiateReserveWithdraw(assets: assets, reserve: .parent, xcm: []), true),
      (.transferReserveAsset(assets: .home(1), dest: .parent, xcm: []), true),
      (transfer(.reserveDeposit(assets)), true), (transfer(.reserveWithdraw(assets)), true),
      (transfer(nil, fees: .reserveWithdraw(assets)), true),
      (transfer(.teleport(assets), fees: .teleport(assets)), false),
      (transfer(.reserveDeposit(assets), to: World.market), false),
      (.initiateTeleport(assets: assets, dest: .parent, xcm: []), false),
      (.depositReserveAsset(assets: assets, dest: World.market, xcm: []), false),
      (.depositReserveAsset(assets: assets, dest: Location(parents: 1, .onlyChild), xcm: []), false),
      (.initiateReserveWithdraw(assets: assets, reserve: .here, xcm: []), false),
      (.transferReserveAsset(assets: .home(1), dest: World.market, xcm: []), false),
      (.reserveAssetDeposited(.home(1)), false),
    ])
  func relay(_ instruction: Instruction, _ denied: Bool) {
    let rule = DenyReserveTransferToRelayChain()
    #expect(objection(rule, [instruction]) == (denied ? .unsupported : nil))
    #expect(objection(rule, [.clearOrigin, .clearError, instruction]) == (denied ? .unsupported : nil), "in any place")
    #expect(objection(rule, [.setAppendix([instruction])]) == nil, "this rule reads the outermost program")
    #expect(objection(DenyRecursively(rule), [.setAppendix([instruction])]) == (denied ? .unsupported : nil))
  }

  @Test("hidden instructions are found in every nesting", arguments: 0...8)
  func hidden(_ depth: Int) {
    let rule = DenyRecursively(DenyReserveTransferToRelayChain())
    for chain in Wrapper.chains(depth) {
      let hidden = chain.reduce(Xcm([.clearOrigin, toRelay])) { $1.around($0) }
      let harmless = chain.reduce(Xcm([.clearOrigin])) { $1.around($0) }
      #expect(objection(rule, hidden) == .unsupported, "\(chain)")
      #expect(objection(rule, harmless) == nil, "\(chain)")
    }
  }

  @Test("of several programs inside one, each is read")
  func siblings() {
    let rule = DenyRecursively(DenyReserveTransferToRelayChain())
    for place in 0..<4 {
      var program = Xcm(
        (0..<4).map { _ in .setAppendix([.executeWithOrigin(descendantOrigin: nil, xcm: [.clearError])]) })
      #expect(objection(rule, program) == nil)
      program.instructions[place] = .setAppendix([
        .clearError, .executeWithOrigin(descendantOrigin: nil, xcm: [toRelay]),
      ])
      #expect(objection(rule, program) == .unsupported, "program \(place)")
    }
  }

  @Test("programs that run elsewhere are not read")
  func remote() {
    let rule = DenyRecursively(DenyReserveTransferToRelayChain())
    let carriers: [Instruction] = [
      .depositReserveAsset(assets: assets, dest: World.market, xcm: [toRelay]),
      .initiateTeleport(assets: assets, dest: World.market, xcm: [toRelay]),
      .exportMessage(network: .polkadot, destination: .here, xcm: [toRelay]),
    ]
    for carrier in carriers {
      #expect(objection(rule, [carrier]) == nil && objection(rule, [.setAppendix([carrier])]) == nil)
    }
  }

  @Test("what is nested too deep is refused unread", arguments: Wrapper.allCases.indices)
  func bound(_ index: Int) {
    let wrapper = Wrapper.allCases[index]
    let rule = DenyRecursively(DenyReserveTransferToRelayChain())
    func nested(_ levels: Int) -> Xcm {
      (0..<levels).reduce(Xcm([.clearError])) { program, _ in wrapper.around(program) }
    }
    #expect(DenyRecursively.standardDepth == XcmExecutor<BuilderConfig>.recursionLimit)
    #expect(objection(rule, nested(10)) == nil)
    #expect(objection(rule, nested(11)) == .stackLimitReached)
    #expect(
      objection(DenyRecursively(DenyReserveTransferToRelayChain(), maximumDepth: 0), nested(1)) == .stackLimitReached)
    #expect(objection(DenyRecursively(DenyReserveTransferToRelayChain(), maximumDepth: 0), nested(0)) == nil)
  }

  @Test("a rule may name instructions by origin, and the first objection of a list is the reason")
  func own() {
    let traps = DenyInstructions { instruction, origin, _ in
      if case .trap = instruction { origin == World.market } else { false }
    }
    #expect(objection(traps, [.clearError, .trap(1)]) == .unsupported)
    #expect(objection(traps, [.trap(1)], from: World.studio) == nil)
    #expect(objection(traps, []) == nil)
    let list = AnyDenyRule(DenyRecursively(traps, maximumDepth: 0), DenyReserveTransferToRelayChain())
    #expect(objection(list, [.setAppendix([.clearError]), toRelay]) == .stackLimitReached)
    #expect(objection(list, [toRelay]) == .unsupported)
    #expect(objection(list, [.clearError]) == nil && objection(AnyDenyRule(), [toRelay]) == nil)
  }

  @Test("a denial outweighs every permission, and leaves no trace")
  func denyThenTry() {
    let barrier = DenyThenTry(
      DenyRecursively(DenyReserveTransferToRelayChain()),
      AnyBarrier(TakeWeightCredit(), AllowUnpaidExecution(from: .only(World.market))))
    var properties = BarrierProperties(weightCredit: World.unit)
    var denied = Xcm([.setErrorHandler([toRelay])]).instructions[...]
    #expect(throws: BarrierRefusal.unsupported) {
      try barrier.admit(&denied, from: World.market, maxWeight: World.unit, properties: &properties, in: .fresh())
    }
    #expect(properties.weightCredit == World.unit)
    var fine = Xcm([.setErrorHandler([.clearError])]).instructions[...]
    #expect(throws: Never.self) {
      try barrier.admit(&fine, from: World.market, maxWeight: World.unit, properties: &properties, in: .fresh())
    }
    #expect(properties.weightCredit == .zero)
    #expect(throws: BarrierRefusal.unsupported) {
      try barrier.admit(&fine, from: World.studio, maxWeight: World.unit, properties: &properties, in: .fresh())
    }
  }

  @Test("a denied program does not run at all", arguments: 1...4)
  func executor(_ depth: Int) {
    for chain in Wrapper.chains(depth) {
      let state = ExecutionContext.fresh()
      let call = Instruction.transact(
        originKind: .native, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: BuilderCall.note(3).encoded()))
      let hidden = chain.reduce(Xcm([toRelay])) { $1.around($0) }
      let unpaid = Instruction.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)
      let result = BuilderConfig.run(Xcm([unpaid, call] + hidden.instructions), in: state)
      #expect(result.outcome.failure?.error == .barrier && result.outcome.failure?.index == 0)
      #expect(state.changes().isEmpty && state.events.isEmpty)
    }
  }
}

public import PalletSupport
internal import Primitives
internal import ScaleCodec

/// Refuses what a rule denies and leaves the rest to a barrier.
public struct DenyThenTry: XcmBarrier {
  private let deny: any XcmDenyRule
  private let allow: any XcmBarrier

  public init(_ deny: any XcmDenyRule, _ allow: any XcmBarrier) {
    self.deny = deny
    self.allow = allow
  }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    try deny.check(program, from: origin, maxWeight: maxWeight, in: state)
    try allow.admit(&program, from: origin, maxWeight: maxWeight, properties: &properties, in: state)
  }
}

/// Denies what any rule of a list denies; the first objection in order is the reason.
public struct AnyDenyRule: XcmDenyRule {
  private let rules: [any XcmDenyRule]

  public init(_ rules: any XcmDenyRule...) { self.rules = rules }

  public func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    for rule in rules { try rule.check(program, from: origin, maxWeight: maxWeight, in: state) }
  }
}

/// Denies programs with an instruction that a closure names. Looks at the program itself only; see
/// ``DenyRecursively`` for what is inside it.
public struct DenyInstructions: XcmDenyRule {
  /// Whether a program of this origin must not have this instruction.
  public typealias Rule = @Sendable (_ instruction: Instruction, _ origin: Location, ExecutionContext) -> Bool

  private let isDenied: Rule

  public init(_ isDenied: @escaping Rule) { self.isDenied = isDenied }

  public func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    for instruction in program where isDenied(instruction, origin, state) { throw .unsupported }
  }
}

/// Denies programs that move assets to the relay chain by way of a reserve.
///
/// The relay chain is no place to keep another chain's assets in, and its own come back by teleport. Names every
/// instruction that would do it, `InitiateTransfer` with a reserve filter among them.
public struct DenyReserveTransferToRelayChain: XcmDenyRule {
  public init() {}

  public func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    for instruction in program where Self.isReserveTransferToRelayChain(instruction) { throw .unsupported }
  }

  private static func isReserveTransferToRelayChain(_ instruction: Instruction) -> Bool {
    switch instruction {
    case .initiateReserveWithdraw(_, let target, _), .depositReserveAsset(_, let target, _),
      .transferReserveAsset(_, let target, _):
      target == .parent
    case .initiateTransfer(let target, let fees, _, let assets, _):
      target == .parent && (assets.items + [fees].compactMap { $0 }).contains(where: isByReserve)
    default: false
    }
  }

  private static func isByReserve(_ filter: AssetTransferFilter) -> Bool {
    switch filter {
    case .teleport: false
    case .reserveDeposit, .reserveWithdraw: true
    }
  }
}

/// Applies a rule to a program and to every program inside it that would run here: those of `SetAppendix`,
/// `SetErrorHandler` and `ExecuteWithOrigin`, at every depth.
///
/// Programs that run elsewhere are judged there.
public struct DenyRecursively: XcmDenyRule {
  /// Levels of nesting that are looked into unless the rule says otherwise: as many as the executor runs.
  public static let standardDepth = 10

  private let inner: any XcmDenyRule
  private let maximumDepth: Int

  /// - Parameter maximumDepth: Levels below the outermost program to look into; a program that is nested deeper is
  ///   refused unread.
  public init(_ inner: any XcmDenyRule, maximumDepth: Int = DenyRecursively.standardDepth) {
    self.inner = inner
    self.maximumDepth = maximumDepth
  }

  public func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    try check(program, from: origin, maxWeight: maxWeight, levelsLeft: maximumDepth, in: state)
  }

  private func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, levelsLeft: Int,
    in state: ExecutionContext
  ) throws(BarrierRefusal) {
    try inner.check(program, from: origin, maxWeight: maxWeight, in: state)
    for case let nested? in program.lazy.map(\.localProgram) {
      guard levelsLeft > 0 else { throw .stackLimitReached }
      try check(
        nested.instructions[...], from: origin, maxWeight: maxWeight, levelsLeft: levelsLeft - 1, in: state)
    }
  }
}

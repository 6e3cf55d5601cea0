public import PalletSupport
public import Primitives
internal import ScaleCodec

/// Why a barrier does not let a program through.
/// - SeeAlso: Substrate `ProcessMessageError`.
public enum BarrierRefusal: Error, Hashable, Sendable {
  /// The program does not have the shape that the barrier asks for.
  case badFormat
  /// The origin is not one that the barrier serves, or the program does what it must not.
  case unsupported
  /// The program weighs this much, more than was paid or credited.
  case overweight(Weight)
  /// Not now: try again later.
  case yield
  /// Programs are nested deeper than the barrier looks.
  case stackLimitReached
}

/// What a barrier may use up or find out.
public struct BarrierProperties: Hashable, Sendable {
  /// Weight that somebody has paid already.
  public var weightCredit: Weight
  /// The message's id, when the program carries one.
  public var messageID: H256?

  public init(weightCredit: Weight = .zero, messageID: H256? = nil) {
    self.weightCredit = weightCredit
    self.messageID = messageID
  }
}

/// Decides whether a program may run. Small barriers compose into lists and around one another.
public protocol XcmBarrier: Sendable {
  /// Returns when the program may run.
  ///
  /// - Parameters:
  ///   - program: What to judge; a barrier may tighten a weight limit in it.
  ///   - maxWeight: What the weigher found for the whole program.
  /// - Throws: A refusal; `program` and `properties` are then of no use.
  func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal)
}

/// Names programs that must not run, whoever pays for them. ``DenyThenTry`` makes a barrier of it.
public protocol XcmDenyRule: Sendable {
  /// Returns when the rule has nothing against the program.
  /// - Throws: Why the program must not run.
  func check(
    _ program: ArraySlice<Instruction>, from origin: Location, maxWeight: Weight, in state: ExecutionContext
  ) throws(BarrierRefusal)
}

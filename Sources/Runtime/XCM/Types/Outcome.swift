public import PalletSupport
public import ScaleCodec

/// An error and the instruction that raised it.
@ScaleCodable(path: "staging_xcm::v5::traits::InstructionError")
public struct InstructionError: Hashable, Sendable {
  /// Position in its own program; for an error in an error handler or appendix, the position there.
  public var index: UInt8
  public var error: XcmError

  public init(index: UInt8, error: XcmError) {
    self.index = index
    self.error = error
  }
}

/// How the execution of a program ended.
/// - SeeAlso: XCM v5 `Outcome`.
@ScaleCodable(path: "staging_xcm::v5::traits::Outcome")
public enum Outcome: Hashable, Sendable {
  /// Every instruction succeeded, or an error was cleared.
  @ScaleIndex(0) case complete(used: Weight)
  /// An error stands. Effects of instructions before it remain.
  @ScaleIndex(1) case incomplete(used: Weight, error: InstructionError)
  /// Nothing was executed.
  @ScaleIndex(2) case error(InstructionError)

  /// Weight to account for.
  public var weightUsed: Weight {
    switch self {
    case .complete(let used), .incomplete(let used, _): used
    case .error: .zero
    }
  }

  /// The error that stands at the end, if any.
  public var failure: InstructionError? {
    switch self {
    case .complete: nil
    case .incomplete(_, let error), .error(let error): error
    }
  }
}

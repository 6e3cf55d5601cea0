internal import EchoRuntime
internal import PalletLightClients
internal import PalletMessages
public import PalletSupport

/// What a failed submission means for the relayer.
public enum Verdict: Hashable, Sendable {
  /// Somebody else did it, or the state that the plan was made from has passed. Read again.
  case obsolete
  /// The light client does not have the height: its update failed. Read again after a while.
  case clientBehind
  /// The lane is stopped or full. Read again after a while.
  case notNow
  /// Something in the batch does not hold. Bisect it.
  case poison

  /// Judges why a call failed.
  public init(_ error: DispatchError) {
    guard case .module(let module) = error else {
      self = .poison
      return
    }
    switch module.index {
    case MessagesConfig.palletIndex: self = Messages.Failure(rawValue: module.number).map { Verdict($0) } ?? .poison
    case LightClientsConfig.palletIndex:
      self = LightClients.Failure(rawValue: module.number) == .alreadyKnown ? .obsolete : .clientBehind
    default: self = .poison
    }
  }

  private init(_ failure: Messages.Failure) {
    switch failure {
    case .nothingNew, .alreadySettled, .tooLate, .wasReceived, .notYetExpired, .outOfOrder: self = .obsolete
    case .unknownLane, .wrongStatus, .tooManyReceipts, .tooManyRelayers, .congested, .modeMismatch: self = .notNow
    case .laneExists, .invalidRange, .messageOverLimits, .invalidProof, .missingFromProof, .invalidRow, .neverSent,
      .wrongReceipt, .notDrained, .invalidLane:
      self = .poison
    }
  }
}

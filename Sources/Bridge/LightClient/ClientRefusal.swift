public import Finality
public import Primitives

/// Why a light client did not take what it was given. Nothing was changed.
public enum ClientRefusal: Error, Equatable, Sendable {
  /// The client is frozen, expired or not approved.
  case notActive(ClientStatus)
  /// A certificate, leaf or header does not hold.
  case verification(StepFailure)
  /// The commitment's time lies further ahead than the drift allows; in milliseconds.
  case aheadOfClock(timestamp: Milliseconds, latest: Milliseconds)
  /// The commitment is older than the trusting period; in milliseconds.
  case outsideTrustingPeriod(timestamp: Milliseconds, earliest: Milliseconds)
  /// The next set signed, and no leaf shows the set after it.
  case handoverMissing(set: UInt64)
  /// A leaf was given where none is needed.
  case handoverUnexpected
  /// The leaf shows another set than the one after the next.
  case handoverToWrongSet(found: UInt64, after: UInt64)
  /// The height is older than those that are kept.
  case heightPruned(number: BlockNumber, oldest: BlockNumber)
  /// The set did not sign at the neighbouring heights of this one.
  case setOutOfOrder(set: UInt64, number: BlockNumber)
  /// The height was never accepted, or has been pruned.
  case unknownHeight(BlockNumber)
  /// The height may be used later only; in the host's milliseconds.
  case tooEarly(usableFrom: Milliseconds)
  /// The evidence shows no fault.
  case noMisbehaviour
  /// The client cannot be created like this.
  case setup(SetupFault)

  /// The step of a verification that the refusal belongs to.
  public var step: VerificationStep {
    switch self {
    case .verification(let failure): failure.step
    case .notActive, .aheadOfClock, .outsideTrustingPeriod, .heightPruned, .setup: .trustAnchor
    case .setOutOfOrder: .validatorSet
    case .handoverMissing, .handoverUnexpected, .handoverToWrongSet: .mmrLeaf
    case .unknownHeight, .tooEarly: .header
    case .noMisbehaviour: .message
    }
  }
}

/// What is wrong with the values that a client would start from.
public enum SetupFault: Error, Equatable, Sendable {
  /// The genesis hash is zero, or not the trusted commitment's.
  case genesis
  /// The trusted commitment is of height 0 or has a zero root or hash.
  case emptyCommitment
  /// The trusted commitment was not signed by the current set.
  case notSignedByCurrentSet(found: UInt64, current: UInt64)
  /// The next set's id is not one higher than the current one's.
  case nextSetNotSuccessor(current: UInt64, next: UInt64)
  /// A set is empty, too large, or has a zero root.
  case implausibleSet(ValidatorSetSummary)
  /// The trusting period is zero or above ``ClientState/maximumTrustingPeriod``; in milliseconds.
  case trustingPeriod(Milliseconds)
  /// The drift or the update delay is not below the trusting period.
  case drift
  /// The trusted commitment is older than the trusting period.
  case tooOld
  /// The trusted commitment's time lies further ahead of the host than the drift allows.
  case aheadOfClock
}

extension ClientRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notActive(let status): "light client: is \(status)"
    case .verification(let failure): "light client: \(failure)"
    case .aheadOfClock(let time, let latest):
      "light client: commitment of time \(time) ms, at most \(latest) ms allowed"
    case .outsideTrustingPeriod(let time, let earliest):
      "light client: commitment of time \(time) ms, trusted from \(earliest) ms on"
    case .handoverMissing(let set): "light client: set \(set) signed without a leaf that shows the set after it"
    case .handoverUnexpected: "light client: a leaf was given though the current set signed"
    case .handoverToWrongSet(let found, let after): "light client: leaf shows set \(found), not the one after \(after)"
    case .heightPruned(let number, let oldest): "light client: block \(number) is older than the oldest kept, \(oldest)"
    case .setOutOfOrder(let set, let number): "light client: set \(set) does not sign at block \(number)"
    case .unknownHeight(let number): "light client: block \(number) is not known"
    case .tooEarly(let from): "light client: height may be used from \(from) ms on"
    case .noMisbehaviour: "light client: evidence shows no fault"
    case .setup(let fault): "light client: \(fault)"
    }
  }
}

extension SetupFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .genesis: "genesis hash is zero or not the trusted commitment's"
    case .emptyCommitment: "trusted commitment is of height 0 or has a zero hash"
    case .notSignedByCurrentSet(let found, let current): "trusted commitment is of set \(found), current is \(current)"
    case .nextSetNotSuccessor(let current, let next): "next set \(next) does not follow current set \(current)"
    case .implausibleSet(let set): "set \(set.id) of \(set.length) validators with root \(set.root) cannot be"
    case .trustingPeriod(let period): "trusting period of \(period) ms is zero or over 14 days"
    case .drift: "drift or update delay is not below the trusting period"
    case .tooOld: "trusted commitment is older than the trusting period"
    case .aheadOfClock: "trusted commitment lies ahead of the host's clock"
    }
  }
}

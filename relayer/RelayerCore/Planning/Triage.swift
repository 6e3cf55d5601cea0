public import Lanes
public import Primitives

/// Why a message cannot be relayed at present.
public enum FailureReason: Hashable, Sendable, CustomStringConvertible {
  /// The chain ran the call and refused it.
  case dispatch(String)
  /// The node did not take the extrinsic.
  case refused(String)
  /// The node gave no proof.
  case unprovable(String)

  public var description: String {
    switch self {
    case .dispatch(let text): "refused by the chain: \(text)"
    case .refused(let text): "refused by the node: \(text)"
    case .unprovable(let text): "no proof: \(text)"
    }
  }
}

/// A message that failed alone, and when it is tried again.
public struct DeadLetter: Hashable, Sendable {
  public var reason: FailureReason
  public var attempts: Int
  /// Milliseconds since 1970.
  public var retryAt: Milliseconds

  public init(reason: FailureReason, attempts: Int, retryAt: Milliseconds) {
    self.reason = reason
    self.attempts = attempts
    self.retryAt = retryAt
  }
}

/// Finds the message that makes a batch fail: a failed batch is tried again in two halves, down to single messages.
///
/// Holds at most one entry for each unsettled message of a lane.
public struct Triage: Hashable, Sendable {
  /// A batch may not go on past these nonces: it ends before each of them.
  public private(set) var splits: Set<Nonce> = []
  /// Messages that failed alone.
  public private(set) var letters: [Nonce: DeadLetter] = [:]

  /// The wait after the first failure, in milliseconds; doubles with each further one.
  public static let firstWait: Milliseconds = 5000
  /// The longest wait.
  public static let longestWait: Milliseconds = 600_000

  public init() {}

  /// Whether a message is not waiting for a later attempt.
  public func mayTry(_ nonce: Nonce, at now: Milliseconds) -> Bool { letters[nonce].map { now >= $0.retryAt } ?? true }

  /// Whether two messages may not be in one batch.
  public func breaks(between first: Nonce, and second: Nonce) -> Bool {
    // A message that failed before is tried alone.
    if letters[first] != nil || letters[second] != nil { return true }
    return splits.contains(second)
  }

  /// Notes that a batch failed for a reason that lies in it.
  /// - Parameter nonces: Ascending.
  public mutating func failed(_ nonces: [Nonce], _ reason: FailureReason, at now: Milliseconds) {
    if nonces.count > 1 {
      splits.insert(nonces[nonces.count / 2])
      // The batch's own bounds stay, so that the halves do not grow together with their neighbours.
      splits.insert(nonces[0])
      splits.insert(nonces[nonces.count - 1].addingSaturating(1))
    } else if let nonce = nonces.first {
      let attempts = (letters[nonce]?.attempts ?? 0) + 1
      let wait = min(Self.longestWait, Self.firstWait << Milliseconds(min(attempts - 1, 16)))
      letters[nonce] = DeadLetter(reason: reason, attempts: attempts, retryAt: now.addingSaturating(wait))
    }
  }

  /// Forgets everything about messages that are no longer to be relayed.
  /// - Parameter pending: Ascending nonces that still are.
  public mutating func retain(_ pending: [Nonce]) {
    if splits.isEmpty, letters.isEmpty { return }
    guard let first = pending.first, let last = pending.last else {
      (splits, letters) = ([], [:])
      return
    }
    let known = Set(pending)
    letters = letters.filter { known.contains($0.key) }
    splits = splits.filter { $0 > first && $0 <= last }
  }
}

/// The triage of everything that one end of a path submits.
public struct LaneTriage: Hashable, Sendable {
  public var deliveries = Triage()
  public var confirmations = Triage()
  public var timeouts = Triage()

  public init() {}

  /// Messages on the dead-letter lists.
  public var letterCount: Int { deliveries.letters.count + confirmations.letters.count + timeouts.letters.count }
}

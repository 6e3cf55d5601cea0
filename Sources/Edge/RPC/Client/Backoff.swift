/// How long to wait between attempts: doubling from `initial` to `maximum`, half of it random.
///
/// The random half keeps clients of a restarted server from coming back all at once.
public struct Backoff: Hashable, Sendable {
  /// Upper bound of the first wait.
  public var initial: Duration
  /// Upper bound of every wait.
  public var maximum: Duration
  /// Waits handed out since the last success.
  public private(set) var failures = 0

  /// Waits from `initial` up to `maximum`.
  public init(initial: Duration = .milliseconds(100), maximum: Duration = .seconds(10)) {
    self.initial = initial
    self.maximum = maximum
  }

  /// The next wait: between half and all of min(`initial` × 2^failures, `maximum`).
  public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
    let ceiling = min(maximum, initial * (1 << min(failures, 20)))
    failures += 1
    return ceiling / 2 + ceiling / 2 * Double.random(in: 0...1, using: &random)
  }

  /// Starts again from `initial`.
  public mutating func succeeded() { failures = 0 }
}

import Foundation

/// Measures work by the processor time of the calling thread, which other programs on the machine disturb less than
/// they do a wall clock.
struct Stopwatch {
  /// What one call costs.
  struct Result: Sendable {
    /// Nanoseconds of processor time: the median over the rounds.
    var median: Double
    /// Nanoseconds in the fastest round.
    var best: Double

    /// Calls in a second.
    var perSecond: Double { median > 0 ? 1e9 / median : 0 }
  }

  /// Rounds that are measured, after one that is not.
  let rounds: Int
  /// Processor time that one round is meant to last, in nanoseconds.
  let round: Double

  /// - Parameter seconds: For all rounds of one measurement.
  init(seconds: Double, rounds: Int = 7) {
    self.rounds = rounds
    round = seconds * 1e9 / Double(rounds + 2)
  }

  /// Runs `body` as often as fits.
  func measure(_ body: @escaping () -> Void) -> Result { measureTogether([body])[0] }

  /// Measures several kinds of work by turns, so that what slows the machine down slows them all.
  ///
  /// Each has its share of the time of one measurement.
  func measureTogether(_ bodies: [() -> Void]) -> [Result] {
    times(of: bodies).map { times in
      let sorted = times.sorted()
      return Result(median: sorted[sorted.count / 2], best: sorted[0])
    }
  }

  /// How much longer `large` takes than `small`, in nanoseconds: the median of the differences within each round, which
  /// a slow spell of the machine changes less than the difference of two medians.
  func measureDifference(_ small: @escaping () -> Void, _ large: @escaping () -> Void) -> Double {
    let times = times(of: [small, large])
    let differences = zip(times[0], times[1]).map { $1 - $0 }.sorted()
    return differences[differences.count / 2]
  }

  /// Nanoseconds of one call in every round, for each kind of work.
  private func times(of bodies: [() -> Void]) -> [[Double]] {
    let counts = bodies.map { calls(of: $0, within: round / Double(bodies.count)) }
    var times = [[Double]](repeating: [], count: bodies.count)
    for _ in 0..<rounds {
      for (place, body) in bodies.enumerated() {
        times[place].append(Self.time(counts[place], body) / Double(counts[place]))
      }
    }
    return times
  }

  /// How many calls fill a span. Warms up on the way.
  private func calls(of body: () -> Void, within nanoseconds: Double) -> Int {
    var count = 1
    while true {
      let time = Self.time(count, body)
      if time >= nanoseconds / 4 || count >= 1 << 28 { return max(1, Int(Double(count) * nanoseconds / max(time, 1))) }
      count *= 2
    }
  }

  /// Nanoseconds of processor time that `count` calls take.
  private static func time(_ count: Int, _ body: () -> Void) -> Double {
    let start = now()
    for _ in 0..<count { body() }
    return now() - start
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}

/// Keeps a result from being optimised away.
@inline(never) func keep<T>(_ value: T) { withExtendedLifetime(value) {} }

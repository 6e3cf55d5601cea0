internal import Synchronization

/// Lets a few callers at a time do heavy work, in the order in which they came; a bounded number waits.
///
/// Without it a burst of signatures would keep every thread of the process, and reading and block making would wait
/// for all of them.
package final class AdmissionGate: Sendable {
  private struct State: Sendable {
    var running = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Where the queue begins in `waiting`: removing from the front of an array would be quadratic.
    var front = 0
    var bytes = 0

    var count: Int { running + waiting.count - front }
  }

  private let width: Int
  private let limit: Int
  private let byteLimit: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - width: How many work at the same time.
  ///   - limit: How many may be inside, working or waiting.
  ///   - bytes: How many bytes all that are inside may bring.
  package init(width: Int, limit: Int, bytes: Int) {
    self.width = max(1, width)
    self.limit = limit
    byteLimit = bytes
  }

  /// Callers inside, working or waiting.
  package var count: Int { state.withLock { $0.count } }

  /// Waits for its turn. Each caller that was let in calls ``leave(bytes:)``.
  /// - Returns: False at once when too many wait.
  package func enter(bytes: Int) async -> Bool {
    let isIn: Bool? = state.withLock { state in
      guard state.count < limit, state.bytes + bytes <= byteLimit else { return false }
      state.bytes += bytes
      guard state.running < width else { return nil }
      state.running += 1
      return true
    }
    if let isIn { return isIn }
    await withCheckedContinuation { continuation in
      // One may have left in the meantime.
      let isFree = state.withLock { state in
        guard state.running < width else {
          state.waiting.append(continuation)
          return false
        }
        state.running += 1
        return true
      }
      if isFree { continuation.resume() }
    }
    return true
  }

  /// Gives the place to the next one.
  package func leave(bytes: Int) {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      state.bytes -= bytes
      guard state.front < state.waiting.count else {
        state.running -= 1
        return nil
      }
      let next = state.waiting[state.front]
      state.front += 1
      if state.front == state.waiting.count || state.front >= 1_024 {
        state.waiting.removeFirst(state.front)
        state.front = 0
      }
      return next
    }
    next?.resume()
  }
}

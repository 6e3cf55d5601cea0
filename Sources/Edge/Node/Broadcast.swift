internal import Synchronization

/// Hands every value to everybody who listens, without waiting for any of them.
///
/// A listener that falls behind by more than its buffer loses the oldest values: what is broadcast are wake-ups and
/// heads, which the next value replaces.
final class Broadcast<Value: Sendable>: Sendable {
  private struct Listeners: Sendable {
    var next: UInt64 = 0
    var continuations: [UInt64: AsyncStream<Value>.Continuation] = [:]
    var isFinished = false
  }
  private let listeners = Mutex(Listeners())

  /// A stream of the values sent from now on.
  func values(buffering limit: Int = 256) -> AsyncStream<Value> {
    let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(limit))
    let id: UInt64? = listeners.withLock { listeners in
      guard !listeners.isFinished else { return nil }
      listeners.next += 1
      listeners.continuations[listeners.next] = continuation
      return listeners.next
    }
    guard let id else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.listeners.withLock { $0.continuations[id] = nil }
    }
    return stream
  }

  /// Sends a value to all listeners.
  func send(_ value: Value) {
    let continuations = listeners.withLock { Array($0.continuations.values) }
    for continuation in continuations { continuation.yield(value) }
  }

  /// Ends every stream.
  func finish() {
    let continuations = listeners.withLock { listeners in
      listeners.isFinished = true
      let all = Array(listeners.continuations.values)
      listeners.continuations = [:]
      return all
    }
    for continuation in continuations { continuation.finish() }
  }
}

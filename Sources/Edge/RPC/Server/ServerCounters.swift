internal import Synchronization

/// How busy a server is and was.
public struct RPCServerStatistics: Hashable, Sendable {
  /// Open connections, HTTP and WebSocket.
  public var connections = 0
  /// Open WebSocket subscriptions.
  public var subscriptions = 0
  /// Requests in work; a batch counts once.
  public var callsInWork = 0
  /// Calls answered since the start, failed ones included.
  public var calls = 0
  /// Calls answered with an error since the start.
  public var failedCalls = 0
  /// Connections and requests turned away at a limit since the start.
  public var refusals = 0
}

/// The numbers behind ``RPCServerStatistics``, shared by all connections of a server.
final class ServerCounters: Sendable {
  private let numbers = Mutex(RPCServerStatistics())

  var current: RPCServerStatistics { numbers.withLock { $0 } }

  func update<R>(_ body: (inout RPCServerStatistics) -> sending R) -> R {
    numbers.withLock { numbers in body(&numbers) }
  }

  /// Takes one of `limit` places.
  /// - Returns: False, counting a refusal, when all are taken.
  func take(_ place: any WritableKeyPath<RPCServerStatistics, Int> & Sendable, limit: Int) -> Bool {
    numbers.withLock { numbers in
      guard numbers[keyPath: place] < limit else {
        numbers.refusals += 1
        return false
      }
      numbers[keyPath: place] += 1
      return true
    }
  }
}

internal import Synchronization

/// What methods remember about one WebSocket connection, and release when it goes.
public protocol RPCConnectionState: AnyObject, Sendable {
  /// The connection has ended: let go of everything and accept nothing more. Called once, from any thread.
  func connectionEnded()
}

/// One WebSocket connection as its methods see it: a place for their state, by type.
///
/// Methods that act on what another call of the same connection began (a follow, an operation, a broadcast) find it here.
public final class RPCConnection: Sendable {
  private struct State {
    var isOpen = true
    var values: [ObjectIdentifier: any RPCConnectionState] = [:]
  }
  private let state = Mutex(State())

  init() {}

  /// This connection's state of a type, made on first use.
  ///
  /// After the end of the connection every call gets a new one that was told so.
  /// - Parameter make: Called under a lock: it must not come back here.
  public func state<Value: RPCConnectionState>(_ type: Value.Type = Value.self, _ make: () -> Value) -> Value {
    let (value, isOpen) = state.withLock { state -> (Value, Bool) in
      if let known = state.values[ObjectIdentifier(type)] as? Value { return (known, true) }
      let value = make()
      if state.isOpen { state.values[ObjectIdentifier(type)] = value }
      return (value, state.isOpen)
    }
    if !isOpen { value.connectionEnded() }
    return value
  }

  /// Tells all states that the connection is over.
  func end() {
    let values = state.withLock { state in
      state.isOpen = false
      defer { state.values = [:] }
      return Array(state.values.values)
    }
    for value in values { value.connectionEnded() }
  }
}

/// Who opens a subscription: the id that the client will be given, and the connection.
public struct RPCSubscriber: Sendable {
  /// The subscription's id, see ``SubscriptionSink/id``.
  public let id: String
  /// Where it was opened.
  public let connection: RPCConnection
}

/// The answer of a method that knows its connection, and what may only begin once the answer is on its way.
public struct RPCAnswer: Sendable {
  let result: JSON
  let sent: (@Sendable () -> Void)?
  let unsent: (@Sendable () -> Void)?

  /// - Parameters:
  ///   - sent: Runs after the answer was queued, so that what it sends follows the answer.
  ///   - unsent: Runs instead when the client gets no such answer: it asked for none, is gone, or its batch was too large.
  public init(_ result: JSON, sent: (@Sendable () -> Void)? = nil, unsent: (@Sendable () -> Void)? = nil) {
    self.result = result
    self.sent = sent
    self.unsent = unsent
  }
}

/// How a method that ends subscriptions answers.
public enum RPCUnsubscribing: Hashable, Sendable {
  /// True, or false when the id is unknown: the way of Substrate's older methods.
  case saysWhether
  /// Null, whether or not the id is known.
  case silently
  /// Null, or this error when the id is unknown.
  case orFails(RPCError)

  func answer(_ isEnded: Bool) throws(RPCError) -> JSON {
    switch self {
    case .saysWhether: return .bool(isEnded)
    case .silently: return .null
    case .orFails(let error):
      guard isEnded else { throw error }
      return .null
    }
  }
}

/// Bounds that a server keeps for itself, whatever its clients do.
public struct RPCLimits: Hashable, Sendable {
  /// Largest request, over HTTP or WebSocket, in bytes.
  public var requestBytes = 4 << 20
  /// Largest response, and largest response to a whole batch, in bytes.
  public var responseBytes = 15 << 20
  /// Requests in one batch.
  public var batchLength = 100
  /// Connections at one time; more are answered with status 503 and closed.
  public var connections = 100
  /// Subscriptions of one WebSocket connection.
  public var subscriptionsPerConnection = 1024
  /// Keys that the subscriptions of one WebSocket connection watch together, see ``RPCFeed``.
  public var subscriptionKeysPerConnection = 16_384
  /// Requests (a batch counts once) that one WebSocket connection has answered at the same time; more wait unread.
  public var callsPerConnection = 16
  /// Requests in work over all connections; more are answered with -32009.
  public var calls = 512
  /// Messages that a WebSocket client may leave unread before it is dropped.
  public var pendingMessages = 4096
  /// Bytes that a WebSocket client may leave unread before it is dropped; more than `responseBytes`.
  public var pendingBytes = 64 << 20
  /// Time for an HTTP request to arrive whole.
  public var requestTimeout = Duration.seconds(30)
  /// Time that an HTTP connection may stay without a request. WebSocket connections may idle for ever.
  public var idleTimeout = Duration.seconds(60)

  /// The defaults named at each bound.
  public init() {}
}

/// Where and how a server listens.
public struct RPCServerConfiguration: Sendable {
  /// Address to bind.
  public var host: String
  /// Port to bind; 0 lets the system choose, see ``RPCServer/port``.
  public var port: Int
  /// What clients may ask for.
  public var limits: RPCLimits
  /// Which browsers may come.
  public var access: AccessPolicy

  /// A server for programs on this machine, unless told otherwise.
  public init(
    host: String = "127.0.0.1", port: Int = 9944, limits: RPCLimits = RPCLimits(),
    access: AccessPolicy = AccessPolicy()
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.access = access
  }
}

/// Why a server did not start.
public enum RPCServerError: Error, Hashable, Sendable {
  /// Another process listens there. Stop it or choose another port.
  case portInUse(host: String, port: Int)
  /// The system does not let this user bind the port.
  case notPermitted(host: String, port: Int)
  /// The address is not one of this machine, or the system refused for another reason.
  case bindFailed(host: String, port: Int, reason: String)
}

extension RPCServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .portInUse(let host, let port): "rpc: port \(port) on \(host) is in use by another process"
    case .notPermitted(let host, let port): "rpc: no permission to listen on port \(port) of \(host)"
    case .bindFailed(let host, let port, let reason): "rpc: cannot listen on \(host) port \(port): \(reason)"
    }
  }
}

/// Bounds that a server keeps for itself, whatever its clients do.
public struct RPCLimits: Hashable, Sendable {
  /// Largest request, over HTTP or WebSocket, in bytes. The largest extrinsic of a block, 3.75 MB, is twice as long in
  /// hexadecimal.
  public var requestBytes = 8 << 20
  /// Largest response, and largest response to a whole batch, in bytes.
  public var responseBytes = 15 << 20
  /// Requests in one batch; 0 refuses batches.
  public var batchLength = 100
  /// Connections at one time; more are answered with status 503 and closed.
  public var connections = 1024
  /// Subscriptions of one WebSocket connection.
  public var subscriptionsPerConnection = 1024
  /// Keys that the subscriptions of one WebSocket connection watch together, see ``RPCFeed``.
  public var subscriptionKeysPerConnection = 16_384
  /// Requests (a batch counts once) that one WebSocket connection has answered at the same time; more wait unread.
  public var callsPerConnection = 16
  /// Requests in work over all connections; more are answered with -32009.
  public var calls = 4096
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

/// Which methods a server answers, see ``RPCMethods/unsafeNames``.
public enum RPCExposure: String, Hashable, Sendable, CaseIterable {
  /// Those that anybody may call.
  case safe
  /// All of them. Only for a server that listens on this machine's own address.
  case unsafe
  /// All of them when the server listens on this machine's own address, else the safe ones.
  case auto
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
  /// Which methods are answered.
  public var exposure: RPCExposure

  /// A server for programs on this machine, unless told otherwise.
  public init(
    host: String = "127.0.0.1", port: Int = 9944, limits: RPCLimits = RPCLimits(),
    access: AccessPolicy = AccessPolicy(), exposure: RPCExposure = .safe
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.access = access
    self.exposure = exposure
  }

  /// Whether unsafe methods are answered.
  /// - Throws: ``RPCServerError/unsafeMethodsExposed(host:)``.
  public func servesUnsafe() throws(RPCServerError) -> Bool {
    let isLocal = AccessPolicy.isLoopback(host.lowercased())
    switch exposure {
    case .safe: return false
    case .auto: return isLocal
    case .unsafe:
      guard isLocal else { throw .unsafeMethodsExposed(host: host) }
      return true
    }
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
  /// Unsafe methods were asked for on an address that others can reach. Listen on 127.0.0.1, or serve the safe ones.
  case unsafeMethodsExposed(host: String)
}

extension RPCServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .portInUse(let host, let port): "rpc: port \(port) on \(host) is in use by another process"
    case .notPermitted(let host, let port): "rpc: no permission to listen on port \(port) of \(host)"
    case .bindFailed(let host, let port, let reason): "rpc: cannot listen on \(host) port \(port): \(reason)"
    case .unsafeMethodsExposed(let host):
      "rpc: unsafe methods are served on this machine's own address only, not on \(host)"
    }
  }
}

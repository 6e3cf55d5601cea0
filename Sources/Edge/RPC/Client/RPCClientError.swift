internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Why a client got no result.
public enum RPCClientError: Error, Hashable, Sendable {
  case invalidURL(String, reason: String)
  /// Nobody listens there.
  case connectionRefused(host: String, port: Int)
  /// The connection could not be made for another reason, such as an unknown name.
  case connectFailed(host: String, port: Int, reason: String)
  /// The other side speaks HTTP, but gives no WebSocket: 403 for a refused origin, 503 when it is full.
  case handshakeRefused(status: Int)
  /// No answer in time. The request may still be carried out.
  case timeout(operation: String, after: Duration)
  /// The connection ended before the answer. The request may have been carried out.
  case closed(reason: String)
  /// The server answered with an error.
  case rpc(RPCError)
  /// The other side broke the protocol.
  case malformedResponse(String)
  /// A subscription's reader fell more than `limit` notifications behind.
  case subscriptionOverflow(limit: Int)
  /// The task that asked was cancelled.
  case cancelled

  /// True when a new connection may help: the same request can be tried again if doing it twice does no harm.
  public var isConnectionLoss: Bool {
    switch self {
    case .connectionRefused, .connectFailed, .handshakeRefused, .closed: true
    case .invalidURL, .timeout, .rpc, .malformedResponse, .subscriptionOverflow, .cancelled: false
    }
  }

  /// What NIO reports while connecting.
  init(connecting error: any Error, to endpoint: Endpoint, within timeout: Duration) {
    let (host, port) = (endpoint.host, endpoint.port)
    let causes = (error as? NIOConnectionError).map { $0.connectionErrors.map(\.error) } ?? [error]
    if let error = error as? RPCClientError {
      self = error
    } else if causes.contains(where: { ($0 as? IOError)?.errnoCode == ECONNREFUSED }) {
      self = .connectionRefused(host: host, port: port)
    } else if causes.contains(where: { if case .connectTimeout? = $0 as? ChannelError { true } else { false } }) {
      self = .timeout(operation: "connect", after: timeout)
    } else {
      self = .connectFailed(host: host, port: port, reason: "\(causes.first ?? error)")
    }
  }
}

extension RPCClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidURL(let url, let reason): "rpc client: \(url) is no usable address: \(reason)"
    case .connectionRefused(let host, let port): "rpc client: nobody listens on \(host) port \(port)"
    case .connectFailed(let host, let port, let reason): "rpc client: cannot connect to \(host) port \(port): \(reason)"
    case .handshakeRefused(let status): "rpc client: no WebSocket there, HTTP status \(status)"
    case .timeout(let operation, let after): "rpc client: no answer to \(operation) within \(after)"
    case .closed(let reason): "rpc client: connection closed: \(reason)"
    case .rpc(let error): error.description
    case .malformedResponse(let reason): "rpc client: malformed response: \(reason)"
    case .subscriptionOverflow(let limit): "rpc client: subscription is more than \(limit) notifications behind"
    case .cancelled: "rpc client: cancelled"
    }
  }
}

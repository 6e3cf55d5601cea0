public import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A JSON-RPC 2.0 server: HTTP POST and WebSocket on one port, and plain GET routes beside them (rpc.md §2).
///
/// `GET /health` is always answered. With an empty method table it is a small HTTP server for its routes.
/// It serves until ``shutdown(grace:)``; letting go of the object does not stop it.
public final class RPCServer: Sendable {
  /// The address that was bound.
  public let host: String
  /// The port that was bound; the system's choice when 0 was asked for.
  public let port: Int

  private let listener: any Channel
  private let connections: OpenConnections
  private let counters: ServerCounters

  /// Binds and starts to serve.
  ///
  /// - Parameters:
  ///   - methods: What to answer over JSON-RPC; empty for plain routes only.
  ///   - routes: Paths to answer to GET, each once.
  public static func start(
    _ configuration: RPCServerConfiguration, methods: RPCMethods = RPCMethods(), routes: [HTTPRoute] = [],
    logger: Logger = Logger(label: "rpc")
  ) async throws(RPCServerError) -> RPCServer {
    let servesUnsafe = try configuration.servesUnsafe()
    let counters = ServerCounters()
    let methods = servesUnsafe ? methods : methods.safe
    let dispatcher = Dispatcher(methods: methods, limits: configuration.limits, counters: counters, logger: logger)
    let context = ServerContext(dispatcher: dispatcher, access: configuration.access, routes: routes)
    let connections = OpenConnections()
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try accept(channel, context, connections) }
      }
    do {
      let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
      return RPCServer(listener, configuration, connections, counters)
    } catch {
      throw refusal(error, configuration)
    }
  }

  private init(
    _ listener: any Channel, _ configuration: RPCServerConfiguration, _ connections: OpenConnections,
    _ counters: ServerCounters
  ) {
    self.listener = listener
    self.connections = connections
    self.counters = counters
    host = listener.localAddress?.ipAddress ?? configuration.host
    port = listener.localAddress?.port ?? configuration.port
  }

  /// How busy the server is and was.
  public var statistics: RPCServerStatistics { counters.current }

  /// Stops: takes no new connection, lets calls in work finish and ends subscriptions.
  ///
  /// - Parameter grace: After this time what is left is cut off.
  public func shutdown(grace: Duration = .seconds(5)) async {
    try? await listener.close()
    let channels = connections.close()
    for channel in channels {
      channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
      let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(grace)) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }
    try? await EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: listener.eventLoop).get()
  }

  // MARK: Connections

  /// Prepares a new connection: HTTP first, WebSocket when the first request asks for it.
  private static func accept(_ channel: any Channel, _ context: ServerContext, _ connections: OpenConnections) throws {
    guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
    let limit = context.limits.connections
    let count = context.counters.update { counters in
      counters.connections += 1
      if counters.connections > limit { counters.refusals += 1 }
      return counters.connections
    }
    channel.closeFuture.whenComplete { _ in
      context.counters.update { $0.connections -= 1 }
      connections.remove(channel)
    }
    // Some are let in to be told; beyond that they are cut off.
    guard count <= 2 * limit else { throw ChannelError.ioOnClosedChannel }
    let isOverLimit = count > limit
    let handler = HTTPHandler(server: context, isOverLimit: isOverLimit)
    let boundHandler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    let upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: context.limits.requestBytes, automaticErrorHandling: false,
      shouldUpgrade: { channel, head in
        let isWelcome = !isOverLimit && context.allowsWebSocket(head)
        return channel.eventLoop.makeSucceededFuture(isWelcome ? HTTPHeaders() : nil)
      },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture { try becomeWebSocket(channel, context) }
          .flatMap { channel.pipeline.syncOperations.removeHandler(boundHandler.value) }
      })
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  private static func becomeWebSocket(_ channel: any Channel, _ context: ServerContext) throws {
    let limits = context.limits
    let link = WebSocketLink(
      channel: channel, role: .server, pendingMessages: limits.pendingMessages, pendingBytes: limits.pendingBytes)
    let connection = ServerConnection(channel: channel, link: link, dispatcher: context.dispatcher)
    try channel.pipeline.syncOperations.addHandler(
      WebSocketHandler(link: link, role: .server, messageBytes: limits.requestBytes, delegate: connection))
  }

  private static func refusal(_ error: any Error, _ configuration: RPCServerConfiguration) -> RPCServerError {
    let (host, port) = (configuration.host, configuration.port)
    guard let error = error as? IOError else { return .bindFailed(host: host, port: port, reason: "\(error)") }
    switch error.errnoCode {
    case EADDRINUSE: return .portInUse(host: host, port: port)
    case EACCES: return .notPermitted(host: host, port: port)
    default: return .bindFailed(host: host, port: port, reason: error.description)
    }
  }
}

/// The open sockets of a server, for its shutdown.
private final class OpenConnections: Sendable {
  private struct State {
    var isClosed = false
    var channels: [ObjectIdentifier: any Channel] = [:]
  }
  private let state = Mutex(State())

  /// - Returns: False when the server is shutting down.
  func add(_ channel: any Channel) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  func remove(_ channel: any Channel) { state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) } }

  /// Refuses new ones from now on.
  /// - Returns: Those that are open.
  func close() -> [any Channel] {
    state.withLock { state in
      state.isClosed = true
      return Array(state.channels.values)
    }
  }
}

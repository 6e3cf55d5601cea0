internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket
internal import Synchronization

/// A JSON-RPC 2.0 client over one WebSocket connection. Usable from any task; it never reconnects by itself.
///
/// The connection is closed by ``close()`` or when the client and its last subscription are gone.
public final class RPCClient: Sendable {
  /// Times and bounds of a client.
  public struct Configuration: Hashable, Sendable {
    /// Time for the TCP connection and the WebSocket handshake together.
    public var connectTimeout = Duration.seconds(10)
    /// Time for the answer to a call that names no other.
    public var callTimeout = Duration.seconds(30)
    /// Largest message to accept, in bytes.
    public var messageBytes = 64 << 20
    /// How often to ask an idle server whether it is there; `nil` never asks.
    public var pingInterval: Duration? = .seconds(20)
    /// Notifications that a subscription keeps for a slow reader before it ends with an error.
    public var subscriptionBuffer = 1024

    /// The defaults named at each field.
    public init() {}
  }

  /// What the client was made with.
  public let configuration: Configuration
  let connection: ClientConnection

  private init(_ connection: ClientConnection, _ configuration: Configuration) {
    self.connection = connection
    self.configuration = configuration
  }

  deinit { connection.link.close(.normalClosure, "client is done") }

  /// Connects to `ws://host:port`.
  public static func connect(
    _ url: String, configuration: Configuration = Configuration()
  ) async throws(RPCClientError) -> RPCClient {
    let endpoint = try Endpoint(url)
    guard endpoint.scheme == "ws" else { throw .invalidURL(url, reason: "scheme is not ws") }
    let timeout = configuration.connectTimeout
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: ClientConnection.self)
    let connecting = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(timeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try prepare(channel, endpoint, configuration, promise) }
      }
      .connect(host: endpoint.host, port: endpoint.port)
    connecting.cascadeFailure(to: promise)
    let deadline = loop.scheduleTask(in: TimeAmount(timeout)) {
      promise.fail(RPCClientError.timeout(operation: "connect", after: timeout))
    }
    defer { deadline.cancel() }
    do {
      let connection = try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        promise.fail(RPCClientError.cancelled)
      }
      return RPCClient(connection, configuration)
    } catch {
      connecting.whenSuccess { $0.close(promise: nil) }
      throw RPCClientError(connecting: error, to: endpoint, within: timeout)
    }
  }

  private static func prepare(
    _ channel: any Channel, _ endpoint: Endpoint, _ configuration: Configuration,
    _ promise: EventLoopPromise<ClientConnection>
  ) throws {
    let handshake = HandshakeHandler(endpoint, promise)
    let boundHandshake = NIOLoopBound(handshake, eventLoop: channel.eventLoop)
    let upgrader = NIOWebSocketClientUpgrader(
      maxFrameSize: configuration.messageBytes, automaticErrorHandling: false,
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          let link = WebSocketLink(channel: channel, role: .client, pendingMessages: 65_536, pendingBytes: 256 << 20)
          let connection = ClientConnection(
            link: link, eventLoop: channel.eventLoop, messageBytes: configuration.messageBytes)
          try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(
              link: link, role: .client, messageBytes: configuration.messageBytes,
              pingInterval: configuration.pingInterval.map { TimeAmount($0) }, delegate: connection))
          return connection
        }.flatMap { (connection: ClientConnection) in
          channel.pipeline.syncOperations.removeHandler(boundHandshake.value).map { promise.succeed(connection) }
        }
      })
    try channel.pipeline.syncOperations.addHTTPClientHandlers(
      leftOverBytesStrategy: .forwardBytes,
      withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
    try channel.pipeline.syncOperations.addHandler(handshake)
  }

  // MARK: Calls

  /// Makes one call.
  /// - Parameter timeout: `nil` for ``Configuration/callTimeout``.
  public func call(
    _ method: String, _ params: [JSON] = [], timeout: Duration? = nil
  ) async throws(RPCClientError) -> JSON {
    try await send([RPCCall(method, params)], asBatch: false, timeout: timeout)[0].get()
  }

  /// Makes several calls in one message.
  ///
  /// - Returns: An answer for each call, in the order of `calls`; empty when there are none.
  public func batch(_ calls: [RPCCall], timeout: Duration? = nil) async -> [Result<JSON, RPCClientError>] {
    calls.isEmpty ? [] : await send(calls, asBatch: true, timeout: timeout)
  }

  /// Sends a request that the server does not answer.
  public func notify(_ method: String, _ params: [JSON] = []) { connection.notify(RPCCall(method, params)) }

  /// Subscribes; the notifications are kept from the moment the server accepts.
  ///
  /// - Parameters:
  ///   - unsubscribe: The method that ends the subscription. It is called when the returned sequence is no longer used.
  ///   - buffer: How many notifications to keep; `nil` for ``Configuration/subscriptionBuffer``.
  public func subscribe(
    _ method: String, _ params: [JSON] = [], unsubscribe: String, buffer: Int? = nil, timeout: Duration? = nil
  ) async throws(RPCClientError) -> RPCSubscription {
    let limit = max(1, buffer ?? configuration.subscriptionBuffer)
    let (stream, continuation) = ClientConnection.Notifications.makeStream(bufferingPolicy: .bufferingOldest(limit))
    let purpose = ClientConnection.Purpose.subscribe(
      notifications: continuation, limit: limit, unsubscribe: unsubscribe)
    let answer = try await send([RPCCall(method, params)], asBatch: false, purpose: purpose, timeout: timeout)[0].get()
    guard let id = answer.asString else { throw .malformedResponse("subscription id is not a string") }
    continuation.onTermination = { [connection] reason in
      if case .cancelled = reason { connection.unsubscribe(id) }
    }
    return RPCSubscription(id: id, client: self, stream: stream)
  }

  private func send(
    _ calls: [RPCCall], asBatch: Bool, purpose: ClientConnection.Purpose = .call, timeout: Duration?
  ) async -> [Result<JSON, RPCClientError>] {
    let timeout = timeout ?? configuration.callTimeout
    let sent = Mutex<[Int64]>([])
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answers = Answers(count: calls.count) { continuation.resume(returning: $0) }
        let ids = connection.send(calls, asBatch: asBatch, purpose: purpose, timeout: timeout, resume: answers.set)
        sent.withLock { $0 = ids }
        if Task.isCancelled { connection.cancel(ids, .cancelled) }
      }
    } onCancel: {
      connection.cancel(sent.withLock { $0 }, .cancelled)
    }
  }

  // MARK: End

  /// False once the connection has ended.
  public var isOpen: Bool { connection.isOpen }

  /// Waits for the end of the connection.
  /// - Returns: Why it ended.
  @discardableResult public func waitUntilClosed() async -> String {
    await withCheckedContinuation { continuation in connection.onClose { continuation.resume(returning: $0) } }
  }

  /// Closes the connection; calls that wait fail with ``RPCClientError/closed(reason:)``.
  public func close() async {
    connection.link.close(.normalClosure, "closed by this side")
    await waitUntilClosed()
  }
}

/// Collects the answers to the calls of one message.
private final class Answers: Sendable {
  private let state: Mutex<(answers: [ClientConnection.Answer?], missing: Int)>
  private let done: @Sendable ([ClientConnection.Answer]) -> Void

  init(count: Int, done: @escaping @Sendable ([ClientConnection.Answer]) -> Void) {
    state = Mutex((Array(repeating: nil, count: count), count))
    self.done = done
  }

  func set(_ index: Int, _ answer: ClientConnection.Answer) {
    let complete: [ClientConnection.Answer]? = state.withLock { state in
      state.answers[index] = answer
      state.missing -= 1
      return state.missing == 0 ? state.answers.compactMap(\.self) : nil
    }
    if let complete { done(complete) }
  }
}

/// The notifications of one subscription, in the order the server sent them. One task may read them, once.
///
/// It ends with ``RPCClientError/closed(reason:)`` when the connection does, with
/// ``RPCClientError/subscriptionOverflow(limit:)`` when the reader is too slow, and normally after ``cancel()``.
public struct RPCSubscription: AsyncSequence, Sendable {
  public typealias Element = JSON
  public typealias Failure = RPCClientError

  /// The id that the server gave.
  public let id: String
  /// Kept, so that the connection lives as long as its subscriptions.
  let client: RPCClient
  let stream: ClientConnection.Notifications

  /// Tells the server and ends the sequence; what it holds already can still be read.
  public func cancel() { client.connection.unsubscribe(id) }

  /// To be called once.
  public func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator(), client: client) }

  /// Reads the notifications one by one.
  public struct Iterator: AsyncIteratorProtocol {
    var base: ClientConnection.Notifications.AsyncIterator
    let client: RPCClient

    /// The next notification; `nil` at the end or when the reading task is cancelled.
    public mutating func next() async throws(RPCClientError) -> JSON? {
      try await next(isolation: #isolation)
    }

    /// As ``next()``, on the caller's actor.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCClientError) -> JSON? {
      do { return try await base.next(isolation: actor) } catch let error as RPCClientError { throw error } catch {
        throw .closed(reason: "\(error)")
      }
    }
  }
}

/// Asks for the WebSocket when the TCP connection is there, and reports a refusal.
private final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let endpoint: Endpoint
  private let promise: EventLoopPromise<ClientConnection>

  init(_ endpoint: Endpoint, _ promise: EventLoopPromise<ClientConnection>) {
    self.endpoint = endpoint
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    let headers = HTTPHeaders([("host", endpoint.authority), ("content-length", "0")])
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: endpoint.path, headers: headers)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = Self.unwrapInboundIn(data) else { return }
    promise.fail(RPCClientError.handshakeRefused(status: Int(head.status.code)))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(RPCClientError.closed(reason: "connection lost during the handshake"))
  }
}

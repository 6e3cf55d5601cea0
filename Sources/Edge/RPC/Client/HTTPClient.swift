internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What a server answered to a plain HTTP request.
public struct HTTPReply: Hashable, Sendable {
  /// The HTTP status code.
  public var status: Int
  /// Header fields by lower-case name; of repeated ones the last.
  public var headers: [String: String]
  /// The whole body.
  public var body: [UInt8]

  /// The body as text; bytes that are no UTF-8 become U+FFFD.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Single HTTP requests, each over a connection of its own. Plain `http` only; redirects are not followed.
public enum HTTPClient {
  /// Asks for a page.
  ///
  /// - Parameters:
  ///   - timeout: For the whole exchange.
  ///   - limit: Largest body to accept, in bytes.
  public static func get(
    _ url: String, headers: [String: String] = [:], timeout: Duration = .seconds(10), limit: Int = 64 << 20
  ) async throws(RPCClientError) -> HTTPReply {
    try await send(.GET, url, headers, [], timeout, limit)
  }

  /// Sends a body; parameters as in ``get(_:headers:timeout:limit:)``.
  public static func post(
    _ url: String, body: [UInt8], headers: [String: String] = ["content-type": "application/json"],
    timeout: Duration = .seconds(10), limit: Int = 64 << 20
  ) async throws(RPCClientError) -> HTTPReply {
    try await send(.POST, url, headers, body, timeout, limit)
  }

  /// Makes one JSON-RPC call over POST.
  public static func call(
    _ url: String, _ method: String, _ params: [JSON] = [], timeout: Duration = .seconds(10)
  ) async throws(RPCClientError) -> JSON {
    let request = RPCCall(method, params).request(id: 1)
    let reply = try await post(url, body: request.encoded(), timeout: timeout)
    guard reply.status == 200 else { throw .malformedResponse("HTTP status \(reply.status)") }
    do {
      let response = try JSON(parsing: reply.body)
      return try RPCCall.result(of: response).get()
    } catch let error as JSONError {
      throw .malformedResponse(error.description)
    } catch let error as RPCClientError {
      throw error
    } catch {
      throw .malformedResponse("\(error)")
    }
  }

  private static func send(
    _ method: HTTPMethod, _ url: String, _ fields: [String: String], _ body: [UInt8], _ timeout: Duration, _ limit: Int
  ) async throws(RPCClientError) -> HTTPReply {
    let endpoint = try Endpoint(url)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let reply = loop.makePromise(of: HTTPReply.self)
    var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
    headers.replaceOrAdd(name: "host", value: fields["host"] ?? endpoint.authority)
    headers.replaceOrAdd(name: "connection", value: "close")
    if method == .POST { headers.replaceOrAdd(name: "content-length", value: String(body.count)) }
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: endpoint.path, headers: headers)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(timeout))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(HTTPExchange(head, body, limit: limit, reply: reply))
        }
      }
    let connecting = bootstrap.connect(host: endpoint.host, port: endpoint.port)
    connecting.cascadeFailure(to: reply)
    let deadline = loop.scheduleTask(in: TimeAmount(timeout)) {
      reply.fail(RPCClientError.timeout(operation: "\(method) \(url)", after: timeout))
    }
    defer {
      deadline.cancel()
      connecting.whenSuccess { $0.close(promise: nil) }
    }
    do {
      return try await withTaskCancellationHandler {
        try await reply.futureResult.get()
      } onCancel: {
        reply.fail(RPCClientError.cancelled)
      }
    } catch {
      throw RPCClientError(connecting: error, to: endpoint, within: timeout)
    }
  }
}

/// Sends one request when the connection is there and collects the response.
private final class HTTPExchange: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let head: HTTPRequestHead
  private let body: [UInt8]
  private let limit: Int
  private let promise: EventLoopPromise<HTTPReply>
  private var reply = HTTPReply(status: 0, headers: [:], body: [])

  init(_ head: HTTPRequestHead, _ body: [UInt8], limit: Int, reply: EventLoopPromise<HTTPReply>) {
    self.head = head
    self.body = body
    self.limit = limit
    promise = reply
  }

  func channelActive(context: ChannelHandlerContext) {
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    if !body.isEmpty { context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head(let head):
      reply.status = Int(head.status.code)
      for (name, value) in head.headers { reply.headers[name.lowercased()] = value }
    case .body(let part):
      guard reply.body.count + part.readableBytes <= limit else {
        promise.fail(RPCClientError.malformedResponse("response is larger than \(limit) bytes"))
        return
      }
      reply.body.append(contentsOf: part.readableBytesView)
    case .end: promise.succeed(reply)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error is IOError ? RPCClientError.closed(reason: "\(error)") : .malformedResponse("\(error)"))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(RPCClientError.closed(reason: "connection lost"))
  }
}

internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Serves the HTTP requests of one connection, one after another; leaves the pipeline when it becomes a WebSocket.
///
/// An answered POST has status 200 whatever its JSON says. Other statuses are given only to what never reaches
/// JSON-RPC: refused origins and hosts (403), unknown paths (404), other verbs (405), too many connections (503).
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    case idle
    case receiving(HTTPRequestHead)
    case answering
    case finished
  }

  private let server: ServerContext
  private let isOverLimit: Bool
  private var state = State.idle
  /// What has come of the request; `nil` once it has grown over the limit and the rest is dropped.
  private var body: ByteBuffer?
  private var droppedBytes = 0
  /// When the connection is closed, unless something comes before; `nil` while an answer is made.
  private var deadline: NIODeadline?
  /// The one timer: it looks at ``deadline`` now and then. Setting and cancelling one for each request would cost more than
  /// the timers are worth, and more the more connections there are.
  private var timer: Scheduled<Void>?
  private var work: Task<Void, Never>?
  private var isDraining = false

  /// - Parameter isOverLimit: The connection is one too many: it gets one answer, status 503.
  init(server: ServerContext, isOverLimit: Bool) {
    self.server = server
    self.isOverLimit = isOverLimit
  }

  // MARK: Life of the connection

  func handlerAdded(context: ChannelHandlerContext) {
    closeUnless(context, within: isOverLimit ? .seconds(5) : server.limits.idleTimeout)
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A WebSocket request that the upgrader refused comes here as a plain request next.
    if error is NIOWebSocketUpgradeError { return }
    stop()
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent {
      isDraining = true
      if case .idle = state { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func stop() {
    state = .finished
    timer?.cancel()
    timer = nil
    work?.cancel()
  }

  private func closeUnless(_ context: ChannelHandlerContext, within time: Duration) {
    deadline = .now() + TimeAmount(time)
    if timer == nil { look(after: context.channel) }
  }

  /// Looks at the deadline at the latest when the next one that may be set could be over.
  private func look(after channel: any Channel) {
    let latest = NIODeadline.now() + TimeAmount(min(server.limits.requestTimeout, server.limits.idleTimeout))
    let loop = channel.eventLoop.assumeIsolated()
    timer = loop.scheduleTask(deadline: min(deadline ?? latest, latest)) { [weak self] in
      guard let self, timer != nil else { return }
      if let deadline, deadline <= .now() { channel.close(promise: nil) } else { look(after: channel) }
    }
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (Self.unwrapInboundIn(data), state) {
    case (.head(let head), .idle):
      closeUnless(context, within: server.limits.requestTimeout)
      (state, body, droppedBytes) = (.receiving(head), ByteBuffer(), 0)
      if expectsContinue(head) {
        context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))))
          .whenFailure { _ in }
      }
    case (.body(let part), .receiving): take(part, context)
    case (.end, .receiving(let head)): answer(head, context)
    default: break
    }
  }

  private func expectsContinue(_ head: HTTPRequestHead) -> Bool {
    guard head.version == .http1_1, head.headers.first(name: "expect")?.lowercased() == "100-continue" else {
      return false
    }
    return head.headers.first(name: "content-length").flatMap { Int($0) }.map { $0 <= server.limits.requestBytes } ?? true
  }

  private func take(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
    let limit = server.limits.requestBytes
    if let size = body?.readableBytes, size + part.readableBytes <= limit {
      body?.writeImmutableBuffer(part)
      return
    }
    // The rest is read and dropped, so that the client gets to read the answer; but not without end.
    body = nil
    droppedBytes += part.readableBytes
    if droppedBytes > max(limit, 1 << 20) { context.close(promise: nil) }
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    deadline = nil
    state = .answering
    if isOverLimit {
      return write(.text("too many connections, try again later\n", status: 503), head, context.channel, closes: true)
    }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let channel = context.channel
    let message = body.map { Array(buffer: $0) }
    body = nil
    work = Task { [server] in
      let response = await server.respond(to: head, body: message)
      channel.eventLoop.execute { handler.value.write(response, head, channel, closes: message == nil) }
    }
  }

  private func write(_ response: HTTPRouteResponse, _ head: HTTPRequestHead, _ channel: any Channel, closes: Bool) {
    guard case .answering = state else { return }
    work = nil
    let isLast = closes || isDraining || !head.isKeepAlive
    var headers = HTTPHeaders([("content-length", String(response.body.count))])
    if response.status != 204 { headers.add(name: "content-type", value: response.contentType) }
    if isLast { headers.add(name: "connection", value: "close") }
    if !isLast, head.version == .http1_0 { headers.add(name: "connection", value: "keep-alive") }
    server.addCrossOriginHeaders(to: &headers, for: head)
    let status = HTTPResponseStatus(statusCode: response.status)
    channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: head.version, status: status, headers: headers)))
      .whenFailure { _ in }
    if head.method != .HEAD, !response.body.isEmpty {
      channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: response.body)))).whenFailure { _ in }
    }
    state = isLast ? .finished : .idle
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if isLast { channel.close(promise: nil) }
    }
    if !isLast { deadline = .now() + TimeAmount(server.limits.idleTimeout) }
  }
}

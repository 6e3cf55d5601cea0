internal import NIOCore
internal import NIOWebSocket

/// Who takes the messages of a WebSocket connection. All calls come from the connection's event loop.
protocol WebSocketDelegate: AnyObject, Sendable {
  /// False while the delegate has enough to do: the socket is then not read.
  var mayRead: Bool { get }
  /// A whole text or binary message.
  func received(_ message: [UInt8])
  /// What was queued has left the buffers, so there is room again.
  func becameWritable()
  /// Finish what is in work, take nothing new, then close.
  func drain()
  /// The connection is closed; called once.
  func ended(_ reason: String)
}

/// The event that asks every handler of a server's connection to finish.
struct DrainEvent: Sendable {}

/// Speaks RFC 6455 with one peer: joins fragments, answers pings and close frames, refuses what breaks the rules.
final class WebSocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private let link: WebSocketLink
  private let role: WebSocketRole
  private let delegate: any WebSocketDelegate
  private let pingInterval: TimeAmount?
  private var assembler: MessageAssembler
  private var pings: RepeatedTask?
  private var hasHeard = true
  private var hasEnded = false

  /// - Parameters:
  ///   - messageBytes: Largest message to accept.
  ///   - pingInterval: How often to ask whether the other side is there; it is given up after one silent interval.
  init(
    link: WebSocketLink, role: WebSocketRole, messageBytes: Int, pingInterval: TimeAmount? = nil,
    delegate: any WebSocketDelegate
  ) {
    self.link = link
    self.role = role
    self.delegate = delegate
    self.pingInterval = pingInterval
    assembler = MessageAssembler(limit: messageBytes)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    guard let pingInterval else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    pings = context.eventLoop.scheduleRepeatedTask(initialDelay: pingInterval, delay: pingInterval) { _ in
      handler.value.ping()
    }
  }

  private func ping() {
    guard hasHeard else { return link.close(.goingAway, "no answer to a ping") }
    hasHeard = false
    link.sendPing()
  }

  func read(context: ChannelHandlerContext) {
    if delegate.mayRead { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = Self.unwrapInboundIn(data)
    hasHeard = true
    // After a close frame from this side only the answer to it counts.
    guard link.isOpen || frame.opcode == .connectionClose else { return }
    guard frame.reservedBits.isEmpty else { return link.close(.protocolError, "reserved bits are set") }
    guard (frame.maskKey != nil) == (role == .server) else {
      return link.close(.protocolError, role == .server ? "frame is not masked" : "frame is masked")
    }
    switch frame.opcode {
    case .text, .binary, .continuation: assemble(frame)
    case .ping: link.sendPong(frame.unmaskedData)
    case .pong: break
    case .connectionClose: answerClose(frame)
    default: link.close(.protocolError, "unknown opcode")
    }
  }

  private func assemble(_ frame: WebSocketFrame) {
    do {
      if let message = try assembler.add(frame) { delegate.received(Array(buffer: message)) }
    } catch {
      switch error {
      case .outOfOrder: link.close(.protocolError, "fragments out of order")
      case .tooLarge(let limit): link.close(.messageTooLarge, "message is larger than \(limit) bytes")
      }
    }
  }

  private func answerClose(_ frame: WebSocketFrame) {
    var payload = frame.unmaskedData
    let code = payload.readWebSocketErrorCode()
    let reason = String(buffer: payload)
    link.close(code ?? .normalClosure, reason.isEmpty ? "closed by the other side" : reason, isAnswer: true)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { delegate.becameWritable() }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent { delegate.drain() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case NIOWebSocketError.invalidFrameLength: link.close(.messageTooLarge, "message is too large")
    case is NIOWebSocketError: link.close(.protocolError, "broken control frame")
    default:
      end("\(error)")
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end("connection lost")
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end("connection lost") }

  private func end(_ reason: String) {
    guard !hasEnded else { return }
    hasEnded = true
    pings?.cancel()
    delegate.ended(link.closed(reason))
  }
}

internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// Which end of a connection this is: clients mask their frames, servers must not.
enum WebSocketRole: Sendable { case client, server }

/// The sending half of a WebSocket connection: a bounded queue that any thread may fill.
///
/// The order in which messages are queued is the order in which they leave.
final class WebSocketLink: Sendable {
  private enum Outgoing: Sendable {
    case text(ByteBuffer)
    case pong(ByteBuffer)
    case ping
    case close(WebSocketErrorCode, String)

    /// What the queue is charged for it.
    var size: Int {
      switch self {
      case .text(let payload), .pong(let payload): payload.readableBytes
      case .ping: 0
      case .close(_, let reason): reason.utf8.count
      }
    }
  }

  private struct State {
    var queue: [Outgoing] = []
    var isFlushScheduled = false
    var isOpen = true
    /// Messages and bytes that are queued or not yet accepted by the system.
    var pendingMessages = 0
    var pendingBytes = 0
    /// Why the connection ends, once that is known.
    var reason: String?
  }

  private let channel: any Channel
  private let role: WebSocketRole
  private let limits: (messages: Int, bytes: Int)
  private let state = Mutex(State())

  /// How long the other side may take to answer a close frame before the socket is closed.
  private static let closeTimeout = TimeAmount.seconds(1)

  init(channel: any Channel, role: WebSocketRole, pendingMessages: Int, pendingBytes: Int) {
    self.channel = channel
    self.role = role
    limits = (pendingMessages, pendingBytes)
  }

  /// False once a close frame is queued or the socket is closed.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// Why the connection ended, as far as this side knows.
  var reason: String? { state.withLock { $0.reason } }

  /// Queues a text message.
  /// - Returns: False when the connection is closed, or closes now because too much is unread.
  @discardableResult func send(_ text: [UInt8]) -> Bool { enqueue(.text(ByteBuffer(bytes: text))) }

  func sendPong(_ payload: ByteBuffer) { _ = enqueue(.pong(payload)) }

  func sendPing() { _ = enqueue(.ping) }

  private func enqueue(_ message: Outgoing) -> Bool {
    enum Outcome { case closed, overflow, queued, mustFlush }
    let outcome: Outcome = state.withLock { state in
      guard state.isOpen else { return .closed }
      guard state.pendingMessages < limits.messages, state.pendingBytes + message.size <= limits.bytes else {
        return .overflow
      }
      state.queue.append(message)
      state.pendingMessages += 1
      state.pendingBytes += message.size
      defer { state.isFlushScheduled = true }
      return state.isFlushScheduled ? .queued : .mustFlush
    }
    switch outcome {
    case .closed: return false
    case .overflow:
      close(.policyViolation, "too many unread messages")
      return false
    case .queued: return true
    case .mustFlush:
      channel.eventLoop.execute { self.flush() }
      return true
    }
  }

  /// Sends what is queued, then a close frame, then closes the socket. The first reason counts.
  /// - Parameter isAnswer: The other side has sent its close frame already, so nothing more comes from it.
  func close(_ code: WebSocketErrorCode, _ reason: String, isAnswer: Bool = false) {
    let isFirst = state.withLock { state in
      guard state.isOpen else { return false }
      state.isOpen = false
      state.reason = reason
      let message = Outgoing.close(code, reason)
      state.queue.append(message)
      state.pendingMessages += 1
      state.pendingBytes += message.size
      return true
    }
    guard isFirst else {
      if isAnswer { channel.close(promise: nil) }
      return
    }
    channel.eventLoop.execute {
      let written = self.flush()
      if isAnswer { written.whenComplete { _ in self.channel.close(promise: nil) } }
      // The answer to the close frame closes the socket earlier.
      let deadline = self.channel.eventLoop.scheduleTask(in: Self.closeTimeout) { self.channel.close(promise: nil) }
      self.channel.closeFuture.whenComplete { _ in deadline.cancel() }
    }
  }

  /// Takes note that the socket is closed.
  /// - Returns: The reason that counts.
  func closed(_ reason: String) -> String {
    state.withLock { state in
      state.isOpen = false
      state.queue = []
      let first = state.reason ?? reason
      state.reason = first
      return first
    }
  }

  /// - Returns: Completes when the last of the messages is with the system, or cannot be sent.
  @discardableResult private func flush() -> EventLoopFuture<Void> {
    let messages = state.withLock { state in
      state.isFlushScheduled = false
      let messages = state.queue
      state.queue = []
      return messages
    }
    var last = channel.eventLoop.makeSucceededVoidFuture()
    for message in messages {
      last = channel.write(frame(of: message))
      last.whenComplete { _ in
        self.state.withLock { state in
          state.pendingMessages -= 1
          state.pendingBytes -= message.size
        }
      }
    }
    channel.flush()
    return last
  }

  private func frame(of message: Outgoing) -> WebSocketFrame {
    let maskKey: WebSocketMaskingKey? = role == .client ? .random() : nil
    switch message {
    case .text(let payload): return WebSocketFrame(fin: true, opcode: .text, maskKey: maskKey, data: payload)
    case .pong(let payload): return WebSocketFrame(fin: true, opcode: .pong, maskKey: maskKey, data: payload)
    case .ping: return WebSocketFrame(fin: true, opcode: .ping, maskKey: maskKey, data: ByteBuffer())
    case .close(let code, let reason):
      var payload = ByteBuffer()
      payload.write(webSocketErrorCode: code)
      payload.writeString(String(decoding: reason.utf8.prefix(110), as: UTF8.self))  // 125 bytes at most
      return WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: maskKey, data: payload)
    }
  }
}

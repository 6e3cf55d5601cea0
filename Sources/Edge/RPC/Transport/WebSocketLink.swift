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
    /// Those who wait until little is pending.
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter: UInt64 = 0

    mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
      defer { waiters = [:] }
      return Array(waiters.values)
    }
  }

  private let channel: any Channel
  private let role: WebSocketRole
  private let limits: (messages: Int, bytes: Int)
  private let state = Mutex(State())

  /// How long the other side may take to answer a close frame before the socket is closed.
  private static let closeTimeout = TimeAmount.seconds(1)

  /// Messages whose departure is noted together.
  private static let groupLength = 64

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
  @discardableResult func send(_ text: [UInt8]) -> Bool { send(ByteBuffer(bytes: text)) }

  /// As ``send(_:)-([UInt8])``, without a copy.
  @discardableResult func send(_ text: ByteBuffer) -> Bool { enqueue(.text(text)) }

  /// Returns when at most a quarter of what may be pending is, when the socket is closed, or when the task is cancelled.
  func drained() async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.isOpen, !isDrained(state), !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }

  private func isDrained(_ state: borrowing State) -> Bool {
    state.pendingMessages <= limits.messages / 4 && state.pendingBytes <= limits.bytes / 4
  }

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
    let (first, waiters) = state.withLock { state in
      state.isOpen = false
      state.queue = []
      let first = state.reason ?? reason
      state.reason = first
      return (first, state.takeWaiters())
    }
    for waiter in waiters { waiter.resume() }
    return first
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
    var rest = messages[...]
    while !rest.isEmpty {
      let group = rest.prefix(Self.groupLength)
      rest = rest.dropFirst(group.count)
      for message in group.dropLast() { channel.write(frame(of: message), promise: nil) }
      if let final = group.last { last = channel.write(frame(of: final)) }
      let (count, bytes) = (group.count, group.reduce(0) { $0 + $1.size })
      last.whenComplete { _ in
        let waiters = self.state.withLock { state in
          state.pendingMessages -= count
          state.pendingBytes -= bytes
          return self.isDrained(state) ? state.takeWaiters() : []
        }
        for waiter in waiters { waiter.resume() }
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

internal import NIOCore
internal import NIOWebSocket

/// Puts the fragments of one WebSocket message together (RFC 6455 §5.4).
struct MessageAssembler {
  enum Failure: Error, Hashable, Sendable {
    /// A continuation without a beginning, or a beginning inside a message.
    case outOfOrder
    case tooLarge(limit: Int)
  }

  /// Largest message in bytes.
  let limit: Int
  private var partial: ByteBuffer?

  init(limit: Int) { self.limit = limit }

  /// Takes a text, binary or continuation frame.
  /// - Returns: The whole message once its last frame is here.
  mutating func add(_ frame: WebSocketFrame) throws(Failure) -> ByteBuffer? {
    var payload = frame.unmaskedData
    guard frame.opcode == .continuation else {
      guard partial == nil else { throw .outOfOrder }
      guard payload.readableBytes <= limit else { throw .tooLarge(limit: limit) }
      if frame.fin { return payload }
      partial = payload
      return nil
    }
    guard var message = partial.take() else { throw .outOfOrder }
    guard message.readableBytes + payload.readableBytes <= limit else { throw .tooLarge(limit: limit) }
    message.writeBuffer(&payload)
    if frame.fin { return message }
    partial = message
    return nil
  }
}

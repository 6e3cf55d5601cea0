import NIOCore
import RPC

/// How requests travel.
enum LoadTransport: String, CaseIterable, Sendable {
  /// POST requests on a connection that stays open.
  case http
  /// Text frames of one WebSocket.
  case ws

  var name: String { self == .http ? "HTTP" : "WebSocket" }

  /// A message as it goes over the wire.
  func wire(_ body: [UInt8], host: String) -> ByteBuffer {
    switch self {
    case .http:
      let head = "POST / HTTP/1.1\r\nhost: \(host)\r\ncontent-type: application/json\r\ncontent-length: \(body.count)\r\n\r\n"
      var buffer = ByteBuffer(string: head)
      buffer.writeBytes(body)
      return buffer
    case .ws: return Self.frame(opcode: 1, body)
    }
  }

  /// A whole frame of a client (RFC 6455 §5.2). The masking key is zero, which leaves the bytes as they are.
  static func frame(opcode: UInt8, _ body: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeInteger(0x80 | opcode)
    switch body.count {
    case ..<126: buffer.writeInteger(0x80 | UInt8(body.count))
    case ..<65_536:
      buffer.writeInteger(0x80 | 126 as UInt8)
      buffer.writeInteger(UInt16(body.count))
    default:
      buffer.writeInteger(0x80 | 127 as UInt8)
      buffer.writeInteger(UInt64(body.count))
    }
    buffer.writeInteger(0 as UInt32)
    buffer.writeBytes(body)
    return buffer
  }
}

/// Who uses connections of the load generator; called on the event loop.
protocol LoadOwner: AnyObject, Sendable {
  /// The connection may send.
  func ready(_ client: LoadClient)
  /// A whole message has come.
  func received(_ message: ByteBuffer, by client: LoadClient)
  /// The connection is over.
  func ended(_ client: LoadClient, reason: String)
}

/// One connection of the load generator: as little work for each message as can be, so that the node has the machine.
///
/// It reads what this project's server sends and no more of HTTP and WebSocket than that: answers with a content length,
/// and frames.
final class LoadClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Its place among the connections of its owner.
  let number: Int
  /// When it sent last.
  private(set) var sentAt = NIODeadline.now()
  private let transport: LoadTransport
  private let host: String
  private let owner: any LoadOwner
  private var isUpgraded = false
  private var pending = ByteBuffer()
  private var fragments = ByteBuffer()
  /// The last head of an HTTP answer and the length that it told: heads repeat, byte for byte.
  private var lastHead: (bytes: [UInt8], length: Int) = ([], 0)
  private var context: ChannelHandlerContext?

  /// Largest message that is taken, in bytes.
  private static let largestMessage = 64 << 20
  /// Largest head of an HTTP answer, in bytes.
  private static let largestHead = 16 << 10

  init(number: Int, transport: LoadTransport, host: String, owner: any LoadOwner) {
    self.number = number
    self.transport = transport
    self.host = host
    self.owner = owner
  }

  /// Sends what ``LoadTransport/wire(_:host:)`` made.
  func send(_ message: ByteBuffer) {
    sentAt = .now()
    context?.writeAndFlush(Self.wrapOutboundOut(message), promise: nil)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    switch transport {
    case .http: owner.ready(self)
    case .ws:
      send(
        ByteBuffer(
          string: "GET / HTTP/1.1\r\nhost: \(host)\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
            + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var data = Self.unwrapInboundIn(data)
    if pending.readableBytes == 0 { pending = data } else { pending.writeBuffer(&data) }
    do {
      while let message = try nextMessage() { owner.received(message, by: self) }
    } catch {
      owner.ended(self, reason: "\(error)")
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    owner.ended(self, reason: "the node closed the connection")
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    owner.ended(self, reason: "\(error)")
    context.close(promise: nil)
  }

  // MARK: Reading

  private func nextMessage() throws(LoadError) -> ByteBuffer? {
    while true {
      guard transport == .ws else { return try nextAnswer() }
      guard isUpgraded else {
        guard let head = try takeHead() else { return nil }
        guard head.status == 101 else { throw .refused(status: head.status) }
        isUpgraded = true
        owner.ready(self)
        continue
      }
      guard let frame = try takeFrame() else { return nil }
      switch frame.opcode {
      case 0, 1, 2:
        if frame.isLast, fragments.readableBytes == 0 { return frame.body }
        var body = frame.body
        fragments.writeBuffer(&body)
        guard frame.isLast else { continue }
        defer { fragments = ByteBuffer() }
        return fragments
      case 8: throw .closed
      case 9:
        context?.writeAndFlush(Self.wrapOutboundOut(LoadTransport.frame(opcode: 10, Array(frame.body.readableBytesView))), promise: nil)
      default: continue
      }
    }
  }

  private func nextAnswer() throws(LoadError) -> ByteBuffer? {
    let known = lastHead.bytes
    if !known.isEmpty, pending.readableBytesView.starts(with: known) {
      guard pending.readableBytes >= known.count + lastHead.length else { return nil }
      pending.moveReaderIndex(forwardBy: known.count)
      return pending.readSlice(length: lastHead.length)
    }
    let start = pending.readerIndex
    guard let head = try takeHead() else { return nil }
    guard head.status == 200 else { throw .refused(status: head.status) }
    guard let length = head.length, length <= Self.largestMessage else { throw .malformed }
    lastHead = (head.bytes, length)
    guard let body = pending.readSlice(length: length) else {
      pending.moveReaderIndex(to: start)
      return nil
    }
    return body
  }

  private func takeHead() throws(LoadError) -> (bytes: [UInt8], status: Int, length: Int?)? {
    let view = pending.readableBytesView
    var matched = 0
    var count = 0
    let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
    for byte in view {
      count += 1
      matched = byte == end[matched] ? matched + 1 : byte == 0x0d ? 1 : 0
      if matched == 4 { break }
    }
    guard matched == 4 else {
      guard count <= Self.largestHead else { throw .malformed }
      return nil
    }
    guard let bytes = pending.readBytes(length: count) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).lowercased().split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, let status = Int(words[1]) else { throw .malformed }
    let name = "content-length:"
    let length = lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count).drop { $0 == " " }) }
    return (bytes, status, length.flatMap { $0 >= 0 ? $0 : nil })
  }

  private func takeFrame() throws(LoadError) -> (opcode: UInt8, isLast: Bool, body: ByteBuffer)? {
    let start = pending.readerIndex
    guard let first = pending.getInteger(at: start, as: UInt8.self), let second = pending.getInteger(at: start + 1, as: UInt8.self) else {
      return nil
    }
    var header = 2
    var length = Int(second & 0x7f)
    if length == 126 {
      guard let long = pending.getInteger(at: start + 2, as: UInt16.self) else { return nil }
      (header, length) = (4, Int(long))
    } else if length == 127 {
      guard let long = pending.getInteger(at: start + 2, as: UInt64.self) else { return nil }
      (header, length) = (10, Int(clamping: long))
    }
    // A server's frames are not masked (RFC 6455 §5.1).
    guard second & 0x80 == 0, length <= Self.largestMessage else { throw .malformed }
    guard pending.readableBytes >= header + length else { return nil }
    pending.moveReaderIndex(forwardBy: header)
    guard let body = pending.readSlice(length: length) else { return nil }
    return (first & 0x0f, first & 0x80 != 0, body)
  }
}

/// Why a connection of the load generator ended.
enum LoadError: Error, CustomStringConvertible {
  case refused(status: Int)
  case closed
  case malformed
  case lost(String)

  var description: String {
    switch self {
    case .refused(let status): "the node refused the connection with status \(status)"
    case .closed: "the node closed the WebSocket"
    case .malformed: "the node's answer is not understood"
    case .lost(let reason): reason
    }
  }
}

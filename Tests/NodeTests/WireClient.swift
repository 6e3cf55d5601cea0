import Dispatch
import Glibc
import RPC
import Testing

/// A WebSocket client that shows every frame as it came. Reads give up after 60 seconds.
final class WireClient: Sendable {
  struct Failure: Error { var call: String }

  private let descriptor: Int32
  /// A queue of its own: blocking the shared ones would keep tasks from running.
  private let queue = DispatchQueue(label: "wire client")

  init(port: Int) async throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard status == 0 else { throw Failure(call: "connect") }
    try await write(
      Array(
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8))
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try await read(1) }
    guard head.starts(with: "HTTP/1.1 101 ".utf8) else { throw Failure(call: "handshake") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Sends one text frame. A mask of zeros leaves the payload as it is.
  func send(_ payload: [UInt8]) async throws {
    var bytes: [UInt8] = [0x81]
    switch payload.count {
    case ..<126: bytes.append(0x80 | UInt8(payload.count))
    case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default: bytes += [0x80 | 127] + (0..<8).reversed().map { UInt8(payload.count >> (8 * $0) & 0xff) }
    }
    try await write(bytes + [0, 0, 0, 0] + payload)
  }

  /// The next message.
  func next() async throws -> JSON {
    let head = try await read(2)
    var length = Int(head[1])
    if length > 125 { length = try await read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
    return try JSON(parsing: try await read(length))
  }

  /// Sends one request and reads up to its answer; what stands before it is dropped.
  func call(_ method: String, _ params: String = "[]", id: String = "1") async throws -> JSON {
    try await send(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
    let id = try JSON(parsing: id)
    while true {
      let message = try await next()
      if message["id"] == id { return message }
    }
  }

  private func write(_ bytes: [UInt8]) async throws {
    try await blocking {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { throw Failure(call: "send") }
        sent += count
      }
    }
  }

  private func read(_ count: Int) async throws -> [UInt8] {
    try await blocking {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: min(count, 65_536))
      while bytes.count < count {
        let got = recv(self.descriptor, &chunk, min(chunk.count, count - bytes.count), 0)
        guard got > 0 else { throw Failure(call: "recv") }
        bytes += chunk[..<got]
      }
      return bytes
    }
  }

  private func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}

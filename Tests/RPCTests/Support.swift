import Dispatch
import Glibc
import RPC
import Testing

/// Runs `body` against a server on a free port of this machine.
func serving(
  _ methods: RPCMethods = .sample, limits: RPCLimits = RPCLimits(), access: AccessPolicy = AccessPolicy(),
  routes: [HTTPRoute] = [], _ body: (RPCServer) async throws -> Void
) async throws {
  let server = try await RPCServer.start(
    RPCServerConfiguration(port: 0, limits: limits, access: access), methods: methods, routes: routes)
  do { try await body(server) } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
  await server.shutdown(grace: .zero)
}

extension RPCServer {
  var http: String { "http://127.0.0.1:\(port)" }
  var ws: String { "ws://127.0.0.1:\(port)" }

  /// Posts raw text and reads the answer as JSON.
  func post(_ text: String) async throws -> JSON {
    let reply = try await HTTPClient.post(http, body: Array(text.utf8), timeout: .seconds(60))
    #expect(reply.status == 200)
    return try JSON(parsing: reply.body)
  }
}

extension RPCMethods {
  /// Methods that most tests need: `echo` gives its parameters back, `count` counts for ever from 0.
  static var sample: RPCMethods {
    var methods = RPCMethods()
    methods.method("echo", aliases: ["echo_alias"]) { params in params.value(0, "value") ?? .null }
    methods.method("size") { params in JSON(try params.string(0, "text").utf8.count) }
    methods.method("fail") { _ in throw RPCError.invalidTransaction(.stale) }
    methods.method("crash") { _ in throw JSONError.truncated }
    methods.method("large") { params in .string(String(repeating: "x", count: try params.number(0, "count"))) }
    methods.subscription("three_subscribe", notification: "three", unsubscribe: "three_unsubscribe") { params in
      let start = try params.optionalNumber(0, "start", as: Int.self) ?? 0
      return RPCFeed { sink in for number in start..<(start + 3) { try sink.send(JSON(number)) } }
    }
    return methods
  }
}

/// A value that one task sets and others wait for.
actor Gate<Value: Sendable> {
  private var value: Value?
  private var waiting: [CheckedContinuation<Value, Never>] = []

  func open(_ value: Value) {
    self.value = value
    for continuation in waiting { continuation.resume(returning: value) }
    waiting = []
  }

  func wait() async -> Value {
    if let value { return value }
    return await withCheckedContinuation { waiting.append($0) }
  }
}

/// Waits until the task is cancelled.
func untilCancelled() async { for await _ in AsyncStream<Bool>(Bool.self, { _ in }) {} }

/// A plain TCP connection, for what no well-behaved client sends. Reads give up after 20 seconds.
final class RawSocket: Sendable {
  struct Failure: Error { var call: String, code: Int32 }

  private let descriptor: Int32
  /// A queue of its own: blocking the shared ones would keep tasks from running.
  private let queue = DispatchQueue(label: "raw socket")

  init(port: Int, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure(call: "connect", code: errno) }
  }

  deinit { close(descriptor) }

  /// Opens a WebSocket.
  static func webSocket(_ server: RPCServer, headers: String = "", receiveBuffer: Int32? = nil) async throws -> RawSocket {
    let socket = try RawSocket(port: server.port, receiveBuffer: receiveBuffer)
    try await socket.send(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(headers)\r\n")
    let head = try await socket.readHead()
    #expect(head.hasPrefix("HTTP/1.1 101 "))
    #expect(head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
    return socket
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await blocking {
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Glibc.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(call: "send", code: errno) }
        sent += count
      }
    }
  }

  /// Exactly `count` bytes; fewer when the connection ends first.
  func read(_ count: Int) async throws -> [UInt8] {
    try await blocking {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while bytes.count < count {
        let got = recv(self.descriptor, &chunk, min(chunk.count, count - bytes.count), 0)
        if got < 0, errno == EAGAIN { throw Failure(call: "recv", code: errno) }
        if got <= 0 { break }
        bytes += chunk[..<got]
      }
      return bytes
    }
  }

  /// Everything up to the empty line, with it.
  func readHead() async throws -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let next = try await read(1)
      if next.isEmpty { break }
      bytes += next
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Everything until the server closes.
  func readAll() async throws -> String { String(decoding: try await read(.max), as: UTF8.self) }

  /// Sends one frame, masked as clients must.
  func send(frame opcode: UInt8, fin: Bool = true, masked: Bool = true, _ payload: [UInt8]) async throws {
    var bytes = [opcode | (fin ? 0x80 : 0)]
    let mask: UInt8 = masked ? 0x80 : 0
    switch payload.count {
    case ..<126: bytes.append(mask | UInt8(payload.count))
    case ..<65_536: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default: bytes += [mask | 127] + (0..<8).reversed().map { UInt8(payload.count >> (8 * $0) & 0xff) }
    }
    let key: [UInt8] = masked ? [1, 2, 3, 4] : [0, 0, 0, 0]
    if masked { bytes += key }
    bytes += payload.enumerated().map { $1 ^ key[$0 & 3] }
    try await send(bytes)
  }

  func send(text: String) async throws { try await send(frame: 1, Array(text.utf8)) }

  /// The next frame; `nil` when the connection ended.
  func readFrame() async throws -> (opcode: UInt8, payload: [UInt8])? {
    let head = try await read(2)
    guard head.count == 2 else { return nil }
    #expect(head[0] & 0x80 == 0x80 && head[1] & 0x80 == 0, "servers send whole, unmasked frames")
    var length = Int(head[1])
    if length > 125 {
      length = try await read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
    }
    return (head[0] & 0xf, try await read(length))
  }

  func readJSON() async throws -> JSON {
    let frame = try #require(try await readFrame())
    #expect(frame.opcode == 1)
    return try JSON(parsing: frame.payload)
  }

  /// The code of the close frame, which must come next.
  func readClose() async throws -> Int {
    let frame = try #require(try await readFrame())
    #expect(frame.opcode == 8)
    return frame.payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
  }

  private func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}

import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A web server of one folder on the loopback interface, which may break off, lie, or know nothing of ranges.
final class FileServer: Sendable {
  /// How it serves `content.bin`; everything else it serves as it is.
  enum Manner: Sendable {
    case honest
    /// Ends the connection when it has sent so many bytes of the file over all requests.
    case breaksOff(after: Int)
    /// One bit of this byte is changed.
    case alters(byte: Int)
    /// Sends another part than was asked for.
    case sendsAnotherPart
    /// Sends the whole file whatever was asked for.
    case knowsNoRanges
  }

  private struct State {
    var manner = Manner.honest
    var ranges: [String] = []
    var sent = 0
  }

  private let folder: URL
  private let descriptor: Int32
  private let port: Int
  private let state = Mutex(State())

  var address: String { "http://127.0.0.1:\(port)" }

  /// The ranges of `content.bin` that were asked for since ``serve(_:)``.
  var ranges: [String] { state.withLock { $0.ranges } }

  init(folder: URL) throws {
    self.folder = folder
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let listens = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 && listen(descriptor, 8) == 0
      }
    }
    guard listens else { throw HarnessError("the file server has no port") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Serves while `body` runs.
  func whileServing<T>(_ body: () async throws -> T) async throws -> T {
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        answer(client)
        close(client)
      }
    }
    // Wakes the thread, which ends then.
    defer { shutdown(descriptor, Int32(SHUT_RDWR)) }
    return try await body()
  }

  /// Changes its manner.
  func serve(_ manner: Manner) {
    state.withLock { $0 = State(manner: manner) }
  }

  private func answer(_ client: Int32) {
    guard let (path, range) = request(client) else { return }
    guard let content = try? Data(contentsOf: folder.appending(path: path)) else {
      return send("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", [], to: client)
    }
    var body = [UInt8](content)
    guard path.hasSuffix("content.bin"), let range else {
      return send("HTTP/1.1 200 OK\r\ncontent-length: \(body.count)\r\nconnection: close\r\n\r\n", body, to: client)
    }
    let manner = state.withLock { state in
      state.ranges.append(range)
      return state.manner
    }
    let ends = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
    guard ends.count == 2, ends[0] <= ends[1], ends[1] < body.count else {
      return send("HTTP/1.1 416 Range Not Satisfiable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", [], to: client)
    }
    var (first, last) = (ends[0], ends[1])
    var most = Int.max
    switch manner {
    case .honest: break
    case .breaksOff(let after): most = max(0, after - state.withLock { $0.sent })
    case .alters(let byte): body[byte] ^= 0x10
    case .sendsAnotherPart: (first, last) = (first + 1, last - 1)
    case .knowsNoRanges:
      return send("HTTP/1.1 200 OK\r\ncontent-length: \(body.count)\r\nconnection: close\r\n\r\n", body, to: client)
    }
    let part = Array(body[first...last])
    state.withLock { $0.sent += part.count }
    let head =
      "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes \(first)-\(last)/\(body.count)\r\n"
      + "content-length: \(part.count)\r\nconnection: close\r\n\r\n"
    send(head, Array(part.prefix(most)), to: client)
  }

  /// Reads a request.
  /// - Returns: The path without its first slash, and the `Range` header.
  private func request(_ client: Int32) -> (path: String, range: String?)? {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      head += buffer.prefix(count)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
    let range = lines.first { $0.lowercased().hasPrefix("range:") }?.split(separator: ":").last
    return (String(words[1].drop { $0 == "/" }), range.map { $0.trimmingCharacters(in: .whitespaces) })
  }

  private func send(_ head: String, _ body: [UInt8], to client: Int32) {
    let bytes = Array(head.utf8) + body
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      sent += count
    }
  }
}

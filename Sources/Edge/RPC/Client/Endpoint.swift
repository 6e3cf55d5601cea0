/// Where a client connects to: a URL of the form `scheme://host[:port][/path]`.
public struct Endpoint: Hashable, Sendable {
  /// `ws` or `http`.
  public let scheme: String
  /// A name or an address, without brackets.
  public let host: String
  /// 80 when the URL names none.
  public let port: Int
  /// Path and query, beginning with `/`.
  public let path: String

  /// - Throws: ``RPCClientError/invalidURL(_:reason:)``, also for `wss` and `https`: this room has no TLS.
  public init(_ url: String) throws(RPCClientError) {
    guard let separator = url.range(ofText: "://") else { throw .invalidURL(url, reason: "it has no scheme") }
    scheme = url[..<separator.lowerBound].lowercased()
    guard scheme == "ws" || scheme == "http" else {
      throw .invalidURL(url, reason: "scheme \(scheme) is not supported, use ws or http")
    }
    let rest = url[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let tail = rest[authority.endIndex...].prefix { $0 != "#" }
    path = tail.hasPrefix("/") ? String(tail) : "/" + tail
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .invalidURL(url, reason: "bad path") }

    let portText: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw .invalidURL(url, reason: "a bracket is missing") }
      host = String(authority[authority.index(after: authority.startIndex)..<end])
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw .invalidURL(url, reason: "bad port") }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      let colon = authority.firstIndex(of: ":")
      host = String(authority[..<(colon ?? authority.endIndex)])
      portText = colon.map { authority[authority.index(after: $0)...] }
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "@") }) else {
      throw .invalidURL(url, reason: "it has no host")
    }
    guard let portText else {
      port = 80
      return
    }
    guard let number = UInt16(portText), number > 0 else { throw .invalidURL(url, reason: "bad port") }
    port = Int(number)
  }

  /// The `Host` header.
  var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

extension String {
  fileprivate func range(ofText text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

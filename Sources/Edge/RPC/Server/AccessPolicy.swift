internal import NIOCore
internal import NIOHTTP1

/// Who may talk to a server, judged by the `Host` and `Origin` headers that browsers cannot forge.
///
/// Without these checks any web page that the user visits could call a node on the same machine: directly (refused by
/// `Origin`), or by pointing its own name at 127.0.0.1 (DNS rebinding, refused by `Host`). Programs other than browsers
/// send no `Origin` and are not affected.
public struct AccessPolicy: Hashable, Sendable {
  /// What one of the two headers may say.
  public enum Rule: Hashable, Sendable {
    /// For origins: pages from this machine, and what claims to come from the server itself, as some programs do. For
    /// hosts: `localhost` and plain IP addresses.
    case local
    /// What `local` allows, and these: origins as `https://example.org`, hosts as names without a port. Case is ignored.
    case listed([String])
    /// Nothing: no page may call, whatever its origin. For hosts the same as `local`.
    case none
    case any
  }

  /// Pages that may call, by their `Origin`.
  public var origins: Rule
  /// Names under which the server may be called, by `Host`.
  public var hosts: Rule

  /// Only this machine's pages, and no borrowed names, unless told otherwise.
  public init(origins: Rule = .local, hosts: Rule = .local) {
    self.origins = origins
    self.hosts = hosts
  }

  /// Why a request is refused (status 403); `nil` when it is welcome.
  func refusal(of headers: HTTPHeaders) -> String? {
    for host in headers["host"] where !allows(host: host) { return "host \(host.prefix(128)) is not allowed" }
    for origin in headers["origin"] where !allows(origin: origin, host: headers.first(name: "host")) {
      return "origin \(origin.prefix(128)) is not allowed"
    }
    return nil
  }

  func allows(host: String) -> Bool {
    guard hosts != .any else { return true }
    let name = Self.name(ofAuthority: host.lowercased())
    if name == "localhost" || Self.isAddress(name) { return true }
    guard case .listed(let names) = hosts else { return false }
    return names.contains { $0.lowercased() == name }
  }

  /// - Parameter host: The request's `Host`. A page of the same name and port is the server's own, of which there is
  ///   none, so it is a program that fills in the header. That holds only while hosts are checked.
  func allows(origin: String, host: String? = nil) -> Bool {
    switch origins {
    case .any: return true
    case .none: return false
    case .local, .listed: break
    }
    let origin = origin.lowercased()
    if case .listed(let listed) = origins, listed.contains(where: { $0.lowercased() == origin }) { return true }
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = String(origin.dropFirst(scheme.count))
    if hosts != .any, let host, host.lowercased() == authority { return true }
    let name = Self.name(ofAuthority: authority)
    return name == "localhost" || Self.isLoopback(name)
  }

  /// `name:port`, `[::1]:port` or a bare name, without port and brackets.
  private static func name(ofAuthority authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return String(authority.prefix { $0 != ":" })
  }

  /// Whether a host is this machine and reachable from nowhere else.
  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || isAddress(host) && (host.hasPrefix("127.") || host == "::1")
  }

  private static func isAddress(_ name: String) -> Bool { (try? SocketAddress(ipAddress: name, port: 0)) != nil }
}

/// A plain HTTP request for a registered route.
public struct HTTPRouteRequest: Hashable, Sendable {
  /// The path without the query.
  public var path: String
  /// What follows `?`, not decoded; empty when there is nothing.
  public var query: String

  /// A request for `path`.
  public init(path: String, query: String = "") {
    self.path = path
    self.query = query
  }
}

/// The answer to a plain HTTP request.
public struct HTTPRouteResponse: Hashable, Sendable {
  /// The HTTP status code.
  public var status: Int
  /// The `Content-Type` header.
  public var contentType: String
  /// The whole body.
  public var body: [UInt8]

  /// An answer of any kind.
  public init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// A JSON document.
  public static func json(_ value: JSON, status: Int = 200) -> HTTPRouteResponse {
    HTTPRouteResponse(status: status, contentType: "application/json", body: value.encoded())
  }

  /// Plain text in UTF-8.
  public static func text(_ text: String, status: Int = 200) -> HTTPRouteResponse {
    HTTPRouteResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  /// Metrics in Prometheus' text format.
  public static func prometheus(_ text: String) -> HTTPRouteResponse {
    HTTPRouteResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
  }
}

/// A path that a server answers to GET and HEAD beside its RPC methods.
public struct HTTPRoute: Sendable {
  /// The exact path, beginning with `/`.
  public let path: String
  let respond: @Sendable (HTTPRouteRequest) async -> HTTPRouteResponse

  /// Answers `path` with what `respond` returns.
  public init(_ path: String, respond: @escaping @Sendable (HTTPRouteRequest) async -> HTTPRouteResponse) {
    self.path = path
    self.respond = respond
  }
}

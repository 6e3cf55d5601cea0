internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// What all connections of a server share.
struct ServerContext: Sendable {
  let dispatcher: Dispatcher
  let access: AccessPolicy
  let routes: [String: HTTPRoute]

  var limits: RPCLimits { dispatcher.limits }
  var counters: ServerCounters { dispatcher.counters }
  var logger: Logger { dispatcher.logger }
  /// False for a server of plain routes only.
  var hasMethods: Bool { !dispatcher.methods.isEmpty }

  init(dispatcher: Dispatcher, access: AccessPolicy, routes: [HTTPRoute]) {
    self.dispatcher = dispatcher
    self.access = access
    self.routes = Dictionary(routes.map { ($0.path, $0) }) { _, _ in
      preconditionFailure("a route is registered twice")
    }
  }

  /// Whether a request may turn its connection into a WebSocket.
  func allowsWebSocket(_ head: HTTPRequestHead) -> Bool { hasMethods && access.refusal(of: head.headers) == nil }

  /// Answers one HTTP request.
  /// - Parameter body: `nil` when it was larger than the limit.
  func respond(to head: HTTPRequestHead, body: [UInt8]?) async -> HTTPRouteResponse {
    if let refusal = access.refusal(of: head.headers) {
      logger.debug("request refused", metadata: ["reason": "\(refusal)"])
      return .text(refusal + "\n", status: 403)
    }
    switch head.method {
    case .POST where hasMethods:
      guard let body else { return Self.json(dispatcher.requestTooLarge()) }
      return Self.json(await dispatcher.reply(to: body, host: nil).body ?? [])
    case .GET, .HEAD: return await respond(toGet: head.uri)
    case .OPTIONS: return HTTPRouteResponse(status: 204, contentType: "", body: [])
    default: return .text("use GET\(hasMethods ? ", POST or a WebSocket" : "")\n", status: 405)
    }
  }

  private static func json(_ body: [UInt8]) -> HTTPRouteResponse {
    HTTPRouteResponse(contentType: "application/json", body: body)
  }

  private func respond(toGet uri: String) async -> HTTPRouteResponse {
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let path = parts.first ?? "/"
    if let route = routes[path] {
      return await route.respond(HTTPRouteRequest(path: path, query: parts.count > 1 ? parts[1] : ""))
    }
    if path == "/health" { return await health() }
    if path == "/health/readiness" { return await readiness() }
    if path == "/", hasMethods { return .text("JSON-RPC 2.0 server: use POST or a WebSocket\n", status: 405) }
    return .text("no such page\n", status: 404)
  }

  /// The node's own health report where there is one, as Substrate's `GET /health` gives it.
  private func health() async -> HTTPRouteResponse {
    do { return .json(try await healthReport()) } catch {
      return .json(["status": "failed", "reason": .string("\(error)")], status: 503)
    }
  }

  /// Whether the node could serve now, as Substrate's `GET /health/readiness` says it: status 200 or 500, no body.
  ///
  /// It is ready when it does not catch up with others, and has peers unless it needs none.
  private func readiness() async -> HTTPRouteResponse {
    var isReady = false
    if let report = try? await healthReport() {
      isReady = report["isSyncing"] != true && (report["peers"]?.asInt64 ?? 0 > 0 || report["shouldHavePeers"] != true)
    }
    return HTTPRouteResponse(status: isReady ? 200 : 500, contentType: "application/json", body: [])
  }

  private func healthReport() async throws -> JSON {
    guard case .call(let handler)? = dispatcher.methods.entry("system_health") else { return ["status": "ok"] }
    return try await handler(RPCParams())
  }

  /// Lets the pages of an allowed origin read the answer.
  func addCrossOriginHeaders(to headers: inout HTTPHeaders, for request: HTTPRequestHead) {
    guard let origin = request.headers.first(name: "origin"), access.refusal(of: request.headers) == nil else {
      return
    }
    headers.add(name: "access-control-allow-origin", value: origin)
    headers.add(name: "vary", value: "origin")
    guard request.method == .OPTIONS else { return }
    headers.add(name: "access-control-allow-methods", value: "GET, POST")
    headers.add(name: "access-control-allow-headers", value: "content-type")
    headers.add(name: "access-control-max-age", value: "600")
    if request.headers.first(name: "access-control-request-private-network")?.lowercased() == "true" {
      headers.add(name: "access-control-allow-private-network", value: "true")
    }
  }
}

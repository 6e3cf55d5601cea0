import RPC
import Testing

@Suite("Over HTTP") struct HTTPTests {
  @Test(
    "answers",
    arguments: [
      (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":["a"]}"#, #"{"id":1,"jsonrpc":"2.0","result":"a"}"#),
      (#"{"jsonrpc":"2.0","id":"aB17","method":"echo"}"#, #"{"id":"aB17","jsonrpc":"2.0","result":null}"#),
      (#"{"jsonrpc":"2.0","id":"","method":"echo","params":null}"#, #"{"id":"","jsonrpc":"2.0","result":null}"#),
      (
        #"{"jsonrpc":"2.0","id":18446744073709551615,"method":"echo_alias","params":{"value":3}}"#,
        #"{"id":18446744073709551615,"jsonrpc":"2.0","result":3}"#
      ),
      (
        #"{"jsonrpc":"2.0","id":-7,"method":"fail","params":[]}"#,
        #"{"error":{"code":1010,"data":"Transaction is outdated","message":"Invalid Transaction"},"id":-7,"jsonrpc":"2.0"}"#
      ),
      (
        #"[{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]},{"jsonrpc":"2.0","method":"echo"},{"jsonrpc":"2.0","id":"b","method":"echo"}]"#,
        #"[{"id":1,"jsonrpc":"2.0","result":1},{"id":"b","jsonrpc":"2.0","result":null}]"#
      ),
      (
        #"{"jsonrpc":"2.0","id":1,"method":"rpc_methods"}"#,
        #"{"id":1,"jsonrpc":"2.0","result":{"methods":["crash","echo","echo_alias","fail","large","rpc_methods","size","three_subscribe","three_unsubscribe"]}}"#
      ),
    ]) func answers(request: String, response: String) async throws
  {
    try await serving { server async throws in #expect(try await server.post(request).description == response) }
  }

  @Test(
    "errors",
    arguments: [
      ("{", -32700, .null as JSON), ("", -32700, .null), (String(repeating: "[", count: 1000), -32700, .null),
      ("[]", -32600, .null), ("3", -32600, .null), (#"{"id":5}"#, -32600, 5),
      (#"{"jsonrpc":"1.0","id":"x","method":"echo"}"#, -32600, "x"), (#"{"jsonrpc":"2.0","id":1.5,"method":"echo"}"#, -32600, .null),
      (#"{"jsonrpc":"2.0","id":1,"method":"echo","params":"a"}"#, -32600, 1),
      (#"{"jsonrpc":"2.0","id":1,"method":"nothing"}"#, -32601, 1),
      (#"{"jsonrpc":"2.0","id":1,"method":"size","params":[1]}"#, -32602, 1),
      (#"{"jsonrpc":"2.0","id":1,"method":"crash"}"#, -32603, 1),
      (#"{"jsonrpc":"2.0","id":1,"method":"three_subscribe"}"#, -32601, 1),
    ]) func errors(request: String, code: Int64, id: JSON) async throws
  {
    try await serving { server async throws in
      let response = try await server.post(request)
      #expect(response["error"]?["code"]?.asInt64 == code && response["id"] == id, "\(response)")
    }
  }

  @Test("limits on requests, batches and responses") func limits() async throws {
    var limits = RPCLimits()
    (limits.requestBytes, limits.responseBytes, limits.batchLength) = (1000, 300, 3)
    try await serving(limits: limits) { server async throws in
      let one = #"{"jsonrpc":"2.0","id":1,"method":"large","params":[100]}"#
      let batch = { (count: Int) in "[" + Array(repeating: one, count: count).joined(separator: ",") + "]" }
      #expect(try await server.post(String(repeating: " ", count: 1001))["error"]?["code"] == -32007)
      #expect(try await server.post(batch(4))["error"]?["code"] == -32010)
      #expect(try await server.post(batch(3))["error"]?["code"] == -32011)
      #expect(try await server.post(batch(2)).asArray?.count == 2)
      #expect(try await server.post(one.replacing("100", with: "300"))["error"]?["code"] == -32008)
    }
  }

  @Test("a notification gets status 200 and nothing else") func notification() async throws {
    try await serving { server async throws in
      let reply = try await HTTPClient.post(server.http, body: Array(#"{"jsonrpc":"2.0","method":"echo"}"#.utf8), timeout: .seconds(60))
      #expect(reply.status == 200 && reply.body.isEmpty)
    }
  }

  @Test("plain pages") func pages() async throws {
    let metrics = HTTPRoute("/metrics") { request in .prometheus("up 1\n# \(request.query)\n") }
    try await serving(routes: [metrics]) { server async throws in
      let page = try await HTTPClient.get(server.http + "/metrics?a=b", timeout: .seconds(60))
      #expect(page.status == 200 && page.text == "up 1\n# a=b\n")
      #expect(page.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      #expect(try await HTTPClient.get(server.http + "/health", timeout: .seconds(60)).text == #"{"status":"ok"}"#)
      #expect(try await HTTPClient.get(server.http + "/nothing", timeout: .seconds(60)).status == 404)
      #expect(try await HTTPClient.get(server.http, timeout: .seconds(60)).status == 405)
    }
  }

  @Test("without methods only pages are served") func pagesOnly() async throws {
    try await serving(RPCMethods(), routes: [HTTPRoute("/healthz") { _ in .text("ok\n") }]) { server async throws in
      #expect(try await HTTPClient.get(server.http + "/healthz", timeout: .seconds(60)).text == "ok\n")
      #expect(try await HTTPClient.post(server.http, body: Array("{}".utf8), timeout: .seconds(60)).status == 405)
      await #expect(throws: RPCClientError.handshakeRefused(status: 404)) { try await RPCClient.connect(server.ws) }
    }
  }

  @Test("GET /health gives the node's own report") func health() async throws {
    var methods = RPCMethods()
    methods.method("system_health") { _ in ["peers": 2] }
    try await serving(methods) { server async throws in
      #expect(try await HTTPClient.get(server.http + "/health", timeout: .seconds(60)).text == #"{"peers":2}"#)
    }
  }

  @Test("one connection carries many requests, also sent ahead") func keepAlive() async throws {
    try await serving { server async throws in
      let socket = try RawSocket(port: server.port)
      let body = #"{"jsonrpc":"2.0","id":1,"method":"echo"}"#
      let request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n"
      try await socket.send(request + "\r\n" + body + request + "Connection: close\r\n\r\n" + body)
      let answers = try await socket.readAll()
      #expect(answers.components(separatedByText: "HTTP/1.1 200 OK") == 2)
      #expect(answers.components(separatedByText: #""result":null"#) == 2)
    }
  }

  @Test("what is no HTTP gets status 400") func garbage() async throws {
    try await serving { server async throws in
      let socket = try RawSocket(port: server.port)
      try await socket.send("\u{16}\u{3}\u{1} hello\r\n\r\n")
      #expect(try await socket.readAll().hasPrefix("HTTP/1.1 400 "))
    }
  }

  @Test("an endless body is cut off") func endlessBody() async throws {
    var limits = RPCLimits()
    limits.requestBytes = 10_000
    try await serving(limits: limits) { server async throws in
      let socket = try RawSocket(port: server.port)
      try await socket.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
      await #expect(throws: RawSocket.Failure.self) {
        for _ in 0..<1000 { try await socket.send([UInt8](repeating: 0x20, count: 100_000)) }
      }
    }
  }

  @Test(
    "browsers from elsewhere are refused",
    arguments: [
      ("origin", "http://example.org", 403), ("origin", "null", 403), ("origin", "http://127.0.0.1.example.org", 403),
      ("origin", "http://localhost.example.org:80", 403), ("origin", "file://", 403), ("origin", "http://10.0.0.1", 403),
      ("origin", "http://localhost:3000", 200), ("origin", "https://127.0.0.1", 200), ("origin", "http://[::1]:8080", 200),
      ("host", "example.org", 403), ("host", "rebind.example.org:9944", 403), ("host", "localhost.example.org", 403),
      ("host", "localhost", 200), ("host", "LOCALHOST:9944", 200), ("host", "192.168.1.5:9944", 200), ("host", "[::1]:1", 200),
    ]) func access(header: String, value: String, status: Int) async throws
  {
    try await serving { server async throws in
      let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"echo"}"#.utf8)
      #expect(try await HTTPClient.post(server.http, body: body, headers: [header: value], timeout: .seconds(60)).status == status)
      #expect(try await HTTPClient.get(server.http + "/health", headers: [header: value], timeout: .seconds(60)).status == status)
    }
  }

  @Test("listed origins and hosts are let in and may read the answer") func listed() async throws {
    let access = AccessPolicy(origins: .listed(["https://apps.example.org"]), hosts: .listed(["node.example.org"]))
    try await serving(access: access) { server async throws in
      let headers = ["origin": "https://apps.example.org", "host": "node.example.org:9944"]
      let reply = try await HTTPClient.get(server.http + "/health", headers: headers, timeout: .seconds(60))
      #expect(reply.status == 200 && reply.headers["access-control-allow-origin"] == "https://apps.example.org")
      #expect(
        try await HTTPClient.get(server.http + "/health", headers: ["origin": "https://example.org"], timeout: .seconds(60)).status == 403)
    }
  }

  @Test("a browser may ask first") func preflight() async throws {
    try await serving { server async throws in
      let socket = try RawSocket(port: server.port)
      try await socket.send(
        "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nConnection: close\r\n\r\n")
      let answer = try await socket.readAll().lowercased()
      #expect(answer.hasPrefix("http/1.1 204 ") && answer.contains("access-control-allow-headers: content-type"))
    }
  }

  @Test("a taken port is named") func portInUse() async throws {
    try await serving { server async throws in
      await #expect(throws: RPCServerError.portInUse(host: "127.0.0.1", port: server.port)) {
        try await RPCServer.start(RPCServerConfiguration(port: server.port))
      }
    }
  }

  @Test("a connection too many is told so") func connectionLimit() async throws {
    var limits = RPCLimits()
    limits.connections = 2
    try await serving(limits: limits) { server async throws in
      let first = try await RPCClient.connect(server.ws)
      let second = try await RPCClient.connect(server.ws)
      await #expect(throws: RPCClientError.handshakeRefused(status: 503)) { try await RPCClient.connect(server.ws) }
      #expect(try await HTTPClient.get(server.http + "/health", timeout: .seconds(60)).status == 503)
      #expect(server.statistics.refusals == 2)
      #expect(try await first.call("echo", [1]) == 1 && second.isOpen)
    }
  }
}

extension String {
  /// How often `text` occurs.
  fileprivate func components(separatedByText text: String) -> Int { ranges(of: text).count }
}

import RPC
import Testing

@Suite("Access") struct AccessTests {
  private static let post = #"{"jsonrpc":"2.0","id":1,"method":"echo"}"#

  private func status(_ server: RPCServer, _ headers: [String: String]) async throws -> (Int, String?) {
    let reply = try await HTTPClient.post(server.http, body: Array(Self.post.utf8), headers: headers, timeout: .seconds(60))
    return (reply.status, reply.headers["access-control-allow-origin"])
  }

  @Test(
    "origins",
    arguments: [
      (.local, "http://localhost:3000", true), (.local, "http://127.0.0.1", true), (.local, "http://[::1]:80", true),
      (.local, "https://example.org", false), (.local, "http://10.0.0.5:80", false), (.local, "null", false),
      (.any, "https://example.org", true), (.any, "null", true), (.none, "http://localhost:3000", false),
      (.listed(["https://example.org"]), "https://EXAMPLE.org", true), (.listed(["https://example.org"]), "http://example.org", false),
      (.listed(["https://example.org"]), "https://example.org:8080", false), (.listed(["https://example.org"]), "http://localhost", true),
    ] as [(AccessPolicy.Rule, String, Bool)])
  func origins(rule: AccessPolicy.Rule, origin: String, isWelcome: Bool) async throws {
    try await serving(access: AccessPolicy(origins: rule)) { server async throws in
      let (status, allowed) = try await status(server, ["origin": origin])
      #expect(status == (isWelcome ? 200 : 403))
      #expect(allowed == (isWelcome ? origin : nil))
      #expect(try await self.status(server, [:]) == (200, nil))
    }
  }

  @Test(
    "names",
    arguments: [
      (.local, "localhost:9944", true), (.local, "192.168.1.5:9944", true), (.local, "[::1]:9944", true), (.local, "evil.org", false),
      (.listed(["node.example.org"]), "Node.Example.org:9944", true), (.listed(["node.example.org"]), "other.example.org", false),
      (.any, "anything.at.all", true),
    ] as [(AccessPolicy.Rule, String, Bool)])
  func hosts(rule: AccessPolicy.Rule, host: String, isWelcome: Bool) async throws {
    try await serving(access: AccessPolicy(hosts: rule)) { server async throws in
      #expect(try await status(server, ["host": host]).0 == (isWelcome ? 200 : 403))
    }
  }

  @Test(
    "a program that names the server itself as its origin is let in, while names are checked",
    arguments: [
      (.local, "192.168.1.5:9944", "http://192.168.1.5:9944", 200), (.local, "192.168.1.5:9944", "http://192.168.1.6:9944", 403),
      (.local, "evil.org:9944", "http://evil.org:9944", 403), (.any, "evil.org:9944", "http://evil.org:9944", 403),
      (.listed(["node.example.org"]), "node.example.org", "http://node.example.org", 200),
    ] as [(AccessPolicy.Rule, String, String, Int)])
  func sameOrigin(hosts: AccessPolicy.Rule, host: String, origin: String, status: Int) async throws {
    try await serving(access: AccessPolicy(hosts: hosts)) { server async throws in
      #expect(try await self.status(server, ["host": host, "origin": origin]).0 == status)
    }
  }

  @Test("a browser may ask first, and is answered by the same rule", arguments: [true, false]) func preflight(isWelcome: Bool) async throws
  {
    let origin = isWelcome ? "https://apps.example.org" : "https://other.example.org"
    try await serving(access: AccessPolicy(origins: .listed(["https://apps.example.org"]))) { server async throws in
      let socket = try RawSocket(port: server.port)
      try await socket.send(
        "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: \(origin)\r\nAccess-Control-Request-Method: POST\r\n"
          + "Access-Control-Request-Headers: content-type\r\nAccess-Control-Request-Private-Network: true\r\nConnection: close\r\n\r\n")
      let answer = try await socket.readAll().lowercased()
      #expect(answer.hasPrefix(isWelcome ? "http/1.1 204 " : "http/1.1 403 "))
      for header in [
        "access-control-allow-origin: \(origin)", "access-control-allow-methods: get, post", "access-control-allow-headers: content-type",
        "access-control-allow-private-network: true", "vary: origin",
      ] { #expect(answer.contains(header + "\r\n") == isWelcome, "\(header)") }
    }
  }
}

@Suite("Safe and unsafe methods") struct ExposureTests {
  private var methods: RPCMethods {
    var methods = RPCMethods.sample
    methods.method("secret", aliases: ["secret_alias"], isUnsafe: true) { _ in 1 }
    return methods
  }

  @Test("each way of exposing them", arguments: [(.safe, false), (.unsafe, true), (.auto, true)] as [(RPCExposure, Bool)])
  func exposure(exposure: RPCExposure, isServed: Bool) async throws {
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0, exposure: exposure), methods: methods)
    let client = try await RPCClient.connect(server.ws)
    let listed = try #require(try await client.call("rpc_methods")["methods"]?.asArray)
    for name in ["secret", "secret_alias"] {
      #expect(listed.contains(.string(name)) == isServed)
      if isServed {
        #expect(try await client.call(name) == 1)
      } else {
        await #expect(throws: RPCClientError.rpc(.methodUnsafe)) { try await client.call(name) }
      }
    }
    #expect(listed.contains("echo"))
    await server.shutdown(grace: .zero)
  }

  @Test(
    "only this machine's own address counts",
    arguments: [
      ("127.0.0.1", true), ("127.8.8.8", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
      ("192.168.1.5", false), ("127.evil.org", false), ("node.example.org", false), ("", false),
    ]) func loopback(host: String, isLocal: Bool) throws
  {
    #expect(try RPCServerConfiguration(host: host, exposure: .auto).servesUnsafe() == isLocal)
    #expect(try RPCServerConfiguration(host: host, exposure: .safe).servesUnsafe() == false)
    let asked = RPCServerConfiguration(host: host, exposure: .unsafe)
    if isLocal {
      #expect(try asked.servesUnsafe())
    } else {
      #expect(throws: RPCServerError.unsafeMethodsExposed(host: host)) { try asked.servesUnsafe() }
    }
  }

  @Test("a server that others can reach does not start with unsafe methods") func refusesToStart() async throws {
    await #expect(throws: RPCServerError.unsafeMethodsExposed(host: "0.0.0.0")) {
      try await RPCServer.start(RPCServerConfiguration(host: "0.0.0.0", port: 0, exposure: .unsafe), methods: methods)
    }
  }
}

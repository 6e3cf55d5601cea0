import RPC
import Synchronization
import TestKit
import Testing

@Suite("Client") struct ClientTests {
  @Test("answers come in the order of a batch") func batch() async throws {
    try await serving { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let answers = await client.batch([RPCCall("echo", [1]), RPCCall("fail"), RPCCall("echo", [3])])
      #expect(answers == [.success(1), .failure(.rpc(.invalidTransaction(.stale))), .success(3)])
      #expect(await client.batch([]).isEmpty)
      #expect(try await HTTPClient.call(server.http, "echo", ["x"]) == "x")
      await #expect(throws: RPCClientError.rpc(.methodNotFound("none"))) { try await HTTPClient.call(server.http, "none") }
    }
  }

  @Test("a refused batch answers all its calls") func refusedBatch() async throws {
    var limits = RPCLimits()
    limits.batchLength = 1
    try await serving(limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let error = RPCClientError.rpc(.batchTooLong(limit: 1))
      #expect(await client.batch([RPCCall("echo"), RPCCall("echo")]) == [.failure(error), .failure(error)])
      #expect(try await client.call("echo", [1]) == 1)
    }
  }

  @Test("nobody there") func refused() async throws {
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: .sample)
    await server.shutdown(grace: .zero)
    let error = RPCClientError.connectionRefused(host: "127.0.0.1", port: server.port)
    await #expect(throws: error) { try await RPCClient.connect(server.ws) }
    await #expect(throws: error) { try await HTTPClient.get(server.http, timeout: .seconds(60)) }
  }

  @Test("no answer in time, then a late one") func timeout() async throws {
    let gate = Gate<JSON>()
    var methods = RPCMethods.sample
    methods.method("slow") { _ in await gate.wait() }
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      await #expect(throws: RPCClientError.timeout(operation: "slow", after: .milliseconds(1))) {
        try await client.call("slow", timeout: .milliseconds(1))
      }
      await gate.open("late")
      #expect(try await client.call("echo", ["next"]) == "next")
    }
  }

  @Test("a server that never shakes hands") func handshakeTimeout() async throws {
    let gate = Gate<Bool>()
    let route = HTTPRoute("/slow") { _ in
      _ = await gate.wait()
      return .text("")
    }
    try await serving(RPCMethods(), routes: [route]) { server async throws in
      var configuration = RPCClient.Configuration()
      configuration.connectTimeout = .milliseconds(50)
      await #expect(throws: RPCClientError.timeout(operation: "connect", after: .milliseconds(50))) {
        try await RPCClient.connect(server.ws + "/slow", configuration: configuration)
      }
      await gate.open(true)
    }
  }

  @Test("a cancelled task stops waiting") func cancellation() async throws {
    let (started, gate) = (Gate<Bool>(), Gate<JSON>())
    var methods = RPCMethods.sample
    methods.method("slow") { _ in
      await started.open(true)
      return await gate.wait()
    }
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let task = Task { try await client.call("slow") }
      _ = await started.wait()
      task.cancel()
      await #expect(throws: RPCClientError.cancelled) { try await task.value }
      await gate.open(.null)
    }
  }

  @Test("a lost connection fails what waits and what comes later") func closed() async throws {
    let (started, gate) = (Gate<Bool>(), Gate<JSON>())
    var methods = RPCMethods.endless()
    methods.method("slow") { _ in
      await started.open(true)
      return await gate.wait()
    }
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let numbers = try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe")
      async let slow = client.batch([RPCCall("slow"), RPCCall("slow")])
      _ = await started.wait()
      await client.close()
      let error = RPCClientError.closed(reason: "closed by this side")
      #expect(await slow == [.failure(error), .failure(error)])
      await #expect(throws: error) { try await client.call("slow") }
      await #expect(throws: error) { for try await _ in numbers {} }
      #expect(!client.isOpen)
      await gate.open(.null)
    }
  }

  @Test("a subscription that nobody uses any more is ended") func dropped() async throws {
    let ended = Gate<Bool>()
    try await serving(.endless(onEnd: ended)) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      for try await number in try await client.subscribe("count_subscribe", [7], unsubscribe: "count_unsubscribe") {
        #expect(number == 7)
        break
      }
      #expect(await ended.wait())
      #expect(client.isOpen)
    }
  }

  @Test("a reader that falls behind is told") func overflow() async throws {
    let ended = Gate<Bool>()
    try await serving(.endless(onEnd: ended)) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let numbers = try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe", buffer: 4)
      #expect(await ended.wait())
      var seen: [JSON] = []
      let error = await #expect(throws: RPCClientError.self) { for try await number in numbers { seen.append(number) } }
      #expect(error == .subscriptionOverflow(limit: 4) && seen == [0, 1, 2, 3])
    }
  }

  @Test("ids that come after the caller has gone are given back") func abandoned() async throws {
    let (started, gate, ended) = (Gate<Bool>(), Gate<Bool>(), Gate<Bool>())
    var methods = RPCMethods()
    methods.subscription("late_subscribe", notification: "late", unsubscribe: "late_unsubscribe") { _ in
      await started.open(true)
      _ = await gate.wait()
      return RPCFeed { _ in
        await untilCancelled()
        await ended.open(Task.isCancelled)
      }
    }
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let task = Task { try await client.subscribe("late_subscribe", unsubscribe: "late_unsubscribe") }
      _ = await started.wait()
      task.cancel()
      await #expect(throws: RPCClientError.cancelled) { try await task.value }
      await gate.open(true)
      #expect(await ended.wait())
    }
  }

  @Test(
    "addresses",
    arguments: [
      ("ws://localhost", "localhost", 80, "/"), ("ws://127.0.0.1:9944", "127.0.0.1", 9944, "/"),
      ("HTTP://Node:1/a?b=c#d", "Node", 1, "/a?b=c"), ("ws://[::1]:9944/x", "::1", 9944, "/x"), ("ws://h?q", "h", 80, "/?q"),
    ]) func addresses(url: String, host: String, port: Int, path: String) throws
  {
    let endpoint = try Endpoint(url)
    #expect(endpoint.host == host && endpoint.port == port && endpoint.path == path)
  }

  @Test(
    "unusable addresses",
    arguments: [
      "", "localhost:9944", "wss://h", "https://h", "ws://", "ws://:1", "ws://h:", "ws://h:0", "ws://h:65536", "ws://h:x",
      "ws://[::1", "ws://[::1]x", "ws://user@h", "ws://h /", "ws://h/\r\nx: y",
    ]) func unusable(url: String) async
  {
    #expect(throws: RPCClientError.self) { try Endpoint(url) }
    await #expect(throws: RPCClientError.self) { try await RPCClient.connect(url) }
  }
}

@Suite("Reconnecting client") struct ReconnectingTests {
  @Test("waits double up to the maximum and vary by half", arguments: 0..<4 as Range<UInt64>) func backoff(seed: UInt64) {
    var (backoff, random) = (Backoff(initial: .milliseconds(100), maximum: .seconds(1)), SeededRandom(seed: seed))
    for ceiling in [100, 200, 400, 800, 1000, 1000] {
      let wait = backoff.next(using: &random)
      #expect(wait >= .milliseconds(ceiling / 2) && wait <= .milliseconds(ceiling), "seed \(seed)")
    }
    for _ in 0..<100 { #expect(backoff.next(using: &random) <= .seconds(1), "seed \(seed)") }
    backoff.succeeded()
    #expect(backoff.next(using: &random) <= .milliseconds(100))
  }

  @Test("comes back when the server does") func reconnects() async throws {
    let first = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: .sample)
    let port = first.port
    let waits = Mutex(0)
    let secondIsUp = Gate<Bool>()
    let client = ReconnectingRPCClient(first.ws, random: SeededRandom(seed: 1)) { _ in
      if waits.withLock({
        $0 += 1; return $0
      }) == 3 {
        _ = await secondIsUp.wait()
      }
    }
    #expect(try await client.call("echo", [1]) == 1)
    let connection = try await client.connected()
    await first.shutdown(grace: .zero)
    await connection.waitUntilClosed()
    async let answer = client.call("echo", [2], attempts: 10)
    let second = try await RPCServer.start(RPCServerConfiguration(port: port), methods: .sample)
    await secondIsUp.open(true)
    #expect(try await answer == 2)
    #expect(await client.generation == 2)
    await client.close()
    await #expect(throws: RPCClientError.closed(reason: "closed by this side")) { try await client.call("echo") }
    await second.shutdown(grace: .zero)
  }

  @Test("waiting ends with cancellation, close or a hopeless address") func gives() async throws {
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: .sample)
    await server.shutdown(grace: .zero)
    let isWaiting = Gate<Bool>()
    let client = ReconnectingRPCClient(server.ws) { _ in
      await isWaiting.open(true)
      await untilCancelled()
      throw CancellationError()
    }
    let cancelled = Task { try await client.connected() }
    let closed = Task { try await client.connected() }
    _ = await isWaiting.wait()
    cancelled.cancel()
    await #expect(throws: RPCClientError.cancelled) { try await cancelled.value }
    await client.close()
    await #expect(throws: RPCClientError.closed(reason: "closed by this side")) { try await closed.value }
    await #expect(throws: RPCClientError.self) { try await ReconnectingRPCClient("wss://host").connected() }
  }
}

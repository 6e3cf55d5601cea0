import RPC
import Testing

@Suite("Over WebSocket") struct WebSocketTests {
  static let echo = #"{"jsonrpc":"2.0","id":1,"method":"echo","params":["hello"]}"#

  @Test("text and binary frames are answered with text", arguments: [1, 2] as [UInt8])
  func kinds(opcode: UInt8) async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(frame: opcode, Array(Self.echo.utf8))
      #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "id": 1, "result": "hello"])
      try await socket.send(text: "{")
      #expect(try await socket.readJSON()["error"]?["code"] == -32700)
    }
  }

  @Test("requests sent together with the handshake are answered") func early() async throws {
    try await serving { server async throws in
      let socket = try RawSocket(port: server.port)
      let frame = [0x81, 0x80 | UInt8(Self.echo.utf8.count), 0, 0, 0, 0] + Array(Self.echo.utf8)
      try await socket.send(
        Array(
          ("GET /any/path HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8) + frame)
      #expect(try await socket.readHead().hasPrefix("HTTP/1.1 101 "))
      #expect(try await socket.readJSON()["result"] == "hello")
    }
  }

  @Test("fragments are joined, pings between them answered") func fragments() async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      let bytes = Array(Self.echo.utf8)
      try await socket.send(frame: 1, fin: false, Array(bytes[..<10]))
      try await socket.send(frame: 9, Array("are you there".utf8))
      try await socket.send(frame: 0, fin: false, [])
      try await socket.send(frame: 0, Array(bytes[10...]))
      let pong = try #require(try await socket.readFrame())
      #expect(pong.opcode == 10 && pong.payload == Array("are you there".utf8))
      #expect(try await socket.readJSON()["result"] == "hello")
    }
  }

  @Test("a frame of 4 MB goes both ways") func large() async throws {
    var limits = RPCLimits()
    limits.requestBytes = 5 << 20
    try await serving(limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let text = JSON.string(String(repeating: "0123456789abcdef", count: 1 << 18))
      #expect(try await client.call("echo", [text]) == text)
    }
  }

  @Test(
    "a broken frame closes the connection",
    arguments: [
      ("not masked", 1, true, false, [0x31], 1002), ("continues nothing", 0, true, true, [0x31], 1002),
      ("fragmented ping", 9, false, true, [], 1002), ("long ping", 9, true, true, [UInt8](repeating: 0, count: 126), 1002),
      ("unknown opcode", 3, true, true, [0x31], 1002), ("reserved bit", 0x41, true, true, [0x31], 1002),
      ("too large", 1, true, true, [UInt8](repeating: 0x20, count: 2001), 1009),
    ] as [(String, UInt8, Bool, Bool, [UInt8], Int)])
  func broken(name: String, opcode: UInt8, fin: Bool, masked: Bool, payload: [UInt8], code: Int) async throws {
    var limits = RPCLimits()
    limits.requestBytes = 2000
    try await serving(limits: limits) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(frame: opcode, fin: fin, masked: masked, payload)
      #expect(try await socket.readClose() == code, "\(name)")
    }
  }

  @Test("fragments together are limited too") func fragmentLimit() async throws {
    var limits = RPCLimits()
    limits.requestBytes = 2000
    try await serving(limits: limits) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(frame: 1, fin: false, [UInt8](repeating: 0x20, count: 1500))
      try await socket.send(frame: 0, [UInt8](repeating: 0x20, count: 501))
      #expect(try await socket.readClose() == 1009)
    }
  }

  @Test("a close frame is answered and the socket closed") func close() async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(frame: 8, [0x03, 0xe8])
      #expect(try await socket.readClose() == 1000)
      #expect(try await socket.readFrame() == nil)
    }
  }

  @Test("a page from elsewhere gets no WebSocket") func origin() async throws {
    try await serving { server async throws in
      let socket = try RawSocket(port: server.port)
      try await socket.send(
        "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
      #expect(try await socket.readHead().hasPrefix("HTTP/1.1 403 "))
      _ = try await RawSocket.webSocket(server, headers: "Origin: http://localhost:8000\r\n")
    }
  }

  @Test("slow calls do not hold up others") func concurrency() async throws {
    let gate = Gate<JSON>()
    var methods = RPCMethods.sample
    methods.method("slow") { _ in await gate.wait() }
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      async let slow = client.call("slow")
      #expect(try await client.call("echo", [1]) == 1)
      await gate.open("done")
      #expect(try await slow == "done")
    }
  }

  @Test("calls beyond the limit of a connection wait") func waits() async throws {
    let gate = Gate<JSON>()
    var methods = RPCMethods.sample
    methods.method("slow") { _ in await gate.wait() }
    var limits = RPCLimits()
    limits.callsPerConnection = 2
    try await serving(methods, limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let other = try await RPCClient.connect(server.ws)
      async let slow = withTaskGroup(of: JSON?.self) { group in
        for _ in 0..<2 { group.addTask { try? await client.call("slow") } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      async let echoes = withTaskGroup(of: JSON?.self) { group in
        for number in 0..<100 { group.addTask { try? await client.call("echo", [JSON(number)]) } }
        return await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
      }
      #expect(try await other.call("echo", [1]) == 1)
      await gate.open("done")
      #expect(await slow == ["done", "done"])
      #expect(await echoes == 100)
    }
  }

  @Test("calls beyond the limit of the server are refused") func busy() async throws {
    let (started, gate) = (Gate<Bool>(), Gate<JSON>())
    var methods = RPCMethods.sample
    methods.method("slow") { _ in
      await started.open(true)
      return await gate.wait()
    }
    var limits = RPCLimits()
    limits.calls = 1
    try await serving(methods, limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      async let slow = client.call("slow")
      _ = await started.wait()
      await #expect(throws: RPCClientError.rpc(.serverBusy)) { try await client.call("echo") }
      // What is long is refused unread: nobody looks whether it is JSON.
      let raw = try await RawSocket.webSocket(server)
      try await raw.send(text: String(repeating: "[", count: 2000))
      #expect(try await raw.readJSON() == ["jsonrpc": "2.0", "id": .null, "error": RPCError.serverBusy.json])
      await gate.open("done")
      #expect(try await slow == "done")
    }
  }
}

@Suite("Subscriptions") struct SubscriptionTests {
  @Test("the id comes before the first notification", arguments: 0..<20) func order(round: Int) async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(text: #"{"jsonrpc":"2.0","id":"s","method":"three_subscribe","params":[5]}"#)
      let answer = try await socket.readJSON()
      let id = try #require(answer["result"]?.asString)
      #expect(answer["id"] == "s")
      for number in 5..<8 {
        let expected: JSON = ["subscription": .string(id), "result": JSON(number)]
        #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "method": "three", "params": expected])
      }
    }
  }

  @Test("a batch is answered whole before its subscriptions speak") func batch() async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(
        text: #"[{"jsonrpc":"2.0","id":1,"method":"three_subscribe"},{"jsonrpc":"2.0","id":2,"method":"echo"}]"#)
      #expect(try await socket.readJSON().asArray?.count == 2)
      #expect(try await socket.readJSON()["params"]?["result"] == 0)
    }
  }

  @Test("after unsubscribe no notification comes") func unsubscribe() async throws {
    let opened = Gate<SubscriptionSink>()
    var methods = RPCMethods.sample
    methods.subscription("held_subscribe", notification: "held", unsubscribe: "held_unsubscribe") { _ in
      RPCFeed { sink in
        await opened.open(sink)
        await untilCancelled()
      }
    }
    try await serving(methods) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(text: #"{"jsonrpc":"2.0","id":1,"method":"held_subscribe"}"#)
      let id = try #require(try await socket.readJSON()["result"]?.asString)
      let sink = await opened.wait()
      try sink.send("before")
      #expect(try await socket.readJSON()["params"]?["result"] == "before")
      let unsubscribe = #"{"jsonrpc":"2.0","id":2,"method":"held_unsubscribe","params":["\#(id)"]}"#
      try await socket.send(text: unsubscribe)
      #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "id": 2, "result": true])
      #expect(throws: SubscriptionClosed.self) { try sink.send("after") }
      try await socket.send(text: unsubscribe)
      #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "id": 2, "result": false])
    }
  }

  @Test("only the right method ends a subscription") func wrongMethod() async throws {
    var methods = RPCMethods.endless()
    methods.merge(.sample)
    try await serving(methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let numbers = try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe")
      #expect(try await client.call("three_unsubscribe", [.string(numbers.id)]) == false)
      #expect(try await client.call("count_unsubscribe", [.string(numbers.id)]) == true)
      await #expect(throws: RPCClientError.self) { try await client.call("count_unsubscribe", []) }
    }
  }

  @Test("a refused subscription leaves no trace") func refused() async throws {
    var limits = RPCLimits()
    limits.subscriptionsPerConnection = 1
    try await serving(.endless(), limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      await #expect(throws: RPCClientError.self) {
        try await client.subscribe("count_subscribe", ["no number"], unsubscribe: "count_unsubscribe")
      }
      let numbers = try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe")
      await #expect(throws: RPCClientError.rpc(.tooManySubscriptions(limit: 1))) {
        try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe")
      }
      #expect(server.statistics.subscriptions == 1)
      numbers.cancel()
    }
  }

  @Test("the keys of a connection's subscriptions are limited together") func keys() async throws {
    var methods = RPCMethods()
    methods.subscription("watch", notification: "watched", unsubscribe: "unwatch") { params in
      RPCFeed(keys: try params.number(0, "count")) { _ in await untilCancelled() }
    }
    var limits = RPCLimits()
    limits.subscriptionKeysPerConnection = 10
    try await serving(methods, limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let six = try await client.subscribe("watch", [6], unsubscribe: "unwatch")
      await #expect(throws: RPCClientError.rpc(.tooManySubscriptionKeys(limit: 10))) {
        try await client.subscribe("watch", [5], unsubscribe: "unwatch")
      }
      _ = try await client.subscribe("watch", [4], unsubscribe: "unwatch")
      #expect(try await client.call("unwatch", [.string(six.id)]) == true)
      let again = try await client.subscribe("watch", [6], unsubscribe: "unwatch")
      let other = try await RPCClient.connect(server.ws)
      let theirs = try await other.subscribe("watch", [10], unsubscribe: "unwatch")
      #expect(again.id != theirs.id)
    }
  }

  @Test("a client that goes away ends its feed", arguments: [true, false]) func disconnect(politely: Bool) async throws {
    let ended = Gate<Bool>()
    try await serving(.endless(onEnd: ended)) { server async throws in
      var socket: RawSocket? = try await RawSocket.webSocket(server)
      try await socket?.send(text: #"{"jsonrpc":"2.0","id":1,"method":"count_subscribe"}"#)
      _ = try await socket?.readJSON()
      if politely { try await socket?.send(frame: 8, []) }
      socket = nil
      #expect(await ended.wait())
    }
  }

  @Test("a call in work is cancelled when its client goes away") func cancelsCalls() async throws {
    let (started, ended) = (Gate<Bool>(), Gate<Bool>())
    var methods = RPCMethods()
    methods.method("hang") { _ in
      await started.open(true)
      await untilCancelled()
      await ended.open(Task.isCancelled)
      return .null
    }
    try await serving(methods) { server async throws in
      var socket: RawSocket? = try await RawSocket.webSocket(server)
      try await socket?.send(text: #"{"jsonrpc":"2.0","id":1,"method":"hang"}"#)
      _ = await started.wait()
      socket = nil
      #expect(await ended.wait())
    }
  }

  @Test("a client that does not read is dropped") func slowConsumer() async throws {
    let ended = Gate<Bool>()
    var limits = RPCLimits()
    limits.pendingBytes = 1 << 20
    try await serving(.endless(size: 10_000, onEnd: ended), limits: limits) { server async throws in
      let socket = try await RawSocket.webSocket(server, receiveBuffer: 4096)
      try await socket.send(text: #"{"jsonrpc":"2.0","id":1,"method":"count_subscribe"}"#)
      #expect(await ended.wait())
      _ = try? await socket.readAll()
    }
  }

  @Test("shutdown lets calls finish, ends subscriptions and says why") func shutdown() async throws {
    let (started, gate, ended) = (Gate<Bool>(), Gate<JSON>(), Gate<Bool>())
    var methods = RPCMethods.endless(onEnd: ended)
    methods.method("slow") { _ in
      await started.open(true)
      return await gate.wait()
    }
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: methods)
    let client = try await RPCClient.connect(server.ws)
    let idle = try await RPCClient.connect(server.ws)
    let numbers = try await client.subscribe("count_subscribe", unsubscribe: "count_unsubscribe", buffer: 1 << 20)
    async let slow = client.call("slow")
    _ = await started.wait()
    async let down: Void = server.shutdown(grace: .seconds(20))
    #expect(await ended.wait())
    #expect(await idle.waitUntilClosed() == "the server shuts down")
    await gate.open("done")
    #expect(try await slow == "done")
    #expect(await client.waitUntilClosed() == "the server shuts down")
    await down
    await #expect(throws: RPCClientError.closed(reason: "the server shuts down")) { for try await _ in numbers {} }
    // Refused, or reset when it fell into the moment of closing.
    await #expect(throws: RPCClientError.self) { try await RPCClient.connect(server.ws) }
  }
}

extension RPCMethods {
  /// `count_subscribe` counts from its parameter.
  /// - Parameters:
  ///   - size: Bytes of text beside each number. Above 0 it counts as fast as it can, else it stops after 8 numbers.
  ///   - onEnd: Opened when the feed is cancelled or may send no more.
  static func endless(size: Int = 0, onEnd: Gate<Bool>? = nil) -> RPCMethods {
    var methods = RPCMethods()
    methods.subscription("count_subscribe", notification: "count", unsubscribe: "count_unsubscribe") { params in
      let start = try params.optionalNumber(0, "start", as: Int.self) ?? 0
      return RPCFeed { sink in
        do {
          for number in start..<(size > 0 ? .max : start + 8) {
            try sink.send(size > 0 ? [JSON(number), .string(String(repeating: "x", count: size))] : JSON(number))
          }
          await untilCancelled()
        } catch {}
        await onEnd?.open(true)
      }
    }
    return methods
  }
}

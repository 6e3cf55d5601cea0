import RPC
import Synchronization
import Testing

/// What the methods of these tests remember about a connection.
private final class Notes: RPCConnectionState {
  let values = Mutex<[String]>([])
  let sinks = Mutex<[String: SubscriptionSink]>([:])
  let onEnd: @Sendable () -> Void

  init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

  func connectionEnded() { onEnd() }
}

/// Counts what happens.
private final class Tally: Sendable {
  private let counts = Mutex<[String: Int]>([:])
  func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
  subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

  /// Waits until something has happened so often.
  func reach(_ name: String, _ count: Int) async throws {
    let deadline = ContinuousClock.now.advanced(by: .seconds(30))
    while self[name] < count {
      guard ContinuousClock.now < deadline else {
        Issue.record("\(name) happened \(self[name]) times, not \(count)")
        return
      }
      try await Task.sleep(for: .milliseconds(1))
    }
  }
}

extension RPCMethods {
  /// `open` subscribes; `work` sends to that subscription behind its own answer; `note` remembers a text.
  fileprivate static func connected(_ tally: Tally) -> RPCMethods {
    let notes = { @Sendable (connection: RPCConnection) in connection.state { Notes(onEnd: { tally.add("ended") }) } }
    var methods = RPCMethods.sample
    methods.subscription("open", notification: "event", unsubscribe: "close", parameter: "id", unsubscribing: .silently) {
      _, subscriber in
      let notes = notes(subscriber.connection)
      return RPCFeed(ended: { tally.add("closed") }) { sink in
        notes.sinks.withLock { $0[sink.id] = sink }
        try sink.send("ready")
        await untilCancelled()
      }
    }
    methods.subscription("watch", notification: "watched", unsubscribe: "unwatch", unsubscribing: .orFails(.invalidParams("unknown"))) {
      _, _ in RPCFeed { _ in await untilCancelled() }
    }
    methods.connectionMethod("work") { params, connection in
      let id = try params.string(0, "id")
      return RPCAnswer(
        "started", sent: { try? notes(connection).sinks.withLock { $0[id] }?.send("done") }, unsent: { tally.add("unsent") })
    }
    methods.connectionMethod("note") { params, connection in
      let text = try params.optionalString(0, "text")
      let values = notes(connection).values.withLock { values in
        if let text { values.append(text) }
        return values
      }
      return RPCAnswer(.array(values.map { .string($0) }))
    }
    return methods
  }
}

@Suite("Methods that know their connection") struct ConnectionMethodTests {
  private func request(_ id: Int, _ method: String, _ params: String = "[]") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
  }

  @Test("what an answer begins comes behind the answer") func order() async throws {
    try await serving(.connected(Tally())) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(text: request(1, "open"))
      let id = try #require(try await socket.readJSON()["result"]?.asString)
      #expect(try await socket.readJSON()["params"]?["result"] == "ready")
      for call in 2..<50 {
        // By position and by name.
        try await socket.send(text: request(call, "work", call % 2 == 0 ? #"["\#(id)"]"# : #"{"id":"\#(id)"}"#))
        #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "id": JSON(call), "result": "started"])
        #expect(
          try await socket.readJSON()
            == ["jsonrpc": "2.0", "method": "event", "params": ["subscription": .string(id), "result": "done"]])
      }
      // All of a batch is answered before any of it begins.
      try await socket.send(text: "[\(request(60, "work", #"["\#(id)"]"#)),\(request(61, "work", #"["\#(id)"]"#))]")
      #expect(try await socket.readJSON().asArray?.count == 2)
      for _ in 0..<2 { #expect(try await socket.readJSON()["params"]?["result"] == "done") }
    }
  }

  @Test("state belongs to one connection and hears of its end") func state() async throws {
    let tally = Tally()
    try await serving(.connected(tally)) { server async throws in
      let first = try await RPCClient.connect(server.ws)
      let second = try await RPCClient.connect(server.ws)
      #expect(try await first.call("note", ["a"]) == ["a"])
      #expect(try await second.call("note", ["b"]) == ["b"])
      #expect(try await first.call("note", ["c"]) == ["a", "c"])
      let open = try await first.subscribe("open", unsubscribe: "close")
      await first.close()
      try await tally.reach("ended", 1)
      try await tally.reach("closed", 1)
      #expect(try await second.call("note") == ["b"])
      await second.close()
      try await tally.reach("ended", 2)
      #expect(tally["closed"] == 1 && !open.id.isEmpty)
    }
  }

  @Test("an answer that is not sent begins nothing") func unsent() async throws {
    let tally = Tally()
    var limits = RPCLimits()
    limits.responseBytes = 2000
    try await serving(.connected(tally), limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      client.notify("work", ["x"])
      try await tally.reach("unsent", 1)
      let answers = await client.batch([RPCCall("work", ["x"]), RPCCall("open"), RPCCall("large", [1950])])
      #expect(answers.count == 3)
      try await tally.reach("unsent", 2)
      // The subscription of the batch is over too, though it never began.
      try await tally.reach("closed", 1)
      #expect(server.statistics.subscriptions == 0)
    }
  }

  @Test("how the end of a subscription is answered is the method's choice") func unsubscribing() async throws {
    let tally = Tally()
    try await serving(.connected(tally)) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let open = try await client.subscribe("open", unsubscribe: "close")
      #expect(try await client.call("close", [.string(open.id)]).isNull)
      // It had heard before the answer.
      #expect(tally["closed"] == 1)
      #expect(try await client.call("close", [.string(open.id)]).isNull)
      let watch = try await client.subscribe("watch", unsubscribe: "unwatch")
      #expect(try await client.call("unwatch", [.string(watch.id)]).isNull)
      for method in ["unwatch", "close"] {
        await #expect(throws: RPCClientError.self, "\(method)") { try await client.call(method, method == "close" ? [1] : ["none"]) }
      }
    }
  }

  @Test("they are refused over HTTP") func http() async throws {
    try await serving(.connected(Tally())) { server async throws in
      for method in ["note", "work", "open", "close"] {
        #expect(try await server.post(request(1, method, #"["x"]"#))["error"]?["code"] == -32601, "\(method)")
      }
    }
  }

  @Test("a long answer waits for a slow reader instead of losing it") func slowReader() async throws {
    let tally = Tally()
    var methods = RPCMethods.sample
    methods.subscription("flood", notification: "flooded", unsubscribe: "stop") { _ in
      RPCFeed { sink in
        for number in 0..<400 {
          await sink.whenRead()
          try sink.send(["number": JSON(number), "text": .string(String(repeating: "x", count: 10_000))])
          tally.add("sent")
        }
      }
    }
    var limits = RPCLimits()
    limits.pendingBytes = 200_000
    limits.responseBytes = 100_000
    try await serving(methods, limits: limits) { server async throws in
      let socket = try await RawSocket.webSocket(server, receiveBuffer: 4096)
      try await socket.send(text: request(1, "flood"))
      #expect(try await socket.readJSON()["result"]?.asString != nil)
      for number in 0..<400 {
        #expect(try await socket.readJSON()["params"]?["result"]?["number"] == JSON(number))
      }
      try await tally.reach("sent", 400)
    }
  }
}

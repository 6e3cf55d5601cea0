import RPC
import TestKit
import Testing

@Suite("Habits of clients") struct HabitTests {
  @Test("a batch in one frame is answered in one frame, by id") func batch() async throws {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(
        frame: 2,
        Array(
          #"""
          [{"jsonrpc":"2.0","id":"aB17","method":"echo","params":[1]},{"jsonrpc":"2.0","id":3,"method":"nothing"},
           {"jsonrpc":"2.0","method":"echo","params":[2]},{"id":9}]
          """#.utf8))
      let answers = try #require(try await socket.readJSON().asArray)
      #expect(answers.count == 3)
      #expect(answers.first { $0["id"] == "aB17" }?["result"] == 1)
      #expect(answers.first { $0["id"] == 3 }?["error"]?["code"] == -32601)
      #expect(answers.first { $0["id"] == 9 }?["error"]?["code"] == -32600)
    }
  }

  @Test("a notification is carried out and not answered, alone and in a batch") func notifications() async throws {
    let gate = Gate<JSON>()
    var methods = RPCMethods.sample
    methods.method("open") { params in
      await gate.open(params.value(0, "value") ?? .null)
      return .null
    }
    try await serving(methods) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(text: #"[{"jsonrpc":"2.0","method":"open","params":["now"]},{"jsonrpc":"2.0","method":"nothing"}]"#)
      try await socket.send(text: #"{"jsonrpc":"2.0","method":"three_subscribe"}"#)
      #expect(await gate.wait() == "now")
      try await socket.send(text: #"{"jsonrpc":"2.0","id":1,"method":"echo"}"#)
      #expect(try await socket.readJSON() == ["jsonrpc": "2.0", "id": 1, "result": .null])
      #expect(server.statistics.subscriptions == 0)
    }
  }

  @Test("an answer over HTTP is JSON with status 200, whatever it says", arguments: ["{", "[]", "nothing", "echo", "fail"])
  func status(what: String) async throws {
    let body = what.count > 2 ? #"{"jsonrpc":"2.0","id":1,"method":"\#(what)"}"# : what
    try await serving { server async throws in
      let reply = try await HTTPClient.post(server.http + "/any/path", body: Array(body.utf8), timeout: .seconds(60))
      #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
      #expect(throws: Never.self) { try JSON(parsing: reply.body) }
    }
  }

  @Test("a server may refuse batches") func noBatches() async throws {
    var limits = RPCLimits()
    limits.batchLength = 0
    try await serving(limits: limits) { server async throws in
      #expect(try await server.post(#"[{"jsonrpc":"2.0","id":1,"method":"echo"}]"#)["error"]?["code"] == -32005)
    }
  }

  @Test(
    "whether the node is ready",
    arguments: [
      (["peers": 0, "isSyncing": false, "shouldHavePeers": false], 200), (["peers": 3, "isSyncing": false, "shouldHavePeers": true], 200),
      (["peers": 0, "isSyncing": false, "shouldHavePeers": true], 500), (["peers": 3, "isSyncing": true, "shouldHavePeers": true], 500),
    ] as [(JSON, Int)]) func readiness(health: JSON, status: Int) async throws
  {
    var methods = RPCMethods()
    methods.method("system_health") { _ in health }
    try await serving(methods) { server async throws in
      let reply = try await HTTPClient.get(server.http + "/health/readiness", timeout: .seconds(60))
      #expect(reply.status == status && reply.body.isEmpty)
      #expect(try await HTTPClient.get(server.http + "/health", timeout: .seconds(60)).text == health.description)
    }
  }

  @Test(
    "what is no request is refused and the connection goes on",
    arguments: [
      Array(repeating: UInt8(ascii: "["), count: 100_000), [0x22, 0xff, 0xfe, 0x22], [0xff], [],
      Array((#"{"jsonrpc":"2.0","id":"# + String(repeating: "9", count: 1_000_000) + "}").utf8),
      Array(#"{"jsonrpc":"2.0","id":1e400,"method":"echo"}"#.utf8), Array(#"{"id":1,"id":2,"jsonrpc":"2.0","method":"echo"}"#.utf8),
      Array(String(repeating: #"{"a":"#, count: 50_000).utf8), Array("[".utf8) + Array(repeating: UInt8(ascii: ","), count: 1000),
    ] as [[UInt8]]) func refused(message: [UInt8]) async throws
  {
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      try await socket.send(frame: 1, message)
      #expect(try await socket.readJSON()["error"]?["code"] == -32700)
      try await socket.send(text: WebSocketTests.echo)
      #expect(try await socket.readJSON()["result"] == "hello")
    }
  }

  @Test("mutated requests never stop the server", arguments: 0..<6 as Range<UInt64>) func mutations(seed: UInt64) async throws {
    let seeds = [
      #"{"jsonrpc":"2.0","id":1,"method":"echo","params":["0x00",null,{"a":[1,2.5e3]}]}"#,
      #"[{"jsonrpc":"2.0","id":"a","method":"size","params":["é\u00e9"]},{"jsonrpc":"2.0","method":"three_subscribe"}]"#,
      #"{"jsonrpc":"2.0","id":18446744073709551615,"method":"three_subscribe","params":{"start":4}}"#,
      #"{"jsonrpc":"2.0","id":-1,"method":"three_unsubscribe","params":["x"]}"#,
    ].map { Array($0.utf8) }
    var random = SeededRandom(seed: seed)
    try await serving { server async throws in
      let socket = try await RawSocket.webSocket(server)
      for round in 0..<300 {
        var message = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 0...4, using: &random) { Self.mutate(&message, &random) }
        try await socket.send(frame: round % 3 == 0 ? 2 : 1, message)
        let mark = "mark \(seed) \(round)"
        try await socket.send(text: #"{"jsonrpc":"2.0","id":"\#(mark)","method":"echo","params":["\#(mark)"]}"#)
        // Answers and notifications of what came before may stand in between; each is JSON.
        while try await socket.readJSON()["id"] != .string(mark) {}
      }
      #expect(server.statistics.connections == 1)
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1 where !bytes.isEmpty: bytes.remove(at: place)
    case 2: bytes.insert(contentsOf: random.bytes(Int.random(in: 1...8, using: &random)), at: place)
    case 3: bytes.removeLast(min(bytes.count, Int.random(in: 1...20, using: &random)))
    default: bytes.insert(contentsOf: bytes.dropFirst(place).prefix(30), at: place)
    }
  }
}

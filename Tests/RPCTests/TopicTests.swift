import RPC
import Synchronization
import Testing

/// A topic that a test publishes to.
private final class Source: Sendable {
  private let latest = Mutex<UInt64>(1)
  private let made = Mutex<[UInt64: Int]>([:])
  private let listeners = Mutex<[AsyncStream<RPCTopic.Item>.Continuation]>([])
  private let size: Int

  /// - Parameter size: Bytes of text beside each number.
  init(size: Int = 0) { self.size = size }

  /// How often each value was made.
  var timesMade: [UInt64: Int] { made.withLock { $0 } }

  private func item(_ order: UInt64) -> RPCTopic.Item {
    RPCTopic.Item(order: order) { [self] in
      made.withLock { $0[order, default: 0] += 1 }
      return size > 0 ? [JSON(order), .string(String(repeating: "x", count: size))] : JSON(order)
    }
  }

  var topic: RPCTopic {
    RPCTopic(current: { [self] in item(latest.withLock { $0 }) }) { [self] in
      let (stream, continuation) = AsyncStream.makeStream(of: RPCTopic.Item.self)
      listeners.withLock { $0.append(continuation) }
      return stream
    }
  }

  func publish(_ order: UInt64) {
    latest.withLock { $0 = order }
    for listener in listeners.withLock({ $0 }) { listener.yield(item(order)) }
  }

  func finish() { for listener in listeners.withLock({ $0 }) { listener.finish() } }

  var methods: RPCMethods {
    let topic = topic
    var methods = RPCMethods.sample
    methods.subscription("topic_subscribe", notification: "topic", unsubscribe: "topic_unsubscribe") { _ in RPCFeed(topic) }
    return methods
  }
}

@Suite("Topics") struct TopicTests {
  @Test("every member is sent the current value and each later one, made once for all") func sharing() async throws {
    let source = Source()
    try await serving(source.methods) { server async throws in
      let clients = [try await RPCClient.connect(server.ws), try await RPCClient.connect(server.ws)]
      var iterators: [RPCSubscription.Iterator] = []
      for number in 0..<40 {
        let values = try await clients[number % 2].subscribe("topic_subscribe", unsubscribe: "topic_unsubscribe")
        iterators.append(values.makeAsyncIterator())
      }
      for index in iterators.indices { #expect(try await iterators[index].next() == 1) }
      for order in 2...5 as ClosedRange<UInt64> { source.publish(order) }
      let late = try await clients[0].subscribe("topic_subscribe", unsubscribe: "topic_unsubscribe")
      iterators.append(late.makeAsyncIterator())
      for index in iterators.indices.dropLast() {
        for order in 2...5 { #expect(try await iterators[index].next() == JSON(order)) }
      }
      #expect(try await iterators[40].next() == 5)
      source.publish(6)
      for index in iterators.indices { #expect(try await iterators[index].next() == 6) }
      #expect(source.timesMade.allSatisfy { $0.value == 1 }, "\(source.timesMade)")
      #expect(server.statistics.subscriptions == 41)
    }
  }

  @Test("who left hears nothing more, and an empty topic begins anew") func leaving() async throws {
    let source = Source()
    try await serving(source.methods) { server async throws in
      let socket = try await RawSocket.webSocket(server)
      for order in 2...4 as ClosedRange<UInt64> {
        try await socket.send(text: #"{"jsonrpc":"2.0","id":"s","method":"topic_subscribe"}"#)
        let id = try #require(try await socket.readJSON()["result"]?.asString)
        #expect(try await socket.readJSON()["params"]?["result"] == JSON(order - 1))
        try await socket.send(text: #"{"jsonrpc":"2.0","id":"u","method":"topic_unsubscribe","params":["\#(id)"]}"#)
        #expect(try await socket.readJSON()["result"] == true)
        source.publish(order)
      }
      try await socket.send(text: #"{"jsonrpc":"2.0","id":"e","method":"echo","params":["last"]}"#)
      #expect(try await socket.readJSON()["result"] == "last")
      #expect(server.statistics.subscriptions == 0)
    }
  }

  @Test("the end of the topic ends its subscriptions") func end() async throws {
    let source = Source()
    try await serving(source.methods) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let values = try await client.subscribe("topic_subscribe", unsubscribe: "topic_unsubscribe")
      var iterator = values.makeAsyncIterator()
      #expect(try await iterator.next() == 1)
      source.finish()
      while server.statistics.subscriptions > 0 { await Task.yield() }
      // The client is not told; it hears that the id is gone.
      #expect(try await client.call("topic_unsubscribe", [.string(values.id)]) == false)
      // Who comes later is accepted, and over at once.
      let late = try await client.subscribe("topic_subscribe", unsubscribe: "topic_unsubscribe")
      while server.statistics.subscriptions > 0 { await Task.yield() }
      #expect(try await client.call("topic_unsubscribe", [.string(late.id)]) == false)
    }
  }

  @Test("a member that does not read is dropped, the others go on", arguments: ["bytes", "messages"])
  func slowMember(bound: String) async throws {
    let source = Source(size: bound == "bytes" ? 100_000 : 2_000)
    var limits = RPCLimits()
    if bound == "bytes" { limits.pendingBytes = 1 << 20 } else { limits.pendingMessages = 200 }
    try await serving(source.methods, limits: limits) { server async throws in
      let client = try await RPCClient.connect(server.ws)
      let values = try await client.subscribe("topic_subscribe", unsubscribe: "topic_unsubscribe")
      var iterator = values.makeAsyncIterator()
      #expect(try await iterator.next()?[0] == 1)
      let slow = try await RawSocket.webSocket(server, receiveBuffer: 4096)
      try await slow.send(text: #"{"jsonrpc":"2.0","id":1,"method":"topic_subscribe"}"#)
      while server.statistics.subscriptions < 2 { await Task.yield() }
      var order: UInt64 = 1
      while server.statistics.subscriptions == 2 {
        order += 1
        source.publish(order)
        #expect(try await iterator.next()?[0] == JSON(order))
      }
      #expect(client.isOpen)
      _ = try? await slow.readAll()
    }
  }
}

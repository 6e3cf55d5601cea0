import Foundation
import NIOCore
import RPC
import Synchronization

/// What connections cost that only listen.
struct IdleCost: Sendable {
  var transport: LoadTransport
  var connections: Int
  /// Resident memory of the node for each, in bytes.
  var bytes: Double

  var json: JSON { ["transport": .string(transport.rawValue), "connections": JSON(connections), "bytes": .double(bytes.rounded())] }
}

/// What subscriptions cost, and how fast a block reaches all of them.
struct SubscriptionCost: Sendable {
  var subscriptions: Int
  var connections: Int
  /// Resident memory of the node for each, in bytes.
  var bytes: Double
  /// Milliseconds from the request for a block to the first and to the last notification of it: medians over the blocks.
  var first: Double
  var last: Double
  var blocks: Int

  var json: JSON {
    [
      "subscriptions": JSON(subscriptions), "connections": JSON(connections), "bytes": .double(bytes.rounded()),
      "firstMilliseconds": .double(first), "lastMilliseconds": .double(last), "blocks": JSON(blocks),
    ]
  }
}

/// Measurements with many connections that wait.
struct RpcCrowd {
  let node: RpcBenchmarkNode
  let generator: LoadGenerator

  /// Opens connections that make one call each and then idle. For a fresh node: memory that it used before and freed
  /// would hide what these take.
  func idle(_ count: Int, _ transport: LoadTransport) async throws -> IdleCost {
    // What the first connections ever make is no cost of each.
    try await holding(8, transport) { _ in }
    let before = try await node.settledBytes()
    var bytes = 0.0
    try await holding(count, transport) { _ in bytes = Double(try await node.settledBytes() - before) / Double(count) }
    return IdleCost(transport: transport, connections: count, bytes: max(0, bytes))
  }

  private func holding(_ count: Int, _ transport: LoadTransport, _ body: ([any Channel]) async throws -> Void) async throws {
    let owner = Listener(loop: generator.loop, greeting: transport.wire(LoadAnswer.request("chain_getHeader"), host: generator.host))
    let channels = try await generator.open(count, transport, owner: owner)
    do {
      _ = try await owner.messages(count)
      try await body(channels)
    } catch {
      await generator.close(channels)
      throw error
    }
    await generator.close(channels)
  }

  /// Spreads subscriptions of new heads over connections, keeps all of them, and times a few blocks.
  /// - Throws: A ``Complaint`` when a subscription is refused or misses a block.
  func subscribe(_ count: Int, connections: Int, blocks: Int) async throws -> SubscriptionCost {
    let connections = min(connections, count)
    let owner = Listener(loop: generator.loop, greeting: nil)
    let channels = try await generator.open(connections, .ws, owner: owner)
    do {
      try await owner.ready(connections)
      let before = try await node.settledBytes()
      for (number, channel) in channels.enumerated() {
        let share = count / connections + (number < count % connections ? 1 : 0)
        var requests = ByteBuffer()
        for id in 0..<share {
          var frame = LoadTransport.ws.wire(LoadAnswer.request("chain_subscribeNewHeads", id: id), host: generator.host)
          requests.writeBuffer(&frame)
        }
        channel.writeAndFlush(requests, promise: nil)
      }
      // The id and the current head for each.
      let held = try Heads(try await owner.messages(2 * count))
      guard held.subscriptions.count == count, held.answers == count else {
        throw Complaint.network("of \(count) subscriptions \(held.subscriptions.count) were accepted: \(held.failure ?? "no reason given")")
      }
      let bytes = Double(try await node.settledBytes() - before) / Double(count)
      var times: [(first: Double, last: Double)] = []
      for _ in 0..<blocks { times.append(try await round(count, held, owner)) }
      await generator.close(channels)
      return SubscriptionCost(
        subscriptions: count, connections: connections, bytes: max(0, bytes), first: Self.median(times.map(\.first)),
        last: Self.median(times.map(\.last)), blocks: blocks)
    } catch {
      await generator.close(channels)
      throw error
    }
  }

  /// Makes a block and waits until every subscription has told of it.
  private func round(_ count: Int, _ held: Heads, _ owner: Listener) async throws -> (first: Double, last: Double) {
    owner.forget()
    let start = NIODeadline.now()
    async let height = node.seal()
    let messages = try await owner.messages(count)
    let number = try await height
    let heads = try Heads(messages)
    guard heads.subscriptions == held.subscriptions, heads.numbers == [number] else {
      throw Complaint.network(
        "block \(number) was told to \(heads.subscriptions.count) of \(count) subscriptions, heights \(heads.numbers.sorted())")
    }
    let times = messages.map { Double(($0.time - start).nanoseconds) / 1e6 }
    return (times.min() ?? 0, times.max() ?? 0)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

/// What messages of subscriptions say: read after the measurement, which it would slow down.
private struct Heads {
  struct Subscription: Hashable {
    var connection: Int
    var id: String
  }

  /// Subscriptions that told of a head.
  var subscriptions: Set<Subscription> = []
  /// Heights that they told of.
  var numbers: Set<UInt64> = []
  /// Requests that were answered with an id.
  var answers = 0
  var failure: String?

  init(_ messages: [Listener.Message]) throws {
    for message in messages {
      let json = try JSON(parsing: Array(message.text.readableBytesView))
      if let params = json["params"], let id = params["subscription"]?.asString {
        subscriptions.insert(Subscription(connection: message.connection, id: id))
        if let text = params["result"]?["number"]?.asString, let number = UInt64(text.dropFirst(2), radix: 16) { numbers.insert(number) }
      } else if json["result"]?.asString != nil {
        answers += 1
      } else {
        failure = failure ?? json["error"]?["message"]?.asString
      }
    }
  }
}

/// Connections that wait: keeps what comes with the moment that it came.
private final class Listener: LoadOwner {
  struct Message: Sendable {
    var connection: Int
    var time: NIODeadline
    var text: ByteBuffer
  }

  private struct State {
    var ready = 0
    var messages: [Message] = []
    var lost: String?
    var isClosing = false
  }

  private let loop: any EventLoop
  private let greeting: ByteBuffer?
  private let state = Mutex(State())
  /// Longest time that all messages may take.
  private static let patience = Duration.seconds(120)

  /// - Parameter greeting: What each connection sends when it can.
  init(loop: any EventLoop, greeting: ByteBuffer?) {
    self.loop = loop
    self.greeting = greeting
  }

  func ready(_ client: LoadClient) {
    state.withLock { $0.ready += 1 }
    if let greeting { client.send(greeting) }
  }

  func received(_ message: ByteBuffer, by client: LoadClient) {
    let now = NIODeadline.now()
    state.withLock { $0.messages.append(Message(connection: client.number, time: now, text: message)) }
  }

  func ended(_ client: LoadClient, reason: String) { state.withLock { $0.lost = $0.lost ?? reason } }

  func forget() { state.withLock { $0.messages = [] } }

  /// Waits until so many connections can send.
  func ready(_ count: Int) async throws {
    _ = try await wait(for: "\(count) connections") { $0.ready >= count ? [] : nil }
  }

  /// Waits until so many messages have come since ``forget()``, and hands them over.
  func messages(_ count: Int) async throws -> [Message] {
    try await wait(for: "\(count) messages") { $0.messages.count >= count ? $0.messages : nil }
  }

  private func wait(for what: String, _ check: @Sendable (inout State) -> [Message]?) async throws -> [Message] {
    // Times are taken when messages come, so looking now and then costs nothing.
    try await Patience.wait(for: what, every: .milliseconds(20), at: Self.patience) {
      try state.withLock { state in
        if let found = check(&state) { return found }
        if let lost = state.lost { throw Complaint.network("a connection was lost while \(what) were awaited: \(lost)") }
        return nil
      }
    }
  }
}

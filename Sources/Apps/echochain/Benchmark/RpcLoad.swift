import Foundation
import NIOCore
import NIOPosix
import RPC
import Synchronization

/// What the connections of a measurement send.
enum LoadRequests: Sendable {
  /// One message again and again, until time is over.
  case same(ByteBuffer, warmUp: TimeAmount, time: TimeAmount)
  /// Each message once, by whichever connection is free.
  case each([ByteBuffer])
}

/// What came of a measurement.
struct LoadTally: Sendable {
  /// Nanoseconds from sending to the whole answer, in no order.
  var latencies: [Int64] = []
  /// From the first measured request to the last answer.
  var seconds = 0.0
  /// Requests answered, those of the warm-up included.
  var answered = 0
  /// Answers that are errors.
  var failures = 0
  var firstFailure: String?

  mutating func add(_ other: LoadTally) {
    latencies += other.latencies
    seconds += other.seconds
    answered += other.answered
    failures += other.failures
    firstFailure = firstFailure ?? other.firstFailure
  }

  var perSecond: Double { seconds > 0 ? Double(latencies.count) / seconds : 0 }

  /// Milliseconds that a share of the requests stays within.
  func milliseconds(within share: Double) -> Double {
    guard !latencies.isEmpty else { return 0 }
    let sorted = latencies.sorted()
    let place = min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)
    return Double(sorted[max(0, place)]) / 1e6
  }
}

/// The load generator: one thread, whatever the number of connections.
final class LoadGenerator: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let loop: any EventLoop
  /// Port of the node.
  let port: Int

  var host: String { "127.0.0.1:\(port)" }

  init(port: Int) {
    self.port = port
    loop = group.next()
  }

  func shutDown() async { try? await group.shutdownGracefully() }

  /// Opens connections, a few at a time so that none is refused by a full queue.
  func open(_ count: Int, _ transport: LoadTransport, owner: any LoadOwner) async throws -> [any Channel] {
    var channels: [any Channel] = []
    do {
      for first in stride(from: 0, to: count, by: 64) {
        let opening = (first..<min(count, first + 64)).map { number in
          ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [host] channel in
              channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                  LoadClient(number: number, transport: transport, host: host, owner: owner))
              }
            }
            .connect(host: "127.0.0.1", port: port)
        }
        for future in opening { channels.append(try await future.get()) }
      }
    } catch {
      await close(channels)
      throw Complaint.network("of \(count) connections \(channels.count) could be opened: \(error)")
    }
    return channels
  }

  func close(_ channels: [any Channel]) async {
    for channel in channels { channel.close(promise: nil) }
    for channel in channels { try? await channel.closeFuture.get() }
  }

  /// Keeps every connection busy with one request at a time.
  func run(_ requests: LoadRequests, connections: Int, _ transport: LoadTransport) async throws -> LoadTally {
    let run = LoadLoop(requests, connections: connections, loop: loop)
    let channels = try await open(connections, transport, owner: run)
    do {
      try await run.opened.get()
      run.start()
      let tally = try await run.done.get()
      await close(channels)
      return tally
    } catch {
      await close(channels)
      throw Complaint.network("a connection was lost in the measurement: \(error)")
    }
  }
}

/// One closed loop over several connections.
private final class LoadLoop: LoadOwner {
  private struct State {
    var tally = LoadTally()
    var waiting: Int
    var running: Int
    var next = 0
    var measuredFrom = NIODeadline.now()
    var end = NIODeadline.distantFuture
    var isOver = false
  }

  private let requests: LoadRequests
  private let state: Mutex<State>
  private let allOpen: EventLoopPromise<Void>
  private let begin: EventLoopPromise<Void>
  private let result: EventLoopPromise<LoadTally>

  var opened: EventLoopFuture<Void> { allOpen.futureResult }
  var done: EventLoopFuture<LoadTally> { result.futureResult }

  init(_ requests: LoadRequests, connections: Int, loop: any EventLoop) {
    self.requests = requests
    state = Mutex(State(waiting: connections, running: connections))
    allOpen = loop.makePromise()
    begin = loop.makePromise()
    result = loop.makePromise()
  }

  /// Lets all connections begin at once.
  func start() {
    state.withLock { state in
      state.measuredFrom = .now()
      guard case .same(_, let warmUp, let time) = requests else { return }
      state.measuredFrom = state.measuredFrom + warmUp
      state.end = state.measuredFrom + time
    }
    begin.succeed()
  }

  func ready(_ client: LoadClient) {
    begin.futureResult.assumeIsolated().whenSuccess { self.sendNext(client) }
    let isLast = state.withLock { state in
      state.waiting -= 1
      return state.waiting == 0
    }
    if isLast { allOpen.succeed() }
  }

  private func sendNext(_ client: LoadClient) {
    let message: ByteBuffer? = state.withLock { state in
      switch requests {
      case .same(let message, _, _): return NIODeadline.now() < state.end ? message : nil
      case .each(let messages):
        guard state.next < messages.count else { return nil }
        state.next += 1
        return messages[state.next - 1]
      }
    }
    if let message {
      client.send(message)
      return
    }
    let tally: LoadTally? = state.withLock { state in
      state.running -= 1
      guard state.running == 0 else { return nil }
      state.isOver = true
      return state.tally
    }
    if let tally { result.succeed(tally) }
  }

  func received(_ message: ByteBuffer, by client: LoadClient) {
    let now = NIODeadline.now()
    let failure = LoadAnswer.failure(message)
    state.withLock { state in
      state.tally.answered += 1
      if let failure {
        state.tally.failures += 1
        state.tally.firstFailure = state.tally.firstFailure ?? failure
      }
      guard client.sentAt >= state.measuredFrom else { return }
      state.tally.latencies.append((now - client.sentAt).nanoseconds)
      state.tally.seconds = Double((now - state.measuredFrom).nanoseconds) / 1e9
    }
    sendNext(client)
  }

  func ended(_ client: LoadClient, reason: String) {
    guard !state.withLock({ $0.isOver }) else { return }
    allOpen.fail(LoadError.lost(reason))
    result.fail(LoadError.lost(reason))
  }
}

/// Reading answers as far as a measurement needs it.
enum LoadAnswer {
  /// The id of every request: a connection has one at a time.
  static let id = 1
  private static let success = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":".utf8)

  /// A request as JSON.
  static func request(_ method: String, _ params: [JSON] = [], id: Int = id) -> [UInt8] {
    let request: JSON = ["jsonrpc": "2.0", "id": JSON(id), "method": .string(method), "params": .array(params)]
    return request.encoded()
  }

  /// What an answer says is wrong; `nil` for a result.
  static func failure(_ message: ByteBuffer) -> String? {
    guard !message.readableBytesView.starts(with: success) else { return nil }
    guard let json = try? JSON(parsing: Array(message.readableBytesView)) else { return "an answer is no JSON" }
    guard let error = json["error"] else { return json["result"] == nil ? "an answer has no result" : nil }
    return error["data"]?.asString ?? error["message"]?.asString ?? "\(error)"
  }
}

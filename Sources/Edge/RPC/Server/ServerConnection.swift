internal import Logging
internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// One WebSocket client of a server: its calls in work, its subscriptions and what waits to be answered.
///
/// Calls run as tasks beside the event loop. More than ``RPCLimits/callsPerConnection`` of them, or a client that does
/// not read its answers, make later requests wait, first here and then in the client's socket.
final class ServerConnection: SubscriptionHost, WebSocketDelegate {
  private struct Open {
    let name: String
    let notification: String
    /// Keys that it watches.
    var keys = 0
    /// Told when it is over.
    var ended: (@Sendable () -> Void)?
    /// Ends its feed; `nil` until the id is on its way to the client.
    var stop: (@Sendable () -> Void)?
  }

  private struct State {
    var isOpen = true
    var isDraining = false
    var callCount = 0
    var calls: [Int: Task<Void, Never>] = [:]
    var waiting = CircularBuffer<[UInt8]>()
    var subscriptions: [String: Open] = [:]
  }

  let connection = RPCConnection()
  private let channel: any Channel
  private let link: WebSocketLink
  private let dispatcher: Dispatcher
  private let state = Mutex(State())

  init(channel: any Channel, link: WebSocketLink, dispatcher: Dispatcher) {
    self.channel = channel
    self.link = link
    self.dispatcher = dispatcher
  }

  // MARK: Messages

  var mayRead: Bool { channel.isWritable && state.withLock { $0.waiting.isEmpty } }

  func received(_ message: [UInt8]) {
    state.withLock { state in
      guard state.isOpen, !state.isDraining else { return }
      state.waiting.append(message)
    }
    startWaiting()
  }

  func becameWritable() {
    startWaiting()
    channel.read()
  }

  /// Starts as many of the waiting requests as the limits allow.
  /// - Returns: True when the last waiting one was started, so that the socket may be read again.
  @discardableResult private func startWaiting() -> Bool {
    guard channel.isWritable else { return false }
    return state.withLock { state in
      var hasStarted = false
      while state.isOpen, state.calls.count < dispatcher.limits.callsPerConnection {
        guard let message = state.waiting.popFirst() else { break }
        hasStarted = true
        state.callCount += 1
        let call = state.callCount
        // The task takes the lock when it ends, so its entry is there by then.
        state.calls[call] = Task { await self.answer(message, call) }
      }
      return hasStarted && state.waiting.isEmpty
    }
  }

  private func answer(_ message: [UInt8], _ call: Int) async {
    let reply = await dispatcher.reply(to: message, host: self)
    let isSent = reply.body.map { link.send($0) } ?? false
    for (id, feed) in reply.feeds { start(feed, id) }
    for answer in reply.answers { if isSent { answer.sent?() } else { answer.unsent?() } }
    let isDrained = state.withLock { state in
      state.calls[call] = nil
      return state.isDraining && state.calls.isEmpty
    }
    if startWaiting() { channel.read() }
    if isDrained { closeForShutdown() }
  }

  func drain() {
    let (isIdle, subscriptions) = state.withLock { state in
      state.isDraining = true
      state.waiting.removeAll()
      defer { state.subscriptions = [:] }
      return (state.calls.isEmpty, state.subscriptions)
    }
    end(subscriptions)
    if isIdle { closeForShutdown() }
  }

  private func closeForShutdown() { link.close(.goingAway, "the server shuts down") }

  func ended(_ reason: String) {
    let (calls, subscriptions) = state.withLock { state in
      state.isOpen = false
      state.waiting.removeAll()
      defer { (state.calls, state.subscriptions) = ([:], [:]) }
      return (state.calls, state.subscriptions)
    }
    for task in calls.values { task.cancel() }
    end(subscriptions)
    connection.end()
    dispatcher.logger.trace("connection ended", metadata: ["reason": "\(reason)"])
  }

  // MARK: Subscriptions

  func reserve(_ subscription: RPCMethods.Subscription) throws(RPCError) -> String {
    let limit = dispatcher.limits.subscriptionsPerConnection
    let id: String? = state.withLock { state in
      guard state.isOpen, !state.isDraining, state.subscriptions.count < limit else { return nil }
      var id = Self.randomID()
      while state.subscriptions[id] != nil { id = Self.randomID() }
      state.subscriptions[id] = Open(name: subscription.name, notification: subscription.notification)
      return id
    }
    guard let id else { throw .tooManySubscriptions(limit: limit) }
    dispatcher.counters.update { $0.subscriptions += 1 }
    return id
  }

  func hold(_ id: String, _ feed: RPCFeed) throws(RPCError) {
    let limit = dispatcher.limits.subscriptionKeysPerConnection
    let (isKnown, isHeld) = state.withLock { state in
      guard state.subscriptions[id] != nil else { return (false, true) }
      state.subscriptions[id]?.ended = feed.ended
      guard feed.keys == 0 || state.subscriptions.values.reduce(feed.keys, { $0 + $1.keys }) <= limit else { return (true, false) }
      state.subscriptions[id]?.keys = feed.keys
      return (true, true)
    }
    // The connection went while the subscription was opened.
    if !isKnown { feed.ended?() }
    guard isHeld else { throw .tooManySubscriptionKeys(limit: limit) }
  }

  func release(_ id: String) { remove(id) }

  func cancel(_ id: String, of name: String) -> Bool {
    guard state.withLock({ $0.subscriptions[id]?.name == name }) else { return false }
    return remove(id)
  }

  @discardableResult private func remove(_ id: String) -> Bool {
    guard let open = state.withLock({ $0.subscriptions.removeValue(forKey: id) }) else { return false }
    end([id: open])
    return true
  }

  private func end(_ subscriptions: [String: Open]) {
    for open in subscriptions.values {
      open.stop?()
      open.ended?()
    }
    dispatcher.counters.update { $0.subscriptions -= subscriptions.count }
  }

  private func start(_ feed: RPCFeed, _ id: String) {
    guard let method = state.withLock({ $0.subscriptions[id]?.notification }) else { return }
    let head = Dispatcher.notificationHead(method, subscription: id)
    let sink = SubscriptionSink(
      id: id, deliver: { [weak self] result in self?.deliver(result, to: id, head: head) ?? false },
      drained: { [link] in await link.drained() })
    switch feed.source {
    case .task(let run): start(run, sink)
    case .shared(let joining): join(joining, sink)
    }
  }

  private func start(_ run: @escaping @Sendable (SubscriptionSink) async throws -> Void, _ sink: SubscriptionSink) {
    state.withLock { state in
      guard state.subscriptions[sink.id] != nil else { return }
      let task = Task { [logger = dispatcher.logger] in
        do { try await run(sink) } catch {
          logger.trace("subscription ended", metadata: ["error": "\(error)"])
        }
        self.remove(sink.id)
      }
      state.subscriptions[sink.id]?.stop = { task.cancel() }
    }
  }

  /// Not under the lock: what is joined takes it when it sends.
  private func join(_ joining: RPCFeed.Joining, _ sink: SubscriptionSink) {
    guard let leave = joining(sink, { [weak self] in _ = self?.remove(sink.id) }) else {
      remove(sink.id)
      return
    }
    let isOpen = state.withLock { state in
      guard state.subscriptions[sink.id] != nil else { return false }
      state.subscriptions[sink.id]?.stop = leave
      return true
    }
    if !isOpen { leave() }
  }

  /// Queues a notification; under the lock, so that none follows the answer to its unsubscribe request.
  private func deliver(_ result: [UInt8], to id: String, head: [UInt8]) -> Bool {
    var text = ByteBuffer()
    text.reserveCapacity(head.count + result.count + Dispatcher.notificationTail.utf8CodeUnitCount)
    text.writeBytes(head)
    text.writeBytes(result)
    text.writeStaticString(Dispatcher.notificationTail)
    return state.withLock { state in state.subscriptions[id] != nil && link.send(text) }
  }

  /// 16 letters and digits: unique in practice even among the connections of a client that reconnects.
  private static func randomID() -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return String((0..<16).map { _ in alphabet.randomElement() ?? "0" })
  }
}

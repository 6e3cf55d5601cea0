internal import NIOCore
internal import NIOWebSocket
internal import Synchronization

/// What a client waits for on one WebSocket connection: answers by request id, notifications by subscription id.
final class ClientConnection: WebSocketDelegate {
  typealias Answer = Result<JSON, RPCClientError>
  typealias Notifications = AsyncThrowingStream<JSON, any Error>

  /// What to do with the answer to a request.
  enum Purpose: Sendable {
    case call
    /// Open `notifications` under the id that the answer gives.
    case subscribe(notifications: Notifications.Continuation, limit: Int, unsubscribe: String)
    /// The caller has gone: end the subscription that the answer gives.
    case abandoned(unsubscribe: String)
  }

  private struct Pending {
    var purpose: Purpose
    var resume: @Sendable (Answer) -> Void
    var deadline: Scheduled<Void>?
  }

  private struct Subscription {
    let notifications: Notifications.Continuation
    let limit: Int
    let unsubscribe: String
  }

  private struct State {
    var lastID: Int64 = 0
    var pending: [Int64: Pending] = [:]
    var subscriptions: [String: Subscription] = [:]
    var closed: String?
    var onClose: [@Sendable (String) -> Void] = []
  }

  private let eventLoop: any EventLoop
  private let limits: JSONLimits
  let link: WebSocketLink
  private let state = Mutex(State())

  init(link: WebSocketLink, eventLoop: any EventLoop, messageBytes: Int) {
    self.link = link
    self.eventLoop = eventLoop
    limits = JSONLimits(bytes: messageBytes)
  }

  var isOpen: Bool { state.withLock { $0.closed == nil } }

  // MARK: Requests

  /// Registers requests and sends them as one message.
  ///
  /// - Parameters:
  ///   - resume: Called exactly once for each request, with its index, from any thread.
  /// - Returns: The ids, for ``cancel(_:_:)``.
  func send(
    _ calls: [RPCCall], asBatch: Bool, purpose: Purpose = .call, timeout: Duration,
    resume: @escaping @Sendable (Int, Answer) -> Void
  ) -> [Int64] {
    let ids: [Int64]? = state.withLock { state in
      guard state.closed == nil else { return nil }
      var ids: [Int64] = []
      for (index, call) in calls.enumerated() {
        state.lastID += 1
        let id = state.lastID
        // The deadline takes the lock too, so it finds the entry.
        let deadline = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
          self.cancel([id], .timeout(operation: call.method, after: timeout))
        }
        state.pending[id] = Pending(purpose: purpose, resume: { resume(index, $0) }, deadline: deadline)
        ids.append(id)
      }
      return ids
    }
    guard let ids else {
      let reason = state.withLock { $0.closed } ?? "closed"
      for index in calls.indices { resume(index, .failure(.closed(reason: reason))) }
      return []
    }
    let requests = zip(calls, ids).map { call, id in call.request(id: id) }
    let message = asBatch ? JSON.array(requests) : requests.first ?? .null
    if !link.send(message.encoded()) { cancel(ids, .closed(reason: link.reason ?? "connection closed")) }
    return ids
  }

  /// Answers requests from this side. A subscription whose id comes later is ended at once.
  func cancel(_ ids: [Int64], _ error: RPCClientError) {
    for id in ids {
      let pending = state.withLock { state in
        let pending = state.pending.removeValue(forKey: id)
        if case .subscribe(_, _, let unsubscribe)? = pending?.purpose, state.closed == nil {
          state.pending[id] = Pending(purpose: .abandoned(unsubscribe: unsubscribe), resume: { _ in })
        }
        return pending
      }
      pending?.deadline?.cancel()
      pending?.resume(.failure(error))
    }
  }

  /// Sends a request that is not answered.
  func notify(_ call: RPCCall) { link.send(call.request(id: nil).encoded()) }

  /// Forgets a subscription and tells the server.
  func unsubscribe(_ id: String) {
    guard let subscription = state.withLock({ $0.subscriptions.removeValue(forKey: id) }) else { return }
    subscription.notifications.finish()
    tellUnsubscribed(id, subscription.unsubscribe)
  }

  private func tellUnsubscribed(_ id: String, _ method: String) {
    _ = send([RPCCall(method, [.string(id)])], asBatch: false, timeout: .seconds(30)) { _, _ in }
  }

  /// Calls `body` once the connection has ended, at once when it has.
  func onClose(_ body: @escaping @Sendable (String) -> Void) {
    let closed = state.withLock { state in
      if state.closed == nil { state.onClose.append(body) }
      return state.closed
    }
    if let closed { body(closed) }
  }

  // MARK: Messages

  var mayRead: Bool { true }
  func becameWritable() {}
  func drain() {}

  func received(_ message: [UInt8]) {
    do {
      switch try JSON(parsing: message, limits: limits) {
      case .array(let responses): for response in responses { receivedObject(response) }
      case let object: receivedObject(object)
      }
    } catch {
      link.close(.dataInconsistentWithMessage, error.description)
    }
  }

  private func receivedObject(_ object: JSON) {
    if object["method"] != nil { return notified(object) }
    let answer = RPCCall.result(of: object)
    guard let id = object["id"]?.asInt64 else {
      // The server could not tell which request it refuses: any of those that wait.
      return cancel(state.withLock { Array($0.pending.keys) }, answer.failure ?? .malformedResponse("answer has no id"))
    }
    let pending: Pending? = state.withLock { state in
      guard let pending = state.pending.removeValue(forKey: id) else { return nil }
      if case .subscribe(let notifications, let limit, let unsubscribe) = pending.purpose,
        let subscription = try? answer.get().asString
      {
        state.subscriptions[subscription] = Subscription(
          notifications: notifications, limit: limit, unsubscribe: unsubscribe)
      }
      return pending
    }
    pending?.deadline?.cancel()
    if case .abandoned(let unsubscribe)? = pending?.purpose, let subscription = try? answer.get().asString {
      tellUnsubscribed(subscription, unsubscribe)
    }
    pending?.resume(answer)
  }

  private func notified(_ object: JSON) {
    guard let params = object["params"], let id = params["subscription"]?.asString, let result = params["result"],
      let subscription = state.withLock({ $0.subscriptions[id] })
    else { return }
    guard case .dropped = subscription.notifications.yield(result) else { return }
    state.withLock { _ = $0.subscriptions.removeValue(forKey: id) }
    subscription.notifications.finish(throwing: RPCClientError.subscriptionOverflow(limit: subscription.limit))
    tellUnsubscribed(id, subscription.unsubscribe)
  }

  func ended(_ reason: String) {
    let old = state.withLock { state in
      let old = state
      state.closed = reason
      (state.pending, state.subscriptions, state.onClose) = ([:], [:], [])
      return old
    }
    let error = RPCClientError.closed(reason: reason)
    for pending in old.pending.values {
      pending.deadline?.cancel()
      pending.resume(.failure(error))
    }
    for subscription in old.subscriptions.values { subscription.notifications.finish(throwing: error) }
    for body in old.onClose { body(reason) }
  }
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

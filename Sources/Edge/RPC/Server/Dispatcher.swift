internal import Logging

/// A transport that can carry subscriptions.
protocol SubscriptionHost: AnyObject, Sendable {
  /// Where methods keep what they remember about this client.
  var connection: RPCConnection { get }
  /// Makes room for a subscription and chooses its id.
  func reserve(_ subscription: RPCMethods.Subscription) throws(RPCError) -> String
  /// Takes over the feed of a reserved subscription and counts the keys that it will watch.
  func hold(_ id: String, _ feed: RPCFeed) throws(RPCError)
  /// Gives back what ``reserve(_:)`` took, for a subscription that was refused.
  func release(_ id: String)
  /// Ends a subscription that the method `name` opened.
  /// - Returns: False when there is none with this id.
  func cancel(_ id: String, of name: String) -> Bool
}

/// Turns the bytes of a request or batch into the bytes of the answer; knows nothing about sockets.
struct Dispatcher: Sendable {
  let methods: RPCMethods
  let limits: RPCLimits
  let counters: ServerCounters
  let logger: Logger

  /// What to send back, and what to start after it was sent.
  struct Reply: Sendable {
    /// `nil` when there is nothing to answer, because all were notifications.
    var body: [UInt8]?
    /// Feeds of new subscriptions by id. They start after `body` is on its way, so that the id comes first.
    var feeds: [(id: String, feed: RPCFeed)] = []
    /// Answers of which parts begin once `body` is on its way.
    var answers: [RPCAnswer] = []
  }

  /// Answers one message: a request or a batch.
  /// - Parameter host: `nil` over a transport without subscriptions.
  func reply(to message: [UInt8], host: (any SubscriptionHost)?) async -> Reply {
    // Counted before it is parsed: parsing is most of the work of many requests.
    guard counters.take(\.callsInWork, limit: limits.calls) else {
      return Reply(body: Self.response(id: Self.idOfRefused(message), .failure(.serverBusy)))
    }
    defer { counters.update { $0.callsInWork -= 1 } }
    let json: JSON
    do {
      json = try JSON(parsing: message, limits: JSONLimits(bytes: limits.requestBytes))
    } catch .tooLarge {
      return Reply(body: Self.response(id: .null, .failure(.requestTooLarge(limit: limits.requestBytes))))
    } catch {
      return Reply(body: Self.response(id: .null, .failure(.parseError(error.description))))
    }
    guard case .array(let batch) = json else {
      var reply = Reply()
      reply.body = await answer(json, host, &reply)
      return reply
    }
    return await reply(toBatch: batch, host: host)
  }

  /// The response to an oversize message that was not kept.
  func requestTooLarge() -> [UInt8] {
    Self.response(id: .null, .failure(.requestTooLarge(limit: limits.requestBytes)))
  }

  /// Answers the requests of a batch one after another, in their order.
  private func reply(toBatch batch: [JSON], host: (any SubscriptionHost)?) async -> Reply {
    guard !batch.isEmpty else {
      return Reply(body: Self.response(id: .null, .failure(.invalidRequest("the batch is empty"))))
    }
    guard limits.batchLength > 0 else { return Reply(body: Self.response(id: .null, .failure(.batchesDisabled))) }
    guard batch.count <= limits.batchLength else {
      return Reply(body: Self.response(id: .null, .failure(.batchTooLong(limit: limits.batchLength))))
    }
    var body = [UInt8(ascii: "[")]
    var reply = Reply()
    for request in batch {
      guard let response = await answer(request, host, &reply) else { continue }
      guard body.count + response.count + 1 <= limits.responseBytes else {
        for (id, _) in reply.feeds { host?.release(id) }
        for answer in reply.answers { answer.unsent?() }
        return Reply(body: Self.response(id: .null, .failure(.batchResponseTooLarge(limit: limits.responseBytes))))
      }
      if body.count > 1 { body.append(UInt8(ascii: ",")) }
      body += response
    }
    if body.count == 1 { return reply }
    body.append(UInt8(ascii: "]"))
    reply.body = body
    return reply
  }

  /// The response to one request; `nil` for a notification.
  private func answer(
    _ json: JSON, _ host: (any SubscriptionHost)?, _ reply: inout Reply
  ) async -> [UInt8]? {
    let request: Request
    do {
      request = try Request(json)
    } catch {
      counters.update { $0.failedCalls += 1 }
      return Self.response(id: Self.id(of: json) ?? .null, .failure(error))
    }
    let result = await call(request, host, &reply)
    counters.update { counters in
      counters.calls += 1
      if case .failure = result { counters.failedCalls += 1 }
    }
    guard let id = request.id else { return nil }
    let response = Self.response(id: id, result)
    guard response.count <= limits.responseBytes else {
      return Self.response(id: id, .failure(.responseTooLarge(limit: limits.responseBytes)))
    }
    return response
  }

  private func call(
    _ request: Request, _ host: (any SubscriptionHost)?, _ reply: inout Reply
  ) async -> Result<JSON, RPCError> {
    do {
      switch methods.entry(request.method) {
      case nil: throw RPCError.methodNotFound(request.method)
      case .refused?: throw RPCError.methodUnsafe
      case .call(let handler)?: return .success(try await handler(request.params))
      case .callOnConnection(let handler)?:
        guard let host else { throw RPCError.needsWebSocket }
        let answer = try await handler(request.params, host.connection)
        if request.id == nil { answer.unsent?() } else { reply.answers.append(answer) }
        return .success(answer.result)
      case .unsubscribe(let name, let parameter, let unsubscribing)?:
        guard let host else { throw RPCError.needsWebSocket }
        return .success(try unsubscribing.answer(host.cancel(try request.params.string(0, parameter), of: name)))
      case .subscribe(let subscription)?:
        guard let host, request.id != nil else { throw RPCError.needsWebSocket }
        let id = try host.reserve(subscription)
        do {
          let feed = try await subscription.open(request.params, RPCSubscriber(id: id, connection: host.connection))
          try host.hold(id, feed)
          reply.feeds.append((id, feed))
        } catch {
          host.release(id)
          throw error
        }
        return .success(.string(id))
      }
    } catch let error as RPCError {
      return .failure(error)
    } catch {
      logger.debug("call failed", metadata: ["method": "\(request.method)", "error": "\(error)"])
      return .failure(.internalError("\(error)"))
    }
  }
}

// MARK: - The shapes of JSON-RPC 2.0

extension Dispatcher {
  private struct Request {
    /// `nil` for a notification.
    var id: JSON?
    var method: String
    var params: RPCParams

    init(_ json: JSON) throws(RPCError) {
      guard case .object(let members) = json else { throw .invalidRequest("not an object") }
      guard members["jsonrpc"] == "2.0" else { throw .invalidRequest("jsonrpc is not \"2.0\"") }
      if let id = members["id"] {
        guard Dispatcher.isID(id) else { throw .invalidRequest("id is neither a whole number nor a string") }
        self.id = id
      }
      guard let method = members["method"]?.asString else { throw .invalidRequest("method is not a string") }
      self.method = method
      params = try RPCParams(json: members["params"])
    }
  }

  private static func isID(_ value: JSON) -> Bool {
    switch value {
    case .null, .integer, .unsigned, .string: true
    default: false
    }
  }

  /// Largest request, in bytes, that a busy server parses to learn its id.
  private static let smallRequest = 1024

  /// The id of a request that is refused unread; null when finding it would be work.
  private static func idOfRefused(_ message: [UInt8]) -> JSON {
    guard message.count <= smallRequest else { return .null }
    return (try? JSON(parsing: message, limits: JSONLimits(bytes: smallRequest))).flatMap { id(of: $0) } ?? .null
  }

  private static func id(of request: JSON) -> JSON? { request["id"].flatMap { isID($0) ? $0 : nil } }

  private static func response(id: JSON, _ result: Result<JSON, RPCError>) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(raw: #"{"jsonrpc":"2.0","id":"#)
    writer.write(id)
    switch result {
    case .success(let value):
      writer.write(raw: #","result":"#)
      writer.write(value)
    case .failure(let error):
      writer.write(raw: #","error":"#)
      writer.write(error.json)
    }
    writer.write(raw: "}")
    return writer.bytes
  }

  /// The text of a subscription's notifications up to the result; ``notificationTail`` follows the result.
  static func notificationHead(_ method: String, subscription: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(raw: #"{"jsonrpc":"2.0","method":"#)
    writer.write(method)
    writer.write(raw: #","params":{"subscription":"#)
    writer.write(subscription)
    writer.write(raw: #","result":"#)
    return writer.bytes
  }

  static let notificationTail: StaticString = "}}"
}

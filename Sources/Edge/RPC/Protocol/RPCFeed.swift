/// What an accepted subscription is sent.
public struct RPCFeed: Sendable {
  enum Source: Sendable {
    /// A task of its own.
    case task(@Sendable (SubscriptionSink) async throws -> Void)
    /// Something that many share.
    case shared(Joining)
  }

  /// Adds a subscription to what many share.
  ///
  /// It may send at once. `onEnd` is to be called when the subscription is over for a reason other than its leaving, and
  /// not before the joining returned.
  /// - Returns: What takes it out again, called once at most; `nil` when the subscription is over.
  public typealias Joining = @Sendable (_ sink: SubscriptionSink, _ onEnd: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)?

  /// Keys that it looks at again and again; together limited by ``RPCLimits/subscriptionKeysPerConnection``.
  let keys: Int
  let source: Source
  /// Told once when the subscription is over, whether or not it was ever started.
  let ended: (@Sendable () -> Void)?

  /// A feed that sends until it has nothing more to say or its task is cancelled.
  ///
  /// - Parameters:
  ///   - keys: How many keys it looks at with every notification, 0 for one that watches no keys.
  ///   - run: Starts after the client was sent the subscription's id. Its task is cancelled when the client
  ///     unsubscribes or goes away. When it returns or throws, the subscription is over.
  ///   - ended: Told once when the subscription is over, also when it never started.
  public init(
    keys: Int = 0, ended: (@Sendable () -> Void)? = nil, _ run: @escaping @Sendable (SubscriptionSink) async throws -> Void
  ) {
    self.keys = keys
    self.ended = ended
    source = .task(run)
  }

  /// Sends every element of a sequence.
  public init<S: AsyncSequence & Sendable>(_ sequence: S) where S.Element == JSON {
    self.init { sink in
      for try await value in sequence { try sink.send(value) }
    }
  }

  /// Sends what a topic has now and then every later value. It has no task: use it for what everybody is sent alike.
  public init(_ topic: RPCTopic) {
    self.init(joining: { sink, onEnd in topic.join(sink, onEnd: onEnd) })
  }

  /// A feed without a task, for what is worked out for many subscriptions at once.
  public init(keys: Int = 0, joining: @escaping Joining) {
    self.keys = keys
    ended = nil
    source = .shared(joining)
  }
}

/// The subscription is over: the client unsubscribed, went away or read too slowly.
public struct SubscriptionClosed: Error, Hashable, Sendable {
  /// The only value.
  public init() {}
}

/// Where a feed puts its notifications. Usable from any thread.
public struct SubscriptionSink: Sendable {
  /// The subscription's id.
  public let id: String
  /// Takes a result as JSON text; false when the subscription is over.
  let deliver: @Sendable ([UInt8]) -> Bool
  /// Returns when little is left unread, or the connection is over.
  var drained: @Sendable () async -> Void = {}

  /// Queues one notification; never waits for the client.
  ///
  /// A client that leaves more than ``RPCLimits/pendingMessages`` or ``RPCLimits/pendingBytes`` unread is dropped.
  public func send(_ result: JSON) throws(SubscriptionClosed) {
    guard deliver(result.encoded()) else { throw SubscriptionClosed() }
  }

  /// Waits until the client has read most of what was queued for it: to be called before each part of a long answer.
  public func whenRead() async { await drained() }
}

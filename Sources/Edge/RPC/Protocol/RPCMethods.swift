/// The methods and subscriptions that a server answers: a value that rooms fill and hand to ``RPCServer``.
///
/// `rpc_methods` is answered by the table itself. Registering a name twice is a mistake in the program and traps.
public struct RPCMethods: Sendable {
  /// Answers one call. An ``RPCError`` goes to the client as it is, any other error as -32603.
  public typealias Handler = @Sendable (RPCParams) async throws -> JSON
  /// Checks the parameters of a subscription, throws to refuse it, and returns what feeds it.
  public typealias Opener = @Sendable (RPCParams) async throws -> RPCFeed

  enum Entry: Sendable {
    case call(Handler)
    case subscribe(Subscription)
    /// Ends a subscription that the method `of` opened.
    case unsubscribe(of: String)
  }

  struct Subscription: Sendable {
    let name: String
    let notification: String
    let open: Opener
  }

  private(set) var entries: [String: Entry] = [:]

  /// An empty table.
  public init() {}

  /// Every name that is answered, aliases and `rpc_methods` included, ascending.
  public var names: [String] { (entries.keys + (isEmpty ? [] : [Self.listing])).sorted() }

  /// True while nothing is registered.
  public var isEmpty: Bool { entries.isEmpty }

  /// Registers a method under its name and aliases.
  public mutating func method(_ name: String, aliases: [String] = [], _ handler: @escaping Handler) {
    for name in [name] + aliases { add(.call(handler), as: name) }
  }

  /// Registers a subscription.
  /// - Parameters:
  ///   - notification: The `method` of its notifications.
  ///   - unsubscribe: The method that ends it, answered with true, or false when the id is unknown.
  public mutating func subscription(
    _ name: String, aliases: [String] = [], notification: String, unsubscribe: String,
    unsubscribeAliases: [String] = [], _ open: @escaping Opener
  ) {
    let subscription = Subscription(name: name, notification: notification, open: open)
    for name in [name] + aliases { add(.subscribe(subscription), as: name) }
    for other in [unsubscribe] + unsubscribeAliases { add(.unsubscribe(of: name), as: other) }
  }

  /// Takes over all methods of another table.
  public mutating func merge(_ other: RPCMethods) {
    for (name, entry) in other.entries { add(entry, as: name) }
  }

  private mutating func add(_ entry: Entry, as name: String) {
    precondition(entries.updateValue(entry, forKey: name) == nil, "rpc method \(name) is registered twice")
  }

  static let listing = "rpc_methods"

  /// What a name stands for; `nil` when it is unknown.
  func entry(_ name: String) -> Entry? {
    if let entry = entries[name] { return entry }
    guard name == Self.listing, !isEmpty else { return nil }
    let names = JSON.array(self.names.map(JSON.string))
    return .call { _ in ["methods": names] }
  }
}

/// What runs an accepted subscription: it sends until it has nothing more to say or its task is cancelled.
public struct RPCFeed: Sendable {
  /// Keys that it looks at again and again; together limited by ``RPCLimits/subscriptionKeysPerConnection``.
  let keys: Int
  let run: @Sendable (SubscriptionSink) async throws -> Void

  /// - Parameters:
  ///   - keys: How many keys it looks at with every notification, 0 for one that watches no keys.
  ///   - run: Starts after the client was sent the subscription's id. Its task is cancelled when the client
  ///     unsubscribes or goes away. When it returns or throws, the subscription is over.
  public init(keys: Int = 0, _ run: @escaping @Sendable (SubscriptionSink) async throws -> Void) {
    self.keys = keys
    self.run = run
  }

  /// Sends every element of a sequence.
  public init<S: AsyncSequence & Sendable>(_ sequence: S) where S.Element == JSON {
    self.init { sink in
      for try await value in sequence { try sink.send(value) }
    }
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
  let deliver: @Sendable (JSON) -> Bool

  /// Queues one notification; never waits for the client.
  ///
  /// A client that leaves more than ``RPCLimits/pendingMessages`` or ``RPCLimits/pendingBytes`` unread is dropped.
  public func send(_ result: JSON) throws(SubscriptionClosed) {
    guard deliver(result) else { throw SubscriptionClosed() }
  }
}

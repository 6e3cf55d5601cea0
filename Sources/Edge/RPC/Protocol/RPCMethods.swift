/// The methods and subscriptions that a server answers: a value that rooms fill and hand to ``RPCServer``.
///
/// `rpc_methods` is answered by the table itself. Registering a name twice is a mistake in the program and traps.
public struct RPCMethods: Sendable {
  /// Answers one call. An ``RPCError`` goes to the client as it is, any other error as -32603.
  public typealias Handler = @Sendable (RPCParams) async throws -> JSON
  /// Checks the parameters of a subscription, throws to refuse it, and returns what feeds it.
  public typealias Opener = @Sendable (RPCParams) async throws -> RPCFeed
  /// As ``Handler``, for a method that needs to know its connection. It is refused over HTTP.
  public typealias ConnectionHandler = @Sendable (RPCParams, RPCConnection) async throws -> RPCAnswer
  /// As ``Opener``, for a subscription that needs to know its id and connection.
  public typealias ConnectionOpener = @Sendable (RPCParams, RPCSubscriber) async throws -> RPCFeed

  enum Entry: Sendable {
    case call(Handler)
    case callOnConnection(ConnectionHandler)
    case subscribe(Subscription)
    /// Ends a subscription that the method `of` opened; `parameter` names the one that holds the id.
    case unsubscribe(of: String, parameter: String, RPCUnsubscribing)
    /// Known, and not for callers from outside.
    case refused
  }

  struct Subscription: Sendable {
    let name: String
    let notification: String
    let open: ConnectionOpener
  }

  private(set) var entries: [String: Entry] = [:]
  /// Names of methods that only a node's operator should call.
  public private(set) var unsafeNames: Set<String> = []

  /// An empty table.
  public init() {}

  /// Every name that is answered, aliases and `rpc_methods` included, ascending.
  public var names: [String] {
    let served = entries.filter { if case .refused = $0.value { false } else { true } }.keys
    return (served + (isEmpty ? [] : [Self.listing])).sorted()
  }

  /// The same table without its unsafe methods: they are not listed, and refused with ``RPCError/methodUnsafe``.
  public var safe: RPCMethods {
    var safe = self
    for name in unsafeNames { safe.entries[name] = .refused }
    return safe
  }

  /// True while nothing is registered.
  public var isEmpty: Bool { entries.isEmpty }

  /// Registers a method under its name and aliases.
  /// - Parameter isUnsafe: It shows or changes what is the operator's alone, or costs much for one request. It is
  ///   served as ``RPCExposure`` says.
  public mutating func method(_ name: String, aliases: [String] = [], isUnsafe: Bool = false, _ handler: @escaping Handler) {
    for name in [name] + aliases {
      add(.call(handler), as: name)
      if isUnsafe { unsafeNames.insert(name) }
    }
  }

  /// Registers a method that needs to know its connection.
  public mutating func connectionMethod(_ name: String, _ handler: @escaping ConnectionHandler) {
    add(.callOnConnection(handler), as: name)
  }

  /// Registers a subscription.
  /// - Parameters:
  ///   - notification: The `method` of its notifications.
  ///   - unsubscribe: The method that ends it, answered with true, or false when the id is unknown.
  public mutating func subscription(
    _ name: String, aliases: [String] = [], notification: String, unsubscribe: String,
    unsubscribeAliases: [String] = [], _ open: @escaping Opener
  ) {
    let subscription = Subscription(name: name, notification: notification) { params, _ in try await open(params) }
    for name in [name] + aliases { add(.subscribe(subscription), as: name) }
    for other in [unsubscribe] + unsubscribeAliases {
      add(.unsubscribe(of: name, parameter: "subscription", .saysWhether), as: other)
    }
  }

  /// Registers a subscription that needs to know its id and connection.
  /// - Parameters:
  ///   - parameter: Name of the parameter of `unsubscribe` that holds the id.
  ///   - unsubscribing: How `unsubscribe` answers.
  public mutating func subscription(
    _ name: String, notification: String, unsubscribe: String, parameter: String = "subscription",
    unsubscribing: RPCUnsubscribing, onConnection open: @escaping ConnectionOpener
  ) {
    add(.subscribe(Subscription(name: name, notification: notification, open: open)), as: name)
    add(.unsubscribe(of: name, parameter: parameter, unsubscribing), as: unsubscribe)
  }

  /// Runs every call of a method, and every opening of a subscription, inside `guarding`.
  public mutating func guardCalls(with guarding: some RPCCallGuard) {
    entries = entries.mapValues { entry in
      switch entry {
      case .call(let handler): .call { params in try await guarding.run { try await handler(params) } }
      case .callOnConnection(let handler):
        .callOnConnection { params, connection in try await guarding.run { try await handler(params, connection) } }
      case .subscribe(let subscription):
        .subscribe(
          Subscription(name: subscription.name, notification: subscription.notification) { params, subscriber in
            try await guarding.run { try await subscription.open(params, subscriber) }
          })
      case .unsubscribe, .refused: entry
      }
    }
  }

  /// Takes over all methods of another table.
  public mutating func merge(_ other: RPCMethods) {
    for (name, entry) in other.entries { add(entry, as: name) }
    unsafeNames.formUnion(other.unsafeNames)
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

/// What stands around every call, to prepare it and to look at how it went before its answer goes out.
public protocol RPCCallGuard: Sendable {
  /// Runs a call once; its result, or an error in the place of either.
  func run<R: Sendable>(_ call: @Sendable () async throws -> R) async throws -> R
}

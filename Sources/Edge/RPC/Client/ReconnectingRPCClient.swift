public import Logging

/// A client that makes a new connection when the old one is lost, with growing waits between attempts.
///
/// It repeats no request by itself unless told to: after a loss nobody knows whether the server carried it out.
/// Subscriptions end with the connection; open them again on the next one.
public actor ReconnectingRPCClient {
  /// Where it connects to.
  public nonisolated let url: String
  private let configuration: RPCClient.Configuration
  private let logger: Logger
  private let sleep: @Sendable (Duration) async throws -> Void
  private var random: any RandomNumberGenerator & Sendable
  private var backoff: Backoff

  private var client: RPCClient?
  private var connectedAt = ContinuousClock.now
  private var isClosed = false
  private var attempt: Task<Void, Never>?
  private var waiters: [Int: CheckedContinuation<Result<RPCClient, RPCClientError>, Never>] = [:]
  private var waiterCount = 0

  /// Connections made since the start: a caller that sees a new number has to subscribe again.
  public private(set) var generation = 0

  /// A connection that ends sooner counts as a failed attempt, so that a server that hangs up is not besieged.
  private static let stableAfter = Duration.seconds(5)

  /// Connects at the first use.
  ///
  /// - Parameters:
  ///   - random: Where the jitter comes from.
  ///   - sleep: Waits between attempts.
  public init(
    _ url: String, configuration: RPCClient.Configuration = RPCClient.Configuration(), backoff: Backoff = Backoff(),
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    logger: Logger = Logger(label: "rpc.client"),
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.url = url
    self.configuration = configuration
    self.backoff = backoff
    self.random = random
    self.logger = logger
    self.sleep = sleep
  }

  /// True while a connection stands.
  public var isConnected: Bool { client?.isOpen ?? false }

  /// The open connection; waits until there is one.
  ///
  /// - Throws: ``RPCClientError/invalidURL(_:reason:)`` at once, ``RPCClientError/closed(reason:)`` after ``close()``,
  ///   ``RPCClientError/cancelled``; anything else is tried again.
  public func connected() async throws(RPCClientError) -> RPCClient {
    if isClosed { throw .closed(reason: "closed by this side") }
    if let client, client.isOpen { return client }
    if attempt == nil { attempt = Task { await self.connect() } }
    waiterCount += 1
    let waiter = waiterCount
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiters[waiter] = continuation
        if Task.isCancelled { resume(waiter, .failure(.cancelled)) }
      }
    } onCancel: {
      Task { await self.resume(waiter, .failure(.cancelled)) }
    }
    return try result.get()
  }

  /// Makes one call on the open connection, waiting for one if needed.
  ///
  /// - Parameters:
  ///   - timeout: For the answer; waiting for a connection does not count.
  ///   - attempts: How often to send it when connections are lost meanwhile. Above 1 only for calls that may be
  ///     carried out twice.
  public func call(
    _ method: String, _ params: [JSON] = [], timeout: Duration? = nil, attempts: Int = 1
  ) async throws(RPCClientError) -> JSON {
    var left = attempts
    while true {
      let client = try await connected()
      left -= 1
      do { return try await client.call(method, params, timeout: timeout) } catch {
        guard error.isConnectionLoss, left > 0 else { throw error }
      }
    }
  }

  /// Subscribes on the open connection, waiting for one if needed.
  public func subscribe(
    _ method: String, _ params: [JSON] = [], unsubscribe: String, timeout: Duration? = nil
  ) async throws(RPCClientError) -> RPCSubscription {
    try await connected().subscribe(method, params, unsubscribe: unsubscribe, timeout: timeout)
  }

  /// Closes the connection and makes no new one.
  public func close() async {
    isClosed = true
    attempt?.cancel()
    resumeAll(.failure(.closed(reason: "closed by this side")))
    await client?.close()
    client = nil
  }

  /// Tries until there is a connection, the client is closed or the address is found unusable.
  private func connect() async {
    var mustWait = backoff.failures > 0
    if client != nil {
      mustWait = connectedAt.duration(to: .now) < Self.stableAfter
      if !mustWait { backoff.succeeded() }
    }
    client = nil
    while !isClosed {
      if mustWait {
        let wait = backoff.next(using: &random)
        do { try await sleep(wait) } catch { break }
      }
      if isClosed { break }
      do {
        let client = try await RPCClient.connect(url, configuration: configuration)
        return await connected(to: client)
      } catch {
        logger.debug("no connection", metadata: ["url": "\(url)", "error": "\(error)"])
        if case .invalidURL = error {
          attempt = nil
          return resumeAll(.failure(error))
        }
        mustWait = true
      }
    }
    attempt = nil
    resumeAll(.failure(.closed(reason: "closed by this side")))
  }

  private func connected(to client: RPCClient) async {
    attempt = nil
    if isClosed { return await client.close() }
    self.client = client
    connectedAt = .now
    generation += 1
    logger.debug("connected", metadata: ["url": "\(url)"])
    resumeAll(.success(client))
  }

  private func resume(_ waiter: Int, _ result: Result<RPCClient, RPCClientError>) {
    waiters.removeValue(forKey: waiter)?.resume(returning: result)
  }

  private func resumeAll(_ result: Result<RPCClient, RPCClientError>) {
    let old = waiters
    waiters = [:]
    for waiter in old.values { waiter.resume(returning: result) }
  }
}

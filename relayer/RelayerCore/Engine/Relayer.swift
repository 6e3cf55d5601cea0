public import Logging
internal import Primitives
public import RPC

/// Relays messages between chains until it is stopped.
///
/// Anyone may run one: chains check everything that it brings. It keeps no files; after a crash the next one goes on
/// from what stands in the chains' state.
public actor Relayer {
  /// What it does and sees.
  public nonisolated let status: RelayerStatus
  private let configuration: RelayerConfiguration
  private let logger: Logger
  private let links: [String: ChainLink]
  private let workers: [EndWorker]
  private var tasks: [Task<Void, Never>] = []
  private var server: RPCServer?

  /// A relayer that has not started.
  /// - Precondition: Paths name chains of the configuration.
  public init(_ configuration: RelayerConfiguration, logger: Logger = Logger(label: "relayer")) {
    self.configuration = configuration
    self.logger = logger
    let status = RelayerStatus(configuration)
    self.status = status
    let links = Dictionary(
      uniqueKeysWithValues: configuration.chains.map { ($0.name, ChainLink($0, status: status, logger: logger)) })
    self.links = links
    workers = configuration.paths.flatMap { path in
      [(path.a, path.b), (path.b, path.a)].map { here, there in
        guard let here = links[here], let there = links[there] else {
          preconditionFailure("relayer: path \(path) names an unknown chain")
        }
        return EndWorker(
          path: path, here: here, there: there, configuration: configuration, status: status, logger: logger)
      }
    }
  }

  /// Where `/healthz` and `/metrics` are served; `nil` when they are not.
  public var metricsPort: Int? { server?.port }

  /// Starts relaying and returns at once.
  /// - Throws: When the port for metrics cannot be bound; nothing runs then.
  public func start() async throws(RPCServerError) {
    guard tasks.isEmpty else { return }
    if let metrics = configuration.metrics { server = try await serve(metrics.host, metrics.port) }
    var wakers: [AsyncStream<Void>.Continuation] = []
    for (index, worker) in workers.enumerated() {
      // One wake is kept while the worker is busy, so nothing is missed and nothing piles up.
      let (stream, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      wakers.append(waker)
      let path = configuration.paths[index / 2]
      for name in [path.a, path.b] { await links[name]?.wake(waker) }
      tasks.append(Task { await worker.run(stream) })
    }
    for link in links.values { tasks.append(Task { await link.run() }) }
    tasks.append(
      Task { [interval = configuration.pollInterval, wakers] in
        while !Task.isCancelled {
          try? await Task.sleep(for: interval)
          for waker in wakers { waker.yield() }
        }
        for waker in wakers { waker.finish() }
      })
    logger.info(
      "relaying",
      metadata: [
        "chains": "\(configuration.chains.count)",
        "paths": "\(configuration.paths.map(\.description).joined(separator: " "))",
      ])
  }

  /// Stops relaying. What was submitted and is in no block yet may still come into one; that does no harm.
  public func stop() async {
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    tasks = []
    for link in links.values { await link.close() }
    await server?.shutdown()
    server = nil
    logger.info("stopped")
  }

  private func serve(_ host: String, _ port: Int) async throws(RPCServerError) -> RPCServer {
    let status = self.status
    let server = try await RPCServer.start(
      RPCServerConfiguration(host: host, port: port),
      routes: [
        HTTPRoute("/metrics") { _ in .prometheus(status.metricsText) },
        HTTPRoute("/healthz") { _ in
          let health = status.health
          return .json(health.report, status: health.isHealthy ? 200 : 503)
        },
      ], logger: logger)
    logger.info(
      "serving",
      metadata: [
        "metrics": "http://\(server.host):\(server.port)/metrics",
        "health": "http://\(server.host):\(server.port)/healthz",
      ])
    return server
  }
}

// MARK: Once

/// What a single pass over all paths did.
public struct RelayReport: Hashable, Sendable {
  /// Both ends of every path.
  public var ends: [RelayerStatus.EndStatus]
  /// Whether nothing was left to do when the pass ended.
  public var isComplete: Bool

  /// Messages received at their destination.
  public var delivered: UInt64 { ends.reduce(0) { $0 + $1.delivered } }
  /// Messages settled at their source by receipts.
  public var confirmed: UInt64 { ends.reduce(0) { $0 + $1.confirmed } }
  /// Messages settled at their source by timeouts.
  public var timedOut: UInt64 { ends.reduce(0) { $0 + $1.timedOut } }
  /// Extrinsics that failed or were not taken.
  public var failures: UInt64 { ends.reduce(0) { $0 + $1.failures } }
}

/// Why a single pass could not be made.
public enum RelayError: Error, Sendable, CustomStringConvertible {
  case unreachable(chain: String, reason: String)
  case failed(path: String, reason: String)
  /// Something was left to do when the time was over.
  case unfinished(after: Duration)

  public var description: String {
    switch self {
    case .unreachable(let chain, let reason): "relayer: chain \(chain) is not reachable: \(reason)"
    case .failed(let path, let reason): "relayer: path \(path): \(reason)"
    case .unfinished(let after): "relayer: not finished after \(after)"
    }
  }
}

extension Relayer {
  /// Connects, relays everything that can be relayed now, there and back, and disconnects.
  ///
  /// - Parameter timeout: After this time the pass ends with ``RelayReport/isComplete`` false.
  /// - Throws: ``RelayError`` when a chain is not reachable or a node does not answer as it should.
  public static func relayOnce(
    _ configuration: RelayerConfiguration, logger: Logger = Logger(label: "relayer"), timeout: Duration = .seconds(60)
  ) async throws(RelayError) -> RelayReport {
    let relayer = Relayer(configuration, logger: logger)
    do throws(RelayError) {
      let report = try await relayer.pass(until: .now + timeout)
      await relayer.stop()
      return report
    } catch {
      await relayer.stop()
      throw error
    }
  }

  private func pass(until deadline: ContinuousClock.Instant) async throws(RelayError) -> RelayReport {
    for (name, link) in links.sorted(by: { $0.key < $1.key }) {
      do { try await link.connect() } catch { throw .unreachable(chain: name, reason: "\(error)") }
    }
    var isComplete = false
    while !isComplete, .now < deadline {
      isComplete = true
      for worker in workers {
        do {
          switch try await worker.round() {
          case .idle: break
          case .worked: isComplete = false
          case .unavailable:
            throw RelayError.failed(path: "\(worker.path)", reason: "no lane, or a connection was lost")
          case .blocked:
            isComplete = false
            try await Task.sleep(for: .milliseconds(250))
          }
        } catch let error as RelayError {
          throw error
        } catch { throw .failed(path: "\(worker.path)", reason: "\(error)") }
      }
    }
    return RelayReport(ends: status.ends, isComplete: isComplete)
  }
}

public import Logging

internal import BlockExecution
internal import Dispatch
internal import EchoRuntime
internal import Foundation
internal import Keys
internal import KeyValueStore
internal import Primitives
internal import RPC
internal import RocksStore
internal import Synchronization

/// The file in a node's folder that says who runs it and where it listens.
public let nodeStateFile = "node.json"

/// Runs a node until it is told to stop (SIGINT, SIGTERM or SIGHUP) or cannot go on.
///
/// Opens the database, executes nothing twice, serves JSON-RPC and makes blocks. One line says `ready` with the
/// endpoint when all of it stands. It stops in order: no more blocks, then no more calls, then the database.
/// - Throws: ``NodeError`` and the errors of the database, the chain and the server, each a sentence.
public func runNode(_ configuration: NodeConfiguration, log: Logger) async throws {
  let signals = StopSignals()
  // A client that goes away in the middle of an answer is not our end.
  signal(SIGPIPE, SIG_IGN)
  try FileManager.default.createDirectory(atPath: configuration.basePath, withIntermediateDirectories: true)
  let store = try RocksStore(
    path: configuration.basePath + "/db", columns: databaseColumns,
    settings: RocksSettings(formatVersion: databaseFormat, cacheBytes: 64 << 20))
  let chain: Chain
  let service: NodeService
  let server: RPCServer
  do {
    let progress = OpeningProgress(log: log)
    chain = try Chain(store: store, spec: configuration.spec, pruning: configuration.pruning) { progress.report($0) }
    service = try NodeService(chain: chain, configuration: configuration, log: log)
    server = try await startServer(service, configuration: configuration, log: log)
  } catch {
    try? store.close()
    throw error
  }
  let endpoint = "ws://\(configuration.rpcHost):\(server.port)"
  let stateFile = URL(fileURLWithPath: configuration.basePath).appendingPathComponent(nodeStateFile)
  defer { try? FileManager.default.removeItem(at: stateFile) }
  do {
    let state: JSON = [
      "pid": JSON(ProcessInfo.processInfo.processIdentifier), "rpc": .string(endpoint), "name": .string(configuration.spec.name),
      "paraId": JSON(configuration.spec.paraId),
    ]
    try Data(state.encoded()).write(to: stateFile, options: .atomic)
    let best = chain.best
    log.info(
      "ready",
      metadata: [
        "chain": "\(configuration.spec.name)", "para": "\(configuration.spec.paraId)", "rpc": "\(endpoint)", "height": "\(best.number)",
        "best": "\(best.hash)", "sealing": "\(configuration.sealing)", "pruning": "\(configuration.pruning)",
      ])
    if chain.oldestState > 0 { log.info("older states are gone", metadata: ["oldest": "\(chain.oldestState)"]) }
    try await sealUntilStopped(service, signals: signals, log: log)
  } catch {
    await stop(service, server)
    try? chain.close()
    throw error
  }
  await stop(service, server)
  try chain.close()
  log.info("stopped", metadata: ["height": "\(chain.best.number)"])
}

/// The version of the rows in the database (Docs/formats/database.md).
public let databaseFormat: UInt32 = 1

/// The columns with hints on how they lie on disk.
private let databaseColumns: [ColumnSettings] = ChainColumn.all.map { column in
  switch column {
  case ChainColumn.state: ColumnSettings(column, access: .range)
  case ChainColumn.body, ChainColumn.diff, ChainColumn.reverse, ChainColumn.history, ChainColumn.runtime:
    ColumnSettings(column, access: .range, isCompressed: true)
  case ChainColumn.span: ColumnSettings(column, access: .range)
  case ChainColumn.header, ChainColumn.justification, ChainColumn.mmr, ChainColumn.leaf: ColumnSettings(column, access: .range)
  default: ColumnSettings(column)
  }
}

/// Makes blocks until a signal comes.
/// - Throws: What made it impossible to go on.
private func sealUntilStopped(_ service: NodeService, signals: StopSignals, log: Logger) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await service.run() }
    group.addTask {
      if let signal = await signals.wait() { log.info("stopping", metadata: ["signal": "\(signal)"]) }
    }
    defer { group.cancelAll() }
    try await group.next()
  }
}

private func stop(_ service: NodeService, _ server: RPCServer) async {
  await service.stop()
  await server.shutdown(grace: .seconds(2))
}

private func startServer(_ service: NodeService, configuration: NodeConfiguration, log: Logger) async throws -> RPCServer {
  // The metrics page shows the server's own numbers, so it asks for the server when it is called.
  let statistics = ServerStatistics()
  let metrics = HTTPRoute("/metrics") { _ in .prometheus(await service.metrics(rpc: statistics.current)) }
  let address = RPCServerConfiguration(
    host: configuration.rpcHost, port: configuration.rpcPort, limits: configuration.rpcLimits, access: configuration.rpcAccess,
    exposure: configuration.rpcExposure)
  let server = try await RPCServer.start(address, methods: service.methods, routes: [metrics], logger: log)
  statistics.set(server)
  return server
}

/// Says now and then how far a large database has been read.
private final class OpeningProgress {
  private let log: Logger
  private var nextEntries = 1_000_000
  private var nextBlock: BlockNumber = 0

  init(log: Logger) { self.log = log }

  func report(_ step: OpeningStep) {
    switch step {
    case .readingState(let entries):
      guard entries >= nextEntries else { return }
      log.info("reading state", metadata: ["entries": "\(entries)"])
      nextEntries = entries + 1_000_000
    case .indexingHistory(let block, let best):
      guard block >= nextBlock else { return }
      log.info("indexing old states, once", metadata: ["block": "\(block)", "of": "\(best)"])
      nextBlock = block.addingSaturating(10_000)
    }
  }
}

/// SIGINT, SIGTERM and SIGHUP, taken over for the rest of the process's life.
public final class StopSignals: Sendable {
  private struct State: Sendable {
    var came: String?
    var waiting: [AsyncStream<String>.Continuation] = []
  }
  private let state = SharedState()
  // unsafe: made here, cancelled in deinit, touched nowhere else.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Starts to listen.
  public init() {
    sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")].compactMap { [state] number, name in
      // Under nohup the end of the terminal is not to be noticed.
      if number == SIGHUP, Self.isIgnored(number) { return nil }
      // The default action would end the process before the source sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { state.came(name) }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }

  private static func isIgnored(_ number: Int32) -> Bool {
    var current = sigaction()
    guard sigaction(number, nil, &current) == 0 else { return false }
    return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The name of the first signal, once it has come. `nil` until then.
  public var first: String? { state.lock.withLock { $0.came } }

  /// Waits for the first signal; returns at once when it has come.
  /// - Returns: Its name; `nil` when the task was cancelled.
  public func wait() async -> String? {
    let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(1))
    state.lock.withLock { state in
      if let came = state.came { continuation.yield(came) } else { state.waiting.append(continuation) }
    }
    for await name in stream { return name }
    return nil
  }

  private final class SharedState: Sendable {
    let lock = Mutex(State())

    func came(_ name: String) {
      let waiting = lock.withLock { state in
        state.came = state.came ?? name
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.yield(name) }
    }
  }
}

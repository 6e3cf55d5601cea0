internal import ChainClient
internal import Keys
internal import Logging
internal import Primitives
internal import RPC

/// The connection to one chain, made anew whenever it is lost, and the account that submits to it.
actor ChainLink {
  nonisolated let chain: RelayerConfiguration.Chain
  nonisolated let submitter: Submitter
  private let status: RelayerStatus
  private let logger: Logger
  private var client: ChainClient?
  private var genesisHash: H256?
  private var wakers: [AsyncStream<Void>.Continuation] = []

  /// A connection that ends sooner counts as a failed attempt.
  private static let stableAfter = Duration.seconds(5)

  init(_ chain: RelayerConfiguration.Chain, status: RelayerStatus, logger: Logger) {
    self.chain = chain
    self.status = status
    self.logger = logger
    submitter = Submitter(key: chain.key)
  }

  /// The open connection; `nil` while there is none.
  var open: ChainClient? {
    guard let client, client.isOpen else { return nil }
    return client
  }

  /// Yields after every new block and every new connection.
  func wake(_ waker: AsyncStream<Void>.Continuation) { wakers.append(waker) }

  /// Connects once.
  func connect() async throws(ChainClientError) {
    if open != nil { return }
    let client = try await ChainClient.connect(chain.url)
    if let genesisHash, genesisHash != client.info.genesisHash {
      await client.close()
      throw .malformed(
        method: "echo_chainInfo", reason: "\(chain.name) is another chain now: genesis \(client.info.genesisHash)")
    }
    genesisHash = client.info.genesisHash
    self.client = client
    await submitter.resynchronise()
    status.connected(chain.name)
    logger.info(
      "connected",
      metadata: [
        "chain": "\(chain.name)", "url": "\(chain.url)", "paraId": "\(client.info.paraId)",
        "genesis": "\(client.info.genesisHash)",
      ])
  }

  /// Keeps connected until the task is cancelled.
  func run() async {
    var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(15))
    var random = SystemRandomNumberGenerator()
    var reported = ""
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do throws(ChainClientError) {
        try await connect()
        reported = ""
        try await follow()
      } catch {
        status.disconnected(chain.name, reason: "\(error)")
        // The same failure again and again is one line, not thousands.
        let text = "\(error)"
        if text != reported, !Task.isCancelled {
          logger.warning("no connection", metadata: ["chain": "\(chain.name)", "reason": "\(text)"])
        }
        reported = text
      }
      if Task.isCancelled { break }
      if start.duration(to: .now) > Self.stableAfter { backoff.succeeded() }
      try? await Task.sleep(for: backoff.next(using: &random))
    }
    await close()
  }

  /// Reads finalised heads until the connection ends.
  private func follow() async throws(ChainClientError) {
    guard let client = open else { return }
    let heads = try await client.finalizedHeads()
    var iterator = heads.makeAsyncIterator()
    while let head = try await iterator.next() {
      status.height(chain.name, head.number)
      for waker in wakers { waker.yield() }
    }
    throw .rpc(.closed(reason: "head subscription ended"))
  }

  func close() async {
    await client?.close()
    client = nil
  }
}

public import BlockExecution
internal import EchoRuntime
internal import Finality
internal import Foundation
public import Logging
internal import PalletBeefy
internal import PalletSupport
public import Primitives
internal import Synchronization
internal import TransactionPool

/// A block that was just kept.
public struct NewBlock: Sendable {
  public var state: StateView
  /// Hashes of the block's extrinsics, in order.
  public var extrinsics: [H256]
}

/// The moving parts of a node: the block maker, what waits for a block, and those who watch.
///
/// Blocks are made on this actor, one at a time. Transactions are admitted beside it (``submit(_:)``), and reading goes
/// to ``chain`` directly: neither waits for a block.
public actor NodeService {
  public nonisolated let chain: Chain
  nonisolated let configuration: NodeConfiguration
  nonisolated let blocks = Broadcast<NewBlock>()
  private let certifier: Certifier
  private let log: Logger
  nonisolated let transactions: PoolService
  /// The blocks that `chainHead_v1` keeps readable.
  nonisolated let pins: PinnedBlocks
  private var isStopped = false
  /// Whether the last block took anything from the pool.
  private var hasIncluded = true
  private nonisolated let counts = Mutex(NodeCounters())

  /// Most transactions that are tried for one block.
  static let maximumCandidates = 8_192
  /// Bytes of extrinsics that one block takes from the pool.
  static let maximumBodyBytes = 3 << 20

  /// Starts with an open chain.
  /// - Throws: ``NodeError/tooFewKeys(held:quorum:authorities:)`` when the node cannot certify the next block.
  public init(chain: Chain, configuration: NodeConfiguration, log: Logger) throws {
    self.chain = chain
    self.configuration = configuration
    self.log = log
    certifier = Certifier(genesisHash: chain.genesisHash, keys: configuration.authorityKeys)
    transactions = PoolService(chain: chain, limits: configuration.poolLimits)
    pins = PinnedBlocks(limits: configuration.modernLimits)
    try certifier.check(try BeefyPallet.currentSet(in: chain.best.context()))
  }

  /// What the node has done since it started.
  public nonisolated var counters: NodeCounters { counts.withLock { $0 } }

  // MARK: Blocks

  /// Makes, certifies and keeps one block.
  @discardableResult
  public func seal() throws -> StateView {
    guard !isStopped else { throw NodeError.stopped }
    let parent = chain.best
    let candidates = transactions.ready(limit: Self.maximumCandidates, bytes: Self.maximumBodyBytes)
    let now = Milliseconds(max(0, Date().timeIntervalSince1970 * 1000))
    let set = try BeefyPallet.currentSet(in: parent.context())
    let block = try chain.propose(
      extrinsics: candidates.map(\.bytes), timestamp: now, preRuntime: [.author(AuthorLog(author: 0, round: 0, setID: set.id))],
      signaturesChecked: Set(candidates.map(\.hash)))
    let signers = block.validatorSetId == set.id ? set : try BeefyPallet.nextSet(in: parent.context())
    try chain.commit(block, justification: certifier.certify(block, set: signers))
    for (hash, reason) in block.refused {
      log.debug("block refused a transaction", metadata: ["hash": "\(hash)", "reason": "\(reason)"])
    }
    let state = chain.best
    let hashes = block.body.map { Extrinsic.hash(of: $0) }
    // The block is kept and readable before anybody hears of it.
    transactions.blockImported(state, included: hashes, refused: block.refused.map(\.hash))
    // The first extrinsic of every block is its time.
    hasIncluded = block.body.count > 1
    counts.withLock { counters in
      counters.blocks += 1
      counters.extrinsics += UInt64(block.body.count)
      counters.refused += UInt64(block.refused.count)
    }
    log.debug("sealed", metadata: ["number": "\(state.number)", "hash": "\(state.hash)", "extrinsics": "\(block.body.count)"])
    blocks.send(NewBlock(state: state, extrinsics: hashes))
    return state
  }

  /// Makes blocks as the configuration says until the task is cancelled.
  public func run() async throws {
    switch configuration.sealing {
    case .manual:
      // Blocks come on request only; the task lives until it is cancelled.
      for await _ in AsyncStream<Never>.makeStream().stream {}
    case .interval(let milliseconds):
      let clock = ContinuousClock()
      var next = clock.now
      while !Task.isCancelled {
        try seal()
        next = max(next.advanced(by: .milliseconds(milliseconds)), clock.now)
        try await clock.sleep(until: next)
      }
    case .instant(let heartbeat):
      // Listening begins before a block is made: what becomes ready while an empty one is made would go unheard else.
      var wakes = transactions.wakes()
      try seal()
      while !Task.isCancelled {
        try await waitForWork(wakes, heartbeat: heartbeat)
        try await Task.sleep(for: .milliseconds(Sealing.coalescing))
        wakes = transactions.wakes()
        try seal()
      }
    }
  }

  /// Returns when a transaction is ready or the heartbeat is due.
  ///
  /// When the last block took nothing, what was ready then does not count: trying it again at once would make empty
  /// blocks without end.
  private func waitForWork(_ wakes: AsyncStream<Void>, heartbeat: Int) async throws {
    guard !(hasIncluded && transactions.hasReady) else { return }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in wakes { return } }
      if heartbeat > 0 { group.addTask { try await Task.sleep(for: .milliseconds(heartbeat)) } }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Ends all subscriptions and refuses what comes later.
  public func stop() {
    isStopped = true
    blocks.finish()
    transactions.stop()
  }
}

/// What a node has done since it started.
public struct NodeCounters: Sendable {
  public var blocks: UInt64 = 0
  public var extrinsics: UInt64 = 0
  /// Pool transactions that a block refused.
  public var refused: UInt64 = 0
  public init() {}
}

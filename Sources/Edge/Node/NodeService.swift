public import BlockExecution
package import EchoRuntime
internal import Finality
internal import Foundation
public import Logging
internal import PalletBeefy
internal import PalletSupport
internal import PalletSystem
public import Primitives
package import ScaleCodec
internal import Synchronization
package import TransactionPool

/// A block that was just kept.
public struct NewBlock: Sendable {
  public var state: StateView
  /// Hashes of the block's extrinsics, in order.
  public var extrinsics: [H256]
}

/// The moving parts of a node: the pool, the block maker and those who watch.
///
/// Blocks are made and transactions admitted on this actor, one at a time. Reading goes to ``chain`` directly and
/// waits for nobody.
public actor NodeService {
  public nonisolated let chain: Chain
  nonisolated let configuration: NodeConfiguration
  nonisolated let blocks = Broadcast<NewBlock>()
  private let certifier: Certifier
  private let log: Logger
  private var pool: TransactionPool
  /// Pool transactions whose signatures were checked on entry: blocks need not check them again.
  private var checked: Set<H256> = []
  private var watchers: [H256: [UInt64: AsyncStream<TransactionUpdate>.Continuation]] = [:]
  private var nextWatcher: UInt64 = 0
  private let wake = Broadcast<Void>()
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
    pool = TransactionPool()
    try certifier.check(try BeefyPallet.currentSet(in: chain.best.context()))
  }

  /// What the node has done since it started.
  public nonisolated var counters: NodeCounters { counts.withLock { $0 } }

  // MARK: Transactions

  /// Where a transaction stands, for its watchers.
  package enum TransactionUpdate: Hashable, Sendable {
    case future
    case ready
    case inBlock(H256)
    case finalized(H256)
    case usurped(H256)
    case dropped
    case invalid

    var ends: Bool {
      switch self {
      case .finalized, .usurped, .dropped, .invalid: true
      case .future, .ready, .inBlock: false
      }
    }
  }

  /// Why a submitted extrinsic was refused.
  package enum SubmissionError: Error {
    case undecodable(ScaleError)
    case invalid(TransactionValidityError)
    case pool(PoolError)
  }

  /// Admits an extrinsic: decodes it, checks signature, era, nonce and payment once, and lets it wait for a block.
  /// - Returns: The hash by which it is known.
  package func submit(_ bytes: [UInt8]) throws(SubmissionError) -> H256 {
    guard !isStopped else { throw .invalid(.unknown(.cannotLookup)) }
    let hash = Extrinsic.hash(of: bytes)
    guard !pool.contains(hash) else { throw .pool(.alreadyImported(hash)) }
    let extrinsic: Extrinsic
    do { extrinsic = try Extrinsic(decoding: bytes) } catch { throw .undecodable(error) }
    let best = chain.best
    let context = best.context()
    Executive.enterNextBlock(number: best.number + 1, parentHash: best.hash, in: context)
    let validity: ValidTransaction
    do { validity = try Executive.validate(extrinsic, length: bytes.count, signatureChecked: false, in: context) } catch {
      throw .invalid(error)
    }
    guard let signature = extrinsic.signature else { throw .invalid(.unknown(.noUnsignedValidator)) }
    let nonce: UInt32
    do { nonce = try SystemPallet.nonce(of: signature.signer, in: context) } catch { throw .invalid(.unknown(.cannotLookup)) }
    // The check stood in the block after the best one, so its longevity counts from there.
    let death = validity.longevity == .max ? UInt64.max : UInt64(best.number) + 1 + validity.longevity
    let transaction = PoolTransaction(
      hash: hash, bytes: bytes, sender: signature.signer, nonce: signature.extra.nonce, priority: validity.priority, death: death)
    let changes: [(hash: H256, status: PoolStatus)]
    do { changes = try pool.submit(transaction, accountNonce: nonce) } catch { throw .pool(error) }
    checked.insert(hash)
    publish(changes)
    if changes.contains(where: { $0.status == .ready }) { wake.send(()) }
    return hash
  }

  /// Admits an extrinsic and reports what becomes of it, from `future` or `ready` to its end.
  package func submitAndWatch(_ bytes: [UInt8]) throws(SubmissionError) -> AsyncStream<TransactionUpdate> {
    let hash = Extrinsic.hash(of: bytes)
    let (stream, continuation) = AsyncStream.makeStream(of: TransactionUpdate.self, bufferingPolicy: .bufferingNewest(16))
    nextWatcher += 1
    let id = nextWatcher
    watchers[hash, default: [:]][id] = continuation
    do { _ = try submit(bytes) } catch {
      unwatch(hash, id)
      continuation.finish()
      throw error
    }
    continuation.onTermination = { [weak self] _ in Task { await self?.unwatch(hash, id) } }
    return stream
  }

  private func unwatch(_ hash: H256, _ id: UInt64) {
    watchers[hash]?[id] = nil
    if watchers[hash]?.isEmpty == true { watchers[hash] = nil }
  }

  private func publish(_ changes: [(hash: H256, status: PoolStatus)]) {
    for (hash, status) in changes {
      switch status {
      case .future: notify(hash, .future)
      case .ready: notify(hash, .ready)
      case .usurped(let by): notify(hash, .usurped(by))
      case .dropped: notify(hash, .dropped)
      case .invalid: notify(hash, .invalid)
      case .inBlock(let block):
        // No block is kept without its certificate, so inclusion and finality come together.
        notify(hash, .inBlock(block))
        notify(hash, .finalized(block))
      }
      if !pool.contains(hash) { checked.remove(hash) }
    }
  }

  private func notify(_ hash: H256, _ update: TransactionUpdate) {
    guard let continuations = watchers[hash] else { return }
    for continuation in continuations.values {
      continuation.yield(update)
      if update.ends { continuation.finish() }
    }
    if update.ends { watchers[hash] = nil }
  }

  /// The first transactions that could go into the next blocks, see ``TransactionPool/pending()``.
  func pendingTransactions() -> [PoolTransaction] { pool.pending() }

  /// Transactions that wait, ready and future.
  package func poolSize() -> Int { pool.count }

  /// An account's next free nonce, counting what waits in the pool.
  func nextNonce(of account: AccountID) throws -> UInt32 {
    pool.nextNonce(of: account, accountNonce: try SystemPallet.nonce(of: account, in: chain.best.context()))
  }

  // MARK: Blocks

  /// Makes, certifies and keeps one block.
  @discardableResult
  public func seal() throws -> StateView {
    guard !isStopped else { throw NodeError.stopped }
    let parent = chain.best
    let candidates = pool.ready(limit: Self.maximumCandidates, bytes: Self.maximumBodyBytes)
    let now = Milliseconds(max(0, Date().timeIntervalSince1970 * 1000))
    let set = try BeefyPallet.currentSet(in: parent.context())
    let block = try chain.propose(
      extrinsics: candidates.map(\.bytes), timestamp: now, preRuntime: [.author(AuthorLog(author: 0, round: 0, setID: set.id))],
      signaturesChecked: checked)
    let signers = block.validatorSetId == set.id ? set : try BeefyPallet.nextSet(in: parent.context())
    try chain.commit(block, justification: certifier.certify(block, set: signers))
    for (hash, reason) in block.refused {
      log.debug("block refused a transaction", metadata: ["hash": "\(hash)", "reason": "\(reason)"])
      publish(pool.reject(hash))
    }
    let state = chain.best
    let context = state.context()
    let hashes = block.body.map { Extrinsic.hash(of: $0) }
    let changes = pool.blockImported(hash: state.hash, number: state.number, included: Set(hashes)) { account in
      (try? SystemPallet.nonce(of: account, in: context)) ?? 0
    }
    publish(changes)
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
      try seal()
      while !Task.isCancelled {
        try await waitForWork(heartbeat: heartbeat)
        try await Task.sleep(for: .milliseconds(Sealing.coalescing))
        try seal()
      }
    }
  }

  /// Returns when a transaction is ready or the heartbeat is due.
  ///
  /// When the last block took nothing, what was ready then does not count: trying it again at once would make empty
  /// blocks without end.
  private func waitForWork(heartbeat: Int) async throws {
    let wakes = wake.values(buffering: 1)
    guard !(hasIncluded && pool.hasReady) else { return }
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
    wake.finish()
    for continuations in watchers.values { for continuation in continuations.values { continuation.finish() } }
    watchers = [:]
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

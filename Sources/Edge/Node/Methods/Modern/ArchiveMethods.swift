internal import BlockExecution
internal import Finality
internal import Primitives
internal import RPC
internal import ScaleCodec

/// `archive_v1`: any block since genesis.
///
/// Registered only where every state is kept: a client that finds the group relies on answers for all blocks.
extension NodeService {
  nonisolated func registerArchiveMethods(_ methods: inout RPCMethods) {
    guard chain.pruning == .archive, chain.oldestState == 0 else { return }
    let genesis = JSON.hash(chain.genesisHash)
    methods.method("archive_v1_genesisHash") { _ in genesis }
    methods.method("archive_v1_finalizedHeight") { [self] _ in JSON(chain.best.number) }
    methods.method("archive_v1_hashByHeight") { [self] params in
      let height = try params.number(0, "height", as: UInt64.self)
      guard let number = BlockNumber(exactly: height), let hash = try chain.hash(at: number) else { return [] }
      return [.hash(hash)]
    }
    methods.method("archive_v1_header") { [self] params in
      guard let number = try chain.number(of: params.hash(0, "hash")), let header = try chain.header(at: number) else { return .null }
      return .hex(header.encoded())
    }
    methods.method("archive_v1_body") { [self] params in
      guard let number = try chain.number(of: params.hash(0, "hash")), let body = try chain.body(at: number) else { return .null }
      return .array(body.map { .hex($0) })
    }
    methods.method("archive_v1_call") { [self] params in
      let hash = try params.hash(0, "hash")
      let function = try params.string(1, "function")
      let arguments = try params.bytes(2, "callParameters")
      guard let state = try chain.state(of: hash) else { return .null }
      do throws(RuntimeCallFailure) { return ["success": true, "value": .hex(try call(function, arguments, at: state))] } catch {
        return ["success": false, "error": .string("\(error)")]
      }
    }
    registerArchiveStorage(&methods)
  }

  private nonisolated func registerArchiveStorage(_ methods: inout RPCMethods) {
    let limits = configuration.modernLimits
    let all = Allowance<ArchiveQuery>()
    methods.subscription(
      "archive_v1_storage", notification: "archive_v1_storageEvent", unsubscribe: "archive_v1_stopStorage", unsubscribing: .silently
    ) { [self] params, subscriber in
      let hash = try params.hash(0, "hash")
      let queries = try StorageQuery.archiveList(params, 1, limits: limits)
      let childTrie = try params.optionalBytes(2, "childTrie")
      return try archiveFeed(subscriber, all, error: "storageError") { [self] sink in
        guard let state = try chain.state(of: hash) else { throw ArchiveError.unknownBlock(hash) }
        var reader = try StorageReader(state, queries, childTrie: childTrie)
        while !reader.isDone {
          for item in try reader.page(rows: limits.pageRows, bytes: limits.pageBytes) {
            await sink.whenRead()
            try sink.send(.object(item.members.merging(["event": "storage"]) { first, _ in first }))
          }
          try Task.checkCancellation()
        }
        try sink.send(["event": "storageDone"])
      }
    }
    methods.subscription(
      "archive_v1_storageDiff", notification: "archive_v1_storageDiffEvent", unsubscribe: "archive_v1_stopStorageDiff",
      unsubscribing: .silently
    ) { [self] params, subscriber in
      let hash = try params.hash(0, "hash")
      let queries = try StorageDiffQuery.list(params, 1)
      let previous = try params.optionalHash(2, "previousHash")
      return try archiveFeed(subscriber, all, error: "storageDiffError") { [self] sink in
        let (old, new) = try statesToCompare(hash, previous)
        for query in queries {
          var reader = try StorageDiffReader(chain, from: old, to: new, query, limits: limits)
          while let page = try reader.page() {
            for difference in page {
              await sink.whenRead()
              try sink.send(difference.json)
            }
            try Task.checkCancellation()
          }
        }
        try sink.send(["event": "storageDiffDone"])
      }
    }
  }

  /// A feed that counts towards the connection's and the node's allowance and ends what it throws in an event.
  private nonisolated func archiveFeed(
    _ subscriber: RPCSubscriber, _ all: Allowance<ArchiveQuery>, error event: String,
    _ run: @escaping @Sendable (SubscriptionSink) async throws -> Void
  ) throws(RPCError) -> RPCFeed {
    let limits = configuration.modernLimits
    let queries = subscriber.connection.state { Allowance<ArchiveQuery>() }
    guard let share = queries.take(limit: limits.archiveQueries) else { throw .tooManySubscriptions(limit: limits.archiveQueries) }
    guard let part = all.take(limit: limits.allArchiveQueries) else { throw .serverBusy }
    let (held, heldPart) = (HeldShare(share), HeldShare(part))
    let ended = { @Sendable in
      held.give()
      heldPart.give()
    }
    return RPCFeed(ended: ended) { sink in
      do { try await run(sink) } catch let closed as SubscriptionClosed { throw closed } catch is CancellationError { return } catch {
        try sink.send(["event": .string(event), "error": .string("\(error)")])
      }
    }
  }

  private nonisolated func statesToCompare(_ hash: H256, _ previous: H256?) throws -> (StateView, StateView) {
    guard let new = try chain.state(of: hash) else { throw ArchiveError.unknownBlock(hash) }
    guard let previous else {
      guard new.number > 0, let old = try chain.state(of: new.header.parentHash) else { throw ArchiveError.noParent(hash) }
      return (old, new)
    }
    guard let old = try chain.state(of: previous) else { throw ArchiveError.unknownBlock(previous) }
    // There are no forks: every lower block is an ancestor.
    guard old.number < new.number else { throw ArchiveError.notAncestor(previous, of: hash) }
    return (old, new)
  }
}

/// Storage reads and comparisons of the archive.
enum ArchiveQuery {}

/// Why an archive request came to nothing.
enum ArchiveError: Error, CustomStringConvertible {
  case unknownBlock(H256)
  /// The genesis block has no parent. Give the block to compare with.
  case noParent(H256)
  case notAncestor(H256, of: H256)

  var description: String {
    switch self {
    case .unknownBlock(let hash): "archive: block \(hash.hex) is not known"
    case .noParent(let hash): "archive: block \(hash.hex) has no parent to compare with"
    case .notAncestor(let old, let new): "archive: block \(old.hex) is no ancestor of block \(new.hex)"
    }
  }
}

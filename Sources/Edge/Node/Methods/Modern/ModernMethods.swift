internal import RPC

/// The groups of the newer JSON-RPC interface: `chainSpec_v1`, `chainHead_v1`, `transaction_v1`, `transactionWatch_v1` and
/// `archive_v1`, each complete (Docs/formats/rpc-new.md).
///
/// Clients choose a group by its prefix in `rpc_methods`, so a group that is not whole must not be registered at all.
extension NodeService {
  nonisolated func registerModernMethods(_ methods: inout RPCMethods) {
    registerChainSpecMethods(&methods)
    registerChainHeadMethods(&methods)
    registerTransactionMethods(&methods)
    registerTransactionWatchMethods(&methods)
    registerArchiveMethods(&methods)
  }

  /// Blocks that follows hold now, each counted once.
  package nonisolated var pinnedBlocks: Int { pins.count }
}

/// What one connection may ask for, and how much of it the node holds together.
package struct ModernLimits: Hashable, Sendable {
  /// Follows of one connection. The interface asks for 2 at least.
  package var follows = 4
  /// Operations of one follow at a time; each item of a storage operation counts. The interface asks for 16 at least.
  package var operations = 16
  /// Blocks that one follow may have pinned.
  package var pinsPerFollow = 512
  /// Different blocks that all follows may have pinned together.
  package var pinnedBlocks = 1024
  /// Longest time that a follow may keep a block pinned.
  package var pinAge = Duration.seconds(600)
  /// Finalised blocks that a new follow starts with: about a minute at one block a second.
  package var initialBlocks = 60
  /// Rows and bytes of values after which a storage operation reports what it has.
  package var pageRows = 256
  package var pageBytes = 256 << 10
  /// Items of one storage request of `archive_v1`, and bytes of their keys.
  package var archiveItems = 4096
  package var archiveItemBytes = 256 << 10
  /// Transactions that one connection broadcasts at a time. The interface asks for 4 at least.
  package var broadcasts = 16
  /// Bytes of the transactions that all connections broadcast together.
  package var broadcastBytes = 64 << 20
  /// Transactions that one connection watches at a time.
  package var watches = 16
  /// Storage reads and comparisons of `archive_v1` that one connection has at a time.
  package var archiveQueries = 8
  /// Those of all connections together.
  package var allArchiveQueries = 64
  /// Most blocks between two states that are compared by what each block wrote; beyond that all their keys are.
  package var differenceBlocks: UInt32 = 1024
  /// Most keys that are put together for it; beyond that all keys are compared too.
  package var differenceKeys = 16_384

  /// The defaults named at each bound.
  package init() {}
}

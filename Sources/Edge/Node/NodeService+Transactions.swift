package import EchoRuntime
package import Primitives
package import ScaleCodec
package import TransactionPool

extension NodeService {
  /// Where a transaction stands, for its watchers. The last four are ends.
  ///
  /// Every block is final when it is kept, so a transaction is never retracted from a block, and finality never times
  /// out. There are no peers to broadcast to.
  package enum TransactionUpdate: Hashable, Sendable {
    case future
    case ready
    case inBlock(H256)
    case finalized(H256)
    case usurped(H256)
    case dropped
    case invalid
  }

  /// Why a submitted extrinsic was refused.
  package enum SubmissionError: Error {
    case undecodable(ScaleError)
    case invalid(TransactionValidityError)
    case pool(PoolError)
    /// The state could not be read, so that nobody can tell.
    case unreadable(String)
    /// As many signatures as may wait are waiting to be checked.
    case busy
    /// The node stops.
    case stopped
  }

  /// Admits an extrinsic: decodes it, checks era, nonce, payment and signature once, and lets it wait for a block.
  ///
  /// Runs on the caller's task; does not wait for a block that is being made.
  /// - Returns: The hash by which it is known.
  package nonisolated func submit(_ bytes: [UInt8]) async throws(SubmissionError) -> H256 { try await transactions.submit(bytes) }

  /// Admits an extrinsic and reports what becomes of it, from `future` or `ready` to its end, after which the stream
  /// finishes. Nothing is missed, even when a block takes it at once; who leaves more than 16 updates unread loses the
  /// oldest.
  package nonisolated func submitAndWatch(_ bytes: [UInt8]) async throws(SubmissionError) -> AsyncStream<TransactionUpdate> {
    try await transactions.submitAndWatch(bytes)
  }

  /// Removes transactions from the pool as invalid, and bans them for a while.
  /// - Returns: Hashes of those that were there.
  package nonisolated func removeTransactions(_ hashes: [H256]) -> [H256] { transactions.remove(hashes) }

  /// The first transactions that could go into the next blocks, see ``TransactionPool/pending()``.
  nonisolated func pendingTransactions() -> [PoolTransaction] { transactions.pending() }

  /// Transactions that wait, ready and future.
  package func poolSize() -> Int { transactions.count }

  /// How much waits, and what is remembered.
  package nonisolated var poolStatistics: PoolStatistics { transactions.statistics }

  /// An account's next free nonce, counting what is ready in the pool.
  nonisolated func nextNonce(of account: AccountID) async throws -> UInt32 { try transactions.nextNonce(of: account) }
}

public import Primitives

/// A checked extrinsic that waits for a block.
public struct PoolTransaction: Hashable, Sendable {
  /// blake2b-256 of the full bytes.
  public var hash: H256
  /// The wire form with its length prefix.
  public var bytes: [UInt8]
  public var sender: AccountID
  public var nonce: UInt32
  /// Higher goes first; the tip decides.
  public var priority: UInt64
  /// The first block in which it is no longer valid.
  public var death: UInt64

  public init(hash: H256, bytes: [UInt8], sender: AccountID, nonce: UInt32, priority: UInt64, death: UInt64) {
    self.hash = hash
    self.bytes = bytes
    self.sender = sender
    self.nonce = nonce
    self.priority = priority
    self.death = death
  }
}

/// Where a transaction stands after a step of the pool. Names are those of `author_extrinsicUpdate`.
///
/// ``usurped(by:)``, ``dropped``, ``invalid`` and ``inBlock(_:)`` are ends: the transaction is no longer here, and
/// exactly one of them comes for each that entered.
public enum PoolStatus: Hashable, Sendable {
  /// A smaller nonce of the same sender is missing.
  case future
  case ready
  /// Another transaction of the same sender and nonce with a higher priority took its place.
  case usurped(by: H256)
  /// Removed to keep within the limits, or its smaller nonces did not come in time.
  case dropped
  /// No longer valid: its era ended, its nonce was used, its sender cannot pay any more, a block refused it, or the
  /// operator removed it.
  case invalid
  /// Included in the block with this hash.
  case inBlock(H256)
}

/// Why the pool refused a transaction.
public enum PoolError: Error, Hashable, Sendable, CustomStringConvertible {
  case alreadyImported(H256)
  /// It was found invalid a short while ago, see ``TransactionPool/Limits/banTime``.
  case banned(H256)
  /// The nonce is below the account's.
  case stale(nonce: UInt32, expected: UInt32)
  /// Its era ends before the next block.
  case expired(death: UInt64, next: UInt64)
  /// A transaction with the same sender and nonce waits with at least the same priority.
  case tooLowPriority(new: UInt64, old: UInt64)
  /// The pool is full of transactions with higher priority.
  case full(limit: Int)
  /// As many transactions as are kept wait for a smaller nonce, and none of them has a lower priority.
  case futureFull(limit: Int)
  /// The sender has too many transactions waiting.
  case senderLimit(Int)
  /// The nonce is too far ahead of the account's.
  case nonceTooFar(nonce: UInt32, expected: UInt32, limit: UInt32)
  case tooLarge(size: Int, limit: Int)

  public var description: String {
    switch self {
    case .alreadyImported(let hash): "pool: transaction \(hash) is already in the pool"
    case .banned(let hash): "pool: transaction \(hash) was found invalid a short while ago"
    case .stale(let nonce, let expected): "pool: nonce \(nonce) is used, the account's next is \(expected)"
    case .expired(let death, let next): "pool: the transaction is valid before block \(death), the next block is \(next)"
    case .tooLowPriority(let new, let old): "pool: priority \(new) does not exceed the waiting transaction's \(old)"
    case .full(let limit): "pool: \(limit) transactions wait already"
    case .futureFull(let limit): "pool: \(limit) transactions wait for a smaller nonce already"
    case .senderLimit(let limit): "pool: the sender has \(limit) transactions waiting already"
    case .nonceTooFar(let nonce, let expected, let limit):
      "pool: nonce \(nonce) is more than \(limit) ahead of the account's next, \(expected)"
    case .tooLarge(let size, let limit): "pool: transaction has \(size) bytes, at most \(limit) are taken"
    }
  }
}

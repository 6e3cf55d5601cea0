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
public enum PoolStatus: Hashable, Sendable {
  /// A smaller nonce of the same sender is missing.
  case future
  case ready
  /// Another transaction of the same sender and nonce with a higher priority took its place.
  case usurped(by: H256)
  /// Removed to keep within the limits.
  case dropped
  /// No longer valid: its era ended, its nonce was used, or a block refused it.
  case invalid
  /// Included in the block with this hash.
  case inBlock(H256)
}

/// Why the pool refused a transaction.
public enum PoolError: Error, Hashable, Sendable, CustomStringConvertible {
  case alreadyImported(H256)
  /// The nonce is below the account's.
  case stale(nonce: UInt32, expected: UInt32)
  /// A transaction with the same sender and nonce waits with at least the same priority.
  case tooLowPriority(new: UInt64, old: UInt64)
  /// The pool is full of transactions with higher priority.
  case full(limit: Int)
  /// The sender has too many transactions waiting.
  case senderLimit(Int)
  /// The nonce is too far ahead of the account's.
  case nonceTooFar(nonce: UInt32, expected: UInt32, limit: UInt32)
  case tooLarge(size: Int, limit: Int)

  public var description: String {
    switch self {
    case .alreadyImported(let hash): "pool: transaction \(hash) is already in the pool"
    case .stale(let nonce, let expected): "pool: nonce \(nonce) is used, the account's next is \(expected)"
    case .tooLowPriority(let new, let old): "pool: priority \(new) does not exceed the waiting transaction's \(old)"
    case .full(let limit): "pool: \(limit) transactions wait already"
    case .senderLimit(let limit): "pool: the sender has \(limit) transactions waiting already"
    case .nonceTooFar(let nonce, let expected, let limit):
      "pool: nonce \(nonce) is more than \(limit) ahead of the account's next, \(expected)"
    case .tooLarge(let size, let limit): "pool: transaction has \(size) bytes, at most \(limit) are taken"
    }
  }
}

/// Transactions that wait for a block: ready ones in an order that blocks can take, future ones by nonce.
///
/// A value without clock or I/O: the caller says what the state's nonces are and when a block came. Every queue has
/// a limit; what exceeds it is refused or the lowest priority gives way.
public struct TransactionPool: Sendable {
  /// Bounds on what waits.
  public struct Limits: Sendable {
    public var transactions: Int
    public var bytes: Int
    public var perSender: Int
    public var nonceDistance: UInt32
    public var transactionSize: Int
    public init(
      transactions: Int = 8_192, bytes: Int = 64 << 20, perSender: Int = 1_024, nonceDistance: UInt32 = 1_024,
      transactionSize: Int = 1 << 20
    ) {
      self.transactions = transactions
      self.bytes = bytes
      self.perSender = perSender
      self.nonceDistance = nonceDistance
      self.transactionSize = transactionSize
    }
  }

  private struct Waiting {
    var transaction: PoolTransaction
    /// Arrival number: earlier ones go first among equals.
    var arrival: UInt64
  }

  public let limits: Limits
  private var byHash: [H256: (sender: AccountID, nonce: UInt32)] = [:]
  private var queues: [AccountID: [UInt32: Waiting]] = [:]
  private var nonces: [AccountID: UInt32] = [:]
  private var arrivals: UInt64 = 0
  private var totalBytes = 0

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Transactions that wait, ready and future.
  public var count: Int { byHash.count }

  /// Bytes of all waiting transactions.
  public var byteCount: Int { totalBytes }

  /// Whether a transaction waits here.
  public func contains(_ hash: H256) -> Bool { byHash[hash] != nil }

  /// Adds a transaction whose signature, era and payment were checked.
  ///
  /// - Parameter accountNonce: The sender's next nonce in the best state.
  /// - Returns: What became of it and of transactions that it displaced or made ready, in order.
  public mutating func submit(_ transaction: PoolTransaction, accountNonce: UInt32) throws(PoolError) -> [(hash: H256, status: PoolStatus)]
  {
    guard transaction.bytes.count <= limits.transactionSize else {
      throw .tooLarge(size: transaction.bytes.count, limit: limits.transactionSize)
    }
    guard byHash[transaction.hash] == nil else { throw .alreadyImported(transaction.hash) }
    guard transaction.nonce >= accountNonce else { throw .stale(nonce: transaction.nonce, expected: accountNonce) }
    guard transaction.nonce - accountNonce <= limits.nonceDistance else {
      throw .nonceTooFar(nonce: transaction.nonce, expected: accountNonce, limit: limits.nonceDistance)
    }
    let queue = queues[transaction.sender] ?? [:]
    let replaced = queue[transaction.nonce]
    if let replaced {
      guard transaction.priority > replaced.transaction.priority else {
        throw .tooLowPriority(new: transaction.priority, old: replaced.transaction.priority)
      }
    } else if queue.count >= limits.perSender {
      throw .senderLimit(limits.perSender)
    }
    var changes: [(hash: H256, status: PoolStatus)] = []
    if let replaced {
      remove(replaced.transaction)
      changes.append((replaced.transaction.hash, .usurped(by: transaction.hash)))
    }
    while byHash.count >= limits.transactions || totalBytes + transaction.bytes.count > limits.bytes {
      guard let lowest = lowestLast(), lowest.priority < transaction.priority else { throw .full(limit: limits.transactions) }
      remove(lowest)
      changes.append((lowest.hash, .dropped))
    }
    let readyBefore = readyRun(of: transaction.sender, from: accountNonce)
    nonces[transaction.sender] = accountNonce
    insert(transaction)
    let readyNow = readyRun(of: transaction.sender, from: accountNonce)
    changes.append((transaction.hash, readyNow.contains { $0.hash == transaction.hash } ? .ready : .future))
    for follower in readyNow where follower.hash != transaction.hash && !readyBefore.contains(where: { $0.hash == follower.hash }) {
      changes.append((follower.hash, .ready))
    }
    return changes
  }

  /// The next transactions for a block: highest priority first, nonces of a sender in order, at most `limit`.
  public func ready(limit: Int, bytes: Int) -> [PoolTransaction] {
    var heads = queues.compactMap { sender, queue -> Waiting? in queue[nonces[sender] ?? 0] }
    var chosen: [PoolTransaction] = []
    var room = bytes
    while chosen.count < limit {
      guard let best = heads.indices.min(by: { goesFirst(heads[$0], heads[$1]) }) else { break }
      let next = heads[best]
      if next.transaction.bytes.count <= room {
        room -= next.transaction.bytes.count
        chosen.append(next.transaction)
        if let follower = queues[next.transaction.sender]?[next.transaction.nonce &+ 1] {
          heads[best] = follower
          continue
        }
      }
      heads.swapAt(best, heads.count - 1)
      heads.removeLast()
    }
    return chosen
  }

  /// All transactions that wait and could go into the next blocks, for `author_pendingExtrinsics`.
  public func pending() -> [PoolTransaction] { ready(limit: .max, bytes: .max) }

  /// The sender's next free nonce, counting ready transactions.
  public func nextNonce(of sender: AccountID, accountNonce: UInt32) -> UInt32 {
    accountNonce &+ UInt32(readyRun(of: sender, from: accountNonce).count)
  }

  /// Takes a new best block into account.
  ///
  /// - Parameters:
  ///   - included: Hashes of the block's extrinsics.
  ///   - nonce: The next nonce of a sender in the new state.
  /// - Returns: What became of the transactions that left or became ready.
  public mutating func blockImported(
    hash: H256, number: BlockNumber, included: Set<H256>, nonce: (AccountID) -> UInt32
  ) -> [(hash: H256, status: PoolStatus)] {
    var changes: [(hash: H256, status: PoolStatus)] = []
    for (sender, queue) in queues {
      let next = nonce(sender)
      nonces[sender] = next
      for waiting in queue.values.sorted(by: { $0.transaction.nonce < $1.transaction.nonce }) {
        let transaction = waiting.transaction
        if included.contains(transaction.hash) {
          remove(transaction)
          changes.append((transaction.hash, .inBlock(hash)))
        } else if transaction.nonce < next || transaction.death <= UInt64(number) + 1 {
          remove(transaction)
          changes.append((transaction.hash, .invalid))
        }
      }
    }
    return changes
  }

  /// Removes a transaction that a block refused.
  public mutating func reject(_ hash: H256) {
    guard let place = byHash[hash], let waiting = queues[place.sender]?[place.nonce] else { return }
    remove(waiting.transaction)
  }

  // MARK: Inside

  private func goesFirst(_ a: Waiting, _ b: Waiting) -> Bool {
    a.transaction.priority != b.transaction.priority ? a.transaction.priority > b.transaction.priority : a.arrival < b.arrival
  }

  private func readyRun(of sender: AccountID, from nonce: UInt32) -> [PoolTransaction] {
    var run: [PoolTransaction] = []
    var next = nonce
    while let waiting = queues[sender]?[next] {
      run.append(waiting.transaction)
      next &+= 1
    }
    return run
  }

  /// The lowest priority among the senders' last transactions: removing any other would strand its followers.
  private func lowestLast() -> PoolTransaction? {
    queues.values.compactMap { queue in queue.values.max { $0.transaction.nonce < $1.transaction.nonce } }
      .max { goesFirst($0, $1) }?.transaction
  }

  private mutating func insert(_ transaction: PoolTransaction) {
    arrivals += 1
    queues[transaction.sender, default: [:]][transaction.nonce] = Waiting(transaction: transaction, arrival: arrivals)
    byHash[transaction.hash] = (transaction.sender, transaction.nonce)
    totalBytes += transaction.bytes.count
  }

  private mutating func remove(_ transaction: PoolTransaction) {
    byHash[transaction.hash] = nil
    queues[transaction.sender]?[transaction.nonce] = nil
    if queues[transaction.sender]?.isEmpty == true {
      queues[transaction.sender] = nil
      nonces[transaction.sender] = nil
    }
    totalBytes -= transaction.bytes.count
  }
}

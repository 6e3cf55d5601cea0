public import Primitives

extension TransactionPool {
  /// Bounds on what waits and on what is remembered.
  public struct Limits: Sendable {
    public var transactions: Int
    public var bytes: Int
    public var perSender: Int
    public var nonceDistance: UInt32
    public var transactionSize: Int
    /// Most future transactions; they take at most this share of ``bytes`` too.
    public var futures: Int
    public var futureBytes: Int
    public var futuresPerSender: Int
    /// Blocks that a future transaction waits for its smaller nonces.
    public var futureLifetime: UInt64
    /// Most hashes of invalid transactions that are remembered.
    public var bans: Int
    /// How long an invalid transaction is refused unread. Half an hour, as in Substrate's pool.
    public var banTime: Milliseconds

    /// - Parameters:
    ///   - futures: `nil` for an eighth of `transactions`, at least one.
    ///   - futureBytes: `nil` for an eighth of `bytes`.
    public init(
      transactions: Int = 8_192, bytes: Int = 64 << 20, perSender: Int = 1_024, nonceDistance: UInt32 = 1_024,
      transactionSize: Int = 1 << 20, futures: Int? = nil, futureBytes: Int? = nil, futuresPerSender: Int = 64,
      futureLifetime: UInt64 = 64, bans: Int = 8_192, banTime: Milliseconds = 30 * 60 * 1_000
    ) {
      self.transactions = transactions
      self.bytes = bytes
      self.perSender = perSender
      self.nonceDistance = nonceDistance
      self.transactionSize = transactionSize
      self.futures = futures ?? max(1, transactions / 8)
      self.futureBytes = futureBytes ?? bytes / 8
      self.futuresPerSender = futuresPerSender
      self.futureLifetime = futureLifetime
      self.bans = bans
      self.banTime = banTime
    }
  }
}

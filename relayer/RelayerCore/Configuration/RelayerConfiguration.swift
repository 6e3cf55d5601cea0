public import Keys
public import Logging
public import Primitives

/// Everything that a relayer is told; see relayer.example.toml for the file's form.
public struct RelayerConfiguration: Sendable {
  /// A chain and the account that pays on it.
  public struct Chain: Sendable {
    /// How paths and log lines name it.
    public var name: String
    /// The node's address, `ws://host:port`.
    public var url: String
    /// Signs submissions to this chain and pays their fees.
    public var key: SecretKey
    /// Earns the fees of messages that left this chain; the key's own account unless told otherwise.
    public var payout: AccountID

    public init(name: String, url: String, key: SecretKey, payout: AccountID? = nil) {
      self.name = name
      self.url = url
      self.key = key
      self.payout = payout ?? key.publicKey.accountID
    }
  }

  /// Two chains between which messages are relayed, both ways.
  public struct Path: Hashable, Sendable, CustomStringConvertible {
    public var a: String
    public var b: String

    public init(a: String, b: String) {
      self.a = a
      self.b = b
    }

    public var description: String { "\(a)-\(b)" }
  }

  public var logLevel = Logger.Level.info
  /// How often both ends of every path are looked at when nothing wakes the relayer.
  public var pollInterval = Duration.seconds(1)
  /// Where `/healthz` and `/metrics` are served; `nil` for nowhere.
  public var metrics: (host: String, port: Int)?
  /// A path on which messages have waited this long without progress counts as stalled.
  public var stallAfter = Duration.seconds(120)
  /// How long to wait until a submission is in a block before its outcome counts as unknown.
  public var submissionTimeout = Duration.seconds(60)
  public var limits = BatchLimits()
  public var chains: [Chain]
  public var paths: [Path]

  public init(chains: [Chain], paths: [Path]) {
    self.chains = chains
    self.paths = paths
  }
}

/// How much one round submits, and when a message counts as too late to be sent.
public struct BatchLimits: Hashable, Sendable {
  /// Messages in one delivery and receipts in one confirmation, 1...256.
  public var messages = 100
  /// Encoded bytes of the messages in one delivery with about what proves them; a single message may be larger.
  ///
  /// Pools take extrinsics of up to 1 MiB. The rest is for the header, the way to the lane's rows and the signature.
  public var bytes = 768 << 10
  /// What the proof of one message of many in a row is taken for: its leaf, and its share of the nodes above.
  public static let proofBytesPerMessage = 96
  /// Deliveries, and confirmations, of one round at one end of a path.
  public var batches = 5
  /// Timeouts of one round at one end of a path; each is an extrinsic of its own.
  public var timeouts = 50
  /// A message is not delivered when fewer milliseconds are left on the destination's clock.
  public var timeoutMargin: Milliseconds = 3000
  /// As ``timeoutMargin``, in blocks of the destination.
  public var timeoutMarginBlocks: BlockNumber = 2
  /// A light client's newest height serves proofs while it is at most this many blocks old.
  public var reusableAge: BlockNumber = 32

  public init() {}
}

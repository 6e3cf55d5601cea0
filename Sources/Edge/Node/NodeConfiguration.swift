public import BlockExecution
public import EchoRuntime
public import Keys
public import RPC
public import TransactionPool

/// When the node makes a block.
public enum Sealing: Hashable, Sendable, CustomStringConvertible {
  /// Every so many milliseconds, with or without transactions.
  case interval(milliseconds: Int)
  /// Soon after a transaction is ready; without any, every `heartbeat` milliseconds (0 for never).
  case instant(heartbeat: Int)
  /// Only when asked to (`dev_seal`).
  case manual

  /// Wait after the first ready transaction, so that a burst shares one block.
  public static let coalescing = 20

  /// Parses `interval=1s`, `interval=250ms`, `instant`, `instant=5s` (with a heartbeat) or `manual`.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let duration = parts.count == 2 ? Sealing.milliseconds(parts[1]) : nil
    switch (parts.first, parts.count) {
    case ("manual", 1): self = .manual
    case ("instant", 1): self = .instant(heartbeat: 1000)
    case ("instant", 2):
      guard let duration else { return nil }
      self = .instant(heartbeat: duration)
    case ("interval", 2):
      guard let duration, duration >= 10 else { return nil }
      self = .interval(milliseconds: duration)
    default: return nil
    }
  }

  /// Milliseconds in `250ms`, `1s` or `2m`.
  public static func milliseconds(_ text: String) -> Int? {
    for (suffix, factor) in [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)] where text.hasSuffix(suffix) {
      guard let number = Int(text.dropLast(suffix.count)), number >= 0, number < 1_000_000_000 else { return nil }
      return number * factor
    }
    return nil
  }

  public var description: String {
    switch self {
    case .interval(let milliseconds): "interval=\(milliseconds)ms"
    case .instant(let heartbeat): "instant=\(heartbeat)ms"
    case .manual: "manual"
    }
  }
}

/// What a node is started with.
public struct NodeConfiguration: Sendable {
  public var spec: ChainSpec
  /// Folder of the database and of `node.json`.
  public var basePath: String
  public var rpcHost: String
  /// 0 for any free port.
  public var rpcPort: Int
  public var sealing: Sealing
  /// Keys of authorities that this node signs with.
  public var authorityKeys: [SecretKey]
  /// Whether development calls (`dev_seal`) are served.
  public var isDevelopment: Bool
  /// How many old states are kept: all on a chain for development, unless it is set otherwise.
  public var pruning: StatePruning
  /// What JSON-RPC clients may ask for.
  public var rpcLimits = RPCLimits()
  /// Which browsers may call, and under which names.
  public var rpcAccess = AccessPolicy()
  /// Which JSON-RPC methods are served.
  public var rpcExposure = RPCExposure.safe
  /// What clients of the newer JSON-RPC groups may ask for.
  package var modernLimits = ModernLimits()
  /// What may wait for a block.
  public var poolLimits = TransactionPool.Limits()

  public init(
    spec: ChainSpec, basePath: String, rpcHost: String = "127.0.0.1", rpcPort: Int = 9944, sealing: Sealing = .interval(milliseconds: 1000),
    authorityKeys: [SecretKey], isDevelopment: Bool = false
  ) {
    self.spec = spec
    self.basePath = basePath
    self.rpcHost = rpcHost
    self.rpcPort = rpcPort
    self.sealing = sealing
    self.authorityKeys = authorityKeys
    self.isDevelopment = isDevelopment
    pruning = isDevelopment || spec.chainType == "Development" ? .archive : .standard
  }
}

/// Why a node cannot start or go on.
public enum NodeError: Error, Sendable, CustomStringConvertible {
  /// Fewer authority keys than a quorum needs.
  case tooFewKeys(held: Int, quorum: Int, authorities: Int)
  /// The node has stopped.
  case stopped
  /// A finality proof made here does not verify: a defect, so the node stops rather than publish it.
  case invalidCertificate(String)

  public var description: String {
    switch self {
    case .tooFewKeys(let held, let quorum, let authorities):
      "node: \(held) authority keys are held, \(quorum) of \(authorities) must sign; use --dev for the development keys or --authority-key-file"
    case .stopped: "node: stopped"
    case .invalidCertificate(let reason): "node: the finality proof made for a block does not verify: \(reason)"
    }
  }
}

public import ScaleCodec

/// Names a runtime and its interfaces; clients cache metadata by it.
/// - SeeAlso: `sp_version::RuntimeVersion`.
@ScaleCodable(path: "sp_version::RuntimeVersion")
public struct RuntimeVersion: Hashable, Sendable {
  public var specName: String
  public var implName: String
  public var authoringVersion: UInt32
  /// Grows whenever behaviour or metadata change.
  public var specVersion: UInt32
  public var implVersion: UInt32
  /// Interface identifier (blake2b-64 of its name) and version.
  public var apis: [Pair<FixedBytes<8>, UInt32>]
  /// Grows whenever signed bytes of old transactions would mean something else.
  public var transactionVersion: UInt32
  /// Layout of the state trie: 0 or 1.
  public var stateVersion: UInt8

  public init(
    specName: String, implName: String, authoringVersion: UInt32, specVersion: UInt32, implVersion: UInt32,
    apis: [Pair<FixedBytes<8>, UInt32>], transactionVersion: UInt32, stateVersion: UInt8
  ) {
    self.specName = specName
    self.implName = implName
    self.authoringVersion = authoringVersion
    self.specVersion = specVersion
    self.implVersion = implVersion
    self.apis = apis
    self.transactionVersion = transactionVersion
    self.stateVersion = stateVersion
  }
}

/// The runtime that last changed the state's layout.
/// - SeeAlso: `frame_system::LastRuntimeUpgradeInfo`.
@ScaleCodable(path: "frame_system::LastRuntimeUpgradeInfo")
public struct LastRuntimeUpgradeInfo: Hashable, Sendable {
  public var specVersion: Compact<UInt32>
  public var specName: String

  public init(specVersion: UInt32, specName: String) {
    self.specVersion = Compact(specVersion)
    self.specName = specName
  }
}

/// Cost of one database access in picoseconds.
/// - SeeAlso: `sp_weights::RuntimeDbWeight`.
@ScaleCodable(path: "sp_weights::RuntimeDbWeight")
public struct RuntimeDbWeight: Hashable, Sendable {
  public var read: UInt64
  public var write: UInt64

  /// The figures behind ``Weight/of(micros:reads:writes:)``.
  public static let rocksDb = RuntimeDbWeight(read: 25_000_000, write: 100_000_000)
}

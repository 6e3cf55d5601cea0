public import PalletSupport
public import ScaleCodec
public import XCM

/// Which assets teleport between this chain and which others.
///
/// Genesis writes it, and nothing changes it: chains that teleport an asset hand each other the power to mint it, which
/// both have to agree on before either does.
public enum TeleportTrust {
  /// For each asset the chains that it may come from and go to, all as this chain names them.
  public static let partners = OptionalStorageMap<Location, [Location]>(
    "TeleportTrust", "Partners", hasher: .blake2b128Concat,
    docs: ["The chains that each teleportable asset may come from and go to, by asset."])

  /// Whether an asset may be teleported from and to a chain.
  public static func allows(_ asset: AssetID, between chain: Location, in state: ExecutionContext) -> Bool {
    guard let partners = (try? partners.get(asset.location, in: state)) ?? nil else { return false }
    return partners.contains(chain)
  }

  /// The pallet as the runtime composes it.
  public enum Pallet: PalletSupport.Pallet {
    public typealias Call = NoCall
    public typealias Event = NoEvent
    public typealias Failure = NoFailure

    public static let name = "TeleportTrust"
    public static let index: UInt8 = 15
    public static var storage: [StorageEntry] { [TeleportTrust.partners.entry] }

    /// Writes who teleports what.
    public static func buildGenesis(_ teleports: [(asset: Location, chains: [Location])], in context: ExecutionContext) {
      for (asset, chains) in teleports { TeleportTrust.partners.set(asset, to: chains, in: context) }
      putStorageVersion(0, of: name, in: context)
    }
  }
}

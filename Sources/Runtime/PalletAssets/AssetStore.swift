public import PalletSupport
public import Primitives
public import ScaleCodec

extension Assets {
  /// What can be done with an asset.
  /// - SeeAlso: `pallet_assets::types::AssetStatus`.
  @ScaleCodable(path: "pallet_assets::types::AssetStatus")
  public enum AssetStatus: Hashable, Sendable {
    /// Everything.
    @ScaleIndex(0) case live
    /// Nothing moves.
    @ScaleIndex(1) case frozen
    /// It is being removed.
    @ScaleIndex(2) case destroying
  }

  /// An asset.
  /// - SeeAlso: `pallet_assets::types::AssetDetails`.
  @ScaleCodable(path: "pallet_assets::types::AssetDetails")
  public struct AssetDetails: Hashable, Sendable {
    public var owner: AccountID
    /// May mint.
    public var issuer: AccountID
    /// May burn.
    public var admin: AccountID
    public var freezer: AccountID
    /// All units in existence.
    public var supply: Balance
    /// Native units held of the owner for the asset.
    public var deposit: Balance
    /// The smallest balance that an account may have, above 0.
    public var minBalance: Balance
    /// Whether a balance keeps its account alive.
    public var isSufficient: Bool
    /// How many accounts have a row.
    public var accounts: UInt32
    /// How many of them live by it.
    public var sufficients: UInt32
    public var approvals: UInt32
    public var status: Assets.AssetStatus
  }

  /// Whether an account's balance of an asset may move.
  /// - SeeAlso: `pallet_assets::types::AccountStatus`.
  @ScaleCodable(path: "pallet_assets::types::AccountStatus")
  public enum AccountStatus: Hashable, Sendable {
    @ScaleIndex(0) case liquid
    /// It may grow only.
    @ScaleIndex(1) case frozen
    /// It may not change.
    @ScaleIndex(2) case blocked
  }

  /// What keeps an account's row of an asset.
  /// - SeeAlso: `pallet_assets::types::ExistenceReason`.
  @ScaleCodable(path: "pallet_assets::types::ExistenceReason")
  public enum ExistenceReason: Hashable, Sendable {
    /// The row needs an account that something else keeps.
    @ScaleIndex(0) case consumer
    /// The row keeps the account.
    @ScaleIndex(1) case sufficient
  }

  /// What an account has of an asset.
  /// - SeeAlso: `pallet_assets::types::AssetAccount`.
  @ScaleCodable(path: "pallet_assets::types::AssetAccount")
  public struct AssetAccount: Hashable, Sendable {
    public var balance: Balance
    public var status: Assets.AccountStatus
    public var reason: Assets.ExistenceReason
    public var extra: Unit
  }

  /// How people call an asset.
  /// - SeeAlso: `pallet_assets::types::AssetMetadata`.
  @ScaleCodable(path: "pallet_assets::types::AssetMetadata")
  public struct AssetMetadata: Hashable, Sendable {
    /// Native units held of the owner for the name.
    public var deposit: Balance
    /// UTF-8 by custom.
    public var name: [UInt8]
    /// UTF-8 by custom.
    public var symbol: [UInt8]
    /// Digits behind the point of the unit that people speak of.
    public var decimals: UInt8
    /// Whether only root may change this.
    public var isFrozen: Bool

    public init(
      deposit: Balance = 0, name: [UInt8] = [], symbol: [UInt8] = [], decimals: UInt8 = 0, isFrozen: Bool = false
    ) {
      self.deposit = deposit
      self.name = name
      self.symbol = symbol
      self.decimals = decimals
      self.isFrozen = isFrozen
    }
  }

  /// The rows of one instance of the pallet.
  public struct Store<AssetID: ScaleCodable & Hashable & Sendable>: Sendable {
    /// The instance's name in metadata; also its storage prefix.
    public let name: String
    public let asset: OptionalStorageMap<AssetID, AssetDetails>
    public let account: StorageDoubleMap<AssetID, AccountID, AssetAccount>
    public let metadata: StorageMap<AssetID, AssetMetadata>

    /// Makes the rows of the instance called `name`.
    public init(name: String) {
      self.name = name
      asset = OptionalStorageMap(name, "Asset", hasher: .blake2b128Concat, docs: ["The assets."])
      account = StorageDoubleMap(
        name, "Account", hashers: (.blake2b128Concat, .blake2b128Concat), docs: ["What accounts have of an asset."])
      metadata = StorageMap(
        name, "Metadata", hasher: .blake2b128Concat, default: AssetMetadata(), docs: ["How people call an asset."])
    }
  }
}

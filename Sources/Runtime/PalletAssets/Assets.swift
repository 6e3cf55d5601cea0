public import PalletSupport
public import Primitives
public import ScaleCodec

/// Fungible assets beside the native one.
///
/// The runtime may hold several instances, each with its own kind of identifier, its own name and its own rows. An
/// account has a row for every asset that it owns at least the minimum of; for a *sufficient* asset that row keeps the
/// account alive by itself, for others the account must exist already. The sum of all rows of an asset is its supply.
public enum Assets {
  /// What the runtime fixes for one instance.
  public protocol Config {
    /// What names an asset in storage and events.
    associatedtype AssetID: ScaleCodable & Hashable & Sendable
    /// What names an asset in calls, for example a compact number.
    associatedtype AssetIDParameter: ScaleCodable & Hashable & Sendable
    /// The native currency, for deposits.
    associatedtype Currency: NativeCurrency
    /// Where accounts are kept: the system pallet.
    associatedtype Accounts: AccountReferences
    static var palletIndex: UInt8 { get }
    /// The instance's rows and name. A stored constant: every read of a row goes through it.
    static var store: Store<AssetID> { get }
    /// The asset that a call names.
    static func assetID(from parameter: AssetIDParameter) -> AssetID
    /// Who creates an asset with `create`.
    /// - Throws: ``DispatchError/badOrigin`` when this origin may not create this asset.
    static func creator(of id: AssetID, origin: Origin) throws(DispatchError) -> AccountID
    /// Native units held of the creator while the asset exists.
    static var assetDeposit: Balance { get }
    /// Native units held of the owner while the asset has metadata, beside ``metadataDepositPerByte``.
    static var metadataDepositBase: Balance { get }
    /// Native units held for each byte of name and symbol.
    static var metadataDepositPerByte: Balance { get }
    /// The most bytes that a name or a symbol may have.
    static var stringLimit: UInt32 { get }
  }

  @ScaleCodable(path: "pallet_assets::pallet::Call")
  public enum Call<AssetID: ScaleCodable & Hashable & Sendable>: Hashable, Sendable {
    /// Creates an asset; the caller owns it and leaves a deposit. Origin: what ``Config/creator(of:origin:)`` takes.
    @ScaleIndex(0) case create(id: AssetID, admin: MultiAddress, minBalance: Balance)
    /// Creates an asset without deposit. Origin: root.
    @ScaleIndex(1) case forceCreate(id: AssetID, owner: MultiAddress, isSufficient: Bool, minBalance: Compact<Balance>)
    /// Brings units into existence. Origin: the asset's issuer.
    @ScaleIndex(6) case mint(id: AssetID, beneficiary: MultiAddress, amount: Compact<Balance>)
    /// Takes units, as many as there are up to `amount`, out of existence. Origin: the asset's admin.
    @ScaleIndex(7) case burn(id: AssetID, who: MultiAddress, amount: Compact<Balance>)
    /// Moves units; the sender's row may go and its dust moves along. Origin: signed.
    @ScaleIndex(8) case transfer(id: AssetID, target: MultiAddress, amount: Compact<Balance>)
    /// Moves units; the sender keeps the minimum. Origin: signed.
    @ScaleIndex(9) case transferKeepAlive(id: AssetID, target: MultiAddress, amount: Compact<Balance>)
    /// Names the asset, for a deposit. Origin: the asset's owner.
    @ScaleIndex(17) case setMetadata(id: AssetID, name: [UInt8], symbol: [UInt8], decimals: UInt8)
    /// Names the asset without deposit and may fix its name for good. Origin: root.
    @ScaleIndex(19) case forceSetMetadata(id: AssetID, name: [UInt8], symbol: [UInt8], decimals: UInt8, isFrozen: Bool)
  }

  @ScaleCodable(path: "pallet_assets::pallet::Event")
  public enum Event<AssetID: ScaleCodable & Hashable & Sendable>: Hashable, Sendable {
    /// An asset was created by its owner.
    @ScaleIndex(0) case created(assetId: AssetID, creator: AccountID, owner: AccountID)
    /// Units came into existence.
    @ScaleIndex(1) case issued(assetId: AssetID, owner: AccountID, amount: Balance)
    /// Units moved.
    @ScaleIndex(2) case transferred(assetId: AssetID, from: AccountID, to: AccountID, amount: Balance)
    /// Units left existence.
    @ScaleIndex(3) case burned(assetId: AssetID, owner: AccountID, balance: Balance)
    /// An asset was created by root.
    @ScaleIndex(14) case forceCreated(assetId: AssetID, owner: AccountID)
    /// An asset got its name.
    @ScaleIndex(15) case metadataSet(assetId: AssetID, name: [UInt8], symbol: [UInt8], decimals: UInt8, isFrozen: Bool)
  }

  /// Numbered as in `pallet_assets`; those without a word are not raised here.
  @ErrorShape(path: "pallet_assets::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The account has less. Move at most what it has, or what leaves the minimum.
    case balanceLow
    /// The account has no row of this asset.
    case noAccount
    /// The signer is not the asset's issuer, admin or owner, or its name is fixed. Sign with the right account.
    case noPermission
    /// There is no such asset. Create it first.
    case unknown
    /// The account's row may not move.
    case frozen
    /// The identifier is taken. Pick another one.
    case inUse
    case badWitness
    /// The minimum balance is 0. Take at least 1.
    case minBalanceZero
    case unavailableConsumer
    /// Name or symbol is longer than the limit. Shorten it.
    case badMetadata
    case unapproved
    case wouldDie
    case alreadyExists
    case noDeposit
    /// Less than the minimum would be left, and lost. Take all, or leave the minimum.
    case wouldBurn
    case liveAsset
    /// The asset is frozen or being destroyed.
    case assetNotLive
    case incorrectStatus
    case notFrozen
    case callbackFailed
    case badAssetId
    case containsFreezes
    case containsHolds
    case tooManyReserves
  }
}

extension Assets.Config where AssetID == AssetIDParameter {
  public static func assetID(from parameter: AssetIDParameter) -> AssetID { parameter }
}

extension Assets.Config where AssetIDParameter == Compact<UInt32>, AssetID == UInt32 {
  public static func assetID(from parameter: Compact<UInt32>) -> UInt32 { parameter.value }
}

extension Assets.Config {
  public static func creator(of id: AssetID, origin: Origin) throws(DispatchError) -> AccountID { try origin.signer() }
  public static var stringLimit: UInt32 { 50 }
}

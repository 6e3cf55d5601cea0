public import PalletSupport
public import Primitives
public import ScaleCodec

extension Assets {
  /// One instance of the pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Assets.Call<C.AssetIDParameter>
    public typealias Event = Assets.Event<C.AssetID>
    public typealias Failure = Assets.Failure

    public static var name: String { C.store.name }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [C.store.asset.entry, C.store.account.entry, C.store.metadata.entry] }

    public static var constants: [PalletConstant] {
      [
        PalletConstant("AssetDeposit", C.assetDeposit, docs: ["Native units held while an asset exists."]),
        PalletConstant("MetadataDepositBase", C.metadataDepositBase, docs: ["Native units held for a name."]),
        PalletConstant(
          "MetadataDepositPerByte", C.metadataDepositPerByte, docs: ["Native units held for each byte of a name."]),
        PalletConstant("StringLimit", C.stringLimit, docs: ["The most bytes of a name or a symbol."]),
      ]
    }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .create, .setMetadata: DispatchInfo(.of(micros: 30, reads: 3, writes: 3))
      case .forceCreate, .forceSetMetadata: DispatchInfo(.of(micros: 20, reads: 1, writes: 1))
      case .mint, .burn: DispatchInfo(.of(micros: 30, reads: 3, writes: 3))
      case .transfer, .transferKeepAlive: DispatchInfo(.of(micros: 50, reads: 5, writes: 5))
      }
    }

    public static func dispatch(
      _ call: Call, origin: Origin, in context: ExecutionContext
    ) throws(DispatchError) {
      switch call {
      case .create(let id, let admin, let minBalance):
        let id = C.assetID(from: id)
        let owner = try C.creator(of: id, origin: origin)
        try create(id, owner: owner, admin: admin.lookup(), minBalance: minBalance, in: context)
      case .forceCreate(let id, let owner, let isSufficient, let minBalance):
        try origin.ensureRoot()
        try forceCreate(
          C.assetID(from: id), owner: owner.lookup(), isSufficient: isSufficient, minBalance: minBalance.value,
          in: context)
      case .mint(let id, let beneficiary, let amount):
        let id = C.assetID(from: id)
        let signer = try origin.signer()
        guard try details(of: id, in: context).issuer == signer else { throw failure(.noPermission) }
        try mint(amount.value, of: id, to: beneficiary.lookup(), in: context)
      case .burn(let id, let who, let amount):
        let id = C.assetID(from: id)
        let signer = try origin.signer()
        guard try details(of: id, in: context).admin == signer else { throw failure(.noPermission) }
        try burnUp(to: amount.value, of: id, from: who.lookup(), in: context)
      case .transfer(let id, let target, let amount):
        try transfer(
          amount.value, of: C.assetID(from: id), from: origin.signer(), to: target.lookup(), .expendable, in: context)
      case .transferKeepAlive(let id, let target, let amount):
        try transfer(
          amount.value, of: C.assetID(from: id), from: origin.signer(), to: target.lookup(), .preserve, in: context)
      case .setMetadata(let id, let name, let symbol, let decimals):
        let metadata = AssetMetadata(name: name, symbol: symbol, decimals: decimals)
        try setMetadata(metadata, of: C.assetID(from: id), by: origin.signer(), in: context)
      case .forceSetMetadata(let id, let name, let symbol, let decimals, let isFrozen):
        try origin.ensureRoot()
        let metadata = AssetMetadata(name: name, symbol: symbol, decimals: decimals, isFrozen: isFrozen)
        try setMetadata(metadata, of: C.assetID(from: id), by: nil, in: context)
      }
    }
  }

  /// An asset that exists from the first block on.
  public struct GenesisAsset<AssetID: ScaleCodable & Hashable & Sendable>: Sendable {
    public var id: AssetID
    public var owner: AccountID
    public var isSufficient: Bool
    /// The smallest balance that an account may have, above 0.
    public var minBalance: Balance
    public var metadata: AssetMetadata
    /// Who has how much of it.
    public var balances: [(account: AccountID, amount: Balance)]

    public init(
      id: AssetID, owner: AccountID, isSufficient: Bool, minBalance: Balance, metadata: AssetMetadata,
      balances: [(account: AccountID, amount: Balance)] = []
    ) {
      self.id = id
      self.owner = owner
      self.isSufficient = isSufficient
      self.minBalance = minBalance
      self.metadata = metadata
      self.balances = balances
    }
  }
}

extension Assets.Pallet {
  /// Creates the first assets and hands them out.
  ///
  /// Native balances come first: accounts with an asset that is not sufficient must exist.
  /// - Throws: What ``forceCreate(_:owner:isSufficient:minBalance:in:)``, ``mint(_:of:to:in:)`` and a bad name throw.
  public static func buildGenesis(
    assets: [Assets.GenesisAsset<C.AssetID>], in context: ExecutionContext
  ) throws(DispatchError) {
    for asset in assets {
      try forceCreate(
        asset.id, owner: asset.owner, isSufficient: asset.isSufficient, minBalance: asset.minBalance, in: context)
      try setMetadata(asset.metadata, of: asset.id, by: nil, in: context)
      for (account, amount) in asset.balances { try mint(amount, of: asset.id, to: account, in: context) }
    }
    putStorageVersion(1, of: name, in: context)
  }

  /// What holds of this instance are for.
  static var depositReason: HoldReason { HoldReason(pallet: C.palletIndex, reason: 0) }

  /// The asset.
  /// - Throws: ``Assets/Failure/unknown``.
  static func details(of id: C.AssetID, in context: ExecutionContext) throws(DispatchError) -> Assets.AssetDetails {
    guard let details = try C.store.asset.get(id, in: context) else { throw failure(.unknown) }
    return details
  }

  /// The asset, if its units may move.
  static func liveDetails(of id: C.AssetID, in context: ExecutionContext) throws(DispatchError) -> Assets.AssetDetails {
    let details = try details(of: id, in: context)
    guard details.status == .live else { throw failure(.assetNotLive) }
    return details
  }

  private static func create(
    _ id: C.AssetID, owner: AccountID, admin: AccountID, minBalance: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    guard !C.store.asset.exists(id, in: context) else { throw failure(.inUse) }
    guard minBalance > 0 else { throw failure(.minBalanceZero) }
    try C.Currency.hold(C.assetDeposit, of: owner, reason: depositReason, in: context)
    let details = Assets.AssetDetails(
      owner: owner, issuer: admin, admin: admin, freezer: admin, supply: 0, deposit: C.assetDeposit,
      minBalance: minBalance, isSufficient: false, accounts: 0, sufficients: 0, approvals: 0, status: .live)
    C.store.asset.set(id, to: details, in: context)
    deposit(.created(assetId: id, creator: owner, owner: admin), in: context)
  }

  /// Creates an asset without deposit.
  /// - Throws: ``Assets/Failure/inUse``, ``Assets/Failure/minBalanceZero``.
  public static func forceCreate(
    _ id: C.AssetID, owner: AccountID, isSufficient: Bool, minBalance: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    guard !C.store.asset.exists(id, in: context) else { throw failure(.inUse) }
    guard minBalance > 0 else { throw failure(.minBalanceZero) }
    let details = Assets.AssetDetails(
      owner: owner, issuer: owner, admin: owner, freezer: owner, supply: 0, deposit: 0, minBalance: minBalance,
      isSufficient: isSufficient, accounts: 0, sufficients: 0, approvals: 0, status: .live)
    C.store.asset.set(id, to: details, in: context)
    deposit(.forceCreated(assetId: id, owner: owner), in: context)
  }

  /// Names an asset; the owner's deposit follows the length of the name, and root leaves it as it is.
  private static func setMetadata(
    _ metadata: Assets.AssetMetadata, of id: C.AssetID, by owner: AccountID?, in context: ExecutionContext
  ) throws(DispatchError) {
    var metadata = metadata
    guard max(metadata.name.count, metadata.symbol.count) <= Int(C.stringLimit) else { throw failure(.badMetadata) }
    let details = try details(of: id, in: context)
    let old = try C.store.metadata.get(id, in: context)
    metadata.deposit = old.deposit
    if let owner {
      guard details.status == .live else { throw failure(.assetNotLive) }
      guard owner == details.owner, !old.isFrozen else { throw failure(.noPermission) }
      let bytes = Balance(metadata.name.count + metadata.symbol.count)
      metadata.deposit = C.metadataDepositPerByte.multipliedSaturating(by: bytes)
        .addingSaturating(C.metadataDepositBase)
      if metadata.deposit > old.deposit {
        try C.Currency.hold(metadata.deposit - old.deposit, of: owner, reason: depositReason, in: context)
      } else {
        try C.Currency.release(old.deposit - metadata.deposit, of: owner, reason: depositReason, in: context)
      }
    }
    C.store.metadata.set(id, to: metadata, in: context)
    let event = Event.metadataSet(
      assetId: id, name: metadata.name, symbol: metadata.symbol, decimals: metadata.decimals,
      isFrozen: metadata.isFrozen)
    deposit(event, in: context)
  }
}

internal import PalletAssets
internal import PalletBalances
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec
internal import XCM

/// Which ledger an asset is in.
enum AssetLedger: Hashable {
  case native
  case local(UInt32)
  case foreign(Location)

  /// - Returns: `nil` for an asset that this chain does not keep.
  init?(_ asset: AssetID, in state: ExecutionContext) {
    if asset.location.isHere {
      self = .native
    } else if let id = LocalAssetsSetup.ledgerID(of: asset, in: state),
      (try? AssetsPallet.exists(id, in: state)) == true
    {
      self = .local(id)
    } else if let id = ForeignAssetsSetup.ledgerID(of: asset, in: state),
      (try? ForeignAssetsPallet.exists(id, in: state)) == true
    {
      self = .foreign(id)
    } else {
      return nil
    }
  }

  /// What an account has, in smallest units, without what is on hold.
  func balance(of account: AccountID, in state: ExecutionContext) -> Balance {
    let balance: Balance? =
      switch self {
      case .native: try? BalancesPallet.freeBalance(of: account, in: state)
      case .local(let id): try? AssetsPallet.balance(of: id, who: account, in: state)
      case .foreign(let id): try? ForeignAssetsPallet.balance(of: id, who: account, in: state)
      }
    return balance ?? 0
  }

  /// The least that an account may have.
  func minimum(in state: ExecutionContext) -> Balance {
    let minimum: Balance? =
      switch self {
      case .native: BalancesPallet.existentialDeposit
      case .local(let id): try? AssetsPallet.minimumBalance(of: id, in: state)
      case .foreign(let id): try? ForeignAssetsPallet.minimumBalance(of: id, in: state)
      }
    return minimum ?? 0
  }

  /// Whether a balance of it keeps an account alive.
  func isSufficient(in state: ExecutionContext) -> Bool {
    switch self {
    case .native: true
    case .local(let id): ((try? AssetsConfig.store.asset.get(id, in: state)) ?? nil)?.isSufficient ?? false
    case .foreign(let id): ((try? ForeignAssetsConfig.store.asset.get(id, in: state)) ?? nil)?.isSufficient ?? false
    }
  }
}

/// Follows every balance that an execution touches, by reading the rows that it wrote.
///
/// Events would miss what no event tells and would count undone parts; rows cannot.
struct LedgerWatch {
  private struct Row {
    var account: AccountID
    var asset: AssetID
    var balance: Balance
  }
  private var rows: [[UInt8]: Row] = [:]

  /// Reads all balances that were written by now.
  init(in state: ExecutionContext) { update(in: state) }

  /// Reads the balances again.
  mutating func update(in state: ExecutionContext) {
    for (key, _) in state.changes() where rows[key] == nil {
      guard let (account, asset) = Self.owner(of: key) else { continue }
      rows[key] = Row(account: account, asset: asset, balance: Self.balance(state.original(key), under: key))
    }
    for key in rows.keys { rows[key]?.balance = Self.balance(state.get(key), under: key) }
  }

  /// What changed since `earlier`, in the order of the storage keys.
  func changes(since earlier: LedgerWatch, in state: ExecutionContext) -> [XcmLedgerChange] {
    rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { key, row in
      let before = earlier.rows[key]?.balance ?? Self.balance(state.original(key), under: key)
      guard before != row.balance else { return nil }
      return XcmLedgerChange(account: row.account, asset: row.asset, before: before, after: row.balance)
    }
  }

  /// Whose balance of what a storage key holds; `nil` for every other key.
  private static func owner(of key: [UInt8]) -> (AccountID, AssetID)? {
    if let tail = tail(of: key, under: System.account.prefix) {
      return AccountID(Array(tail.dropFirst(16))).map { ($0, AssetID(.here)) }
    }
    if let tail = tail(of: key, under: AssetsConfig.store.account.prefix),
      let (id, account) = split(tail, as: UInt32.self)
    {
      let location = Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(Compact(UInt128(id))))
      return (account, AssetID(location))
    }
    if let tail = tail(of: key, under: ForeignAssetsConfig.store.account.prefix),
      let (id, account) = split(tail, as: Location.self)
    {
      return (account, AssetID(id))
    }
    return nil
  }

  private static func tail(of key: [UInt8], under prefix: [UInt8]) -> [UInt8]? {
    key.starts(with: prefix) ? Array(key.dropFirst(prefix.count)) : nil
  }

  /// Hash (16 bytes), asset id, hash (16 bytes), account (32 bytes).
  private static func split<ID: ScaleDecodable>(_ tail: [UInt8], as _: ID.Type) -> (ID, AccountID)? {
    guard tail.count > 64, let id = try? ID(decoding: Array(tail[16..<tail.count - 48])),
      let account = AccountID(Array(tail.suffix(32)))
    else { return nil }
    return (id, account)
  }

  private static func balance(_ value: [UInt8]?, under key: [UInt8]) -> Balance {
    guard let value else { return 0 }
    if key.starts(with: System.account.prefix) {
      guard let data = (try? System.AccountInfo(decoding: value))?.data else { return 0 }
      return data.free.addingSaturating(data.reserved)
    }
    return (try? PalletAssets.Assets.AssetAccount(decoding: value))?.balance ?? 0
  }
}

import PalletSupport
import Primitives
import ScaleCodec
import XCM

// The tables that the model works on. Nothing here comes from the executor; the types of messages are shared.

/// Assets in a register: units by id and single instances.
struct Pile: Equatable {
  var units: [AssetID: Balance] = [:]
  var things: Set<Asset> = []

  init(_ assets: [Asset] = []) { for asset in assets { put(asset) } }

  var count: Int { units.count + things.count }
  /// Units in the order of their ids, then instances in theirs.
  var list: [Asset] { units.map { Asset($0.key, amount: $0.value) }.sorted() + things.sorted() }

  func has(_ asset: Asset) -> Bool {
    asset.amount.map { units[asset.id, default: 0] >= $0 } ?? things.contains(asset)
  }

  mutating func put(_ asset: Asset) {
    guard let amount = asset.amount else {
      things.insert(asset)
      return
    }
    let (sum, overflow) = units[asset.id, default: 0].addingReportingOverflow(amount)
    units[asset.id] = overflow ? .max : sum
  }

  mutating func put(_ pile: Pile) { for asset in pile.list { put(asset) } }

  private func all(of id: AssetID, _ kind: WildFungibility) -> [Asset] {
    list.filter { $0.id == id && ($0.amount == nil) == (kind == .nonFungible) }
  }

  /// Takes what the filter names, as far as it is there.
  mutating func take(_ filter: AssetFilter) -> Pile {
    var taken: [Asset] = []
    switch filter {
    case .definite(let assets):
      for asset in assets.items {
        if let amount = asset.amount {
          let part = min(amount, units[asset.id, default: 0])
          if part > 0 { taken.append(Asset(asset.id, amount: part)) }
        } else if things.contains(asset) {
          taken.append(asset)
        }
      }
    case .wild(.all): taken = list
    case .wild(.allCounted(let count)): taken = Array(list.prefix(Int(count.value)))
    case .wild(.allOf(let id, let kind)): taken = all(of: id, kind)
    case .wild(.allOfCounted(let id, let kind, let count)): taken = Array(all(of: id, kind).prefix(Int(count.value)))
    }
    for asset in taken {
      things.remove(asset)
      guard let amount = asset.amount, let all = units[asset.id] else { continue }
      units[asset.id] = all == amount ? nil : all - amount
    }
    return Pile(taken)
  }

  /// Takes what the filter names, or nothing when a named asset is not all there.
  mutating func takeWhole(_ filter: AssetFilter) -> Pile? {
    if case .definite(let assets) = filter, !assets.items.allSatisfy(has) { return nil }
    return take(filter)
  }
}

/// Everything that the chain stores.
struct Chain: Equatable {
  /// An account's holding of an asset, or what somebody else has to say about it.
  struct Key: Hashable {
    var owner: Location
    var asset: AssetID
    var other: Location = .here
  }
  struct Claim: Hashable {
    var claimer: Location
    var assets: Assets
  }

  var balances: [Key: Balance] = [:]
  var owners: [Asset: Location] = [:]
  var locks: [Key: Balance] = [:]
  var notes: [Key: Balance] = [:]
  var traps: [Claim: Balance] = [:]
  var messages: [[UInt8]] = []
  var queries: [UInt64: Location] = [:]
  var answers: [UInt64: [UInt8]] = [:]
  var subscriptions: [Location: [UInt8]] = [:]

  /// The same as the rows of the state, in their order.
  func rows() -> [Row.Entry] {
    var rows: [Row.Entry] = []
    func add(_ key: [UInt8], _ value: [UInt8]) { rows.append(Row.Entry(key: key, value: value)) }
    for (key, amount) in balances where amount > 0 { add(Row.balance(key.owner, key.asset), amount.encoded()) }
    for (asset, owner) in owners { add(Row.instance(asset), owner.encoded()) }
    for (key, amount) in locks where amount > 0 { add(Row.lock(key.owner, key.asset, key.other), amount.encoded()) }
    for (key, amount) in notes where amount > 0 { add(Row.note(key.owner, key.asset, key.other), amount.encoded()) }
    for (claim, count) in traps where count > 0 { add(Row.trap(claim.claimer, claim.assets), count.encoded()) }
    for (index, message) in messages.enumerated() { add(Row.message(index), message) }
    for (id, location) in queries { add(Row.query(id), location.encoded()) }
    for (id, answer) in answers { add(Row.answer(id), answer) }
    for (location, content) in subscriptions { add(Row.subscription(location), content) }
    return rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }
}

// MARK: - The ledger's rules

extension Chain {
  func balance(_ owner: Location, _ asset: AssetID) -> Balance { balances[Key(owner: owner, asset: asset)] ?? 0 }

  mutating func add(_ asset: Asset, to owner: Location) {
    if let amount = asset.amount { balances[Key(owner: owner, asset: asset.id), default: 0] += amount }
  }

  private func isKnown(_ asset: Asset) -> Bool {
    asset.amount == nil ? asset.id == World.art || asset.id == World.gem : World.fungibles.contains(asset.id)
  }

  private mutating func remove(_ asset: Asset, from owner: Location) throws(XcmError) {
    guard isKnown(asset) else { throw .assetNotFound }
    if let amount = asset.amount {
      guard balance(owner, asset.id) >= amount else { throw .failedToTransactAsset }
      balances[Key(owner: owner, asset: asset.id), default: 0] -= amount
    } else {
      guard owners[asset] == owner else { throw .failedToTransactAsset }
      owners[asset] = nil
    }
  }

  mutating func withdraw(_ asset: Asset, from owner: Location) throws(XcmError) {
    try remove(asset, from: owner)
    guard asset.amount != nil else { return }
    let rest = balance(owner, asset.id)
    let frozen = locks.filter { $0.key.owner == owner && $0.key.asset == asset.id }.values.max() ?? 0
    guard rest >= frozen, asset.id != World.home || rest == 0 || rest >= World.minimum else {
      throw .failedToTransactAsset
    }
  }

  func depositing(_ asset: Asset, to owner: Location) throws(XcmError) -> Chain {
    var after = self
    guard isKnown(asset) else { throw .assetNotFound }
    guard owner != World.relay else { throw .locationCannotHold }
    guard let amount = asset.amount else {
      guard owners[asset] == nil else { throw .failedToTransactAsset }
      after.owners[asset] = owner
      return after
    }
    guard amount <= .max - balance(owner, asset.id) else { throw .overflow }
    after.add(asset, to: owner)
    let isAlive =
      switch asset.id {
      case World.home: after.balance(owner, World.home) >= World.minimum
      case World.foreign, World.coin: true
      default: max(after.balance(owner, World.home), after.balance(owner, World.foreign)) >= World.minimum
      }
    guard isAlive else { throw .failedToTransactAsset }
    return after
  }

  mutating func checkIn(_ asset: Asset) throws(XcmError) {
    guard isKnown(asset) else { throw .assetNotFound }
    do { try remove(asset, from: World.checking) } catch { throw .notWithdrawable }
  }

  func canCheckOut(_ asset: Asset) throws(XcmError) {
    guard isKnown(asset) else { throw .assetNotFound }
    guard asset.id != World.token, asset != World.instance(World.art, 13) else { throw .notDepositable }
  }

  mutating func checkOut(_ asset: Asset) throws(XcmError) {
    guard let amount = asset.amount else {
      owners[asset] = World.checking
      return
    }
    guard amount <= .max - balance(World.checking, asset.id) else { throw .overflow }
    add(asset, to: World.checking)
  }

  /// Swaps with the pool: units of `give`'s other currency for `want`.
  /// - Returns: What is spent and what is bought, or `nil` for no deal.
  mutating func exchange(_ give: Pile, for want: Assets, maximal: Bool) -> (spent: Asset, bought: Asset)? {
    guard want.count == 1, let first = want.first, let wanted = first.amount, wanted < 1 << 100 else { return nil }
    let spent: Asset
    let bought: Asset
    switch first.id {
    case World.home:
      let offered = give.units[World.token] ?? 0
      spent = Asset(World.token, amount: maximal ? offered : wanted * 2)
      bought = Asset(World.home, amount: maximal ? offered / 2 : wanted)
    case World.token:
      let offered = give.units[World.home] ?? 0
      spent = Asset(World.home, amount: maximal ? offered : wanted / 2 + wanted % 2)
      bought = Asset(World.token, amount: maximal ? offered * 2 : wanted)
    default: return nil
    }
    guard let paid = spent.amount, paid > 0, give.has(spent), let got = bought.amount, got >= wanted,
      balance(World.pool, bought.id) >= got
    else { return nil }
    balances[Key(owner: World.pool, asset: bought.id), default: 0] -= got
    add(spent, to: World.pool)
    return (spent, bought)
  }
}

// MARK: - Where things are

/// Locations as absolute paths. Only for locations at most two steps up that do not name this chain by a detour.
enum Path {
  static let here: [Junction] = [.globalConsensus(World.network), .para(1000)]

  static func absolute(_ location: Location) -> [Junction] {
    here.dropLast(Int(location.parents)) + location.interior.items
  }

  /// What `viewer` calls `location`; `nil` when that has more than eight junctions.
  static func view(_ location: Location, from viewer: Location) -> Location? {
    var (path, from) = (absolute(location)[...], absolute(viewer)[...])
    while let a = path.first, let b = from.first, a == b {
      path.removeFirst()
      from.removeFirst()
    }
    return Junctions(path).map { Location(parents: UInt8(from.count), interior: $0) }
  }

  static func view(_ assets: [Asset], from viewer: Location) throws(XcmError) -> Assets {
    var seen: [Asset] = []
    for asset in assets {
      guard let location = view(asset.id.location, from: viewer) else { throw .reanchorFailed }
      seen.append(Asset(id: AssetID(location), fun: asset.fun))
    }
    return try Assets(seen)
  }
}

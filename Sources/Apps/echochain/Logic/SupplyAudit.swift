import ChainClient
import EchoRuntime
import Lanes
import LightClient
import PalletAssets
import PalletLightClients
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import XCM

/// The most times that a cut is moved before the audit gives up on chains that run ahead of it.
private let maximumCutMoves = 20

/// Compares, for every asset and every pair of chains, what is in escrow with what is owed.
///
/// Reads finalised state only, at a cut where no chain has seen another beyond the cut. Trusts the nodes that it reads
/// from.
func auditSupply(_ network: LinkedNetwork) async throws -> SupplyReport {
  let cut = try await consistentCut(network)
  var books: [UInt32: ChainBooks] = [:]
  for chain in network.chains {
    guard let block = cut[chain.info.paraId] else { continue }
    books[chain.info.paraId] = try await ChainBooks.read(chain, at: block)
  }
  var report = SupplyReport(network: network.name, cuts: [], rows: [], messagesInFlight: 0)
  for chain in network.chains {
    guard let own = books[chain.info.paraId] else { continue }
    report.cuts.append(SupplyReport.Cut(chain: chain.info.name, number: own.block.number, hash: own.block.hash))
    for asset in own.vouchers.keys.sorted(by: { $0.description < $1.description }) {
      guard let reserve = asset.siblingParaID, let home = books[reserve] else { continue }
      // What teleports has no escrow: the home chain counts it for all its partners together.
      guard home.partners(of: asset.atHome)?.contains(chain.info.paraId) != true else { continue }
      report.rows.append(try await row(asset, holder: own, reserve: home))
    }
    for asset in own.teleports.keys.sorted(by: { $0.description < $1.description }) where asset.chain.isHere {
      let holders = (own.partners(of: asset) ?? []).compactMap { books[$0] }
      report.rows.append(try await teleportRow(asset, home: own, holders: holders))
    }
    for other in books.values { report.messagesInFlight += own.inFlight(to: other).count }
  }
  return report
}

/// Reads heads until no chain has seen another beyond its own.
private func consistentCut(_ network: LinkedNetwork) async throws -> [UInt32: BlockRef] {
  var cut: [UInt32: BlockRef] = [:]
  for chain in network.chains { cut[chain.info.paraId] = try await chain.finalized() }
  for _ in 0..<maximumCutMoves {
    var views: [UInt32: [UInt32: BlockNumber]] = [:]
    for chain in network.chains {
      guard let block = cut[chain.info.paraId] else { continue }
      let clients = try await chain.rows(
        LightClients.clientsPrefix, skip: 8, key: UInt32.self, value: ClientState.self, at: block.hash)
      views[chain.info.paraId] = Dictionary(clients.map { ($0.key, $0.value.number) }) { first, _ in first }
    }
    let lifts = ConsistentCut.lifts(heights: cut.mapValues(\.number), views: views)
    if lifts.isEmpty { return cut }
    for lift in lifts {
      guard let chain = network.chain(paraId: lift.chain) else { continue }
      let head = try await chain.finalized()
      guard head.number >= lift.atLeast else {
        throw Complaint.partial(
          "another chain has seen \(chain.info.name) at #\(lift.atLeast), but its node is at #\(head.number): it lags or is of another fork"
        )
      }
      cut[lift.chain] = head
    }
  }
  throw Complaint.partial("the chains moved on \(maximumCutMoves) times before a consistent cut was found; try again")
}

/// What one chain's state says at one block, as far as the audit needs it.
private struct ChainBooks {
  var chain: ChainClient
  var block: BlockRef
  /// Supply of every asset of other chains.
  var vouchers: [Location: Balance] = [:]
  var names: [Location: PalletAssets.Assets.AssetMetadata] = [:]
  /// The chains that each asset teleports to and from.
  var teleports: [Location: [Location]] = [:]
  /// The lane to each chain.
  var lanes: [UInt32: H256] = [:]
  var inbound: [H256: InboundLane] = [:]
  var outbound: [MessageKey: OutboundMessage] = [:]
  var receipts: [MessageKey: Receipt] = [:]
  var refunds: [MessageKey: XcmPallet.RefundPlan] = [:]
  /// What refunds could not give back yet: it is in escrow and owed all the same.
  var overdue: [XcmPallet.RefundPlan] = []
  var traps: [XcmPallet.TrapRecord] = []
  /// Collected fees that no account holds yet.
  var uncollected: [Location: Balance] = [:]

  static func read(_ chain: ChainClient, at block: BlockRef) async throws -> ChainBooks {
    var books = ChainBooks(chain: chain, block: block)
    let at = block.hash
    let store = ForeignAssetsConfig.store
    let assets = try await chain.rows(
      store.asset.prefix, skip: 16, key: Location.self, value: PalletAssets.Assets.AssetDetails.self, at: at)
    for (location, details) in assets { books.vouchers[location] = details.supply }
    let names = try await chain.rows(
      store.metadata.prefix, skip: 16, key: Location.self, value: PalletAssets.Assets.AssetMetadata.self, at: at)
    for (location, metadata) in names { books.names[location] = metadata }
    for (asset, chains) in try await chain.rows(
      TeleportTrust.partners.prefix, skip: 16, key: Location.self, value: [Location].self, at: at)
    { books.teleports[asset] = chains }
    for (para, lane) in try await chain.rows(Messages.laneByPara.prefix, skip: 8, key: UInt32.self, value: H256.self, at: at) {
      books.lanes[para] = lane
    }
    for (lane, state) in try await chain.rows(Messages.inboundLanes.prefix, skip: 0, key: H256.self, value: InboundLane.self, at: at) {
      books.inbound[lane] = state
    }
    for (key, message) in try await chain.rows(Messages.outbound.prefix, skip: 0, key: MessageKey.self, value: OutboundMessage.self, at: at)
    {
      books.outbound[key] = message
    }
    for (key, receipt) in try await chain.rows(Messages.receipts.prefix, skip: 0, key: MessageKey.self, value: Receipt.self, at: at) {
      books.receipts[key] = receipt
    }
    let plans = try await chain.rows(
      XcmPallet.refunds.prefix, skip: 16, key: Pair<H256, UInt64>.self, value: XcmPallet.RefundPlan.self, at: at)
    for (key, plan) in plans { books.refunds[MessageKey(key.first, key.second)] = plan }
    books.overdue = try await chain.rows(
      XcmPallet.overdueRefunds.prefix, skip: 16, key: Pair<H256, UInt64>.self, value: XcmPallet.RefundPlan.self, at: at
    ).map(\.value)
    for (asset, amount) in try await chain.rows(
      XcmPallet.pendingRevenue.prefix, skip: 16, key: Location.self, value: Balance.self, at: at)
    { books.uncollected[asset] = amount }
    books.traps = try await chain.rows(XcmPallet.assetTraps.prefix, skip: 16, key: H256.self, value: XcmPallet.TrapRecord.self, at: at).map(
      \.value)
    return books
  }

  /// The para ids of the chains that an asset teleports to and from; `nil` for one that does not.
  func partners(of asset: Location) -> [UInt32]? { teleports[asset]?.compactMap(\.siblingParaID) }

  /// Messages to another chain that have no effect there, as of the two cuts.
  func inFlight(to other: ChainBooks) -> [MessageKey] {
    guard let lane = lanes[other.chain.info.paraId], other.lanes[chain.info.paraId] == lane else { return [] }
    let prunedBelow = other.inbound[lane]?.prunedBelow ?? 1
    return outbound.keys.filter { key in
      key.lane == lane
        && MessageState(nonce: key.nonce, receipt: other.receipts[key]?.outcome.isRefunded, prunedBelow: prunedBelow) == .inFlight
    }
  }

  /// What of an asset is on its way to another chain.
  func amount(of asset: Location, inFlightTo other: ChainBooks, _ part: KeyPath<XcmPallet.RefundPlan, XCM.Assets>) -> Balance {
    inFlight(to: other).reduce(0) { sum, key in sum.addingSaturating(refunds[key]?[keyPath: part].amount(of: asset) ?? 0) }
  }

  /// What of an asset is to be given back here and waits in another chain's escrow.
  func overdue(_ asset: Location, destination: UInt32, _ part: KeyPath<XcmPallet.RefundPlan, XCM.Assets>) -> Balance {
    overdue.filter { $0.destination.siblingParaID == destination }
      .reduce(0) { sum, plan in sum.addingSaturating(plan[keyPath: part].amount(of: asset)) }
  }

  /// What programs left behind of an asset.
  func trapped(_ asset: Location) throws -> Balance {
    try traps.reduce(0) { sum, trap in
      sum.addingSaturating(try trap.assets.latest().amount(of: asset).multipliedSaturating(by: Balance(trap.count)))
    }
  }
}

/// Puts together the books of one asset between its reserve and a holder of vouchers.
/// - Parameter asset: As seen from the holder: the reserve, and what follows there.
private func row(_ asset: Location, holder: ChainBooks, reserve: ChainBooks) async throws -> SupplyRow {
  let name = holder.names[asset]
  let home = asset.atHome
  guard let sovereign = EchoRuntime.account(of: .sibling(holder.chain.info.paraId)) else {
    throw Complaint.partial("\(holder.chain.info.name) has no sovereign account")
  }
  return SupplyRow(
    backing: .escrow,
    symbol: name.map { String(decoding: $0.symbol, as: UTF8.self) } ?? asset.description, decimals: name?.decimals ?? 0,
    reserve: reserve.chain.info.name, holder: holder.chain.info.name,
    escrow: try await reserve.chain.balance(of: sovereign, asset: home, at: reserve.block.hash),
    vouchers: holder.vouchers[asset] ?? 0,
    outward: reserve.amount(of: home, inFlightTo: holder, \.reserveDeposited)
      .addingSaturating(reserve.overdue(home, destination: holder.chain.info.paraId, \.reserveDeposited)),
    homeward: holder.amount(of: asset, inFlightTo: reserve, \.reserveWithdrawn),
    trapped: try holder.trapped(asset), uncollected: holder.uncollected[asset] ?? 0)
}

/// Puts together the books of one asset that teleports between its home chain and all others.
/// - Parameter asset: As seen from the home chain.
private func teleportRow(_ asset: Location, home: ChainBooks, holders: [ChainBooks]) async throws -> SupplyRow {
  let known = try await home.chain.knownAssets(at: home.block.hash).first { $0.location == asset }
  var row = SupplyRow(
    backing: .checking, symbol: known?.symbol ?? asset.description, decimals: known?.decimals ?? 0,
    reserve: home.chain.info.name, holder: holders.map(\.chain.info.name).joined(separator: "+"),
    escrow: try await home.chain.balance(of: EchoRuntime.checkingAccount, asset: asset, at: home.block.hash),
    vouchers: 0, outward: 0, homeward: 0, trapped: 0, uncollected: 0)
  for holder in holders {
    guard let there = asset.atHolder(of: home.chain.info.paraId) else { continue }
    row.vouchers = row.vouchers.addingSaturating(holder.vouchers[there] ?? 0)
    row.outward = row.outward.addingSaturating(home.amount(of: asset, inFlightTo: holder, \.teleported))
      .addingSaturating(home.overdue(asset, destination: holder.chain.info.paraId, \.teleported))
    row.homeward = row.homeward.addingSaturating(holder.amount(of: there, inFlightTo: home, \.teleported))
    row.trapped = row.trapped.addingSaturating(try holder.trapped(there))
    row.uncollected = row.uncollected.addingSaturating(holder.uncollected[there] ?? 0)
  }
  return row
}

extension Location {
  /// An asset of another chain as that chain names it.
  fileprivate var atHome: Location { Location(parents: 0, interior: interior.droppingFirst) }

  /// An asset of this chain as a sibling names it.
  fileprivate func atHolder(of home: UInt32) -> Location? {
    Junctions(.para(home)).appending(interior).map { Location(parents: 1, interior: $0) }
  }
}

extension XCM.Assets {
  /// The amount of an asset in the list; 0 when it is not there.
  fileprivate func amount(of location: Location) -> Balance {
    items.first { $0.id.location == location }?.amount ?? 0
  }
}

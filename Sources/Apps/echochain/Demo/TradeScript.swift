import ChainClient
import Commerce
import EchoRuntime
import Foundation
import Hashing
import Keys
import PalletBalances
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import PalletXcm
import Primitives
import RPC
import ScaleCodec
import XCM

/// The second part of the demonstration: a licence is sold from one chain on another to a buyer on a third, a remix pays
/// the work that it derives from, and everybody is paid at home.
///
/// Charlie's studio lives on studio and sells on market; alice buys from hub; eve and ferdie live on market. Bob, on market,
/// and dave, on hub, helped with the work. Everything is paid in the market's own asset.
struct TradeScript: Sendable {
  let network: LinkedNetwork
  let topology: Topology
  let folder: NetworkFolder
  let report: DemoReport
  let market: ChainClient
  let unit: KnownAsset

  /// What the work's contributors ask of each sale, and a derived work's share for it, in parts of a million.
  private static let royalty: UInt32 = 300_000
  private static let derivativeShare: UInt32 = 100_000
  /// Milliseconds that a message may take.
  private static let timeout: UInt64 = 600_000
  /// Blocks of the market in which a purchase may be placed.
  private static let validity: BlockNumber = 1_000

  /// Somebody at home.
  struct Person: Sendable {
    var key: DevelopmentKey
    var home: String
    var account: AccountID { key.secretKey.publicKey.accountID }
    var name: String { "\(key.rawValue.lowercased())@\(home)" }
    var isHere: Bool { home == "market" }
  }
  private static let studio = Person(key: .charlie, home: "studio")
  private static let buyer = Person(key: .alice, home: "hub")
  private static let engineer = Person(key: .bob, home: "market")
  private static let writer = Person(key: .dave, home: "hub")
  private static let remixer = Person(key: .eve, home: "market")
  private static let listener = Person(key: .ferdie, home: "market")
  private static let people = [studio, buyer, engineer, writer, remixer, listener]

  init(network: LinkedNetwork, topology: Topology, folder: NetworkFolder, report: DemoReport) throws {
    self.network = network
    self.topology = topology
    self.folder = folder
    self.report = report
    market = try network.chain("market")
    unit = market.nativeAsset
  }

  func run() async throws {
    try await fund()
    let before = try await balances()
    let work = try await registerWork()
    let first = try await list(work, by: TradeScript.studio, price: 10)
    try await sellToHub(first, price: 10)
    let order = try await sellHere(first, to: TradeScript.remixer, from: TradeScript.studio, price: 10)
    let remix = try await registerRemix(of: work, licence: licence(of: order))
    let second = try await list(remix, by: TradeScript.remixer, price: 4)
    _ = try await sellHere(second, to: TradeScript.listener, from: TradeScript.remixer, price: 4)
    try await pay(work: work, remix: remix)
    show(before: before, after: try await balances())
    try await statement(of: work)
  }

  // MARK: Calls

  /// Signs and sends a call; it must succeed.
  private func submit(_ call: RuntimeCall, by person: Person, on chain: ChainClient) async throws -> Inclusion {
    let inclusion = try await chain.submitAndWait(call, key: person.key.secretKey)
    if let failure = inclusion.failure {
      throw Complaint.partial("\(chain.info.name) refused a call of \(person.name): \(spell(failure))")
    }
    return inclusion
  }

  /// Makes a call of the market, from wherever the person lives.
  /// - Parameter deposit: Units that go along into the person's account at the market.
  private func act(_ call: Marketplace.Call, by person: Person, deposit: Balance = 0) async throws {
    guard !person.isHere else {
      _ = try await submit(.marketplace(call), by: person, on: market)
      return
    }
    let act = Marketplace.RemoteAct(
      asset: .sibling(market.info.paraId), deposit: units(deposit), fees: try amount("0.5"), timeout: TradeScript.timeout)
    let remote = Marketplace.Call.actRemotely(market: .sibling(market.info.paraId), act: act, call: call)
    _ = try await submit(.marketplace(remote), by: person, on: try network.chain(person.home))
  }

  private func units(_ count: Balance) -> Balance { count.multipliedSaturating(by: TradeScript.unitSize(unit)) }
  private static func unitSize(_ asset: KnownAsset) -> Balance {
    (0..<min(asset.decimals, 38)).reduce(Balance(1)) { size, _ in size.multipliedSaturating(by: 10) }
  }
  private func amount(_ text: String) throws -> Balance { try Amount.parse(text, symbol: unit.symbol, decimals: unit.decimals) }

  /// The account at the market of whoever lives elsewhere.
  private func account(of person: Person) throws -> AccountID {
    guard !person.isHere else { return person.account }
    guard let account = EchoRuntime.account(of: try location(of: person)) else {
      throw Complaint.partial("\(person.name) has no account at the market")
    }
    return account
  }

  /// A person as the market sees them.
  private func location(of person: Person) throws -> Location {
    guard !person.isHere else { return .account(person.account) }
    return Location(parents: 1, .para(try network.file.chain(person.home).paraId), .account(person.account))
  }

  // MARK: Money to begin with

  /// Sends the market's asset to those who live elsewhere.
  private func fund() async throws {
    for (person, count) in [(TradeScript.studio, 20), (TradeScript.buyer, 30)] as [(Person, Balance)] {
      let order = TransferOrder(from: "market", to: person.home, asset: unit, amount: units(count), recipient: person.account)
      let result = try await transfer(order, over: network, key: TradeScript.engineer.key.secretKey, wait: .seconds(60))
      guard result.ending == .executed else {
        throw Complaint.partial("the transfer to \(person.name) ended as \(result.ending.name)")
      }
    }
    let call = RuntimeCall.balances(
      .transferAllowDeath(dest: .id(try account(of: TradeScript.studio)), value: Compact(units(3))))
    _ = try await submit(call, by: TradeScript.engineer, on: market)
  }

  // MARK: Works

  /// The studio registers its work at the market, by a program that calls in its name.
  private func registerWork() async throws -> H256 {
    let meta = Hash.blake2b256(Array("First light, charlie's studio".utf8))
    let members = [
      Royalty.Share(.remote(try location(of: TradeScript.studio)), units: 500_000),
      Royalty.Share(.account(TradeScript.engineer.account), units: 300_000),
      Royalty.Share(.remote(try location(of: TradeScript.writer)), units: 200_000),
    ]
    let call = RuntimeCall.royalty(
      .registerWork(
        meta: meta, royalty: TradeScript.royalty, members: members, parents: [], mode: .relative, isImmutable: true))
    let fees = Asset(.here, amount: try amount("1"))
    let program: Xcm = [
      .withdrawAsset(Assets(fees)), .payFees(asset: fees),
      .transact(originKind: .sovereignAccount, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded())),
      .expectTransactStatus(.success), .refundSurplus,
      .depositAsset(assets: .wild(.allCounted(1)), beneficiary: try location(of: TradeScript.studio)),
    ]
    let send = RuntimeCall.xcmPallet(.send(dest: .v5(.sibling(market.info.paraId)), message: .v5(program)))
    _ = try await submit(send, by: TradeScript.studio, on: try network.chain(TradeScript.studio.home))
    let id = RoyaltyPallet.workID(owner: try account(of: TradeScript.studio), meta: meta)
    try await exists(Royalty.works.key(id), what: "the work at the market")
    report.step(
      "work", "\(TradeScript.studio.name) registers First light at market: 30 % of each sale to charlie@studio, bob@market, dave@hub",
      Spoken.short(id.hex))
    return id
  }

  /// Eve's remix, by the licence that she bought.
  private func registerRemix(of work: H256, licence: UInt64) async throws -> H256 {
    let meta = Hash.blake2b256(Array("First light (remix), eve".utf8))
    let remixer = TradeScript.remixer
    let call = Royalty.Call.registerWork(
      meta: meta, royalty: 200_000, members: [Royalty.Share(.account(remixer.account), units: Royalty.units)],
      parents: [Royalty.ParentLink(work: work, licence: licence, share: TradeScript.derivativeShare)], mode: .relative,
      isImmutable: true)
    _ = try await submit(.royalty(call), by: remixer, on: market)
    let id = RoyaltyPallet.workID(owner: remixer.account, meta: meta)
    report.step(
      "remix", "\(remixer.name) derives from it under licence \(licence): 20 % of each sale to eve, 10 % to the parent",
      Spoken.short(id.hex))
    return id
  }

  // MARK: Sales

  /// Lists a licence of a work.
  private func list(_ work: H256, by seller: Person, price: Balance) async throws -> UInt64 {
    let terms = Marketplace.LicenceTerms(
      uses: 0b0111, seats: 1, territory: 0, term: 0, isTransferable: true, derivativeShare: TradeScript.derivativeShare,
      isAbsolute: false, text: Hash.blake2b256(Array("Use it, sell it, build on it.".utf8)))
    let listing = Marketplace.NewListing(
      kind: .licence, work: work, sale: .fixed(price: units(price)), asset: .here, quantity: 100, manifest: nil, keyCommit: .zero,
      licence: terms, windows: Marketplace.Windows(deliverIn: 600, complainIn: 14_400), bond: units(2), category: 1,
      tags: BoundedVector(), meta: BoundedVector(Array("First light, licence to derive".utf8)) ?? BoundedVector())
    let number: UInt64 = try await market.value(Marketplace.nextListing.key, at: nil) ?? 0
    try await act(.list(listing: listing), by: seller, deposit: seller.isHere ? 0 : 3)
    try await exists(Marketplace.listings.key(number), what: "the listing of \(seller.name)")
    report.step("list", "\(seller.name) lists a licence at market for \(unit.text(units(price)))", "listing \(number)")
    return number
  }

  /// Alice buys from home: her money travels, the order is placed, the studio delivers from home, she confirms from home.
  private func sellToHub(_ listing: UInt64, price: Balance) async throws {
    let (buyer, clock) = (TradeScript.buyer, ContinuousClock())
    let start = clock.now
    let hub = try network.chain(buyer.home)
    let height = try await market.finalized().number
    let purchase = Marketplace.RemotePurchase(
      listing: listing, quantity: 1, asset: .sibling(market.info.paraId), maxPrice: units(price), fees: try amount("0.5"),
      buyerKey: FixedBytes(buyer.key.secretKey.publicKey.compressed) ?? .zero, validUntil: height + TradeScript.validity,
      timeout: TradeScript.timeout)
    let inclusion = try await submit(
      .marketplace(.purchase(market: .sibling(market.info.paraId), purchase: purchase)), by: buyer, on: hub)
    guard
      let order = inclusion.events.compactMap({ record -> H256? in
        if case .marketplace(.remoteOrdered(let order, _, _)) = record.event { order } else { nil }
      }).first
    else { throw Complaint.partial("hub sent no order") }
    let status = try await Patience.wait(for: "the receipt of \(buyer.name)'s order", at: .seconds(60)) {
      let row: Marketplace.RemoteOrder? = try await hub.value(Marketplace.remote.key(order), at: nil)
      return row.flatMap { $0.status == .sent ? nil : $0.status }
    }
    guard status == .placed else { throw Complaint.partial("the order of \(buyer.name) ended as \(status), not placed") }
    let placed = clock.now - start
    try await finish(order, buyer: buyer, seller: TradeScript.studio)
    report.step(
      "buy", "\(buyer.name) buys it from hub: placed at market in \(Spoken.duration(placed)), delivered from studio, confirmed from hub",
      "\(Spoken.duration(clock.now - start))  " + report.good("released"))
  }

  /// Somebody at the market buys.
  /// - Returns: The order.
  private func sellHere(_ listing: UInt64, to buyer: Person, from seller: Person, price: Balance) async throws -> H256 {
    let start = ContinuousClock.now
    let key = FixedBytes<33>(buyer.key.secretKey.publicKey.compressed) ?? .zero
    let inclusion = try await submit(
      .marketplace(.buy(listing: listing, quantity: 1, maxPrice: units(price), buyerKey: key)), by: buyer, on: market)
    guard
      let order = inclusion.events.compactMap({ record -> H256? in
        if case .marketplace(.ordered(let order, _, _, _)) = record.event { order } else { nil }
      }).first
    else { throw Complaint.partial("market placed no order") }
    try await finish(order, buyer: buyer, seller: seller)
    report.step(
      "buy", "\(buyer.name) buys listing \(listing) of \(seller.name) for \(unit.text(units(price)))",
      "\(Spoken.duration(ContinuousClock.now - start))  " + report.good("released"))
    return order
  }

  /// Delivery and confirmation, each from where its party lives.
  private func finish(_ order: H256, buyer: Person, seller: Person) async throws {
    try await act(.deliver(order: order, box: []), by: seller)
    try await reach(.delivered, order)
    try await act(.confirm(order: order), by: buyer)
    try await reach(.released, order)
  }

  private func reach(_ state: Marketplace.OrderState, _ order: H256) async throws {
    _ = try await Patience.wait(for: "order \(Spoken.short(order.hex)) to be \(state)", at: .seconds(60)) { () -> Bool? in
      let row: Marketplace.Order? = try await market.value(Marketplace.orders.key(order), at: nil)
      return row?.state == state ? true : nil
    }
  }

  private func exists(_ key: [UInt8], what: String) async throws {
    _ = try await Patience.wait(for: what, at: .seconds(60)) { try await market.storage(key, at: nil) }
  }

  /// The licence that an order brought.
  private func licence(of order: H256) async throws -> UInt64 {
    let rows = try await market.rows(
      Marketplace.licences.prefix, skip: 8, key: UInt64.self, value: Marketplace.Licence.self, at: nil)
    guard let row = rows.first(where: { $0.value.order == order }) else { throw Complaint.partial("the order brought no licence") }
    return row.key
  }

  // MARK: Payment

  /// Everybody gets what is due, at home: the parent's part of the remix first, then by payouts and claims.
  private func pay(work: H256, remix: H256) async throws {
    let keeper = TradeScript.engineer
    let rows: [Royalty.Work?] = try await market.values([Royalty.works.key(work), Royalty.works.key(remix)], at: nil)
    guard let parent = rows[0], let child = rows[1] else { throw Complaint.partial("the works are not there") }
    let here = Location.here
    for call in [
      Royalty.Call.pullEdge(from: child.saleSplit, to: parent.saleSplit, asset: here),
      .pullEdge(from: child.saleSplit, to: child.ownSplit, asset: here), .claim(split: parent.ownSplit, asset: here),
    ] { _ = try await submit(.royalty(call), by: keeper, on: market) }
    _ = try await submit(.royalty(.claim(split: child.ownSplit, asset: here)), by: TradeScript.remixer, on: market)
    let seller = Royalty.Party.remote(try location(of: TradeScript.studio))
    guard let sole: UInt64 = try await market.value(Royalty.soleSplits.key(seller), at: nil) else {
      throw Complaint.partial("the studio is owed nothing for its sales")
    }
    try await payout([Royalty.Claim(split: sole, party: seller), Royalty.Claim(split: parent.ownSplit, party: seller)], to: "studio")
    try await payout(
      [Royalty.Claim(split: parent.ownSplit, party: .remote(try location(of: TradeScript.writer)))], to: "hub")
  }

  private func payout(_ claims: [Royalty.Claim], to chain: String) async throws {
    let start = ContinuousClock.now
    let target = try network.file.chain(chain).paraId
    let call = Royalty.Call.claimRemote(chain: .sibling(target), asset: .here, claims: claims)
    let inclusion = try await submit(.royalty(call), by: TradeScript.engineer, on: market)
    let sent = inclusion.royaltyEvents.compactMap { event -> (UInt64, Balance)? in
      if case .remoteSent(let payout, _, _, let amount, _) = event { (payout, amount) } else { nil }
    }
    guard let (number, amount) = sent.first else { throw Complaint.partial("no payout left for \(chain)") }
    _ = try await Patience.wait(for: "the receipt of payout \(number)", at: .seconds(60)) { () -> Bool? in
      try await market.storage(Royalty.inFlight.key(number), at: nil) == nil ? true : nil
    }
    report.step(
      "payout", "market → \(chain)   \(unit.text(amount)) in one message for \(claims.count) claim\(claims.count == 1 ? "" : "s")",
      "\(Spoken.duration(ContinuousClock.now - start))  " + report.good("paid"))
  }

  // MARK: Balances

  /// What everybody has of the market's asset, at home and in their account at the market.
  private func balances() async throws -> [(home: Balance, away: Balance)] {
    var rows: [(home: Balance, away: Balance)] = []
    for person in TradeScript.people {
      let chain = try network.chain(person.home)
      let asset = person.isHere ? Location.here : .sibling(market.info.paraId)
      let home = try await chain.balance(of: person.account, asset: asset)
      rows.append((home, person.isHere ? 0 : try await market.balance(of: try account(of: person), asset: .here)))
    }
    return rows
  }

  private func show(before: [(home: Balance, away: Balance)], after: [(home: Balance, away: Balance)]) {
    for (place, person) in TradeScript.people.enumerated() {
      var text = "\(person.name.padded(to: 15)) \(unit.text(before[place].home)) → \(unit.text(after[place].home))"
      if !person.isHere { text += "   at market \(unit.text(before[place].away)) → \(unit.text(after[place].away))" }
      report.step(place == 0 ? "balances" : "", text)
    }
  }

  // MARK: Statement

  /// Exports the studio's statement and checks the file without the network.
  private func statement(of work: H256) async throws {
    guard let row: Royalty.Work = try await market.value(Royalty.works.key(work), at: nil) else {
      throw Complaint.partial("the work is not there")
    }
    let subject = StatementSubject(
      split: row.ownSplit, party: .remote(try location(of: TradeScript.studio)), asset: .here, work: work)
    let made = try await makeStatement(subject, from: market)
    let path = folder.path + "/statement.json"
    try Files.write(StatementFile.data(made, summary: .null, isBinary: false), to: path)
    guard let spec = topology.chains.first(where: { $0.name == "market" })?.spec else {
      throw Complaint.partial("the topology has no chain market")
    }
    let start = ContinuousClock.now
    let data = try Files.read(path)
    let read = try StatementFile.read(data)
    let findings: StatementFindings
    let anchor = try SpecAnchor.anchor(of: spec)
    do throws(StatementRefusal) { findings = try read.examine(anchor: anchor) } catch {
      throw Complaint.proofInvalid("the statement is refused: \(error)")
    }
    let received = findings.account?.received ?? 0
    report.step(
      "statement", "\(TradeScript.studio.name): \(read.lines.count) sales, \(unit.text(received)) received by the split, complete",
      report.good("verified offline") + ", \(Spoken.duration(ContinuousClock.now - start))")
  }
}

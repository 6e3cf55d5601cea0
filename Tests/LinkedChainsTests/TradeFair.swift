import EchoRuntime
import Files
import Hashing
import Keys
import PalletAssets
import PalletBalances
import PalletMarketplace
import PalletMessages
import PalletRoyalty
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

// A market on chain 2000 with people who live there, on the hub (1000) and at the studio (2001), and the calls of each.

/// Somebody at home on a chain.
struct Person: Hashable, CustomStringConvertible {
  var key: DevelopmentKey
  var para: UInt32
  var account: AccountID { key.account }
  /// As the market sees them.
  var location: Location { para == 2000 ? key.location : key.location(on: para) }
  var party: Royalty.Party { para == 2000 ? .account(account) : .remote(location) }
  /// What they own at the market.
  var accountThere: AccountID { EchoRuntime.account(of: location) ?? .zero }
  var description: String { "\(key.rawValue.lowercased())@\(para)" }

  init(_ key: DevelopmentKey, _ para: UInt32) { (self.key, self.para) = (key, para) }
}

/// What is paid with: an asset of one of the chains, under its names on all of them.
enum Money: String, CaseIterable, CustomTestStringConvertible {
  /// The market's native asset.
  case market
  /// The hub's native asset.
  case hub
  /// The hub's asset that teleports between hub and market.
  case credits

  /// The asset as a chain names it.
  func name(on para: UInt32) -> Location {
    switch self {
    case .market: para == 2000 ? .here : .sibling(2000)
    case .hub: para == 1000 ? .here : .sibling(1000)
    case .credits: TestChain.credits(on: para)
    }
  }
  var unit: Balance { self == .credits ? TestChain.credits : TestChain.unit }
  /// What covers a market's execution and the way home with room to spare.
  var fees: Balance { unit / 2 }
  var testDescription: String { rawValue }
}

/// The chains with everybody's money in place.
final class TradeFair {
  let network: TestNetwork
  let books: TradeBooks
  var hub: TestChain { network.hub }
  var market: TestChain { network.market }
  var studio: TestChain { network.studio }

  static let remoteBuyer = Person(.bob, 1000)
  static let localBuyer = Person(.bob, 2000)
  static let remoteSeller = Person(.charlie, 2001)
  static let localSeller = Person(.charlie, 2000)
  /// Milliseconds that messages of calls from afar may take.
  static let timeout: UInt64 = 600_000

  /// Windows short enough to wait for.
  static let parameters: Marketplace.Parameters = {
    var parameters = Marketplace.Parameters.standard
    (parameters.minimumDeliverIn, parameters.minimumComplainIn, parameters.reviewWindow) = (3, 3, 20)
    return parameters
  }()

  /// - Parameter minimumVoucher: The smallest balance of another chain's native asset.
  init(minimumVoucher: Balance = 1_000_000) throws {
    network = try TestNetwork(minimumVoucher: minimumVoucher)
    books = try TradeBooks(network)
    try network.market.sudo(.marketplace(.setParameters(parameters: Self.parameters)))
    let unit = TestChain.unit
    // People elsewhere get the market's asset; those at the market get the hub's two.
    for (person, chain) in [(Self.remoteBuyer, 1000), (Self.remoteSeller, 2001)] as [(Person, UInt32)] {
      try market.run(try TestNetwork.transfer(100 * unit, of: .here, to: chain, beneficiary: person.key), by: .dave)
    }
    let (echo, credits) = (Asset(.here, amount: 120 * unit), Asset(Money.credits.name(on: 1000), amount: 1_000 * TestChain.credits))
    for key in [DevelopmentKey.alice, .bob, .charlie] {
      try hub.run(try transfer([echo, credits], to: 2000, key.location))
    }
    try hub.run(
      .assets(.transfer(id: Compact(7), target: .id(Self.remoteBuyer.account), amount: Compact(10_000 * TestChain.credits))))
    try network.settle()
    // Somebody without native units can hold no assets of other chains that teleport.
    for chain in [hub, market] { try chain.run(.balances(.transferKeepAlive(dest: .id(DevelopmentKey.eve.account), value: Compact(unit)))) }
    for money in [Money.hub, .credits] { try market.run(.marketplace(.acceptAsset(asset: money.name(on: 2000)))) }
    // What listings from afar are held for.
    try endow(Self.remoteSeller, 40 * unit)
    for money in [Money.hub, .credits] { try endow(Self.remoteSeller, 20 * money.unit, money) }
    try wait(0)
    try audit()
  }

  /// Throws when any book of any chain does not balance.
  func audit() throws { try books.audit() }

  func chain(_ para: UInt32) -> TestChain { para == 1000 ? hub : para == 2000 ? market : studio }

  // MARK: Money

  /// Gives somebody's account at the market something.
  func endow(_ person: Person, _ amount: Balance, _ money: Money = .market) throws {
    let target = MultiAddress.id(person.accountThere)
    switch money {
    case .market: try market.run(.balances(.transferKeepAlive(dest: target, value: Compact(amount))))
    case .hub, .credits:
      try market.run(.foreignAssets(.transfer(id: money.name(on: 2000), target: target, amount: Compact(amount))))
    }
  }

  /// What somebody has at home, with what calls and deliveries cost them added again.
  func purse(_ person: Person, _ money: Money) throws -> Balance {
    let name = money.name(on: person.para)
    let costs = name.isHere ? try books.costs(of: person.key.location, on: person.para) : 0
    return try chain(person.para).balance(of: name, person.account) + costs
  }

  /// What somebody's account at the market has.
  func purseThere(_ person: Person, _ money: Money) throws -> Balance {
    person.para == 2000 ? try purse(person, money) : try market.balance(of: money.name(on: 2000), person.accountThere)
  }

  /// What programs and the market's rate brought a chain's treasury; the fees of its blocks are not counted.
  func revenue(_ money: Money, on para: UInt32) throws -> Balance {
    let (name, chain) = (money.name(on: para), chain(para))
    let fees = name.isHere ? try books.blockFees(on: para) : 0
    return try chain.balance(of: name, EchoRuntime.treasury) + chain.waiting(name) - fees
  }

  /// What the delivery of messages has cost a chain's programs that speak for somebody: paid to relayers, or to the pool
  /// that changes what a program pays with.
  func deliveries(for payer: Location, _ money: Money, on para: UInt32) throws -> Balance {
    let name = money.name(on: para)
    return try name.isHere ? books.costs(of: payer, on: para) : chain(para).balance(of: name, EchoRuntime.exchangePool)
  }

  func marketPot(_ money: Money) throws -> Balance { try market.balance(of: money.name(on: 2000), EchoRuntime.marketPot) }
  func royaltyPot(_ money: Money) throws -> Balance { try market.balance(of: money.name(on: 2000), EchoRuntime.royaltyPot) }

  // MARK: Works and listings

  /// Registers a work, from wherever its owner lives; 30 % of each sale is its royalty.
  func register(
    by owner: Person, members: [(Person, UInt32)], royalty: UInt32 = 300_000, parents: [Royalty.ParentLink] = []
  ) throws -> Royalty.Work {
    let meta = Hash.blake2b256(Array("a work of \(owner) of \(market.height)".utf8))
    let call = RuntimeCall.royalty(
      .registerWork(
        meta: meta, royalty: royalty, members: members.map { Royalty.Share($0.0.party, units: $0.1) }, parents: parents, mode: .relative,
        isImmutable: true))
    if owner.para == 2000 {
      try market.run(call, by: owner.key)
    } else {
      let fees = Asset(.here, amount: TestChain.unit)
      let program: Xcm = [
        .withdrawAsset(Assets(fees)), .payFees(asset: fees),
        .transact(originKind: .sovereignAccount, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: call.encoded())),
        .expectTransactStatus(.success), .refundSurplus, .depositAsset(assets: everything, beneficiary: owner.location),
      ]
      try chain(owner.para).run(send(program, to: 2000), by: owner.key)
      try network.settle()
    }
    let id = RoyaltyPallet.workID(owner: owner.accountThere, meta: meta)
    guard let work = try Royalty.works.get(id, in: market.context()) else { throw TestChain.TestFailure("no work") }
    return work
  }

  /// Terms of a service for sale, or of a file with a key.
  func terms(
    _ price: Balance, _ money: Money = .market, work: Royalty.Work? = nil, quantity: UInt32 = 5, bond: Balance? = nil,
    keyed: Bool = false, complainIn: BlockNumber = 50
  ) -> Marketplace.NewListing {
    let manifest = SegmentCipher.cipherSize(plainSize: 100).map {
      Marketplace.ManifestRef(hash: .zero, cipherSize: $0, plainSize: 100, salt: .zero, auditRoot: .zero, plainRoot: .zero)
    }
    let id = work.map { RoyaltyPallet.workID(owner: $0.owner, meta: $0.meta) }
    return Marketplace.NewListing(
      kind: keyed ? .file : .service, work: id, sale: .fixed(price: price), asset: money.name(on: 2000), quantity: quantity,
      manifest: keyed ? manifest : nil, keyCommit: keyed ? Hash.sha256(Array("key".utf8)) : .zero, licence: nil,
      windows: Marketplace.Windows(deliverIn: 30, complainIn: complainIn), bond: bond ?? price / 2, category: 1, tags: BoundedVector(),
      meta: BoundedVector())
  }

  /// Lists, from wherever the seller lives; the bond comes from the seller's account at the market.
  @discardableResult
  func list(_ terms: Marketplace.NewListing, by seller: Person) throws -> UInt64 {
    let number = try Marketplace.nextListing.get(in: market.context())
    try act(.list(listing: terms), by: seller)
    guard Marketplace.listings.exists(number, in: market.context()) else { throw TestChain.TestFailure("no listing") }
    return number
  }

  // MARK: Calls

  /// Makes a call of the market from wherever somebody lives, and has everything relayed.
  func act(_ call: Marketplace.Call, by person: Person, deposit: Balance = 0, _ money: Money = .market) throws {
    guard person.para != 2000 else { return try market.run(.marketplace(call), by: person.key) }
    try sendAct(call, by: person, deposit: deposit, money)
    try network.settle()
  }

  func sendAct(_ call: Marketplace.Call, by person: Person, deposit: Balance = 0, _ money: Money = .market) throws {
    let act = Marketplace.RemoteAct(
      asset: money.name(on: person.para), deposit: deposit, fees: money.fees, timeout: Self.timeout)
    try chain(person.para).run(
      .marketplace(.actRemotely(market: .sibling(2000), act: act, call: call)), by: person.key)
  }

  /// A purchase as its buyer orders it.
  func order(
    _ listing: UInt64, by buyer: Person, atMost price: Balance, _ money: Money = .market, fees: Balance? = nil, quantity: UInt32 = 1,
    validFor blocks: BlockNumber = 1_000, timeout: UInt64 = timeout, key: FixedBytes<33> = .zero
  ) -> Marketplace.RemotePurchase {
    Marketplace.RemotePurchase(
      listing: listing, quantity: quantity, asset: money.name(on: buyer.para), maxPrice: price, fees: fees ?? money.fees, buyerKey: key,
      validUntil: market.height + blocks, timeout: timeout)
  }

  /// Sends a purchase and relays nothing.
  func sendPurchase(_ purchase: Marketplace.RemotePurchase, by buyer: Person) throws -> H256 {
    let chain = chain(buyer.para)
    try chain.run(.marketplace(.purchase(market: .sibling(2000), purchase: purchase)), by: buyer.key)
    for case .marketplace(.remoteOrdered(let order, _, _)) in try chain.events() { return order }
    throw TestChain.TestFailure("no order")
  }

  /// Buys, from wherever the buyer lives, and has everything relayed.
  func buy(_ listing: UInt64, by buyer: Person, atMost price: Balance, _ money: Money = .market, quantity: UInt32 = 1) throws -> H256 {
    guard buyer.para != 2000 else {
      try market.run(
        .marketplace(.buy(listing: listing, quantity: quantity, maxPrice: price, buyerKey: .zero)), by: buyer.key)
      for case .marketplace(.ordered(let order, _, _, _)) in try market.events() { return order }
      throw TestChain.TestFailure("no order")
    }
    let id = try sendPurchase(order(listing, by: buyer, atMost: price, money, quantity: quantity), by: buyer)
    try network.settle()
    return id
  }

  /// Delivers and accepts an order, each from where its party lives.
  func fulfil(_ order: H256, seller: Person, buyer: Person) throws {
    try act(.deliver(order: order, box: []), by: seller)
    try act(.confirm(order: order), by: buyer)
  }

  // MARK: Questions

  func state(_ order: H256) throws -> Marketplace.OrderState? { try Marketplace.orders.get(order, in: market.context())?.state }

  func status(_ order: H256, of buyer: Person) throws -> Marketplace.RemoteStatus? {
    try Marketplace.remote.get(order, in: chain(buyer.para).context())?.status
  }

  /// The split in which somebody is owed what is not of works.
  func soleSplit(_ person: Person) throws -> UInt64 {
    guard let split = try Royalty.soleSplits.get(person.party, in: market.context()) else { throw TestChain.TestFailure("owed nothing") }
    return split
  }

  func due(_ person: Person, _ split: UInt64, _ money: Money = .market) throws -> Balance {
    try RoyaltyPallet.due(person.party, split: split, asset: money.name(on: 2000), in: market.context())
  }

  // MARK: Payouts

  /// The call that pays people who live on one chain.
  func payout(_ claims: [(Person, UInt64)], to para: UInt32, _ money: Money = .market) -> RuntimeCall {
    .royalty(
      .claimRemote(
        chain: .sibling(para), asset: money.name(on: 2000), claims: claims.map { Royalty.Claim(split: $0.1, party: $0.0.party) }))
  }

  /// Sends a payout and relays nothing.
  /// - Returns: Its number.
  func sendPayout(_ claims: [(Person, UInt64)], to para: UInt32, _ money: Money = .market) throws -> UInt64 {
    try market.run(payout(claims, to: para, money), by: .dave)
    for case .royalty(.remoteSent(let payout, _, _, _, _)) in try market.events() { return payout }
    throw TestChain.TestFailure("no payout")
  }

  /// What execution takes out of a payout at most.
  func execution(_ items: [(Person, Balance)], to para: UInt32, _ money: Money = .market) throws -> Balance {
    let batch = PayoutBatch(
      chain: .sibling(para), asset: money.name(on: 2000),
      items: items.map { PayoutBatch.Item(beneficiary: $0.0.location, amount: $0.1) })
    return try PayoutProgram.quote(batch, in: market.context()).execution
  }

  // MARK: Time

  /// Lets all clocks go on to one time.
  func wait(_ time: Milliseconds) throws {
    let now = max(hub.now, market.now, studio.now) + max(time, 1)
    for chain in [hub, market, studio] { try chain.seal(advance: now - chain.now) }
  }

  /// Lets blocks of the market pass.
  func pass(_ blocks: Int) throws {
    for _ in 0..<blocks { try market.seal() }
    try wait(0)
  }
}

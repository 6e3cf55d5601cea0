import BlockExecution
import EchoRuntime
import Finality
import Foundation
import KeyValueStore
import Keys
import PalletBeefy
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import XCM

/// How many orders a chain carries from purchase to release.
struct OrderRate: Sendable {
  /// Contributors of the work that is sold.
  var members: Int
  var orders: Int
  var blocks: Int
  /// Extrinsics of the fullest block, the timestamp aside. All that are waiting are offered to each.
  var fullest: Int
  /// Whether that block left some for the next; else it held all that there was.
  var wasFull: Bool
  /// Spent on making, certifying and keeping the blocks; the time between blocks is not in it.
  var seconds: Double

  /// Orders per second of processing.
  var perSecond: Double { seconds > 0 ? Double(orders) / seconds : 0 }

  var json: JSON {
    [
      "members": JSON(members), "orders": JSON(orders), "blocks": JSON(blocks), "fullestBlock": JSON(fullest),
      "fullestWasFull": JSON(wasFull), "seconds": .double(seconds), "ordersPerSecond": .double(perSecond),
    ]
  }
}

/// Buys, delivers and confirms licences in blocks of a chain in memory, signatures and finality proofs included.
final class OrderBenchmark {
  private let chain: Chain
  private var now: Milliseconds = 1_700_000_000_000
  private let seller = DevelopmentKey.alice.secretKey
  private let buyer = DevelopmentKey.bob.secretKey
  private var spent = Duration.zero
  private var blocks = 0
  private var fullest = 0
  private var wasFull = false
  /// Extrinsics whose signatures were checked: as in a node's pool, each is checked once.
  private var checked: Set<H256> = []

  init() throws {
    guard let spec = BuiltInChain.spec(named: "dev") else { throw Complaint.configuration("the built-in chains are not known") }
    chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec)
  }

  /// Carries `orders` orders of a work with so many contributors to their end.
  func run(orders: Int, members: Int) throws -> OrderRate {
    var seen = try seal([.royalty(SaleBenchmark.registration("ordered by \(members)", members: members))], by: seller)
    let works = seen.compactMap { event -> H256? in
      if case .royalty(.workRegistered(let work, _, _, _)) = event { work } else { nil }
    }
    guard let work = works.first else { throw Complaint.configuration("the chain for the measurement registers no work") }
    seen = try seal([.marketplace(.list(listing: try Self.listing(of: work, quantity: UInt32(orders))))], by: seller)
    let listings = seen.compactMap { event -> UInt64? in
      if case .marketplace(.listed(let listing, _)) = event { listing } else { nil }
    }
    guard let listing = listings.first else { throw Complaint.configuration("the chain for the measurement lists nothing") }

    (spent, blocks, fullest, wasFull) = (.zero, 0, 0, false)
    let buy = RuntimeCall.marketplace(
      .buy(listing: listing, quantity: 1, maxPrice: Self.price, buyerKey: try Self.keyBytes(buyer.publicKey)))
    seen = try seal(Array(repeating: buy, count: orders), by: buyer)
    let ids = seen.compactMap { event -> H256? in
      if case .marketplace(.ordered(let order, _, _, _)) = event { order } else { nil }
    }
    _ = try seal(ids.map { .marketplace(.deliver(order: $0, box: [])) }, by: seller)
    seen = try seal(ids.map { .marketplace(.confirm(order: $0)) }, by: buyer)
    let released = seen.count { if case .marketplace(.released) = $0 { true } else { false } }
    guard ids.count == orders, released == orders else {
      throw Complaint.refused("of \(orders) orders \(ids.count) were placed and \(released) released")
    }
    return OrderRate(
      members: members, orders: orders, blocks: blocks, fullest: fullest, wasFull: wasFull, seconds: spent.milliseconds / 1000)
  }

  private static let price: Balance = 2_000_000_000_000

  private static func keyBytes(_ key: PublicKey) throws -> FixedBytes<33> {
    guard let bytes = FixedBytes<33>(key.compressed) else { throw Complaint.configuration("a public key has 33 bytes") }
    return bytes
  }

  private static func listing(of work: H256, quantity: UInt32) throws -> Marketplace.NewListing {
    guard let tags = BoundedVector<BoundedVector<UInt8, 24>, 8>([]), let meta = BoundedVector<UInt8, 128>(Array("benchmark".utf8)) else {
      throw Complaint.configuration("the listing is too long")
    }
    let terms = Marketplace.LicenceTerms(
      uses: 3, seats: 1, territory: 0, term: 0, isTransferable: true, derivativeShare: 0, isAbsolute: true, text: .zero)
    let parameters = Marketplace.Parameters.standard
    let windows = Marketplace.Windows(deliverIn: parameters.maximumDeliverIn, complainIn: parameters.maximumComplainIn)
    return Marketplace.NewListing(
      kind: .licence, work: work, sale: .fixed(price: price), asset: .here, quantity: quantity, manifest: nil, keyCommit: .zero,
      licence: terms, windows: windows, bond: price * Balance(quantity), category: 1, tags: tags, meta: meta)
  }

  /// Puts calls of one account into as many blocks as they need, in order.
  /// - Returns: The events of those blocks.
  private func seal(_ calls: [RuntimeCall], by key: SecretKey) throws -> [RuntimeEvent] {
    let account = key.publicKey.accountID
    let first = try SystemPallet.nonce(of: account, in: chain.best.context())
    let signing = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion,
      genesisHash: chain.genesisHash, birthHash: chain.genesisHash)
    var waiting = calls.enumerated().map { place, call in
      Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: first + UInt32(place)), context: signing, key: key).encoded()
    }[...]
    var events: [RuntimeEvent] = []
    while !waiting.isEmpty {
      let taken = try block(Array(waiting), &events)
      guard taken > 0 else { throw Complaint.refused("a block of the measurement took none of its calls") }
      waiting = waiting.dropFirst(taken)
    }
    if let failure = Self.failure(in: events) {
      throw Complaint.refused("a call of the measurement failed: \(spell(failure))")
    }
    return events
  }

  private static func failure(in events: [RuntimeEvent]) -> DispatchError? {
    for case .system(.extrinsicFailed(let error, _)) in events { return error }
    return nil
  }

  /// Makes, certifies and keeps one block.
  /// - Returns: How many extrinsics it took.
  private func block(_ extrinsics: [[UInt8]], _ events: inout [RuntimeEvent]) throws -> Int {
    now += 6000
    let clock = ContinuousClock()
    let start = clock.now
    let context = chain.best.context()
    let set = try BeefyPallet.currentSet(in: context)
    let block = try chain.propose(
      extrinsics: extrinsics, timestamp: now, preRuntime: [.author(AuthorLog(author: 0, round: 0, setID: set.id))],
      signaturesChecked: checked)
    if let refused = block.refused.first { throw Complaint.refused("a transaction of the measurement is refused: \(refused.reason)") }
    let signers = block.validatorSetId == set.id ? set : try BeefyPallet.nextSet(in: context)
    let commitment = Commitment(
      headerHash: block.hash, genesisHash: chain.genesisHash, mmrRoot: block.mmrRoot, timestamp: block.timestamp,
      blockNumber: block.header.number.value, validatorSetID: signers.id)
    guard let proof = FinalityProof.make(commitment, set: signers, keys: BuiltInChain.authorityKeys) else {
      throw Complaint.configuration("the built-in chain's authorities make no quorum")
    }
    try chain.commit(block, justification: proof.encoded())
    spent += clock.now - start
    checked.formUnion(extrinsics.map { Extrinsic.hash(of: $0) })
    blocks += 1
    let taken = block.body.count - 1
    if taken > fullest { (fullest, wasFull) = (taken, taken < extrinsics.count) }
    if let bytes = chain.best.value(for: System.eventsKey) { events += try [DecodedEvent](decoding: bytes).map(\.event) }
    return taken
  }
}

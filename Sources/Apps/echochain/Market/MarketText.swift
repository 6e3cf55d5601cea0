import ChainClient
import Commerce
import EchoRuntime
import Foundation
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

// What people type and read about a market.

enum MarketText {
  /// Reads an order's id.
  static func order(_ text: String) throws(Complaint) -> H256 {
    guard text.hasPrefix("0x"), let id = H256(hex: text) else { throw .usage("'\(text)' is no order: 32 bytes after 0x") }
    return id
  }

  /// Reads parts of a million: `50000`, or `5%`.
  static func parts(_ text: String) throws(Complaint) -> UInt32 { try RoyaltyText.parts(text) }

  /// Writes parts of a million: `12.5 %`.
  static func percent(_ parts: UInt32) -> String { RoyaltyText.percent(parts) }

  /// Reads text of at most `limit` bytes.
  static func text<let limit: Int>(_ text: String, _ what: String) throws(Complaint) -> BoundedVector<UInt8, limit> {
    if let items = BoundedVector<UInt8, limit>(Array(text.utf8)) { return items }
    throw .usage("\(what) has \(text.utf8.count) bytes; at most \(limit) are taken")
  }

  /// Text of strangers for a terminal.
  static func plain(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "" : PlainText.of(String(decoding: bytes, as: UTF8.self), limit: 128) }
}

extension Market {
  /// Reads an amount of an asset that is known already; its symbol may follow, and no other.
  func amount(_ text: String, of asset: KnownAsset) throws(Complaint) -> Balance {
    try Amount.parse(text, symbol: asset.symbol, decimals: asset.decimals)
  }

  /// Reads an amount that names its asset, such as `2.5 MRKT`; a bare number is of the chain's own.
  func money(_ text: String) async throws -> (asset: KnownAsset, amount: Balance) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return (client.nativeAsset, try amount(text, of: client.nativeAsset)) }
    let asset = try await client.asset(named: String(parts[1]))
    return (asset, try amount(String(parts[0]), of: asset))
  }

  /// An asset that the market's chain knows, by its location.
  func asset(at location: Location) async throws -> KnownAsset {
    if let asset = try await client.knownAssets().first(where: { $0.location == location }) { return asset }
    throw Complaint.refused("\(name) has no asset at \(location)")
  }

  func text(_ amount: Balance, of asset: Location) -> String { names.text(amount, of: AssetID(asset)) }
  func symbol(_ asset: Location) -> String { names.unit(of: AssetID(asset))?.symbol ?? "\(asset)" }

  /// A party as people know it.
  func text(party location: Location) -> String { names.text(location) }

  /// What one unit costs, and how it is sold.
  func price(_ terms: Marketplace.NewListing) -> String {
    switch terms.sale {
    case .fixed(let price): text(price, of: terms.asset) + (terms.kind == .subscription ? " a block" : "")
    case .english(let reserve, let duration): "auction from \(text(reserve, of: terms.asset)), \(duration) blocks"
    case .dutch(let start, let floor, let duration):
      "\(text(start, of: terms.asset)) falling to \(text(floor, of: terms.asset)) in \(duration) blocks"
    }
  }

  /// The blocks until a deadline, in words.
  func until(_ deadline: BlockNumber, now: BlockNumber) -> String {
    deadline >= now ? "#\(deadline), \(deadline - now) blocks from now" : "#\(deadline), \(now - deadline) blocks ago"
  }

  /// A listing for programs: its row as the chain stores it, and what people call its parts.
  func json(_ listing: Marketplace.Listing, number: UInt64) throws -> JSON {
    [
      "listing": JSON(number), "kind": .string("\(listing.terms.kind)"), "seller": .string(text(party: listing.seller)),
      "price": .string(price(listing.terms)), "asset": .string(symbol(listing.terms.asset)),
      "left": JSON(listing.terms.quantity), "status": .string("\(listing.status)"), "openOrders": JSON(listing.openOrders),
      "title": .string(MarketText.plain(listing.terms.meta.items)),
      "row": try ScaleJSON.decode(Marketplace.Listing.self, bytes: listing.encoded()),
    ]
  }

  /// An order for programs.
  func json(_ order: Marketplace.Order, id: H256) throws -> JSON {
    [
      "order": .hash(id), "listing": JSON(order.listing), "kind": .string("\(order.kind)"), "state": .string(SaleWords.name(order.state)),
      "buyer": .string(text(party: order.buyer)), "seller": .string(text(party: order.seller)), "quantity": JSON(order.quantity),
      "price": .decimal(order.price), "asset": .string(symbol(order.asset)), "deadline": JSON(order.deadline),
      "row": try ScaleJSON.decode(Marketplace.Order.self, bytes: order.encoded()),
    ]
  }

  /// An order for people.
  func facts(_ order: Marketplace.Order, id: H256, now: BlockNumber) -> [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = [
      ("order", id.hex), ("listing", "\(order.listing), \(order.quantity) of it, \(order.kind)"),
      ("state", SaleWords.sentence(order.state)), ("buyer", text(party: order.buyer)), ("seller", text(party: order.seller)),
      ("price", text(order.price, of: order.asset)),
      (
        "of which",
        "royalty \(text(order.royalty, of: order.asset)), fee \(text(order.fee, of: order.asset))"
      ),
      ("bond", text(order.bond, of: order.asset)),
    ]
    if SaleWords.isOpen(order.state) { facts.append(("deadline", until(order.deadline, now: now))) }
    if let next = SaleWords.next(order.state, isOver: now > order.deadline) { facts.append(("next", next)) }
    return facts
  }
}

extension Marketplace.LicenceTerms {
  /// The terms in words.
  var words: String {
    var parts = [SaleTerms.text(uses: uses), seats == 1 ? "1 seat" : "\(seats) seats", term == 0 ? "for ever" : "\(term) blocks"]
    parts.append(isTransferable ? "transferable" : "not transferable")
    if territory != 0 { parts.append("territory \(territory)") }
    if uses & SaleTerms.derive != 0 {
      parts.append(
        "\(MarketText.percent(derivativeShare)) of derived works' sales, \(isAbsolute ? "all generations" : "from parent to parent")")
    }
    return parts.joined(separator: ", ")
  }
}

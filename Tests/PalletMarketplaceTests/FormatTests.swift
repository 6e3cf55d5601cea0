import Hashing
import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

/// Bytes that other chains, wallets and jurors compute too: written out here by hand.
@Suite("Market formats") struct FormatTests {
  private let chain = TestMarkets()

  @Test("an order's id hashes the market's chain, listing, buyer and nonce") func orderID() {
    // parents 1, two junctions: parachain 2001 as a compact number, account of no network.
    let buyer: [UInt8] = [1, 2, 0, 0x45, 0x1f, 1, 0] + [UInt8](repeating: 2, count: 32)
    let bytes: [UInt8] =
      Array("echo/order/v1".utf8) + [0xe8, 0x03, 0, 0] + [7, 0, 0, 0, 0, 0, 0, 0] + buyer + [1, 2, 0, 0, 0, 0, 0, 0]
    #expect(TestMarket.orderID(chain: 1_000, listing: 7, buyer: afar, nonce: 513) == Hash.blake2b256(bytes))
    let local: [UInt8] = [0, 1, 1, 0] + [UInt8](repeating: 2, count: 32)
    let here = Array("echo/order/v1".utf8) + [0xe8, 0x03, 0, 0] + [UInt8](repeating: 0, count: 8) + local + [UInt8](repeating: 0, count: 8)
    #expect(TestMarket.orderID(chain: 1_000, listing: 0, buyer: account(2), nonce: 0) == Hash.blake2b256(here))
  }

  @Test("a juror commits order, own account, the buyer's share and a salt") func commitment() {
    let (order, salt) = (H256(words: Words32(1, 0, 0, 0)), H256(words: Words32(0, 0, 0, 2)))
    let bytes: [UInt8] =
      [1] + [UInt8](repeating: 0, count: 31) + [UInt8](repeating: 11, count: 32) + [0xa0, 0x86, 0x01, 0x00]
      + [UInt8](repeating: 0, count: 24) + [2, 0, 0, 0, 0, 0, 0, 0]
    #expect(bytes.count == 100)
    #expect(TestMarket.commitment(order: order, juror: .test(11), buyerShare: 100_000, salt: salt) == Hash.blake2b256(bytes))
  }

  @Test("a seller signs a domain, the hash of the market's first block, and the listing") func signedListing() {
    let payload = Marketplace.SignedListing(seller: .test(3), listing: goods(), epoch: 5, salt: 6, validUntil: 7)
    let bytes: [UInt8] =
      [15 << 2] + Array("echo/listing/v1".utf8) + TestConfig.genesis.bytes + [UInt8](repeating: 3, count: 32) + goods().encoded()
      + [5, 0, 0, 0, 0, 0, 0, 0] + [6, 0, 0, 0, 0, 0, 0, 0] + [7, 0, 0, 0]
    #expect(Marketplace.signedBytes(payload, genesis: TestConfig.genesis) == bytes)
  }

  @Test("a listing's bytes are its fields in order") func listing() {
    let listing = goods(.licence, quantity: 3, licence: terms(term: 9), bond: 2, category: 258, tags: ["a", "bc"], meta: "d")
    var bytes: [UInt8] = [2, 0]  // licence, no work
    bytes += [0] + price.encoded()  // fixed price
    bytes += [0, 0] + [3, 0, 0, 0]  // native, quantity
    bytes += [0] + [UInt8](repeating: 0, count: 32)  // no manifest, no key
    bytes += [1, 4] + [3, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [9, 0, 0, 0] + [1] + [0xa0, 0x86, 0x01, 0x00] + [0]
    bytes += [UInt8](repeating: 0, count: 32)  // text
    bytes += [20, 0, 0, 0] + [30, 0, 0, 0] + Balance(2).encoded() + [2, 1]
    bytes += [8] + [4, 0x61] + [8, 0x62, 0x63] + [4, 0x64]
    #expect(listing.encoded() == bytes)
    #expect((try? Marketplace.NewListing(decoding: bytes)) == listing)
  }

  @Test("tags and texts above their bounds do not decode") func bounds() {
    let (tag, text) = ([UInt8](repeating: 1, count: 25), [UInt8](repeating: 1, count: 129))
    #expect(throws: ScaleError.self) { try Marketplace.Tag(decoding: tag.encoded()) }
    #expect(throws: ScaleError.self) { try BoundedVector<UInt8, 128>(decoding: text.encoded()) }
    let nine = [Marketplace.Tag](repeating: Marketplace.Tag(), count: 9)
    #expect(throws: ScaleError.self) { try BoundedVector<Marketplace.Tag, 8>(decoding: nine.encoded()) }
  }

  @Test("clients read reasons by their number") func reasons() {
    for (number, reason) in Marketplace.Failure.allCases.enumerated() {
      #expect(failure(reason) == .module(ModuleError(pallet: TestConfig.palletIndex, error: UInt8(number))))
    }
    #expect(Marketplace.Failure.notForSale.rawValue == 0 && Marketplace.Failure.notRemotable.rawValue == 33)
  }

  @Test("every call and every event comes back from its bytes") func roundTrips() throws {
    for refusal in Refusal.all { #expect(try Marketplace.Call(decoding: refusal.call.encoded()) == refusal.call) }
    try Standing.make(in: chain)
    #expect(chain.events.count == chain.context.events.count && chain.events.count > 40)
    for event in chain.events { #expect(try Marketplace.Event(decoding: event.encoded()) == event) }
  }

  @Test("rows stand where clients look for them") func storage() {
    let key = Marketplace.orders.key(H256.zero)
    let prefix = Hash.twox128(Array("Marketplace".utf8)) + Hash.twox128(Array("Orders".utf8))
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(key == prefix + Hash.blake2b128(zeros) + zeros)
    let listing = Hash.twox128(Array("Marketplace".utf8)) + Hash.twox128(Array("Listings".utf8))
    let seven: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0]
    #expect(Marketplace.listings.key(7) == listing + Hash.twox64(seven) + seven)
    #expect(TestMarket.storage.count == 32 && Set(TestMarket.storage.map(\.name)).count == 32)
  }
}

import ChainClient
import Commerce
import Files
import Foundation
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

/// Sellers who deliver nothing, the wrong key or the wrong file, buyers who complain without reason, and who gets what.
///
/// The seller's own commands deliver no wrong key; `echochain tx call` makes any call, and so do these sellers.
@Suite("Complaints by command", .serialized, .network("market")) struct MarketComplaintTests {
  private static let bob = DevelopmentKey.bob.secretKey

  /// What the chain and its people have, before and after something.
  private struct Books {
    var buyer: Balance
    var seller: Balance
    var escrow: Balance
    var bonds: Balance

    init(_ desk: MarketDesk) async throws {
      buyer = try await desk.balance(of: .bob)
      seller = try await desk.balance(of: .alice)
      escrow = try await desk.held("escrow")
      bonds = try await desk.held("bonds")
    }
  }

  /// The most that a few transactions cost in fees.
  private static let fees = coin / 20

  /// Whether an account has as much more as expected, but for fees.
  private func grew(_ before: Balance, _ after: Balance, by amount: Balance) -> Bool {
    after <= before + amount && after + Self.fees >= before + amount
  }

  private func fell(_ before: Balance, _ after: Balance, by amount: Balance) -> Bool {
    before >= after + amount && before <= after + amount + Self.fees
  }

  private func box(_ key: ContentKey) throws -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    return try KeyBox.seal(key, for: Self.bob.publicKey, using: &random).bytes
  }

  /// A point of the curve with nothing behind it that opens.
  private var emptyBox: [UInt8] { Self.bob.publicKey.compressed + [UInt8](repeating: 0, count: 60) }

  // MARK: Nothing delivered

  @Test("nothing delivered: anybody settles, the buyer has price and bond", .timeLimit(.minutes(1))) func notDelivered() async throws {
    let desk = try await MarketDesk.shared()
    try desk.makeFile("late.txt", size: 100)
    let listing = try await desk.sell(file: "late.txt", price: "10 MRKT", ["--deliver-in", "10"])
    let before = try await Books(desk)
    let order = try await desk.buy(listing)
    let early = try await desk.market(["settle", order], by: "dave")
    #expect(early.code == 6 && early.sentence.contains("the deadline has not passed yet"), "\(early.text)")
    try await desk.passDeadline(of: order)
    let late = try await desk.market(["deliver", order], by: "alice")
    #expect(late.code == 6 && late.sentence.contains("the deadline has passed"), "\(late.text)")
    let helper = try await desk.balance(of: .dave)
    let settled = try await desk.market(["settle", order], by: "dave")
    #expect(settled.code == 0 && settled.output.contains("nothing was delivered in time"), "\(settled.text)")
    // A tenth of the bond of 1 MRKT is for whoever settles, the rest for the buyer.
    let after = try await Books(desk)
    #expect(grew(before.buyer, after.buyer, by: coin * 9 / 10))
    #expect(grew(helper, try await desk.balance(of: .dave), by: coin / 10))
    #expect(after.escrow == before.escrow && after.bonds + coin == before.bonds)
    #expect(try await desk.state(of: order) == "refunded")
    let followed = try await desk.market(["follow", order])
    #expect(followed.code == 6 && followed.sentence.contains("the buyer has the money back"), "\(followed.text)")
    #expect(try await desk.market(["review", order, "--stars", "1"], by: "bob").code == 6)
    // The bond was for one order.
    let uncovered = try await desk.market(["buy", listing], by: "bob")
    #expect(uncovered.code == 6, "\(uncovered.text)")
  }

  // MARK: The wrong key

  @Test("a wrong key: the buyer's command proves it, the chain gives the money back", .timeLimit(.minutes(1)), arguments: [true, false])
  func wrongKey(opens: Bool) async throws {
    let desk = try await MarketDesk.shared()
    try desk.makeFile("song.flac", size: 5_000)
    let listing = try await desk.sell(file: "song.flac", price: "10 MRKT")
    let before = try await Books(desk)
    let order = try await desk.buy(listing)
    let short = try await desk.deliverByHand([1, 2, 3], for: order)
    #expect(short.code == 6 && short.sentence.contains("93 bytes"), "\(short.text)")
    var random = SystemRandomNumberGenerator()
    let box = opens ? try box(ContentKey(using: &random)) : emptyBox
    #expect(try await desk.deliverByHand(box, for: order).code == 0)

    let fetched = try await desk.market(
      ["fetch", order, "--source", desk.path("song.flac.bundle"), "--out", desk.path("song.copy")], by: "bob")
    #expect(fetched.code == 5 && fetched.sentence.contains("the key that the listing promised (C2)"), "\(fetched.text)")
    #expect(!desk.exists("song.copy") && desk.exists("song.copy.complaint"))
    let complain = ["complain", order, "--proof", desk.path("song.copy.complaint")]
    let other = try await desk.market(complain, by: "dave")
    #expect(other.code == 6 && other.sentence.contains("only the buyer"), "\(other.text)")
    let upheld = try await desk.market(complain, by: "bob")
    #expect(upheld.code == 0 && upheld.output.contains("upheld") && upheld.output.contains("wrong key"), "\(upheld.text)")
    #expect(upheld.output.contains("the key was not the one that was promised"), "\(upheld.text)")
    let after = try await Books(desk)
    #expect(grew(before.buyer, after.buyer, by: coin / 2), "\(before) \(after)")
    #expect(after.escrow == before.escrow && after.bonds + coin == before.bonds)
    #expect(try await desk.market(complain, by: "bob").code == 6)
    let shown = try await desk.market(["show", listing])
    #expect(shown.output.contains("0 settled, 1 refunded"), "\(shown.text)")
  }

  @Test("a complaint without reason costs half a bond each to seller and treasury", .timeLimit(.minutes(1))) func unjustified() async throws
  {
    let desk = try await MarketDesk.shared()
    let plain = try desk.makeFile("good.flac", size: 5_000)
    let order = try await desk.buy(try await desk.sell(file: "good.flac", price: "10 MRKT"))
    _ = try await desk.traded(["deliver", order], by: "alice")
    let id = try #require(H256(hex: order))
    let box: BoundedVector<UInt8, 128> = try #require(try await desk.chain.value(Marketplace.keyBoxes.key(id), at: nil))
    let shared = try #require(SaleComplaint.sharedPoint(of: try KeyBox(box.items), with: Self.bob))
    try write(.wrongKey(shared: shared), about: order, to: "without-reason", desk)
    let complain = ["complain", order, "--proof", desk.path("without-reason")]
    let warned = try await desk.market(complain, by: "bob")
    #expect(warned.code == 5 && warned.sentence.contains("nothing was sent"), "\(warned.text)")

    let before = try await Books(desk)
    let lost = try await desk.market(complain + ["--unchecked"], by: "bob")
    #expect(lost.code == 6 && lost.sentence.contains("did not uphold"), "\(lost.text)")
    let after = try await Books(desk)
    // The bond is a twentieth of the price.
    #expect(fell(before.buyer, after.buyer, by: coin / 2), "\(before) \(after)")
    #expect(after.seller == before.seller + coin / 4)
    #expect(after.escrow == before.escrow && after.bonds == before.bonds)

    // A forged point proves nothing, and costs the fee only.
    var forged = shared
    forged.point = try #require(FixedBytes<33>(DevelopmentKey.dave.secretKey.publicKey.compressed))
    try write(.wrongKey(shared: forged), about: order, to: "forged", desk)
    let refused = try await desk.market(["complain", order, "--proof", desk.path("forged"), "--unchecked"], by: "bob")
    #expect(refused.code == 6 && refused.sentence.contains("does not show what it should"), "\(refused.text)")
    try write(.wrongKey(shared: shared), about: unknownHash, to: "other", desk)
    #expect(try await desk.market(["complain", order, "--proof", desk.path("other")], by: "bob").code == 2)

    #expect(try await desk.state(of: order) == "delivered")
    _ = try await desk.traded(
      ["fetch", order, "--source", desk.path("good.flac.bundle"), "--out", desk.path("good.copy")], by: "bob")
    #expect(try desk.bytes("good.copy") == plain)
    _ = try await desk.traded(["confirm", order], by: "bob")
  }

  private func write(_ complaint: Marketplace.Complaint, about order: String, to name: String, _ desk: MarketDesk) throws {
    let text = #"{"format":"echochain-complaint","version":1,"order":"\#(order)","complaint":"\#(Hex.encode(complaint.encoded()))"}"#
    try desk.write(Array(text.utf8), to: name)
  }

  // MARK: The wrong content

  /// Makes an honest bundle one whose encrypted file has another block, and whose manifest commits to that.
  private func tamper(_ bundle: String, block: Int, _ desk: MarketDesk) throws {
    let honest = try Manifest(bytes: try desk.bytes(bundle + "/manifest.bin"))
    var content = try desk.bytes(bundle + "/content.bin")
    content[block * AuditTree.blockLength + 7] ^= 1
    let reference = Marketplace.ManifestRef(honest)
    let leaves = try SaleCheck.leaves(of: reference) { Array(content[Int($0)..<Int($0) + $1]) }
    let tree = try #require(AuditTree(leaves: leaves))
    var cid = FileCIDBuilder()
    cid.update(content)
    let manifest = honest.bytes.replacing(honest.auditRoot.bytes, with: tree.root.bytes)
      .replacing(honest.cid.digest.bytes, with: cid.finish().cid.digest.bytes)
    try desk.write(content, to: bundle + "/content.bin")
    try desk.write(manifest, to: bundle + "/manifest.bin")
    try desk.write(SaleBundle.bytes(of: leaves), to: bundle + "/audit.leaves")
  }

  @Test("a block that is not what was promised: the chain decrypts it and gives the money back", .timeLimit(.minutes(1)))
  func wrongContent() async throws {
    let desk = try await MarketDesk.shared()
    try desk.makeFile("data.csv", size: 400_000)
    let (bundle, offer) = (desk.path("data.bundle"), desk.path("offer.json"))
    // Encrypted and signed, not listed.
    _ = try await desk.traded(
      ["sell", "--file", desk.path("data.csv"), "--bundle", bundle, "--price", "10 MRKT", "--sign-to", offer], by: "alice")
    try tamper("data.bundle", block: 70, desk)
    let listing = try await desk.sell(["--bundle", bundle, "--price", "10 MRKT"])
    let before = try await Books(desk)
    let order = try await desk.buy(listing)
    _ = try await desk.traded(["deliver", order], by: "alice")
    let fetch = ["fetch", order, "--source", bundle, "--out", desk.path("data.copy")]
    let fetched = try await desk.market(fetch, by: "bob")
    #expect(fetched.code == 5 && fetched.sentence.contains("block 70 is not what the listing promised (C3)"), "\(fetched.text)")
    #expect(!desk.exists("data.copy"))

    // Without the plain file's hashes it can be seen and not shown.
    try FileManager.default.moveItem(at: desk.url("data.bundle/plain.leaves"), to: desk.url("plain.leaves"))
    let unproven = try await desk.market(fetch.dropLast() + [desk.path("data.other")], by: "bob")
    #expect(unproven.code == 5 && unproven.sentence.contains("without plain.leaves"), "\(unproven.text)")
    #expect(!desk.exists("data.other") && !desk.exists("data.other.complaint"))

    let complain = ["complain", order, "--proof", desk.path("data.copy.complaint")]
    let upheld = try await desk.market(complain, by: "bob")
    #expect(upheld.code == 0 && upheld.output.contains("wrong content in block 70"), "\(upheld.text)")
    #expect(upheld.output.contains("the content was not what was promised"), "\(upheld.text)")
    let after = try await Books(desk)
    #expect(grew(before.buyer, after.buyer, by: coin / 2), "\(before) \(after)")
    #expect(after.escrow == before.escrow && after.bonds + coin == before.bonds)
    #expect(try await desk.state(of: order) == "refunded")
  }

  // MARK: Not to be had

  @Test("a block that nobody serves is shown in time, or the buyer has the money back", .timeLimit(.minutes(1)), arguments: [true, false])
  func notRetrievable(answers: Bool) async throws {
    let desk = try await MarketDesk.shared()
    try await desk.setParameters(["challenge_period": answers ? 300 : 3])
    try desk.makeFile("far.bin", size: 300_000)
    let order = try await desk.buy(try await desk.sell(file: "far.bin", price: "10 MRKT"))
    _ = try await desk.traded(["deliver", order], by: "alice")
    let none = try await desk.market(["complain", order, "--not-retrievable", "74"], by: "bob")
    #expect(none.code == 6, "\(none.text)")
    let before = try await Books(desk)
    let complained = try await desk.market(["complain", order, "--not-retrievable", "12"], by: "bob")
    #expect(complained.code == 0 && complained.output.contains("block 12 is to be shown until #"), "\(complained.text)")
    #expect(try await desk.state(of: order) == "challenged")
    if answers {
      let answered = try await desk.market(["answer", order, "--bundle", desk.path("far.bin.bundle")], by: "alice")
      #expect(answered.code == 0 && answered.output.contains("block 12 of the file"), "\(answered.text)")
      let after = try await Books(desk)
      #expect(fell(before.buyer, after.buyer, by: coin / 2), "\(before) \(after)")
      #expect(grew(before.seller, after.seller, by: coin / 4))
      #expect(try await desk.state(of: order) == "delivered")
    } else {
      try await desk.passDeadline(of: order)
      #expect(try await desk.market(["answer", order, "--bundle", desk.path("far.bin.bundle")], by: "alice").code == 6)
      let settled = try await desk.market(["settle", order], by: "dave")
      #expect(settled.code == 0 && settled.output.contains("the file could not be had"), "\(settled.text)")
      let after = try await Books(desk)
      // The price, half the seller's bond, and the bond of the complaint, which is not lost.
      #expect(grew(before.buyer, after.buyer, by: coin * 21 / 2), "\(before) \(after)")
      #expect(after.escrow + 10 * coin == before.escrow)
    }
  }
}

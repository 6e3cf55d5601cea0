import Commerce
import Files
import Keys
import PalletMarketplace
import Primitives
import ScaleCodec
import Testing

@Suite("Complaints of a delivery") struct SaleComplaintTests {
  @Test("the right key opens, and nothing is to complain of")
  func opensTheRightKey() throws {
    let sold = try Sold(size: 100)
    let box = try sold.box()
    let (key, complaint) = SaleComplaint.open(box, with: Sold.buyer, commitment: sold.key.commitment)
    #expect(key?.bytes == sold.key.bytes)
    #expect(complaint == nil)
    let shared = try #require(SaleComplaint.sharedPoint(of: box, with: Sold.buyer))
    #expect(!isUpheld(.wrongKey(shared: shared), of: sold, box))
  }

  @Test("another key in the box is a complaint that the chain upholds")
  func complainsOfAnotherKey() throws {
    let sold = try Sold(size: 100)
    let other = try Sold(size: 100, seed: 2)
    let box = try sold.box(holding: other.key)
    let (key, complaint) = SaleComplaint.open(box, with: Sold.buyer, commitment: sold.key.commitment)
    #expect(key == nil)
    #expect(isUpheld(try #require(complaint), of: sold, box))
  }

  @Test("a box for somebody else is a complaint that the chain upholds")
  func complainsOfAForeignBox() throws {
    let sold = try Sold(size: 100)
    let box = try sold.box(for: DevelopmentKey.charlie.secretKey.publicKey)
    let (key, complaint) = SaleComplaint.open(box, with: Sold.buyer, commitment: sold.key.commitment)
    #expect(key == nil)
    #expect(isUpheld(try #require(complaint), of: sold, box))
  }

  @Test("a point that another key shares with the box proves nothing")
  func refusesAForgedPoint() throws {
    let sold = try Sold(size: 100)
    let box = try sold.box()
    let forged = try #require(SaleComplaint.sharedPoint(of: box, with: DevelopmentKey.charlie.secretKey))
    #expect(!isUpheld(.wrongKey(shared: forged), of: sold, box))
  }

  @Test("a block that is not what was promised is a complaint that the chain upholds", arguments: [0, 63, 64, 73])
  func complainsOfWrongContent(block: Int) throws {
    let sold = try Sold(size: 300_000)
    var leaves = sold.file.plainLeaves
    leaves[block] = AuditTree.leaf([1, 2, 3])
    var reference = sold.reference
    reference.plainRoot = try #require(AuditTree(leaves: leaves)?.root)
    let box = try sold.box()
    let complaint = try #require(try wrongContent(block, of: sold, plainLeaves: leaves, box))
    #expect(isUpheld(complaint, of: sold, reference: reference, box))
    // The same block against the honest promise comes to nothing.
    #expect(!isUpheld(complaint, of: sold, box))
  }

  @Test("of an honest file no block can be complained of")
  func upholdsNothingHonest() throws {
    let sold = try Sold(size: 300_000)
    let box = try sold.box()
    for block in sold.file.plainLeaves.indices {
      let complaint = try #require(try wrongContent(block, of: sold, plainLeaves: sold.file.plainLeaves, box))
      #expect(!isUpheld(complaint, of: sold, box), "block \(block)")
    }
  }

  @Test("a block beyond the file is no complaint, and a missing one is decided later")
  func hasNoComplaintBeyondTheFile() throws {
    let sold = try Sold(size: 5000)
    let box = try sold.box()
    #expect(try wrongContent(2, of: sold, plainLeaves: sold.file.plainLeaves, box) == nil)
    #expect(!isUpheld(.notRetrievable(index: 0), of: sold, box))
    let shared = try #require(SaleComplaint.sharedPoint(of: box, with: Sold.buyer))
    #expect(!SaleComplaint.isUpheld(.wrongKey(shared: shared), file: nil, commitment: .zero, buyer: [], box: []))
  }

  private func wrongContent(_ block: Int, of sold: Sold, plainLeaves: [H256], _ box: KeyBox) throws -> Marketplace.Complaint? {
    let shared = try #require(SaleComplaint.sharedPoint(of: box, with: Sold.buyer))
    let bytes = Array(sold.content.dropFirst(block * 4096).prefix(4096))
    return SaleComplaint.wrongContent(
      index: UInt64(block), block: bytes, auditLeaves: sold.file.auditLeaves, plainLeaves: plainLeaves, shared: shared)
  }

  private func isUpheld(
    _ complaint: Marketplace.Complaint, of sold: Sold, reference: Marketplace.ManifestRef? = nil, _ box: KeyBox
  ) -> Bool {
    SaleComplaint.isUpheld(
      complaint, file: reference ?? sold.reference, commitment: sold.key.commitment, buyer: Sold.buyer.publicKey.compressed,
      box: box.bytes)
  }
}

import Commerce
import Files
import PalletMarketplace
import Primitives
import ScaleCodec
import Testing

@Suite("Files that come for an order") struct SaleCheckTests {
  /// One byte, a block, a segment, and a segment whose tag begins a block of its own.
  static let sizes = [0, 1, 4095, 4096, 4097, 262_127, 262_128, 262_129, 300_000, 2 * 262_128 + 4090]

  @Test("what the listing promised is written out as it was", arguments: sizes, [true, false])
  func acceptsTheFile(size: Int, hasLeaves: Bool) throws {
    let sold = try Sold(size: size)
    let (finding, plain) = try sold.check(
      auditLeaves: hasLeaves ? sold.auditLeaves : nil, plainLeaves: hasLeaves ? sold.plainLeaves : nil)
    #expect(finding == .sound)
    #expect(plain == sold.plain)
    #expect(sold.reference.cipherSize == UInt64(sold.content.count))
    #expect(sold.reference.hash == sold.bundle.manifest.hash)
  }

  @Test("bytes that the seller did not commit to are told from those", arguments: [0, 5000, 262_143, 262_144, 299_999])
  func findsWhatIsNotCommitted(place: Int) throws {
    var sold = try Sold(size: 300_000)
    sold.content[place] ^= 1
    let (finding, plain) = try sold.check(auditLeaves: sold.auditLeaves, plainLeaves: sold.plainLeaves)
    #expect(finding == .notCommitted(block: UInt64(place / 4096)))
    #expect(plain.isEmpty)
    #expect(try sold.check(auditLeaves: nil, plainLeaves: sold.plainLeaves).finding == .notCommitted(block: nil))
  }

  @Test("a block that the seller committed to and that is not the promised one is named", arguments: [0, 63, 64, 73])
  func findsWrongContent(block: Int) throws {
    let promised = try Sold(size: 300_000)
    let leaves = promised.file.plainLeaves
    var others = leaves
    others[block] = AuditTree.leaf([1, 2, 3])
    var reference = promised.reference
    reference.plainRoot = try #require(AuditTree(leaves: others)?.root)
    let (finding, _) = try promised.check(
      reference: reference, auditLeaves: promised.auditLeaves, plainLeaves: SaleBundle.bytes(of: others))
    #expect(finding == .wrongContent(block: UInt64(block)))
  }

  @Test("a tag that is wrong alone changes nothing of a content that is right")
  func acceptsABadTag() throws {
    var sold = try Sold(size: 300_000)
    sold.content[262_143] ^= 1
    var reference = sold.reference
    reference.auditRoot = try #require(AuditTree(leaves: try SaleCheck.leaves(of: sold.reference, read: sold.read))?.root)
    #expect(try sold.check(reference: reference, auditLeaves: nil, plainLeaves: sold.plainLeaves).finding == .sound)
    // Without the leaves of the plain file nobody can tell.
    #expect(try sold.check(reference: reference, auditLeaves: nil, plainLeaves: nil).finding == .unproven(segment: 0))
  }

  @Test("leaves that are not of the order's roots are not believed")
  func refusesForeignLeaves() throws {
    let sold = try Sold(size: 10_000)
    let other = try Sold(size: 10_001)
    let check = SaleCheck(reference: sold.reference, key: sold.key, auditLeaves: other.auditLeaves, plainLeaves: other.plainLeaves + [0])
    #expect(check.auditLeaves == nil)
    #expect(check.plainLeaves == nil)
    #expect(SaleBundle.leaves(Array(sold.plainLeaves.dropLast(32)), count: 2, root: sold.reference.plainRoot) == nil)
  }

  @Test("a file that was cut is refused")
  func refusesACutFile() throws {
    var sold = try Sold(size: 300_000)
    sold.content.removeLast(5)
    #expect(throws: SegmentCipherError.self) { _ = try sold.check(auditLeaves: nil, plainLeaves: nil) }
  }
}

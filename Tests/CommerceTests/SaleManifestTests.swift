import Commerce
import Files
import Keys
import PalletMarketplace
import Primitives
import ScaleCodec
import Testing

@Suite("Manifests of what was bought") struct SaleManifestTests {
  @Test("an honest manifest has the order's figures and the file's content id", arguments: [0, 262_128, 262_129, 700_000])
  func accepts(size: Int) throws {
    let sold = try Sold(size: size)
    try sold.bundle.manifest.check(sold.reference, keyCommit: sold.key.commitment)
    let cid = try SaleCheck.contentID(of: sold.reference, read: sold.read)
    #expect(cid == sold.file.cid)
    try sold.bundle.manifest.check(content: cid)
  }

  @Test("every figure of the order counts, not the hash alone")
  func refusesOtherFigures() throws {
    let sold = try Sold(size: 5000)
    let manifest = sold.bundle.manifest
    let changes: [(String, (inout Marketplace.ManifestRef) -> Void)] = [
      ("size", { $0.cipherSize += 1 }), ("plain size", { $0.plainSize += 1 }), ("salt", { $0.salt = .zero }),
      ("root of the encrypted file", { $0.auditRoot = .zero }), ("root of the plain file", { $0.plainRoot = .zero }),
    ]
    for (name, change) in changes {
      var order = sold.reference
      change(&order)
      #expect(throws: ManifestFault.figure(name)) { try manifest.check(order, keyCommit: sold.key.commitment) }
    }
    #expect(throws: ManifestFault.figure("commitment to the key")) { try manifest.check(sold.reference, keyCommit: .zero) }
    var order = sold.reference
    order.hash = .zero
    #expect(throws: ManifestFault.hash(sold.reference.hash, expected: .zero)) { try manifest.check(order, keyCommit: .zero) }
  }

  @Test("a manifest that names another content is found out")
  func refusesAnotherContent() throws {
    let sold = try Sold(size: 300_000)
    let other = try Sold(size: 300_001)
    let cid = try SaleCheck.contentID(of: sold.reference, read: sold.read)
    #expect(throws: ManifestFault.content(cid)) { try other.bundle.manifest.check(content: cid) }
    #expect("\(ManifestFault.content(cid))".contains("\(cid)"))
  }

  @Test("a file that was cut has no content id")
  func refusesACutFile() throws {
    var sold = try Sold(size: 300_000)
    sold.content.removeLast()
    #expect(throws: SegmentCipherError.self) { try SaleCheck.contentID(of: sold.reference, read: sold.read) }
  }
}

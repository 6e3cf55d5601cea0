import Commerce
import Files
import Keys
import PalletMarketplace
import Primitives
import ScaleCodec
import TestKit
import Testing

/// A file that alice sells to bob, and ways to spoil it.
struct Sold {
  let plain: [UInt8]
  let key: ContentKey
  let bundle: SaleBundle
  let file: SegmentedFile
  /// The encrypted file as it comes to the buyer.
  var content: [UInt8]
  var reference: Marketplace.ManifestRef { bundle.reference }

  static let buyer = DevelopmentKey.bob.secretKey

  /// - Parameter size: Bytes of the plain file, which are counted through.
  init(size: Int, seed: UInt64 = 1) throws {
    var random = SeededRandom(seed: seed)
    plain = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }
    key = ContentKey(using: &random)
    let salt = FixedBytes<16>((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }) ?? .zero
    var content: [UInt8] = []
    var rest = plain[...]
    bundle = try SaleBundle.seal(key: key, salt: salt, mime: "text/plain", name: "counted.txt") {
      let part = Array(rest.prefix(100_000))
      rest = rest.dropFirst(part.count)
      return part
    } write: {
      content += $0
    }
    self.content = content
    file = try #require(bundle.file)
  }

  var auditLeaves: [UInt8] { SaleBundle.bytes(of: file.auditLeaves) }
  var plainLeaves: [UInt8] { SaleBundle.bytes(of: file.plainLeaves) }

  /// Checks what came as a buyer does.
  func check(
    reference: Marketplace.ManifestRef? = nil, auditLeaves: [UInt8]?, plainLeaves: [UInt8]?
  ) throws -> (finding: SaleFinding, plain: [UInt8]) {
    var written: [UInt8] = []
    let check = SaleCheck(reference: reference ?? self.reference, key: key, auditLeaves: auditLeaves, plainLeaves: plainLeaves)
    let finding = try check.run(read: read) { written += $0 }
    return (finding, written)
  }

  func read(_ offset: UInt64, _ count: Int) -> [UInt8] {
    Array(content.dropFirst(Int(clamping: offset)).prefix(count))
  }

  /// The key, sealed to a buyer.
  func box(for buyer: PublicKey = Sold.buyer.publicKey, holding key: ContentKey? = nil) throws -> KeyBox {
    var random = SeededRandom(seed: 9)
    return try KeyBox.seal(key ?? self.key, for: buyer, using: &random)
  }
}

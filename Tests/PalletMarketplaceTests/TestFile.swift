import Files
import Keys
import PalletMarketplace
import Primitives
import ScaleCodec
import TestKit
import XCM

/// A file of three blocks, encrypted; the one that is sold, and one that holds something else in its second block.
struct TestFile: Sendable {
  let key: ContentKey
  let cipher: [UInt8]
  let plain: [UInt8]
  let sealed: SegmentedFile
  let salt: FixedBytes<16>
  private let audit: AuditTree
  private let content: AuditTree

  /// What the seller promises and encrypts.
  static let honest = must { try TestFile(plain: text) }
  /// What is encrypted instead by one who cheats.
  static let other = must { try TestFile(plain: Array(text[..<5_000]) + [text[5_000] ^ 1] + Array(text[5_001...])) }

  /// A file whose second block holds nothing but a tag.
  static let edge = must { try TestFile(plain: Array(text[..<AuditTree.blockLength])) }

  private static let text: [UInt8] = {
    var random = SeededRandom(seed: 1)
    return random.bytes(10_000)
  }()

  private init(plain: [UInt8]) throws {
    var random = SeededRandom(seed: 2)
    key = ContentKey(using: &random)
    salt = FixedBytes(random.bytes(16)) ?? .zero
    var sealer = SegmentSealer(key: key, salt: salt, keepsLeaves: true)
    var cipher: [UInt8] = []
    try sealer.update(plain) { cipher += $0 }
    sealed = try sealer.finish { cipher += $0 }
    guard let audit = AuditTree(leaves: sealed.auditLeaves), let content = AuditTree(leaves: sealed.plainLeaves) else {
      throw SegmentCipherError.size(0)
    }
    (self.plain, self.cipher, self.audit, self.content) = (plain, cipher, audit, content)
  }

  /// What a listing says of the encrypted file, with the plain file's root from `promised`.
  func manifest(promising promised: TestFile) -> Marketplace.ManifestRef {
    let manifest = must { try Manifest(of: sealed, key: key, salt: salt, mime: "text/plain") }
    return Marketplace.ManifestRef(
      hash: manifest.hash, cipherSize: sealed.cipherSize, plainSize: sealed.plainSize, salt: salt, auditRoot: sealed.auditRoot,
      plainRoot: promised.sealed.plainRoot)
  }

  /// A listing of the file, which promises an honest one.
  func listing(quantity: UInt32 = 5, licence: Marketplace.LicenceTerms? = nil, asset: Location = here) -> Marketplace.NewListing {
    goods(
      .file, asset: asset, quantity: quantity, manifest: manifest(promising: promised), keyCommit: key.commitment, licence: licence,
      deliverIn: 100, complainIn: 100)
  }

  /// What whoever sells this has promised.
  private var promised: TestFile { sealed.plainSize == TestFile.honest.sealed.plainSize ? .honest : self }

  func block(_ index: Int) -> [UInt8] {
    Array(cipher[(index * AuditTree.blockLength)..<min(cipher.count, (index + 1) * AuditTree.blockLength)])
  }
  func path(_ index: Int) -> [H256] { audit.path(to: index) ?? [] }

  /// Says that block `index` is not what was promised.
  func complaint(_ index: Int, shared: Marketplace.SharedPoint) -> Marketplace.Complaint {
    .wrongContent(
      shared: shared, index: UInt64(index), block: block(index), path: path(index),
      plainLeaf: promised.content.leaf(at: index) ?? .zero, plainPath: promised.content.path(to: index) ?? [])
  }
}

/// The buyer's key, and boxes for it.
enum TestKeys {
  static let buyer = DevelopmentKey.bob.secretKey
  static let buyerKey = FixedBytes<33>(buyer.publicKey.compressed) ?? .zero
  /// 33 bytes that are no point.
  static let offCurve = FixedBytes<33>([5] + [UInt8](repeating: 5, count: 32)) ?? .zero

  /// A box with the key that was committed: all files of tests have the same.
  static let box = seal(TestFile.honest.key, for: buyer.publicKey, 4)
  /// A box with another key.
  static let wrongBox: KeyBox = {
    var random = SeededRandom(seed: 3)
    return seal(ContentKey(using: &random), for: buyer.publicKey, 5)
  }()
  /// A box with the right key, for somebody else.
  static let strangeBox = seal(TestFile.honest.key, for: DevelopmentKey.eve.secretKey.publicKey, 6)

  private static func seal(_ key: ContentKey, for buyer: PublicKey, _ seed: UInt64) -> KeyBox {
    var random = SeededRandom(seed: seed)
    return must { try KeyBox.seal(key, for: buyer, using: &random) }
  }

  /// What the buyer's key and a box share, with the proof.
  static func shared(_ box: KeyBox, by secret: SecretKey = buyer) -> Marketplace.SharedPoint {
    let proof = SharedPointProof.make(for: box, with: secret)
    return Marketplace.SharedPoint(
      point: FixedBytes(proof.sharedPoint) ?? .zero, challenge: proof.challenge, response: proof.response)
  }
}

/// Does what cannot fail in a test.
func must<T>(_ body: () throws -> T) -> T {
  do { return try body() } catch { preconditionFailure("test: \(error)") }
}

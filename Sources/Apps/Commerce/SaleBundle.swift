public import Files
public import PalletMarketplace
public import Primitives
public import ScaleCodec

/// A file made ready for sale: what its listing says of it, and what lies beside the encrypted bytes.
///
/// A bundle is a folder, or the same names under a URL: the encrypted file, its manifest, and the leaves of both trees,
/// 32 bytes for each block. The leaves of the plain file are what a buyer needs to show the chain that a block holds
/// something else than was promised; without them nobody can complain of the content, so buyers ask for them.
public struct SaleBundle: Sendable {
  /// The names of a bundle's files.
  public static let contentName = "content.bin"
  public static let manifestName = "manifest.bin"
  public static let auditLeavesName = "audit.leaves"
  public static let plainLeavesName = "plain.leaves"
  /// How much is read and written at a time, in bytes.
  public static let portion = 1 << 20

  public let manifest: Manifest
  /// With the leaves of both trees; `nil` for a bundle that was made before.
  public let file: SegmentedFile?

  /// A bundle that was made before.
  public init(manifest: Manifest) {
    self.manifest = manifest
    file = nil
  }

  private init(manifest: Manifest, file: SegmentedFile) {
    self.manifest = manifest
    self.file = file
  }

  /// Encrypts a file while it passes by.
  /// - Parameters:
  ///   - key: From a secure random source, for this file only.
  ///   - salt: 16 bytes, likewise.
  ///   - mime: The media type of the plain file.
  ///   - name: To save the plain file by.
  ///   - read: The next bytes of the plain file; empty at its end.
  ///   - write: Takes the encrypted file in order.
  /// - Throws: What the closures throw, `SegmentCipherError` or `ManifestError`.
  public static func seal(
    key: ContentKey, salt: FixedBytes<16>, mime: String, name: String?, read: () throws -> [UInt8], write: ([UInt8]) throws -> Void
  ) throws -> SaleBundle {
    var sealer = SegmentSealer(key: key, salt: salt, keepsLeaves: true)
    var sealed: [UInt8] = []
    while true {
      let plain = try read()
      if plain.isEmpty { break }
      try sealer.update(plain) { sealed += $0 }
      if !sealed.isEmpty { try write(sealed) }
      sealed.removeAll(keepingCapacity: true)
    }
    let file = try sealer.finish { sealed += $0 }
    try write(sealed)
    return SaleBundle(manifest: try Manifest(of: file, key: key, salt: salt, mime: mime, name: name), file: file)
  }

  /// What the listing says of the file.
  public var reference: Marketplace.ManifestRef { Marketplace.ManifestRef(manifest) }

  /// Leaves as they lie in a bundle: one after the other.
  public static func bytes(of leaves: [H256]) -> [UInt8] { leaves.flatMap(\.bytes) }

  /// Reads leaves that belong to a root.
  /// - Parameter count: How many the file has.
  /// - Returns: `nil` unless these are as many leaves, of this root.
  public static func leaves(_ bytes: [UInt8], count: UInt64, root: H256) -> [H256]? {
    guard bytes.count.isMultiple(of: 32), UInt64(bytes.count / 32) == count else { return nil }
    let leaves = stride(from: 0, to: bytes.count, by: 32).compactMap { H256(Array(bytes[$0..<$0 + 32])) }
    guard AuditTree(leaves: leaves)?.root == root else { return nil }
    return leaves
  }
}

extension Marketplace.ManifestRef {
  /// What the chain needs of a manifest.
  public init(_ manifest: Manifest) {
    self.init(
      hash: manifest.hash, cipherSize: manifest.size, plainSize: manifest.plainSize, salt: manifest.salt,
      auditRoot: manifest.auditRoot, plainRoot: manifest.plainRoot)
  }

  /// Leaves under ``auditRoot``.
  public var auditLeafCount: UInt64 { SegmentCipher.blockCount(size: cipherSize) }
  /// Leaves under ``plainRoot``.
  public var plainLeafCount: UInt64 { SegmentCipher.plainBlockCount(plainSize: plainSize) }
}

public import Files
public import PalletMarketplace
public import Primitives
internal import ScaleCodec

/// Why a manifest is not believed, although the order names its hash: the seller wrote into it what is not so.
public enum ManifestFault: Error, Hashable, Sendable {
  /// It is another manifest than the order names.
  case hash(H256, expected: H256)
  /// It says something else of this than the order does.
  case figure(String)
  /// Its content id is not that of the encrypted file, which has this one.
  case content(CID)
}

extension ManifestFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .hash(let hash, let expected): "manifest: it hashes to \(hash), the order says \(expected)"
    case .figure(let name): "manifest: its \(name) is not the order's"
    case .content(let cid): "manifest: it names another content; the file has \(cid)"
    }
  }
}

extension Manifest {
  /// Compares a manifest with an order in everything that the order says of the file.
  public func check(_ order: Marketplace.ManifestRef, keyCommit: H256) throws(ManifestFault) {
    let own = Marketplace.ManifestRef(self)
    guard own.hash == order.hash else { throw .hash(own.hash, expected: order.hash) }
    guard cipher == .segments else { throw .figure("cipher") }
    guard self.keyCommit == keyCommit else { throw .figure("commitment to the key") }
    guard own.cipherSize == order.cipherSize else { throw .figure("size") }
    guard own.plainSize == order.plainSize else { throw .figure("plain size") }
    guard own.salt == order.salt else { throw .figure("salt") }
    guard own.auditRoot == order.auditRoot else { throw .figure("root of the encrypted file") }
    guard own.plainRoot == order.plainRoot else { throw .figure("root of the plain file") }
  }

  /// Compares a manifest with the encrypted file's content id.
  public func check(content: CID) throws(ManifestFault) {
    guard cid == content else { throw .content(content) }
  }
}

extension SaleCheck {
  /// The content id of an encrypted file as it is.
  /// - Throws: What `read` throws, or `SegmentCipherError` when it returns too little.
  public static func contentID(
    of reference: Marketplace.ManifestRef, read: (_ offset: UInt64, _ count: Int) throws -> [UInt8]
  ) throws -> CID {
    var builder = FileCIDBuilder()
    try eachSegment(of: reference, read) { _, sealed in
      builder.update(sealed)
      return true
    }
    return builder.finish().cid
  }
}

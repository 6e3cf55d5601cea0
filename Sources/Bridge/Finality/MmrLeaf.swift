internal import Hashing
internal import MerkleMountainRange
public import Primitives
public import ScaleCodec

/// The leaf that block *n* appends to the Merkle mountain range, as number *n* - 1. 113 bytes.
///
/// ```
/// version u8  parentNumber u32  parentHash[32]  nextSet{id u64, length u32, root[32]}  leafExtra[32]
/// ```
/// - SeeAlso: `sp_consensus_beefy::mmr::MmrLeaf`, whose bytes Snowbridge hashes; Docs/formats/finality.md, section 5.
public struct MmrLeaf: Hashable, Sendable {
  /// Three bits major, five bits minor. Always 0: another major version would have other fields.
  public var version: UInt8
  /// Height of the block before.
  public var parentNumber: BlockNumber
  /// Hash of the block before.
  public var parentHash: H256
  /// The set after the one that signs the leaf's block.
  public var nextSet: ValidatorSetSummary
  /// keccak-256 of the block's outbound root and receipt root; on Polkadot the root of the parachains' heads.
  public var leafExtra: H256

  public init(
    version: UInt8 = 0, parentNumber: BlockNumber, parentHash: H256, nextSet: ValidatorSetSummary, leafExtra: H256
  ) {
    self.version = version
    self.parentNumber = parentNumber
    self.parentHash = parentHash
    self.nextSet = nextSet
    self.leafExtra = leafExtra
  }

  /// Bytes of every leaf.
  public static let encodedSize = 113

  /// The leaf's node: keccak-256 of the encoding.
  public var hash: H256 { Hash.keccak256(encoded()) }

  /// Joins the roots of a block's messages and receipts; the same for a block that has neither.
  /// - Parameters:
  ///   - outboundRoot: ``KeccakTree`` root over keccak-256 of each message that the block sends, zero for none.
  ///   - receiptRoot: ``KeccakTree`` root over keccak-256 of each receipt that the block writes, zero for none.
  public static func extra(outboundRoot: H256, receiptRoot: H256) -> H256 {
    KeccakTree.parent(outboundRoot, receiptRoot)
  }
}

extension MmrLeaf: ScaleCodable {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["sp_consensus_beefy", "mmr", "MmrLeaf"],
      .composite([
        .init(name: "version", type: TypeReference(UInt8.self), typeName: "MmrLeafVersion"),
        .init(
          name: "parent_number_and_hash", type: TypeReference(Pair<BlockNumber, H256>.self), typeName: "(u32, H256)"),
        .init(
          name: "beefy_next_authority_set", type: TypeReference(ValidatorSetSummary.self),
          typeName: "BeefyNextAuthoritySet"),
        .init(name: "leaf_extra", type: TypeReference(H256.self), typeName: "ExtraData"),
      ]))
  }

  public var encodedSize: Int { MmrLeaf.encodedSize }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeByte(version)
    writer.writeInteger(parentNumber)
    writer.writeFixed32(parentHash)
    nextSet.encode(into: &writer)
    writer.writeFixed32(leafExtra)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    version = try reader.readByte()
    guard version >> 5 == 0 else {
      throw .invalidValue(type: "MmrLeaf", reason: "unknown major version", offset: at)
    }
    parentNumber = try reader.readInteger()
    parentHash = try reader.readFixed32()
    nextSet = try ValidatorSetSummary(from: &reader)
    leafExtra = try reader.readFixed32()
  }
}

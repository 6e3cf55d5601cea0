internal import Hashing
public import Primitives
public import ScaleCodec

/// What Echochain's validators sign about a decided block: a BEEFY commitment with four known entries, 129 bytes.
///
/// ```
/// 10  'bh' 80 headerHash[32]  'ch' 80 genesisHash[32]  'mh' 80 mmrRoot[32]  'ts' 20 timestamp u64
/// blockNumber u32  validatorSetID u64
/// ```
/// A validator signs one commitment for each height, once, after deciding and importing the block: any honest
/// signature means that the block is final.
/// - SeeAlso: Docs/formats/finality.md, section 2.
public struct Commitment: Hashable, Sendable {
  /// Hash of the block's header, so that no MMR proof is needed for the newest block.
  public var headerHash: H256
  /// Hash of the chain's genesis header: a signature for one chain means nothing on another.
  public var genesisHash: H256
  /// MMR root with the block's own leaf; what BEEFY clients of other makes read.
  public var mmrRoot: H256
  /// The block's time in milliseconds since 1970, strictly rising with the height.
  public var timestamp: Milliseconds
  /// The block's height.
  public var blockNumber: BlockNumber
  /// The set whose validators sign.
  public var validatorSetID: UInt64
  /// Entries that a later version may add. Signed with the rest and otherwise ignored.
  public let extensions: [PayloadEntry]

  public init(
    headerHash: H256, genesisHash: H256, mmrRoot: H256, timestamp: Milliseconds, blockNumber: BlockNumber,
    validatorSetID: UInt64
  ) {
    self.headerHash = headerHash
    self.genesisHash = genesisHash
    self.mmrRoot = mmrRoot
    self.timestamp = timestamp
    self.blockNumber = blockNumber
    self.validatorSetID = validatorSetID
    self.extensions = []
  }

  /// Reads the four entries out of a general commitment.
  /// - Throws: ``CommitmentError`` when one is missing or has another length.
  public init(_ general: BeefyCommitment) throws(CommitmentError) {
    headerHash = try Commitment.hash(.headerHash, in: general.payload)
    genesisHash = try Commitment.hash(.genesisHash, in: general.payload)
    mmrRoot = try Commitment.hash(.mmrRoot, in: general.payload)
    guard let time = general.payload[.timestamp] else { throw .missingEntry(.timestamp) }
    guard let timestamp = try? UInt64(decoding: time) else { throw .wrongLength(.timestamp, count: time.count) }
    self.timestamp = timestamp
    blockNumber = general.blockNumber
    validatorSetID = general.validatorSetID
    let known: Set<PayloadID> = [.headerHash, .genesisHash, .mmrRoot, .timestamp]
    extensions = general.payload.entries.filter { !known.contains($0.id) }
  }

  private static func hash(_ id: PayloadID, in payload: BeefyPayload) throws(CommitmentError) -> H256 {
    guard let data = payload[id] else { throw .missingEntry(id) }
    guard let hash = H256(data) else { throw .wrongLength(id, count: data.count) }
    return hash
  }

  /// The same commitment as other BEEFY chains know it.
  public var general: BeefyCommitment {
    let entries = [
      PayloadEntry(id: .headerHash, data: headerHash.bytes), PayloadEntry(id: .genesisHash, data: genesisHash.bytes),
      PayloadEntry(id: .mmrRoot, data: mmrRoot.bytes), PayloadEntry(id: .timestamp, data: timestamp.encoded()),
    ]
    guard let payload = BeefyPayload(entries + extensions) else {
      preconditionFailure("finality: a commitment's extensions were checked when it was decoded")
    }
    return BeefyCommitment(payload: payload, blockNumber: blockNumber, validatorSetID: validatorSetID)
  }

  /// What is signed: keccak-256 of the encoding.
  public var digest: H256 { Hash.keccak256(encoded()) }

  /// Bytes of a commitment without extensions.
  public static let standardSize = 129
}

extension Commitment: ScaleCodable {
  public static var typeShape: TypeShape { BeefyCommitment.typeShape }

  public var encodedSize: Int {
    // The count of entries takes one byte for every count that is allowed.
    Commitment.standardSize + extensions.reduce(0) { $0 + $1.encodedSize }
  }

  public func encode(into writer: inout ScaleWriter) {
    guard extensions.isEmpty else { return general.encode(into: &writer) }
    writer.writeCompact(4)
    for (id, hash) in [(PayloadID.headerHash, headerHash), (.genesisHash, genesisHash), (.mmrRoot, mmrRoot)] {
      id.encode(into: &writer)
      writer.writeCompact(32)
      writer.writeFixed32(hash)
    }
    PayloadID.timestamp.encode(into: &writer)
    writer.writeCompact(8)
    writer.writeInteger(timestamp)
    writer.writeInteger(blockNumber)
    writer.writeInteger(validatorSetID)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let general = try BeefyCommitment(from: &reader)
    do throws(CommitmentError) { self = try Commitment(general) } catch {
      throw .invalidValue(type: "Commitment", reason: error.reason, offset: at)
    }
  }
}

/// Why a BEEFY commitment is not one of Echochain's.
public enum CommitmentError: Error, Equatable, Sendable {
  /// The payload lacks an entry.
  case missingEntry(PayloadID)
  /// An entry has another length than its meaning needs.
  case wrongLength(PayloadID, count: Int)

  fileprivate var reason: StaticString {
    switch self {
    case .missingEntry(.headerHash): "payload has no bh"
    case .missingEntry(.genesisHash): "payload has no ch"
    case .missingEntry(.mmrRoot): "payload has no mh"
    case .missingEntry: "payload has no ts"
    case .wrongLength: "an entry of the payload has the wrong length"
    }
  }
}

extension CommitmentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingEntry(let id): "finality: payload has no \(id)"
    case .wrongLength(let id, let count): "finality: payload entry \(id) has \(count) bytes"
    }
  }
}

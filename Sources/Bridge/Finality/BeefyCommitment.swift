internal import Hashing
public import Primitives
public import ScaleCodec

/// Two letters that name a part of a commitment's payload. They sort as bytes.
public struct PayloadID: Hashable, Comparable, Sendable {
  /// The letters as a big-endian number, so that numbers sort as the letters do.
  private let letters: UInt16

  /// Takes two bytes.
  public init(_ first: UInt8, _ second: UInt8) { letters = UInt16(first) << 8 | UInt16(second) }

  /// Hash of the newest header; Echochain's.
  public static let headerHash = PayloadID(0x62, 0x68)  // bh
  /// Hash of the genesis header; Echochain's.
  public static let genesisHash = PayloadID(0x63, 0x68)  // ch
  /// Root of the Merkle mountain range; every BEEFY chain's.
  public static let mmrRoot = PayloadID(0x6d, 0x68)  // mh
  /// Time of the newest block; Echochain's.
  public static let timestamp = PayloadID(0x74, 0x73)  // ts

  public static func < (a: PayloadID, b: PayloadID) -> Bool { a.letters < b.letters }
}

extension PayloadID: ScaleCodable, CustomStringConvertible {
  public static var typeShape: TypeShape { TypeShape(.array(length: 2, TypeReference(UInt8.self))) }
  public var encodedSize: Int { 2 }
  public func encode(into writer: inout ScaleWriter) { writer.writeInteger(letters.byteSwapped) }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    letters = try reader.readInteger(UInt16.self).byteSwapped
  }
  public var description: String {
    String(decoding: [UInt8(truncatingIfNeeded: letters >> 8), UInt8(truncatingIfNeeded: letters)], as: UTF8.self)
  }
}

/// A named part of a commitment's payload.
@ScaleCodable(path: "sp_consensus_beefy::payload::PayloadEntry")
public struct PayloadEntry: Hashable, Sendable {
  public var id: PayloadID
  public var data: [UInt8]

  public init(id: PayloadID, data: [UInt8]) {
    self.id = id
    self.data = data
  }
}

/// The payload of a commitment: entries in ascending order of their ids, no id twice.
/// - SeeAlso: `sp_consensus_beefy::Payload`.
public struct BeefyPayload: Hashable, Sendable {
  /// The entries, sorted.
  public let entries: [PayloadEntry]

  /// The most entries that are decoded.
  public static let maximumEntries = 16
  /// The longest data of an entry that is decoded, in bytes.
  public static let maximumDataSize = 1024

  /// Sorts the entries.
  /// - Returns: `nil` when an id occurs twice or a limit is passed.
  public init?(_ entries: [PayloadEntry]) {
    let sorted = entries.sorted { $0.id < $1.id }
    guard BeefyPayload.fault(sorted) == nil else { return nil }
    self.entries = sorted
  }

  /// The data of an entry, `nil` when there is none.
  public subscript(id: PayloadID) -> [UInt8]? { entries.first { $0.id == id }?.data }

  /// The MMR root that the payload states.
  /// - Returns: `nil` when there is none or it is not 32 bytes.
  public var mmrRoot: H256? { self[.mmrRoot].flatMap { H256($0) } }

  private static func fault(_ entries: [PayloadEntry]) -> StaticString? {
    if entries.count > maximumEntries { return "too many entries" }
    if entries.contains(where: { $0.data.count > maximumDataSize }) { return "an entry is too long" }
    if zip(entries, entries.dropFirst()).contains(where: { $0.id >= $1.id }) { return "ids are not strictly ascending" }
    return nil
  }
}

extension BeefyPayload: ScaleCodable {
  public static var typeShape: TypeShape {
    let entries = TypeReference([PayloadEntry].self)
    return TypeShape(
      path: ["sp_consensus_beefy", "payload", "Payload"],
      .composite([.init(name: nil, type: entries, typeName: "Vec<(BeefyPayloadId, Vec<u8>)>")]))
  }
  public var encodedSize: Int { entries.encodedSize }
  public func encode(into writer: inout ScaleWriter) { entries.encode(into: &writer) }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    entries = try [PayloadEntry](from: &reader)
    if let reason = BeefyPayload.fault(entries) { throw .invalidValue(type: "Payload", reason: reason, offset: at) }
  }
}

/// What the validators of any BEEFY chain sign: a payload, the height and the set.
///
/// Echochain's own is ``Commitment``; this one reads Polkadot's and its kin's.
/// - SeeAlso: `sp_consensus_beefy::Commitment<u32>`; Docs/formats/finality.md, section 2.
@ScaleCodable(path: "sp_consensus_beefy::commitment::Commitment")
public struct BeefyCommitment: Hashable, Sendable {
  public var payload: BeefyPayload
  public var blockNumber: BlockNumber
  public var validatorSetID: UInt64

  public init(payload: BeefyPayload, blockNumber: BlockNumber, validatorSetID: UInt64) {
    self.payload = payload
    self.blockNumber = blockNumber
    self.validatorSetID = validatorSetID
  }

  /// What is signed: keccak-256 of the encoding.
  public var digest: H256 { Hash.keccak256(encoded()) }
}

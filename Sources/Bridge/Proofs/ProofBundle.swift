public import Finality
public import LightClient
public import Primitives
public import ScaleCodec
public import StateTrie

/// Which chain a bundle says that it is about.
///
/// Only the genesis hash is proven. Names and note are for people, and anyone can write them.
public struct ChainClaim: Hashable, Sendable {
  /// The chain's name, at most ``maximumNameBytes``; no control characters.
  public private(set) var chain: String
  /// The network that the chain belongs to, under the same rules.
  public private(set) var network: String
  /// Hash of the chain's genesis header.
  public var genesisHash: H256
  /// Anything that the exporter wants to say, at most ``maximumNoteBytes``.
  public private(set) var note: String?

  /// Bytes of a name in UTF-8.
  public static let maximumNameBytes = 64
  /// Bytes of a note in UTF-8.
  public static let maximumNoteBytes = 512

  /// - Returns: `nil` when a text is too long or has control characters, which could deceive on a terminal.
  public init?(chain: String, network: String, genesisHash: H256, note: String? = nil) {
    guard ChainClaim.isPlain(chain, limit: Self.maximumNameBytes),
      ChainClaim.isPlain(network, limit: Self.maximumNameBytes),
      note.map({ ChainClaim.isPlain($0, limit: Self.maximumNoteBytes) }) ?? true
    else { return nil }
    self.chain = chain
    self.network = network
    self.genesisHash = genesisHash
    self.note = note
  }

  private static func isPlain(_ text: String, limit: Int) -> Bool {
    text.utf8.count <= limit
      && text.unicodeScalars.allSatisfy {
        switch $0.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
      }
  }
}

extension ChainClaim: ScaleCodable {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["echo_proofs", "ChainClaim"],
      .composite([
        .init(name: "chain", type: TypeReference(String.self), typeName: "Text"),
        .init(name: "network", type: TypeReference(String.self), typeName: "Text"),
        .init(name: "genesis_hash", type: TypeReference(H256.self), typeName: "H256"),
        .init(name: "note", type: TypeReference(String?.self), typeName: "Option<Text>"),
      ]))
  }
  public var encodedSize: Int { chain.encodedSize + network.encodedSize + 32 + note.encodedSize }
  public func encode(into writer: inout ScaleWriter) {
    chain.encode(into: &writer)
    network.encode(into: &writer)
    genesisHash.encode(into: &writer)
    note.encode(into: &writer)
  }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let chain = try String(from: &reader)
    let network = try String(from: &reader)
    let genesisHash = try H256(from: &reader)
    let note = try String?(from: &reader)
    guard let claim = ChainClaim(chain: chain, network: network, genesisHash: genesisHash, note: note) else {
      throw .invalidValue(type: "ChainClaim", reason: "a text is too long or has control characters", offset: at)
    }
    self = claim
  }
}

/// One step from a set to its successor: a certificate of the old set, and a leaf in it that shows the new one.
@ScaleCodable(path: "echo_proofs::SetHandover")
public struct SetHandover: Hashable, Sendable {
  /// Any block of the old set's session; a chain keeps its first.
  public var certificate: Certificate
  /// A leaf of the old set's session, and its proof under the certificate's MMR root.
  public var handover: Handover

  public init(certificate: Certificate, handover: Handover) {
    self.certificate = certificate
    self.handover = handover
  }
}

/// A claim about a chain's state with all that is needed to check it without a network.
///
/// Leads from a validator set that the verifier trusts over handovers to a certificate, from there over a leaf or
/// directly to a header, and from its state root to storage rows. Holds exactly what is needed: a bundle with one
/// handover, leaf, node or byte too many is refused.
/// - SeeAlso: Docs/formats/proof-bundle.md.
public struct ProofBundle: Hashable, Sendable {
  public var claim: ChainClaim
  /// The set that the exporter starts from. A verifier compares it with one that it knows.
  public var anchor: ValidatorSetSummary
  /// From the anchor's set to the one that signed ``certificate``, one each; at most ``maximumHandovers``.
  public var handovers: [SetHandover]
  public var certificate: Certificate
  /// The leaf of the block after the header's, under the certificate; `nil` when the certificate is the header's own.
  public var ancestor: Handover?
  /// Encoding of the header whose state is proven; at most ``Header/maximumEncodedSize``.
  public var header: [UInt8]
  /// Nodes and values of the state, each once and each needed; layout v1.
  public var storage: StorageProof
  /// What is claimed of the state, keys strictly ascending; at most ``maximumClaims``.
  public var claims: [StorageClaim]
  /// What is claimed of a message lane; its keys are not repeated in ``claims``.
  public var messages: MessageClaim?

  public init(
    claim: ChainClaim, anchor: ValidatorSetSummary, handovers: [SetHandover] = [], certificate: Certificate,
    ancestor: Handover? = nil, header: [UInt8], storage: StorageProof, claims: [StorageClaim],
    messages: MessageClaim? = nil
  ) {
    self.claim = claim
    self.anchor = anchor
    self.handovers = handovers
    self.certificate = certificate
    self.ancestor = ancestor
    self.header = header
    self.storage = storage
    self.claims = claims
    self.messages = messages
  }

  /// First bytes of every bundle: `ECHP`.
  public static let magic: [UInt8] = Array("ECHP".utf8)
  /// The version that this room writes, and the only one that it reads.
  public static let version: UInt8 = 1
  /// The longest bundle that is decoded, in bytes.
  public static let maximumSize = 24 << 20
  /// The most handovers, one for each session between anchor and certificate.
  public static let maximumHandovers = 1024
  /// The most storage claims.
  public static let maximumClaims = 4096
}

extension ProofBundle: ScaleCodable {
  public static var typeShape: TypeShape {
    func field<T: ScaleTyped>(_ name: String, _ type: T.Type, _ typeName: String) -> TypeShape.Field {
      .init(name: name, type: TypeReference(type), typeName: typeName)
    }
    return TypeShape(
      path: ["echo_proofs", "ProofBundle"],
      .composite([
        field("magic", FixedBytes<4>.self, "[u8; 4]"), field("version", UInt8.self, "u8"),
        field("claim", ChainClaim.self, "ChainClaim"), field("anchor", ValidatorSetSummary.self, "BeefyAuthoritySet"),
        field("handovers", [SetHandover].self, "Vec<SetHandover>"),
        field("certificate", Certificate.self, "Certificate"),
        field("ancestor", Handover?.self, "Option<Handover>"), field("header", [UInt8].self, "Vec<u8>"),
        field("storage", StorageProof.self, "StorageProof"), field("claims", [StorageClaim].self, "Vec<StorageClaim>"),
        field("messages", MessageClaim?.self, "Option<MessageClaim>"),
      ]))
  }

  public var encodedSize: Int {
    ProofBundle.magic.count + 1 + claim.encodedSize + anchor.encodedSize + handovers.encodedSize
      + certificate.encodedSize
      + ancestor.encodedSize + header.encodedSize + storage.encodedSize + claims.encodedSize + messages.encodedSize
  }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeBytes(ProofBundle.magic)
    writer.writeByte(ProofBundle.version)
    claim.encode(into: &writer)
    anchor.encode(into: &writer)
    handovers.encode(into: &writer)
    certificate.encode(into: &writer)
    ancestor.encode(into: &writer)
    header.encode(into: &writer)
    storage.encode(into: &writer)
    claims.encode(into: &writer)
    messages.encode(into: &writer)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let start = reader.offset
    guard reader.remaining <= ProofBundle.maximumSize else {
      throw .lengthOverLimit(length: reader.remaining, limit: ProofBundle.maximumSize, offset: start)
    }
    guard try reader.readBytes(count: ProofBundle.magic.count) == ProofBundle.magic else {
      throw .invalidValue(type: "ProofBundle", reason: "does not begin with ECHP", offset: start)
    }
    guard try reader.readByte() == ProofBundle.version else {
      throw .invalidValue(type: "ProofBundle", reason: "unknown version", offset: start + ProofBundle.magic.count)
    }
    claim = try ChainClaim(from: &reader)
    anchor = try ValidatorSetSummary(from: &reader)
    handovers = try ProofBundle.list(limit: ProofBundle.maximumHandovers, from: &reader)
    certificate = try Certificate(from: &reader)
    ancestor = try Handover?(from: &reader)
    header = try reader.readByteVector(limit: Header.maximumEncodedSize)
    storage = StorageProof(nodes: try ProofBundle.list(limit: StorageProof.Limits.standard.nodes, from: &reader))
    claims = try ProofBundle.list(limit: ProofBundle.maximumClaims, from: &reader)
    messages = try MessageClaim?(from: &reader)
  }

  private static func list<T: ScaleCodable>(limit: Int, from reader: inout ScaleReader) throws(ScaleError) -> [T] {
    let at = reader.offset
    let count = try reader.readLength()
    guard count <= limit else { throw .lengthOverLimit(length: count, limit: limit, offset: at) }
    try reader.enter()
    var items: [T] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try T(from: &reader)) }
    reader.leave()
    return items
  }
}

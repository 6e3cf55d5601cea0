import Finality
import Keys
import Lanes
import LightClient
import MerkleMountainRange
import Primitives
import Proofs
import ScaleCodec
import StateTrie

/// A small chain whose every block is certified: sessions of four blocks, sets of four of the six development keys,
/// and messages 1...`messages` on one lane in every state.
struct FakeChain {
  static let lane = H256([UInt8](repeating: 0x1a, count: 32)) ?? .zero
  static let sessionLength: BlockNumber = 4
  static let balanceKey: [UInt8] = Array(repeating: 0x26, count: 32) + Array("balance".utf8)

  var headers: [Header] = []
  var leaves: [MmrLeaf] = []
  var certificates: [Certificate] = []
  var range = MountainRange<[H256]>()
  let trie: StateTrie

  init(blocks: BlockNumber = 12, messages: UInt64 = 100, receipts: UInt64 = 3) throws {
    var rows: [(key: [UInt8], value: [UInt8])] = (1...messages).map {
      (MessageKeys.outbound(Self.lane, $0), Self.message($0).encoded())
    }
    rows += (1...receipts).map { (MessageKeys.receipt(Self.lane, $0), Self.receipt($0).encoded()) }
    rows.append((MessageKeys.outboundLane(Self.lane), OutboundLane(mode: .unordered).encoded()))
    rows.append((Self.balanceKey, [1, 2, 3]))
    trie = StateTrie(entries: rows)
    headers.append(header(0, parent: .zero, trie.root()))
    for number in 1...blocks { try append(number) }
  }

  static func message(_ nonce: UInt64) -> OutboundMessage {
    OutboundMessage(
      payload: [UInt8](repeating: UInt8(truncatingIfNeeded: nonce), count: 120),
      topic: H256([UInt8](repeating: 9, count: 32)) ?? .zero,
      timeoutHeight: 900, timeoutAt: 1_700_000_900_000, fee: 77, refund: [5, 0, 0], sentAt: 2)
  }

  static func receipt(_ nonce: UInt64) -> Receipt {
    Receipt(
      outcome: .executed, relayer: DevelopmentKey.alice.secretKey.publicKey.accountID, receivedAt: 3, messageHash: .zero
    )
  }

  static func setID(_ block: BlockNumber) -> UInt64 { UInt64((max(block, 1) - 1) / sessionLength) }

  static func keys(_ set: UInt64) -> [SecretKey] {
    (0..<4).map { DevelopmentKey.allCases[(Int(set) + $0) % 6].secretKey }
  }

  static func set(_ id: UInt64) -> ValidatorSet { ValidatorSet(id: id, validators: keys(id).map(\.publicKey)) }

  var genesisHash: H256 { headers[0].hash }

  private func header(_ number: BlockNumber, parent: H256, _ root: H256) -> Header {
    Header(
      parentHash: parent, number: Compact(number), stateRoot: root, extrinsicsRoot: StateTrie.emptyRoot, digest: [])
  }

  private mutating func append(_ number: BlockNumber) throws {
    let parent = headers[headers.count - 1].hash
    let id = Self.setID(number)
    let leaf = MmrLeaf(
      parentNumber: number - 1, parentHash: parent, nextSet: Self.set(id + 1).summary,
      leafExtra: MmrLeaf.extra(outboundRoot: .zero, receiptRoot: .zero))
    leaves.append(leaf)
    range.append(leaf.hash)
    headers.append(header(number, parent: parent, trie.root()))
    certificates.append(try certificate(number, keys: Self.keys(id)))
  }

  func commitment(_ number: BlockNumber) throws -> Commitment {
    Commitment(
      headerHash: headers[Int(number)].hash, genesisHash: genesisHash,
      mmrRoot: try range.root(leafCount: UInt64(number)) ?? .zero, timestamp: 1_700_000_000_000 + UInt64(number) * 1000,
      blockNumber: number, validatorSetID: Self.setID(number))
  }

  /// A certificate with the signatures of the given keys, whatever their number.
  func certificate(_ number: BlockNumber, keys: [SecretKey]) throws -> Certificate {
    let commitment = try commitment(number)
    let set = Self.set(Self.setID(number))
    let known = Dictionary(uniqueKeysWithValues: keys.prefix(set.quorum).map { ($0.publicKey, $0) })
    let signatures = set.validators.map { known[$0]?.sign(prehash: commitment.digest) }
    let list = try present(SignatureList(signatures))
    return Certificate(
      proof: FinalityProof(SignedCommitment(commitment: commitment, signatures: list)), addresses: set.addresses)
  }

  func certified(_ number: BlockNumber) -> Certificate { certificates[Int(number) - 1] }

  func handover(leaf block: BlockNumber, under certificate: BlockNumber) throws -> Handover {
    let proof = try range.proof(of: [UInt64(block) - 1], leafCount: UInt64(certificate))
    return Handover(leaf: leaves[Int(block) - 1], proof: proof)
  }

  /// A bundle for the state of `block`, certified at `certificate`, from set `anchor` on.
  func bundle(
    block: BlockNumber, certificate: BlockNumber, anchor: UInt64, claims: [StorageClaim] = [],
    messages: MessageClaim? = nil
  ) throws -> ProofBundle {
    let claim = try present(ChainClaim(chain: "market", network: "echo-dev", genesisHash: genesisHash, note: "a test"))
    let handovers = try (anchor..<Self.setID(certificate)).map { id in
      let first = BlockNumber(id) * Self.sessionLength + 1
      return SetHandover(certificate: certified(first), handover: try handover(leaf: first, under: first))
    }
    let keys = claims.map(\.key) + (messages?.keys ?? [])
    return ProofBundle(
      claim: claim, anchor: Self.set(anchor).summary, handovers: handovers, certificate: certified(certificate),
      ancestor: block == certificate ? nil : try handover(leaf: block + 1, under: certificate),
      header: headers[Int(block)].encoded(), storage: StorageProof(nodes: keys.isEmpty ? [] : trie.proof(for: keys)),
      claims: claims, messages: messages)
  }

  /// What an honest verifier trusts.
  func anchor(_ set: UInt64) -> TrustAnchor { TrustAnchor(genesisHash: genesisHash, set: Self.set(set).summary) }

  static func claim(_ rows: MessageRows, _ begin: UInt64, _ end: UInt64) -> MessageClaim {
    MessageClaim(rows: rows, lane: lane, nonces: NonceRange(begin, end))
  }
}

struct Missing: Error {}

/// The value of an optional that a test needs.
func present<T>(_ value: T?) throws -> T {
  guard let value else { throw Missing() }
  return value
}

import Finality
import Hashing
import Keys
import LightClient
import MerkleMountainRange
import PalletLightClients
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec

/// A chain of headers with certificates and nothing else; session `k` begins at block `5k + 1`.
struct ForeignChain {
  private(set) var headers: [Header]
  private(set) var leaves: [MmrLeaf] = []
  private(set) var commitments: [Commitment] = []
  private var range = MountainRange()

  init(blocks: BlockNumber) throws {
    headers = [Header(parentHash: .zero, number: 0, stateRoot: Hash.keccak256([1]), extrinsicsRoot: .zero, digest: [])]
    for number in 1...blocks {
      let parent = headers[Int(number) - 1].hash
      let next = try Self.set(Self.session(number) + 1).summary
      leaves.append(MmrLeaf(parentNumber: number - 1, parentHash: parent, nextSet: next, leafExtra: .zero))
      range.append(leaves[Int(number) - 1].hash)
      guard let root = try range.root() else { return }
      let header = Header(
        parentHash: parent, number: Compact(number), stateRoot: Hash.keccak256(number.encoded()), extrinsicsRoot: .zero, digest: [])
      headers.append(header)
      commitments.append(
        Commitment(
          headerHash: header.hash, genesisHash: headers[0].hash, mmrRoot: root, timestamp: Self.time(number), blockNumber: number,
          validatorSetID: Self.session(number)))
    }
  }

  static func session(_ number: BlockNumber) -> UInt64 { UInt64((number - 1) / 5) }
  static func time(_ number: BlockNumber) -> Milliseconds { 1_700_000_000_000 + 1000 * Milliseconds(number) }

  static func keys(_ session: UInt64) throws -> [SecretKey] {
    try (1...4).map { try SecretKey(bytes: [UInt8](repeating: 0, count: 30) + [UInt8(session), UInt8($0)]) }
  }

  static func set(_ session: UInt64) throws -> ValidatorSet {
    ValidatorSet(id: session, validators: try keys(session).map(\.publicKey))
  }

  func commitment(_ number: BlockNumber) -> Commitment { commitments[Int(number) - 1] }
  func header(_ number: BlockNumber) -> [UInt8] { headers[Int(number)].encoded() }

  func setup(at number: BlockNumber = 1) throws -> LightClients.Setup {
    let session = Self.session(number)
    return LightClients.Setup(
      trusted: commitment(number), current: try Self.set(session).summary, next: try Self.set(session + 1).summary,
      trustingPeriod: 3_600_000)
  }

  /// A certificate by the first `signers` validators of the commitment's set.
  static func certificate(_ commitment: Commitment, signers: Int = 4) throws -> Certificate {
    let set = try set(commitment.validatorSetID)
    let digest = commitment.digest
    let signatures = try keys(commitment.validatorSetID).enumerated().map { $0.offset < signers ? $0.element.sign(prehash: digest) : nil }
    guard let list = SignatureList(signatures) else { throw KeyError.malformedSeed }
    return Certificate(proof: FinalityProof(SignedCommitment(commitment: commitment, signatures: list)), addresses: set.addresses)
  }

  func update(_ number: BlockNumber, handover: Bool = false, signers: Int = 4) throws -> ClientUpdate {
    let index = UInt64(number) - 1
    let proof = try range.proof(of: [index], leafCount: UInt64(number))
    return ClientUpdate(
      certificate: try Self.certificate(commitment(number), signers: signers),
      handover: handover ? Handover(leaf: leaves[Int(index)], proof: proof) : nil)
  }

  /// Another block for the same height.
  func fork(_ number: BlockNumber) -> Commitment {
    var fork = commitment(number)
    fork.headerHash = Hash.keccak256([2])
    return fork
  }
}

/// The host's clock, as its state has it.
enum HostClock: ChainClock {
  static let moment = StorageValue<Pair<BlockNumber, Milliseconds>>("Host", "Clock", default: Pair(1, ForeignChain.time(1) + 500))
  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber { try moment.get(in: context).first }
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { try moment.get(in: context).second }

  /// Moves the clock to half a second after a foreign block.
  static func advance(to block: BlockNumber, in context: ExecutionContext) {
    moment.set(Pair(block, ForeignChain.time(block) + 500), in: context)
  }
}

enum ClientsConfig: LightClients.Config {
  typealias Clock = HostClock
  static let palletIndex: UInt8 = 31
}

typealias TestClients = LightClients.Pallet<ClientsConfig>

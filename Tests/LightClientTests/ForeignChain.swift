import Finality
import Hashing
import Keys
import LightClient
import MerkleMountainRange
import Primitives
import ScaleCodec

/// A small chain that is never executed: headers, leaves and certificates of as many blocks as a test wants.
///
/// Session `k` has the keys `4k + 1 ... 4k + 4`; block `n` belongs to session `(n - 1) / sessionLength`.
struct ForeignChain: Sendable {
  let sessionLength: BlockNumber
  let genesis: H256
  /// Time of block 0; block `n` comes `n` seconds later.
  let start: Milliseconds = 1_700_000_000_000
  private(set) var headers: [Header]
  private(set) var leaves: [MmrLeaf] = []
  private(set) var commitments: [Commitment] = []
  private var range = MountainRange()

  init(blocks: BlockNumber, sessionLength: BlockNumber = 5, name: UInt8 = 1) throws {
    self.sessionLength = sessionLength
    let first = Header(
      parentHash: .zero, number: 0, stateRoot: Hash.keccak256([name]), extrinsicsRoot: .zero, digest: [])
    headers = [first]
    genesis = first.hash
    for number in 1...blocks { try append(number) }
  }

  private mutating func append(_ number: BlockNumber) throws {
    let parent = headers[Int(number) - 1].hash
    let leaf = MmrLeaf(
      parentNumber: number - 1, parentHash: parent, nextSet: try ForeignChain.summary(session(number) + 1),
      leafExtra: .zero)
    leaves.append(leaf)
    range.append(leaf.hash)
    guard let root = try range.root() else { return }
    let header = Header(
      parentHash: parent, number: Compact(number), stateRoot: Hash.keccak256(number.encoded()), extrinsicsRoot: .zero,
      digest: [.beefy(.mmrRoot(root))])
    headers.append(header)
    commitments.append(
      Commitment(
        headerHash: header.hash, genesisHash: genesis, mmrRoot: root, timestamp: time(number), blockNumber: number,
        validatorSetID: session(number)))
  }

  func session(_ number: BlockNumber) -> UInt64 { UInt64((number - 1) / sessionLength) }
  func time(_ number: BlockNumber) -> Milliseconds { start + 1000 * Milliseconds(number) }
  func commitment(_ number: BlockNumber) -> Commitment { commitments[Int(number) - 1] }
  func header(_ number: BlockNumber) -> [UInt8] { headers[Int(number)].encoded() }

  /// The leaf of a block, proven under the root of another.
  func handover(leafOf block: BlockNumber, at number: BlockNumber) throws -> Handover {
    let index = UInt64(block) - 1
    return Handover(
      leaf: leaves[Int(index)], proof: try range.proof(of: [index], leafCount: UInt64(number)))
  }

  /// The update to a block; with its own leaf as handover when asked for.
  func update(_ number: BlockNumber, handover: Bool = false) throws -> ClientUpdate {
    ClientUpdate(
      certificate: try ForeignChain.certify(commitment(number)),
      handover: handover ? try self.handover(leafOf: number, at: number) : nil)
  }

  /// What a client of block `trusted` starts from.
  func setup(
    at trusted: BlockNumber = 1, trustingPeriod: Milliseconds = 3_600_000, updateDelay: Milliseconds = 0,
    active: Bool = true
  ) throws -> ClientSetup {
    let id = session(trusted)
    return ClientSetup(
      trusted: commitment(trusted), genesisHash: genesis, current: try ForeignChain.summary(id),
      next: try ForeignChain.summary(id + 1), trustingPeriod: trustingPeriod, updateDelay: updateDelay, active: active)
  }

  /// The host's clock a quarter second after a block.
  func host(after number: BlockNumber) -> HostMoment { HostMoment(now: time(number) + 250, block: 10 * number) }

  static func keys(_ session: UInt64) throws -> [SecretKey] {
    try (1...4).map {
      try SecretKey(
        bytes: [UInt8](repeating: 0, count: 30) + withUnsafeBytes(of: UInt16(4 * session + $0).bigEndian) { Array($0) })
    }
  }

  static func set(_ session: UInt64) throws -> ValidatorSet {
    ValidatorSet(id: session, validators: try keys(session).map(\.publicKey))
  }

  static func summary(_ session: UInt64) throws -> ValidatorSetSummary { try set(session).summary }

  /// A certificate over any commitment by its own set, honest or not.
  static func certify(_ commitment: Commitment) throws -> Certificate {
    let set = try set(commitment.validatorSetID)
    guard let proof = FinalityProof.make(commitment, set: set, keys: try keys(commitment.validatorSetID)) else {
      throw KeyError.malformedSeed
    }
    return Certificate(proof: proof, addresses: set.addresses)
  }
}

/// A client with its rows, as a test drives it.
struct Bench {
  var client: ClientState
  var store = MemoryClientStore()

  init(_ setup: ClientSetup, host: HostMoment) throws {
    var store = MemoryClientStore()
    client = try setup.create(host: host, store: &store).get()
    self.store = store
  }

  /// A client of block `trusted`, a moment after that block.
  init(_ chain: ForeignChain, at trusted: BlockNumber = 1) throws {
    try self.init(chain.setup(at: trusted), host: chain.host(after: trusted))
  }

  mutating func update(_ update: ClientUpdate, host: HostMoment) -> UpdateOutcome {
    client.update(update, host: host, store: &store)
  }

  mutating func report(_ evidence: Misbehaviour, host: HostMoment) -> MisbehaviourOutcome {
    client.report(evidence, host: host, store: store)
  }
}

extension Bench: Equatable {}

import Lanes
import PalletBalances
import PalletMessages
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import StateTrie
import Testing

enum SystemConfig: System.Config {
  typealias RuntimeEvent = System.Event
  static let palletIndex: UInt8 = 0
  static let version = RuntimeVersion(
    specName: "test", implName: "test", authoringVersion: 1, specVersion: 1, implVersion: 1, apis: [],
    transactionVersion: 1, stateVersion: 1)
  static let ss58Prefix: UInt16 = 42
  static let blockWeights = BlockWeights.standard(maxBlock: Weight(refTime: 1_000_000_000_000, proofSize: 1_000_000))
  static let blockLength = BlockLength.standard(bytes: 1_000_000)
  static let blockHashCount: BlockNumber = 2400
}

/// Balances with an existential deposit of 10.
enum BalancesConfig: Balances.Config {
  typealias Accounts = System.Pallet<SystemConfig>
  static let palletIndex: UInt8 = 10
  static let existentialDeposit: Balance = 10
  static let maximumHolds = 2
}

enum MessagesConfig: Messages.Config {
  typealias Clock = World
  typealias Headers = World
  typealias Handler = Handling
  typealias Currency = TestBalances
  static let palletIndex: UInt8 = 32
  static let relayerPot = AccountID.test(0xfe)
  static func localEnd(in context: ExecutionContext) throws(DispatchError) -> Messages.LaneEnd {
    guard let end = try World.localEnd.get(in: context) else { throw .unavailable }
    return end
  }
}

typealias TestBalances = Balances.Pallet<BalancesConfig>
typealias TestMessages = Messages.Pallet<MessagesConfig>

/// What a chain of the test knows besides its messages: its clock, its name, and headers of the other chain.
///
/// A header is the 32 bytes of the state root. All of it stands in state, so that one static config serves two chains.
enum World: ChainClock, HeaderOracle {
  static let clock = StorageValue<Pair<BlockNumber, Milliseconds>>("World", "Clock", default: Pair(1, 1_000))
  static let localEnd = OptionalStorageValue<Messages.LaneEnd>("World", "LocalEnd")
  static let genesis = OptionalStorageMap<UInt32, H256>("World", "Genesis", hasher: .identity)
  static let latest = StorageMap<UInt32, Pair<BlockNumber, Milliseconds>>("World", "Latest", hasher: .identity, default: Pair(0, 0))
  static let headers = StorageDoubleMap<UInt32, BlockNumber, Pair<H256, Milliseconds>>(
    "World", "Headers", hashers: (.identity, .identity))

  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber { try clock.get(in: context).first }
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { try clock.get(in: context).second }

  static func verifyHeader(
    _ bytes: [UInt8], at height: BlockNumber, of client: UInt32, in context: ExecutionContext
  ) throws(DispatchError) -> (stateRoot: H256, timestamp: Milliseconds) {
    guard let known = try headers.get(client, height, in: context), known.first.bytes == bytes else { throw .unavailable }
    return (known.first, known.second)
  }

  static func latest(of client: UInt32, in context: ExecutionContext) throws(DispatchError) -> (
    genesisHash: H256, height: BlockNumber, timestamp: Milliseconds
  ) {
    guard let genesis = try genesis.get(client, in: context) else { throw .unavailable }
    let latest = try latest.get(client, in: context)
    return (genesis, latest.first, latest.second)
  }
}

/// Runs payloads of one byte: what is to become of the message.
enum Handling: MessageHandler {
  static let runs: UInt8 = 0
  static let fails: UInt8 = 1
  static let rejects: UInt8 = 2
  /// Makes the call that stands at ``reentry`` and notes whether it was refused.
  static let reenters: UInt8 = 3
  /// Reports what no execution may report.
  static let lies: UInt8 = 4

  static let executed = StorageValue<[UInt64]>("Handling", "Executed", default: [])
  static let refunded = StorageValue<[UInt64]>("Handling", "Refunded", default: [])
  static let forgotten = StorageValue<[UInt64]>("Handling", "Forgotten", default: [])
  static let reentry = StorageValue<[UInt8]>("Handling", "Reentry", default: [])
  /// Chains whose lane opened for the first time.
  static let opened = StorageValue<[UInt32]>("Handling", "Opened", default: [])
  static let refusal = OptionalStorageValue<DispatchError>("Handling", "Refusal")

  static func laneOpened(to counterparty: Messages.LaneEnd, in context: ExecutionContext) throws(DispatchError) {
    try opened.mutate(in: context) { $0.append(counterparty.paraId) }
  }

  static func receive(
    _ message: OutboundMessage, from counterparty: Messages.LaneEnd, lane: H256, nonce: UInt64, in context: ExecutionContext
  ) -> DeliveryOutcome {
    guard let executions = try? executed.get(in: context) else { return .pending }
    executed.set(executions + [nonce], in: context)
    switch message.payload.first {
    case runs: return .executed
    case fails: return .executedWithError(index: 1, error: 21)
    case rejects: return .rejected(error: 9)
    case reenters:
      guard let bytes = try? reentry.get(in: context), let call = try? Messages.Call(decoding: bytes) else { return .pending }
      if let error = attempt(call, of: TestMessages.self, origin: .test(1), in: context) { refusal.set(error, in: context) }
      return .executed
    default: return .expired
    }
  }

  static func refund(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
    // The row must be gone before anything is given back.
    guard !Messages.outbound.exists(MessageKey(lane, nonce), in: context) else { throw .other }
    try refunded.mutate(in: context) { $0.append(nonce) }
  }

  static func settled(lane: H256, nonce: UInt64, outcome: DeliveryOutcome, in context: ExecutionContext) {
    if let nonces = try? forgotten.get(in: context) { forgotten.set(nonces + [nonce], in: context) }
  }

  static func feePayer(of message: OutboundMessage, in context: ExecutionContext) -> AccountID? { AccountID(message.refund) }
}

/// A chain whose blocks are written call by call, and whose states can be proven.
struct TestChain {
  static let client: UInt32 = 7
  let end: Messages.LaneEnd
  private(set) var context = ExecutionContext.onEmptyState()
  /// States after each finalised block, from 1.
  private(set) var tries: [StateTrie] = []
  private(set) var times: [Milliseconds] = []

  init(_ number: UInt8, paraId: UInt32) throws {
    end = Messages.LaneEnd(genesisHash: H256(AccountID.test(number).bytes) ?? .zero, paraId: paraId)
    try TestBalances.buildGenesis(balances: [(.test(1), 1000), (MessagesConfig.relayerPot, 1000)], in: context)
    World.localEnd.set(end, in: context)
    context.clearEvents()
  }

  var height: BlockNumber { BlockNumber(tries.count) }
  var now: Milliseconds { (try? World.now(in: context)) ?? 0 }

  /// Makes a call as a block does.
  func call(_ call: Messages.Call, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestMessages.self, origin: origin, in: context)
  }

  /// Sends a message of one byte that names what is to become of it.
  @discardableResult
  func send(_ payload: UInt8 = Handling.runs, to other: TestChain, timeout: Milliseconds = 10_000, fee: Balance = 50) throws -> UInt64 {
    try TestMessages.send(
      [payload], topic: .zero, to: other.end.paraId, timeout: timeout, fee: fee, refund: AccountID.test(3).bytes, in: context
    ).nonce
  }

  /// Ends the block and starts the next one, `elapsed` milliseconds later.
  mutating func finalise(elapsed: Milliseconds = 100) throws {
    var trie = tries.last ?? StateTrie()
    trie.apply(changes: context.changes().map { (key: $0.key, value: $0.value) })
    tries.append(trie)
    times.append(now)
    var cells: [[UInt8]: [UInt8]] = [:]
    for key in trie.keys(prefix: [], after: nil, limit: .max) { cells[key] = trie.value(for: key) }
    let time = now + elapsed
    context = ExecutionContext(MemoryBackend(cells))
    World.clock.set(Pair(height + 1, time), in: context)
    try TestMessages.onInitialize(in: context)
  }

  /// Tells this chain's client of the other chain's newest block.
  func learn(of other: TestChain) {
    guard let trie = other.tries.last, let time = other.times.last else { return }
    World.headers.set(Self.client, other.height, to: Pair(trie.root(), time), in: context)
    World.latest.set(Self.client, to: Pair(other.height, time), in: context)
  }

  func introduce(_ other: TestChain) { World.genesis.set(Self.client, to: other.end.genesisHash, in: context) }

  func header(_ height: BlockNumber) -> [UInt8] { tries[Int(height) - 1].root().bytes }
  func proof(_ keys: [[UInt8]], at height: BlockNumber) -> [[UInt8]] { tries[Int(height) - 1].proof(for: keys) }
}

/// Two chains with a lane between them.
struct TestPair {
  var source: TestChain
  var target: TestChain
  let lane: H256

  /// Opens the lane at both ends and sends messages with these payloads.
  init(_ mode: LaneMode = .unordered, sends payloads: [UInt8] = []) throws {
    source = try TestChain(0xa, paraId: 1000)
    target = try TestChain(0xb, paraId: 2000)
    lane = Messages.laneID(source.end, target.end)
    source.introduce(target)
    target.introduce(source)
    for (chain, other) in [(source, target), (target, source)] {
      let open = Messages.Call.openLane(clientId: TestChain.client, counterparty: other.end, mode: mode)
      if let error = chain.call(open, .root) { throw error }
    }
    for payload in payloads { try source.send(payload, to: target) }
    source.context.clearEvents()
    target.context.clearEvents()
    try finaliseBoth()
  }

  /// Ends a block on both chains and shows each to the other.
  mutating func finaliseBoth(elapsed: Milliseconds = 100) throws {
    try source.finalise(elapsed: elapsed)
    try target.finalise(elapsed: elapsed)
    source.learn(of: target)
    target.learn(of: source)
  }

  /// The delivery that the source's newest state proves.
  func delivery(_ begin: UInt64, _ end: UInt64, relayer: AccountID = .test(2)) -> Messages.Call {
    let nonces = begin > end ? [] : Array(begin...end)
    let keys = nonces.map { Messages.outbound.key(MessageKey(lane, $0)) } + [Messages.outboundLanes.key(lane)]
    return .deliver(
      lane: lane, height: source.height, header: source.header(source.height), range: NonceRange(begin, end),
      proof: source.proof(keys, at: source.height), relayer: relayer)
  }

  /// The confirmation that the target's newest state proves.
  func confirmation(_ nonces: UInt64...) -> Messages.Call {
    let keys = nonces.map { Messages.receipts.key(MessageKey(lane, $0)) }
    return .confirm(
      lane: lane, height: target.height, header: target.header(target.height), nonces: nonces,
      proof: target.proof(keys, at: target.height))
  }

  /// The timeout that the target's newest state proves.
  func timeout(_ nonce: UInt64, ordered: Bool = false) -> Messages.Call {
    let keys = [Messages.receipts.key(MessageKey(lane, nonce))] + (ordered ? [Messages.inboundLanes.key(lane)] : [])
    return .timeout(
      lane: lane, height: target.height, header: target.header(target.height), nonce: nonce,
      proof: target.proof(keys, at: target.height))
  }
}

func expectRefusal(
  _ failure: Messages.Failure, _ chain: TestChain, _ call: Messages.Call, _ origin: Origin = .test(1),
  _ sourceLocation: SourceLocation = #_sourceLocation
) {
  expectRefusal(TestMessages.failure(failure), chain, call, origin, sourceLocation)
}

/// Expects that a call is refused and leaves no trace.
func expectRefusal(
  _ error: DispatchError, _ chain: TestChain, _ call: Messages.Call, _ origin: Origin = .test(1),
  _ sourceLocation: SourceLocation = #_sourceLocation
) {
  let before = chain.context.trace
  #expect(chain.call(call, origin) == error, sourceLocation: sourceLocation)
  #expect(chain.context.trace == before, "left a trace", sourceLocation: sourceLocation)
}

import Finality
import Hashing
import Keys
import MerkleMountainRange
import PalletBeefy
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private enum SystemConfig: System.Config {
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

private typealias TestSystem = System.Pallet<SystemConfig>
private typealias TestBeefy = Beefy.Pallet<BeefyConfig>

private enum BeefyConfig: Beefy.Config {
  typealias Log = TestSystem
  typealias Clock = SystemClock
  static let palletIndex: UInt8 = 30
  static func parentHash(in context: ExecutionContext) throws(DispatchError) -> H256 { try System.parentHash.get(in: context) }
  static func leafExtra(in context: ExecutionContext) throws(DispatchError) -> H256 {
    Hash.keccak256(try TestSystem.blockNumber(in: context).encoded())
  }
}

private enum SystemClock: ChainClock {
  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber { try TestSystem.blockNumber(in: context) }
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { 0 }
}

private let keys = [DevelopmentKey.alice, .bob, .charlie, .dave].map(\.secretKey.publicKey)
private let others = [DevelopmentKey.eve, .ferdie].map(\.secretKey.publicKey)

/// A chain that does nothing but finalise itself.
private struct Blocks {
  let context = ExecutionContext.onEmptyState()
  var headers: [Header] = []
  let genesis = H256(words: Words32(7, 7, 7, 7))

  init(sessionLength: BlockNumber, keys members: [PublicKey] = keys) throws {
    try TestBeefy.buildGenesis(keys: members, sessionLength: sessionLength, in: context)
  }

  var parentHash: H256 { headers.last.map { Hash.blake2b256($0.encoded()) } ?? genesis }

  /// Executes the next block.
  @discardableResult
  mutating func seal() throws -> Header {
    let number = BlockNumber(headers.count + 1)
    let author = DigestItem.author(AuthorLog(author: 0, round: 0, setID: 0))
    TestSystem.initialize(number: number, parentHash: parentHash, digest: [author], in: context)
    try TestBeefy.onInitialize(in: context)
    TestSystem.noteFinishedInitialize(in: context)
    TestSystem.noteFinishedExtrinsics(in: context)
    try TestBeefy.onFinalize(in: context)
    let summary = try TestSystem.finalize(in: context)
    let header = Header(
      parentHash: summary.parentHash, number: Compact(number), stateRoot: .zero, extrinsicsRoot: .zero, digest: summary.digest.logs)
    headers.append(header)
    return header
  }
}

@Suite("BEEFY") struct BeefyTests {
  @Test("genesis starts set 0 with the same members next") func genesis() throws {
    let blocks = try Blocks(sessionLength: 10)
    #expect(try TestBeefy.currentSet(in: blocks.context) == ValidatorSet(id: 0, validators: keys))
    #expect(try TestBeefy.nextSet(in: blocks.context) == ValidatorSet(id: 1, validators: keys))
    #expect(try Beefy.mountainRange.get(in: blocks.context).leafCount == 0)
    #expect(try Beefy.latestLeaf.get(in: blocks.context) == nil)
  }

  @Test(
    "genesis refuses sets and sessions that cannot be",
    arguments: [
      ([], 1), ([keys[0], keys[1], keys[0]], 1), (keys, 0), (Array(repeating: keys[0], count: Beefy.maximumAuthorities + 1), 1),
    ] as [([PublicKey], BlockNumber)])
  func genesisRefusals(members: [PublicKey], length: BlockNumber) {
    let context = ExecutionContext.onEmptyState()
    let error = attempt(in: context) { () throws(DispatchError) in
      try TestBeefy.buildGenesis(keys: members, sessionLength: length, in: context)
    }
    #expect(error == TestBeefy.failure(.invalidAuthorities))
    #expect(context.trace == .empty)
  }

  @Test("failures have dense numbers from 0") func failures() { #expect(Beefy.Failure.allCases.map(\.rawValue) == [0]) }

  @Test("sets rotate at the first block of each session", arguments: [1, 2, 25] as [BlockNumber])
  func rotation(length: BlockNumber) throws {
    var blocks = try Blocks(sessionLength: length)
    for number in 1...(3 * length + 1) {
      let before = try TestBeefy.currentSet(in: blocks.context)
      let promised = try TestBeefy.nextSet(in: blocks.context)
      let header = try blocks.seal()
      let starts = number > 1 && (number - 1) % length == 0
      let set = ValidatorSet(id: UInt64((number - 1) / length), validators: keys)
      #expect(try TestBeefy.currentSet(in: blocks.context) == set, "block \(number)")
      #expect(set == (starts ? promised : before), "block \(number)")
      #expect(header.authoritiesChange == (starts ? set : nil), "block \(number)")
      #expect(try Beefy.sessionStart.get(in: blocks.context) == (number - 1) / length * length + 1, "block \(number)")
      #expect(try Beefy.latestLeaf.get(in: blocks.context)?.nextSet.id == set.id + 1, "block \(number)")
    }
  }

  @Test("the next members take over, and are announced a session before") func newMembers() throws {
    var blocks = try Blocks(sessionLength: 2)
    try blocks.seal()
    Beefy.nextAuthorities.set(others, in: blocks.context)
    try blocks.seal()
    let announced = try #require(try Beefy.latestLeaf.get(in: blocks.context)).nextSet
    #expect(announced == ValidatorSet(id: 1, validators: others).summary)
    #expect(try TestBeefy.currentSet(in: blocks.context).validators == keys)
    let header = try blocks.seal()
    #expect(header.authoritiesChange == ValidatorSet(id: 1, validators: others))
    #expect(try TestBeefy.currentSet(in: blocks.context).summary == announced)
  }

  @Test("the last set has no successor") func exhausted() throws {
    var blocks = try Blocks(sessionLength: 1)
    try blocks.seal()
    Beefy.validatorSetId.set(.max, in: blocks.context)
    #expect(throws: DispatchError.arithmetic(.overflow)) { try blocks.seal() }
  }

  @Test("logs stand in order and decode as finality reads them") func digest() throws {
    var blocks = try Blocks(sessionLength: 2)
    for _ in 1...2 {
      let header = try blocks.seal()
      let root = try Beefy.rootHash.get(in: blocks.context)
      #expect(header.digest == [.author(AuthorLog(author: 0, round: 0, setID: 0)), .beefy(.mmrRoot(root))])
    }
    let header = try blocks.seal()
    let root = try Beefy.rootHash.get(in: blocks.context)
    let set = ValidatorSet(id: 1, validators: keys)
    #expect(
      header.digest
        == [.author(AuthorLog(author: 0, round: 0, setID: 0)), .beefy(.authoritiesChange(set)), .beefy(.mmrRoot(root))])
    guard case .consensus(let engine, let payload) = header.digest[1] else {
      Issue.record("no consensus log")
      return
    }
    #expect(engine == Beefy.engine && engine.bytes == Array("BEEF".utf8))
    let members: [UInt8] = keys.flatMap(\.compressed)
    #expect(payload == [0x01, 4 << 2] + members + [1, 0, 0, 0, 0, 0, 0, 0])
    #expect(header.mmrRoot == root)
  }

  @Test("each block appends its leaf under the root of an independent range") func leaves() throws {
    var blocks = try Blocks(sessionLength: 5)
    var hashes: [H256] = []
    for number in 1...40 as ClosedRange<BlockNumber> {
      let parent = blocks.parentHash
      let header = try blocks.seal()
      let leaf = try #require(try Beefy.latestLeaf.get(in: blocks.context))
      let expected = MmrLeaf(
        parentNumber: number - 1, parentHash: parent,
        nextSet: ValidatorSet(id: UInt64((number - 1) / 5) + 1, validators: keys).summary,
        leafExtra: Hash.keccak256(number.encoded()))
      #expect(leaf == expected, "block \(number)")
      hashes.append(leaf.hash)
      let range = MountainRange(leaves: hashes)
      let root = try #require(try range.root())
      #expect(header.mmrRoot == root, "block \(number)")
      #expect(try Beefy.mountainRange.get(in: blocks.context) == range.accumulator(), "block \(number)")
      let index = UInt64(number / 2)
      let proof = try range.proof(of: [index])
      #expect(proof.verify(leaves: [hashes[Int(index)]], root: root).refusal == nil, "block \(number)")
    }
  }
}

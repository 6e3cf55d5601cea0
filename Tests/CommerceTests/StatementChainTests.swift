import BlockExecution
import Commerce
import EchoRuntime
import Finality
import KeyValueStore
import Keys
import LightClient
import PalletBeefy
import PalletRoyalty
import PalletSupport
import PalletSystem
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import Testing
import XCM

/// A chain in memory that seals when told to, and whose last block makes statements.
private final class SealedChain {
  private let chain: Chain
  private let keys = [DevelopmentKey.alice, .bob, .charlie, .dave].map(\.secretKey)
  private var now: Milliseconds = 1_700_000_000_000
  private var proof: FinalityProof?
  private var signers: ValidatorSet?
  /// Sales by split, in order, as the events tell them.
  private(set) var sales: [UInt64: [StatementLine]] = [:]
  private(set) var works: [H256] = []

  init() throws {
    let unit: Balance = 1_000_000_000_000
    let spec = ChainSpec(
      name: "market", network: "test", paraId: 2000, chainType: "Development", tokenSymbol: "MRKT", tokenDecimals: 12, ss58Prefix: 42,
      sessionLength: 600, genesisTime: 0, authorities: keys.map { Hex.encode($0.publicKey.compressed) },
      sudo: keys[0].publicKey.accountID.hex,
      balances: keys.map { ChainSpec.Endowment(account: $0.publicKey.accountID.hex, amount: "\(1_000_000 * unit)") }, assets: [], links: [])
    chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec)
  }

  /// Seals one block with calls; every one must succeed.
  func seal(_ calls: [(DevelopmentKey, Royalty.Call)]) throws {
    now += 6000
    var nonces: [AccountID: UInt32] = [:]
    let context = chain.best.context()
    let signing = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion,
      genesisHash: chain.genesisHash, birthHash: chain.genesisHash)
    let extrinsics = try calls.map { key, call -> [UInt8] in
      let account = key.secretKey.publicKey.accountID
      let nonce = try nonces[account] ?? SystemPallet.nonce(of: account, in: context)
      nonces[account] = nonce + 1
      return Extrinsic(
        call: .royalty(call), extra: SignedExtra(era: .immortal, nonce: nonce), context: signing, key: key.secretKey
      ).encoded()
    }
    let set = try BeefyPallet.currentSet(in: context)
    let block = try chain.propose(
      extrinsics: extrinsics, timestamp: now, preRuntime: [.author(AuthorLog(author: 0, round: 0, setID: set.id))],
      signaturesChecked: [])
    let commitment = Commitment(
      headerHash: block.hash, genesisHash: chain.genesisHash, mmrRoot: block.mmrRoot, timestamp: block.timestamp,
      blockNumber: block.header.number.value, validatorSetID: set.id)
    let made = try #require(FinalityProof.make(commitment, set: set, keys: keys))
    try chain.commit(block, justification: made.encoded())
    (proof, signers) = (made, set)
    for record in try [DecodedEvent](decoding: chain.best.value(for: System.eventsKey) ?? [0]) {
      switch record.event {
      case .system(.extrinsicFailed(let error, _)): Issue.record("a call failed: \(error)")
      case .royalty(.workRegistered(let work, _, _, _)): works.append(work)
      case .royalty(.credited(let split, _, let amount, let n, let work, let reference, let previous)):
        #expect(n == UInt64(sales[split, default: []].count) + Statement.firstLine)
        #expect(previous == sales[split]?.last?.block ?? 0)
        sales[split, default: []].append(
          StatementLine(work: work, reference: reference, amount: amount, block: block.header.number.value))
      default: break
      }
    }
  }

  /// What the chain itself says that a party is due.
  func due(_ subject: StatementSubject) throws -> Balance {
    try RoyaltyPallet.due(subject.party, split: subject.split, asset: subject.asset, in: chain.best.context())
  }

  func statement(_ subject: StatementSubject) throws -> Statement {
    let proof = try #require(proof)
    let signers = try #require(signers)
    let claim = try #require(ChainClaim(chain: "market", network: "test", genesisHash: chain.genesisHash))
    let state = chain.best
    let split = try #require(try Royalty.splits.get(subject.split, in: state.context()))
    let keys = subject.rows(version: split.version, payouts: []).map(\.key).sorted { $0.lexicographicallyPrecedes($1) }
    let bundle = ProofBundle(
      claim: claim, anchor: signers.summary, certificate: Certificate(proof: proof, addresses: signers.addresses),
      header: state.header.encoded(), storage: StorageProof(nodes: state.proof(for: keys)),
      claims: keys.map { StorageClaim(key: $0, value: state.value(for: $0) == nil ? .absent : .present) })
    return Statement(subject: subject, lines: sales[subject.split] ?? [], proof: bundle)
  }

  var anchor: TrustAnchor {
    TrustAnchor(genesisHash: chain.genesisHash, set: ValidatorSet(id: 0, validators: keys.map(\.publicKey)).summary)
  }
}

@Suite("Statements of the runtime") struct StatementChainTests {
  private static func party(_ key: DevelopmentKey) -> Royalty.Party { .account(key.secretKey.publicKey.accountID) }

  private static func registration(
    _ title: UInt8, _ members: [(DevelopmentKey, UInt32)], parents: [Royalty.ParentLink] = []
  ) -> Royalty.Call {
    .registerWork(
      meta: H256([UInt8](repeating: title, count: 32)) ?? .zero, royalty: 100_000,
      members: members.map { Royalty.Share(party($0.0), units: $0.1) }, parents: parents, mode: .absolute, isImmutable: false)
  }

  @Test("sales, claims, a transfer of units and a pull come to what the chain says is due") func life() throws {
    let chain = try SealedChain()
    try chain.seal([(.alice, Self.registration(1, [(.alice, 600_000), (.bob, 400_000)]))])
    let dawn = try #require(chain.works.first)
    try chain.seal([
      (.alice, Self.registration(2, [(.alice, 1_000_000)], parents: [Royalty.ParentLink(work: dawn, licence: nil, share: 50_000)]))
    ])
    let remix = try #require(chain.works.last)
    func pay(_ work: H256, _ amount: Balance) -> (DevelopmentKey, Royalty.Call) {
      (.charlie, .pay(work: work, asset: .here, amount: amount, reference: dawn))
    }
    try chain.seal([pay(dawn, 25_000_000_000_001), pay(dawn, 999_999), pay(remix, 3_000_000_000_017)])
    try chain.seal([(.bob, .claim(split: 0, asset: .here)), pay(dawn, 1)])
    try chain.seal([(.dave, .pullEdge(from: 2, to: 0, asset: .here))])
    let carol = Self.party(.charlie)
    try chain.seal([(.alice, .transferUnits(split: 0, to: carol, units: 123_456)), pay(dawn, 7_777_777_777_777)])

    for key in [DevelopmentKey.alice, .bob, .charlie, .dave] {
      for split in 0...2 as ClosedRange<UInt64> {
        let subject = StatementSubject(
          split: split, party: Self.party(key), asset: .here, work: split == 0 ? dawn : remix)
        let statement = try Statement(decoding: try chain.statement(subject).encoded())
        let findings = try statement.examine(anchor: chain.anchor)
        #expect(try findings.party.due == chain.due(subject), "\(key) in split \(split)")
      }
    }
    let subject = StatementSubject(split: 0, party: Self.party(.bob), asset: .here)
    let findings = try chain.statement(subject).examine(anchor: chain.anchor)
    #expect(findings.replay.count == 5)
    #expect(findings.party.claimed == 400_000 * ((25_000_000_000_001 + 999_999) / 1_000_000))
    #expect(findings.party.shares.allSatisfy { $0 != nil }, "Bob's units never changed")
  }

  @Test("a statement with one sale of another split is refused") func mixed() throws {
    let chain = try SealedChain()
    try chain.seal([(.alice, Self.registration(1, [(.alice, 1_000_000)])), (.bob, Self.registration(2, [(.bob, 1_000_000)]))])
    let (first, second) = (chain.works[0], chain.works[1])
    try chain.seal([
      (.charlie, .pay(work: first, asset: .here, amount: 5_000_000_000_000, reference: .zero)),
      (.charlie, .pay(work: second, asset: .here, amount: 6_000_000_000_000, reference: .zero)),
    ])
    var statement = try chain.statement(StatementSubject(split: 0, party: Self.party(.alice), asset: .here))
    _ = try statement.examine(anchor: chain.anchor)
    statement.lines = chain.sales[1] ?? []
    #expect(throws: StatementRefusal.self) { try statement.examine(anchor: chain.anchor) }
  }
}

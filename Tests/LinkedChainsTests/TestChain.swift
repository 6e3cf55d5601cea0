import BlockExecution
import EchoRuntime
import Finality
import Keys
import KeyValueStore
import Lanes
import LightClient
import PalletAssets
import PalletBalances
import PalletBeefy
import PalletLightClients
import PalletMessages
import PalletSudo
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import XCM

/// A chain in memory that seals when told to, with a relayer's view of it.
final class TestChain {
  let chain: Chain
  let paraId: UInt32
  private var certificates: [BlockNumber: FinalityProof] = [:]
  private let keys = [DevelopmentKey.alice, .bob, .charlie, .dave].map(\.secretKey)
  /// The clock; blocks take it as their time.
  var now: Milliseconds = 1_700_000_000_000

  static let unit: Balance = 1_000_000_000_000

  /// An asset of chain 1000's own: 7, with six decimals, that teleports to and from chain 2000.
  static let credits: Balance = 1_000_000
  static func credits(on para: UInt32) -> Location { AssetName(home: para == 1000 ? nil : 1000, id: 7).location }

  init(_ name: String, paraId: UInt32, links: [UInt32], sessionLength: UInt32 = 600, minimumVoucher: Balance = 1_000_000) throws {
    self.paraId = paraId
    let accounts = [DevelopmentKey.alice, .bob, .charlie, .dave].map {
      ChainSpec.Endowment(account: $0.secretKey.publicKey.accountID.hex, amount: "\(1_000 * Self.unit)")
    }
    let pots = [EchoRuntime.treasury, EchoRuntime.relayerPot].map { ChainSpec.Endowment(account: $0.hex, amount: "\(Self.unit)") }
    let pool = ChainSpec.Endowment(account: EchoRuntime.exchangePool.hex, amount: "\(100 * Self.unit)")
    var spec = ChainSpec(
      name: name, network: "test", paraId: paraId, chainType: "Development", tokenSymbol: name.uppercased(), tokenDecimals: 12,
      ss58Prefix: 42,
      sessionLength: sessionLength, genesisTime: 0, authorities: keys.map { Hex.encode($0.publicKey.compressed) },
      sudo: DevelopmentKey.alice.secretKey.publicKey.accountID.hex, balances: accounts + pots + [pool], assets: [],
      links: links.map {
        ChainSpec.LinkedChain(name: "chain\($0)", paraId: $0, symbol: "C\($0)", decimals: 12, minimumBalance: "\(minimumVoucher)")
      }, rates: links.map { ChainSpec.Rate(asset: "\($0)/native", rate: "1") })
    if paraId == 1000 {
      spec.assets = [
        ChainSpec.LocalAsset(
          id: 7, owner: DevelopmentKey.alice.secretKey.publicKey.accountID.hex, symbol: "CRED", decimals: 6, minimumBalance: "100",
          balances: [
            ChainSpec.Endowment(
              account: DevelopmentKey.alice.secretKey.publicKey.accountID.hex, amount: "\(1_000_000 * Self.credits)")
          ])
      ]
    } else if paraId == 2000, let index = spec.links.firstIndex(where: { $0.paraId == 1000 }) {
      spec.links[index].assets = [ChainSpec.LinkedAsset(id: 7, symbol: "CRED", decimals: 6, minimumBalance: "100")]
    }
    if paraId != 2001 {
      let name = paraId == 1000 ? "7" : "1000/7"
      spec.teleports = [ChainSpec.Teleport(asset: name, chains: [paraId == 1000 ? 2000 : 1000])]
      spec.rates.append(ChainSpec.Rate(asset: name, rate: "2"))
    }
    chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec)
  }

  /// Seals a block with calls signed by development keys.
  @discardableResult
  func seal(_ calls: [(DevelopmentKey, RuntimeCall)] = [], advance: Milliseconds = 1000) throws -> ExecutedBlock {
    now += advance
    var nonces: [AccountID: UInt32] = [:]
    let context = chain.best.context()
    let extrinsics = try calls.map { key, call -> [UInt8] in
      let secret = key.secretKey
      let account = secret.publicKey.accountID
      let nonce = try nonces[account] ?? SystemPallet.nonce(of: account, in: context)
      nonces[account] = nonce + 1
      let signing = SigningContext(
        specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion,
        genesisHash: chain.genesisHash,
        birthHash: chain.genesisHash)
      return Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce), context: signing, key: secret).encoded()
    }
    let set = try BeefyPallet.currentSet(in: context)
    let block = try chain.propose(
      extrinsics: extrinsics, timestamp: now, preRuntime: [.author(AuthorLog(author: 0, round: 0, setID: set.id))], signaturesChecked: [])
    let signers = block.validatorSetId == set.id ? set : try BeefyPallet.nextSet(in: context)
    let commitment = Commitment(
      headerHash: block.hash, genesisHash: chain.genesisHash, mmrRoot: block.mmrRoot, timestamp: block.timestamp,
      blockNumber: block.header.number.value,
      validatorSetID: signers.id)
    guard let proof = FinalityProof.make(commitment, set: signers, keys: keys) else { throw TestFailure("no quorum") }
    try chain.commit(block, justification: proof.encoded())
    certificates[commitment.blockNumber] = proof
    if let refused = block.refused.first { throw TestFailure("refused: \(refused.reason)") }
    return block
  }

  struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  var height: BlockNumber { chain.best.number }

  func context() -> ExecutionContext { chain.best.context() }

  func balance(_ key: DevelopmentKey) throws -> Balance {
    try BalancesPallet.freeBalance(of: key.secretKey.publicKey.accountID, in: context())
  }

  func balance(_ key: DevelopmentKey, of para: UInt32) throws -> Balance {
    try ForeignAssetsPallet.balance(of: .sibling(para), who: key.secretKey.publicKey.accountID, in: context())
  }

  /// What an account has of any asset, as this chain names it.
  func balance(of asset: Location, _ account: AccountID) throws -> Balance {
    if asset.isHere { return try BalancesPallet.freeBalance(of: account, in: context()) }
    if case .palletInstance? = asset.interior.first, asset.parents == 0 {
      return try AssetsPallet.balance(of: 7, who: account, in: context())
    }
    return try ForeignAssetsPallet.balance(of: asset, who: account, in: context())
  }

  func balance(of asset: Location, _ key: DevelopmentKey) throws -> Balance {
    try balance(of: asset, key.secretKey.publicKey.accountID)
  }

  func issuance(of para: UInt32) throws -> Balance { try ForeignAssetsPallet.totalIssuance(of: .sibling(para), in: context()) }

  func escrow(for para: UInt32) throws -> Balance {
    guard let account = EchoRuntime.account(of: .sibling(para)) else { throw TestFailure("no sovereign account") }
    return try BalancesPallet.freeBalance(of: account, in: context())
  }

  /// The events of the latest block.
  func events() throws -> [RuntimeEvent] {
    guard let bytes = chain.best.value(for: System.eventsKey) else { return [] }
    return try [DecodedEvent](decoding: bytes).map(\.event)
  }

  /// Whether the latest block's extrinsics, inherent aside, all succeeded; else the first error.
  func failures() throws -> [DispatchError] {
    try events().compactMap { if case .system(.extrinsicFailed(let error, _)) = $0 { error } else { nil } }
  }

  // MARK: What a relayer reads

  func certificate(at number: BlockNumber) throws -> Certificate {
    guard let proof = certificates[number], let state = try chain.state(at: number) else {
      throw TestFailure("no certificate at \(number)")
    }
    let set = try BeefyPallet.currentSet(in: state.context())
    return Certificate(proof: proof, addresses: set.addresses)
  }

  func handover(at number: BlockNumber) throws -> Handover {
    guard let made = try chain.mmrProof(leafIndices: [UInt64(number) - 1], leafCount: UInt64(number)) else { throw TestFailure("no leaf") }
    return Handover(leaf: made.leaves[0], proof: made.proof)
  }

  func clientSetup() throws -> LightClients.Setup {
    let context = context()
    let certificate = try certificate(at: height)
    return LightClients.Setup(
      trusted: certificate.commitment, current: try BeefyPallet.currentSet(in: context).summary,
      next: try BeefyPallet.nextSet(in: context).summary,
      trustingPeriod: 86_400_000)
  }

  var end: Messages.LaneEnd { Messages.LaneEnd(genesisHash: chain.genesisHash, paraId: paraId) }

  func header() -> [UInt8] { chain.best.header.encoded() }
}

/// Several linked chains and the steps of an honest relayer between them.
final class TestNetwork {
  let hub: TestChain
  let market: TestChain
  let studio: TestChain
  let all: [TestChain]

  init(mode: LaneMode = .unordered, sessionLength: UInt32 = 600, minimumVoucher: Balance = 1_000_000) throws {
    hub = try TestChain("hub", paraId: 1000, links: [2000, 2001], sessionLength: sessionLength, minimumVoucher: minimumVoucher)
    market = try TestChain("market", paraId: 2000, links: [1000, 2001], sessionLength: sessionLength, minimumVoucher: minimumVoucher)
    studio = try TestChain("studio", paraId: 2001, links: [1000, 2000], sessionLength: sessionLength, minimumVoucher: minimumVoucher)
    all = [hub, market, studio]
    for chain in all { try chain.seal() }
    for chain in all {
      for other in all where other !== chain {
        try chain.seal([
          (.alice, .sudo(.sudo(call: .lightClients(.create(clientId: other.paraId, setup: try other.clientSetup()))))),
          (.alice, .sudo(.sudo(call: .messages(.openLane(clientId: other.paraId, counterparty: other.end, mode: mode))))),
        ])
      }
    }
  }

  static func lane(_ a: TestChain, _ b: TestChain) -> H256 { Messages.laneID(a.end, b.end) }

  /// Shows `host` the newest block of `source`.
  func update(_ host: TestChain, about source: TestChain) throws -> RuntimeCall {
    .lightClients(.update(clientId: source.paraId, update: ClientUpdate(certificate: try source.certificate(at: source.height))))
  }

  func pending(_ source: TestChain, to target: TestChain) throws -> ClosedRange<UInt64>? {
    guard let state = try Messages.outboundLanes.get(Self.lane(source, target), in: source.context()),
      state.oldestUnsettled <= state.latestGenerated
    else { return nil }
    return state.oldestUnsettled...state.latestGenerated
  }

  /// Delivers everything that waits on the way from `source` to `target`.
  func deliver(from source: TestChain, to target: TestChain, range: ClosedRange<UInt64>? = nil, advance: Milliseconds = 1000) throws {
    let lane = Self.lane(source, target)
    guard let nonces = try range ?? pending(source, to: target) else { return }
    let keys = nonces.map { Messages.outbound.key(MessageKey(lane, $0)) } + [Messages.outboundLanes.key(lane)]
    let relayer = DevelopmentKey.dave.secretKey.publicKey.accountID
    try target.seal(
      [
        (.dave, try update(target, about: source)),
        (
          .dave,
          .messages(
            .deliver(
              lane: lane, height: source.height, header: source.header(), range: NonceRange(nonces.lowerBound, nonces.upperBound),
              proof: source.chain.best.proof(for: keys), relayer: relayer))
        ),
      ], advance: advance)
  }

  /// Proves the receipts of nonces at `target` back to `source`.
  func confirm(_ nonces: [UInt64], from source: TestChain, at target: TestChain) throws {
    let lane = Self.lane(source, target)
    let keys = nonces.map { Messages.receipts.key(MessageKey(lane, $0)) }
    try source.seal([
      (.dave, try update(source, about: target)),
      (
        .dave,
        .messages(
          .confirm(lane: lane, height: target.height, header: target.header(), nonces: nonces, proof: target.chain.best.proof(for: keys)))
      ),
    ])
  }

  func timeout(_ nonce: UInt64, from source: TestChain, at target: TestChain) throws {
    let lane = Self.lane(source, target)
    let keys = [Messages.receipts.key(MessageKey(lane, nonce))]
    try source.seal([
      (.dave, try update(source, about: target)),
      (
        .dave,
        .messages(
          .timeout(lane: lane, height: target.height, header: target.header(), nonce: nonce, proof: target.chain.best.proof(for: keys)))
      ),
    ])
  }

  /// Delivers and confirms until nothing is on its way any more.
  ///
  /// - Returns: What happened on each chain meanwhile, by para id.
  @discardableResult
  func settle() throws -> [UInt32: [RuntimeEvent]] {
    var events: [UInt32: [RuntimeEvent]] = [:]
    for _ in 0..<16 {
      var moved = false
      for source in all {
        for target in all where target !== source {
          guard let nonces = try pending(source, to: target) else { continue }
          moved = true
          try source.seal()
          try deliver(from: source, to: target, range: nonces)
          guard try target.failures().isEmpty else { throw TestChain.TestFailure("delivery: \(try target.failures())") }
          events[target.paraId, default: []] += try target.events()
          try confirm(Array(nonces), from: source, at: target)
          guard try source.failures().isEmpty else { throw TestChain.TestFailure("receipt: \(try source.failures())") }
          events[source.paraId, default: []] += try source.events()
        }
      }
      if !moved { return events }
    }
    throw TestChain.TestFailure("messages keep coming")
  }

  /// A call that moves an asset of `reserve` to another chain.
  static func transfer(_ amount: Balance, of asset: Location, to para: UInt32, beneficiary: DevelopmentKey, timeout: UInt64? = nil) throws
    -> RuntimeCall
  {
    let destination = VersionedLocation.v5(.sibling(para))
    let account = VersionedLocation.v5(.account(beneficiary.secretKey.publicKey.accountID))
    let assets = VersionedAssets.v5(try Assets([Asset(asset, amount: amount)]))
    if let timeout {
      return .xcmPallet(
        .transferAssetsWithTimeout(
          dest: destination, beneficiary: account, assets: assets, feeAssetItem: 0, weightLimit: .unlimited, timeout: Compact(timeout)))
    }
    return .xcmPallet(.transferAssets(dest: destination, beneficiary: account, assets: assets, feeAssetItem: 0, weightLimit: .unlimited))
  }
}

import EchoRuntime
import Finality
import Keys
import Lanes
import PalletAssets
import PalletBalances
import PalletLightClients
import PalletMessages
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

let unit: Balance = 1_000_000_000_000
let alice = AccountID.test(1)
let bob = AccountID.test(2)
let charlie = AccountID.test(3)

private let genesisTime: Milliseconds = 1_700_000_000_000

/// One chain with the real runtime, at work on its first block.
///
/// Linked chains have clients and lanes; messages are carried by hand, without proofs.
final class TestChain {
  let para: UInt32
  let context = ExecutionContext.onEmptyState()

  static let hub: UInt32 = 1000
  static let market: UInt32 = 2000
  static let studio: UInt32 = 2001

  /// Hub's own asset 7, as hub names it.
  static let token = Location(.palletInstance(12), .generalIndex(7))
  /// The same as other chains name it.
  static let remoteToken = Location(parents: 1, interior: Junctions(.para(hub), .palletInstance(12), .generalIndex(7)))

  /// - Parameter links: Chains with a lane to this one.
  init(_ para: UInt32, links: [UInt32]) throws {
    self.para = para
    let rich = [alice, bob, charlie].map { ChainSpec.Endowment(account: $0.hex, amount: "\(1_000 * unit)") }
    let pots = [EchoRuntime.treasury, EchoRuntime.relayerPot].map { ChainSpec.Endowment(account: $0.hex, amount: "\(unit)") }
    let authority = Hex.encode(DevelopmentKey.alice.secretKey.publicKey.compressed)
    let spec = ChainSpec(
      name: "chain\(para)", network: "test", paraId: para, chainType: "Development", tokenSymbol: "T", tokenDecimals: 12,
      ss58Prefix: 42, sessionLength: 600, genesisTime: genesisTime, authorities: [authority], sudo: alice.hex,
      balances: rich + pots,
      assets: [
        ChainSpec.LocalAsset(
          id: 7, owner: alice.hex, symbol: "TOK", decimals: 3, minimumBalance: "10",
          balances: [ChainSpec.Endowment(account: alice.hex, amount: "1000000")])
      ],
      links: links.map {
        ChainSpec.LinkedChain(name: "chain\($0)", paraId: $0, symbol: "C", decimals: 12, minimumBalance: "1000000")
      })
    try EchoRuntime.buildGenesis(spec, in: context)
    if para != Self.hub {
      try ForeignAssetsPallet.buildGenesis(
        assets: [
          PalletAssets.Assets.GenesisAsset(
            id: Self.remoteToken, owner: alice, isSufficient: true, minBalance: 10,
            metadata: PalletAssets.Assets.AssetMetadata(name: [0x74], symbol: [0x74], decimals: 3))
        ], in: context)
    }
    SystemPallet.initialize(number: 1, parentHash: Self.genesis(of: para), in: context)
    SystemPallet.noteFinishedInitialize(in: context)
    for link in links { try open(link) }
    context.clearEvents()
  }

  /// Hub, market and studio, each linked with both others.
  static func network() throws -> (hub: TestChain, market: TestChain, studio: TestChain) {
    (
      try TestChain(hub, links: [market, studio]), try TestChain(market, links: [hub, studio]),
      try TestChain(studio, links: [hub, market])
    )
  }

  private static func genesis(of para: UInt32) -> H256 { H256(words: Words32(UInt64(para), 1, 2, 3)) }
  static func end(_ para: UInt32) -> Messages.LaneEnd { Messages.LaneEnd(genesisHash: genesis(of: para), paraId: para) }
  func lane(to other: UInt32) -> H256 { Messages.laneID(Self.end(para), Self.end(other)) }

  private func open(_ other: UInt32) throws {
    let hash = Self.genesis(of: other)
    let trusted = Commitment(
      headerHash: hash, genesisHash: hash, mmrRoot: hash, timestamp: genesisTime, blockNumber: 1, validatorSetID: 0)
    let keys = [DevelopmentKey.alice.secretKey.publicKey]
    let setup = LightClients.Setup(
      trusted: trusted, current: ValidatorSet(id: 0, validators: keys).summary,
      next: ValidatorSet(id: 1, validators: keys).summary, trustingPeriod: 86_400_000)
    try LightClientsPallet.dispatch(.create(clientId: other, setup: setup), origin: .root, in: context)
    try MessagesPallet.dispatch(
      .openLane(clientId: other, counterparty: Self.end(other), mode: .unordered), origin: .root, in: context)
  }

  // MARK: Calls

  func call(_ call: XcmPallet.Call, by account: AccountID = alice) -> DispatchError? {
    attempt(call, of: XcmPalletPallet.self, origin: .signed(account), in: context)
  }

  /// Makes a call as root.
  func force(_ call: XcmPallet.Call) -> DispatchError? {
    attempt(call, of: XcmPalletPallet.self, origin: .root, in: context)
  }

  /// Stands in for blocks that pass.
  func advance(to block: BlockNumber) { System.number.set(block, in: context) }

  /// Makes a call and expects that it is refused for this reason and leaves no trace.
  func expectRefusal(
    _ failure: XcmPallet.Failure, _ refused: XcmPallet.Call, by account: AccountID = alice, asRoot: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = context.trace
    let error = asRoot ? force(refused) : call(refused, by: account)
    guard case .module(let module)? = error, module.index == XcmPalletPallet.index else {
      Issue.record("refused with \(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
    #expect(XcmPallet.Failure(rawValue: module.number) == failure, sourceLocation: sourceLocation)
    expectUnchanged(since: before, sourceLocation: sourceLocation)
  }

  /// Expects that nothing was written and nothing emitted; what was only read may differ.
  func expectUnchanged(since before: Trace, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(context.trace == before, "a refused call left a trace", sourceLocation: sourceLocation)
  }

  var events: [XcmPallet.Event] { context.events(of: XcmPalletPallet.self) }

  // MARK: Balances

  func balance(_ account: AccountID) throws -> Balance { try BalancesPallet.freeBalance(of: account, in: context) }
  func balance(_ account: AccountID, of asset: Location) throws -> Balance {
    try ForeignAssetsPallet.balance(of: asset, who: account, in: context)
  }
  func tokens(_ account: AccountID) throws -> Balance { try AssetsPallet.balance(of: 7, who: account, in: context) }
  func sovereign(of other: UInt32) throws -> AccountID { try #require(EchoRuntime.account(of: .sibling(other))) }
  func escrow(for other: UInt32) throws -> Balance { try balance(sovereign(of: other)) }
  func issuance() throws -> Balance { try BalancesPallet.totalIssuance(in: context) }
  func issuance(of asset: Location) throws -> Balance { try ForeignAssetsPallet.totalIssuance(of: asset, in: context) }

  // MARK: Messages

  func message(to other: TestChain, nonce: UInt64) throws -> OutboundMessage {
    try #require(try Messages.outbound.get(MessageKey(lane(to: other.para), nonce), in: context))
  }

  func program(to other: TestChain, nonce: UInt64) throws -> Xcm {
    try VersionedXcm(decoding: message(to: other, nonce: nonce).payload).latest()
  }

  func plan(to other: TestChain, nonce: UInt64) throws -> XcmPallet.RefundPlan? {
    try XcmPallet.refunds.get(Pair(lane(to: other.para), nonce), in: context)
  }

  /// Executes a message at its destination.
  @discardableResult
  func deliver(_ nonce: UInt64, to other: TestChain) throws -> Outcome {
    let message = try message(to: other, nonce: nonce)
    return XcmPalletPallet.receive(message.payload, from: .sibling(para), id: message.topic, in: other.context)
  }

  func refund(_ nonce: UInt64, to other: TestChain) throws {
    try XcmPalletPallet.refund(lane: lane(to: other.para), nonce: nonce, in: context)
  }
}

// MARK: Values

func assets(_ items: Asset...) -> XCM.Assets { (try? XCM.Assets(items)) ?? XCM.Assets() }

func hints(_ account: AccountID) -> Instruction {
  .setHints(hints: BoundedVector([.assetClaimer(location: .account(account))]) ?? BoundedVector())
}

func everything(_ count: UInt32) -> AssetFilter { .wild(.allCounted(Compact(count))) }

/// A call that moves assets to another chain.
func transfer(
  _ items: XCM.Assets, to destination: Location, for beneficiary: Location = .account(bob), feeItem: UInt32 = 0,
  limit: WeightLimit = .unlimited
) -> XcmPallet.Call {
  .transferAssets(
    dest: .v5(destination), beneficiary: .v5(beneficiary), assets: .v5(items), feeAssetItem: feeItem, weightLimit: limit)
}

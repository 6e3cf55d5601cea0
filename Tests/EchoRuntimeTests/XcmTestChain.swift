import EchoRuntime
import Finality
import Keys
import Lanes
import PalletAssets
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

private let unit = Hub.unit
private let alice = Hub.alice
private let bob = Hub.bob
private let aliceKey = Hub.aliceKey
private let market = Hub.market

/// Who and what there is on the chain of ``XcmTestChain``.
enum Hub {
  static let unit: Balance = 1_000_000_000_000
  static let aliceKey = DevelopmentKey.alice.secretKey
  static let alice = aliceKey.publicKey.accountID
  static let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
  /// Has nothing.
  static let nobody = AccountID.test(99)
  static let gold = Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(3))
  static let credit = Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(7))
  static let market = Location.sibling(2000)
}

/// A chain with lanes to 2000 and 2001 after its first block. Alice has native units, GOLD (3) and CRED (7), and
/// vouchers of 2000; CRED teleports to 2000; GOLD has the rate 0.5 but no liquidity to swap it.
struct XcmTestChain {
  private let settled: ExecutionContext
  let parentHash: H256

  init() throws {
    let endowment = { (account: AccountID, amount: Balance) in
      ChainSpec.Endowment(account: account.hex, amount: "\(amount)")
    }
    let spec = ChainSpec(
      name: "hub", network: "test", paraId: 1000, chainType: "Development", tokenSymbol: "HUB", tokenDecimals: 12,
      ss58Prefix: 42,
      sessionLength: 600, genesisTime: 0, authorities: [Hex.encode(aliceKey.publicKey.compressed)], sudo: alice.hex,
      balances: [endowment(alice, 1000 * unit), endowment(bob, 10 * unit), endowment(EchoRuntime.treasury, unit)],
      assets: [
        .init(
          id: 3, owner: bob.hex, symbol: "GOLD", decimals: 12, minimumBalance: "100",
          balances: [endowment(alice, 500 * unit)]),
        .init(
          id: 7, owner: alice.hex, symbol: "CRED", decimals: 6, minimumBalance: "1",
          balances: [endowment(alice, 5_000_000)]),
      ],
      links: [2000, 2001].map {
        .init(name: "chain\($0)", paraId: $0, symbol: "C\($0)", decimals: 12, minimumBalance: "1000000")
      },
      teleports: [.init(asset: "7", chains: [2000])], rates: [.init(asset: "3", rate: "0.5")])
    let genesis = ExecutionContext.onEmptyState()
    try EchoRuntime.buildGenesis(spec, in: genesis)
    let block = genesis.nextBlock()
    let genesisHash = XcmTestChain.hash(1)
    try Executive.initialize(number: 1, parentHash: genesisHash, digest: [], in: block)
    try Executive.apply(Executive.timestampInherent(1_700_000_000_000), signatureChecked: false, in: block)
    let set = ValidatorSet(id: 0, validators: [aliceKey.publicKey])
    for para in [2000, 2001] as [UInt32] {
      let other = XcmTestChain.hash(UInt8(para - 1990))
      let setup = LightClients.Setup(
        trusted: Commitment(
          headerHash: other, genesisHash: other, mmrRoot: other, timestamp: 1_700_000_000_000, blockNumber: 1,
          validatorSetID: 0),
        current: set.summary, next: ValidatorSet(id: 1, validators: set.validators).summary, trustingPeriod: 86_400_000)
      try RuntimeCall.lightClients(.create(clientId: para, setup: setup)).dispatch(origin: .root, in: block)
      let end = Messages.LaneEnd(genesisHash: other, paraId: para)
      try RuntimeCall.messages(.openLane(clientId: para, counterparty: end, mode: .unordered)).dispatch(
        origin: .root, in: block)
    }
    try ForeignAssetsPallet.mint(50 * unit, of: market, to: alice, in: block)
    _ = try Executive.finalize(in: block)
    settled = block
    parentHash = XcmTestChain.hash(2)
  }

  static func hash(_ byte: UInt8) -> H256 { H256([UInt8](repeating: byte, count: 32)) ?? .zero }

  /// The state after the first block, as `state_call` sees it. Every call makes a new one.
  func state() -> ExecutionContext { settled.nextBlock() }

  /// The second block, before its extrinsics.
  func block() throws -> ExecutionContext {
    let block = state()
    try Executive.initialize(number: 2, parentHash: parentHash, digest: [], in: block)
    return block
  }

  /// Calls a runtime API on the settled state.
  func call<T: ScaleDecodable>(_ name: String, _ arguments: [UInt8], as _: T.Type = T.self) throws -> T {
    let state = state()
    return try T(decoding: try #require(try RuntimeInterface.call(name, arguments, in: state)))
  }

  func trace(_ call: RuntimeCall, as origin: OriginCaller = .system(.signed(alice))) throws -> XcmCallTrace {
    let answer: ScaleResult<XcmCallTrace, DryRunError> = try self.call(
      "EchoXcmApi_trace_call", origin.encoded() + call.encoded())
    guard case .ok(let trace) = answer else { throw Refused() }
    return trace
  }

  func trace(_ program: Xcm, from origin: Location) throws -> XcmProgramRun {
    let arguments = VersionedLocation.v5(origin).encoded() + VersionedXcm.v5(program).encoded()
    let answer: ScaleResult<XcmProgramRun, DryRunError> = try call("EchoXcmApi_trace_xcm", arguments)
    guard case .ok(let trace) = answer else { throw Refused() }
    return trace
  }

  func dryRun(_ call: RuntimeCall, as origin: OriginCaller = .system(.signed(alice)), version: UInt32 = 5) throws
    -> CallDryRunEffects
  {
    let answer: ScaleResult<CallDryRunEffects, DryRunError> = try self.call(
      "DryRunApi_dry_run_call", origin.encoded() + call.encoded() + version.encoded())
    guard case .ok(let effects) = answer else { throw Refused() }
    return effects
  }

  struct Refused: Error {}
}

extension ExecutionContext {
  /// The events of the block so far.
  func decodedEvents() throws -> [RuntimeEvent] { try events.map { try RuntimeEvent(decoding: $0.event) } }
}

/// A local program as a call.
func execute(_ program: Xcm) -> RuntimeCall {
  .xcmPallet(.execute(message: .v5(program), maxWeight: XcmPalletConfig.maximumLocalWeight))
}

/// A transfer to chain 2000.
func send(_ amount: Balance, of asset: Location, to para: UInt32 = 2000, beneficiary: AccountID = Hub.bob)
  -> RuntimeCall
{
  .xcmPallet(
    .transferAssets(
      dest: .v5(.sibling(para)), beneficiary: .v5(.account(beneficiary)),
      assets: .v5(XCM.Assets(Asset(asset, amount: amount))),
      feeAssetItem: 0, weightLimit: .unlimited))
}

func assets(_ list: (Location, Balance)...) -> XCM.Assets {
  (try? XCM.Assets(list.map { Asset($0.0, amount: $0.1) })) ?? XCM.Assets()
}

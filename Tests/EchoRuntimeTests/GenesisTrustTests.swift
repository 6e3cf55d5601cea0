import EchoRuntime
import Keys
import PalletAssetRate
import PalletAssets
import PalletBalances
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private let alice = DevelopmentKey.alice.secretKey.publicKey
private let unit: Balance = 1_000_000_000_000

/// Chain 7 with asset 3 (2 decimals) of its own and chain 8 beside it, whose native asset (10 decimals) and asset 9 (6
/// decimals) it knows.
private func spec(_ change: (inout ChainSpec) -> Void = { _ in }) -> ChainSpec {
  var spec = ChainSpec(
    name: "test", network: "test", paraId: 7, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
    sessionLength: 10, genesisTime: 0, authorities: [Hex.encode(alice.compressed)], sudo: alice.accountID.hex,
    balances: [.init(account: alice.accountID.hex, amount: "\(100 * unit)")],
    assets: [
      .init(
        id: 3, owner: alice.accountID.hex, symbol: "GOLD", decimals: 2, minimumBalance: "1",
        balances: [.init(account: EchoRuntime.exchangePool.hex, amount: "500")])
    ],
    links: [
      .init(
        name: "other", paraId: 8, symbol: "OTH", decimals: 10, minimumBalance: "1000",
        assets: [.init(id: 9, symbol: "IRON", decimals: 6, minimumBalance: "10")])
    ],
    teleports: [.init(asset: "3", chains: [8]), .init(asset: "8/9", chains: [8])],
    rates: [.init(asset: "3", rate: "0.5"), .init(asset: "8/native", rate: "2"), .init(asset: "8/9", rate: "0.25")])
  change(&spec)
  return spec
}

private let gold = AssetName(home: nil, id: 3).location
private let iron = AssetName(home: 8, id: 9).location

@Suite("Trust and rates at genesis") struct GenesisTrustTests {
  @Test(
    "asset names have one form",
    arguments: [
      ("native", Location.here), ("7", Location(.palletInstance(12), .generalIndex(Compact(7)))), ("8/native", .sibling(8)),
      ("8/9", Location(parents: 1, interior: Junctions(.para(8), .palletInstance(12), .generalIndex(Compact(9))))),
      ("", nil), ("/", nil), ("8/", nil), ("/9", nil), ("8/9/1", nil), ("07", nil), ("+7", nil), ("4294967296", nil), ("Native", nil),
    ] as [(String, Location?)])
  func names(text: String, location: Location?) {
    #expect(AssetName(text)?.location == location)
  }

  @Test("a spec's teleports, rates and linked assets are in the first state") func genesis() throws {
    let context = ExecutionContext.onEmptyState()
    try EchoRuntime.buildGenesis(spec(), in: context)
    for asset in [gold, iron] {
      let asset = Asset(asset, amount: 1)
      #expect(XcmSettings.isTeleporter(.sibling(8), of: asset, in: context))
      #expect(!XcmSettings.isTeleporter(.sibling(9), of: asset, in: context))
      #expect(!XcmSettings.isTeleporter(.here, of: asset, in: context))
    }
    #expect(!XcmSettings.isTeleporter(.sibling(8), of: Asset(.sibling(8), amount: 1), in: context))
    let details = try #require(try ForeignAssetsConfig.store.asset.get(iron, in: context))
    #expect(details.isSufficient && details.minBalance == 10 && details.supply == 0)
    #expect(try AssetsPallet.balance(of: 3, who: EchoRuntime.exchangePool, in: context) == 500)
    // Smallest units: 0.5 * 10^12 for 10^2 of gold, 2 * 10^12 for 10^10, 0.25 * 10^12 for 10^6.
    #expect(try AssetRatePallet.native(for: 1, of: gold, rounding: .down, in: context) == 5_000_000_000)
    #expect(try AssetRatePallet.native(for: 1, of: .sibling(8), rounding: .down, in: context) == 200)
    #expect(try AssetRatePallet.native(for: 4, of: iron, rounding: .down, in: context) == 1_000_000)
  }

  @Test("a chain is the reserve of what is registered and does not teleport") func reserves() throws {
    let context = ExecutionContext.onEmptyState()
    try EchoRuntime.buildGenesis(spec(), in: context)
    #expect(XcmSettings.isReserve(.sibling(8), of: Asset(.sibling(8), amount: 1), in: context))
    for (chain, asset) in [
      (Location.sibling(8), iron), (.sibling(8), gold), (.sibling(8), .here), (.sibling(9), .sibling(8)), (.here, gold),
      (.sibling(8), AssetName(home: 8, id: 10).location),
    ] {
      #expect(!XcmSettings.isReserve(chain, of: Asset(asset, amount: 1), in: context), "\(chain) for \(asset)")
    }
  }

  @Test("execution is paid at the rate, rounded up, and at par without one") func prices() throws {
    let context = ExecutionContext.onEmptyState()
    try EchoRuntime.buildGenesis(spec { $0.rates.removeLast(2) }, in: context)
    let weight = Weight(refTime: 25_000_000, proofSize: 2048)
    let native = try #require(ExecutionPrices.price(of: weight, in: AssetID(.here), state: context))
    #expect(native > 0 && native < 5_000_000_000)
    #expect(ExecutionPrices.price(of: weight, in: AssetID(gold), state: context) == 1)
    #expect(ExecutionPrices.price(of: weight, in: AssetID(.sibling(8)), state: context) == native / 100)
    #expect(ExecutionPrices.price(of: weight, in: AssetID(iron), state: context) == nil)
    #expect(ExecutionPrices.price(of: weight, in: AssetID(.sibling(9)), state: context) == nil)
  }

  @Test(
    "a spec's mistakes are named",
    arguments: [
      ("teleports[0].asset", { @Sendable (s: inout ChainSpec) in s.teleports[0].asset = "gold" }),
      ("teleports[0].asset", { s in s.teleports[0].asset = "4" }),
      ("teleports[0].asset", { s in s.teleports[0].asset = "8/10" }),
      ("teleports[1].asset", { s in s.teleports[1].asset = "3" }),
      ("teleports[0].chains", { s in s.teleports[0].chains = [] }),
      ("teleports[0].chains[0]", { s in s.teleports[0].chains = [9] }),
      ("teleports[0].chains[1]", { s in s.teleports[0].chains = [8, 8] }),
      (
        "teleports[1].chains[0]",
        { s in
          s.links.append(.init(name: "third", paraId: 9, symbol: "THR", decimals: 12, minimumBalance: "1"))
          s.teleports[1].chains = [9]
        }
      ),
      ("rates[0].asset", { s in s.rates[0].asset = "native" }),
      ("rates[0].asset", { s in s.rates[0].asset = "9/native" }),
      ("rates[2].asset", { s in s.rates[2].asset = "8/native" }),
      ("rates[0].rate", { s in s.rates[0].rate = "0" }),
      ("rates[0].rate", { s in s.rates[0].rate = "0.00" }),
      ("rates[0].rate", { s in s.rates[0].rate = "-1" }),
      ("rates[0].rate", { s in s.rates[0].rate = "1e3" }),
      ("rates[0].rate", { s in s.rates[0].rate = ".5" }),
      ("rates[0].rate", { s in s.rates[0].rate = "1.2.3" }),
      ("rates[0].rate", { s in s.rates[0].rate = "100000000000000000000" }),
      ("rates[1].rate", { s in s.rates[1].rate = "0.00000000000000000000001" }),
      ("links[0].assets[0].minimumBalance", { s in s.links[0].assets[0].minimumBalance = "x" }),
      ("links", { s in s.links[0].assets.append(s.links[0].assets[0]) }),
    ] as [(String, @Sendable (inout ChainSpec) -> Void)])
  func specErrors(field: String, change: @Sendable (inout ChainSpec) -> Void) {
    let error = #expect(throws: ChainSpecError.self) { try EchoRuntime.buildGenesis(spec(change), in: .onEmptyState()) }
    #expect(error?.field == field)
  }
}

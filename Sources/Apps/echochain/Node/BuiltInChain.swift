import EchoRuntime
import Keys
import Primitives

/// The chain specs that the program knows by name: the default topology's three, and a lone development chain.
///
/// Their authorities and owners are the public development keys: nothing on these chains is worth anything.
enum BuiltInChain {
  /// The network that all of them belong to.
  static let network = "echo-dev"
  static let names = ["hub", "market", "studio", "dev"]

  private struct Member {
    var name: String
    var paraId: UInt32
    var symbol: String
    /// The chain that ``credits`` teleport to and from, when the chain has them.
    var teleports: UInt32?
  }
  private static let linked = [
    Member(name: "hub", paraId: 1000, symbol: "ECHO", teleports: 2000),
    Member(name: "market", paraId: 2000, symbol: "MRKT", teleports: 1000),
    Member(name: "studio", paraId: 2001, symbol: "STUD"),
  ]

  /// An asset of the hub's own, which teleports between the hub and the market.
  private enum Credits {
    static let home: UInt32 = 1000
    static let id: UInt32 = 7
    static let symbol = "CRED"
    static let decimals: UInt8 = 6
    static let unit: Balance = 1_000_000
    static let minimum: Balance = 100
    /// Native units for one credit, on both chains.
    static let rate = "2"

    /// How a chain's spec names the asset.
    static func name(on chain: UInt32) -> String { chain == home ? "\(id)" : "\(home)/\(id)" }
  }

  /// The key that relays between development chains.
  static let relayerURI = "//Relayer"

  /// The spec of a built-in chain, `nil` for another name.
  static func spec(named name: String) -> ChainSpec? {
    if let member = linked.first(where: { $0.name == name }) {
      let others = linked.filter { $0.name != name }
      return spec(member, links: others.map { link($0, from: member) })
    }
    return name == "dev" ? spec(Member(name: "dev", paraId: 3000, symbol: "DEV"), links: []) : nil
  }

  private static let decimals: UInt8 = 12
  private static let unit: Balance = 1_000_000_000_000

  /// Smallest balance of a voucher: a millionth. Fees that are paid in vouchers are collected only when the collector may
  /// hold as little as one of them; what cannot be collected would stay in escrow for nobody.
  private static let voucherMinimum: Balance = 1_000_000

  /// What the exchange pool of a linked chain starts with: native units, and credits on their home chain.
  private static let poolUnits: Balance = 10_000

  /// A chain as another one knows it.
  private static func link(_ member: Member, from other: Member) -> ChainSpec.LinkedChain {
    var assets: [ChainSpec.LinkedAsset] = []
    if member.paraId == Credits.home, other.teleports == Credits.home {
      assets = [
        ChainSpec.LinkedAsset(
          id: Credits.id, symbol: Credits.symbol, decimals: Credits.decimals, minimumBalance: "\(Credits.minimum)")
      ]
    }
    return ChainSpec.LinkedChain(
      name: member.name, paraId: member.paraId, symbol: member.symbol, decimals: decimals, minimumBalance: "\(voucherMinimum)",
      assets: assets)
  }

  /// The chain's own assets.
  private static func assets(_ member: Member) -> [ChainSpec.LocalAsset] {
    guard member.paraId == Credits.home else { return [] }
    let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
    return [
      ChainSpec.LocalAsset(
        id: Credits.id, owner: SS58.encode(alice), symbol: Credits.symbol, decimals: Credits.decimals,
        minimumBalance: "\(Credits.minimum)",
        balances: [
          ChainSpec.Endowment(account: SS58.encode(alice), amount: "\(1_000_000 * Credits.unit)"),
          ChainSpec.Endowment(account: SS58.encode(EchoRuntime.exchangePool), amount: "\(poolUnits * Credits.unit)"),
        ])
    ]
  }

  /// What assets are worth: other chains' units as much as the chain's own, credits twice as much.
  private static func rates(_ member: Member, links: [ChainSpec.LinkedChain]) -> [ChainSpec.Rate] {
    let credits = member.teleports.map { _ in ChainSpec.Rate(asset: Credits.name(on: member.paraId), rate: Credits.rate) }
    return links.map { ChainSpec.Rate(asset: "\($0.paraId)/native", rate: "1") } + [credits].compactMap(\.self)
  }

  private static func spec(_ member: Member, links: [ChainSpec.LinkedChain]) -> ChainSpec {
    let authorities: [DevelopmentKey] = [.alice, .bob, .charlie, .dave]
    return ChainSpec(
      name: member.name, network: network, paraId: member.paraId, chainType: "Development", tokenSymbol: member.symbol,
      tokenDecimals: decimals,
      ss58Prefix: SS58.genericPrefix, sessionLength: 600, genesisTime: 0,
      authorities: authorities.map { Hex.encode($0.secretKey.publicKey.compressed) },
      sudo: SS58.encode(DevelopmentKey.alice.secretKey.publicKey.accountID),
      balances: links.isEmpty ? balances : balances + [pool], assets: assets(member), links: links,
      teleports: member.teleports.map { [ChainSpec.Teleport(asset: Credits.name(on: member.paraId), chains: [$0])] } ?? [],
      rates: rates(member, links: links))
  }

  private static let pool = ChainSpec.Endowment(
    account: SS58.encode(EchoRuntime.exchangePool), amount: "\(poolUnits * unit)")

  /// A million units for everybody whom examples name, under every kind of key. Fees are below the existential deposit and cannot create an
  /// account, so the accounts that collect them start with one unit.
  private static let balances: [ChainSpec.Endowment] = {
    let accounts = SignatureScheme.allCases.flatMap { scheme in
      DevelopmentKey.allCases.map { SS58.encode($0.accountKey(scheme).accountID) }
    }
    let relayer = (try? SecretKey(suri: relayerURI)).map { [SS58.encode($0.publicKey.accountID)] } ?? []
    let rich = (accounts + relayer).map { ChainSpec.Endowment(account: $0, amount: "\(1_000_000 * unit)") }
    let collectors = [EchoRuntime.treasury, EchoRuntime.relayerPot].map { ChainSpec.Endowment(account: SS58.encode($0), amount: "\(unit)") }
    return rich + collectors
  }()

  /// The authority keys that development chains are sealed with.
  static var authorityKeys: [SecretKey] { [DevelopmentKey.alice, .bob, .charlie, .dave].map(\.secretKey) }
}

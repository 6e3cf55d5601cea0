internal import Keys
internal import PalletAssets
internal import PalletSupport
internal import Primitives
internal import XCM

/// The parsed fields of a chain spec.
struct GenesisFields {
  var authorities: [PublicKey] = []
  var sudo: AccountID
  var balances: [(account: AccountID, amount: Balance)] = []
  var assets: [PalletAssets.Assets.GenesisAsset<UInt32>] = []
  var vouchers: [PalletAssets.Assets.GenesisAsset<Location>] = []
  /// Assets that teleport, and from and to where.
  var teleports: [(asset: Location, chains: [Location])] = []
  var rates: [(asset: Location, rate: FixedU128)] = []

  init(_ spec: ChainSpec) throws(ChainSpecError) {
    for (name, text) in [("name", spec.name), ("network", spec.network), ("tokenSymbol", spec.tokenSymbol)] {
      guard (1...64).contains(text.utf8.count) else { throw ChainSpecError(field: name, reason: "has not 1 to 64 bytes") }
    }
    for (index, text) in spec.authorities.enumerated() {
      let field = "authorities[\(index)]"
      guard let bytes = Hex.decode(text) else { throw ChainSpecError(field: field, reason: "is not hexadecimal") }
      do { authorities.append(try PublicKey(compressed: bytes)) } catch { throw ChainSpecError(field: field, reason: "\(error)") }
    }
    sudo = try GenesisFields.account(spec.sudo, "sudo")
    guard spec.genesisTime <= EchoRuntime.latestGenesisTime else {
      throw ChainSpecError(field: "genesisTime", reason: "is after the year 9999; it counts milliseconds since 1970")
    }
    balances = try GenesisFields.endowments(spec.balances, "balances")
    let collectors = [EchoRuntime.treasury, EchoRuntime.relayerPot, EchoRuntime.royaltyPot, EchoRuntime.marketPot]
    for collector in collectors where !balances.contains(where: { $0.account == collector }) {
      balances.append((collector, EchoRuntime.existentialDeposit))
    }
    try readAssets(spec)
    try readLinks(spec)
    try readTeleports(spec)
    try readRates(spec)
  }

  private mutating func readAssets(_ spec: ChainSpec) throws(ChainSpecError) {
    for (index, asset) in spec.assets.enumerated() {
      let field = "assets[\(index)]"
      assets.append(
        PalletAssets.Assets.GenesisAsset(
          id: asset.id, owner: try GenesisFields.account(asset.owner, "\(field).owner"), isSufficient: false,
          minBalance: try GenesisFields.amount(asset.minimumBalance, "\(field).minimumBalance"),
          metadata: GenesisFields.metadata(asset.symbol, asset.symbol, asset.decimals),
          balances: try GenesisFields.endowments(asset.balances, "\(field).balances")))
    }
  }

  private mutating func readLinks(_ spec: ChainSpec) throws(ChainSpecError) {
    for (index, link) in spec.links.enumerated() {
      let field = "links[\(index)]"
      guard link.paraId != spec.paraId else { throw ChainSpecError(field: "\(field).paraId", reason: "is this chain's own") }
      vouchers.append(
        PalletAssets.Assets.GenesisAsset(
          id: EchoRuntime.siblingAsset(paraId: link.paraId), owner: EchoRuntime.treasury, isSufficient: true,
          minBalance: try GenesisFields.amount(link.minimumBalance, "\(field).minimumBalance"),
          metadata: GenesisFields.metadata(link.name, link.symbol, link.decimals), balances: []))
      for (place, asset) in link.assets.enumerated() {
        vouchers.append(
          PalletAssets.Assets.GenesisAsset(
            id: AssetName(home: link.paraId, id: asset.id).location, owner: EchoRuntime.treasury, isSufficient: true,
            minBalance: try GenesisFields.amount(asset.minimumBalance, "\(field).assets[\(place)].minimumBalance"),
            metadata: GenesisFields.metadata(asset.symbol, asset.symbol, asset.decimals), balances: []))
      }
    }
  }

  private static func metadata(_ name: String, _ symbol: String, _ decimals: UInt8) -> PalletAssets.Assets.AssetMetadata {
    PalletAssets.Assets.AssetMetadata(name: Array(name.utf8), symbol: Array(symbol.utf8), decimals: decimals)
  }

  static func endowments(_ list: [ChainSpec.Endowment], _ field: String) throws(ChainSpecError) -> [(
    account: AccountID, amount: Balance
  )] {
    var result: [(account: AccountID, amount: Balance)] = []
    var places: [AccountID: Int] = [:]
    for (index, endowment) in list.enumerated() {
      let account = try account(endowment.account, "\(field)[\(index)].account")
      if let other = places.updateValue(index, forKey: account) {
        throw ChainSpecError(field: "\(field)[\(index)].account", reason: "is the same as \(field)[\(other)].account")
      }
      result.append((account, try amount(endowment.amount, "\(field)[\(index)].amount")))
    }
    return result
  }

  static func account(_ text: String, _ field: String) throws(ChainSpecError) -> AccountID {
    if let account = AccountID(hex: text) { return account }
    do {
      if let account = AccountID(try SS58.decode(text).bytes) { return account }
    } catch { throw ChainSpecError(field: field, reason: "\(error)") }
    throw ChainSpecError(field: field, reason: "is not an account of 32 bytes")
  }

  static func amount(_ text: String, _ field: String) throws(ChainSpecError) -> Balance {
    guard let amount = Balance(text.filter { $0 != "_" }) else { throw ChainSpecError(field: field, reason: "is not a whole number") }
    return amount
  }
}

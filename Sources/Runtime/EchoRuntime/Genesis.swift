internal import Keys
internal import PalletAssets
internal import PalletBeefy
internal import PalletLightClients
internal import PalletMessages
internal import PalletParachainInfo
public import PalletSupport
internal import PalletSudo
internal import PalletBalances
internal import PalletSystem
internal import PalletTimestamp
internal import PalletTransactionPayment
internal import Primitives
internal import ScaleCodec
public import XCM

extension EchoRuntime {
  /// The last millisecond of year 9999, since 1970. No chain begins later, so that times never reach the end of their
  /// range.
  public static let latestGenesisTime: UInt64 = 253_402_300_799_999

  /// Writes a chain's first state.
  ///
  /// The treasury and the relayers' pot get the existential deposit when the spec endows them with nothing: most fees
  /// are smaller, and an account that does not exist could not take them.
  /// - Throws: ``ChainSpecError`` that names the field which does not fit.
  public static func buildGenesis(_ spec: ChainSpec, in context: ExecutionContext) throws(ChainSpecError) {
    let fields = try GenesisFields(spec)
    SystemPallet.buildGenesis(code: Array("echochain native runtime".utf8), in: context)
    TimestampPallet.buildGenesis(now: spec.genesisTime, in: context)
    try field("network") { () throws(DispatchError) in
      try ParachainInfoPallet.buildGenesis(id: spec.paraId, network: spec.network, in: context)
    }
    try field("balances") { () throws(DispatchError) in try BalancesPallet.buildGenesis(balances: fields.balances, in: context) }
    TransactionPaymentPallet.buildGenesis(in: context)
    try field("assets") { () throws(DispatchError) in try AssetsPallet.buildGenesis(assets: fields.assets, in: context) }
    try field("links") { () throws(DispatchError) in try ForeignAssetsPallet.buildGenesis(assets: fields.vouchers, in: context) }
    SudoPallet.buildGenesis(key: fields.sudo, in: context)
    try field("authorities") { () throws(DispatchError) in
      try BeefyPallet.buildGenesis(keys: fields.authorities, sessionLength: spec.sessionLength, in: context)
    }
    // Genesis has no phase in which clients would look for events.
    context.clearEvents()
  }

  private static func field(_ name: String, _ body: () throws(DispatchError) -> Void) throws(ChainSpecError) {
    do throws(DispatchError) { try body() } catch { throw ChainSpecError(field: name, reason: "the runtime refuses it: \(error)") }
  }

  /// The location of a sibling chain's native asset, as seen from here.
  public static func siblingAsset(paraId: UInt32) -> Location { .sibling(paraId) }
}

/// The parsed fields of a chain spec.
private struct GenesisFields {
  var authorities: [PublicKey] = []
  var sudo: AccountID
  var balances: [(account: AccountID, amount: Balance)] = []
  var assets: [PalletAssets.Assets.GenesisAsset<UInt32>] = []
  var vouchers: [PalletAssets.Assets.GenesisAsset<Location>] = []

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
    for collector in [EchoRuntime.treasury, EchoRuntime.relayerPot] where !balances.contains(where: { $0.account == collector }) {
      balances.append((collector, EchoRuntime.existentialDeposit))
    }
    for (index, asset) in spec.assets.enumerated() {
      let field = "assets[\(index)]"
      assets.append(
        PalletAssets.Assets.GenesisAsset(
          id: asset.id, owner: try GenesisFields.account(asset.owner, "\(field).owner"), isSufficient: false,
          minBalance: try GenesisFields.amount(asset.minimumBalance, "\(field).minimumBalance"),
          metadata: PalletAssets.Assets.AssetMetadata(
            name: Array(asset.symbol.utf8), symbol: Array(asset.symbol.utf8), decimals: asset.decimals),
          balances: try GenesisFields.endowments(asset.balances, "\(field).balances")))
    }
    for (index, link) in spec.links.enumerated() {
      let field = "links[\(index)]"
      guard link.paraId != spec.paraId else { throw ChainSpecError(field: "\(field).paraId", reason: "is this chain's own") }
      vouchers.append(
        PalletAssets.Assets.GenesisAsset(
          id: EchoRuntime.siblingAsset(paraId: link.paraId), owner: EchoRuntime.treasury, isSufficient: true,
          minBalance: try GenesisFields.amount(link.minimumBalance, "\(field).minimumBalance"),
          metadata: PalletAssets.Assets.AssetMetadata(
            name: Array(link.name.utf8), symbol: Array(link.symbol.utf8), decimals: link.decimals), balances: []))
    }
  }

  private static func endowments(_ list: [ChainSpec.Endowment], _ field: String) throws(ChainSpecError) -> [(
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

  private static func account(_ text: String, _ field: String) throws(ChainSpecError) -> AccountID {
    if let account = AccountID(hex: text) { return account }
    do {
      if let account = AccountID(try SS58.decode(text).bytes) { return account }
    } catch { throw ChainSpecError(field: field, reason: "\(error)") }
    throw ChainSpecError(field: field, reason: "is not an account of 32 bytes")
  }

  private static func amount(_ text: String, _ field: String) throws(ChainSpecError) -> Balance {
    guard let amount = Balance(text.filter { $0 != "_" }) else { throw ChainSpecError(field: field, reason: "is not a whole number") }
    return amount
  }
}

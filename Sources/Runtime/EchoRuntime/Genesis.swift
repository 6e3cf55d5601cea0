internal import PalletMarketplace
internal import PalletRoyalty
internal import PalletAssetRate
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
public import XCM

extension EchoRuntime {
  /// The last millisecond of year 9999, since 1970. No chain begins later, so that times never reach the end of their
  /// range.
  public static let latestGenesisTime: UInt64 = 253_402_300_799_999

  /// Writes a chain's first state.
  ///
  /// The treasury and the pots of relayers, royalties and the market get the existential deposit when the spec endows them
  /// with nothing: most fees are smaller, and an account that does not exist could not take them. The accounts that count
  /// teleported assets, that hold the exchange pool's, and the pots of royalties and the market are kept from the start, so
  /// that they can take whatever comes first, and any number of assets.
  /// - Throws: ``ChainSpecError`` that names the field which does not fit.
  public static func buildGenesis(_ spec: ChainSpec, in context: ExecutionContext) throws(ChainSpecError) {
    let fields = try GenesisFields(spec)
    SystemPallet.buildGenesis(code: Array("echochain native runtime".utf8), in: context)
    TimestampPallet.buildGenesis(now: spec.genesisTime, in: context)
    try field("network") { () throws(DispatchError) in
      try ParachainInfoPallet.buildGenesis(
        id: spec.paraId, network: spec.network, chain: (spec.name, spec.tokenSymbol, spec.tokenDecimals), in: context)
    }
    try field("balances") { () throws(DispatchError) in try BalancesPallet.buildGenesis(balances: fields.balances, in: context) }
    try field("balances") { () throws(DispatchError) in
      try SystemPallet.incrementProviders(checkingAccount, in: context)
      try SystemPallet.incrementProviders(exchangePool, in: context)
      for pot in [royaltyPot, marketPot] { try SystemPallet.incrementProviders(pot, in: context) }
    }
    TransactionPaymentPallet.buildGenesis(in: context)
    try field("assets") { () throws(DispatchError) in try AssetsPallet.buildGenesis(assets: fields.assets, in: context) }
    try field("links") { () throws(DispatchError) in try ForeignAssetsPallet.buildGenesis(assets: fields.vouchers, in: context) }
    try field("rates") { () throws(DispatchError) in try AssetRatePallet.buildGenesis(rates: fields.rates, in: context) }
    TeleportTrust.Pallet.buildGenesis(fields.teleports, in: context)
    SudoPallet.buildGenesis(key: fields.sudo, in: context)
    try field("authorities") { () throws(DispatchError) in
      try BeefyPallet.buildGenesis(keys: fields.authorities, sessionLength: spec.sessionLength, in: context)
    }
    // Whatever the pots are endowed with beyond their base belongs to nobody: `sweep_unattributed` finds it.
    RoyaltyPallet.buildGenesis(native: .here, base: existentialDeposit, in: context)
    MarketplacePallet.buildGenesis(native: .here, base: existentialDeposit, parameters: nil, in: context)
    // Clients look for the storage version of every pallet; those that write none have the first.
    for pallet in palletNames where context.get(storagePrefix(pallet.name, ":__STORAGE_VERSION__:")) == nil {
      putStorageVersion(0, of: pallet.name, in: context)
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

internal import PalletAssetRate
internal import PalletAssets
internal import PalletBalances
internal import PalletBeefy
internal import PalletLightClients
internal import PalletMarketplace
internal import PalletMessages
internal import PalletParachainInfo
internal import PalletRoyalty
internal import PalletSudo
public import PalletSupport
internal import PalletSystem
internal import PalletTimestamp
internal import PalletTransactionPayment
internal import PalletUtility
internal import PalletXcm

extension EchoRuntime {
  /// The pallets in the order of their indices, with the names of the modules that they are.
  static let pallets: [(type: any Pallet.Type, module: String)] = [
    (SystemPallet.self, "frame_system"),
    (TimestampPallet.self, "pallet_timestamp"),
    (ParachainInfoPallet.self, "parachain_info"),
    (BalancesPallet.self, "pallet_balances"),
    (TransactionPaymentPallet.self, "pallet_transaction_payment"),
    (AssetsPallet.self, "pallet_assets"),
    (ForeignAssetsPallet.self, "pallet_assets"),
    (AssetRatePallet.self, "pallet_asset_rate"),
    (TeleportTrust.Pallet.self, "echo_teleport_trust"),
    (SudoPallet.self, "pallet_sudo"),
    (UtilityPallet.self, "pallet_utility"),
    (BeefyPallet.self, "pallet_beefy"),
    (LightClientsPallet.self, "pallet_light_clients"),
    (MessagesPallet.self, "pallet_messages"),
    (XcmPalletPallet.self, "pallet_xcm"),
    (RoyaltyPallet.self, "pallet_royalty"),
    (MarketplacePallet.self, "pallet_marketplace"),
  ]

  /// The name of a pallet's error, such as `Balances.insufficientBalance`; `nil` when no pallet has such an error.
  public static func failureName(_ error: ModuleError) -> String? {
    func name<P: Pallet>(_: P.Type) -> String? { P.Failure(rawValue: error.number).map { "\(P.name).\($0)" } }
    guard let (pallet, _) = pallets.first(where: { $0.type.index == error.index }) else { return nil }
    return name(pallet)
  }

  /// Index, name and module of each pallet.
  static let palletNames: [(index: UInt8, name: String, module: String)] = pallets.map { ($0.type.index, $0.type.name, $0.module) }
}

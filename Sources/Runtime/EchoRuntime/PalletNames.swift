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
internal import PalletSystem
internal import PalletTimestamp
internal import PalletTransactionPayment
internal import PalletXcm

extension EchoRuntime {
  /// The pallets by index, with the names that metadata and storage know them by and those of the modules that they are.
  static let palletNames: [(index: UInt8, name: String, module: String)] = [
    (SystemPallet.index, SystemPallet.name, "frame_system"),
    (TimestampPallet.index, TimestampPallet.name, "pallet_timestamp"),
    (ParachainInfoPallet.index, ParachainInfoPallet.name, "parachain_info"),
    (BalancesPallet.index, BalancesPallet.name, "pallet_balances"),
    (TransactionPaymentPallet.index, TransactionPaymentPallet.name, "pallet_transaction_payment"),
    (AssetsPallet.index, AssetsPallet.name, "pallet_assets"),
    (ForeignAssetsPallet.index, ForeignAssetsPallet.name, "pallet_assets"),
    (AssetRatePallet.index, AssetRatePallet.name, "pallet_asset_rate"),
    (TeleportTrust.Pallet.index, TeleportTrust.Pallet.name, "echo_teleport_trust"),
    (SudoPallet.index, SudoPallet.name, "pallet_sudo"),
    (BeefyPallet.index, BeefyPallet.name, "pallet_beefy"),
    (LightClientsPallet.index, LightClientsPallet.name, "pallet_light_clients"),
    (MessagesPallet.index, MessagesPallet.name, "pallet_messages"),
    (XcmPalletPallet.index, XcmPalletPallet.name, "pallet_xcm"),
    (RoyaltyPallet.index, RoyaltyPallet.name, "pallet_royalty"),
    (MarketplacePallet.index, MarketplacePallet.name, "pallet_marketplace"),
  ]
}

public import PalletSupport
public import ScaleCodec

/// Whether a wildcard means amounts or instances.
@ScaleCodable(path: "staging_xcm::v5::asset::WildFungibility")
public enum WildFungibility: Hashable, Sendable {
  @ScaleIndex(0) case fungible
  @ScaleIndex(1) case nonFungible
}

/// Assets in holding, named by a wildcard.
@ScaleCodable(path: "staging_xcm::v5::asset::WildAsset")
public enum WildAsset: Hashable, Sendable {
  /// Everything.
  @ScaleIndex(0) case all
  /// Everything of one id.
  @ScaleIndex(1) case allOf(id: AssetID, fun: WildFungibility)
  /// The first `count` assets in canonical order.
  @ScaleIndex(2) case allCounted(Compact<UInt32>)
  /// The first `count` assets of one id.
  @ScaleIndex(3) case allOfCounted(id: AssetID, fun: WildFungibility, count: Compact<UInt32>)
}

/// Assets in holding, by name or by wildcard.
@ScaleCodable(path: "staging_xcm::v5::asset::AssetFilter")
public enum AssetFilter: Hashable, Sendable {
  @ScaleIndex(0) case definite(Assets)
  @ScaleIndex(1) case wild(WildAsset)
}

/// Assets in holding and the way in which they travel.
@ScaleCodable(path: "staging_xcm::v5::asset::AssetTransferFilter")
public enum AssetTransferFilter: Hashable, Sendable {
  @ScaleIndex(0) case teleport(AssetFilter)
  /// This chain is the assets' reserve.
  @ScaleIndex(1) case reserveDeposit(AssetFilter)
  /// The destination is the assets' reserve.
  @ScaleIndex(2) case reserveWithdraw(AssetFilter)
}

extension AssetTransferFilter {
  /// Which assets travel.
  public var filter: AssetFilter {
    switch self {
    case .teleport(let filter), .reserveDeposit(let filter), .reserveWithdraw(let filter): filter
    }
  }
}

/// How much weight may be bought.
@ScaleCodable(path: "xcm::v3::WeightLimit")
public enum WeightLimit: Hashable, Sendable {
  @ScaleIndex(0) case unlimited
  @ScaleIndex(1) case limited(Weight)
}

/// Which local origin a call of `Transact` gets.
@ScaleCodable(path: "xcm::v3::OriginKind")
public enum OriginKind: Hashable, Sendable {
  /// The origin that the chain itself has for the location.
  @ScaleIndex(0) case native
  /// The location's sovereign account, as if it had signed.
  @ScaleIndex(1) case sovereignAccount
  @ScaleIndex(2) case superuser
  /// The location itself.
  @ScaleIndex(3) case xcm
}

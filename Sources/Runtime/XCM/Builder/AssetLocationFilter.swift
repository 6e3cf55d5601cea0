public import PalletSupport
internal import ScaleCodec

/// A set of pairs of an asset and a location, given by a rule: which location is trusted with which asset.
///
/// Serves as the rule of trusted reserves and as the rule of trusted teleports.
/// - SeeAlso: polkadot-sdk `ContainsPair<Asset, Location>`.
public struct AssetLocationFilter: Sendable {
  private let rule: @Sendable (Asset, Location, ExecutionContext) -> Bool

  public init(_ rule: @escaping @Sendable (Asset, Location, ExecutionContext) -> Bool) { self.rule = rule }

  /// Whether `location` is trusted with `asset`.
  public func contains(_ asset: Asset, at location: Location, in state: ExecutionContext) -> Bool {
    rule(asset, location, state)
  }

  /// Every location with every asset.
  public static let everything = AssetLocationFilter { _, _, _ in true }
  /// No location with any asset.
  public static let nothing = AssetLocationFilter { _, _, _ in false }

  /// A location with the one asset that bears its name: a chain with its native currency.
  /// - SeeAlso: polkadot-sdk `NativeAsset`.
  public static let native = AssetLocationFilter { asset, location, _ in asset.id.location == location }

  /// Another chain with every asset that is defined inside it, its native currency too.
  ///
  /// An asset of this chain has no other chain, so nobody is trusted with it.
  public static let ofChain = AssetLocationFilter { asset, location, _ in
    let chain = asset.id.location.chain
    return chain == location && !chain.isHere
  }

  /// What a location is trusted with.
  public struct Case: Hashable, Sendable {
    public var assets: AssetFilter
    public var location: Location

    /// - Parameter assets: Named assets stand for themselves up to their amount. A wildcard's count is not looked at,
    ///   except that a count of zero means no asset.
    public init(_ assets: AssetFilter, at location: Location) {
      self.assets = assets
      self.location = location
    }
  }

  /// The listed pairs.
  /// - SeeAlso: polkadot-sdk `Case`.
  public static func cases(_ cases: [Case]) -> AssetLocationFilter {
    AssetLocationFilter { asset, location, _ in
      cases.contains { $0.location == location && $0.assets.matches(asset) }
    }
  }

  /// Every location of a set with every asset that one of the filters matches.
  /// - SeeAlso: polkadot-sdk `LocationWithAssetFilters`.
  public static func assets(_ filters: [AssetFilter], at locations: LocationFilter) -> AssetLocationFilter {
    AssetLocationFilter { asset, location, state in
      locations.contains(location, in: state) && filters.contains { $0.matches(asset) }
    }
  }

  /// Pairs that are in either set.
  public func or(_ other: AssetLocationFilter) -> AssetLocationFilter {
    let rule = rule
    return AssetLocationFilter { rule($0, $1, $2) || other.rule($0, $1, $2) }
  }

  /// Pairs of this set whose location is in `locations`.
  public func from(_ locations: LocationFilter) -> AssetLocationFilter {
    let rule = rule
    return AssetLocationFilter { rule($0, $1, $2) && locations.contains($1, in: $2) }
  }
}

extension AssetFilter {
  /// Whether the filter would take this asset in full.
  ///
  /// Named assets contain an instance that is listed and an amount up to the listed one. Counts of wildcards are
  /// disregarded, except that a count of zero matches nothing.
  /// - SeeAlso: XCM v5 `AssetFilter::matches`.
  public func matches(_ asset: Asset) -> Bool {
    switch self {
    case .definite(let assets): assets.items.contains { $0.covers(asset) }
    case .wild(.all): true
    case .wild(.allCounted(let count)): count.value > 0
    case .wild(.allOf(let id, let fun)): id == asset.id && fun.isKind(of: asset.fun)
    case .wild(.allOfCounted(let id, let fun, let count)):
      count.value > 0 && id == asset.id && fun.isKind(of: asset.fun)
    }
  }
}

extension Asset {
  /// Whether `other` is the same instance, or no more of the same asset.
  fileprivate func covers(_ other: Asset) -> Bool {
    guard id == other.id else { return false }
    if let amount, let asked = other.amount { return asked <= amount }
    return fun == other.fun
  }
}

extension WildFungibility {
  fileprivate func isKind(of fungibility: Fungibility) -> Bool { (self == .nonFungible) == fungibility.isInstance }
}

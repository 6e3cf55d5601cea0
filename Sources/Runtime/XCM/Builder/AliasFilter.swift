public import PalletSupport

/// A set of pairs of locations, given by a rule: who may act as whom with `AliasOrigin`.
///
/// A barrier asks it before anything is paid, so rules that are costly to look up belong only into the executor's
/// configuration.
/// - SeeAlso: polkadot-sdk `ContainsPair<Location, Location>` and `origin_aliases.rs`.
public struct AliasFilter: Sendable {
  private let rule: @Sendable (Location, Location, ExecutionContext) -> Bool

  /// - Parameter rule: Takes the origin first and the location that it wants to be second.
  public init(_ rule: @escaping @Sendable (Location, Location, ExecutionContext) -> Bool) { self.rule = rule }

  /// Whether `origin` may act as `target`.
  public func contains(_ origin: Location, as target: Location, in state: ExecutionContext) -> Bool {
    rule(origin, target, state)
  }

  /// Nobody may act as anybody, not even as themselves.
  public static let nothing = AliasFilter { _, _, _ in false }

  /// An origin may act as anything inside it, and as itself.
  /// - SeeAlso: polkadot-sdk `AliasChildLocation`.
  public static let childLocation = AliasFilter { origin, target, _ in target.starts(with: origin) }

  /// An account of 32 bytes somewhere else may act as the account with the same id and network here.
  ///
  /// - Parameter places: Where the foreign account has to be: its location without the account.
  /// - SeeAlso: polkadot-sdk `AliasForeignAccountId32`.
  public static func foreignAccountID32(from places: LocationFilter) -> AliasFilter {
    AliasFilter { origin, target, state in
      guard case .accountId32? = origin.interior.last, let account = origin.interior.last else { return false }
      let place = Location(parents: origin.parents, interior: origin.interior.droppingLast)
      return target == Location(account) && places.contains(place, in: state)
    }
  }

  /// One chain as a whole may act as every location of a set.
  ///
  /// Only a sibling chain, another network or a chain of another network counts as a whole; any other `chain` may act
  /// as nobody. The chain itself decides who speaks for it: for trusted chains only.
  /// - SeeAlso: polkadot-sdk `AliasOriginRootUsingFilter`.
  public static func originRoot(_ chain: Location, as targets: LocationFilter) -> AliasFilter {
    let isRoot = chain.isForeignRoot
    return AliasFilter { origin, target, state in isRoot && origin == chain && targets.contains(target, in: state) }
  }

  /// Pairs that somebody has authorized on this chain; the closure looks them up.
  /// - SeeAlso: polkadot-sdk `pallet_xcm::AuthorizedAliasers`.
  public static func authorized(
    _ lookUp: @escaping @Sendable (_ origin: Location, _ target: Location, ExecutionContext) -> Bool
  ) -> AliasFilter {
    AliasFilter(lookUp)
  }

  /// Pairs that are in either set; the second is asked only when the first does not have the pair.
  public func or(_ other: AliasFilter) -> AliasFilter {
    let rule = rule
    return AliasFilter { rule($0, $1, $2) || other.rule($0, $1, $2) }
  }
}

extension Location {
  /// Whether this is a sibling chain, another network, or a chain of another network.
  fileprivate var isForeignRoot: Bool {
    if siblingChain != nil { return true }
    guard parents == 2, case .globalConsensus? = interior.first else { return false }
    let rest = interior.droppingFirst
    if rest.isEmpty { return true }
    guard rest.count == 1, case .parachain? = rest.first else { return false }
    return true
  }
}

public import PalletSupport
internal import ScaleCodec

/// A set of locations, given by a rule.
public struct LocationFilter: Sendable {
  private let rule: @Sendable (Location, ExecutionContext) -> Bool

  public init(_ rule: @escaping @Sendable (Location, ExecutionContext) -> Bool) { self.rule = rule }

  /// Whether the set has this location.
  public func contains(_ location: Location, in state: ExecutionContext) -> Bool { rule(location, state) }

  /// Every location.
  public static let everything = LocationFilter { _, _ in true }
  /// No location.
  public static let nothing = LocationFilter { _, _ in false }
  /// Other chains of this network.
  public static let siblings = LocationFilter { location, _ in location.siblingChain != nil }
  /// The chain that contains this one.
  public static let parent = LocationFilter { location, _ in location == .parent }

  /// The listed locations.
  public static func only(_ locations: Location...) -> LocationFilter {
    let set = Set(locations)
    return LocationFilter { location, _ in set.contains(location) }
  }

  /// A location and everything inside it.
  public static func within(_ location: Location) -> LocationFilter {
    LocationFilter { candidate, _ in candidate.starts(with: location) }
  }

  /// Locations that are in either set.
  public func or(_ other: LocationFilter) -> LocationFilter {
    let rule = rule
    return LocationFilter { rule($0, $1) || other.rule($0, $1) }
  }

  /// Locations that are in both sets.
  public func and(_ other: LocationFilter) -> LocationFilter {
    let rule = rule
    return LocationFilter { rule($0, $1) && other.rule($0, $1) }
  }

  /// Locations that are not in this set.
  public var inverted: LocationFilter {
    let rule = rule
    return LocationFilter { !rule($0, $1) }
  }
}

extension Location {
  /// The id of the sibling chain that this location is; `nil` for what is inside a sibling and for everything else.
  var siblingChain: UInt32? {
    guard parents == 1, interior.count == 1, case .parachain(let id)? = interior.first else { return nil }
    return id.value
  }
}

public import XCM

/// Assets by their symbols, which anybody may choose: more than one asset can have the same.
public enum AssetSymbol {
  /// What a symbol names.
  public enum Match: Hashable, Sendable {
    case none
    /// The asset's place in the list.
    case one(Int)
    /// The locations of all that have it, in the order of the list.
    case several([Location])
  }

  /// Finds the assets that have a symbol.
  public static func match(_ symbol: String, among known: [(symbol: String, location: Location)]) -> Match {
    let places = known.indices.filter { known[$0].symbol == symbol }
    guard let first = places.first else { return .none }
    return places.count == 1 ? .one(first) : .several(places.map { known[$0].location })
  }
}

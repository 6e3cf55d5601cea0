internal import Hashing
internal import Primitives
internal import ScaleCodec

/// Turns a location into bytes that no other location has, given by a rule. Small rules compose.
///
/// Literals stand in the bytes without a length. Networks in accounts are not part of a description.
/// - SeeAlso: polkadot-sdk `DescribeLocation`.
public struct LocationDescription: Sendable {
  private let rule: @Sendable (Location) -> [UInt8]?

  public init(_ rule: @escaping @Sendable (Location) -> [UInt8]?) { self.rule = rule }

  /// The description of `location`, or `nil` when the rule has none for it.
  public func bytes(of location: Location) -> [UInt8]? { rule(location) }

  /// The first description that either rule has.
  public func or(_ other: LocationDescription) -> LocationDescription {
    let rule = rule
    return LocationDescription { rule($0) ?? other.rule($0) }
  }

  // MARK: Ends of a path

  /// The reader itself: nothing.
  public static let terminus = LocationDescription { $0.isHere ? [] : nil }

  /// A pallet: `Pallet` and its index as a compact integer.
  public static let pallet = LocationDescription {
    guard case .palletInstance(let index)? = $0.onlyJunction else { return nil }
    return Array("Pallet".utf8) + Compact(UInt32(index)).encoded()
  }

  /// An account of 32 bytes: `AccountId32` and the id.
  public static let accountID32 = LocationDescription {
    guard case .accountId32(_, let id)? = $0.onlyJunction else { return nil }
    return Array("AccountId32".utf8) + id.bytes
  }

  /// An account of 20 bytes: `AccountKey20` and the key.
  public static let accountKey20 = LocationDescription {
    guard case .accountKey20(_, let key)? = $0.onlyJunction else { return nil }
    return Array("AccountKey20".utf8) + key.bytes
  }

  /// The treasury's own voice: `TreasuryVoice`.
  public static let treasuryVoice = LocationDescription {
    guard case .plurality(.treasury, .voice)? = $0.onlyJunction else { return nil }
    return Array("TreasuryVoice".utf8)
  }

  /// A body: `Body`, its id and the part of it that speaks.
  public static let body = LocationDescription {
    guard case .plurality(let id, let part)? = $0.onlyJunction else { return nil }
    return Array("Body".utf8) + id.encoded() + part.encoded()
  }

  /// Nothing, a pallet, an account or a body.
  /// - SeeAlso: polkadot-sdk `DescribeAllTerminal`.
  public static let allTerminals = terminus.or(pallet).or(accountID32).or(accountKey20).or(treasuryVoice).or(body)

  // MARK: Whole paths

  /// Parts of the parent, of siblings and of children, whose own path `interior` describes.
  ///
  /// `ParentChain`, `SiblingChain` or `ChildChain`, the chain's id as a compact integer where there is one, and the
  /// inner description as a byte vector.
  /// - SeeAlso: polkadot-sdk `DescribeFamily`.
  public static func family(_ interior: LocationDescription) -> LocationDescription {
    LocationDescription { location in
      if case .parachain(let id)? = location.interior.first {
        let rest = Location(parents: 0, interior: location.interior.droppingFirst)
        guard location.parents <= 1, let part = interior.bytes(of: rest) else { return nil }
        let name = location.parents == 0 ? "ChildChain" : "SiblingChain"
        return Array(name.utf8) + id.encoded() + part.encoded()
      }
      let rest = Location(parents: 0, interior: location.interior)
      guard location.parents == 1, let part = interior.bytes(of: rest) else { return nil }
      return Array("ParentChain".utf8) + part.encoded()
    }
  }

  /// Accounts of foreign chains as early versions described them.
  ///
  /// `ForeignChainAliasAccountPrefix_` with `Para32`, `Para20` or `Relay`, the parachain's id as four little-endian
  /// bytes where there is one, the account, and the number of parents.
  /// - SeeAlso: polkadot-sdk `LegacyDescribeForeignChainAccount`.
  public static let legacyForeignAccount = LocationDescription { location in
    let prefix = Array("ForeignChainAliasAccountPrefix_".utf8)
    let path = location.interior.items
    let end = [location.parents]
    switch (location.parents, path.first, path.dropFirst().first, path.count) {
    case (0...1, .parachain(let para)?, .accountId32(_, let id)?, 2):
      return prefix + Array("Para32".utf8) + para.value.encoded() + id.bytes + end
    case (0...1, .parachain(let para)?, .accountKey20(_, let key)?, 2):
      return prefix + Array("Para20".utf8) + para.value.encoded() + key.bytes + end
    case (1, .accountId32(_, let id)?, nil, 1): return prefix + Array("Relay".utf8) + id.bytes + end
    default: return nil
    }
  }
}

extension Location {
  /// The junction of a path of one junction from here.
  fileprivate var onlyJunction: Junction? { parents == 0 && interior.count == 1 ? interior.first : nil }
}

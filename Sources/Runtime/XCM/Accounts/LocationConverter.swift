public import Primitives
internal import Hashing
internal import ScaleCodec

/// Finds the account that stands for a location in the local ledger.
public protocol LocationConverter: Sendable {
  /// The account of `location`, or `nil` when this converter has none for it.
  func account(of location: Location) -> AccountID?
}

/// Asks converters in order; the first that knows the location answers.
public struct FirstConverter: LocationConverter {
  private let converters: [any LocationConverter]
  public init(_ converters: any LocationConverter...) { self.converters = converters }

  public func account(of location: Location) -> AccountID? {
    for converter in converters {
      if let account = converter.account(of: location) { return account }
    }
    return nil
  }
}

/// The parent chain: the text `Parent`, padded with zeros to 32 bytes.
public struct ParentAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    location == .parent ? Sovereign.padded(Array("Parent".utf8)) : nil
  }
}

/// A sibling chain: `sibl`, its id as four little-endian bytes, then zeros.
public struct SiblingAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    guard location.parents == 1, location.interior.count == 1, case .parachain(let id)? = location.interior.first else {
      return nil
    }
    return Sovereign.padded(Array("sibl".utf8) + id.value.encoded())
  }
}

/// A child chain: `para`, its id as four little-endian bytes, then zeros.
public struct ChildAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1, case .parachain(let id)? = location.interior.first else {
      return nil
    }
    return Sovereign.padded(Array("para".utf8) + id.value.encoded())
  }
}

/// An account of this chain, named by its id with no network or with this chain's.
public struct LocalAccount: LocationConverter {
  private let network: NetworkID?
  public init(network: NetworkID? = nil) { self.network = network }

  public func account(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1,
      case .accountId32(let network, let id)? = location.interior.first,
      network == nil || network == self.network
    else { return nil }
    return id
  }
}

/// Parts of the parent, of siblings and of children: the hash of a description of the path.
///
/// The description is `ParentChain`, `SiblingChain` or `ChildChain`, the chain's id as a compact integer where there
/// is one, and the description of the part as a byte vector. Networks in accounts are not part of it.
/// - SeeAlso: polkadot-sdk `HashedDescription<_, DescribeFamily<DescribeAllTerminal>>`.
public struct DescribedAccount: LocationConverter {
  public init() {}

  public func account(of location: Location) -> AccountID? {
    guard let description = Self.description(of: location) else { return nil }
    return AccountID(words: Hash.blake2b256(description).words)
  }

  private static func description(of location: Location) -> [UInt8]? {
    let interior = location.interior
    if case .parachain(let id)? = interior.first {
      guard location.parents <= 1, let part = terminal(interior.droppingFirst) else { return nil }
      let family = location.parents == 0 ? "ChildChain" : "SiblingChain"
      return Array(family.utf8) + id.encoded() + part.encoded()
    }
    guard location.parents == 1, let part = terminal(interior) else { return nil }
    return Array("ParentChain".utf8) + part.encoded()
  }

  /// Describes the end of a path: nothing, an account, a pallet or a body.
  private static func terminal(_ path: Junctions) -> [UInt8]? {
    guard let junction = path.first else { return [] }
    guard path.count == 1 else { return nil }
    switch junction {
    case .palletInstance(let index): return Array("Pallet".utf8) + Compact(UInt32(index)).encoded()
    case .accountId32(_, let id): return Array("AccountId32".utf8) + id.bytes
    case .accountKey20(_, let key): return Array("AccountKey20".utf8) + key.bytes
    case .plurality(.treasury, .voice): return Array("TreasuryVoice".utf8)
    case .plurality(let id, let part): return Array("Body".utf8) + id.encoded() + part.encoded()
    default: return nil
    }
  }
}

/// Chains of other networks: the hash of a prefix, the network and, for a parachain, its id as four little-endian
/// bytes.
/// - SeeAlso: polkadot-sdk `GlobalConsensusConvertsFor`, `GlobalConsensusParachainConvertsFor`.
public struct RemoteNetworkAccount: LocationConverter {
  private let universal: Junctions

  /// - Parameter universal: This chain's path from the root of consensus.
  public init(universal: Junctions) { self.universal = universal }

  public func account(of location: Location) -> AccountID? {
    guard let path = universal.universal(of: location) ?? Self.escaped(location, beyond: universal),
      let network = path.globalConsensus, network != universal.globalConsensus
    else { return nil }
    let rest = path.droppingFirst
    if rest.isEmpty { return Self.hash(Array("glblcnsnss_".utf8) + network.encoded()) }
    guard rest.count == 1, case .parachain(let id)? = rest.first else { return nil }
    return Self.hash(Array("glblcnsnss/prchn_".utf8) + network.encoded() + id.value.encoded())
  }

  /// The path of a location that leaves the whole universal location behind.
  private static func escaped(_ location: Location, beyond universal: Junctions) -> Junctions? {
    Int(location.parents) == universal.count ? location.interior : nil
  }

  private static func hash(_ bytes: [UInt8]) -> AccountID { AccountID(words: Hash.blake2b256(bytes).words) }
}

/// Accounts of foreign chains as early versions derived them; kept so that funds on them stay reachable.
///
/// The hash of `ForeignChainAliasAccountPrefix_` with `Para32`, `Para20` or `Relay`, the parachain's id as four
/// little-endian bytes where there is one, the account, and the number of parents.
public struct LegacyForeignAccount: LocationConverter {
  public init() {}

  public func account(of location: Location) -> AccountID? {
    let prefix = Array("ForeignChainAliasAccountPrefix_".utf8)
    var bytes: [UInt8]
    switch (
      location.parents, location.interior.items.first, location.interior.items.dropFirst().first,
      location.interior.count
    ) {
    case (0...1, .parachain(let para)?, .accountId32(_, let id)?, 2):
      bytes = prefix + Array("Para32".utf8) + para.value.encoded() + id.bytes
    case (0...1, .parachain(let para)?, .accountKey20(_, let key)?, 2):
      bytes = prefix + Array("Para20".utf8) + para.value.encoded() + key.bytes
    case (1, .accountId32(_, let id)?, nil, 1): bytes = prefix + Array("Relay".utf8) + id.bytes
    default: return nil
    }
    bytes.append(location.parents)
    return AccountID(words: Hash.blake2b256(bytes).words)
  }
}

private enum Sovereign {
  /// At most 32 bytes, followed by zeros.
  static func padded(_ bytes: [UInt8]) -> AccountID {
    AccountID(bytes + [UInt8](repeating: 0, count: 32 - bytes.count)) ?? .zero
  }
}

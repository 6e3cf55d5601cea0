internal import Hashing
public import Primitives
internal import ScaleCodec

// Accounts of what has no readable account: hashes of descriptions. Nobody knows a key of such an account.

/// The blake2b-256 hash of a location's description.
/// - SeeAlso: polkadot-sdk `HashedDescription`.
public struct HashedDescription: LocationConverter {
  private let description: LocationDescription

  public init(_ description: LocationDescription) { self.description = description }

  public func account(of location: Location) -> AccountID? { description.bytes(of: location).map(Hashed.account) }
}

/// Parts of the parent, of siblings and of children: accounts, pallets, bodies, and the chains themselves.
/// - SeeAlso: polkadot-sdk `HashedDescription<_, DescribeFamily<DescribeAllTerminal>>`.
public struct DescribedAccount: LocationConverter {
  private static let converter = HashedDescription(.family(.allTerminals))

  public init() {}

  public func account(of location: Location) -> AccountID? { Self.converter.account(of: location) }
}

/// Accounts of foreign chains as early versions derived them; kept so that funds on them stay reachable.
/// - SeeAlso: polkadot-sdk `ForeignChainAliasAccount`.
public struct LegacyForeignAccount: LocationConverter {
  private static let converter = HashedDescription(.legacyForeignAccount)

  public init() {}

  public func account(of location: Location) -> AccountID? { Self.converter.account(of: location) }
}

/// Any location: the hash of the text `multiloc`, as a byte vector, and the location itself.
///
/// The same place has one account for each way of naming it, networks in accounts included.
/// - SeeAlso: polkadot-sdk `Account32Hash`.
public struct HashedLocationAccount: LocationConverter {
  public init() {}

  public func account(of location: Location) -> AccountID? {
    Hashed.account(Array("multiloc".utf8).encoded() + location.encoded())
  }
}

/// Another network as a whole: the hash of `glblcnsnss_` and the network.
/// - SeeAlso: polkadot-sdk `GlobalConsensusConvertsFor`.
public struct GlobalConsensusAccount: LocationConverter {
  private let universal: Junctions

  /// - Parameter universal: This chain's path from the root of consensus, which names its network.
  public init(universal: Junctions) { self.universal = universal }

  public func account(of location: Location) -> AccountID? {
    guard let remote = universal.remote(location), remote.path.isEmpty else { return nil }
    return Hashed.account(Array("glblcnsnss_".utf8) + remote.network.encoded())
  }
}

/// A parachain of another network: the hash of `glblcnsnss/prchn_`, the network and the id as four little-endian bytes.
/// - SeeAlso: polkadot-sdk `GlobalConsensusParachainConvertsFor`.
public struct GlobalConsensusParachainAccount: LocationConverter {
  private let universal: Junctions

  /// - Parameter universal: This chain's path from the root of consensus, which names its network.
  public init(universal: Junctions) { self.universal = universal }

  public func account(of location: Location) -> AccountID? {
    guard let remote = universal.remote(location) else { return nil }
    return Self.account(of: remote)
  }

  fileprivate static func account(of remote: RemotePlace) -> AccountID? {
    guard remote.path.count == 1, case .parachain(let id)? = remote.path.first else { return nil }
    return Hashed.account(Array("glblcnsnss/prchn_".utf8) + remote.network.encoded() + id.value.encoded())
  }
}

/// Other networks and their parachains.
public struct RemoteNetworkAccount: LocationConverter {
  private let converters: FirstConverter

  /// - Parameter universal: This chain's path from the root of consensus, which names its network.
  public init(universal: Junctions) {
    converters = FirstConverter(
      GlobalConsensusAccount(universal: universal), GlobalConsensusParachainAccount(universal: universal))
  }

  public func account(of location: Location) -> AccountID? { converters.account(of: location) }
}

/// Every place in another network.
///
/// A parachain has the account of ``GlobalConsensusParachainAccount``. Another place has the hash of `glblcnsnss`, the
/// network and the path as a vector. On an Ethereum network it is the hash of `ethereum-chain`, the chain id as eight
/// little-endian bytes, and: nothing for the network, the key for an account, the path as a vector for the rest.
/// - SeeAlso: polkadot-sdk `ExternalConsensusLocationsConverterFor`.
public struct ExternalConsensusAccount: LocationConverter {
  private let universal: Junctions

  /// - Parameter universal: This chain's path from the root of consensus, which names its network.
  public init(universal: Junctions) { self.universal = universal }

  public func account(of location: Location) -> AccountID? {
    guard let remote = universal.remote(location) else { return nil }
    let path = remote.path.items
    guard case .ethereum(let chain) = remote.network else {
      return GlobalConsensusParachainAccount.account(of: remote)
        ?? Hashed.account(Array("glblcnsnss".utf8) + remote.network.encoded() + path.encoded())
    }
    let prefix = Array("ethereum-chain".utf8) + chain.value.encoded()
    if path.isEmpty { return Hashed.account(prefix) }
    if path.count == 1, case .accountKey20(_, let key)? = path.first { return Hashed.account(prefix + key.bytes) }
    return Hashed.account(prefix + path.encoded())
  }
}

/// A place in another network.
private struct RemotePlace {
  var network: NetworkID
  /// From the root of that network.
  var path: Junctions
}

extension Junctions {
  /// What `location`, read from this universal location, is in another network; `nil` when it is in this one, names
  /// no network, or this universal location does not say which network it is in.
  fileprivate func remote(_ location: Location) -> RemotePlace? {
    guard let local = globalConsensus, Int(location.parents) == count,
      let network = location.interior.globalConsensus, network != local
    else { return nil }
    return RemotePlace(network: network, path: location.interior.droppingFirst)
  }
}

private enum Hashed {
  static func account(_ bytes: [UInt8]) -> AccountID { AccountID(words: Hash.blake2b256(bytes).words) }
}

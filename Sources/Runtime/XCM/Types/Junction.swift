public import Primitives
public import ScaleCodec

/// A consensus network: the root of a universal location.
///
/// Test networks have no numbers of their own in version 5; Echochain's networks are ``byGenesis(_:)``.
/// - SeeAlso: XCM v5 `NetworkId`; numbers 4 to 6 belonged to networks that version 5 dropped.
@ScaleCodable(path: "staging_xcm::v5::junction::NetworkId")
public enum NetworkID: Hashable, Sendable {
  /// The network whose genesis block has this hash, or any 32-byte name that its chains agree on.
  @ScaleIndex(0) case byGenesis(H256)
  /// A fork, named by its first block of its own.
  @ScaleIndex(1) case byFork(blockNumber: UInt64, blockHash: H256)
  @ScaleIndex(2) case polkadot
  @ScaleIndex(3) case kusama
  /// An EVM network by its EIP-155 chain id.
  @ScaleIndex(7) case ethereum(chainId: Compact<UInt64>)
  @ScaleIndex(8) case bitcoinCore
  @ScaleIndex(9) case bitcoinCash
  @ScaleIndex(10) case polkadotBulletin
}

/// A body of people that can hold an opinion.
@ScaleCodable(path: "xcm::v3::junction::BodyId")
public enum BodyID: Hashable, Sendable {
  @ScaleIndex(0) case unit
  @ScaleIndex(1) case moniker(FixedBytes<4>)
  @ScaleIndex(2) case index(Compact<UInt32>)
  @ScaleIndex(3) case executive
  @ScaleIndex(4) case technical
  @ScaleIndex(5) case legislative
  @ScaleIndex(6) case judicial
  @ScaleIndex(7) case defense
  @ScaleIndex(8) case administration
  @ScaleIndex(9) case treasury
}

/// How much of a body speaks.
@ScaleCodable(path: "xcm::v3::junction::BodyPart")
public enum BodyPart: Hashable, Sendable {
  /// The body's own decision.
  @ScaleIndex(0) case voice
  /// At least `count` members.
  @ScaleIndex(1) case members(count: Compact<UInt32>)
  @ScaleIndex(2) case fraction(nom: Compact<UInt32>, denom: Compact<UInt32>)
  @ScaleIndex(3) case atLeastProportion(nom: Compact<UInt32>, denom: Compact<UInt32>)
  @ScaleIndex(4) case moreThanProportion(nom: Compact<UInt32>, denom: Compact<UInt32>)
}

/// One step from a consensus system into a part of it.
@ScaleCodable(path: "staging_xcm::v5::junction::Junction")
public enum Junction: Hashable, Sendable {
  /// A parachain by its id; between Echochain instances, an instance of the same network.
  @ScaleIndex(0) case parachain(Compact<UInt32>)
  @ScaleIndex(1) case accountId32(network: NetworkID?, id: AccountID)
  @ScaleIndex(2) case accountIndex64(network: NetworkID?, index: Compact<UInt64>)
  @ScaleIndex(3) case accountKey20(network: NetworkID?, key: FixedBytes<20>)
  @ScaleIndex(4) case palletInstance(UInt8)
  @ScaleIndex(5) case generalIndex(Compact<UInt128>)
  /// The first `length` bytes of `data`, 0...32; the rest is zero by convention.
  @ScaleIndex(6) case generalKey(length: UInt8, data: H256)
  @ScaleIndex(7) case onlyChild
  @ScaleIndex(8) case plurality(id: BodyID, part: BodyPart)
  @ScaleIndex(9) case globalConsensus(NetworkID)
}

extension Junction {
  /// A parachain junction from a plain number.
  @inlinable public static func para(_ id: UInt32) -> Junction { .parachain(Compact(id)) }

  /// An account of whichever network interprets the location.
  @inlinable public static func account(_ id: AccountID, network: NetworkID? = nil) -> Junction {
    .accountId32(network: network, id: id)
  }

  /// The network a junction names, as part of an account or as global consensus.
  public var network: NetworkID? {
    switch self {
    case .accountId32(let network, _), .accountIndex64(let network, _), .accountKey20(let network, _): network
    case .globalConsensus(let network): network
    default: nil
    }
  }

  /// The junction with the network of an account left out.
  public var withoutNetwork: Junction {
    switch self {
    case .accountId32(_, let id): .accountId32(network: nil, id: id)
    case .accountIndex64(_, let index): .accountIndex64(network: nil, index: index)
    case .accountKey20(_, let key): .accountKey20(network: nil, key: key)
    default: self
    }
  }
}

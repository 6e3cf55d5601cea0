public import Primitives
public import ScaleCodec

/// A network as versions 3 and 4 name it: those of version 5 and three test networks.
@ScaleCodable(path: "staging_xcm::v4::junction::NetworkId")
public enum LegacyNetworkID: Hashable, Sendable {
  @ScaleIndex(0) case byGenesis(H256)
  @ScaleIndex(1) case byFork(blockNumber: UInt64, blockHash: H256)
  @ScaleIndex(2) case polkadot
  @ScaleIndex(3) case kusama
  @ScaleIndex(4) case westend
  @ScaleIndex(5) case rococo
  @ScaleIndex(6) case wococo
  @ScaleIndex(7) case ethereum(chainId: Compact<UInt64>)
  @ScaleIndex(8) case bitcoinCore
  @ScaleIndex(9) case bitcoinCash
  @ScaleIndex(10) case polkadotBulletin
}

/// A junction of versions 3 and 4.
@ScaleCodable(path: "staging_xcm::v4::junction::Junction")
public enum LegacyJunction: Hashable, Sendable {
  @ScaleIndex(0) case parachain(Compact<UInt32>)
  @ScaleIndex(1) case accountId32(network: LegacyNetworkID?, id: AccountID)
  @ScaleIndex(2) case accountIndex64(network: LegacyNetworkID?, index: Compact<UInt64>)
  @ScaleIndex(3) case accountKey20(network: LegacyNetworkID?, key: FixedBytes<20>)
  @ScaleIndex(4) case palletInstance(UInt8)
  @ScaleIndex(5) case generalIndex(Compact<UInt128>)
  @ScaleIndex(6) case generalKey(length: UInt8, data: H256)
  @ScaleIndex(7) case onlyChild
  @ScaleIndex(8) case plurality(id: BodyID, part: BodyPart)
  @ScaleIndex(9) case globalConsensus(LegacyNetworkID)
}

/// An interior path of versions 3 and 4; version 3's `X1` holds its junction bare, which gives the same bytes.
public struct LegacyJunctions: Hashable, Sendable {
  /// From the outermost to the innermost, at most eight.
  public let items: [LegacyJunction]
}

extension LegacyJunctions: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { items.reduce(1) { $0 + $1.encodedSize } }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeByte(UInt8(items.count))
    for junction in items { junction.encode(into: &writer) }
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let count = try reader.readByte()
    guard count <= Junctions.maximumCount else { throw .unknownVariant(type: "Junctions", index: count, offset: at) }
    try reader.enter()
    var items: [LegacyJunction] = []
    items.reserveCapacity(Int(count))
    for _ in 0..<count { items.append(try LegacyJunction(from: &reader)) }
    reader.leave()
    self.items = items
  }

  public static var typeShape: TypeShape {
    Junctions.shape(path: ["staging_xcm", "v4", "junctions", "Junctions"], of: LegacyJunction.self)
  }
}

/// A location of versions 3 and 4.
@ScaleCodable(path: "staging_xcm::v4::location::Location")
public struct LegacyLocation: Hashable, Sendable {
  public var parents: UInt8
  public var interior: LegacyJunctions
}

// Everything that version 5 can say of places has a form in versions 3 and 4, so the way down never fails. The way up
// fails for one network only.

extension LegacyNetworkID {
  private static let westendGenesis =
    H256(hex: "0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e") ?? .zero
  private static let rococoGenesis =
    H256(hex: "0x6408de7737c59c238890533af25896a2c20608d8b380bb01029acb392781063e") ?? .zero

  /// The network as version 5 names it: test networks by their genesis hash.
  func latest() throws(XcmConversionError) -> NetworkID {
    switch self {
    case .byGenesis(let hash): .byGenesis(hash)
    case .byFork(let number, let hash): .byFork(blockNumber: number, blockHash: hash)
    case .polkadot: .polkadot
    case .kusama: .kusama
    case .westend: .byGenesis(Self.westendGenesis)
    case .rococo: .byGenesis(Self.rococoGenesis)
    case .wococo: throw .unknownNetwork
    case .ethereum(let chain): .ethereum(chainId: chain)
    case .bitcoinCore: .bitcoinCore
    case .bitcoinCash: .bitcoinCash
    case .polkadotBulletin: .polkadotBulletin
    }
  }

  /// The network as versions 3 and 4 name it: Westend and Rococo by their numbers, which is how chains of that time
  /// compare them.
  init(_ latest: NetworkID) {
    self =
      switch latest {
      case .byGenesis(Self.westendGenesis): .westend
      case .byGenesis(Self.rococoGenesis): .rococo
      case .byGenesis(let hash): .byGenesis(hash)
      case .byFork(let number, let hash): .byFork(blockNumber: number, blockHash: hash)
      case .polkadot: .polkadot
      case .kusama: .kusama
      case .ethereum(let chain): .ethereum(chainId: chain)
      case .bitcoinCore: .bitcoinCore
      case .bitcoinCash: .bitcoinCash
      case .polkadotBulletin: .polkadotBulletin
      }
  }
}

extension LegacyJunction {
  init(_ latest: Junction) {
    self =
      switch latest {
      case .parachain(let id): .parachain(id)
      case .accountId32(let network, let id): .accountId32(network: network.map(LegacyNetworkID.init), id: id)
      case .accountIndex64(let network, let index):
        .accountIndex64(network: network.map(LegacyNetworkID.init), index: index)
      case .accountKey20(let network, let key): .accountKey20(network: network.map(LegacyNetworkID.init), key: key)
      case .palletInstance(let index): .palletInstance(index)
      case .generalIndex(let index): .generalIndex(index)
      case .generalKey(let length, let data): .generalKey(length: length, data: data)
      case .onlyChild: .onlyChild
      case .plurality(let id, let part): .plurality(id: id, part: part)
      case .globalConsensus(let network): .globalConsensus(LegacyNetworkID(network))
      }
  }

  func latest() throws(XcmConversionError) -> Junction {
    switch self {
    case .parachain(let id): .parachain(id)
    case .accountId32(let network, let id): .accountId32(network: try network?.latest(), id: id)
    case .accountIndex64(let network, let index): .accountIndex64(network: try network?.latest(), index: index)
    case .accountKey20(let network, let key): .accountKey20(network: try network?.latest(), key: key)
    case .palletInstance(let index): .palletInstance(index)
    case .generalIndex(let index): .generalIndex(index)
    case .generalKey(let length, let data): .generalKey(length: length, data: data)
    case .onlyChild: .onlyChild
    case .plurality(let id, let part): .plurality(id: id, part: part)
    case .globalConsensus(let network): .globalConsensus(try network.latest())
    }
  }
}

extension LegacyJunctions {
  init(_ latest: Junctions) { items = latest.items.map(LegacyJunction.init) }

  func latest() throws(XcmConversionError) -> Junctions {
    var result: [Junction] = []
    for junction in items { result.append(try junction.latest()) }
    return Junctions(result) ?? .here
  }
}

extension LegacyLocation {
  /// The same location in versions 3 and 4.
  public init(_ latest: Location) { self.init(parents: latest.parents, interior: LegacyJunctions(latest.interior)) }

  /// The same location in version 5.
  /// - Throws: ``XcmConversionError/unknownNetwork``
  public func latest() throws(XcmConversionError) -> Location {
    Location(parents: parents, interior: try interior.latest())
  }
}

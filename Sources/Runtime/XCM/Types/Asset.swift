public import Primitives
public import ScaleCodec

/// Which asset: the location that defines it.
public struct AssetID: Hashable, Sendable {
  public var location: Location
  public init(_ location: Location) { self.location = location }

  /// The same asset as named by `target`; `nil` when its location does not fit.
  public func reanchored(to target: Location, universal: Junctions) -> AssetID? {
    location.reanchored(to: target, universal: universal).map { AssetID($0) }
  }
}

extension AssetID: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { location.encodedSize }
  public func encode(into writer: inout ScaleWriter) { location.encode(into: &writer) }
  public init(from reader: inout ScaleReader) throws(ScaleError) { location = try Location(from: &reader) }

  // A tuple struct in the reference: its only field has no name, so clients show the location itself.
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v5", "asset", "AssetId"],
      .composite([.init(name: nil, type: TypeReference(Location.self), typeName: "Location")]))
  }
}

/// One member of a class of non-fungible assets.
@ScaleCodable(path: "staging_xcm::v5::asset::AssetInstance")
public enum AssetInstance: Hashable, Sendable {
  /// The only one, or none in particular.
  @ScaleIndex(0) case undefined
  @ScaleIndex(1) case index(Compact<UInt128>)
  @ScaleIndex(2) case array4(FixedBytes<4>)
  @ScaleIndex(3) case array8(FixedBytes<8>)
  @ScaleIndex(4) case array16(FixedBytes<16>)
  @ScaleIndex(5) case array32(H256)
}

/// An amount of a fungible asset, or one instance of another.
public enum Fungibility: Hashable, Sendable {
  /// An amount in the asset's smallest unit; never zero on the wire.
  case fungible(Compact<UInt128>)
  case nonFungible(AssetInstance)

  /// Whether this is an instance and not an amount.
  public var isInstance: Bool {
    if case .nonFungible = self { true } else { false }
  }
}

extension Fungibility: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int {
    switch self {
    case .fungible(let amount): 1 + amount.encodedSize
    case .nonFungible(let instance): 1 + instance.encodedSize
    }
  }

  public func encode(into writer: inout ScaleWriter) {
    switch self {
    case .fungible(let amount):
      writer.writeByte(0)
      amount.encode(into: &writer)
    case .nonFungible(let instance):
      writer.writeByte(1)
      instance.encode(into: &writer)
    }
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 0:
      let amount = try Compact<UInt128>(from: &reader)
      guard amount.value != 0 else {
        throw .invalidValue(type: "Fungibility", reason: "a fungible amount of zero", offset: at)
      }
      self = .fungible(amount)
    case 1: self = .nonFungible(try AssetInstance(from: &reader))
    case let index: throw .unknownVariant(type: "Fungibility", index: index, offset: at)
    }
  }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v5", "asset", "Fungibility"],
      .variant([
        .init(
          name: "Fungible", index: 0,
          fields: [.init(name: nil, type: TypeReference(Compact<UInt128>.self), typeName: "u128")]),
        .init(
          name: "NonFungible", index: 1,
          fields: [.init(name: nil, type: TypeReference(AssetInstance.self), typeName: "AssetInstance")]),
      ]))
  }
}

/// An amount or an instance of one asset.
@ScaleCodable(path: "staging_xcm::v5::asset::Asset")
public struct Asset: Hashable, Sendable {
  public var id: AssetID
  public var fun: Fungibility

  public init(id: AssetID, fun: Fungibility) {
    self.id = id
    self.fun = fun
  }

  /// `amount` smallest units of the fungible asset at `location`.
  public init(_ location: Location, amount: Balance) {
    self.init(id: AssetID(location), fun: .fungible(Compact(amount)))
  }

  /// `amount` smallest units of a fungible asset.
  public init(_ id: AssetID, amount: Balance) { self.init(id: id, fun: .fungible(Compact(amount))) }

  /// One instance of the class at `location`.
  public init(_ location: Location, instance: AssetInstance) {
    self.init(id: AssetID(location), fun: .nonFungible(instance))
  }

  /// The amount in smallest units; `nil` for an instance.
  public var amount: Balance? {
    guard case .fungible(let amount) = fun else { return nil }
    return amount.value
  }

  /// The same asset as named by `target`; `nil` when its location does not fit.
  public func reanchored(to target: Location, universal: Junctions) -> Asset? {
    id.reanchored(to: target, universal: universal).map { Asset(id: $0, fun: fun) }
  }
}

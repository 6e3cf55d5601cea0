public import ScaleCodec

/// How a version names an asset.
public protocol LegacyAssetID: ScaleCodable, Hashable, Sendable {
  /// The version, 3 or 4.
  static var version: UInt32 { get }
  /// The name of the same asset in this version.
  init(_ latest: AssetID)
  /// The asset as version 5 names it.
  func latest() throws(XcmConversionError) -> AssetID
  /// Where this name stands in the order of assets.
  static func precedes(_ a: Self, _ b: Self) -> Bool
}

/// An asset id of version 4: the location itself.
public struct V4AssetID: LegacyAssetID {
  public static let version: UInt32 = 4
  public var location: LegacyLocation
  public init(_ latest: AssetID) { location = LegacyLocation(latest.location) }
  public init(from reader: inout ScaleReader) throws(ScaleError) { location = try LegacyLocation(from: &reader) }
  public var encodedSize: Int { location.encodedSize }
  public func encode(into writer: inout ScaleWriter) { location.encode(into: &writer) }
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v4", "asset", "AssetId"],
      .composite([.init(name: nil, type: TypeReference(LegacyLocation.self), typeName: "Location")]))
  }
  public func latest() throws(XcmConversionError) -> AssetID { AssetID(try location.latest()) }
  public static func precedes(_ a: V4AssetID, _ b: V4AssetID) -> Bool { a.location.order(b.location) == .before }
}

/// An asset id of version 3: a location, or a hash without one.
@ScaleCodable(path: "xcm::v3::multiasset::AssetId")
public enum V3AssetID: LegacyAssetID {
  @ScaleIndex(0) case concrete(LegacyLocation)
  @ScaleIndex(1) case abstract(FixedBytes<32>)
}

extension V3AssetID {
  public static let version: UInt32 = 3
  public init(_ latest: AssetID) { self = .concrete(LegacyLocation(latest.location)) }
  public func latest() throws(XcmConversionError) -> AssetID {
    switch self {
    case .concrete(let location): AssetID(try location.latest())
    case .abstract: throw .abstractAsset
    }
  }
  public static func precedes(_ a: V3AssetID, _ b: V3AssetID) -> Bool {
    switch (a, b) {
    case (.concrete(let a), .concrete(let b)): a.order(b) == .before
    case (.concrete, .abstract): true
    case (.abstract, .concrete): false
    case (.abstract(let a), .abstract(let b)): Order.bytes(a.bytes, b.bytes) == .before
    }
  }
}

/// An asset of version 3 or 4.
@ScaleCodable(path: "staging_xcm::v4::asset::Asset")
public struct LegacyAsset<ID: LegacyAssetID>: Hashable, Sendable {
  public var id: ID
  public var fun: Fungibility

  init(_ latest: Asset) {
    id = ID(latest.id)
    fun = latest.fun
  }

  func latest() throws(XcmConversionError) -> Asset { Asset(id: try id.latest(), fun: fun) }
}

extension LegacyAsset: CanonicalAsset {
  static func idPrecedes(_ a: LegacyAsset, _ b: LegacyAsset) -> Bool { ID.precedes(a.id, b.id) }
}

/// Assets of version 3 or 4, under the same rules as ``Assets``.
public struct LegacyAssets<ID: LegacyAssetID>: Hashable, Sendable {
  /// In the order in which they came, one that ``Assets`` allows.
  public let items: [LegacyAsset<ID>]

  /// The same assets in canonical order, which the numbers of test networks can change.
  init(_ latest: Assets) { items = latest.items.map(LegacyAsset.init).canonical() }

  func latest() throws(XcmConversionError) -> Assets {
    var result: [Asset] = []
    for asset in items { result.append(try asset.latest()) }
    // At most 20 came in; naming test networks by genesis can only change their order.
    return (try? Assets(result)) ?? Assets()
  }
}

extension LegacyAssets: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { items.encodedSize }
  public func encode(into writer: inout ScaleWriter) { items.encode(into: &writer) }
  public init(from reader: inout ScaleReader) throws(ScaleError) { items = try .decodeCanonical(from: &reader) }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v4", "asset", "Assets"], parameters: [.init(name: "ID", type: TypeReference(ID.self))],
      .composite([.init(name: nil, type: TypeReference([LegacyAsset<ID>].self), typeName: "Vec<Asset>")]))
  }
}

/// A wildcard of version 3 or 4.
@ScaleCodable(path: "staging_xcm::v4::asset::WildAsset")
public enum LegacyWildAsset<ID: LegacyAssetID>: Hashable, Sendable {
  @ScaleIndex(0) case all
  @ScaleIndex(1) case allOf(id: ID, fun: WildFungibility)
  @ScaleIndex(2) case allCounted(Compact<UInt32>)
  @ScaleIndex(3) case allOfCounted(id: ID, fun: WildFungibility, count: Compact<UInt32>)
}

/// An asset filter of version 3 or 4.
@ScaleCodable(path: "staging_xcm::v4::asset::AssetFilter")
public enum LegacyAssetFilter<ID: LegacyAssetID>: Hashable, Sendable {
  @ScaleIndex(0) case definite(LegacyAssets<ID>)
  @ScaleIndex(1) case wild(LegacyWildAsset<ID>)
}

extension LegacyAssetFilter {
  init(_ latest: AssetFilter) {
    self =
      switch latest {
      case .definite(let assets): .definite(LegacyAssets(assets))
      case .wild(.all): .wild(.all)
      case .wild(.allOf(let id, let fun)): .wild(.allOf(id: ID(id), fun: fun))
      case .wild(.allCounted(let count)): .wild(.allCounted(count))
      case .wild(.allOfCounted(let id, let fun, let count)): .wild(.allOfCounted(id: ID(id), fun: fun, count: count))
      }
  }

  func latest() throws(XcmConversionError) -> AssetFilter {
    switch self {
    case .definite(let assets): .definite(try assets.latest())
    case .wild(.all): .wild(.all)
    case .wild(.allOf(let id, let fun)): .wild(.allOf(id: try id.latest(), fun: fun))
    case .wild(.allCounted(let count)): .wild(.allCounted(count))
    case .wild(.allOfCounted(let id, let fun, let count)):
      .wild(.allOfCounted(id: try id.latest(), fun: fun, count: count))
    }
  }
}

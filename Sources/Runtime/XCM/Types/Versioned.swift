public import ScaleCodec

/// Versions of XCM by their number on the wire.
public enum XcmVersion {
  /// The version that this chain executes and prefers to send.
  public static let latest: UInt32 = 5
  /// The versions that decode, encode and convert into one another.
  public static let supported: ClosedRange<UInt32> = 3...5
}

/// A value of one of several versions of XCM, with its version.
///
/// Every value of an old version has one form in the latest, or none; of the latest, one in an old version, or none.
/// Going up and down again gives the same bytes, but for a list of assets that was in the order of ids alone, which
/// comes back in canonical order, and for Westend and Rococo by genesis, which come back by number; amounts of one
/// asset under both names become one amount.
public protocol VersionedXcmValue: ScaleCodable, Hashable, Sendable {
  /// The same in the latest version.
  associatedtype Latest: Sendable
  /// The version, 3 to 5.
  var version: UInt32 { get }
  /// Says `latest` in a version.
  /// - Throws: ``XcmConversionError`` when there is no such version, or it cannot say it.
  init(_ latest: Latest, version: UInt32) throws(XcmConversionError)
  /// The value in the latest version.
  /// - Throws: ``XcmConversionError`` when an old version says what the latest cannot.
  func latest() throws(XcmConversionError) -> Latest
}

extension VersionedXcmValue {
  /// The value in another version; unchanged in its own.
  ///
  /// The way between two old versions leads through the latest.
  /// - Throws: ``XcmConversionError`` when there is no such version, or it cannot say it.
  public func into(version: UInt32) throws(XcmConversionError) -> Self {
    version == self.version ? self : try Self(try latest(), version: version)
  }
}

/// A program with its version. Versions 3 and 4 keep their own form, so that encoding gives the bytes back.
@ScaleCodable(path: "xcm::VersionedXcm")
public enum VersionedXcm: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyXcm<V3AssetID>)
  @ScaleIndex(4) case v4(LegacyXcm<V4AssetID>)
  @ScaleIndex(5) case v5(Xcm)
}

extension VersionedXcm: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: Xcm, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(try LegacyXcm(latest))
    case 4: self = .v4(try LegacyXcm(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The program in the latest version.
  /// - Throws: ``XcmConversionError`` when an old version says what the latest cannot.
  public func latest() throws(XcmConversionError) -> Xcm {
    switch self {
    case .v3(let xcm): try xcm.latest()
    case .v4(let xcm): try xcm.latest()
    case .v5(let xcm): xcm
    }
  }
}

/// A location with its version.
@ScaleCodable(path: "xcm::VersionedLocation")
public enum VersionedLocation: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyLocation)
  @ScaleIndex(4) case v4(LegacyLocation)
  @ScaleIndex(5) case v5(Location)
}

extension VersionedLocation: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: Location, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(LegacyLocation(latest))
    case 4: self = .v4(LegacyLocation(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The location in the latest version.
  /// - Throws: ``XcmConversionError/unknownNetwork``
  public func latest() throws(XcmConversionError) -> Location {
    switch self {
    case .v3(let location), .v4(let location): try location.latest()
    case .v5(let location): location
    }
  }
}

/// Assets with their version.
@ScaleCodable(path: "xcm::VersionedAssets")
public enum VersionedAssets: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyAssets<V3AssetID>)
  @ScaleIndex(4) case v4(LegacyAssets<V4AssetID>)
  @ScaleIndex(5) case v5(Assets)
}

extension VersionedAssets: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: Assets, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(LegacyAssets(latest))
    case 4: self = .v4(LegacyAssets(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The assets in the latest version.
  /// - Throws: ``XcmConversionError``
  public func latest() throws(XcmConversionError) -> Assets {
    switch self {
    case .v3(let assets): try assets.latest()
    case .v4(let assets): try assets.latest()
    case .v5(let assets): assets
    }
  }
}

/// An asset id with its version.
@ScaleCodable(path: "xcm::VersionedAssetId")
public enum VersionedAssetID: Hashable, Sendable {
  @ScaleIndex(3) case v3(V3AssetID)
  @ScaleIndex(4) case v4(V4AssetID)
  @ScaleIndex(5) case v5(AssetID)
}

extension VersionedAssetID: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: AssetID, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(V3AssetID(latest))
    case 4: self = .v4(V4AssetID(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The asset id in the latest version.
  /// - Throws: ``XcmConversionError``
  public func latest() throws(XcmConversionError) -> AssetID {
    switch self {
    case .v3(let id): try id.latest()
    case .v4(let id): try id.latest()
    case .v5(let id): id
    }
  }
}

/// A response with its version.
@ScaleCodable(path: "xcm::VersionedResponse")
public enum VersionedResponse: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyResponse<V3AssetID>)
  @ScaleIndex(4) case v4(LegacyResponse<V4AssetID>)
  @ScaleIndex(5) case v5(Response)
}

extension VersionedResponse: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: Response, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(try LegacyResponse(latest))
    case 4: self = .v4(try LegacyResponse(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The response in the latest version.
  /// - Throws: ``XcmConversionError``
  public func latest() throws(XcmConversionError) -> Response {
    switch self {
    case .v3(let response): try response.latest()
    case .v4(let response): try response.latest()
    case .v5(let response): response
    }
  }
}

/// An asset with its version.
@ScaleCodable(path: "xcm::VersionedAsset")
public enum VersionedAsset: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyAsset<V3AssetID>)
  @ScaleIndex(4) case v4(LegacyAsset<V4AssetID>)
  @ScaleIndex(5) case v5(Asset)
}

extension VersionedAsset: VersionedXcmValue {
  public var version: UInt32 {
    switch self {
    case .v3: 3
    case .v4: 4
    case .v5: 5
    }
  }

  public init(_ latest: Asset, version: UInt32) throws(XcmConversionError) {
    switch version {
    case 3: self = .v3(LegacyAsset(latest))
    case 4: self = .v4(LegacyAsset(latest))
    case 5: self = .v5(latest)
    default: throw .unknownVersion(version)
    }
  }

  /// The asset in the latest version.
  /// - Throws: ``XcmConversionError``
  public func latest() throws(XcmConversionError) -> Asset {
    switch self {
    case .v3(let asset): try asset.latest()
    case .v4(let asset): try asset.latest()
    case .v5(let asset): asset
    }
  }
}

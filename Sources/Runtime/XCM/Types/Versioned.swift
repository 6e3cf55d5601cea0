public import ScaleCodec

/// Versions of XCM by their number on the wire.
public enum XcmVersion {
  /// The version that this chain executes and prefers to send.
  public static let latest: UInt32 = 5
}

/// A program with its version. Versions 3 and 4 keep their own form, so that encoding gives the bytes back.
@ScaleCodable(path: "xcm::VersionedXcm")
public enum VersionedXcm: Hashable, Sendable {
  @ScaleIndex(3) case v3(LegacyXcm<V3AssetID>)
  @ScaleIndex(4) case v4(LegacyXcm<V4AssetID>)
  @ScaleIndex(5) case v5(Xcm)
}

extension VersionedXcm {
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

extension VersionedLocation {
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

extension VersionedAssets {
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

extension VersionedAssetID {
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

extension VersionedResponse {
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

extension VersionedAsset {
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

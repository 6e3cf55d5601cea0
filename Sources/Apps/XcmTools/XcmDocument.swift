public import RPC
internal import ScaleCodec
public import XCM

/// What bytes are, by the names that `--type` takes.
public enum XcmKind: String, CaseIterable, Sendable {
  case program = "VersionedXcm"
  case location = "VersionedLocation"
  case assets = "VersionedAssets"
  case assetID = "VersionedAssetId"
}

/// A versioned value that people read and write.
public enum XcmDocument: Hashable, Sendable {
  case program(VersionedXcm)
  case location(VersionedLocation)
  case assets(VersionedAssets)
  case assetID(VersionedAssetID)

  /// Decodes bytes strictly: nothing may follow, and all rules of the reference hold.
  /// - Throws: ``XcmTextError`` with the offset and the part of the document that it lies in.
  public init(decoding bytes: [UInt8], as kind: XcmKind) throws(XcmTextError) {
    switch kind {
    case .program: self = .program(try Self.decode(bytes))
    case .location: self = .location(try Self.decode(bytes))
    case .assets: self = .assets(try Self.decode(bytes))
    case .assetID: self = .assetID(try Self.decode(bytes))
    }
  }

  /// Reads the JSON form.
  /// - Throws: ``XcmTextError`` with the path of what does not fit.
  public init(_ json: JSON, as kind: XcmKind) throws(XcmTextError) {
    let version: UInt32 = json["V3"] == nil ? XcmVersion.latest : 3
    switch kind {
    case .program: self = .program(try XcmJSON.read(json, as: VersionedXcm.self, version: version))
    case .location: self = .location(try XcmJSON.read(json, as: VersionedLocation.self, version: version))
    case .assets: self = .assets(try XcmJSON.read(json, as: VersionedAssets.self, version: version))
    case .assetID: self = .assetID(try XcmJSON.read(json, as: VersionedAssetID.self, version: version))
    }
  }

  private static func decode<T: VersionedXcmValue>(_ bytes: [UInt8]) throws(XcmTextError) -> T {
    do throws(ScaleError) { return try T(decoding: bytes) } catch {
      if case .unknownVariant(_, let version, 0) = error {
        throw XcmTextError(place: "byte 0", reason: "version \(version) is not one of 3, 4 and 5")
      }
      throw XcmTextError(error, count: bytes.count) { offset in
        TreeReader.place(of: offset, in: bytes, as: TypeReference(T.self))
      }
    }
  }

  private var value: any VersionedXcmValue {
    switch self {
    case .program(let value): value
    case .location(let value): value
    case .assets(let value): value
    case .assetID(let value): value
    }
  }

  public var kind: XcmKind {
    switch self {
    case .program: .program
    case .location: .location
    case .assets: .assets
    case .assetID: .assetID
    }
  }

  /// The version, 3 to 5.
  public var version: UInt32 { value.version }

  /// The bytes, version first.
  public func encoded() -> [UInt8] { value.encoded() }

  /// The JSON form.
  public func json() throws(XcmTextError) -> JSON {
    switch self {
    case .program(let value): try XcmJSON.json(of: value, version: value.version)
    case .location(let value): try XcmJSON.json(of: value, version: value.version)
    case .assets(let value): try XcmJSON.json(of: value, version: value.version)
    case .assetID(let value): try XcmJSON.json(of: value, version: value.version)
    }
  }

  /// The same in another version.
  /// - Throws: ``XcmConversionError`` when it cannot be said there.
  public func into(version: UInt32) throws(XcmConversionError) -> XcmDocument {
    switch self {
    case .program(let value): .program(try value.into(version: version))
    case .location(let value): .location(try value.into(version: version))
    case .assets(let value): .assets(try value.into(version: version))
    case .assetID(let value): .assetID(try value.into(version: version))
    }
  }

  /// The type's description and the bytes, for readers by shape.
  var tree: ValueTree? {
    let type: TypeReference =
      switch self {
      case .program: TypeReference(VersionedXcm.self)
      case .location: TypeReference(VersionedLocation.self)
      case .assets: TypeReference(VersionedAssets.self)
      case .assetID: TypeReference(VersionedAssetID.self)
      }
    return try? TreeReader.tree(type, of: encoded())
  }
}

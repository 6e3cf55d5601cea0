/// What cannot be said in another version of XCM.
public enum XcmConversionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such version here; ``XcmVersion/supported`` are.
  case unknownVersion(UInt32)
  /// The network had a number in versions 3 and 4 and has neither number nor known genesis since.
  case unknownNetwork
  /// An asset is named by a hash, which only version 3 allows.
  case abstractAsset
  /// An instruction, by its name, is newer than the version.
  case instruction(String, version: UInt32)
  /// `TooManyAssets` is newer than the version, the one error that is.
  case error(version: UInt32)

  public var description: String {
    switch self {
    case .unknownVersion(let version): "xcm: version \(version) is not one of 3, 4 and 5"
    case .unknownNetwork: "xcm: version 5 has no name for the network Wococo"
    case .abstractAsset: "xcm: version 5 has no abstract assets"
    case .instruction(let name, let version): "xcm: version \(version) has no instruction \(name)"
    case .error(let version): "xcm: version \(version) has no error TooManyAssets"
    }
  }
}

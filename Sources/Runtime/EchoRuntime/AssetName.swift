internal import Primitives
internal import ScaleCodec
public import XCM

/// How chain specs name an asset: `native`, `7` for an asset of the chain's own, `1000/native` and `1000/7` for those of
/// chain 1000.
public struct AssetName: Hashable, Sendable {
  /// The para id of the chain that the asset is at home on; `nil` for the chain whose spec it is.
  public var home: UInt32?
  /// The asset's id there; `nil` for the native asset.
  public var id: UInt32?

  public init(home: UInt32?, id: UInt32?) {
    self.home = home
    self.id = id
  }

  /// Reads a name.
  /// - Returns: `nil` for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let last = parts.last else { return nil }
    if parts.count == 2 {
      guard let home = AssetName.number(parts[0]) else { return nil }
      self.home = home
    }
    if last != "native" {
      guard let id = AssetName.number(last) else { return nil }
      self.id = id
    }
  }

  /// A number as it is usually written: digits without sign and leading zeros, so that a name has one form.
  private static func number(_ text: Substring) -> UInt32? {
    guard let number = UInt32(text), "\(number)" == text else { return nil }
    return number
  }

  /// Where the asset is, as seen from the chain whose spec it is.
  public var location: Location {
    let asset: [Junction] = id.map { [.palletInstance(AssetsConfig.palletIndex), .generalIndex(Compact(UInt128($0)))] } ?? []
    let chain: [Junction] = home.map { [.para($0)] } ?? []
    return Location(parents: home == nil ? 0 : 1, interior: Junctions(chain + asset) ?? .here)
  }
}

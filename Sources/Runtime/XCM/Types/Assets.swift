public import ScaleCodec

/// Up to 20 assets, each id with at most one amount and no amount of zero: amounts before instances, each in the order
/// of ids.
///
/// ``init(_:)-(Sequence<Asset>)`` brings any list into this form. Decoding refuses anything else, but for lists in the
/// order of ids alone, which chains take as well; they keep their order.
public struct Assets: Hashable, Sendable {
  /// Most assets in one list.
  public static let maximumCount = 20

  /// In canonical order, unless decoded in the order of ids.
  public private(set) var items: [Asset]

  /// No assets.
  public init() { items = [] }

  /// A list of one; empty when the asset is an amount of zero.
  public init(_ asset: Asset) { items = asset.amount == 0 ? [] : [asset] }

  /// Sorts, adds up amounts of the same asset, and drops zero amounts and repeated instances.
  ///
  /// A sum that does not fit stays at the largest amount.
  /// - Throws: ``XcmError/tooManyAssets`` when more than 20 are left.
  public init(_ assets: some Sequence<Asset>) throws(XcmError) {
    var result: [Asset] = []
    for asset in assets.sorted() where asset.amount != 0 {
      if let last = result.last, last.id == asset.id {
        if let a = last.amount, let b = asset.amount {
          result[result.count - 1].fun = .fungible(Compact(a.addingReportingOverflow(b).overflow ? .max : a + b))
          continue
        }
        if last == asset { continue }
      }
      result.append(asset)
    }
    guard result.count <= Self.maximumCount else { throw .tooManyAssets }
    items = result
  }

  public var count: Int { items.count }
  public var isEmpty: Bool { items.isEmpty }
  public var first: Asset? { items.first }

  /// The same assets as named by `target`, in the order that they have there.
  /// - Throws: ``XcmError/reanchorFailed`` when a location does not fit.
  public func reanchored(to target: Location, universal: Junctions) throws(XcmError) -> Assets {
    var result: [Asset] = []
    for asset in items {
      guard let moved = asset.reanchored(to: target, universal: universal) else { throw .reanchorFailed }
      result.append(moved)
    }
    return try Assets(result)
  }
}

extension Assets: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { items.encodedSize }
  public func encode(into writer: inout ScaleWriter) { items.encode(into: &writer) }

  public init(from reader: inout ScaleReader) throws(ScaleError) { items = try .decodeCanonical(from: &reader) }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v5", "asset", "Assets"],
      .composite([.init(name: nil, type: TypeReference([Asset].self), typeName: "Vec<Asset>")]))
  }
}

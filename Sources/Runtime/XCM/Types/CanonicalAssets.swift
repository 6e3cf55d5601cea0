internal import ScaleCodec

/// An asset of any version, as far as lists of assets care.
protocol CanonicalAsset: ScaleDecodable, Hashable {
  var fun: Fungibility { get }
  /// Whether the id of `a` stands before the id of `b`.
  static func idPrecedes(_ a: Self, _ b: Self) -> Bool
}

extension CanonicalAsset {
  /// The order of a list: amounts before instances, then by id, then by amount or instance.
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    guard a.fun.isInstance == b.fun.isInstance else { return b.fun.isInstance }
    return idPrecedes(a, b) || (!idPrecedes(b, a) && a.fun.order(b.fun) == .before)
  }
}

extension Array where Element: CanonicalAsset {
  /// The assets in the order of a list.
  func canonical() -> [Element] { sorted(by: Element.precedes) }

  /// Reads a list of at most ``Assets/maximumCount`` assets.
  ///
  /// Neighbours are held to the rule of the reference: the second has the greater id, or it follows in the order of
  /// a list and one of them is an instance. That lets a list through that is in order of ids alone, and would let
  /// one asset through twice with others between; such a list is refused here.
  /// - SeeAlso: XCM `Assets::from_sorted_and_deduplicated`.
  static func decodeCanonical(from reader: inout ScaleReader) throws(ScaleError) -> [Element] {
    let start = reader.offset
    let count = try reader.readLength()
    guard count <= Assets.maximumCount else {
      throw .lengthOverLimit(length: count, limit: Assets.maximumCount, offset: start)
    }
    try reader.enter()
    var items: [Element] = []
    items.reserveCapacity(count)
    var isInOrder = true
    for _ in 0..<count {
      let at = reader.offset
      let asset = try Element(from: &reader)
      if let last = items.last {
        let follows = Element.precedes(last, asset)
        isInOrder = isInOrder && follows
        guard Element.idPrecedes(last, asset) || (follows && asset.fun.isInstance),
          isInOrder || !items.contains(where: { $0.isSame(as: asset) })
        else { throw .invalidValue(type: "Assets", reason: "assets are not sorted or not unique", offset: at) }
      }
      items.append(asset)
    }
    reader.leave()
    return items
  }
}

extension CanonicalAsset {
  /// Whether both are amounts of one asset, or the same instance.
  fileprivate func isSame(as other: Self) -> Bool {
    self == other
      || (!fun.isInstance && !other.fun.isInstance && !Self.idPrecedes(self, other) && !Self.idPrecedes(other, self))
  }
}

extension Asset: CanonicalAsset {
  static func idPrecedes(_ a: Asset, _ b: Asset) -> Bool { a.id < b.id }
}

public import ScaleCodec

/// A vector whose length is bounded by its type, encoded as a plain vector.
///
/// Decoding refuses more than `limit` items before it reads the first.
/// - SeeAlso: `bounded_collections::BoundedVec`.
@frozen public struct BoundedVector<Element, let limit: Int> {
  /// At most `limit` items.
  public let items: [Element]

  /// Takes the items.
  /// - Returns: `nil` when there are more than `limit`.
  @inlinable public init?(_ items: [Element]) {
    guard items.count <= limit else { return nil }
    self.items = items
  }

  /// No items.
  @inlinable public init() { items = [] }
}

extension BoundedVector: Sendable where Element: Sendable {}
extension BoundedVector: Equatable where Element: Equatable {}
extension BoundedVector: Hashable where Element: Hashable {}

extension BoundedVector: ScaleEncodable where Element: ScaleEncodable {
  public var encodedSize: Int { items.encodedSize }
  public func encode(into writer: inout ScaleWriter) { items.encode(into: &writer) }
}

extension BoundedVector: ScaleDecodable where Element: ScaleDecodable {
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let count = try reader.readLength()
    guard count <= limit else { throw .lengthOverLimit(length: count, limit: limit, offset: at) }
    try reader.enter()
    var items: [Element] = []
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try Element(from: &reader)) }
    reader.leave()
    self.items = items
  }
}

extension BoundedVector: ScaleTyped where Element: ScaleTyped {
  public static var typeShape: TypeShape {
    TypeShape(
      // The path under which Python clients take a list itself for it (rpc.md §4).
      path: ["sp_core", "bounded", "bounded_vec", "BoundedVec"],
      parameters: [.init(name: "T", type: TypeReference(Element.self)), .init(name: "S", type: nil)],
      .composite([.init(name: nil, type: TypeReference([Element].self), typeName: "Vec<T>")]))
  }
}

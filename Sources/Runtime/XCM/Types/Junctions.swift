public import ScaleCodec

/// A path of up to eight junctions from a consensus system into its interior.
///
/// The wire form is one tag, the number of junctions, and the junctions: `Here` is tag 0, `X1` tag 1 and so on.
/// - SeeAlso: XCM v5 `Junctions` and `InteriorLocation`.
public struct Junctions: Hashable, Sendable {
  /// Most junctions of a path.
  public static let maximumCount = 8

  /// From the outermost to the innermost, at most ``maximumCount``.
  public private(set) var items: [Junction]

  /// The empty path.
  public static let here = Junctions()

  /// The empty path.
  public init() { items = [] }

  /// Takes the junctions.
  /// - Returns: `nil` when there are more than eight.
  public init?(_ items: some Sequence<Junction>) {
    let items = Array(items)
    guard items.count <= Self.maximumCount else { return nil }
    self.items = items
  }

  /// A path of one junction.
  public init(_ junction: Junction) { items = [junction] }

  /// A path of two junctions.
  public init(_ first: Junction, _ second: Junction) { items = [first, second] }

  /// A path of three junctions.
  public init(_ first: Junction, _ second: Junction, _ third: Junction) { items = [first, second, third] }

  /// For callers that have proved the count.
  fileprivate init(trusted items: some Sequence<Junction>) { self.items = Array(items) }

  /// How many junctions there are, 0...8.
  public var count: Int { items.count }
  /// Whether this is `Here`.
  public var isEmpty: Bool { items.isEmpty }
  public var first: Junction? { items.first }
  public var last: Junction? { items.last }

  /// The path without its first junction; the empty path stays empty.
  public var droppingFirst: Junctions { Junctions(trusted: items.dropFirst()) }
  /// The path without its last junction; the empty path stays empty.
  public var droppingLast: Junctions { Junctions(trusted: items.dropLast()) }

  /// This path continued by another.
  /// - Returns: `nil` when the two have more than eight junctions together.
  public func appending(_ other: Junctions) -> Junctions? { Junctions(items + other.items) }

  /// This path continued by one junction.
  /// - Returns: `nil` when it has eight already.
  public func appending(_ junction: Junction) -> Junctions? { Junctions(items + [junction]) }

  /// Whether the path begins with all junctions of `prefix`; a path begins with itself.
  public func starts(with prefix: Junctions) -> Bool { items.starts(with: prefix.items) }

  /// The network at the root of a universal location.
  public var globalConsensus: NetworkID? {
    guard case .globalConsensus(let network)? = items.first else { return nil }
    return network
  }

  /// The path with the networks of accounts left out.
  public var withoutNetworks: Junctions { Junctions(trusted: items.map(\.withoutNetwork)) }
}

extension Junctions {
  /// How the system at this universal location addresses itself as seen from `target`.
  ///
  /// - Parameter target: Relative to this location.
  /// - Returns: `nil` when the answer has more than eight junctions.
  public func inverted(target: Location) -> Location? {
    guard Int(target.parents) <= Self.maximumCount else { return nil }
    var remaining = items
    var junctions: [Junction] = []
    for _ in 0..<target.parents { junctions.append(remaining.popLast() ?? .onlyChild) }
    return Location(parents: UInt8(target.interior.count), interior: Junctions(trusted: junctions.reversed()))
  }

  /// This universal location as seen by a viewer at another one.
  public func relative(to viewer: Junctions) -> Location {
    var shared = 0
    while shared < count, shared < viewer.count, items[shared] == viewer.items[shared] { shared += 1 }
    return Location(parents: UInt8(viewer.count - shared), interior: Junctions(trusted: items.dropFirst(shared)))
  }

  /// The universal location of what `relative` names, read from this universal location.
  /// - Returns: `nil` when it escapes every known consensus, or is longer than eight junctions.
  public func universal(of relative: Location) -> Junctions? {
    guard Int(relative.parents) < count else { return nil }
    return Junctions(trusted: items.dropLast(Int(relative.parents))).appending(relative.interior)
  }
}

extension Junctions: ScaleEncodable, ScaleDecodable {
  public var encodedSize: Int { items.reduce(1) { $0 + $1.encodedSize } }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeByte(UInt8(items.count))
    for junction in items { junction.encode(into: &writer) }
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let count = try reader.readByte()
    guard count <= Self.maximumCount else { throw .unknownVariant(type: "Junctions", index: count, offset: at) }
    try reader.enter()
    var items: [Junction] = []
    items.reserveCapacity(Int(count))
    for _ in 0..<count { items.append(try Junction(from: &reader)) }
    reader.leave()
    self.items = items
  }
}

extension Junctions: ScaleTyped {
  public static var typeShape: TypeShape {
    shape(path: ["staging_xcm", "v5", "junctions", "Junctions"], of: Junction.self)
  }

  /// The shape of a path of junctions of any version: `Here` and `X1` to `X8`.
  static func shape<J: ScaleTyped>(path: [String], of _: J.Type) -> TypeShape {
    func variant<let n: Int>(_: JunctionArray<J, n>.Type) -> TypeShape.Variant {
      let field = TypeShape.Field(
        name: nil, type: TypeReference(JunctionArray<J, n>.self), typeName: "[Junction; \(n)]")
      return .init(name: "X\(n)", index: UInt8(n), fields: [field])
    }
    return TypeShape(
      path: path,
      .variant([
        .init(name: "Here", index: 0), variant(JunctionArray<J, 1>.self), variant(JunctionArray<J, 2>.self),
        variant(JunctionArray<J, 3>.self), variant(JunctionArray<J, 4>.self), variant(JunctionArray<J, 5>.self),
        variant(JunctionArray<J, 6>.self), variant(JunctionArray<J, 7>.self), variant(JunctionArray<J, 8>.self),
      ]))
  }
}

/// Names the shape `[Junction; count]`; never instantiated.
private enum JunctionArray<J: ScaleTyped, let count: Int>: ScaleTyped {
  static var typeShape: TypeShape { TypeShape(.array(length: UInt32(count), TypeReference(J.self))) }
}

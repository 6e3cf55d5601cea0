public import ScaleCodec
public import Primitives

/// A path between consensus systems: some steps up, then up to eight junctions down.
///
/// A location is relative: it has a meaning only together with the place it is read from. Functions that depend on
/// that place take it as `universal`, the reader's own path from the root of consensus.
@ScaleCodable(path: "staging_xcm::v5::location::Location")
public struct Location: Hashable, Sendable {
  /// Steps up before the first junction.
  public var parents: UInt8
  /// The way down from there.
  public var interior: Junctions

  public init(parents: UInt8, interior: Junctions) {
    self.parents = parents
    self.interior = interior
  }

  /// A location `parents` up and at most one junction down.
  public init(parents: UInt8 = 0, _ junction: Junction? = nil) {
    self.init(parents: parents, interior: junction.map { Junctions($0) } ?? .here)
  }

  /// A location `parents` up and two junctions down.
  public init(parents: UInt8 = 0, _ first: Junction, _ second: Junction) {
    self.init(parents: parents, interior: Junctions(first, second))
  }

  /// The reader itself.
  public static let here = Location(parents: 0, interior: .here)
  /// The system that contains the reader.
  public static let parent = Location(parents: 1, interior: .here)

  /// Another chain of the reader's network, both being parachains.
  public static func sibling(_ para: UInt32) -> Location { Location(parents: 1, .para(para)) }

  /// An account of the reader.
  public static func account(_ id: AccountID, network: NetworkID? = nil) -> Location {
    Location(.account(id, network: network))
  }

  /// Whether this is the reader itself.
  public var isHere: Bool { parents == 0 && interior.isEmpty }

  /// Whether `prefix` goes up as far and this location continues it; a location starts with itself.
  public func starts(with prefix: Location) -> Bool {
    parents == prefix.parents && interior.starts(with: prefix.interior)
  }

  /// This location followed by another that is read from it.
  ///
  /// Junctions of this one and parents of `suffix` cancel out.
  /// - Returns: `nil` when the result has more than eight junctions or 255 parents.
  public func appending(_ suffix: Location) -> Location? {
    let cancelled = min(interior.count, Int(suffix.parents))
    let kept = interior.items.dropLast(cancelled)
    let parents = Int(self.parents) + Int(suffix.parents) - cancelled
    guard parents <= UInt8.max, let path = Junctions(kept + suffix.interior.items) else { return nil }
    return Location(parents: UInt8(parents), interior: path)
  }

  /// This location, read from `prefix`, as read from where `prefix` is read.
  /// - Returns: `nil` when the result has more than eight junctions or 255 parents.
  public func prepending(_ prefix: Location) -> Location? { prefix.appending(self) }

  /// This location followed by one junction.
  public func appending(_ junction: Junction) -> Location? {
    interior.appending(junction).map { Location(parents: parents, interior: $0) }
  }

  /// Drops steps up that only lead back down to where they came from.
  ///
  /// - Parameter context: The path of the reader, as far as it is known.
  public func simplified(in context: Junctions) -> Location {
    guard Int(parents) <= context.count else { return self }
    var shared = 0
    let own = interior.items
    while shared < parents, shared < own.count, own[shared] == context.items[context.count - Int(parents) + shared] {
      shared += 1
    }
    guard shared > 0, let rest = Junctions(own.dropFirst(shared)) else { return self }
    return Location(parents: parents - UInt8(shared), interior: rest)
  }

  /// The same place as seen by `target`.
  ///
  /// - Parameters:
  ///   - target: The new reader, as seen by the present one.
  ///   - universal: The present reader's path from the root of consensus.
  /// - Returns: `nil` when the result does not fit a location.
  public func reanchored(to target: Location, universal: Junctions) -> Location? {
    guard let back = universal.inverted(target: target) else { return nil }
    return prepending(back)?.simplified(in: target.interior)
  }

  /// The part of the path that names a chain: up to the last parachain or network.
  public var chain: Location {
    let end = interior.items.lastIndex {
      switch $0 {
      case .parachain, .globalConsensus: true
      default: false
      }
    }
    return Location(parents: parents, interior: Junctions(interior.items.prefix(end.map { $0 + 1 } ?? 0)) ?? .here)
  }
}

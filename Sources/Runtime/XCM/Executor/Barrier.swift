public import PalletSupport
public import Primitives
internal import ScaleCodec

/// Why a barrier does not let a program through.
/// - SeeAlso: Substrate `ProcessMessageError`.
public enum BarrierRefusal: Error, Hashable, Sendable {
  /// The program does not have the shape that the barrier asks for.
  case badFormat
  /// The origin is not one that the barrier serves.
  case unsupported
  /// The program weighs this much, more than was paid or credited.
  case overweight(Weight)
  /// Not now: try again later.
  case yield
}

/// What a barrier may use up or find out.
public struct BarrierProperties: Hashable, Sendable {
  /// Weight that somebody has paid already.
  public var weightCredit: Weight
  /// The message's id, when the program carries one.
  public var messageID: H256?

  public init(weightCredit: Weight = .zero, messageID: H256? = nil) {
    self.weightCredit = weightCredit
    self.messageID = messageID
  }
}

/// Decides whether a program may run. Small barriers compose into lists and around one another.
public protocol XcmBarrier: Sendable {
  /// Returns when the program may run.
  ///
  /// - Parameters:
  ///   - program: What to judge; a barrier may tighten a weight limit in it.
  ///   - maxWeight: What the weigher found for the whole program.
  /// - Throws: A refusal; `program` and `properties` are then of no use.
  func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal)
}

/// A set of locations, given by a rule.
public struct LocationFilter: Sendable {
  private let rule: @Sendable (Location, ExecutionContext) -> Bool

  public init(_ rule: @escaping @Sendable (Location, ExecutionContext) -> Bool) { self.rule = rule }

  /// Whether the set has this location.
  public func contains(_ location: Location, in state: ExecutionContext) -> Bool { rule(location, state) }

  /// Every location.
  public static let everything = LocationFilter { _, _ in true }
  /// No location.
  public static let nothing = LocationFilter { _, _ in false }
  /// Other chains of this network.
  public static let siblings = LocationFilter { location, _ in
    guard location.parents == 1, location.interior.count == 1, case .parachain? = location.interior.first else {
      return false
    }
    return true
  }
  /// The listed locations.
  public static func only(_ locations: Location...) -> LocationFilter {
    let set = Set(locations)
    return LocationFilter { location, _ in set.contains(location) }
  }
  /// Locations that are in either set.
  public func or(_ other: LocationFilter) -> LocationFilter {
    let rule = rule
    return LocationFilter { rule($0, $1) || other.rule($0, $1) }
  }
}

/// Lets a program through when any barrier of a list does; the first in order wins.
public struct AnyBarrier: XcmBarrier {
  private let barriers: [any XcmBarrier]

  public init(_ barriers: any XcmBarrier...) { self.barriers = barriers }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    var refusal = BarrierRefusal.unsupported
    for barrier in barriers {
      var attempt = program
      var result = properties
      do throws(BarrierRefusal) {
        try barrier.admit(&attempt, from: origin, maxWeight: maxWeight, properties: &result, in: state)
        program = attempt
        properties = result
        return
      } catch { refusal = error }
    }
    throw refusal
  }
}

/// Takes the program's weight out of the weight that somebody has paid already: for programs that local accounts
/// run by extrinsic.
public struct TakeWeightCredit: XcmBarrier {
  public init() {}

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard !maxWeight.exceeds(properties.weightCredit) else { throw .overweight(maxWeight) }
    properties.weightCredit = properties.weightCredit.subtracting(maxWeight)
  }
}

/// Lets through programs that load one or two assets and pay for themselves within the first five instructions.
///
/// Between loading and paying there may be `ClearOrigin`, `AliasOrigin`, `SetHints` and a `DescendOrigin` that
/// descends. Paying is `PayFees`, or `BuyExecution` with a limit of at least the program's weight; the limit is then
/// set to that weight.
public struct AllowTopLevelPaidExecution: XcmBarrier {
  private static let instructionsRead = 5
  private static let maximumAssets = 2
  private let origins: LocationFilter

  public init(from origins: LocationFilter) { self.origins = origins }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard origins.contains(origin, in: state) else { throw .unsupported }
    guard let loaded = program.first?.loadedAssets, loaded <= Self.maximumAssets else { throw .badFormat }
    var index = program.startIndex + 1
    let end = min(program.startIndex + Self.instructionsRead, program.endIndex)
    while index < end, Self.mayPrecedePayment(program[index]) { index += 1 }
    guard index < end else { throw .badFormat }
    switch program[index] {
    case .payFees: return
    case .buyExecution(let fees, .unlimited):
      program[index] = .buyExecution(fees: fees, weightLimit: .limited(maxWeight))
    case .buyExecution(let fees, .limited(let limit)) where !maxWeight.exceeds(limit):
      program[index] = .buyExecution(fees: fees, weightLimit: .limited(maxWeight))
    default: throw .overweight(maxWeight)
    }
  }

  private static func mayPrecedePayment(_ instruction: Instruction) -> Bool {
    switch instruction {
    case .clearOrigin, .aliasOrigin, .setHints: true
    case .descendOrigin(let child): !child.isEmpty
    default: false
    }
  }
}

extension Instruction {
  /// How many assets an instruction that may begin a paid program loads; `nil` for every other instruction.
  var loadedAssets: Int? {
    switch self {
    case .withdrawAsset(let assets), .receiveTeleportedAsset(let assets), .reserveAssetDeposited(let assets),
      .claimAsset(let assets, _):
      assets.count
    default: nil
    }
  }
}

/// Judges the rest of a program by the origin that its first instructions compute.
///
/// Reads `UniversalOrigin` and `DescendOrigin`. An invalid `UniversalOrigin` gets past here and fails when executed.
public struct WithComputedOrigin: XcmBarrier {
  private let inner: any XcmBarrier
  private let maximumPrefixes: Int
  private let universal: @Sendable (ExecutionContext) -> Junctions?

  /// - Parameters:
  ///   - maximumPrefixes: Most instructions to read for the origin.
  ///   - universal: This chain's path from the root of consensus.
  public init(
    maximumPrefixes: Int = 8, universal: @escaping @Sendable (ExecutionContext) -> Junctions?, _ inner: any XcmBarrier
  ) {
    self.inner = inner
    self.maximumPrefixes = maximumPrefixes
    self.universal = universal
  }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    var computed = origin
    var index = program.startIndex
    scan: while index < min(program.endIndex, program.startIndex + maximumPrefixes) {
      switch program[index] {
      case .universalOrigin(let network):
        guard let local = universal(state) else { throw .unsupported }
        computed = Junctions(network).relative(to: local)
      case .descendOrigin(let child):
        guard let interior = computed.interior.appending(child) else { throw .unsupported }
        computed.interior = interior
      default: break scan
      }
      index += 1
    }
    try inner.admit(&program[index...], from: computed, maxWeight: maxWeight, properties: &properties, in: state)
  }
}

/// Lets everything from the given origins through unpaid. For origins that send nothing on behalf of strangers.
public struct AllowUnpaidExecution: XcmBarrier {
  private let origins: LocationFilter

  public init(from origins: LocationFilter) { self.origins = origins }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard origins.contains(origin, in: state) else { throw .unsupported }
  }
}

/// Lets programs of the given origins through that say `UnpaidExecution` near their beginning.
///
/// Before it there may be up to five instructions: assets that arrive, `SetHints`, and origin changes, by which the
/// origin is judged. A cleared origin is nobody's and gets nothing free.
public struct AllowExplicitUnpaidExecution: XcmBarrier {
  /// Whether an origin may act as another location.
  public typealias Aliases = @Sendable (_ origin: Location, _ target: Location, ExecutionContext) -> Bool

  private static let instructionsRead = 5
  private let origins: LocationFilter
  private let aliases: Aliases

  public init(from origins: LocationFilter, aliases: @escaping Aliases = { _, _, _ in false }) {
    self.origins = origins
    self.aliases = aliases
  }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    var computed = origin
    var index = program.startIndex
    scan: while index < min(program.endIndex, program.startIndex + Self.instructionsRead) {
      switch program[index] {
      case .withdrawAsset, .reserveAssetDeposited, .receiveTeleportedAsset, .setHints: break
      case .aliasOrigin(let target):
        guard aliases(computed, target, state) else { throw .unsupported }
        computed = target
      case .descendOrigin(let child) where !child.isEmpty:
        guard let interior = computed.interior.appending(child) else { throw .unsupported }
        computed.interior = interior
      default: break scan
      }
      index += 1
    }
    guard origins.contains(computed, in: state) else { throw .unsupported }
    guard index < program.endIndex else { throw .badFormat }
    switch program[index] {
    case .unpaidExecution(.unlimited, _): return
    case .unpaidExecution(.limited(let limit), _) where !maxWeight.exceeds(limit): return
    default: throw .overweight(maxWeight)
    }
  }
}

/// Takes a `SetTopic` in last place as the message's id and judges what stands before it.
public struct TrailingSetTopicAsID: XcmBarrier {
  private let inner: any XcmBarrier

  public init(_ inner: any XcmBarrier) { self.inner = inner }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    var end = program.endIndex
    if case .setTopic(let topic)? = program.last {
      properties.messageID = topic
      end -= 1
    }
    try inner.admit(
      &program[program.startIndex..<end], from: origin, maxWeight: maxWeight, properties: &properties, in: state)
  }
}

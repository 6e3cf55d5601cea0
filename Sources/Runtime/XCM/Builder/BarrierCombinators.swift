public import PalletSupport
internal import Primitives
internal import ScaleCodec

/// Lets a program through when any barrier of a list does; the first in order wins.
///
/// A barrier that refuses leaves no trace for the next. When all refuse, for whatever reasons, the program is not
/// supported.
public struct AnyBarrier: XcmBarrier {
  private let barriers: [any XcmBarrier]

  public init(_ barriers: any XcmBarrier...) { self.barriers = barriers }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    for barrier in barriers {
      var attempt = program
      var result = properties
      do throws(BarrierRefusal) {
        try barrier.admit(&attempt, from: origin, maxWeight: maxWeight, properties: &result, in: state)
      } catch { continue }
      program = attempt
      properties = result
      return
    }
    throw .unsupported
  }
}

/// Judges the rest of a program by the origin that its first instructions compute.
///
/// Reads `UniversalOrigin` and `DescendOrigin`. An invalid `UniversalOrigin` gets past here and fails when executed.
/// A program without any instruction is refused.
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
    guard !program.isEmpty else { throw .badFormat }
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

/// Puts programs off while somebody has suspended their execution.
public struct RespectSuspension: XcmBarrier {
  /// Whether a program of this origin has to wait.
  public typealias Check =
    @Sendable (_ origin: Location, _ program: ArraySlice<Instruction>, _ maxWeight: Weight, ExecutionContext) -> Bool

  private let inner: any XcmBarrier
  private let isSuspended: Check

  public init(_ inner: any XcmBarrier, isSuspended: @escaping Check) {
    self.inner = inner
    self.isSuspended = isSuspended
  }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard !isSuspended(origin, program, maxWeight, state) else { throw .yield }
    try inner.admit(&program, from: origin, maxWeight: maxWeight, properties: &properties, in: state)
  }
}

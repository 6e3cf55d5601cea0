public import PalletSupport
internal import Primitives
internal import ScaleCodec

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
/// Before it there may be up to five instructions: first assets that arrive or are withdrawn and `SetHints`, then
/// changes of the origin, by which the origin is judged. A cleared origin is nobody's and gets nothing free.
/// - SeeAlso: polkadot-sdk `AllowExplicitUnpaidExecutionFrom`.
public struct AllowExplicitUnpaidExecution: XcmBarrier {
  private static let instructionsRead = 5
  private let origins: LocationFilter
  private let aliases: AliasFilter

  /// - Parameter aliases: Decides on every `AliasOrigin` before anything is paid: a cheap part of the executor's own
  ///   rule, without look-ups in the state.
  public init(from origins: LocationFilter, aliases: AliasFilter = .nothing) {
    self.origins = origins
    self.aliases = aliases
  }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    let end = min(program.endIndex, program.startIndex + Self.instructionsRead)
    var index = program.startIndex
    while index < end, Self.bringsAssets(program[index]) { index += 1 }
    var computed = origin
    while index < end, let changed = try change(of: computed, by: program[index], in: state) {
      computed = changed
      index += 1
    }
    guard index < program.endIndex else { throw .badFormat }
    switch program[index] {
    case .unpaidExecution(.unlimited, _): break
    case .unpaidExecution(.limited(let limit), _) where !maxWeight.exceeds(limit): break
    default: throw .overweight(maxWeight)
    }
    guard origins.contains(computed, in: state) else { throw .unsupported }
  }

  private static func bringsAssets(_ instruction: Instruction) -> Bool {
    switch instruction {
    case .withdrawAsset, .reserveAssetDeposited, .receiveTeleportedAsset, .setHints: true
    default: false
    }
  }

  /// The origin behind an instruction that changes it; `nil` for every other instruction.
  private func change(
    of origin: Location, by instruction: Instruction, in state: ExecutionContext
  ) throws(BarrierRefusal) -> Location? {
    switch instruction {
    case .clearOrigin: throw .unsupported
    case .aliasOrigin(let target):
      guard aliases.contains(origin, as: target, in: state) else { throw .unsupported }
      return target
    case .descendOrigin(let child) where !child.isEmpty:
      guard let interior = origin.interior.appending(child) else { throw .unsupported }
      return Location(parents: origin.parents, interior: interior)
    default: return nil
    }
  }
}

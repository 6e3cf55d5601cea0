public import PalletSupport
internal import Primitives
internal import ScaleCodec

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

/// Lets through programs that load at most two assets and pay for themselves within the first five instructions.
///
/// Between loading and paying there may be `ClearOrigin`, `AliasOrigin`, `SetHints` and a `DescendOrigin` that
/// descends. Paying is `PayFees`, or `BuyExecution` with a limit of at least the program's weight; the limit is then
/// set to that weight.
/// - SeeAlso: polkadot-sdk `AllowTopLevelPaidExecutionFrom`.
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

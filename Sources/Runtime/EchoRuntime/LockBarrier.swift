public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

/// Lets exactly one `NoteUnlockable` or `UnlockAsset` of the given origins through, unpaid.
///
/// `LockAsset` and `RequestUnlock` send them alone, so there is nothing that could pay. A note that were turned away
/// would leave a lock that nobody can lift. Delivery has been paid for, and what they write is bounded for each account.
public struct AllowLockNotices: XcmBarrier {
  private let origins: LocationFilter

  public init(from origins: LocationFilter) { self.origins = origins }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard origins.contains(origin, in: state) else { throw .unsupported }
    switch program.first {
    case .noteUnlockable? where program.count == 1, .unlockAsset? where program.count == 1: return
    default: throw .badFormat
    }
  }
}

internal import PalletSupport
internal import ScaleCodec
internal import XCM

/// What instructions weigh on this runtime, without the programs and calls inside them.
enum XcmWeights {
  /// One instruction with at most one asset.
  static let unit = Weight(refTime: 25_000_000, proofSize: 2048)

  /// What it takes to send a message besides moving its assets: `echochain benchmark xcm` finds 30 to 80 µs.
  private static let sending = 3

  /// A unit for every asset that an instruction names; those that load several are charged twice for each beyond the
  /// first, for a wildcard that names none may move them again. Instructions that send a message cost three units more.
  static func weight(of instruction: Instruction) -> Weight { unit.multiplied(by: UInt64(max(1, units(instruction)))) }

  private static func units(_ instruction: Instruction) -> Int {
    switch instruction {
    case .withdrawAsset(let assets), .reserveAssetDeposited(let assets), .receiveTeleportedAsset(let assets),
      .claimAsset(let assets, _):
      2 * assets.count - 1
    case .transferAsset(let assets, _), .burnAsset(let assets), .expectAsset(let assets): assets.count
    case .transferReserveAsset(let assets, _, _): assets.count + sending
    case .depositAsset(let filter, _): named(filter)
    case .depositReserveAsset(let filter, _, _), .initiateReserveWithdraw(let filter, _, _),
      .initiateTeleport(let filter, _, _), .reportHolding(_, let filter):
      named(filter) + sending
    case .exchangeAsset(let give, let want, _): named(give) + 2 * want.count - 1
    case .initiateTransfer(_, let fees, _, let assets, _):
      assets.items.reduce(fees.map { named($0.filter) } ?? 0) { $0 + named($1.filter) } + sending
    case .reportError, .reportTransactStatus, .queryPallet, .exportMessage, .lockAsset, .requestUnlock, .subscribeVersion:
      1 + sending
    default: 1
    }
  }

  private static func named(_ filter: AssetFilter) -> Int {
    if case .definite(let assets) = filter { assets.count } else { 1 }
  }
}

internal import PalletSupport
internal import PalletXcm
internal import Primitives
internal import ScaleCodec
internal import XCM

extension XcmDiagnosis {
  /// The facts behind a call that failed without running a program.
  ///
  /// - Parameters:
  ///   - fee: The delivery fee that the call came to pay, if it got as far as that.
  ///   - state: As the call met it.
  static func problem(
    of call: RuntimeCall, _ failure: DispatchError, origin: Origin, fee: XCM.Assets?, in state: ExecutionContext
  ) -> XcmFailureDetail {
    let plain = XcmFailureDetail(.call, of: .program)
    guard case .xcmPallet(let call) = call, case .module(let error) = failure,
      error.index == XcmPalletConfig.palletIndex,
      let reason = XcmPallet.Failure(rawValue: error.number)
    else { return plain }
    switch (reason, call) {
    case (.unweighableMessage, .execute(let message, let limit)):
      guard let program = try? message.latest(), let weight = try? XcmSettings.weigher.weight(of: program, in: state)
      else {
        return XcmFailureDetail(.weighable, of: .program)
      }
      return XcmFailureDetail(.weight(limit: limit, actual: weight), of: .program)
    case (.unreachable, _):
      guard let destination = call.destination else { return plain }
      return XcmFailureDetail(.route, of: .location(destination))
    case (.feesNotMet, _):
      guard let fee, case .signed(let payer) = origin else { return plain }
      let found = fee.items.compactMap { asset in
        AssetLedger(asset.id, in: state).map { Asset(asset.id, amount: $0.balance(of: payer, in: state)) }
      }
      return XcmFailureDetail(.balance, of: .location(.account(payer)), needed: fee.items, found: found)
    case (.badVersion, _): return XcmFailureDetail(.version, of: .program)
    default: return plain
    }
  }
}

extension XcmPallet.Call {
  /// Where the call sends something to; `nil` for calls that send nothing, and for a location of an old version that
  /// the latest cannot say.
  fileprivate var destination: Location? {
    switch self {
    case .send(let dest, _), .sendWithReport(let dest, _, _), .teleportAssets(let dest, _, _, _),
      .reserveTransferAssets(let dest, _, _, _), .limitedReserveTransferAssets(let dest, _, _, _, _),
      .limitedTeleportAssets(let dest, _, _, _, _), .transferAssets(let dest, _, _, _, _),
      .transferAssetsUsingTypeAndThen(let dest, _, _, _, _, _, _), .transferAssetsWithTimeout(let dest, _, _, _, _, _):
      try? dest.latest()
    default: nil
    }
  }
}

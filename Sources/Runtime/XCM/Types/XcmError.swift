public import PalletSupport
public import ScaleCodec

/// Why an instruction failed. Numbers are those of version 5.
///
/// Errors from ``unhandledXcmVersion`` on concern the whole program and have other numbers in versions 3 and 4.
@ScaleCodable(path: "xcm::v5::traits::Error")
public enum XcmError: Error, Hashable, Sendable {
  /// A number left its range.
  @ScaleIndex(0) case overflow
  /// The instruction is not supported by this runtime.
  @ScaleIndex(1) case unimplemented
  /// The origin is not a reserve that this chain trusts for the asset.
  @ScaleIndex(2) case untrustedReserveLocation
  /// The origin or destination is not trusted to teleport the asset.
  @ScaleIndex(3) case untrustedTeleportLocation
  /// A location would grow past eight junctions.
  @ScaleIndex(4) case locationFull
  /// The location cannot be read from its other end.
  @ScaleIndex(5) case locationNotInvertible
  /// The origin may not do this, or there is none.
  @ScaleIndex(6) case badOrigin
  /// The location is not valid here.
  @ScaleIndex(7) case invalidLocation
  /// No asset of this id is known.
  @ScaleIndex(8) case assetNotFound
  /// The ledger refused the movement.
  @ScaleIndex(9) case failedToTransactAsset
  /// The asset cannot be withdrawn.
  @ScaleIndex(10) case notWithdrawable
  /// The location cannot own the asset.
  @ScaleIndex(11) case locationCannotHold
  /// The message to send is too large, or more than its receiver would decode.
  @ScaleIndex(12) case exceedsMaxMessageSize
  /// The destination does not take messages of this kind.
  @ScaleIndex(13) case destinationUnsupported
  /// The transport failed.
  @ScaleIndex(14) case transport
  /// No route leads to the destination.
  @ScaleIndex(15) case unroutable
  /// Nothing matching is trapped for this origin.
  @ScaleIndex(16) case unknownClaim
  /// A call does not decode.
  @ScaleIndex(17) case failedToDecode
  /// The weight limit cannot be met.
  @ScaleIndex(18) case maxWeightInvalid
  /// Holding lacks the assets for a fee.
  @ScaleIndex(19) case notHoldingFees
  /// The fee is above what was offered.
  @ScaleIndex(20) case tooExpensive
  /// `Trap` was executed with this code.
  @ScaleIndex(21) case trap(UInt64)
  /// An expectation does not hold.
  @ScaleIndex(22) case expectationFalse
  /// No pallet has this index.
  @ScaleIndex(23) case palletNotFound
  /// The pallet's name is another.
  @ScaleIndex(24) case nameMismatch
  /// The pallet's version is another.
  @ScaleIndex(25) case versionIncompatible
  /// Holding would grow past its limit.
  @ScaleIndex(26) case holdingWouldOverflow
  /// Exporting the message failed.
  @ScaleIndex(27) case exportError
  /// A location cannot be expressed from the destination's view.
  @ScaleIndex(28) case reanchorFailed
  /// No exchange on these terms.
  @ScaleIndex(29) case noDeal
  /// A fee could not be paid in full.
  @ScaleIndex(30) case feesNotMet
  /// The asset could not be locked.
  @ScaleIndex(31) case lockError
  /// The origin lacks the permission.
  @ScaleIndex(32) case noPermission
  /// The location is not anchored in this network.
  @ScaleIndex(33) case unanchored
  /// The asset cannot be deposited.
  @ScaleIndex(34) case notDepositable
  /// More assets than a message may carry, or than the instruction takes.
  @ScaleIndex(35) case tooManyAssets
  /// The program's version is not understood.
  @ScaleIndex(36) case unhandledXcmVersion
  /// The program weighs this much, more than the limit.
  @ScaleIndex(37) case weightLimitReached(Weight)
  /// The barrier refused the program.
  @ScaleIndex(38) case barrier
  /// The program's weight cannot be computed.
  @ScaleIndex(39) case weightNotComputable
  /// Programs are nested deeper than the executor allows.
  @ScaleIndex(40) case exceedsStackLimit
}

extension XcmError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .overflow: "xcm: a number left its range"
    case .unimplemented: "xcm: this runtime does not support the instruction"
    case .untrustedReserveLocation: "xcm: not a trusted reserve of the asset"
    case .untrustedTeleportLocation: "xcm: not trusted to teleport the asset"
    case .locationFull: "xcm: the location would have more than 8 junctions"
    case .locationNotInvertible: "xcm: the location cannot be inverted"
    case .badOrigin: "xcm: the origin is absent or not the required one"
    case .invalidLocation: "xcm: the location is not valid here"
    case .assetNotFound: "xcm: no asset of this id is known"
    case .failedToTransactAsset: "xcm: the ledger refused to move the asset"
    case .notWithdrawable: "xcm: the asset cannot be withdrawn"
    case .locationCannotHold: "xcm: the location cannot hold the asset"
    case .exceedsMaxMessageSize: "xcm: the message is larger than its receiver decodes"
    case .destinationUnsupported: "xcm: the destination does not take this message"
    case .transport: "xcm: the transport failed"
    case .unroutable: "xcm: no route to the destination"
    case .unknownClaim: "xcm: nothing matching is trapped for the origin"
    case .failedToDecode: "xcm: the call does not decode"
    case .maxWeightInvalid: "xcm: the weight limit is not valid"
    case .notHoldingFees: "xcm: holding lacks the assets for the fee"
    case .tooExpensive: "xcm: the fee is above the amount offered"
    case .trap(let code): "xcm: trap \(code)"
    case .expectationFalse: "xcm: an expectation does not hold"
    case .palletNotFound: "xcm: no pallet has the index"
    case .nameMismatch: "xcm: the pallet has another name"
    case .versionIncompatible: "xcm: the pallet has another version"
    case .holdingWouldOverflow: "xcm: holding would pass its limit"
    case .exportError: "xcm: the message could not be exported"
    case .reanchorFailed: "xcm: a location cannot be expressed from the destination"
    case .noDeal: "xcm: no exchange on these terms"
    case .feesNotMet: "xcm: the fee could not be paid"
    case .lockError: "xcm: the asset could not be locked or unlocked"
    case .noPermission: "xcm: the origin lacks the permission"
    case .unanchored: "xcm: the location is not anchored in this network"
    case .notDepositable: "xcm: the asset cannot be deposited"
    case .tooManyAssets: "xcm: more assets than allowed"
    case .unhandledXcmVersion: "xcm: the version is not understood"
    case .weightLimitReached(let weight):
      "xcm: the program weighs \(weight.refTime.value) ps and \(weight.proofSize.value) B, above the limit"
    case .barrier: "xcm: the barrier refused the program"
    case .weightNotComputable: "xcm: the weight cannot be computed"
    case .exceedsStackLimit: "xcm: programs are nested too deep"
    }
  }
}

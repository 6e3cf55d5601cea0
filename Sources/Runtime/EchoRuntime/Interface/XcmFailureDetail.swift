public import PalletSupport
public import ScaleCodec
public import XCM

/// The facts behind a failure: what was required of whom, what was needed, and what was found.
///
/// Words for people are made from it elsewhere.
@ScaleCodable(path: "echo_runtime::XcmFailureDetail")
public struct XcmFailureDetail: Hashable, Sendable {
  /// Which requirement was not met.
  public var requirement: XcmRequirement
  /// Whom or what it was required of.
  public var subject: XcmSubject
  /// The assets that were needed, for requirements about assets; at most 64.
  public var needed: [Asset]
  /// What was there of them, without amounts of zero.
  public var found: [Asset]

  public init(_ requirement: XcmRequirement, of subject: XcmSubject, needed: [Asset] = [], found: [Asset] = []) {
    self.requirement = requirement
    self.subject = subject
    self.needed = needed
    self.found = found.filter { $0.amount != 0 }
  }
}

/// Whom or what a requirement is about.
@ScaleCodable(path: "echo_runtime::XcmSubject")
public enum XcmSubject: Hashable, Sendable {
  /// The program or its instruction.
  @ScaleIndex(0) case program
  /// The holding register.
  @ScaleIndex(1) case holding
  /// The fees register.
  @ScaleIndex(2) case fees
  /// An account, a chain or anything else with a location, as seen from this chain.
  @ScaleIndex(3) case location(Location)
}

/// Why a barrier refuses a program.
@ScaleCodable(path: "echo_runtime::XcmAdmission")
public enum XcmAdmission: Hashable, Sendable {
  /// The first instructions do not pay for the program in a way that the barrier knows.
  @ScaleIndex(0) case shape
  /// More weight than was paid for; this much is needed.
  @ScaleIndex(1) case weight(Weight)
  /// Not now.
  @ScaleIndex(2) case later
  /// Programs are nested too deep to be looked through.
  @ScaleIndex(3) case depth
}

/// A requirement that a step did not meet. `needed` and `found` of the detail are meant wherever amounts matter.
@ScaleCodable(path: "echo_runtime::XcmRequirement")
public indirect enum XcmRequirement: Hashable, Sendable {
  // Assets of accounts
  /// The subject has less than needed.
  @ScaleIndex(0) case balance
  /// The subject would have less than the least that an account may have; `needed` is that minimum, `found` what it
  /// would have.
  @ScaleIndex(1) case minimumBalance
  /// The subject has it, but not free to move: `found` is what may.
  @ScaleIndex(2) case spendable
  /// The subject must exist by native units before it can have the asset; `needed` is the smallest native balance.
  @ScaleIndex(3) case existingAccount
  /// The subject is no account here.
  @ScaleIndex(4) case account
  /// This chain keeps no such asset.
  @ScaleIndex(5) case knownAsset
  /// More comes back than has left; `found` is what is out.
  @ScaleIndex(6) case teleportedBefore
  // Assets of a program
  /// The register has less than needed.
  @ScaleIndex(10) case holding
  /// The price is above the offer: `needed` is the price.
  @ScaleIndex(11) case feePrice
  /// The offered asset buys no weight: `needed` are prices in those that do.
  @ScaleIndex(12) case feeAsset
  /// The register has room for this many items.
  @ScaleIndex(13) case room(limit: UInt32)
  /// At most this many assets.
  @ScaleIndex(14) case assetCount(limit: UInt32)
  /// A trap with exactly these assets for the subject.
  @ScaleIndex(15) case trapped
  /// Somebody who gives `needed` for `found`.
  @ScaleIndex(16) case deal
  /// The asset can be locked or unlocked as asked.
  @ScaleIndex(17) case lock
  // Trust and routes
  /// The subject is trusted as the asset's reserve.
  @ScaleIndex(20) case reserveTrust
  /// The subject is trusted to teleport the asset.
  @ScaleIndex(21) case teleportTrust
  /// A lane to the subject.
  @ScaleIndex(22) case route
  /// The lane to the subject takes messages now.
  @ScaleIndex(23) case openLane
  /// A message that its receiver can decode: at most this many bytes, 100 instructions, 8 levels.
  @ScaleIndex(24) case messageSize(limit: UInt32)
  /// The message can be said in a version that the subject knows.
  @ScaleIndex(25) case version
  /// A name for a location or an asset as seen from the subject.
  @ScaleIndex(26) case nameThere
  /// A bridge to this network.
  @ScaleIndex(27) case bridge(network: NetworkID)
  // Origin and permission
  /// An origin; it was cleared before.
  @ScaleIndex(30) case origin
  /// This origin and no other.
  @ScaleIndex(31) case expectedOrigin(expected: Location?, actual: Location?)
  /// The subject may act as this location.
  @ScaleIndex(32) case alias(target: Location)
  /// The subject may speak for this network.
  @ScaleIndex(33) case universalAlias(network: Junction)
  /// The subject has an origin of this kind for calls.
  @ScaleIndex(34) case originKind(OriginKind)
  /// Programs may make this call.
  @ScaleIndex(35) case safeCall
  /// The subject may do this.
  @ScaleIndex(36) case permission
  /// A location of at most eight junctions.
  @ScaleIndex(37) case locationRoom
  /// A location that is valid here.
  @ScaleIndex(38) case validLocation
  // Values
  @ScaleIndex(40) case expectedError(expected: Pair<UInt32, XcmError>?, actual: Pair<UInt32, XcmError>?)
  @ScaleIndex(41) case expectedStatus(expected: MaybeErrorCode, actual: MaybeErrorCode)
  /// The pallet of this index with this name; `actual` is what is there.
  @ScaleIndex(42) case pallet(index: UInt32, expected: [UInt8], actual: PalletInfo?)
  /// The program asked to stop with this code.
  @ScaleIndex(43) case trap(code: UInt64)
  /// Numbers within their range.
  @ScaleIndex(44) case range
  // The program as a whole
  /// An instruction that this chain serves.
  @ScaleIndex(50) case supported
  /// A call that decodes.
  @ScaleIndex(51) case decodes
  /// At most this weight, and it weighs `actual`.
  @ScaleIndex(52) case weight(limit: Weight, actual: Weight)
  /// A program whose weight can be computed.
  @ScaleIndex(53) case weighable
  /// The barrier lets the program of the subject in.
  @ScaleIndex(54) case admission(XcmAdmission)
  /// Programs nested at most this deep.
  @ScaleIndex(55) case nesting(limit: UInt32)
  /// The call's origin pays the transaction fee and stays alive.
  @ScaleIndex(56) case transactionFee
  /// What the call itself demands; its dispatch error says it.
  @ScaleIndex(57) case call
}

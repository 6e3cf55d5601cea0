public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// Who is to make a call, as clients name an origin.
/// - SeeAlso: the `OriginCaller` of a polkadot-sdk runtime: the pallet's index, then the pallet's origin.
@ScaleCodable(path: "echo_runtime::OriginCaller")
public enum OriginCaller: Hashable, Sendable {
  @ScaleIndex(0) case system(RawOrigin)
  @ScaleIndex(33) case xcmPallet(XcmOrigin)

  /// The origin that calls are dispatched with.
  public var origin: Origin {
    switch self {
    case .system(.root): .root
    case .system(.signed(let account)): .signed(account)
    case .system(.none): .none
    case .xcmPallet(.xcm(let location)): .xcm(location: location.encoded())
    }
  }
}

/// - SeeAlso: `frame_support::dispatch::RawOrigin`.
@ScaleCodable(path: "frame_support::dispatch::RawOrigin")
public enum RawOrigin: Hashable, Sendable {
  @ScaleIndex(0) case root
  @ScaleIndex(1) case signed(AccountID)
  @ScaleIndex(2) case none
}

/// A location that acts by an XCM program.
/// - SeeAlso: `pallet_xcm::pallet::Origin`.
@ScaleCodable(path: "pallet_xcm::pallet::Origin")
public enum XcmOrigin: Hashable, Sendable {
  @ScaleIndex(0) case xcm(Location)
}

/// What is known of a call after it ran.
/// - SeeAlso: `frame_support::dispatch::PostDispatchInfo`.
@ScaleCodable(path: "frame_support::dispatch::PostDispatchInfo")
public struct PostDispatchInfo: Hashable, Sendable {
  /// `nil`: what was announced.
  public var actualWeight: Weight?
  public var paysFee: Pays

  public init(actualWeight: Weight? = nil, paysFee: Pays = .yes) {
    self.actualWeight = actualWeight
    self.paysFee = paysFee
  }
}

/// Why a call failed, and what is known of it.
/// - SeeAlso: `sp_runtime::DispatchErrorWithPostInfo`.
@ScaleCodable(path: "sp_runtime::DispatchErrorWithPostInfo")
public struct DispatchErrorWithPostInfo: Hashable, Sendable {
  public var postInfo: PostDispatchInfo
  public var error: DispatchError

  public init(_ error: DispatchError) {
    postInfo = PostDispatchInfo()
    self.error = error
  }
}

public typealias DispatchResultWithPostInfo = ScaleResult<PostDispatchInfo, DispatchErrorWithPostInfo>

/// Messages to one destination, in the order of sending.
public typealias ForwardedXcms = [Pair<VersionedLocation, [VersionedXcm]>]

/// What a trial of a call did.
/// - SeeAlso: `xcm_runtime_apis::dry_run::CallDryRunEffects`.
@ScaleCodable(path: "xcm_runtime_apis::dry_run::CallDryRunEffects")
public struct CallDryRunEffects: Hashable, Sendable {
  public var executionResult: DispatchResultWithPostInfo
  /// In the order in which they were deposited; none of a call that failed.
  public var emittedEvents: [RuntimeEvent]
  /// The first program that the call ran here.
  public var localXcm: VersionedXcm?
  public var forwardedXcms: ForwardedXcms
}

/// What a trial of a program did.
/// - SeeAlso: `xcm_runtime_apis::dry_run::XcmDryRunEffects`.
@ScaleCodable(path: "xcm_runtime_apis::dry_run::XcmDryRunEffects")
public struct XcmDryRunEffects: Hashable, Sendable {
  public var executionResult: Outcome
  public var emittedEvents: [RuntimeEvent]
  public var forwardedXcms: ForwardedXcms
}

/// Why there is no trial.
/// - SeeAlso: `xcm_runtime_apis::dry_run::Error`.
@ScaleCodable(path: "xcm_runtime_apis::dry_run::Error")
public enum DryRunError: Error, Hashable, Sendable {
  @ScaleIndex(0) case unimplemented
  /// A version is not known, or cannot say what has to be said.
  @ScaleIndex(1) case versionedConversionFailed
}

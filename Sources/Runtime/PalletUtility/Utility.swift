internal import Hashing
public import PalletSupport
public import Primitives
public import ScaleCodec

/// Makes several calls in one, or one call as somebody else.
///
/// The pallet keeps no state. It gives nobody a right: a call inside is made by whoever makes the outer one, by an account
/// that only its maker can speak for, or by an origin that root chose. Every inner call is a transaction of its own.
/// - SeeAlso: `pallet_utility`, whose names, numbers and order of events these are.
public enum Utility {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// The outer call of the runtime.
    associatedtype RuntimeCall: RuntimeDispatchable
    /// An origin as a value that calls can carry.
    associatedtype PalletsOrigin: ScaleCodable & Hashable & Sendable
    static var palletIndex: UInt8 { get }
    /// The origin that a value names.
    static func origin(_ value: PalletsOrigin) -> Origin
    /// The outer call as one of this pallet's; `nil` for a call of another.
    static func own(_ call: RuntimeCall) -> Call<RuntimeCall, PalletsOrigin>?
    /// What a call is refused with that its origin's filter does not let through.
    static var callFiltered: DispatchError { get }
  }

  @ScaleCodable(path: "pallet_utility::pallet::Call")
  public indirect enum Call<RuntimeCall: RuntimeDispatchable, PalletsOrigin: ScaleCodable & Hashable & Sendable>: Hashable, Sendable {
    /// Makes calls in order up to the first that fails; what came before it stays. Succeeds either way. Origin: any but none.
    @ScaleIndex(0) case batch(calls: [RuntimeCall])
    /// Makes a call as one of the signer's 65,536 derived accounts. Origin: signed.
    @ScaleIndex(1) case asDerivative(index: UInt16, call: RuntimeCall)
    /// Makes all calls in order, or none when one fails. May not be nested unless by root. Origin: any but none.
    @ScaleIndex(2) case batchAll(calls: [RuntimeCall])
    /// Makes a call with another origin and reports its result. Origin: root.
    @ScaleIndex(3) case dispatchAs(asOrigin: PalletsOrigin, call: RuntimeCall)
    /// Makes all calls in order, whichever of them fail. Origin: any but none.
    @ScaleIndex(4) case forceBatch(calls: [RuntimeCall])
    /// Makes a call as root that weighs what is said here. Origin: root.
    @ScaleIndex(5) case withWeight(call: RuntimeCall, weight: Weight)
    /// Makes a call, and another one if it fails. Fails if both do. Origin: any but none.
    @ScaleIndex(6) case ifElse(main: RuntimeCall, fallback: RuntimeCall)
    /// Makes a call with another origin and fails as it does. Origin: root.
    @ScaleIndex(7) case dispatchAsFallible(asOrigin: PalletsOrigin, call: RuntimeCall)

    /// The calls inside, in order: what a filter of calls has to look at.
    public var inner: [RuntimeCall] {
      switch self {
      case .batch(let calls), .batchAll(let calls), .forceBatch(let calls): calls
      case .asDerivative(_, let call), .dispatchAs(_, let call), .withWeight(let call, _), .dispatchAsFallible(_, let call): [call]
      case .ifElse(let main, let fallback): [main, fallback]
      }
    }
  }

  @ScaleCodable(path: "pallet_utility::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A batch ended early: the call at the index failed, those before it stay.
    @ScaleIndex(0) case batchInterrupted(index: UInt32, error: DispatchError)
    /// All calls of a batch succeeded.
    @ScaleIndex(1) case batchCompleted
    /// A batch was made to its end and some of its calls failed.
    @ScaleIndex(2) case batchCompletedWithErrors
    /// A call of a batch succeeded.
    @ScaleIndex(3) case itemCompleted
    /// A call of a batch failed and the batch went on.
    @ScaleIndex(4) case itemFailed(error: DispatchError)
    /// A call was made with another origin.
    @ScaleIndex(5) case dispatchedAs(result: DispatchResult)
    /// The main call succeeded, so the other was not made.
    @ScaleIndex(6) case ifElseMainSuccess
    /// The main call failed and the other succeeded.
    @ScaleIndex(7) case ifElseFallbackCalled(mainError: DispatchError)
  }

  @ErrorShape(path: "pallet_utility::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The batch has more calls than batched_calls_limit. Cut it into several.
    case tooManyCalls
  }

  /// The most calls that one batch makes: the limit of polkadot-sdk's runtimes.
  public static let batchedCallsLimit: UInt32 = 10_922

  /// The account that only `account` can speak for under `index`: blake2b-256 of `modlpy/utilisuba`, the account's 32
  /// bytes and the little-endian index.
  public static func derivedAccount(of account: AccountID, index: UInt16) -> AccountID {
    AccountID(words: Hash.blake2b256(Array("modlpy/utilisuba".utf8) + account.bytes + index.encoded()).words)
  }
}

public import PalletSupport
internal import ScaleCodec

/// What a runtime decides about the calls that programs dispatch.
public protocol CallDispatcherSetup {
  associatedtype Call: RuntimeDispatchable
  /// Finds the origin that a call gets.
  static var origins: any OriginConverter { get }
  /// Whether programs may dispatch this call at all, whatever their origin.
  static func isSafe(_ call: Call, in state: ExecutionContext) -> Bool
}

extension CallDispatcherSetup {
  public static func isSafe(_ call: Call, in state: ExecutionContext) -> Bool { true }
}

/// Runs the calls of `Transact` as calls of the runtime.
///
/// Refusals come in this order: a call that does not decode, a call that is not safe, an origin that does not exist.
/// A call that runs and fails changes nothing and is no error of the program: the status holds its dispatch error.
public enum CallDispatcher<Setup: CallDispatcherSetup>: XcmDispatcher {
  public static func dispatch(
    _ call: [UInt8], origin: Location, kind: OriginKind, in state: ExecutionContext
  ) throws(XcmError) -> TransactResult {
    let decoded = try decode(call)
    guard Setup.isSafe(decoded, in: state) else { throw .noPermission }
    guard let caller = Setup.origins.origin(of: origin, kind: kind, in: state) else { throw .badOrigin }
    // Calls of this runtime take the weight that they declare, whether they succeed or not.
    let weight = decoded.info.weight
    do throws(DispatchError) {
      try state.transactional { () throws(DispatchError) in try decoded.dispatch(origin: caller, in: state) }
      return TransactResult(status: .success, declared: weight, actual: weight)
    } catch {
      return TransactResult(status: MaybeErrorCode(truncating: error.encoded()), declared: weight, actual: weight)
    }
  }

  /// The weight that an encoded call declares, for ``InstructionWeigher``.
  /// - Throws: ``XcmError/failedToDecode`` for bytes that are not exactly one call.
  public static func weight(of call: [UInt8], in state: ExecutionContext) throws(XcmError) -> Weight {
    try decode(call).info.weight
  }

  /// Reads one call and nothing behind it.
  private static func decode(_ call: [UInt8]) throws(XcmError) -> Setup.Call {
    do throws(ScaleError) { return try Setup.Call(decoding: call) } catch { throw .failedToDecode }
  }
}

extension MaybeErrorCode {
  /// Most bytes of an error that are told.
  public static let maximumErrorLength = 128

  /// The code of an encoded dispatch error, cut off behind 128 bytes.
  public init(truncating error: [UInt8]) {
    if let whole = BoundedVector<UInt8, 128>(error) {
      self = .error(whole)
    } else {
      self = .truncatedError(BoundedVector(Array(error.prefix(Self.maximumErrorLength))) ?? BoundedVector())
    }
  }
}

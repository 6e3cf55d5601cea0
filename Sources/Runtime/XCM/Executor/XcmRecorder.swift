public import PalletSupport
public import Primitives

/// Is told of every program that runs in a context, those inside calls of programs included.
///
/// Set it as the context's ``ExecutionContext/inspector``. Functions are called in the order of execution; the programs
/// between a beginning and its end run inside the one that began. State and events must be left as they are.
public protocol XcmRecorder: ExecutionInspector {
  /// A weighed program is about to be shown to the barrier.
  func programBegins(_ program: WeighedXcm, origin: Location, id: H256, in state: ExecutionContext)
  /// An instruction of the innermost program has run or failed; a failed one is undone already.
  func note(_ step: XcmStep, in state: ExecutionContext)
  /// The innermost program has ended; `id` is the message's final id.
  func programEnds(_ outcome: Outcome, id: H256, in state: ExecutionContext)
  /// A fee is about to be taken for delivery or for another service.
  func noteFee(_ fee: Assets, reason: FeeReason)
  /// The innermost program is about to pay this for a fee: the fee itself, or what is swapped for it.
  func notePayment(_ payment: Asset)
  /// The innermost program has paid this for its weight, refunds deducted.
  func noteRevenue(_ asset: Asset)
}

extension ExecutionContext {
  /// Who is told of programs, if anybody.
  public var xcmRecorder: (any XcmRecorder)? { inspector.flatMap { $0 as? any XcmRecorder } }
}

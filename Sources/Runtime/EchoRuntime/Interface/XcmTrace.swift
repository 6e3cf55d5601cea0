public import PalletSupport
public import Primitives
public import ScaleCodec
public import XCM

/// What a trial of a call would do, with every XCM program that it runs.
///
/// The answer of `EchoXcmApi_trace_call`. Nothing of the trial stays in state.
@ScaleCodable(path: "echo_runtime::XcmCallTrace")
public struct XcmCallTrace: Hashable, Sendable {
  /// How the call ends.
  public var result: DispatchResult
  /// Why, when it failed outside of a program: for example a fee that the signer cannot pay.
  public var problem: XcmFailureDetail?
  /// The fee of a signed extrinsic with this call, a mortal era and no tip, in the smallest native unit; 0 for other
  /// origins.
  public var fee: Balance
  /// What the call is charged for.
  public var weight: Weight
  public var run: XcmRunTrace
}

/// What a trial of a program would do.
///
/// The answer of `EchoXcmApi_trace_xcm`.
@ScaleCodable(path: "echo_runtime::XcmProgramRun")
public struct XcmProgramRun: Hashable, Sendable {
  public var outcome: Outcome
  /// Why nothing was executed, when the program did not get as far as its first instruction.
  public var problem: XcmFailureDetail?
  public var run: XcmRunTrace
}

/// All that happened in a trial.
@ScaleCodable(path: "echo_runtime::XcmRunTrace")
public struct XcmRunTrace: Hashable, Sendable {
  /// Events that stand at the end, in order. Those of undone parts are in ``programs`` only.
  public var events: [RuntimeEvent]
  /// Programs in the order in which they began; the first ``XcmTraceLimits/programs``.
  public var programs: [XcmProgramTrace]
  /// Steps beyond ``XcmTraceLimits`` that are not listed.
  public var omittedSteps: UInt32
  /// Messages that wait for a relayer at the end, in the order of sending.
  public var forwarded: [XcmForwardedMessage]
  /// Fees that were taken outside of programs: what `send` pays for delivery.
  public var fees: [XcmPaidFee]
  /// What changed in the ledger between beginning and end, transaction fee included.
  public var ledger: [XcmLedgerChange]
}

/// Bounds on what a trace says.
public enum XcmTraceLimits {
  /// Most steps in one trace. A program has at most 100 instructions, but calls in it may run programs again.
  public static let steps = 1000
  /// Most programs in one trace.
  public static let programs = 200
  /// Most assets that an answer lists of those that could pay.
  public static let acceptedAssets = 64
}

/// One execution of one program.
@ScaleCodable(path: "echo_runtime::XcmProgramTrace")
public struct XcmProgramTrace: Hashable, Sendable {
  /// Programs that were running around this one: 0 unless a `Transact` ran it.
  public var depth: UInt32
  /// Who sent it, as seen from this chain.
  public var origin: Location
  /// The message's id; the topic in last place, where the program has one.
  public var messageId: H256
  public var program: Xcm
  /// What the weigher found for it.
  public var weight: Weight
  public var outcome: Outcome
  /// Why the barrier refused it.
  public var refusal: XcmFailureDetail?
  public var steps: [XcmStepTrace]
  /// Events after the last step: refunds, traps, revenue.
  public var endingEvents: [RuntimeEvent]
  /// What changed in the ledger after the last step.
  public var endingLedger: [XcmLedgerChange]
  /// What holding had left at the end.
  public var trapped: [XcmTrappedAssets]
  /// Fees taken of it: delivery in the order of sending, then its weight with refunds deducted.
  public var fees: [XcmPaidFee]
}

extension XcmProgramTrace {
  /// The weight that was not needed.
  public var surplus: Weight { outcome.used.map { weight.subtracting($0) } ?? .zero }
}

/// Which of an execution's programs a step belongs to.
@ScaleCodable(path: "echo_runtime::XcmTracePhase")
public enum XcmTracePhase: Hashable, Sendable {
  @ScaleIndex(0) case program
  @ScaleIndex(1) case errorHandler
  @ScaleIndex(2) case appendix
}

/// One instruction, executed or failed.
///
/// A step with programs inside it (`ExecuteWithOrigin`, `Transact`) comes after their steps; its events and ledger
/// changes are all of them together.
@ScaleCodable(path: "echo_runtime::XcmStepTrace")
public struct XcmStepTrace: Hashable, Sendable {
  public var phase: XcmTracePhase
  /// 1 for the program, its error handler and its appendix; more inside `ExecuteWithOrigin`.
  public var level: UInt32
  /// Position in its own program, from 0.
  public var index: UInt32
  public var instruction: Instruction
  /// What the weigher says of it, local programs inside it included.
  public var weight: Weight
  public var before: XcmRegistersTrace
  /// As before when it failed.
  public var after: XcmRegistersTrace
  public var events: [RuntimeEvent]
  public var ledger: [XcmLedgerChange]
  public var error: XcmError?
  /// The facts behind the error; there whenever `error` is.
  public var detail: XcmFailureDetail?
}

/// Registers of an execution.
@ScaleCodable(path: "echo_runtime::XcmRegistersTrace")
public struct XcmRegistersTrace: Hashable, Sendable {
  public var origin: Location?
  /// In canonical order; may be more than the 20 that a message can name.
  public var holding: [Asset]
  /// Set aside by `PayFees`.
  public var fees: [Asset]
  public var topic: H256?
  /// Index and error of the last failure that no `ClearError` has cleared.
  public var error: Pair<UInt32, XcmError>?
  /// How the call of the last `Transact` ended; a call that fails is no error of its program.
  public var transactStatus: MaybeErrorCode

  init(_ snapshot: XcmSnapshot) {
    origin = snapshot.origin
    holding = snapshot.holding.assets
    fees = snapshot.fees.assets
    topic = snapshot.topic
    error = snapshot.error
    transactStatus = snapshot.transactStatus
  }
}

/// A balance that changed.
@ScaleCodable(path: "echo_runtime::XcmLedgerChange")
public struct XcmLedgerChange: Hashable, Sendable {
  public var account: AccountID
  /// The asset as this chain names it.
  public var asset: AssetID
  /// Smallest units, held ones included.
  public var before: Balance
  public var after: Balance

  public init(account: AccountID, asset: AssetID, before: Balance, after: Balance) {
    self.account = account
    self.asset = asset
    self.before = before
    self.after = after
  }

  /// The amount by which the balance changed, and whether it grew.
  public var difference: (amount: Balance, isGain: Bool) {
    after >= before ? (after - before, true) : (before - after, false)
  }
}

/// Assets that wait to be claimed after a program.
@ScaleCodable(path: "echo_runtime::XcmTrappedAssets")
public struct XcmTrappedAssets: Hashable, Sendable {
  /// The trap's name in events and state.
  public var hash: H256
  public var claimer: Location
  public var assets: VersionedAssets
}

/// What a fee is for.
@ScaleCodable(path: "echo_runtime::XcmFeeKind")
public enum XcmFeeKind: Hashable, Sendable {
  /// The program's own weight.
  @ScaleIndex(0) case execution
  /// Bringing a message to another chain.
  @ScaleIndex(1) case delivery
}

/// A fee that was taken.
@ScaleCodable(path: "echo_runtime::XcmPaidFee")
public struct XcmPaidFee: Hashable, Sendable {
  public var kind: XcmFeeKind
  /// The origin register; `nil` when it was empty.
  public var payer: Location?
  public var assets: [Asset]

  public init(kind: XcmFeeKind, payer: Location?, assets: [Asset]) {
    self.kind = kind
    self.payer = payer
    self.assets = assets
  }
}

/// A message that waits for a relayer.
@ScaleCodable(path: "echo_runtime::XcmForwardedMessage")
public struct XcmForwardedMessage: Hashable, Sendable {
  public var destination: Location
  public var lane: H256
  public var nonce: UInt64
  /// The id under which the message is found on every chain.
  public var topic: H256
  /// The bytes on the lane: a versioned program, whose first byte is the version.
  public var payload: [UInt8]
  /// What the relayer gets, in the smallest native unit.
  public var deliveryFee: Balance
  /// When the message is too late, in milliseconds since 1970.
  public var timeoutAt: Milliseconds

  /// The XCM version of the payload; 0 for an empty one.
  public var version: UInt8 { payload.first ?? 0 }
}

extension Outcome {
  /// The weight that was used; `nil` when nothing was executed.
  var used: Weight? {
    switch self {
    case .complete(let used), .incomplete(let used, _): used
    case .error: nil
    }
  }
}

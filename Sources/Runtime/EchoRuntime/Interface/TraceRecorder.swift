internal import PalletSupport
internal import PalletXcm
internal import Primitives
internal import ScaleCodec
internal import XCM

/// Writes down what programs do in a trial.
final class TraceRecorder: XcmRecorder {
  /// A program that has not ended.
  private struct Running {
    /// Its place among ``programs``; `nil` when there are too many to be listed.
    var place: Int?
    /// The ledger at the end of the last step of each level; at the beginning for level 1.
    var ledgers: [Int: LedgerWatch]
    /// Events before the last step of the program itself ended.
    var events: Int
    /// Fees of the step that is running.
    var pending: [XcmPaidFee] = []
    /// Facts of the last failed step, for the step around it.
    var innerDetail: (level: Int, detail: XcmFailureDetail)?
    /// The last fee that the running step was to pay.
    var quoted: XCM.Assets?
  }

  /// Programs in the order in which they began.
  private(set) var programs: [XcmProgramTrace] = []
  /// Fees taken outside of programs.
  private(set) var fees: [XcmPaidFee] = []
  /// The last fee that was to be taken outside of programs.
  private(set) var lastFee: XCM.Assets?
  private(set) var omittedSteps: UInt32 = 0
  private var running: [Running] = []
  private var recordedSteps = 0
  private var latest: LedgerWatch
  private let start: LedgerWatch
  private let firstEvent: Int

  /// Begins to watch a context.
  init(in state: ExecutionContext) {
    latest = LedgerWatch(in: state)
    start = latest
    firstEvent = state.events.count
    state.inspector = self
  }

  /// Everything since the beginning. The context is not watched any more.
  func finish(in state: ExecutionContext) throws(DispatchError) -> XcmRunTrace {
    state.inspector = nil
    latest.update(in: state)
    let events = try Trial.events(in: state, from: firstEvent)
    return XcmRunTrace(
      events: events, programs: programs, omittedSteps: omittedSteps, forwarded: try Trial.forwarded(events, in: state),
      fees: fees, ledger: latest.changes(since: start, in: state))
  }

  // MARK: What the executor tells

  func programBegins(_ program: WeighedXcm, origin: Location, id: H256, in state: ExecutionContext) {
    guard programs.count < XcmTraceLimits.programs else {
      running.append(Running(place: nil, ledgers: [:], events: state.events.count))
      return
    }
    latest.update(in: state)
    programs.append(
      XcmProgramTrace(
        depth: UInt32(running.count), origin: origin, messageId: id, program: program.program, weight: program.weight,
        outcome: .complete(used: .zero), refusal: nil, steps: [], endingEvents: [], endingLedger: [], trapped: [],
        fees: []))
    running.append(Running(place: programs.count - 1, ledgers: [1: latest], events: state.events.count))
  }

  func note(_ step: XcmStep, in state: ExecutionContext) {
    guard var current = running.popLast() else { return }
    defer { running.append(current) }
    guard let place = current.place else {
      omittedSteps = omittedSteps.addingSaturating(1)
      return
    }
    let isAtomic = if case .executeWithOrigin = step.instruction { false } else { true }
    if step.error == nil || !isAtomic {
      programs[place].fees += current.pending.map {
        XcmPaidFee(kind: $0.kind, payer: step.before.origin, assets: $0.assets)
      }
    }
    current.pending = []
    defer {
      current.quoted = nil
      if step.level == 1 { current.events = state.events.count }
    }
    guard recordedSteps < XcmTraceLimits.steps else {
      omittedSteps = omittedSteps.addingSaturating(1)
      return
    }
    recordedSteps += 1
    let earlier = current.ledgers[step.level] ?? latest
    latest.update(in: state)
    current.ledgers = current.ledgers.filter { $0.key < step.level }
    current.ledgers[step.level] = latest
    let detail = step.error.map { facts(of: $0, step, current, programs[place].weight, in: state) }
    if let detail { current.innerDetail = (step.level, detail) }
    let events = (try? Trial.events(in: state, from: min(step.firstEvent, state.events.count))) ?? []
    programs[place].steps.append(
      XcmStepTrace(
        phase: XcmTracePhase(step.phase), level: UInt32(clamping: step.level), index: UInt32(clamping: step.index),
        instruction: step.instruction, weight: step.weight, before: XcmRegistersTrace(step.before),
        after: XcmRegistersTrace(step.after),
        events: events, ledger: latest.changes(since: earlier, in: state), error: step.error, detail: detail))
  }

  func programEnds(_ outcome: Outcome, id: H256, in state: ExecutionContext) {
    guard let ended = running.popLast(), let place = ended.place else { return }
    let before = ended.ledgers[1] ?? latest
    latest.update(in: state)
    var trace = programs[place]
    trace.messageId = id
    trace.outcome = outcome
    trace.fees += ended.pending.map { XcmPaidFee(kind: $0.kind, payer: trace.origin, assets: $0.assets) }
    trace.endingEvents = (try? Trial.events(in: state, from: min(ended.events, state.events.count))) ?? []
    trace.endingLedger = latest.changes(since: before, in: state)
    trace.trapped = trace.endingEvents.compactMap { event in
      guard case .xcmPallet(.assetsTrapped(let hash, let claimer, let assets)) = event else { return nil }
      return XcmTrappedAssets(hash: hash, claimer: claimer, assets: assets)
    }
    if let error = outcome.failure?.error, trace.steps.isEmpty {
      let program = WeighedXcm(program: trace.program, weight: trace.weight)
      trace.refusal = XcmDiagnosis.refusal(error, of: program, from: trace.origin, in: state)
    }
    programs[place] = trace
  }

  func noteFee(_ fee: XCM.Assets, reason: FeeReason) {
    let paid = XcmPaidFee(kind: .delivery, payer: nil, assets: fee.items)
    guard let last = running.indices.last else {
      fees.append(paid)
      lastFee = fee
      return
    }
    running[last].quoted = fee
    running[last].pending.append(paid)
  }

  func notePayment(_ payment: Asset) {
    guard let last = running.indices.last else { return }
    running[last].quoted = XCM.Assets(payment)
  }

  func noteRevenue(_ asset: Asset) {
    guard let last = running.indices.last else { return }
    running[last].pending.append(XcmPaidFee(kind: .execution, payer: nil, assets: [asset]))
  }

  // MARK: Facts

  private func facts(
    of error: XcmError, _ step: XcmStep, _ current: Running, _ programWeight: Weight, in state: ExecutionContext
  ) -> XcmFailureDetail {
    // What stopped a program inside the step is what stopped the step.
    if case .executeWithOrigin = step.instruction, let inner = current.innerDetail, inner.level == step.level + 1 {
      return inner.detail
    }
    return XcmDiagnosis(
      instruction: step.instruction, error: error, registers: step.before, programWeight: programWeight,
      quotedFee: current.quoted, state: state
    ).detail
  }
}

extension XcmTracePhase {
  init(_ phase: XcmPhase) {
    self =
      switch phase {
      case .program: .program
      case .errorHandler: .errorHandler
      case .appendix: .appendix
      }
  }
}

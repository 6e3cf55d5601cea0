public import PalletSupport
public import Primitives
public import ScaleCodec

/// Executes programs of XCM version 5 under the rules of a configuration.
///
/// Each instruction is one transaction of the state and of the registers: one that fails leaves no trace but the
/// error register. Entry points are ``prepareAndExecute(_:origin:id:weightLimit:weightCredit:in:observer:)`` and its
/// two halves.
/// - SeeAlso: the XCM specification's XCVM; registers and life cycle follow polkadot-sdk's `xcm-executor`.
public struct XcmExecutor<Config: XcmConfig> {
  /// Levels of programs that may run inside one another, by `ExecuteWithOrigin` or by calls that execute programs.
  public static var recursionLimit: Int { 10 }

  var registers: XcmRegisters<Config.Trader>
  let state: ExecutionContext
  private let observer: ((XcmStep) -> Void)?
  private var level = 0
  private var phase = XcmPhase.program

  private init(
    origin: Location, messageID: H256, weight: Weight, state: ExecutionContext, observer: ((XcmStep) -> Void)?
  ) {
    registers = XcmRegisters(origin: origin, messageID: messageID, messageWeight: weight)
    self.state = state
    self.observer = observer
  }

  // MARK: Entry points

  /// Weighs a program.
  /// - Throws: ``XcmError/weightNotComputable``
  public static func prepare(_ program: Xcm, in state: ExecutionContext) throws(XcmError) -> WeighedXcm {
    WeighedXcm(program: program, weight: try Config.weigher.weight(of: program, in: state))
  }

  /// Executes a weighed program if the barrier lets it through.
  ///
  /// State changes of a program that ends incomplete remain, as those of one that completes do.
  /// - Parameters:
  ///   - origin: Who sent the program, as seen from here.
  ///   - id: The message's id; replaced by the topic that the program carries in last place.
  ///   - weightCredit: Weight that somebody has paid already.
  ///   - observer: Called after each instruction; must not change the state.
  public static func execute(
    _ prepared: WeighedXcm, origin: Location, id: inout H256, weightCredit: Weight = .zero, in state: ExecutionContext,
    observer: ((XcmStep) -> Void)? = nil
  ) -> Outcome {
    guard let recorder = state.xcmRecorder else {
      return run(prepared, origin: origin, id: &id, weightCredit: weightCredit, in: state, observer: observer)
    }
    recorder.programBegins(prepared, origin: origin, id: id, in: state)
    let outcome = run(prepared, origin: origin, id: &id, weightCredit: weightCredit, in: state) { step in
      observer?(step)
      recorder.note(step, in: state)
    }
    recorder.programEnds(outcome, id: id, in: state)
    return outcome
  }

  private static func run(
    _ prepared: WeighedXcm, origin: Location, id: inout H256, weightCredit: Weight, in state: ExecutionContext,
    observer: ((XcmStep) -> Void)?
  ) -> Outcome {
    var instructions = prepared.program.instructions[...]
    var properties = BarrierProperties(weightCredit: weightCredit)
    do throws(BarrierRefusal) {
      try Config.barrier.admit(
        &instructions, from: origin, maxWeight: prepared.weight, properties: &properties, in: state)
    } catch {
      return .incomplete(used: prepared.weight, error: InstructionError(index: 0, error: .barrier))
    }
    id = properties.messageID ?? id
    var executor = XcmExecutor(origin: origin, messageID: id, weight: prepared.weight, state: state, observer: observer)
    executor.run(Xcm(Array(instructions)))
    return executor.finish(weight: prepared.weight)
  }

  /// Weighs a program and executes it within a limit.
  public static func prepareAndExecute(
    _ program: Xcm, origin: Location, id: inout H256, weightLimit: Weight, weightCredit: Weight = .zero,
    in state: ExecutionContext, observer: ((XcmStep) -> Void)? = nil
  ) -> Outcome {
    let prepared: WeighedXcm
    do throws(XcmError) { prepared = try prepare(program, in: state) } catch {
      return .error(InstructionError(index: 0, error: .weightNotComputable))
    }
    guard !prepared.weight.exceeds(weightLimit) else {
      return .error(InstructionError(index: 0, error: .weightLimitReached(prepared.weight)))
    }
    return execute(prepared, origin: origin, id: &id, weightCredit: weightCredit, in: state, observer: observer)
  }

  /// Takes a fee from an account outside of any program.
  public static func chargeFees(_ fees: Assets, from origin: Location, in state: ExecutionContext) throws(XcmError) {
    guard !fees.isEmpty, !Config.isFeeWaived(for: origin, reason: .chargeFees, in: state) else { return }
    state.xcmRecorder?.noteFee(fees, reason: .chargeFees)
    let context = XcmContext(origin: origin, messageID: .zero)
    for asset in fees.items { try Config.Transactor.withdraw(asset, from: origin, context: context, in: state) }
    try Config.collect(fee: fees, reason: .chargeFees, context: context, in: state)
    Config.deposit(.feesPaid(paying: origin, fees: fees, reason: .chargeFees), in: state)
  }

  // MARK: Life cycle

  /// Runs a program, then its error handler or its appendix, until nothing is registered any more.
  private mutating func run(_ program: Xcm) {
    var program = program
    while !program.isEmpty {
      if let failure = process(program) {
        registers.totalSurplus = registers.totalSurplus.adding(failure.weightLeft)
        registers.error = Pair(failure.index, failure.error)
        program = registers.takeErrorHandler()
        phase = .errorHandler
        if program.isEmpty {
          program = registers.takeAppendix()
          phase = .appendix
        }
      } else {
        registers.dropErrorHandler()
        program = registers.takeAppendix()
        phase = .appendix
      }
    }
  }

  /// Executes instructions until one fails. Too many levels down the first one does.
  private mutating func process(_ program: Xcm) -> ProgramFailure? {
    let mayRun = state.enterProgram(limit: Self.recursionLimit)
    level += 1
    defer {
      level -= 1
      if mayRun { state.leaveProgram() }
    }
    var failure: ProgramFailure?
    for (index, instruction) in program.instructions.enumerated() {
      if var stopped = failure {
        if let weight = try? Config.weigher.weight(of: instruction, in: state) {
          stopped.weightLeft = stopped.weightLeft.adding(weight)
          failure = stopped
        }
        continue
      }
      let firstEvent = state.events.count
      let before = observer == nil ? XcmSnapshot() : registers.snapshot
      var raised: XcmError?
      do throws(XcmError) {
        guard mayRun else { throw .exceedsStackLimit }
        try execute(instruction)
      } catch {
        raised = error
        failure = ProgramFailure(index: UInt32(clamping: index), error: error)
        Config.deposit(
          .processError(
            origin: registers.originalOrigin, index: UInt32(clamping: index), error: error,
            messageID: registers.context.traceID),
          in: state)
      }
      observer?(
        XcmStep(
          phase: phase, level: level, index: index, instruction: instruction,
          weight: (try? Config.weigher.weight(of: instruction, in: state)) ?? .zero, before: before,
          after: registers.snapshot, firstEvent: firstEvent, error: raised))
    }
    return failure
  }

  /// Executes one instruction so that it happens entirely or not at all.
  ///
  /// `ExecuteWithOrigin` is the exception: it is a program, whose instructions are each such a unit.
  private mutating func execute(_ instruction: Instruction) throws(XcmError) {
    if case .executeWithOrigin(let descendant, let program) = instruction {
      return try execute(program, asDescendant: descendant)
    }
    let saved = registers
    let mark = state.begin()
    do throws(XcmError) {
      try perform(instruction)
      state.commit()
    } catch {
      state.rollback(to: mark)
      registers = saved
      throw error
    }
  }

  /// Runs a program for a descendant of the origin, or for nobody, and restores the origin whatever happens.
  private mutating func execute(_ program: Xcm, asDescendant descendant: Junctions?) throws(XcmError) {
    let origin = registers.context.origin
    if let descendant { try descend(descendant) } else { registers.context.origin = nil }
    let failure = process(program)
    registers.context.origin = origin
    if let failure { throw failure.error }
  }

  /// Refunds weight, traps what is left and states the outcome.
  private mutating func finish(weight: Weight) -> Outcome {
    // A refund is a courtesy: when holding has no room for it, the program still ends as it did.
    do throws(XcmError) { try refundSurplus() } catch { registers.holding.add(registers.takeFees()) }
    registers.trader.finish(in: state)
    var used = weight.subtracting(registers.totalSurplus)
    let claimer = registers.claimer
    var rest = registers.holding.assets[...]
    while !rest.isEmpty {
      // A trap holds what one claim can name.
      let part = rest.prefix(Assets.maximumCount)
      rest = rest.dropFirst(part.count)
      guard let assets = try? Assets(part) else { continue }
      used = used.adding(Config.Trap.trap(assets, for: claimer, context: registers.context, in: state))
    }
    guard let error = registers.error else { return .complete(used: used) }
    return .incomplete(used: used, error: InstructionError(index: UInt8(clamping: error.first), error: error.second))
  }
}

/// A program and what it may cost.
public struct WeighedXcm: Hashable, Sendable {
  public var program: Xcm
  public var weight: Weight

  public init(program: Xcm, weight: Weight) {
    self.program = program
    self.weight = weight
  }
}

/// Which of an execution's programs is running.
public enum XcmPhase: Hashable, Sendable {
  case program
  case errorHandler
  case appendix
}

/// What an observer learns of one executed instruction.
public struct XcmStep: Sendable {
  public var phase: XcmPhase
  /// 1 for the program, its error handler and its appendix; more inside `ExecuteWithOrigin`.
  public var level: Int
  /// Position in its own program.
  public var index: Int
  public var instruction: Instruction
  /// What the weigher says of the instruction, local programs inside it included.
  public var weight: Weight
  /// The registers before it.
  public var before: XcmSnapshot
  /// The registers after it; those before it when it failed, but for what a failed `ExecuteWithOrigin` did inside.
  public var after: XcmSnapshot
  /// Where this instruction's events begin among the context's events; it ends with the newest.
  public var firstEvent: Int
  /// Why the instruction failed, if it did.
  public var error: XcmError?
}

/// The registers that a person asks about.
public struct XcmSnapshot: Hashable, Sendable {
  public var origin: Location?
  public var holding: Holding
  /// Set aside by `PayFees`.
  public var fees: Holding
  public var topic: H256?
  /// The error register: index and error of the last failure.
  public var error: Pair<UInt32, XcmError>?
  public var transactStatus: MaybeErrorCode
  /// Whether fees are taken from the origin's account.
  public var withdrawsFees: Bool

  public init(
    origin: Location? = nil, holding: Holding = Holding(), fees: Holding = Holding(), topic: H256? = nil,
    error: Pair<UInt32, XcmError>? = nil, transactStatus: MaybeErrorCode = .success, withdrawsFees: Bool = false
  ) {
    self.origin = origin
    self.holding = holding
    self.fees = fees
    self.topic = topic
    self.error = error
    self.transactStatus = transactStatus
    self.withdrawsFees = withdrawsFees
  }
}

/// Where and why a program stopped, and the weight of what it did not reach.
struct ProgramFailure {
  var index: UInt32
  var error: XcmError
  var weightLeft = Weight.zero
}

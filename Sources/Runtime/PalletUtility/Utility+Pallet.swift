public import PalletSupport
internal import Primitives
internal import ScaleCodec

extension Utility {
  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Utility.Call<C.RuntimeCall, C.PalletsOrigin>
    public typealias Event = Utility.Event
    public typealias Failure = Utility.Failure

    public static var name: String { "Utility" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [] }
    public static var constants: [PalletConstant] {
      [PalletConstant("batched_calls_limit", Utility.batchedCallsLimit, docs: ["The most calls that one batch makes."])]
    }

    // MARK: Weight

    /// The weights inside, summed and staying at the largest, and a little for each call.
    ///
    /// A batch is operational when all its calls are; a call inside is asked once, or nesting would double the work.
    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .batch(let calls), .batchAll(let calls), .forceBatch(let calls): return info(ofBatch: calls)
      case .asDerivative(_, let inner):
        let info = inner.info
        return DispatchInfo(info.weight.adding(.of(reads: 1, writes: 1)), class: info.class)
      case .dispatchAs(_, let inner), .dispatchAsFallible(_, let inner):
        let info = inner.info
        return DispatchInfo(info.weight.adding(.of()), class: info.class)
      case .withWeight(let inner, let weight): return DispatchInfo(weight, class: inner.info.class)
      case .ifElse(let main, let fallback):
        let (first, second) = (main.info, fallback.info)
        let isOperational = first.class == .operational && second.class == .operational
        return DispatchInfo(first.weight.adding(second.weight).adding(.of()), class: isOperational ? .operational : .normal)
      }
    }

    private static func info(ofBatch calls: [C.RuntimeCall]) -> DispatchInfo {
      var weight = Weight.of().adding(.of(micros: 5).multiplied(by: UInt64(calls.count)))
      var isOperational = true
      for call in calls {
        let info = call.info
        weight = weight.adding(info.weight)
        if info.class != .operational { isOperational = false }
      }
      return DispatchInfo(weight, class: isOperational ? .operational : .normal)
    }

    // MARK: Dispatch

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      try dispatch(call, origin: origin, isInBatchAll: false, in: context)
    }

    /// - Parameter isInBatchAll: Whether the origin comes from a `batch_all` that root did not make: then it may not make
    ///   another one, however deep.
    private static func dispatch(_ call: Call, origin: Origin, isInBatchAll: Bool, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .batch(let calls):
        try check(calls, origin)
        interruptible(calls, origin: origin, isInBatchAll: isInBatchAll, in: context)
      case .asDerivative(let index, let inner):
        let account = Utility.derivedAccount(of: try origin.signer(), index: index)
        try run(inner, origin: .signed(account), isInBatchAll: isInBatchAll, in: context)
      case .batchAll(let calls):
        try check(calls, origin)
        for inner in calls {
          try run(inner, origin: origin, isInBatchAll: origin != .root, in: context)
          deposit(.itemCompleted, in: context)
        }
        deposit(.batchCompleted, in: context)
      case .dispatchAs(let value, let inner):
        try origin.ensureRoot()
        let error = attempt(inner, origin: C.origin(value), isInBatchAll: false, in: context)
        deposit(.dispatchedAs(result: error.map { .err($0) } ?? .ok(Unit())), in: context)
      case .forceBatch(let calls):
        try check(calls, origin)
        forced(calls, origin: origin, isInBatchAll: isInBatchAll, in: context)
      case .withWeight(let inner, _):
        try origin.ensureRoot()
        try run(inner, origin: .root, isInBatchAll: false, in: context)
      case .ifElse(let main, let fallback):
        try refuseNone(origin)
        guard let error = attempt(main, origin: origin, isInBatchAll: isInBatchAll, in: context) else {
          deposit(.ifElseMainSuccess, in: context)
          return
        }
        try run(fallback, origin: origin, isInBatchAll: isInBatchAll, in: context)
        deposit(.ifElseFallbackCalled(mainError: error), in: context)
      case .dispatchAsFallible(let value, let inner):
        try origin.ensureRoot()
        try run(inner, origin: C.origin(value), isInBatchAll: false, in: context)
        deposit(.dispatchedAs(result: .ok(Unit())), in: context)
      }
    }

    private static func interruptible(_ calls: [C.RuntimeCall], origin: Origin, isInBatchAll: Bool, in context: ExecutionContext) {
      for (index, inner) in calls.enumerated() {
        if let error = attempt(inner, origin: origin, isInBatchAll: isInBatchAll, in: context) {
          deposit(.batchInterrupted(index: UInt32(clamping: index), error: error), in: context)
          return
        }
        deposit(.itemCompleted, in: context)
      }
      deposit(.batchCompleted, in: context)
    }

    private static func forced(_ calls: [C.RuntimeCall], origin: Origin, isInBatchAll: Bool, in context: ExecutionContext) {
      var hasFailed = false
      for inner in calls {
        if let error = attempt(inner, origin: origin, isInBatchAll: isInBatchAll, in: context) {
          hasFailed = true
          deposit(.itemFailed(error: error), in: context)
        } else {
          deposit(.itemCompleted, in: context)
        }
      }
      deposit(hasFailed ? .batchCompletedWithErrors : .batchCompleted, in: context)
    }

    private static func check(_ calls: [C.RuntimeCall], _ origin: Origin) throws(DispatchError) {
      try refuseNone(origin)
      guard calls.count <= Int(Utility.batchedCallsLimit) else { throw failure(.tooManyCalls) }
    }

    private static func refuseNone(_ origin: Origin) throws(DispatchError) {
      guard origin != .none else { throw .badOrigin }
    }

    /// Makes an inner call in a transaction of its own.
    private static func run(_ call: C.RuntimeCall, origin: Origin, isInBatchAll: Bool, in context: ExecutionContext)
      throws(DispatchError)
    {
      try context.transactional { () throws(DispatchError) in
        // Only calls of this pallet hand their origin on as it is, with what is known of it.
        guard isInBatchAll, let own = C.own(call) else {
          try call.dispatch(origin: origin, in: context)
          return
        }
        if case .batchAll = own { throw C.callFiltered }
        try dispatch(own, origin: origin, isInBatchAll: true, in: context)
      }
    }

    /// Makes an inner call and returns why it failed; `nil` when it succeeded.
    private static func attempt(_ call: C.RuntimeCall, origin: Origin, isInBatchAll: Bool, in context: ExecutionContext)
      -> DispatchError?
    {
      do throws(DispatchError) {
        try run(call, origin: origin, isInBatchAll: isInBatchAll, in: context)
        return nil
      } catch {
        return error
      }
    }
  }
}

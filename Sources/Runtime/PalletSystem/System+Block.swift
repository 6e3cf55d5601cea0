public import Finality
public import PalletSupport
public import Primitives
public import ScaleCodec

extension System {
  /// What a finished block contributes to its header.
  public struct BlockSummary: Hashable, Sendable {
    public var number: BlockNumber
    public var parentHash: H256
    public var digest: Digest
  }
}

extension System.Pallet {
  /// Opens a block: forgets the last block's events and weight, records height, parent and digest.
  ///
  /// The hash of block `number - 1` becomes readable; the one that falls out of the window disappears, except
  /// genesis, which signatures name.
  /// - Parameter digest: Entries that are known before execution.
  public static func initialize(
    number: BlockNumber, parentHash: H256, digest: [System.DigestItem] = [], in context: ExecutionContext
  ) {
    context.phase = .initialization
    System.executionPhase.set(.initialization, in: context)
    System.number.set(number, in: context)
    System.parentHash.set(parentHash, in: context)
    System.digest.set(System.Digest(logs: digest), in: context)
    if number > 0 { System.blockHash.set(number - 1, to: parentHash, in: context) }
    let oldest = number.subtractingSaturating(C.blockHashCount).subtractingSaturating(1)
    if oldest > 0 { System.blockHash.remove(oldest, in: context) }
    context.put(System.eventsKey, nil)
    System.eventCount.remove(in: context)
    let weight = PerDispatchClass(normal: .zero, operational: .zero, mandatory: C.blockWeights.baseBlock)
    System.blockWeight.set(weight, in: context)
    context.blockWeight = weight.total
  }

  /// Ends initialisation: events from here on belong to the first extrinsic.
  public static func noteFinishedInitialize(in context: ExecutionContext) {
    enter(.applyExtrinsic(0), in: context)
  }

  /// Reserves room in the block for one extrinsic, before it runs.
  ///
  /// - Parameter length: Bytes of the extrinsic with its length prefix.
  /// - Throws: ``DispatchError/exhausted`` when bytes or weight do not fit; nothing is written then.
  public static func reserve(
    _ info: DispatchInfo, length: Int, in context: ExecutionContext
  ) throws(DispatchError) {
    guard let length = UInt32(exactly: length) else { throw .exhausted }
    let before = try System.allExtrinsicsLen.get(in: context) ?? 0
    let bytes = before.addingSaturating(length)
    guard bytes <= C.blockLength.max[info.class] else { throw .exhausted }

    var used = try System.blockWeight.get(in: context)
    let limits = C.blockWeights.perClass[info.class]
    if let limit = limits.maxExtrinsic, info.weight.exceeds(limit) { throw .exhausted }
    used[info.class] = used[info.class].adding(info.weight).adding(limits.baseExtrinsic)
    if let limit = limits.maxTotal, used[info.class].exceeds(limit) { throw .exhausted }
    if used.total.exceeds(C.blockWeights.maxBlock), let reserved = limits.reserved, used[info.class].exceeds(reserved) {
      throw .exhausted
    }
    System.allExtrinsicsLen.set(bytes, in: context)
    System.blockWeight.set(used, in: context)
    context.blockWeight = used.total
  }

  /// Charges weight that hooks used.
  public static func registerWeight(
    _ weight: Weight, class: DispatchClass = .mandatory, in context: ExecutionContext
  ) throws(DispatchError) {
    var used = try System.blockWeight.get(in: context)
    used[`class`] = used[`class`].adding(weight)
    System.blockWeight.set(used, in: context)
    context.blockWeight = used.total
  }

  /// Closes one extrinsic: emits its outcome and moves on to the next index.
  /// - Parameter failure: Why the call was refused; `nil` when it ran.
  public static func noteAppliedExtrinsic(
    _ failure: DispatchError?, info: DispatchInfo, in context: ExecutionContext
  ) throws(DispatchError) {
    if let failure {
      deposit(.extrinsicFailed(dispatchError: failure, dispatchInfo: info), in: context)
    } else {
      deposit(.extrinsicSuccess(dispatchInfo: info), in: context)
    }
    let count = try System.extrinsicCount.get(in: context) ?? 0
    let next = try checked { () throws(ArithmeticError) in try count.adding(1) }
    System.extrinsicCount.set(next, in: context)
    enter(.applyExtrinsic(next), in: context)
  }

  /// Ends the extrinsics: events from here on belong to finalisation.
  public static func noteFinishedExtrinsics(in context: ExecutionContext) { enter(.finalization, in: context) }

  /// Closes the block: writes its events to state and drops what only execution needs.
  ///
  /// Runs after every other pallet's `onFinalize`, for later events would be lost.
  /// - Returns: Height, parent and digest for the header.
  public static func finalize(in context: ExecutionContext) throws(DispatchError) -> System.BlockSummary {
    let events = context.events
    context.put(System.eventsKey, events.isEmpty ? nil : events.encoded())
    System.eventCount.set(UInt32(truncatingIfNeeded: events.count), in: context)
    context.clearEvents()
    System.executionPhase.remove(in: context)
    System.extrinsicCount.remove(in: context)
    System.allExtrinsicsLen.remove(in: context)
    return System.BlockSummary(
      number: try System.number.get(in: context), parentHash: try System.parentHash.get(in: context),
      digest: try System.digest.get(in: context))
  }

  /// The height of the block being executed.
  public static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber {
    try System.number.get(in: context)
  }

  private static func enter(_ phase: Phase, in context: ExecutionContext) {
    context.phase = phase
    System.executionPhase.set(phase, in: context)
  }
}

extension System.Pallet: HeaderLog {
  public static func depositConsensusLog(
    engine: FixedBytes<4>, payload: [UInt8], in context: ExecutionContext
  ) throws(DispatchError) {
    try System.digest.mutate(in: context) { (digest: inout System.Digest) in
      digest.logs.append(.consensus(engine, payload))
    }
  }
}

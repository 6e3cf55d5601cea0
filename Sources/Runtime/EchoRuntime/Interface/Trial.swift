internal import Hashing
internal import Lanes
internal import PalletMessages
internal import PalletSudo
internal import PalletSupport
internal import PalletSystem
internal import PalletTransactionPayment
internal import PalletUtility
internal import PalletXcm
internal import Primitives
internal import ScaleCodec
internal import XCM

/// Runs calls and programs to see what they do. The context is of no other use afterwards.
enum Trial {
  /// Enters the block after the state's, as a pending extrinsic would find it.
  static func begin(in state: ExecutionContext) throws(DispatchError) {
    let number = try SystemPallet.blockNumber(in: state)
    let next = try checked { () throws(ArithmeticError) in try number.adding(1) }
    // The hash of the state's block is not known here. Nothing that a call or a program does reads it.
    try Executive.initialize(number: next, parentHash: .zero, digest: [], in: state)
    state.clearEvents()
  }

  // MARK: Calls

  /// Dispatches a call that fits a block, without taking a fee.
  /// - Throws: ``DispatchError/exhausted`` for one that fits none.
  static func dispatch(_ call: RuntimeCall, _ origin: Origin, in state: ExecutionContext) throws(DispatchError) {
    guard Executive.fitsBlock(call.trialInfo, length: length(of: call)) else { throw .exhausted }
    try state.transactional { () throws(DispatchError) in try call.dispatch(origin: origin, in: state) }
  }

  /// Dispatches a call as its extrinsic is applied: with its fee, when an account signs it.
  static func trace(_ call: RuntimeCall, _ origin: Origin, in state: ExecutionContext) throws(DispatchError)
    -> XcmCallTrace
  {
    let recorder = TraceRecorder(in: state)
    var nonce: UInt32 = 0
    if case .signed(let signer) = origin { nonce = try SystemPallet.nonce(of: signer, in: state) }
    let (info, length) = (call.info, length(of: call, nonce: nonce))
    var fee: Balance = 0
    var paid: TransactionPayment.Withdrawn?
    var failure: DispatchError?
    var problem: XcmFailureDetail?
    if !Executive.fitsBlock(call.trialInfo, length: length) {
      failure = .exhausted
      problem = XcmFailureDetail(.weight(limit: EchoRuntime.maximumBlockWeight, actual: call.trialInfo.weight), of: .program)
    }
    if case .signed(let signer) = origin, failure == nil {
      fee = try TransactionPaymentPallet.computeFee(length: length, info: info, in: state)
      do throws(DispatchError) {
        paid = try TransactionPaymentPallet.withdrawFee(from: signer, length: length, info: info, tip: 0, in: state)
        try SystemPallet.incrementNonce(of: signer, in: state)
      } catch {
        failure = error
        let free = AssetLedger.native.balance(of: signer, in: state)
        problem = XcmFailureDetail(
          .transactionFee, of: .location(.account(signer)),
          needed: [Asset(.here, amount: fee.addingSaturating(EchoRuntime.existentialDeposit))],
          found: [Asset(.here, amount: free)])
      }
    }
    if failure == nil {
      do throws(DispatchError) { try dispatch(call, origin, in: state) } catch {
        failure = error
        if recorder.programs.isEmpty {
          problem = XcmDiagnosis.problem(of: call, error, origin: origin, fee: recorder.lastFee, in: state)
        }
      }
      if let paid {
        try TransactionPaymentPallet.correctAndDepositFee(paid, length: length, info: info, in: state)
        try SystemPallet.noteAppliedExtrinsic(failure, info: info, in: state)
      }
    }
    var run = try recorder.finish(in: state)
    // What a failed call paid came back with everything else.
    if failure != nil { run.fees = [] }
    return XcmCallTrace(
      result: failure.map { .err($0) } ?? .ok(Unit()), problem: problem, fee: fee, weight: info.weight, run: run)
  }

  /// Bytes of a signed extrinsic with this call: length prefix, version, address, signature of 65 bytes with its kind,
  /// mortal era, nonce, tip of one byte, metadata mode.
  private static func length(of call: RuntimeCall, nonce: UInt32 = 0) -> Int {
    let body = 1 + 33 + 66 + 2 + Compact(nonce).encodedSize + 1 + 1 + call.encodedSize
    return Compact(UInt32(clamping: body)).encodedSize + body
  }

  // MARK: Programs

  /// Executes a program the way programs of this origin come: a chain's as a message is delivered, everybody else's as
  /// ``XcmPallet/Call/execute(message:maxWeight:)`` runs it, with its weight paid for by the extrinsic.
  static func execute(_ message: VersionedXcm, _ program: Xcm, from origin: Location, in state: ExecutionContext)
    -> Outcome
  {
    let bytes = message.encoded()
    var id = Hash.blake2b256(bytes)
    // A message on a lane is known by its last topic.
    if case .setTopic(let topic)? = program.instructions.last { id = topic }
    if origin == origin.chain, !origin.isHere { return XcmPalletPallet.receive(bytes, from: origin, id: id, in: state) }
    let isLocal = origin.parents == 0
    return XcmExecutor<XcmSettings>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: limit(for: origin),
      weightCredit: isLocal ? limit(for: origin) : .zero, in: state)
  }

  /// The weight that a program of this origin may have.
  static func limit(for origin: Location) -> Weight {
    origin.parents == 0 ? XcmPalletConfig.maximumLocalWeight : XcmPalletConfig.maximumInboundWeight
  }

  // MARK: What can be read afterwards

  /// The events of a context, decoded.
  /// - Throws: ``DispatchError/corruption`` for an event that is none of this runtime.
  static func events(in state: ExecutionContext, from start: Int = 0) throws(DispatchError) -> [RuntimeEvent] {
    var events: [RuntimeEvent] = []
    for record in state.events.dropFirst(start) {
      guard let event = try? RuntimeEvent(decoding: record.event) else { throw .corruption }
      events.append(event)
    }
    return events
  }

  /// The messages that events say were sent, with their rows in state.
  static func forwarded(_ events: [RuntimeEvent], in state: ExecutionContext) throws(DispatchError)
    -> [XcmForwardedMessage]
  {
    var messages: [XcmForwardedMessage] = []
    for case .messages(.accepted(let lane, let nonce, let topic)) in events {
      guard let row = try Messages.outbound.get(MessageKey(lane, nonce), in: state),
        let channel = try Messages.channels.get(lane, in: state)
      else { continue }
      messages.append(
        XcmForwardedMessage(
          destination: .sibling(channel.counterparty.paraId), lane: lane, nonce: nonce, topic: topic,
          payload: row.payload,
          deliveryFee: row.fee, timeoutAt: row.timeoutAt))
    }
    return messages
  }
}

extension RuntimeCall {
  /// What a trial of the call may take: calls inside it count with what they say themselves, whatever a `with_weight`
  /// around them announces. On a chain only root makes that call; a trial takes any origin.
  fileprivate var trialInfo: DispatchInfo {
    var info = info
    let inside = inner.reduce(Weight.zero) { $0.adding($1.trialInfo.weight) }
    info.weight = Weight(
      refTime: max(info.weight.refTime.value, inside.refTime.value), proofSize: max(info.weight.proofSize.value, inside.proofSize.value))
    return info
  }

  /// Calls that the call makes.
  private var inner: [RuntimeCall] {
    switch self {
    case .utility(let call): call.inner
    case .sudo(let sudo):
      switch sudo {
      case .sudo(let call), .sudoAs(_, let call): [call]
      case .setKey: []
      }
    default: []
    }
  }
}

internal import PalletRoyalty
public import Finality
internal import PalletBeefy
public import PalletSupport
internal import PalletSystem
internal import PalletTimestamp
public import PalletTransactionPayment
public import Primitives
internal import ScaleCodec

/// Runs blocks: the order of hooks, the checks of an extrinsic, and what it pays.
///
/// - SeeAlso: frame-executive; the checks are the signed extensions in the order of rpc.md §5.
public enum Executive {
  // MARK: Blocks

  /// Starts a block on the state that its parent left.
  public static func initialize(number: BlockNumber, parentHash: H256, digest: [DigestItem], in context: ExecutionContext)
    throws(DispatchError)
  {
    SystemPallet.initialize(number: number, parentHash: parentHash, digest: digest, in: context)
    try BeefyPallet.onInitialize(in: context)
    try MessagesPallet.onInitialize(in: context)
    // After the lanes: it may send.
    try XcmPalletPallet.onInitialize(in: context)
    SystemPallet.noteFinishedInitialize(in: context)
  }

  /// Ends a block and returns the header's digest.
  public static func finalize(in context: ExecutionContext) throws(DispatchError) -> [DigestItem] {
    SystemPallet.noteFinishedExtrinsics(in: context)
    try TimestampPallet.onFinalize(in: context)
    try idle(in: context)
    // Last: its leaf covers the messages and receipts of the whole block.
    try BeefyPallet.onFinalize(in: context)
    return try SystemPallet.finalize(in: context).digest.logs
  }

  /// Lets pallets use what the extrinsics have left of the block, at most half of a block.
  private static func idle(in context: ExecutionContext) throws(DispatchError) {
    let limit = EchoRuntime.maximumBlockWeight
    let left = limit.subtracting(context.blockWeight)
    let half = Weight(refTime: min(left.refTime.value, limit.refTime.value / 2), proofSize: left.proofSize.value)
    let used = RoyaltyPallet.onIdle(remaining: half, in: context)
    guard used != .zero else { return }
    try SystemPallet.registerWeight(used, in: context)
  }

  /// The inherent that gives a block its time.
  public static func timestampInherent(_ now: Milliseconds) -> [UInt8] {
    Extrinsic(call: .timestamp(.set(now: Compact(now))), signature: nil).encoded()
  }

  // MARK: Extrinsics

  /// Applies an extrinsic to the block being executed.
  ///
  /// A signed call that fails keeps its fee and its nonce; nothing else of it stays. A thrown error means that the
  /// extrinsic cannot be in this block at all and has left no trace.
  /// - Parameter signatureChecked: Whether the caller has verified this signature in this chain's context.
  public static func apply(_ bytes: [UInt8], signatureChecked: Bool, in context: ExecutionContext) throws(TransactionValidityError) {
    let extrinsic: Extrinsic
    do { extrinsic = try Extrinsic(decoding: bytes) } catch { throw .invalid(.call) }
    let mark = context.begin()
    do throws(TransactionValidityError) {
      try apply(extrinsic, length: bytes.count, signatureChecked: signatureChecked, in: context)
      context.commit()
    } catch {
      context.rollback(to: mark)
      throw error
    }
  }

  private static func apply(_ extrinsic: Extrinsic, length: Int, signatureChecked: Bool, in context: ExecutionContext)
    throws(TransactionValidityError)
  {
    let info = extrinsic.call.info
    guard let signature = extrinsic.signature else {
      try applyInherent(extrinsic.call, info: info, length: length, in: context)
      return
    }
    _ = try validate(extrinsic, length: length, signatureChecked: signatureChecked, in: context)
    let signer = signature.signer
    try state { () throws(DispatchError) in
      guard try SystemPallet.nonce(of: signer, in: context) == signature.extra.nonce else { throw .cannotLookup }
    } onFailure: { _ in
      .invalid(.future)
    }
    try state { () throws(DispatchError) in
      try SystemPallet.reserve(info, length: length, in: context)
    } onFailure: { _ in
      .invalid(.exhaustsResources)
    }
    var paid: TransactionPayment.Withdrawn?
    try state { () throws(DispatchError) in
      paid = try TransactionPaymentPallet.withdrawFee(from: signer, length: length, info: info, tip: signature.extra.tip, in: context)
      try SystemPallet.incrementNonce(of: signer, in: context)
    } onFailure: { _ in
      .invalid(.payment)
    }
    var failure: DispatchError?
    do throws(DispatchError) {
      try context.transactional { () throws(DispatchError) in try extrinsic.call.dispatch(origin: .signed(signer), in: context) }
    } catch { failure = error }
    try state { () throws(DispatchError) in
      if let paid { try TransactionPaymentPallet.correctAndDepositFee(paid, length: length, info: info, in: context) }
      try SystemPallet.noteAppliedExtrinsic(failure, info: info, in: context)
    } onFailure: { _ in
      .unknown(.cannotLookup)
    }
  }

  /// Unsigned extrinsics are inherents: the timestamp, and nothing else.
  private static func applyInherent(_ call: RuntimeCall, info: DispatchInfo, length: Int, in context: ExecutionContext)
    throws(TransactionValidityError)
  {
    guard case .timestamp = call else { throw .unknown(.noUnsignedValidator) }
    try state { () throws(DispatchError) in
      try SystemPallet.reserve(info, length: length, in: context)
      try context.transactional { () throws(DispatchError) in try call.dispatch(origin: .none, in: context) }
      try SystemPallet.noteAppliedExtrinsic(nil, info: info, in: context)
    } onFailure: { _ in
      .invalid(.badMandatory)
    }
  }

  private static func state(
    _ body: () throws(DispatchError) -> Void, onFailure failure: (DispatchError) -> TransactionValidityError
  ) throws(TransactionValidityError) {
    do throws(DispatchError) { try body() } catch .corruption { throw .unknown(.cannotLookup) } catch { throw failure(error) }
  }

  // MARK: Validity

  /// Moves a context that stands on a block's state into the block after it, where waiting transactions are judged:
  /// there the block's own hash is known, from which an era may start.
  public static func enterNextBlock(number: BlockNumber, parentHash: H256, in context: ExecutionContext) {
    SystemPallet.initialize(number: number, parentHash: parentHash, in: context)
  }

  /// Checks an extrinsic for the pool: signature, era, nonce and payment. A nonce ahead of the account's is valid here.
  ///
  /// - Parameter context: The block that the extrinsic would be in: see ``enterNextBlock(number:parentHash:in:)``.
  public static func validate(
    _ extrinsic: Extrinsic, length: Int, signatureChecked: Bool, in context: ExecutionContext
  ) throws(TransactionValidityError) -> ValidTransaction {
    guard let signature = extrinsic.signature else {
      throw extrinsic.call.info.class == .mandatory ? .invalid(.mandatoryValidation) : .unknown(.noUnsignedValidator)
    }
    let signer = signature.signer
    let extra = signature.extra
    guard signer != .zero else { throw .invalid(.badSigner) }
    let number: BlockNumber
    let nonce: UInt32
    do throws(DispatchError) {
      number = try SystemPallet.blockNumber(in: context)
      nonce = try SystemPallet.nonce(of: signer, in: context)
    } catch { throw .unknown(.cannotLookup) }
    let death = extra.era.death(current: UInt64(number))
    guard UInt64(number) < death else { throw .invalid(.stale) }
    guard extra.nonce >= nonce else { throw .invalid(.stale) }
    let info = extrinsic.call.info
    guard info.class != .mandatory else { throw .invalid(.mandatoryValidation) }
    guard fitsBlock(info, length: length) else { throw .invalid(.exhaustsResources) }
    let signing = try signingContext(of: signature, number: number, in: context)
    if !signatureChecked { guard extrinsic.verifySignature(signing) else { throw .invalid(.badProof) } }
    do throws(DispatchError) {
      let fee = try TransactionPaymentPallet.computeFee(length: length, info: info, tip: extra.tip, in: context)
      try TransactionPaymentPallet.ensureCanPay(fee, from: signer, in: context)
    } catch .corruption { throw .unknown(.cannotLookup) } catch { throw .invalid(.payment) }
    return ValidTransaction(
      priority: UInt64(clamping: extra.tip), requires: extra.nonce > nonce ? [tag(signer, extra.nonce - 1)] : [],
      provides: [tag(signer, extra.nonce)],
      longevity: extra.era == .immortal ? .max : death - UInt64(number), propagate: true)
  }

  /// Whether an empty block has room for an extrinsic: what does not fit any block must not wait for one.
  static func fitsBlock(_ info: DispatchInfo, length: Int) -> Bool {
    let limits = SystemConfig.blockWeights.perClass[info.class]
    if let limit = limits.maxExtrinsic, info.weight.exceeds(limit) { return false }
    return length <= Int(SystemConfig.blockLength.max[info.class])
  }

  /// What an extrinsic's signature covers at this height: with the chain's names, when it is over words.
  ///
  /// - Throws: ``InvalidTransaction/ancientBirthBlock`` when the era's first block is no longer known.
  public static func signingContext(of signature: Extrinsic.Signature, number: BlockNumber, in context: ExecutionContext)
    throws(TransactionValidityError) -> SigningContext
  {
    var signing = try signingContext(signature.extra.era, number: number, in: context)
    if signature.isOverWords {
      do throws(DispatchError) { signing.chain = try ChainNames(in: context) } catch { throw .unknown(.cannotLookup) }
    }
    return signing
  }

  /// What a signature made in this chain at this height covers.
  ///
  /// - Throws: ``InvalidTransaction/ancientBirthBlock`` when the era's first block is no longer known.
  public static func signingContext(_ era: Era, number: BlockNumber, in context: ExecutionContext) throws(TransactionValidityError)
    -> SigningContext
  {
    do throws(DispatchError) {
      let genesis = try System.blockHash.get(0, in: context)
      var birth = genesis
      if era != .immortal {
        guard let height = BlockNumber(exactly: era.birth(current: UInt64(number))) else { throw .cannotLookup }
        birth = try System.blockHash.get(height, in: context)
        guard birth != .zero else { throw .cannotLookup }
      }
      return SigningContext(
        specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion, genesisHash: genesis,
        birthHash: birth)
    } catch .cannotLookup { throw .invalid(.ancientBirthBlock) } catch { throw .unknown(.cannotLookup) }
  }

  private static func tag(_ account: AccountID, _ nonce: UInt32) -> [UInt8] { account.bytes + nonce.encoded() }

  /// What an extrinsic would pay. Its signature is not looked at.
  public static func feeDetails(of extrinsic: Extrinsic, length: Int, in context: ExecutionContext) throws(DispatchError) -> FeeDetails {
    guard let signature = extrinsic.signature else { return FeeDetails(inclusionFee: nil, tip: 0) }
    return try TransactionPaymentPallet.feeDetails(length: length, info: extrinsic.call.info, tip: signature.extra.tip, in: context)
  }
}

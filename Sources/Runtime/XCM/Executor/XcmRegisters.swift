internal import PalletSupport
internal import Primitives
internal import ScaleCodec

/// Where a program's fees come from.
enum FeePayer {
  case account
  case feesRegister
  case holding
}

/// The registers of one execution.
struct XcmRegisters<Trader: WeightTrader> {
  /// Origin, message id and topic.
  var context: XcmContext
  /// The origin at the start.
  let originalOrigin: Location
  /// Assets taken and not yet put anywhere.
  var holding = Holding()
  /// Assets set aside by `PayFees` for the fees to come.
  var fees = Holding()
  /// Whether a `PayFees` has succeeded; later ones do nothing.
  var hasPaidFees = false
  /// The asset that the last `BuyExecution` paid with; delivery fees are paid in it too.
  var executionAsset: AssetID?
  /// Whether fees are taken from the origin's account and not from holding.
  var withdrawsFees = false
  /// Index and error of the last failure.
  var error: Pair<UInt32, XcmError>?
  var transactStatus = MaybeErrorCode.success
  /// Set by a hint: who may claim what is left.
  var assetClaimer: Location?
  var trader = Trader()
  /// What the weigher found for the whole program.
  let messageWeight: Weight
  /// Weight found not to be needed so far.
  var totalSurplus = Weight.zero
  /// The part of it that was refunded.
  var totalRefunded = Weight.zero

  private var errorHandler = Xcm()
  private var errorHandlerWeight = Weight.zero
  private var appendix = Xcm()
  private var appendixWeight = Weight.zero

  init(origin: Location, messageID: H256, messageWeight: Weight) {
    context = XcmContext(origin: origin, messageID: messageID)
    originalOrigin = origin
    self.messageWeight = messageWeight
  }

  /// Who owns what is left in holding or comes back undelivered.
  var claimer: Location { assetClaimer ?? context.origin ?? originalOrigin }

  /// Where fees come from now.
  var payer: FeePayer { withdrawsFees ? .account : fees.isEmpty ? .holding : .feesRegister }

  /// The asset that the program pays fees with, once it has said so by `PayFees` or `BuyExecution`.
  var feeAsset: AssetID? { fees.firstFungible ?? executionAsset }

  /// What an observer is shown.
  var snapshot: XcmSnapshot {
    XcmSnapshot(
      origin: context.origin, holding: holding, fees: fees, topic: context.topic, error: error,
      transactStatus: transactStatus, withdrawsFees: withdrawsFees)
  }

  /// Registers an error handler; the weight of the one before it is surplus.
  mutating func setErrorHandler(_ program: Xcm, weight: Weight) {
    totalSurplus = totalSurplus.adding(errorHandlerWeight)
    errorHandler = program
    errorHandlerWeight = weight
  }

  /// Registers an appendix; the weight of the one before it is surplus.
  mutating func setAppendix(_ program: Xcm, weight: Weight) {
    totalSurplus = totalSurplus.adding(appendixWeight)
    appendix = program
    appendixWeight = weight
  }

  /// Unregisters the error handler to run it.
  mutating func takeErrorHandler() -> Xcm {
    defer { (errorHandler, errorHandlerWeight) = (Xcm(), .zero) }
    return errorHandler
  }

  /// Unregisters the error handler unused; its weight is surplus.
  mutating func dropErrorHandler() {
    totalSurplus = totalSurplus.adding(errorHandlerWeight)
    (errorHandler, errorHandlerWeight) = (Xcm(), .zero)
  }

  /// Unregisters the appendix to run it.
  mutating func takeAppendix() -> Xcm {
    defer { (appendix, appendixWeight) = (Xcm(), .zero) }
    return appendix
  }

  /// Empties the fees register.
  mutating func takeFees() -> Holding {
    defer { fees = Holding() }
    return fees
  }
}

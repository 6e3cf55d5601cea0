public import PalletSupport
public import Primitives
public import ScaleCodec

/// Fees: what an extrinsic pays, taken before it runs and settled after.
///
/// fee = base + length + weight * multiplier + tip. All of it is withdrawn from the payer before dispatch, so that a
/// failing call pays too; what the call did not use comes back, the rest goes to ``Config/feeRecipient(in:)``.
/// - SeeAlso: `pallet_transaction_payment`; the formula and its rounding are Substrate's.
public enum TransactionPayment {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// The native currency.
    associatedtype Currency: FeeCurrency
    static var palletIndex: UInt8 { get }
    /// The price of execution time, by picoseconds.
    static var weightToFee: FeePolynomial { get }
    /// The price of an extrinsic's bytes with its length prefix.
    static var lengthToFee: FeePolynomial { get }
    /// The weight that every extrinsic of a class pays on top of its call's.
    static func baseWeight(of class: DispatchClass) -> Weight
    /// No extrinsic pays for more weight than this: the block's limit.
    static var maximumWeight: Weight { get }
    /// How much more priority an operational extrinsic gets for its fee, for the pool.
    static var operationalFeeMultiplier: UInt8 { get }
    /// Who receives fees and tips of this block; `nil` burns them.
    static func feeRecipient(in context: ExecutionContext) throws(DispatchError) -> AccountID?
  }

  @ScaleCodable(path: "pallet_transaction_payment::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A fee was paid; `actualFee` contains the tip.
    @ScaleIndex(0) case transactionFeePaid(who: AccountID, actualFee: Balance, tip: Balance)
  }

  public static let nextFeeMultiplier = StorageValue<FixedU128>(
    "TransactionPayment", "NextFeeMultiplier", default: .one, docs: ["What weight fees are multiplied with."])

  /// A fee that was withdrawn and waits to be settled.
  public struct Withdrawn: Hashable, Sendable {
    public var payer: AccountID
    /// Fee and tip, in the smallest unit.
    public var amount: Balance
    /// The part of it that is tip.
    public var tip: Balance

    public init(payer: AccountID, amount: Balance, tip: Balance) {
      self.payer = payer
      self.amount = amount
      self.tip = tip
    }
  }

  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = NoCall
    public typealias Event = TransactionPayment.Event
    public typealias Failure = NoFailure

    public static var name: String { "TransactionPayment" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [TransactionPayment.nextFeeMultiplier.entry] }
    public static var constants: [PalletConstant] {
      [
        PalletConstant(
          "OperationalFeeMultiplier", C.operationalFeeMultiplier,
          docs: ["How much more priority an operational extrinsic gets for its fee."]),
        PalletConstant("WeightToFee", C.weightToFee.terms, docs: ["The price of execution time, by picoseconds."]),
        PalletConstant("LengthToFee", C.lengthToFee.terms, docs: ["The price of an extrinsic's bytes."]),
      ]
    }

    /// Writes the multiplier 1.
    public static func buildGenesis(in context: ExecutionContext) {
      TransactionPayment.nextFeeMultiplier.set(.one, in: context)
      putStorageVersion(0, of: name, in: context)
    }
  }
}

extension TransactionPayment.Pallet {
  /// What an extrinsic pays, part by part.
  ///
  /// - Parameters:
  ///   - length: Bytes of the extrinsic with its length prefix.
  ///   - tip: In the smallest unit.
  public static func feeDetails(
    length: Int, info: DispatchInfo, tip: Balance = 0, in context: ExecutionContext
  ) throws(DispatchError) -> FeeDetails {
    guard info.paysFee == .yes else { return FeeDetails(inclusionFee: nil, tip: tip) }
    let multiplier = try TransactionPayment.nextFeeMultiplier.get(in: context)
    let fee = InclusionFee(
      baseFee: weightFee(C.baseWeight(of: info.class)), lenFee: C.lengthToFee(Balance(max(length, 0))),
      adjustedWeightFee: multiplier.times(weightFee(info.weight)))
    return FeeDetails(inclusionFee: fee, tip: tip)
  }

  /// What an extrinsic pays, tip included, in the smallest unit. Parameters as in ``feeDetails(length:info:tip:in:)``.
  public static func computeFee(
    length: Int, info: DispatchInfo, tip: Balance = 0, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try feeDetails(length: length, info: info, tip: tip, in: context).total
  }

  /// The answer to `payment_queryInfo` for an extrinsic.
  public static func queryInfo(
    length: Int, info: DispatchInfo, in context: ExecutionContext
  ) throws(DispatchError) -> RuntimeDispatchInfo {
    let fee = try computeFee(length: length, info: info, in: context)
    return RuntimeDispatchInfo(weight: info.weight, class: info.class, partialFee: fee)
  }

  /// What weight costs, in the smallest unit, without multiplier.
  public static func weightFee(_ weight: Weight) -> Balance {
    C.weightToFee(Balance(min(weight.refTime.value, C.maximumWeight.refTime.value)))
  }

  /// Checks that the account can pay and stay alive. Writes nothing.
  /// - Throws: ``TokenError/fundsUnavailable``.
  public static func ensureCanPay(
    _ fee: Balance, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard fee > 0 else { return }
    let free = try C.Currency.freeBalance(of: account, in: context)
    guard free.subtractingSaturating(C.Currency.existentialDeposit) >= fee else { throw .token(.fundsUnavailable) }
  }

  /// Takes fee and tip from the payer, before dispatch and outside its transaction.
  ///
  /// - Returns: What ``correctAndDepositFee(_:length:info:actual:in:)`` settles after dispatch.
  /// - Throws: A ``TokenError`` when the payer cannot pay and live: the extrinsic is invalid.
  public static func withdrawFee(
    from payer: AccountID, length: Int, info: DispatchInfo, tip: Balance, in context: ExecutionContext
  ) throws(DispatchError) -> TransactionPayment.Withdrawn {
    let fee = try computeFee(length: length, info: info, tip: tip, in: context)
    try C.Currency.withdraw(fee, from: payer, in: context)
    return TransactionPayment.Withdrawn(payer: payer, amount: fee, tip: tip)
  }

  /// Returns what was withdrawn too much and hands the fee to its recipient, after dispatch.
  ///
  /// A part that its receiver cannot hold, because it would be less than the existential deposit of a new account, is
  /// burnt.
  /// - Parameters:
  ///   - withdrawn: The answer of ``withdrawFee(from:length:info:tip:in:)``.
  ///   - length: Bytes of the extrinsic with its length prefix.
  ///   - info: The weight that was announced before dispatch.
  ///   - actual: The weight that dispatch really used, if it knows; never counts for more than the announced.
  public static func correctAndDepositFee(
    _ withdrawn: TransactionPayment.Withdrawn, length: Int, info: DispatchInfo, actual: Weight? = nil,
    in context: ExecutionContext
  ) throws(DispatchError) {
    var used = info
    if let actual, !actual.exceeds(info.weight) { used.weight = actual }
    let computed = try computeFee(length: length, info: used, tip: withdrawn.tip, in: context)
    let fee = min(computed, withdrawn.amount)
    try depositOrBurn(withdrawn.amount - fee, to: withdrawn.payer, in: context)
    if let recipient = try C.feeRecipient(in: context) { try depositOrBurn(fee, to: recipient, in: context) }
    deposit(.transactionFeePaid(who: withdrawn.payer, actualFee: fee, tip: withdrawn.tip), in: context)
  }

  private static func depositOrBurn(
    _ amount: Balance, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    do throws(DispatchError) {
      try C.Currency.deposit(amount, to: account, in: context)
    } catch .token(.belowMinimum) {
      // The units were withdrawn and nobody got them: that is what burning means here.
    }
  }
}

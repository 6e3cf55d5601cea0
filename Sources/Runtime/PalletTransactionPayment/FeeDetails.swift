public import PalletSupport
public import Primitives
public import ScaleCodec

/// The parts of the fee that inclusion costs, in the smallest unit.
/// - SeeAlso: `pallet_transaction_payment::types::InclusionFee`.
@ScaleCodable(path: "pallet_transaction_payment::types::InclusionFee")
public struct InclusionFee: Hashable, Sendable {
  /// What every extrinsic pays: its verification, nonce and fee.
  public var baseFee: Balance
  /// What its bytes cost.
  public var lenFee: Balance
  /// What its weight costs, times the multiplier.
  public var adjustedWeightFee: Balance

  public init(baseFee: Balance, lenFee: Balance, adjustedWeightFee: Balance) {
    self.baseFee = baseFee
    self.lenFee = lenFee
    self.adjustedWeightFee = adjustedWeightFee
  }

  /// All three; stays at the largest balance.
  public var total: Balance { baseFee.addingSaturating(lenFee).addingSaturating(adjustedWeightFee) }
}

/// What an extrinsic pays, in the smallest unit.
/// - SeeAlso: `pallet_transaction_payment::types::FeeDetails`.
@ScaleCodable(path: "pallet_transaction_payment::types::FeeDetails")
public struct FeeDetails: Hashable, Sendable {
  /// `nil` when the call pays no fee.
  public var inclusionFee: InclusionFee?
  public var tip: Balance

  public init(inclusionFee: InclusionFee?, tip: Balance) {
    self.inclusionFee = inclusionFee
    self.tip = tip
  }

  /// Fee and tip; stays at the largest balance.
  public var total: Balance { (inclusionFee?.total ?? 0).addingSaturating(tip) }
}

/// The answer to `payment_queryInfo`.
/// - SeeAlso: `pallet_transaction_payment::types::RuntimeDispatchInfo`.
@ScaleCodable(path: "pallet_transaction_payment::types::RuntimeDispatchInfo")
public struct RuntimeDispatchInfo: Hashable, Sendable {
  public var weight: Weight
  public var `class`: DispatchClass
  /// The inclusion fee without tip, in the smallest unit.
  public var partialFee: Balance

  public init(weight: Weight, class: DispatchClass, partialFee: Balance) {
    self.weight = weight
    self.class = `class`
    self.partialFee = partialFee
  }
}

import PalletSupport
import PalletTransactionPayment
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

@Suite("Fee polynomials") struct FeePolynomialTests {
  @Test(
    "terms add up in order",
    arguments: [
      (FeePolynomial.linear(integer: 3), Balance(7), Balance(21)),
      (.linear(integer: 0, fraction: 500_000_000), 10, 5),
      // Halves round down, more than half rounds up.
      (.linear(integer: 0, fraction: 500_000_000), 11, 5),
      (.linear(integer: 0, fraction: 500_000_001), 1, 1),
      (.linear(integer: 1, fraction: 100_000_000), 1_000_000_007, 1_100_000_008),
      (FeePolynomial([FeeCoefficient(integer: 2, degree: 2), FeeCoefficient(integer: 1, degree: 0)]), 10, 201),
      (FeePolynomial([FeeCoefficient(integer: 5), FeeCoefficient(integer: 3, negative: true)]), 10, 20),
      (FeePolynomial([FeeCoefficient(integer: 3, negative: true), FeeCoefficient(integer: 5)]), 10, 50),
      (FeePolynomial([]), 10, 0),
      (FeePolynomial([FeeCoefficient(integer: .max, degree: 3)]), .max, .max),
      (FeePolynomial([FeeCoefficient(integer: 0, fraction: 1_000_000_000, degree: 2)]), .max, .max),
    ])
  func evaluates(polynomial: FeePolynomial, x: Balance, fee: Balance) { #expect(polynomial(x) == fee) }

  @Test func theMultiplierRoundsDownAndStaysInRange() {
    #expect(FixedU128.one.times(7) == 7)
    #expect(FixedU128(inner: 500_000_000_000_000_000).times(7) == 3)
    #expect(FixedU128(inner: .max).times(.max) == .max)
  }

  @Test func coefficientsHaveSubstratesLayout() {
    let bytes = FeeCoefficient(integer: 1, fraction: 2, negative: true, degree: 3).encoded()
    #expect(bytes == [1] + [UInt8](repeating: 0, count: 15) + [2, 0, 0, 0, 1, 3])
  }
}

@Suite("What an extrinsic pays") struct FeeDetailTests {
  private let call = DispatchInfo(Weight(refTime: 100, proofSize: 50))

  @Test func theFeeIsBaseLengthWeightAndTip() throws {
    let context = ExecutionContext.onEmptyState()
    let details = try TestPayment.feeDetails(length: 20, info: call, tip: 7, in: context)
    #expect(details.inclusionFee == InclusionFee(baseFee: 10, lenFee: 60, adjustedWeightFee: 200))
    #expect(details.total == 277)
    #expect(try TestPayment.computeFee(length: 20, info: call, tip: 7, in: context) == 277)
    let answer = try TestPayment.queryInfo(length: 20, info: call, in: context)
    #expect(answer == RuntimeDispatchInfo(weight: call.weight, class: .normal, partialFee: 270))
  }

  @Test func theMultiplierScalesWeightOnly() throws {
    let context = ExecutionContext.onEmptyState()
    TransactionPayment.nextFeeMultiplier.set(FixedU128(inner: 3 * FixedU128.one.inner), in: context)
    #expect(try TestPayment.computeFee(length: 20, info: call, in: context) == 10 + 60 + 600)
  }

  @Test func aFreeCallPaysItsTipOnly() throws {
    let context = ExecutionContext.onEmptyState()
    let free = DispatchInfo(Weight(refTime: 100), paysFee: .no)
    let details = try TestPayment.feeDetails(length: 20, info: free, tip: 7, in: context)
    #expect(details == FeeDetails(inclusionFee: nil, tip: 7))
    #expect(details.total == 7)
  }

  @Test func noOnePaysForMoreThanABlock() {
    #expect(TestPayment.weightFee(.max) == 2_000_000)
  }

  @Test func answersHaveSubstratesLayout() {
    #expect(FeeDetails(inclusionFee: nil, tip: 1).encoded() == [0, 1] + [UInt8](repeating: 0, count: 15))
    let info = RuntimeDispatchInfo(weight: Weight(refTime: 1), class: .operational, partialFee: 2)
    #expect(info.encoded() == [4, 0, 1, 2] + [UInt8](repeating: 0, count: 15))
    #expect(FixedU128.one.encoded().count == 16)
    #expect(TestPayment.storage.map(\.name) == ["NextFeeMultiplier"])
    #expect(TestPayment.constants.map(\.name) == ["OperationalFeeMultiplier", "WeightToFee", "LengthToFee"])
  }
}

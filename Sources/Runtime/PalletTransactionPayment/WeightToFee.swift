public import Primitives
public import ScaleCodec

/// One term of a fee polynomial.
///
/// Its value at `x` is `(integer + fraction / 10^9) * x^degree`, added, or subtracted when `negative`.
/// - SeeAlso: `frame_support::weights::WeightToFeeCoefficient`.
@ScaleCodable(path: "frame_support::weights::WeightToFeeCoefficient")
public struct FeeCoefficient: Hashable, Sendable {
  public var coeffInteger: Balance
  /// Parts per billion, 0...1_000_000_000.
  public var coeffFrac: UInt32
  public var negative: Bool
  public var degree: UInt8

  public init(integer: Balance, fraction: UInt32 = 0, negative: Bool = false, degree: UInt8 = 1) {
    coeffInteger = integer
    coeffFrac = fraction
    self.negative = negative
    self.degree = degree
  }
}

/// A polynomial that prices weight or length.
public struct FeePolynomial: Hashable, Sendable {
  public var terms: [FeeCoefficient]
  public init(_ terms: [FeeCoefficient]) { self.terms = terms }

  /// A price per unit of `integer + fraction / 10^9`.
  public static func linear(integer: Balance, fraction: UInt32 = 0) -> FeePolynomial {
    FeePolynomial([FeeCoefficient(integer: integer, fraction: fraction)])
  }

  /// The price of `x` units; stays between 0 and the largest balance.
  ///
  /// Terms are added in order. The fraction of each rounds to the nearest unit, halves down, as Substrate's does.
  public func callAsFunction(_ x: Balance) -> Balance {
    var sum: Balance = 0
    for term in terms {
      var power: Balance = 1
      for _ in 0..<term.degree { power = power.multipliedSaturating(by: x) }
      let value = Self.share(term.coeffFrac, of: power)
        .addingSaturating(term.coeffInteger.multipliedSaturating(by: power))
      sum = term.negative ? sum.subtractingSaturating(value) : sum.addingSaturating(value)
    }
    return sum
  }

  /// `parts` billionths of `amount`, rounded to the nearest unit, halves down.
  private static func share(_ parts: UInt32, of amount: Balance) -> Balance {
    let billion: Balance = 1_000_000_000
    let (whole, rest) = amount.quotientAndRemainder(dividingBy: billion)
    let (quotient, remainder) = (rest * Balance(parts)).quotientAndRemainder(dividingBy: billion)
    return whole.multipliedSaturating(by: Balance(parts)).addingSaturating(quotient)
      .addingSaturating(remainder > billion / 2 ? 1 : 0)
  }
}

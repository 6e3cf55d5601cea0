public import Primitives
public import ScaleCodec

/// A fraction with 18 decimals.
/// - SeeAlso: `sp_arithmetic::fixed_point::FixedU128`.
@ScaleCodable(path: "sp_arithmetic::fixed_point::FixedU128")
public struct FixedU128: Hashable, Sendable {
  /// The value times 10^18.
  public var inner: UInt128
  public init(inner: UInt128) { self.inner = inner }

  /// 1.
  public static let one = FixedU128(inner: 1_000_000_000_000_000_000)

  /// `amount` times this fraction, rounded down; stays at the largest balance.
  public func times(_ amount: Balance) -> Balance {
    do throws(ArithmeticError) { return try amount.scaled(by: inner, over: Self.one.inner) } catch { return .max }
  }
}

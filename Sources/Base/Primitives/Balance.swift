/// An amount in an asset's smallest unit.
public typealias Balance = UInt128

/// The height of a block; genesis is 0.
public typealias BlockNumber = UInt32

/// Milliseconds since 1970-01-01T00:00:00Z.
public typealias Milliseconds = UInt64

/// A sum, difference or product left its range. Nothing was changed.
public enum ArithmeticError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The result would be below zero.
  case underflow
  /// The result does not fit the type.
  case overflow
  /// The divisor is zero.
  case divisionByZero

  public var description: String {
    switch self {
    case .underflow: "arithmetic: result below zero"
    case .overflow: "arithmetic: result does not fit"
    case .divisionByZero: "arithmetic: division by zero"
    }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// Adds, refusing to wrap.
  @inlinable public func adding(_ other: Self) throws(ArithmeticError) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    guard !overflow else { throw .overflow }
    return sum
  }

  /// Subtracts, refusing to go below zero.
  @inlinable public func subtracting(_ other: Self) throws(ArithmeticError) -> Self {
    let (difference, overflow) = subtractingReportingOverflow(other)
    guard !overflow else { throw .underflow }
    return difference
  }

  /// Multiplies, refusing to wrap.
  @inlinable public func multiplied(by other: Self) throws(ArithmeticError) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    guard !overflow else { throw .overflow }
    return product
  }

  /// Adds and stays at the largest value instead of wrapping.
  @inlinable public func addingSaturating(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// Subtracts and stays at zero instead of wrapping.
  @inlinable public func subtractingSaturating(_ other: Self) -> Self { self > other ? self - other : 0 }

  /// Multiplies and stays at the largest value instead of wrapping.
  @inlinable public func multipliedSaturating(by other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// Computes `self * numerator / denominator` without losing the middle product.
  ///
  /// Rounds down.
  public func scaled(by numerator: Self, over denominator: Self) throws(ArithmeticError) -> Self {
    guard denominator != 0 else { throw .divisionByZero }
    let product = multipliedFullWidth(by: numerator)
    guard product.high < denominator else { throw .overflow }
    return denominator.dividingFullWidth(product).quotient
  }

  /// Computes `self * numerator / denominator` without losing the middle product.
  ///
  /// Rounds up.
  public func scaledUp(by numerator: Self, over denominator: Self) throws(ArithmeticError) -> Self {
    guard denominator != 0 else { throw .divisionByZero }
    let product = multipliedFullWidth(by: numerator)
    guard product.high < denominator else { throw .overflow }
    let (quotient, remainder) = denominator.dividingFullWidth(product)
    return remainder == 0 ? quotient : try quotient.adding(1)
  }
}

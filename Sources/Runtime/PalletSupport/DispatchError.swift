public import Primitives
public import ScaleCodec

/// Why a call was refused. The variant numbers are those that Substrate clients decode.
/// - SeeAlso: `sp_runtime::DispatchError`.
@ScaleCodable(path: "sp_runtime::DispatchError")
public enum DispatchError: Error, Hashable, Sendable {
  @ScaleIndex(0) case other
  @ScaleIndex(1) case cannotLookup
  /// The origin may not make this call. Sign it, or send it through the right origin.
  @ScaleIndex(2) case badOrigin
  @ScaleIndex(3) case module(ModuleError)
  @ScaleIndex(4) case consumerRemaining
  @ScaleIndex(5) case noProviders
  @ScaleIndex(6) case tooManyConsumers
  @ScaleIndex(7) case token(TokenError)
  @ScaleIndex(8) case arithmetic(ArithmeticFailure)
  @ScaleIndex(9) case transactional(TransactionalError)
  /// The block has no room left for this call.
  @ScaleIndex(10) case exhausted
  /// A stored row does not decode: this node's database is damaged.
  @ScaleIndex(11) case corruption
  @ScaleIndex(12) case unavailable
  @ScaleIndex(13) case rootNotAllowed
}

/// A pallet's own error: the pallet's index and the error's number within it.
/// - SeeAlso: `sp_runtime::ModuleError`.
@ScaleCodable(path: "sp_runtime::ModuleError")
public struct ModuleError: Hashable, Sendable {
  public var index: UInt8
  public var error: FixedBytes<4>

  public init(pallet index: UInt8, error: UInt8) {
    self.index = index
    self.error = FixedBytes([error, 0, 0, 0]) ?? .zero
  }

  /// The number of the error within its pallet.
  public var number: UInt8 { error.bytes[0] }
}

/// Why an asset could not move.
/// - SeeAlso: `sp_runtime::TokenError`.
@ScaleCodable(path: "sp_runtime::TokenError")
public enum TokenError: Hashable, Sendable {
  @ScaleIndex(0) case fundsUnavailable
  @ScaleIndex(1) case onlyProvider
  @ScaleIndex(2) case belowMinimum
  @ScaleIndex(3) case cannotCreate
  @ScaleIndex(4) case unknownAsset
  @ScaleIndex(5) case frozen
  @ScaleIndex(6) case unsupported
  @ScaleIndex(7) case cannotCreateHold
  @ScaleIndex(8) case notExpendable
  @ScaleIndex(9) case blocked
}

/// A sum or product left its range.
/// - SeeAlso: `sp_arithmetic::ArithmeticError`.
@ScaleCodable(path: "sp_arithmetic::ArithmeticError")
public enum ArithmeticFailure: Hashable, Sendable {
  @ScaleIndex(0) case underflow
  @ScaleIndex(1) case overflow
  @ScaleIndex(2) case divisionByZero
}

/// Why nested transactions were refused.
/// - SeeAlso: `sp_runtime::TransactionalError`.
@ScaleCodable(path: "sp_runtime::TransactionalError")
public enum TransactionalError: Hashable, Sendable {
  @ScaleIndex(0) case limitReached
  @ScaleIndex(1) case noLayer
}

extension DispatchError {
  /// Carries a base arithmetic error over.
  public init(_ error: ArithmeticError) {
    switch error {
    case .underflow: self = .arithmetic(.underflow)
    case .overflow: self = .arithmetic(.overflow)
    case .divisionByZero: self = .arithmetic(.divisionByZero)
    }
  }
}

/// Runs checked arithmetic and reports its error as a dispatch error.
public func checked<T>(_ body: () throws(ArithmeticError) -> T) throws(DispatchError) -> T {
  do { return try body() } catch { throw DispatchError(error) }
}

public import ScaleCodec

/// Why a transaction cannot be in a block now.
/// - SeeAlso: `sp_runtime::transaction_validity::InvalidTransaction`; the numbers are its own.
@ScaleCodable(path: "sp_runtime::transaction_validity::InvalidTransaction")
public enum InvalidTransaction: Hashable, Sendable {
  /// The call is not one that may come this way.
  @ScaleIndex(0) case call
  /// The account cannot pay the fees.
  @ScaleIndex(1) case payment
  /// The nonce is ahead of the account's.
  @ScaleIndex(2) case future
  /// The nonce was used, or the era has ended.
  @ScaleIndex(3) case stale
  /// The signature is not the signer's over this payload.
  @ScaleIndex(4) case badProof
  /// The era's first block is older than the block hashes that the chain keeps.
  @ScaleIndex(5) case ancientBirthBlock
  /// The block has no room left.
  @ScaleIndex(6) case exhaustsResources
  @ScaleIndex(7) case custom(UInt8)
  /// An inherent failed.
  @ScaleIndex(8) case badMandatory
  @ScaleIndex(9) case mandatoryValidation
  /// The signer is the zero account.
  @ScaleIndex(10) case badSigner
}

/// Why the validity of a transaction cannot be told.
@ScaleCodable(path: "sp_runtime::transaction_validity::UnknownTransaction")
public enum UnknownTransaction: Hashable, Sendable {
  @ScaleIndex(0) case cannotLookup
  @ScaleIndex(1) case noUnsignedValidator
  @ScaleIndex(2) case custom(UInt8)
}

/// A refusal of a transaction.
/// - SeeAlso: `sp_runtime::transaction_validity::TransactionValidityError`.
@ScaleCodable(path: "sp_runtime::transaction_validity::TransactionValidityError")
public enum TransactionValidityError: Error, Hashable, Sendable {
  @ScaleIndex(0) case invalid(InvalidTransaction)
  @ScaleIndex(1) case unknown(UnknownTransaction)
}

extension TransactionValidityError: CustomStringConvertible {
  /// The sentence that Substrate nodes put in an error's `data`.
  public var description: String {
    switch self {
    case .invalid(.call): "Transaction call is not expected"
    case .invalid(.payment): "Inability to pay some fees (e.g. account balance too low)"
    case .invalid(.future): "Transaction will be valid in the future"
    case .invalid(.stale): "Transaction is outdated"
    case .invalid(.badProof): "Transaction has a bad signature"
    case .invalid(.ancientBirthBlock): "Transaction has an ancient birth block"
    case .invalid(.exhaustsResources): "Transaction would exhaust the block limits"
    case .invalid(.custom(let number)): "InvalidTransaction custom error: \(number)"
    case .invalid(.badMandatory): "A call was labelled as mandatory, but resulted in an Error."
    case .invalid(.mandatoryValidation): "Transaction dispatch is mandatory; transactions must not be validated."
    case .invalid(.badSigner): "Invalid signing address"
    case .unknown(.cannotLookup): "Could not lookup information required to validate the transaction"
    case .unknown(.noUnsignedValidator): "Could not find an unsigned validator for the unsigned transaction"
    case .unknown(.custom(let number)): "UnknownTransaction custom error: \(number)"
    }
  }
}

/// A transaction that may wait for a block.
/// - SeeAlso: `sp_runtime::transaction_validity::ValidTransaction`.
@ScaleCodable(path: "sp_runtime::transaction_validity::ValidTransaction")
public struct ValidTransaction: Hashable, Sendable {
  public var priority: UInt64
  /// Tags that other transactions must provide first.
  public var requires: [[UInt8]]
  /// Tags that this one provides.
  public var provides: [[UInt8]]
  /// Blocks for which this stays valid.
  public var longevity: UInt64
  public var propagate: Bool

  public init(priority: UInt64, requires: [[UInt8]], provides: [[UInt8]], longevity: UInt64, propagate: Bool) {
    self.priority = priority
    self.requires = requires
    self.provides = provides
    self.longevity = longevity
    self.propagate = propagate
  }
}

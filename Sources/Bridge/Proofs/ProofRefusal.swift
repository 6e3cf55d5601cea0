internal import Finality
public import Primitives

/// Why a step fails for a reason of this room's own.
public enum ProofRefusal: Error, Hashable, Sendable {
  /// A certificate of a later set is not of a later block.
  case heightNotRising(found: BlockNumber, after: BlockNumber)
  /// A certificate of a later set is not of a later time.
  case timeNotRising(found: Milliseconds, after: Milliseconds)
  /// A handover's leaf shows another set than the one that follows its signers.
  case handoverToWrongSet(found: UInt64, after: UInt64)
  /// Storage nodes are given, and nothing is claimed of them.
  case nodesWithoutClaims(count: Int)
  /// A key is claimed more than once, or claims are not in ascending order of their keys.
  case claimsNotAscending(index: Int)
  /// The proof says nothing about a claimed key.
  case incomplete(index: Int)
  /// A key is claimed to be absent, and stands in the state.
  case present(index: Int)
  /// A key is claimed to have a value, and is not in the state.
  case absent(index: Int)
  /// A key has another value than the claimed one.
  case otherValue(index: Int)
  /// The nonces are no range of 1 to ``LaneLimits/batch`` nonces.
  case badNonceRange(begin: UInt64, end: UInt64)
  /// The state has no row for a nonce that should have one.
  case noRow(nonce: UInt64)
  /// The state has a receipt for a nonce that should have none.
  case hasReceipt(nonce: UInt64)
  /// A row of a nonce does not decode.
  case badRow(nonce: UInt64, String)
}

extension ProofRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .heightNotRising(let found, let after):
      "proof: certificate of block \(found) comes after one of block \(after)"
    case .timeNotRising(let found, let after): "proof: certificate of time \(found) ms comes after one of \(after) ms"
    case .handoverToWrongSet(let found, let after):
      "proof: leaf shows set \(found), set \(after) hands over to its successor"
    case .nodesWithoutClaims(let count): "proof: \(count) storage nodes and nothing claimed of them"
    case .claimsNotAscending(let index): "proof: claim \(index) is not above the one before it"
    case .incomplete(let index): "proof: nodes for claim \(index) are missing"
    case .present(let index): "proof: the key of claim \(index) is not absent"
    case .absent(let index): "proof: the key of claim \(index) is absent"
    case .otherValue(let index): "proof: the key of claim \(index) has another value"
    case .badNonceRange(let begin, let end): "proof: nonces \(begin) to \(end) are no batch"
    case .noRow(let nonce): "proof: nonce \(nonce) has no row"
    case .hasReceipt(let nonce): "proof: nonce \(nonce) has a receipt"
    case .badRow(let nonce, let reason): "proof: row of nonce \(nonce): \(reason)"
    }
  }
}

extension VerificationFailure {
  /// A reason of this room in the report that all bridge rooms share.
  static func refusal(_ reason: ProofRefusal) -> VerificationFailure { .other("\(reason)") }
}

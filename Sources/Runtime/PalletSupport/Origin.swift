public import Primitives

/// Who makes a call.
public enum Origin: Hashable, Sendable {
  /// An account that signed the extrinsic, or that an XCM program acts for.
  case signed(AccountID)
  /// The chain's own authority: sudo, for now.
  case root
  /// Nobody: inherents.
  case none
  /// An XCM location, as its SCALE encoding in version 5.
  case xcm(location: [UInt8])

  /// The signer.
  /// - Throws: ``DispatchError/badOrigin`` for any other origin.
  public func signer() throws(DispatchError) -> AccountID {
    guard case .signed(let account) = self else { throw .badOrigin }
    return account
  }

  /// Demands root.
  /// - Throws: ``DispatchError/badOrigin`` for any other origin.
  public func ensureRoot() throws(DispatchError) {
    guard self == .root else { throw .badOrigin }
  }

  /// Demands the absence of an origin, as inherents have it.
  /// - Throws: ``DispatchError/badOrigin`` for any other origin.
  public func ensureNone() throws(DispatchError) {
    guard self == .none else { throw .badOrigin }
  }
}

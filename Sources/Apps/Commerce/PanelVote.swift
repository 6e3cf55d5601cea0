internal import Hashing
public import Primitives
internal import ScaleCodec

/// A juror's vote, hidden by a salt until it is revealed.
public struct PanelVote: Hashable, Sendable {
  /// The part of the price that the buyer should get back, of a million.
  public let share: UInt32
  public let salt: H256

  public init(share: UInt32, salt: H256) {
    self.share = share
    self.salt = salt
  }

  /// A vote to commit. One that was kept before is committed again as it was: only its salt can open it.
  /// - Parameters:
  ///   - kept: The juror's vote on this order that is kept already.
  ///   - salt: From a secure random source; used when none is kept.
  /// - Throws: ``PanelVoteChanged`` when another share is kept.
  public init(share: UInt32, kept: PanelVote?, salt: H256) throws(PanelVoteChanged) {
    if let kept, kept.share != share { throw PanelVoteChanged(kept: kept.share) }
    self = kept ?? PanelVote(share: share, salt: salt)
  }

  /// What the juror commits to, as the pallet recomputes it.
  public func commitment(order: H256, juror: AccountID) -> H256 {
    Hash.blake2b256(order.encoded() + juror.encoded() + share.encoded() + salt.encoded())
  }
}

/// A juror has kept a vote for another share.
public struct PanelVoteChanged: Error, Hashable, Sendable {
  public let kept: UInt32

  public init(kept: UInt32) { self.kept = kept }
}

public import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Payments that nobody has to ask for, with what a block has left.

extension Royalty.Pallet {
  /// Queues an automatic payment, or takes it out of the queue.
  static func setAutomatic(
    _ account: AccountID, split: UInt64, asset: Location, isOn: Bool, in context: ExecutionContext
  ) throws(DispatchError) {
    let party = Royalty.Party.account(account)
    let row = Royalty.AutomaticPayment(claim: Royalty.Claim(split: split, party: party), asset: asset)
    let place = try Royalty.automaticPlaces.get(row, in: context)
    let count = try Royalty.automaticCount.get(in: context)
    if isOn {
      guard let split = try Royalty.splits.get(split, in: context).map({ Pair(split, $0.version) }) else { throw failure(.unknownSplit) }
      guard Royalty.members.exists(split, party, in: context) else { throw failure(.notMember) }
      guard Royalty.acc.exists(row.claim.split, asset, in: context) else { throw failure(.nothingDue) }
      guard try Royalty.payouts.get(party, in: context)?.isAutomatic == true else { throw failure(.badTerms) }
      guard place == nil, count < Royalty.maximumAutomatic else { throw failure(.automaticQueue) }
      try C.Currency.hold(C.splitDeposit, of: account, reason: holdReason, in: context)
      Royalty.automaticRows.set(count, to: row, in: context)
      Royalty.automaticPlaces.set(row, to: count, in: context)
      Royalty.automaticCount.set(count + 1, in: context)
    } else {
      guard let place, count > 0 else { throw failure(.automaticQueue) }
      try C.Currency.release(C.splitDeposit, of: account, reason: holdReason, in: context)
      // The last row takes the free place, so that the rows stay dense.
      guard let last = try Royalty.automaticRows.get(count - 1, in: context) else { throw .corruption }
      Royalty.automaticRows.set(place, to: last, in: context)
      Royalty.automaticPlaces.set(last, to: place, in: context)
      Royalty.automaticRows.remove(count - 1, in: context)
      Royalty.automaticPlaces.remove(row, in: context)
      Royalty.automaticCount.set(count - 1, in: context)
    }
    deposit(.automaticSet(split: split, party: party, asset: asset, isOn: isOn), in: context)
  }

  /// What one automatic payment takes at most.
  static var automaticWeight: Weight { .of(reads: 16 + catchUpReads, writes: 10) }

  /// Pays from the automatic queue with weight that a block has left, at most ``Royalty/automaticPerBlock`` rows.
  ///
  /// Each payment is a transaction of its own: a party that cannot be paid keeps its due, and the queue goes on.
  /// - Returns: What it used.
  public static func onIdle(remaining: Weight, in context: ExecutionContext) -> Weight {
    guard var count = try? Royalty.automaticCount.get(in: context), count > 0,
      let cursor = try? Royalty.automaticCursor.get(in: context)
    else { return .zero }
    var used = Weight.zero
    var place = cursor < count ? cursor : 0
    for _ in 0..<min(count, Royalty.automaticPerBlock) {
      let next = used.adding(automaticWeight)
      guard !next.exceeds(remaining) else { break }
      used = next
      if let row = try? Royalty.automaticRows.get(place, in: context), !payAutomatically(row, in: context) {
        // The last row of the queue stands here now.
        count -= 1
        guard count > 0 else { break }
      } else {
        place += 1
      }
      if place >= count { place = 0 }
    }
    Royalty.automaticCursor.set(place, in: context)
    return used
  }

  /// - Returns: Whether the row stays in the queue.
  private static func payAutomatically(_ row: Royalty.AutomaticPayment, in context: ExecutionContext) -> Bool {
    let claim = row.claim
    // Only accounts of this chain queue themselves.
    guard case .account(let account) = claim.party else { return true }
    let terms = try? Royalty.payouts.get(claim.party, in: context)
    guard let terms, terms.isAutomatic else {
      // Nobody will be paid by this row any more.
      let removed: Void? = try? context.transactional { () throws(DispatchError) in
        try setAutomatic(account, split: claim.split, asset: row.asset, isOn: false, in: context)
      }
      return removed == nil
    }
    guard !terms.isPaused,
      let entry = try? settled(claim.party, split: claim.split, asset: row.asset, in: context), entry.due > 0,
      entry.due >= terms.minimum
    else { return true }
    do throws(DispatchError) {
      try payHere(claim.party, split: claim.split, asset: row.asset, by: .block, in: context)
    } catch {
      deposit(.automaticSkipped(split: claim.split, party: claim.party, asset: row.asset), in: context)
    }
    return true
  }
}

public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

// What parties have earned, brought up to date when somebody asks.

extension Royalty.Pallet {
  /// A party's entry, settled up to now. Writes nothing.
  /// - Throws: ``Royalty/Failure/settleFirst`` when more than ``Royalty/maximumVersionsAtOnce`` have passed.
  static func settled(
    _ party: Royalty.Party, split: UInt64, asset: Location, in context: ExecutionContext
  ) throws(DispatchError) -> Royalty.Entry {
    let (entry, isCurrent) = try advanced(party, split: split, asset: asset, in: context)
    guard isCurrent else { throw failure(.settleFirst) }
    return entry
  }

  /// A party's entry, brought forward by at most ``Royalty/maximumVersionsAtOnce`` versions of the split.
  ///
  /// `due += units · (perUnit − last)` for each of them.
  private static func advanced(
    _ party: Royalty.Party, split: UInt64, asset: Location, in context: ExecutionContext
  ) throws(DispatchError) -> (entry: Royalty.Entry, isCurrent: Bool) {
    guard let row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    let perUnit = try Royalty.acc.get(split, asset, in: context)?.perUnit ?? 0
    var entry = try Royalty.ledger.get(Pair(split, party), asset, in: context) ?? Royalty.Entry(version: 0, last: 0, due: 0, claimed: 0)
    let target = min(row.version, entry.version.addingSaturating(Royalty.maximumVersionsAtOnce))
    while true {
      let units = try Royalty.members.get(Pair(split, entry.version), party, in: context) ?? 0
      let isCurrent = entry.version >= row.version
      let end = try isCurrent ? perUnit : Royalty.closings.get(Pair(split, entry.version), asset, in: context) ?? entry.last
      let (last, due) = (entry.last, entry.due)
      if units > 0, end > last {
        entry.due = try checked { () throws(ArithmeticError) in try due.adding(try (end - last).multiplied(by: Balance(units))) }
      }
      entry.last = max(end, last)
      if isCurrent { return (entry, true) }
      entry.version += 1
      if entry.version >= target, target < row.version { return (entry, false) }
    }
  }

  /// Notes what a party has earned up to now, or in the next ``Royalty/maximumVersionsAtOnce`` versions of the split.
  static func settle(_ party: Royalty.Party, split: UInt64, asset: Location, in context: ExecutionContext) throws(DispatchError) {
    let entry = try advanced(party, split: split, asset: asset, in: context).entry
    guard try entry != Royalty.ledger.get(Pair(split, party), asset, in: context) else { throw failure(.nothingDue) }
    Royalty.ledger.set(Pair(split, party), asset, to: entry, in: context)
  }

  /// What a party could be paid now, settled in thought.
  public static func due(
    _ party: Royalty.Party, split: UInt64, asset: Location, in context: ExecutionContext
  ) throws(DispatchError) -> Balance {
    try settled(party, split: split, asset: asset, in: context).due
  }
}

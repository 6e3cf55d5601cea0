internal import Hashing
public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

// Income, and what it makes due: one write for a sale, however many members share in it.

extension Royalty.Pallet {
  // MARK: Income

  /// Moves `amount` from `payer` into the pot and credits a work's sale.
  /// - Throws: ``Royalty/Failure/unknownWork``, ``Royalty/Failure/assetNotAccepted``, ``Royalty/Failure/tooManyAssets``, what
  ///   the ledger throws.
  public static func credit(
    work: H256, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    guard let row = try Royalty.works.get(work, in: context) else { throw failure(.unknownWork) }
    try context.transactional { () throws(DispatchError) in
      try receive(amount, of: asset, from: payer, in: context)
      try book(amount, of: asset, in: row.saleSplit, work: work, reference: reference, in: context)
    }
  }

  /// Moves `amount` from `payer` into the pot and owes it to one party.
  ///
  /// The party's own split is made when it first earns something: rows grow with payments, which cost fees.
  public static func owe(
    _ party: Royalty.Party, asset: Location, amount: Balance, from payer: AccountID, reference: H256,
    in context: ExecutionContext
  ) throws(DispatchError) {
    try context.transactional { () throws(DispatchError) in
      try receive(amount, of: asset, from: payer, in: context)
      let split = try soleSplit(of: party, in: context)
      try book(amount, of: asset, in: split, work: .zero, reference: reference, in: context)
    }
  }

  /// Moves units into the pot and notes that the pot owes them.
  private static func receive(
    _ amount: Balance, of asset: Location, from payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { throw failure(.zeroAmount) }
    guard Royalty.accepted.exists(asset, in: context) else { throw failure(.assetNotAccepted) }
    let owed = try Royalty.accounted.get(asset, in: context)
    let total = try checked { () throws(ArithmeticError) in try owed.adding(amount) }
    try C.Book.transfer(amount, of: asset, from: payer, to: C.pot, .expendable, in: context)
    Royalty.accounted.set(asset, to: total, in: context)
  }

  /// Credits income that is in the pot already: `t = amount + carry; perUnit += t / units; carry = t mod units`.
  static func book(
    _ amount: Balance, of asset: Location, in split: UInt64, work: H256, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    let row = try Royalty.acc.get(split, asset, in: context)
    if row == nil { try admit(asset, to: split, limit: Royalty.maximumOpenAssets, in: context) }
    var acc = row ?? Royalty.Acc()
    let now = try C.Clock.blockNumber(in: context)
    let before = acc
    acc = try checked { () throws(ArithmeticError) in
      var next = before
      let total = try amount.adding(Balance(before.carry))
      next.perUnit = try before.perUnit.adding(total / Balance(Royalty.units))
      next.carry = UInt32(truncatingIfNeeded: total % Balance(Royalty.units))
      next.received = try before.received.adding(amount)
      return next
    }
    let line = Royalty.StatementRow(n: acc.n, work: work, reference: reference, asset: asset, amount: amount, block: now)
    acc.head = Royalty.chained(acc.head, line)
    acc.n &+= 1
    acc.lastBlock = now
    Royalty.acc.set(split, asset, to: acc, in: context)
    deposit(
      .credited(
        split: split, asset: asset, amount: amount, n: line.n, work: work, reference: reference, previousBlock: before.lastBlock),
      in: context)
  }

  /// Makes sure that sales of a work in an asset can be credited whatever else it is paid in meanwhile.
  ///
  /// For the work's owner to decide: whoever calls this has asked.
  public static func reserve(_ asset: Location, for work: H256, in context: ExecutionContext) throws(DispatchError) {
    guard let row = try Royalty.works.get(work, in: context) else { throw failure(.unknownWork) }
    for split in Set([row.saleSplit, row.ownSplit]) { try reserve(asset, in: split, in: context) }
  }

  /// Gives an asset a place in a split before it is credited.
  static func reserve(_ asset: Location, in split: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard Royalty.accepted.exists(asset, in: context) else { throw failure(.assetNotAccepted) }
    guard !Royalty.acc.exists(split, asset, in: context) else { return }
    try admit(asset, to: split, limit: Royalty.maximumAssets, in: context)
    Royalty.acc.set(split, asset, to: Royalty.Acc(), in: context)
  }

  /// Notes that a split has income in one asset more.
  private static func admit(_ asset: Location, to split: UInt64, limit: UInt32, in context: ExecutionContext) throws(DispatchError) {
    guard var row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    guard row.assets < limit else { throw failure(.tooManyAssets) }
    row.assets += 1
    Royalty.splits.set(split, to: row, in: context)
  }
}

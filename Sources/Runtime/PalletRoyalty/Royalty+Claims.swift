internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// How what is due leaves the pot.

extension Royalty.Pallet {
  /// Takes `amount` of what is due to a party out of the books; the money itself is moved by the caller.
  /// - Parameter isSent: Whether it goes on a message, which is paid when its receipt says so.
  static func take(
    _ amount: Balance, of entry: Royalty.Entry, _ claim: Royalty.Claim, _ asset: Location, isSent: Bool, in context: ExecutionContext
  ) throws(DispatchError) {
    guard var acc = try Royalty.acc.get(claim.split, asset, in: context), amount <= entry.due else { throw failure(.nothingDue) }
    let owed = try Royalty.accounted.get(asset, in: context)
    var entry = entry
    let before = (acc, entry)
    (acc, entry) = try checked { () throws(ArithmeticError) in
      var (acc, entry) = before
      if isSent { acc.inFlight = try acc.inFlight.adding(amount) } else { acc.paid = try acc.paid.adding(amount) }
      entry.due = try entry.due.subtracting(amount)
      if !isSent { entry.claimed = try entry.claimed.adding(amount) }
      return (acc, entry)
    }
    let left = try checked { () throws(ArithmeticError) in try owed.subtracting(amount) }
    Royalty.accounted.set(asset, to: left, in: context)
    Royalty.acc.set(claim.split, asset, to: acc, in: context)
    Royalty.ledger.set(Pair(claim.split, claim.party), asset, to: entry, in: context)
  }

  /// Who makes a payment here.
  enum Payer {
    /// The party itself.
    case party
    /// Somebody who keeps the tip that the party's terms grant.
    case keeper(AccountID)
    /// A block with room.
    case block
  }

  /// Pays a party of this chain everything that it is due.
  static func payHere(
    _ party: Royalty.Party, split: UInt64, asset: Location, by payer: Payer, in context: ExecutionContext
  ) throws(DispatchError) {
    let isOwn = if case .party = payer { true } else { false }
    let keeper: AccountID? = if case .keeper(let account) = payer { account } else { nil }
    let terms = try Royalty.payouts.get(party, in: context)
    let home: AccountID
    switch party {
    case .account(let account): home = account
    case .remote:
      // Somebody elsewhere may be paid into an account here.
      guard let terms, let local = C.localAccount(of: terms.destination) else { throw failure(.isRemote) }
      home = local
    case .splitPot: throw failure(.badTerms)
    }
    let payee: AccountID
    if isOwn {
      payee = home
    } else {
      if let terms { guard !terms.isPaused else { throw failure(.paused) } }
      let destination = if let terms { C.localAccount(of: terms.destination) } else { AccountID?.some(home) }
      guard let destination else { throw failure(.isRemote) }
      payee = destination
    }
    let entry = try settled(party, split: split, asset: asset, in: context)
    let due = entry.due
    guard due > 0 else { throw failure(.nothingDue) }
    if !isOwn, let terms { guard due >= terms.minimum else { throw failure(.belowMinimum) } }
    let rate = keeper == nil ? 0 : terms?.keeperRate ?? 0
    let tip = try checked { () throws(ArithmeticError) in try due.scaled(by: Balance(rate), over: Balance(Royalty.units)) }
    try context.transactional { () throws(DispatchError) in
      try take(due, of: entry, Royalty.Claim(split: split, party: party), asset, isSent: false, in: context)
      try C.Book.transfer(due - tip, of: asset, from: C.pot, to: payee, .preserve, in: context)
      if let keeper, tip > 0 { try C.Book.transfer(tip, of: asset, from: C.pot, to: keeper, .preserve, in: context) }
      deposit(.claimed(split: split, party: party, asset: asset, amount: due, keeper: tip > 0 ? keeper : nil, tip: tip), in: context)
    }
  }

  /// Moves what split `from` owes to the pot of split `to` on to its members. No money moves: one pot holds it all.
  static func pullEdge(from: UInt64, to: UInt64, asset: Location, in context: ExecutionContext) throws(DispatchError) {
    guard try !isFrozen(from: from, to: to, in: context) else { throw failure(.edgeFrozen) }
    guard Royalty.splits.exists(to, in: context) else { throw failure(.unknownSplit) }
    let entry = try settled(.splitPot(to), split: from, asset: asset, in: context)
    let due = entry.due
    guard due > 0 else { throw failure(.nothingDue) }
    try context.transactional { () throws(DispatchError) in
      try take(due, of: entry, Royalty.Claim(split: from, party: .splitPot(to)), asset, isSent: false, in: context)
      let owed = try Royalty.accounted.get(asset, in: context)
      Royalty.accounted.set(asset, to: try checked { () throws(ArithmeticError) in try owed.adding(due) }, in: context)
      try book(due, of: asset, in: to, work: .zero, reference: Royalty.edgeReference(from: from, to: to), in: context)
      deposit(.edgePulled(from: from, to: to, asset: asset, amount: due), in: context)
    }
  }

  // MARK: Terms and assets

  static func setPayout(_ terms: Royalty.PayoutTerms, of party: Royalty.Party, in context: ExecutionContext) throws(DispatchError) {
    guard terms.keeperRate <= Royalty.maximumKeeperRate else { throw failure(.badTerms) }
    if C.localAccount(of: terms.destination) == nil {
      // Beneficiaries are accounts: what a chain itself or an asset were to get could be taken by nobody.
      guard !terms.destination.chain.isHere, terms.destination != terms.destination.chain else { throw failure(.badTerms) }
    }
    Royalty.payouts.set(party, to: terms, in: context)
    deposit(.payoutSet(party: party), in: context)
  }

  /// Makes an asset payable: the pot gets what it must never lose, so that it can take and pay any amount.
  static func accept(_ asset: Location, from payer: AccountID, in context: ExecutionContext) throws(DispatchError) {
    guard !Royalty.accepted.exists(asset, in: context) else { throw failure(.assetAccepted) }
    guard try C.Book.exists(asset, in: context) else { throw failure(.assetNotAccepted) }
    let base = try max(1, C.Book.minimumBalance(of: asset, in: context))
    try C.Book.transfer(base, of: asset, from: payer, to: C.pot, .expendable, in: context)
    Royalty.accepted.set(asset, to: base, in: context)
    deposit(.assetAccepted(asset: asset), in: context)
  }

  /// Sends what the pot has beyond its base and what it owes to the treasury.
  static func sweep(_ asset: Location, in context: ExecutionContext) throws(DispatchError) {
    guard let base = try Royalty.accepted.get(asset, in: context) else { throw failure(.assetNotAccepted) }
    let owed = try Royalty.accounted.get(asset, in: context)
    let has = try C.Book.balance(of: asset, who: C.pot, in: context)
    let surplus = has.subtractingSaturating(base).subtractingSaturating(owed)
    guard surplus > 0 else { throw failure(.nothingDue) }
    try C.Book.transfer(surplus, of: asset, from: C.pot, to: C.treasury, .preserve, in: context)
    deposit(.swept(asset: asset, amount: surplus), in: context)
  }

  /// Closes a split that nobody needs any more; what is below one unit goes to its first member.
  static func closeSplit(_ split: UInt64, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    guard let row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    guard row.controller == account else { throw failure(.notController) }
    guard !Royalty.boundSplits.exists(split, in: context), !Royalty.pendingChanges.exists(split, in: context) else {
      throw failure(.splitInUse)
    }
    let members = try Royalty.members.rows(Pair(split, row.version), in: context, limit: Royalty.maximumMembers)
    guard let first = members.first else { throw .corruption }
    for (asset, acc) in try Royalty.acc.rows(split, in: context, limit: Int(Royalty.maximumAssets)) {
      let owed = acc.received.subtractingSaturating(acc.paid)
      guard acc.inFlight == 0, owed == Balance(acc.carry) else { throw failure(.splitInUse) }
      guard acc.carry > 0 else { continue }
      let left = try Royalty.accounted.get(asset, in: context).subtractingSaturating(owed)
      Royalty.accounted.set(asset, to: left, in: context)
      guard case .account(let payee) = first.key else { continue }
      // Too small for the account: then it is what nobody is owed, and `sweep` finds it.
      _ = try? C.Book.transfer(owed, of: asset, from: C.pot, to: payee, .preserve, in: context)
    }
    for member in members { Royalty.members.remove(Pair(split, row.version), member.key, in: context) }
    try C.Currency.release(row.deposit, of: account, reason: holdReason, in: context)
    Royalty.splits.remove(split, in: context)
    deposit(.splitClosed(split: split), in: context)
  }
}

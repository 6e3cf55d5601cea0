internal import Hashing
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// Payment of parties on other chains, in batches, each with one proven ending.

extension Royalty.Pallet {
  /// Where a payout's assets are while they travel: what comes back is found there.
  ///
  /// blake2_256("echo/payout/v1" ‖ number as u64).
  public static func payoutAccount(_ payout: UInt64) -> AccountID {
    AccountID(words: Hash.blake2b256(Array("echo/payout/v1".utf8) + payout.encoded()).words)
  }

  /// The beneficiary of a party as its terms or its own location say.
  private static func beneficiary(
    of party: Royalty.Party, _ terms: Royalty.PayoutTerms?, on chain: Location
  ) throws(DispatchError) -> Location {
    let location: Location
    switch (party, terms) {
    case (.splitPot, _): throw failure(.badBatch)
    case (_, .some(let terms)): location = terms.destination
    case (.remote(let home), nil): location = home
    case (.account, nil): throw failure(.isLocal)
    }
    guard C.localAccount(of: location) == nil else { throw failure(.isLocal) }
    guard location.chain == chain else { throw failure(.badBatch) }
    return location
  }

  /// Sends what is due to parties on one chain.
  static func claimRemote(
    chain: Location, asset: Location, claims: [Royalty.Claim], payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard !claims.isEmpty, claims.count <= Royalty.maximumBatch, Set(claims).count == claims.count, chain == chain.chain, !chain.isHere
    else { throw failure(.badBatch) }
    var rows: [(item: Royalty.PayoutItem, entry: Royalty.Entry)] = []
    var total: Balance = 0
    for claim in claims {
      if claims.count > 1 { guard !Royalty.paidAlone.exists(claim.party, in: context) else { throw failure(.paidAlone) } }
      let terms = try Royalty.payouts.get(claim.party, in: context)
      if let terms { guard !terms.isPaused else { throw failure(.paused) } }
      let beneficiary = try beneficiary(of: claim.party, terms, on: chain)
      let entry = try settled(claim.party, split: claim.split, asset: asset, in: context)
      guard entry.due > 0 else { throw failure(.nothingDue) }
      if let terms { guard entry.due >= terms.minimum else { throw failure(.belowMinimum) } }
      let sum = total
      total = try checked { () throws(ArithmeticError) in try sum.adding(entry.due) }
      rows.append((Royalty.PayoutItem(claim: claim, beneficiary: beneficiary, amount: entry.due), entry))
    }
    // The last one gets what execution leaves of the fee, of which the largest has paid most.
    rows.sort { $0.item.amount < $1.item.amount }
    let items = rows.map(\.item)
    let batch = PayoutBatch(
      chain: chain, asset: asset, items: items.map { PayoutBatch.Item(beneficiary: $0.beneficiary, amount: $0.amount) })
    let quote = try C.Sender.quote(batch, in: context)
    let price = asset.isHere ? quote.delivery.addingSaturating(quote.execution) : quote.execution
    guard total >= price.multipliedSaturating(by: 20) else { throw failure(.belowMinimum) }
    let number = try Royalty.nextPayout.get(in: context)
    let account = payoutAccount(number)
    try context.transactional { () throws(DispatchError) in
      Royalty.nextPayout.set(number &+ 1, in: context)
      for (item, entry) in rows { try take(item.amount, of: entry, item.claim, asset, isSent: true, in: context) }
      // It must be able to take what comes back, of whatever asset.
      try C.keep(account, in: context)
      try C.Book.transfer(total, of: asset, from: C.pot, to: account, .preserve, in: context)
      let message = try C.Sender.send(batch, from: account, payer: payer, in: context)
      Royalty.inFlight.set(
        number,
        to: Royalty.InFlight(
          chain: chain, asset: asset, items: items, fee: quote.execution.multipliedSaturating(by: 2), payer: payer,
          message: message, state: .sent, sentAt: try C.Clock.blockNumber(in: context)),
        in: context)
      Royalty.payoutByMessage.set(message, to: number, in: context)
      deposit(.remoteSent(payout: number, chain: chain, asset: asset, amount: total, message: message), in: context)
    }
  }

  // MARK: Endings

  /// Takes note of how a payout's message ended. Never fails: a message that is no payout's changes nothing.
  /// - Parameter sender: Whose program sent it: anybody could send a message under the same id.
  public static func payoutEnded(message: H256, by sender: AccountID, _ ending: Royalty.PayoutEnding, in context: ExecutionContext) {
    // The receipt counts whatever this does: a row that does not fit, which no call makes, stays as it is.
    _ = try? context.transactional { () throws(DispatchError) in
      guard let number = try Royalty.payoutByMessage.get(message, in: context), sender == payoutAccount(number),
        var row = try Royalty.inFlight.get(number, in: context), row.state == .sent
      else { return }
      switch ending {
      case .executed:
        try settle(number, row, in: context)
      case .returned:
        row.state = .failed(paid: 0)
        Royalty.inFlight.set(number, to: row, in: context)
        _ = try? context.transactional { () throws(DispatchError) in try returnPayout(number, in: context) }
      case .failed(let index, let error):
        let batch = PayoutBatch(
          chain: row.chain, asset: row.asset,
          items: row.items.map { PayoutBatch.Item(beneficiary: $0.beneficiary, amount: $0.amount) })
        guard let count = C.Sender.paidShares(batch, failedAt: index) else {
          row.state = .stranded
          Royalty.inFlight.set(number, to: row, in: context)
          deposit(.remoteStranded(payout: number, error: error), in: context)
          return
        }
        let paid = min(max(count, 0), row.items.count)
        guard paid < row.items.count else {
          // Only what was left of the fees could not be put away.
          try settle(number, row, in: context)
          return
        }
        try pay(Array(row.items.prefix(paid)), of: row.asset, in: context)
        // Whoever could not be paid must not hold others up again.
        Royalty.paidAlone.set(row.items[paid].claim.party, to: true, in: context)
        row.state = .failed(paid: UInt32(clamping: paid))
        Royalty.inFlight.set(number, to: row, in: context)
        deposit(.remoteFailed(payout: number, paid: UInt32(clamping: paid), error: error), in: context)
      }
    }
  }

  /// Everybody has been paid.
  private static func settle(_ number: UInt64, _ row: Royalty.InFlight, in context: ExecutionContext) throws(DispatchError) {
    try pay(row.items, of: row.asset, in: context)
    if row.items.count == 1, let only = row.items.first { Royalty.paidAlone.remove(only.claim.party, in: context) }
    remove(number, row, in: context)
    deposit(.remoteSettled(payout: number), in: context)
  }

  private static func remove(_ number: UInt64, _ row: Royalty.InFlight, in context: ExecutionContext) {
    _ = try? context.transactional { () throws(DispatchError) in try C.release(payoutAccount(number), in: context) }
    Royalty.inFlight.remove(number, in: context)
    Royalty.payoutByMessage.remove(row.message, in: context)
  }

  /// Who paid the delivery of a payout's message, if `sender` is that payout's account.
  public static func payer(of message: H256, by sender: AccountID, in context: ExecutionContext) -> AccountID? {
    guard let number = (try? Royalty.payoutByMessage.get(message, in: context)) ?? nil, sender == payoutAccount(number) else { return nil }
    return ((try? Royalty.inFlight.get(number, in: context)) ?? nil)?.payer
  }

  /// What was in flight has arrived.
  private static func pay(_ items: [Royalty.PayoutItem], of asset: Location, in context: ExecutionContext) throws(DispatchError) {
    for item in items { try conclude(item, asset, returned: 0, in: context) }
  }

  /// Ends one item: `returned` of it is due again, the rest counts as paid.
  ///
  /// What the way home cost is paid, by nobody's choice but by the beneficiary's account: R3 stays exact.
  private static func conclude(
    _ item: Royalty.PayoutItem, _ asset: Location, returned: Balance, in context: ExecutionContext
  ) throws(DispatchError) {
    guard var acc = try Royalty.acc.get(item.claim.split, asset, in: context) else { throw .corruption }
    // The row is there since the payout left; what was earned meanwhile is settled when somebody asks.
    guard var entry = try Royalty.ledger.get(Pair(item.claim.split, item.claim.party), asset, in: context) else { throw .corruption }
    let before = (acc, entry)
    (acc, entry) = try checked { () throws(ArithmeticError) in
      var (acc, entry) = before
      let gone = try item.amount.subtracting(returned)
      acc.inFlight = try acc.inFlight.subtracting(item.amount)
      acc.paid = try acc.paid.adding(gone)
      entry.claimed = try entry.claimed.adding(gone)
      entry.due = try entry.due.adding(returned)
      return (acc, entry)
    }
    Royalty.acc.set(item.claim.split, asset, to: acc, in: context)
    Royalty.ledger.set(Pair(item.claim.split, item.claim.party), asset, to: entry, in: context)
  }

  /// Puts what came back into what is due again, pro rata; what does not divide goes to the first.
  ///
  /// The payout ends when half of it is back and no more is missing than the ways can have cost. Until then it waits for
  /// the rest: anybody can give its account a little, and that must not end it.
  static func returnPayout(_ number: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard var row = try Royalty.inFlight.get(number, in: context) else { throw failure(.unknownPayout) }
    guard case .failed(let paid) = row.state else { throw failure(.notReturned) }
    let account = payoutAccount(number)
    let back = try C.Book.balance(of: row.asset, who: account, in: context)
    let first = min(Int(paid), row.items.count)
    let items = Array(row.items.dropFirst(first))
    let sent = items.reduce(Balance(0)) { $0.addingSaturating($1.amount) }
    guard sent > 0 else {
      remove(number, row, in: context)
      return
    }
    guard back > 0 else { throw failure(.notReturned) }
    let shared = min(back, sent)
    let isWhole = sent - shared <= row.fee && shared >= sent / 2
    let parts = try proRata(shared, items.map(\.amount), of: sent)
    try context.transactional { () throws(DispatchError) in
      try C.Book.transfer(back, of: row.asset, from: account, to: C.pot, .expendable, in: context)
      let owed = try Royalty.accounted.get(row.asset, in: context)
      Royalty.accounted.set(row.asset, to: try checked { () throws(ArithmeticError) in try owed.adding(shared) }, in: context)
      for (place, part) in parts.enumerated() {
        var item = items[place]
        if !isWhole {
          row.items[first + place].amount = item.amount - part
          item.amount = part
        }
        try conclude(item, row.asset, returned: part, in: context)
      }
      if isWhole { remove(number, row, in: context) } else { Royalty.inFlight.set(number, to: row, in: context) }
      deposit(.remoteReturned(payout: number, amount: shared), in: context)
    }
  }

  /// Calls home what is on the other chain in the name of a payout that has failed.
  static func recoverPayout(
    _ number: UInt64, amount: Balance, isTrapped: Bool, payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard let row = try Royalty.inFlight.get(number, in: context) else { throw failure(.unknownPayout) }
    guard row.state != .sent else { throw failure(.notReturned) }
    guard amount > 0 else { throw failure(.zeroAmount) }
    let message = try C.Sender.recover(
      amount, of: row.asset, on: row.chain, isTrapped: isTrapped, to: payoutAccount(number), payer: payer, in: context)
    deposit(.remoteRecovered(payout: number, amount: amount, message: message), in: context)
  }

  /// Takes root's word for how many of a failed payout were paid; the rest is still awaited.
  static func resolvePayout(_ number: UInt64, paid: UInt32, in context: ExecutionContext) throws(DispatchError) {
    guard var row = try Royalty.inFlight.get(number, in: context) else { throw failure(.unknownPayout) }
    let known: UInt32
    switch row.state {
    case .sent: throw failure(.notReturned)
    case .failed(let before): known = before
    case .stranded: known = 0
    }
    guard paid >= known, Int(paid) <= row.items.count else { throw failure(.notReturned) }
    try pay(Array(row.items[Int(known)..<Int(paid)]), of: row.asset, in: context)
    row.state = .failed(paid: paid)
    if Int(paid) == row.items.count { remove(number, row, in: context) } else { Royalty.inFlight.set(number, to: row, in: context) }
    deposit(.remoteResolved(payout: number, paid: paid), in: context)
  }

  /// Divides an amount as others divide their sum, none above its own; what does not divide goes to the first with room.
  private static func proRata(_ amount: Balance, _ shares: [Balance], of sum: Balance) throws(DispatchError) -> [Balance] {
    var parts: [Balance] = []
    for share in shares { parts.append(try checked { () throws(ArithmeticError) in try amount.scaled(by: share, over: sum) }) }
    var rest = amount - parts.reduce(Balance(0), +)
    for place in parts.indices where rest > 0 {
      let room = min(rest, shares[place] - parts[place])
      parts[place] += room
      rest -= room
    }
    return parts
  }
}

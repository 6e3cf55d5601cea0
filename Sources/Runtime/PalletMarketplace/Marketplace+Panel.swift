internal import Hashing
internal import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// Quality is judged by people: jurors with a stake, drawn by lot, who commit before they reveal.

extension Marketplace.Pallet {
  // MARK: Jurors

  static func joinPanel(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    guard !Marketplace.jurorStakes.exists(account, in: context) else { throw failure(.notJuror) }
    var jurors = try Marketplace.jurors.get(in: context)
    guard jurors.count < Int(Marketplace.maximumJurors) else { throw failure(.tooMuch) }
    let stake = try parameters(in: context).jurorStake
    try C.Currency.hold(stake, of: account, reason: jurorHold, in: context)
    jurors.append(Marketplace.Juror(account: account, since: try C.Clock.blockNumber(in: context)))
    Marketplace.jurors.set(jurors, in: context)
    Marketplace.jurorStakes.set(account, to: stake, in: context)
    deposit(.juror(account: account, isSitting: true), in: context)
  }

  static func leavePanel(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try origin.signer()
    guard let stake = try Marketplace.jurorStakes.get(account, in: context) else { throw failure(.notJuror) }
    guard try Marketplace.sittings.get(account, in: context) == 0 else { throw failure(.wrongState) }
    try C.Currency.release(stake, of: account, reason: jurorHold, in: context)
    try strike(account, in: context)
  }

  /// Removes a juror from the list.
  private static func strike(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    var jurors = try Marketplace.jurors.get(in: context)
    jurors.removeAll { $0.account == account }
    Marketplace.jurors.set(jurors, in: context)
    Marketplace.jurorStakes.remove(account, in: context)
    deposit(.juror(account: account, isSitting: false), in: context)
  }

  // MARK: A panel

  static func openPanel(order id: H256, evidence: [UInt8], origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    var order = try delivered(id, to: origin, in: context)
    guard let evidence = BoundedVector<UInt8, 128>(evidence) else { throw failure(.tooMuch) }
    let parameters = try parameters(in: context)
    let now = try C.Clock.blockNumber(in: context)
    guard try pool(for: order, askedAt: now, in: context).count >= Int(parameters.jurors) else { throw failure(.noPanel) }
    let bond = try max(1, part(parameters.complaintBondRate, of: order.price))
    try take(bond, of: order.asset, from: account(of: order.buyer), for: \.bonds, in: context)
    Marketplace.disputes.set(
      id,
      to: Marketplace.Dispute(
        bond: bond, evidence: evidence, votes: [], openedAt: now, isSecond: false, commitUntil: 0, revealUntil: 0), in: context)
    order.state = .judging
    order.deadline = now.addingSaturating(1)
    Marketplace.orders.set(id, to: order, in: context)
    try rate(order.listing, in: context) { $0.complaints = $0.complaints.addingSaturating(1) }
    deposit(.panelAsked(order: id), in: context)
  }

  /// Who may judge an order: jurors when it was asked for who are no party.
  private static func pool(
    for order: Marketplace.Order, askedAt height: BlockNumber, in context: ExecutionContext
  ) throws(DispatchError) -> [AccountID] {
    let parties = Set(try [account(of: order.buyer), account(of: order.seller)])
    return try Marketplace.jurors.get(in: context).filter { $0.since <= height && !parties.contains($0.account) }.map(\.account)
  }

  /// Draws the jurors: those with the lowest lots, each lot a hash of the juror and of a block that was sealed after the
  /// panel was asked for. Who joins later has no lot, and who leaves moves nobody else's.
  private static func draw(
    _ id: H256, _ order: Marketplace.Order, _ dispute: Marketplace.Dispute, in context: ExecutionContext
  ) throws(DispatchError) {
    let now = try C.Clock.blockNumber(in: context)
    let height = dispute.openedAt.addingSaturating(1)
    guard now > height else { throw failure(.tooEarly) }
    let subject = Array("echo/panel/v1".utf8) + id.encoded()
    guard let seed = try C.randomness(for: subject, at: height, in: context) else {
      // Nobody came in time for that block's hash.
      try ask(id, order, again: dispute, isSecond: dispute.isSecond, in: context)
      return
    }
    let parameters = try parameters(in: context)
    let lots = try pool(for: order, askedAt: dispute.openedAt, in: context).map { juror in
      (lot: Hash.blake2b256(seed.encoded() + juror.encoded()).bytes, juror: juror)
    }
    let panel = lots.sorted { $0.lot.lexicographicallyPrecedes($1.lot) }.prefix(Int(parameters.jurors)).map(\.juror)
    guard !panel.isEmpty else {
      try endWithoutVerdict(id, order, dispute, in: context)
      return
    }
    for juror in panel {
      let count = try Marketplace.sittings.get(juror, in: context)
      Marketplace.sittings.set(juror, to: count.addingSaturating(1), in: context)
    }
    var (order, dispute) = (order, dispute)
    dispute.votes = panel.map { Marketplace.JurorVote(juror: $0, commitment: nil, vote: nil) }
    dispute.commitUntil = now.addingSaturating(parameters.commitPeriod)
    dispute.revealUntil = dispute.commitUntil.addingSaturating(parameters.revealPeriod)
    order.deadline = dispute.revealUntil
    Marketplace.disputes.set(id, to: dispute, in: context)
    Marketplace.orders.set(id, to: order, in: context)
    deposit(.panelOpened(order: id, jurors: panel), in: context)
  }

  /// Asks for jurors once more.
  private static func ask(
    _ id: H256, _ order: Marketplace.Order, again dispute: Marketplace.Dispute, isSecond: Bool, in context: ExecutionContext
  ) throws(DispatchError) {
    var (order, dispute) = (order, dispute)
    let now = try C.Clock.blockNumber(in: context)
    (dispute.votes, dispute.openedAt, dispute.isSecond) = ([], now, isSecond)
    order.deadline = now.addingSaturating(1)
    Marketplace.disputes.set(id, to: dispute, in: context)
    Marketplace.orders.set(id, to: order, in: context)
    deposit(.panelAsked(order: id), in: context)
  }

  /// What a juror commits: blake2_256(SCALE(order, juror, buyer's share, salt)).
  public static func commitment(order: H256, juror: AccountID, buyerShare: UInt32, salt: H256) -> H256 {
    Hash.blake2b256(order.encoded() + juror.encoded() + buyerShare.encoded() + salt.encoded())
  }

  private static func seat(
    _ id: H256, _ juror: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> (dispute: Marketplace.Dispute, place: Int) {
    guard try order(id, in: context).state == .judging, let dispute = try Marketplace.disputes.get(id, in: context) else {
      throw failure(.wrongState)
    }
    guard let place = dispute.votes.firstIndex(where: { $0.juror == juror }) else { throw failure(.notJuror) }
    return (dispute, place)
  }

  static func voteCommit(order id: H256, commitment: H256, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let juror = try origin.signer()
    var (dispute, place) = try seat(id, juror, in: context)
    guard try C.Clock.blockNumber(in: context) <= dispute.commitUntil else { throw failure(.tooLate) }
    guard dispute.votes[place].commitment == nil else { throw failure(.notJuror) }
    dispute.votes[place].commitment = commitment
    Marketplace.disputes.set(id, to: dispute, in: context)
    deposit(.voteCommitted(order: id, juror: juror), in: context)
  }

  static func voteReveal(
    order id: H256, buyerShare: UInt32, salt: H256, origin: Origin, in context: ExecutionContext
  ) throws(DispatchError) {
    let juror = try origin.signer()
    var (dispute, place) = try seat(id, juror, in: context)
    let now = try C.Clock.blockNumber(in: context)
    guard now > dispute.commitUntil else { throw failure(.tooEarly) }
    guard now <= dispute.revealUntil else { throw failure(.tooLate) }
    guard dispute.votes[place].vote == nil else { throw failure(.notJuror) }
    guard buyerShare <= 1_000_000,
      dispute.votes[place].commitment == commitment(order: id, juror: juror, buyerShare: buyerShare, salt: salt)
    else { throw failure(.badReveal) }
    dispute.votes[place].vote = buyerShare
    Marketplace.disputes.set(id, to: dispute, in: context)
    deposit(.voteRevealed(order: id, juror: juror, buyerShare: buyerShare), in: context)
  }

  /// Draws a panel, or ends one when everybody has revealed or time is over.
  ///
  /// The lower median of what most of the panel has revealed decides. Buyer and seller bear the bond of the complaint as
  /// the money is divided between them, and the jurors who revealed share it. Of a panel in which most do not reveal
  /// there is a second one; when that has no majority either, whatever was revealed counts.
  static func settlePanel(_ id: H256, _ order: Marketplace.Order, in context: ExecutionContext) throws(DispatchError) {
    guard let dispute = try Marketplace.disputes.get(id, in: context) else { throw .corruption }
    guard !dispute.votes.isEmpty else {
      try draw(id, order, dispute, in: context)
      return
    }
    let now = try C.Clock.blockNumber(in: context)
    let votes = dispute.votes.compactMap(\.vote).sorted()
    guard now > dispute.revealUntil || (votes.count == dispute.votes.count && now > dispute.commitUntil) else { throw failure(.tooEarly) }
    let voters = dispute.votes.filter { $0.vote != nil }.map(\.juror)
    for vote in dispute.votes { try rise(vote, fineTo: voters, in: context) }
    guard votes.count * 2 > dispute.votes.count || (dispute.isSecond && !votes.isEmpty) else {
      try endWithoutVerdict(id, order, dispute, in: context)
      return
    }
    Marketplace.disputes.remove(id, in: context)
    let buyerShare = votes[(votes.count - 1) / 2]
    let back = try part(buyerShare, of: dispute.bond)
    let fromSeller = min(back, order.bond)
    try pay(back, of: order.asset, to: order.buyer, from: \.bonds, reference: id, in: context)
    let wages = try sum(try difference(dispute.bond, back), fromSeller)
    let wage = wages / Balance(votes.count)
    for juror in voters { try give(wage, of: order.asset, to: juror, from: \.bonds, in: context) }
    try give(wages - wage * Balance(votes.count), of: order.asset, to: C.treasury, from: \.bonds, in: context)
    try judge(id, order, buyerShare: buyerShare, bond: order.bond - fromSeller, in: context)
  }

  /// A panel that came to nothing: another one, or after the second the order as if nobody had complained.
  private static func endWithoutVerdict(
    _ id: H256, _ order: Marketplace.Order, _ dispute: Marketplace.Dispute, in context: ExecutionContext
  ) throws(DispatchError) {
    guard dispute.isSecond else {
      try ask(id, order, again: dispute, isSecond: true, in: context)
      return
    }
    Marketplace.disputes.remove(id, in: context)
    try pay(dispute.bond, of: order.asset, to: order.buyer, from: \.bonds, reference: id, in: context)
    try release(id, order, in: context)
  }

  /// Lets a juror go. Who did not reveal pays a tenth of the stake to those who did, and sits no more when half is gone.
  private static func rise(
    _ vote: Marketplace.JurorVote, fineTo voters: [AccountID], in context: ExecutionContext
  ) throws(DispatchError) {
    let count = try Marketplace.sittings.get(vote.juror, in: context).subtractingSaturating(1)
    if count == 0 {
      Marketplace.sittings.remove(vote.juror, in: context)
    } else {
      Marketplace.sittings.set(vote.juror, to: count, in: context)
    }
    guard var stake = try Marketplace.jurorStakes.get(vote.juror, in: context) else { return }
    if vote.vote == nil {
      let fine = stake / 10
      try C.Currency.release(fine, of: vote.juror, reason: jurorHold, in: context)
      let part = voters.isEmpty ? 0 : fine / Balance(voters.count)
      // One who cannot receive, or an account that would not outlive it, must not hold up the verdict.
      for (payee, amount) in voters.map({ ($0, part) }) + [(C.treasury, fine - part * Balance(voters.count))] where amount > 0 {
        _ = try? context.transactional { () throws(DispatchError) in
          try C.Currency.transfer(amount, from: vote.juror, to: payee, .expendable, in: context)
        }
      }
      stake -= fine
      Marketplace.jurorStakes.set(vote.juror, to: stake, in: context)
    }
    // Also one who voted here, but lost the half while still sitting on another panel.
    guard count == 0, try stake < parameters(in: context).jurorStake / 2 else { return }
    try C.Currency.release(stake, of: vote.juror, reason: jurorHold, in: context)
    try strike(vote.juror, in: context)
  }
}

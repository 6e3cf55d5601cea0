internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Splits: members, and how they change without anybody's past being touched.

extension Royalty.Pallet {
  static var holdReason: HoldReason { HoldReason(pallet: index, reason: 0) }

  /// Checks members that a caller names: 1 to 64 distinct parties whose units sum to a million.
  static func check(_ members: [Royalty.Share], in context: ExecutionContext) throws(DispatchError) {
    guard !members.isEmpty, members.count <= Royalty.maximumMembers else { throw failure(.tooManyMembers) }
    guard Set(members.map(\.party)).count == members.count else { throw failure(.duplicateMember) }
    var sum: UInt64 = 0
    for member in members {
      guard member.units > 0 else { throw failure(.unitsMismatch) }
      sum += UInt64(member.units)
      switch member.party {
      case .splitPot(let split): guard Royalty.splits.exists(split, in: context) else { throw failure(.unknownSplit) }
      case .remote(let location): guard C.localAccount(of: location) == nil else { throw failure(.isLocal) }
      case .account: break
      }
    }
    guard sum == UInt64(Royalty.units) else { throw failure(.unitsMismatch) }
  }

  /// Makes a split with members that a caller names, against a deposit.
  static func makeSplit(
    _ members: [Royalty.Share], controller: AccountID, isImmutable: Bool, in context: ExecutionContext
  ) throws(DispatchError) -> UInt64 {
    try check(members, in: context)
    let price = try memberDeposit(members.count)
    try C.Currency.hold(price, of: controller, reason: holdReason, in: context)
    return try addSplit(members, controller: controller, isImmutable: isImmutable, deposit: price, in: context)
  }

  private static func memberDeposit(_ count: Int) throws(DispatchError) -> Balance {
    try checked { () throws(ArithmeticError) in try C.splitDeposit.adding(try C.memberDeposit.multiplied(by: Balance(count))) }
  }

  /// Writes a split.
  static func addSplit(
    _ members: [Royalty.Share], controller: AccountID?, isImmutable: Bool, deposit: Balance, in context: ExecutionContext
  ) throws(DispatchError) -> UInt64 {
    let number = try Royalty.nextSplit.get(in: context)
    Royalty.nextSplit.set(number &+ 1, in: context)
    Royalty.splits.set(
      number,
      to: Royalty.Split(
        controller: controller, memberCount: UInt32(members.count), version: 0, isImmutable: isImmutable, assets: 0, deposit: deposit),
      in: context)
    write(members, of: number, version: 0, in: context)
    if let controller { self.deposit(.splitCreated(split: number, controller: controller), in: context) }
    return number
  }

  /// Writes members' rows, and notes the splits among them.
  private static func write(_ members: [Royalty.Share], of split: UInt64, version: UInt32, in context: ExecutionContext) {
    for member in members {
      Royalty.members.set(Pair(split, version), member.party, to: member.units, in: context)
    }
    bind(members, in: context)
  }

  /// Notes the splits among members, announced ones too: they must not be closed.
  private static func bind(_ members: [Royalty.Share], in context: ExecutionContext) {
    for case .splitPot(let below) in members.map(\.party) { Royalty.boundSplits.set(below, to: true, in: context) }
  }

  /// Checks that money given to these members cannot come back to `split`. A new split needs no check: nobody pays it yet.
  ///
  /// Announced members count as well as those in force, so that a change that was checked when it was announced can be
  /// put in force unseen. Looks at no more than ``Royalty/maximumVisits`` splits, so its cost is bounded.
  /// - Throws: ``Royalty/Failure/cycle``, ``Royalty/Failure/depth`` when there are more.
  private static func checkNoCycle(
    from members: [Royalty.Share], to split: UInt64, in context: ExecutionContext
  ) throws(DispatchError) {
    var (waiting, seen): ([UInt64], Set<UInt64>) = ([], [])
    func add(_ parties: [Royalty.Party]) throws(DispatchError) {
      for case .splitPot(let next) in parties {
        guard next != split else { throw failure(.cycle) }
        if seen.insert(next).inserted { waiting.append(next) }
      }
      guard seen.count <= Royalty.maximumVisits else { throw failure(.depth) }
    }
    try add(members.map(\.party))
    while let next = waiting.popLast() {
      guard let row = try Royalty.splits.get(next, in: context) else { throw failure(.unknownSplit) }
      try add(try Royalty.members.rows(Pair(next, row.version), in: context, limit: Royalty.maximumMembers).map(\.key))
      if let change = try Royalty.pendingChanges.get(next, in: context) { try add(change.members.map(\.party)) }
    }
  }

  // MARK: Changes

  /// The split, if `account` may change it.
  static func controlled(
    _ split: UInt64, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Royalty.Split {
    guard let row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    guard row.controller == account else { throw failure(.notController) }
    return row
  }

  static func proposeChange(
    split: UInt64, members: [Royalty.Share], by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    var row = try controlled(split, by: account, in: context)
    guard !row.isImmutable else { throw failure(.immutable) }
    guard !Royalty.pendingChanges.exists(split, in: context) else { throw failure(.noticePending) }
    try check(members, in: context)
    try checkNoCycle(from: members, to: split, in: context)
    let now = try C.Clock.blockNumber(in: context)
    let from = try checked { () throws(ArithmeticError) in BlockNumber(clamping: try UInt128(now).adding(UInt128(C.notice))) }
    // The rows of the new version are paid for now; those of the old one stay, for what they earned is still due.
    let more = try memberDeposit(members.count)
    try C.Currency.hold(more, of: account, reason: holdReason, in: context)
    row.deposit = try checked { () throws(ArithmeticError) in try row.deposit.adding(more) }
    Royalty.splits.set(split, to: row, in: context)
    Royalty.pendingChanges.set(split, to: Royalty.PendingChange(members: members, activeFrom: from), in: context)
    bind(members, in: context)
    deposit(.changeProposed(split: split, activeFrom: from), in: context)
  }
}

extension Royalty.Pallet {
  static func withdrawChange(split: UInt64, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    var row = try controlled(split, by: account, in: context)
    guard let change = try Royalty.pendingChanges.get(split, in: context) else { throw failure(.noChange) }
    let back = try memberDeposit(change.members.count)
    try C.Currency.release(back, of: account, reason: holdReason, in: context)
    row.deposit = row.deposit.subtractingSaturating(back)
    Royalty.splits.set(split, to: row, in: context)
    Royalty.pendingChanges.remove(split, in: context)
    deposit(.changeWithdrawn(split: split), in: context)
  }

  /// Puts a change in force: closes the version for every asset, and writes the members of the next one.
  static func activateChange(split: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard var row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    guard let change = try Royalty.pendingChanges.get(split, in: context) else { throw failure(.noChange) }
    guard try C.Clock.blockNumber(in: context) >= change.activeFrom else { throw failure(.noticePending) }
    let (version, overflow) = row.version.addingReportingOverflow(1)
    guard !overflow else { throw .arithmetic(.overflow) }
    for (asset, acc) in try Royalty.acc.rows(split, in: context, limit: Int(Royalty.maximumAssets)) {
      Royalty.closings.set(Pair(split, row.version), asset, to: acc.perUnit, in: context)
    }
    row.version = version
    row.memberCount = UInt32(clamping: change.members.count)
    Royalty.splits.set(split, to: row, in: context)
    write(change.members, of: split, version: version, in: context)
    Royalty.pendingChanges.remove(split, in: context)
    deposit(.changeActivated(split: split, version: version), in: context)
  }

  /// Gives units away. Both sides are settled first, in every asset, so what they have earned stays theirs.
  static func transferUnits(
    split: UInt64, from: Royalty.Party, to: Royalty.Party, units: UInt32, in context: ExecutionContext
  ) throws(DispatchError) {
    guard var row = try Royalty.splits.get(split, in: context) else { throw failure(.unknownSplit) }
    guard units > 0 else { throw failure(.zeroAmount) }
    let has = try Royalty.members.get(Pair(split, row.version), from, in: context) ?? 0
    guard has >= units, from != to else { throw failure(.notMember) }
    let had = try Royalty.members.get(Pair(split, row.version), to, in: context)
    switch to {
    case .splitPot: try checkNoCycle(from: [Royalty.Share(to, units: units)], to: split, in: context)
    case .remote(let location): guard C.localAccount(of: location) == nil else { throw failure(.isLocal) }
    case .account: break
    }
    if had == nil, has > units { guard row.memberCount < UInt32(Royalty.maximumMembers) else { throw failure(.tooManyMembers) } }
    let assets = try Royalty.acc.rows(split, in: context, limit: Int(Royalty.maximumAssets)).map(\.key)
    var entries: [(party: Royalty.Party, asset: Location, entry: Royalty.Entry)] = []
    for asset in assets {
      entries.append((from, asset, try settled(from, split: split, asset: asset, in: context)))
      entries.append((to, asset, try settled(to, split: split, asset: asset, in: context)))
    }
    for (party, asset, entry) in entries { Royalty.ledger.set(Pair(split, party), asset, to: entry, in: context) }
    if has == units {
      Royalty.members.remove(Pair(split, row.version), from, in: context)
      row.memberCount = row.memberCount.subtractingSaturating(1)
    } else {
      Royalty.members.set(Pair(split, row.version), from, to: has - units, in: context)
    }
    if had == nil { row.memberCount += 1 }
    write([Royalty.Share(to, units: (had ?? 0) + units)], of: split, version: row.version, in: context)
    Royalty.splits.set(split, to: row, in: context)
    deposit(.unitsTransferred(split: split, from: from, to: to, units: units), in: context)
  }

  /// The split that belongs to one party alone, made when it is first needed.
  static func soleSplit(of party: Royalty.Party, in context: ExecutionContext) throws(DispatchError) -> UInt64 {
    if let split = try Royalty.soleSplits.get(party, in: context) { return split }
    let split = try addSplit(
      [Royalty.Share(party, units: Royalty.units)], controller: nil, isImmutable: true, deposit: 0, in: context)
    Royalty.soleSplits.set(party, to: split, in: context)
    return split
  }
}

internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

// Every unit that the market holds is held for something, and leaves to somebody who is named.

extension Marketplace.Pallet {
  typealias Purpose = WritableKeyPath<Marketplace.Held, Balance>

  static var listingHold: HoldReason { HoldReason(pallet: index, reason: 0) }
  static var jurorHold: HoldReason { HoldReason(pallet: index, reason: 1) }

  /// Periods and rates in force.
  static func parameters(in context: ExecutionContext) throws(DispatchError) -> Marketplace.Parameters {
    try Marketplace.storedParameters.get(in: context) ?? C.parameters
  }

  /// A part of an amount in parts of a million, rounded down.
  static func part(_ rate: UInt32, of amount: Balance) throws(DispatchError) -> Balance {
    try checked { () throws(ArithmeticError) in try amount.scaled(by: Balance(rate), over: 1_000_000) }
  }

  static func sum(_ left: Balance, _ right: Balance) throws(DispatchError) -> Balance {
    try checked { () throws(ArithmeticError) in try left.adding(right) }
  }

  static func difference(_ left: Balance, _ right: Balance) throws(DispatchError) -> Balance {
    try checked { () throws(ArithmeticError) in try left.subtracting(right) }
  }

  /// A height some blocks ahead; the last one when that is beyond it.
  static func deadline(_ blocks: BlockNumber, in context: ExecutionContext) throws(DispatchError) -> BlockNumber {
    try C.Clock.blockNumber(in: context).addingSaturating(blocks)
  }

  // MARK: Who

  /// Who calls: a signed account, or whoever a program from another chain speaks for.
  static func party(_ origin: Origin) throws(DispatchError) -> Location {
    switch origin {
    case .signed(let account): return .account(account)
    case .xcm(let bytes):
      guard let location = try? Location(decoding: bytes) else { throw .badOrigin }
      // An account of this chain is one party, however it comes.
      return C.localAccount(of: location).map { Location.account($0) } ?? location
    case .root, .none: throw .badOrigin
    }
  }

  /// The account that a party has here.
  static func account(of party: Location) throws(DispatchError) -> AccountID {
    guard let account = C.account(of: party) else { throw failure(.notParty) }
    return account
  }

  // MARK: In and out

  /// Takes units from the account of a party elsewhere into the pot, with what would be too little to stay behind: that
  /// waits for it under `Refundable`.
  static func takeWithDust(
    _ amount: Balance, of asset: Location, from account: AccountID, for purpose: Purpose, in context: ExecutionContext
  ) throws(DispatchError) {
    let left = try C.Book.balance(of: asset, who: account, in: context).subtractingSaturating(amount)
    guard left > 0, try left < C.Book.minimumBalance(of: asset, in: context) else {
      try take(amount, of: asset, from: account, for: purpose, in: context)
      return
    }
    try take(try sum(amount, left), of: asset, from: account, for: purpose, in: context)
    try move(left, of: asset, from: purpose, to: \.refundable, in: context)
    let waiting = try Marketplace.refundable.get(account, asset, in: context) ?? 0
    Marketplace.refundable.set(account, asset, to: try sum(waiting, left), in: context)
    deposit(.refundWaits(account: account, asset: asset, amount: left), in: context)
  }

  /// Takes units from an account into the pot.
  static func take(
    _ amount: Balance, of asset: Location, from account: AccountID, for purpose: Purpose, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    guard Marketplace.accepted.exists(asset, in: context) else { throw failure(.assetNotAccepted) }
    try C.Book.transfer(amount, of: asset, from: account, to: C.pot, .expendable, in: context)
    try change(asset, purpose, in: context) { held throws(DispatchError) in try sum(held, amount) }
  }

  /// Turns units that are held for one thing into units held for another.
  static func move(
    _ amount: Balance, of asset: Location, from: Purpose, to: Purpose, in context: ExecutionContext
  ) throws(DispatchError) {
    try change(asset, from, in: context) { held throws(DispatchError) in try difference(held, amount) }
    try change(asset, to, in: context) { held throws(DispatchError) in try sum(held, amount) }
  }

  private static func change(
    _ asset: Location, _ purpose: Purpose, in context: ExecutionContext, _ body: (Balance) throws(DispatchError) -> Balance
  ) throws(DispatchError) {
    var row = try Marketplace.held.get(asset, in: context) ?? Marketplace.Held()
    row[keyPath: purpose] = try body(row[keyPath: purpose])
    if row == Marketplace.Held() { Marketplace.held.remove(asset, in: context) } else { Marketplace.held.set(asset, to: row, in: context) }
  }

  /// Pays units to a party: into its account here, or to where it lives by payout.
  ///
  /// What an account here cannot take waits for it under `Refundable`, so nobody's account holds anything up.
  static func pay(
    _ amount: Balance, of asset: Location, to party: Location, from purpose: Purpose, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    if let account = C.localAccount(of: party) {
      try give(amount, of: asset, to: account, from: purpose, in: context)
      return
    }
    do throws(DispatchError) {
      try context.transactional { () throws(DispatchError) in
        try spend(amount, of: asset, from: purpose, in: context)
        try C.Royalties.owe(party, asset: asset, amount: amount, from: C.pot, reference: reference, in: context)
      }
    } catch {
      guard error != .corruption else { throw error }
      // It has income in as many assets as a split may: then its account here gets it.
      try give(amount, of: asset, to: account(of: party), from: purpose, in: context)
    }
  }

  /// Notes that the pot holds units no more, which the caller moves.
  static func spend(
    _ amount: Balance, of asset: Location, from purpose: Purpose, in context: ExecutionContext
  ) throws(DispatchError) {
    try change(asset, purpose, in: context) { held throws(DispatchError) in try difference(held, amount) }
  }

  /// Pays units to an account, or keeps them for it.
  static func give(
    _ amount: Balance, of asset: Location, to account: AccountID, from purpose: Purpose, in context: ExecutionContext
  ) throws(DispatchError) {
    guard amount > 0 else { return }
    // Together with what waits it may be enough for an account that could not take either alone.
    let waiting = try Marketplace.refundable.get(account, asset, in: context) ?? 0
    let total = try sum(waiting, amount)
    do throws(DispatchError) {
      try context.transactional { () throws(DispatchError) in
        try C.Book.transfer(total, of: asset, from: C.pot, to: account, .preserve, in: context)
        try change(asset, purpose, in: context) { held throws(DispatchError) in try difference(held, amount) }
        guard waiting > 0 else { return }
        try change(asset, \.refundable, in: context) { held throws(DispatchError) in try difference(held, waiting) }
        Marketplace.refundable.remove(account, asset, in: context)
        deposit(.withdrawn(account: account, asset: asset, amount: waiting), in: context)
      }
    } catch {
      guard error != .corruption else { throw error }
      try move(amount, of: asset, from: purpose, to: \.refundable, in: context)
      Marketplace.refundable.set(account, asset, to: total, in: context)
      deposit(.refundWaits(account: account, asset: asset, amount: amount), in: context)
    }
  }

  static func withdraw(asset: Location, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let account = try account(of: party(origin))
    guard let amount = try Marketplace.refundable.get(account, asset, in: context), amount > 0 else { throw failure(.nothingToWithdraw) }
    try C.Book.transfer(amount, of: asset, from: C.pot, to: account, .preserve, in: context)
    try change(asset, \.refundable, in: context) { held throws(DispatchError) in try difference(held, amount) }
    Marketplace.refundable.remove(account, asset, in: context)
    deposit(.withdrawn(account: account, asset: asset, amount: amount), in: context)
  }

  /// Makes an asset acceptable: both pots get what they must never lose, so that they can take and pay any amount.
  static func acceptAsset(asset: Location, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    let payer = try origin.signer()
    guard !Marketplace.accepted.exists(asset, in: context) else { throw failure(.assetAccepted) }
    guard try C.Book.exists(asset, in: context) else { throw failure(.assetNotAccepted) }
    let base = try max(1, C.Book.minimumBalance(of: asset, in: context))
    try C.Book.transfer(base, of: asset, from: payer, to: C.pot, .expendable, in: context)
    if try !C.Royalties.accepts(asset, in: context) { try C.Royalties.accept(asset, from: payer, in: context) }
    Marketplace.accepted.set(asset, to: base, in: context)
    deposit(.assetAccepted(asset: asset), in: context)
  }
}

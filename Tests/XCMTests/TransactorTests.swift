import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

/// A native currency with an existential deposit of 10.
private enum Coins: NativeCurrency {
  static let existentialDeposit: Balance = 10
  private static let balances = StorageMap<AccountID, Balance>("Coins", "Balances", hasher: .identity, default: 0)

  static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance {
    try balances.rows(in: context, limit: 100).reduce(0) { $0 + $1.value }
  }
  static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try balances.get(account, in: context)
  }
  static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    try burn(amount, from: source, preservation, in: context)
    try mint(amount, to: target, in: context)
  }
  static func burn(
    _ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    let balance = try balances.get(account, in: context)
    guard balance >= amount else { throw .token(.fundsUnavailable) }
    balances.set(account, to: balance - amount, in: context)
  }
  static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    let balance = try balances.get(account, in: context)
    let sum = try checked { () throws(ArithmeticError) in try balance.adding(amount) }
    guard sum >= existentialDeposit else { throw .token(.belowMinimum) }
    balances.set(account, to: sum, in: context)
  }
  static func hold(
    _ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext
  ) throws(DispatchError) { throw .unavailable }
  static func release(
    _ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext
  ) throws(DispatchError) { throw .unavailable }
}

/// Created assets by number: 7, and 9 with a minimum balance of 10. One test has one of them.
private enum Tokens: FungiblesLedger {
  private static let balances = StorageMap<AccountID, Balance>("Tokens", "Balances", hasher: .identity, default: 0)

  static func exists(_ id: UInt32, in context: ExecutionContext) throws(DispatchError) -> Bool { id == 7 || id == 9 }
  static func totalIssuance(of id: UInt32, in context: ExecutionContext) throws(DispatchError) -> Balance { 0 }
  static func minimumBalance(of id: UInt32, in context: ExecutionContext) throws(DispatchError) -> Balance {
    id == 9 ? 10 : 1
  }
  static func balance(of id: UInt32, who: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try balances.get(who, in: context)
  }
  static func mint(
    _ amount: Balance, of id: UInt32, to account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try balances.mutate(account, in: context) { (balance: inout Balance) throws(DispatchError) in balance += amount }
  }
  static func burn(
    _ amount: Balance, of id: UInt32, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    try balances.mutate(account, in: context) { (balance: inout Balance) throws(DispatchError) in
      balance = try checked { () throws(ArithmeticError) in try balance.subtracting(amount) }
    }
  }
  static func transfer(
    _ amount: Balance, of id: UInt32, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    try burn(amount, of: id, from: source, in: context)
    try mint(amount, of: id, to: target, in: context)
  }
}

private enum NativeSetup: NativeTransactorConfig {
  typealias Currency = Coins
  static func asset(in state: ExecutionContext) -> AssetID { AssetID(.here) }
  static func account(of location: Location, in state: ExecutionContext) -> AccountID? {
    LocalAccount().account(of: location)
  }
  static func checkingAccount(in state: ExecutionContext) -> AccountID? { checking }
}

private enum TokenSetup: FungiblesTransactorConfig {
  typealias Ledger = Tokens
  static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> UInt32? {
    guard case .generalIndex(let index)? = asset.location.interior.last else { return nil }
    return UInt32(exactly: index.value)
  }
  static func account(of location: Location, in state: ExecutionContext) -> AccountID? {
    LocalAccount().account(of: location)
  }
}

/// The same, with teleports of all assets but number 7 counted.
private enum CountedSetup: FungiblesTransactorConfig {
  typealias Ledger = Tokens
  static func ledgerID(of asset: AssetID, in state: ExecutionContext) -> UInt32? {
    TokenSetup.ledgerID(of: asset, in: state)
  }
  static func account(of location: Location, in state: ExecutionContext) -> AccountID? {
    TokenSetup.account(of: location, in: state)
  }
  static func checkingAccount(for id: UInt32, in state: ExecutionContext) -> AccountID? { id == 7 ? nil : checking }
}

private typealias Pair = FirstTransactor<NativeTransactor<NativeSetup>, FungiblesTransactor<TokenSetup>>

private let checking = AccountID(words: Words32(5, 0, 0, 0))
private let alice = AccountID(words: Words32(1, 0, 0, 0))
private let context = XcmContext(origin: nil, messageID: .zero)
private let unknown = Asset(Location(.palletInstance(50), .generalIndex(8)), amount: 1)

private func coins(_ amount: Balance) -> Asset { Asset(.here, amount: amount) }
private func tokens(_ amount: Balance) -> Asset {
  Asset(Location(.palletInstance(50), .generalIndex(7)), amount: amount)
}

@Suite("Transactors") struct TransactorTests {
  private func error(_ body: () throws(XcmError) -> Void) -> XcmError? {
    do throws(XcmError) {
      try body()
      return nil
    } catch { return error }
  }

  @Test("each asset finds its ledger")
  func ledgers() throws {
    let state = ExecutionContext.fresh()
    try Pair.deposit(coins(100), to: World.alice, context: context, in: state)
    try Pair.deposit(tokens(30), to: World.alice, context: context, in: state)
    try Pair.withdraw(tokens(10), from: World.alice, context: context, in: state)
    try Pair.transfer(coins(40), from: World.alice, to: World.bob, context: context, in: state)
    try Pair.transfer(tokens(5), from: World.alice, to: World.bob, context: context, in: state)
    #expect(try Coins.freeBalance(of: alice, in: state) == 60)
    #expect(try Tokens.balance(of: 7, who: alice, in: state) == 15)
    #expect(try Coins.totalIssuance(in: state) == 100)
  }

  @Test("refusals in the terms of XCM")
  func refusals() {
    let state = ExecutionContext.fresh()
    func deposit(_ asset: Asset, _ location: Location = World.alice) -> XcmError? {
      error { () throws(XcmError) in try Pair.deposit(asset, to: location, context: context, in: state) }
    }
    #expect(deposit(coins(9)) == .failedToTransactAsset)
    #expect(deposit(coins(10), World.market) == .locationCannotHold && deposit(tokens(1), .here) == .locationCannotHold)
    #expect(deposit(unknown) == .assetNotFound && deposit(Asset(.parent, amount: 1)) == .assetNotFound)
    #expect(deposit(Asset(.here, instance: .undefined)) == .assetNotFound)
    #expect(deposit(coins(.max)) == nil && deposit(coins(1)) == .overflow)
    let empty = error { () throws(XcmError) in try Pair.withdraw(coins(1), from: World.bob, context: context, in: state)
    }
    #expect(empty == .failedToTransactAsset)
  }

  @Test("the checking account never lets more in than went out")
  func checkingAccount() throws {
    let state = ExecutionContext.fresh()
    try Pair.canCheckOut(coins(50), to: World.market, context: context, in: state)
    try Pair.checkOut(coins(50), to: World.market, context: context, in: state)
    #expect(try Coins.freeBalance(of: checking, in: state) == 50)
    #expect(
      error { () throws(XcmError) in try Pair.canCheckIn(coins(51), from: World.market, context: context, in: state) }
        == .notWithdrawable)
    for amount in [41, 49] as [Balance] {
      let dust = error { () throws(XcmError) in
        try Pair.canCheckIn(coins(amount), from: World.market, context: context, in: state)
      }
      #expect(dust == .notWithdrawable, "what is left could not live, and \(50 - amount) could never come back")
    }
    try Pair.canCheckIn(coins(40), from: World.market, context: context, in: state)
    try Pair.canCheckIn(coins(50), from: World.market, context: context, in: state)
    try Pair.checkIn(coins(50), from: World.market, context: context, in: state)
    #expect(try Coins.freeBalance(of: checking, in: state) == 0)
    try Pair.canCheckIn(tokens(9), from: World.market, context: context, in: state)
    for asset in [unknown, Asset(.parent, amount: 1)] {
      #expect(
        error { () throws(XcmError) in try Pair.canCheckIn(asset, from: World.market, context: context, in: state) }
          == .assetNotFound)
      #expect(
        error { () throws(XcmError) in try Pair.canCheckOut(asset, to: World.market, context: context, in: state) }
          == .assetNotFound)
    }
  }
}

@Suite("Counted teleports of created assets") struct CountedTeleportTests {
  private typealias Counted = FungiblesTransactor<CountedSetup>
  private let state = ExecutionContext.fresh()

  private func coin(_ amount: Balance, id: UInt128 = 9) -> Asset {
    Asset(Location(.palletInstance(50), .generalIndex(Compact(id))), amount: amount)
  }
  private func checkIn(_ asset: Asset) -> XcmError? {
    do throws(XcmError) {
      try Counted.canCheckIn(asset, from: World.market, context: context, in: state)
      try Counted.checkIn(asset, from: World.market, context: context, in: state)
      return nil
    } catch { return error }
  }
  private func checkOut(_ asset: Asset) -> XcmError? {
    do throws(XcmError) {
      try Counted.canCheckOut(asset, to: World.market, context: context, in: state)
      try Counted.checkOut(asset, to: World.market, context: context, in: state)
      return nil
    } catch { return error }
  }
  private var counted: Balance { (try? Tokens.balance(of: 9, who: checking, in: state)) ?? 0 }

  @Test("no more comes back than left, and the account keeps its minimum or nothing")
  func counting() {
    #expect(checkIn(coin(1)) == .notWithdrawable)
    #expect(checkOut(coin(9)) == .notDepositable && checkOut(coin(60)) == nil && checkOut(coin(5)) == nil)
    #expect(counted == 65)
    for amount in [66, 56, 64, .max] as [Balance] { #expect(checkIn(coin(amount)) == .notWithdrawable) }
    #expect(checkOut(coin(.max)) == .notDepositable && counted == 65)
    #expect(checkIn(coin(55)) == nil && counted == 10 && checkIn(coin(10)) == nil && counted == 0)
    #expect(checkIn(coin(1)) == .notWithdrawable)
  }

  @Test("an asset without a checking account is not counted, and an unknown one not teleported")
  func others() {
    #expect(checkIn(coin(1000, id: 7)) == nil && checkOut(coin(1, id: 7)) == nil && counted == 0)
    #expect(checkIn(coin(1, id: 8)) == .assetNotFound && checkOut(coin(1, id: 8)) == .assetNotFound)
  }
}

/// One of home currency for each 1000 of time that are begun.
private enum CoarsePrices: WeightPrices {
  static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance? {
    asset.location == World.home ? (Balance(weight.refTime.value) + 999) / 1000 : nil
  }
  static func takeRevenue(_ asset: Asset, in state: ExecutionContext) {}
}

@Suite("Trader") struct TraderTests {
  private let state = ExecutionContext.fresh()

  @Test("sells for the first asset with a price, keeps to it, and returns what was not used")
  func sells() throws {
    var trader = PricedTrader<LedgerPrices>()
    let payment = Holding(.both(100, 100))
    let rest = try trader.buy(Weight(refTime: 200), payment: payment, context: context, in: state)
    #expect(rest == Holding(.both(80, 100)))
    #expect(throws: XcmError.tooExpensive) {
      try trader.buy(Weight(refTime: 10), payment: Holding(.token(100)), context: context, in: state)
    }
    #expect(trader.refund(Weight(refTime: 50), context: context, in: state) == Asset(World.home, amount: 5))
    #expect(trader.refund(Weight(refTime: 5), context: context, in: state) == nil)
    #expect(trader.refund(.max, context: context, in: state) == Asset(World.home, amount: 14))
    trader.finish(in: state)
    trader.finish(in: state)
    #expect(Ledger.balance(World.sink, World.home, in: state) == 1)
  }

  @Test("every rounding is the program's loss, in one refund or in many")
  func rounding() throws {
    var trader = PricedTrader<CoarsePrices>()
    _ = try trader.buy(Weight(refTime: 2500), payment: Holding(.home(3)), context: context, in: state)
    // 2100 and 2001 of the weight still cost all of it, 1900 one less.
    #expect(trader.refund(Weight(refTime: 400), context: context, in: state) == nil)
    #expect(trader.refund(Weight(refTime: 99), context: context, in: state) == nil)
    #expect(trader.refund(Weight(refTime: 101), context: context, in: state) == Asset(World.home, amount: 1))
    // 1900 more come back in parts, and never more than all.
    #expect(trader.refund(Weight(refTime: 1899), context: context, in: state) == Asset(World.home, amount: 1))
    #expect(trader.refund(.max, context: context, in: state) == Asset(World.home, amount: 1))
    #expect(trader.refund(.max, context: context, in: state) == nil)
  }

  @Test("one below the price is too little", arguments: [(19, false), (20, true)])
  func price(amount: Balance, enough: Bool) {
    var trader = PricedTrader<LedgerPrices>()
    let rest = try? trader.buy(Weight(refTime: 200), payment: Holding(.home(amount)), context: context, in: state)
    #expect((rest != nil) == enough)
  }

  @Test("an asset without a price buys nothing")
  func worthless() {
    var trader = PricedTrader<LedgerPrices>()
    #expect(throws: XcmError.tooExpensive) {
      try trader.buy(.zero, payment: Holding(.foreign(9)), context: context, in: state)
    }
    #expect(trader.refund(.max, context: context, in: state) == nil)
  }
}
